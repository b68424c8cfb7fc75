"""What OpenDRIVE cannot say of a :class:`Road`, as ``userData`` in the maps we write and read.

Each mark is one ``userData`` with a ``code`` and a JSON ``value``:

- ``zhixing.road`` in the header: the map's name, how many junctions and light groups it has.
- ``zhixing.lane`` in a lane or a crossing: its number and name, its neighbours, its junction and turn, its light, what
  continues it; ``points`` where its cross-sections stand askew, and always of a crossing.
- ``zhixing.stop-line`` in an object: its number, its two ends, the lanes that end at it.
- ``zhixing.cross-sections`` in a lane section: lanes are drawn with points at the joints of the reference line only.

Whoever edits a map knows nothing of marks: they count only where every lane has one, and each number once.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from xml.etree.ElementTree import Element

from zhixing.datatypes.road import Lane, LaneKind, Road, StopLine
from zhixing.datatypes.shapes import FloatArray
from zhixing.errors import MapError
from zhixing.formats.json_values import load_object, numbers, points, whole, whole_list
from zhixing.formats.xml_write import child

_ROAD, _LANE, _STOP_LINE, _SECTIONS = "zhixing.road", "zhixing.lane", "zhixing.stop-line", "zhixing.cross-sections"
_TURNS = ("", "left", "right", "straight", "u-turn", "merge")
_MAX_COUNT = 100_000


def mark_road(header: Element, road: Road) -> None:
    """Say a map's name and how many junctions and light groups it has."""
    _mark(header, _ROAD, {"name": road.name, "junctions": road.num_junctions, "light_groups": road.num_light_groups})


def mark_joints(section: Element) -> None:
    """Say that every joint of the reference line is a cross-section, and that there are no others."""
    child(section, "userData", code=_SECTIONS, value="joints")


def has_marked_joints(section: Element) -> bool:
    """Return whether a lane section says so."""
    return any(e.get("code") == _SECTIONS and e.get("value") == "joints" for e in section.iterfind("userData"))


def mark_lane(element: Element, index: int, road: Road, *, with_points: bool) -> None:
    """Say what a lane is among the others of its map, and where its points lie if the element does not."""
    lane = road.lanes[index]
    said: dict[str, Any] = {
        "index": index,
        "id": lane.lane_id,
        "two_way": lane.is_two_way,
        "junction": lane.junction,
        "left": lane.left_lane,
        "right": lane.right_lane,
        "light": lane.light_group,
        "turn": lane.turn,
        "after": list(road.successors[index]),
    }
    if lane.kind == LaneKind.CROSSING and math.isfinite(lane.speed_limit_mps):
        said["speed_limit_mps"] = lane.speed_limit_mps
    if with_points:
        lines = {"centre": lane.centre_xy_m, "left": lane.left_xy_m, "right": lane.right_xy_m}
        said["points"] = {name: line.tolist() for name, line in lines.items()}
    for old in element.findall("userData"):
        element.remove(old)
    _mark(element, _LANE, said)


def is_marked(element: Element) -> bool:
    """Return whether a lane or crossing is one of ours, to be kept however small it is."""
    return any(e.get("code") == _LANE for e in element.iterfind("userData"))


def mark_stop_line(element: Element, index: int, line: StopLine) -> None:
    """Say a stop line's two ends in order, and the lanes that end at it."""
    _mark(element, _STOP_LINE, {"index": index, "ends": line.xy_m.tolist(), "lanes": list(line.lanes)})


