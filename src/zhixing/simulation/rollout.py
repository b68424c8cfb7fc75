"""One task from start to end, in closed loop."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

import numpy as np

from zhixing.datatypes.evidence import DriveOutcome, Scenario, Trace
from zhixing.datatypes.plan import Decision, Plan
from zhixing.datatypes.scene import EgoState, Scene
from zhixing.datatypes.shapes import FloatArray
from zhixing.driving.asking import NO_PLAN, ask, brief, follow_or_brake, supervise
from zhixing.driving.interfaces import Planner
from zhixing.driving.safety import SafetyChecker
from zhixing.simulation.collision import is_at_fault, touching
from zhixing.simulation.drivable import drivable_area
from zhixing.simulation.replay_world import Background, ReplayWorld
from zhixing.simulation.world import STEP_S, ScenarioWorld


def rollout(
    scenario: Scenario,
    planner: Planner,
    *,
    background: Background = "replay",
    world: ScenarioWorld | None = None,
    checker: SafetyChecker | None = None,
    on_step: Callable[[Scene, Plan | None], None] | None = None,
    timer: Callable[[], float] = perf_counter,
) -> Trace:
    """Drive a scenario and return what happened.

    The run ends at the first of: at-fault collision, leaving the drivable area, goal, stop trigger. Who hits the ego
    without its fault, or appears on top of it, is noted and leaves the scene. A planner that fails (an error of ours,
    a plan that is none or not finite) is not asked to explain: the ego brakes with the wheel held, or as the checker
    says, and the failure is counted.

    Args:
        scenario: The task.
        planner: A fresh planner; it is briefed here.
        background: How the others move.
        world: Where it is driven, if not in a :class:`ReplayWorld`: one that begins as the scenario says.
        checker: Stands between planner and tracker and may change every plan; it is briefed here.
        on_step: Told what was seen and is driven at each step, the last one without a plan.
        timer: Seconds from anywhere, to time the planner.
    """
    if world is None:
        world = ReplayWorld(scenario, background)
    log = _Log(scenario)
    outcome: DriveOutcome | None = None
    at_fault_id = -1
    briefing = scenario.briefing()
    is_ready = brief(planner, briefing)
    if checker is not None:
        checker.start(briefing)
    while True:
        # 1. judge where we are
        at_fault_id = _contacts(world, scenario, log) if world.time_ns <= scenario.stop_ns else -1
        if world.time_ns > scenario.stop_ns:  # the trigger came between two steps, before whatever is there now
            outcome = "timeout"
        elif at_fault_id >= 0:
            outcome = "collision"
        elif not drivable_area(scenario.road).contains_box(_ego_box(world.ego, scenario)):
            outcome = "off_road"
        elif scenario.goal.is_reached(world.ego, world.time_ns):
            outcome = "goal"
        elif world.time_ns >= scenario.stop_ns:
            outcome = "timeout"
        # 2. observe and write down
        scene = world.scene()
        log.row(scene)
        if outcome:
            break
        # 3. plan
        started = timer()
        plan = ask(planner, scene) if is_ready else None
        took_ms = (timer() - started) * 1e3 if is_ready else None
        has_failed = plan is None
        plan, rule = supervise(plan, scene, checker)
        log.planned(took_ms, scene.time_ns, plan, has_failed=has_failed, is_changed=bool(rule))
        if on_step:
            on_step(scene, plan)
        # 4. track and move
        world.step(follow_or_brake(plan, scene.ego, scenario.body, STEP_S))
    if on_step:
        on_step(scene, None)
    return log.trace(planner.name, outcome, world, at_fault_id)


def _ego_box(ego: EgoState, scenario: Scenario) -> FloatArray:
    return np.array([ego.x_m, ego.y_m, ego.yaw_rad, scenario.body.length_m, scenario.body.width_m])


def _contacts(world: ScenarioWorld, scenario: Scenario, log: _Log) -> int:
    """Return the id of somebody the ego ran into by its fault, or -1; others that touch it leave the scene."""
    boxes, there, speeds = world.boxes()
    if not boxes.shape[0]:
        return -1
    ego = _ego_box(world.ego, scenario)
    appeared = world.appeared()
    for row in np.flatnonzero(touching(ego, boxes, there) & ~log.left).tolist():
        leaves_lane = drivable_area(scenario.road).is_between_lanes(ego)
        blame = is_at_fault(
            ego,
            world.ego.speed_mps,
            boxes[row],
            float(speeds[row]),
            leaves_lane=leaves_lane,
            rear_axle_m=0.5 * scenario.body.wheelbase_m,
        )
        if blame and not appeared[row]:
            return int(scenario.background.object_id[row])
        log.left[row] = True
        world.remove(row)
    return -1


class _Log:
    """Rows of the trace as they come."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self._egos: list[EgoState] = []
        self._times_ns: list[int] = []
        self._lights: list[np.ndarray[tuple[int], np.dtype[np.int64]]] = []
        self._plan_ms: list[float] = []
        self._decisions: list[tuple[int, Decision]] = []
        self._failures = 0
        self._interventions = 0
        self.left = np.zeros(scenario.background.num_objects, dtype=np.bool_)

    def row(self, scene: Scene) -> None:
        self._egos.append(scene.ego)
        self._times_ns.append(scene.time_ns)
        self._lights.append(scene.lights)

    def planned(
        self, took_ms: float | None, time_ns: int, plan: Plan | None, *, has_failed: bool, is_changed: bool
    ) -> None:
        if took_ms is not None:
            self._plan_ms.append(took_ms)
        self._failures += has_failed
        self._interventions += is_changed
        decision = plan.decision if plan else NO_PLAN
        if not self._decisions or self._decisions[-1][1] != decision:
            self._decisions.append((time_ns, decision))

    def trace(self, planner_name: str, outcome: DriveOutcome, world: ScenarioWorld, at_fault_id: int) -> Trace:
        egos = self._egos
        background = world.recorded_until_now()
        return Trace(
            scenario_id=self._scenario.scenario_id,
            planner=planner_name,
            outcome=outcome,
            time_ns=np.array(self._times_ns, dtype=np.int64),
            xy_m=np.array([[ego.x_m, ego.y_m] for ego in egos]),
            yaw_rad=np.array([ego.yaw_rad for ego in egos]),
            speed_mps=np.array([ego.speed_mps for ego in egos]),
            accel_mps2=np.array([ego.accel_mps2 for ego in egos]),
            steer_rad=np.array([ego.steer_rad for ego in egos]),
            background=background,
            lights=np.stack(self._lights, axis=1),
            plan_ms=np.array(self._plan_ms, dtype=np.float64),
            decisions=tuple(self._decisions),
            contact_ids=tuple(self._scenario.background.object_id[self.left].tolist()),
            at_fault_id=at_fault_id,
            num_planner_failures=self._failures,
            num_braked_for_ego=world.braked_for_ego(),
            num_safety_interventions=self._interventions,
        )
