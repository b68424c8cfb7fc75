"""The first driver: follows its route, keeps its distance, stops at lights, gives way.

Longitudinal: the intelligent driver model (Treiber, Hennecke, Helbing 2000) towards whatever is in the way; the most
careful wish wins. It never changes lanes except where the route does, and does not negotiate.
"""

from __future__ import annotations

import math
import weakref
from dataclasses import dataclass

import numpy as np
from numba import njit

from zhixing.datatypes.lights import Light
from zhixing.datatypes.plan import Plan
from zhixing.datatypes.road import NO_LIGHT, Road
from zhixing.datatypes.scene import Briefing, Scene
from zhixing.datatypes.shapes import FloatArray, IntArray
from zhixing.driving.conflicts import CROSSING, NONE, find_conflicts
from zhixing.driving.explain import explain
from zhixing.driving.lane_map import LaneMap, build_lane_map
from zhixing.driving.route import Route, find_route
from zhixing.errors import ScenarioError

_STEP_S = 0.1
_PLAN_STEPS = 51
_UNMAPPED_LIMIT_MPS = 8.0


@dataclass(frozen=True, slots=True, kw_only=True)
class IdmConfig:
    """How the driver drives.

    Attributes:
        time_headway_s: Behind a leader (Treiber 2000 gives 1.6 for motorways; Chinese city traffic keeps less).
        standstill_gap_m: To a standing leader.
        accel_mps2: When the road is free; below the comfort bound of 2.40.
        decel_mps2: That is comfortable; below the comfort bound of 4.05.
        lateral_accel_mps2: In curves; below the comfort bound of 4.89.
        jerk_mps3: Change of acceleration unless there is an emergency; below the comfort bound of 4.13.
        emergency_decel_mps2: From here on comfort does not count.
        yellow_decel_mps2: Stop at yellow if this suffices.
    """

    time_headway_s: float = 1.0
    standstill_gap_m: float = 2.0
    accel_mps2: float = 2.2
    decel_mps2: float = 2.5
    lateral_accel_mps2: float = 2.5
    jerk_mps3: float = 3.8
    emergency_decel_mps2: float = 3.9
    yellow_decel_mps2: float = 3.0


