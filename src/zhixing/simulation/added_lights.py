"""Lights for junctions of a map that has forgotten them.

Many maps draw the stop lines of a crossroads and leave out its lights. A junction that is entered over stop lines from
three sides or more has lights; each side gets one for straight on and one for the left, none for the right, as usual
in China (Road Traffic Safety Law implementing regulations, art. 38).
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from zhixing.datatypes.road import NO_LIGHT, LaneKind, Road

_SIDES = 3
_SAME_SIDE_RAD = math.radians(35.0)
_LIT = {"straight": 0, "": 0, "left": 1, "u-turn": 1}
_VEHICLES = frozenset({LaneKind.DRIVING, LaneKind.BIKING})


def with_lights(road: Road) -> Road:
    """Return a road with light groups where stop lines say that there are lights; new ones follow those of the map."""
    before = road.predecessors()
    waits = {lane for line in road.stop_lines for lane in line.lanes}
    lanes, num_groups = list(road.lanes), road.num_light_groups
    for junction in range(road.num_junctions):
        inside = [k for k, lane in enumerate(road.lanes) if lane.junction == junction and lane.kind in _VEHICLES]
        if any(road.lanes[k].light_group != NO_LIGHT for k in inside):
            continue
        entries = [k for k in inside if any(road.lanes[one].junction != junction for one in before[k])]
        sides = _sides([_direction_rad(road, k) for k in entries])
        lit_sides = {side for k, side in zip(entries, sides, strict=True) if set(before[k]) & waits}
        if len(lit_sides) < _SIDES:
            continue
        groups: dict[tuple[int, int], int] = {}
        for k, side in zip(entries, sides, strict=True):
            turn = _LIT.get(road.lanes[k].turn)
            if turn is not None and side in lit_sides:
                group = groups.setdefault((side, turn), num_groups + len(groups))
                lanes[k] = replace(road.lanes[k], light_group=group)
        num_groups += len(groups)
    return replace(road, lanes=tuple(lanes), num_light_groups=num_groups)


def _direction_rad(road: Road, lane: int) -> float:
    step = np.diff(road.lanes[lane].centre_xy_m[:2], axis=0)[0]
    return math.atan2(step[1], step[0])


def _sides(directions_rad: list[float]) -> list[int]:
    """Return for each direction of entering which side that is, numbered as they come."""
    firsts: list[float] = []
    found = []
    for direction in directions_rad:
        for side, first in enumerate(firsts):
            if abs(math.remainder(direction - first, 2.0 * math.pi)) < _SAME_SIDE_RAD:
                found.append(side)
                break
        else:
            found.append(len(firsts))
            firsts.append(direction)
    return found
