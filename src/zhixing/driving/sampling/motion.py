"""How the car would really move along a candidate: the world's bicycle model under the tracker's law."""

from __future__ import annotations

import math

from numba import njit

from zhixing.datatypes.shapes import FloatArray
from zhixing.driving.sampling.candidates import (
    PATH_COS,
    PATH_CURVATURE,
    PATH_SIN,
    PATH_X,
    PATH_Y,
)
from zhixing.driving.sampling.config import DT_S, STEPS

X, Y, COS, SIN, SPEED, ACCEL, ALONG, OFFSET = range(8)
"""Columns of a state: position and heading in the world frame, and distance along the route's line from its start."""

_DELAY_S, _MIN_REACH_M, _REACH_S, _YAW_ACCEL_RADPS2, _WHEEL_RADPS = 0.1, 3.0, 0.9, 1.6, 0.8
"""Of the tracker, see ``driving.tracking``."""
EMERGENCY_MPS2 = -4.05
_CATCH_UP_MPS2 = 2.5


@njit(cache=True, error_model="numpy")
def roll_out(
    ego: FloatArray,
    body: FloatArray,
    paths: FloatArray,
    start_m: float,
    profiles: FloatArray,
    allowed: FloatArray,
    jerks: FloatArray,
    states: FloatArray,
) -> None:
    """Write the motion of the ego along every path with every speed profile.

    Args:
        ego: (6,) x, y, yaw, speed, acceleration, steering angle now.
        body: (7,) length, width, wheelbase, largest steering angle and rate, least and most acceleration.
        paths: (paths, points, 9), see :func:`paths_beside`.
        start_m: Where on the route's line the paths begin.
        profiles: (profiles, 3), see :func:`speed_profiles`.
        allowed: (points,) the speed that is allowed at each metre of the route's line.
        jerks: (3,) change of acceleration in m/s³ when pulling away, in ordinary braking, and in an emergency.
        states: (paths * profiles, STEPS + 1, 8) where the motion goes: large, so it is made once and used again.
    """
    for p in range(paths.shape[0]):
        for q in range(profiles.shape[0]):
            roll_one(
                ego, body, paths[p], start_m, profiles[q], allowed, jerks,
                states[p * profiles.shape[0] + q],
            )  # fmt: skip


