"""What lanes are to each other and to stop lines: asked once for a road, looked up for everybody at every step."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from zhixing.datatypes.measures import TURNS
from zhixing.datatypes.road import NO_LANE, NO_LIGHT, Lane, LaneKind, Road
from zhixing.datatypes.shapes import BoolArray, FloatArray, IntArray, polyline_s_m
from zhixing.driving.roundabouts import is_in_roundabout
from zhixing.formats.turning import turn_along

REACH_M = 150.0
"""How far ahead along lanes somebody or a stop line is looked for."""


@dataclass(frozen=True, slots=True, eq=False)
class LaneRelations:
    """Tables over the lanes of a road; one more row at the end stands for "no lane".

    Attributes:
        kind: (lanes + 1,) :class:`LaneKind`, 0 for none.
        length_m: (lanes + 1,)
        end_m: (lanes + 1,) how far from its beginning it ends for good, with all that continue it; infinity if that
            is not within reach.
        limit_mps: (lanes + 1,)
        is_two_way: (lanes + 1,)
        is_ring: (lanes + 1,) whether it is part of a roundabout.
        is_waiting_area: (lanes + 1,) whether it is a lane in a junction that ends at a stop line.
        junction: (lanes + 1,) index, -1 outside.
        light_group: (lanes + 1,) or ``NO_LIGHT``.
        turn: (lanes + 1,) place in ``TURNS``, -1 outside of junctions.
        stop_line: (lanes + 1,) the next stop line along the lane, -1 if none is near.
        stop_m: (lanes + 1,) how far it is from the beginning of the lane, infinity if none is near.
    """

    kind: IntArray
    length_m: FloatArray
    end_m: FloatArray
    limit_mps: FloatArray
    is_two_way: BoolArray
    is_ring: BoolArray
    is_waiting_area: BoolArray
    junction: IntArray
    light_group: IntArray
    turn: IntArray
    stop_line: IntArray
    stop_m: FloatArray


@lru_cache(maxsize=16)
def relations_of(road: Road) -> LaneRelations:
    """Return the tables of a road, made once for each road of late."""
    lanes = road.lanes
    length_m = np.array([float(polyline_s_m(lane.centre_xy_m)[-1]) for lane in lanes] + [0.0])
    line, own_m = _own_stop_lines(road)
    stop_line, stop_m = line.copy(), own_m.copy()
    for k, lane in enumerate(lanes):
        if lane.kind in {LaneKind.DRIVING, LaneKind.BIKING} and lane.junction < 0:
            for other, away_m in lanes_ahead(road, k, length_m, enter_junctions=False).items():
                if away_m + own_m[other] < stop_m[k]:
                    stop_line[k], stop_m[k] = line[other], away_m + own_m[other]
    stop_line[-1], stop_m[-1] = -1, np.inf
    return LaneRelations(
        np.array([lane.kind for lane in lanes] + [0], dtype=np.int64),
        length_m,
        np.array([_end_m(road, k, length_m) for k in range(len(lanes))] + [np.nan]),
        np.array([lane.speed_limit_mps for lane in lanes] + [np.nan]),
        np.array([lane.is_two_way for lane in lanes] + [False]),
        np.array([lane.junction >= 0 and is_in_roundabout(road, k) for k, lane in enumerate(lanes)] + [False]),
        np.array([lane.junction >= 0 and np.isfinite(own_m[k]) for k, lane in enumerate(lanes)] + [False]),
        np.array([lane.junction for lane in lanes] + [-1], dtype=np.int64),
        np.array([lane.light_group for lane in lanes] + [NO_LIGHT], dtype=np.int64),
        np.array([_turn(lane) for lane in lanes] + [-1], dtype=np.int64),
        stop_line,
        stop_m,
    )


def lanes_ahead(
    road: Road, lane: int, length_m: FloatArray, reach_m: float = REACH_M, *, enter_junctions: bool = True
) -> dict[int, float]:
    """Return each lane that begins within reach of the beginning of one, and how far along the lanes that is."""
    found = {lane: 0.0}
    waiting = [lane]
    while waiting:
        at = waiting.pop(0)
        after_m = found[at] + float(length_m[at])
        for following in road.successors[at]:
            is_shut = not enter_junctions and road.lanes[following].junction >= 0
            if after_m < min(found.get(following, np.inf), length_m[lane] + reach_m) and not is_shut:
                found[following] = after_m
                waiting.append(following)
    return found


def ahead_table_m(road: Road, lanes: IntArray) -> FloatArray:
    """Return (lanes, lanes) how far it is from the beginning of one to that of another, infinity if far."""
    place = {int(lane): k for k, lane in enumerate(lanes) if lane != NO_LANE}
    table = np.full((lanes.size, lanes.size), np.inf)
    for lane, k in place.items():
        for other, away_m in lanes_ahead(road, lane, relations_of(road).length_m).items():
            if other in place:
                table[k, place[other]] = away_m
    return table


def side_table(road: Road, lanes: IntArray) -> IntArray:
    """Return (lanes, lanes) 1 where the second is left of the first or of what follows it, -1 where it is right."""
    place = {int(lane): k for k, lane in enumerate(lanes) if lane != NO_LANE}
    table = np.zeros((lanes.size, lanes.size), dtype=np.int64)
    for lane, k in place.items():
        following = {lane, *road.successors[lane]}
        for side in (1, -1):
            beside = {road.lanes[one].left_lane if side > 0 else road.lanes[one].right_lane for one in following}
            beside |= {after for one in beside if one != NO_LANE for after in road.successors[one]}
            for other in (beside & place.keys()) - following:
                table[k, place[other]] = side
    return table


def _end_m(road: Road, lane: int, length_m: FloatArray) -> float:
    """Return where a lane ends for good, on the longest way if there are several."""
    ahead = lanes_ahead(road, lane, length_m)
    goes_on = any(following not in ahead for one in ahead for following in road.successors[one])
    ends_m = [away_m + float(length_m[one]) for one, away_m in ahead.items() if not road.successors[one]]
    return math.inf if goes_on or not ends_m else max(ends_m)


def _own_stop_lines(road: Road) -> tuple[IntArray, FloatArray]:
    line = np.full(len(road.lanes) + 1, -1, dtype=np.int64)
    at_m = np.full(len(road.lanes) + 1, np.inf)
    for k, stop in enumerate(road.stop_lines):
        for lane in stop.lanes:
            centre = road.lanes[lane].centre_xy_m
            at_m[lane], line[lane] = _crossing_m(centre, stop.xy_m), k
    return line, at_m


def _crossing_m(centre_xy_m: FloatArray, ends_xy_m: FloatArray) -> float:
    """Return where a centre line crosses a stop line drawn long enough, or comes nearest to its middle."""
    s_m = polyline_s_m(centre_xy_m)
    across = ends_xy_m[1] - ends_xy_m[0]
    side = across[0] * (centre_xy_m[:, 1] - ends_xy_m[0, 1]) - across[1] * (centre_xy_m[:, 0] - ends_xy_m[0, 0])
    crossed = np.flatnonzero((side[:-1] < 0.0) != (side[1:] < 0.0))
    middle = ends_xy_m.mean(axis=0)
    if crossed.size:
        share = side[crossed] / (side[crossed] - side[crossed + 1])
        points = centre_xy_m[crossed] + share[:, None] * (centre_xy_m[crossed + 1] - centre_xy_m[crossed])
        best = int(np.hypot(*(points - middle).T).argmin())
        k = int(crossed[best])
        return float(s_m[k] + share[best] * (s_m[k + 1] - s_m[k]))
    return float(s_m[np.hypot(*(centre_xy_m - middle).T).argmin()])


def _turn(lane: Lane) -> int:
    if lane.junction < 0 or lane.kind not in {LaneKind.DRIVING, LaneKind.BIKING}:
        return -1
    turn = lane.turn or turn_along(lane.centre_xy_m)
    return TURNS.index(turn) if turn in TURNS else -1
