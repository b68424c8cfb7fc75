"""Is a point still on the road: a cheap question about the corridors of all lanes for cars."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numba import njit

from zhixing.datatypes.road import LaneKind
from zhixing.datatypes.shapes import BoolArray, FloatArray, IntArray
from zhixing.driving.lane_map import LaneMap, project

_BEYOND_M = 30.0
"""Behind the end of a lane that nothing continues the map says nothing; only leaving sideways is checked."""


@dataclass(frozen=True, slots=True, eq=False)
class RoadEdge:
    """What the question needs of a road.

    Attributes:
        lane_map: The lanes.
        is_driving: (lanes,) which of them are for cars.
        wider_m: (lanes,) how much wider than drawn they count: what lies between the lanes of a junction belongs to it.
        ends: (lanes, 2) whether nothing comes before and nothing after.
    """

    lane_map: LaneMap
    is_driving: BoolArray
    wider_m: FloatArray
    ends: BoolArray


def road_edge(lane_map: LaneMap, junction_margin_m: float) -> RoadEdge:
    """Return what the question needs of a lane map."""
    road = lane_map.road
    before = road.predecessors()
    return RoadEdge(
        lane_map,
        lane_map.kind == int(LaneKind.DRIVING),
        np.array([junction_margin_m if lane.junction >= 0 else 0.0 for lane in road.lanes]),
        np.array([[not before[k], not road.successors[k]] for k in range(len(road.lanes))], dtype=np.bool_).reshape(
            -1, 2
        ),
    )


@njit(cache=True)
def outside_m(
    x: float,
    y: float,
    near: IntArray,
    first: IntArray,
    xy: FloatArray,
    s_m: FloatArray,
    half_lane: FloatArray,
    lane_box: FloatArray,
    wider: FloatArray,
    ends: BoolArray,
) -> float:
    """Return how far a point is outside of all lanes for cars, m; infinity where none is near.

    Args:
        x: In the world frame.
        y: In the world frame.
        near: (lanes,) the lanes that count.
        first: See :class:`LaneMap`; so are the next four.
        xy: Of the lane map.
        s_m: Of the lane map.
        half_lane: Of the lane map.
        lane_box: Of the lane map.
        wider: See :class:`RoadEdge`; so is ``ends``.
        ends: Of the road edge.
    """
    best = np.inf
    for lane in near:
        a, b = first[lane], first[lane + 1]
        beyond = _BEYOND_M if ends[lane, 0] or ends[lane, 1] else 0.0
        room = min(best, 8.0) + beyond + 8.0
        if x < lane_box[lane, 0] - room or x > lane_box[lane, 2] + room:
            continue
        if y < lane_box[lane, 1] - room or y > lane_box[lane, 3] + room:
            continue
        s, offset, yaw = project(x, y, xy[a:b], s_m[a:b])
        k = a + min(b - a - 1, np.searchsorted(s_m[a:b], s))
        if (ends[lane, 0] and s <= 0.0) or (ends[lane, 1] and s >= s_m[b - 1]):
            dx, dy = x - xy[k, 0], y - xy[k, 1]
            if abs(math.cos(yaw) * dx + math.sin(yaw) * dy) < _BEYOND_M:
                offset = math.cos(yaw) * dy - math.sin(yaw) * dx
        best = min(best, max(0.0, abs(offset) - half_lane[k] - wider[lane]))
        if best == 0.0:
            break
    return best
