"""Who can be seen from where: straight lines of sight over a flat street, boxes in between."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from zhixing.datatypes.shapes import BoolArray, FloatArray

_SIGHT_LINES = 9


@njit(cache=True)
def visible_share(eye_x_m: float, eye_y_m: float, boxes: FloatArray, there: BoolArray, opaque: BoolArray) -> FloatArray:
    """Return (users,) the share of each box's silhouette that can be seen from a point, 0 to 1.

    Nine lines of sight end on the silhouette, evenly from one edge to the other. Whoever holds the eye is seen wholly.

    Args:
        eye_x_m: Where one looks from.
        eye_y_m: The same.
        boxes: (users, 5) x, y, yaw, length, width in the frame of the eye's place.
        there: (users,) who is there at all.
        opaque: (users,) who hides others.
    """
    share = np.zeros(boxes.shape[0])
    for user in range(boxes.shape[0]):
        if not there[user]:
            continue
        first, last = _silhouette(eye_x_m, eye_y_m, boxes[user])
        seen = 0
        for k in range(_SIGHT_LINES):
            along = (k + 0.5) / _SIGHT_LINES
            x, y = first[0] + along * (last[0] - first[0]), first[1] + along * (last[1] - first[1])
            is_free = True
            for other in range(boxes.shape[0]):
                hides = other != user and there[other] and opaque[other]
                if hides and _crosses(eye_x_m, eye_y_m, x, y, boxes[other]):
                    is_free = False
                    break
            seen += is_free
        share[user] = seen / _SIGHT_LINES
    return share


@njit(cache=True)
def _silhouette(eye_x: float, eye_y: float, box: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the two corners between which a box is seen."""
    c, s = math.cos(box[2]), math.sin(box[2])
    middle = math.atan2(box[1] - eye_y, box[0] - eye_x)
    low, high = np.inf, -np.inf
    first, last = np.zeros(2), np.zeros(2)
    for sl in (-0.5, 0.5):
        for sw in (-0.5, 0.5):
            x = box[0] + c * sl * box[3] - s * sw * box[4]
            y = box[1] + s * sl * box[3] + c * sw * box[4]
            turn = (math.atan2(y - eye_y, x - eye_x) - middle + math.pi) % (2.0 * math.pi) - math.pi
            if turn < low:
                low, first[0], first[1] = turn, x, y
            if turn > high:
                high, last[0], last[1] = turn, x, y
    return first, last


@njit(cache=True)
def _crosses(x0: float, y0: float, x1: float, y1: float, box: FloatArray) -> bool:
    """Return whether a line between two points goes through a box; touching its edge is not through."""
    c, s = math.cos(box[2]), math.sin(box[2])
    ax, ay = c * (x0 - box[0]) + s * (y0 - box[1]), -s * (x0 - box[0]) + c * (y0 - box[1])
    bx, by = c * (x1 - box[0]) + s * (y1 - box[1]), -s * (x1 - box[0]) + c * (y1 - box[1])
    enters, leaves = 0.0, 1.0
    for start, end, half in ((ax, bx, 0.5 * box[3]), (ay, by, 0.5 * box[4])):
        step = end - start
        if abs(step) < 1e-12:
            if abs(start) >= half:
                return False
            continue
        one, two = (-half - start) / step, (half - start) / step
        enters, leaves = max(enters, min(one, two)), min(leaves, max(one, two))
    return enters < leaves
