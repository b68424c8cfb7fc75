"""What a measure is: a function over a prepared drive, and what people are told of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from zhixing.dataloop.mining.prepared import PreparedDrive
from zhixing.datatypes.localized import Localized
from zhixing.datatypes.shapes import FloatArray, IntArray

OfOne = Callable[[PreparedDrive], FloatArray]
"""Returns (objects, steps) for everybody, NaN where undefined; facts are 0 or 1."""
OfTwo = Callable[[PreparedDrive, int, IntArray], FloatArray]
"""Returns (others, steps) for one row and the rows of others, in the order of the roles; NaN where undefined."""


@dataclass(frozen=True, slots=True)
class Measuring:
    """How a measure of :data:`zhixing.datatypes.measures.MEASURES` is taken.

    Attributes:
        name: Of the measure.
        meaning: One sentence; a and b are the roles in their order.
        of_one: The function, if it is of one.
        of_two: The function, if it is of two.
        source: Where the definition or its numbers come from.
    """

    name: str
    meaning: Localized
    of_one: OfOne | None = None
    of_two: OfTwo | None = None
    source: str = ""


def taken(measuring: Measuring, drive: PreparedDrive, rows: tuple[IntArray, ...]) -> FloatArray:
    """Return a measure over (rows of each of its roles …, steps), NaN where it is undefined."""
    if measuring.of_one is not None:
        if measuring.name not in drive.kept:
            drive.kept[measuring.name] = measuring.of_one(drive)
        return drive.kept[measuring.name][rows[0]]
    if measuring.of_two is None or not rows[0].size:
        return np.full((*(role.size for role in rows), drive.time_ns.size), np.nan)
    return np.stack([measuring.of_two(drive, int(row), rows[1]) for row in rows[0]])