@njit(cache=True, error_model="numpy", fastmath=True)
def roll_one(
    ego: FloatArray,
    body: FloatArray,
    path: FloatArray,
    start_m: float,
    profile: FloatArray,
    allowed: FloatArray,
    jerks: FloatArray,
    rows: FloatArray,
) -> None:
    """Write (STEPS + 1, 8) the motion along one path with one speed profile; see :func:`roll_out`."""
    x, y, v, a, steer = ego[0], ego[1], ego[3], ego[4], ego[5]
    cos, sin = math.cos(ego[2]), math.sin(ego[2])
    half = 0.5 * body[2]
    last = path.shape[0] - 2
    along = 0.0
    tan = _tan(steer)
    for k in range(STEPS + 1):
        # where on the path
        lower = min(int(along), last)
        share = min(along - lower, 1.0)
        px = path[lower, PATH_X] + share * (path[lower + 1, PATH_X] - path[lower, PATH_X])
        py = path[lower, PATH_Y] + share * (path[lower + 1, PATH_Y] - path[lower, PATH_Y])
        c = path[lower, PATH_COS] + share * (path[lower + 1, PATH_COS] - path[lower, PATH_COS])
        s = path[lower, PATH_SIN] + share * (path[lower + 1, PATH_SIN] - path[lower, PATH_SIN])
        dx, dy = x - px, y - py
        offset = c * dy - s * dx
        if k > 0:
            along = max(along + c * dx + s * dy, 0.0)
        row = rows[k]
        row[X], row[Y], row[COS], row[SIN] = x, y, cos, sin
        row[SPEED], row[ACCEL], row[ALONG], row[OFFSET] = v, a, start_m + along, offset
        if k == STEPS:
            break
        # acceleration: the profile's, not beyond what is allowed, as fast as the jerk lets it
        wish = profile[0] if k * DT_S < profile[1] - 1e-9 else profile[2]
        at = int(start_m + along + 0.5 * v * DT_S)
        limit = allowed[min(max(at, 0), allowed.shape[0] - 1)]
        if v + wish * DT_S > limit:
            wish = min(wish, max((limit - v) / (2.0 * DT_S), -_CATCH_UP_MPS2))
        a = next_accel(a, wish, jerks, DT_S)
        a = min(max(a, body[5]), body[6])
        # steering, as driving.tracking does it
        ahead = min(along + v * _DELAY_S + 0.5 * v * DT_S, last + 0.999)
        index = int(ahead)
        part = ahead - index
        bend = path[index, PATH_CURVATURE] + part * (path[index + 1, PATH_CURVATURE] - path[index, PATH_CURVATURE])
        cross, dot = sin * c - cos * s, cos * c + sin * s
        error = cross * (1.0 + cross * cross / 6.0) if dot > 0.0 else math.copysign(1.5, cross)
        error += min(max(bend * half, -0.9), 0.9)
        gentle = _YAW_ACCEL_RADPS2 * body[2] / max(v, 1.0)
        slowness = math.sqrt(max(1.0, min(_WHEEL_RADPS, gentle) / max(min(body[4], gentle), 0.1)))
        reach = max(_MIN_REACH_M, _REACH_S * v) * slowness
        asked = bend - offset / (reach * reach) - 2.0 * error / reach
        z = min(max(asked * half, -0.6), 0.6)
        wanted = min(max(_atan(2.0 * z / math.sqrt(1.0 - z * z)), -body[3]), body[3])
        swing = min(body[4], gentle) * DT_S
        before = tan
        steer = min(max(wanted, steer - swing), steer + swing)
        tan = _tan(steer)
        # the bicycle, see driving.bicycle
        later = v + a * DT_S
        if later < 0.0:
            distance = 0.0 if a >= 0.0 else v * v / (-2.0 * a)
            later = 0.0
            a = 0.0
        else:
            distance = 0.5 * (v + later) * DT_S
        mean = 0.25 * (before + tan)
        root = 1.0 / math.sqrt(1.0 + mean * mean)
        turn = 0.5 * distance * mean * root / half
        square = turn * turn
        cos_half, sin_half = 1.0 - square * (0.5 - square / 24.0), turn * (1.0 - square * (1.0 - 0.05 * square) / 6.0)
        c, s = cos * cos_half - sin * sin_half, sin * cos_half + cos * sin_half
        x += distance * root * (c - s * mean)
        y += distance * root * (s + c * mean)
        cos, sin = c * cos_half - s * sin_half, s * cos_half + c * sin_half
        v = later
        along += distance


@njit(cache=True, error_model="numpy", fastmath=True)
def next_accel(now: float, wish: float, jerks: FloatArray, dt: float) -> float:
    """Return the acceleration after some time on the way to a wanted one.

    Args:
        now: Present acceleration, m/s².
        wish: Wanted acceleration, m/s².
        jerks: (3,) see :func:`roll_out`.
        dt: How long, s.
    """
    down = (jerks[2] if wish < EMERGENCY_MPS2 else jerks[1]) * dt
    up = (jerks[0] if now >= 0.0 else jerks[1] if now >= EMERGENCY_MPS2 else jerks[2]) * dt
    later: float = min(max(wish, now - down), now + up)
    return later


@njit(cache=True, error_model="numpy", fastmath=True)
def _tan(angle: float) -> float:
    """Return the tangent of a steering angle; the series is good to 1e-4 up to 0.55 rad."""
    if abs(angle) > 0.6:
        return math.tan(angle)
    square = angle * angle
    return angle * (1.0 + square * (1.0 / 3.0 + square * (2.0 / 15.0 + square * (17.0 / 315.0))))


@njit(cache=True, error_model="numpy", fastmath=True)
def _atan(value: float) -> float:
    """Return the arc tangent; the series is good to 1e-3 up to 0.6."""
    if abs(value) > 0.6:
        return math.atan(value)
    square = value * value
    return value * (1.0 - square * (1.0 / 3.0 - square * (0.2 - square / 7.0)))
