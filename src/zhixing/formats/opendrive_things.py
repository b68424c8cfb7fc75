"""What stands on the lanes of an OpenDRIVE map that is written: crossings, stop lines and lights."""

from __future__ import annotations

import math
from collections.abc import Mapping
from xml.etree.ElementTree import Element

import numpy as np

from zhixing.datatypes.road import NO_LIGHT, LaneKind, Road
from zhixing.datatypes.shapes import FloatArray
from zhixing.formats.opendrive_geometry import Piece, read_pieces, reference_at
from zhixing.formats.opendrive_marks import mark_lane, mark_stop_line
from zhixing.formats.opendrive_reference import Reference
from zhixing.formats.opendrive_strands import Strand
from zhixing.formats.xml_write import child

_LINE_M = 0.3
"""GB 5768.3: stop lines are 0.2 to 0.4 m wide."""
_BESIDE_M = 1.0
"""Lights stand this far right of the road and so high; where they really do, no noun says."""
_HEIGHT_M = 4.5


def add_crossings(roads: list[Element], strands: list[Strand], road: Road) -> None:
    """Add each crossing as an object of the road next to its middle."""
    middles = _middles(strands, road)
    for index, lane in enumerate(road.lanes):
        if lane.kind != LaneKind.CROSSING:
            continue
        corners = np.concatenate((lane.left_xy_m, lane.right_xy_m[::-1]))
        nearest = min(range(len(roads)), key=lambda k: _distance_m(middles[k], corners.mean(axis=0)))
        thing = _add_object(roads[nearest], f"crossing-{index}", "crosswalk", "crosswalk", corners)
        mark_lane(thing, index, road, with_points=True)


def add_stop_lines(roads: list[Element], strands: list[Strand], road: Road) -> None:
    """Add each stop line as an object of the road that ends at it."""
    strand_of = {lane: k for k, strand in enumerate(strands) for lane in strand.lanes}
    middles = _middles(strands, road)
    for index, line in enumerate(road.stop_lines):
        along = line.xy_m[1] - line.xy_m[0]
        aside = np.array([-along[1], along[0]]) * (0.5 * _LINE_M / max(math.hypot(*along), 1e-9))
        corners = np.stack((line.xy_m[0] + aside, line.xy_m[0] - aside, line.xy_m[1] - aside, line.xy_m[1] + aside))
        near = [strand_of[lane] for lane in line.lanes if lane in strand_of]
        nearest = min(near or range(len(roads)), key=lambda k: _distance_m(middles[k], corners.mean(axis=0)))
        thing = _add_object(roads[nearest], f"stop-line-{index}", "stop line", "roadMark", corners)
        mark_stop_line(thing, index, line)


def add_lights(
    roads: list[Element], strands: list[Strand], lines: list[Reference], road: Road, lights_at: Mapping[int, int]
) -> dict[str, int]:
    """Add a signal wherever a light lets traffic into a road, and return the group of each by its id."""
    found: dict[str, int] = {}
    for k, strand in enumerate(strands):
        by_group: dict[int, list[int]] = {}
        for place, lane in enumerate(strand.lanes):
            by_group.setdefault(road.lanes[lane].light_group, []).append(-1 - place)
        for group, lanes in sorted(by_group.items()):
            if group != NO_LIGHT:
                found[_add_signal(roads[k], lines[k], f"{group}-{k}", lanes, at_end=False)] = group
    for group, lane in sorted(lights_at.items()):
        for k, strand in enumerate(strands):
            if lane in strand.lanes:
                place = -1 - strand.lanes.index(lane)
                found[_add_signal(roads[k], lines[k], f"{group}-{k}", [place], at_end=True)] = group
    return found


def _middles(strands: list[Strand], road: Road) -> list[FloatArray]:
    return [np.concatenate([road.lanes[lane].centre_xy_m for lane in strand.lanes]) for strand in strands]


def _distance_m(line_xy_m: FloatArray, point_xy_m: FloatArray) -> float:
    return float(np.hypot(*(line_xy_m - point_xy_m).T).min())


def _add_object(road: Element, name: str, what: str, kind: str, corners_xy_m: FloatArray) -> Element:
    """Add an object whose outline is given by corners in the map's frame."""
    s_m, t_m, origin, yaw_rad = _beside(_pieces(road), corners_xy_m.mean(axis=0))
    things = road.find("objects")
    if things is None:
        things = child(road, "objects")
    place = {"s": s_m, "t": t_m, "zOffset": 0.0, "hdg": 0.0, "pitch": 0.0, "roll": 0.0, "height": 0.0}
    thing = child(things, "object", id=name, name=what, type=kind, orientation="none", **place)
    outline = child(child(thing, "outlines"), "outline", id=0, outer="true", closed="true")
    c, s = math.cos(yaw_rad), math.sin(yaw_rad)
    for number, (u, v) in enumerate(((corners_xy_m - origin) @ np.array([[c, -s], [s, c]])).tolist()):
        child(outline, "cornerLocal", id=number, u=u, v=v, z=0.0, height=0.0)
    return thing


def _add_signal(road: Element, line: Reference, name: str, lanes: list[int], *, at_end: bool) -> str:
    """Add a light at the start or the end of a road, right beside it, and return its id."""
    signals = road.find("signals")
    if signals is None:
        signals = child(road, "signals")
    place = {"s": line.length_m if at_end else 0.0, "t": float(line.beside_m[-1, -1 if at_end else 0]) - _BESIDE_M}
    about = {"name": "light", "dynamic": "yes", "orientation": "+"}
    # Type 1000001 of the catalogue of OpenDRIVE: three lamps, red, yellow and green.
    kind = {"country": "OpenDRIVE", "type": "1000001", "subtype": "-1"}
    signal = child(signals, "signal", id=name, zOffset=_HEIGHT_M, **place, **about, **kind)
    child(signal, "validity", fromLane=min(lanes), toLane=max(lanes))
    return name


def _pieces(road: Element) -> list[Piece]:
    return read_pieces(next(road.iter("planView")))


def _beside(pieces: list[Piece], xy_m: FloatArray) -> tuple[float, float, FloatArray, float]:
    """Return s, t, the place they stand for and the heading there, near a point: in the middle of the next piece."""
    middles_m = np.array([piece.s_m + 0.5 * piece.length_m for piece in pieces])
    line = reference_at(pieces, middles_m)
    nearest = int(np.argmin(np.hypot(*(line[:, :2] - xy_m).T)))
    x, y, yaw_rad = line[nearest].tolist()
    left = np.array([-math.sin(yaw_rad), math.cos(yaw_rad)])
    t_m = float((xy_m - (x, y)) @ left)
    return float(middles_m[nearest]), t_m, np.array([x, y]) + t_m * left, yaw_rad
