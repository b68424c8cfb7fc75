"""The planner: observe, predict, propose, roll out, judge, choose, explain."""

from __future__ import annotations

import math

import numpy as np

from zhixing.datatypes.driving_wish import AS_USUAL, DrivingWish
from zhixing.datatypes.frames import wrap_rad
from zhixing.datatypes.lights import Light
from zhixing.datatypes.plan import Decision, Plan
from zhixing.datatypes.scene import Briefing, EgoBody, EgoState, Scene
from zhixing.datatypes.shapes import FloatArray
from zhixing.driving.interfaces import Predictor
from zhixing.driving.lane_map import lane_map_of
from zhixing.driving.prediction import MultiModalPredictor
from zhixing.driving.route import Route, find_route
from zhixing.driving.sampling.arrival import appointment, goal_stretch
from zhixing.driving.sampling.candidates import PATH_X, PATH_YAW, paths_beside, shift_and_slope, speed_profiles
from zhixing.driving.sampling.choice import choose, way_out
from zhixing.driving.sampling.config import DT_S, STEPS, SamplingConfig
from zhixing.driving.sampling.hidden import hidden_costs, hidden_places
from zhixing.driving.sampling.motion import ACCEL, ALONG, EMERGENCY_MPS2, SPEED, next_accel, roll_out
from zhixing.driving.sampling.own_cost import OWN_HIDDEN, own_costs
from zhixing.driving.sampling.pace import pace_for
from zhixing.driving.sampling.reasons import reason, without_others
from zhixing.driving.sampling.styles import styled
from zhixing.driving.sampling.surroundings import Surroundings
from zhixing.driving.sampling.targets import lateral_targets
from zhixing.driving.stop_lines import StopLines
from zhixing.driving.swept_path import fit_to_body
from zhixing.errors import ScenarioError

