"""OpenDRIVE maps become a :class:`Road`: lanes, how they connect, and stop lines.

Source: ASAM OpenDRIVE 1.4 as exported by common map tools; what the tools leave out (links between lanes that touch)
is found by geometry.
"""

from __future__ import annotations

import math
from pathlib import Path
from xml.etree.ElementTree import Element

import numpy as np

from zhixing.datatypes.frames import wrap_rad
from zhixing.datatypes.road import NO_LANE, Lane, LaneKind, Road, StopLine
from zhixing.datatypes.shapes import FloatArray
from zhixing.errors import MapError
from zhixing.formats.opendrive_geometry import MAX_PIECE_M
from zhixing.formats.opendrive_lanes import LanePart, RoadParts, read_road_parts
from zhixing.formats.opendrive_marks import is_marked, restore
from zhixing.formats.turning import turn_along
from zhixing.formats.xml_files import number, parse_xml

_MAX_POINTS = 200_000
_MAX_ROADS = 10_000
_MAX_AREA_M2 = 200e6
_TOUCH_M = 0.3
_TOUCH_RAD = math.radians(20.0)

_Key = tuple[str, int, int]
_End = tuple[_Key, bool]
"""A lane's end in s: (lane, True) where s is largest, (lane, False) where it is smallest."""


def read_opendrive(path: Path) -> Road:
    """Return the road network of a map file.

    Raises:
        MapError: The file cannot be read, a number is not finite, it is absurdly large, or nobody could drive on it.
    """
    root = parse_xml(path, MapError)
    if root.tag != "OpenDRIVE":
        raise MapError(f"{path.name} is a {root.tag!r} file, not OpenDRIVE", hint="Give an .xodr file.")
    _check_budget(path.name, root)
    roads = {road.get("id", "?"): read_road_parts(road) for road in root.findall("road")}
    parts = [part for road in roads.values() for part in road.lanes]
    if not any(part.kind == LaneKind.DRIVING for part in parts):
        raise MapError(f"{path.name} has no lane to drive on", hint="At least one lane must be of type driving.")
    _check_size(path.name, parts)
    index = {part.key: k for k, part in enumerate(parts)}
    successors = _directed(parts, index, _contacts(root, roads))
    _connect_touching(parts, successors)
    junctions = {junction: k for k, junction in enumerate(sorted({r.junction_id for r in roads.values()} - {"-1"}))}
    lanes = [_lane(part, parts, index, junctions.get(roads[part.key[0]].junction_id, -1)) for part in parts]
    crossings = [lane for road in roads.values() for lane in _crossings(road)]
    stop_lines = [line for road in roads.values() for line in _stop_lines(road, index)]
    road = Road(
        name=path.stem,
        lanes=(*lanes, *crossings),
        successors=(*(tuple(sorted(s)) for s in successors), *(() for _ in crossings)),
        stop_lines=tuple(stop_lines),
        num_junctions=len(junctions),
    )
    return restore(root, _elements(roads), road)


def _elements(roads: dict[str, RoadParts]) -> dict[str, Element]:
    """Return what describes each lane and crossing, by its name."""
    found: dict[str, Element] = {}
    for road in roads.values():
        for index, section in enumerate(road.sections):
            for lane in section.iterfind("*/lane"):
                found[f"{road.road_id}/{index}/{lane.get('id')}"] = lane
        for index, thing in enumerate(road.element.findall("objects/object")):
            found[f"{road.road_id}/crossing/{index}"] = thing
    return found


def _check_budget(name: str, root: Element) -> None:
    """Refuse a map that would be absurdly large, before anything of it is drawn."""
    roads = root.findall("road")
    total_m, lanes_m = 0.0, 0.0
    for road in roads:
        pieces_m = [number(piece, "length", MapError) for piece in road.iterfind("planView/geometry")]
        if not max(pieces_m, default=0.0) > 0.0 or max(pieces_m) > MAX_PIECE_M:
            continue  # said better by whoever reads it
        drawn_m = sum(pieces_m)
        length_m = number(road, "length", MapError, default=drawn_m)
        if not length_m <= 1.1 * drawn_m + 10.0:
            raise MapError(
                f"road {road.get('id', '?')[:40]} is {length_m} m long, its geometry {drawn_m} m",
                hint="Both must agree.",
            )
        sections = road.findall("lanes/laneSection")
        if any(not -1.0 <= number(section, "s", MapError) <= length_m + 1.0 for section in sections):
            raise MapError(f"road {road.get('id', '?')[:40]} has a lane section beyond its ends", hint="Check its s.")
        total_m += drawn_m
        lanes_m += drawn_m * max((sum(1 for _ in section.iter("lane")) for section in sections), default=0)
    if len(roads) > _MAX_ROADS or not total_m <= _MAX_POINTS or not lanes_m <= 5.0 * _MAX_POINTS:
        raise MapError(
            f"{name} has {len(roads):,} roads, {total_m / 1e3:,.0f} km long, {lanes_m / 1e3:,.0f} km of lanes",
            hint=f"Cut out at most {_MAX_ROADS:,} roads and {_MAX_POINTS / 1e3:,.0f} km.",
        )


