"""The lights of the built-in city: signal programs applied to its crossroads, a function of time and nothing else."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from zhixing.datatypes.road import Road
from zhixing.datatypes.shapes import FloatArray, IntArray
from zhixing.simulation.crossroads_program import Extras, day_program, extras_of, usual_plan, usual_program
from zhixing.simulation.signal_clock import SignalClock

CYCLE_S = usual_plan(Extras(), 0.0).cycle_s
"""Of the plan between the rush hours."""


class RoadLights:
    """All lights of a city, in one world or in many.

    Args:
        road: Whose light groups they are.
        seed: The offsets of the crossroads follow from it, and which of them flash at night or count down.
        offsets_s: (crossroads,) when the programs begin, instead; or (worlds, crossroads) for many worlds at once, as
            :func:`offsets_of` gives them.
        hour: Of the day at time 0; without one the usual plan holds all day, and nothing is counted down.
    """

    def __init__(
        self, road: Road, seed: int = 0, *, offsets_s: FloatArray | None = None, hour: float | None = None
    ) -> None:
        extras = extras_of(road)
        if offsets_s is None:
            offsets_s = offsets_of(road, [seed])[0]
        rng = np.random.default_rng([seed, 4])
        programs = [usual_program(one) if hour is None else day_program(one, rng) for one in extras]
        self._clock = SignalClock(programs, offsets_s, 12.0 if hour is None else hour)

    def at(self, time_ns: int) -> IntArray:
        """Return (groups,) or (worlds, groups) what each light shows."""
        return self._clock.at(time_ns)

    def green_begins_s(self, group: int) -> float:
        """Return when in the cycle a group turns green, s."""
        return self._clock.green_begins_s(group)

    def remaining_s(self, time_ns: int) -> FloatArray:
        """Return (groups,) or (worlds, groups) how long each light goes on showing what it shows."""
        return self._clock.remaining_s(time_ns)

    def countdown_s(self, time_ns: int) -> FloatArray:
        """Return (groups,) or (worlds, groups) the seconds that each light counts down, NaN where it counts none."""
        return self._clock.countdown_s(time_ns)


def offsets_of(road: Road, seeds: Sequence[int]) -> FloatArray:
    """Return (worlds, crossroads) when the programs begin in each world, s."""
    size = len(extras_of(road))
    return np.stack([np.random.default_rng([seed, 1]).uniform(0.0, CYCLE_S, size).round(1) for seed in seeds])
