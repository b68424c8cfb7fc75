"""From a plan to pedals and steering wheel."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from zhixing.datatypes.plan import Control, Plan
from zhixing.datatypes.scene import EgoBody, EgoState
from zhixing.datatypes.shapes import FloatArray
from zhixing.driving.bicycle import later_slip, limits, state_of, steer_from_curvature_rad
from zhixing.driving.lane_map import project

_MIN_REACH_M = 3.0
_REACH_S = 0.9
"""Errors are taken out over the distance of this time by a wheel that turns as fast as the next figure says."""
_WHEEL_RADPS = 0.8
"""With a slower one it takes longer, by the root: turned there and back it changes the heading by rate times time²."""
_YAW_ACCEL_RADPS2 = 1.6
"""Below the 1.93 rad/s² that people find comfortable (nuPlan closed-loop metrics)."""


def track(plan: Plan, ego: EgoState, body: EgoBody, dt_s: float) -> Control:
    """Return what to ask of the actuators during the next step so that the ego follows the plan.

    Acceleration is the plan's own. The way of the box centre shall bend as the plan does a little ahead, corrected for
    offset and course error with critical damping over distance: kappa = kappa_plan - e_y / L^2 - 2 e_psi / L. It bends
    by turning the body and by turning the wheel, which changes the slip beta: d beta / ds = kappa - 2 sin beta /
    wheelbase, from the kinematic bicycle model (see ``driving.bicycle``). So the wheel follows the curvature over about
    half a wheelbase; steered as if the bend went on for ever, the ego would cut into tight ones.

    Args:
        plan: Its first step is now; its line may begin beside the ego.
        ego: The ego now.
        body: What the ego can do.
        dt_s: Length of the step.
    """
    rate = steer_rate(state_of(ego), np.array(plan.xy_m), np.array(plan.yaw_rad), limits(body), dt_s)
    return Control(accel_mps2=float(plan.accel_mps2[0]), steer_rate_radps=float(rate))


@njit(cache=True)
def steer_rate(state: FloatArray, xy_m: FloatArray, yaw_rad: FloatArray, body: FloatArray, dt: float) -> float:
    """Return the steering rate with which an ego follows a line, rad/s; see :func:`track`.

    Args:
        state: (5,) x, y, yaw, speed, steering angle of the ego.
        xy_m: (points, 2) the line.
        yaw_rad: (points,) its direction.
        body: (5,) from :func:`zhixing.driving.bicycle.limits`.
        dt: Length of the step, s.
    """
    return steer_rate_along(state, xy_m, line_s_m(xy_m), yaw_rad, body, dt)


@njit(cache=True)
def line_s_m(xy_m: FloatArray) -> FloatArray:
    """Return (points,) the distance along a line (points, 2)."""
    s_m = np.zeros(xy_m.shape[0])
    for k in range(1, xy_m.shape[0]):
        s_m[k] = s_m[k - 1] + math.hypot(xy_m[k, 0] - xy_m[k - 1, 0], xy_m[k, 1] - xy_m[k - 1, 1])
    return s_m


@njit(cache=True)
def steer_rate_along(
    state: FloatArray, xy_m: FloatArray, s_m: FloatArray, yaw_rad: FloatArray, body: FloatArray, dt: float
) -> float:
    """Return what :func:`steer_rate` does, for those who ask often about one line and have its ``line_s_m``."""
    if s_m[-1] < 0.5:
        return 0.0
    x, y, yaw, speed, steer_now = state[0], state[1], state[2], state[3], state[4]
    s_ego, offset_m, _ = project(x, y, xy_m, s_m)
    ahead_m = s_ego + 0.5 * speed * dt
    window_m = max(0.5, 0.15 * speed)
    here = np.interp(s_ego, s_m, yaw_rad)
    turn = np.interp(ahead_m + window_m, s_m, yaw_rad) - np.interp(ahead_m - window_m, s_m, yaw_rad)
    spread_m = min(ahead_m + window_m, s_m[-1]) - max(ahead_m - window_m, 0.0)
    curvature = turn / spread_m if spread_m > 0.2 else 0.0
    half_m = 0.5 * body[0]
    slip = math.atan(0.5 * math.tan(steer_now))
    course_error = (yaw + slip - here + math.pi) % (2.0 * math.pi) - math.pi
    gentle = _YAW_ACCEL_RADPS2 * body[0] / max(speed, 1.0)
    limit = min(body[2], gentle)
    slowness = math.sqrt(max(1.0, min(_WHEEL_RADPS, gentle) / max(limit, 0.1)))
    reach_m = max(_MIN_REACH_M, _REACH_S * speed) * slowness
    asked = curvature - offset_m / reach_m**2 - 2.0 * course_error / reach_m
    steer = steer_from_curvature_rad(later_slip(math.sin(slip), asked, speed * dt, half_m) / half_m, body[0])
    steer = min(max(steer, -body[1]), body[1])
    rate = (steer - steer_now) / dt
    return float(min(max(rate, -limit), limit))
