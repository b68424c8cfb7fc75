"""Holds a plan back where people want less of it: not faster than they like, and no farther than where to stop.

The line stays the planner's own, and at every moment the reined plan is neither farther along it nor faster; so what
the planner has ruled out (running a light, running into somebody ahead) stays ruled out. What comes of it goes to the
safety checker like any plan.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from zhixing.datatypes.plan import Plan
from zhixing.datatypes.scene import EgoState
from zhixing.driving.explain import explain
from zhixing.driving.following import free_accel, stop_accel
from zhixing.driving.tracking import line_s_m

_ACCEL_MPS2, _BRAKE_MPS2, _JERK_MPS3 = 1.2, 1.5, 2.0
"""Comfortable: nobody is in a hurry who asks to go slower."""
_BINDS_MPS2 = 0.05
_THERE_M, _STANDS_MPS = 0.5, 0.3


def rein_in(plan: Plan, ego: EgoState, max_speed_mps: float = math.inf, stop_in_m: float = math.inf) -> Plan:
    """Return a plan that goes no faster and no farther than wished, along the same line; the plan itself if it does.

    Args:
        plan: The planner's own.
        ego: The ego now.
        max_speed_mps: Wished speed at most.
        stop_in_m: From the box centre to where it shall come to stand, along the line; negative behind it.
    """
    if math.isinf(max_speed_mps) and math.isinf(stop_in_m):
        return plan
    reach_m = line_s_m(np.array(plan.xy_m))
    rows = np.empty((plan.time_s.size, 3))
    s_m, speed, accel, binds = 0.0, float(plan.speed_mps[0]), ego.accel_mps2, ""
    for k in range(plan.time_s.size):
        dt_s = float(plan.time_s[min(k + 1, plan.time_s.size - 1)] - plan.time_s[k])
        wished = [(free_accel(speed, max(max_speed_mps, 0.1), _ACCEL_MPS2, _BRAKE_MPS2), "speed-wish")]
        if math.isfinite(stop_in_m):
            wished.append((stop_accel(speed, stop_in_m - s_m, _ACCEL_MPS2, _BRAKE_MPS2), "pull-over"))
        most, rule = min(wished)
        gentlest = accel - _JERK_MPS3 * (dt_s or 0.1)
        planned = float(plan.accel_mps2[k])
        accel = min(planned, max(most, gentlest))
        if k == 0 and accel < planned - _BINDS_MPS2:
            binds = rule
        rows[k] = s_m, speed, accel
        later = min(max(0.0, speed + accel * dt_s), float(plan.speed_mps[min(k + 1, plan.time_s.size - 1)]))
        s_m = min(s_m + 0.5 * dt_s * (speed + later), float(reach_m[min(k + 1, plan.time_s.size - 1)]))
        speed = later
    if stop_in_m < _THERE_M and ego.speed_mps < _STANDS_MPS:
        binds = "pull-over"  # whatever else would keep it here as well
    if not binds and not np.any(rows[:, 2] < plan.accel_mps2 - 1e-6):
        return plan
    return replace(
        plan,
        xy_m=np.stack([np.interp(rows[:, 0], reach_m, plan.xy_m[:, axis]) for axis in (0, 1)], axis=-1),
        yaw_rad=np.interp(rows[:, 0], reach_m, np.unwrap(plan.yaw_rad)),
        speed_mps=rows[:, 1].copy(),
        accel_mps2=rows[:, 2].copy(),
        decision=explain(binds, 0, -1) if binds else plan.decision,
    )
