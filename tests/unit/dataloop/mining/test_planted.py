"""What was planted is found, and nothing else is; and the count of it notices answers that are wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from zhixing.dataloop.mining.catalogue import CATALOGUE
from zhixing.dataloop.mining.engine import mine
from zhixing.datatypes.evidence import Drive
from zhixing.datatypes.hit import Hit
from zhixing.datatypes.query import Query
from zhixing.runtime.bench.dataloop.planted.catalogue import SOWERS, measure_planted
from zhixing.runtime.bench.dataloop.planted.moves import Motion, changing, pulse
from zhixing.runtime.bench.dataloop.planted.scenes import Planted
from zhixing.runtime.bench.dataloop.planted.scoring import compare, find_quickly, planted_scenes, score

SCENES, TARGET = 6, 0.98
SMOOTHED = {"lateral_jerk_mps3", "accel_mps2", "jerk_mps3", "yaw_rate_radps", "lateral_accel_mps2", "changes_lane_left",
            "changes_lane_right", "crosses_stop_line"}  # fmt: skip
"""Fitted over 0.8 s, or over at once."""
S = 1_000_000_000


def test_something_is_planted_for_every_measure() -> None:
    assert set(SOWERS) == set(CATALOGUE)


@pytest.mark.parametrize("name", SOWERS)
def test_what_was_planted_is_found_and_nothing_else(name: str) -> None:
    planted = planted_scenes(name, SOWERS[name], SCENES)
    assert {one.query.condition.measure for one in planted} == {name}  # type: ignore[union-attr]
    result = score(planted)
    assert result.planted >= 2
    assert result.recall >= TARGET
    assert result.precision >= TARGET
    assert result.mean_fit >= (0.8 if name in SMOOTHED else 0.92)


@pytest.mark.parametrize("name", SOWERS)
def test_scenes_are_always_the_same_and_there_is_more_in_them_than_the_answer(name: str) -> None:
    one, two = (planted_scenes(name, SOWERS[name], 1)[0] for _ in range(2))
    assert one.plants == two.plants
    assert np.array_equal(one.drive.tracks.xy_m, two.drive.tracks.xy_m)
    times = one.drive.tracks.time_ns
    for plant in one.plants:
        assert plant.start_ns <= plant.end_ns
        assert times[0] - S <= plant.start_ns < times[-1]
        assert plant.end_ns <= times[-1] + S
    assert {who for plant in one.plants for _, who in plant.object_ids} < set(one.drive.tracks.object_id.tolist())


def test_the_slow_engine_gives_the_same_answers() -> None:
    for name, sower in SOWERS.items():
        (planted,) = planted_scenes(name, sower, 1)
        slow, quick = mine(planted.drive, planted.query), find_quickly(planted.drive, planted.query)
        assert [replace(hit, because=()) for hit in slow] == list(quick), name


@pytest.fixture
def near() -> list[Planted]:
    return planted_scenes("is_in_left_lane", SOWERS["is_in_left_lane"], 3)


def test_who_forgets_one_of_three_has_two_thirds_of_the_recall(near: list[Planted]) -> None:
    result = score(near, lambda drive, query: find_quickly(drive, query)[1:])
    assert result.recall == pytest.approx(2.0 / 3.0)
    assert result.precision == 1.0


def _said_twice(drive: Drive, query: Query) -> Sequence[Hit]:
    hits = find_quickly(drive, query)
    return [*hits, hits[0]]


def _of_somebody_else(drive: Drive, query: Query) -> Sequence[Hit]:
    hits = find_quickly(drive, query)
    (a, who), (b, whom) = hits[0].object_ids
    return [*hits, replace(hits[0], object_ids=((a, whom), (b, who)))]


def _in_another_drive(drive: Drive, query: Query) -> Sequence[Hit]:
    hits = find_quickly(drive, query)
    return [*hits, replace(hits[0], drive_id="another")]


@pytest.mark.parametrize("find", [_said_twice, _of_somebody_else, _in_another_drive])
def test_who_says_too_much_has_less_precision(near: list[Planted], find: object) -> None:
    result = score(near, find)  # type: ignore[arg-type]
    assert result.recall == 1.0
    assert result.precision == pytest.approx(3.0 / 4.0)


def test_who_finds_it_too_late_or_for_too_long_has_not_found_it(near: list[Planted]) -> None:
    def late(drive: Drive, query: Query) -> Sequence[Hit]:
        return [replace(hit, start_ns=hit.start_ns + 20 * S, end_ns=hit.end_ns + 20 * S)
                for hit in find_quickly(drive, query)]  # fmt: skip

    def long(drive: Drive, query: Query) -> Sequence[Hit]:
        return [replace(hit, start_ns=hit.start_ns - 20 * S) for hit in find_quickly(drive, query)]

    for find in (late, long):
        result = score(near, find)
        assert (result.found, result.recall, result.precision) == (0, 0.0, 0.0)


def test_what_is_over_at_once_is_found_within_a_fifth_of_a_second_and_a_step() -> None:
    (planted,) = planted_scenes("crosses_stop_line", SOWERS["crosses_stop_line"], 1)
    (plant,) = planted.plants
    just_ns = int(1e9 * (0.19 + planted.frame_s))
    moved = [replace(plant, start_ns=plant.start_ns + by, end_ns=plant.end_ns + by) for by in (just_ns, 2 * just_ns)]
    assert [compare(planted, [hit]).found for hit in moved] == [1, 0]
    assert compare(planted, [replace(plant, end_ns=plant.end_ns + S)]).found == 0


def test_the_figures_name_the_worst() -> None:
    recall, precision, fit, whole, events = measure_planted(1)
    assert recall.is_reached
    assert precision.is_reached
    assert fit.value > 0.5
    assert whole.value <= len(SOWERS)
    assert events.value >= len(SOWERS) - 1


def test_motion_is_what_its_speeds_add_up_to() -> None:
    """Braking from 10 m/s by 2 m/s² takes 5 s and 25 m; a quarter of a circle of 10 m ends 10 m ahead and aside."""
    brakes = Motion(speed_mps=changing(10.0, (1.0, 0.0, 2.0)), left_mps=pulse(2.0, 4.0, 0.5))
    xy_m, yaw_rad, speed_mps = brakes.at(np.array([0.0, 1.0, 3.0, 6.0, 9.0]))
    assert xy_m.tolist() == pytest.approx(np.array([[0, 0], [10, 0], [26, 0.5], [35, 1], [35, 1]]))
    assert speed_mps.tolist() == [10.0, 10.0, 6.0, 0.0, 0.0]
    assert not yaw_rad.any()
    turns = Motion(x_m=1.0, speed_mps=((0.0, 2.5 * np.pi),), pieces=((5.0 * np.pi, -0.1),))
    xy_m, yaw_rad, _ = turns.at(np.array([2.0, 3.0]))
    assert xy_m == pytest.approx(np.array([[11.0, -10.0], [11.0, -10.0 - 2.5 * np.pi]]))
    assert yaw_rad == pytest.approx(-0.5 * np.pi)
