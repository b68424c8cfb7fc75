"""The lanelets of a CommonRoad file as a :class:`Road`.

Source: CommonRoad XML format 2018b (speed limits in lanelets) and 2020a (traffic signs, lanelet types, users, stop
lines, intersections). Both give speeds in metres per second, on signs of every country.
"""

from __future__ import annotations

import math
from dataclasses import replace
from xml.etree.ElementTree import Element

import numpy as np

from zhixing.datatypes.road import NO_LANE, Lane, LaneKind, Road, StopLine
from zhixing.datatypes.shapes import FloatArray, polyline_s_m
from zhixing.errors import MapError
from zhixing.formats.commonroad_junctions import find_junctions
from zhixing.formats.commonroad_values import points
from zhixing.formats.xml_files import text_number

_MAX_POINTS = 200_000
_MAX_LANES = 20_000
_MIN_LENGTH_M = 1e-3

_LIMIT_SIGNS = frozenset({"274", "274.1", "R2-1", "r301", "3.24", "R15", "C43", "B14", "Ρ-32", "B31"})
"""Signs of a greatest speed: DEU, ZAM, CHN, ITA 274 (274.1: of a zone), USA, PRI R2-1, ESP r301, RUS 3.24, ARG R15,
BEL C43, FRA B14, GRC Ρ-32, HRV B31 (sign catalogue of commonroad-io)."""

_SPECIAL = {
    "crosswalk": LaneKind.CROSSING,
    "sidewalk": LaneKind.SIDEWALK,
    "bicycleLane": LaneKind.BIKING,
    "busLane": LaneKind.OTHER,
    "shoulder": LaneKind.OTHER,
    "border": LaneKind.OTHER,
    "parking": LaneKind.OTHER,
    "restricted": LaneKind.OTHER,
    "restricted_area": LaneKind.OTHER,
}
"""Lanelet types that are not for cars, the more telling ones first; all others are."""

_CARS = frozenset({"vehicle", "car", "taxi"})


def read_lanes(root: Element, name: str) -> tuple[Road, dict[str, int]]:
    """Return the road without lights, and the index of each lanelet's lane by the lanelet's id.

    References to lanelets outside the file, which a map cut out of a larger one has, are left out.

    Raises:
        MapError: A lanelet has no name, no length or too few points, or there is nothing to drive on, or too much.
    """
    lanelets = root.findall("lanelet")
    index = {lanelet.get("id", ""): k for k, lanelet in enumerate(lanelets)}
    if len(index) != len(lanelets) or "" in index:
        raise MapError(f"{name} has lanelets with the same id or none", hint="Give each its own.")
    _check_size(name, root, len(lanelets))
    limits_mps = _sign_limits_mps(root)
    lanes = [_lane(lanelet, limits_mps) for lanelet in lanelets]
    if not any(lane.kind == LaneKind.DRIVING for lane in lanes):
        raise MapError(f"{name} has no lane to drive on", hint="At least one lanelet must be for cars.")
    lanes = [_with_neighbours(lane, lanelet, lanes, index) for lane, lanelet in zip(lanes, lanelets, strict=True)]
    successors = _successors(lanelets, index)
    junction, turn = find_junctions(root, lanes, successors, index)
    return Road(
        name=name,
        lanes=tuple(replace(lane, junction=junction[k], turn=turn[k]) for k, lane in enumerate(lanes)),
        successors=successors,
        stop_lines=tuple(_stop_lines(lanelets, lanes)),
        num_junctions=max(junction, default=-1) + 1,
    ), index


def outline_xy_m(lane: Lane) -> FloatArray:
    """Return (points, 2) around a lane: along its left boundary and back along its right one."""
    return np.concatenate((lane.left_xy_m, lane.right_xy_m[::-1]))


def _check_size(name: str, root: Element, num_lanes: int) -> None:
    num_points = sum(len(bound) for lanelet in root.iterfind("lanelet") for bound in lanelet.iterfind("leftBound"))
    if num_points > _MAX_POINTS or num_lanes > _MAX_LANES:
        raise MapError(
            f"{name} has {num_points:,} points on {num_lanes:,} lanelets",
            hint=f"Cut out at most {_MAX_POINTS:,} points on {_MAX_LANES:,}.",
        )


