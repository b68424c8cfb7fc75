"""Which motions are considered: paths beside the route, times how the speed changes along them.

A path is the route's line shifted sideways by a critically damped spring over the distance driven, from where the ego
is to a target. A speed profile is an acceleration for some time and another one after it.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from zhixing.datatypes.shapes import FloatArray

PATH_STEP_M = 1.0
PATH_X, PATH_Y, PATH_YAW, PATH_CURVATURE, PATH_COS, PATH_SIN, PATH_SHIFT, LINE_COS, LINE_SIN = range(9)
"""Columns of a path; the last two are the direction of the route's line there."""

_FIRST = (-8.0, -5.5, -4.0, -3.0, -2.2, -1.5, -0.9, -0.4, 0.0, 0.4, 0.9, 1.5, 2.2)
_BETWEEN = (-6.5, -4.7, -3.5, -2.6, -1.8, -1.2, -0.65, -0.2, 0.2, 0.65, 1.2, 1.85)
_LATER = ((1.0, 0.0), (0.6, 2.0), (1.4, 2.0), (2.6, 2.0), (1.0, -2.5), (2.5, -2.5))
_LATER_TOO = ((2.0, 0.0), (3.2, 0.0), (1.0, 2.0), (2.0, 2.0), (3.6, 2.0), (1.8, -2.5), (3.4, -2.5))
_LONGEST_S = 99.0
_ENOUGH = 1000


def speed_profiles(most_mps2: float, now_mps2: float, paths: int) -> FloatArray:
    """Return (profiles, 3): first acceleration, for how long, and the one after it.

    Args:
        most_mps2: No profile accelerates harder.
        now_mps2: Present acceleration; going on with it is among the profiles.
        paths: Along how many paths; where there is little choice sideways there is more of speeds.
    """
    for firsts, laters in ((_FIRST, _LATER), (_FIRST + _BETWEEN, _LATER), (_FIRST + _BETWEEN, _LATER + _LATER_TOO)):
        rows = _profiles(firsts, laters, most_mps2, now_mps2)
        if paths * len(rows) >= _ENOUGH:
            break
    return np.array(rows, dtype=np.float64)


def _profiles(
    firsts: tuple[float, ...], laters: tuple[tuple[float, float], ...], most_mps2: float, now_mps2: float
) -> list[tuple[float, float, float]]:
    chosen = sorted({min(first, most_mps2) for first in firsts} | {min(max(now_mps2, -4.0), most_mps2)})
    rows = [(first, _LONGEST_S, first) for first in chosen]
    for first in chosen:
        rows += [
            (first, until_s, min(later, most_mps2))
            for until_s, later in laters
            if abs(later - first) > 0.8 and not (first <= -5.0 and later <= 0.0)
        ]
    return rows


@njit(cache=True, error_model="numpy")
def shift_and_slope(now: float, slope: float, target: float, ahead_m: float, settle_m: float) -> tuple[float, float]:
    """Return how far beside the line a path is some metres ahead, left positive, and the change over distance."""
    rate = 1.0 / settle_m
    away = now - target
    ramp = slope + rate * away
    fade = math.exp(-rate * ahead_m)
    return target + (away + ramp * ahead_m) * fade, (ramp - rate * (away + ramp * ahead_m)) * fade


@njit(cache=True, error_model="numpy")
def paths_beside(
    xy: FloatArray,
    yaw: FloatArray,
    curvature: FloatArray,
    start_m: float,
    shift: float,
    slope: float,
    targets: FloatArray,
    points: int,
) -> FloatArray:
    """Return (paths, points, 9) paths beside a line; see the names of the columns.

    Args:
        xy: (n, 2) the line, with points one metre apart, in the world frame.
        yaw: (n,) its direction, continuous.
        curvature: (n,) positive to the left.
        start_m: Where on the line the paths begin.
        shift: How far beside the line they begin, m, left positive.
        slope: Change of that over distance.
        targets: (paths, 2) where they go: offset in m, and the distance over which most of the change is made, in m.
        points: Of each path, ``PATH_STEP_M`` apart on the line.
    """
    paths = np.empty((targets.shape[0], points, 9))
    last = xy.shape[0] - 1
    for p in range(targets.shape[0]):
        for k in range(points):
            at = start_m + k * PATH_STEP_M
            lower = min(max(int(at), 0), last - 1)
            share = min(max(at - lower, 0.0), 1.0)
            d, dd = shift_and_slope(shift, slope, targets[p, 0], k * PATH_STEP_M, targets[p, 1])
            direction = yaw[lower] + share * (yaw[lower + 1] - yaw[lower])
            bend = curvature[lower] + share * (curvature[lower + 1] - curvature[lower])
            c, s = math.cos(direction), math.sin(direction)
            beyond = max(at - last, 0.0)
            heading = direction + math.atan2(dd, max(0.2, 1.0 - bend * d))
            paths[p, k, PATH_X] = xy[lower, 0] + share * (xy[lower + 1, 0] - xy[lower, 0]) + beyond * c - s * d
            paths[p, k, PATH_Y] = xy[lower, 1] + share * (xy[lower + 1, 1] - xy[lower, 1]) + beyond * s + c * d
            paths[p, k, PATH_YAW] = heading
            paths[p, k, PATH_COS] = math.cos(heading)
            paths[p, k, PATH_SIN] = math.sin(heading)
            paths[p, k, PATH_SHIFT] = d
            paths[p, k, LINE_COS], paths[p, k, LINE_SIN] = c, s
        for k in range(points):
            a, b = max(k - 1, 0), min(k + 1, points - 1)
            length = math.hypot(paths[p, b, PATH_X] - paths[p, a, PATH_X], paths[p, b, PATH_Y] - paths[p, a, PATH_Y])
            paths[p, k, PATH_CURVATURE] = (paths[p, b, PATH_YAW] - paths[p, a, PATH_YAW]) / max(length, 0.2)
    return paths
