"""How a planner is asked: whatever it answers, there is something the car can do."""

from __future__ import annotations

import numpy as np

from zhixing.datatypes.localized import Localized
from zhixing.datatypes.plan import Control, Decision, Plan
from zhixing.datatypes.scene import Briefing, EgoBody, EgoState, Scene
from zhixing.driving.interfaces import Planner
from zhixing.driving.safety import SafetyChecker
from zhixing.driving.tracking import track
from zhixing.errors import ZhixingError

NO_PLAN = Decision(
    action="emergency-brake",
    rule="planner-failed",
    say=Localized("规划出错，安全停车", "The planner failed, stopping safely.", "Planer ausgefallen, ich halte an."),
)
"""Why the car brakes that got no usable plan."""


def brief(planner: Planner, briefing: Briefing) -> bool:
    """Brief a planner and return whether it takes the task."""
    try:
        planner.start(briefing)
    except ZhixingError:
        return False
    return True


def ask(planner: Planner, scene: Scene) -> Plan | None:
    """Return a planner's plan, None where it has none that can be driven: none at all, too short, or not finite."""
    try:
        plan = planner.plan(scene)
    except ZhixingError:
        return None
    if not isinstance(plan, Plan) or plan.time_s.size < 2:
        return None
    total = plan.xy_m.sum() + plan.yaw_rad.sum() + plan.accel_mps2.sum() + plan.speed_mps.sum()
    return plan if np.isfinite(total) else None


def follow_or_brake(plan: Plan | None, ego: EgoState, body: EgoBody, dt_s: float) -> Control:
    """Return what the actuators shall do: follow the plan, or without one brake fully with the wheel held."""
    if plan is None:
        return Control(accel_mps2=body.min_accel_mps2, steer_rate_radps=0.0)
    return track(plan, ego, body, dt_s)


def supervise(plan: Plan | None, scene: Scene, checker: SafetyChecker | None) -> tuple[Plan | None, str]:
    """Return what may be driven of a plan and the rule that changed it, empty where it passed.

    The same check stands in simulation and in the vehicle, between planner and tracker; without a checker every plan
    passes.
    """
    if checker is None:
        return plan, ""
    checked = checker.check(scene, plan)
    return checked.plan, checked.rule
