from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhixing.driving.sideways import Sideways, beginning, choices_m, settle_m

offsets = st.floats(-3.0, 3.0)
states = st.builds(Sideways, offsets, st.floats(-0.3, 0.3), offsets)


@given(states, st.floats(0.0, 40.0), st.floats(0.0, 40.0), st.floats(0.0, 20.0))
def test_driving_on_in_two_pieces_is_the_same_as_in_one(one: Sideways, a: float, b: float, speed: float) -> None:
    twice = one.after(a, speed, one.target_m).after(b, speed, one.target_m)
    once = one.after(a + b, speed, one.target_m)
    assert (twice.shift_m, twice.slope) == pytest.approx((once.shift_m, once.slope), abs=1e-9)


@given(states, st.floats(0.0, 20.0))
def test_the_slope_is_the_change_of_the_offset(one: Sideways, speed: float) -> None:
    shift, slope = one.ahead(np.array([7.0 - 1e-4, 7.0, 7.0 + 1e-4]), speed)
    assert (shift[2] - shift[0]) / 2e-4 == pytest.approx(slope[1], abs=1e-6)


@given(offsets, offsets, st.floats(0.0, 20.0))
def test_from_rest_the_target_is_approached_without_swinging_over(shift: float, target: float, speed: float) -> None:
    way, _ = Sideways(shift, 0.0, target).ahead(np.linspace(0.0, 10.0 * settle_m(speed), 100), speed)
    assert (np.diff(np.abs(way - target)) <= 1e-9).all()
    assert abs(way[-1] - target) < 0.01


def test_a_standing_ego_does_not_move_sideways() -> None:
    assert Sideways(1.0, 0.1, 0.0).after(0.0, 0.0, -1.0) == Sideways(1.0, 0.1, -1.0)
    assert Sideways(1.0, 0.1, 0.0).after(-0.2, 0.0, 0.0) == Sideways(1.0, 0.1, 0.0)


@given(offsets, st.floats(-math.pi, math.pi))
def test_a_start_is_where_the_ego_is_and_not_turned_too_far(offset: float, heading: float) -> None:
    begun = beginning(offset, heading)
    assert begun.shift_m == offset
    assert abs(begun.slope) <= 0.3


@given(states, st.floats(0.0, 5.0), st.floats(0.0, 5.0))
def test_one_may_always_stay_and_nothing_leads_off_the_road(now: Sideways, right: float, left: float) -> None:
    choices = choices_m(now, right, left)
    assert min(abs(choice - now.shift_m) for choice in choices) <= 0.15
    assert all(min(now.shift_m, -right) <= choice <= max(now.shift_m, left) for choice in choices)
    assert len(set(choices)) == len(choices)
