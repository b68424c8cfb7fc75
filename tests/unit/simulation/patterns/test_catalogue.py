"""Every pattern: what it generates its own query finds, with its own parameters, and not where it is absent."""

from __future__ import annotations

import re

import numpy as np
import pytest

from zhixing.dataloop.mining.engine import mine
from zhixing.datatypes.localized import LANGS
from zhixing.datatypes.query_json import from_json, to_json
from zhixing.errors import InputError
from zhixing.simulation.patterns.catalogue import catalogue, pattern_named
from zhixing.simulation.patterns.pattern import Pattern
from zhixing.simulation.patterns.staged_world import StagedWorld, perform

ALL = list(catalogue().values())
each = pytest.mark.parametrize("pattern", ALL, ids=lambda pattern: pattern.name)


def is_found(world: StagedWorld, pattern: Pattern, values: dict[str, float] | None) -> bool:
    wanted = {role: world.id_of(actor) for role, actor in pattern.finds.items()}
    return any(dict(hit.object_ids) == wanted for hit in mine(world.drive(), pattern.query(values)))


def check(pattern: Pattern, values: dict[str, float], seed: int) -> None:
    world = perform(pattern.make(values, seed), seed)
    assert is_found(world, pattern, None), "not found at all"
    assert is_found(world, pattern, values), "not found with its own parameters"
    absent = perform(pattern.make(values, seed, is_absent=True), seed)
    assert not mine(absent.drive(), pattern.query()), "found where it is absent"


@each
def test_what_it_generates_is_found_and_nothing_where_it_is_absent(pattern: Pattern) -> None:
    check(pattern, pattern.usual(), 0)


@pytest.mark.slow
@each
def test_the_same_with_parameters_from_all_over_their_ranges(pattern: Pattern) -> None:
    rng = np.random.default_rng(0)
    for seed in range(1, 5):
        check(pattern, pattern.draw(rng), seed)


@each
def test_it_is_told_in_three_languages_with_sources(pattern: Pattern) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", pattern.name)
    assert pattern.query().name == pattern.name
    for text in (pattern.title, pattern.sentence, *(parameter.meaning for parameter in pattern.parameters)):
        assert all(text.in_lang(lang).strip() for lang in LANGS)
        assert re.search(r"[\u4e00-\u9fff]", text.zh)
    for parameter in pattern.parameters:
        assert parameter.low <= parameter.usual <= parameter.high
        assert parameter.low < parameter.high
        assert parameter.source
    assert {role.name for role in pattern.query().roles} == set(pattern.finds)


@each
def test_its_query_is_data(pattern: Pattern) -> None:
    query = pattern.query(pattern.usual())
    assert from_json(to_json(query)) == query


@each
def test_the_same_seed_plays_the_same_scene_to_the_last_bit(pattern: Pattern) -> None:
    one, two = (perform(pattern.make(None, 3), 3).drive().tracks for _ in range(2))
    assert one.xy_m.tobytes() == two.xy_m.tobytes()
    assert one.speed_mps.tobytes() == two.speed_mps.tobytes()


@each
def test_the_ego_starts_and_can_arrive_on_the_road(pattern: Pattern) -> None:
    staging = pattern.make()
    world = StagedWorld(staging)
    lanes = [lane for lane in staging.road.lanes if lane.junction < 0]
    assert lanes
    assert not world.boxes()[1].all() or world.boxes()[0].shape[1] == 5
    middle = 0.5 * (staging.goal.x_min_m + staging.goal.x_max_m), 0.5 * (staging.goal.y_min_m + staging.goal.y_max_m)
    away = min(float(np.hypot(*(lane.centre_xy_m - middle).T).min()) for lane in lanes)
    assert away < 30.0


def test_there_are_at_least_thirty() -> None:
    assert len(ALL) >= 30
    assert len({pattern.title.zh for pattern in ALL}) == len(ALL)


def test_a_pattern_that_is_not_there_is_refused_with_what_is() -> None:
    with pytest.raises(InputError, match="no pattern is called 'flying-car'") as caught:
        pattern_named("flying-car")
    assert "dart-out" in caught.value.hint


@pytest.mark.parametrize(
    ("values", "said"),
    [({"gap_m": 99.0}, "gap_m"), ({"gap_m": float("nan")}, "gap_m"), ({"speed": 1.0}, "no parameter 'speed'")],
)
def test_values_out_of_range_are_refused(values: dict[str, float], said: str) -> None:
    with pytest.raises(InputError, match=said):
        pattern_named("queue-cut-in").make(values)
