"""How everybody moves now, from the last second of history."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from zhixing.datatypes.shapes import BoolArray, FloatArray, IntArray

X, Y, COURSE, SPEED, ACCEL, TURN, FLIP, LENGTH, WIDTH, STOOD = range(10)
"""Columns of a state: position, direction of travel, speed along it (not negative), acceleration, turn rate, 1 where the
heading is against the direction of travel (reversing), size, seconds of standing that were seen."""
NUM_COLUMNS = 10
_WINDOW_NS = 1_050_000_000
_STAND_NS = 2_050_000_000
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
        drift_weight: (users,) how far the displacement over the last second counts beside heading and speed, 0 to 1:
            the heading of a person on foot says little.
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
        # 1. straight lines through speed and heading of the last second
        first = last
        while first > 0 and valid[row, first - 1] and time_ns[last] - time_ns[first - 1] <= _WINDOW_NS:
            first -= 1
        count = last - first + 1
        if count >= 2:
            accel, turn = _slopes(time_ns[first:], yaw_rad[row, first:], speed_mps[row, first:])
            if state[n, FLIP] > 0.0:
                accel = -accel
            state[n, ACCEL] = min(max(accel, -_MAX_ACCEL_MPS2), _MAX_ACCEL_MPS2)
            most = min(_MAX_TURN_RADPS, _TURN_ACCEL_MPS2 / max(speed, 1.0))
            state[n, TURN] = min(max(turn, -most), most) if speed > _STANDING_MPS else 0.0
            # 2. where the displacement tells more than the heading
            span_s = (time_ns[last] - time_ns[first]) * 1e-9
            vx = (xy_m[row, last, 0] - xy_m[row, first, 0]) / span_s
            vy = (xy_m[row, last, 1] - xy_m[row, first, 1]) / span_s
            weight = drift_weight[n] if span_s > 0.35 else 0.0
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
def _slopes(time_ns: IntArray, yaw_rad: FloatArray, speed_mps: FloatArray) -> tuple[float, float]:
    """Return the slopes of speed and heading over time, by least squares."""
    count = time_ns.shape[0]
    mean_t, mean_v, mean_y = 0.0, 0.0, 0.0
    last = yaw_rad[count - 1]
    for k in range(count):
        mean_t += (time_ns[k] - time_ns[count - 1]) * 1e-9 / count
        mean_v += speed_mps[k] / count
        mean_y += ((yaw_rad[k] - last + math.pi) % (2.0 * math.pi) - math.pi) / count
    above_v, above_y, below = 0.0, 0.0, 0.0
    for k in range(count):
        t = (time_ns[k] - time_ns[count - 1]) * 1e-9 - mean_t
        above_v += t * (speed_mps[k] - mean_v)
        above_y += t * ((yaw_rad[k] - last + math.pi) % (2.0 * math.pi) - math.pi - mean_y)
        below += t * t
    return above_v / below, above_y / below
