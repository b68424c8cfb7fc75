"""The quick engine finds what the slow one finds, in random scenes and with random queries."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from zhixing.dataloop.mining.engine import mine
from zhixing.dataloop.mining.pair_kernel import CODES
from zhixing.dataloop.mining.quick import mine_quickly
from zhixing.datatypes.conditions import (
    AllOf,
    AnyOf,
    Becomes,
    Compare,
    Condition,
    Count,
    Exists,
    ForAll,
    Is,
    Lasts,
    Not,
    Overlaps,
    Role,
    Then,
    Until,
    Within,
)
from zhixing.datatypes.evidence import Drive
from zhixing.datatypes.lights import Lights
from zhixing.datatypes.query import Query
from zhixing.datatypes.tracks import RoadUser, Tracks
from zhixing.errors import InterruptedQueryError

USERS, STEPS = 7, 20
VALUES = {
    "centre_distance_m": (2.0, 8.0, 15.0), "distance_m": (0.5, 3.0, 10.0), "ahead_m": (-5.0, 0.0, 6.0),
    "left_m": (-3.0, 0.0, 3.0), "heading_apart_rad": (0.3, 1.5, 2.8), "heading_left_rad": (-1.0, 0.0, 1.0),
    "closing_mps": (-2.0, 0.0, 3.0), "faster_mps": (-2.0, 0.0, 2.0), "gap_ahead_m": (1.0, 5.0, 20.0),
    "headway_s": (0.5, 1.5, 4.0), "ttc_ahead_s": (0.5, 2.0, 5.0), "needed_decel_mps2": (0.5, 2.0, 5.0),
    "ttc_s": (0.5, 1.5, 4.0),
}  # fmt: skip


def scene(seed: int) -> Drive:
    """Return road users of all classes who mill about on a place of twenty metres, coming and going."""
    rng = np.random.default_rng(seed)
    yaw = np.cumsum(rng.normal(0.0, 0.1, (USERS, STEPS)), axis=1) + rng.uniform(-3.0, 3.0, (USERS, 1))
    speed = np.maximum(rng.uniform(-1.0, 8.0, (USERS, 1)) + rng.normal(0.0, 0.5, (USERS, STEPS)), 0.0)
    time_ns = np.cumsum(rng.integers(80_000_000, 220_000_000, STEPS)).astype(np.int64)
    steps_s = np.diff(time_ns, prepend=time_ns[0]) * 1e-9
    way = np.cumsum((speed * steps_s)[..., None] * np.stack((np.cos(yaw), np.sin(yaw)), axis=-1), axis=1)
    kinds = rng.choice([int(RoadUser.CAR), int(RoadUser.EBIKE), int(RoadUser.PEDESTRIAN)], USERS)
    tracks = Tracks(
        time_ns=time_ns,
        object_id=rng.permutation(50)[:USERS].astype(np.int64),
        road_user=kinds.astype(np.int64),
        size_m=np.where(kinds[:, None] == int(RoadUser.CAR), [[4.5, 1.8]], [[1.7, 0.6]]),
        xy_m=rng.uniform(0.0, 20.0, (USERS, 1, 2)) + way,
        yaw_rad=yaw,
        speed_mps=speed,
        valid=rng.random((USERS, STEPS)) > rng.choice([0.0, 0.1, 0.5], (USERS, 1)),
    )
    lights = Lights(np.zeros(1, dtype=np.int64), np.zeros((0, 1), dtype=np.int64))
    return Drive(drive_id="random", source="by-hand", road=None, tracks=tracks, lights=lights)


def of_one(names: tuple[str, ...]) -> st.SearchStrategy[Condition]:
    one = st.sampled_from([(name,) for name in names])
    return st.one_of(
        st.builds(Is, measure=st.sampled_from(["is_standing", "is_there"]), of=one),
        st.builds(Compare, measure=st.sampled_from(["speed_mps", "accel_mps2"]), of=one,
                  above=st.sampled_from([-1.0, 0.5, 3.0])),
        st.builds(Compare, measure=st.just("yaw_rate_radps"), of=one, below=st.sampled_from([-0.2, 0.0, 0.4])),
    )  # fmt: skip


@st.composite
def of_two(draw: st.DrawFn, names: tuple[str, ...]) -> Condition:
    measure = draw(st.sampled_from(sorted(CODES)))
    of = draw(st.sampled_from(list(itertools.permutations(names, 2))))
    if measure == "touches":
        return Is(measure=measure, of=of)
    value = draw(st.sampled_from(VALUES[measure]))
    bound: Any = {draw(st.sampled_from(["at_least", "at_most", "above", "below"])): value}
    return Compare(measure=measure, of=of, **bound)


TIMES = st.sampled_from([0.2, 0.5, 1.5])


def conditions(names: tuple[str, ...], further: Iterator[str] | tuple[str, ...]) -> st.SearchStrategy[Condition]:
    def joined(parts: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
        several = st.lists(parts, min_size=1, max_size=3).map(tuple)
        return st.one_of(
            st.builds(AllOf, conditions=several), st.builds(AnyOf, conditions=several),
            st.builds(Not, condition=parts), st.builds(Becomes, condition=parts),
            st.builds(Then, first=parts, second=parts, within_s=TIMES),
            st.builds(Until, condition=parts, end=parts, within_s=TIMES),
            st.builds(Overlaps, first=parts, second=parts, at_least_s=TIMES),
            st.builds(Lasts, condition=parts, at_least_s=TIMES), st.builds(Within, condition=parts, past_s=TIMES),
        )  # fmt: skip

    plain = st.recursive(st.one_of(of_one(names), of_two(names)), joined, max_leaves=5)
    for role in further:
        asks = Compare(measure="speed_mps", of=(role,), at_least=0.5)
        body = st.builds(AllOf, conditions=st.tuples(st.just(asks), conditions((*names, role), ())))
        quantified = st.one_of(
            st.builds(Exists, role=st.just(Role(name=role)), condition=body),
            st.builds(ForAll, role=st.just(Role(name=role)), condition=body),
            st.builds(Count, role=st.just(Role(name=role)), condition=body, at_least=st.sampled_from([None, 0, 1, 2]),
                      at_most=st.sampled_from([2, 3])),
        )  # fmt: skip
        plain = st.one_of(plain, st.builds(AllOf, conditions=st.tuples(quantified, plain)))
    return plain


ROLES = st.sampled_from(
    [
        (Role(name="a"), Role(name="b")),
        (Role(name="a", classes=(RoadUser.CAR,)), Role(name="b", classes=(RoadUser.EBIKE, RoadUser.PEDESTRIAN))),
        (Role(name="a", max_length_m=2.0), Role(name="b")),
    ]
)


def query_of(roles: tuple[Role, ...], condition: Condition, join_s: float = 0.0, at_least_s: float = 0.0) -> Query:
    there = AllOf(conditions=tuple(Is(measure="is_there", of=(role.name,)) for role in roles))
    whole = AllOf(conditions=(there, condition))
    return Query(name="random", roles=roles, condition=whole, join_s=join_s, at_least_s=at_least_s)


@settings(max_examples=120)
@given(st.integers(0, 2**32 - 1), ROLES, st.lists(st.one_of(of_one(("a", "b")), of_two(("a", "b"))), min_size=1,
                                                 max_size=5), st.sampled_from([0.0, 0.4]))  # fmt: skip
@example(0, (Role(name="a"), Role(name="b")), [Compare(measure="ttc_s", of=("a", "b"), at_most=4.0)], 0.0)
def test_conjunctions_give_the_same_hits(seed: int, roles: tuple[Role, ...], atoms: list[Condition], s: float) -> None:
    query = query_of(roles, AllOf(conditions=tuple(atoms)), join_s=s, at_least_s=s)
    drive = scene(seed)
    assert mine_quickly(drive, query) == mine(drive, query)


@settings(max_examples=120)
@given(st.integers(0, 2**32 - 1), ROLES, conditions(("a", "b"), ("c",)))
def test_all_queries_give_the_same_hits(seed: int, roles: tuple[Role, ...], condition: Condition) -> None:
    drive, query = scene(seed), query_of(roles, condition)
    assert mine_quickly(drive, query) == mine(drive, query)


@pytest.mark.parametrize("measure", sorted(CODES))
def test_every_measure_of_the_kernel_finds_somebody_and_not_everybody(measure: str) -> None:
    pair = (Role(name="a"), Role(name="b"))
    asked: Condition
    if measure == "touches":
        asked = Is(measure=measure, of=("a", "b"))
    else:
        asked = Compare(measure=measure, of=("a", "b"), at_most=VALUES[measure][1])
    drive = scene(3)
    hits = mine_quickly(drive, query_of(pair, asked))
    assert hits == mine(drive, query_of(pair, asked))
    assert hits
    assert sum(hit.duration_s for hit in hits) < 0.95 * USERS * (USERS - 1) * float(np.ptp(drive.tracks.time_ns)) * 1e-9


def test_a_search_can_be_stopped() -> None:
    condition = Then(
        first=Compare(measure="distance_m", of=("a", "b"), at_most=5.0),
        second=Compare(measure="distance_m", of=("a", "b"), at_least=5.0), within_s=2.0,
    )  # fmt: skip
    query = query_of((Role(name="a"), Role(name="b")), condition)
    with pytest.raises(InterruptedQueryError, match="stopped"):
        mine_quickly(scene(1), query, is_stopped=lambda: True)
