"""The planner: observe, predict, propose, roll out, judge, choose, explain."""

from __future__ import annotations

import dataclasses
import math

import numpy as np

from zhixing.datatypes.driving_wish import AS_USUAL, DrivingWish
from zhixing.datatypes.frames import wrap_rad
from zhixing.datatypes.plan import Plan
from zhixing.datatypes.scene import Briefing, EgoBody, EgoState, Scene
from zhixing.datatypes.shapes import FloatArray
from zhixing.driving.explain import explain
from zhixing.driving.interfaces import Predictor
from zhixing.driving.lane_map import lane_map_of
from zhixing.driving.prediction import MultiModalPredictor
from zhixing.driving.right_of_way import RightOfWay
from zhixing.driving.safety import SafetyChecker
from zhixing.driving.sampling.arrival import appointment
from zhixing.driving.sampling.candidates import PATH_X, PATH_YAW, paths_beside, shift_and_slope, speed_profiles
from zhixing.driving.sampling.choice import choose, way_out
from zhixing.driving.sampling.config import CHANGE, DT_S, OFFSET, STEPS, STRADDLE, SamplingConfig
from zhixing.driving.sampling.encounters import DELAYS
from zhixing.driving.sampling.hidden import hidden_costs, hidden_places
from zhixing.driving.sampling.lane_speed import CHANGES_M, held_up
from zhixing.driving.sampling.motion import ACCEL, ALONG, EMERGENCY_MPS2, SPEED, next_accel, roll_out
from zhixing.driving.sampling.own_cost import OWN_HELD_UP, OWN_HIDDEN, own_costs
from zhixing.driving.sampling.reasons import reason, without_others
from zhixing.driving.sampling.styles import styled
from zhixing.driving.sampling.surroundings import Surroundings
from zhixing.driving.sampling.targets import lateral_targets
from zhixing.driving.sampling.way import Way
from zhixing.driving.sampling.way_round import WayRound
from zhixing.driving.sampling.yielding import Yielding
from zhixing.errors import ScenarioError

_STEP_S = 0.1
_PATH_POINTS = 140
_OFF_COURSE_M = 0.6
_OVERRULED_MPS2 = 0.5
"""Braking so much harder than asked for was somebody else's doing."""
_WILLING = 0.5
"""So much less weighs going aside where that leads round somebody."""
_MOST_TRIES, _ALIKE_MPS2, _ALIKE_MPS = 5, 0.05, 0.05
"""So often the planner looks for something else where the safety rules would change what it wants."""
_FORESEEN_STEPS = 5
"""Nor shall they change it half a second later: braking then would be harsh, easing off now is not."""
_NO_FARTHER_M = 0.1
"""Who finds no way into another lane goes no farther to that side than this."""
_WORTH_IT = 0.5
"""Whoever pays so much less in a quicker lane overtakes."""
_SOON = round((_FORESEEN_STEPS + 1) * _STEP_S / DT_S)
_UNDECIDED = explain("free-road", 0, -1)
_SPARE_CANDIDATES = 500