class IdmPlanner:
    """Drives a route by the intelligent driver model.

    Args:
        config: How it drives.
    """

    def __init__(self, config: IdmConfig | None = None) -> None:
        self._config = config or IdmConfig()
        self._maps: weakref.WeakKeyDictionary[Road, LaneMap] = weakref.WeakKeyDictionary()
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
        lane_map = self._maps.get(briefing.road)
        if lane_map is None:
            lane_map = self._maps[briefing.road] = build_lane_map(briefing.road)
        self._briefing = briefing
        self._route = find_route(lane_map, briefing.start, briefing.goal)
        self._allowed_mps = _allowed_speed(self._route, self._config)
        self._last_s_m = self._route.start_m
        self._passed_stops: set[int] = set()

    def plan(self, scene: Scene) -> Plan:
        """Return five seconds along the route.

        Raises:
            ScenarioError: ``start`` was not called.
        """
        if self._briefing is None:
            raise ScenarioError("the planner was not briefed", hint="Call start before plan.")
        cfg, line, body, ego = self._config, self._route.line, self._briefing.body, scene.ego
        # 1. where on the route
        s_m = self._locate(ego.x_m, ego.y_m)
        allowed = float(np.interp(s_m + 0.5 * ego.speed_mps * _STEP_S, line.s_m, self._allowed_mps))
        # 2. the free road
        accel = _idm(
            ego.speed_mps,
            max(allowed, 0.1),
            math.inf,
            0.0,
            cfg.time_headway_s,
            cfg.standstill_gap_m,
            cfg.accel_mps2,
            cfg.decel_mps2,
        )
        rule = self._free_rule(s_m, allowed)
        row, gap_m, lead_mps = -1, math.inf, 0.0
        # 3. whoever is in the way
        others = scene.others
        if others.num_objects and others.num_steps:
            now = np.flatnonzero(others.valid[:, -1])
            kind, gaps, speeds = find_conflicts(
                line.xy_m,
                line.s_m,
                line.yaw_rad,
                s_m,
                ego.speed_mps,
                allowed,
                body.length_m,
                body.width_m,
                others.xy_m[now, -1],
                others.yaw_rad[now, -1],
                others.speed_mps[now, -1],
                others.size_m[now],
                others.road_user[now],
            )
            wishes = _wishes(
                kind,
                gaps,
                speeds,
                ego.speed_mps,
                max(allowed, 0.1),
                cfg.time_headway_s,
                cfg.standstill_gap_m,
                cfg.accel_mps2,
                cfg.decel_mps2,
            )
            if wishes.size:
                most = int(np.argmin(wishes))
                if kind[most] != NONE and wishes[most] < accel:
                    accel, row, rule = (
                        float(wishes[most]),
                        int(now[most]),
                        "yield" if kind[most] == CROSSING else "follow",
                    )
                    gap_m, lead_mps = float(gaps[most]), float(speeds[most])
        # 4. lights
        wait_m, colour = self._wait(scene, s_m, ego.speed_mps)
        if wait_m < math.inf:
            wish = _stop_accel(ego.speed_mps, wait_m, cfg.accel_mps2, cfg.decel_mps2)
            if wish < accel:
                accel, row, gap_m, lead_mps = wish, -1, wait_m, 0.0
                rule = "red-light" if colour == Light.RED else "yellow-light"
        # 5. comfort, unless it is an emergency
        if accel < -cfg.emergency_decel_mps2:
            accel = max(accel, body.min_accel_mps2)
            rule = "emergency" if row >= 0 else rule
        else:
            step = cfg.jerk_mps3 * _STEP_S
            accel = min(max(accel, ego.accel_mps2 - step), ego.accel_mps2 + step)
        accel = min(accel, cfg.accel_mps2)
        # 6. the plan
        ahead = _profile(
            ego.speed_mps,
            accel,
            s_m,
            gap_m,
            lead_mps,
            line.s_m,
            self._allowed_mps,
            cfg.time_headway_s,
            cfg.standstill_gap_m,
            cfg.accel_mps2,
            cfg.decel_mps2,
        )
        along = ahead[:, 0]
        xy = np.stack(
            (np.interp(along, line.s_m, line.xy_m[:, 0]), np.interp(along, line.s_m, line.xy_m[:, 1])), axis=-1
        )
        who = int(others.road_user[row]) if row >= 0 else 0
        return Plan(
            time_s=_TIME_S,
            xy_m=xy,
            yaw_rad=np.interp(along, line.s_m, line.yaw_rad),
            speed_mps=ahead[:, 1].copy(),
            accel_mps2=ahead[:, 2].copy(),
            decision=explain(rule, who, int(others.object_id[row]) if row >= 0 else -1),
        )

    def _locate(self, x_m: float, y_m: float) -> float:
        """Return where on the route the ego is: near where it was, so that loops do not confuse it."""
        line = self._route.line
        first = max(0, int(self._last_s_m) - 15)
        last = min(line.s_m.shape[0], int(self._last_s_m) + 40)
        distance = np.hypot(line.xy_m[first:last, 0] - x_m, line.xy_m[first:last, 1] - y_m)
        if not distance.size or float(distance.min()) > 15.0:
            self._last_s_m = line.project(x_m, y_m)[0]
            return self._last_s_m
        near = first + int(np.argmin(distance))
        c, s = math.cos(line.yaw_rad[near]), math.sin(line.yaw_rad[near])
        self._last_s_m = float(line.s_m[near] + c * (x_m - line.xy_m[near, 0]) + s * (y_m - line.xy_m[near, 1]))
        return self._last_s_m

    def _free_rule(self, s_m: float, allowed_mps: float) -> str:
        if not self._route.is_mapped:
            return "no-route"
        if s_m > self._route.goal_m - 5.0:
            return "goal"
        limit = float(np.interp(s_m, self._route.line.s_m, self._route.limit_mps))
        return "curve" if allowed_mps < 0.7 * limit else "free-road"

    def _wait(self, scene: Scene, s_m: float, speed_mps: float) -> tuple[float, int]:
        """Return the distance from the front to where one has to wait, infinity if one may go, and the light."""
        route, briefing = self._route, self._briefing
        front_m = s_m + 0.5 * briefing.body.length_m if briefing else s_m
        for k in range(route.stop_m.shape[0]):
            distance_m = float(route.stop_m[k]) - front_m
            if distance_m < -0.2:
                self._passed_stops.add(k)
            if k in self._passed_stops:
                continue
            if distance_m > 120.0:
                break
            group = int(route.stop_group[k])
            is_own_light = briefing is not None and briefing.ego_light >= 0
            if is_own_light and briefing is not None:
                group = briefing.ego_light if k == 0 else NO_LIGHT
            if group == NO_LIGHT or group >= scene.lights.shape[0]:
                continue
            light = int(scene.lights[group])
            if is_own_light and route.stop_is_right_turn[k]:
                continue  # right turns at red are legal after giving way
            needed = speed_mps**2 / (2.0 * max(distance_m, 0.1))
            if light == Light.RED and needed <= 7.0:
                return distance_m - 0.8, light
            if light == Light.YELLOW and needed <= self._config.yellow_decel_mps2:
                return distance_m - 0.8, light
        return math.inf, Light.GREEN