_STEP_S = 0.1
_PATH_POINTS = 140
_STOP_BEFORE_M, _STOP_SHORT_M, _ON_THE_LINE_M, _HARD_MPS2 = 0.6, 0.05, 0.02, 7.0
_BUILD_UP_S = 0.5
"""The brake needs about this long to get where comfort allows."""
_YELLOW_LASTS_S = 2.5
"""Yellow lasts 3 s at least; half a second of it may be over."""
_OFF_COURSE_M = 0.6
_NO_ROAD_M, _BEYOND_GOAL_M = 1.0, 5
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
        self._briefing = briefing
        self._route = fit_to_body(find_route(lane_map, briefing.start, briefing.goal), briefing.body, lane_map)
        self._stretch = goal_stretch(self._route, briefing.goal)
        goal, stretch = briefing.goal, self._stretch
        beside_goal_m = (stretch.right_m, stretch.left_m) if stretch else (-math.inf, math.inf)
        self._goal_row = np.array(
            [goal.x_min_m, goal.x_max_m, goal.y_min_m, goal.y_max_m, self._route.goal_m, *beside_goal_m]
        )
        self._is_unsigned = not np.isfinite(lane_map.speed_limit_mps).any()
        self._beside_m = _room_on_the_way(self._route)
        self._road_end_m = _road_end_m(self._route, briefing)
        self._stop_lines = StopLines(self._route, briefing)
        self._last_s_m = self._route.start_m
        self._is_underway = False
        self._body = _body_row(briefing.body)
        self._chosen = np.array([0.0, 0.0])
        _, offset_m, yaw_rad = self._route.line.project(briefing.start.x_m, briefing.start.y_m)
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
            if not self._is_underway:
                self._began_ns = scene.time_ns
            pace_mps = pace_for(
                self._route, self._config, self._briefing, self._stretch, self._began_ns, is_unsigned=self._is_unsigned
            )
            self._allowed_mps = np.minimum(pace_mps, scene.wish.max_speed_mps)
        cfg, route, ego = self._config, self._route, scene.ego
        # 1. where on the route, and where beside it
        s_m = self._locate(ego)
        # 2. propose: paths beside the route, times how the speed changes
        targets = lateral_targets(route, self._briefing.body, s_m, ego.speed_mps, self._shift_m, float(self._chosen[0]))
        line = route.line
        paths = paths_beside(
            line.xy_m, line.yaw_rad, line.curvature_radpm, s_m, self._shift_m, self._slope, targets, _PATH_POINTS
        )
        profiles = speed_profiles(cfg.accel_mps2, ego.accel_mps2, paths.shape[0])
        # 3. roll out
        ego_row = np.array([ego.x_m, ego.y_m, ego.yaw_rad, ego.speed_mps, ego.accel_mps2, ego.steer_rad])
        states = self._states_of(paths.shape[0] * profiles.shape[0])
        roll_out(ego_row, self._body, paths, s_m, profiles, self._allowed_mps, self._jerks, states)
        # 4. what the others may do, and what the lights allow
        others = Surroundings(scene, self._predictor, states)
        stops, light = self._stops(scene, s_m)
        goal = self._briefing.goal
        usual_mps = float(self._allowed_mps[min(max(int(s_m), 0), self._allowed_mps.shape[0] - 1)])
        when = appointment(goal, self._stretch, scene, s_m, usual_mps)
        # 5. judge and choose
        own = own_costs(
            states, paths, profiles, targets, self._chosen, route.room_m, self._beside_m, stops,
            self._goal_row, when,
            self._body, self._weights,
        )  # fmt: skip
        hidden = hidden_places(scene, route, s_m)
        if hidden.shape[0]:
            own[:, OWN_HIDDEN] = hidden_costs(states, paths, profiles, hidden, self._body, cfg.hidden_weight)
        best = choose(
            states, own.sum(axis=1), others.places, others.counts, others.worst, others.worst_counts, others.num_keys,
            ego_row, self._body, paths, s_m, profiles, self._allowed_mps, self._weights, self._jerks, self._contingency,
            _most_alike(targets, profiles, self._chosen, self._settle_m), others.axis,
        )  # fmt: skip
        self.num_candidates = states.shape[0]
        self.num_users = others.tracks.num_objects if others.tracks is not None else 0
        # 6. say why
        alone = without_others(own)
        path, profile = divmod(best, profiles.shape[0])
        lone_path, lone_profile = divmod(alone, profiles.shape[0])
        braking = np.empty((1, STEPS + 1, 8))
        way_out(
            ego_row, self._body, paths[lone_path], s_m, profiles[lone_profile, 0], self._allowed_mps, self._jerks,
            self._contingency, braking,
        )  # fmt: skip
        aside_m = abs(float(targets[lone_path, 0] - targets[path, 0]))
        why = reason(
            states, own, alone, best, braking[0], others, self._body, self._weights, route, scene, light, hidden,
            aside_m,
        )  # fmt: skip
        self._chosen = np.array([targets[path, 0], profiles[profile, 0]])
        self._settle_m = float(targets[path, 1])
        return self._as_plan(paths[path], states[best], float(profiles[profile, 0]), ego, why)

    def _use(self, wish: DrivingWish) -> None:
        """Drive as somebody wishes."""
        self._wish, cfg = wish, styled(self._normal, wish)
        self._config, self._weights = cfg, cfg.weights()
        self._jerks = np.array([cfg.jerk_mps3, cfg.brake_jerk_mps3, cfg.emergency_jerk_mps3])
        self._contingency = np.array([cfg.contingency_s, cfg.contingency_decel_mps2])

    def _states_of(self, candidates: int) -> FloatArray:
        """Return (candidates, STEPS + 1, 8) room for motions; new memory each time costs more than filling it."""
        if self._states.shape[0] < candidates:
            self._states = np.zeros((candidates + _SPARE_CANDIDATES, STEPS + 1, 8))
        return self._states[:candidates]

    def _locate(self, ego: EgoState) -> float:
        """Return where on the route the ego is, near where it was; move on along the chosen path."""
        s_m, offset_m, yaw_rad = self._route.line.project_near(ego.x_m, ego.y_m, self._last_s_m)
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

    def _stops(self, scene: Scene, s_m: float) -> tuple[FloatArray, int]:
        """Return (stops, 3) where the box centre may not pass, from when until when, and what the first light shows."""
        end_m = self._road_end_m - 0.5 * float(self._body[0]) - _STOP_BEFORE_M
        rows = [(end_m, 0.0, math.inf)] if end_m < math.inf else []
        ahead = self._stop_lines.ahead(scene, s_m)
        for stop in ahead:
            stops_m = scene.ego.speed_mps**2 / (2.0 * _HARD_MPS2) + _STOP_SHORT_M
            short_m = min(stop.distance_m - _STOP_SHORT_M, stops_m)
            at_m = s_m + max(stop.distance_m - _STOP_BEFORE_M, short_m, _ON_THE_LINE_M)
            room_m = stop.distance_m - _STOP_BEFORE_M - _BUILD_UP_S * scene.ego.speed_mps
            comfortable = scene.ego.speed_mps**2 <= 2.0 * self._config.yellow_decel_mps2 * max(room_m, 0.0)
            waits = stop.light == Light.RED or comfortable
            rows.append((at_m, 0.0 if waits else _YELLOW_LASTS_S, math.inf))
        return np.array(rows, dtype=np.float64).reshape(-1, 3), ahead[0].light if ahead else Light.GREEN

    def _as_plan(self, path: FloatArray, rows: FloatArray, first_mps2: float, ego: EgoState, why: Decision) -> Plan:
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
            decision=why,
        )


def _road_end_m(route: Route, briefing: Briefing) -> float:
    """Return where on the route's line the road ends for a goal without a place, infinity for others."""
    if briefing.goal.has_place:
        return math.inf
    on_road = np.flatnonzero(route.beside_m.sum(axis=1) > _NO_ROAD_M)
    return float(route.line.s_m[on_road[-1]]) if on_road.size else math.inf


def _room_on_the_way(route: Route) -> FloatArray:
    """Return (points, 2) room to the edge of the road; where the map knows none on the way to the goal, any."""
    room_m = route.beside_m.copy()
    is_unknown = room_m.sum(axis=1) < _NO_ROAD_M
    is_unknown[int(route.goal_m) + _BEYOND_GOAL_M :] = False
    room_m[is_unknown] = math.inf
    return room_m


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
