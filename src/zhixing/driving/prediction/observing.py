"""How everybody moves now, from the last second of history."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from zhixing.datatypes.shapes import BoolArray, FloatArray, IntArray

X, Y, COURSE, SPEED, ACCEL, TURN, FLIP, LENGTH, WIDTH, STOOD = range(10)
"""Columns of a state: position, direction of travel, speed along it (not negative), acceleration, turn rate, 1 where
the heading is against the direction of travel (reversing), size, seconds of standing that were seen."""
NUM_COLUMNS = 10
_WINDOW_NS = 1_050_000_000
_STAND_NS = 2_050_000_000
_ENOUGH = 5
_JUMP_MPS, _JUMP_MPS2, _JUMP_RAD, _JUMP_S = 2.0, 10.0, 0.7, 0.25
_SPEED_NOISE, _ACCEL_SPREAD, _SPEED_TRUST = 0.3, 0.8, 0.5
_DRIFT_NOISE, _MIN_DRIFT_S = 0.2, 0.35
_YAW_NOISE, _TURN_SPREAD, _YAW_TRUST = 0.05, 0.12, 0.15
_MAX_ACCEL_MPS2 = 6.0
_MAX_TURN_RADPS = 0.8
_TURN_ACCEL_MPS2 = 5.0
_STANDING_MPS = 0.3
_REVERSING_MPS = -0.3


@njit(cache=True)
def observe(
    rows: IntArray,
    time_ns: IntArray,
    xy_m: FloatArray,
    yaw_rad: FloatArray,
    speed_mps: FloatArray,
    valid: BoolArray,
    size_m: FloatArray,
    drift_weight: FloatArray,
) -> FloatArray:
    """Return (users, ``NUM_COLUMNS``) how those who are there move.

    Args:
        rows: (users,) rows of the tracks that are there at the last step.
        time_ns: See :class:`Tracks`; so are ``xy_m``, ``yaw_rad``, ``speed_mps``, ``valid`` and ``size_m``.
        xy_m: Of the tracks.
        yaw_rad: Of the tracks.
        speed_mps: Of the tracks.
        valid: Of the tracks.
        size_m: Of the tracks.
        drift_weight: (users,) how far the displacement over the last second counts beside heading and speed, 0 to 1,
            where speeds are noisy: the heading of a person on foot says little.
    """
    state = np.zeros((rows.shape[0], NUM_COLUMNS))
    last = time_ns.shape[0] - 1
    for n in range(rows.shape[0]):
        row = rows[n]
        course, speed = yaw_rad[row, last], speed_mps[row, last]
        if speed < _REVERSING_MPS:
            course, speed = course + math.pi, -speed
            state[n, FLIP] = 1.0
        speed = abs(speed)
        # 1. straight lines through speed and heading of the last second, or of two where there are few samples
        first = last
        while first > 0 and valid[row, first - 1]:
            age_ns = time_ns[last] - time_ns[first - 1]
            if age_ns > (_WINDOW_NS if last - first + 1 >= _ENOUGH else _STAND_NS):
                break
            if _is_jump(time_ns, yaw_rad[row], speed_mps[row], first - 1):
                break
            first -= 1
        count = last - first + 1
        if count >= 2:
            sign = 1.0 - 2.0 * state[n, FLIP]
            fitted, accel, noise = _fit(time_ns[first:], sign * speed_mps[row, first:], _SPEED_NOISE, _ACCEL_SPREAD)
            aside = _unwrapped(yaw_rad[row, first:])
            turned, turn, wobble = _fit(time_ns[first:], aside, _YAW_NOISE, _TURN_SPREAD)
            trust = 1.0 / (1.0 + noise / _SPEED_TRUST**2)
            speed = max(0.0, trust * speed + (1.0 - trust) * fitted)
            if speed > _STANDING_MPS:
                course += turned / (1.0 + _YAW_TRUST**2 / wobble)
            state[n, ACCEL] = min(max(accel, -_MAX_ACCEL_MPS2), _MAX_ACCEL_MPS2)
            most = min(_MAX_TURN_RADPS, _TURN_ACCEL_MPS2 / max(speed, 1.0))
            state[n, TURN] = min(max(turn, -most), most) if speed > _STANDING_MPS else 0.0
            # 2. where the displacement tells more than the heading
            span_s = (time_ns[last] - time_ns[first]) * 1e-9
            vx = (xy_m[row, last, 0] - xy_m[row, first, 0]) / span_s
            vy = (xy_m[row, last, 1] - xy_m[row, first, 1]) / span_s
            seen = max(0.0, noise - 2.0 * _SPEED_NOISE**2 / count)
            weight = drift_weight[n] * seen / (seen + _DRIFT_NOISE**2) if span_s > _MIN_DRIFT_S else 0.0
            vx = weight * vx + (1.0 - weight) * speed * math.cos(course)
            vy = weight * vy + (1.0 - weight) * speed * math.sin(course)
            if weight > 0.0:
                speed = math.hypot(vx, vy)
                if speed > _STANDING_MPS:
                    course = math.atan2(vy, vx)
        # 3. how long it has been standing
        step = last
        while step > 0 and valid[row, step - 1] and time_ns[last] - time_ns[step - 1] <= _STAND_NS:
            if abs(speed_mps[row, step]) > _STANDING_MPS:
                break
            step -= 1
        state[n, STOOD] = (time_ns[last] - time_ns[step]) * 1e-9
        state[n, X], state[n, Y] = xy_m[row, last, 0], xy_m[row, last, 1]
        state[n, COURSE], state[n, SPEED] = course, speed
        state[n, LENGTH], state[n, WIDTH] = size_m[row, 0], size_m[row, 1]
    return state


@njit(cache=True)
def _unwrapped(yaw_rad: FloatArray) -> FloatArray:
    """Return headings relative to the last one, without jumps."""
    relative = np.zeros(yaw_rad.shape[0])
    for k in range(yaw_rad.shape[0] - 2, -1, -1):
        relative[k] = relative[k + 1] + (yaw_rad[k] - yaw_rad[k + 1] + math.pi) % (2.0 * math.pi) - math.pi
    return relative


@njit(cache=True)
def _is_jump(time_ns: IntArray, yaw_rad: FloatArray, speed_mps: FloatArray, step: int) -> bool:
    """Return whether nobody can have moved like that between a step and the next: a fault of the recording."""
    dt_s = (time_ns[step + 1] - time_ns[step]) * 1e-9
    turn = abs((yaw_rad[step + 1] - yaw_rad[step] + math.pi) % (2.0 * math.pi) - math.pi)
    quick = abs(speed_mps[step + 1] - speed_mps[step]) > _JUMP_MPS + _JUMP_MPS2 * dt_s
    return bool(dt_s < _JUMP_S and (quick or (turn > _JUMP_RAD and abs(speed_mps[step + 1]) > _JUMP_MPS)))


@njit(cache=True)
def _fit(time_ns: IntArray, values: FloatArray, noise: float, spread: float) -> tuple[float, float, float]:
    """Fit a straight line over time, the flatter the noisier the values are.

    Args:
        time_ns: (samples,) the last one is now.
        values: (samples,)
        noise: Standard deviation of the values expected beforehand; counts as two samples.
        spread: Standard deviation of slopes expected beforehand.

    Returns:
        Its value now, its slope per second, and the variance of the values around it.
    """
    count = time_ns.shape[0]
    mean_t, mean_v = 0.0, 0.0
    for k in range(count):
        mean_t += (time_ns[k] - time_ns[count - 1]) * 1e-9 / count
        mean_v += values[k] / count
    above, below = 0.0, 0.0
    for k in range(count):
        t = (time_ns[k] - time_ns[count - 1]) * 1e-9 - mean_t
        above += t * (values[k] - mean_v)
        below += t * t
    slope = above / below
    squares = 2.0 * noise * noise
    for k in range(count):
        t = (time_ns[k] - time_ns[count - 1]) * 1e-9 - mean_t
        squares += (values[k] - mean_v - slope * t) ** 2
    variance = squares / count
    slope *= spread * spread / (spread * spread + variance / below)
    return mean_v - slope * mean_t, slope, variance
