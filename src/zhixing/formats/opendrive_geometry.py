"""Reference lines of OpenDRIVE: where road coordinates (s, t) lie in the plane.

Source: ASAM OpenDRIVE 1.4–1.8, "Geometry": line, arc, spiral, poly3, paramPoly3; and cubic polynomials for lane
offsets and widths.
"""

from __future__ import annotations

from dataclasses import dataclass
from xml.etree.ElementTree import Element

import numpy as np

from zhixing.datatypes.shapes import FloatArray
from zhixing.errors import MapError
from zhixing.formats.xml_files import number

MAX_PIECE_M = 100_000.0
_FINE_STEP_M = 0.1
"""Spirals and polynomials are integrated with this step."""


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """One geometry of a reference line, as a densely sampled curve or exactly.

    Attributes:
        s_m: Where it starts along the road.
        length_m: How long it is.
        x_m: Start in the map's frame.
        y_m: Start in the map's frame.
        yaw_rad: Direction at the start.
        curvature_radpm: Of a line (0) or an arc; NaN for a sampled curve.
        curve: (points, 4) s, local x, local y, local yaw of a sampled curve; empty otherwise.
    """

    s_m: float
    length_m: float
    x_m: float
    y_m: float
    yaw_rad: float
    curvature_radpm: float
    curve: FloatArray

    def at(self, s_m: FloatArray) -> FloatArray:
        """Return (points, 3) x, y, yaw at distances along the road."""
        ds = s_m - self.s_m
        if self.curve.size:
            x, y, yaw = (np.interp(ds, self.curve[:, 0], self.curve[:, k]) for k in (1, 2, 3))
        elif abs(self.curvature_radpm) < 1e-9:
            x, y, yaw = ds, np.zeros_like(ds), np.zeros_like(ds)
        else:
            yaw = ds * self.curvature_radpm
            x, y = np.sin(yaw) / self.curvature_radpm, (1.0 - np.cos(yaw)) / self.curvature_radpm
        c, s = np.cos(self.yaw_rad), np.sin(self.yaw_rad)
        return np.stack((self.x_m + c * x - s * y, self.y_m + s * x + c * y, yaw + self.yaw_rad), axis=-1)


def read_pieces(plan_view: Element) -> list[Piece]:
    """Return the geometries of a road in order.

    Raises:
        MapError: There is none, a number is not finite, or the length is not sensible.
    """
    pieces = []
    for geometry in plan_view.findall("geometry"):
        length_m = number(geometry, "length", MapError)
        if length_m < 1e-6:
            continue
        if not length_m <= MAX_PIECE_M:
            raise MapError(f"a geometry is {length_m} m long", hint="Lengths are in metres, below 100 km.")
        curvature, curve = _shape(geometry, length_m)
        pieces.append(
            Piece(
                number(geometry, "s", MapError),
                length_m,
                number(geometry, "x", MapError),
                number(geometry, "y", MapError),
                number(geometry, "hdg", MapError),
                curvature,
                curve,
            )
        )
    if not pieces:
        raise MapError("a road has no geometry of positive length", hint="Give its planView at least one geometry.")
    return sorted(pieces, key=lambda piece: piece.s_m)


def reference_at(pieces: list[Piece], s_m: FloatArray) -> FloatArray:
    """Return (points, 3) x, y, yaw of the reference line."""
    starts = np.array([piece.s_m for piece in pieces])
    which = np.clip(np.searchsorted(starts, s_m + 1e-9, side="right") - 1, 0, len(pieces) - 1)
    result = np.empty((s_m.shape[0], 3))
    for index, piece in enumerate(pieces):
        mine = which == index
        if mine.any():
            result[mine] = piece.at(s_m[mine])
    return result


