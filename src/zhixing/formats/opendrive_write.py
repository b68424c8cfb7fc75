"""A :class:`Road` as an OpenDRIVE map.

Source: ASAM OpenDRIVE 1.7. Lanes side by side become a road whose lanes run along it; crossings and stop lines become
objects, lights become signals with one controller for each group. What OpenDRIVE cannot say stands in ``userData``, see
:mod:`zhixing.formats.opendrive_marks`; without it the map is the same for everybody who drives by it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from xml.etree.ElementTree import Element

import numpy as np

from zhixing.datatypes.road import NO_LIGHT, Lane, LaneKind, Road
from zhixing.datatypes.shapes import FloatArray
from zhixing.errors import MapError
from zhixing.formats.opendrive_lanes import read_road_parts
from zhixing.formats.opendrive_marks import mark_joints, mark_lane, mark_road
from zhixing.formats.opendrive_reference import Reference, add_plan_view, add_polynomials, reference_of
from zhixing.formats.opendrive_strands import Junction, Strand, strands_of
from zhixing.formats.opendrive_things import add_crossings, add_lights, add_stop_lines
from zhixing.formats.xml_write import child, write_whole, xml_bytes

_TYPES = {
    LaneKind.DRIVING: "driving",
    LaneKind.BIKING: "biking",
    LaneKind.SIDEWALK: "sidewalk",
    LaneKind.OTHER: "shoulder",
}
_DRAWN_M = 1e-7
"""A lane that is drawn as exactly as this needs no points of its own in its mark."""


def write_opendrive(path: Path, road: Road, lights_at: Mapping[int, int] = MappingProxyType({})) -> dict[str, int]:
    """Write a map, whole or not at all.

    What is read back by :func:`zhixing.formats.opendrive.read_opendrive` is the same road, its points within 1e-6 m.

    Args:
        path: The file, ``.xodr``.
        road: What to write.
        lights_at: For light groups that belong to no lane, the lane at whose end they stand.

    Returns:
        The light group of each signal in the map, by the signal's id.

    Raises:
        MapError: Nobody could drive on it, a number is not finite, or it cannot be written there.
    """
    content, signals = opendrive_bytes(road, lights_at)
    write_whole(path, content, MapError)
    return signals


def opendrive_bytes(road: Road, lights_at: Mapping[int, int] = MappingProxyType({})) -> tuple[bytes, dict[str, int]]:
    """Return the map as a file, and the light groups of its signals; see :func:`write_opendrive`."""
    _check(road)
    strands, junctions = strands_of(road)
    root = Element("OpenDRIVE")
    _add_header(root, road)
    lines = [_line(strand, road) for strand in strands]
    roads = [_add_road(root, k, strands, lines[k], road) for k in range(len(strands))]
    add_crossings(roads, strands, road)
    add_stop_lines(roads, strands, road)
    signals = add_lights(roads, strands, lines, road, lights_at)
    for group in sorted(set(signals.values())):
        controller = child(root, "controller", id=str(group), name=f"light group {group}")
        for name in (name for name, of in signals.items() if of == group):
            child(controller, "control", signalId=name, type="0")
    for k, junction in enumerate(junctions):
        _add_junction(root, k, junction, strands, road)
    return xml_bytes(root), signals


def _check(road: Road) -> None:
    if not any(lane.kind == LaneKind.DRIVING for lane in road.lanes):
        raise MapError(f"{road.name} has no lane to drive on", hint="A map needs one.")
    for lane in road.lanes:
        lines = np.concatenate((lane.left_xy_m, lane.right_xy_m, lane.centre_xy_m))
        if lane.centre_xy_m.shape[0] < 2 or not np.isfinite(lines).all():
            raise MapError(f"lane {lane.lane_id} is not drawn with two finite points or more", hint="Mend it.")
    if not all(np.isfinite(line.xy_m).all() for line in road.stop_lines):
        raise MapError(f"{road.name} has a stop line whose ends are not finite", hint="Mend it.")


def _add_header(root: Element, road: Road) -> None:
    xy_m = np.concatenate([np.concatenate((lane.left_xy_m, lane.right_xy_m)) for lane in road.lanes])
    (west, south), (east, north) = xy_m.min(axis=0).tolist(), xy_m.max(axis=0).tolist()
    edges = {"north": north, "south": south, "east": east, "west": west}
    header = child(root, "header", revMajor=1, revMinor=7, name=road.name, version="1", vendor="Zhixing", **edges)
    mark_road(header, road)


def _line(strand: Strand, road: Road) -> Reference:
    lanes = [road.lanes[lane] for lane in strand.lanes]
    return reference_of([lanes[0].left_xy_m, *(lane.right_xy_m for lane in lanes)])


def _add_road(root: Element, k: int, strands: list[Strand], line: Reference, road: Road) -> Element:
    strand, count = strands[k], len(strands)
    junction = str(count + strand.junction) if strand.junction >= 0 else "-1"
    element = child(root, "road", name="", length=line.length_m, id=str(k), junction=junction, rule="RHT")
    link = child(element, "link")
    for tag, other, contact in (("predecessor", strand.before, "end"), ("successor", strand.after, "start")):
        if other is not None and other[0] == "road":
            child(link, tag, elementType="road", elementId=str(other[1]), contactPoint=contact)
        elif other is not None:
            child(link, tag, elementType="junction", elementId=str(count + other[1]))
    child(element, "type", s=0.0, type="town")
    add_plan_view(element, line)
    parent = child(element, "lanes")
    add_polynomials(parent, "laneOffset", "s", line, line.beside_m[0])
    section = child(parent, "laneSection", s=0.0)
    centre = child(child(section, "center"), "lane", id=0, type="none", level="false")
    _add_mark(centre, "solid")
    right = child(section, "right")
    for place in range(len(strand.lanes)):
        _add_lane(right, place, strands, strand, line, road)
    mark_joints(section)
    _say_askew_points(element, strand, road)
    return element


def _add_lane(parent: Element, place: int, strands: list[Strand], strand: Strand, line: Reference, road: Road) -> None:
    index = strand.lanes[place]
    lane = road.lanes[index]
    both_ways = lane.kind == LaneKind.DRIVING and lane.is_two_way
    one = child(parent, "lane", id=-1 - place, type="bidirectional" if both_ways else _TYPES[lane.kind], level="false")
    link = child(one, "link")
    for tag, other, links in (
        ("predecessor", strand.before, strand.links_before),
        ("successor", strand.after, strand.links_after),
    ):
        if other is not None and index in links:
            child(link, tag, id=-1 - strands[other[1]].lanes.index(links[index]))
    add_polynomials(one, "width", "sOffset", line, np.maximum(line.beside_m[place] - line.beside_m[place + 1], 0.0))
    _add_mark(one, "solid" if place == len(strand.lanes) - 1 else "broken")
    if math.isfinite(lane.speed_limit_mps):
        child(one, "speed", sOffset=0.0, max=lane.speed_limit_mps, unit="m/s")
    mark_lane(one, index, road, with_points=False)


def _add_mark(lane: Element, kind: str) -> None:
    child(lane, "roadMark", sOffset=0.0, type=kind, weight="standard", color="standard", width=0.15)


def _say_askew_points(element: Element, strand: Strand, road: Road) -> None:
    """Say the points of those lanes that a reader would not draw as they are."""
    drawn = {part.key[2]: part for part in read_road_parts(element).lanes}
    for place, one in enumerate(element.iterfind("lanes/laneSection/right/lane")):
        lane, part = road.lanes[strand.lanes[place]], drawn.get(-1 - place)
        if part is None or not _is_drawn(lane, part.left_xy_m, part.right_xy_m):
            mark_lane(one, strand.lanes[place], road, with_points=True)


def _is_drawn(lane: Lane, left_xy_m: FloatArray, right_xy_m: FloatArray) -> bool:
    pairs = (
        (lane.left_xy_m, left_xy_m),
        (lane.right_xy_m, right_xy_m),
        (lane.centre_xy_m, 0.5 * (left_xy_m + right_xy_m)),
    )
    return all(one.shape == other.shape and np.abs(one - other).max() < _DRAWN_M for one, other in pairs)


def _add_junction(root: Element, k: int, junction: Junction, strands: list[Strand], road: Road) -> None:
    if not junction.connections:
        return
    kind, tag = ("direct", "linkedRoad") if junction.is_direct else ("default", "connectingRoad")
    element = child(root, "junction", id=str(len(strands) + k), name="", type=kind)
    groups: set[int] = set()
    for number, connection in enumerate(junction.connections):
        roads = {"incomingRoad": str(connection.incoming), tag: str(connection.following)}
        one = child(element, "connection", id=str(number), **roads, contactPoint="start")
        incoming, following = strands[connection.incoming], strands[connection.following]
        for before, after in connection.pairs:
            places = {"from": -1 - incoming.lanes.index(before), "to": -1 - following.lanes.index(after)}
            child(one, "laneLink", **places)
        groups |= {road.lanes[lane].light_group for lane in following.lanes} - {NO_LIGHT}
    for group in sorted(groups):
        child(element, "controller", id=str(group), type="0")
