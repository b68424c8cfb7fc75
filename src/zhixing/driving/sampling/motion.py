"""How the car would really move along a candidate: the world's bicycle model under the tracker's law."""

from __future__ import annotations

import math

import numpy as np
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

_MIN_REACH_M, _REACH_S, _YAW_ACCEL_RADPS2, _WHEEL_RADPS = 3.0, 0.9, 1.6, 0.8
"""Of the tracker, see ``driving.tracking``."""
EMERGENCY_MPS2 = -4.05
_LANES = 128
_NUM_ROWS = 17
(
    _X, _Y, _C, _S, _V, _A, _STEER, _GONE, _ALONG, _OFFSET, _BEND, _ALLOWED, _PATH_C, _PATH_S, _FIRST, _UNTIL, _LATER,
) = (np.uint64(begin) for begin in range(0, _NUM_ROWS * _LANES, _LANES))  # fmt: skip
"""Where in the block of memory of :func:`roll_path` which number of its motions begins; unsigned, as an index that
cannot be negative lets the compiler do several at once."""
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
    count = profiles.shape[0]
    for p in range(paths.shape[0]):
        roll_path(ego, body, paths[p], start_m, profiles, allowed, jerks, states[p * count : (p + 1) * count])


@njit(cache=True, error_model="numpy", fastmath=True)
def roll_path(
    ego: FloatArray,
    body: FloatArray,
    path: FloatArray,
    start_m: float,
    profiles: FloatArray,
    allowed: FloatArray,
    jerks: FloatArray,
    states: FloatArray,
) -> None:
    """Write (profiles, STEPS + 1, 8) the motions along one path; see :func:`roll_out`.

    All profiles go through a step together, looking up first and calculating after, without branches and in one block
    of memory, so that the compiler can do several at once.
    """
    now = np.empty(_NUM_ROWS * _LANES)
    for begin in range(0, profiles.shape[0], _LANES):
        some = profiles[begin : begin + _LANES]
        for q in range(some.shape[0]):
            now[_GONE + q], now[_STEER + q], now[_V + q], now[_A + q] = 0.0, ego[5], ego[3], ego[4]
            now[_X + q], now[_Y + q], now[_C + q], now[_S + q] = ego[0], ego[1], math.cos(ego[2]), math.sin(ego[2])
            now[_FIRST + q], now[_UNTIL + q], now[_LATER + q] = some[q, 0], some[q, 1] - 1e-9, some[q, 2]
        for k in range(STEPS + 1):
            _look_up(now, some.shape[0], path, start_m, allowed)
            for q in range(some.shape[0]):
                row = states[begin + q, k]
                row[X], row[Y], row[COS], row[SIN] = now[_X + q], now[_Y + q], now[_C + q], now[_S + q]
                row[SPEED], row[ACCEL] = now[_V + q], now[_A + q]
                row[ALONG], row[OFFSET] = start_m + now[_ALONG + q], now[_OFFSET + q]
            if k < STEPS:
                _step(now, some.shape[0], k * DT_S, body, jerks[0] * DT_S, jerks[1] * DT_S, jerks[2] * DT_S)


@njit(cache=True, error_model="numpy", fastmath=True)
def _look_up(now: FloatArray, count: int, path: FloatArray, start_m: float, allowed: FloatArray) -> None:
    """Fill in where on the path everybody is, how the path runs there and bends ahead, and what speed is allowed."""
    last, farthest = path.shape[0] - 2, allowed.shape[0] - 1
    for q in range(np.uint64(count)):
        gone = now[_GONE + q]
        lower = min(int(gone), last)
        share = min(gone - lower, 1.0)
        here, there = path[lower], path[lower + 1]
        c = here[PATH_COS] + share * (there[PATH_COS] - here[PATH_COS])
        s = here[PATH_SIN] + share * (there[PATH_SIN] - here[PATH_SIN])
        dx = now[_X + q] - here[PATH_X] - share * (there[PATH_X] - here[PATH_X])
        dy = now[_Y + q] - here[PATH_Y] - share * (there[PATH_Y] - here[PATH_Y])
        along = max(gone + c * dx + s * dy, 0.0) if gone > 0.0 else 0.0
        speed = now[_V + q]
        at = min(max(int(start_m + along + 2.0 * speed * DT_S), 0), farthest)
        ahead = min(along + 0.5 * speed * DT_S, last + 0.999)
        index = int(ahead)
        bend = path[index, PATH_CURVATURE]
        now[_BEND + q] = bend + (ahead - index) * (path[index + 1, PATH_CURVATURE] - bend)
        now[_ALLOWED + q], now[_ALONG + q], now[_OFFSET + q] = allowed[at], along, c * dy - s * dx
        now[_PATH_C + q], now[_PATH_S + q] = c, s


