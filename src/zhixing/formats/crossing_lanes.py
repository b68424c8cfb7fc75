"""Where a map states no junctions: which lanes cross, and what branches off or joins beside them."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable

import numpy as np
import shapely

from zhixing.datatypes.road import Lane, LaneKind
from zhixing.datatypes.shapes import FloatArray, polyline_s_m

_CROSSING_RAD = math.radians(15.0)
"""Lanes that run more alike merge or part; they do not cross."""
_OVERLAP_M2 = 1.0
_END_M = 0.5
"""Lines that meet this near the end of either touch there."""


def infer_junctions(
    lanes: list[Lane], successors: tuple[tuple[int, ...], ...], stated: Collection[int] = ()
) -> list[int]:
    """Return for each lane the index of its junction, -1 outside.

    A junction is where lanes to drive on cross that neither continue nor accompany each other, with what branches off
    or joins beside them and overlaps them.

    Args:
        lanes: All of the map.
        successors: For each lane what continues it.
        stated: Lanes that the map itself says lie in a junction.
    """
    driving = [k for k, lane in enumerate(lanes) if lane.kind == LaneKind.DRIVING]
    lines = [shapely.LineString(lanes[k].centre_xy_m) for k in driving]
    pairs = shapely.STRtree(lines).query(lines, predicate="intersects").T.tolist() if lines else []
    predecessors = _turned_round(successors)
    group = _Groups(len(lanes))
    inside = set(stated)
    for a, b in pairs:
        one, other = driving[a], driving[b]
        if one < other and _cross(lanes[one].centre_xy_m, lanes[other].centre_xy_m, lines[a], lines[b]):
            group.join(one, other)
            inside |= {one, other}
    # What parts from or joins a crossing lanelet beside it: the right turn of a crossroads crosses nobody.
    for lane in sorted(inside):
        beside = _siblings(lane, successors, predecessors) | _siblings(lane, predecessors, successors)
        for other in sorted(beside):
            if lanes[other].kind == LaneKind.DRIVING and _overlap_m2(lanes[lane], lanes[other]) > _OVERLAP_M2:
                group.join(lane, other)
                inside.add(other)
    roots = {k: group.root(k) for k in inside}
    return numbered([roots.get(k, -1) for k in range(len(lanes))])


def _cross(a_xy_m: FloatArray, b_xy_m: FloatArray, a: shapely.LineString, b: shapely.LineString) -> bool:
    """Return whether two centre lines cross within both, at an angle."""
    for point in shapely.get_parts(shapely.intersection(a, b)):
        if not isinstance(point, shapely.Point):
            continue
        at_m = a.project(point), b.project(point)
        if min(at_m[0], a.length - at_m[0]) < _END_M or min(at_m[1], b.length - at_m[1]) < _END_M:
            continue
        angle = abs(math.remainder(_direction(a_xy_m, at_m[0]) - _direction(b_xy_m, at_m[1]), 2.0 * math.pi))
        if _CROSSING_RAD < angle < math.pi - _CROSSING_RAD:
            return True
    return False


def _direction(xy_m: FloatArray, at_m: float) -> float:
    s_m = polyline_s_m(xy_m)
    k = min(max(int(np.searchsorted(s_m, at_m)), 1), xy_m.shape[0] - 1)
    dx, dy = xy_m[k] - xy_m[k - 1]
    return math.atan2(dy, dx)


def _overlap_m2(a: Lane, b: Lane) -> float:
    one, other = (
        shapely.make_valid(shapely.Polygon(np.concatenate((x.left_xy_m, x.right_xy_m[::-1])))) for x in (a, b)
    )
    return float(shapely.area(shapely.intersection(one, other)))


def _siblings(lane: int, there: tuple[tuple[int, ...], ...], back: tuple[tuple[int, ...], ...]) -> set[int]:
    return {k for between in there[lane] for k in back[between]} - {lane}


def _turned_round(links: tuple[tuple[int, ...], ...]) -> tuple[tuple[int, ...], ...]:
    found: list[list[int]] = [[] for _ in links]
    for k, others in enumerate(links):
        for other in others:
            found[other].append(k)
    return tuple(tuple(ks) for ks in found)


def numbered(names: Iterable[int]) -> list[int]:
    """Return the same groups numbered from 0 in the order they come; -1 stays.

    Example:
        >>> numbered([-1, 7, 3, 7])
        [-1, 0, 1, 0]
    """
    numbers: dict[int, int] = {}
    return [numbers.setdefault(name, len(numbers)) if name >= 0 else -1 for name in names]


class _Groups:
    """Sets that grow together."""

    def __init__(self, count: int) -> None:
        self._above = list(range(count))

    def root(self, k: int) -> int:
        while self._above[k] != k:
            self._above[k] = self._above[self._above[k]]
            k = self._above[k]
        return k

    def join(self, a: int, b: int) -> None:
        self._above[self.root(b)] = self.root(a)
