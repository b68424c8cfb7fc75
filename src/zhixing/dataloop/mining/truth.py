"""Three-valued truth over arrays: true, false or undefined (the logic of Kleene).

Somebody who is not there has no speed, and a drive without a map has no lanes. What is said of them is neither true
nor false, and neither is its opposite; a hit is only what is true.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce

import numpy as np

from zhixing.datatypes.shapes import BoolArray, FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Truth:
    """What is known of a condition, over (roles …, steps); sizes of 1 stand for "the same for all".

    Attributes:
        true: Where it surely holds.
        possible: Where it is not known to fail. Whatever is true is possible; undefined is what is only possible.
    """

    true: BoolArray
    possible: BoolArray

    def __invert__(self) -> Truth:
        return Truth(~self.possible, ~self.true)

    def __and__(self, other: Truth) -> Truth:
        return Truth(self.true & other.true, self.possible & other.possible)

    def __or__(self, other: Truth) -> Truth:
        return Truth(self.true | other.true, self.possible | other.possible)


def truth_of(holds: BoolArray, value: FloatArray) -> Truth:
    """Return that something holds, undefined where the value it was asked of is NaN.

    Example:
        >>> value = np.array([1.0, np.nan, 3.0])
        >>> truth = truth_of(value > 2.0, value)
        >>> truth.true.tolist(), truth.possible.tolist()
        ([False, False, True], [False, True, True])
    """
    return Truth(holds, holds | np.isnan(value))


def all_of(parts: list[Truth]) -> Truth:
    """Return where every part holds."""
    return reduce(lambda one, two: one & two, parts)


def any_of(parts: list[Truth]) -> Truth:
    """Return where at least one part holds."""
    return reduce(lambda one, two: one | two, parts)


def exists(body: Truth, there: BoolArray) -> Truth:
    """Return where the body holds for somebody who is there; the axis of that somebody is the last but one."""
    return Truth(*(np.asarray((part & there).any(axis=-2)) for part in (body.true, body.possible)))


def for_all(body: Truth, there: BoolArray) -> Truth:
    """Return where the body holds for everybody who is there."""
    return ~exists(~body, there)


def count(body: Truth, there: BoolArray, at_least: int | None, at_most: int | None) -> Truth:
    """Return where the number of those who are there and for whom the body holds lies within bounds."""
    fewest = (body.true & there).sum(axis=-2)
    most = (body.possible & there).sum(axis=-2)
    low = 0 if at_least is None else at_least
    high = most.max(initial=0) if at_most is None else at_most
    return Truth((fewest >= low) & (most <= high), (most >= low) & (fewest <= high))