@njit(cache=True, error_model="numpy", fastmath=True)
def _step(
    now: FloatArray, count: int, time_s: float, body: FloatArray, pull: float, brake: float, emergency: float
) -> None:
    """Move everybody on by a step."""
    half, wheelbase, most_steer, most_rate = 0.5 * body[2], body[2], body[3], body[4]
    least, most = body[5], body[6]
    for q in range(np.uint64(count)):
        # acceleration: the profile's, not beyond what is allowed, as fast as the jerk lets it
        speed, before = now[_V + q], now[_A + q]
        first, then = now[_FIRST + q], now[_LATER + q]
        wish = first if time_s < now[_UNTIL + q] else then
        over = (now[_ALLOWED + q] - speed) / DT_S
        wish = min(wish, max(0.5 * over, -_CATCH_UP_MPS2)) if wish > over else wish
        down = emergency if wish < EMERGENCY_MPS2 else brake
        up = emergency if before < EMERGENCY_MPS2 else brake
        up = pull if before >= 0.0 else up
        accel = min(max(min(max(wish, before - down), before + up), least), most)
        # steering, as driving.tracking does it
        c, s, bend = now[_PATH_C + q], now[_PATH_S + q], now[_BEND + q]
        cos, sin, steer = now[_C + q], now[_S + q], now[_STEER + q]
        cross, dot = sin * c - cos * s, cos * c + sin * s
        backwards = 1.5 if cross > 0.0 else -1.5
        error = cross * (1.0 + cross * cross / 6.0) if dot > 0.0 else backwards
        tangent = _tan(steer)
        slip = 0.5 * tangent / math.sqrt(1.0 + 0.25 * tangent * tangent)
        error += slip * (1.0 + slip * slip / 6.0)
        gentle = _YAW_ACCEL_RADPS2 * wheelbase / max(speed, 1.0)
        slowness = max(1.0, min(_WHEEL_RADPS, gentle) / max(min(most_rate, gentle), 0.1))
        per_m = 1.0 / (max(_MIN_REACH_M, _REACH_S * speed) * math.sqrt(slowness))
        steady = min(max((bend - (now[_OFFSET + q] * per_m + 2.0 * error) * per_m) * half, -0.9), 0.9)
        far = speed * DT_S / half
        z = min(max(steady + (slip - steady) / (1.0 + far * (1.0 + far * (0.5 + far / 6.0))), -0.6), 0.6)
        wanted = min(max(_atan(2.0 * z / math.sqrt(1.0 - z * z)), -most_steer), most_steer)
        swing = min(most_rate, gentle) * DT_S
        turned = min(max(wanted, steer - swing), steer + swing)
        mean = 0.25 * (tangent + _tan(turned))
        # the bicycle, see driving.bicycle
        later = speed + accel * DT_S
        halted_m = 0.5 * speed * speed / max(-accel, 1e-3)
        distance = halted_m if later < 0.0 else 0.5 * (speed + later) * DT_S
        root = 1.0 / math.sqrt(1.0 + mean * mean)
        turn = 0.5 * distance * mean * root / half
        square = turn * turn
        cos_half = 1.0 - square * (0.5 - square / 24.0)
        sin_half = turn * (1.0 - square * (1.0 - 0.05 * square) / 6.0)
        c, s = cos * cos_half - sin * sin_half, sin * cos_half + cos * sin_half
        now[_X + q] += distance * root * (c - s * mean)
        now[_Y + q] += distance * root * (s + c * mean)
        now[_C + q], now[_S + q] = c * cos_half - s * sin_half, s * cos_half + c * sin_half
        now[_V + q], now[_A + q] = max(later, 0.0), 0.0 if later < 0.0 else accel
        now[_STEER + q] = turned
        now[_GONE + q] = now[_ALONG + q] + distance


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
    """Return the tangent of a steering angle; the series is good to 1e-3 up to 0.7 rad."""
    square = angle * angle
    return angle * (1.0 + square * (1.0 / 3.0 + square * (2.0 / 15.0 + square * (17.0 / 315.0))))


@njit(cache=True, error_model="numpy", fastmath=True)
def _atan(value: float) -> float:
    """Return the arc tangent; the fraction (Padé) is good to 1e-3 up to 1.0, where no wheel turns so far."""
    square = value * value
    above = 945.0 + square * (735.0 + 64.0 * square)
    return value * above / (945.0 + square * (1050.0 + 225.0 * square))