def _lane(lanelet: Element, limits_mps: dict[str, float]) -> Lane:
    name = lanelet.get("id", "")[:40]
    left, right = (_bound(lanelet, side, name) for side in ("leftBound", "rightBound"))
    if left.shape[0] != right.shape[0]:
        most = max(left.shape[0], right.shape[0])
        left, right = _evenly(left, most), _evenly(right, most)
    centre = 0.5 * (left + right)
    if not polyline_s_m(centre)[-1] > _MIN_LENGTH_M:
        raise MapError(f"lanelet {name} has no length", hint="Drop it, or mend its bounds.")
    kind = _kind(lanelet)
    return Lane(
        lane_id=name,
        kind=kind,
        centre_xy_m=centre,
        left_xy_m=left,
        right_xy_m=right,
        speed_limit_mps=_limit_mps(lanelet, limits_mps),
        is_two_way=lanelet.find("userBidirectional") is not None or kind in {LaneKind.SIDEWALK, LaneKind.CROSSING},
    )


def _bound(lanelet: Element, side: str, name: str) -> FloatArray:
    bound = lanelet.find(side)
    line = points(bound, MapError) if bound is not None else np.zeros((0, 2))
    if line.shape[0] < 2:
        raise MapError(f"the {side} of lanelet {name} has {line.shape[0]} points", hint="Give it two or more.")
    return line


def _evenly(line: FloatArray, count: int) -> FloatArray:
    """Return a line with another number of points, spread over its length."""
    s_m = polyline_s_m(line)
    at = np.linspace(0.0, s_m[-1], count)
    return np.stack([np.interp(at, s_m, line[:, k]) for k in (0, 1)], axis=-1)


def _kind(lanelet: Element) -> LaneKind:
    types = {(e.text or "").strip() for e in lanelet.iterfind("laneletType")}
    users = {(e.text or "").strip() for tag in ("userOneWay", "userBidirectional") for e in lanelet.iterfind(tag)}
    kind = next((kind for name, kind in _SPECIAL.items() if name in types), LaneKind.DRIVING)
    if not users:
        return kind
    if users & _CARS:
        return LaneKind.DRIVING if kind == LaneKind.OTHER else kind
    if kind != LaneKind.DRIVING:
        return kind
    if users <= {"bicycle", "pedestrian"}:
        return LaneKind.BIKING if "bicycle" in users else LaneKind.SIDEWALK
    return LaneKind.OTHER


def _sign_limits_mps(root: Element) -> dict[str, float]:
    """Return the greatest speed that each sign with one allows, by the sign's id."""
    limits: dict[str, float] = {}
    for sign in root.iterfind("trafficSign"):
        for element in sign.iterfind("trafficSignElement"):
            is_limit = (element.findtext("trafficSignID") or "").strip() in _LIMIT_SIGNS
            if is_limit and element.find("additionalValue") is not None:
                value = text_number(element, "additionalValue", MapError)
                name = sign.get("id", "")
                limits[name] = min(value, limits.get(name, math.inf))
    return limits


def _limit_mps(lanelet: Element, limits_mps: dict[str, float]) -> float:
    signed = [limits_mps.get(ref.get("ref", ""), math.inf) for ref in lanelet.iterfind("trafficSignRef")]
    limit = min([text_number(lanelet, "speedLimit", MapError, default=math.inf), *signed])
    return limit if limit > 0.0 else math.inf


def _with_neighbours(lane: Lane, lanelet: Element, lanes: list[Lane], index: dict[str, int]) -> Lane:
    beside = []
    for side in ("adjacentLeft", "adjacentRight"):
        link = lanelet.find(side)
        other = index.get(link.get("ref", ""), NO_LANE) if link is not None else NO_LANE
        is_same_way = link is not None and link.get("drivingDir") == "same"
        beside.append(other if is_same_way and other != NO_LANE and lanes[other].kind == lane.kind else NO_LANE)
    return replace(lane, left_lane=beside[0], right_lane=beside[1])


def _successors(lanelets: list[Element], index: dict[str, int]) -> tuple[tuple[int, ...], ...]:
    """Return for each lane what continues it, whichever of the two says so."""
    found: list[set[int]] = [set() for _ in lanelets]
    for k, lanelet in enumerate(lanelets):
        for link in lanelet.iterfind("successor"):
            if (other := index.get(link.get("ref", ""), k)) != k:
                found[k].add(other)
        for link in lanelet.iterfind("predecessor"):
            if (other := index.get(link.get("ref", ""), k)) != k:
                found[other].add(k)
    return tuple(tuple(sorted(nexts)) for nexts in found)


def _stop_lines(lanelets: list[Element], lanes: list[Lane]) -> list[StopLine]:
    found = []
    for k, lanelet in enumerate(lanelets):
        line = lanelet.find("stopLine")
        if line is None:
            continue
        ends = points(line, MapError)
        if ends.shape[0] < 2:  # without points it lies at the end of its lanelet
            ends = np.stack((lanes[k].left_xy_m[-1], lanes[k].right_xy_m[-1]))
        found.append(StopLine(xy_m=ends[[0, -1]].copy(), lanes=(k,)))
    return found
