"""The check after the planner: passes a plan, or drives its own fail-safe trajectory instead.

At every step it holds a trajectory that brakes to a stop and meets nobody who behaves within bounds. A plan passes if
after its first step such a trajectory still exists along its line; that one is kept. If not, milder first steps along
the same line are tried, then the trajectory that is kept is driven on. Only when others leave their bounds is none left
that is verified; then what does least harm if everybody goes on as now is driven: mostly full braking.

Source: Pek and Althoff (2018), "Efficient computation of invariably safe states for motion planning of self-driving
vehicles"; Shalev-Shwartz, Shammah, Shashua (2017), "On a formal model of safe and scalable self-driving cars".
"""

from __future__ import annotations

import math
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from zhixing.datatypes.plan import Plan
from zhixing.datatypes.road import Road
from zhixing.datatypes.scene import Briefing, Scene
from zhixing.datatypes.shapes import FloatArray
from zhixing.datatypes.tracks import MOTOR_VEHICLES
from zhixing.driving.bicycle import state_of
from zhixing.driving.lane_map import lane_map_of
from zhixing.driving.road_edge import RoadEdge, road_edge
from zhixing.driving.safety.bounds import SafetyConfig
from zhixing.driving.safety.fail_safe import FailSafe
from zhixing.driving.safety.judging import KINEMATICS, LATERAL, MEETS, OFF_ROAD, TTC, Judge, Verdict
from zhixing.driving.safety.likely import is_past, likely_harm_mps, steady_courses
from zhixing.driving.safety.reach import U_ROW
from zhixing.driving.safety.roll import SPEED, STEP_S, YAW, X, Y, brake_profile
from zhixing.driving.safety.sentences import explain_check
from zhixing.errors import ScenarioError

