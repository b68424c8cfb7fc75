"""What comes about if everybody goes on as now, where nothing is safe against all that they may do.

Braking is the least harm where somebody stops or comes in ahead. Where somebody comes in from beside whom the ego is
passing, braking can bring about what going on avoids: it stops the ego beside the one who comes in.
"""

from __future__ import annotations

import math

import numpy as np

from zhixing.datatypes.shapes import FloatArray
from zhixing.driving.safety.courses import TTC
from zhixing.driving.safety.reach import (
    U_ACCEL,
    U_BRAKE,
    U_CURVATURE,
    U_HALF_LENGTH,
    U_HALF_WIDTH,
    U_HAS_SHELL,
    U_IS_BEHIND,
    U_LATERAL_ACCEL,
    U_LATERAL_BRAKE,
    U_LEFT_MPS,
    U_MARGIN,
    U_RIGHT_MPS,
    U_ROW,
    U_RULE,
    U_SPEED,
    U_YAW,
    on_course,
)
from zhixing.driving.safety.roll import SPEED, STEP_S, YAW, X, Y
from zhixing.driving.safety.verify import first_meeting

_HARDLY_MPS2 = 1e-3
_GROWS_S = 0.5
_STANDING_STEPS, _CREEP_M = 20, 1e-3
_CORNER_M = 0.5
_MOST_SLANT = 0.9


def likely_harm_mps(states: FloatArray, steady: FloatArray, half_length_m: float, half_width_m: float) -> float:
    """Return how fast a rollout meets somebody if all others keep their speed, along their course and beside it.

    That is the speed with which the two come together: at the ego's front all of it, at its side that across the ego.
    Nothing where they do not meet. Who follows the ego is left out: it answers for its distance. Those who go the ego's
    way must not run into it in the 2 s after it has stopped either.

    Args:
        states: (steps + 1, 5) from ``roll``.
        steady: (courses, columns) from :func:`steady_courses`.
        half_length_m: Of the ego.
        half_width_m: Of the ego.
    """
    step, who = first_meeting(states, steady, half_length_m, half_width_m, 0.0)
    if who >= 0:
        return meeting_mps(states[step], steady[who], step * STEP_S, half_length_m)
    # who stands counts as long as it creeps
    waits = np.repeat(states[-1:], _STANDING_STEPS, axis=0)
    waits[:, X] += _CREEP_M * np.arange(1, _STANDING_STEPS + 1)
    same_way = steady[steady[:, U_RULE] != TTC]  # who crosses or comes towards goes round an ego that stands
    step, who = first_meeting(np.concatenate((states, waits)), same_way, half_length_m, half_width_m, 0.0)
    return meeting_mps(states[-1], same_way[who], step * STEP_S, half_length_m) if who >= 0 else 0.0


def steady_courses(users: FloatArray, *, passes: bool = False) -> FloatArray:
    """Return (courses, columns) one course of each who keeps its speed.

    Who has turned its wheels in a lane has two: it mostly changes to the next lane, and so goes on along this one,
    while its drift grows for a moment as it grows now.

    Args:
        users: (courses, columns) from ``courses``.
        passes: Whether it is for an ego that is past a car that comes in before that one straightens up: such a car is
            as turned and as narrow as it is now. Beside an ego that stops it straightens up, and its rear comes over.
    """
    _, first = np.unique(users[:, U_ROW], return_index=True)
    steady: FloatArray = users[first]
    for row, at in enumerate(first.tolist()):
        grows_mps = 0.0
        if at + 1 < users.shape[0] and users[at + 1, U_ROW] == users[at, U_ROW]:
            grows_mps = _GROWS_S * users[at + 1, U_CURVATURE] * users[at + 1, U_SPEED] ** 2
        if passes and steady[row, U_HAS_SHELL] and min(steady[row, U_LEFT_MPS], steady[row, U_RIGHT_MPS]) >= 0.0:
            steady[row] = _headed(steady[row], grows_mps)
            continue
        for side, sign in ((U_LEFT_MPS, 1.0), (U_RIGHT_MPS, -1.0)):
            if steady[row, side] >= 0.0:
                steady[row, side] += max(sign * grows_mps, 0.0)
    steady = steady[steady[:, U_IS_BEHIND] == 0.0]
    steady[:, [U_ACCEL, U_LATERAL_ACCEL, U_MARGIN]] = 0.0
    steady[:, [U_BRAKE, U_LATERAL_BRAKE]] = _HARDLY_MPS2
    return steady


