"""Where in the city a wish can be carried out: the next turn to a side, and the next place to stop at the edge."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from zhixing.datatypes.road import NO_LANE, NO_LIGHT, LaneKind
from zhixing.datatypes.scene import EgoState, Goal
from zhixing.driving.gaps import end_direction
from zhixing.driving.lane_map import LaneMap

_BRAKE_MPS2, _TURN_MPS = 1.8, 6.0
"""Comfortable, and what a turn at a crossroads is driven at."""
_CHANGE_S, _SHORTEST_CHANGE_M = 3.5, 30.0
_SHARP_RAD, _BACK_RAD = math.radians(40.0), math.radians(140.0)
_AFTER_TURN_M, _GOAL_HALF_M = 30.0, 5.0
_FARTHEST_M, _MOST_SECTIONS = 1500.0, 24
_FROM_JUNCTION_M, _BEFORE_JUNCTION_M = 60.0, 25.0
"""Who comes out of a junction needs room to brake; and nobody may stop right before one."""
_SHORTEST_STOP_M = 30.0
_EXPRESSWAY_MPS = 70.0 / 3.6
"""Nobody may stop on a road that is faster than this (Road Traffic Safety Law implementation, article 82)."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Place:
    """Somewhere ahead that can be driven to.

    Attributes:
        goal: For a briefing.
        distance_m: How far it is: to the junction of a turn, or to where one stands.
        lane: Where it is; for a turn the lane behind it.
        s_m: Where on that lane.
    """

    goal: Goal
    distance_m: float
    lane: int
    s_m: float


def next_turn(lane_map: LaneMap, ego: EgoState, *, to_left: bool) -> Place | None:
    """Return the next turn that can be taken without braking hard or cutting across, None where none is near.

    Where it is too late for one, it is the one after.
    """
    for section, ahead_m, at in _sections(lane_map, ego):
        for index, lane in enumerate(section):
            change_m = abs(index - at) * max(_SHORTEST_CHANGE_M, _CHANGE_S * ego.speed_mps)
            brake_m = max(0.0, ego.speed_mps**2 - _TURN_MPS**2) / (2.0 * _BRAKE_MPS2)
            if ahead_m < max(brake_m, change_m):
                continue
            for turn in _drivable(lane_map, lane):
                after = _taken(lane_map, turn, to_left=to_left)
                if after is not None:
                    s_m = min(_AFTER_TURN_M, 0.5 * float(lane_map.length_m[after]))
                    return Place(goal=_goal(lane_map, after, s_m), distance_m=ahead_m, lane=after, s_m=s_m)
    return None


def place_to_stop(lane_map: LaneMap, ego: EgoState) -> Place | None:
    """Return the next place on a rightmost lane where one may and can come to stand gently, None where none is near."""
    needed_m = max(_SHORTEST_STOP_M, 10.0 + ego.speed_mps**2 / (2.0 * _BRAKE_MPS2))
    is_first = True
    for section, ahead_m, at in _sections(lane_map, ego):
        lane, last = section[-1], len(section) - 1
        length_m = float(lane_map.length_m[lane])
        begin_m = ahead_m - length_m  # from the ego to the beginning of the section, negative behind it
        change_m = (last - at) * max(_SHORTEST_CHANGE_M, _CHANGE_S * ego.speed_mps) if is_first else 0.0
        first_m = max(needed_m + change_m - begin_m, 0.0 if is_first else _FROM_JUNCTION_M)
        is_allowed = lane_map.road.lanes[lane].junction < 0 and lane_map.speed_limit_mps[lane] < _EXPRESSWAY_MPS
        if is_allowed and first_m <= length_m - _BEFORE_JUNCTION_M:
            goal = _goal(lane_map, lane, first_m)
            return Place(goal=goal, distance_m=begin_m + first_m, lane=lane, s_m=first_m)
        is_first = False
    return None


def left_to(lane_map: LaneMap, place: Place, ego: EgoState) -> float:
    """Return how far along the lanes it is to a place, m; infinity while the ego is not beside it on its section."""
    lane, s_m, _ = lane_map.nearest(ego.x_m, ego.y_m, ego.yaw_rad)
    if lane < 0 or place.lane not in beside(lane_map, lane):
        return math.inf
    return place.s_m - s_m / float(lane_map.length_m[lane]) * float(lane_map.length_m[place.lane])


