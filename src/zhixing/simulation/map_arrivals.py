"""Where road users come onto a map of somebody's own: along its streets, and at its edge.

The traffic of the built-in city appears out of sight. A map may be smaller than that: where its lanes begin traffic
comes in, however near that is, as fast as others leave. Where it has no lanes for two-wheelers these keep to the right
edge of the lanes for cars, as they must (Road Traffic Safety Law of the PRC, art. 57).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from zhixing.datatypes.road import NO_LANE, LaneKind, Road
from zhixing.datatypes.shapes import polyline_s_m
from zhixing.datatypes.tracks import TWO_WHEELERS, RoadUser
from zhixing.simulation.map_city import has_lanes_for
from zhixing.simulation.traffic.arrive import BEFORE_LIGHT_M, EVERY_M, Spots, spots_at
from zhixing.simulation.traffic.crowd import Crowd
from zhixing.simulation.traffic.models import MODELS
from zhixing.simulation.traffic.ways import ways_of

_FROM_START_M, _KERB_START_M = 4.5, 0.5
_BEFORE_END_M = 12.0
_RIGHT_EDGE_M = -9.0
"""An offset beyond any lane: whoever likes it keeps as far to the right as fits."""
_KM_M = 1000.0


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Where somebody may appear.

    Attributes:
        anywhere: Along the streets, out of sight of the ego.
        entries: Where lanes begin at the edge of the map.
    """

    anywhere: Spots
    entries: Spots


def arrivals_of(road: Road) -> Arrivals:
    """Return where on a map road users of each kind come from."""
    ways = ways_of(road)
    starts = _starts(road)
    anywhere: dict[LaneKind, list[tuple[int, float]]] = {kind: [] for kind in LaneKind}
    entries: dict[LaneKind, list[tuple[int, float]]] = {kind: [] for kind in LaneKind}
    for kind, lane in _lanes_by_user(road):
        length_m = float(ways.length_m[lane])
        nexts = road.successors[lane]
        keep_m = BEFORE_LIGHT_M if any(road.lanes[k].light_group >= 0 for k in nexts) else _BEFORE_END_M
        if kind != LaneKind.SIDEWALK or length_m > 2.0 * _BEFORE_END_M:
            anywhere[kind] += [(lane, s) for s in np.arange(_FROM_START_M, length_m - keep_m, EVERY_M).tolist()]
        if lane in starts:
            at_m = _KERB_START_M if kind == LaneKind.SIDEWALK else _FROM_START_M
            entries[kind].append((lane, min(at_m, 0.5 * length_m)))
    return Arrivals(spots_at(ways, anywhere), spots_at(ways, entries))


def crowd_on(road: Road, num_users: int, seed: int, shares: Mapping[RoadUser, float]) -> Crowd:
    """Return the traffic of a map: classes that find no lane there stay away.

    Args:
        road: The map, from :func:`zhixing.simulation.map_city.city_of`.
        num_users: How many at most.
        seed: Everything follows from it.
        shares: Of each class; those that are not named have the built-in city's.
    """
    arrivals = arrivals_of(road)
    here = {
        model.road_user: shares.get(model.road_user, model.share) if _has_place(arrivals, model.lane_kinds[0]) else 0.0
        for model in MODELS
    }
    crowd = Crowd(
        road, num_users if any(here.values()) else 0, [seed], shares=here, spots=arrivals.anywhere,
        entries=arrivals.entries,
    )  # fmt: skip
    if not has_lanes_for(road, LaneKind.BIKING):
        rides = np.isin(crowd.traits.road_user, [int(user) for user in TWO_WHEELERS])
        crowd.traits.likes_m[rides] = _RIGHT_EDGE_M
    return crowd


def most_users(road: Road, per_km: float) -> int:
    """Return how many road users are on a map at so many per kilometre of its lanes."""
    walks = {LaneKind.SIDEWALK, LaneKind.CROSSING, LaneKind.OTHER}
    total_m = sum(float(polyline_s_m(lane.centre_xy_m)[-1]) for lane in road.lanes if lane.kind not in walks)
    return math.ceil(per_km * total_m / _KM_M)


def _has_place(arrivals: Arrivals, kind: LaneKind) -> bool:
    return any(spots.first[kind + 1] > spots.first[kind] for spots in (arrivals.anywhere, arrivals.entries))


def _lanes_by_user(road: Road) -> list[tuple[LaneKind, int]]:
    """Return for each kind of lane on which a class appears the lanes where it does, outside junctions."""
    outside = [(lane.kind, k) for k, lane in enumerate(road.lanes) if lane.junction < 0 and lane.light_group < 0]
    usual = {LaneKind.DRIVING, LaneKind.BIKING, LaneKind.SIDEWALK}
    found: list[tuple[LaneKind, int]] = [(kind, k) for kind, k in outside if kind in usual]
    if not has_lanes_for(road, LaneKind.BIKING):
        right = [k for kind, k in outside if kind == LaneKind.DRIVING and road.lanes[k].right_lane == NO_LANE]
        found += [(LaneKind.BIKING, k) for k in right]
    return found


def _starts(road: Road) -> set[int]:
    """Return the lanes that begin at the edge of the map: nothing leads into them or into one beside them."""
    entered = [bool(lanes) for lanes in road.predecessors()]
    found = set()
    for k, lane in enumerate(road.lanes):
        beside, todo = {k}, [lane.left_lane, lane.right_lane]
        while todo:
            other = todo.pop()
            if other != NO_LANE and other not in beside:
                beside.add(other)
                todo += [road.lanes[other].left_lane, road.lanes[other].right_lane]
        if not any(entered[one] for one in beside):
            found.add(k)
    return found
