"""Does the ego stay on the road: a question about its corners."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from zhixing.datatypes.shapes import BoolArray, FloatArray, IntArray
from zhixing.driving.road_edge import outside_m
from zhixing.driving.safety.roll import YAW, X, Y

_NEAR_M = 40.0


@njit(cache=True)
def farthest_outside(
    states: FloatArray,
    half_length: float,
    half_width: float,
    first: IntArray,
    xy: FloatArray,
    s_m: FloatArray,
    half_lane: FloatArray,
    lane_box: FloatArray,
    is_driving: BoolArray,
    wider: FloatArray,
    ends: BoolArray,
) -> tuple[float, float]:
    """Return how far a corner of the ego is outside of all lanes now, and at most later, m; never negative.

    Args:
        states: (steps + 1, 5) from ``roll``.
        half_length: Of the ego, m.
        half_width: Of the ego, m.
        first: See :class:`LaneMap`; so are the next four.
        xy: Of the lane map.
        s_m: Of the lane map.
        half_lane: Of the lane map.
        lane_box: Of the lane map.
        is_driving: See :class:`RoadEdge`; so are ``wider`` and ``ends``.
        wider: Of the road edge.
        ends: Of the road edge.
    """
    near = np.empty(first.shape[0], dtype=np.int64)
    count = 0
    for lane in range(first.shape[0] - 1):
        if not is_driving[lane]:
            continue
        dx = max(lane_box[lane, 0] - states[0, X], 0.0, states[0, X] - lane_box[lane, 2])
        dy = max(lane_box[lane, 1] - states[0, Y], 0.0, states[0, Y] - lane_box[lane, 3])
        if dx * dx + dy * dy < _NEAR_M * _NEAR_M:
            near[count] = lane
            count += 1
    now, later = 0.0, 0.0
    for k in range(states.shape[0]):
        c, s = math.cos(states[k, YAW]), math.sin(states[k, YAW])
        for corner in range(4):
            along = half_length if corner < 2 else -half_length
            aside = half_width if corner % 2 == 0 else -half_width
            x = states[k, X] + c * along - s * aside
            y = states[k, Y] + s * along + c * aside
            out = outside_m(x, y, near[:count], first, xy, s_m, half_lane, lane_box, wider, ends)
            if k == 0:
                now = max(now, out)
            else:
                later = max(later, out)
    return now, later
