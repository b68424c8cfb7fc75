"""SUMO's networks (``.net.xml``) become a :class:`Road`, and say which light is which link of which program.

Lanes within junctions become lanes of the junction, each link of a traffic light a light group. Only right-hand traffic
is read; walking areas, which are no lanes, are left out.

Source: SUMO documentation, "Road networks" (Eclipse SUMO 1.28).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import Element

import numpy as np

from zhixing.datatypes.road import NO_LANE, NO_LIGHT, Lane, LaneKind, Road, StopLine
from zhixing.datatypes.shapes import FloatArray
from zhixing.errors import MapError
from zhixing.formats.sumo_crossings import Crossed
from zhixing.formats.xml_files import number, parse_xml

_HEAD_BYTES = 16_384
_MAX_LANES = 100_000
_DEFAULT_WIDTH_M = 3.2
_TURNS = {"s": "straight", "l": "left", "L": "left", "r": "right", "R": "right", "t": "u-turn"}
_KINDS = (("passenger", LaneKind.DRIVING), ("bicycle", LaneKind.BIKING), ("pedestrian", LaneKind.SIDEWALK))
_PARTS = frozenset({None, "normal", "internal", "crossing"})

Signal = tuple[str, int]
"""A traffic light program of SUMO's, and which of its links."""


@dataclass(frozen=True, slots=True)
class SumoNet:
    """A network that was read.

    Attributes:
        road: What it is to everybody else.
        lane_of: SUMO's name of each lane.
        group_of: The light group of each signal.
    """

    road: Road
    lane_of: dict[int, str]
    group_of: dict[Signal, int]


def is_sumo_net(path: Path) -> bool:
    """Return whether a file says in its first lines that it is a network of SUMO's; false where it cannot be read."""
    try:
        with path.open("rb") as file:
            return b"<net " in file.read(_HEAD_BYTES)
    except OSError:
        return False


def signals_of(path: Path) -> dict[tuple[str, str], Signal]:
    """Return the signal of each connection that has one, by (lane it comes from, lane it goes to).

    Raises:
        MapError: The file cannot be read.
    """
    root = parse_xml(path, MapError)
    return {(_end(one, "from"), _end(one, "to")): _signal(one) for one in root.iterfind("connection") if one.get("tl")}


def crossing_signals_of(path: Path) -> dict[Crossed, Signal]:
    """Return the signal of each crossing that has one, by the node it is at and the edges it leads over.

    Raises:
        MapError: The file cannot be read.
    """
    root = parse_xml(path, MapError)
    over = {edge.get("id", ""): edge.get("crossingEdges", "") for edge in root.iterfind("edge[@function='crossing']")}
    found: dict[Crossed, Signal] = {}
    for one in root.iterfind("connection"):
        crossing = one.get("to", "")
        if one.get("tl") and crossing in over:
            found[crossing.removeprefix(":").rsplit("_", 1)[0], frozenset(over[crossing].split())] = _signal(one)
    return found


def read_sumo_net(path: Path) -> SumoNet:
    """Return a network of SUMO's as a road.

    Raises:
        MapError: The file cannot be read, is too large, is for left-hand traffic, or nobody could drive on it.
    """
    root = parse_xml(path, MapError)
    if root.tag != "net":
        raise MapError(f"{path.name} is a {root.tag!r} file, no network of SUMO's", hint="Give a .net.xml file.")
    if root.get("lefthand") in {"true", "1"}:
        raise MapError(f"{path.name} is for left-hand traffic", hint="Only right-hand traffic is driven.")
    elements = [(edge, lane) for edge in root.iterfind("edge") for lane in edge.iterfind("lane")]
    elements = [(edge, lane) for edge, lane in elements if edge.get("function") in _PARTS]
    if len(elements) > _MAX_LANES:
        raise MapError(f"{path.name} has {len(elements):,} lanes", hint=f"Cut out at most {_MAX_LANES:,}.")
    index = {lane.get("id", ""): k for k, (_, lane) in enumerate(elements)}
    successors: list[set[int]] = [set() for _ in elements]
    turn, group, group_of, waits = [""] * len(elements), [NO_LIGHT] * len(elements), dict[Signal, int](), set[int]()
    for one in root.iterfind("connection"):
        before, following = index.get(_end(one, "from")), index.get(one.get("via") or _end(one, "to"))
        if before is None or following is None:
            continue
        successors[before].add(following)
        if one.get("via") and not _end(one, "from").startswith(":"):
            turn[following] = _TURNS.get(one.get("dir", ""), "")
        if one.get("tl"):
            group[following] = group_of.setdefault(_signal(one), len(group_of))
            waits.add(before)
    junctions: dict[str, int] = {}
    lanes = [_lane(path.name, edge, lane, index, junctions) for edge, lane in elements]
    lanes = [_within(lane, turn[k], group[k]) for k, lane in enumerate(lanes)]
    if not any(lane.kind == LaneKind.DRIVING for lane in lanes):
        raise MapError(f"{path.name} has no lane to drive on", hint="At least one lane must allow passenger cars.")
    road = Road(
        name=path.name.removesuffix(".xml").removesuffix(".net"),
        lanes=tuple(lanes),
        successors=tuple(tuple(sorted(ks)) for ks in successors),
        stop_lines=tuple(_stop_line(lanes[k], k) for k in sorted(waits) if lanes[k].kind == LaneKind.DRIVING),
        num_junctions=len(junctions),
        num_light_groups=len(group_of),
    )
    return SumoNet(road, {k: name for name, k in index.items()}, group_of)