def _check_size(name: str, parts: list[LanePart]) -> None:
    xy_m = np.concatenate([part.left_xy_m for part in parts])
    if not np.isfinite(xy_m).all():
        raise MapError(f"{name} leads to coordinates that are not finite", hint="Check its polynomials.")
    area_m2 = float(np.prod(xy_m.max(axis=0) - xy_m.min(axis=0)))
    if xy_m.shape[0] > _MAX_POINTS or not area_m2 <= _MAX_AREA_M2:
        raise MapError(
            f"{name} has {xy_m.shape[0]:,} points on {area_m2 / 1e6:,.0f} km²",
            hint=f"Cut out at most {_MAX_POINTS:,} points on {_MAX_AREA_M2 / 1e6:.0f} km².",
        )


def _lane(part: LanePart, parts: list[LanePart], index: dict[_Key, int], junction: int) -> Lane:
    centre = 0.5 * (part.left_xy_m + part.right_xy_m)
    return Lane(
        lane_id="/".join(map(str, part.key)),
        kind=part.kind,
        centre_xy_m=centre,
        left_xy_m=part.left_xy_m,
        right_xy_m=part.right_xy_m,
        speed_limit_mps=part.speed_limit_mps,
        is_two_way=part.is_two_way,
        junction=junction,
        left_lane=_neighbour(part, parts, index, left=True),
        right_lane=_neighbour(part, parts, index, left=False),
        turn=turn_along(centre) if junction >= 0 else "",
    )


def _neighbour(part: LanePart, parts: list[LanePart], index: dict[_Key, int], *, left: bool) -> int:
    road_id, section, lane_id = part.key
    # Along s, ids grow to the left; 0 is the reference line and no lane.
    step = 1 if left == part.is_forward else -1
    other_id = lane_id + step or lane_id + 2 * step
    other = index.get((road_id, section, other_id), NO_LANE)
    if other == NO_LANE or parts[other].is_forward != part.is_forward or parts[other].kind != part.kind:
        return NO_LANE
    return other


def _contacts(root: Element, roads: dict[str, RoadParts]) -> list[tuple[_End, _End]]:
    """Return the pairs of lane ends that the map says touch each other."""
    found: list[tuple[_End, _End]] = []
    for road in roads.values():
        for part in road.lanes:
            _, section, _ = part.key
            if part.after is not None and section + 1 < road.num_sections:
                found.append(((part.key, True), ((road.road_id, section + 1, part.after), False)))
            if part.before is not None and section > 0:
                found.append(((part.key, False), ((road.road_id, section - 1, part.before), True)))
            for lane_id, name, at_end in ((part.before, "predecessor", False), (part.after, "successor", True)):
                link = road.element.find(f"link/{name}")
                outer = section == (road.num_sections - 1 if at_end else 0)
                other = roads.get(link.get("elementId", "")) if link is not None else None
                if not outer or lane_id is None or link is None or other is None or link.get("elementType") != "road":
                    continue
                found.append(((part.key, at_end), _end(other, lane_id, link.get("contactPoint") != "start")))
    for junction in root.findall("junction"):
        for connection in junction.findall("connection"):
            incoming = roads.get(connection.get("incomingRoad", ""))
            connecting = roads.get(connection.get("connectingRoad", connection.get("linkedRoad", "")))
            if incoming is None or connecting is None:
                continue
            link = incoming.element.find("link/successor")
            at_end = link is not None and link.get("elementId") == junction.get("id")
            for lane_link in connection.findall("laneLink"):
                before = _end(incoming, int(number(lane_link, "from", MapError)), at_end)
                after = _end(
                    connecting, int(number(lane_link, "to", MapError)), connection.get("contactPoint") == "end"
                )
                found.append((before, after))
    return found


def _end(road: RoadParts, lane_id: int, at_end: bool) -> _End:
    return (road.road_id, road.num_sections - 1 if at_end else 0, lane_id), at_end


def _directed(parts: list[LanePart], index: dict[_Key, int], contacts: list[tuple[_End, _End]]) -> list[set[int]]:
    """Return for each lane those that continue it in the direction of travel."""
    successors: list[set[int]] = [set() for _ in parts]
    for (one, one_at_end), (two, two_at_end) in contacts:
        a, b = index.get(one), index.get(two)
        if a is None or b is None:
            continue
        a_leaves, b_leaves = parts[a].is_forward == one_at_end, parts[b].is_forward == two_at_end
        if a_leaves and not b_leaves:
            successors[a].add(b)
        elif b_leaves and not a_leaves:
            successors[b].add(a)
    return successors


