"""Is a point still on the road: a cheap question about the corridors of all lanes for cars."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit

from zhixing.datatypes.road import LaneKind
from zhixing.datatypes.shapes import BoolArray, FloatArray, IntArray
from zhixing.driving.lane_map import LaneMap, project

_BEYOND_M = 30.0
"""Behind the end of a lane that nothing continues the map says nothing; only leaving sideways is checked."""


class RoadEdge(NamedTuple):
    """What the question needs of a road, as kernels take it.

    Attributes:
        first: See :class:`LaneMap`; so are the next four.
        xy_m: Of the lane map.
        s_m: Of the lane map.
        half_width_m: Of the lane map.
        box_m: Of the lane map.
        is_driving: (lanes,) which of them are for cars.
        wider_m: (lanes,) how much wider than drawn they count: what lies between the lanes of a junction belongs to it.
        ends: (lanes, 2) whether nothing comes before and nothing after.
    """

    first: IntArray
    xy_m: FloatArray
    s_m: FloatArray
    half_width_m: FloatArray
    box_m: FloatArray
    is_driving: BoolArray
    wider_m: FloatArray
    ends: BoolArray


def road_edge(lane_map: LaneMap, junction_margin_m: float = 0.0) -> RoadEdge:
    """Return what the question needs of a lane map."""
    road = lane_map.road
    before = road.predecessors()
    return RoadEdge(
        lane_map.first,
        lane_map.xy_m,
        lane_map.s_m,
        lane_map.half_width_m,
        lane_map.box_m,
        lane_map.kind == int(LaneKind.DRIVING),
        np.array([junction_margin_m if lane.junction >= 0 else 0.0 for lane in road.lanes]),
        np.array([[not before[k], not road.successors[k]] for k in range(len(road.lanes))], dtype=np.bool_).reshape(
            -1, 2
        ),
    )


@njit(cache=True)
def lanes_within(x: float, y: float, reach_m: float, edge: RoadEdge) -> IntArray:
    """Return the lanes for cars whose box is nearer to a point than that."""
    box = edge.box_m
    near = np.empty(box.shape[0], dtype=np.int64)
    count = 0
    for lane in range(box.shape[0]):
        if not edge.is_driving[lane]:
            continue
        dx = max(box[lane, 0] - x, 0.0, x - box[lane, 2])
        dy = max(box[lane, 1] - y, 0.0, y - box[lane, 3])
        if dx * dx + dy * dy < reach_m * reach_m:
            near[count] = lane
            count += 1
    return near[:count]


@njit(cache=True)
def outside_m(x: float, y: float, near: IntArray, edge: RoadEdge) -> float:
    """Return how far a point is outside of all lanes for cars, m; infinity where none is near.

    Args:
        x: In the world frame.
        y: In the world frame.
        near: (lanes,) the lanes that count, see :func:`lanes_within`.
        edge: Of the road.
    """
    first, xy, s_m, box, ends = edge.first, edge.xy_m, edge.s_m, edge.box_m, edge.ends
    best = np.inf
    for lane in near:
        a, b = first[lane], first[lane + 1]
        beyond = _BEYOND_M if ends[lane, 0] or ends[lane, 1] else 0.0
        room = min(best, 8.0) + beyond + 8.0
        if x < box[lane, 0] - room or x > box[lane, 2] + room:
            continue
        if y < box[lane, 1] - room or y > box[lane, 3] + room:
            continue
        s, offset, yaw = project(x, y, xy[a:b], s_m[a:b])
        k = a + min(b - a - 1, np.searchsorted(s_m[a:b], s))
        if (ends[lane, 0] and s <= 0.0) or (ends[lane, 1] and s >= s_m[b - 1]):
            dx, dy = x - xy[k, 0], y - xy[k, 1]
            if abs(math.cos(yaw) * dx + math.sin(yaw) * dy) < _BEYOND_M:
                offset = math.cos(yaw) * dy - math.sin(yaw) * dx
        best = min(best, max(0.0, abs(offset) - edge.half_width_m[k] - edge.wider_m[lane]))
        if best == 0.0:
            break
    return best
