"""A map of somebody's own becomes a city: it is read, checked, and what traffic needs is added.

OpenDRIVE (``.xodr``), Lanelet2 (``.osm``) and SUMO's networks (``.net.xml``) are told apart by what stands in them.
Crossings that end at the kerb get a piece of pavement at both ends, so that people can come, wait and go; crossroads
with stop lines get the lights that the map has forgotten. Nothing else is drawn anew.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from zhixing.datatypes.road import NO_LANE, Lane, LaneKind, Road
from zhixing.datatypes.shapes import FloatArray
from zhixing.errors import MapError
from zhixing.formats.lanelet2 import is_lanelet2, read_lanelet2
from zhixing.formats.opendrive import read_opendrive
from zhixing.formats.sumo_net import is_sumo_net, read_sumo_net
from zhixing.simulation.added_lights import with_lights
from zhixing.simulation.drivable import drivable_area

_MOST_LANES = 20_000
_MOST_M = 30_000.0
_SAME_M = 1e-3
_KERB_M = 6.0
"""Length of the pavement at the end of a crossing."""
_WALKS = frozenset({LaneKind.SIDEWALK, LaneKind.CROSSING})
_RIDES = frozenset({LaneKind.BIKING, LaneKind.DRIVING})
_GOES_ON_AS = {
    LaneKind.DRIVING: frozenset({LaneKind.DRIVING}),
    LaneKind.BIKING: _RIDES,
    LaneKind.SIDEWALK: _WALKS,
    LaneKind.CROSSING: _WALKS,
    LaneKind.OTHER: frozenset[LaneKind](),
}


def read_city(path: Path) -> Road:
    """Return the road network of a map file, ready for traffic.

    Raises:
        MapError: It cannot be read, nobody could drive on it, it is too large, or a lane has no length.
    """
    if not path.is_file():
        raise MapError(
            f"there is no map {path}", hint="Give an OpenDRIVE (.xodr), Lanelet2 (.osm) or SUMO (.net.xml) file."
        )
    if is_sumo_net(path):
        return city_of(read_sumo_net(path).road)
    return city_of(read_lanelet2(path) if is_lanelet2(path) else read_opendrive(path))


def city_of(road: Road) -> Road:
    """Return a road ready for traffic: lanes keep their index, pavements at crossings are added after them.

    Raises:
        MapError: There is no lane for cars, there are too many lanes, or a lane has no length.
    """
    if not any(lane.kind == LaneKind.DRIVING for lane in road.lanes):
        raise MapError(f"{road.name} has no lane to drive on", hint="A city needs lanes for cars.")
    xy_m = np.concatenate([lane.centre_xy_m for lane in road.lanes])
    wide_m = float(np.ptp(xy_m, axis=0).max())
    if len(road.lanes) > _MOST_LANES or not wide_m <= _MOST_M:
        raise MapError(
            f"{road.name} has {len(road.lanes):,} lanes on {wide_m / 1e3:,.0f} km",
            hint=f"Cut out at most {_MOST_LANES:,} lanes on {_MOST_M / 1e3:.0f} km.",
        )
    lanes = [_without_doubles(lane) for lane in road.lanes]
    nexts = [
        [k for k in following if road.lanes[k].kind in _GOES_ON_AS[lane.kind]]
        for lane, following in zip(road.lanes, road.successors, strict=True)
    ]
    city = replace(road, lanes=tuple(lanes), successors=tuple(tuple(ks) for ks in nexts))
    return with_lights(_with_kerbs(city))


def has_lanes_for(road: Road, kind: LaneKind) -> bool:
    """Return whether a road has a lane of a kind."""
    return any(lane.kind == kind for lane in road.lanes)


def _without_doubles(lane: Lane) -> Lane:
    """Return a lane without points that lie on the one before; movement along such a piece has no direction."""
    steps_m = np.hypot(*np.diff(lane.centre_xy_m, axis=0).T)
    if (steps_m > _SAME_M).all():
        return lane
    kept = np.concatenate(([True], steps_m > _SAME_M))
    if kept.sum() < 2:
        raise MapError(f"lane {lane.lane_id} has no length", hint="Remove it from the map.")
    return replace(
        lane, centre_xy_m=lane.centre_xy_m[kept], left_xy_m=lane.left_xy_m[kept], right_xy_m=lane.right_xy_m[kept]
    )


def _with_kerbs(road: Road) -> Road:
    """Add pavements at crossings that nobody can come to, and the way back over them."""
    lanes, nexts = list(road.lanes), [list(following) for following in road.successors]
    before = road.predecessors()
    area = drivable_area(road)
    for k, crossing in enumerate(road.lanes):
        if crossing.kind != LaneKind.CROSSING or nexts[k] or before[k]:
            continue
        kerbs = [_kerb(crossing, at_end=at_end) for at_end in (False, True)]
        if any(area.lanes_at(*kerb.centre_xy_m[0]) for kerb in kerbs):
            continue  # it ends on an island that is not drawn
        back = _turned(crossing, f"{crossing.lane_id}/back")
        first = len(lanes)
        # coming at the start, coming at the end, going at the start, going at the end, the way back
        leaving = [_turned(kerb, f"{kerb.lane_id}/away") for kerb in kerbs]
        lanes += [*kerbs, *leaving, back]
        nexts[k] = [first + 3]
        nexts += [[k], [first + 4], [], [], [first + 2]]
    return replace(road, lanes=tuple(lanes), successors=tuple(tuple(ks) for ks in nexts))


def _kerb(crossing: Lane, *, at_end: bool) -> Lane:
    """Return a pavement that leads straight to one end of a crossing."""
    order = slice(None, None, -1) if at_end else slice(None)
    centre = crossing.centre_xy_m[order]
    left, right = crossing.left_xy_m[order], crossing.right_xy_m[order]
    if at_end:
        left, right = right, left
    step = centre[0] - centre[1]
    out = _KERB_M * step / np.hypot(*step)

    def line(point: FloatArray) -> FloatArray:
        return np.stack((point + out, point))

    return Lane(
        lane_id=f"{crossing.lane_id}/kerb/{int(at_end)}",
        kind=LaneKind.SIDEWALK,
        centre_xy_m=line(centre[0]),
        left_xy_m=line(left[0]),
        right_xy_m=line(right[0]),
        speed_limit_mps=crossing.speed_limit_mps,
    )


def _turned(lane: Lane, name: str) -> Lane:
    """Return a lane in the other direction."""
    return replace(
        lane,
        lane_id=name,
        centre_xy_m=lane.centre_xy_m[::-1].copy(),
        left_xy_m=lane.right_xy_m[::-1].copy(),
        right_xy_m=lane.left_xy_m[::-1].copy(),
        left_lane=NO_LANE,
        right_lane=NO_LANE,
    )
