"""What prediction has to know of the map, as flat arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from zhixing.datatypes.road import NO_LIGHT
from zhixing.datatypes.scene import Briefing
from zhixing.datatypes.shapes import BoolArray, FloatArray, IntArray
from zhixing.driving.lane_map import LaneMap, entry_rad
from zhixing.driving.route import find_route
from zhixing.errors import ScenarioError


class Streets(NamedTuple):
    """The lanes, how they connect, and where one waits, as kernels take them.

    Attributes:
        first: See ``LaneMap``; so are the next seven.
        xy_m: Of the lane map.
        s_m: Of the lane map.
        half_width_m: Of the lane map.
        length_m: Of the lane map.
        kind: Of the lane map.
        limit_mps: Of the lane map.
        box_m: Of the lane map.
        first_next: (lanes + 1,) successors of lane k are ``nexts[first_next[k]:first_next[k + 1]]``.
        nexts: Lane indices.
        first_before: The same for predecessors.
        befores: Lane indices.
        beside: (lanes, 2) neighbours on the left and on the right, -1 where none is.
        light_group: (lanes,) what lets traffic enter the lane, -1 where nothing does.
        stop_m: (lanes,) where on the lane one waits for what comes after it.
        is_two_way: (lanes,) whether people walk it in both directions.
    """

    first: IntArray
    xy_m: FloatArray
    s_m: FloatArray
    half_width_m: FloatArray
    length_m: FloatArray
    kind: IntArray
    limit_mps: FloatArray
    box_m: FloatArray
    first_next: IntArray
    nexts: IntArray
    first_before: IntArray
    befores: IntArray
    beside: IntArray
    light_group: IntArray
    stop_m: FloatArray
    is_two_way: BoolArray


def build_streets(lane_map: LaneMap) -> Streets:
    """Return what kernels need of a map."""
    road = lane_map.road
    first_next, nexts = _flat(road.successors)
    first_before, befores = _flat(road.predecessors())
    stop_m = lane_map.length_m.copy()
    for stop in road.stop_lines:
        x_m, y_m = stop.xy_m.mean(axis=0)
        for lane in stop.lanes:
            stop_m[lane] = lane_map.project(lane, float(x_m), float(y_m))[0]
    return Streets(
        lane_map.first,
        lane_map.xy_m,
        lane_map.s_m,
        lane_map.half_width_m,
        lane_map.length_m,
        lane_map.kind,
        lane_map.speed_limit_mps,
        lane_map.box_m,
        first_next,
        nexts,
        first_before,
        befores,
        np.array([(lane.left_lane, lane.right_lane) for lane in road.lanes], dtype=np.int64).reshape(-1, 2),
        np.array([lane.light_group for lane in road.lanes], dtype=np.int64),
        stop_m,
        np.array([lane.is_two_way for lane in road.lanes], dtype=np.bool_),
    )


def light_groups(lane_map: LaneMap, briefing: Briefing) -> IntArray:
    """Return (lanes,) light groups, with the light of the ego's own movement given to the lanes that share it.

    Where only the light of the ego's movement is known, it is shown as well to whoever takes the same way through the
    same junction from a lane beside; nothing is known of the others, and nobody waits to turn right.
    """
    road = lane_map.road
    group: IntArray = np.array([lane.light_group for lane in road.lanes], dtype=np.int64)
    if briefing.ego_light < 0:
        return group
    group[:] = NO_LIGHT
    try:
        route = find_route(lane_map, briefing.start, briefing.goal)
    except ScenarioError:
        return group
    inside = [lane for lane, about in enumerate(road.lanes) if about.junction >= 0]
    if not inside or not route.junction_m.shape[0]:
        return group
    ends = [
        np.array([np.interp(s_m, route.line.s_m, column) for column in route.line.xy_m.T])
        for s_m in route.junction_m[0]
    ]
    away_m = [
        np.hypot(*(road.lanes[lane].centre_xy_m[0] - ends[0])) + np.hypot(*(road.lanes[lane].centre_xy_m[-1] - ends[1]))
        for lane in inside
    ]
    chosen = inside[int(np.argmin(away_m))]
    own, entries = road.lanes[chosen], entry_rad(road, chosen)
    if own.turn == "right":
        return group  # legal at red
    for lane, about in enumerate(road.lanes):
        same_way = np.abs((entry_rad(road, lane) - entries + np.pi) % (2.0 * np.pi) - np.pi) < 0.5
        near = np.hypot(*(about.centre_xy_m[0] - own.centre_xy_m[0])) < _SAME_APPROACH_M
        if about.junction == own.junction and about.turn == own.turn and near and same_way:
            group[lane] = briefing.ego_light
    return group


_SAME_APPROACH_M = 12.0
"""Three lanes of 3.5 m and their gaps."""


def _flat(lists: Sequence[Sequence[int]]) -> tuple[IntArray, IntArray]:
    counts = [len(one) for one in lists]
    first = np.concatenate(([0], np.cumsum(counts))).astype(np.int64)
    return first, np.array([k for one in lists for k in one], dtype=np.int64)
