from __future__ import annotations

import dataclasses
import math
from types import SimpleNamespace

import numpy as np
import pytest

from zhixing.datatypes.lights import Light
from zhixing.simulation.progress import direction, progress, speed_limit


def at_speed(from_m: float, mps: float, steps: int) -> np.ndarray:
    return from_m + 0.1 * mps * np.arange(steps)


def test_progress_is_measured_against_the_speed_limit(by_hand: SimpleNamespace) -> None:
    # In 5 s at the limit of 10 m/s one comes 50 m far; at 4 m/s it is 20 m.
    task = by_hand.scenario(duration_s=5.0)
    judged = progress(by_hand.trace(task, at_speed(10.0, 4.0, 51)), task)
    assert judged["progress"] == pytest.approx(0.4, abs=0.02)
    assert judged["making_progress"] == 1.0


def test_a_goal_that_is_near_is_the_measure_of_progress(by_hand: SimpleNamespace) -> None:
    # The goal is 40 m ahead, 20 s would be enough for 200 m; it came 30 m far.
    task = by_hand.scenario(goal=(48.0, 52.0, -2.0, 2.0), duration_s=20.0)
    judged = progress(by_hand.trace(task, at_speed(10.0, 1.5, 201)), task)
    assert judged["progress"] == pytest.approx(30.0 / 40.0, abs=0.07)


def test_reaching_the_goal_is_full_progress_however_late(by_hand: SimpleNamespace) -> None:
    task = by_hand.scenario(duration_s=5.0)
    judged = progress(by_hand.trace(task, at_speed(10.0, 1.0, 51), outcome="goal"), task)
    assert judged["progress"] == 1.0


@pytest.mark.parametrize(("mps", "expected"), [(0.0, 0.0), (1.9, 0.0), (2.1, 1.0)])
def test_a_fifth_of_the_possible_way_is_making_progress(by_hand: SimpleNamespace, mps: float, expected: float) -> None:
    task = by_hand.scenario(duration_s=5.0)
    assert progress(by_hand.trace(task, at_speed(10.0, mps, 51)), task)["making_progress"] == expected


def test_progress_never_exceeds_one_or_falls_below_zero(by_hand: SimpleNamespace) -> None:
    task = by_hand.scenario(duration_s=5.0)
    assert progress(by_hand.trace(task, at_speed(10.0, 18.0, 51)), task)["progress"] == 1.0
    assert progress(by_hand.trace(task, at_speed(40.0, -3.0, 51)), task)["progress"] == 0.0


def test_without_a_lane_at_the_start_nothing_can_be_made(by_hand: SimpleNamespace) -> None:
    task = by_hand.scenario(start=(10.0, 80.0, 0.0, 10.0))
    judged = progress(by_hand.trace(task, at_speed(10.0, 5.0, 11), y_m=80.0), task)
    assert judged["progress"] == judged["making_progress"] == 0.0
    assert judged["red_light"] == 1.0


def test_the_right_direction_costs_nothing(by_hand: SimpleNamespace) -> None:
    task = by_hand.scenario()
    assert direction(by_hand.trace(task, at_speed(10.0, 8.0, 31)), task) == {
        "driving_direction": 1.0,
        "wrong_way_m": 0.0,
    }


@pytest.mark.parametrize(("mps", "expected"), [(1.9, 1.0), (2.1, 0.5), (5.9, 0.5), (6.1, 0.0)])
def test_metres_against_the_traffic_are_counted_within_a_second(
    by_hand: SimpleNamespace, mps: float, expected: float
) -> None:
    # Eastwards on the westbound lane for 3 s: in each second as many metres as the speed says.
    task = by_hand.scenario(start=(10.0, 7.0, 0.0, mps))
    judged = direction(by_hand.trace(task, at_speed(10.0, mps, 31), y_m=7.0), task)
    assert judged["wrong_way_m"] == pytest.approx(mps)
    assert judged["driving_direction"] == expected


