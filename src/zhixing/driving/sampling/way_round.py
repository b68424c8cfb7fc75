"""A way round what is in the way, over the middle of the road where nobody comes.

Who stands in the lane for good and leaves no room on the ego's side is passed through the lane of the oncoming traffic,
slowly; a slow two-wheeler is passed with the ego's centre still on its own side; who drives slowly and has a free road
ahead is overtaken. A queue is waited for.

Source: Regulation on the Implementation of the Road Traffic Safety Law (2017), article 48: where something blocks one
side of the road the other side goes first, unless the ego is in there already; article 47: to overtake, see first that
the road ahead is free. Road Traffic Safety Law (2021), article 43: nobody is overtaken who is overtaking or turning,
nor near junctions and crossings.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from zhixing.datatypes.driving_wish import DrivingWish
from zhixing.datatypes.scene import EgoBody, Scene
from zhixing.datatypes.shapes import FloatArray
from zhixing.datatypes.tracks import MOTOR_VEHICLES, RoadUser
from zhixing.driving.lane_map import LaneMap
from zhixing.driving.route import Route
from zhixing.driving.sampling.config import DT_S, STEPS
from zhixing.driving.sampling.slow_ones import PASSED_M, SPARE_M, STANDING_MPS, SlowOnes, Somebody

_NEAR_M = 30.0
_THING_S, _PARKED_S, _HALTED_S = 1.0, 3.0, 12.0
"""How long a thing has to stand until it is known to stay, one who was never seen to move, and one who drove before."""
_IN_FILE_M, _MOST_IN_FILE = 10.0, 3
"""Those who stand closer than this behind each other are passed together; more of them are a queue."""
_QUEUE_M, _JUNCTION_M = 60.0, 15.0
"""A light so far ahead explains why somebody stands; so close to a junction nobody is passed."""
_GAP_M = 0.6
_RETURN_M, _BEGIN_M = 15.0, 10.0
_SWING_M, _LEAST_SWING_M, _HERE_M = 7.0, 5.0, 0.1
"""From so far back one can swing out, hardly, and who has come so far stays here."""
_PACE_MPS = 5.5
"""Round what stands, through the lane of others, one goes at 20 km/h."""
_SLOW_SHARE = 0.7
_PASSING_S = 6.0
_SLOW_S, _FREE_AHEAD_M = 2.0, 40.0
"""Who is overtaken has been slow for so long, with nobody so close ahead who would be the reason."""
_LEAST_FASTER_MPS, _MOST_FASTER_MPS, _PULL_MPS2, _LONGEST_S = 2.5, 8.0, 1.5, 11.0
_BESIDE_M = 1.2
"""What is left between the ego and who is overtaken."""
_STAYS_S = STEPS * DT_S + 1.0
_SIGHT_M, _MET_AFTER_M = 160.0, 40.0
"""As far as one can be sure that nobody comes, and what shall be left to who comes when the ego is back."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Detour:
    """Room that the ego may use for a while.

    Attributes:
        beside_m: (points, 2) like ``Route.beside_m``, wider to the left for a stretch.
        pace_mps: As fast as this at most, until ``end_m``.
        end_m: On the route's line.
        row: Whom it leads round, a row of ``Scene.others``.
        rule: The decision's: ``way-round`` what stands, ``overtake`` who drives.
    """

    beside_m: FloatArray
    pace_mps: float
    end_m: float
    row: int
    rule: str

    def slowed(self, allowed_mps: FloatArray) -> FloatArray:
        """Return (points,) the allowed speed at every metre, no more than the pace until the end of the stretch."""
        until = np.arange(allowed_mps.shape[0]) < self.end_m
        slowed: FloatArray = np.where(until, np.minimum(allowed_mps, self.pace_mps), allowed_mps)
        return slowed


