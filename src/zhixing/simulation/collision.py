"""Do boxes touch, how far apart are they, and whose fault is it."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from zhixing.datatypes.shapes import BoolArray, FloatArray
from zhixing.driving.leaf_kernel import leaf_kernel

STANDING_MPS = 0.05
"""Slower is standing (nuPlan closed-loop metrics)."""
BEHIND_RAD = math.radians(150.0)
"""Whose centre is seen at more than this from the ego's rear axle is behind (nuPlan closed-loop metrics)."""


@njit(cache=True)
def boxes_touch(a: FloatArray, b: FloatArray) -> bool:
    """Return whether two boxes overlap, by separating axes.

    Args:
        a: (5,) x, y, yaw, length, width in one metric frame.
        b: (5,) the other.
    """
    dx, dy = b[0] - a[0], b[1] - a[1]
    reach = 0.5 * (math.hypot(a[3], a[4]) + math.hypot(b[3], b[4]))
    if dx * dx + dy * dy > reach * reach:
        return False
    ca, sa, cb, sb = math.cos(a[2]), math.sin(a[2]), math.cos(b[2]), math.sin(b[2])
    return boxes_touch_at(dx, dy, ca, sa, a[3], a[4], cb, sb, b[3], b[4])


@leaf_kernel
def boxes_touch_at(
    dx: float, dy: float, ca: float, sa: float, la: float, wa: float, cb: float, sb: float, lb: float, wb: float
) -> bool:
    """Return whether two boxes overlap, told by where the second is from the first, and by cosine, sine and size."""
    c, s = abs(ca * cb + sa * sb), abs(ca * sb - sa * cb)
    if abs(ca * dx + sa * dy) > 0.5 * (la + lb * c + wb * s):
        return False
    if abs(-sa * dx + ca * dy) > 0.5 * (wa + lb * s + wb * c):
        return False
    if abs(cb * dx + sb * dy) > 0.5 * (lb + la * c + wa * s):
        return False
    return bool(abs(-sb * dx + cb * dy) <= 0.5 * (wb + la * s + wa * c))


@njit(cache=True)
def touching(ego: FloatArray, users: FloatArray, valid: BoolArray) -> BoolArray:
    """Return (users,) which of many boxes (users, 5) touch one box (5,)."""
    found = np.zeros(users.shape[0], dtype=np.bool_)
    for k in range(users.shape[0]):
        if valid[k]:
            found[k] = boxes_touch(ego, users[k])
    return found


@njit(cache=True)
def _outside_m(box: FloatArray, x: float, y: float) -> float:
    c, s = math.cos(box[2]), math.sin(box[2])
    dx, dy = x - box[0], y - box[1]
    ox = max(0.0, abs(c * dx + s * dy) - 0.5 * box[3])
    oy = max(0.0, abs(-s * dx + c * dy) - 0.5 * box[4])
    return math.hypot(ox, oy)


@njit(cache=True)
def box_distance_m(a: FloatArray, b: FloatArray) -> float:
    """Return the distance between two boxes (5,), 0 where they touch."""
    if boxes_touch(a, b):
        return 0.0
    best = np.inf
    for one, two in ((a, b), (b, a)):
        c, s = math.cos(two[2]), math.sin(two[2])
        for sl in (-0.5, 0.5):
            for sw in (-0.5, 0.5):
                x = two[0] + c * sl * two[3] - s * sw * two[4]
                y = two[1] + s * sl * two[3] + c * sw * two[4]
                best = min(best, _outside_m(one, x, y))
    return best


@njit(cache=True)
def bearing_rad(ego: FloatArray, other: FloatArray, rear_axle_m: float) -> float:
    """Return the angle, 0 to pi, between the heading of a box and the centre of another, seen from its rear axle."""
    dx = other[0] - ego[0] + rear_axle_m * math.cos(ego[2])
    dy = other[1] - ego[1] + rear_axle_m * math.sin(ego[2])
    return float(abs((math.atan2(dy, dx) - ego[2] + math.pi) % (2.0 * math.pi) - math.pi))


@njit(cache=True)
def front_touches(ego: FloatArray, other: FloatArray) -> bool:
    """Return whether the front edge of one box (5,) touches another box."""
    c, s = math.cos(ego[2]), math.sin(ego[2])
    edge = np.array([ego[0] + 0.5 * c * ego[3], ego[1] + 0.5 * s * ego[3], ego[2], 0.02, ego[4]])
    return boxes_touch(edge, other)


def is_at_fault(
    ego: FloatArray,
    ego_speed_mps: float,
    other: FloatArray,
    other_speed_mps: float,
    *,
    leaves_lane: bool,
    rear_axle_m: float = 1.4,
) -> bool:
    """Return whether the ego is to blame for touching somebody.

    Standing egos never are. A moving ego is if the other one stands, if its front edge touches, or if it touches with
    its side while between lanes; being hit from behind is not.

    Args:
        ego: (5,) box of the ego.
        ego_speed_mps: Of the ego.
        other: (5,) box of the other.
        other_speed_mps: Of the other.
        leaves_lane: Whether the ego is not inside one lane.
        rear_axle_m: From the ego's rear axle to its centre; behind is what is seen so from the rear axle.

    Source:
        nuPlan closed-loop metrics, "no ego at-fault collisions".
    """
    if abs(ego_speed_mps) <= STANDING_MPS:
        return False
    if abs(other_speed_mps) <= STANDING_MPS:
        return True
    if bearing_rad(ego, other, rear_axle_m) > BEHIND_RAD:
        return False
    return bool(front_touches(ego, other)) or leaves_lane
