"""How far two distributions are apart, and how far chance alone puts halves of one recording apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.spatial.distance import jensenshannon

from zhixing.datatypes.shapes import FloatArray

MIN_VALUES = 20
"""With fewer values on one side a distance says nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bins:
    """Intervals of one width; what is outside counts in the first or the last.

    Attributes:
        low: Where the first begins.
        high: Where the last ends.
        count: How many there are.
    """

    low: float
    high: float
    count: int

    def of(self, values: FloatArray) -> FloatArray:
        """Return (count,) the share of values in each interval; values that are not finite do not count."""
        known = np.clip(values[np.isfinite(values)], self.low, self.high)
        counts, _ = np.histogram(known, bins=self.count, range=(self.low, self.high))
        return counts / max(known.size, 1)


def distance(one: FloatArray, other: FloatArray, bins: Bins) -> float:
    """Return the Jensen-Shannon distance of two samples: 0 where they are alike, 1 where they have nothing in common.

    It is the square root of the divergence, with logarithms to base 2.

    Args:
        one: (values,) of one sample.
        other: (values,) of the other.
        bins: How the values are counted.

    Returns:
        NaN where one of them has fewer than 20 values.

    Source:
        Endres and Schindelin (2003), "A new metric for probability distributions".

    Example:
        >>> bins = Bins(low=0.0, high=2.0, count=2)
        >>> low, both = np.full(40, 0.5), np.repeat([0.5, 1.5], 20)
        >>> distance(low, low + 1.0, bins), round(distance(low, both, bins), 3)
        (1.0, 0.558)
    """
    if min(np.isfinite(one).sum(), np.isfinite(other).sum()) < MIN_VALUES:
        return float("nan")
    a, b = bins.of(one), bins.of(other)
    if np.array_equal(a, b):
        return 0.0
    return float(jensenshannon(a, b, base=2.0))


def floor(parts: Sequence[FloatArray], bins: Bins, rng: np.random.Generator, repeats: int = 50) -> float:
    """Return how far two halves of one recording are apart: what no simulation can be expected to beat.

    The halves are of whole parts, so that values that belong together stay together. They hold half as many values as
    the recording, so this is a little more than chance puts between the whole recording and another one.

    Args:
        parts: (values,) each: of one road user, or of one recording.
        bins: How the values are counted.
        rng: Draws the halves.
        repeats: How many times.

    Returns:
        The median over the draws; NaN with fewer than two parts or 20 values in a half.
    """
    parts = [part for part in parts if np.isfinite(part).any()]
    if len(parts) < 2:
        return float("nan")
    found = []
    for _ in range(repeats):
        order = rng.permutation(len(parts))
        half = len(parts) // 2
        one = np.concatenate([parts[k] for k in order[:half]])
        other = np.concatenate([parts[k] for k in order[half:]])
        found.append(distance(one, other, bins))
    known = [value for value in found if np.isfinite(value)]
    return float(np.median(known)) if known else float("nan")


def share_interval(count: int, total: int) -> tuple[float, float]:
    """Return the range in which a share that was counted lies with 95 % probability (Wilson 1927).

    Example:
        >>> [round(bound, 2) for bound in share_interval(59, 127)]
        [0.38, 0.55]
    """
    if total == 0:
        return 0.0, 1.0
    z = 1.96
    share, spread = count / total, z * z / total
    middle = (share + 0.5 * spread) / (1.0 + spread)
    half = z / (1.0 + spread) * np.sqrt(share * (1.0 - share) / total + z * z / (4.0 * total * total))
    return float(middle - half), float(middle + half)
