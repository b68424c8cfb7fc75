"""What a benchmark says."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan


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
