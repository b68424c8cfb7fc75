"""What speaks against a plan, or against any motion of the ego, given all that others may do."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from zhixing.datatypes.plan import Plan
from zhixing.datatypes.scene import EgoBody, EgoState, Scene
from zhixing.datatypes.shapes import BoolArray, FloatArray, IntArray
from zhixing.driving.bicycle import limits, state_of
from zhixing.driving.motion import recent_motion
from zhixing.driving.road_edge import RoadEdge
from zhixing.driving.safety.bounds import SafetyConfig
from zhixing.driving.safety.courses import bounds_table, courses
from zhixing.driving.safety.fail_safe import FailSafe
from zhixing.driving.safety.leaving import farthest_outside
from zhixing.driving.safety.likely import meeting_mps
from zhixing.driving.safety.reach import U_HAS_SHELL, U_IS_BEHIND, U_ROW, U_RULE, U_YAW, drifting_at_worst
from zhixing.driving.safety.roll import SPEED, STEP_S, along_line, brake_profile, hardest_turn
from zhixing.driving.safety.verify import first_meeting

LONGITUDINAL, LATERAL, TTC = "safety-longitudinal", "safety-lateral", "safety-ttc"
OFF_ROAD, KINEMATICS, _NO_PLAN = "safety-off-road", "safety-kinematics", "safety-no-plan"
MEETS = (LONGITUDINAL, LATERAL, TTC)
"""By the number of the rule in a row of ``courses``."""
_HOLD_STEPS = (5, 10, 20)
"""Where braking at once is not safe, clearing the place first may be: hold the speed this long."""
_HORIZON_S = 3.0
_OWED_NS = 2_000_000_000
"""Who gets the ego in front of it has this long to see to its distance: a response time of ad-rss for others, 2 s."""
_WORSE_M = 0.05
_BRAKING_S = 0.1
_SCRAPES_MPS = 0.5
"""Scrapes are told apart no finer than this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What speaks against a rollout.

    Attributes:
        rule: Which rule, empty where nothing does.
        row: Whom it is about, or -1.
        harm_mps: With which speed the ego would meet that one; harder braking counts a little less. Beside a car
            it is the speed with which both drift together at worst. Nothing where somebody from behind would meet the
            ego: braking harder is no help then.
        way_rad: The course of that one.
    """

    rule: str = ""
    row: int = -1
    harm_mps: float = 0.0
    way_rad: float = math.nan


_FINE = Verdict()


class Others(NamedTuple):
    """Who is there.

    Attributes:
        ids: (users,) identities.
        classes: (users,)
        xy_m: (users, 2)
        yaw_rad: (users,)
        speed_mps: (users,)
        yaw_rate_radps: (users,)
        size_m: (users, 2)
        is_owed: (users,) who still has time to see to its distance from an ego that came before it.
    """

    ids: IntArray
    classes: IntArray
    xy_m: FloatArray
    yaw_rad: FloatArray
    speed_mps: FloatArray
    yaw_rate_radps: FloatArray
    size_m: FloatArray
    is_owed: BoolArray

    def moved_on(self, time_s: float) -> Others:
        """Return everybody where they get by going on as now."""
        way = np.stack((np.cos(self.yaw_rad), np.sin(self.yaw_rad)), axis=-1)
        return self._replace(xy_m=self.xy_m + time_s * self.speed_mps[:, None] * way)


class Judge:
    """Says what speaks against plans and rollouts on one road, for one drive.

    Args:
        config: What it assumes and keeps.
        edge: Of the road.
        body: Of the ego.
    """

    def __init__(self, config: SafetyConfig, edge: RoadEdge, body: EgoBody) -> None:
        self._config, self._edge = config, edge
        self._table = bounds_table(config)
        self.body = limits(body)
        self.half_length_m, self.half_width_m = 0.5 * body.length_m, 0.5 * body.width_m
        self.full_mps2, self.most_mps2 = body.min_accel_mps2, body.max_accel_mps2
        self._outside_m = math.nan
        self._owed_ns: dict[int, int] = {}

    def of_plan(
        self, plan: Plan | None, ego: EgoState, users: FloatArray
    ) -> tuple[Verdict, tuple[FloatArray, FloatArray] | None, FailSafe | None]:
        """Return what speaks against a plan, its line if it can be looked at, and the fail-safe trajectory after it.

        Args:
            plan: What the planner wants; None and garbage are answered like a planner that failed.
            ego: Where it would be driven from.
            users: (courses, columns) of the others.
        """
        verdict = _unusable(plan, ego, self._config)
        if plan is None or verdict.rule:
            return verdict, None, None
        line = np.array(plan.xy_m), np.array(plan.yaw_rad)
        verdict, after = self._of_step(state_of(ego), line, float(plan.accel_mps2[0]), users)
        return verdict, line, after

    def beforehand(self, scene: Scene, steps: int) -> tuple[Callable[[Plan], str], Callable[[Plan], str]]:
        """Return two judges: which rule would change a plan now, and which some steps later if all go on as now.

        Args:
            scene: What is there now.
            steps: How much later.
        """
        start, others = state_of(scene.ego), self.look(scene)
        users = self.reckon(others, start, scene.time_ns)
        later = others.moved_on(steps * STEP_S)._replace(is_owed=self._are_owed(others.ids, scene.time_ns))

        def now(plan: Plan) -> str:
            return self.of_plan(plan, scene.ego, users)[0].rule

        def soon(plan: Plan) -> str:
            line = np.array(plan.xy_m), np.array(plan.yaw_rad)
            there = along_line(start, *line, np.array(plan.accel_mps2[:steps]), self.body)[-1]
            then_mps2 = float(plan.accel_mps2[min(steps, plan.time_s.size - 1)])
            return self._of_step(there, line, then_mps2, self.reckon(later, there))[0].rule

        return now, soon

    def _of_step(
        self, state: FloatArray, line: tuple[FloatArray, FloatArray], accel_mps2: float, users: FloatArray
    ) -> tuple[Verdict, FailSafe | None]:
        """Return what speaks against a step along a line, and the fail-safe trajectory after it."""
        first = along_line(state, *line, np.array([accel_mps2]), self.body)
        done_mps2 = (first[1, SPEED] - state[SPEED]) / STEP_S
        verdict, after = _FINE, None
        for hold in (0, *_HOLD_STEPS):
            accels = brake_profile(
                0.0 if hold else done_mps2, hold, first[1, SPEED], self.full_mps2, self._config.brake_jerk_mps3
            )
            after = FailSafe.along(first[1], *line, accels, self.body, self.full_mps2)
            found = self.of_motion(np.concatenate((state[None], after.driven_from(first[1], self.body))), users)
            if not found.rule:
                return _FINE, after
            if hold == 0:
                verdict = found
            if verdict.rule not in {TTC, LATERAL}:
                break  # going on does not help against those
        return verdict, None

    def of_motion(self, states: FloatArray, users: FloatArray) -> Verdict:
        """Return what speaks against a rollout.

        Args:
            states: (steps + 1, 5) from ``roll``.
            users: (courses, columns) of the others.
        """
        cfg, edge = self._config, self._edge
        if hardest_turn(states) > cfg.max_lateral_mps2:
            return Verdict(rule=KINEMATICS, harm_mps=math.inf)
        step, who = first_meeting(states, users, self.half_length_m, self.half_width_m, cfg.margin_along_m)
        if who >= 0:
            row = users[who]
            return Verdict(
                rule=MEETS[int(row[U_RULE])],
                row=int(row[U_ROW]),
                harm_mps=0.0 if row[U_IS_BEHIND] else self._harm_mps(states, step, row),
                way_rad=float(row[U_YAW]),
            )
        if edge.is_driving.any():
            now_m, later_m = farthest_outside(states, self.half_length_m, self.half_width_m, edge)
            if math.isnan(self._outside_m):
                self._outside_m = max(cfg.road_margin_m, now_m + _WORSE_M)
            if later_m > self._outside_m:
                return Verdict(rule=OFF_ROAD, harm_mps=float(states[1, SPEED]))
        return _FINE

    def _harm_mps(self, states: FloatArray, step: int, row: FloatArray) -> float:
        """Return how fast the ego meets somebody; harder braking counts a little less."""
        all_of_it = float(states[step, SPEED] - _BRAKING_S * (states[0, SPEED] - states[1, SPEED]))
        if MEETS[int(row[U_RULE])] != LATERAL or not row[U_HAS_SHELL]:
            return all_of_it
        beside_mps = meeting_mps(states[step], drifting_at_worst(row), step * STEP_S, self.half_length_m)
        return min(all_of_it, _SCRAPES_MPS * math.ceil(beside_mps / _SCRAPES_MPS))

    def look(self, scene: Scene) -> Others:
        """Return who is there, and how they move."""
        tracks = scene.others
        rows = np.flatnonzero(tracks.valid[:, -1]) if tracks.num_steps else np.zeros(0, dtype=np.int64)
        if not rows.size:
            return _NOBODY
        ids = tracks.object_id[rows]
        _, yaw_rate = recent_motion(tracks, rows)
        return Others(
            ids,
            tracks.road_user[rows],
            tracks.xy_m[rows, -1],
            tracks.yaw_rad[rows, -1],
            tracks.speed_mps[rows, -1],
            yaw_rate,
            tracks.size_m[rows],
            self._are_owed(ids, scene.time_ns),
        )

    def _are_owed(self, ids: IntArray, time_ns: int) -> BoolArray:
        self._owed_ns = {one: until_ns for one, until_ns in self._owed_ns.items() if time_ns <= until_ns}
        return np.array([one in self._owed_ns for one in ids.tolist()], dtype=np.bool_)

    def reckon(self, others: Others, state: FloatArray, owes_ns: int | None = None) -> FloatArray:
        """Return (courses, columns) of all that others may do, see ``courses``.

        Args:
            others: Who is there.
            state: (5,) of the ego, see ``roll``.
            owes_ns: The time, if this is what is driven: who now gets the ego in front of it is remembered.
        """
        edge = self._edge
        found, is_beside = courses(
            state,
            self.half_length_m,
            self.half_width_m,
            state[SPEED] / -self.full_mps2 + _HORIZON_S,
            others.xy_m,
            others.yaw_rad,
            others.speed_mps,
            others.yaw_rate_radps,
            others.size_m,
            others.classes,
            others.is_owed,
            self._table,
            self._config.margin_beside_m,
            edge.first,
            edge.xy_m,
            edge.s_m,
            edge.box_m,
            edge.is_driving,
        )
        if owes_ns is not None:
            self._owed_ns.update(dict.fromkeys(others.ids[is_beside].tolist(), owes_ns + _OWED_NS))
        return found


_NOBODY = Others(
    np.zeros(0, dtype=np.int64),
    np.zeros(0, dtype=np.int64),
    np.zeros((0, 2)),
    np.zeros(0),
    np.zeros(0),
    np.zeros(0),
    np.zeros((0, 2)),
    np.zeros(0, dtype=np.bool_),
)


def _unusable(plan: Plan | None, ego: EgoState, config: SafetyConfig) -> Verdict:
    """Return why a plan cannot even be looked at."""
    if not isinstance(plan, Plan) or plan.time_s.size < 2:
        return Verdict(rule=_NO_PLAN)
    total = plan.xy_m.sum() + plan.yaw_rad.sum() + plan.accel_mps2.sum() + plan.speed_mps.sum()
    if not np.isfinite(total):
        return Verdict(rule=_NO_PLAN)
    if math.hypot(plan.xy_m[0, 0] - ego.x_m, plan.xy_m[0, 1] - ego.y_m) > config.start_gap_m:
        return Verdict(rule=KINEMATICS)
    return _FINE
