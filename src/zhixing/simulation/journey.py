"""The ego of an endless ride: how it moves, where it is sent, what goes wrong, and how that is mended."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace

import numpy as np

from zhixing.datatypes.plan import Control
from zhixing.datatypes.road import Road
from zhixing.datatypes.scene import Briefing, EgoBody, EgoState, Goal
from zhixing.datatypes.shapes import BoolArray, FloatArray
from zhixing.driving.bicycle import step_bicycle
from zhixing.driving.lane_map import lane_map_of
from zhixing.simulation.collision import is_at_fault, touching
from zhixing.simulation.drivable import drivable_area
from zhixing.simulation.lane_walk import LaneWalk
from zhixing.simulation.world import STEP_S

STUCK_S = 90.0
_CONTACT_PAUSE_S = 3.0
_LAST_SHARE = 0.95


class Journey:
    """Where the ego is and what has become of it.

    An incident (a collision, leaving the road, not moving for 90 s or longer than any red) is counted. After leaving
    the road the ego is put back onto the nearest lane, after being stuck elsewhere, never onto anybody. Where the map
    ends it comes in again at another end; that is no incident.

    Args:
        road: The map.
        rng: Every choice follows from it.
        stuck_s: Who has not moved for so long is stuck.

    Attributes:
        body: The ego's size and limits.
        ego: The ego vehicle.
        may_stand: Whether somebody in the ego wants it to stand, so that standing is not being stuck.
        is_elsewhere: Whether it was put somewhere since the last briefing.
        has_arrived: Whether that was because the map ended.

    Raises:
        MapError: Nobody can drive on the map.
    """

    def __init__(
        self, road: Road, rng: np.random.Generator, stuck_s: float = STUCK_S, body: EgoBody | None = None
    ) -> None:
        self.body = body or EgoBody()
        self.may_stand = False
        self.is_elsewhere = self.has_arrived = False
        self._stuck_s = stuck_s
        self._road, self._map = road, lane_map_of(road)
        self._walk = LaneWalk(self._map, rng)
        self.ego: EgoState = self._walk.start()
        self._events: Counter[str] = Counter()
        self._standing_s = self._pause_s = 0.0
        self._is_over = False

    def event_counts(self) -> dict[str, int]:
        """Return how often what went wrong so far."""
        return dict(self._events)

    def briefing(self, goal: Goal | None = None) -> Briefing:
        """Return the next task: a given goal, or one some streets on, reached without turning round."""
        self.is_elsewhere = self.has_arrived = False
        if goal is None:
            goal = self._walk.goal(self.ego)
            self._is_over = self._walk.has_ends and goal.contains(self.ego.x_m, self.ego.y_m)
        return Briefing(road=self._road, body=self.body, start=self.ego, goal=goal)

    def move(self, control: Control) -> EgoState:
        """Move the ego on by ``STEP_S`` and return where it was."""
        before = self.ego
        self.ego = step_bicycle(before, self.body, control, STEP_S)
        return before

    def watch(self, boxes: FloatArray, speeds: FloatArray, there: BoolArray) -> None:
        """Count incidents and mend what would end the ride.

        Args:
            boxes: (users, 5) everybody else now.
            speeds: (users,) m/s.
            there: (users,) who is there.
        """
        ego, body = self.ego, self.body
        self._pause_s = max(0.0, self._pause_s - STEP_S)
        self._standing_s = self._standing_s + STEP_S if ego.speed_mps < 0.1 and not self.may_stand else 0.0
        box = np.array([ego.x_m, ego.y_m, ego.yaw_rad, body.length_m, body.width_m])
        if self._pause_s == 0.0:
            blame = self._blame(box, boxes, speeds, there)
            if blame:
                self._events[blame] += 1
                self._pause_s = _CONTACT_PAUSE_S
        if not self.may_stand and (self._is_over or self._walk.is_over(ego)):
            self._come_in(boxes[there, :2])
        elif not drivable_area(self._road).contains_box(box):
            self._put_back("off-road", boxes, there)
        elif self._standing_s > self._stuck_s:
            self._put_back("stuck", boxes, there)

    def _blame(self, box: FloatArray, boxes: FloatArray, speeds: FloatArray, there: BoolArray) -> str:
        for row in np.flatnonzero(touching(box, boxes, there)).tolist():
            leaves = drivable_area(self._road).is_between_lanes(box)
            at_fault = is_at_fault(box, self.ego.speed_mps, boxes[row], float(speeds[row]), leaves_lane=leaves)
            return "collision" if at_fault else "hit-without-fault"
        return ""

    def _come_in(self, others_xy_m: FloatArray) -> None:
        self._is_over, self._standing_s = False, 0.0
        self.ego = self._walk.start(others_xy_m)
        self.is_elsewhere = self.has_arrived = True

    def _put_back(self, why: str, boxes: FloatArray, there: BoolArray) -> None:
        self._events[why] += 1
        self._standing_s = 0.0
        lane, s_m, _ = self._map.nearest(self.ego.x_m, self.ego.y_m, within_m=math.inf)
        length_m = float(self._map.length_m[lane])
        place = self._walk.state_on(lane, min(s_m / length_m, _LAST_SHARE) * length_m, 0.0)
        box = np.array([place.x_m, place.y_m, place.yaw_rad, self.body.length_m, self.body.width_m])
        if why == "stuck" or touching(box, boxes, there).any():
            place = self._walk.start(boxes[there, :2])
        self.ego = replace(place, steer_rad=0.0)
        self.is_elsewhere = True
