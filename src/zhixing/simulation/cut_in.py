"""Cut-ins: somebody slower moves from the next lane into the ego's, on a grid of gaps and speeds.

Source: UN Regulation No. 157, annex 4, appendix 3, and the cases on which Mattas et al. (2022), "Driver models for the
definition of safety requirements of automated vehicles in international regulations", compare reference drivers.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from zhixing.datatypes.scene import EgoBody
from zhixing.datatypes.shapes import FloatArray, check_shapes
from zhixing.datatypes.units import mps_from_kmh

LANE_WIDTH_M = 3.5
BODY = EgoBody(length_m=4.3, width_m=1.9, wheelbase_m=2.7)
"""Both vehicles of the published cases are 4.3 m x 1.9 m."""
_SIDEWAYS_ACCEL_MPS2 = 1.5
"""How quickly the sideways speed is reached, before the case begins (published cases)."""

_PAIRS_KMH = (
    *((ego, other) for ego in (20, 30, 40, 50, 60) for other in range(10, ego, 10)),
    *((ego, other) for ego in (70, 90, 110, 130) for other in range(10, ego, 30)),
)
"""Speeds of the ego and of who cuts in, as published."""
_BENCH_PAIRS_KMH = (
    *((20, 10), (30, 10), (40, 10), (40, 20), (50, 10), (50, 20), (50, 30), (60, 10), (60, 20), (60, 40)),
    *((70, 10), (70, 40), (90, 10), (90, 40), (90, 70), (110, 40), (110, 70), (130, 40), (130, 70), (130, 100)),
)
"""Twenty of them: city and motorway in equal parts."""


@dataclass(frozen=True, slots=True, eq=False)
class CutIns:
    """Many cases at once.

    At time 0 the sides of the two are 1.6 m apart and the sideways speed is reached; it is held until who cuts in is
    in the middle of the ego's lane. Along the road nobody changes speed unless the ego does.

    Attributes:
        ego_mps: (cases,) speed of the ego.
        other_mps: (cases,) speed of who cuts in, along the road.
        gap_m: (cases,) at time 0, from the ego's front to the other's rear.
        sideways_mps: (cases,) towards the ego's lane, positive.
    """

    ego_mps: FloatArray
    other_mps: FloatArray
    gap_m: FloatArray
    sideways_mps: FloatArray

    def __post_init__(self) -> None:
        check_shapes(self, ego_mps="cases", other_mps="cases", gap_m="cases", sideways_mps="cases")

    @property
    def num_cases(self) -> int:
        """How many."""
        return int(self.ego_mps.shape[0])

    def lead_in_s(self) -> FloatArray:
        """Return (cases,) how long before time 0 who cuts in begins to move sideways."""
        return self.sideways_mps / _SIDEWAYS_ACCEL_MPS2

    def offset_m(self, time_s: FloatArray) -> FloatArray:
        """Return (cases,) how far the centre of who cuts in is from the middle of the ego's lane, at (cases,) times."""
        since_s = np.maximum(time_s + self.lead_in_s(), 0.0)
        begins_m = LANE_WIDTH_M + 0.5 * self.sideways_mps * self.lead_in_s()
        early: FloatArray = begins_m - 0.5 * _SIDEWAYS_ACCEL_MPS2 * since_s**2
        late = LANE_WIDTH_M - self.sideways_mps * time_s
        return np.where(time_s < 0.0, early, np.maximum(late, 0.0))

    def drift_mps(self, time_s: FloatArray) -> FloatArray:
        """Return (cases,) how fast who cuts in moves sideways at (cases,) times."""
        since_s = np.maximum(time_s + self.lead_in_s(), 0.0)
        early = np.minimum(_SIDEWAYS_ACCEL_MPS2 * since_s, self.sideways_mps)
        return np.where(self.offset_m(time_s) > 0.0, early, 0.0)

    def case(self, index: int) -> CutIns:
        """Return one case alone."""
        one = slice(index, index + 1)
        return CutIns(self.ego_mps[one], self.other_mps[one], self.gap_m[one], self.sideways_mps[one])


def published_cases() -> CutIns:
    """Return the 28,305 cases of the published comparison in which somebody moves sideways."""
    sideways_mps = np.arange(1, 18) / 10.0
    slow, fast = _slow_and_fast(_PAIRS_KMH)
    return _joined(
        _cases(slow, np.arange(1.0, 60.0, 1.0), sideways_mps), _cases(fast, np.arange(1.0, 120.0, 2.0), sideways_mps)
    )


def bench_cases() -> CutIns:
    """Return 2,400 cases over the same ranges: 20 pairs of speeds x 12 gaps x 10 sideways speeds."""
    sideways_mps = np.linspace(0.2, 1.7, 10)
    slow, fast = _slow_and_fast(_BENCH_PAIRS_KMH)
    return _joined(
        _cases(slow, np.arange(2.0, 58.0, 5.0), sideways_mps), _cases(fast, np.arange(2.0, 113.0, 10.0), sideways_mps)
    )


_Pairs = Sequence[tuple[int, int]]
_MOTORWAY_KMH = 70


def _slow_and_fast(pairs_kmh: _Pairs) -> tuple[_Pairs, _Pairs]:
    """Return the pairs of the city and those of the motorway, where gaps are longer."""
    slow = [pair for pair in pairs_kmh if pair[0] < _MOTORWAY_KMH]
    return slow, [pair for pair in pairs_kmh if pair[0] >= _MOTORWAY_KMH]


def _cases(pairs_kmh: _Pairs, gaps_m: FloatArray, sideways_mps: FloatArray) -> FloatArray:
    return np.array([(*pair, gap, side) for pair, gap, side in itertools.product(pairs_kmh, gaps_m, sideways_mps)])


def _joined(slow: FloatArray, fast: FloatArray) -> CutIns:
    ego_kmh, other_kmh, gap_m, sideways_mps = np.concatenate((slow, fast)).T.copy()
    return CutIns(mps_from_kmh(1.0) * ego_kmh, mps_from_kmh(1.0) * other_kmh, gap_m, sideways_mps)