class SamplingPlanner:
    """Chooses among a thousand motions the one that gets on best with what the others may do.

    Attributes:
        num_candidates: How many motions were considered last.
        num_users: How many road users were looked at last.

    Args:
        config: How it drives.
        predictor: Who guesses what the others do.
    """

    def __init__(self, config: SamplingConfig | None = None, predictor: Predictor | None = None) -> None:
        self._normal = config or SamplingConfig()
        self._predictor: Predictor = predictor or MultiModalPredictor()
        self._briefing: Briefing | None = None
        self._checker = SafetyChecker()
        self.num_candidates = self.num_users = 0
        self._states: FloatArray = np.zeros((0, STEPS + 1, 8))
        self._use(AS_USUAL)

    @property
    def name(self) -> str:
        """Registered name."""
        return "sampling"

    def start(self, briefing: Briefing) -> None:
        """Find the route.

        Raises:
            ScenarioError: No lane to drive on is near the start.
        """
        lane_map = lane_map_of(briefing.road)
        self._predictor.start(briefing)
        self._checker.start(briefing)
        self._briefing = briefing
        self._way = Way(briefing, lane_map)
        self._way_round = WayRound(self._way.route, lane_map, briefing.body, self._way.beside_m)
        self._right_of_way = RightOfWay(self._way.route, lane_map, knows_light=briefing.ego_light >= 0)
        self._last_s_m = self._way.route.start_m
        self._is_underway = False
        self._yielding = Yielding()
        self._asked_mps2 = -math.inf
        self._body = _body_row(briefing.body)
        self._chosen = np.array([0.0, 0.0])
        _, offset_m, yaw_rad = self._way.route.line.project(briefing.start.x_m, briefing.start.y_m)
        slope = math.tan(min(max(wrap_rad(briefing.start.yaw_rad - yaw_rad), -1.0), 1.0))
        self._shift_m, self._slope = offset_m, min(max(slope, -0.4), 0.4)
        self._settle_m = 8.0

    def plan(self, scene: Scene) -> Plan:
        """Return six seconds of the best motion.

        Raises:
            ScenarioError: ``start`` was not called.
        """
        if self._briefing is None:
            raise ScenarioError("the planner was not briefed", hint="Call start before plan.")
        if not self._is_underway or scene.wish != self._wish:
            self._use(scene.wish)
            self._way.drive_as(self._config, scene.wish, scene.time_ns)
        cfg, way, route, body = self._config, self._way, self._way.route, self._briefing.body
        ego = self._unruled(scene.ego)
        # 1. where on the route and where beside it, where to stop, and whether there is a way round somebody
        s_m = self._locate(ego)
        stops, light, light_m = way.stops(scene, s_m, cfg.yellow_decel_mps2)
        detour = self._way_round.look(scene, s_m, self._shift_m, way.allowed_at(s_m), light_m, self._wish)
        beside_m, allowed_mps, weights = way.beside_m, way.allowed_mps, self._weights
        if detour is not None:
            beside_m, allowed_mps, weights = detour.beside_m, detour.slowed(allowed_mps), self._weights_aside
        if self._way_round.wait_m < math.inf:
            stops = np.vstack((stops, (self._way_round.wait_m - 0.5 * body.length_m, 0.0, math.inf)))
        # 2. propose: paths beside the route, times how the speed changes
        targets = lateral_targets(
            beside_m, way.goal_row, body, s_m, ego.speed_mps, self._shift_m, float(self._chosen[0]),
            is_tight=detour is not None,
        )  # fmt: skip
        line = route.line
        paths = paths_beside(
            line.xy_m, line.yaw_rad, line.curvature_radpm, s_m, self._shift_m, self._slope, targets, _PATH_POINTS
        )
        profiles = speed_profiles(cfg.accel_mps2, ego.accel_mps2, paths.shape[0])
        # 3. roll out
        ego_row = np.array([ego.x_m, ego.y_m, ego.yaw_rad, ego.speed_mps, ego.accel_mps2, ego.steer_rad])
        states = self._states_of(paths.shape[0] * profiles.shape[0])
        roll_out(ego_row, self._body, paths, s_m, profiles, allowed_mps, self._jerks, states)
        # 4. what the others may do, and what the lights allow
        others = Surroundings(scene, self._predictor, states, self._yielding, self._right_of_way, s_m)
        when = appointment(self._briefing.goal, way.stretch, scene, s_m, way.allowed_at(s_m))
        # 5. judge and choose
        own = own_costs(
            states, paths, profiles, targets, self._chosen, route.room_m, beside_m, stops,
            way.goal_row, when, way.clock_s, self._body, weights,
        )  # fmt: skip
        hidden = hidden_places(scene, route, s_m)
        if hidden.shape[0]:
            own[:, OWN_HIDDEN] = hidden_costs(states, paths, profiles, hidden, self._body, cfg.hidden_weight)
        lost, slower_row = np.zeros(targets.shape[0]), np.full(targets.shape[0], -1)
        if not when.shape[0] and detour is None:
            lost, slower_row = held_up(scene, route, beside_m, targets, body, s_m, self._shift_m, way.allowed_at(s_m))
            own[:, OWN_HELD_UP] = np.repeat(cfg.held_up_weight * lost, profiles.shape[0])
        judge, foresee = self._checker.judges_of(scene, _FORESEEN_STEPS)
        first = _most_alike(targets, profiles, self._chosen, self._settle_m)
        total, wanted, passed = own.sum(axis=1), list[tuple[int, Plan]](), list[tuple[int, Plan]]()
        known = np.full((states.shape[0], 2), -1.0)

        def best_of(total: FloatArray, first: int) -> tuple[int, Plan]:
            best = choose(
                states, total, others.places, others.counts, others.worst, others.worst_counts, others.num_keys,
                ego_row, self._body, paths, s_m, profiles, allowed_mps, self._weights, self._jerks,
                self._contingency, first, others.axis, known,
            )  # fmt: skip
            path, profile = divmod(best, profiles.shape[0])
            return best, self._as_plan(paths[path], states[best], float(profiles[profile, 0]), ego)

        for _ in range(_MOST_TRIES):
            best, plan = best_of(total, first)
            path = best // profiles.shape[0]
            wanted.append((best, plan))
            along = states[path * profiles.shape[0] : (path + 1) * profiles.shape[0]]
            if judge(plan):
                # another line, or another first step: the rest of a plan is not what is judged
                alike = np.abs(along[:, 1, ACCEL] - states[best, 1, ACCEL]) < _ALIKE_MPS2
            elif foresee(plan):
                passed.append((best, plan))
                alike = along[:, _SOON, SPEED] > states[best, _SOON, SPEED] - _ALIKE_MPS
            else:
                break
            total[path * profiles.shape[0] + np.flatnonzero(alike)] = np.inf
            first = int(np.argmin(total))
        else:
            best, plan = (passed or wanted)[0]
            side_m = targets[:, 0] - self._shift_m
            there, here = wanted[0][0] // profiles.shape[0], int(np.argmin(np.abs(side_m)))
            if lost[here] > 0.0 and abs(side_m[there]) > CHANGES_M:
                # no way into another lane, it seems: what is best that goes no farther to that side?
                side_m *= np.sign(side_m[there])
                is_farther = side_m > max(_NO_FARTHER_M, float(side_m.min()))
                total = np.where(np.repeat(is_farther, profiles.shape[0]), np.inf, own.sum(axis=1))
                otherwise = best_of(total, int(np.argmin(total)))
                if not passed or not judge(otherwise[1]):
                    best, plan = otherwise
        self.num_candidates = states.shape[0]
        self.num_users = others.tracks.num_objects if others.tracks is not None else 0
        # 6. say why
        alone = without_others(own)
        path, profile = divmod(best, profiles.shape[0])
        lone_path, lone_profile = divmod(alone, profiles.shape[0])
        braking = np.empty((1, STEPS + 1, 8))
        way_out(
            ego_row, self._body, paths[lone_path], s_m, profiles[lone_profile, 0], allowed_mps, self._jerks,
            self._contingency, braking,
        )  # fmt: skip
        aside_m = abs(float(targets[lone_path, 0] - targets[path, 0]))
        why = reason(
            states, own, alone, best, braking[0], others, self._body, self._weights, route, scene, light, hidden,
            aside_m,
        )  # fmt: skip
        if detour is not None and self._way_round.is_out(s_m, float(targets[path, 0])):
            why = explain(detour.rule, int(scene.others.road_user[detour.row]), int(scene.others.object_id[detour.row]))
        elif why.rule == "follow" and own[best, OWN_HELD_UP] < own[alone, OWN_HELD_UP] - _WORTH_IT:
            passed_row = int(slower_row[lone_path])
            why = explain("overtake", int(scene.others.road_user[passed_row]), int(scene.others.object_id[passed_row]))
        if others.tracks is not None:
            delays = others.by_user(states[best], self._body, self._weights)[:, DELAYS]
            self._yielding.ask(others.tracks, delays, scene.time_ns)
        self._chosen = np.array([targets[path, 0], profiles[profile, 0]])
        self._settle_m = float(targets[path, 1])
        self._asked_mps2 = float(plan.accel_mps2[0])
        return dataclasses.replace(plan, decision=why)

    def _unruled(self, ego: EgoState) -> EgoState:
        """Return the ego as if it had not been braked harder than it asked for: brakes of others are let go at once."""
        if ego.accel_mps2 > self._asked_mps2 - _OVERRULED_MPS2:
            return ego
        return dataclasses.replace(ego, accel_mps2=min(self._asked_mps2, 0.0))

    def _use(self, wish: DrivingWish) -> None:
        """Drive as somebody wishes."""
        self._wish, cfg = wish, styled(self._normal, wish)
        self._config, self._weights = cfg, cfg.weights()
        self._weights_aside = self._weights.copy()
        self._weights_aside[[OFFSET, STRADDLE, CHANGE]] *= _WILLING
        self._jerks = np.array([cfg.jerk_mps3, cfg.brake_jerk_mps3, cfg.emergency_jerk_mps3])
        self._contingency = np.array([cfg.contingency_s, cfg.contingency_decel_mps2, cfg.gentle_decel_mps2])

    def _states_of(self, candidates: int) -> FloatArray:
        """Return (candidates, STEPS + 1, 8) room for motions; new memory each time costs more than filling it."""
        if self._states.shape[0] < candidates:
            self._states = np.zeros((candidates + _SPARE_CANDIDATES, STEPS + 1, 8))
        return self._states[:candidates]

    def _locate(self, ego: EgoState) -> float:
        """Return where on the route the ego is, near where it was; move on along the chosen path."""
        s_m, offset_m, yaw_rad = self._way.route.line.project_near(ego.x_m, ego.y_m, self._last_s_m)
        moved_m = max(s_m - self._last_s_m, 0.0)
        if self._is_underway:
            self._shift_m, self._slope = shift_and_slope(
                self._shift_m, self._slope, float(self._chosen[0]), moved_m, self._settle_m
            )
        if abs(self._shift_m - offset_m) > _OFF_COURSE_M:
            turn = wrap_rad(ego.yaw_rad - yaw_rad)
            self._shift_m, self._slope = offset_m, math.tan(min(max(turn, -0.4), 0.4))
        self._last_s_m, self._is_underway = s_m, True
        return s_m

    def _as_plan(self, path: FloatArray, rows: FloatArray, first_mps2: float, ego: EgoState) -> Plan:
        time_s = _STEP_S * np.arange(2 * STEPS + 1, dtype=np.float64)
        coarse_s = DT_S * np.arange(STEPS + 1, dtype=np.float64)
        along = np.interp(time_s, coarse_s, rows[:, ALONG] - rows[0, ALONG])
        at = np.arange(path.shape[0], dtype=np.float64)
        xy = np.stack([np.interp(along, at, path[:, PATH_X + k]) for k in (0, 1)], axis=-1)
        accel = np.interp(time_s, coarse_s, np.append(rows[1:, ACCEL], rows[-1, ACCEL]))
        wish = float(rows[1, ACCEL]) if rows[1, SPEED] > 0.0 else min(float(rows[1, ACCEL]), -ego.speed_mps / DT_S)
        wish = min(wish, first_mps2) if first_mps2 < EMERGENCY_MPS2 else wish
        accel[0] = next_accel(ego.accel_mps2, wish, self._jerks, _STEP_S)
        return Plan(
            time_s=time_s,
            xy_m=xy,
            yaw_rad=np.interp(along, at, path[:, PATH_YAW]),
            speed_mps=np.interp(time_s, coarse_s, rows[:, SPEED]),
            accel_mps2=accel,
            decision=_UNDECIDED,
        )


def _most_alike(targets: FloatArray, profiles: FloatArray, chosen: FloatArray, settle_m: float) -> int:
    """Return the candidate that is most like what was chosen before."""
    path: int = int(np.argmin(np.abs(targets[:, 0] - chosen[0]) + 0.01 * np.abs(targets[:, 1] - settle_m)))
    profile = int(np.argmin(np.abs(profiles[:, 0] - chosen[1])))
    return path * int(profiles.shape[0]) + profile


def _body_row(body: EgoBody) -> FloatArray:
    return np.array(
        [
            body.length_m,
            body.width_m,
            body.wheelbase_m,
            body.max_steer_rad,
            body.max_steer_rate_radps,
            body.min_accel_mps2,
            body.max_accel_mps2,
        ]
    )
