"""Which lanes one may be on, and where they lead."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from zhixing.datatypes.shapes import BoolArray, FloatArray, IntArray
from zhixing.driving.lane_map import project
from zhixing.driving.prediction.streets import Streets

MAX_STARTS = 6
MAX_LEADS = 8
_DEPTH = 14
_AHEAD_RAD = 1.1
_LANE_MARGIN_M = 0.6
_CHANGE_RAD = 0.6
_MAX_CHANGE_M = 6.0
_SEE_M = 6.0


@njit(cache=True, error_model="numpy")
def starts(
    x_m: float,
    y_m: float,
    course_rad: float,
    streets: Streets,
    allowed: BoolArray,
    may_go_against: bool,
    may_change: bool,
    found: FloatArray,
) -> int:
    """Find the lanes somebody may be on or change to.

    Args:
        x_m: Where it is, in the world frame.
        y_m: The same.
        course_rad: Its direction of travel.
        streets: The lanes.
        allowed: (kinds,) which kinds of lane count.
        may_go_against: Whether it may go the wrong way.
        may_change: Whether the lanes beside the nearest count too.
        found: (``MAX_STARTS``, 7) is filled: lane, distance along it (in its own direction), offset to the left of the
            direction of travel, direction of travel there, half width, 1 or -1 for with or against the lane, 1 where
            it is a change of lane.

    Returns:
        How many were found.
    """
    first, xy_m, s_m, box_m = streets.first, streets.xy_m, streets.s_m, streets.box_m
    count, best, best_cost = 0, -1, np.inf
    for lane in range(first.shape[0] - 1):
        if not allowed[streets.kind[lane]]:
            continue
        if x_m < box_m[lane, 0] - _SEE_M or x_m > box_m[lane, 2] + _SEE_M:
            continue
        if y_m < box_m[lane, 1] - _SEE_M or y_m > box_m[lane, 3] + _SEE_M:
            continue
        a, b = first[lane], first[lane + 1]
        s, offset, yaw = project(x_m, y_m, xy_m[a:b], s_m[a:b])
        half = streets.half_width_m[a + min(b - a - 1, np.searchsorted(s_m[a:b], s))]
        if abs(offset) > half + _LANE_MARGIN_M:
            continue
        if (s <= 0.0 or s >= s_m[b - 1]) and _is_beyond(x_m, y_m, yaw, s, xy_m[a:b]):
            continue
        turn = abs((course_rad - yaw + math.pi) % (2.0 * math.pi) - math.pi)
        way = 1.0
        if turn > 0.5 * math.pi and (may_go_against or streets.is_two_way[lane]):
            way, offset, yaw, turn = -1.0, -offset, yaw + math.pi, math.pi - turn
        if turn > _AHEAD_RAD:
            continue
        cost = abs(offset) + 2.0 * turn
        if count < MAX_STARTS:
            place = count
            count += 1
        else:
            place = 0
            for k in range(1, count):
                if _cost(found, k, course_rad) > _cost(found, place, course_rad):
                    place = k
            if _cost(found, place, course_rad) <= cost:
                continue
        _put(found, place, lane, s, offset, yaw, half, way, 0.0)
        if way > 0.0 and cost < best_cost:
            best, best_cost = lane, cost
    if best < 0 or not may_change:
        return count
    for side in range(2):
        lane = streets.beside[best, side]
        if lane < 0 or count >= MAX_STARTS or not allowed[streets.kind[lane]]:
            continue
        known = False
        for k in range(count):
            known = known or found[k, 0] == lane
        a, b = first[lane], first[lane + 1]
        s, offset, yaw = project(x_m, y_m, xy_m[a:b], s_m[a:b])
        turn = abs((course_rad - yaw + math.pi) % (2.0 * math.pi) - math.pi)
        if known or turn > _CHANGE_RAD or abs(offset) > _MAX_CHANGE_M:
            continue
        half = streets.half_width_m[a + min(b - a - 1, np.searchsorted(s_m[a:b], s))]
        _put(found, count, lane, s, offset, yaw, half, 1.0, 1.0)
        count += 1
    return count


@njit(cache=True, error_model="numpy")
def _put(
    found: FloatArray,
    place: int,
    lane: int,
    s: float,
    offset: float,
    yaw: float,
    half: float,
    way: float,
    change: float,
) -> None:
    found[place, 0], found[place, 1], found[place, 2], found[place, 3] = lane, s, offset, yaw
    found[place, 4], found[place, 5], found[place, 6] = half, way, change


@njit(cache=True, error_model="numpy")
def _cost(found: FloatArray, k: int, course_rad: float) -> float:
    turn = abs((course_rad - found[k, 3] + math.pi) % (2.0 * math.pi) - math.pi)
    return float(abs(found[k, 2]) + 2.0 * turn)


@njit(cache=True, error_model="numpy")
def _is_beyond(x: float, y: float, yaw: float, s: float, xy: FloatArray) -> bool:
    """Return whether a point lies more than half a metre before the start or behind the end of a line."""
    end = 0 if s <= 0.0 else xy.shape[0] - 1
    along = math.cos(yaw) * (x - xy[end, 0]) + math.sin(yaw) * (y - xy[end, 1])
    return bool(abs(along) > 0.5)


@njit(cache=True, error_model="numpy")
def leads(
    lane: int,
    left_m: float,
    reach_m: float,
    way: float,
    streets: Streets,
    sequence: IntArray,
    depth: IntArray,
) -> int:
    """Enumerate where a lane leads within reach.

    Args:
        lane: Where to begin.
        left_m: How much of it is left.
        reach_m: How far to look.
        way: 1 with the lanes, to their successors, or -1 against them.
        streets: The lanes.
        sequence: (``MAX_LEADS``, depth) is filled with lanes.
        depth: (``MAX_LEADS``,) is filled: how many lanes each has.

    Returns:
        How many there are; the first few of too many.
    """
    length_m = streets.length_m
    first_next = streets.first_next if way > 0.0 else streets.first_before
    nexts = streets.nexts if way > 0.0 else streets.befores
    covered = np.zeros(MAX_LEADS)
    sequence[0, 0], depth[0], covered[0] = lane, 1, left_m
    count, k = 1, 0
    while k < count:
        while covered[k] < reach_m and depth[k] < min(_DEPTH, sequence.shape[1]):
            at = sequence[k, depth[k] - 1]
            begin, end = first_next[at], first_next[at + 1]
            if begin == end:
                break
            for other in range(begin + 1, end):
                if count < MAX_LEADS:
                    sequence[count, : depth[k]] = sequence[k, : depth[k]]
                    sequence[count, depth[k]] = nexts[other]
                    depth[count] = depth[k] + 1
                    covered[count] = covered[k] + length_m[nexts[other]]
                    count += 1
            sequence[k, depth[k]] = nexts[begin]
            depth[k] += 1
            covered[k] += length_m[nexts[begin]]
        k += 1
    return count


@njit(cache=True, error_model="numpy")
def sample(
    sequence: IntArray,
    depth: int,
    s0_m: float,
    way: float,
    spacing_m: float,
    streets: Streets,
    line: FloatArray,
) -> None:
    """Fill ``line`` (points, 2) with evenly spaced points along lanes; beyond their end it goes straight on."""
    first, xy_m, s_m = streets.first, streets.xy_m, streets.s_m
    at, points = 0, line.shape[0]
    a, b = first[sequence[0]], first[sequence[0] + 1]
    total = s_m[b - 1]
    s = s0_m if way > 0.0 else total - s0_m
    seg = 0
    for k in range(points):
        while s > total and at < depth - 1:
            s -= total
            at += 1
            seg = 0
            a, b = first[sequence[at]], first[sequence[at] + 1]
            total = s_m[b - 1]
        if way > 0.0:
            while seg < b - a - 2 and s_m[a + seg + 1] < s:
                seg += 1
            p, q = a + seg, a + seg + 1
            share = (s - s_m[p]) / max(s_m[q] - s_m[p], 1e-9)
        else:
            while seg < b - a - 2 and total - s_m[b - 2 - seg] < s:
                seg += 1
            p, q = b - 1 - seg, b - 2 - seg
            share = (s - (total - s_m[p])) / max(s_m[p] - s_m[q], 1e-9)
        line[k, 0] = xy_m[p, 0] + share * (xy_m[q, 0] - xy_m[p, 0])
        line[k, 1] = xy_m[p, 1] + share * (xy_m[q, 1] - xy_m[p, 1])
        s += spacing_m


@njit(cache=True, error_model="numpy")
def red_ahead_m(
    sequence: IntArray,
    depth: int,
    s0_m: float,
    reach_m: float,
    streets: Streets,
    lights: IntArray,
) -> tuple[float, int]:
    """Return how far ahead along lanes the next light is (infinity: none is known) and what it shows."""
    gone = -s0_m
    for k in range(depth - 1):
        group = streets.light_group[sequence[k + 1]]
        wait = gone + streets.stop_m[sequence[k]]
        gone += streets.length_m[sequence[k]]
        if wait > reach_m:
            break
        if 0 <= group < lights.shape[0] and gone > 0.0:
            return wait, lights[group]
    return np.inf, 0
