"""What comes about if everybody goes on as now."""

from __future__ import annotations

import numpy as np
import pytest

from zhixing.datatypes.shapes import FloatArray
from zhixing.driving.safety.likely import is_past, likely_harm_mps, steady_courses
from zhixing.driving.safety.reach import (
    U_BRAKE,
    U_COLUMNS,
    U_CURVATURE,
    U_HALF_LENGTH,
    U_HALF_WIDTH,
    U_HAS_SHELL,
    U_IS_BEHIND,
    U_LATERAL_BRAKE,
    U_LEFT_MPS,
    U_MAX_SPEED,
    U_MIN_BRAKE,
    U_RIGHT_MPS,
    U_RULE,
    U_SPEED,
    U_X,
    U_Y,
    U_YAW,
)

HALF_LENGTH_M, HALF_WIDTH_M = 2.4, 0.95
LONGITUDINAL, LATERAL, TTC = 0.0, 1.0, 2.0


def driving(speed_mps: float, accel_mps2: float = 0.0, steps: int = 30) -> FloatArray:
    """Return the states of an ego that drives east from (0, 0)."""
    states = np.zeros((steps + 1, 5))
    states[:, 3] = np.maximum(speed_mps + accel_mps2 * 0.1 * np.arange(steps + 1), 0.0)
    states[1:, 0] = np.cumsum(0.05 * (states[1:, 3] + states[:-1, 3]))
    return states


def somebody(x_m: float, y_m: float, speed_mps: float, **more: float) -> FloatArray:
    row = np.zeros((1, U_COLUMNS))
    row[0, [U_X, U_Y, U_SPEED, U_HALF_LENGTH, U_HALF_WIDTH]] = x_m, y_m, speed_mps, 2.3, 0.95
    row[0, [U_BRAKE, U_MIN_BRAKE, U_LATERAL_BRAKE, U_MAX_SPEED, U_RULE]] = 8.0, 4.6, 1.0, 22.0, LONGITUDINAL
    names = {
        "has_shell": U_HAS_SHELL,
        "yaw": U_YAW,
        "left": U_LEFT_MPS,
        "right": U_RIGHT_MPS,
        "rule": U_RULE,
        "behind": U_IS_BEHIND,
    }
    for name, value in more.items():
        row[0, names[name]] = value
    return row


def harm_mps(states: FloatArray, *users: FloatArray, passes: bool = False) -> float:
    steady = steady_courses(np.concatenate(users), passes=passes)
    return likely_harm_mps(states, steady, HALF_LENGTH_M, HALF_WIDTH_M)


def test_who_goes_on_ahead_as_fast_is_met_by_nobody() -> None:
    assert harm_mps(driving(15.0), somebody(8.0, 0.0, 15.0)) == 0.0


def test_into_who_stands_ahead_the_ego_comes_with_what_is_left_of_its_speed() -> None:
    wall = somebody(25.0, 0.0, 0.0)
    fast, braked = harm_mps(driving(15.0), wall), harm_mps(driving(15.0, -4.0), wall)
    assert fast == pytest.approx(15.0)
    assert 0.0 < braked < 10.0
    assert harm_mps(driving(15.0, -8.0), wall) == 0.0


def test_past_who_comes_in_from_beside_going_on_is_better_than_stopping_beside_it() -> None:
    comes_in = somebody(8.0, -3.2, 3.0, left=0.7)
    assert harm_mps(driving(16.0), comes_in) == 0.0
    assert 0.0 < harm_mps(driving(16.0, -8.0), comes_in) < 2.0  # it runs into the side of the ego that stands


def test_a_car_that_turns_in_is_no_wider_than_it_is() -> None:
    slant = np.sin(np.arctan2(0.9, 2.8))
    turns_in = somebody(6.0, -3.8, 2.8, left=0.9, has_shell=1.0)
    turns_in[0, [U_HALF_LENGTH, U_HALF_WIDTH]] = 2.3 + 0.95 * slant, 0.95 + 2.3 * slant  # as ``courses`` has it
    assert harm_mps(driving(11.1), turns_in, passes=True) == 0.0
    assert harm_mps(driving(11.1), turns_in) > 0.5  # it may straighten up meanwhile
    turns_in[0, U_HAS_SHELL] = 0.0
    assert harm_mps(driving(11.1), turns_in, passes=True) > 0.5  # who may topple is kept clear of


def test_at_the_side_only_what_comes_across_counts() -> None:
    beside = somebody(0.0, -2.1, 10.0, left=1.0)
    assert harm_mps(driving(12.0), beside) == pytest.approx(1.0, abs=0.1)


def test_who_follows_answers_for_its_distance() -> None:
    assert harm_mps(driving(15.0, -8.0), somebody(-8.0, 0.0, 15.0, behind=1.0)) == 0.0


def test_who_crosses_goes_round_an_ego_that_stands() -> None:
    stands = driving(0.0)
    assert harm_mps(stands, somebody(0.0, -8.0, 4.0, yaw=0.5 * np.pi, rule=TTC)) == 0.0
    assert harm_mps(driving(8.0), somebody(8.0, -6.0, 5.0, yaw=0.5 * np.pi, rule=TTC)) > 4.0


def test_of_who_has_turned_its_wheels_in_a_lane_the_drift_grows_for_a_moment() -> None:
    in_lane, turning = somebody(12.0, -3.4, 5.0, left=0.3), somebody(12.0, -3.4, 5.0)
    turning[0, U_CURVATURE] = 0.06
    passing = driving(11.0)
    assert harm_mps(passing, in_lane) == 0.0
    assert harm_mps(passing, in_lane, turning) > 0.0


@pytest.mark.parametrize(
    ("ego_mps", "other_mps", "expected"), [(12.0, 3.0, True), (12.0, 10.0, False), (3.0, 3.0, False)]
)
def test_the_ego_is_past_once_its_rear_is(ego_mps: float, other_mps: float, expected: bool) -> None:
    then = driving(ego_mps)[-1]
    assert is_past(then, somebody(8.0, -3.0, other_mps)[0], 3.0, HALF_LENGTH_M) == expected