def restore(root: Element, elements: dict[str, Element], road: Road) -> Road:
    """Return the road that was written, or the road as it was read where the marks do not fit it.

    Args:
        root: The map.
        elements: Of lanes and crossings, by the lane's name in ``road``.
        road: As anybody reads it.

    Raises:
        MapError: A mark says nonsense.
    """
    header = root.find("header")
    heads = _marks([header] if header is not None else [], _ROAD)
    marks = [_marks([elements[lane.lane_id]], _LANE) for lane in road.lanes if lane.lane_id in elements]
    if len(heads) != 1 or len(marks) != len(road.lanes) or any(len(found) != 1 for found in marks):
        return road
    count = len(road.lanes)
    places = [whole(mark, "index", 0, _MAX_COUNT, MapError) for (mark,) in marks]
    if sorted(places) != list(range(count)):
        return road
    num_junctions = whole(heads[0], "junctions", 0, _MAX_COUNT, MapError)
    num_groups = whole(heads[0], "light_groups", 0, _MAX_COUNT, MapError)
    lanes: dict[int, Lane] = {}
    after: dict[int, tuple[int, ...]] = {}
    for place, (mark,), drawn in zip(places, marks, road.lanes, strict=True):
        lanes[place] = _lane(drawn, mark, count, num_junctions, num_groups)
        after[place] = whole_list(mark, "after", 0, count - 1, MapError)
    return replace(
        road,
        name=str(heads[0].get("name", road.name)),
        lanes=tuple(lanes[k] for k in range(count)),
        successors=tuple(after[k] for k in range(count)),
        stop_lines=_stop_lines(root, road, places),
        num_junctions=num_junctions,
        num_light_groups=num_groups,
    )


def _lane(drawn: Lane, mark: dict[str, Any], count: int, num_junctions: int, num_groups: int) -> Lane:
    turn = mark.get("turn")
    if turn not in _TURNS:
        raise MapError(f"a lane turns {str(turn)[:40]!r}", hint=f"Turns are {', '.join(_TURNS[1:])}.")
    said = replace(
        drawn,
        lane_id=str(mark.get("id")),
        is_two_way=mark.get("two_way") is True,
        junction=whole(mark, "junction", -1, num_junctions - 1, MapError),
        left_lane=whole(mark, "left", -1, count - 1, MapError),
        right_lane=whole(mark, "right", -1, count - 1, MapError),
        light_group=whole(mark, "light", -1, num_groups - 1, MapError),
        turn=turn,
    )
    if "speed_limit_mps" in mark:
        said = replace(said, speed_limit_mps=numbers([mark["speed_limit_mps"]], 1, MapError)[0])
    if "points" not in mark:
        return said
    lines: dict[str, FloatArray] = {
        side: points(load_object(mark["points"], MapError).get(side), MapError) for side in ("centre", "left", "right")
    }
    if len({line.shape[0] for line in lines.values()}) != 1 or lines["left"].shape[0] < 2:
        raise MapError(f"lane {said.lane_id[:40]} has boundaries of unequal length", hint="Drop its mark.")
    return replace(said, centre_xy_m=lines["centre"], left_xy_m=lines["left"], right_xy_m=lines["right"])


def _stop_lines(root: Element, road: Road, places: list[int]) -> tuple[StopLine, ...]:
    marks = _marks(root.iterfind("road/objects/object"), _STOP_LINE)
    found: dict[int, StopLine] = {}
    for mark in marks:
        ends = points(mark.get("ends"), MapError)
        if ends.shape[0] != 2:
            raise MapError(f"a stop line has {ends.shape[0]} ends", hint="It has two.")
        lanes = whole_list(mark, "lanes", 0, len(places) - 1, MapError)
        found[whole(mark, "index", 0, _MAX_COUNT, MapError)] = StopLine(xy_m=ends, lanes=lanes)
    if sorted(found) == list(range(len(marks))) and len(marks) >= len(road.stop_lines):
        return tuple(found[k] for k in range(len(marks)))
    return tuple(replace(line, lanes=tuple(places[lane] for lane in line.lanes)) for line in road.stop_lines)


def _mark(element: Element, code: str, said: dict[str, Any]) -> None:
    child(element, "userData", code=code, value=json.dumps(said, allow_nan=False, separators=(",", ":")))


def _marks(elements: Iterable[Element], code: str) -> list[dict[str, Any]]:
    found = [e.get("value", "") for element in elements for e in element.iterfind("userData") if e.get("code") == code]
    return [load_object(text, MapError) for text in found]
