"""Where lanelets stop and which light lets them go: stop lines and regulatory elements.

A regulatory element names its stop line (``ref_line``); lanelets name the elements that bind them. Maps drawn by hand
often forget the second, so a lane that ends at a stop line waits there, and what binds the line binds the lane.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import shapely

from zhixing.datatypes.road import NO_LIGHT, Lane, LaneKind, StopLine
from zhixing.datatypes.shapes import FloatArray, polyline_s_m
from zhixing.formats.lanelet2_lanes import Lanelet
from zhixing.formats.osm_files import OsmMap

_ON_WHEELS = frozenset({LaneKind.DRIVING, LaneKind.BIKING})
_TOUCH_M = 1.0
_END_M = 3.0
"""Stop lines are drawn this near the end of the lane that ends at them, or the beginning of the one behind them."""
_ACROSS = 0.7
_MAX_GAP_LANES = 3


def read_stop_lines(
    osm: OsmMap, lanelets: list[Lanelet], lanes: list[Lane], successors: tuple[tuple[int, ...], ...]
) -> dict[str, StopLine]:
    """Return the stop lines that a lane ends at, by the id of their way.

    A lane that begins at a stop line and leads into a junction counts too: it lies between the line and the junction.

    Args:
        osm: The file.
        lanelets: Of the file.
        lanes: One for each lanelet, with their junctions.
        successors: For each lane what continues it.
    """
    bound = _bound_lanes(osm, lanelets)
    found = {}
    for name, way in osm.ways.items():
        if way.xy_m.shape[0] < 2 or (way.tags.get("type") != "stop_line" and name not in bound):
            continue
        ends = way.xy_m[[0, -1]]
        if not np.hypot(*(ends[1] - ends[0])) > 0.0:
            continue
        waiting = {k for k in range(len(lanes)) if _waits(k, ends, lanes, successors)}
        waiting |= {k for k in bound.get(name, set()) if lanes[k].junction < 0}
        if waiting:
            found[name] = StopLine(xy_m=ends.copy(), lanes=tuple(sorted(waiting)))
    return found


def with_light_groups(
    osm: OsmMap,
    lanelets: list[Lanelet],
    lanes: list[Lane],
    successors: tuple[tuple[int, ...], ...],
    stop_lines: dict[str, StopLine],
) -> tuple[list[Lane], int]:
    """Return the lanes with their light groups, and how many there are.

    Every turn that a traffic light lets go is a group of its own, see :class:`zhixing.datatypes.road.Lane`.
    """
    groups: dict[tuple[str, str], int] = {}
    group_of: dict[int, int] = {}
    for name, relation in osm.relations.items():
        if relation.tags.get("type") != "regulatory_element" or relation.tags.get("subtype") != "traffic_light":
            continue
        held = {k for k, one in enumerate(lanelets) if name in one.relation.refs("regulatory_element", "relation")}
        if not held:
            held = {k for ref in relation.refs("ref_line") if ref in stop_lines for k in stop_lines[ref].lanes}
        for lane in sorted(movements(held, lanes, successors)):
            what = (name, lanes[lane].turn or lanes[lane].kind.name)
            group_of.setdefault(lane, groups.setdefault(what, len(groups)))
    return [replace(lane, light_group=group_of.get(k, NO_LIGHT)) for k, lane in enumerate(lanes)], len(groups)


def movements(held: set[int], lanes: list[Lane], successors: tuple[tuple[int, ...], ...]) -> set[int]:
    """Return the lanes in junctions that one enters from some lanes, the lanes themselves where they lie in one.

    Args:
        held: At a stop line or under a light; a crossing is its own movement.
        lanes: All of the map.
        successors: For each lane what continues it.
    """
    found: set[int] = set()
    edge = set(held)
    for _ in range(_MAX_GAP_LANES):
        found |= {k for k in edge if lanes[k].junction >= 0 or lanes[k].kind == LaneKind.CROSSING}
        edge = {following for k in edge - found for following in successors[k]}
    return found


def _bound_lanes(osm: OsmMap, lanelets: list[Lanelet]) -> dict[str, set[int]]:
    """Return the lanes that wait at each way because an element that binds them says so; if some yield, only they."""
    found: dict[str, set[int]] = {}
    for k, one in enumerate(lanelets):
        for ref in one.relation.refs("regulatory_element", "relation"):
            element = osm.relations.get(ref)
            if element is None:
                continue
            yielding = element.refs("yield", "relation")
            if yielding and one.relation.relation_id not in yielding:
                continue
            for way in element.refs("ref_line"):
                found.setdefault(way, set()).add(k)
    return found


def _waits(k: int, ends: FloatArray, lanes: list[Lane], successors: tuple[tuple[int, ...], ...]) -> bool:
    """Return whether a lane crosses a line near its end, or begins there in front of a junction."""
    lane = lanes[k]
    if lane.kind not in _ON_WHEELS:
        return False
    line, way = shapely.LineString(ends), shapely.LineString(lane.centre_xy_m)
    if shapely.distance(line, way) > _TOUCH_M:
        return False
    crossing = shapely.shortest_line(way, line)
    at_m = way.project(shapely.Point(crossing.coords[0]))
    s_m = polyline_s_m(lane.centre_xy_m)
    point = min(max(int(np.searchsorted(s_m, at_m)), 1), s_m.shape[0] - 1)
    along = lane.centre_xy_m[point] - lane.centre_xy_m[point - 1]
    across = ends[1] - ends[0]
    if abs(float(along @ across)) > _ACROSS * float(np.hypot(*along) * np.hypot(*across)):
        return False
    is_between = (
        lane.junction < 0 and at_m < _TOUCH_M and any(lanes[following].junction >= 0 for following in successors[k])
    )
    return bool(s_m[-1] - at_m < _END_M and at_m > min(_TOUCH_M, 0.5 * s_m[-1])) or is_between
