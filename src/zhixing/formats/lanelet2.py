"""Lanelet2 maps become a :class:`Road`: lanes, how they connect, junctions, stop lines and the lights of movements.

Source: Lanelet2 (Poggenhans et al. 2018, "Lanelet2: A high-definition map framework for the future of automated
driving", and the documentation of its tags), as written by Lanelet2 itself, by JOSM and by Autoware's tools.
``osm_files`` reads what any OpenStreetMap file holds, ``lanelet2_bounds`` orients bounds, ``lanelet2_lanes`` makes
lanes, ``lanelet2_rules`` finds stop lines and lights, ``lanelet2_crossings`` crossings that are no lanelets.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from zhixing.datatypes.road import LaneKind, Road
from zhixing.formats.crossing_lanes import infer_junctions
from zhixing.formats.geodetic import GeoPoint
from zhixing.formats.lanelet2_crossings import read_zebras
from zhixing.formats.lanelet2_lanes import find_successors, read_lanelets, with_neighbours
from zhixing.formats.lanelet2_rules import read_stop_lines, with_light_groups
from zhixing.formats.osm_files import read_osm
from zhixing.formats.turning import turn_along

_HEAD_BYTES = 4096
_TURNS = frozenset({"left", "right", "straight"})


def is_lanelet2(path: Path) -> bool:
    """Return whether a file says in its first lines that it is OpenStreetMap XML; false where it cannot be read."""
    try:
        with path.open("rb") as file:
            return b"<osm" in file.read(_HEAD_BYTES)
    except OSError:
        return False


def read_lanelet2(path: Path, origin: GeoPoint | None = None) -> Road:
    """Return the road network of a map file.

    Lanes bear the ids of their lanelets. Junctions are where lanes cross, see
    :func:`zhixing.formats.crossing_lanes.infer_junctions`, and where a lanelet has the tag ``turn_direction``. Who
    gives way (``right_of_way``) is kept as a stop line only; areas and heights are left out.

    Args:
        path: An .osm file.
        origin: Of the metric frame, see :func:`zhixing.formats.osm_files.read_osm`.

    Raises:
        MapError: The file cannot be read, an element makes no sense, it is absurdly large, or nobody could drive on it.
    """
    osm = read_osm(path, origin)
    lanelets = read_lanelets(osm)
    successors = find_successors(lanelets)
    lanes = with_neighbours(lanelets)
    stated = {
        k: one.relation.tags["turn_direction"]
        for k, one in enumerate(lanelets)
        if one.lane.kind == LaneKind.DRIVING and one.relation.tags.get("turn_direction") in _TURNS
    }
    junction = infer_junctions(lanes, successors, stated)
    lanes = [
        replace(
            lane,
            junction=junction[k],
            turn=(stated.get(k) or turn_along(lane.centre_xy_m)) if junction[k] >= 0 else "",
        )
        for k, lane in enumerate(lanes)
    ]
    stop_lines = read_stop_lines(osm, lanelets, lanes, successors)
    lanes, num_light_groups = with_light_groups(osm, lanelets, lanes, successors, stop_lines)
    zebras = read_zebras(osm)
    return Road(
        name=osm.name,
        lanes=(*lanes, *zebras),
        successors=(*successors, *(() for _ in zebras)),
        stop_lines=tuple(stop_lines.values()),
        num_junctions=max(junction) + 1,
        num_light_groups=num_light_groups,
    )
