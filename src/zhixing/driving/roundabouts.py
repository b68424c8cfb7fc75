"""Which lanes run round in a roundabout: maps have no word for it."""

from __future__ import annotations

import math

import numpy as np

from zhixing.datatypes.road import Road
from zhixing.datatypes.shapes import FloatArray, polyline_s_m

_MOST_ROUND_M, _WIDEST_M = 400.0, 64.0
"""The longest way round, and the radius that goes with it."""
_SHORT_M = 3.0
_UNEVEN = 4.0
"""No arc of a roundabout bends so many times as tightly as another; left turns about a median are joined by straight
lanes."""


def is_in_roundabout(road: Road, lane: int) -> bool:
    """Return whether lanes that all bend to the left, about as tightly, lead from a lane back to it.

    Args:
        road: Where it is.
        lane: Its index.
    """
    own_length_m, own_bend = _shape(road.lanes[lane].centre_xy_m)
    if not _fits(own_length_m, own_bend, own_bend):
        return False
    gone_m = {lane: own_length_m}
    waiting = [lane]
    while waiting:
        at = waiting.pop()
        for following in road.successors[at]:
            if following == lane:
                return True
            length_m, bend = _shape(road.lanes[following].centre_xy_m)
            so_far_m = gone_m[at] + length_m
            if so_far_m < min(gone_m.get(following, math.inf), _MOST_ROUND_M) and _fits(length_m, bend, own_bend):
                gone_m[following] = so_far_m
                waiting.append(following)
    return False


def _fits(length_m: float, bend_1pm: float, own_1pm: float) -> bool:
    """Return whether a lane may be part of a ring of which another bends as it does; very short ones say nothing."""
    is_alike = own_1pm / _UNEVEN < bend_1pm < own_1pm * _UNEVEN
    return length_m < _SHORT_M or (bend_1pm > 1.0 / _WIDEST_M and is_alike)


def _shape(xy_m: FloatArray) -> tuple[float, float]:
    """Return length and mean curvature of a line, left positive."""
    length_m = float(polyline_s_m(xy_m)[-1])
    steps = np.diff(xy_m, axis=0)
    yaw = np.unwrap(np.arctan2(steps[:, 1], steps[:, 0]))
    # the first and the last piece each stand for half of what they turn
    pieces = max(yaw.size - 1, 1)
    turned = float(yaw[-1] - yaw[0]) * (pieces + 1) / pieces
    return length_m, turned / max(length_m, 1e-6)
