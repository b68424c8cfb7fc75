"""What a measure is: a function over a prepared drive, and what people are told of it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from zhixing.dataloop.mining.prepared import PreparedDrive
from zhixing.datatypes.localized import Localized
from zhixing.datatypes.shapes import FloatArray, IntArray
from zhixing.datatypes.units import ns_from_s

OfOne = Callable[[PreparedDrive], FloatArray]
"""Returns (objects, steps) for everybody, NaN where undefined; facts are 0 or 1."""
OfTwo = Callable[[PreparedDrive, int, IntArray, slice], FloatArray]
"""Returns (others, steps) for one row, the rows of others and some steps, in the order of the roles; NaN where
undefined."""


@dataclass(frozen=True, slots=True)
class Measuring:
    """How a measure of :data:`zhixing.datatypes.measures.MEASURES` is taken.

    Attributes:
        name: Of the measure.
        meaning: One sentence; a and b are the roles in their order.
        of_one: The function, if it is of one.
        of_two: The function, if it is of two.
        source: Where the definition or its numbers come from.
        ahead_s: How far beyond a step a measure of two looks for b.
        alone: What a measure of two is where a is there and b is not, as far as it looks.
    """

    name: str
    meaning: Localized
    of_one: OfOne | None = None
    of_two: OfTwo | None = None
    source: str = ""
    ahead_s: float = 0.0
    alone: float = math.nan


def taken(measuring: Measuring, drive: PreparedDrive, rows: tuple[IntArray, ...]) -> FloatArray:
    """Return a measure over (rows of each of its roles …, steps), NaN where it is undefined."""
    if measuring.of_one is not None:
        if measuring.name not in drive.kept:
            drive.kept[measuring.name] = measuring.of_one(drive)
        return drive.kept[measuring.name][rows[0]]
    first, second = rows
    values = np.full((first.size, second.size, drive.time_ns.size), np.nan)
    if measuring.of_two is None:
        return values
    for k, row in enumerate(first.tolist()):
        # Most of those in a long drive never meet: only who is there meanwhile is looked at, and only meanwhile.
        there = drive.there[row]
        seen = np.flatnonzero(there)
        if not seen.size:
            continue
        steps = slice(int(seen[0]), int(seen[-1]) + 1)
        last_ns = drive.time_ns[seen[-1]] + ns_from_s(measuring.ahead_s)
        meanwhile = slice(steps.start, int(np.searchsorted(drive.time_ns, last_ns, side="right")))
        met = np.flatnonzero(drive.there[second, meanwhile].any(axis=1))
        values[k][:, there] = measuring.alone
        values[k][met, steps] = measuring.of_two(drive, row, second[met], steps)
    return values
