from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhixing.datatypes.road import LaneKind, Road
from zhixing.driving.lane_map import build_lane_map, drivable_room_m, project

BEND = np.array([[0.0, 0.0], [10.0, 0.0], [10.0, 10.0]])
BEND_S = np.array([0.0, 10.0, 20.0])


def test_the_nearest_lane_is_the_one_that_runs_the_same_way(by_hand: SimpleNamespace) -> None:
    lane_map = build_lane_map(by_hand.street())
    lane, s_m, offset_m = lane_map.nearest(50.0, 5.4, 0.0)
    assert (lane, s_m) == (1, 50.0)
    assert offset_m == pytest.approx(1.9)
    assert lane_map.nearest(50.0, 5.4, math.pi)[0] == 4
    assert lane_map.nearest(50.0, 5.4)[0] == 4


def test_nothing_is_near_in_the_middle_of_nowhere(by_hand: SimpleNamespace) -> None:
    lane_map = build_lane_map(by_hand.street())
    assert lane_map.nearest(50.0, 500.0)[0] == -1
    assert lane_map.nearest(50.0, 1.0, kinds=frozenset({LaneKind.BIKING}))[0] == -1


def test_a_road_without_lanes_is_an_empty_map() -> None:
    lane_map = build_lane_map(Road(name="none", lanes=(), successors=()))
    assert lane_map.nearest(0.0, 0.0)[0] == -1


@given(st.floats(-20.0, 30.0), st.floats(-20.0, 30.0))
def test_no_point_of_a_polyline_is_nearer_than_the_projected_one(x: float, y: float) -> None:
    s_m, offset_m, _ = project(x, y, BEND, BEND_S)
    along = np.linspace(0.0, 20.0, 401)
    points = np.stack((np.interp(along, BEND_S, BEND[:, 0]), np.interp(along, BEND_S, BEND[:, 1])), axis=-1)
    assert 0.0 <= s_m <= 20.0
    assert abs(offset_m) <= np.hypot(points[:, 0] - x, points[:, 1] - y).min() + 1e-9


@pytest.mark.parametrize(("y_m", "sign"), [(2.0, 1.0), (-2.0, -1.0)])
def test_left_is_positive(y_m: float, sign: float) -> None:
    assert project(5.0, y_m, BEND, BEND_S) == (5.0, 2.0 * sign, 0.0)


def room(lane_map: Any, x_m: float, y_m: float, yaw_rad: float, *, both_ways: bool = False) -> tuple[float, float]:
    right_m, left_m = drivable_room_m(
        x_m,
        y_m,
        yaw_rad,
        8.0,
        lane_map.first,
        lane_map.xy_m,
        lane_map.s_m,
        lane_map.half_width_m,
        lane_map.box_m,
        lane_map.kind == LaneKind.DRIVING,
        both_ways,
    )
    return float(right_m), float(left_m)


def test_room_reaches_over_all_lanes_of_the_same_way_only(by_hand: SimpleNamespace) -> None:
    lane_map = build_lane_map(by_hand.street())
    assert room(lane_map, 50.0, 0.0, 0.0) == pytest.approx((1.75, 5.25))
    assert room(lane_map, 50.0, 3.5, 0.0) == pytest.approx((5.25, 1.75))
    assert room(lane_map, 50.0, 7.0, math.pi) == pytest.approx((1.75, 1.75))


def test_room_both_ways_reaches_over_the_lanes_of_those_who_come(by_hand: SimpleNamespace) -> None:
    lane_map = build_lane_map(by_hand.street())
    assert room(lane_map, 50.0, 0.0, 0.0, both_ways=True) == pytest.approx((1.75, 8.0))  # no farther than one looks
    assert room(lane_map, 50.0, 3.5, 0.0, both_ways=True) == pytest.approx((5.25, 5.25))
    assert room(lane_map, 50.0, 7.0, math.pi, both_ways=True) == pytest.approx((1.75, 8.0))


def test_there_is_no_room_off_the_road(by_hand: SimpleNamespace) -> None:
    lane_map = build_lane_map(by_hand.street())
    assert room(lane_map, 50.0, -30.0, 0.0) == (0.0, 0.0)
    assert room(lane_map, 350.0, 0.0, 0.0) == (0.0, 0.0)
