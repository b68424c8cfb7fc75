"""A hit names whom a quantifier found, and says what was before and after it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from zhixing.datatypes.conditions import AllOf, Compare, Condition, Count, Exists, ForAll, Is, Not, Role, Until, Within
from zhixing.datatypes.hit import Because
from zhixing.datatypes.tracks import RoadUser

S = 1_000_000_000
CAR = Role(name="a", classes=(RoadUser.CAR,))
BIKE, OTHER = Role(name="bike", classes=(RoadUser.EBIKE,)), Role(name="other", classes=(RoadUser.EBIKE,))


@pytest.fixture
def swarm(by_hand: SimpleNamespace) -> Any:
    """A car stands at x = 0; five e-bikes come up from the left, one after the other, each 4 m behind the last."""
    bikes = [
        by_hand.User(object_id=10 + k, x_m=-20.0 - 4.0 * k, y_m=3.0, speed_mps=5.0, size_m=(1.8, 0.7),
                     road_user=RoadUser.EBIKE) for k in range(5)
    ]  # fmt: skip
    return by_hand.tracks([by_hand.User(object_id=1, x_m=0.0), *bikes], 61)


def near(one: str, two: str, at_most_m: float) -> Compare:
    return Compare(measure="centre_distance_m", of=(one, two), at_most=at_most_m)


def whys(mining: SimpleNamespace, tracks: Any, condition: Condition) -> tuple[Because, ...]:
    hits = mining.found(tracks, condition, (CAR,))
    assert len(hits) == 1
    because: tuple[Because, ...] = hits[0].because
    return because


def test_the_first_three_of_those_who_are_counted_are_named(mining: SimpleNamespace, swarm: Any) -> None:
    found = whys(mining, swarm, Count(role=BIKE, condition=near("a", "bike", 12.0), at_least=4))
    assert [dict(why.object_ids)["bike"] for why in found] == [10, 11, 12]
    assert all(why.greatest <= 12.0 and why.least >= 3.0 for why in found)


def test_somebody_beside_somebody_is_named_with_him(mining: SimpleNamespace, swarm: Any) -> None:
    condition = Exists(
        role=BIKE,
        condition=AllOf(conditions=(near("a", "bike", 3.2), Exists(role=OTHER, condition=near("bike", "other", 4.5)))),
    )
    hits = mining.found(swarm, condition, (CAR,))
    assert [hit.start_ns for hit in hits] == [int(t * S) for t in (3.8, 4.6, 5.4)]
    first = hits[0].because
    assert [why.object_ids for why in first] == [(("a", 1), ("bike", 10)), (("bike", 10), ("other", 11))]
    assert first[1].least == pytest.approx(4.0)


def test_nobody_in_particular_is_named_where_all_or_none_are_meant(mining: SimpleNamespace, swarm: Any) -> None:
    stands = Is(measure="is_standing", of=("a",))
    rides = ForAll(role=BIKE, condition=Compare(measure="speed_mps", of=("bike",), above=1.0))
    assert whys(mining, swarm, AllOf(conditions=(rides, stands))) == whys(mining, swarm, stands)
    none = Not(condition=Exists(role=BIKE, condition=near("a", "bike", 5.0)))
    assert [hit.because for hit in mining.found(swarm, none, (CAR,))] == [()]


def test_what_lies_beyond_a_hit_is_told_where_the_query_looks_there(mining: SimpleNamespace, swarm: Any) -> None:
    passed = Exists(role=BIKE, condition=Compare(measure="ahead_m", of=("a", "bike"), at_least=0.0))
    soon = AllOf(conditions=(Within(condition=passed, future_s=1.0), Not(condition=passed)))
    # the first bike is level with the car after 4 s
    why, *_ = whys(mining, swarm, soon)
    assert why.start_ns == 4 * S
    assert why.least == pytest.approx(0.0)
    ends = Until(condition=Is(measure="is_standing", of=("a",)), end=passed, within_s=0.5)
    found = whys(mining, swarm, ends)
    assert {why.condition.measure for why in found} == {"is_standing", "ahead_m"}
