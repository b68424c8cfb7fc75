"""The lanelets, signs, lights and intersections of a CommonRoad file that is written."""

from __future__ import annotations

import math
from collections.abc import Iterator
from xml.etree.ElementTree import Element

import numpy as np

from zhixing.datatypes.lights import Light, Lights
from zhixing.datatypes.road import NO_LIGHT, Lane, LaneKind, Road, StopLine
from zhixing.datatypes.shapes import FloatArray
from zhixing.formats.commonroad_states_write import add_point
from zhixing.formats.turning import turn_along
from zhixing.formats.xml_write import child, text_child

_TYPES = {
    LaneKind.DRIVING: "urban",
    LaneKind.BIKING: "bicycleLane",
    LaneKind.SIDEWALK: "sidewalk",
    LaneKind.CROSSING: "crosswalk",
    LaneKind.OTHER: "shoulder",
}
_USERS = {
    LaneKind.DRIVING: "vehicle",
    LaneKind.BIKING: "bicycle",
    LaneKind.SIDEWALK: "pedestrian",
    LaneKind.CROSSING: "pedestrian",
    LaneKind.OTHER: "bus",
}
_COLOURS = {
    Light.RED: "red",
    Light.YELLOW: "yellow",
    Light.GREEN: "green",
    Light.OFF: "inactive",
    Light.FLASHING_YELLOW: "inactive",  # regulates nothing either
}
_DIRECTIONS = {
    frozenset({"right"}): "right",
    frozenset({"straight"}): "straight",
    frozenset({"left"}): "left",
    frozenset({"left", "straight"}): "leftStraight",
    frozenset({"straight", "right"}): "straightRight",
    frozenset({"left", "right"}): "leftRight",
}
_SPEED_SIGN = "274"
"""Of the greatest speed in ZAM, the country of scenarios that are in none."""


def add_road(
    root: Element,
    road: Road,
    lights: Lights,
    names: list[int],
    fresh: Iterator[int],
    step_ns: int,
    last_step: int,
) -> None:
    """Add a map and its lights.

    Args:
        root: Of the file.
        road: The map.
        lights: What they show.
        names: Of each lane, a whole number.
        fresh: Numbers that are still free.
        step_ns: Length of a time step.
        last_step: Of interest.
    """
    predecessors = road.predecessors()
    limits_mps = sorted({lane.speed_limit_mps for lane in road.lanes if math.isfinite(lane.speed_limit_mps)})
    signs = {limit: next(fresh) for limit in limits_mps}
    # A light that no lanelet refers to stands nowhere; commonroad-io refuses the file.
    led = {road.lanes[following].light_group for nexts in road.successors for following in nexts}
    bulbs = {group: next(fresh) for group in sorted(led) if 0 <= group < lights.light.shape[0]}
    lines = {lane: line for line in reversed(road.stop_lines) for lane in line.lanes}
    for index, lane in enumerate(road.lanes):
        element = child(root, "lanelet", id=names[index])
        _add_bound(element, "leftBound", lane.left_xy_m)
        _add_bound(element, "rightBound", lane.right_xy_m)
        for tag, others in (("predecessor", predecessors[index]), ("successor", road.successors[index])):
            for other in others:
                child(element, tag, ref=names[other])
        for tag, other in (("adjacentLeft", lane.left_lane), ("adjacentRight", lane.right_lane)):
            if other >= 0:
                child(element, tag, ref=names[other], drivingDir="same")
        if index in lines:
            _add_stop_line(element, lines[index])
        _add_kind(element, lane)
        if lane.speed_limit_mps in signs:
            child(element, "trafficSignRef", ref=signs[lane.speed_limit_mps])
        groups = {road.lanes[following].light_group for following in road.successors[index]} - {NO_LIGHT}
        for group in sorted(groups & bulbs.keys()):
            child(element, "trafficLightRef", ref=bulbs[group])
    for limit_mps, name in signs.items():
        sign = child(root, "trafficSign", id=name)
        said = child(sign, "trafficSignElement")
        text_child(said, "trafficSignID", _SPEED_SIGN)
        text_child(said, "additionalValue", limit_mps)
        # Where none is said, commonroad-io looks for the first lanelet of those in a row, which a ring has not.
        first = next(lane for lane in road.lanes if lane.speed_limit_mps == limit_mps)
        add_point(child(sign, "position"), *first.right_xy_m[0].tolist())
    for group, name in bulbs.items():
        _add_light(root, name, group, road, lights, step_ns, last_step)
    for junction in range(road.num_junctions):
        _add_intersection(root, junction, road, names, fresh)


def _add_bound(lanelet: Element, tag: str, line: FloatArray) -> None:
    bound = child(lanelet, tag)
    for x, y in line.tolist():
        add_point(bound, x, y)


def _add_stop_line(lanelet: Element, line: StopLine) -> None:
    element = child(lanelet, "stopLine")
    for x, y in line.xy_m.tolist():
        add_point(element, x, y)
    text_child(element, "lineMarking", "solid")


def _add_kind(lanelet: Element, lane: Lane) -> None:
    text_child(lanelet, "laneletType", _TYPES[lane.kind])
    if lane.junction >= 0:
        text_child(lanelet, "laneletType", "intersection")
    both_ways = lane.is_two_way or lane.kind in {LaneKind.SIDEWALK, LaneKind.CROSSING}
    text_child(lanelet, "userBidirectional" if both_ways else "userOneWay", _USERS[lane.kind])


def _add_light(root: Element, name: int, group: int, road: Road, lights: Lights, step_ns: int, last_step: int) -> None:
    shown = np.array([int(lights.at(step * step_ns)[group]) for step in range(last_step + 1)])
    starts = np.flatnonzero(np.concatenate(([True], shown[1:] != shown[:-1])))
    element = child(root, "trafficLight", id=name)
    cycle = child(element, "cycle")
    for start, end in zip(starts.tolist(), [*starts[1:].tolist(), shown.size], strict=True):
        one = child(cycle, "cycleElement")
        text_child(one, "duration", end - start)
        text_child(one, "color", _COLOURS[Light(int(shown[start]))])
    ways = {_way(lane) for lane in road.lanes if lane.light_group == group}
    text_child(element, "direction", _DIRECTIONS.get(frozenset(ways), "all"))
    text_child(element, "active", "true")


def _way(lane: Lane) -> str:
    turn = lane.turn or turn_along(lane.centre_xy_m)
    return "left" if turn == "u-turn" else turn


def _add_intersection(root: Element, junction: int, road: Road, names: list[int], fresh: Iterator[int]) -> None:
    """Add a junction with every lane that leads into it from outside; without one it cannot be said."""
    approaches = []
    for index, lane in enumerate(road.lanes):
        inside = [k for k in road.successors[index] if road.lanes[k].junction == junction]
        if inside and lane.junction != junction:
            approaches.append((index, inside))
    if not approaches:
        return
    element = child(root, "intersection", id=next(fresh))
    for index, inside in approaches:
        incoming = child(element, "incoming", id=next(fresh))
        child(incoming, "incomingLanelet", ref=names[index])
        for tag, way in (
            ("successorsRight", "right"),
            ("successorsStraight", "straight"),
            ("successorsLeft", "left"),
        ):
            for following in inside:
                if _way(road.lanes[following]) == way:
                    child(incoming, tag, ref=names[following])
