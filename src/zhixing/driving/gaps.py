"""The small gaps that real maps leave between lanes that continue each other."""

from __future__ import annotations

import math

import numpy as np

from zhixing.datatypes.shapes import FloatArray
from zhixing.driving.lane_map import LaneMap

_GAP_M = 8.0
_GAP_COS = math.cos(math.radians(50.0))


def over_gaps(lane_map: LaneMap) -> tuple[tuple[int, ...], ...]:
    """Return for each lane what continues it, also over the small gaps that real maps have."""
    lanes = lane_map.road.lanes
    ends = [end_direction(lane.centre_xy_m[-2:]) for lane in lanes]
    begins = [end_direction(lane.centre_xy_m[:2]) for lane in lanes]
    begin_xy = np.array([lane.centre_xy_m[0] for lane in lanes]).reshape(-1, 2)
    found = []
    for lane, nexts in enumerate(lane_map.road.successors):
        away = begin_xy - lanes[lane].centre_xy_m[-1]
        near = np.flatnonzero(np.hypot(*away.T) < _GAP_M).tolist()
        added = [
            k
            for k in near
            if k != lane
            and k not in nexts
            and float(ends[lane] @ begins[k]) > _GAP_COS
            and float(ends[lane] @ away[k]) > -0.5
        ]
        found.append((*nexts, *added))
    return tuple(found)


def end_direction(two_xy_m: FloatArray) -> FloatArray:
    """Return the unit vector from the first point to the second."""
    step: FloatArray = two_xy_m[1] - two_xy_m[0]
    return step / max(float(np.hypot(*step)), 1e-9)
