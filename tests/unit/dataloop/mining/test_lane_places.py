"""A point is on the lanes that have it between their edges, wherever it lies on them."""

from __future__ import annotations

import math
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from zhixing.dataloop.mining.lane_places import places_on
from zhixing.datatypes.road import Lane, LaneKind, Road, lane_along
from zhixing.driving.lane_map import build_lane_map

POINTS = 101
STEP_RAD = 2.0 * math.pi / (POINTS - 1)


def ring(points: int = POINTS) -> Lane:
    """Return a lane 4 m wide that goes round the origin, 30 m away, once."""
    turn = np.linspace(0.0, 2.0 * math.pi, points)
    return lane_along("ring", 30.0 * np.stack((np.cos(turn), np.sin(turn)), axis=-1), 4.0, 10.0)


def road(*lanes: Lane) -> Road:
    return Road(name="by-hand", lanes=lanes, successors=((),) * len(lanes))


@given(st.floats(0.05, 2.0 * math.pi - 0.05), st.floats(20.0, 40.0))
@example(4.900390625, 31.0)
def test_places_are_where_the_driver_has_them(turn_rad: float, away_m: float) -> None:
    round_lane = road(ring())
    x_m, y_m = away_m * math.cos(turn_rad), away_m * math.sin(turn_rad)
    places = places_on(round_lane, np.array([[x_m, y_m]]))
    s_m, offset_m, yaw_rad = build_lane_map(round_lane).project(0, x_m, y_m)
    if abs(offset_m) < 2.0:
        assert places.lane.tolist() == [0]
        assert places.s_m[0] == pytest.approx(s_m)
        assert places.offset_m[0] == pytest.approx(offset_m)
        # A bend's corner is the nearest point of both its sides: either direction is right there.
        corner_m = np.abs(build_lane_map(round_lane).s_m - s_m).min()
        assert places.yaw_rad[0] == pytest.approx(yaw_rad, abs=1e-6 if corner_m > 1e-6 else STEP_RAD + 1e-6)
        assert places.width_m[0] == pytest.approx(4.0, abs=0.01)
    if abs(offset_m) > 2.2:
        assert not places.lane.size


def test_beside_a_lane_one_is_on_it_in_junctions_only() -> None:
    straight = lane_along("x", np.array([[0.0, 0.0], [50.0, 0.0]]), 3.0, 10.0)
    points = np.array([[10.0, 0.0], [10.0, 3.0], [10.0, 4.2], [51.0, 0.0], [-1.0, 0.0]])
    for lane, on in (
        (straight, [0]),
        (replace(straight, junction=0), [0, 1]),
        (replace(straight, junction=0, kind=LaneKind.CROSSING), [0]),
    ):
        places = places_on(road(lane), points)
        assert places.point.tolist() == on
        assert places.outside_m.tolist() == pytest.approx([0.0, 1.4][: len(on)])


def test_points_that_are_there_twice_and_lanes_of_no_length_do_no_harm(by_hand: SimpleNamespace) -> None:
    twice = np.array([[0.0, 0.0], [0.0, 0.0], [10.0, 0.0], [10.0, 0.0], [20.0, 0.0], [20.0, 0.0]])
    side = np.array([0.0, 1.5])
    lane = replace(ring(7), centre_xy_m=twice, left_xy_m=twice + side, right_xy_m=twice - side)
    dot = np.zeros((3, 2))
    nothing = replace(lane, centre_xy_m=dot, left_xy_m=dot + side, right_xy_m=dot - side)
    places = places_on(road(nothing, lane), np.array([[5.0, 1.0], [-0.5, 0.0], [20.5, 0.0], [0.0, 0.0]]))
    assert places.lane.tolist() == [1, 1]
    assert places.point.tolist() == [0, 3]
    assert places.s_m.tolist() == [5.0, 0.0]
    assert not places_on(road(), np.zeros((1, 2))).lane.size


@given(st.floats(-math.pi, math.pi))
@example(0.0)
def test_a_lane_is_a_little_longer_than_drawn_wherever_it_runs(yaw_rad: float) -> None:
    ahead = np.array([math.cos(yaw_rad), math.sin(yaw_rad)])
    lane = lane_along("short", np.outer([0.0, 20.0], ahead), 3.0, 10.0)
    places = places_on(road(lane), np.outer([-0.6, -0.3, 20.3, 20.6], ahead))
    assert places.point.tolist() == [1, 2]
