"""Lines that streets are drawn with."""

from __future__ import annotations

import numpy as np

from zhixing.datatypes.shapes import FloatArray, polyline_s_m

_CURVE_STEP_M = 2.0
_STRAIGHT_STEP_M = 10.0


def bezier(start: FloatArray, start_dir: FloatArray, end: FloatArray, end_dir: FloatArray, reach: float) -> FloatArray:
    """Return (points, 2) of a cubic curve between two points with given unit directions.

    Args:
        start: (2,) first point.
        start_dir: (2,) direction there.
        end: (2,) last point.
        end_dir: (2,) direction there.
        reach: How far the directions hold, as a share of the distance between the points; about 0.55 gives a
            quarter circle.
    """
    chord = float(np.hypot(*(end - start)))
    a, b = start + reach * chord * start_dir, end - reach * chord * end_dir
    points = max(4, int(1.3 * chord / _CURVE_STEP_M) + 1)
    t = np.linspace(0.0, 1.0, points)[:, None]
    u = 1.0 - t
    curve: FloatArray = u**3 * start + 3 * u**2 * t * a + 3 * u * t**2 * b + t**3 * end
    return curve


def straight(start: FloatArray, end: FloatArray) -> FloatArray:
    """Return (points, 2) of a straight line with a point at least every ten metres."""
    length = float(np.hypot(*(end - start)))
    t = np.linspace(0.0, 1.0, max(2, int(np.ceil(length / _STRAIGHT_STEP_M)) + 1))[:, None]
    line: FloatArray = start + t * (end - start)
    return line


def rounded(corners: list[tuple[float, float]], radius_m: float) -> FloatArray:
    """Return (points, 2) of a polyline whose inner corners are rounded off.

    Args:
        corners: At least two points.
        radius_m: How far before each inner corner the rounding begins, where the legs are long enough.
    """
    points = [np.array(corner, dtype=np.float64) for corner in corners]
    pieces: list[FloatArray] = []
    at = points[0]
    for before, corner, after in zip(points[:-2], points[1:-1], points[2:], strict=True):
        leg_in, leg_out = float(np.hypot(*(corner - before))), float(np.hypot(*(after - corner)))
        into, out = (corner - before) / leg_in, (after - corner) / leg_out
        reach = min(radius_m, 0.48 * leg_in, 0.48 * leg_out)
        begin, finish = corner - reach * into, corner + reach * out
        pieces += [straight(at, begin)[:-1], bezier(begin, into, finish, out, 0.39)[:-1]]
        at = finish
    pieces.append(straight(at, points[-1]))
    return np.concatenate(pieces)


def directions(xy_m: FloatArray) -> FloatArray:
    """Return (points, 2) unit directions of a polyline; at the ends those of the outermost segments."""
    steps = np.diff(xy_m, axis=0)
    steps /= np.maximum(np.hypot(*steps.T), 1e-9)[:, None]
    middle = steps[1:] + steps[:-1]
    middle /= np.maximum(np.hypot(*middle.T), 1e-9)[:, None]
    return np.concatenate((steps[:1], middle, steps[-1:]))


def offset(xy_m: FloatArray, left_m: FloatArray | float) -> FloatArray:
    """Return a polyline moved sideways, positive to the left; where it bends, so that the distance stays.

    Args:
        xy_m: (points, 2).
        left_m: One distance, or (points,) distances.
    """
    tangent = directions(xy_m)
    normal = np.stack((-tangent[:, 1], tangent[:, 0]), axis=-1)
    steps = np.diff(xy_m, axis=0)
    steps /= np.maximum(np.hypot(*steps.T), 1e-9)[:, None]
    cosine = np.ones(xy_m.shape[0])
    cosine[1:-1] = np.sqrt(np.maximum(0.5 * (1.0 + (steps[1:] * steps[:-1]).sum(axis=1)), 0.25))
    moved: FloatArray = xy_m + normal * (np.asarray(left_m) / cosine)[..., None]
    return moved


def cut(xy_m: FloatArray, from_m: float, to_m: float) -> FloatArray:
    """Return the part of a polyline between two distances along it."""
    s_m = polyline_s_m(xy_m)
    inside = (s_m > from_m + 0.2) & (s_m < to_m - 0.2)
    ends = [np.array([np.interp(s, s_m, xy_m[:, 0]), np.interp(s, s_m, xy_m[:, 1])]) for s in (from_m, to_m)]
    return np.concatenate(([ends[0]], xy_m[inside], [ends[1]]))
