"""Does what the ego does meet anything that others can do, while it still moves?"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from zhixing.datatypes.shapes import FloatArray
from zhixing.driving.safety.reach import (
    U_CURVATURE,
    U_HALF_LENGTH,
    U_HALF_WIDTH,
    U_LEFT_MPS,
    U_MARGIN,
    U_RIGHT_MPS,
    U_X,
    U_Y,
    least_along,
    most_along,
    most_beside,
    on_course,
)
from zhixing.driving.safety.roll import STEP_S, YAW, X, Y

_PIECE_M = 4.0
"""A reach along a bent course is covered by boxes at most this long, beside the length of the road user."""
_STRAIGHT_RADPM = 0.003
_STANDING_M = 1e-4
_ASIDE_M = 6.0
"""More than half a width and all that anybody drifts sideways while the ego stops."""


@njit(cache=True)
def first_meeting(
    states: FloatArray, users: FloatArray, half_length: float, half_width: float, along: float
) -> tuple[int, int]:
    """Return the step in which the ego meets the reach of somebody, and whose; (-1, -1) where it never does.

    Between two steps the ego covers its box and the way to the next; the others cover all they can reach until the
    next. An ego that stands meets nobody.

    Args:
        states: (steps + 1, 5) from ``roll``.
        users: (courses, columns) from ``courses``.
        half_length: Of the ego, m.
        half_width: Of the ego, m.
        along: Margin ahead of the ego, m.
    """
    steps = states.shape[0] - 1
    egos = np.empty((steps, 5))
    farthest = 0.0
    for k in range(steps):
        way = math.hypot(states[k + 1, X] - states[k, X], states[k + 1, Y] - states[k, Y])
        ahead = 0.5 * (way + along)
        egos[k, 0] = states[k, X] + ahead * math.cos(states[k, YAW])
        egos[k, 1] = states[k, Y] + ahead * math.sin(states[k, YAW])
        egos[k, 2] = states[k, YAW]
        egos[k, 3] = half_length + ahead if way > _STANDING_M else -1.0
        egos[k, 4] = half_width
        farthest = max(farthest, math.hypot(egos[k, 0] - states[0, X], egos[k, 1] - states[0, Y]) + ahead)
    best, who = steps, -1
    ego, box = np.empty(5), np.empty(5)
    for u in range(users.shape[0]):
        row = users[u]
        near = farthest + half_length + half_width + most_along(row, steps * STEP_S) + row[U_HALF_LENGTH] + _ASIDE_M
        if (row[U_X] - states[0, X]) ** 2 + (row[U_Y] - states[0, Y]) ** 2 > near * near:
            continue
        for k in range(best):
            if egos[k, 3] < 0.0:
                continue
            ego[:] = egos[k]
            ego[4] += row[U_MARGIN]
            if _meets(ego, row, k * STEP_S, box):
                best, who = k, u
                break
    if who < 0:
        return -1, -1
    return best, who


@njit(cache=True)
def _meets(ego: FloatArray, row: FloatArray, t: float, box: FloatArray) -> bool:
    near, far = least_along(row, t), most_along(row, t + STEP_S)
    reach = far + row[U_HALF_LENGTH] + ego[3] + ego[4] + _ASIDE_M
    if (row[U_X] - ego[0]) ** 2 + (row[U_Y] - ego[1]) ** 2 > reach * reach:
        return False
    right = most_beside(row, row[U_RIGHT_MPS], t + STEP_S) if row[U_RIGHT_MPS] >= 0.0 else 0.0
    left = most_beside(row, row[U_LEFT_MPS], t + STEP_S) if row[U_LEFT_MPS] >= 0.0 else 0.0
    shift = 0.5 * (left - right)
    pieces = 1
    if abs(row[U_CURVATURE]) > _STRAIGHT_RADPM:
        pieces = math.ceil(max(far - near, 1e-3) / _PIECE_M)
    piece = (far - near) / pieces
    # A bent piece lies beside its tangent, and boxes at its ends are turned against it.
    bend = abs(row[U_CURVATURE]) * 0.5 * piece
    box[3] = row[U_HALF_LENGTH] + 0.5 * piece + bend * row[U_HALF_WIDTH]
    box[4] = row[U_HALF_WIDTH] + 0.5 * (left + right) + bend * (0.25 * piece + row[U_HALF_LENGTH])
    for p in range(pieces):
        x, y, yaw = on_course(row, near + (p + 0.5) * piece)
        box[0], box[1], box[2] = x - shift * math.sin(yaw), y + shift * math.cos(yaw), yaw
        if half_boxes_touch(ego, box):
            return True
    return False


@njit(cache=True)
def half_boxes_touch(a: FloatArray, b: FloatArray) -> bool:
    """Return whether two boxes (5,) of x, y, yaw, half length and half width overlap, by separating axes."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    ca, sa, cb, sb = math.cos(a[2]), math.sin(a[2]), math.cos(b[2]), math.sin(b[2])
    c, s = abs(ca * cb + sa * sb), abs(ca * sb - sa * cb)
    if abs(ca * dx + sa * dy) > a[3] + b[3] * c + b[4] * s:
        return False
    if abs(-sa * dx + ca * dy) > a[4] + b[3] * s + b[4] * c:
        return False
    if abs(cb * dx + sb * dy) > b[3] + a[3] * c + a[4] * s:
        return False
    return bool(abs(-sb * dx + cb * dy) <= b[4] + a[3] * s + a[4] * c)