_TIME_S: FloatArray = _STEP_S * np.arange(_PLAN_STEPS, dtype=np.float64)


def _allowed_speed(route: Route, config: IdmConfig) -> FloatArray:
    """Return (points,) the speed that limit and curves allow, with room to slow down before they do."""
    line = route.line
    curve = np.sqrt(config.lateral_accel_mps2 / np.maximum(np.abs(line.curvature_radpm), 1e-4))
    allowed: FloatArray = np.minimum(route.limit_mps, curve)
    if not route.is_mapped:
        allowed = np.minimum(allowed, _UNMAPPED_LIMIT_MPS)
    for k in range(allowed.shape[0] - 2, -1, -1):
        gap = line.s_m[k + 1] - line.s_m[k]
        allowed[k] = min(allowed[k], math.sqrt(allowed[k + 1] ** 2 + 2.0 * 1.8 * gap))
    return allowed


@njit(cache=True)
def _idm(v: float, v0: float, gap: float, lead: float, headway: float, standstill: float, a: float, b: float) -> float:
    """Return the acceleration of the intelligent driver model, with a soft pull back to the wanted speed."""
    free = a * (1.0 - (v / v0) ** 4) if v <= v0 else max(-b, -1.0 * (v - v0) - 0.5 * b * (v / v0 - 1.0))
    if gap == np.inf:
        return free
    wanted = standstill + max(0.0, v * headway + v * (v - lead) / (2.0 * math.sqrt(a * b)))
    return min(free, a * (1.0 - (wanted / max(gap, 0.1)) ** 2))


@njit(cache=True)
def _wishes(
    kind: IntArray,
    gap: FloatArray,
    speed: FloatArray,
    v: float,
    v0: float,
    headway: float,
    standstill: float,
    a: float,
    b: float,
) -> FloatArray:
    wishes = np.full(kind.shape[0], np.inf)
    for k in range(kind.shape[0]):
        if kind[k] == 1:
            wishes[k] = _idm(v, v0, gap[k], speed[k], headway, standstill, a, b)
        elif kind[k] == 2:
            wishes[k] = _stop_accel(v, gap[k], a, b)
    return wishes


@njit(cache=True)
def _stop_accel(v: float, distance: float, a: float, b: float) -> float:
    """Return the acceleration with which one comes to stand at a point: late enough not to crawl, soft at the end."""
    if distance < 0.3:
        return -min(8.0, max(1.0, v * v / (2.0 * max(distance, 0.2)))) if v > 0.05 else -1.0
    needed = v * v / (2.0 * distance)
    if needed > b:
        return -needed * 1.05
    return min(a, 2.0 * (math.sqrt(2.0 * 0.75 * b * distance) - v))


@njit(cache=True)
def _profile(
    v: float,
    accel: float,
    s: float,
    gap: float,
    lead: float,
    line_s: FloatArray,
    allowed: FloatArray,
    headway: float,
    standstill: float,
    a: float,
    b: float,
) -> FloatArray:
    """Return (steps, 3) distance along the line, speed and acceleration of the next five seconds."""
    rows = np.empty((51, 3))
    now = accel
    for k in range(51):
        if k > 0:
            free = gap - (s - rows[0, 0]) + lead * k * 0.1
            v0 = max(0.1, allowed[min(allowed.shape[0] - 1, max(0, int(s)))])
            wish = (
                _idm(v, v0, free, lead, headway, standstill, a, b)
                if gap < np.inf
                else _idm(v, v0, np.inf, 0.0, headway, standstill, a, b)
            )
            now = min(max(wish, now - 0.38, -8.0), now + 0.38)
        rows[k, 0], rows[k, 1], rows[k, 2] = s, v, now
        later = max(0.0, v + now * 0.1)
        s = min(s + 0.05 * (v + later), line_s[-1])
        v = later
    return rows
