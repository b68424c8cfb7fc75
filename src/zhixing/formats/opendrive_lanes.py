"""Lane sections of one OpenDRIVE road, as lanes drawn in their direction of travel."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from xml.etree.ElementTree import Element

import numpy as np

from zhixing.datatypes.road import LaneKind
from zhixing.datatypes.shapes import FloatArray
from zhixing.datatypes.units import mps_from_kmh, mps_from_mph
from zhixing.errors import MapError
from zhixing.formats.opendrive_geometry import Cubics, Piece, read_cubics, read_pieces, reference_at
from zhixing.formats.opendrive_marks import has_marked_joints, is_marked
from zhixing.formats.xml_files import number

_STEP_M = 1.0
_MIN_WIDTH_M = 0.1

_KINDS = dict.fromkeys(
    ("driving", "entry", "exit", "onRamp", "offRamp", "connectingRamp", "bidirectional", "bus", "taxi", "HOV"),
    LaneKind.DRIVING,
) | {
    "biking": LaneKind.BIKING,
    "sidewalk": LaneKind.SIDEWALK,
    "walking": LaneKind.SIDEWALK,
    "shoulder": LaneKind.OTHER,
    "parking": LaneKind.OTHER,
    "stop": LaneKind.OTHER,
}
"""OpenDRIVE lane types that somebody may be on; all others (none, border, curb, median …) are left out."""


@dataclass(frozen=True, slots=True, eq=False)
class LanePart:
    """One lane in one lane section.

    Attributes:
        key: (road id, section index, lane id).
        kind: Who it is for.
        is_forward: Whether travel runs along increasing s.
        is_two_way: Whether it is travelled in both directions.
        left_xy_m: (points, 2) boundary left of the direction of travel, in the map's frame.
        right_xy_m: (points, 2) boundary on the right.
        speed_limit_mps: Infinity where none is given.
        before: Lane id that continues it towards smaller s, or None.
        after: Lane id that continues it towards larger s, or None.
    """

    key: tuple[str, int, int]
    kind: LaneKind
    is_forward: bool
    is_two_way: bool
    left_xy_m: FloatArray
    right_xy_m: FloatArray
    speed_limit_mps: float
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True, eq=False)
class RoadParts:
    """One road element: its reference line and its lanes.

    Attributes:
        road_id: As in the map.
        junction_id: Of the junction it lies in, or ``-1``.
        element: The XML element.
        pieces: The reference line.
        offset: Lane offset along s.
        length_m: Of the road.
        sections: Lane sections in order.
        lanes: All lanes that somebody may be on.
    """

    road_id: str
    junction_id: str
    element: Element
    pieces: list[Piece]
    offset: Cubics
    length_m: float
    sections: list[Element]
    lanes: list[LanePart]

    @property
    def num_sections(self) -> int:
        """How many lane sections there are."""
        return len(self.sections)

    def xy_m(self, s_m: FloatArray, t_m: FloatArray) -> FloatArray:
        """Return (points, 2) in the map's frame for road coordinates."""
        return _beside(reference_at(self.pieces, s_m), t_m)


def read_road_parts(road: Element) -> RoadParts:
    """Return the lanes of one ``road`` element.

    Raises:
        MapError: Something needed is absent or no finite number.
    """
    road_id = road.get("id", "?")
    plan_view, lanes = road.find("planView"), road.find("lanes")
    if plan_view is None or lanes is None:
        raise MapError(f"road {road_id} lacks planView or lanes", hint="The file does not follow OpenDRIVE.")
    pieces = read_pieces(plan_view)
    length_m = number(road, "length", MapError, default=pieces[-1].s_m + pieces[-1].length_m)
    offset = read_cubics(lanes.findall("laneOffset"), "s")
    sections = sorted(lanes.findall("laneSection"), key=lambda section: number(section, "s", MapError))
    starts = [number(section, "s", MapError) for section in sections]
    ends = [*starts[1:], length_m]
    road_limit_mps = _speed_mps(road.find("type/speed"), np.inf)
    is_left_hand = road.get("rule") == "LHT"
    parts: list[LanePart] = []
    for index, (section, start, end) in enumerate(zip(sections, starts, ends, strict=True)):
        if end - start < 1e-6:
            continue
        s_m = _stations(pieces, start, end, math.inf if has_marked_joints(section) else _STEP_M)
        line = reference_at(pieces, s_m)
        for side, sign in (("left", 1), ("right", -1)):
            parts += _side(section.find(side), sign, (road_id, index), s_m, line, offset, road_limit_mps, is_left_hand)
    return RoadParts(road_id, road.get("junction", "-1"), road, pieces, offset, length_m, sections, parts)


