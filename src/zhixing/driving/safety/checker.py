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
from zhixing.datatypes.scene import Briefing, EgoBody, EgoState, Scene
from zhixing.datatypes.shapes import FloatArray, IntArray
from zhixing.datatypes.tracks import MOTOR_VEHICLES
from zhixing.driving.bicycle import limits
from zhixing.driving.lane_map import lane_map_of
from zhixing.driving.motion import recent_motion
from zhixing.driving.road_edge import RoadEdge, road_edge
from zhixing.driving.safety.bounds import SafetyConfig
from zhixing.driving.safety.courses import bounds_table, courses
from zhixing.driving.safety.fail_safe import FailSafe
from zhixing.driving.safety.leaving import farthest_outside
from zhixing.driving.safety.likely import likely_harm_mps
from zhixing.driving.safety.reach import U_COLUMNS, U_IS_BEHIND, U_ROW, U_RULE, U_YAW
from zhixing.driving.safety.roll import SPEED, STEP_S, YAW, X, Y, along_line, brake_profile, hardest_turn
from zhixing.driving.safety.sentences import explain_check
from zhixing.driving.safety.verify import first_meeting
from zhixing.errors import ScenarioError

_RULES = ("safety-longitudinal", "safety-lateral", "safety-ttc")
_OFF_ROAD, _KINEMATICS, _NO_PLAN = "safety-off-road", "safety-kinematics", "safety-no-plan"
_HOLD_STEPS = (5, 10, 20)
"""Where braking at once is not safe, clearing the place first may be: hold the speed this long."""
_PASSING_STEPS, _UNLIKELY = 30, 0.001
"""Past a vehicle that comes in the speed is held so long. What is possible within all bounds decides only between those
that are alike in what is likely."""
_MILDER_MPS2 = (-1.0, -2.0, -4.0)
_LOST_M = 1.0
"""Farther than this from where it should be the ego was put elsewhere."""
_HORIZON_S = 3.0
_OWED_NS = 2_000_000_000
"""Who gets the ego in front of it has this long to see to its distance: a response time of ad-rss for others, 2 s."""
_WORSE_M = 0.05
_BRAKING_S = 0.1
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Verdict:
    """What speaks against a rollout.

    Attributes:
        rule: Which rule, empty where nothing does.
        row: Whom it is about, or -1.
        harm_mps: With which speed the ego would meet that one; harder braking counts a little less. Nothing where
            somebody from behind would meet the ego: braking harder is no help then.
        way_rad: The course of that one.
    """

    rule: str = ""
    row: int = -1
    harm_mps: float = 0.0
    way_rad: float = math.nan


_FINE = _Verdict()


class _Tried(NamedTuple):
    """A way that was looked at: what speaks against it, the states (steps + 1, 5) of an ego that drives it, itself."""

    verdict: _Verdict
    states: FloatArray
    way: FailSafe


