from __future__ import annotations

import dataclasses
from types import SimpleNamespace

import numpy as np
import pytest

from zhixing.datatypes.evidence import Trace
from zhixing.simulation.comfort import comfort

TIME_S = 0.1 * np.arange(60)


def ride(by_hand: SimpleNamespace, accel_mps2: np.ndarray, yaw_rad: np.ndarray | float = 0.0) -> Trace:
    """Return a ride that starts at 12 m/s with these accelerations."""
    accel = np.asarray(accel_mps2, dtype=np.float64)
    speed = 12.0 + np.concatenate(([0.0], np.cumsum(0.05 * (accel[1:] + accel[:-1]))))
    made: Trace = by_hand.trace(by_hand.scenario(duration_s=6.0), np.zeros(accel.size), yaw_rad=yaw_rad)
    return dataclasses.replace(made, speed_mps=speed, accel_mps2=accel)


@pytest.mark.parametrize("steps", [1, 2, 3, 4])
def test_a_ride_too_short_to_judge_is_comfortable(by_hand: SimpleNamespace, steps: int) -> None:
    made = dataclasses.replace(
        ride(by_hand, np.zeros(max(steps, 2))),
        **{
            name: getattr(ride(by_hand, np.zeros(max(steps, 2))), name)[:steps]
            for name in ("time_ns", "xy_m", "yaw_rad", "speed_mps", "accel_mps2", "steer_rad")
        },
        lights=np.zeros((0, steps), dtype=np.int64),
    )
    judged = comfort(made)
    assert judged["comfort"] == 1.0
    assert np.isfinite(list(judged.values())).all()


def test_driving_on_is_comfortable(by_hand: SimpleNamespace) -> None:
    judged = comfort(ride(by_hand, np.zeros(60)))
    assert judged["comfort"] == 1.0
    assert judged["hard_brakes"] == 0.0


@pytest.mark.parametrize(("accel", "expected"), [(2.39, 1.0), (2.41, 0.0), (-4.04, 1.0), (-4.06, 0.0)])
def test_the_bounds_of_acceleration_are_not_symmetric(by_hand: SimpleNamespace, accel: float, expected: float) -> None:
    judged = comfort(ride(by_hand, np.full(20, accel)))
    assert judged["comfort"] == expected
    assert judged["min_accel_mps2" if accel < 0.0 else "max_accel_mps2"] == pytest.approx(accel)


@pytest.mark.parametrize(("jerk", "expected"), [(4.0, 1.0), (4.2, 0.0)])
def test_a_steady_change_of_acceleration_is_its_jerk(by_hand: SimpleNamespace, jerk: float, expected: float) -> None:
    judged = comfort(ride(by_hand, -2.0 + jerk * TIME_S[:11]))
    assert judged["max_longitudinal_jerk_mps3"] == pytest.approx(jerk)
    assert judged["comfort"] == expected


@pytest.mark.parametrize(("yaw_rate", "expected"), [(0.40, 1.0), (0.42, 0.0)])
def test_a_bend_is_uncomfortable_by_speed_times_yaw_rate(
    by_hand: SimpleNamespace, yaw_rate: float, expected: float
) -> None:
    # At 12 m/s the bound of 4.89 m/s² is reached at 0.4075 rad/s.
    judged = comfort(ride(by_hand, np.zeros(60), yaw_rate * TIME_S))
    assert judged["max_lateral_accel_mps2"] == pytest.approx(12.0 * yaw_rate)
    assert judged["comfort"] == expected


def test_a_heading_that_wraps_is_no_spin(by_hand: SimpleNamespace) -> None:
    yaw = np.pi - 0.3 + 0.1 * TIME_S
    wrapped = (yaw + np.pi) % (2.0 * np.pi) - np.pi
    assert comfort(ride(by_hand, np.zeros(60), wrapped))["max_yaw_rate_radps"] == pytest.approx(0.1)


def test_a_swing_of_the_heading_counts_as_yaw_acceleration(by_hand: SimpleNamespace) -> None:
    judged = comfort(ride(by_hand, np.zeros(60), 0.5 * 2.0 * (TIME_S - 3.0) ** 2))
    assert judged["max_yaw_accel_radps2"] == pytest.approx(2.0)
    assert judged["comfort"] == 0.0


def test_hard_brakes_are_counted_by_occasion_not_by_step(by_hand: SimpleNamespace) -> None:
    accel = np.zeros(60)
    accel[0:3] = accel[20:25] = accel[40] = -6.0
    assert comfort(ride(by_hand, accel))["hard_brakes"] == 3.0