def _shape(geometry: Element, length_m: float) -> tuple[float, FloatArray]:
    none = np.zeros((0, 4))
    shape = next((child for child in geometry if child.tag != "userData"), None)
    if shape is None:
        raise MapError("a geometry has no shape", hint="Give it a line, arc, spiral, poly3 or paramPoly3.")
    match shape.tag:
        case "line":
            return 0.0, none
        case "arc":
            return number(shape, "curvature", MapError), none
        case "spiral":
            return np.nan, _spiral(number(shape, "curvStart", MapError), number(shape, "curvEnd", MapError), length_m)
        case "poly3":
            v = [number(shape, key, MapError) for key in "abcd"]
            return np.nan, _parametric([0.0, 1.0, 0.0, 0.0], v, 1.0, length_m)
        case "paramPoly3":
            u = [number(shape, f"{key}U", MapError) for key in "abcd"]
            v = [number(shape, f"{key}V", MapError) for key in "abcd"]
            end = 1.0 if shape.get("pRange", "normalized") == "normalized" else length_m
            return np.nan, _parametric(u, v, end / length_m, length_m)
        case other:
            raise MapError(f"geometry {other!r} is unknown", hint="Use line, arc, spiral, poly3 or paramPoly3.")


def _spiral(curvature_start: float, curvature_end: float, length_m: float) -> FloatArray:
    s = np.linspace(0.0, length_m, max(2, int(length_m / _FINE_STEP_M) + 1))
    yaw = curvature_start * s + 0.5 * (curvature_end - curvature_start) / length_m * s * s
    middle = 0.5 * (s[1:] + s[:-1])
    yaw_middle = curvature_start * middle + 0.5 * (curvature_end - curvature_start) / length_m * middle**2
    # Simpson's rule over each short step.
    dx = np.diff(s) / 6.0 * (np.cos(yaw[:-1]) + 4.0 * np.cos(yaw_middle) + np.cos(yaw[1:]))
    dy = np.diff(s) / 6.0 * (np.sin(yaw[:-1]) + 4.0 * np.sin(yaw_middle) + np.sin(yaw[1:]))
    return np.stack((s, np.append(0.0, np.cumsum(dx)), np.append(0.0, np.cumsum(dy)), yaw), axis=-1)


def _parametric(u: list[float], v: list[float], p_per_m: float, length_m: float) -> FloatArray:
    p = np.linspace(0.0, length_m * p_per_m, max(2, int(length_m / _FINE_STEP_M) + 1))
    x, y = np.polyval(u[::-1], p), np.polyval(v[::-1], p)
    du, dv = np.polyval([3 * u[3], 2 * u[2], u[1]], p), np.polyval([3 * v[3], 2 * v[2], v[1]], p)
    travelled = np.append(0.0, np.cumsum(np.hypot(np.diff(x), np.diff(y))))
    if not np.isfinite(travelled[-1]) or travelled[-1] < 1e-6:
        raise MapError("a polynomial geometry has no length", hint="Check its coefficients.")
    # The stated length is what later pieces start from, so the curve is spread over exactly that.
    s = travelled * (length_m / travelled[-1])
    return np.stack((s, x, y, np.unwrap(np.arctan2(dv, du))), axis=-1)


@dataclass(frozen=True, slots=True, eq=False)
class Cubics:
    """A value along s as cubic polynomials, each valid from its own start."""

    start_m: FloatArray
    coefficients: FloatArray

    def at(self, s_m: FloatArray) -> FloatArray:
        """Return (points,) values; 0 where no polynomial is given."""
        if not self.start_m.size:
            return np.zeros_like(s_m)
        which = np.clip(np.searchsorted(self.start_m, s_m + 1e-9, side="right") - 1, 0, None)
        ds = s_m - self.start_m[which]
        a, b, c, d = self.coefficients[which].T
        value: FloatArray = a + ds * (b + ds * (c + ds * d))
        return value


def read_cubics(elements: list[Element], start: str) -> Cubics:
    """Return the polynomials of elements with attributes a, b, c, d.

    Args:
        elements: ``laneOffset`` or ``width`` elements.
        start: The attribute that says where each begins, ``s`` or ``sOffset``.

    Raises:
        MapError: A number is absent or not finite.
    """
    rows = sorted(
        [number(e, start, MapError), *(number(e, key, MapError) for key in ("a", "b", "c", "d"))] for e in elements
    )
    table = np.array(rows).reshape(-1, 5)
    return Cubics(table[:, 0], table[:, 1:])
