"""A query finds who did it and when, says why, and finds nobody else."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from zhixing.dataloop.mining import cost
from zhixing.dataloop.mining.engine import mine, mine_trace
from zhixing.datatypes.conditions import (
    AllOf,
    Becomes,
    Compare,
    Condition,
    Count,
    Exists,
    ForAll,
    Is,
    Lasts,
    Not,
    Role,
    Then,
    Within,
)
from zhixing.datatypes.query import Query
from zhixing.datatypes.tracks import RoadUser
from zhixing.errors import QueryError

A, B = Role(name="a"), Role(name="b")
S = 1_000_000_000


def near(at_most_m: float, *of: str) -> Compare:
    return Compare(measure="distance_m", of=of or ("a", "b"), at_most=at_most_m)


@pytest.fixture
def pass_by(by_hand: SimpleNamespace) -> Any:
    """A car 1 drives at 10 m/s past a standing bus 2 at x = 50; e-bikes 3 and 4 ride far away, 4 from 2 s to 4 s."""
    user = by_hand.User
    return by_hand.tracks(
        [
            user(object_id=1, x_m=0.0, speed_mps=10.0),
            user(object_id=2, x_m=50.0, y_m=4.0, road_user=RoadUser.BUS, size_m=(12.0, 2.5)),
            user(object_id=3, x_m=0.0, y_m=100.0, speed_mps=5.0, road_user=RoadUser.EBIKE, size_m=(1.8, 0.7)),
            user(object_id=4, x_m=10.0, y_m=102.0, speed_mps=5.0, road_user=RoadUser.EBIKE, size_m=(1.8, 0.7),
                 first_step=20, last_step=40),
        ],
        101,
    )  # fmt: skip


def test_a_hit_says_who_when_and_why(mining: SimpleNamespace, pass_by: Any) -> None:
    bus = Role(name="b", classes=(RoadUser.BUS,))
    (hit,) = mining.found(pass_by, near(2.0), (A, bus))
    # boxes are side by side, 4 - 1 - 1.25 = 1.75 m apart, while centres are within 8 m and a bit
    assert hit.object_ids == (("a", 1), ("b", 2))
    assert (hit.id_of("a"), hit.id_of("b")) == (1, 2)
    assert (hit.start_ns, hit.end_ns) == (int(4.2 * S), int(5.8 * S))
    assert hit.duration_s == pytest.approx(1.6)
    (because,) = hit.because
    assert because.condition == near(2.0)
    assert because.object_ids == hit.object_ids
    assert because.least == pytest.approx(1.75)
    assert because.greatest == pytest.approx(1.75)
    assert (because.start_ns, because.end_ns, because.holds) == (hit.start_ns, hit.end_ns, True)


def test_who_is_near_whom_is_true_both_ways(mining: SimpleNamespace, pass_by: Any) -> None:
    assert [hit.object_ids for hit in mining.found(pass_by, near(2.0), (A, B))] == [
        (("a", 3), ("b", 4)), (("a", 4), ("b", 3)), (("a", 1), ("b", 2)), (("a", 2), ("b", 1)),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("role", "ids"),
    [
        (Role(name="a"), [1, 2, 3, 4]),
        (Role(name="a", classes=(RoadUser.EBIKE, RoadUser.BUS)), [2, 3, 4]),
        (Role(name="a", min_length_m=4.0), [1, 2]),
        (Role(name="a", max_length_m=4.0), [1, 3, 4]),
        (Role(name="a", min_width_m=1.0, max_width_m=2.4), [1]),
        (Role(name="a", classes=(RoadUser.PEDESTRIAN,)), []),
    ],
)
def test_a_role_is_played_by_who_fits(mining: SimpleNamespace, pass_by: Any, role: Role, ids: list[int]) -> None:
    hits = mining.found(pass_by, Is(measure="is_there", of=("a",)), (role,))
    assert sorted(hit.id_of("a") for hit in hits) == ids


def test_ego_is_the_recording_vehicle(mining: SimpleNamespace, pass_by: Any) -> None:
    ego, there = Role(name="ego"), Is(measure="is_there", of=("ego",))
    assert [hit.id_of("ego") for hit in mining.found(mining.drive(pass_by, ego_id=1), there, (ego,))] == [1]
    assert mining.found(mining.drive(pass_by), there, (ego,)) == ()


def test_somebody_further_is_found_and_named(mining: SimpleNamespace, pass_by: Any) -> None:
    bus = Role(name="bus", classes=(RoadUser.BUS,))
    (hit,) = mining.found(pass_by, Exists(role=bus, condition=near(2.0, "a", "bus")))
    assert hit.object_ids == (("a", 1),)
    assert hit.because[0].object_ids == (("a", 1), ("bus", 2))


def test_those_who_are_there_are_counted(mining: SimpleNamespace, pass_by: Any) -> None:
    bike = Role(name="bike", classes=(RoadUser.EBIKE,))
    rides = Compare(measure="speed_mps", of=("bike",), above=1.0)
    car = Role(name="a", classes=(RoadUser.CAR,))

    def spans(condition: Condition) -> list[tuple[float, float]]:
        both = AllOf(conditions=(condition, Is(measure="is_there", of=("a",))))
        return [(hit.start_ns / S, hit.end_ns / S) for hit in mining.found(pass_by, both, (car,))]

    assert spans(Count(role=bike, condition=rides, at_least=2)) == [(2.0, 4.0)]
    assert spans(Count(role=bike, condition=rides, at_most=1)) == [(0.0, 1.9), (4.1, 10.0)]
    assert spans(Count(role=bike, condition=rides, at_least=1, at_most=1)) == [(0.0, 1.9), (4.1, 10.0)]
    assert spans(ForAll(role=bike, condition=rides)) == [(0.0, 10.0)]
    assert spans(ForAll(role=bike, condition=Not(condition=rides))) == []


def test_for_all_of_nobody_is_true_unless_it_is_about_who_is_not_there(mining: SimpleNamespace, pass_by: Any) -> None:
    walker = Role(name="walker", classes=(RoadUser.PEDESTRIAN,))
    far = ForAll(role=walker, condition=Compare(measure="distance_m", of=("a", "walker"), above=5.0))
    (hit,) = mining.found(pass_by, far, (Role(name="a", max_width_m=0.8, classes=(RoadUser.EBIKE,)),))[1:]
    assert (hit.id_of("a"), hit.start_ns, hit.end_ns) == (4, 2 * S, 4 * S)


def test_what_is_undefined_is_neither_true_nor_false(mining: SimpleNamespace, pass_by: Any) -> None:
    wrong = Is(measure="is_wrong_way", of=("a",))
    assert mining.found(pass_by, wrong) == mining.found(pass_by, Not(condition=wrong)) == ()
    red = Is(measure="light", of=("a",), one_of=("red",))
    assert mining.found(pass_by, red) == mining.found(pass_by, Not(condition=red)) == ()


def test_a_hit_by_denial_says_what_was_instead(mining: SimpleNamespace, pass_by: Any) -> None:
    slow = Not(condition=Compare(measure="speed_mps", of=("a",), at_least=1.0))
    (hit,) = mining.found(pass_by, slow)
    assert hit.id_of("a") == 2
    assert not hit.because[0].holds
    assert (hit.because[0].least, hit.because[0].greatest) == (0.0, 0.0)


def test_short_hits_are_none_and_near_ones_are_one(mining: SimpleNamespace, by_hand: SimpleNamespace) -> None:
    track = by_hand.tracks([by_hand.User(object_id=1, x_m=0.0)], 50)
    speed = np.zeros((1, 50))
    speed[0, 10:20] = speed[0, 23:30] = speed[0, 45] = 5.0
    moving = type(track)(**{name: getattr(track, name) for name in type(track).__slots__} | {"speed_mps": speed})
    fast = Compare(measure="speed_mps", of=("a",), at_least=4.0)

    def steps(**more: float) -> list[tuple[int, int]]:
        return [(hit.start_ns * 10 // S, hit.end_ns * 10 // S) for hit in mining.found(moving, fast, **more)]

    assert steps() == [(10, 19), (23, 29), (45, 45)]
    assert steps(at_least_s=0.7) == [(10, 19)]
    assert steps(join_s=0.4) == [(10, 29), (45, 45)]
    assert steps(join_s=0.4, at_least_s=1.9) == [(10, 29)]


def test_time_words_join_into_an_event(mining: SimpleNamespace, pass_by: Any) -> None:
    """The car comes up behind the bus and passes it, and a moment before it was still behind."""
    car, bus = Role(name="a", classes=(RoadUser.CAR,)), Role(name="b", classes=(RoadUser.BUS,))
    behind = Compare(measure="ahead_m", of=("a", "b"), at_least=5.0)
    past = Compare(measure="ahead_m", of=("a", "b"), at_most=-5.0)
    (hit,) = mining.found(pass_by, Then(first=behind, second=past, within_s=1.1), (car, bus))
    assert (hit.start_ns, hit.end_ns) == (int(4.4 * S), int(5.6 * S))
    assert mining.found(pass_by, Then(first=behind, second=past, within_s=0.9), (car, bus)) == ()
    begins = Becomes(condition=past)
    (hit,) = mining.found(pass_by, AllOf(conditions=(begins, Within(condition=behind, past_s=1.0))), (car, bus))
    assert (hit.start_ns, hit.end_ns) == (int(5.5 * S), int(5.5 * S))
    assert {because.condition for because in hit.because} == {past, behind}
    assert mining.found(pass_by, Lasts(condition=past, at_most_s=4.4), (car, bus)) == ()
    assert len(mining.found(pass_by, Lasts(condition=past, at_most_s=4.5), (car, bus))) == 1


def test_pieces_give_the_same_as_the_whole(
    mining: SimpleNamespace, pass_by: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    condition = Exists(role=Role(name="c"), condition=AllOf(conditions=(near(60.0, "a", "c"), near(60.0, "b", "c"))))
    either = AllOf(conditions=(near(60.0), condition))
    whole = mining.found(pass_by, either, (A, B))
    monkeypatch.setattr(cost, "CHUNK_CELLS", 1_700)
    assert mining.found(pass_by, either, (A, B)) == whole


def test_too_much_is_refused_with_a_way_out(
    mining: SimpleNamespace, pass_by: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cost, "MOST_CELLS", 1_000)
    with pytest.raises(QueryError, match="1,616 combinations") as caught:
        mining.found(pass_by, near(2.0), (A, B))
    assert "fewer roles" in caught.value.hint


def test_nobody_and_no_time_are_no_error(mining: SimpleNamespace, by_hand: SimpleNamespace) -> None:
    assert mining.found(by_hand.tracks([], 5), near(2.0), (A, B)) == ()
    alone = by_hand.tracks([by_hand.User(object_id=1, x_m=0.0)], 1)
    assert mining.found(alone, near(2.0), (A, B)) == ()
    assert mining.found(alone, Exists(role=B, condition=near(2.0))) == ()


def test_a_driven_scenario_is_a_drive_with_its_ego(by_hand: SimpleNamespace) -> None:
    user = by_hand.User(object_id=0, x_m=50.0, y_m=3.5)
    task = by_hand.scenario(users=[user], duration_s=5.0)
    trace = by_hand.trace(task, 10.0 + np.arange(51))
    query = Query(name="passed", roles=(Role(name="ego"), B), condition=near(2.0, "ego", "b"))
    (hit,) = mine_trace(trace, task, query)
    assert hit.object_ids == (("ego", 1), ("b", 0))
    assert hit.drive_id == "by-hand/by-hand"
    assert hit.because[0].least == pytest.approx(3.5 - 0.95 - 1.0)
    assert math.isclose(hit.start_ns / S, 3.5, abs_tol=0.2)


def test_the_recorded_order_of_road_users_does_not_matter(mining: SimpleNamespace, pass_by: Any) -> None:
    order = np.array([2, 0, 3, 1])
    turned = {name: getattr(pass_by, name) for name in type(pass_by).__slots__}
    turned |= {name: turned[name][order] for name in turned if name != "time_ns"}
    condition = AllOf(conditions=(near(20.0), Compare(measure="closing_mps", of=("a", "b"), above=0.5)))
    query = Query(name="order", roles=(A, B), condition=condition)
    assert mine(mining.drive(type(pass_by)(**turned)), query) == mine(mining.drive(pass_by), query) != ()
