"""What a benchmark says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan, nan

import numpy as np


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One figure beside its target.

    Attributes:
        name: What was measured.
        value: How much.
        unit: Of ``value`` and ``target``.
        target: What it shall be, NaN without a target.
        more_is_better: Which side of the target is good.
    """

    name: str
    value: float
    unit: str
    target: float = float("nan")
    more_is_better: bool = False

    @property
    def is_reached(self) -> bool | None:
        """Whether the target is reached, None without one."""
        if isnan(self.target):
            return None
        return self.value >= self.target if self.more_is_better else self.value <= self.target


def median_and_p99(
    name: str, times_ms: Sequence[float], *, median_target: float = nan, p99_target: float = nan
) -> list[Measure]:
    """Return the median and the 99th percentile of times.

    Args:
        name: What was measured, with ``{}`` where "median" or "p99" shall stand.
        times_ms: The times, in milliseconds.
        median_target: What the median shall be, NaN without a target.
        p99_target: The same for the 99th percentile.
    """
    return [
        Measure(name=name.format(which), value=float(np.percentile(times_ms, share)), unit="ms", target=target)
        for which, share, target in (("median", 50, median_target), ("p99", 99, p99_target))
    ]
