"""The first driver: follows its route, keeps its distance, stops at lights, gives way.

Along the route: the intelligent driver model (see ``following``) towards whatever is in the way; the most careful wish
wins. Across the lane: as far beside the middle as others make it better (see ``others``). It never changes lanes except
where the route does, and does not negotiate.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numba import njit

from zhixing.datatypes.frames import wrap_rad
from zhixing.datatypes.lights import Light
from zhixing.datatypes.plan import Decision, Plan
from zhixing.datatypes.scene import Briefing, EgoState, Scene
from zhixing.datatypes.shapes import FloatArray
from zhixing.driving.explain import explain
from zhixing.driving.following import follow_accel, free_accel, stop_accel
from zhixing.driving.lane_map import lane_map_of
from zhixing.driving.others import Moment, least_trouble, others_now
from zhixing.driving.route import find_route
from zhixing.driving.route_speed import speed_along
from zhixing.driving.sideways import beginning
from zhixing.driving.stop_lines import StopLines
from zhixing.driving.wish import NOTHING, IdmConfig, Wish, as_wished
from zhixing.errors import ScenarioError

__all__ = ["IdmConfig", "IdmPlanner"]

_STEP_S = 0.1
_PLAN_STEPS = 51
_SLOW_DOWN_MPS2 = 1.8
_STANDING_MPS = 0.3
_STOP_BEFORE_M = 0.8
_NOTICED_MPS2 = -0.5
"""People ask why somebody brakes harder than this."""


class IdmPlanner:
    """Drives a route by the intelligent driver model.

    Args:
        config: How it drives.
    """

    def __init__(self, config: IdmConfig | None = None) -> None:
        self._own_config = self._config = config or IdmConfig()
        self._briefing: Briefing | None = None

    @property
    def name(self) -> str:
        """Registered name."""
        return "idm"

    def start(self, briefing: Briefing) -> None:
        """Find the route.

        Raises:
            ScenarioError: No lane to drive on is near the start.
        """
        lane_map = lane_map_of(briefing.road)
        self._briefing = briefing
        self._route = find_route(lane_map, briefing.start, briefing.goal)
        route = self._route
        self._allowed_mps = speed_along(
            route, briefing.body, route.limit_mps, route.line.curvature_radpm, self._config.lateral_accel_mps2,
            _SLOW_DOWN_MPS2,
        )  # fmt: skip
        self._last_s_m = self._route.start_m
        self._stop_lines = StopLines(self._route, briefing)
        _, offset_m, yaw_rad = self._route.line.project(briefing.start.x_m, briefing.start.y_m)
        self._sideways = beginning(offset_m, wrap_rad(briefing.start.yaw_rad - yaw_rad))

    def plan(self, scene: Scene) -> Plan:
        """Return five seconds along the route.

        Raises:
            ScenarioError: ``start`` was not called.
        """
        if self._briefing is None:
            raise ScenarioError("the planner was not briefed", hint="Call start before plan.")
        line, ego = self._route.line, scene.ego
        self._config = as_wished(self._own_config, scene.wish)
        # 1. where on the route
        before_m = self._last_s_m
        s_m, _, _ = line.project_near(ego.x_m, ego.y_m, before_m)
        self._last_s_m = s_m
        self._sideways = self._sideways.after(s_m - before_m, ego.speed_mps, self._sideways.target_m)
        allowed = max(0.1, float(np.interp(s_m + 0.5 * ego.speed_mps * _STEP_S, line.s_m, self._allowed_mps)))
        # 2. what the free road, the others and the lights allow: the most careful wish wins
        free = free_accel(ego.speed_mps, allowed, self._config.accel_mps2, self._config.decel_mps2)
        moment = Moment(s_m=s_m, speed_mps=ego.speed_mps, allowed_mps=allowed, free_mps2=free, sideways=self._sideways)
        wish = min(
            Wish(free, self._free_rule(s_m, allowed, free)),
            self._others(scene, moment),
            self._lights(scene, s_m),
            key=lambda one: one.accel_mps2,
        )
        # 3. comfort, unless it is an emergency
        accel, rule = self._smoothed(wish, ego)
        if rule == "follow" and ego.speed_mps < _STANDING_MPS and wish.lead_mps < _STANDING_MPS:
            rule = "queue"
        # 4. the plan
        others = scene.others
        return self._along_route(
            s_m,
            ego.speed_mps,
            accel,
            wish,
            explain(
                rule,
                int(others.road_user[wish.row]) if wish.row >= 0 else 0,
                int(others.object_id[wish.row]) if wish.row >= 0 else -1,
            ),
        )

    def _others(self, scene: Scene, ego: Moment) -> Wish:
        """Return what the others ask for, and go to where across the lane they ask least."""
        others = others_now(scene.others)
        wish, target_m = NOTHING, 0.0
        if others is not None and self._briefing is not None:
            wish, target_m = least_trouble(others, self._route, self._briefing.body, self._config, ego)
        self._sideways = replace(self._sideways, target_m=target_m)
        return wish

    def _smoothed(self, wish: Wish, ego: EgoState) -> tuple[float, str]:
        """Return the acceleration to ask for and the rule to name."""
        cfg = self._config
        if wish.accel_mps2 < -cfg.emergency_decel_mps2:
            return wish.accel_mps2, "emergency" if wish.row >= 0 else wish.rule
        least = ego.accel_mps2 - cfg.brake_jerk_mps3 * _STEP_S
        most = ego.accel_mps2 + (cfg.jerk_mps3 if ego.accel_mps2 > 0.0 else cfg.brake_jerk_mps3) * _STEP_S
        return min(max(wish.accel_mps2, least), most, cfg.accel_mps2), wish.rule

    def _along_route(self, s_m: float, speed_mps: float, accel_mps2: float, wish: Wish, decision: Decision) -> Plan:
        cfg, line = self._config, self._route.line
        ahead = _profile(
            speed_mps,
            accel_mps2,
            s_m,
            wish.gap_m,
            wish.lead_mps,
            line.s_m,
            self._allowed_mps,
            wish.rule == "follow",
            cfg.time_headway_s,
            cfg.standstill_gap_m,
            cfg.accel_mps2,
            cfg.decel_mps2,
            cfg.brake_jerk_mps3 * _STEP_S,
        )
        along = ahead[:, 0]
        shift_m, slope = self._sideways.ahead(along - s_m, speed_mps)
        yaw = np.interp(along, line.s_m, line.yaw_rad)
        xy = np.stack(
            (
                np.interp(along, line.s_m, line.xy_m[:, 0]) - shift_m * np.sin(yaw),
                np.interp(along, line.s_m, line.xy_m[:, 1]) + shift_m * np.cos(yaw),
            ),
            axis=-1,
        )
        return Plan(
            time_s=_TIME_S,
            xy_m=xy,
            yaw_rad=yaw + np.arctan(slope),
            speed_mps=ahead[:, 1].copy(),
            accel_mps2=ahead[:, 2].copy(),
            decision=decision,
        )

    def _free_rule(self, s_m: float, allowed_mps: float, accel_mps2: float) -> str:
        if not self._route.is_mapped:
            return "no-route"
        if s_m > self._route.goal_m - 5.0:
            return "goal"
        limit = float(np.interp(s_m, self._route.line.s_m, self._route.limit_mps))
        is_before_curve = accel_mps2 < _NOTICED_MPS2 and allowed_mps < 0.95 * limit
        return "curve" if is_before_curve or allowed_mps < 0.7 * limit else "free-road"

    def _lights(self, scene: Scene, s_m: float) -> Wish:
        """Return what the next light asks for."""
        cfg = self._config
        for stop in self._stop_lines.ahead(scene, s_m):
            if stop.light == Light.RED or stop.needed_mps2 <= cfg.yellow_decel_mps2:
                wait_m = stop.distance_m - _STOP_BEFORE_M
                accel = stop_accel(scene.ego.speed_mps, wait_m, cfg.accel_mps2, cfg.decel_mps2)
                return Wish(accel, "red-light" if stop.light == Light.RED else "yellow-light", -1, wait_m)
        return NOTHING


_TIME_S: FloatArray = _STEP_S * np.arange(_PLAN_STEPS, dtype=np.float64)


@njit(cache=True)
def _profile(
    v: float,
    accel: float,
    s: float,
    gap: float,
    lead: float,
    line_s: FloatArray,
    allowed: FloatArray,
    follows: bool,
    headway: float,
    standstill: float,
    a: float,
    b: float,
    jerk_step: float,
) -> FloatArray:
    """Return (steps, 3) distance along the line, speed and acceleration of the next five seconds."""
    rows = np.empty((_PLAN_STEPS, 3))
    now = accel
    for k in range(_PLAN_STEPS):
        if k > 0:
            v0 = max(0.1, allowed[min(allowed.shape[0] - 1, max(0, int(s)))])
            wish = free_accel(v, v0, a, b)
            if gap < np.inf:
                left = gap - (s - rows[0, 0]) + lead * k * _STEP_S
                if follows:
                    wish = min(wish, follow_accel(v, left, lead, 0.0, headway, standstill, a, b))
                else:
                    wish = min(wish, stop_accel(v, left, a, b))
            now = min(max(wish, now - jerk_step, -8.0), now + jerk_step)
        rows[k, 0], rows[k, 1], rows[k, 2] = s, v, now
        later = max(0.0, v + now * _STEP_S)
        s = min(s + 0.5 * _STEP_S * (v + later), line_s[-1])
        v = later
    return rows
