"""Who is in somebody's way."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from zhixing.datatypes.shapes import FloatArray, IntArray
from zhixing.driving.prediction.observing import ACCEL, COURSE, LENGTH, SPEED, WIDTH, X, Y

_BESIDE_M = 0.2
_AGILE = 0.5
_CROSSING_RAD = 1.05
_STANDING_MPS = 0.5


@njit(cache=True, error_model="numpy")
def leaders(
    state: FloatArray, users: int, manner: IntArray, lines: FloatArray, spacing: FloatArray, cost: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the gap to the next on each path, and its speed and acceleration along it.

    Those who cross count only where they stand, those who come towards one do not.

    Args:
        state: (everybody, columns) see ``observing``; the ego may be in the last row.
        users: How many rows have paths.
        manner: (users,) 1 for those who walk around others instead of waiting behind them, 2 for those who do so unless
            somebody is right ahead, else 0.
        lines: (users, paths, points, 2)
        spacing: (users,) distance between points.
        cost: (users, paths) infinity where there is no path.

    Returns:
        (users, paths) gap in m from front to rear, infinity where nobody is; (users, paths) speed in m/s; (users,
        paths) acceleration in m/s².
    """
    paths, points = lines.shape[1], lines.shape[2]
    gap = np.full((users, paths), np.inf)
    lead, pull = np.zeros((users, paths)), np.zeros((users, paths))
    for n in range(users):
        if manner[n] == 1:
            continue
        for p in range(paths):
            if cost[n, p] == np.inf:
                continue
            line = lines[n, p]
            low_x, high_x, low_y, high_y = np.inf, -np.inf, np.inf, -np.inf
            for k in range(points):
                low_x, high_x = min(low_x, line[k, 0]), max(high_x, line[k, 0])
                low_y, high_y = min(low_y, line[k, 1]), max(high_y, line[k, 1])
            for other in range(state.shape[0]):
                if other == n:
                    continue
                x, y = state[other, X], state[other, Y]
                if x < low_x - 3.0 or x > high_x + 3.0 or y < low_y - 3.0 or y > high_y + 3.0:
                    continue
                best, at = np.inf, 0
                for k in range(points):
                    away = (line[k, 0] - x) ** 2 + (line[k, 1] - y) ** 2
                    if away < best:
                        best, at = away, k
                if best > (0.5 * spacing[n] + 3.0) ** 2:
                    continue
                a = min(at, points - 2)
                dx, dy = line[a + 1, 0] - line[a, 0], line[a + 1, 1] - line[a, 1]
                norm = max(math.hypot(dx, dy), 1e-9)
                along = a * spacing[n] + ((x - line[a, 0]) * dx + (y - line[a, 1]) * dy) / norm
                aside = abs((y - line[a, 1]) * dx - (x - line[a, 0]) * dy) / norm
                touch = 0.5 * (state[n, WIDTH] + state[other, WIDTH])
                if aside > (_AGILE * touch if manner[n] == 2 else touch + _BESIDE_M):
                    continue
                free = along - 0.5 * (state[n, LENGTH] + state[other, LENGTH])
                if along < 0.5 * state[n, LENGTH] or free >= gap[n, p]:
                    continue
                turn = abs((state[other, COURSE] - math.atan2(dy, dx) + math.pi) % (2.0 * math.pi) - math.pi)
                if state[other, SPEED] > _STANDING_MPS and turn > _CROSSING_RAD:
                    continue
                gap[n, p] = max(free, 0.1)
                lead[n, p] = max(0.0, state[other, SPEED] * math.cos(turn))
                pull[n, p] = state[other, ACCEL]
    return gap, lead, pull
