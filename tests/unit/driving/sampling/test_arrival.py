"""Keeping an appointment at the goal."""

from __future__ import annotations

import dataclasses
from types import SimpleNamespace

import numpy as np
import pytest

from zhixing.datatypes.scene import Goal, Scene
from zhixing.datatypes.shapes import FloatArray
from zhixing.driving.lane_map import build_lane_map
from zhixing.driving.route import Route, find_route
from zhixing.driving.sampling.arrival import appointment, goal_stretch, late_or_early
from zhixing.driving.sampling.config import DT_S, STEPS

PATH = np.zeros((150, 9))
CLOCK_S = np.arange(200) / 15.0
"""Where 15 m/s are allowed everywhere."""


def route_to(by_hand: SimpleNamespace, goal: Goal) -> Route:
    task = by_hand.scenario()
    return find_route(build_lane_map(task.road), task.start, goal)


def at_speed(speed: float) -> FloatArray:
    rows = np.zeros((STEPS + 1, 8))
    rows[:, 2], rows[:, 4] = 1.0, speed
    rows[:, 6] = speed * DT_S * np.arange(STEPS + 1)
    return rows


def meeting(from_s: float, until_s: float, begin_m: float, end_m: float, least: float = -np.inf) -> FloatArray:
    return np.array([from_s, until_s, least, np.inf, begin_m, end_m, 0.5 * (begin_m + end_m), -1.0, 1.0, 0.0, np.pi])


def test_the_stretch_is_where_the_line_is_within_the_goal(by_hand: SimpleNamespace) -> None:
    goal = Goal(x_min_m=95.0, x_max_m=105.0, y_min_m=-1.5, y_max_m=1.5)
    route = route_to(by_hand, goal)
    stretch = goal_stretch(route, goal)
    assert stretch is not None
    start_x = 10.0 - route.start_m
    assert stretch.begin_m + start_x == pytest.approx(95.0, abs=1.1)
    assert stretch.end_m + start_x == pytest.approx(105.0, abs=1.1)
    assert stretch.right_m == pytest.approx(-1.2, abs=0.11)
    assert stretch.left_m == pytest.approx(1.2, abs=0.11)


def test_a_goal_without_a_place_has_no_stretch(by_hand: SimpleNamespace) -> None:
    anywhere = Goal(x_min_m=-np.inf, x_max_m=np.inf, y_min_m=-np.inf, y_max_m=np.inf, time_ns=(0, 5))
    assert goal_stretch(route_to(by_hand, anywhere), anywhere) is None


def test_an_appointment_counts_from_now(by_hand: SimpleNamespace) -> None:
    goal = Goal(x_min_m=95.0, x_max_m=105.0, y_min_m=-1.5, y_max_m=1.5, time_ns=(8_000_000_000, 9_000_000_000))
    route, task = route_to(by_hand, goal), by_hand.scenario()
    now = Scene(time_ns=2_000_000_000, ego=task.start, others=by_hand.tracks([], 1), lights=np.zeros(0, dtype=np.int64))
    when = appointment(goal, goal_stretch(route, goal), now, route.start_m, 13.0)
    assert when.shape == (1, 11)
    assert when[0, :2] == pytest.approx([6.0, 6.7])  # a little early, while there is time for that
    untimed = dataclasses.replace(goal, time_ns=None)
    assert appointment(untimed, goal_stretch(route, untimed), now, route.start_m, 13.0).shape == (0, 11)


def test_who_is_there_in_time_pays_next_to_nothing() -> None:
    assert late_or_early(at_speed(10.0), PATH, meeting(4.0, 5.0, 35.0, 55.0), CLOCK_S) < 0.5


@pytest.mark.parametrize("speed", [4.0, 16.0])
def test_late_and_early_both_cost(speed: float) -> None:
    assert late_or_early(at_speed(speed), PATH, meeting(4.0, 5.0, 40.0, 50.0), CLOCK_S) > 5.0


def test_the_wrong_speed_and_the_wrong_place_across_cost() -> None:
    kept = late_or_early(at_speed(10.0), PATH, meeting(4.0, 5.0, 35.0, 55.0), CLOCK_S)
    assert late_or_early(at_speed(10.0), PATH, meeting(4.0, 5.0, 35.0, 55.0, least=13.0), CLOCK_S) > kept + 3.0
    beside = PATH.copy()
    beside[:, 6] = 2.5
    assert late_or_early(at_speed(10.0), beside, meeting(4.0, 5.0, 35.0, 55.0), CLOCK_S) > kept + 3.0


def test_beyond_the_horizon_what_can_still_be_made_up_costs_little() -> None:
    far = meeting(14.0, 15.0, 140.0, 150.0)
    assert late_or_early(at_speed(10.0), PATH, far, CLOCK_S) < 1.0
    assert late_or_early(at_speed(2.0), PATH, meeting(7.0, 7.5, 140.0, 150.0), CLOCK_S) > 10.0


def test_a_slow_bend_before_the_goal_is_reckoned_with() -> None:
    far = meeting(14.0, 15.0, 140.0, 150.0)
    behind_a_bend = np.cumsum(1.0 / np.where(np.arange(200) < 100, 15.0, 5.0))
    assert late_or_early(at_speed(10.0), PATH, far, behind_a_bend) > late_or_early(at_speed(10.0), PATH, far, CLOCK_S)
    assert late_or_early(at_speed(13.5), PATH, meeting(17.0, 18.0, 140.0, 150.0), behind_a_bend) < 1.0


def test_an_appointment_that_is_over_costs_nothing_any_more() -> None:
    assert late_or_early(at_speed(3.0), PATH, meeting(-3.0, -1.0, 40.0, 50.0), CLOCK_S) == 0.0


def test_the_end_of_the_time_is_the_end() -> None:
    just_in, just_not = 15.0 * 4.5 - 0.1, 15.0 * 4.5 + 0.1
    assert late_or_early(at_speed(15.0), PATH, meeting(4.0, 4.5, just_in, just_in + 2.0), CLOCK_S) < 1.0
    assert late_or_early(at_speed(15.0), PATH, meeting(4.0, 4.5, just_not, just_not + 2.0), CLOCK_S) > 5.0


def test_the_wanted_heading_is_part_of_it(by_hand: SimpleNamespace) -> None:
    when = meeting(4.0, 5.0, 35.0, 55.0)
    when[9:] = 0.2, 0.1
    assert late_or_early(at_speed(10.0), PATH, when, CLOCK_S) > 5.0
    turned = at_speed(10.0)
    turned[:, 2], turned[:, 3] = np.cos(0.15), np.sin(0.15)
    assert late_or_early(turned, PATH, when, CLOCK_S) < 0.5
    goal = Goal(x_min_m=95.0, x_max_m=105.0, y_min_m=-1.5, y_max_m=1.5, yaw_rad=(3.0, -3.0), time_ns=(0, 9_000_000_000))
    route, task = route_to(by_hand, goal), by_hand.scenario()
    now = Scene(time_ns=0, ego=task.start, others=by_hand.tracks([], 1), lights=np.zeros(0, dtype=np.int64))
    middle, half = appointment(goal, goal_stretch(route, goal), now, route.start_m, 13.0)[0, 9:].tolist()
    assert middle == pytest.approx(np.pi, abs=0.01)  # the interval runs across the half turn
    assert 0.1 < half < 0.15
