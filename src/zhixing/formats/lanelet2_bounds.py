"""The two bounds of a lanelet: which way they run, and lines of equally many points on common cross-sections.

A file may draw either bound in either direction. The one that is called left lies left of the direction of travel;
with that, both directions follow.
"""

from __future__ import annotations

import numpy as np

from zhixing.datatypes.shapes import FloatArray, polyline_s_m
from zhixing.errors import MapError
from zhixing.formats.osm_files import OsmWay

_STEP_M = 1.0
_MIN_LENGTH_M = 1e-3
_MIN_AREA_M2 = 1e-3


def oriented(left: OsmWay, right: OsmWay) -> tuple[bool, bool]:
    """Return whether each bound is to be turned round so that both run along the direction of travel.

    Example:
        >>> north = OsmWay("1", ("1", "2"), np.array([[0.0, 0.0], [0.0, 9.0]]), {})
        >>> south = OsmWay("2", ("3", "4"), np.array([[3.0, 9.0], [3.0, 0.0]]), {})
        >>> oriented(north, south), oriented(south, north)
        ((False, True), (False, True))
    """
    a, b = left.xy_m, right.xy_m
    # The sides of a quadrilateral are shorter together than its diagonals.
    straight_m = np.hypot(*(a[0] - b[0])) + np.hypot(*(a[-1] - b[-1]))
    crossed_m = np.hypot(*(a[0] - b[-1])) + np.hypot(*(a[-1] - b[0]))
    turns_right = bool(crossed_m < straight_m)
    ring = np.concatenate((a, b if turns_right else b[::-1]))
    # Up the left bound and down the right one is clockwise.
    turns_both = _area_m2(ring) > 0.0
    return turns_both, turns_right != turns_both


def sections(left: OsmWay, right: OsmWay, turns: tuple[bool, bool], name: str) -> tuple[FloatArray, FloatArray]:
    """Return both bounds along the direction of travel, with points at equal shares of their lengths.

    Args:
        left: The left bound.
        right: The right bound.
        turns: See :func:`oriented`.
        name: Of the lanelet, for what is wrong with it.

    Raises:
        MapError: The lanelet has no length or no width.
    """
    lines = [way.xy_m[::-1] if is_turned else way.xy_m for way, is_turned in zip((left, right), turns, strict=True)]
    lengths_m = [bound_length_m(way) for way in (left, right)]
    if not min(lengths_m) >= 0.0 or not sum(lengths_m) > _MIN_LENGTH_M:
        raise MapError(f"{name} has no length", hint="Drop it, or mend its bounds.")
    if not abs(_area_m2(np.concatenate((lines[0], lines[1][::-1])))) > _MIN_AREA_M2:
        raise MapError(f"{name} has no width: its bounds lie on each other", hint="Give it two bounds.")
    count = num_sections(max(lengths_m))
    a, b = (_at_shares(line, count) for line in lines)
    if not polyline_s_m(0.5 * (a + b))[-1] > _MIN_LENGTH_M:
        raise MapError(f"{name} has no length", hint="Drop it, or mend its bounds.")
    return a, b


def num_sections(length_m: float) -> int:
    """Return how many cross-sections a lanelet of a length is drawn with.

    Example:
        >>> num_sections(0.4), num_sections(2.5)
        (2, 4)
    """
    return max(2, int(np.ceil(length_m / _STEP_M - 1e-6)) + 1)


def bound_length_m(way: OsmWay) -> float:
    """Return the length of a line."""
    return float(polyline_s_m(way.xy_m)[-1]) if way.xy_m.shape[0] else 0.0


def _at_shares(line: FloatArray, count: int) -> FloatArray:
    s_m = polyline_s_m(line)
    at = np.linspace(0.0, s_m[-1], count)
    points = np.stack([np.interp(at, s_m, line[:, k]) for k in (0, 1)], axis=-1)
    points[0], points[-1] = line[0], line[-1]
    return points


def _area_m2(ring: FloatArray) -> float:
    """Return the area inside a polygon, positive if its corners run counter-clockwise."""
    x, y = (ring - ring[0]).T
    return float(0.5 * np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y))
