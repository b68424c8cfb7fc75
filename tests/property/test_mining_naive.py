"""The engine agrees with the sentences that define the algebra, read out for one binding and one step at a time."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from zhixing.dataloop.mining.catalogue import CATALOGUE
from zhixing.dataloop.mining.engine import mine
from zhixing.dataloop.mining.measuring import taken
from zhixing.dataloop.mining.prepared import PreparedDrive
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
    walk,
)
from zhixing.datatypes.evidence import Drive
from zhixing.datatypes.lights import Lights
from zhixing.datatypes.query import Query
from zhixing.datatypes.tracks import RoadUser, Tracks

USERS, STEPS = 4, 7
Binding = dict[str, int]
Known = bool | None


class Naive:
    """A condition for one binding at one step: true, false or None."""

    def __init__(self, drive: Drive) -> None:
        self.prepared = PreparedDrive(drive)
        self.time_s = self.prepared.time_s
        self.there = drive.tracks.valid
        self.values: dict[tuple[str, tuple[int, ...]], list[float]] = {}

    def at(self, node: Condition, who: Binding, t: int) -> Known:
        every = range(STEPS)
        match node:
            case Compare() | Is():
                return self.asked(node, who, t)
            case AllOf(conditions=parts):
                return both(self.at(part, who, t) for part in parts)
            case AnyOf(conditions=parts):
                return either(self.at(part, who, t) for part in parts)
            case Not(condition=part):
                return opposite(self.at(part, who, t))
            case Then(first=one, second=two, within_s=most):
                return either(
                    both((self.at(one, who, i), self.at(two, who, j)))
                    for i in every for j in every
                    if i <= t <= j and i < j and self.apart(i, j) <= most
                )  # fmt: skip
            case Within(condition=part, past_s=past, future_s=future):
                return either(self.at(part, who, k) for k in every if -past <= self.apart(t, k) <= future)
            case Until(condition=part, end=end, within_s=most):
                return either(
                    both([self.at(end, who, k), *(self.at(part, who, i) for i in range(t, k))])
                    for k in range(t, STEPS) if self.apart(t, k) <= most
                )  # fmt: skip
            case Becomes(condition=part):
                return both((self.at(part, who, t), opposite(self.at(part, who, t - 1)) if t else None))
            case Lasts(condition=part, at_least_s=least, at_most_s=most):
                now = self.at(part, who, t)
                if not now:
                    return now
                return any(
                    least <= self.apart(i, j) <= (math.inf if most is None else most)
                    for i, j in self.runs([self.at(part, who, k) is True for k in every]) if i <= t <= j
                )  # fmt: skip
            case Overlaps():
                return self.overlapping(node, who, t)
            case Exists() | ForAll() | Count():
                return self.quantified(node, who, t)

    def apart(self, i: int, j: int) -> float:
        return float(self.time_s[j] - self.time_s[i])

    def asked(self, node: Compare | Is, who: Binding, t: int) -> Known:
        key = (node.measure, tuple(who[name] for name in node.of))
        if key not in self.values:
            rows = tuple(np.array([row]) for row in key[1])
            self.values[key] = taken(CATALOGUE[node.measure], self.prepared, rows).reshape(-1).tolist()
        value = self.values[key][t]
        if math.isnan(value):
            return None
        if isinstance(node, Is):
            return value == 1.0
        low, high = node.at_least, node.at_most
        return (low is None or value >= low) and (high is None or value <= high)

    @staticmethod
    def runs(holds: list[bool]) -> list[tuple[int, int]]:
        spans, start = [], None
        for k, now in enumerate([*holds, False]):
            if now and start is None:
                start = k
            if not now and start is not None:
                spans.append((start, k - 1))
                start = None
        return spans

    def overlapping(self, node: Overlaps, who: Binding, t: int) -> Known:
        for wanted, answer in (((True,), True), ((True, None), None)):
            one, two = (
                self.runs([self.at(part, who, k) in wanted for k in range(STEPS)]) for part in (node.first, node.second)
            )
            for (a, b), (c, d) in itertools.product(one, two):
                shared = (max(a, c), min(b, d))
                is_in = a <= t <= b or c <= t <= d
                if shared[0] <= shared[1] and self.apart(*shared) >= node.at_least_s and is_in:
                    return answer
        return False

    def quantified(self, node: Exists | ForAll | Count, who: Binding, t: int) -> Known:
        named = {name for part, _, _ in walk(node.condition) if isinstance(part, Compare | Is) for name in part.of}
        if any(name in named and not self.there[row, t] for name, row in who.items()):
            return None
        known = [
            self.at(node.condition, who | {node.role.name: row}, t)
            for row in range(USERS)
            if row not in who.values() and self.there[row, t]
        ]
        if isinstance(node, Exists):
            return either(known)
        if isinstance(node, ForAll):
            return both(known)
        fewest, most = known.count(True), known.count(True) + known.count(None)
        low, high = node.at_least or 0, math.inf if node.at_most is None else node.at_most
        if low <= fewest and most <= high:
            return True
        return None if most >= low and fewest <= high else False


def both(parts: object) -> Known:
    known = list(parts)  # type: ignore[call-overload]
    return False if False in known else None if None in known else True


def either(parts: object) -> Known:
    known = list(parts)  # type: ignore[call-overload]
    return True if True in known else None if None in known else False


def opposite(known: Known) -> Known:
    return None if known is None else not known


def drive_of(seed: int) -> Drive:
    rng = np.random.default_rng(seed)
    tracks = Tracks(
        time_ns=500_000_000 * np.cumsum(rng.integers(1, 4, STEPS)).astype(np.int64),
        object_id=np.array([7, 3, 9, 5]),
        road_user=np.full(USERS, int(RoadUser.CAR), dtype=np.int64),
        size_m=np.ones((USERS, 2)),
        xy_m=rng.uniform(0.0, 10.0, (USERS, STEPS, 2)),
        yaw_rad=rng.uniform(-3.0, 3.0, (USERS, STEPS)),
        speed_mps=rng.choice([0.0, 1.0, 4.0], (USERS, STEPS)),
        valid=rng.random((USERS, STEPS)) > 0.2,
    )
    lights = Lights(np.zeros(1, dtype=np.int64), np.zeros((0, 1), dtype=np.int64))
    return Drive(drive_id="naive", source="by-hand", road=None, tracks=tracks, lights=lights)


def leaves(names: tuple[str, ...]) -> st.SearchStrategy[Condition]:
    pairs = list(itertools.permutations(names, 2))
    one = st.sampled_from([(name,) for name in names])
    return st.one_of(
        st.builds(Is, measure=st.just("is_standing"), of=one),
        st.builds(Compare, measure=st.just("speed_mps"), of=one, at_least=st.just(2.0)),
        st.builds(
            Compare, measure=st.sampled_from(["ahead_m", "centre_distance_m"]), of=st.sampled_from(pairs),
            at_least=st.sampled_from([0.0, 4.0]),
        ),
    )  # fmt: skip


TIMES = st.sampled_from([0.5, 1.0, 2.0, 4.0])


def conditions(names: tuple[str, ...], further: Iterator[str] | tuple[str, ...]) -> st.SearchStrategy[Condition]:
    def joined(parts: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
        several = st.lists(parts, min_size=1, max_size=2).map(tuple)
        return st.one_of(
            st.builds(AllOf, conditions=several),
            st.builds(AnyOf, conditions=several),
            st.builds(Not, condition=parts),
            st.builds(Becomes, condition=parts),
            st.builds(Then, first=parts, second=parts, within_s=TIMES),
            st.builds(Until, condition=parts, end=parts, within_s=TIMES),
            st.builds(Overlaps, first=parts, second=parts, at_least_s=TIMES),
            st.builds(Lasts, condition=parts, at_least_s=TIMES, at_most_s=st.none() | st.just(4.0)),
            st.builds(Within, condition=parts, past_s=TIMES, future_s=st.just(0.0) | TIMES),
        )

    plain = st.recursive(leaves(names), joined, max_leaves=4)
    for role in further:
        # a quantifier asks something of the role that it brings in, and perhaps of others
        asks = Compare(measure="speed_mps", of=(role,), at_least=0.5)
        body = st.builds(AllOf, conditions=st.tuples(st.just(asks), conditions((*names, role), ())))
        quantified = st.one_of(
            st.builds(Exists, role=st.just(Role(name=role)), condition=body),
            st.builds(ForAll, role=st.just(Role(name=role)), condition=body),
            st.builds(Count, role=st.just(Role(name=role)), condition=body, at_least=st.sampled_from([None, 1, 2]),
                      at_most=st.sampled_from([2, 3])),
        )  # fmt: skip
        plain = st.one_of(plain, st.builds(AnyOf, conditions=st.tuples(quantified, plain)),
                          st.builds(Then, first=plain, second=quantified, within_s=TIMES))  # fmt: skip
    return plain


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), conditions(("a", "b"), ("c", "d")))
def test_the_engine_finds_what_the_sentences_say(seed: int, drawn: Condition) -> None:
    drive = drive_of(seed)
    condition = AllOf(conditions=(AnyOf(conditions=(drawn, Not(condition=drawn))), drawn, _uses()))
    query = Query(name="naive", roles=(Role(name="a"), Role(name="b")), condition=condition)
    naive, expected = Naive(drive), set()
    for a, b in itertools.permutations(range(USERS), 2):
        holds = [naive.at(condition, {"a": a, "b": b}, t) is True for t in range(STEPS)]
        ids = (("a", int(drive.tracks.object_id[a])), ("b", int(drive.tracks.object_id[b])))
        time_ns = drive.tracks.time_ns
        expected |= {(ids, int(time_ns[i]), int(time_ns[j])) for i, j in Naive.runs(holds)}
    assert {(hit.object_ids, hit.start_ns, hit.end_ns) for hit in mine(drive, query)} == expected


def _uses() -> Condition:
    """Return what is always true of who is there, so that both roles are asked for."""
    return AnyOf(
        conditions=(Is(measure="is_there", of=("a",)), Not(condition=Is(measure="is_there", of=("a",))),
                    Is(measure="is_there", of=("b",)))
    )  # fmt: skip
