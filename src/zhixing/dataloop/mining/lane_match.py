"""Whose lane is which: for everybody and every step the lane it most likely follows.

Where lanes lie over each other, as in junctions, a point is on several. Which one somebody follows is told by the whole
track: the sequence of lanes that costs least, where being off the middle, askew, or on a lane for others costs by the
time it lasts, and going over to a lane that does not continue the one before costs once. In a junction one may be a
little beside its lane, too.

Source: the idea is that of Newson and Krumm (2009), "Hidden Markov map matching through noise and sparseness".
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zhixing.dataloop.mining.lane_places import Places, places_on
from zhixing.datatypes.road import NO_LANE, LaneKind, Road
from zhixing.datatypes.shapes import BoolArray, FloatArray, IntArray
from zhixing.datatypes.tracks import TWO_WHEELERS, RoadUser, Tracks, are_motor_vehicles
from zhixing.datatypes.units import NS_PER_S, ns_from_s
from zhixing.simulation.drivable import drivable_area

_MOST_LANES = 8
_PER_M, _PER_RAD, _NOT_ITS_KIND = 0.5, 6.0 / np.pi, 2.0
"""What it costs for a tenth of a second; a metre aside weighs as much as 15 degrees askew."""
_TIME_S = 0.1
_ON, _BACK, _ASIDE, _ELSEWHERE = 0.05, 0.3, 1.0, 3.0
"""What it costs to go over to what continues a lane, to what is before it, to a neighbour, and to any other."""
_WITHIN = 15.0
"""The same within one junction, where nobody who waits a little beside its lane takes another turn for some seconds."""
_SHORT_LANES = 2
"""A step may leap over a short lane."""
MOST_GAP_S = 1.0
"""Who is not there for no longer goes on where it was: recordings lose somebody for a row or two."""


@dataclass(frozen=True, slots=True, eq=False)
class LaneMatch:
    """Who is on which lane, over (objects, steps).

    Attributes:
        road: Whose lanes they are.
        lane: Index of the lane that is followed, or ``NO_LANE``.
        s_m: Distance along it, NaN where there is none; so for the rest.
        offset_m: From its centre line, left positive.
        yaw_rad: Its direction there.
        width_m: Its width there.
        on_kind: For each kind of lane, who is on any such lane, followed or not.
        in_junction: Who is in a junction's outline.
    """

    road: Road
    lane: IntArray
    s_m: FloatArray
    offset_m: FloatArray
    yaw_rad: FloatArray
    width_m: FloatArray
    on_kind: dict[LaneKind, BoolArray]
    in_junction: BoolArray


def match_lanes(road: Road, tracks: Tracks) -> LaneMatch:
    """Return which lane everybody follows at every step."""
    shape = tracks.valid.shape
    flat = np.flatnonzero(tracks.valid)
    xy_m = tracks.xy_m.reshape(-1, 2)[flat]
    places = places_on(road, xy_m)
    cell = flat[places.point]
    kinds = np.array([lane.kind for lane in road.lanes], dtype=np.int64)
    kind_on = np.where(places.outside_m > 0.0, 0, kinds[places.lane])
    on_kind = {kind: _scattered(cell[kind_on == kind], shape) for kind in LaneKind}
    in_junction = np.zeros(shape, dtype=np.bool_)
    if road.num_junctions:
        in_junction.reshape(-1)[flat] = drivable_area(road).are_in_junctions(xy_m)
    table = _candidates(road, tracks, places, cell)
    chosen = _best_sequence(road, tracks.time_ns, table, places)
    followed = chosen >= 0
    row = np.where(followed, chosen, 0)

    def taken(values: FloatArray) -> FloatArray:
        return np.where(followed, values[row], np.nan) if values.size else np.full(shape, np.nan)

    lane = np.where(followed, places.lane[row], NO_LANE) if places.lane.size else np.full(shape, NO_LANE)
    s_m, offset_m = taken(places.s_m), taken(places.offset_m)
    return LaneMatch(road, lane, s_m, offset_m, taken(places.yaw_rad), taken(places.width_m), on_kind, in_junction)


@dataclass(frozen=True, slots=True, eq=False)
class _Table:
    """What may be followed: (objects, steps, choices) rows of places, -1 for none, and what each costs."""

    row: IntArray
    cost: FloatArray


def _scattered(cells: IntArray, shape: tuple[int, ...]) -> BoolArray:
    found = np.zeros(shape, dtype=np.bool_)
    found.reshape(-1)[cells] = True
    return found


def _candidates(road: Road, tracks: Tracks, places: Places, cell: IntArray) -> _Table:
    objects, steps = tracks.valid.shape
    user = tracks.road_user[cell // max(steps, 1)]
    kind = np.array([lane.kind for lane in road.lanes], dtype=np.int64)[places.lane]
    askew = np.abs(np.remainder(tracks.yaw_rad.reshape(-1)[cell] - places.yaw_rad + np.pi, 2.0 * np.pi) - np.pi)
    two_way = np.array([lane.is_two_way for lane in road.lanes], dtype=np.bool_)[places.lane]
    askew = np.where(two_way, np.minimum(askew, np.pi - askew), askew)
    walks = user == RoadUser.PEDESTRIAN
    askew = np.where(walks, 0.0, askew)
    on_wheels = np.isin(user, [int(one) for one in TWO_WHEELERS])
    own = np.where(
        walks,
        (kind == LaneKind.SIDEWALK) | (kind == LaneKind.CROSSING),
        (kind == LaneKind.DRIVING) | (on_wheels & (kind == LaneKind.BIKING)),
    )
    own |= ~walks & ~on_wheels & ~are_motor_vehicles(user)
    cost = _PER_M * (np.abs(places.offset_m) + places.outside_m) + _PER_RAD * askew + np.where(own, 0.0, _NOT_ITS_KIND)
    order = np.lexsort((places.lane, cost, cell))
    ranked = cell[order]
    first = np.searchsorted(ranked, ranked, side="left")
    rank = np.arange(ranked.size) - first
    order, rank = order[rank < _MOST_LANES], rank[rank < _MOST_LANES]
    width = int(rank.max(initial=-1)) + 1
    row = np.full((objects * steps, width), -1, dtype=np.int64)
    price = np.full((objects * steps, width), np.inf)
    row[cell[order], rank], price[cell[order], rank] = order, cost[order]
    return _Table(row.reshape(objects, steps, width), price.reshape(objects, steps, width))


def _best_sequence(road: Road, time_ns: IntArray, table: _Table, places: Places) -> IntArray:
    """Return (objects, steps) rows of places, -1 where nobody is on a lane: the sequence that costs least."""
    objects, steps, width = table.row.shape
    best = np.full((objects, steps), -1, dtype=np.int64)
    if not width:
        return best
    lanes, local = np.unique(places.lane, return_inverse=True)
    change = _change_cost(road, lanes)
    at = np.where(table.row >= 0, local[table.row], 0)
    lasts = np.clip(np.diff(time_ns, prepend=time_ns[:1] - NS_PER_S // 10) / NS_PER_S / _TIME_S, 0.1, 10.0)
    back = np.full((objects, steps, width), -1, dtype=np.int64)
    so_far = np.full((objects, width), np.inf)
    total = np.empty((steps, objects, width))
    before, seen_ns = at[:, 0], np.full(objects, time_ns[0] - ns_from_s(2.0 * MOST_GAP_S))
    for step in range(steps):
        ways = so_far[:, :, None] + change[before[:, :, None], at[:, step, None, :]]
        came = ways.argmin(axis=1)
        cheapest = np.take_along_axis(ways, came[:, None, :], axis=1)[:, 0]
        known = np.isfinite(cheapest)
        is_on = (table.row[:, step] >= 0).any(axis=1)
        waits = (~is_on & (time_ns[step] - seen_ns <= ns_from_s(MOST_GAP_S)))[:, None]
        back[:, step] = np.where(waits, np.arange(width), np.where(known, came, -1))
        so_far = np.where(waits, so_far, np.where(known, cheapest, 0.0) + lasts[step] * table.cost[:, step])
        before, seen_ns = np.where(waits, before, at[:, step]), np.where(is_on, time_ns[step], seen_ns)
        total[step] = so_far
    which = np.full(objects, -1, dtype=np.int64)
    everybody = np.arange(objects)
    for step in range(steps - 1, -1, -1):
        is_on = np.isfinite(total[step]).any(axis=1)
        which = np.where(is_on, np.where(which >= 0, which, total[step].argmin(axis=1)), -1)
        best[:, step] = np.where(is_on, table.row[everybody, step, np.maximum(which, 0)], -1)
        which = np.where(is_on, back[everybody, step, np.maximum(which, 0)], -1)
    return best


def _change_cost(road: Road, lanes: IntArray) -> FloatArray:
    """Return (lanes, lanes) what it costs to go over from one to another."""
    place = {int(lane): k for k, lane in enumerate(lanes)}
    junction = np.array([road.lanes[lane].junction for lane in lanes])
    is_within = (junction[:, None] == junction) & (junction >= 0)
    cost = np.where(is_within, _WITHIN, _ELSEWHERE)
    for lane, k in place.items():
        following = {lane}
        for _ in range(_SHORT_LANES):
            following |= {after for one in following for after in road.successors[one]}
        beside = {
            neighbour
            for one in following
            for neighbour in (road.lanes[one].left_lane, road.lanes[one].right_lane)
            if neighbour != NO_LANE
        }
        for other in beside & place.keys():
            cost[k, place[other]] = min(cost[k, place[other]], _ASIDE)
            cost[place[other], k] = min(cost[place[other], k], _ASIDE)
        for other in following & place.keys():
            cost[k, place[other]] = _ON
            cost[place[other], k] = min(cost[place[other], k], _BACK)
    np.fill_diagonal(cost, 0.0)
    return cost
