"""Does the ego stay on the road: a question about its corners."""

from __future__ import annotations

import math

from numba import njit

from zhixing.datatypes.shapes import FloatArray
from zhixing.driving.road_edge import RoadEdge, lanes_within, outside_m
from zhixing.driving.safety.roll import YAW, X, Y

_NEAR_M = 40.0


@njit(cache=True)
def farthest_outside(states: FloatArray, half_length: float, half_width: float, edge: RoadEdge) -> tuple[float, float]:
    """Return how far a corner of the ego is outside of all lanes now, and at most later, m; never negative.

    Args:
        states: (steps + 1, 5) from ``roll``.
        half_length: Of the ego, m.
        half_width: Of the ego, m.
        edge: Of the road.
    """
    near = lanes_within(states[0, X], states[0, Y], _NEAR_M, edge)
    now, later = 0.0, 0.0
    for k in range(states.shape[0]):
        c, s = math.cos(states[k, YAW]), math.sin(states[k, YAW])
        for corner in range(4):
            along = half_length if corner < 2 else -half_length
            aside = half_width if corner % 2 == 0 else -half_width
            x = states[k, X] + c * along - s * aside
            y = states[k, Y] + s * along + c * aside
            out = outside_m(x, y, near, edge)
            if k == 0:
                now = max(now, out)
            else:
                later = max(later, out)
    return now, later
