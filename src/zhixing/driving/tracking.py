"""From a plan to pedals and steering wheel."""

from __future__ import annotations

import math

import numpy as np

from zhixing.datatypes.frames import wrap_rad
from zhixing.datatypes.plan import Control, Plan
from zhixing.datatypes.scene import EgoBody, EgoState
from zhixing.driving.bicycle import steer_from_curvature_rad
from zhixing.driving.lane_map import project

_DELAY_S = 0.1
"""The wheel needs about one step to get where it is asked to."""
_MIN_REACH_M = 3.0
_REACH_S = 0.9
"""Errors are taken out over the distance of this time by a wheel that turns as fast as the next figure says."""
_WHEEL_RADPS = 0.8
"""With a slower one it takes longer, by the root: turned there and back it changes the heading by rate times time²."""
_YAW_ACCEL_RADPS2 = 1.6
"""Below the 1.93 rad/s² that people find comfortable (nuPlan closed-loop metrics)."""


def track(plan: Plan, ego: EgoState, body: EgoBody, dt_s: float) -> Control:
    """Return what to ask of the actuators during the next step so that the ego follows the plan.

    Acceleration is the plan's own. Steering is the curvature of the plan a little ahead, corrected for offset and
    heading error with critical damping over distance: kappa = kappa_plan - e_y / L^2 - 2 e_psi / L.

    Args:
        plan: Its first step is now; its line may begin beside the ego.
        ego: The ego now.
        body: What the ego can do.
        dt_s: Length of the step.
    """
    accel = float(plan.accel_mps2[0])
    xy_m = plan.xy_m
    s_m = np.concatenate((np.zeros(1), np.cumsum(np.hypot(xy_m[1:, 0] - xy_m[:-1, 0], xy_m[1:, 1] - xy_m[:-1, 1]))))
    if s_m[-1] < 0.5:
        return Control(accel_mps2=accel, steer_rate_radps=0.0)
    s_ego, offset_m, _ = project(ego.x_m, ego.y_m, xy_m, s_m)
    ahead_m = s_ego + ego.speed_mps * _DELAY_S
    window_m = max(1.0, 0.15 * ego.speed_mps)
    yaw = np.interp([s_ego, ahead_m - window_m, ahead_m + window_m], s_m, plan.yaw_rad)
    spread_m = min(ahead_m + window_m, float(s_m[-1])) - max(ahead_m - window_m, 0.0)
    curvature = float(yaw[2] - yaw[1]) / spread_m if spread_m > 0.2 else 0.0
    slip = math.asin(min(max(curvature * 0.5 * body.wheelbase_m, -0.9), 0.9))
    heading_error = wrap_rad(ego.yaw_rad + slip - float(yaw[0]))
    gentle = _YAW_ACCEL_RADPS2 * body.wheelbase_m / max(ego.speed_mps, 1.0)
    limit = min(body.max_steer_rate_radps, gentle)
    slowness = math.sqrt(max(1.0, min(_WHEEL_RADPS, gentle) / max(limit, 0.1)))
    reach_m = max(_MIN_REACH_M, _REACH_S * ego.speed_mps) * slowness
    asked = curvature - offset_m / reach_m**2 - 2.0 * heading_error / reach_m
    steer = steer_from_curvature_rad(asked, body.wheelbase_m)
    steer = min(max(steer, -body.max_steer_rad), body.max_steer_rad)
    rate = (steer - ego.steer_rad) / dt_s
    return Control(accel_mps2=accel, steer_rate_radps=min(max(rate, -limit), limit))
