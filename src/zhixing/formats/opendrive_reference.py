"""Lanes side by side as OpenDRIVE says them: a reference line and, along it, where each boundary lies beside it.

At a cross-section that stands square on the road the boundaries lie on it exactly. Between two of them a boundary runs
along a smooth curve where that stays close to the chord, else along the chord.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from xml.etree.ElementTree import Element

import numpy as np

from zhixing.datatypes.shapes import BoolArray, FloatArray, IntArray, polyline_s_m
from zhixing.formats.xml_write import child

_MIN_PIECE_M = 0.01
_SQUARE_RAD = math.radians(35.0)
"""A cross-section that stands more askew says nothing about where the road goes."""
_MIN_ACROSS_M = 0.05
_MAX_SAG_M = 0.1
"""How far a curve may leave the chord between two cross-sections; beyond, the chord is drawn."""
_STRAIGHT_RAD = 1e-9
_ON_LINE_M = 1e-9
_GAUSS_P, _GAUSS_WEIGHT = np.polynomial.legendre.leggauss(16)


@dataclass(frozen=True, slots=True, eq=False)
class Reference:
    """A reference line through the middle of some lanes, and the lanes' boundaries beside it.

    Attributes:
        xy_m: (joints, 2) where its pieces begin, and its end.
        start_rad: (joints - 1,) heading at the start of each piece.
        end_rad: (joints - 1,) heading at its end.
        is_curve: (joints - 1,) whether it is a cubic, else a line.
        s_m: (joints,) distance along it.
        beside_m: (boundaries, joints) how far left of it each boundary lies, from left to right.
    """

    xy_m: FloatArray
    start_rad: FloatArray
    end_rad: FloatArray
    is_curve: BoolArray
    s_m: FloatArray
    beside_m: FloatArray

    @property
    def length_m(self) -> float:
        """The whole."""
        return float(self.s_m[-1])


def reference_of(boundaries: list[FloatArray]) -> Reference:
    """Return the reference line of lanes side by side.

    Args:
        boundaries: (points, 2) each, from left to right as seen along them, at least two with as many points.
    """
    middle = 0.5 * (boundaries[0] + boundaries[-1])
    across = boundaries[0] - boundaries[-1]
    kept = _apart(middle)
    if kept.size < 2:
        kept = np.array([0, middle.shape[0] - 1])
        middle = middle.copy()
        middle[-1] = middle[0] + _MIN_PIECE_M * _unit(_direction(_square_to(across[:1])))[0]
    xy_m = middle[kept]
    chord_rad = _direction(np.diff(xy_m, axis=0))
    joint_rad = _headings(xy_m, across[kept], chord_rad)
    start = _wrapped(joint_rad[:-1] - chord_rad)
    end = _wrapped(joint_rad[1:] - chord_rad)
    steepest = np.maximum(np.abs(start), np.abs(end))
    chord_m = np.hypot(*np.diff(xy_m, axis=0).T)
    sag_m = 0.25 * chord_m * np.tan(np.minimum(steepest, 1.5))
    is_curve = (steepest > _STRAIGHT_RAD) & (steepest < _SQUARE_RAD) & (sag_m < _MAX_SAG_M)
    start_rad, end_rad = np.where(is_curve, joint_rad[:-1], chord_rad), np.where(is_curve, joint_rad[1:], chord_rad)
    length_m = np.where(is_curve, _curve_length_m(chord_m, start, end), chord_m)
    read_rad = np.append(start_rad, end_rad[-1])
    return Reference(
        xy_m,
        start_rad,
        end_rad,
        is_curve,
        np.append(0.0, np.cumsum(length_m)),
        np.stack([_beside_m(xy_m, read_rad, kept, line) for line in boundaries]),
    )


def add_plan_view(road: Element, line: Reference) -> None:
    """Add the ``planView`` of a road."""
    view = child(road, "planView")
    for k, (x, y) in enumerate(line.xy_m[:-1].tolist()):
        hdg, length = float(line.start_rad[k]), float(line.s_m[k + 1] - line.s_m[k])
        geometry = child(view, "geometry", s=float(line.s_m[k]), x=x, y=y, hdg=hdg, length=length)
        if not line.is_curve[k]:
            child(geometry, "line")
            continue
        dx, dy = (line.xy_m[k + 1] - line.xy_m[k]).tolist()
        chord = math.hypot(dx, dy)
        along, aside = dx * math.cos(hdg) + dy * math.sin(hdg), dy * math.cos(hdg) - dx * math.sin(hdg)
        turn = float(line.end_rad[k]) - hdg
        u, v = _cubic(along, chord, chord * math.cos(turn)), _cubic(aside, 0.0, chord * math.sin(turn))
        names = {
            f"{power}{axis}": value
            for axis, cubic in (("U", u), ("V", v))
            for power, value in zip("abcd", cubic, strict=True)
        }
        child(geometry, "paramPoly3", **names, pRange="normalized")


def add_polynomials(parent: Element, tag: str, start: str, line: Reference, values_m: FloatArray) -> None:
    """Add elements with a, b, c, d that lead from one joint's value to the next in a straight line.

    A polynomial goes on as long as the next value lies on it.
    """
    s_m, values = line.s_m.tolist(), values_m.tolist()
    since, value, slope = s_m[0], math.nan, 0.0
    for k in range(len(s_m) - 1):
        if not abs(value + slope * (s_m[k + 1] - since) - values[k + 1]) < _ON_LINE_M:
            since, value, slope = s_m[k], values[k], (values[k + 1] - values[k]) / (s_m[k + 1] - s_m[k])
            child(parent, tag, **{start: since}, a=value, b=slope, c=0.0, d=0.0)


def _apart(xy_m: FloatArray) -> IntArray:
    """Return the indices of points at least ``_MIN_PIECE_M`` apart, the first and the last among them."""
    s_m = polyline_s_m(xy_m)
    if np.diff(s_m).min() >= _MIN_PIECE_M:
        return np.arange(xy_m.shape[0])
    kept = [0]
    for k in range(1, xy_m.shape[0]):
        if math.hypot(*(xy_m[k] - xy_m[kept[-1]])) >= _MIN_PIECE_M:
            kept.append(k)
    if kept[-1] != xy_m.shape[0] - 1 and len(kept) > 1:
        kept[-1] = xy_m.shape[0] - 1
    return np.array(kept)


def _headings(xy_m: FloatArray, across: FloatArray, chord_rad: FloatArray) -> FloatArray:
    """Return (joints,) where the road goes at each joint: square to the cross-section, if that makes sense."""
    before, after = np.append(chord_rad[0], chord_rad), np.append(chord_rad, chord_rad[-1])
    square = _direction(_square_to(across))
    askew = np.maximum(np.abs(_wrapped(square - before)), np.abs(_wrapped(square - after)))
    is_square = (askew < _SQUARE_RAD) & (np.hypot(*across.T) > _MIN_ACROSS_M)
    # The direction of the points before and after, weighted as a parabola through the three would be.
    lengths = np.hypot(*np.diff(xy_m, axis=0).T)
    share = np.concatenate(([0.0], lengths[:-1] / (lengths[:-1] + lengths[1:]), [0.0]))
    smooth: FloatArray = before + share * _wrapped(after - before)
    return np.where(is_square, square, smooth)


def _beside_m(xy_m: FloatArray, heading_rad: FloatArray, kept: IntArray, line: FloatArray) -> FloatArray:
    """Return (joints,) where a boundary crosses the normal of each joint, left positive."""
    along, left = _unit(heading_rad), _unit(heading_rad + 0.5 * np.pi)
    away = line[kept] - xy_m
    found: FloatArray = (away * left).sum(axis=-1)
    for k in np.flatnonzero(np.abs((away * along).sum(axis=-1)) > 1e-9).tolist():
        ahead = (line - xy_m[k]) @ along[k]
        beside = (line - xy_m[k]) @ left[k]
        passes = np.flatnonzero((ahead[:-1] <= 0.0) & (ahead[1:] > 0.0))
        if passes.size:
            at = passes[np.argmin(np.abs(passes - kept[k]))]
            share = ahead[at] / (ahead[at] - ahead[at + 1])
            found[k] = beside[at] + share * (beside[at + 1] - beside[at])
    return found


def _cubic(to: float, start_slope: float, end_slope: float) -> tuple[float, float, float, float]:
    """Return a, b, c, d of the cubic from 0 at p = 0 to a value at p = 1 with these slopes."""
    return 0.0, start_slope, 3.0 * to - 2.0 * start_slope - end_slope, start_slope + end_slope - 2.0 * to


def _curve_length_m(chord_m: FloatArray, start_rad: FloatArray, end_rad: FloatArray) -> FloatArray:
    """Return how long the cubics are whose ends deviate by these angles from their chords."""
    p = 0.5 * (_GAUSS_P + 1.0)
    a, b = np.cos(start_rad)[:, None], np.cos(end_rad)[:, None]
    c, d = np.sin(start_rad)[:, None], np.sin(end_rad)[:, None]
    u = a + 2.0 * p * (3.0 - 2.0 * a - b) + 3.0 * p**2 * (a + b - 2.0)
    v = c + 2.0 * p * (-2.0 * c - d) + 3.0 * p**2 * (c + d)
    length: FloatArray = chord_m * (0.5 * _GAUSS_WEIGHT * np.hypot(u, v)).sum(axis=1)
    return length


def _square_to(across: FloatArray) -> FloatArray:
    """Return the directions that have these on their left."""
    return np.stack((across[:, 1], -across[:, 0]), axis=-1)


def _direction(steps: FloatArray) -> FloatArray:
    return np.arctan2(steps[:, 1], steps[:, 0])


def _unit(heading_rad: FloatArray) -> FloatArray:
    return np.stack((np.cos(heading_rad), np.sin(heading_rad)), axis=-1)


def _wrapped(angle_rad: FloatArray) -> FloatArray:
    wrapped: FloatArray = np.remainder(angle_rad + np.pi, 2.0 * np.pi) - np.pi
    return wrapped
