"""The obstacles of a CommonRoad file that is written, and the states that it is full of."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from xml.etree.ElementTree import Element

import numpy as np

from zhixing.datatypes.tracks import RoadUser, Tracks
from zhixing.formats.xml_write import child, text_child

_TYPES = {
    RoadUser.CAR: "car",
    RoadUser.TRUCK: "truck",
    RoadUser.BUS: "bus",
    RoadUser.MOTORCYCLE: "motorcycle",
    RoadUser.EBIKE: "bicycle",  # a non-motor vehicle by GB 17761
    RoadUser.BICYCLE: "bicycle",
    RoadUser.TRICYCLE: "motorcycle",
    RoadUser.PEDESTRIAN: "pedestrian",
    RoadUser.OBJECT: "unknown",
}


def add_obstacles(root: Element, tracks: Tracks, names: list[int], fresh: Iterator[int], step_ns: int) -> None:
    """Add everybody: what stands from the first to the last moment as static, who is away for a while as two.

    Args:
        root: Of the file.
        tracks: At whole multiples of the time step.
        names: Of each, a whole number.
        fresh: Numbers that are still free.
        step_ns: Length of a time step.
    """
    steps = (tracks.time_ns // step_ns).tolist()
    standing = [row for row in range(tracks.num_objects) if _stands(tracks, row)]
    for row in standing:
        obstacle = _add_obstacle(root, "staticObstacle", names[row], tracks, row)
        _add_state(obstacle, "initialState", tracks, row, 0, steps[0])
    for row in range(tracks.num_objects):
        there = np.flatnonzero(tracks.valid[row] & (tracks.time_ns >= 0)).tolist()
        if row in standing or not there:
            continue
        ends = [k for k, (one, other) in enumerate(pairwise(there), start=1) if other != one + 1]
        for first, last in pairwise([0, *ends, len(there)]):
            name = names[row] if first == 0 else next(fresh)
            obstacle = _add_obstacle(root, "dynamicObstacle", name, tracks, row)
            stretch = there[first:last]
            _add_state(obstacle, "initialState", tracks, row, stretch[0], steps[stretch[0]])
            if len(stretch) > 1:
                trajectory = child(obstacle, "trajectory")
                for column in stretch[1:]:
                    _add_state(trajectory, "state", tracks, row, column, steps[column])


def add_exact(parent: Element, tag: str, value: float) -> None:
    """Add a value."""
    text_child(child(parent, tag), "exact", value)


def add_interval(parent: Element, tag: str, low: float, high: float) -> None:
    """Add a least and a greatest value."""
    element = child(parent, tag)
    text_child(element, "intervalStart", low)
    text_child(element, "intervalEnd", high)


def add_point(parent: Element, x_m: float, y_m: float) -> None:
    """Add a point."""
    point = child(parent, "point")
    text_child(point, "x", x_m)
    text_child(point, "y", y_m)


def _stands(tracks: Tracks, row: int) -> bool:
    """Return whether an object, not a road user, is always there and never moves."""
    place, yaw = tracks.xy_m[row], tracks.yaw_rad[row]
    return (
        int(tracks.road_user[row]) == RoadUser.OBJECT
        and tracks.num_steps > 0
        and bool(tracks.valid[row].all())
        and bool((place == place[:1]).all() and (yaw == yaw[:1]).all() and not tracks.speed_mps[row].any())
    )


def _add_obstacle(root: Element, tag: str, name: int, tracks: Tracks, row: int) -> Element:
    obstacle = child(root, tag, id=name)
    text_child(obstacle, "type", _TYPES[RoadUser(int(tracks.road_user[row]))])
    rectangle = child(child(obstacle, "shape"), "rectangle")
    length_m, width_m = tracks.size_m[row].tolist()
    text_child(rectangle, "length", length_m)
    text_child(rectangle, "width", width_m)
    return obstacle


def _add_state(parent: Element, tag: str, tracks: Tracks, row: int, column: int, step: int) -> None:
    state = child(parent, tag)
    add_point(child(state, "position"), *tracks.xy_m[row, column].tolist())
    add_exact(state, "orientation", float(tracks.yaw_rad[row, column]))
    add_exact(state, "time", step)
    add_exact(state, "velocity", float(tracks.speed_mps[row, column]))