def _side(
    side: Element | None,
    sign: int,
    place: tuple[str, int],
    s_m: FloatArray,
    line: FloatArray,
    offset: Cubics,
    road_limit_mps: float,
    is_left_hand: bool,
) -> list[LanePart]:
    lanes = sorted(side.findall("lane") if side is not None else [], key=lambda lane: abs(_lane_id(lane)))
    inner_t = offset.at(s_m)
    found = []
    for lane in lanes:
        lane_id = _lane_id(lane)
        width = np.maximum(read_cubics(lane.findall("width"), "sOffset").at(s_m - s_m[0]), 0.0)
        outer_t = inner_t + sign * width
        kind = _KINDS.get(lane.get("type", "none"))
        if kind is not None and (width.max() > _MIN_WIDTH_M or is_marked(lane)):
            direction = next((v.get("travelDir") for v in lane.iter("vectorLane")), None)
            # Right-hand traffic travels along s on the right side (negative ids), left-hand traffic on the left.
            is_forward = (sign < 0) != is_left_hand
            if direction in {"forward", "backward"}:
                is_forward = direction == "forward"
            inner_xy, outer_xy = _beside(line, inner_t), _beside(line, outer_t)
            higher_t, lower_t = (outer_xy, inner_xy) if sign > 0 else (inner_xy, outer_xy)
            left, right = (higher_t, lower_t) if is_forward else (lower_t[::-1], higher_t[::-1])
            found.append(
                LanePart(
                    (*place, lane_id),
                    kind,
                    is_forward,
                    kind == LaneKind.SIDEWALK or direction == "undirected" or lane.get("type") == "bidirectional",
                    left.copy(),
                    right.copy(),
                    _speed_mps(lane.find("speed"), road_limit_mps),
                    _link(lane, "predecessor"),
                    _link(lane, "successor"),
                )
            )
        inner_t = outer_t
    return found


def _stations(pieces: list[Piece], start_m: float, end_m: float, step_m: float) -> FloatArray:
    """Return cross-sections at most so far apart, with one at every joint of the reference line."""
    joints = [piece.s_m for piece in pieces if start_m + 1e-3 < piece.s_m < end_m - 1e-3]
    marks = np.array([start_m, *joints, end_m])
    steps = [np.linspace(a, b, max(2, int(np.ceil((b - a) / step_m)) + 1))[:-1] for a, b in pairwise(marks.tolist())]
    return np.concatenate([*steps, [end_m]])


def _beside(line: FloatArray, t_m: FloatArray) -> FloatArray:
    """Return (points, 2) that lie beside the points of a reference line, left positive."""
    x, y, yaw = line.T
    return np.stack((x - t_m * np.sin(yaw), y + t_m * np.cos(yaw)), axis=-1)


def _lane_id(lane: Element) -> int:
    return int(number(lane, "id", MapError))


def _link(lane: Element, name: str) -> int | None:
    link = lane.find(f"link/{name}")
    return None if link is None else int(number(link, "id", MapError))


def _speed_mps(speed: Element | None, default_mps: float) -> float:
    if speed is None or speed.get("max") in {None, "no limit", "undefined"}:
        return default_mps
    value = number(speed, "max", MapError)
    match speed.get("unit", "m/s"):
        case "mph":
            return mps_from_mph(value)
        case "km/h":
            return mps_from_kmh(value)
        case _:
            return value
