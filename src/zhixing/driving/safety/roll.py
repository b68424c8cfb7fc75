"""What the ego does: the tracker and the bicycle model, rolled out."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from zhixing.datatypes.shapes import FloatArray
from zhixing.driving.bicycle import advance
from zhixing.driving.tracking import line_s_m, steer_rate, steer_rate_along

STEP_S = 0.1
MAX_STEPS = 60
"""Longer than it takes to stop from 40 m/s with full brakes."""
X, Y, YAW, SPEED, STEER = 0, 1, 2, 3, 4
_STANDING_MPS = 1e-3


@njit(cache=True)
def brake_profile(held: float, hold_steps: int, speed: float, full: float, jerk: float) -> FloatArray:
    """Return (steps,) accelerations that hold one for a while and then brake fully, until the ego stands.

    Args:
        held: Acceleration before braking, m/s²; the brakes build up from there, or from 0 if it is positive.
        hold_steps: How many steps it lasts, none if braking begins at once.
        speed: Of the ego, m/s.
        full: Full braking, negative, m/s².
        jerk: How fast the brakes build up, m/s³.
    """
    accels = np.empty(MAX_STEPS)
    now = min(held, 0.0)
    v = speed
    count = 0
    for k in range(MAX_STEPS):
        if k >= hold_steps:
            now = max(full, now - jerk * STEP_S)
        accels[k] = held if k < hold_steps else now
        v += accels[k] * STEP_S
        count = k + 1
        if v <= 0.0 and k >= hold_steps:
            break
    return accels[:count]


@njit(cache=True)
def along_line(
    state: FloatArray, xy_m: FloatArray, yaw_rad: FloatArray, accels: FloatArray, body: FloatArray
) -> FloatArray:
    """Return (steps + 1, 5) the states of an ego that tracks a line, until it stands or the accelerations end."""
    states = np.empty((accels.shape[0] + 1, 5))
    states[0] = state
    s_m = line_s_m(xy_m)
    for k in range(accels.shape[0]):
        rate = steer_rate_along(states[k], xy_m, s_m, yaw_rad, body, STEP_S)
        states[k + 1] = advance(states[k], accels[k], rate, body, STEP_S)
        if states[k + 1, SPEED] < _STANDING_MPS:
            return states[: k + 2]
    return states


@njit(cache=True)
def along_plans(
    state: FloatArray, xy_m: FloatArray, yaw_rad: FloatArray, accels: FloatArray, body: FloatArray
) -> FloatArray:
    """Return (steps + 1, 5) the states of an ego that is given the rest of a trajectory as its plan at every step.

    This is exactly what happens when the checker hands out its fail-safe trajectory step by step.
    """
    states = np.empty((accels.shape[0] + 1, 5))
    states[0] = state
    for k in range(accels.shape[0]):
        rate = 0.0
        if xy_m.shape[0] - k >= 2:
            rate = steer_rate(states[k], xy_m[k:], yaw_rad[k:], body, STEP_S)
        states[k + 1] = advance(states[k], accels[k], rate, body, STEP_S)
        if states[k + 1, SPEED] < _STANDING_MPS:
            return states[: k + 2]
    return states


@njit(cache=True)
def hardest_turn(states: FloatArray) -> float:
    """Return the largest lateral acceleration of a rollout, m/s²."""
    most = 0.0
    for k in range(states.shape[0] - 1):
        turn = abs((states[k + 1, YAW] - states[k, YAW] + math.pi) % (2.0 * math.pi) - math.pi)
        most = max(most, turn / STEP_S * 0.5 * (states[k, SPEED] + states[k + 1, SPEED]))
    return most
