"""Which pairs of a frame fulfil some bounds on measures of two, for many frames at once.

The formulas are those of ``boxes``, ``measures_pairs`` and ``measures_conflicts``, which say what is right; here they
stand once more for single pairs, because a pair that fails its first bound need not be looked at further. Within a
frame pairs are found by a sweep along x: who is farther apart than ``reach_m`` is never looked at.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from zhixing.dataloop.mining.frames import Frames
from zhixing.dataloop.mining.measures_conflicts import NEAREST_M
from zhixing.dataloop.mining.measures_motion import STANDING_MPS
from zhixing.datatypes.shapes import BoolArray, FloatArray, IntArray
from zhixing.driving.leaf_kernel import leaf_kernel

CODES = {
    name: code
    for code, name in enumerate(
        (
            "centre_distance_m", "distance_m", "ahead_m", "left_m", "heading_apart_rad", "heading_left_rad",
            "closing_mps", "faster_mps", "touches", "gap_ahead_m", "headway_s", "ttc_ahead_s", "needed_decel_mps2",
            "ttc_s",
        )
    )
}  # fmt: skip
"""Measures of two that the kernel takes."""
SYMMETRIC = frozenset({"centre_distance_m", "distance_m", "heading_apart_rad", "closing_mps", "touches", "ttc_s"})
"""What b is to a is what a is to b."""
_CENTRE, _GAP, _AHEAD, _LEFT, _APART, _TURN, _CLOSING, _FASTER, _TOUCH, _LEAD, _HEADWAY, _TTC_AHEAD, _DRAC, _TTC = (
    range(14)
)
_SMALL_FRAME = 64
_LOCAL = 5
_TINY_M = 1e-6


class Bounds(NamedTuple):
    """What is asked of a pair (a, b): all of it.

    Attributes:
        code: (bounds,) the measure.
        is_turned: (bounds,) whether it is asked of (b, a).
        low: (bounds,) least value, minus infinity for none.
        high: (bounds,) greatest value.
        low_open: (bounds,) whether the least itself is too small.
        high_open: (bounds,) whether the greatest itself is too large.
        reach_m: Centres farther apart cannot fulfil it.
        ttc_s: Greatest time to collision that can fulfil it, infinity for any.
        is_symmetric: Whether (b, a) fulfils it if (a, b) does.
    """

    code: IntArray
    is_turned: BoolArray
    low: FloatArray
    high: FloatArray
    low_open: BoolArray
    high_open: BoolArray
    reach_m: float
    ttc_s: float
    is_symmetric: bool


@njit(cache=True, nogil=True)
def pairs_within(
    frames: Frames,
    bounds: Bounds,
    is_a: BoolArray,
    is_b: BoolArray,
    begin: int,
    end: int,
    out: IntArray,
) -> tuple[int, int]:
    """Write (pairs, 2) the rows of a and of b that fulfil all bounds, frame by frame, and return how many.

    Args:
        frames: Who is where.
        bounds: What is asked.
        is_a: (rows,) who can be a.
        is_b: (rows,) who can be b.
        begin: First frame to look at.
        end: The frame after the last.
        out: (room, 2) room for pairs: at least for all ordered pairs of the fullest frame.

    Returns:
        How many pairs were written, and the first frame that was not looked at because the room was full.
    """
    found = 0
    largest = 0
    for frame in range(begin, end):
        largest = max(largest, frames.start[frame + 1] - frames.start[frame])
    ones, others = np.empty(largest, dtype=np.int64), np.empty(largest, dtype=np.int64)
    near = np.empty(largest, dtype=np.int64)
    local, is_near = np.empty((_LOCAL, largest)), np.empty(largest, dtype=np.bool_)
    for frame in range(begin, end):
        num_ones = _candidates(frames, is_a, frame, ones)
        num_others = _candidates(frames, is_b, frame, others)
        if not num_ones or not num_others:
            continue
        if found + num_ones * num_others > out.shape[0]:
            return found, frame  # it may not fit; whoever called asks again from here
        is_sorted = num_others > _SMALL_FRAME
        if is_sorted:
            _sort_by_x(frames.x_m, others, num_others)
        _gather(frames, others, num_others, local)
        is_half = bounds.is_symmetric and _are_same(ones, others, num_ones, num_others, is_sorted)
        first, last = 0, num_others
        for u in range(num_ones):
            i = ones[u]
            if is_half:
                first = u + 1
            if is_sorted:
                first = np.searchsorted(local[0, :num_others], frames.x_m[i] - bounds.reach_m)
                last = np.searchsorted(local[0, :num_others], frames.x_m[i] + bounds.reach_m, side="right")
            for k in range(_near(frames, i, local, first, last, bounds.reach_m, bounds.ttc_s, is_near, near)):
                j = others[near[k]]
                if i != j and _fulfils(frames, bounds, i, j):
                    out[found, 0], out[found, 1] = i, j
                    found += 1
                    if is_half:
                        out[found, 0], out[found, 1] = j, i
                        found += 1
    return found, end


@leaf_kernel
def _candidates(frames: Frames, is_one: BoolArray, frame: int, rows: IntArray) -> int:
    """Write those rows of a frame that can play a role and return how many."""
    count = 0
    for row in range(frames.start[frame], frames.start[frame + 1]):
        rows[count] = row
        count += int(is_one[row])
        if count == rows.shape[0]:
            break
    return count


@leaf_kernel
def _are_same(ones: IntArray, others: IntArray, num_ones: int, num_others: int, is_sorted: bool) -> bool:
    """Return whether both roles are played by the same rows, in the same order."""
    if num_ones != num_others or is_sorted:
        return False
    for k in range(num_ones):  # noqa: SIM110  # a kernel knows no all()
        if ones[k] != others[k]:
            return False
    return True


@njit(cache=True, nogil=True)
def _sort_by_x(x_m: FloatArray, rows: IntArray, count: int) -> None:
    """Put the first rows in order of their x."""
    found = rows[:count].copy()
    by_x = np.argsort(x_m[found])
    for k in range(count):
        rows[k] = found[by_x[k]]


@leaf_kernel
def _gather(frames: Frames, order: IntArray, count: int, local: FloatArray) -> None:
    """Write place, velocity and half the diagonal of the candidates into a small table, in their order."""
    for k in range(count):
        row = order[k]
        local[0, k], local[1, k] = frames.x_m[row], frames.y_m[row]
        local[2, k], local[3, k] = frames.vx_mps[row], frames.vy_mps[row]
        local[4, k] = _radius_m(frames, row)


@leaf_kernel
def _radius_m(frames: Frames, row: int) -> float:
    """Return the radius of a circle that is larger than a box."""
    length, width = frames.length_m[row], frames.width_m[row]
    return float(0.5 * np.sqrt(length * length + width * width) + _TINY_M)


@leaf_kernel
def _near(
    frames: Frames, row: int, local: FloatArray, first: int, last: int, reach_m: float, ttc_s: float,
    is_near: BoolArray, near: IntArray,
) -> int:  # fmt: skip
    """Write which of some candidates are near enough to one and may meet it in time; return how many.

    Boxes that touch lie in circles that touch, with centres ``reach`` apart. The distance of two who keep their
    velocities is a convex function of time: it falls no faster than now, by ``closing`` over it a second, so circles
    meet within T only if distance² - T · closing ≤ reach · distance; and ever only if the least distance² there will
    be, distance² - closing² / speed², is at most reach². Without a branch, so that several are looked at at once.
    """
    x, y, vx, vy = frames.x_m[row], frames.y_m[row], frames.vx_mps[row], frames.vy_mps[row]
    radius = _radius_m(frames, row)
    most2 = reach_m * reach_m
    if np.isinf(ttc_s):
        for w in range(first, last):
            dx, dy = local[0, w] - x, local[1, w] - y
            is_near[w] = dx * dx + dy * dy <= most2
    else:
        time_s = ttc_s + 1e-9
        for w in range(first, last):
            dx, dy = local[0, w] - x, local[1, w] - y
            dvx, dvy = local[2, w] - vx, local[3, w] - vy
            apart2, speed2 = dx * dx + dy * dy, dvx * dvx + dvy * dvy
            closing = -(dx * dvx + dy * dvy)
            reach = local[4, w] + radius
            reach2 = reach * reach
            left = max(apart2 - time_s * closing, 0.0)
            meet = (
                (closing > 0.0)
                & (left * left <= reach2 * apart2)
                & (apart2 * speed2 - closing * closing <= reach2 * speed2)
            )
            is_near[w] = (apart2 <= most2) & ((apart2 <= reach2) | meet)
    found = 0
    for w in range(first, last):
        near[found] = w
        found += int(is_near[w])
    return found


@leaf_kernel
def _fulfils(frames: Frames, bounds: Bounds, a: int, b: int) -> bool:
    for k in range(bounds.code.shape[0]):
        if bounds.is_turned[k]:
            value = _measure(frames, bounds.code[k], b, a)
        else:
            value = _measure(frames, bounds.code[k], a, b)
        # Written so that what is not a number fulfils nothing.
        if bounds.low_open[k]:
            if not value > bounds.low[k]:
                return False
        elif not value >= bounds.low[k]:
            return False
        if bounds.high_open[k]:
            if not value < bounds.high[k]:
                return False
        elif not value <= bounds.high[k]:
            return False
    return True


@leaf_kernel
def _measure(frames: Frames, code: int, a: int, b: int) -> float:
    """Return a measure of what b is to a."""
    dx, dy = frames.x_m[b] - frames.x_m[a], frames.y_m[b] - frames.y_m[a]
    if code == _CENTRE:
        return float(np.sqrt(dx * dx + dy * dy))
    if code == _AHEAD:
        return float(frames.cos[a] * dx + frames.sin[a] * dy)
    if code == _LEFT:
        return float(frames.cos[a] * dy - frames.sin[a] * dx)
    if code in (_APART, _TURN):
        turn = frames.yaw_rad[b] - frames.yaw_rad[a]
        turn = turn - 2.0 * np.pi * np.rint(turn / (2.0 * np.pi))
        return float(abs(turn)) if code == _APART else float(turn)
    if code == _FASTER:
        return float(frames.speed_mps[a] - frames.speed_mps[b])
    if code == _CLOSING:
        apart = max(float(np.sqrt(dx * dx + dy * dy)), 1e-9)
        dvx, dvy = frames.vx_mps[b] - frames.vx_mps[a], frames.vy_mps[b] - frames.vy_mps[a]
        return float(-(dx * dvx + dy * dvy) / apart)
    if code == _TOUCH:
        return 1.0 if _touch(frames, a, b) else 0.0
    if code == _GAP:
        return _gap_m(frames, a, b)
    if code == _TTC:
        return _meeting_s(frames, a, b)
    return _to_lead(frames, code, a, b)


@leaf_kernel
def _to_lead(frames: Frames, code: int, a: int, b: int) -> float:
    """Return a measure of a and who is in its way."""
    ahead, left, along, across = _seen(frames, a, b)
    gap = np.inf
    if ahead > 0.0 and abs(left) < 0.5 * frames.width_m[a] + across:
        gap = max(ahead - along - 0.5 * frames.length_m[a], 0.0)
    if code == _LEAD:
        return float(gap)
    if code == _HEADWAY:
        return float(gap / frames.speed_mps[a]) if frames.speed_mps[a] >= STANDING_MPS else np.inf
    closing = frames.cos[a] * (frames.vx_mps[a] - frames.vx_mps[b]) + frames.sin[a] * (
        frames.vy_mps[a] - frames.vy_mps[b]
    )
    if code == _TTC_AHEAD:
        return float(gap / closing) if closing > 1e-6 else np.inf
    closes = max(closing, 0.0)
    return float(closes**2 / (2.0 * max(gap, NEAREST_M)))


@leaf_kernel
def _seen(frames: Frames, a: int, b: int) -> tuple[float, float, float, float]:
    """Return how far b is ahead and left of a, and half its shadow along and across a's heading."""
    dx, dy = frames.x_m[b] - frames.x_m[a], frames.y_m[b] - frames.y_m[a]
    ahead, left = frames.cos[a] * dx + frames.sin[a] * dy, frames.cos[a] * dy - frames.sin[a] * dx
    c = abs(frames.cos[a] * frames.cos[b] + frames.sin[a] * frames.sin[b])
    s = abs(frames.cos[a] * frames.sin[b] - frames.sin[a] * frames.cos[b])
    along = 0.5 * (frames.length_m[b] * c + frames.width_m[b] * s)
    across = 0.5 * (frames.length_m[b] * s + frames.width_m[b] * c)
    return ahead, left, along, across


