"""Wishes about driving stay within bounds."""

import math

import pytest

from zhixing.datatypes.driving_wish import AS_USUAL, DrivingWish
from zhixing.errors import InputError


def test_nothing_is_wished_by_itself() -> None:
    assert (AS_USUAL.style, AS_USUAL.headway_s, AS_USUAL.overtakes) == ("normal", None, False)
    assert AS_USUAL.max_speed_mps == math.inf


@pytest.mark.parametrize("headway_s", [0.0, 0.79, 3.01, math.nan, -1.0])
def test_a_time_gap_out_of_bounds_is_an_error(headway_s: float) -> None:
    with pytest.raises(InputError, match="time gap"):
        DrivingWish(headway_s=headway_s)


@pytest.mark.parametrize("speed_mps", [0.0, -5.0, math.nan, 2.0])
def test_a_crawl_is_an_error(speed_mps: float) -> None:
    with pytest.raises(InputError, match="m/s"):
        DrivingWish(max_speed_mps=speed_mps)
