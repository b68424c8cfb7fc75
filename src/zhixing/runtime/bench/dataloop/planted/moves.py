"""How somebody moves, in closed form: along straight lines and arcs, at speeds that are straight lines over time."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from zhixing.datatypes.shapes import FloatArray

Knots = tuple[tuple[float, float], ...]
"""(time in s, value) with straight lines in between; two at one time are a jump, and the last value stays."""


def steady(value: float) -> Knots:
    """Return what never changes."""
    return ((0.0, value),)


def pulse(start_s: float, end_s: float, height: float, base: float = 0.0) -> Knots:
    """Return what jumps to a height and back again."""
    return ((0.0, base), (start_s, base), (start_s, height), (end_s, height), (end_s, base))


def changing(first: float, *changes: tuple[float, float, float]) -> Knots:
    """Return what changes steadily.

    Args:
        first: The value at 0 s.
        changes: (from when in s, to which value, at which rate per second).

    Example:
        >>> changing(10.0, (2.0, 4.0, 3.0))
        ((0.0, 10.0), (2.0, 10.0), (4.0, 4.0))
    """
    knots = [(0.0, first)]
    for start_s, to, rate in changes:
        value = knots[-1][1]
        knots += [(start_s, value), (start_s + abs(to - value) / rate, to)]
    return tuple(knots)


def _read(knots: Knots, time_s: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the value at some times, and its integral from 0 s."""
    at_s, value = (np.array(column, dtype=np.float64) for column in zip(*knots, strict=True))
    lasts = np.diff(at_s)
    slope = np.append(np.where(lasts > 0.0, np.diff(value) / np.where(lasts > 0.0, lasts, 1.0), 0.0), 0.0)
    area = np.concatenate(([0.0], np.cumsum(0.5 * (value[1:] + value[:-1]) * lasts)))
    k = np.maximum(np.searchsorted(at_s, time_s, side="right") - 1, 0)
    since = time_s - at_s[k]
    return value[k] + slope[k] * since, area[k] + (value[k] + 0.5 * slope[k] * since) * since


@dataclass(frozen=True, slots=True, kw_only=True)
class Motion:
    """How a box centre moves in the frame of its scene.

    Attributes:
        x_m: Where it is at 0 s.
        y_m: The same.
        yaw_rad: Where it heads at 0 s.
        speed_mps: Along its heading, over time; the first knot is at 0 s.
        left_mps: How fast it drifts to the left of its first heading, over time.
        pieces: (length in m, curvature in 1/m, left positive) of its way; it goes on straight after the last.
    """

    x_m: float = 0.0
    y_m: float = 0.0
    yaw_rad: float = 0.0
    speed_mps: Knots
    left_mps: Knots = ((0.0, 0.0),)
    pieces: tuple[tuple[float, float], ...] = ()

    def at(self, time_s: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return (times, 2) where it is, (times,) where it heads and (times,) its speed."""
        speed, way = _read(self.speed_mps, time_s)
        _, drift = _read(self.left_mps, time_s)
        starts, x, y, yaw = [0.0], [self.x_m], [self.y_m], [self.yaw_rad]
        for length, curvature in self.pieces:
            xy, turned = _along(x[-1], y[-1], yaw[-1], curvature, np.array([length]))
            starts.append(starts[-1] + length)
            x.append(float(xy[0, 0]))
            y.append(float(xy[0, 1]))
            yaw.append(float(turned[0]))
        k = np.maximum(np.searchsorted(starts, way, side="right") - 1, 0)
        curvatures = np.array([*(curvature for _, curvature in self.pieces), 0.0])
        xy_m, yaw_rad = np.empty((time_s.size, 2)), np.empty(time_s.size)
        for piece in np.unique(k).tolist():
            on = k == piece
            xy_m[on], yaw_rad[on] = _along(
                x[piece], y[piece], yaw[piece], float(curvatures[piece]), way[on] - starts[piece]
            )
        across = np.array([-math.sin(self.yaw_rad), math.cos(self.yaw_rad)])
        return xy_m + drift[:, None] * across, yaw_rad, speed


def _along(x: float, y: float, yaw: float, curvature: float, way_m: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return where one is, and where it heads, after some way on a straight line or an arc."""
    heading = yaw + curvature * way_m
    if curvature == 0.0:
        return np.stack((x + way_m * math.cos(yaw), y + way_m * math.sin(yaw)), axis=-1), heading
    radius = 1.0 / curvature
    return (
        np.stack(
            (x + radius * (np.sin(heading) - math.sin(yaw)), y - radius * (np.cos(heading) - math.cos(yaw))), axis=-1
        ),
        heading,
    )
