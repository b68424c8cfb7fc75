from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from zhixing.datatypes.scene import EgoState, Goal
from zhixing.datatypes.shapes import FloatArray, edge_distance_m, is_inside

PLAIN = Goal(x_min_m=0.0, x_max_m=10.0, y_min_m=-2.0, y_max_m=2.0)
BENT = np.array([[0.0, 0.0], [6.0, 0.0], [6.0, 2.0], [2.0, 2.0], [2.0, 6.0], [0.0, 6.0]])


def ego(x_m: float = 5.0, y_m: float = 0.0, yaw_rad: float = 0.0, speed_mps: float = 5.0) -> EgoState:
    return EgoState(x_m=x_m, y_m=y_m, yaw_rad=yaw_rad, speed_mps=speed_mps)


def test_a_rectangle_is_reached_whenever_and_however_one_arrives() -> None:
    assert PLAIN.has_place
    assert PLAIN.is_reached(ego(10.0, 2.0, yaw_rad=3.0, speed_mps=40.0), 10**15)
    assert not PLAIN.is_reached(ego(10.1), 0)


def test_time_speed_and_heading_count_where_they_are_asked_for() -> None:
    asked = replace(PLAIN, time_ns=(10, 20), speed_mps=(4.0, 6.0), yaw_rad=(-0.1, 0.1))
    assert asked.is_reached(ego(), 10)
    assert asked.is_reached(ego(), 20)
    assert asked.is_reached(ego(yaw_rad=2.0 * math.pi - 0.05), 15)
    for state, time_ns in (
        (ego(), 9),
        (ego(), 21),
        (ego(speed_mps=3.9), 15),
        (ego(speed_mps=6.1), 15),
        (ego(yaw_rad=0.11), 15),
        (ego(yaw_rad=math.pi), 15),
        (ego(x_m=11.0), 15),
    ):
        assert not asked.is_reached(state, time_ns)


def test_standing_still_is_a_speed_that_can_be_asked_for() -> None:
    asked = replace(PLAIN, speed_mps=(0.0, 0.0), time_ns=(0, 0))
    assert asked.is_reached(ego(speed_mps=0.0), 0)
    assert not asked.is_reached(ego(speed_mps=0.1), 0)
    assert not asked.is_reached(ego(speed_mps=0.0), 1)


@pytest.mark.parametrize(("yaw_rad", "is_in"), [(3.1, True), (-3.1, True), (2.9, False), (-2.8, False), (0.0, False)])
def test_headings_run_across_the_half_turn(yaw_rad: float, is_in: bool) -> None:
    assert replace(PLAIN, yaw_rad=(3.0, 3.4)).is_reached(ego(yaw_rad=yaw_rad), 0) is is_in
    assert (
        replace(PLAIN, yaw_rad=(3.0 - 2.0 * math.pi, 3.4 - 2.0 * math.pi)).is_reached(ego(yaw_rad=yaw_rad), 0) is is_in
    )


def test_an_outline_narrows_the_rectangle_and_any_of_several_will_do() -> None:
    both = replace(PLAIN, y_max_m=6.0, outlines_xy_m=(BENT, BENT + np.array([7.0, -1.0])))
    assert both.contains(1.0, 5.0)
    assert both.contains(8.0, 0.0)
    assert not both.contains(4.0, 4.0)
    assert not both.contains(8.0, 5.5)


def test_a_goal_that_is_nowhere_is_everywhere() -> None:
    anywhere = Goal(x_min_m=-math.inf, x_max_m=math.inf, y_min_m=-math.inf, y_max_m=math.inf, time_ns=(5, 6))
    assert not anywhere.has_place
    assert anywhere.is_reached(ego(1e9, -1e9), 5)
    assert not anywhere.is_reached(ego(), 7)


def test_alternatives_have_conditions_of_their_own() -> None:
    slow = replace(PLAIN, speed_mps=(0.0, 1.0))
    other = replace(PLAIN, x_min_m=100.0, x_max_m=110.0, time_ns=(0, 5))
    either = replace(slow, alternatives=(other,))
    assert either.is_reached(ego(speed_mps=1.0), 9)
    assert either.is_reached(ego(105.0, speed_mps=9.0), 5)
    assert not either.is_reached(ego(105.0, speed_mps=9.0), 6)
    assert not either.is_reached(ego(speed_mps=9.0), 5)


@given(st.floats(-1.0, 7.0), st.floats(-1.0, 7.0), st.floats(-math.pi, math.pi))
def test_inside_and_distance_agree_with_shapely(x_m: float, y_m: float, turn_rad: float) -> None:
    c, s = math.cos(turn_rad), math.sin(turn_rad)
    outline: FloatArray = BENT @ np.array([[c, s], [-s, c]])
    point = np.array([[x_m, y_m]]) @ np.array([[c, s], [-s, c]])
    polygon = shapely.Polygon(outline)
    away = float(polygon.exterior.distance(shapely.Point(*point[0])))
    assert edge_distance_m(point, outline)[0] == pytest.approx(away, abs=1e-9)
    if away > 1e-5:
        assert bool(is_inside(point, outline)[0]) == bool(polygon.contains(shapely.Point(*point[0])))
    elif away < 1e-7:
        assert is_inside(point, outline)[0]
