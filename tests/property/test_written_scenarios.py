"""Laws of the writers: what is written and read back is the same, whatever the road and whoever was there."""

from __future__ import annotations

import math
import tempfile
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from zhixing.datatypes.lights import Light, Lights
from zhixing.datatypes.road import Lane, LaneKind, Road, StopLine
from zhixing.datatypes.shapes import FloatArray
from zhixing.datatypes.tracks import RoadUser, Tracks
from zhixing.formats.commonroad import read_commonroad
from zhixing.formats.commonroad_write import write_commonroad
from zhixing.formats.opendrive import read_opendrive
from zhixing.formats.opendrive_write import opendrive_bytes
from zhixing.formats.openscenario import read_task
from zhixing.formats.openscenario_write import write_openscenario
from zhixing.testing.same_scenario import WITHIN_M, road_differences, scenario_differences

NEAR_M = 0.35
"""How far a boundary between two cross-sections may be drawn from the chord where these stand square on the road."""

STEEPEST = 1.0
"""How many metres a lane may widen in a metre of road for that: three times the steepest taper of a street. Where a
bend and a steeper widening meet, the corner of a boundary lies between two cross-sections and is cut off."""

finite = st.floats(-1e3, 1e3)
names = st.text(max_size=12)


@st.composite
def lanes(draw: st.DrawFn, index: int, count: int, *, is_square: bool = False) -> Lane:
    """Return a bent lane of changing width whose cross-sections may stand askew."""
    points = draw(st.integers(2, 8))
    steps = np.array(draw(st.lists(st.floats(0.5, 9.0), min_size=points - 1, max_size=points - 1)))
    turns = np.array(draw(st.lists(st.floats(-0.2, 0.2), min_size=points - 1, max_size=points - 1)))
    widths = np.array(draw(st.lists(st.floats(1.0, 5.0), min_size=points, max_size=points)))
    if is_square:
        widths = tapered(widths, steps)
    slants = np.array(draw(st.lists(st.floats(-0.8, 0.8), min_size=points, max_size=points)))
    yaw = draw(st.floats(-math.pi, math.pi)) + np.cumsum(turns)
    ahead = np.stack((np.cos(yaw), np.sin(yaw)), axis=-1) * steps[:, None]
    centre = np.array([draw(finite), draw(finite)]) + np.concatenate((np.zeros((1, 2)), np.cumsum(ahead, axis=0)))
    across = np.append(yaw, yaw[-1]) - 0.5 * np.append(0.0, turns) + (0.0 if is_square else slants) + 0.5 * np.pi
    half = 0.5 * widths[:, None] * np.stack((np.cos(across), np.sin(across)), axis=-1)
    kind = LaneKind.DRIVING if index == 0 or is_square else draw(st.sampled_from(LaneKind))
    others = st.integers(-1, count - 1)
    return Lane(
        lane_id=draw(names),
        kind=kind,
        centre_xy_m=centre,
        left_xy_m=centre + half,
        right_xy_m=centre - half,
        speed_limit_mps=draw(st.floats(0.1, 40.0) | st.just(math.inf)),
        is_two_way=draw(st.booleans()),
        junction=draw(st.integers(-1, 1)),
        left_lane=draw(others),
        right_lane=draw(others),
        light_group=draw(st.integers(-1, 1)),
        turn=draw(st.sampled_from(["", "left", "right", "straight", "u-turn"])),
    )


def tapered(widths_m: FloatArray, steps_m: FloatArray) -> FloatArray:
    """Return widths that change by at most STEEPEST metres with each metre of road."""
    widths = widths_m.copy()
    for k, step_m in enumerate(steps_m, start=1):
        widths[k] = np.clip(widths[k], widths[k - 1] - STEEPEST * step_m, widths[k - 1] + STEEPEST * step_m)
    return widths


@st.composite
def roads(draw: st.DrawFn) -> Road:
    """Return lanes anywhere that continue and accompany each other in any way."""
    count = draw(st.integers(1, 5))
    index = st.integers(0, count - 1)
    lines = [[[draw(finite), draw(finite)] for _ in range(2)] for _ in range(draw(st.integers(0, 2)))]
    found = [draw(lanes(k, count)) for k in range(count)]
    if draw(st.booleans()):
        found.append(beside(found[0], count))
        found[0] = replace(found[0], right_lane=count)
    return Road(
        name=draw(names),
        lanes=tuple(found),
        successors=tuple(tuple(sorted(draw(st.sets(index, max_size=3)))) for _ in found),
        stop_lines=tuple(
            StopLine(xy_m=np.array(line), lanes=tuple(sorted(draw(st.sets(index, max_size=2))))) for line in lines
        ),
        num_junctions=2,
        num_light_groups=2,
    )


def beside(lane: Lane, index: int) -> Lane:
    """Return the lane on the right of another, of the same width."""
    right = 2.0 * lane.right_xy_m - lane.left_xy_m
    middle = 0.5 * (lane.right_xy_m + right)
    moved = replace(lane, centre_xy_m=middle, left_xy_m=lane.right_xy_m, right_xy_m=right)
    return replace(moved, lane_id=f"{index}", left_lane=0, right_lane=-1)