def test_a_short_swerve_against_the_traffic_counts_its_metres_only(by_hand: SimpleNamespace) -> None:
    task = by_hand.scenario()
    y = np.zeros(31)
    y[10:13] = 7.0
    judged = direction(by_hand.trace(task, at_speed(10.0, 10.0, 31), y_m=y), task)
    # Each of the jumps over the street counts with the step that ends on the wrong side: hypot(1, 7), then 1 and 1.
    assert judged["wrong_way_m"] == pytest.approx(math.hypot(1.0, 7.0) + 2.0)


def test_against_every_lane_of_a_junction_is_the_wrong_way(by_hand: SimpleNamespace) -> None:
    task = by_hand.scenario(by_hand.crossing())
    judged = direction(by_hand.trace(task, at_speed(102.0, 6.0, 21), yaw_rad=math.pi), task)
    assert judged["driving_direction"] == 0.0


def test_across_the_lanes_of_a_junction_is_not_the_wrong_way(by_hand: SimpleNamespace) -> None:
    task = by_hand.scenario(by_hand.crossing())
    north = by_hand.trace(task, np.full(21, 110.0), y_m=at_speed(-6.0, 6.0, 21), yaw_rad=0.5 * math.pi)
    assert direction(north, task)["driving_direction"] == 1.0


def test_overspeed_is_charged_by_how_much_and_how_long(by_hand: SimpleNamespace) -> None:
    # The limit is 10 m/s. Half of the time 1 m/s too fast: 1 - 0.5 * 1 / 2.23.
    task = by_hand.scenario(duration_s=10.0)
    made = by_hand.trace(task, at_speed(10.0, 9.0, 101))
    speed = np.where(np.arange(101) < 50, 11.0, 9.0)
    judged = speed_limit(dataclasses.replace(made, speed_mps=speed), task)
    assert judged["speed_limit"] == pytest.approx(1.0 - 0.5 / 2.23)


def test_too_fast_for_long_is_zero_and_not_less(by_hand: SimpleNamespace) -> None:
    task = by_hand.scenario()
    assert speed_limit(by_hand.trace(task, at_speed(10.0, 25.0, 51)), task)["speed_limit"] == 0.0


def test_where_no_limit_is_known_none_is_broken(by_hand: SimpleNamespace) -> None:
    street = by_hand.street()
    lanes = tuple(dataclasses.replace(lane, speed_limit_mps=math.inf) for lane in street.lanes)
    task = by_hand.scenario(dataclasses.replace(street, lanes=lanes))
    assert speed_limit(by_hand.trace(task, at_speed(10.0, 30.0, 51)), task)["speed_limit"] == 1.0


# The stop line is at x = 98; the front is 2.4 m before the centre.
@pytest.mark.parametrize(
    ("light", "from_m", "turn", "ego_light", "expected"),
    [
        pytest.param(Light.RED, 90.0, "straight", -1, 1.0, id="over the line at red"),
        pytest.param(Light.RED, 85.0, "straight", -1, 0.0, id="waits with the front before the line"),
        pytest.param(Light.RED, 96.0, "straight", -1, 0.0, id="the front is over the line at the start"),
        pytest.param(Light.GREEN, 90.0, "straight", -1, 0.0, id="over the line at green"),
        pytest.param(Light.YELLOW, 90.0, "straight", -1, 0.0, id="over the line at yellow"),
        pytest.param(Light.OFF, 90.0, "straight", -1, 0.0, id="the light is off"),
        pytest.param(Light.RED, 90.0, "straight", 0, 1.0, id="the light of the own movement is red"),
        pytest.param(Light.RED, 90.0, "right", 0, 0.0, id="right turns at red are legal"),
    ],
)
def test_who_runs_a_red_light(
    by_hand: SimpleNamespace, light: Light, from_m: float, turn: str, ego_light: int, expected: float
) -> None:
    task = by_hand.scenario(
        by_hand.crossing(turn), start=(from_m, 0.0, 0.0, 4.0), light=light, ego_light=ego_light, duration_s=2.0
    )
    judged = progress(by_hand.trace(task, at_speed(from_m, 4.0, 21)), task)
    assert judged["red_lights_run"] == expected
    assert judged["red_light"] == 1.0 - expected
