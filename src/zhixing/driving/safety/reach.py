"""Where others can be: how far along their course and how far beside it, between two moments.

A course is an arc; along it somebody brakes or speeds up within bounds, beside it drifts within bounds (the lateral
rule of RSS: speed up sideways while it takes to respond, then brake sideways).
"""

from __future__ import annotations

import math

from numba import njit

from zhixing.datatypes.shapes import FloatArray

# Columns of a row that describes one course of one road user.
U_X, U_Y, U_YAW, U_CURVATURE = 0, 1, 2, 3
"""Where the course begins: the centre of the box now."""
U_SPEED, U_RIGHT_MPS, U_LEFT_MPS = 4, 5, 6
"""Speed along the course and, not negative, towards either side of it."""
U_HALF_LENGTH, U_HALF_WIDTH = 7, 8
"""Of the box, along and across its course."""
U_ACCEL, U_BRAKE, U_MAX_SPEED, U_MIN_BRAKE, U_RESPONSE, U_LATERAL_ACCEL, U_LATERAL_BRAKE = 9, 10, 11, 12, 13, 14, 15
U_IS_BEHIND = 16
"""1 where it answers to the ego ahead of it: speeds up while it responds, then brakes."""
U_ROW = 17
"""Row of the scene's tracks."""
U_RULE = 18
"""Which rule speaks if they meet; see ``verify``."""
U_MARGIN = 19
"""How far the ego keeps away sideways, m; less than nothing where somebody is close already by its own doing."""
U_HAS_SHELL = 20
"""1 for cars, trucks and buses: their body takes a scrape."""
U_COLUMNS = 21


@njit(cache=True)
def least_along(row: FloatArray, t: float) -> float:
    """Return how far somebody gets at least, m."""
    v, brake = row[U_SPEED], row[U_BRAKE]
    t = min(t, v / brake)
    return float(v * t - 0.5 * brake * t * t)


@njit(cache=True)
def most_along(row: FloatArray, t: float) -> float:
    """Return how far somebody gets at most, m."""
    v, accel = row[U_SPEED], row[U_ACCEL]
    top = max(v, row[U_MAX_SPEED])
    gains_s = min(t, (top - v) / accel) if accel > 0.0 else 0.0
    if row[U_IS_BEHIND] > 0.0:
        gains_s = min(gains_s, row[U_RESPONSE])
    way = v * gains_s + 0.5 * accel * gains_s * gains_s
    v += accel * gains_s
    if row[U_IS_BEHIND] > 0.0:
        holds_s = max(0.0, min(t, row[U_RESPONSE]) - gains_s)
        brakes_s = min(max(0.0, t - row[U_RESPONSE]), v / row[U_MIN_BRAKE])
        return float(way + v * (holds_s + brakes_s) - 0.5 * row[U_MIN_BRAKE] * brakes_s * brakes_s)
    return float(way + v * (t - gains_s))


@njit(cache=True)
def most_beside(row: FloatArray, speed: float, t: float) -> float:
    """Return how far somebody drifts at most to the side it moves to at a speed that is not negative, m."""
    grows_s = min(t, row[U_RESPONSE])
    way = speed * grows_s + 0.5 * row[U_LATERAL_ACCEL] * grows_s * grows_s
    speed += row[U_LATERAL_ACCEL] * grows_s
    brakes_s = min(t - grows_s, speed / row[U_LATERAL_BRAKE])
    return float(way + speed * brakes_s - 0.5 * row[U_LATERAL_BRAKE] * brakes_s * brakes_s)


@njit(cache=True)
def on_course(row: FloatArray, s: float) -> tuple[float, float, float]:
    """Return position and direction a distance along the course."""
    half = 0.5 * row[U_CURVATURE] * s
    chord = s if abs(half) < 1e-6 else s * math.sin(half) / half
    yaw = row[U_YAW]
    return row[U_X] + chord * math.cos(yaw + half), row[U_Y] + chord * math.sin(yaw + half), yaw + 2.0 * half


def drifting_at_worst(row: FloatArray) -> FloatArray:
    """Return a course (columns,) with the fastest drift to either side that it may come to."""
    worst = row.copy()
    for side in (U_LEFT_MPS, U_RIGHT_MPS):
        worst[side] += row[U_RESPONSE] * row[U_LATERAL_ACCEL] if row[side] >= 0.0 else 0.0
    return worst