_PASSING_STEPS, _UNLIKELY = 30, 0.001
"""Past a vehicle that comes in the speed is held so long. What is possible within all bounds decides only between those
that are alike in what is likely."""
_HELPS_MPS = 0.1
"""Where braking makes it less harmful by no more than this, going on is better: it is over sooner."""
_EASING_MPS2, _MILDER_MPS2 = 0.4, (-0.5, -1.0, -2.0, -3.0, -4.0, -6.0)
"""Who wants to speed up is let do so less by this, and less again, before it has to brake, gently at first."""
_LOST_M = 1.0
"""Farther than this from where it should be the ego was put elsewhere."""
_PARALLEL_RAD = math.radians(25.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What may be driven now.

    Attributes:
        plan: The planner's own, or a safer one.
        rule: What changed it, empty where the plan passed.
        object_id: Whom that is about, or -1.
    """

    plan: Plan
    rule: str = ""
    object_id: int = -1


class _Tried(NamedTuple):
    """A way that was looked at: what speaks against it, the states (steps + 1, 5) of an ego that drives it, itself."""

    verdict: Verdict
    states: FloatArray
    way: FailSafe
    passes: bool = False


class SafetyChecker:
    """Stands between any planner and the tracker.

    Args:
        config: What it assumes and keeps; fixed for its life.
    """

    def __init__(self, config: SafetyConfig | None = None) -> None:
        self._config = config or SafetyConfig()
        self._edges: weakref.WeakKeyDictionary[Road, RoadEdge] = weakref.WeakKeyDictionary()
        self._kept: FailSafe | None = None
        self._judge: Judge | None = None

    def start(self, briefing: Briefing) -> None:
        """Forget the last task and learn the road and the body of this one."""
        edge = self._edges.get(briefing.road)
        if edge is None:
            edge = road_edge(lane_map_of(briefing.road), self._config.junction_margin_m)
            self._edges[briefing.road] = edge
        self._judge = Judge(self._config, edge, briefing.body)
        self._kept = None

    def check(self, scene: Scene, plan: Plan | None) -> Checked:
        """Return what may be driven during the next step.

        Args:
            scene: What is there now.
            plan: What the planner wants; None and garbage are answered like a planner that failed.

        Raises:
            ScenarioError: ``start`` was not called.
        """
        judge, ego = self._briefed("check"), scene.ego
        state = state_of(ego)
        if self._kept is not None and self._kept.gap_m(state) > _LOST_M:
            self._kept = None
        others = judge.look(scene)
        users, ids, classes = judge.reckon(others, state, scene.time_ns), others.ids, others.classes
        # 1. the plan itself, with full braking after its first step
        verdict, wanted, after = judge.of_plan(plan, ego, users)
        if plan is not None and not verdict.rule:
            self._kept = after
            return Checked(plan=plan)
        # 2. something safer
        is_vehicle = verdict.row >= 0 and int(classes[verdict.row]) in MOTOR_VEHICLES
        may_pass = is_vehicle and verdict.rule != TTC
        kept = self._safer(judge, state, ego.accel_mps2, wanted, plan, users, verdict, may_pass=may_pass)
        self._kept = kept.rest()
        object_id = int(ids[verdict.row]) if verdict.row >= 0 else -1
        decision = explain_check(verdict.rule, int(classes[verdict.row]) if verdict.row >= 0 else 0, object_id)
        return Checked(plan=kept.plan(decision), rule=verdict.rule, object_id=object_id)

    def judges_of(self, scene: Scene, steps: int) -> tuple[Callable[[Plan], str], Callable[[Plan], str]]:
        """Return a judge who says which rule would change a plan now, and one who says which would some steps later.

        Both say nothing where it would pass; the second takes it that all others go on as now. For planners that want
        to know beforehand: they ask a checker of their own. It keeps no trajectory, so this is no check.

        Raises:
            ScenarioError: ``start`` was not called.
        """
        return self._briefed("judges_of").beforehand(scene, steps)

    def _briefed(self, before: str) -> Judge:
        if self._judge is None:
            raise ScenarioError("the checker was not briefed", hint=f"Call start before {before}.")
        return self._judge

    def _safer(
        self,
        judge: Judge,
        state: FloatArray,
        accel_mps2: float,
        wanted: tuple[FloatArray, FloatArray] | None,
        plan: Plan | None,
        users: FloatArray,
        verdict: Verdict,
        *,
        may_pass: bool,
    ) -> FailSafe:
        """Return the mildest verified trajectory, or the likely least harmful one where none is.

        Only somebody in the way is a reason to brake mildly on the kept line; a planner that fails is not. Beside
        somebody the first thing is to come no closer: to go on parallel to its course (the lateral response of RSS).
        """
        full, jerk, kept = judge.full_mps2, self._config.brake_jerk_mps3, self._kept
        eager_mps2 = float(plan.accel_mps2[0]) if wanted is not None and plan is not None else 0.0
        eager_mps2, asked_mps2 = min(eager_mps2, judge.most_mps2), min(0.0, eager_mps2)
        lines = [wanted] if wanted is not None else []
        if kept is not None:
            lines.append((kept.xy_m, kept.yaw_rad))
        milder_lines = list(lines) if verdict.row >= 0 else lines[: wanted is not None]
        turn = math.remainder(verdict.way_rad - state[YAW], 2.0 * math.pi)
        if verdict.rule == LATERAL and wanted is not None and abs(turn) < _PARALLEL_RAD:
            milder_lines.insert(0, _parallel(state, verdict.way_rad))
        tried: list[_Tried] = []
        # 1. on, past who comes in; a milder first step, along the wanted line or the kept one
        passing = None
        if may_pass and wanted is not None and asked_mps2 == 0.0:
            accels = brake_profile(0.0, _PASSING_STEPS, state[SPEED], full, jerk)
            passing = _try(judge, state, wanted, accels, users)
            if not passing.verdict.rule:
                return passing.way
            of = users[np.argmax(users[:, U_ROW] == verdict.row)]
            at = min(_PASSING_STEPS, passing.states.shape[0] - 1)
            gets_past = is_past(passing.states[at], of, at * STEP_S, judge.half_length_m)
            passing = passing._replace(passes=gets_past)
        eased = np.arange(eager_mps2 - _EASING_MPS2, 0.0, -_EASING_MPS2).tolist()
        milder = [milder_mps2 for milder_mps2 in _MILDER_MPS2 if milder_mps2 < asked_mps2]
        for line in milder_lines:
            for first_mps2 in (*eased, asked_mps2, *milder):
                one = _try(judge, state, line, brake_profile(first_mps2, 1, state[SPEED], full, jerk), users)
                if not one.verdict.rule:
                    return one.way
                if first_mps2 <= 0.0:
                    tried.append(one)
        # 2. the trajectory that is kept
        if kept is not None and not judge.of_motion(kept.driven_from(state, judge.body), users).rule:
            return kept
        # 3. full braking: where it leads, the kept line, the wanted line, the wheel held
        accels = brake_profile(min(accel_mps2, 0.0), 0, state[SPEED], full, jerk)
        accels[0] = min(accels[0], max(asked_mps2, full))
        for line in (*reversed(lines), (state[None, :2].copy(), state[2:3].copy())):
            tried.append(_try(judge, state, line, accels, users))
            if not tried[-1].verdict.rule:
                return tried[-1].way
        # 4. nothing is safe against all that others may do: what likely does least harm
        if passing is not None and passing.verdict.rule in MEETS:
            tried.append(passing)
        steady = {passes: steady_courses(users, passes=passes) for passes in {one.passes for one in tried}}
        return min(tried, key=lambda one: _harm(judge, one, steady[one.passes])).way


def _try(
    judge: Judge, state: FloatArray, line: tuple[FloatArray, FloatArray], accels: FloatArray, users: FloatArray
) -> _Tried:
    """Return what comes of tracking a line with accelerations, one after the other."""
    way = FailSafe.along(state, *line, accels, judge.body, judge.full_mps2)
    driven = way.driven_from(state, judge.body)
    return _Tried(judge.of_motion(driven, users), driven, way)


def _harm(judge: Judge, tried: _Tried, steady: FloatArray) -> tuple[bool, float]:
    """Return whether a rollout that is refused cannot be driven at all, and what harm it does, at least 0."""
    verdict = tried.verdict
    if verdict.rule == KINEMATICS:
        return True, 0.0
    likely_mps = likely_harm_mps(tried.states, steady, judge.half_length_m, judge.half_width_m)
    if tried.passes:
        likely_mps = max(likely_mps - _HELPS_MPS, 0.0)
    if verdict.rule == OFF_ROAD:
        likely_mps = max(likely_mps, verdict.harm_mps)
    return False, likely_mps + _UNLIKELY * verdict.harm_mps


def _parallel(state: FloatArray, way_rad: float) -> tuple[FloatArray, FloatArray]:
    """Return a line from the ego in a direction, longer than it can get while it stops."""
    away = np.linspace(0.0, 10.0 + 4.0 * state[SPEED], 21)
    xy = np.stack((state[X] + away * math.cos(way_rad), state[Y] + away * math.sin(way_rad)), axis=-1)
    return xy, np.full(21, way_rad)
