"""Traffic lights over time."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from zhixing.datatypes.shapes import IntArray, check_shapes


class Light(IntEnum):
    """What a light shows. The numbers are written into recordings and never change."""

    OFF = 0
    RED = 1
    YELLOW = 2
    GREEN = 3
    FLASHING_YELLOW = 4


@dataclass(frozen=True, slots=True, eq=False)
class Lights:
    """What each light group shows, as changes over time.

    Attributes:
        time_ns: (steps,) when a column starts to hold; strictly increasing.
        light: (groups, steps) :class:`Light` of each group from that time on.
    """

    time_ns: IntArray
    light: IntArray

    def __post_init__(self) -> None:
        check_shapes(self, time_ns="steps", light="groups steps")

    def at(self, time_ns: int) -> IntArray:
        """Return (groups,) what is shown at a time; before the first column nothing (``OFF``).

        Example:
            >>> lights = Lights(np.array([0, 5]), np.array([[Light.RED, Light.GREEN]]))
            >>> Light(lights.at(4)[0]).name, Light(lights.at(5)[0]).name
            ('RED', 'GREEN')
        """
        column = int(np.searchsorted(self.time_ns, time_ns, side="right")) - 1
        if column < 0:
            return np.full(self.light.shape[0], Light.OFF, dtype=np.int64)
        return self.light[:, column]
