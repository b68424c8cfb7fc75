"""On which lanes, and where on them, a goal can be reached."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from zhixing.datatypes.road import LaneKind
from zhixing.datatypes.scene import Goal
from zhixing.datatypes.shapes import BoolArray, FloatArray, edge_distance_m, is_inside
from zhixing.driving.lane_map import LaneMap

INSIDE_M = 0.3
"""A line leads through a goal where it is at least this far from the goal's edge."""

_START_TURN_RAD = math.radians(75.0)
_GOAL_REACH_M = 8.0
_STEP_M = 1.0
_YAW_SLACK_RAD = math.radians(20.0)
"""How far a car may be turned against its lane where it arrives."""
_SHORT_STRETCH_S = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """Where a lane leads to the goal.

    Attributes:
        s_m: How far along the lane.
        cost_s: What speaks against it, in seconds.
        x_m: Where to aim, in the world frame.
        y_m: The same.
    """

    s_m: float
    cost_s: float
    x_m: float
    y_m: float


def lanes_near(
    lane_map: LaneMap, x_m: float, y_m: float, yaw_rad: float | None, reach_m: float
) -> dict[int, tuple[float, float]]:
    """Return for each driving lane near a point where on it that is, and a cost in seconds for being beside it."""
    found = {}
    box = lane_map.box_m
    near = (
        (lane_map.kind == LaneKind.DRIVING)
        & (box[:, 0] - reach_m < x_m)
        & (x_m < box[:, 2] + reach_m)
        & (box[:, 1] - reach_m < y_m)
        & (y_m < box[:, 3] + reach_m)
    )
    for lane in np.flatnonzero(near).tolist():
        s_m, offset_m, direction = lane_map.project(lane, x_m, y_m)
        turn = 0.0 if yaw_rad is None else abs(math.remainder(yaw_rad - direction, 2.0 * math.pi))
        if abs(offset_m) < reach_m and turn < _START_TURN_RAD:
            found[lane] = (s_m, 2.0 * max(0.0, abs(offset_m) - 0.5) + 8.0 * turn)
    return found


def goal_lanes(lane_map: LaneMap, goal: Goal, starts: dict[int, tuple[float, float]]) -> dict[int, Arrival]:
    """Return the driving lanes on which a goal with a place can be reached.

    Where centre lines lead through the goal these are the lanes, with the middle of the stretch within it; otherwise
    the lanes beside its centre.

    Args:
        lane_map: The road.
        goal: With a place; its alternatives do not count.
        starts: For each lane on which the ego may start, where on it that is, and a cost.
    """
    stretches = {lane: inside for lane in _lanes_by(lane_map, goal) if (inside := _stretch(lane_map, lane, goal))}
    longest = max((end - begin for begin, end in stretches.values()), default=0.0)
    found = {}
    for lane, (begin, end) in stretches.items():
        s_m = 0.5 * (begin + end)
        if lane in starts and starts[lane][0] < end:
            s_m = max(s_m, min(starts[lane][0] + _STEP_M, end))
        x_m, y_m = _at(lane_map, lane, np.array([s_m]))[0].tolist()
        cost_s = _SHORT_STRETCH_S * (1.0 - (end - begin) / max(longest, _STEP_M))
        found[lane] = Arrival(s_m=s_m, cost_s=cost_s, x_m=x_m, y_m=y_m)
    return found or _beside(lane_map, goal)


def aim_of(goal: Goal) -> tuple[float, float]:
    """Return the centre of a goal: of its first outline, or of its rectangle."""
    if goal.outlines_xy_m:
        area = goal.outlines_xy_m[0]
        x, y = 0.5 * (area.min(axis=0) + area.max(axis=0))
        return float(x), float(y)
    return 0.5 * (goal.x_min_m + goal.x_max_m), 0.5 * (goal.y_min_m + goal.y_max_m)


def is_well_inside(xy_m: FloatArray, goal: Goal) -> BoolArray:
    """Return (points,) which points are in an outline of a goal and not near its edge."""
    found = np.zeros(xy_m.shape[0], dtype=np.bool_)
    for area in goal.outlines_xy_m:
        found |= is_inside(xy_m, area) & (edge_distance_m(xy_m, area) >= INSIDE_M)
    return found


def _beside(lane_map: LaneMap, goal: Goal) -> dict[int, Arrival]:
    found: dict[int, Arrival] = {}
    yaw_rad = None if goal.yaw_rad is None or _is_any(goal.yaw_rad) else 0.5 * sum(goal.yaw_rad)
    for area in goal.outlines_xy_m or (None,):
        one = goal if area is None else replace(goal, outlines_xy_m=(area,))
        x_m, y_m = aim_of(one)
        for lane, (s_m, cost_s) in lanes_near(lane_map, x_m, y_m, yaw_rad, _GOAL_REACH_M).items():
            if lane not in found or 3.0 * cost_s < found[lane].cost_s:
                found[lane] = Arrival(s_m=s_m, cost_s=3.0 * cost_s, x_m=x_m, y_m=y_m)
    return found


def _lanes_by(lane_map: LaneMap, goal: Goal) -> list[int]:
    if not goal.outlines_xy_m:
        return []
    box = lane_map.box_m
    meets = (box[:, 0] <= goal.x_max_m) & (box[:, 2] >= goal.x_min_m)
    meets &= (box[:, 1] <= goal.y_max_m) & (box[:, 3] >= goal.y_min_m)
    lanes: list[int] = np.flatnonzero(meets & (lane_map.kind == LaneKind.DRIVING)).tolist()
    return lanes


def _stretch(lane_map: LaneMap, lane: int, goal: Goal) -> tuple[float, float] | None:
    """Return from where to where the longest stretch of a lane within the goal goes."""
    length_m = float(lane_map.length_m[lane])
    at_m = np.linspace(0.0, length_m, max(2, int(length_m / _STEP_M) + 1))
    xy_m = _at(lane_map, lane, at_m)
    inside = is_well_inside(xy_m, goal)
    if goal.yaw_rad is not None and not _is_any(goal.yaw_rad):
        tangent = np.gradient(xy_m, axis=0)
        yaw = np.arctan2(tangent[:, 1], tangent[:, 0])
        low, high = goal.yaw_rad[0] - _YAW_SLACK_RAD, goal.yaw_rad[1] + _YAW_SLACK_RAD
        inside &= (yaw - low) % (2.0 * math.pi) <= high - low
    edges = np.flatnonzero(np.diff(np.concatenate(([False], inside, [False])).astype(np.int8))).reshape(-1, 2)
    if not edges.size:
        return None
    begin, end = edges[np.argmax(edges[:, 1] - edges[:, 0])].tolist()
    return float(at_m[begin]), float(at_m[end - 1])


def _is_any(yaw_rad: tuple[float, float]) -> bool:
    return yaw_rad[1] - yaw_rad[0] >= math.pi


def _at(lane_map: LaneMap, lane: int, at_m: FloatArray) -> FloatArray:
    xy_m, s_m = lane_map.lane_xy_m(lane), lane_map.lane_s_m(lane)
    return np.stack([np.interp(at_m, s_m, xy_m[:, k]) for k in (0, 1)], axis=-1)
