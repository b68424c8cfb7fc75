"""How the ego moves: the kinematic bicycle model about the centre of its box.

Source: Polack et al. (2017), "The kinematic bicycle model: a consistent model for planning feasible trajectories for
autonomous vehicles?", eq. 1, with the reference point half a wheelbase before the rear axle.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from zhixing.datatypes.plan import Control
from zhixing.datatypes.scene import EgoBody, EgoState
from zhixing.datatypes.shapes import FloatArray


def step_bicycle(ego: EgoState, body: EgoBody, control: Control, dt_s: float) -> EgoState:
    """Return the ego one step later.

    Acceleration, steering rate and steering angle are clipped to what the body can do; braking ends at standstill,
    the ego never rolls backwards. Within a step acceleration and the mean steering angle are constant, for which the
    motion is exact (an arc). A control that is not finite counts as full braking with the wheel held.

    Example:
        >>> ego = EgoState(x_m=0.0, y_m=0.0, yaw_rad=0.0, speed_mps=10.0)
        >>> later = step_bicycle(ego, EgoBody(), Control(accel_mps2=-2.0, steer_rate_radps=0.0), 0.1)
        >>> round(later.x_m, 3), later.speed_mps
        (0.99, 9.8)
    """
    later = advance(state_of(ego), control.accel_mps2, control.steer_rate_radps, limits(body), dt_s)
    x, y, yaw, speed, steer = later.tolist()
    return EgoState(
        x_m=x, y_m=y, yaw_rad=yaw, speed_mps=speed, accel_mps2=(speed - ego.speed_mps) / dt_s, steer_rad=steer
    )


def state_of(ego: EgoState) -> FloatArray:
    """Return (5,) what kernels know of the ego: x, y, yaw, speed, steering angle."""
    return np.array([ego.x_m, ego.y_m, ego.yaw_rad, ego.speed_mps, ego.steer_rad])


def limits(body: EgoBody) -> FloatArray:
    """Return (5,) what kernels need: wheelbase, steering angle and rate at most, least and most acceleration."""
    return np.array(
        [body.wheelbase_m, body.max_steer_rad, body.max_steer_rate_radps, body.min_accel_mps2, body.max_accel_mps2]
    )


@njit(cache=True)
def steer_from_curvature_rad(curvature_radpm: float, wheelbase_m: float) -> float:
    """Return the steering angle with which the box centre runs on a curve.

    Example:
        >>> round(steer_from_curvature_rad(0.1, 2.8), 4)
        0.2756
    """
    slip = math.asin(min(max(curvature_radpm * 0.5 * wheelbase_m, -0.9), 0.9))
    return math.atan(2.0 * math.tan(slip))


@njit(cache=True)
def later_slip(sine: float, curvature_radpm: float, distance_m: float, half_wheelbase_m: float) -> float:
    """Return the sine of the slip after a distance over which the box centre's way bends.

    It bends by the turning of the body and by the change of the slip: d beta / ds = kappa - sin beta / (wheelbase / 2).
    """
    steady = min(max(curvature_radpm * half_wheelbase_m, -0.9), 0.9)
    return steady + (sine - steady) * math.exp(-distance_m / half_wheelbase_m)


@njit(cache=True)
def steer_along_rad(curvature_radpm: FloatArray, step_m: float, wheelbase_m: float) -> FloatArray:
    """Return (points,) the steering angles with which the box centre runs along a line.

    The wheel follows the curvature over about half a wheelbase, see :func:`later_slip`.

    Args:
        curvature_radpm: (points,) of the line, positive to the left; before it the line goes on as it begins.
        step_m: Distance of the points.
        wheelbase_m: Of the ego.

    Example:
        >>> bend = np.where(np.arange(12) < 3, 0.0, 0.1)
        >>> steer_along_rad(bend, 1.0, 2.8).round(3)[[0, 3, 4, 11]].tolist()
        [0.0, 0.142, 0.211, 0.275]
    """
    half_m = 0.5 * wheelbase_m
    steer = np.empty(curvature_radpm.shape[0])
    slip = min(max(curvature_radpm[0] * half_m, -0.9), 0.9)
    for k in range(curvature_radpm.shape[0]):
        slip = later_slip(slip, curvature_radpm[k], step_m, half_m)
        steer[k] = math.atan(2.0 * slip / math.sqrt(1.0 - slip * slip))
    return steer


@njit(cache=True)
def advance(state: FloatArray, accel: float, rate: float, body: FloatArray, dt: float) -> FloatArray:
    """Return the state one step later; see :func:`step_bicycle`.

    Args:
        state: (5,) x, y, yaw, speed, steering angle.
        accel: Asked for, m/s².
        rate: Steering rate asked for, rad/s.
        body: (5,) from :func:`limits`.
        dt: Length of the step, s.
    """
    if not (math.isfinite(accel) and math.isfinite(rate)):
        accel, rate = body[3], 0.0
    accel = min(max(accel, body[3]), body[4])
    rate = min(max(rate, -body[2]), body[2])
    later = np.empty(5)
    later[4] = min(max(state[4] + rate * dt, -body[1]), body[1])
    mean = 0.5 * (state[4] + later[4])
    later[0], later[1], later[2], later[3] = _move(
        state[0], state[1], state[2], state[3], accel, mean, 0.5 * body[0], dt
    )
    return later


@njit(cache=True)
def _move(
    x: float, y: float, yaw: float, speed: float, accel: float, steer: float, half_wheelbase: float, dt: float
) -> tuple[float, float, float, float]:
    later = speed + accel * dt
    if later < 0.0:
        distance = 0.0 if accel >= 0.0 else speed * speed / (-2.0 * accel)
        later = 0.0
    else:
        distance = 0.5 * (speed + later) * dt
    slip = math.atan(0.5 * math.tan(steer))
    half_turn = 0.5 * distance * math.sin(slip) / half_wheelbase
    chord = distance if abs(half_turn) < 1e-9 else distance * math.sin(half_turn) / half_turn
    course = yaw + slip + half_turn
    return x + chord * math.cos(course), y + chord * math.sin(course), yaw + 2.0 * half_turn, later
