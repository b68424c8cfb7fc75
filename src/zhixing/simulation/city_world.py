"""The endless ride: the built-in city with traffic, and one goal after the other."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace

import numpy as np

from zhixing.datatypes.plan import Control
from zhixing.datatypes.road import LaneKind, Road
from zhixing.datatypes.scene import Briefing, EgoBody, EgoState, Goal, Scene
from zhixing.driving.bicycle import step_bicycle
from zhixing.driving.lane_map import lane_map_of
from zhixing.simulation.city import build_city
from zhixing.simulation.city_life import CityLife, wet_mps2
from zhixing.simulation.collision import is_at_fault, touching
from zhixing.simulation.districts import DistrictMap, zoned
from zhixing.simulation.drivable import drivable_area
from zhixing.simulation.road_lights import RoadLights
from zhixing.simulation.traffic.crowd import Crowd
from zhixing.simulation.weather import Rain
from zhixing.simulation.world import STEP_NS, STEP_S

_GOAL_HALF_M = 5.0
_GOAL_AWAY_M = (250.0, 700.0)
_NEAREST_GOAL_M = 150.0
_TRIES, _MOST_LANES = 20, 60
_STUCK_S = 90.0
_START_SHARE, _START_MPS, _START_LATERAL_MPS2, _START_LOOK_M = 0.35, 8.0, 2.0, 20.0
_CONTACT_PAUSE_S = 3.0


class CityWorld:
    """The city around the ego.

    The ego starts on a street, moves by the bicycle model and is given a new goal a few streets on whenever one is
    reached. An incident (a collision, leaving the road, not moving for 90 s) is counted; after leaving the road or
    being stuck the ego is put back onto the nearest lane.

    Args:
        seed: Everything follows from it.
        num_users: Road users around the ego.
        hour: Of the day at the beginning: the plans of the lights follow it.
        rain: How much: it makes the road slippery and, with districts, people careful.
        has_districts: Whether limits, mix and manners of the traffic are those of district, hour and weather; otherwise
            they are the same everywhere.

    Attributes:
        time_ns: Now.
        ego: The ego vehicle.
        may_stand: Whether somebody in the ego wants it to stand, so that standing is not being stuck.
    """

    def __init__(
        self, seed: int, num_users: int = 60, hour: float = 12.0, rain: Rain = "none", *, has_districts: bool = False
    ) -> None:
        self._road = build_city(seed)
        self._life: CityLife | None = None
        if has_districts:
            districts = DistrictMap(self._road, seed)
            self._road, self._life = zoned(self._road, districts), CityLife(districts, seed, hour, rain)
        self._body = EgoBody(min_accel_mps2=wet_mps2(EgoBody().min_accel_mps2, rain))
        self._map = lane_map_of(self._road)
        self._lights = RoadLights(self._road, seed, hour=hour)
        self._crowd = Crowd(self._road, num_users, [seed])
        self._rng = np.random.default_rng([seed, 3])
        self.time_ns = 0
        self.ego = self._start()
        self._events: Counter[str] = Counter()
        self.may_stand = False
        self._standing_s = 0.0
        self._pause_s = 0.0
        self._was_put_back = False
        self._crowd.gather(0, self.ego.x_m, self.ego.y_m)
        self._cast()
        self._crowd.populate()

    @property
    def road(self) -> Road:
        """The map."""
        return self._road

    @property
    def body(self) -> EgoBody:
        """The ego's size and limits."""
        return self._body

    def event_counts(self) -> dict[str, int]:
        """Return how often what went wrong so far."""
        return dict(self._events)

    def needs_briefing(self) -> bool:
        """Return whether the ego was put elsewhere, so that its planner must be briefed anew."""
        return self._was_put_back

    def scene(self) -> Scene:
        """Return what is there now."""
        return Scene(
            time_ns=self.time_ns,
            ego=self.ego,
            others=self._crowd.tracks(0, self.time_ns),
            lights=self._lights.at(self.time_ns),
            countdown_s=self._lights.countdown_s(self.time_ns),
        )

    def briefing(self, goal: Goal | None = None) -> Briefing:
        """Return the next task: a given goal, or one some streets on, reached without turning round."""
        self._was_put_back = False
        if goal is not None:
            return Briefing(road=self._road, body=self._body, start=self.ego, goal=goal)
        here, _, _ = self._map.nearest(self.ego.x_m, self.ego.y_m, self.ego.yaw_rad)
        x, y = self.ego.x_m, self.ego.y_m
        for _ in range(_TRIES):
            x, y = self._on_lane(self._wander(max(here, 0)), 0.6)
            if math.hypot(x - self.ego.x_m, y - self.ego.y_m) > _NEAREST_GOAL_M:
                break
        goal = Goal(
            x_min_m=x - _GOAL_HALF_M, x_max_m=x + _GOAL_HALF_M, y_min_m=y - _GOAL_HALF_M, y_max_m=y + _GOAL_HALF_M
        )
        return Briefing(road=self._road, body=self._body, start=self.ego, goal=goal)

    def step(self, control: Control) -> None:
        """Move everybody on by 0.1 s."""
        before = self.ego
        self.ego = step_bicycle(before, self._body, control, STEP_S)
        lights = self._lights.at(self.time_ns)
        self._crowd.put_ego(0, before, self._body)
        self._crowd.gather(0, before.x_m, before.y_m)
        self._cast()
        self._crowd.step(STEP_S, lights[None])
        self.time_ns += STEP_NS
        self._watch()

    def _cast(self) -> None:
        if self._life is not None:
            self._life.cast(self._crowd, self.ego.x_m, self.ego.y_m, self.time_ns)

    def _wander(self, lane: int) -> int:
        """Return a street some hundred metres on, found by taking turns at random."""
        left_m = float(self._rng.uniform(*_GOAL_AWAY_M))
        for _ in range(_MOST_LANES):
            left_m -= float(self._map.length_m[lane])
            lane = int(self._rng.choice(self._road.successors[lane]))
            if left_m < 0.0 and self._road.lanes[lane].junction < 0 and self._map.length_m[lane] > 30.0:
                break
        return lane

    def _start(self) -> EgoState:
        lanes = [
            k
            for k, lane in enumerate(self._road.lanes)
            if lane.kind == LaneKind.DRIVING and lane.junction < 0 and 120.0 < self._map.length_m[k] < 240.0
        ]
        lane = int(self._rng.choice(lanes))
        return self._state_on(lane, _START_SHARE, speed_mps=self._start_speed_mps(lane))

    def _start_speed_mps(self, lane: int) -> float:
        """Return how fast the ego may be where it starts; in a bend slower, or it would begin by leaving the road."""
        xy, s = self._map.lane_xy_m(lane), self._map.lane_s_m(lane)
        begin_m = _START_SHARE * float(s[-1])
        near = np.flatnonzero((s > begin_m - _START_LOOK_M) & (s < begin_m + _START_LOOK_M))
        pieces = np.diff(xy[near], axis=0)
        turned = np.abs(np.diff(np.unwrap(np.arctan2(pieces[:, 1], pieces[:, 0])))).sum()
        bend_1pm = max(float(turned) / _START_LOOK_M, 1e-6)
        return min(_START_MPS, math.sqrt(_START_LATERAL_MPS2 / bend_1pm))

    def _on_lane(self, lane: int, share: float) -> tuple[float, float]:
        xy, s = self._map.lane_xy_m(lane), self._map.lane_s_m(lane)
        at = share * float(s[-1])
        return float(np.interp(at, s, xy[:, 0])), float(np.interp(at, s, xy[:, 1]))

    def _state_on(self, lane: int, share: float, speed_mps: float) -> EgoState:
        x, y = self._on_lane(lane, share)
        _, _, yaw = self._map.project(lane, x, y)
        return EgoState(x_m=x, y_m=y, yaw_rad=yaw, speed_mps=speed_mps)

    def _watch(self) -> None:
        """Count incidents and mend what would end the ride."""
        ego, body = self.ego, self._body
        self._pause_s = max(0.0, self._pause_s - STEP_S)
        self._standing_s = self._standing_s + STEP_S if ego.speed_mps < 0.1 and not self.may_stand else 0.0
        box = np.array([ego.x_m, ego.y_m, ego.yaw_rad, body.length_m, body.width_m])
        if self._pause_s == 0.0:
            blame = self._blame(box)
            if blame:
                self._events[blame] += 1
                self._pause_s = _CONTACT_PAUSE_S
        if not drivable_area(self._road).contains_box(box):
            self._put_back("off-road")
        elif self._standing_s > _STUCK_S:
            self._put_back("stuck")

    def _blame(self, box: np.ndarray[tuple[int], np.dtype[np.float64]]) -> str:
        boxes, speeds, there = self._crowd.boxes(0)
        for row in np.flatnonzero(touching(box, boxes, there)).tolist():
            leaves = drivable_area(self._road).is_between_lanes(box)
            at_fault = is_at_fault(box, self.ego.speed_mps, boxes[row], float(speeds[row]), leaves_lane=leaves)
            return "collision" if at_fault else "hit-without-fault"
        return ""

    def _put_back(self, why: str) -> None:
        self._events[why] += 1
        self._standing_s = 0.0
        lane, s_m, _ = self._map.nearest(self.ego.x_m, self.ego.y_m, within_m=math.inf)
        share = s_m / float(self._map.length_m[lane])
        self.ego = replace(self._state_on(lane, min(share, 0.95), 0.0), steer_rad=0.0)
        self._was_put_back = True