class WayRound:
    """Finds ways round on one route.

    Attributes:
        wait_m: Where on the line the ego's front waits until it is known whether somebody stays, and for those who
            come, so that it can still swing out; infinity where it does not have to.

    Args:
        route: The way to the goal.
        lane_map: The lanes on which it was found.
        body: The ego's size.
        beside_m: (points, 2) room on lanes that run the ego's way, see ``Route.beside_m``.
    """

    def __init__(self, route: Route, lane_map: LaneMap, body: EgoBody, beside_m: FloatArray) -> None:
        self._body, self._beside_m = body, beside_m
        self._slow_ones = SlowOnes(route, lane_map, body, beside_m)
        self.wait_m = math.inf

    def look(
        self, scene: Scene, s_m: float, shift_m: float, allowed_mps: float, light_m: float, wish: DrivingWish
    ) -> Detour | None:
        """Return the room to pass somebody, None where nobody is to be passed or somebody comes.

        Args:
            scene: What is there now.
            s_m: Where on the route's line the ego is.
            shift_m: How far beside it, left positive.
            allowed_mps: How fast the ego could be.
            light_m: How far ahead the next red or yellow light is, infinity where there is none.
            wish: Who wants to be driven calmly wants to overtake nobody on the lane of others, unless they say so.
        """
        self.wait_m = math.inf
        known = self._slow_ones
        slow = known.look(scene)
        for one in slow:
            if one.at_m > s_m + _NEAR_M:
                break
            if one.at_m < s_m - PASSED_M or not known.is_on_our_side(one) or known.leaves_room(one, _GAP_M):
                continue
            if one.speed_mps < STANDING_MPS:
                return self._round(scene, slow, one, s_m, shift_m, light_m)
            if not known.goes_along(scene, one) or one.speed_mps >= _SLOW_SHARE * allowed_mps:
                return None
            past = self._past(scene, one, s_m, shift_m)
            if past is None and (wish.style != "calm" or wish.overtakes):
                return self._overtake(scene, one, s_m, shift_m, allowed_mps, light_m)
            return past
        return None

    def is_out(self, s_m: float, target_m: float) -> bool:
        """Return whether who goes so far beside the line is on the lanes of others, see :meth:`SlowOnes.is_out`."""
        return self._slow_ones.is_out(s_m, target_m)

    def _stays(self, scene: Scene, one: Somebody) -> bool:
        """Return whether somebody has stood long enough to be known to stay."""
        road_user = int(scene.others.road_user[one.row])
        if road_user == RoadUser.PEDESTRIAN:
            return False
        patience_s = _HALTED_S if self._slow_ones.has_moved(scene, one) else _PARKED_S
        return self._slow_ones.stands_s(scene, one) >= (_THING_S if road_user == RoadUser.OBJECT else patience_s)

    def _round(
        self, scene: Scene, slow: list[Somebody], first: Somebody, s_m: float, shift_m: float, light_m: float
    ) -> Detour | None:
        """Return the way round somebody who stands, and round who stands close before that one."""
        known, file = self._slow_ones, [first]
        for one in slow[slow.index(first) + 1 :]:
            if one.at_m - one.half_length_m > file[-1].front_m + _IN_FILE_M:
                break
            if known.is_on_our_side(one):
                file.append(one)
        end_m = file[-1].front_m
        left_m = max(one.left_m for one in file) + _GAP_M + self._body.width_m + SPARE_M
        is_queue = len(file) > _MOST_IN_FILE or light_m < end_m - s_m + _QUEUE_M
        if is_queue or known.is_junction(s_m, end_m + _JUNCTION_M):
            return None
        end_m += _RETURN_M
        if not known.is_wide_enough(s_m, end_m, left_m):
            return None
        if not all(self._stays(scene, one) for one in file) or self._is_met(scene, s_m, shift_m, end_m, left_m):
            rear_m, front_m = first.at_m - first.half_length_m, s_m + 0.5 * self._body.length_m
            if front_m < rear_m - _LEAST_SWING_M:
                self.wait_m = max(rear_m - _SWING_M, front_m + _HERE_M)
            return None
        return self._detour(s_m - _BEGIN_M, end_m, left_m, _PACE_MPS, first.row, "way-round")

    def _past(self, scene: Scene, one: Somebody, s_m: float, shift_m: float) -> Detour | None:
        """Return the way past a slow two-wheeler, with the ego's centre on its own side."""
        known, end_m = self._slow_ones, one.at_m + one.speed_mps * _PASSING_S + _RETURN_M
        own_m = float(self._beside_m[known.index(s_m) : known.index(end_m) + 1, 1].min())
        left_m = own_m + 0.5 * self._body.width_m + SPARE_M
        is_rider = scene.others.road_user[one.row] not in MOTOR_VEHICLES
        if not is_rider or one.left_m + _GAP_M + self._body.width_m > left_m:
            return None
        if known.is_junction(s_m, one.at_m + _JUNCTION_M) or not known.is_wide_enough(s_m, end_m, left_m):
            return None
        if self._is_met(scene, s_m, shift_m, end_m, left_m):
            return None
        return self._detour(s_m - _BEGIN_M, end_m, left_m, math.inf, one.row, "overtake")

    def _overtake(
        self, scene: Scene, one: Somebody, s_m: float, shift_m: float, allowed_mps: float, light_m: float
    ) -> Detour | None:
        """Return the way past somebody who drives slowly, through the lane of the oncoming traffic."""
        known, ego = self._slow_ones, scene.ego
        faster_mps = min(allowed_mps - one.speed_mps, _MOST_FASTER_MPS)
        if faster_mps < _LEAST_FASTER_MPS:
            return None
        gained_m = one.front_m - (s_m - 0.5 * self._body.length_m) + _RETURN_M
        lost_m = 0.5 * max(one.speed_mps + faster_mps - ego.speed_mps, 0.0) ** 2 / _PULL_MPS2
        through_s = (gained_m + lost_m) / faster_mps
        end_m = one.front_m + one.speed_mps * through_s + _RETURN_M
        left_m = one.left_m + _BESIDE_M + self._body.width_m + SPARE_M
        if not known.is_out(s_m, shift_m):
            cannot_see = end_m - s_m + allowed_mps * through_s > _SIGHT_M or light_m < end_m - s_m + _QUEUE_M
            if cannot_see or through_s > _LONGEST_S or known.slow_s(scene, one) < _SLOW_S:
                return None
            if self._is_held_up(scene, one) or known.is_met(scene, s_m, end_m + _MET_AFTER_M, left_m, through_s):
                return None
        if known.is_junction(s_m, end_m + _JUNCTION_M) or not known.is_wide_enough(s_m, end_m, left_m):
            return None
        # a candidate stays out to its end, and shall not be slow for that
        room_m = max(end_m, s_m + _STAYS_S * allowed_mps)
        return self._detour(s_m - _BEGIN_M, room_m, left_m, math.inf, one.row, "overtake")

    def _is_met(self, scene: Scene, s_m: float, shift_m: float, end_m: float, left_m: float) -> bool:
        """Return whether somebody comes before a slow ego would be through, unless it is in there already."""
        through_s = (end_m - s_m) / max(scene.ego.speed_mps, _PACE_MPS)
        known = self._slow_ones
        return not known.is_out(s_m, shift_m) and known.is_met(scene, s_m, end_m, left_m, through_s)

    def _is_held_up(self, scene: Scene, one: Somebody) -> bool:
        """Return whether there is somebody on the ego's side close before a slow one."""
        known = self._slow_ones
        for row in np.flatnonzero(scene.others.valid[:, -1]).tolist():
            other = known.somebody(scene, row)
            if row != one.row and 0.0 < other.at_m - one.at_m < _FREE_AHEAD_M and known.is_on_our_side(other):
                return True
        return False

    def _detour(self, begin_m: float, end_m: float, left_m: float, pace_mps: float, row: int, rule: str) -> Detour:
        beside_m = self._beside_m.copy()
        stretch = slice(self._slow_ones.index(begin_m), self._slow_ones.index(end_m) + 1)
        beside_m[stretch, 1] = np.maximum(beside_m[stretch, 1], left_m)
        return Detour(beside_m=beside_m, pace_mps=pace_mps, end_m=end_m, row=row, rule=rule)
