"""Where across the lane to drive: lanes in mixed traffic are wide, and somebody is often on their edge."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from zhixing.datatypes.shapes import FloatArray

_SETTLE_M = 6.0
_SETTLE_S = 1.2
_MAX_SLOPE = 0.3
_NUDGE_M = 0.5
_ALIKE_M = 0.15


@dataclass(frozen=True, slots=True)
class Sideways:
    """How far beside its line the ego is, and where it is going.

    The change is that of a critically damped spring over the distance driven: it begins and ends smoothly and
    stands still when the ego does.

    Attributes:
        shift_m: Present offset from the line, left positive.
        slope: Change of the offset over distance driven.
        target_m: Wanted offset.
    """

    shift_m: float = 0.0
    slope: float = 0.0
    target_m: float = 0.0

    def ahead(self, distance_m: FloatArray, speed_mps: float) -> tuple[FloatArray, FloatArray]:
        """Return offset and slope after driving some distances.

        Args:
            distance_m: (points,) from here.
            speed_mps: Faster egos take more room.

        Example:
            >>> shift_m, slope = Sideways(1.0, 0.0, 0.0).ahead(np.array([0.0, 6.0, 60.0]), 0.0)
            >>> shift_m.round(2).tolist(), float(slope[0])
            ([1.0, 0.74, 0.0], 0.0)
        """
        rate = 1.0 / settle_m(speed_mps)
        away = self.shift_m - self.target_m
        ramp = self.slope + rate * away
        fade = np.exp(-rate * distance_m)
        shift = self.target_m + (away + ramp * distance_m) * fade
        return shift, (ramp - rate * (away + ramp * distance_m)) * fade

    def after(self, distance_m: float, speed_mps: float, target_m: float) -> Sideways:
        """Return where the ego is after driving some distance, and give it a new target from there on."""
        shift, slope = self.ahead(np.array([max(distance_m, 0.0)]), speed_mps)
        return Sideways(float(shift[0]), float(slope[0]), target_m)


def settle_m(speed_mps: float) -> float:
    """Return the distance over which most of a change is made."""
    return max(_SETTLE_M, _SETTLE_S * speed_mps)


def beginning(offset_m: float, heading_rad: float) -> Sideways:
    """Return where an ego is that starts beside its line, turned against it."""
    slope = math.tan(min(max(heading_rad, -1.0), 1.0))
    return Sideways(offset_m, min(max(slope, -_MAX_SLOPE), _MAX_SLOPE), 0.0)


def choices_m(now: Sideways, right_m: float, left_m: float) -> tuple[float, ...]:
    """Return the offsets to choose from: to stay on course, to stay here or nearly, the middle, and what a lane leaves.

    Args:
        now: Where the ego is and where it is going.
        right_m: How far to the right of the middle it may drive, not negative.
        left_m: How far to the left.

    Example:
        >>> choices_m(Sideways(), 0.1, 0.8)
        (0.0, 0.5, 0.8)
    """
    wanted = (
        now.target_m,
        now.shift_m,
        0.0,
        now.shift_m + _NUDGE_M,
        now.shift_m - _NUDGE_M,
        0.5 * left_m,
        left_m,
        -0.5 * right_m,
        -right_m,
    )
    low_m, high_m = min(now.shift_m, -right_m), max(now.shift_m, left_m)
    chosen: list[float] = []
    for choice_m in wanted:
        if low_m <= choice_m <= high_m and all(abs(choice_m - other_m) > _ALIKE_M for other_m in chosen):
            chosen.append(choice_m)
    return tuple(chosen)