class SafetyChecker:
    """Stands between any planner and the tracker.

    Args:
        config: What it assumes and keeps; fixed for its life.
    """

    def __init__(self, config: SafetyConfig | None = None) -> None:
        self._config = config or SafetyConfig()
        self._table = bounds_table(self._config)
        self._edges: weakref.WeakKeyDictionary[Road, RoadEdge] = weakref.WeakKeyDictionary()
        self._kept: FailSafe | None = None
        self._edge: RoadEdge | None = None
        self._outside_m = math.nan
        self._owed_ns: dict[int, int] = {}

    def start(self, briefing: Briefing) -> None:
        """Forget the last task and learn the road and the body of this one."""
        edge = self._edges.get(briefing.road)
        if edge is None:
            edge = road_edge(lane_map_of(briefing.road), self._config.junction_margin_m)
            self._edges[briefing.road] = edge
        self._edge = edge
        self._use_body(briefing.body)
        self._kept = None
        self._outside_m = math.nan
        self._owed_ns = {}

    def check(self, scene: Scene, plan: Plan | None) -> Checked:
        """Return what may be driven during the next step.

        Args:
            scene: What is there now.
            plan: What the planner wants; None and garbage are answered like a planner that failed.

        Raises:
            ScenarioError: ``start`` was not called.
        """
        if self._edge is None:
            raise ScenarioError("the checker was not briefed", hint="Call start before check.")
        ego = scene.ego
        state = np.array([ego.x_m, ego.y_m, ego.yaw_rad, ego.speed_mps, ego.steer_rad])
        if self._kept is not None and self._kept.gap_m(state) > _LOST_M:
            self._kept = None
        users, ids, classes = self._users(scene, state)
        # 1. the plan itself, with full braking after its first step
        verdict, wanted, after = self._judge_whole(plan, ego, state, users)
        if plan is not None and not verdict.rule:
            self._kept = after
            return Checked(plan=plan)
        # 2. something safer
        is_vehicle = verdict.row >= 0 and int(classes[verdict.row]) in MOTOR_VEHICLES
        may_pass = is_vehicle and verdict.rule != _RULES[2]
        kept = self._safer(state, ego.accel_mps2, wanted, plan, users, verdict, may_pass=may_pass)
        self._kept = kept.rest()
        object_id = int(ids[verdict.row]) if verdict.row >= 0 else -1
        decision = explain_check(verdict.rule, int(classes[verdict.row]) if verdict.row >= 0 else 0, object_id)
        return Checked(plan=kept.plan(decision), rule=verdict.rule, object_id=object_id)

    def judge_of(self, scene: Scene) -> Callable[[Plan], str]:
        """Return a judge who says which rule would change a plan now, empty where it would pass.

        For planners that want to know beforehand: they ask a checker of their own. It keeps no trajectory, so this is
        no check.

        Raises:
            ScenarioError: ``start`` was not called.
        """
        if self._edge is None:
            raise ScenarioError("the checker was not briefed", hint="Call start before judge_of.")
        ego = scene.ego
        state = np.array([ego.x_m, ego.y_m, ego.yaw_rad, ego.speed_mps, ego.steer_rad])
        users, _, _ = self._users(scene, state)

        def judge(plan: Plan) -> str:
            return self._judge_whole(plan, ego, state, users)[0].rule

        return judge

    def _use_body(self, body: EgoBody) -> None:
        self._body = limits(body)
        self._half_length_m, self._half_width_m = 0.5 * body.length_m, 0.5 * body.width_m
        self._full_mps2 = body.min_accel_mps2

    def _judge_whole(
        self, plan: Plan | None, ego: EgoState, state: FloatArray, users: FloatArray
    ) -> tuple[_Verdict, tuple[FloatArray, FloatArray] | None, FailSafe | None]:
        """Return what speaks against a plan, its line if it can be looked at, and the fail-safe trajectory after it."""
        verdict = _unusable(plan, ego, self._config)
        if plan is None or verdict.rule:
            return verdict, None, None
        wanted = np.array(plan.xy_m), np.array(plan.yaw_rad)
        verdict, after = self._judge_plan(state, wanted, float(plan.accel_mps2[0]), users)
        return verdict, wanted, after

    def _judge_plan(
        self, state: FloatArray, line: tuple[FloatArray, FloatArray], accel_mps2: float, users: FloatArray
    ) -> tuple[_Verdict, FailSafe | None]:
        """Return what speaks against a plan, and the fail-safe trajectory after its first step."""
        first = along_line(state, *line, np.array([accel_mps2]), self._body)
        done_mps2 = (first[1, SPEED] - state[SPEED]) / STEP_S
        verdict, after = _FINE, None
        for hold in (0, *_HOLD_STEPS):
            accels = brake_profile(0.0 if hold else done_mps2, hold, first[1, SPEED], self._full_mps2, self._jerk)
            after = FailSafe.along(first[1], *line, accels, self._body, self._full_mps2)
            found = self._judge(np.concatenate((state[None], after.driven_from(first[1], self._body))), users)
            if not found.rule:
                return _FINE, after
            if hold == 0:
                verdict = found
            if verdict.rule not in {"safety-ttc", "safety-lateral"}:
                break  # going on does not help against those
        return verdict, None

    def _safer(
        self,
        state: FloatArray,
        accel_mps2: float,
        wanted: tuple[FloatArray, FloatArray] | None,
        plan: Plan | None,
        users: FloatArray,
        verdict: _Verdict,
        *,
        may_pass: bool,
    ) -> FailSafe:
        """Return the mildest verified trajectory, or the likely least harmful one where none is.

        Only somebody in the way is a reason to brake mildly on the kept line; a planner that fails is not. Beside
        somebody the first thing is to come no closer: to go on parallel to its course (the lateral response of RSS).
        """
        full, kept = self._full_mps2, self._kept
        asked_mps2 = min(0.0, float(plan.accel_mps2[0])) if wanted is not None and plan is not None else 0.0
        lines = [wanted] if wanted is not None else []
        if kept is not None:
            lines.append((kept.xy_m, kept.yaw_rad))
        milder_lines = list(lines) if verdict.row >= 0 else lines[: wanted is not None]
        turn = math.remainder(verdict.way_rad - state[YAW], 2.0 * math.pi)
        if verdict.rule == _RULES[1] and wanted is not None and abs(turn) < _PARALLEL_RAD:
            milder_lines.insert(0, _parallel(state, verdict.way_rad))
        tried: list[_Tried] = []
        # 1. a milder first step, along the wanted line or the kept one
        for line in milder_lines:
            for milder_mps2 in (asked_mps2, *_MILDER_MPS2):
                if milder_mps2 > asked_mps2:
                    continue
                accels = brake_profile(milder_mps2, 1, state[SPEED], full, self._jerk)
                tried.append(self._try(state, line, accels, users))
                if not tried[-1].verdict.rule:
                    return tried[-1].way
        # 2. the trajectory that is kept
        if kept is not None and not self._judge(kept.driven_from(state, self._body), users).rule:
            return kept
        # 3. full braking: where it leads, the kept line, the wanted line, the wheel held
        accels = brake_profile(min(accel_mps2, 0.0), 0, state[SPEED], full, self._jerk)
        accels[0] = min(accels[0], max(asked_mps2, full))
        for line in (*reversed(lines), (state[None, :2].copy(), state[2:3].copy())):
            tried.append(self._try(state, line, accels, users))
            if not tried[-1].verdict.rule:
                return tried[-1].way
        # 4. nothing is safe against all that others may do: what likely does least harm
        if may_pass and wanted is not None and asked_mps2 == 0.0:
            accels = brake_profile(0.0, _PASSING_STEPS, state[SPEED], full, self._jerk)
            passing = self._try(state, wanted, accels, users)
            if passing.verdict.rule in _RULES:
                tried.append(passing)
        return min(tried, key=lambda one: self._harm(one, users)).way

    def _try(
        self, state: FloatArray, line: tuple[FloatArray, FloatArray], accels: FloatArray, users: FloatArray
    ) -> _Tried:
        """Return what comes of tracking a line with accelerations, one after the other."""
        way = FailSafe.along(state, *line, accels, self._body, self._full_mps2)
        driven = way.driven_from(state, self._body)
        return _Tried(self._judge(driven, users), driven, way)

    def _harm(self, tried: _Tried, users: FloatArray) -> tuple[bool, float]:
        """Return whether a rollout that is refused cannot be driven at all, and what harm it does, at least 0."""
        verdict = tried.verdict
        if verdict.rule == _KINEMATICS:
            return True, 0.0
        likely_mps = likely_harm_mps(tried.states, users, self._half_length_m, self._half_width_m)
        if verdict.rule == _OFF_ROAD:
            likely_mps = max(likely_mps, verdict.harm_mps)
        return False, likely_mps + _UNLIKELY * verdict.harm_mps

    @property
    def _jerk(self) -> float:
        return self._config.brake_jerk_mps3

    def _judge(self, states: FloatArray, users: FloatArray) -> _Verdict:
        """Return what speaks against a rollout."""
        cfg, edge = self._config, self._edge
        if hardest_turn(states) > cfg.max_lateral_mps2:
            return _Verdict(rule=_KINEMATICS, harm_mps=math.inf)
        step, who = first_meeting(states, users, self._half_length_m, self._half_width_m, cfg.margin_along_m)
        if who >= 0:
            rule = _RULES[int(users[who, U_RULE])]
            harm_mps = float(states[step, SPEED] - _BRAKING_S * (states[0, SPEED] - states[1, SPEED]))
            return _Verdict(
                rule=rule,
                row=int(users[who, U_ROW]),
                harm_mps=0.0 if users[who, U_IS_BEHIND] else harm_mps,
                way_rad=float(users[who, U_YAW]),
            )
        if edge is not None and edge.is_driving.any():
            now_m, later_m = farthest_outside(states, self._half_length_m, self._half_width_m, edge)
            if math.isnan(self._outside_m):
                self._outside_m = max(cfg.road_margin_m, now_m + _WORSE_M)
            if later_m > self._outside_m:
                return _Verdict(rule=_OFF_ROAD, harm_mps=float(states[1, SPEED]))
        return _FINE

    def _users(self, scene: Scene, state: FloatArray) -> tuple[FloatArray, IntArray, IntArray]:
        """Return the courses to reckon with, and identity and class of everybody who is there."""
        tracks, edge = scene.others, self._edge
        if edge is None or not tracks.num_objects or not tracks.num_steps:
            return np.zeros((0, U_COLUMNS)), np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
        rows = np.flatnonzero(tracks.valid[:, -1])
        _, yaw_rate = recent_motion(tracks, rows)
        classes = tracks.road_user[rows]
        ids = tracks.object_id[rows]
        is_owed = np.array([scene.time_ns <= self._owed_ns.get(one, -1) for one in ids.tolist()], dtype=np.bool_)
        found, is_beside = courses(
            state,
            self._half_length_m,
            self._half_width_m,
            state[SPEED] / -self._full_mps2 + _HORIZON_S,
            tracks.xy_m[rows, -1],
            tracks.yaw_rad[rows, -1],
            tracks.speed_mps[rows, -1],
            yaw_rate,
            tracks.size_m[rows],
            classes,
            is_owed,
            self._table,
            self._config.margin_beside_m,
            edge.first,
            edge.xy_m,
            edge.s_m,
            edge.box_m,
            edge.is_driving,
        )
        self._owed_ns.update(dict.fromkeys(ids[is_beside].tolist(), scene.time_ns + _OWED_NS))
        return found, ids, classes


def _parallel(state: FloatArray, way_rad: float) -> tuple[FloatArray, FloatArray]:
    """Return a line from the ego in a direction, longer than it can get while it stops."""
    away = np.linspace(0.0, 10.0 + 4.0 * state[SPEED], 21)
    xy = np.stack((state[X] + away * math.cos(way_rad), state[Y] + away * math.sin(way_rad)), axis=-1)
    return xy, np.full(21, way_rad)


def _unusable(plan: Plan | None, ego: EgoState, config: SafetyConfig) -> _Verdict:
    """Return why a plan cannot even be looked at."""
    if not isinstance(plan, Plan) or plan.time_s.size < 2:
        return _Verdict(rule=_NO_PLAN)
    total = plan.xy_m.sum() + plan.yaw_rad.sum() + plan.accel_mps2.sum() + plan.speed_mps.sum()
    if not np.isfinite(total):
        return _Verdict(rule=_NO_PLAN)
    if math.hypot(plan.xy_m[0, 0] - ego.x_m, plan.xy_m[0, 1] - ego.y_m) > config.start_gap_m:
        return _Verdict(rule=_KINEMATICS)
    return _FINE
