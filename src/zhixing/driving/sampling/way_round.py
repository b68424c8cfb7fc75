"""A way round what is in the way, over the middle of the road where nobody comes.

Who stands in the lane for good and leaves no room on the ego's side is passed through the lane of the oncoming traffic,
slowly; a slow two-wheeler is passed with the ego's centre still on its own side. A queue is waited for.

Source: Regulation on the Implementation of the Road Traffic Safety Law (2017), article 48: where something blocks one
side of the road the other side goes first, unless the ego is in there already; article 47: to overtake, see first that
the road ahead is free.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from zhixing.datatypes.scene import EgoBody, Scene
from zhixing.datatypes.shapes import FloatArray
from zhixing.datatypes.tracks import MOTOR_VEHICLES, RoadUser
from zhixing.driving.lane_map import LaneMap
from zhixing.driving.route import Route

_STANDING_MPS = 0.3
_LOOK_M, _NEAR_M, _PASSED_M = 60.0, 30.0, 8.0
_THING_S, _PARKED_S, _HALTED_S = 1.0, 3.0, 12.0
"""How long a thing has to stand until it is known to stay, one who was never seen to move, and one who drove before."""
_IN_FILE_M, _MOST_IN_FILE = 10.0, 3
"""Those who stand closer than this behind each other are passed together; more of them are a queue."""
_QUEUE_M, _JUNCTION_M = 60.0, 15.0
"""A light so far ahead explains why somebody stands; so close to a junction nobody is passed."""
_GAP_M, _SPARE_M = 0.6, 0.3
_RETURN_M, _BEGIN_M = 15.0, 10.0
_SWING_M, _LEAST_SWING_M, _HERE_M = 7.0, 5.0, 0.1
"""From so far back one can swing out, hardly, and who has come so far stays here."""
_PACE_MPS = 5.5
"""Through the lane of others one goes at 20 km/h."""
_SLOW_MPS, _SLOW_SHARE = 6.0, 0.7
_ALONG_RAD, _ONCOMING_RAD = 0.6, 2.2
_PASSING_S = 6.0
_REACH_M = 7.0
_EVERY_M = 4


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Detour:
    """Room that the ego may use for a while.

    Attributes:
        beside_m: (points, 2) like ``Route.beside_m``, wider to the left for a stretch.
        pace_mps: As fast as this at most, until ``end_m``.
        end_m: On the route's line.
        row: Whom it leads round, a row of ``Scene.others``.
    """

    beside_m: FloatArray
    pace_mps: float
    end_m: float
    row: int

    def slowed(self, allowed_mps: FloatArray) -> FloatArray:
        """Return (points,) the allowed speed at every metre, no more than the pace until the end of the stretch."""
        until = np.arange(allowed_mps.shape[0]) < self.end_m
        slowed: FloatArray = np.where(until, np.minimum(allowed_mps, self.pace_mps), allowed_mps)
        return slowed

    def is_used(self, s_m: float, target_m: float, body: EgoBody, beside_m: FloatArray) -> bool:
        """Return whether somebody who goes so far beside the line needs this room.

        Args:
            s_m: Where on the line the ego is.
            target_m: Where beside it the ego goes, left positive.
            body: The ego's size.
            beside_m: (points, 2) the room without it.
        """
        own_m = float(beside_m[min(max(int(s_m), 0), beside_m.shape[0] - 1), 1])
        return target_m + 0.5 * body.width_m > own_m + _SPARE_M


class _Somebody(NamedTuple):
    """A road user where the route leads: where it is along the line and beside it (left positive), and how large."""

    at_m: float
    beside_m: float
    half_length_m: float
    half_width_m: float
    speed_mps: float
    row: int


class WayRound:
    """Knows who has stood for how long on one route.

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
        self._route, self._lane_map, self._body, self._beside_m = route, lane_map, body, beside_m
        self._stands_since_ns: dict[int, int] = {}
        self._has_moved: set[int] = set()
        self._across_m: dict[int, float] = {}
        self.wait_m = math.inf

    def look(self, scene: Scene, s_m: float, shift_m: float, allowed_mps: float, light_m: float) -> Detour | None:
        """Return the room to pass somebody, None where nobody is to be passed or somebody comes.

        Args:
            scene: What is there now.
            s_m: Where on the route's line the ego is.
            shift_m: How far beside it, left positive.
            allowed_mps: How fast the ego could be.
            light_m: How far ahead the next red or yellow light is, infinity where there is none.
        """
        self.wait_m = math.inf
        slow = self._slow_ones(scene)
        for one in slow:
            if one.at_m > s_m + _NEAR_M:
                break
            if one.at_m < s_m - _PASSED_M or not self._is_on_our_side(one) or self._leaves_room(one):
                continue
            if one.speed_mps < _STANDING_MPS:
                return self._round(scene, slow, one, s_m, shift_m, light_m)
            is_rider = scene.others.road_user[one.row] not in MOTOR_VEHICLES
            if is_rider and abs(self._turn_rad(scene, one)) < _ALONG_RAD and one.speed_mps < _SLOW_SHARE * allowed_mps:
                return self._past(scene, one, s_m, shift_m)
            return None
        return None

    def _slow_ones(self, scene: Scene) -> list[_Somebody]:
        """Return who stands or is slow near the ego and not behind it, in the order of the route."""
        tracks, ego = scene.others, scene.ego
        if not tracks.num_objects or not tracks.num_steps:
            return []
        speed_mps = np.abs(tracks.speed_mps[:, -1])
        dx, dy = tracks.xy_m[:, -1, 0] - ego.x_m, tracks.xy_m[:, -1, 1] - ego.y_m
        near = tracks.valid[:, -1] & (np.hypot(dx, dy) < _LOOK_M)
        self._remember(scene, np.flatnonzero(near).tolist())
        ahead = math.cos(ego.yaw_rad) * dx + math.sin(ego.yaw_rad) * dy > -_PASSED_M
        return sorted(
            self._somebody(scene, row) for row in np.flatnonzero(near & ahead & (speed_mps < _SLOW_MPS)).tolist()
        )

    def _remember(self, scene: Scene, rows: list[int]) -> None:
        tracks = scene.others
        speeds_mps = {int(tracks.object_id[row]): abs(float(tracks.speed_mps[row, -1])) for row in rows}
        stand = [one for one, speed_mps in speeds_mps.items() if speed_mps < _STANDING_MPS]
        move = {one for one, speed_mps in speeds_mps.items() if speed_mps >= 2.0 * _STANDING_MPS}
        self._stands_since_ns = {one: self._stands_since_ns.get(one, scene.time_ns) for one in stand}
        self._has_moved = move | (self._has_moved & speeds_mps.keys())

    def _somebody(self, scene: Scene, row: int) -> _Somebody:
        tracks = scene.others
        at_m, beside_m, _ = self._route.line.project(*tracks.xy_m[row, -1].tolist())
        length_m, width_m = tracks.size_m[row].tolist()
        return _Somebody(at_m, beside_m, 0.5 * length_m, 0.5 * width_m, abs(float(tracks.speed_mps[row, -1])), int(row))

    def _turn_rad(self, scene: Scene, one: _Somebody) -> float:
        line_rad = float(self._route.line.yaw_rad[self._index(one.at_m)])
        return math.remainder(float(scene.others.yaw_rad[one.row, -1]) - line_rad, 2.0 * math.pi)

    def _index(self, at_m: float) -> int:
        return min(max(int(at_m), 0), int(self._beside_m.shape[0]) - 1)

    def _is_on_our_side(self, one: _Somebody) -> bool:
        right_m, left_m = self._beside_m[self._index(one.at_m)].tolist()
        return bool(one.beside_m - one.half_width_m < left_m and one.beside_m + one.half_width_m > -right_m)

    def _leaves_room(self, one: _Somebody) -> bool:
        """Return whether the ego fits past on the lanes that run its way."""
        right_m, left_m = self._beside_m[self._index(one.at_m)].tolist()
        to_the_left_m = left_m - one.beside_m - one.half_width_m
        to_the_right_m = one.beside_m - one.half_width_m + right_m
        return bool(max(to_the_left_m, to_the_right_m) > self._body.width_m + _GAP_M)

    def _stays(self, scene: Scene, one: _Somebody) -> bool:
        """Return whether somebody has stood long enough to be known to stay."""
        object_id, road_user = int(scene.others.object_id[one.row]), int(scene.others.road_user[one.row])
        since_ns = self._stands_since_ns.get(object_id)
        if since_ns is None or road_user == RoadUser.PEDESTRIAN:
            return False
        patience_s = _HALTED_S if object_id in self._has_moved else _PARKED_S
        return (scene.time_ns - since_ns) * 1e-9 >= (_THING_S if road_user == RoadUser.OBJECT else patience_s)

    def _round(
        self, scene: Scene, slow: list[_Somebody], first: _Somebody, s_m: float, shift_m: float, light_m: float
    ) -> Detour | None:
        """Return the way round somebody who stands, and round who stands close before that one."""
        file = [first]
        for one in slow[slow.index(first) + 1 :]:
            if one.at_m - one.half_length_m > file[-1].at_m + file[-1].half_length_m + _IN_FILE_M:
                break
            if self._is_on_our_side(one):
                file.append(one)
        end_m = file[-1].at_m + file[-1].half_length_m
        left_m = max(one.beside_m + one.half_width_m for one in file) + _GAP_M + self._body.width_m + _SPARE_M
        is_queue = len(file) > _MOST_IN_FILE or light_m < end_m - s_m + _QUEUE_M
        if is_queue or self._is_junction(s_m, end_m + _JUNCTION_M):
            return None
        end_m += _RETURN_M
        if not self._is_wide_enough(s_m, end_m, left_m):
            return None
        stay = all(self._stays(scene, one) for one in file)
        if not stay or self._is_met(scene, s_m, shift_m, end_m, left_m):
            rear_m, front_m = first.at_m - first.half_length_m, s_m + 0.5 * self._body.length_m
            if front_m < rear_m - _LEAST_SWING_M:
                self.wait_m = max(rear_m - _SWING_M, front_m + _HERE_M)
            return None
        return self._detour(s_m - _BEGIN_M, end_m, left_m, _PACE_MPS, first.row)

    def _past(self, scene: Scene, one: _Somebody, s_m: float, shift_m: float) -> Detour | None:
        """Return the way past a slow one, with the ego's centre on its own side."""
        end_m = one.at_m + one.speed_mps * _PASSING_S + _RETURN_M
        own_m = float(self._beside_m[self._index(s_m) : self._index(end_m) + 1, 1].min())
        left_m = own_m + 0.5 * self._body.width_m + _SPARE_M
        if self._is_junction(s_m, one.at_m + _JUNCTION_M) or not self._is_wide_enough(s_m, end_m, left_m):
            return None
        if self._is_met(scene, s_m, shift_m, end_m, left_m):
            return None
        return self._detour(s_m - _BEGIN_M, end_m, left_m, math.inf, one.row)

    def _detour(self, begin_m: float, end_m: float, left_m: float, pace_mps: float, row: int) -> Detour:
        beside_m = self._beside_m.copy()
        stretch = slice(self._index(begin_m), self._index(end_m) + 1)
        beside_m[stretch, 1] = np.maximum(beside_m[stretch, 1], left_m)
        return Detour(beside_m=beside_m, pace_mps=pace_mps, end_m=end_m, row=row)

    def _is_junction(self, begin_m: float, end_m: float) -> bool:
        junction_m = self._route.junction_m
        return bool(((junction_m[:, 0] < end_m) & (junction_m[:, 1] > begin_m)).any())

    def _is_wide_enough(self, begin_m: float, end_m: float, left_m: float) -> bool:
        return all(self._across(k) > left_m - _SPARE_M for k in range(self._index(begin_m), self._index(end_m) + 1))

    def _is_met(self, scene: Scene, s_m: float, shift_m: float, end_m: float, left_m: float) -> bool:
        """Return whether somebody comes towards the ego before it would be through, unless it is in there already."""
        if shift_m + 0.5 * self._body.width_m > self._beside_m[self._index(s_m), 1] + _SPARE_M:
            return False
        through_s = (end_m - s_m) / max(scene.ego.speed_mps, _PACE_MPS)
        for row in np.flatnonzero(scene.others.valid[:, -1]).tolist():
            one = self._somebody(scene, row)
            is_in_the_way = one.beside_m - one.half_width_m < left_m and one.beside_m + one.half_width_m > 0.0
            if one.at_m < s_m or not is_in_the_way or abs(self._turn_rad(scene, one)) < _ONCOMING_RAD:
                continue
            if one.at_m - end_m < one.speed_mps * through_s:
                return True
        return False

    def _across(self, k: int) -> float:
        """Return how far to the left there are lanes at a point of the line, whichever way they run."""
        k -= k % _EVERY_M
        if k not in self._across_m:
            line = self._route.line
            x_m, y_m = line.xy_m[k].tolist()
            room_m = self._lane_map.room_m(x_m, y_m, float(line.yaw_rad[k]), _REACH_M, both_ways=True)
            self._across_m[k] = room_m[1]
        return self._across_m[k]