def _headed(row: FloatArray, grows_mps: float) -> FloatArray:
    """Return a course (columns,) along the heading of somebody who drifts, with its own box instead of a wider one.

    Args:
        row: Along the lane, the box as wide and long as it reaches there.
        grows_mps: By how much the drift to the left grows.
    """
    drift_mps, speed_mps = row[U_LEFT_MPS] - row[U_RIGHT_MPS], row[U_SPEED]
    if drift_mps == 0.0 and grows_mps == 0.0:
        return row
    headed = row.copy()
    slant = abs(math.sin(math.atan2(drift_mps, speed_mps)))
    if slant < _MOST_SLANT:
        headed[U_HALF_LENGTH] = (row[U_HALF_LENGTH] - slant * row[U_HALF_WIDTH]) / (1.0 - slant * slant)
        headed[U_HALF_WIDTH] = (row[U_HALF_WIDTH] - slant * row[U_HALF_LENGTH]) / (1.0 - slant * slant)
    headed[U_YAW] += math.atan2(drift_mps + grows_mps, speed_mps)
    headed[U_SPEED] = math.hypot(drift_mps + grows_mps, speed_mps)
    headed[[U_LEFT_MPS, U_RIGHT_MPS]] = 0.0
    return headed


def meeting_mps(ego: FloatArray, row: FloatArray, at_s: float, half_length_m: float) -> float:
    """Return with which speed the ego meets somebody who has kept a course for a while.

    Args:
        ego: (5,) from ``roll``.
        row: (columns,) from ``courses``.
        at_s: How long it has.
        half_length_m: Of the ego.
    """
    turn, ahead_m, reach_m = _there(ego, row, at_s)
    drift_mps = max(row[U_LEFT_MPS], 0.0) - max(row[U_RIGHT_MPS], 0.0)
    along_mps = row[U_SPEED] * math.cos(turn) - drift_mps * math.sin(turn) - ego[SPEED]
    across_mps = row[U_SPEED] * math.sin(turn) + drift_mps * math.cos(turn)
    is_at_front = ahead_m > half_length_m + reach_m - _CORNER_M
    return float(math.hypot(along_mps, across_mps) if is_at_front else abs(across_mps))


def is_past(ego: FloatArray, row: FloatArray, at_s: float, half_length_m: float) -> bool:
    """Return whether the ego has passed somebody who has kept its speed for a while.

    Args:
        ego: (5,) from ``roll``, then.
        row: (columns,) from ``courses``, now.
        at_s: How long it has.
        half_length_m: Of the ego.
    """
    _, ahead_m, reach_m = _there(ego, row, at_s)
    return bool(ahead_m < -half_length_m - reach_m)


def _there(ego: FloatArray, row: FloatArray, at_s: float) -> tuple[float, float, float]:
    """Return how who has kept its speed is turned against the ego, how far ahead it is, and how far it reaches."""
    x_m, y_m, yaw_rad = on_course(row, float(row[U_SPEED]) * at_s)
    turn = float(yaw_rad - ego[YAW])
    ahead_m = float(math.cos(ego[YAW]) * (x_m - ego[X]) + math.sin(ego[YAW]) * (y_m - ego[Y]))
    reach_m = float(row[U_HALF_LENGTH] * abs(math.cos(turn)) + row[U_HALF_WIDTH] * abs(math.sin(turn)))
    return turn, ahead_m, reach_m
