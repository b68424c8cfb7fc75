"""The road as flat arrays, for kernels that ask where on which lane something is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numba import njit

from zhixing.datatypes.road import LaneKind, Road
from zhixing.datatypes.shapes import BoolArray, FloatArray, IntArray, polyline_s_m


@dataclass(frozen=True, slots=True, eq=False)
class LaneMap:
    """All centre lines of a road, one after the other.

    Attributes:
        road: What it was made from; lane indices are the same.
        first: (lanes + 1,) points ``first[k]:first[k + 1]`` belong to lane k.
        xy_m: (points, 2) centre lines in the world frame.
        s_m: (points,) distance from the start of the lane.
        half_width_m: (points,) half the distance between the boundaries.
        length_m: (lanes,)
        kind: (lanes,) :class:`LaneKind`.
        speed_limit_mps: (lanes,)
        box_m: (lanes, 4) x_min, y_min, x_max, y_max of the centre line.
    """

    road: Road
    first: IntArray
    xy_m: FloatArray
    s_m: FloatArray
    half_width_m: FloatArray
    length_m: FloatArray
    kind: IntArray
    speed_limit_mps: FloatArray
    box_m: FloatArray

    def nearest(
        self,
        x_m: float,
        y_m: float,
        yaw_rad: float | None = None,
        *,
        kinds: frozenset[LaneKind] = frozenset({LaneKind.DRIVING}),
        within_m: float = 50.0,
    ) -> tuple[int, float, float]:
        """Return lane, distance along it and signed offset (left positive) of the nearest lane.

        Args:
            x_m: In the world frame.
            y_m: In the world frame.
            yaw_rad: If given, lanes that run more than 90 degrees away from this heading do not count, and one
                metre of distance weighs as much as 30 degrees of heading.
            kinds: Lanes that count.
            within_m: Lanes farther away do not count.

        Returns:
            (lane, s_m, offset_m); lane is -1 where none is near.
        """
        allowed = np.isin(self.kind, [int(kind) for kind in kinds])
        lane, s_m, offset_m = _nearest(
            x_m,
            y_m,
            np.nan if yaw_rad is None else yaw_rad,
            self.first,
            self.xy_m,
            self.s_m,
            self.box_m,
            allowed,
            within_m,
        )
        return int(lane), float(s_m), float(offset_m)

    def lane_xy_m(self, lane: int) -> FloatArray:
        """Return (points, 2) the centre line of one lane."""
        return self.xy_m[self.first[lane] : self.first[lane + 1]]

    def lane_s_m(self, lane: int) -> FloatArray:
        """Return (points,) the distance along one lane."""
        return self.s_m[self.first[lane] : self.first[lane + 1]]

    def room_m(
        self, x_m: float, y_m: float, yaw_rad: float, reach_m: float, *, both_ways: bool = False
    ) -> tuple[float, float]:
        """Return the room to the right and left of a point on lanes for cars, see :func:`drivable_room_m`."""
        return drivable_room_m(
            x_m, y_m, yaw_rad, reach_m, self.first, self.xy_m, self.s_m, self.half_width_m, self.box_m,
            self.kind == int(LaneKind.DRIVING), both_ways,
        )  # fmt: skip

    def project(self, lane: int, x_m: float, y_m: float) -> tuple[float, float, float]:
        """Return distance along a lane, signed offset (left positive) and direction of its nearest point."""
        s_m, offset_m, yaw_rad = project(x_m, y_m, self.lane_xy_m(lane), self.lane_s_m(lane))
        return float(s_m), float(offset_m), float(yaw_rad)


def entry_rad(road: Road, lane: int) -> float:
    """Return the direction in which a lane begins."""
    along = road.lanes[lane].centre_xy_m[1] - road.lanes[lane].centre_xy_m[0]
    return float(np.arctan2(along[1], along[0]))


@lru_cache(maxsize=16)
def lane_map_of(road: Road) -> LaneMap:
    """Return the flat form of a road, made once for each road of late."""
    return build_lane_map(road)


def build_lane_map(road: Road) -> LaneMap:
    """Return the flat form of a road."""
    lanes = road.lanes
    counts = [lane.centre_xy_m.shape[0] for lane in lanes]
    stations = [polyline_s_m(lane.centre_xy_m) for lane in lanes]
    boxes = [np.concatenate((lane.centre_xy_m.min(axis=0), lane.centre_xy_m.max(axis=0))) for lane in lanes]
    halves = [0.5 * np.hypot(*(lane.left_xy_m - lane.right_xy_m).T) for lane in lanes]
    return LaneMap(
        road,
        np.concatenate(([0], np.cumsum(counts))).astype(np.int64),
        np.concatenate([lane.centre_xy_m for lane in lanes]) if lanes else np.zeros((0, 2)),
        np.concatenate(stations) if lanes else np.zeros(0),
        np.concatenate(halves) if lanes else np.zeros(0),
        np.array([station[-1] for station in stations]),
        np.array([int(lane.kind) for lane in lanes], dtype=np.int64),
        np.array([lane.speed_limit_mps for lane in lanes]),
        np.array(boxes).reshape(-1, 4),
    )


@njit(cache=True)
def project(x_m: float, y_m: float, xy_m: FloatArray, s_m: FloatArray) -> tuple[float, float, float]:
    """Return where on a polyline the nearest point lies.

    Args:
        x_m: Point in the frame of the polyline.
        y_m: Point in the frame of the polyline.
        xy_m: (points, 2) polyline.
        s_m: (points,) distance along it.

    Returns:
        (s_m, offset_m, yaw_rad): distance along the line, signed offset with left positive, direction there.
    """
    best = np.inf
    best_s = 0.0
    best_offset = 0.0
    best_yaw = 0.0
    for k in range(xy_m.shape[0] - 1):
        ax, ay = xy_m[k, 0], xy_m[k, 1]
        dx, dy = xy_m[k + 1, 0] - ax, xy_m[k + 1, 1] - ay
        squared = dx * dx + dy * dy
        if squared < 1e-12:
            continue
        share = ((x_m - ax) * dx + (y_m - ay) * dy) / squared
        share = min(1.0, max(0.0, share))
        ox, oy = x_m - ax - share * dx, y_m - ay - share * dy
        distance = ox * ox + oy * oy
        if distance < best:
            best = distance
            best_s = s_m[k] + share * (s_m[k + 1] - s_m[k])
            side = dx * oy - dy * ox
            best_offset = np.sqrt(distance) if side >= 0.0 else -np.sqrt(distance)
            best_yaw = np.arctan2(dy, dx)
    return best_s, best_offset, best_yaw


@njit(cache=True)
def _nearest(
    x_m: float,
    y_m: float,
    yaw_rad: float,
    first: IntArray,
    xy_m: FloatArray,
    s_m: FloatArray,
    box_m: FloatArray,
    allowed: BoolArray,
    within_m: float,
) -> tuple[int, float, float]:
    best_cost = within_m
    best = (-1, 0.0, 0.0)
    for lane in range(first.shape[0] - 1):
        if not allowed[lane]:
            continue
        dx = max(box_m[lane, 0] - x_m, 0.0, x_m - box_m[lane, 2])
        dy = max(box_m[lane, 1] - y_m, 0.0, y_m - box_m[lane, 3])
        if dx * dx + dy * dy > best_cost * best_cost:
            continue
        s, offset, direction = project(
            x_m, y_m, xy_m[first[lane] : first[lane + 1]], s_m[first[lane] : first[lane + 1]]
        )
        cost = abs(offset)
        if not np.isnan(yaw_rad):
            turn = abs((yaw_rad - direction + np.pi) % (2.0 * np.pi) - np.pi)
            if turn > 0.5 * np.pi:
                continue
            cost += turn * 6.0 / np.pi
        if cost < best_cost:
            best_cost = cost
            best = (lane, s, offset)
    return best


@njit(cache=True)
def drivable_room_m(
    x_m: float,
    y_m: float,
    yaw_rad: float,
    reach_m: float,
    first: IntArray,
    xy_m: FloatArray,
    s_m: FloatArray,
    half_width_m: FloatArray,
    box_m: FloatArray,
    allowed: BoolArray,
    both_ways: bool,
) -> tuple[float, float]:
    """Return how far one can go to the right and to the left of a point on lanes that run one's way.

    Args:
        x_m: Point in the world frame.
        y_m: Point in the world frame.
        yaw_rad: One's way; lanes within 45 degrees of it count.
        reach_m: Farther is not looked.
        first: See :class:`LaneMap`; so are ``xy_m``, ``s_m``, ``half_width_m`` and ``box_m``.
        xy_m: Of the lane map.
        s_m: Of the lane map.
        half_width_m: Of the lane map.
        box_m: Of the lane map.
        allowed: (lanes,) which lanes count.
        both_ways: Whether lanes that run the other way count too.

    Returns:
        (right_m, left_m), not negative.
    """
    spans = np.empty((first.shape[0] - 1, 2))
    count = 0
    for lane in range(first.shape[0] - 1):
        wide = reach_m + 10.0
        if not allowed[lane] or x_m < box_m[lane, 0] - wide or x_m > box_m[lane, 2] + wide:
            continue
        if y_m < box_m[lane, 1] - wide or y_m > box_m[lane, 3] + wide:
            continue
        a, b = first[lane], first[lane + 1]
        s, offset, direction = project(x_m, y_m, xy_m[a:b], s_m[a:b])
        turn = abs((yaw_rad - direction + np.pi) % (2.0 * np.pi) - np.pi)
        if turn > 0.25 * np.pi and not (both_ways and turn > 0.75 * np.pi):
            continue
        nearest = a + min(b - a - 1, np.searchsorted(s_m[a:b], s))
        along = np.cos(yaw_rad) * (xy_m[nearest, 0] - x_m) + np.sin(yaw_rad) * (xy_m[nearest, 1] - y_m)
        half = half_width_m[nearest]
        if (s <= 0.0 or s >= s_m[b - 1]) and abs(along) > 1.0:
            continue  # beyond its end
        aside = -offset if turn < 0.5 * np.pi else offset
        spans[count, 0], spans[count, 1] = aside - half, aside + half
        count += 1
    right, left = 0.0, 0.0
    for _ in range(count):
        for k in range(count):
            if spans[k, 0] - 0.2 <= left and spans[k, 1] > left:
                left = spans[k, 1]
            if spans[k, 1] + 0.2 >= -right and spans[k, 0] < -right:
                right = -spans[k, 0]
    return min(right, reach_m), min(left, reach_m)