def _end(connection: Element, which: str) -> str:
    return f"{connection.get(which)}_{connection.get(f'{which}Lane')}"


def _signal(connection: Element) -> Signal:
    return connection.get("tl", ""), int(number(connection, "linkIndex", MapError))


def _lane(name: str, edge: Element, lane: Element, index: dict[str, int], junctions: dict[str, int]) -> Lane:
    lane_id = lane.get("id", "")
    centre = _points(name, lane_id, lane.get("shape", ""))
    half_m = 0.5 * number(lane, "width", MapError, default=_DEFAULT_WIDTH_M)
    along = np.gradient(centre, axis=0)
    left = np.stack((-along[:, 1], along[:, 0]), axis=-1) / np.maximum(np.hypot(*along.T), 1e-9)[:, None]
    function = edge.get("function", "normal")
    kind = LaneKind.CROSSING if function == "crossing" else _kind(lane)
    junction = -1
    if function != "normal":
        junction = junctions.setdefault(lane_id.removeprefix(":").rsplit("_", 2)[0], len(junctions))
    beside = [NO_LANE, NO_LANE]
    if function == "normal":
        edge_id, place = lane_id.rsplit("_", 1)
        same = {k: other for k, other in enumerate(edge.iterfind("lane")) if _kind(other) == kind}
        for side, step in enumerate((1, -1)):
            if int(place) + step in same:
                beside[side] = index.get(f"{edge_id}_{int(place) + step}", NO_LANE)
    return Lane(
        lane_id=lane_id,
        kind=kind,
        centre_xy_m=centre,
        left_xy_m=centre + half_m * left,
        right_xy_m=centre - half_m * left,
        speed_limit_mps=number(lane, "speed", MapError),
        is_two_way=kind in {LaneKind.SIDEWALK, LaneKind.CROSSING},
        junction=junction,
        left_lane=beside[0],
        right_lane=beside[1],
    )


def _within(lane: Lane, turn: str, group: int) -> Lane:
    """Return a lane with what the connections say of it."""
    return Lane(
        lane_id=lane.lane_id, kind=lane.kind, centre_xy_m=lane.centre_xy_m, left_xy_m=lane.left_xy_m,
        right_xy_m=lane.right_xy_m, speed_limit_mps=lane.speed_limit_mps, is_two_way=lane.is_two_way,
        junction=lane.junction, left_lane=lane.left_lane, right_lane=lane.right_lane, light_group=group, turn=turn,
    )  # fmt: skip


def _kind(lane: Element) -> LaneKind:
    """Return who a lane is for: the first of cars, bicycles, people on foot that may use it."""
    allowed, forbidden = (lane.get(name, "").split() for name in ("allow", "disallow"))
    for user, kind in _KINDS:
        if user in allowed or "all" in allowed or (not allowed and user not in forbidden and "all" not in forbidden):
            return kind
    return LaneKind.OTHER


def _points(name: str, lane_id: str, shape: str) -> FloatArray:
    try:
        points = np.array([[float(word) for word in point.split(",")[:2]] for point in shape.split()])
    except ValueError as error:
        raise MapError(f"{name}: the shape of lane {lane_id} is no list of points", hint="Make it anew.") from error
    if points.ndim != 2 or points.shape[0] < 2 or points.shape[1] != 2 or not np.isfinite(points).all():
        raise MapError(f"{name}: lane {lane_id} is not drawn with two finite points or more", hint="Make it anew.")
    return points


def _stop_line(lane: Lane, index: int) -> StopLine:
    return StopLine(xy_m=np.stack((lane.left_xy_m[-1], lane.right_xy_m[-1])), lanes=(index,))
