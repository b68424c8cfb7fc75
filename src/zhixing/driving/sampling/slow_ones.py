"""Who is slow or stands where the route leads, and how much room there is beside them."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from zhixing.datatypes.scene import EgoBody, Scene
from zhixing.datatypes.shapes import FloatArray
from zhixing.driving.lane_map import LaneMap
from zhixing.driving.route import Route

STANDING_MPS = 0.3
PASSED_M = 8.0
SPARE_M = 0.3
_SLOW_MPS = 6.0
_LOOK_M, _REACH_M, _EVERY_M = 60.0, 7.0, 4
_ALONG_RAD, _ONCOMING_RAD = 0.6, 2.2


class Somebody(NamedTuple):
    """A road user where the route leads: where it is along the line and beside it (left positive), and how large."""

    at_m: float
    beside_m: float
    half_length_m: float
    half_width_m: float
    speed_mps: float
    row: int

    @property
    def front_m(self) -> float:
        """Return where on the line its far end is."""
        return self.at_m + self.half_length_m

    @property
    def left_m(self) -> float:
        """Return where beside the line its left side is."""
        return self.beside_m + self.half_width_m


class SlowOnes:
    """Knows of one route who has stood or been slow for how long, and what is beside them.

    Args:
        route: The way to the goal.
        lane_map: The lanes on which it was found.
        body: The ego's size.
        beside_m: (points, 2) room on lanes that run the ego's way, see ``Route.beside_m``.
    """

    def __init__(self, route: Route, lane_map: LaneMap, body: EgoBody, beside_m: FloatArray) -> None:
        self._route, self._lane_map, self._body, self._beside_m = route, lane_map, body, beside_m
        self._stands_since_ns: dict[int, int] = {}
        self._slow_since_ns: dict[int, int] = {}
        self._has_moved: set[int] = set()
        self._across_m: dict[int, float] = {}

    def look(self, scene: Scene) -> list[Somebody]:
        """Return who stands or is slow near the ego and not behind it, in the order of the route."""
        tracks, ego = scene.others, scene.ego
        if not tracks.num_objects or not tracks.num_steps:
            return []
        speed_mps = np.abs(tracks.speed_mps[:, -1])
        dx, dy = tracks.xy_m[:, -1, 0] - ego.x_m, tracks.xy_m[:, -1, 1] - ego.y_m
        near = tracks.valid[:, -1] & (np.hypot(dx, dy) < _LOOK_M)
        self._remember(scene, np.flatnonzero(near).tolist())
        ahead = math.cos(ego.yaw_rad) * dx + math.sin(ego.yaw_rad) * dy > -PASSED_M
        return sorted(
            self.somebody(scene, row) for row in np.flatnonzero(near & ahead & (speed_mps < _SLOW_MPS)).tolist()
        )

    def somebody(self, scene: Scene, row: int) -> Somebody:
        """Return where a row of ``Scene.others`` is."""
        tracks = scene.others
        at_m, beside_m, _ = self._route.line.project(*tracks.xy_m[row, -1].tolist())
        length_m, width_m = tracks.size_m[row].tolist()
        return Somebody(at_m, beside_m, 0.5 * length_m, 0.5 * width_m, abs(float(tracks.speed_mps[row, -1])), int(row))

    def stands_s(self, scene: Scene, one: Somebody) -> float:
        """Return for how long somebody has been standing, s."""
        return _since_s(self._stands_since_ns, scene, one)

    def slow_s(self, scene: Scene, one: Somebody) -> float:
        """Return for how long somebody has been slow, s."""
        return _since_s(self._slow_since_ns, scene, one)

    def has_moved(self, scene: Scene, one: Somebody) -> bool:
        """Return whether somebody was seen to move."""
        return int(scene.others.object_id[one.row]) in self._has_moved

    def goes_along(self, scene: Scene, one: Somebody) -> bool:
        """Return whether somebody is headed where the route leads."""
        return abs(self._turn_rad(scene, one)) < _ALONG_RAD

    def comes(self, scene: Scene, one: Somebody) -> bool:
        """Return whether somebody is headed against the route."""
        return abs(self._turn_rad(scene, one)) > _ONCOMING_RAD

    def index(self, at_m: float) -> int:
        """Return the row of ``beside_m`` at a place on the route's line."""
        return min(max(int(at_m), 0), int(self._beside_m.shape[0]) - 1)

    def is_on_our_side(self, one: Somebody) -> bool:
        """Return whether somebody is on the lanes that run the ego's way, if only in part."""
        right_m, left_m = self._beside_m[self.index(one.at_m)].tolist()
        return bool(one.beside_m - one.half_width_m < left_m and one.left_m > -right_m)

    def leaves_room(self, one: Somebody, gap_m: float) -> bool:
        """Return whether the ego fits past on the lanes that run its way, with so much between and beside."""
        right_m, left_m = self._beside_m[self.index(one.at_m)].tolist()
        to_the_right_m = one.beside_m - one.half_width_m + right_m
        return bool(max(left_m - one.left_m, to_the_right_m) > self._body.width_m + gap_m)

    def is_junction(self, begin_m: float, end_m: float) -> bool:
        """Return whether there is a junction on a stretch of the route."""
        junction_m = self._route.junction_m
        return bool(((junction_m[:, 0] < end_m) & (junction_m[:, 1] > begin_m)).any())

    def is_wide_enough(self, begin_m: float, end_m: float, left_m: float) -> bool:
        """Return whether there are lanes so far to the left all along a stretch, whichever way they run."""
        return all(self._across(k) > left_m - SPARE_M for k in range(self.index(begin_m), self.index(end_m) + 1))

    def is_out(self, s_m: float, shift_m: float) -> bool:
        """Return whether an ego so far beside the line is on the lanes of others already."""
        return bool(shift_m + 0.5 * self._body.width_m > self._beside_m[self.index(s_m), 1] + SPARE_M)

    def is_met(self, scene: Scene, s_m: float, end_m: float, left_m: float, through_s: float) -> bool:
        """Return whether somebody comes on the way to ``end_m``, as far left as ``left_m``, within a time."""
        for row in np.flatnonzero(scene.others.valid[:, -1]).tolist():
            one = self.somebody(scene, row)
            is_in_the_way = one.beside_m - one.half_width_m < left_m and one.left_m > 0.0
            comes = one.at_m >= s_m and is_in_the_way and self.comes(scene, one)
            if comes and one.at_m - end_m < one.speed_mps * through_s:
                return True
        return False

    def _remember(self, scene: Scene, rows: list[int]) -> None:
        tracks = scene.others
        speeds_mps = {int(tracks.object_id[row]): abs(float(tracks.speed_mps[row, -1])) for row in rows}
        stand = [one for one, speed_mps in speeds_mps.items() if speed_mps < STANDING_MPS]
        slow = [one for one, speed_mps in speeds_mps.items() if speed_mps < _SLOW_MPS]
        move = {one for one, speed_mps in speeds_mps.items() if speed_mps >= 2.0 * STANDING_MPS}
        self._stands_since_ns = {one: self._stands_since_ns.get(one, scene.time_ns) for one in stand}
        self._slow_since_ns = {one: self._slow_since_ns.get(one, scene.time_ns) for one in slow}
        self._has_moved = move | (self._has_moved & speeds_mps.keys())

    def _turn_rad(self, scene: Scene, one: Somebody) -> float:
        line_rad = float(self._route.line.yaw_rad[self.index(one.at_m)])
        return math.remainder(float(scene.others.yaw_rad[one.row, -1]) - line_rad, 2.0 * math.pi)

    def _across(self, k: int) -> float:
        """Return how far to the left there are lanes at a point of the line, whichever way they run."""
        k -= k % _EVERY_M
        if k not in self._across_m:
            line = self._route.line
            x_m, y_m = line.xy_m[k].tolist()
            room_m = self._lane_map.room_m(x_m, y_m, float(line.yaw_rad[k]), _REACH_M, both_ways=True)
            self._across_m[k] = room_m[1]
        return self._across_m[k]


def _since_s(since_ns: dict[int, int], scene: Scene, one: Somebody) -> float:
    return (scene.time_ns - since_ns.get(int(scene.others.object_id[one.row]), scene.time_ns)) * 1e-9
