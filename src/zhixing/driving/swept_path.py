"""Room for the whole body in tight bends: its front swings out, its rear cuts in, and its wheels turn only so far.

Where the body would sweep over the edge of the road on the middle of the lanes, or could not turn tightly enough, the
route's line is bent like an elastic band until it fits: out before the bend and in at its apex, as people drive.

Source: Quinlan and Khatib (1993), "Elastic bands: connecting path planning and control", in one dimension; the body's
heading on a curve is that of the kinematic bicycle model.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numba import njit

from zhixing.datatypes.scene import EgoBody
from zhixing.datatypes.shapes import FloatArray, IntArray, polyline_s_m
from zhixing.driving.lane_map import LaneMap
from zhixing.driving.line import line_through, moving_average
from zhixing.driving.road_edge import RoadEdge, lanes_within, outside_m, road_edge
from zhixing.driving.route import Route

_LOOK_M = 12.0
_SWEEPS_OVER_M = 0.12
"""Less is left as it is."""
_ALLOWED_M = 0.27
"""So far a corner may sweep over the edge where there is no other way; the driving exam allows 0.3 m."""
_MARGIN_M = 0.1
_BEFORE_M, _BEHIND_M = 18, 14
_BEND_POINTS = 5
_BEND_1PM = 0.02
"""Where it bends less the body needs no more room than it is wide."""
_STEER_SHARE = 0.92
"""Of the steering angle, so that something is left to correct with."""
_KNOT_M, _BUMP_M = 2, 5.0
_STEPS_M = (0.4, 0.2, 0.1, 0.05)
_ROUNDS = 6
_MOST_SHIFT_M = 2.0
_OUT_WEIGHT, _BEND_WEIGHT, _SMOOTH_WEIGHT, _SHIFT_WEIGHT, _LANE_WEIGHT = 20.0, 400.0, 30.0, 0.01, 0.5


def fit_to_body(route: Route, body: EgoBody, lane_map: LaneMap) -> Route:
    """Return the route with its line bent where the body would not fit through, and room for what it sweeps there.

    Args:
        route: The way to the goal.
        body: Its size and steering.
        lane_map: The lanes on which the route was found; those of any direction count as road.
    """
    line = route.line
    size = np.array([0.5 * body.length_m, 0.5 * body.width_m, 0.5 * body.wheelbase_m, tightest_1pm(body)])
    edge = road_edge(lane_map)
    normal = np.stack((-np.sin(line.yaw_rad), np.cos(line.yaw_rad)), axis=-1)
    shift_m = np.zeros(line.s_m.shape[0])
    last = min(int(route.goal_m) + _BEHIND_M, shift_m.shape[0] - 2)
    is_mapped = route.beside_m.sum(axis=1) > body.width_m
    out = _overhang(line.xy_m, normal, shift_m, size, int(route.start_m), last, edge)
    unfit = np.flatnonzero(
        ((out > _SWEEPS_OVER_M) | (np.abs(moving_average(line.curvature_radpm, _BEND_POINTS)) > size[3])) & is_mapped
    )
    unfit = unfit[(unfit > int(route.start_m) + 2) & (unfit < last)]
    for first, final in _windows(unfit, int(route.start_m) + 1, last):
        _bend_band(line.xy_m, normal, shift_m, size, route.room_m, first, final, edge)
    if unfit.size:
        out = _overhang(line.xy_m, normal, shift_m, size, int(route.start_m), last, edge)
        route, out = _moved(route, shift_m, normal, out)
    return _with_room(route, _ALLOWED_M - out, body)


def tightest_1pm(body: EgoBody) -> float:
    """Return the curvature of the centre's way that the wheels allow, with a little to spare, 1/m.

    Example:
        >>> round(tightest_1pm(EgoBody()), 3)
        0.191
    """
    slip = math.atan(0.5 * math.tan(_STEER_SHARE * body.max_steer_rad))
    return math.sin(slip) / (0.5 * body.wheelbase_m)


def _windows(unfit: IntArray, low: int, high: int) -> list[tuple[int, int]]:
    """Return where to bend the line: around what does not fit, together where that meets."""
    windows: list[tuple[int, int]] = []
    for k in unfit.tolist():
        first, final = max(k - _BEFORE_M, low), min(k + _BEHIND_M, high)
        if windows and first <= windows[-1][1]:
            windows[-1] = windows[-1][0], max(final, windows[-1][1])
        else:
            windows.append((first, final))
    return windows


@njit(cache=True, error_model="numpy")
def _overhang(
    xy: FloatArray, normal: FloatArray, shift: FloatArray, size: FloatArray, begin: int, end: int, edge: RoadEdge
) -> FloatArray:
    """Return (points,) how far a corner of the body is off the road at each point of the line, 0 where not looked."""
    out = np.zeros(xy.shape[0])
    for k in range(begin, end):
        near = lanes_within(xy[k, 0], xy[k, 1], _LOOK_M, edge)
        out[k] = _at(xy, normal, shift, size, k, 0.0, near, edge)[0]
    return out


@njit(cache=True, error_model="numpy")
def _at(
    xy: FloatArray, normal: FloatArray, shift: FloatArray, size: FloatArray, k: int, margin: float, near: IntArray,
    edge: RoadEdge,
) -> tuple[float, float, float]:  # fmt: skip
    """Return for a point how far a corner of the widened body is off the road, that squared over all, and curvature."""
    a, b = max(k - 2, 0), min(k + 2, xy.shape[0] - 1)
    x, y = xy[k, 0] + shift[k] * normal[k, 0], xy[k, 1] + shift[k] * normal[k, 1]
    ax, ay = x - xy[a, 0] - shift[a] * normal[a, 0], y - xy[a, 1] - shift[a] * normal[a, 1]
    bx, by = xy[b, 0] + shift[b] * normal[b, 0] - x, xy[b, 1] + shift[b] * normal[b, 1] - y
    la, lb = max(math.hypot(ax, ay), 1e-3), max(math.hypot(bx, by), 1e-3)
    turn = math.atan2(ax * by - ay * bx, ax * bx + ay * by)
    bend = 2.0 * turn / (la + lb)
    yaw = math.atan2(ay / la + by / lb, ax / la + bx / lb) - math.asin(min(max(bend * size[2], -0.9), 0.9))
    c, s = math.cos(yaw), math.sin(yaw)
    worst, total = 0.0, 0.0
    for corner in range(4):
        along = size[0] if corner < 2 else -size[0]
        aside = size[1] if corner % 2 == 0 else -size[1]
        wide = aside + (margin if aside > 0.0 else -margin)
        out = outside_m(x + c * along - s * wide, y + s * along + c * wide, near, edge)
        worst, total = max(worst, out), total + min(out, 3.0) ** 2
    return worst, total, bend


@njit(cache=True, error_model="numpy")
def _cost(
    xy: FloatArray,
    normal: FloatArray,
    shift: FloatArray,
    size: FloatArray,
    room: FloatArray,
    begin: int,
    end: int,
    near: IntArray,
    edge: RoadEdge,
) -> float:
    cost, before = 0.0, 0.0
    for k in range(begin, end):
        _, out, bend = _at(xy, normal, shift, size, k, _MARGIN_M, near, edge)
        beyond = max(shift[k] + size[1] - room[k, 1], size[1] - shift[k] - room[k, 0], 0.0)
        cost += _LANE_WEIGHT * beyond * beyond
        cost += _OUT_WEIGHT * out + _BEND_WEIGHT * max(abs(bend) - size[3], 0.0) ** 2 + _SHIFT_WEIGHT * shift[k] ** 2
        if k > begin:
            cost += _SMOOTH_WEIGHT * (bend - before) ** 2
        before = bend
    return cost


@njit(cache=True, error_model="numpy")
def _bend_band(
    xy: FloatArray,
    normal: FloatArray,
    shift: FloatArray,
    size: FloatArray,
    room: FloatArray,
    begin: int,
    end: int,
    edge: RoadEdge,
) -> None:
    """Move the line sideways by bumps, from large to small, as long as that makes it better."""
    reach = int(2.5 * _BUMP_M)
    for step in _STEPS_M:
        for _ in range(_ROUNDS):
            is_better = False
            for knot in range(begin + 2, end - 1, _KNOT_M):
                low, high = max(knot - reach, begin), min(knot + reach + 1, end)
                near = lanes_within(xy[knot, 0], xy[knot, 1], reach + _LOOK_M, edge)
                now = _cost(xy, normal, shift, size, room, low, high, near, edge)
                for sign in (-1.0, 1.0):
                    old = shift[low:high].copy()
                    for k in range(low, high):
                        fixed = min(1.0, min(k - begin, end - 1 - k) / 4.0)  # both ends stay where they are
                        bump = math.exp(-0.5 * ((k - knot) / (0.5 * _BUMP_M)) ** 2) * fixed
                        shift[k] = min(max(shift[k] + sign * step * bump, -_MOST_SHIFT_M), _MOST_SHIFT_M)
                    new = _cost(xy, normal, shift, size, room, low, high, near, edge)
                    if new < now - 1e-4:
                        now, is_better = new, True
                        break
                    shift[low:high] = old
            if not is_better:
                break


def _moved(route: Route, shift_m: FloatArray, normal: FloatArray, out_m: FloatArray) -> tuple[Route, FloatArray]:
    """Return the route along its line moved to the left, with points one metre apart again, with what was known.

    Args:
        route: The way to the goal.
        shift_m: (points,) how far to the left.
        normal: (points, 2) to the left.
        out_m: (points,) how far a corner is off the road there.
    """
    line = route.line
    raw = line.xy_m + shift_m[:, None] * normal
    raw_s = polyline_s_m(raw)
    count = max(int(raw_s[-1]), 2)
    even = np.stack([np.interp(np.arange(count), raw_s, raw[:, k]) for k in (0, 1)], axis=-1)
    nearest = np.rint(np.interp(np.arange(count), raw_s, np.arange(raw_s.shape[0]))).astype(np.int64)

    def moved(old_m: FloatArray) -> FloatArray:
        return np.interp(old_m, line.s_m, raw_s)

    left_m = shift_m[nearest][:, None] * np.array([[1.0, -1.0]])
    there = replace(
        route,
        line=line_through(even, float(moved(np.array(line.goal_m)))),
        start_m=float(moved(np.array(route.start_m))),
        goal_m=float(moved(np.array(route.goal_m))),
        limit_mps=route.limit_mps[nearest],
        lane_at=route.lane_at[nearest],
        room_m=np.maximum(route.room_m[nearest] + left_m, 0.0),
        beside_m=np.maximum(route.beside_m[nearest] + left_m, 0.0),
        stop_m=moved(route.stop_m),
        junction_m=moved(route.junction_m),
    )
    return there, out_m[nearest]


def _with_room(route: Route, spare_m: FloatArray, body: EgoBody) -> Route:
    """Return the route with what the body sweeps in bends counted as room.

    Args:
        route: The way to the goal.
        spare_m: (points,) how much farther a corner may get; where that is nothing, the room stays.
        body: Its size.
    """
    bend = moving_average(route.line.curvature_radpm, _BEND_POINTS)
    sweeps = (spare_m > 0.0) & (np.abs(bend) > _BEND_1PM)
    needed_m = _swept_m(bend, body) + np.maximum(spare_m, 2.0 * _MARGIN_M)[:, None]
    beside_m = np.where(sweeps[:, None], np.maximum(route.beside_m, needed_m), route.beside_m)
    return replace(route, beside_m=beside_m)


def _swept_m(curvature_radpm: FloatArray, body: EgoBody) -> FloatArray:
    """Return (points, 2) how far to the right and left of its centre's way a body reaches."""
    radius_m = 1.0 / np.clip(np.abs(curvature_radpm), 1e-3, 0.3)
    axle_m = np.sqrt(radius_m**2 - (0.5 * body.wheelbase_m) ** 2)
    inner_m = radius_m - axle_m + 0.5 * body.width_m
    outer_m = np.hypot(axle_m + 0.5 * body.width_m, 0.5 * (body.wheelbase_m + body.length_m)) - radius_m
    is_left = curvature_radpm > 0.0
    right_m, left_m = np.where(is_left, outer_m, inner_m), np.where(is_left, inner_m, outer_m)
    return np.stack((right_m, left_m), axis=-1)
