"""Which lanelets lie in a junction, and which way they turn there.

Files of 2020a may state intersections. Where none is stated, a junction is where lanelets cross that neither continue
nor accompany each other, with what branches off or joins beside them.
"""

from __future__ import annotations

from xml.etree.ElementTree import Element

from zhixing.datatypes.road import Lane
from zhixing.formats.crossing_lanes import infer_junctions, numbered
from zhixing.formats.turning import turn_along

_TURNS = ("left", "straight", "right")


def find_junctions(
    root: Element, lanes: list[Lane], successors: tuple[tuple[int, ...], ...], index: dict[str, int]
) -> tuple[list[int], list[str]]:
    """Return for each lane the index of its junction, -1 outside, and its turn, empty outside.

    Args:
        root: The file.
        lanes: One for each lanelet, in the order of the file.
        successors: For each lane what continues it.
        index: Of the lane of each lanelet, by the lanelet's id.
    """
    junction, turn = _stated(root, successors, index)
    if max(junction, default=-1) < 0:
        junction = infer_junctions(lanes, successors)
    for k, lane in enumerate(lanes):
        if junction[k] >= 0 and not turn[k]:
            turn[k] = turn_along(lane.centre_xy_m)
    return junction, turn


def _stated(
    root: Element, successors: tuple[tuple[int, ...], ...], index: dict[str, int]
) -> tuple[list[int], list[str]]:
    junction, turn = [-1] * len(successors), [""] * len(successors)
    is_inside = _typed_as_intersection(root, index)
    count = 0
    for intersection in root.iterfind("intersection"):
        members: dict[int, str] = {}
        for incoming in intersection.iterfind("incoming"):
            for way in _TURNS:
                for tag in (f"successors{way.capitalize()}", f"outgoing{way.capitalize()}"):
                    for ref in incoming.iterfind(tag):
                        if (lane := index.get(ref.get("ref", ""))) is not None:
                            members[lane] = way
        todo = list(members)
        while todo:  # what continues a movement inside the junction belongs to it
            for following in successors[todo.pop()]:
                if following in is_inside and following not in members:
                    members[following] = ""
                    todo.append(following)
        for lane, way in members.items():
            if junction[lane] < 0:
                junction[lane], turn[lane] = count, way
        count += bool(members)
    return numbered(junction), turn


def _typed_as_intersection(root: Element, index: dict[str, int]) -> set[int]:
    return {
        index[lanelet.get("id", "")]
        for lanelet in root.iterfind("lanelet")
        if any((e.text or "").strip() == "intersection" for e in lanelet.iterfind("laneletType"))
    }
