"""What a candidate costs by itself."""

from __future__ import annotations

import numpy as np
import pytest

from zhixing.datatypes.shapes import FloatArray
from zhixing.driving.sampling.config import STEPS
from zhixing.driving.sampling.own_cost import _unavoidable


def going(distance_m: float) -> FloatArray:
    rows = np.zeros((STEPS + 1, 8))
    rows[:, 6] = np.linspace(5.0, 5.0 + distance_m, STEPS + 1)
    return rows


@pytest.mark.parametrize(
    ("off_road_m", "unavoidable_m"),
    [((0.0, 0.2, 0.25), 0.2), ((0.0, -0.1, 0.5), 0.0), ((0.0, 0.9, 2.0), 0.3), ((0.0, 0.0, 0.0), 0.0)],
)
def test_standing_still_is_no_way_to_stay_on_the_road(
    off_road_m: tuple[float, float, float], unavoidable_m: float
) -> None:
    states = np.stack([going(0.1), going(8.0), going(15.0)])  # the first stays where it is
    assert _unavoidable(states, np.array(off_road_m)) == pytest.approx(unavoidable_m)


def test_where_nothing_gets_on_nothing_is_excused() -> None:
    assert _unavoidable(np.stack([going(0.1), going(1.0)]), np.array([0.0, 0.2])) == 0.0
