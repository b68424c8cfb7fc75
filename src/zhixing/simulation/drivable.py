"""Where cars may be, and in which lane a box is."""

from __future__ import annotations

import math
import weakref

import numpy as np
import shapely

from zhixing.datatypes.frames import box_corners_m
from zhixing.datatypes.road import LaneKind, Road
from zhixing.datatypes.shapes import BoolArray, FloatArray

TOLERANCE_M = 0.3
_LANE_TOLERANCE_M = 0.05
_CLOSING_M = 0.2
"""Gaps between neighbouring lanes that a map leaves by rounding."""

_SHORT_LANES = 3
"""How many lane ends a box may lie over lengthwise; map tools draw pieces shorter than a car."""

_AREAS: weakref.WeakKeyDictionary[Road, DrivableArea] = weakref.WeakKeyDictionary()


class DrivableArea:
    """The drivable area of a road: lanes for cars; junctions as the outline of their connecting lanes, holes filled.

    Args:
        road: The map.
    """

    def __init__(self, road: Road) -> None:
        self._lanes = [k for k, lane in enumerate(road.lanes) if lane.kind == LaneKind.DRIVING]
        polygons = [_polygon(road, k) for k in self._lanes]
        junctions: dict[int, list[shapely.Geometry]] = {}
        for lane, polygon in zip(self._lanes, polygons, strict=True):
            if road.lanes[lane].junction >= 0:
                junctions.setdefault(road.lanes[lane].junction, []).append(polygon)
        filled = [_without_holes(shapely.union_all(parts)) for parts in junctions.values()]
        area = shapely.union_all([*polygons, *filled]).buffer(_CLOSING_M).buffer(-_CLOSING_M)
        self.area = area
        self._tolerant = area.buffer(TOLERANCE_M, quad_segs=16)
        shapely.prepare(self._tolerant)
        self._tree = shapely.STRtree(polygons)
        self._wide_tree = shapely.STRtree(shapely.buffer(np.array(polygons, dtype=object), _LANE_TOLERANCE_M))
        self._successors = road.successors
        self._junctions = shapely.union_all(filled) if filled else shapely.Polygon()
        shapely.prepare(self._junctions)

    def contains_box(self, box: FloatArray) -> bool:
        """Return whether no corner of a box (5,) is more than 0.3 m outside."""
        corners = _corners(box)
        return bool(shapely.contains_xy(self._tolerant, corners[:, 0], corners[:, 1]).all())

    def lanes_at(self, x_m: float, y_m: float) -> list[int]:
        """Return the driving lanes that a point is on."""
        found = self._tree.query(shapely.Point(x_m, y_m), predicate="intersects")
        return [self._lanes[k] for k in sorted(found.tolist())]

    def is_in_junction(self, x_m: float, y_m: float) -> bool:
        """Return whether a point is in a junction."""
        return bool(shapely.contains_xy(self._junctions, x_m, y_m))

    def are_in_junctions(self, xy_m: FloatArray) -> BoolArray:
        """Return (points,) which points (points, 2) are in a junction."""
        return np.asarray(shapely.contains_xy(self._junctions, xy_m[:, 0], xy_m[:, 1]), dtype=np.bool_)

    def is_between_lanes(self, box: FloatArray) -> bool:
        """Return whether neither one lane nor lanes that continue each other hold all corners of a box (5,).

        Source: nuPlan closed-loop metrics, "ego in multiple lanes or non-drivable area".
        """
        pairs = self._wide_tree.query(shapely.points(_corners(box)), predicate="intersects")
        at: list[set[int]] = [set(), set(), set(), set()]
        for corner, lane in pairs.T.tolist():
            at[corner].add(self._lanes[lane])
        front, reached = at[0] & at[3], at[1] & at[2]
        for _ in range(_SHORT_LANES):
            if front & reached:
                return False
            reached = {following for lane in reached for following in self._successors[lane]}
        return not front & reached


def drivable_area(road: Road) -> DrivableArea:
    """Return the drivable area of a road, made once for each road."""
    area = _AREAS.get(road)
    if area is None:
        area = _AREAS[road] = DrivableArea(road)
    return area


def _corners(box: FloatArray) -> FloatArray:
    x, y, yaw, length, width = (np.asarray(value) for value in box)
    return box_corners_m(x, y, yaw, length, width)


def _polygon(road: Road, lane: int) -> shapely.Geometry:
    outline = np.concatenate((road.lanes[lane].left_xy_m, road.lanes[lane].right_xy_m[::-1]))
    polygon = shapely.Polygon(outline)
    return polygon if polygon.is_valid else shapely.make_valid(polygon, method="structure")


def _without_holes(geometry: shapely.Geometry) -> shapely.Geometry:
    # Lanes that only touch in a rounding error still enclose what is between them.
    closed = shapely.buffer(shapely.buffer(geometry, _CLOSING_M, join_style="mitre"), -_CLOSING_M, join_style="mitre")
    parts = [part for part in shapely.get_parts(closed) if isinstance(part, shapely.Polygon)]
    return shapely.union_all([shapely.Polygon(part.exterior) for part in parts])


def lane_turn_rad(road: Road, lane: int, x_m: float, y_m: float, yaw_rad: float) -> float:
    """Return how far a heading is from the direction of a lane at its nearest point, 0 to pi."""
    centre = road.lanes[lane].centre_xy_m
    nearest = int(np.argmin(np.hypot(centre[:, 0] - x_m, centre[:, 1] - y_m)))
    a, b = max(0, nearest - 1), min(centre.shape[0] - 1, nearest + 1)
    direction = math.atan2(*(centre[b] - centre[a])[::-1])
    return abs(math.remainder(yaw_rad - direction, 2.0 * math.pi))