def _connect_touching(parts: list[LanePart], successors: list[set[int]]) -> None:
    """Connect lanes that end where another of their kind begins, where the map forgot to say so."""
    centres = [0.5 * (part.left_xy_m + part.right_xy_m) for part in parts]
    starts = np.array([centre[0] for centre in centres])
    start_yaw = np.array([math.atan2(*(centre[1] - centre[0])[::-1]) for centre in centres])
    for k, centre in enumerate(centres):
        if successors[k]:
            continue
        yaw = math.atan2(*(centre[-1] - centre[-2])[::-1])
        for other in np.flatnonzero(np.hypot(*(starts - centre[-1]).T) < _TOUCH_M):
            turn = abs(wrap_rad(float(start_yaw[other]) - yaw))
            if other != k and parts[other].kind == parts[k].kind and turn < _TOUCH_RAD:
                successors[k].add(int(other))


def _outline(road: RoadParts, thing: Element) -> FloatArray:
    """Return (corners, 2) of an object in the map's frame: its outline, or its box where it has none."""
    corners = [(number(c, "s", MapError), number(c, "t", MapError)) for c in thing.iter("cornerRoad")]
    if len(corners) >= 2:
        s, t = np.array(corners).T
        return road.xy_m(s, t)
    s_m, t_m = np.array([number(thing, "s", MapError)]), np.array([number(thing, "t", MapError)])
    centre = road.xy_m(s_m, t_m)[0]
    ahead = road.xy_m(s_m + 0.01, t_m)[0] - road.xy_m(s_m - 0.01, t_m)[0]
    yaw = math.atan2(ahead[1], ahead[0]) + number(thing, "hdg", MapError, default=0.0)
    local = [(number(c, "u", MapError), number(c, "v", MapError)) for c in thing.iter("cornerLocal")]
    if len(local) < 2:
        half_l = 0.5 * number(thing, "length", MapError, default=0.0)
        half_w = 0.5 * number(thing, "width", MapError, default=0.0)
        local = [(half_l, half_w), (-half_l, half_w), (-half_l, -half_w), (half_l, -half_w)]
    c, s = math.cos(yaw), math.sin(yaw)
    corners_m: FloatArray = centre + np.array(local) @ np.array([[c, s], [-s, c]])
    return corners_m


def _long_axis(corners: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the two ends of the long axis of some corners, and (2,) half the extent across it."""
    centre = corners.mean(axis=0)
    _, _, axes = np.linalg.svd(corners - centre)
    along, across = (corners - centre) @ axes[0], (corners - centre) @ axes[1]
    ends = centre + np.outer([along.min(), along.max()], axes[0])
    return ends, 0.5 * (across.max() - across.min()) * axes[1]


def _stop_lines(road: RoadParts, index: dict[_Key, int]) -> list[StopLine]:
    found = []
    for thing in road.element.findall("objects/object"):
        name = f"{thing.get('name', '')} {thing.get('type', '')}".lower()
        if "stop" not in name:
            continue
        ends, _ = _long_axis(_outline(road, thing))
        middle, reach = ends.mean(axis=0), 0.5 * np.hypot(*(ends[1] - ends[0])) + 0.5
        lanes = []
        for part in road.lanes:
            last = 0.5 * (part.left_xy_m[-1] + part.right_xy_m[-1])
            if part.kind != LaneKind.DRIVING or np.hypot(*(last - middle)) > reach + 5.0:
                continue
            heading = last - 0.5 * (part.left_xy_m[-2] + part.right_xy_m[-2])
            across = (ends[1] - ends[0]) / max(float(np.hypot(*(ends[1] - ends[0]))), 1e-9)
            if abs(float(across @ (last - middle))) < reach and abs(float(across @ heading)) < 0.7 * np.hypot(*heading):
                lanes.append(index[part.key])
        if lanes:
            found.append(StopLine(xy_m=ends, lanes=tuple(lanes)))
    return found


def _crossings(road: RoadParts) -> list[Lane]:
    found = []
    for number_, thing in enumerate(road.element.findall("objects/object")):
        if "crosswalk" not in thing.get("type", "").lower():
            continue
        ends, half_width = _long_axis(_outline(road, thing))
        if np.hypot(*(ends[1] - ends[0])) < 1.0 and not is_marked(thing):
            continue
        along = ends[1] - ends[0]
        if along[0] * half_width[1] - along[1] * half_width[0] < 0.0:
            half_width = -half_width
        found.append(
            Lane(
                lane_id=f"{road.road_id}/crossing/{number_}",
                kind=LaneKind.CROSSING,
                centre_xy_m=ends,
                left_xy_m=ends + half_width,
                right_xy_m=ends - half_width,
                speed_limit_mps=math.inf,
                is_two_way=True,
            )
        )
    return found