@leaf_kernel
def _touch(frames: Frames, a: int, b: int) -> bool:
    for turn in range(2):
        one, two = (a, b) if turn == 0 else (b, a)
        ahead, left, along, across = _seen(frames, one, two)
        if not (abs(ahead) <= 0.5 * frames.length_m[one] + along and abs(left) <= 0.5 * frames.width_m[one] + across):
            return False
    return True


@leaf_kernel
def _gap_m(frames: Frames, a: int, b: int) -> float:
    if _touch(frames, a, b):
        return 0.0
    nearest = np.inf
    for turn in range(2):
        one, two = (a, b) if turn == 0 else (b, a)
        ahead, left, _, _ = _seen(frames, one, two)
        c = frames.cos[one] * frames.cos[two] + frames.sin[one] * frames.sin[two]
        s = frames.cos[one] * frames.sin[two] - frames.sin[one] * frames.cos[two]
        for corner in range(4):
            half_length = 0.5 * frames.length_m[two] if corner < 2 else -0.5 * frames.length_m[two]
            half_width = 0.5 * frames.width_m[two] if corner % 2 == 0 else -0.5 * frames.width_m[two]
            x = abs(ahead + half_length * c - half_width * s) - 0.5 * frames.length_m[one]
            y = abs(left + half_length * s + half_width * c) - 0.5 * frames.width_m[one]
            nearest = min(nearest, max(x, 0.0) ** 2 + max(y, 0.0) ** 2)
    return float(np.sqrt(nearest))


@leaf_kernel
def _meeting_s(frames: Frames, a: int, b: int) -> float:
    enters, leaves = 0.0, np.inf
    for turn in range(2):
        one, two = (a, b) if turn == 0 else (b, a)
        vx, vy = frames.vx_mps[two] - frames.vx_mps[one], frames.vy_mps[two] - frames.vy_mps[one]
        ahead, left, along, across = _seen(frames, one, two)
        for axis in range(2):
            if axis == 0:
                away, speed = ahead, frames.cos[one] * vx + frames.sin[one] * vy
                reach = 0.5 * frames.length_m[one] + along
            else:
                away, speed = left, frames.cos[one] * vy - frames.sin[one] * vx
                reach = 0.5 * frames.width_m[one] + across
            if np.isnan(speed):
                return np.nan
            if abs(speed) < 1e-9:
                if abs(away) > reach:
                    return np.inf
                continue
            one_s, other_s = (-reach - away) / speed, (reach - away) / speed
            enters = max(enters, min(one_s, other_s))
            leaves = min(leaves, max(one_s, other_s))
            if enters > leaves:
                return np.inf
    return float(enters)
