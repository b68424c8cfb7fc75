"""Zebra crossings that a map draws as two lines and forgets to call a lanelet."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np

from zhixing.datatypes.road import Lane, LaneKind
from zhixing.datatypes.shapes import FloatArray
from zhixing.formats.lanelet2_bounds import oriented, sections
from zhixing.formats.osm_files import OsmMap, OsmWay

_TYPES = frozenset({"zebra_marking", "zebra", "pedestrian_marking"})
_WIDTHS_M = (1.5, 15.0)
_PARALLEL_RAD = math.radians(15.0)


def read_zebras(osm: OsmMap) -> list[Lane]:
    """Return a crossing between each two zebra lines that are nearest to each other, parallel, and bound no lanelet."""
    used = {ref for r in osm.relations.values() for side in ("left", "right") for ref in r.refs(side)}
    lines = [
        way
        for way in osm.ways.values()
        if way.tags.get("type") in _TYPES
        and way.way_id not in used
        and way.xy_m.shape[0] >= 2
        and np.hypot(*(way.xy_m[-1] - way.xy_m[0])) > _WIDTHS_M[0]
    ]
    apart = {(a, b): _apart_m(lines[a], lines[b]) for a, b in combinations(range(len(lines)), 2)}
    found: list[Lane] = []
    taken: set[int] = set()
    for (a, b), gap_m in sorted(apart.items(), key=lambda item: item[1]):
        if _WIDTHS_M[0] <= gap_m <= _WIDTHS_M[1] and not {a, b} & taken:
            taken |= {a, b}
            found.append(_crossing(osm.name, lines[a], lines[b]))
    return found


def _crossing(name: str, one: OsmWay, other: OsmWay) -> Lane:
    lane_id = f"{one.way_id[:40]}/{other.way_id[:40]}"
    left, right = sections(one, other, oriented(one, other), f"{name}: the zebra crossing {lane_id}")
    return Lane(
        lane_id=lane_id,
        kind=LaneKind.CROSSING,
        centre_xy_m=0.5 * (left + right),
        left_xy_m=left,
        right_xy_m=right,
        speed_limit_mps=math.inf,
        is_two_way=True,
    )


def _apart_m(one: OsmWay, other: OsmWay) -> float:
    """Return how far apart two parallel lines beside each other are; infinity where they are not."""
    a, b = one.xy_m[[0, -1]], other.xy_m[[0, -1]]
    along, there = a[1] - a[0], b[1] - b[0]
    length_m = float(np.hypot(*along))
    along = along / length_m
    if abs(_cross(along, there)) > math.sin(_PARALLEL_RAD) * np.hypot(*there):
        return math.inf
    middle = b.mean(axis=0) - a[0]
    if not 0.0 <= float(middle @ along) <= length_m:
        return math.inf
    return abs(_cross(along, middle))


def _cross(a: FloatArray, b: FloatArray) -> float:
    return float(a[0] * b[1] - a[1] * b[0])
