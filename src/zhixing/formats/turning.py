"""Which way a lane turns in a junction."""

from __future__ import annotations

import math

import numpy as np

from zhixing.datatypes.shapes import FloatArray

_STRAIGHT_DEG = 30.0
_U_TURN_DEG = 150.0


def turn_along(centre_xy_m: FloatArray) -> str:
    """Return ``left``, ``right``, ``straight`` or ``u-turn``, as in :class:`zhixing.datatypes.road.Lane`.

    Args:
        centre_xy_m: (points, 2) the lane's centre line in its direction of travel.

    Example:
        >>> turn_along(np.array([[0.0, 0.0], [5.0, 0.0], [8.0, 3.0], [8.0, 8.0]]))
        'left'
    """
    steps = np.diff(centre_xy_m, axis=0)
    yaw = np.unwrap(np.arctan2(steps[:, 1], steps[:, 0]))
    change = math.degrees(yaw[-1] - yaw[0])
    if abs(change) < _STRAIGHT_DEG:
        return "straight"
    if abs(change) > _U_TURN_DEG:
        return "u-turn"
    return "left" if change > 0.0 else "right"
