"""What holds for whatever is mined: it knows no direction, no clock, no order, and no more than was seen."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from zhixing.dataloop.mining.catalogue import CATALOGUE
from zhixing.dataloop.mining.engine import mine
from zhixing.dataloop.mining.measuring import taken
from zhixing.dataloop.mining.prepared import PreparedDrive
from zhixing.datatypes.conditions import AllOf, AnyOf, Compare, Condition, Count, Exists, Is, Lasts, Not, Role, Then
from zhixing.datatypes.evidence import Drive
from zhixing.datatypes.frames import Transform2
from zhixing.datatypes.hit import Hit
from zhixing.datatypes.lights import Lights
from zhixing.datatypes.measures import MEASURES
from zhixing.datatypes.query import Query
from zhixing.datatypes.road import Lane, LaneKind, Road, StopLine, lane_along
from zhixing.datatypes.shapes import FloatArray, IntArray
from zhixing.datatypes.tracks import RoadUser, Tracks

USERS, STEPS = 6, 25
SEEDS = st.integers(0, 2**32 - 1)
few = settings(max_examples=15, deadline=None, derandomize=True)


def straight(x0: float, y0: float, x1: float, y1: float) -> FloatArray:
    return np.linspace((x0, y0), (x1, y1), 9)


def crossroads() -> Road:
    """Two lanes east, one north across them, a bike lane, a sidewalk and a crossing; lights for both movements."""
    lanes = (
        lane_along("west", straight(-60, 0, -10, 0), 3.5, 12.0, left_lane=1),
        lane_along("west-left", straight(-60, 3.5, -10, 3.5), 3.5, 12.0, right_lane=0),
        replace(lane_along("over", straight(-10, 0, 10, 0), 3.5, 12.0, junction=0), light_group=0),
        lane_along("east", straight(10, 0, 60, 0), 3.5, 12.0),
        lane_along("south", straight(2, -60, 2, -10), 3.5, 8.0),
        replace(lane_along("up", straight(2, -10, 2, 10), 3.5, 8.0, junction=0), light_group=1),
        lane_along("north", straight(2, 10, 2, 60), 3.5, 8.0),
        replace(lane_along("bikes", straight(-60, -3.5, 60, -3.5), 2.5, 6.0), kind=LaneKind.BIKING),
        replace(lane_along("walk", straight(-60, -6, 60, -6), 2.0, 3.0), kind=LaneKind.SIDEWALK, is_two_way=True),
        replace(lane_along("zebra", straight(-14, -7, -14, 6), 4.0, 3.0), kind=LaneKind.CROSSING, is_two_way=True),
    )
    lines = (
        StopLine(xy_m=np.array([[-12.0, -1.7], [-12.0, 5.2]]), lanes=(0, 1)),
        StopLine(xy_m=np.array([[0.3, -12.0], [3.7, -12.0]]), lanes=(4,)),
    )
    return Road(
        name="crossroads", lanes=lanes, successors=((2,), (), (3,), (), (5,), (6,), (), (), (), ()), stop_lines=lines,
        num_junctions=1, num_light_groups=2,
    )  # fmt: skip


def busy(seed: int) -> Drive:
    """Somebody of every kind, who comes and goes, turns and brakes, mostly near the junction."""
    rng = np.random.default_rng(seed)
    classes = rng.permutation([RoadUser.CAR, RoadUser.BUS, RoadUser.EBIKE, RoadUser.PEDESTRIAN, RoadUser.CAR,
                               RoadUser.OBJECT])  # fmt: skip
    time_ns = 100_000_000 * np.cumsum(rng.integers(1, 4, STEPS))
    dt_s = np.diff(time_ns, prepend=time_ns[0])[None] * 1e-9
    turn_radps, accel_mps2 = rng.normal(0.0, 0.1, (USERS, 1)), rng.normal(0.0, 1.0, (USERS, 1))
    speed = rng.uniform(-1.0, 12.0, (USERS, 1)) + np.cumsum(accel_mps2 * dt_s, axis=1)
    yaw = rng.choice([0.0, math.pi / 2, math.pi], (USERS, 1)) + rng.normal(0.0, 0.1, (USERS, 1))
    yaw = yaw + np.cumsum(turn_radps * dt_s, axis=1)
    step_m = (speed * dt_s)[..., None] * np.stack((np.cos(yaw), np.sin(yaw)), axis=-1)
    first, last = rng.integers(0, 4, (USERS, 1)), rng.integers(STEPS - 6, STEPS, (USERS, 1))
    valid = (np.arange(STEPS) >= first) & (np.arange(STEPS) <= last) & (rng.random((USERS, STEPS)) > 0.02)
    start_m = rng.normal((-12.0, 0.0), (12.0, 3.0), (USERS, 2))
    tracks = Tracks(
        time_ns=time_ns.astype(np.int64),
        object_id=10 + rng.permutation(USERS),
        road_user=classes.astype(np.int64),
        size_m=np.stack((rng.uniform(0.5, 12.0, USERS), rng.uniform(0.4, 2.6, USERS)), axis=-1),
        xy_m=start_m[:, None] + np.cumsum(step_m, axis=1),
        yaw_rad=yaw,
        speed_mps=speed,
        valid=valid,
    )
    lights = Lights(time_ns[::3].astype(np.int64), rng.integers(0, 4, (2, time_ns[::3].size)))
    ego_id = int(tracks.object_id[0])
    return Drive(drive_id="busy", source="by-hand", road=crossroads(), tracks=tracks, lights=lights, ego_id=ego_id)


def everything(drive: Drive, rows: IntArray | None = None) -> dict[str, FloatArray]:
    prepared = PreparedDrive(drive)
    order = np.arange(USERS) if rows is None else rows
    return {name: taken(CATALOGUE[name], prepared, (order,) * MEASURES[name].num_roles) for name in MEASURES}


def assert_same(one: dict[str, FloatArray], two: dict[str, FloatArray]) -> None:
    for name, values in one.items():
        before, after = values, two[name]
        if before.ndim == 3:  # nothing is asked of somebody and himself
            different = ~np.eye(USERS, dtype=np.bool_)
            before, after = before[different], after[different]
        if name == "heading_left_rad":  # -pi and pi are the same
            before, after = np.sin(before), np.sin(after)
        np.testing.assert_allclose(after, before, rtol=1e-6, atol=1e-6, err_msg=name)


def turned(drive: Drive, world: Transform2) -> Drive:
    """Return the drive seen from another world frame."""
    tracks, road = drive.tracks, drive.road
    assert road is not None

    def lane(one: Lane) -> Lane:
        centre, left, right = (world.apply(edge) for edge in (one.centre_xy_m, one.left_xy_m, one.right_xy_m))
        return replace(one, centre_xy_m=centre, left_xy_m=left, right_xy_m=right)

    return replace(
        drive,
        tracks=replace(tracks, xy_m=world.apply(tracks.xy_m), yaw_rad=tracks.yaw_rad + world.yaw_rad),
        road=replace(
            road,
            lanes=tuple(lane(one) for one in road.lanes),
            stop_lines=tuple(replace(line, xy_m=world.apply(line.xy_m)) for line in road.stop_lines),
        ),
    )


def reordered(drive: Drive, order: IntArray) -> Drive:
    tracks = drive.tracks
    rows = {name: getattr(tracks, name)[order] for name in Tracks.__slots__ if name != "time_ns"}
    return replace(drive, tracks=Tracks(time_ns=tracks.time_ns, **rows))


A, B, C = Role(name="a"), Role(name="b"), Role(name="c")
MOVES = Compare(measure="speed_mps", of=("a",), above=2.0)
NEAR = Compare(measure="distance_m", of=("a", "b"), at_most=6.0)
SEEN = Compare(measure="seen_share", of=("a", "b"), at_least=0.5)
RED = Is(measure="light", of=("a",), one_of=("red",))
CROWD = Count(role=C, condition=Compare(measure="distance_m", of=("a", "c"), at_most=15.0), at_least=2)
CONDITIONS: tuple[Condition, ...] = (
    AllOf(conditions=(MOVES, NEAR)),
    Then(first=NEAR, second=Not(condition=SEEN), within_s=1.0),
    AllOf(conditions=(NEAR, AnyOf(conditions=(RED, CROWD)))),
    AllOf(conditions=(Lasts(condition=NEAR, at_least_s=0.3), Exists(role=C, condition=Not(condition=Is(
        measure="is_in_same_lane", of=("b", "c")))))),
    Not(condition=AllOf(conditions=(NEAR, RED))),
)  # fmt: skip


def found(drive: Drive, condition: Condition, **more: float) -> tuple[Hit, ...]:
    return mine(drive, Query(name="law", roles=(A, B), condition=condition, **more))


def spans(hits: tuple[Hit, ...]) -> list[tuple[tuple[tuple[str, int], ...], int, int]]:
    return [(hit.object_ids, hit.start_ns, hit.end_ns) for hit in hits]


@few
@example(0, 0.0, 0.0, math.pi)
@given(SEEDS, st.floats(-500.0, 500.0), st.floats(-500.0, 500.0), st.floats(-4.0, 4.0))
def test_no_measure_knows_where_east_is(seed: int, x_m: float, y_m: float, yaw_rad: float) -> None:
    drive = busy(seed)
    assert_same(everything(drive), everything(turned(drive, Transform2(x_m, y_m, yaw_rad))))


@few
@given(SEEDS, st.integers(-(2**60), 2**60))
def test_no_measure_knows_what_time_it_is(seed: int, shift_ns: int) -> None:
    drive = busy(seed)
    later = replace(
        drive,
        tracks=replace(drive.tracks, time_ns=drive.tracks.time_ns + shift_ns),
        lights=Lights(drive.lights.time_ns + shift_ns, drive.lights.light),
    )
    assert_same(everything(drive), everything(later))
    for condition in CONDITIONS:
        moved = [(who, start + shift_ns, end + shift_ns) for who, start, end in spans(found(drive, condition))]
        assert spans(found(later, condition)) == moved


@few
@given(SEEDS, st.permutations(range(USERS)))
def test_no_measure_knows_who_was_written_first(seed: int, permutation: list[int]) -> None:
    drive, order = busy(seed), np.array(permutation)
    other = reordered(drive, order)
    assert_same(everything(drive, order), everything(other))
    for condition in CONDITIONS:
        assert spans(found(other, condition)) == spans(found(drive, condition))


@few
@given(SEEDS)
def test_nothing_is_said_of_who_is_not_there(seed: int) -> None:
    drive = busy(seed)
    there = drive.tracks.valid
    for name, values in everything(drive).items():
        if name == "is_there":
            continue
        # of two the second may come later where it is about what comes later
        away = ~there if values.ndim == 2 else ~there[:, None] | (~there[None] & (name != "pet_s"))
        assert np.isnan(values[np.broadcast_to(away, values.shape)]).all(), name


@few
@given(SEEDS)
def test_facts_are_yes_or_no_and_words_are_words(seed: int) -> None:
    for name, values in everything(busy(seed)).items():
        known = values[~np.isnan(values)]
        if MEASURES[name].form == "fact":
            assert np.isin(known, [0.0, 1.0]).all(), name
        if MEASURES[name].form == "word":
            assert np.isin(known, np.arange(len(MEASURES[name].words))).all(), name


@few
@given(SEEDS, st.sampled_from(CONDITIONS), st.sampled_from(CONDITIONS))
def test_de_morgan_holds_for_hits(seed: int, one: Condition, two: Condition) -> None:
    assume(one is not two and {one, two} != {CONDITIONS[2], CONDITIONS[3]})  # these bring in the same role
    drive = busy(seed)
    none = Not(condition=AnyOf(conditions=(one, two)))
    neither = AllOf(conditions=(Not(condition=one), Not(condition=two)))
    assert spans(found(drive, none)) == spans(found(drive, neither))
    not_both = Not(condition=AllOf(conditions=(one, two)))
    either_not = AnyOf(conditions=(Not(condition=one), Not(condition=two)))
    assert spans(found(drive, not_both)) == spans(found(drive, either_not))
    assert spans(found(drive, Not(condition=Not(condition=one)))) == spans(found(drive, one))


@few
@given(SEEDS, st.sampled_from(CONDITIONS), st.floats(0.0, 2.0), st.floats(0.0, 2.0))
def test_asking_for_longer_finds_no_more(seed: int, condition: Condition, one_s: float, two_s: float) -> None:
    drive = busy(seed)
    short, long = (spans(found(drive, condition, at_least_s=s)) for s in sorted((one_s, two_s)))
    assert set(long) <= set(short)
    lasts, at_least = (
        spans(found(drive, Lasts(condition=condition, at_least_s=one_s))),
        spans(found(drive, condition, at_least_s=one_s)),
    )
    assert lasts == at_least


@pytest.mark.parametrize("seed", range(5))
def test_the_scenes_of_these_laws_are_not_empty(seed: int) -> None:
    measures = everything(busy(seed))
    assert sum(bool(np.isfinite(values).any()) for values in measures.values()) >= len(MEASURES) - 8
    assert sum(bool(found(busy(seed), condition)) for condition in CONDITIONS) >= 3
