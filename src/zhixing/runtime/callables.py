"""Planners that are written as a function of an observation, as those of the OnSite challenge are.

OnSite's planners answer each observation with an acceleration and a front wheel angle (``PlannerBase.act``, structured
test tool 2.0). Wrapped here they drive in our world: in a rollout, an exam, a bench. What they saw there they see here:
``vehicle_info``, ``light_info`` and ``test_setting`` with OnSite's keys, SI units, yaw from 0 to 2π, counter-clockwise
from x.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from zhixing.datatypes.lights import Light
from zhixing.datatypes.plan import Control, Plan
from zhixing.datatypes.scene import Briefing, Scene
from zhixing.datatypes.units import s_from_ns
from zhixing.driving.bicycle import step_bicycle
from zhixing.errors import PluginError, ScenarioError
from zhixing.runtime.foreign import FOREIGN

Observation = dict[str, Any]
Act = Callable[[Observation], Sequence[float]]

_STEP_S = 0.1
_HORIZON_STEPS = 30


class CallablePlanner:
    """A function that gives acceleration and front wheel angle, as a planner.

    The plan is where the two lead if they are held for 3 s; it is tracked like any other, so the wheel turns no faster
    than the car's can.

    Args:
        act: Given an observation, returns acceleration in m/s² and front wheel angle in rad, left positive.
        name: In kebab-case.
        init: Told ``test_setting`` and the goal before the first step, where the planner wants that.
    """

    def __init__(
        self, act: Act, *, name: str = "callable", init: Callable[[Observation], object] | None = None
    ) -> None:
        self._act, self._name, self._init = act, name, init
        self._briefing: Briefing | None = None
        self._began_ns = -1

    @property
    def name(self) -> str:
        """As given."""
        return self._name

    def start(self, briefing: Briefing) -> None:
        """Remember the task, and tell the function's ``init``."""
        self._briefing, self._began_ns = briefing, -1
        if self._init is not None:
            self._init({"goal": _goal(briefing), "startPos": [briefing.start.x_m, briefing.start.y_m]})

    def plan(self, scene: Scene) -> Plan:
        """Ask the function.

        Raises:
            ScenarioError: ``start`` was not called.
            PluginError: The answer is not two finite numbers.
        """
        if self._briefing is None:
            raise ScenarioError("the planner was not briefed", hint="Call start before plan.")
        if self._began_ns < 0:
            self._began_ns = scene.time_ns
        answer = self._act(observation_of(scene, self._briefing, s_from_ns(scene.time_ns - self._began_ns)))
        if len(answer) != 2 or not all(math.isfinite(value) for value in answer):
            raise PluginError(f"{self._name} answered {answer!r}", hint="Answer acceleration and front wheel angle.")
        return _held(scene, self._briefing, float(answer[0]), float(answer[1]))


def observation_of(scene: Scene, briefing: Briefing, time_s: float = 0.0) -> Observation:
    """Return a scene as OnSite's tool shows it (``Observation.format()``).

    ``light_info`` holds for each light group its colour in lower case, and for ``ego`` that of the ego's own movement.
    """
    ego, body, others = scene.ego, briefing.body, scene.others
    vehicles = {
        "ego": {
            "x": ego.x_m,
            "y": ego.y_m,
            "v": ego.speed_mps,
            "a": ego.accel_mps2,
            "yaw": ego.yaw_rad % (2.0 * math.pi),
            "rot": ego.steer_rad,
            "length": body.length_m,
            "width": body.width_m,
        }
    }
    there = np.flatnonzero(others.valid[:, -1]).tolist() if others.num_steps else []
    for row in there:
        vehicles[str(int(others.object_id[row]))] = {
            "x": float(others.xy_m[row, -1, 0]),
            "y": float(others.xy_m[row, -1, 1]),
            "v": abs(float(others.speed_mps[row, -1])),
            "a": _accel_mps2(scene, row),
            "yaw": float(others.yaw_rad[row, -1]) % (2.0 * math.pi),
            "length": float(others.size_m[row, 0]),
            "width": float(others.size_m[row, 1]),
        }
    lights = {str(group): Light(int(shown)).name.lower() for group, shown in enumerate(scene.lights)}
    if briefing.ego_light >= 0 and str(briefing.ego_light) in lights:
        lights["ego"] = lights[str(briefing.ego_light)]
    setting = {"t": time_s, "dt": _STEP_S, "goal": _goal(briefing), "end": -1}
    return {"vehicle_info": vehicles, "light_info": lights, "test_setting": setting}


def _accel_mps2(scene: Scene, row: int) -> float:
    """Return how a road user's speed changed during the last step, 0 where that is not known."""
    others = scene.others
    if others.num_steps < 2 or not others.valid[row, -2]:
        return 0.0
    passed_s = s_from_ns(int(others.time_ns[-1] - others.time_ns[-2]))
    return float(others.speed_mps[row, -1] - others.speed_mps[row, -2]) / passed_s


def _goal(briefing: Briefing) -> dict[str, list[float]]:
    goal = briefing.goal
    return {"x": [goal.x_min_m, goal.x_max_m], "y": [goal.y_min_m, goal.y_max_m]}


def _held(scene: Scene, briefing: Briefing, accel_mps2: float, steer_rad: float) -> Plan:
    """Return the plan to hold an acceleration and a front wheel angle."""
    body, ego = briefing.body, scene.ego
    accel = min(max(accel_mps2, body.min_accel_mps2), body.max_accel_mps2)
    rows = []
    for _ in range(_HORIZON_STEPS + 1):
        course = ego.yaw_rad + math.atan(0.5 * math.tan(ego.steer_rad))
        rows.append((ego.x_m, ego.y_m, course, ego.speed_mps, accel))
        rate = (steer_rad - ego.steer_rad) / _STEP_S
        ego = step_bicycle(ego, body, Control(accel_mps2=accel, steer_rate_radps=rate), _STEP_S)
    table = np.array(rows)
    return Plan(
        time_s=_STEP_S * np.arange(_HORIZON_STEPS + 1, dtype=np.float64),
        xy_m=table[:, :2].copy(),
        yaw_rad=np.unwrap(table[:, 2]),
        speed_mps=table[:, 3].copy(),
        accel_mps2=table[:, 4].copy(),
        decision=FOREIGN,
    )