def beside(lane_map: LaneMap, lane: int) -> tuple[int, ...]:
    """Return a driving lane and those beside it that run its way, from left to right."""
    lanes, found = lane_map.road.lanes, [lane]
    while lanes[found[0]].left_lane != NO_LANE:
        found.insert(0, lanes[found[0]].left_lane)
    while lanes[found[-1]].right_lane != NO_LANE:
        found.append(lanes[found[-1]].right_lane)
    return tuple(one for one in found if lane_map.kind[one] == LaneKind.DRIVING)


def _sections(lane_map: LaneMap, ego: EgoState) -> list[tuple[tuple[int, ...], float, int]]:
    """Return the sections of road straight ahead: lanes from left to right, distance to their end, index of the way."""
    lane, s_m, _ = lane_map.nearest(ego.x_m, ego.y_m, ego.yaw_rad)
    found: list[tuple[tuple[int, ...], float, int]] = []
    ahead_m = -s_m
    while lane >= 0 and ahead_m < _FARTHEST_M and len(found) < _MOST_SECTIONS:
        section = beside(lane_map, lane)
        ahead_m += float(lane_map.length_m[lane])
        found.append((section, ahead_m, section.index(lane)))
        by_nearness = sorted(section, key=lambda one: abs(section.index(one) - section.index(lane)))
        nexts = [following for one in by_nearness for following in _drivable(lane_map, one)]
        inside = lane_map.road.lanes[lane].junction >= 0
        lane = min(nexts, key=lambda k: _detour(lane_map, k, inside=inside), default=-1)
    return found


def _detour(lane_map: LaneMap, lane: int, *, inside: bool) -> tuple[bool, bool]:
    """Return what speaks against a lane as the way straight on; who is in a roundabout leaves it where it can."""
    lanes = lane_map.road.lanes
    last = _whole(lane_map, lane)[-1]
    leaves = lanes[lane].junction < 0 or any(lanes[k].junction < 0 for k in _drivable(lane_map, last))
    return (inside and not leaves, abs(_turned_rad(lane_map, lane)) >= _SHARP_RAD)


def _taken(lane_map: LaneMap, turn: int, *, to_left: bool) -> int | None:
    """Return the lane behind a turn to that side that leads from street to street, None where it is none."""
    lane = lane_map.road.lanes[turn]
    if lane.junction < 0 or lane.turn != ("left" if to_left else "right"):
        return None
    turned = _turned_rad(lane_map, turn) * (1.0 if to_left else -1.0)
    if not _SHARP_RAD < turned < _BACK_RAD:
        return None
    after = [k for k in _drivable(lane_map, _whole(lane_map, turn)[-1]) if lane_map.road.lanes[k].junction < 0]
    return after[0] if after else None


def _turned_rad(lane_map: LaneMap, lane: int) -> float:
    """Return by how much a movement in a junction turns, to the left positive; a bend of a street is no turn."""
    if lane_map.road.lanes[lane].junction < 0:
        return 0.0
    begin, end = lane_map.lane_xy_m(lane)[:2], lane_map.lane_xy_m(_whole(lane_map, lane)[-1])[-2:]
    (ax, ay), (bx, by) = end_direction(begin), end_direction(end)
    return math.atan2(ax * by - ay * bx, ax * bx + ay * by)


def _whole(lane_map: LaneMap, lane: int) -> list[int]:
    """Return the lanes of a movement from one of them on: a waiting area and what is behind its line are one."""
    lanes, found = lane_map.road.lanes, [lane]
    nexts = _drivable(lane_map, lane)
    own, about = lanes[lane], [(lanes[k].junction, lanes[k].turn, lanes[k].light_group == NO_LIGHT) for k in nexts]
    return found + nexts if about == [(own.junction, own.turn, False)] and own.light_group != NO_LIGHT else found


def _drivable(lane_map: LaneMap, lane: int) -> list[int]:
    return [k for k in lane_map.road.successors[lane] if lane_map.kind[k] == LaneKind.DRIVING]


def _goal(lane_map: LaneMap, lane: int, s_m: float) -> Goal:
    xy_m, along_m = lane_map.lane_xy_m(lane), lane_map.lane_s_m(lane)
    x_m, y_m = (float(np.interp(s_m, along_m, xy_m[:, axis])) for axis in (0, 1))
    half = _GOAL_HALF_M
    return Goal(x_min_m=x_m - half, x_max_m=x_m + half, y_min_m=y_m - half, y_max_m=y_m + half)
