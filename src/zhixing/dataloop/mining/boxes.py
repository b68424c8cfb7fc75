"""Boxes of one against boxes of many, over all steps at once; the same geometry as :mod:`zhixing.simulation.collision`.

``a`` holds one road user or as many as ``b``; arrays broadcast to (others, steps).
"""

from __future__ import annotations

import numpy as np

from zhixing.dataloop.mining.prepared import Users
from zhixing.datatypes.shapes import BoolArray, FloatArray


def seen_from(a: Users, b: Users) -> tuple[FloatArray, FloatArray]:
    """Return how far the centre of b is ahead and left of that of a, along a's heading."""
    dx, dy = b.x_m - a.x_m, b.y_m - a.y_m
    return a.cos * dx + a.sin * dy, a.cos * dy - a.sin * dx


def turn_rad(from_rad: FloatArray, to_rad: FloatArray) -> FloatArray:
    """Return the shortest turn from one direction to another, left positive, -pi to pi.

    Example:
        >>> turn_rad(np.array([3.0]), np.array([-3.0])).round(3).tolist()
        [0.283]
    """
    turn = to_rad - from_rad
    return np.asarray(turn - 2.0 * np.pi * np.rint(turn / (2.0 * np.pi)))


def extents_m(a: Users, b: Users) -> tuple[FloatArray, FloatArray]:
    """Return half the length and half the width of b's shadow along and across a's heading."""
    c, s = np.abs(a.cos * b.cos + a.sin * b.sin), np.abs(a.cos * b.sin - a.sin * b.cos)
    return 0.5 * (b.length_m * c + b.width_m * s), 0.5 * (b.length_m * s + b.width_m * c)


def boxes_touch(a: Users, b: Users) -> BoolArray:
    """Return whether boxes overlap or touch, by separating axes; false where one is not there."""
    touch = np.ones((), dtype=np.bool_)
    for one, two in ((a, b), (b, a)):
        ahead, left = seen_from(one, two)
        along, across = extents_m(one, two)
        touch = touch & (np.abs(ahead) <= 0.5 * one.length_m + along) & (np.abs(left) <= 0.5 * one.width_m + across)
    return np.asarray(touch)


def box_gap_m(a: Users, b: Users) -> FloatArray:
    """Return the distance between boxes, 0 where they touch, NaN where one is not there."""
    nearest = np.full(np.broadcast_shapes(a.x_m.shape, b.x_m.shape), np.inf)
    for one, two in ((a, b), (b, a)):
        ahead, left = seen_from(one, two)
        c, s = one.cos * two.cos + one.sin * two.sin, one.cos * two.sin - one.sin * two.cos
        for half_length, half_width in ((0.5, 0.5), (0.5, -0.5), (-0.5, 0.5), (-0.5, -0.5)):
            x = np.abs(ahead + half_length * two.length_m * c - half_width * two.width_m * s) - 0.5 * one.length_m
            y = np.abs(left + half_length * two.length_m * s + half_width * two.width_m * c) - 0.5 * one.width_m
            nearest = np.minimum(nearest, np.maximum(x, 0.0) ** 2 + np.maximum(y, 0.0) ** 2)
    return np.where(boxes_touch(a, b), 0.0, np.sqrt(nearest))


def meeting_s(a: Users, b: Users) -> FloatArray:
    """Return when boxes touch first if all keep velocity and heading, 0 where they touch, infinity where they never do.

    Exact: along each of the four axes of the boxes their shadows overlap from one time to another; the boxes touch
    while all four do. NaN where one is not there.
    """
    enters, leaves = np.zeros(()), np.full((), np.inf)
    for one, two, sign in ((a, b, 1.0), (b, a, -1.0)):
        vx, vy = sign * (b.vx_mps - a.vx_mps), sign * (b.vy_mps - a.vy_mps)
        along, across = extents_m(one, two)
        for away, speed, reach in (
            (seen_from(one, two)[0], one.cos * vx + one.sin * vy, 0.5 * one.length_m + along),
            (seen_from(one, two)[1], one.cos * vy - one.sin * vx, 0.5 * one.width_m + across),
        ):
            # Who stands still along an axis overlaps on it always or never.
            still = np.abs(speed) < 1e-9
            moving = np.where(still, 1.0, speed)
            first, last = (-reach - away) / moving, (reach - away) / moving
            apart = np.abs(away) > reach
            low = np.where(still, np.where(apart, np.inf, -np.inf), np.minimum(first, last))
            high = np.where(still, np.where(apart, -np.inf, np.inf), np.maximum(first, last))
            enters, leaves = np.maximum(enters, low), np.minimum(leaves, high)
    there = ~np.isnan(a.x_m + b.x_m)
    return np.where(there, np.where(enters <= leaves, enters, np.inf), np.nan)
