"""Which crossings of a road SUMO can have: those over streets with pavements that begin or end at a junction."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from zhixing.datatypes.road import NO_LANE, Lane, LaneKind, Road
from zhixing.datatypes.shapes import FloatArray
from zhixing.formats.sumo_streets import Layout

_INWARD_M = 10.0
"""How far beyond the end of a street, within the junction, a crossing over it may lie."""

Crossed = tuple[str, frozenset[str]]
"""A node of SUMO's, and the edges that a crossing at it leads over: a street is crossed at both its ends."""


@dataclass(frozen=True, slots=True, eq=False)
class Crossing:
    """Where people cross, both ways.

    Attributes:
        node: At which it is.
        streets: That it leads over.
        group: Its light group, or ``NO_LIGHT``.
        line_xy_m: (points, 2) its middle line.
        width_m: Of both ways together.
    """

    node: int
    streets: tuple[int, ...]
    group: int
    line_xy_m: FloatArray
    width_m: float


def crossings_of(road: Road, layout: Layout) -> list[Crossing]:
    """Return the crossings at the junctions of a road; the two ways over a street are one."""
    nodes = {road.lanes[link.via[0]].junction: link.node for link in layout.links if link.via}
    ways: dict[tuple[int, int], list[Lane]] = {}
    for lane in road.lanes:
        if lane.kind == LaneKind.CROSSING and lane.junction in nodes:
            ways.setdefault((lane.junction, lane.light_group), []).append(lane)
    found = []
    for (junction, group), lanes in ways.items():
        first = lanes[0]
        back = next((one for one in lanes[1:] if one.centre_xy_m.shape == first.centre_xy_m.shape), None)
        line = first.centre_xy_m if back is None else 0.5 * (first.centre_xy_m + back.centre_xy_m[::-1])
        streets = _crossed(road, layout, nodes[junction], shapely.LineString(line))
        if streets:
            width_m = float(np.hypot(*(first.left_xy_m[0] - first.right_xy_m[0]).T)) * (1.0 if back is None else 2.0)
            inner = line[1:-1] if line.shape[0] > 3 else line  # without the ways to the corners
            found.append(Crossing(nodes[junction], streets, group, inner, width_m))
    return found


def _crossed(road: Road, layout: Layout, node: int, line: shapely.LineString) -> tuple[int, ...]:
    """Return the streets with a pavement whose ends at a node lie before a crossing."""
    found = []
    for k, street in enumerate(layout.streets):
        if street.walk == NO_LANE or node not in {street.before, street.after}:
            continue
        centre = road.lanes[street.lanes[-1]].centre_xy_m
        end, before = (centre[-1], centre[-2]) if street.after == node else (centre[0], centre[1])
        inward = (end - before) / np.hypot(*(end - before))
        if shapely.LineString((end - inward, end + _INWARD_M * inward)).intersects(line):
            found.append(k)
    return tuple(found)
