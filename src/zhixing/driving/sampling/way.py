"""The way of one task: the route, the room beside it, how fast it may be driven and where to stop on it."""

from __future__ import annotations

import math

import numpy as np

from zhixing.datatypes.driving_wish import DrivingWish
from zhixing.datatypes.lights import Light
from zhixing.datatypes.scene import Briefing, Scene
from zhixing.datatypes.shapes import FloatArray
from zhixing.driving.lane_map import LaneMap
from zhixing.driving.route import Route, find_route
from zhixing.driving.sampling.arrival import goal_stretch
from zhixing.driving.sampling.config import SamplingConfig
from zhixing.driving.sampling.pace import pace_for
from zhixing.driving.stop_lines import StopLines
from zhixing.driving.swept_path import fit_to_body

_STOP_BEFORE_M, _STOP_SHORT_M, _ON_THE_LINE_M, _HARD_MPS2 = 0.6, 0.05, 0.02, 7.0
_BUILD_UP_S = 0.5
"""The brake needs about this long to get where comfort allows."""
_YELLOW_LASTS_S = 2.5
"""Yellow lasts 3 s at least; half a second of it may be over."""
_NO_ROAD_M, _BEYOND_GOAL_M = 1.0, 5
_LEAST_PACE_MPS = 0.5


class Way:
    """What is known of the way once a task begins.

    Attributes:
        route: From start to goal, bent where the body needs it.
        stretch: Where the route leads through the goal, None where it does not.
        beside_m: (points, 2) room to the edge of the road, right and left; where the map knows none, any.
        goal_row: (7,) see ``own_costs``.
        allowed_mps: (points,) how fast one may be at every metre of the route's line.
        clock_s: (points,) how long it takes to each of them at that speed.

    Args:
        briefing: The task.
        lane_map: The lanes of its road.

    Raises:
        ScenarioError: No lane to drive on is near the start.
    """

    def __init__(self, briefing: Briefing, lane_map: LaneMap) -> None:
        goal, body = briefing.goal, briefing.body
        self.route = fit_to_body(find_route(lane_map, briefing.start, goal), body, lane_map)
        self.stretch = goal_stretch(self.route, goal)
        self.beside_m = _room_on_the_way(self.route)
        sides_m = (self.stretch.right_m, self.stretch.left_m) if self.stretch else (-math.inf, math.inf)
        self.goal_row = np.array([goal.x_min_m, goal.x_max_m, goal.y_min_m, goal.y_max_m, self.route.goal_m, *sides_m])
        self.allowed_mps = self.clock_s = np.zeros(0)
        self._briefing = briefing
        self._is_unsigned = not np.isfinite(lane_map.speed_limit_mps).any()
        self._road_end_m = _road_end_m(self.route, briefing)
        self._stop_lines = StopLines(self.route, briefing)
        self._began_ns: int | None = None

    def drive_as(self, config: SamplingConfig, wish: DrivingWish, now_ns: int) -> None:
        """Reckon how fast the way may be driven by a driver, and as somebody wishes."""
        self._began_ns = now_ns if self._began_ns is None else self._began_ns
        pace_mps = pace_for(
            self.route, config, self._briefing, self.stretch, self._began_ns, is_unsigned=self._is_unsigned
        )
        self.allowed_mps = np.minimum(pace_mps, wish.max_speed_mps)
        self.clock_s = np.cumsum(1.0 / np.maximum(self.allowed_mps, _LEAST_PACE_MPS))

    def allowed_at(self, s_m: float) -> float:
        """Return how fast one may be at a place on the route's line, m/s."""
        return float(self.allowed_mps[min(max(int(s_m), 0), self.allowed_mps.shape[0] - 1)])

    def stops(self, scene: Scene, s_m: float, yellow_decel_mps2: float) -> tuple[FloatArray, int, float]:
        """Return where one may not pass, what the first light that forbids going on shows, and how far it is.

        Args:
            scene: What is there now.
            s_m: Where on the route's line the ego's centre is.
            yellow_decel_mps2: Stop at yellow if this suffices.

        Returns:
            (stops, 3) where the box centre may not pass, from when until when; the light, ``GREEN`` where there is
            none; and the distance to it in m, infinite where there is none.
        """
        end_m = self._road_end_m - 0.5 * self._briefing.body.length_m - _STOP_BEFORE_M
        rows = [(end_m, 0.0, math.inf)] if end_m < math.inf else []
        speed_mps = scene.ego.speed_mps
        ahead = self._stop_lines.ahead(scene, s_m)
        for stop in ahead:
            stops_m = speed_mps**2 / (2.0 * _HARD_MPS2) + _STOP_SHORT_M
            short_m = min(stop.distance_m - _STOP_SHORT_M, stops_m)
            at_m = s_m + max(stop.distance_m - _STOP_BEFORE_M, short_m, _ON_THE_LINE_M)
            room_m = stop.distance_m - _STOP_BEFORE_M - _BUILD_UP_S * speed_mps
            comfortable = speed_mps**2 <= 2.0 * yellow_decel_mps2 * max(room_m, 0.0)
            waits = stop.light == Light.RED or comfortable
            rows.append((at_m, 0.0 if waits else _YELLOW_LASTS_S, math.inf))
        first, first_m = (ahead[0].light, ahead[0].distance_m) if ahead else (Light.GREEN, math.inf)
        return np.array(rows, dtype=np.float64).reshape(-1, 3), first, first_m


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
