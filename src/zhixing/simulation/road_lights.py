"""Fixed-time signal programs of the built-in city: a function of time and nothing else.

Phases of a crossroads: north-south straight on, north-south left, east-west straight on, east-west left; between them
yellow and all red. Pedestrians walk beside the parallel straight phase and stop early enough to clear the road.

Source: GB 14886-2016 (yellow of 3 s), GB 50647-2011; times are typical of mid-size Chinese crossroads.
"""

from __future__ import annotations

import numpy as np

from zhixing.datatypes.lights import Light
from zhixing.datatypes.road import Road
from zhixing.datatypes.shapes import FloatArray, IntArray
from zhixing.datatypes.units import NS_PER_S
from zhixing.simulation.city_crossroads import GROUPS_PER_CROSSROADS

_STRAIGHT_S, _LEFT_S, _YELLOW_S, _ALL_RED_S = 22.0, 10.0, 3.0, 2.0
_WALK_S = 10.0
CYCLE_S = 2.0 * (_STRAIGHT_S + _LEFT_S + 2.0 * (_YELLOW_S + _ALL_RED_S))


class RoadLights:
    """All lights of a city.

    Args:
        road: Whose light groups they are.
        seed: The offsets of the crossroads follow from it.
        offsets_s: (crossroads,) when the programs begin, instead.
    """

    def __init__(self, road: Road, seed: int = 0, *, offsets_s: FloatArray | None = None) -> None:
        crossroads = road.num_light_groups // GROUPS_PER_CROSSROADS
        if offsets_s is None:
            offsets_s = np.random.default_rng([seed, 1]).uniform(0.0, CYCLE_S, crossroads).round(1)
        starts, greens, yellows = (np.tile(column, crossroads) for column in _program())
        self._start_s: FloatArray = starts + np.repeat(offsets_s, GROUPS_PER_CROSSROADS)
        self._green_s: FloatArray = greens
        self._yellow_s: FloatArray = yellows

    def at(self, time_ns: int) -> IntArray:
        """Return (groups,) what each light shows."""
        since_s = np.mod(time_ns / NS_PER_S - self._start_s, CYCLE_S)
        return np.where(
            since_s < self._green_s,
            int(Light.GREEN),
            np.where(since_s < self._green_s + self._yellow_s, int(Light.YELLOW), int(Light.RED)),
        ).astype(np.int64)

    def green_begins_s(self, group: int) -> float:
        """Return when in the cycle a group turns green, s."""
        return float(self._start_s[group])

    def green_length_s(self, group: int) -> float:
        """Return for how long a group is green, s."""
        return float(self._green_s[group])

    def remaining_s(self, time_ns: int) -> FloatArray:
        """Return (groups,) how long each light goes on showing what it shows."""
        since_s = np.mod(time_ns / NS_PER_S - self._start_s, CYCLE_S)
        end = np.where(
            since_s < self._green_s,
            self._green_s,
            np.where(since_s < self._green_s + self._yellow_s, self._green_s + self._yellow_s, CYCLE_S),
        )
        left: FloatArray = end - since_s
        return left


def _program() -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return (groups of one crossroads,) start of green, length of green, length of yellow, all in seconds."""
    gap = _YELLOW_S + _ALL_RED_S
    straight_ns = 0.0
    left_ns = straight_ns + _STRAIGHT_S + gap
    straight_ew = left_ns + _LEFT_S + gap
    left_ew = straight_ew + _STRAIGHT_S + gap
    # Arms are numbered counter-clockwise from the east; pedestrians cross an arm while its own traffic waits.
    start = [straight_ew, straight_ns] * 2 + [left_ew, left_ns] * 2 + [straight_ns, straight_ew] * 2
    green = [_STRAIGHT_S] * 4 + [_LEFT_S] * 4 + [_WALK_S] * 4
    yellow = [_YELLOW_S] * 8 + [0.0] * 4
    return np.array(start), np.array(green), np.array(yellow)