@st.composite
def recordings(draw: st.DrawFn) -> Tracks:
    """Return people who come, go and come again; where they are not, there is nothing."""
    objects, steps = draw(st.integers(0, 3)), draw(st.integers(1, 7))
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    valid = random.random((objects, steps)) < draw(st.sampled_from([0.2, 0.7, 1.0]))
    states = np.where(valid[..., None], random.normal(0.0, 30.0, (objects, steps, 4)), np.nan)
    gaps = draw(st.lists(st.integers(1, 10**9), min_size=steps, max_size=steps))
    return Tracks(
        draw(st.integers(-(10**9), 10**9)) + np.cumsum(np.array(gaps, dtype=np.int64)),
        random.permutation(1000)[:objects].astype(np.int64) - 500,
        random.integers(1, max(RoadUser) + 1, objects),
        random.uniform(0.1, 20.0, (objects, 2)),
        states[..., :2].copy(),
        states[..., 2].copy(),
        states[..., 3].copy(),
        valid,
    )


@st.composite
def lights(draw: st.DrawFn) -> Lights:
    """Return what up to three lights show."""
    groups, columns = draw(st.integers(0, 3)), draw(st.integers(1, 5))
    times = sorted(draw(st.sets(st.integers(-(10**9), 10**10), min_size=columns, max_size=columns)))
    shown = draw(st.lists(st.sampled_from(Light), min_size=groups * columns, max_size=groups * columns))
    return Lights(np.array(times), np.array(shown, dtype=np.int64).reshape(groups, columns))


@given(roads())
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_a_road_is_read_back_the_same(road: Road) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "map.xodr"
        path.write_bytes(opendrive_bytes(road)[0])
        assert road_differences(road, read_opendrive(path)) == []


@given(roads(), recordings(), lights())
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
def test_a_scenario_is_read_back_the_same(by_hand: SimpleNamespace, road: Road, tracks: Tracks, shown: Lights) -> None:
    task = replace(by_hand.scenario(road), background=tracks, lights=shown)
    with tempfile.TemporaryDirectory() as folder:
        write_openscenario(Path(folder) / "task", task)
        assert scenario_differences(task, read_task(Path(folder) / "task")) == []


@given(lanes(0, 1, is_square=True))
@settings(max_examples=60)
def test_lanes_with_square_ends_lie_where_they_are_without_our_marks(lane: Lane) -> None:
    alone = replace(lane, left_lane=-1, right_lane=-1, junction=-1, light_group=-1)
    road = Road(name="map", lanes=(alone,), successors=((),))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "map.xodr"
        path.write_bytes(opendrive_bytes(road)[0].replace(b'code="zhixing.', b'code="of-others.'))
        (drawn,) = read_opendrive(path).lanes
    for side in ("left_xy_m", "right_xy_m"):
        assert farthest_m(getattr(drawn, side), getattr(lane, side)) < NEAR_M


def farthest_m(points: FloatArray, line: FloatArray) -> float:
    """Return how far the farthest of some points is from a line, or of the line's from the points."""
    a, along = line[:-1], np.diff(line, axis=0)
    away = points[:, None] - a
    share = np.clip((away * along).sum(axis=-1) / (along**2).sum(axis=-1), 0.0, 1.0)
    return float(np.hypot(*np.moveaxis(away - share[..., None] * along, -1, 0)).min(axis=1).max())


@given(st.lists(st.booleans(), min_size=12, max_size=12), st.integers(1, 10**6), st.floats(0.0, 30.0))
@example([True, False] * 6, 1, 0.0)
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_commonroad_file_keeps_who_was_where_when(
    by_hand: SimpleNamespace, there: list[bool], object_id: int, speed_mps: float
) -> None:
    first = by_hand.User(object_id=object_id, x_m=3.0, speed_mps=speed_mps)
    users = [first, by_hand.User(object_id=object_id + 1, x_m=9.0)]
    task = by_hand.scenario(users=users, duration_s=1.0, recorded_s=1.1)
    valid = task.background.valid.copy()
    valid[0] = there
    task = replace(task, background=replace(task.background, valid=valid))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "task.xml"
        write_commonroad(path, task)
        back = read_commonroad(path).background
    num_stretches = sum(now and not before for before, now in zip([False, *there], there, strict=False))
    assert back.num_objects == num_stretches + 1
    mine = back.road_user == RoadUser.CAR
    moved = mine & (back.object_id != object_id + 1)
    assert back.valid[moved].any(axis=0).tolist() == there
    for row in np.flatnonzero(moved):
        at = back.valid[row]
        assert np.abs(back.xy_m[row, at] - task.background.xy_m[0, at]).max() <= WITHIN_M
        assert back.speed_mps[row, at] == pytest.approx(np.full(at.sum(), speed_mps))
