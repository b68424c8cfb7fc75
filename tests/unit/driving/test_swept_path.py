"""The body of the car fits through bends for which the middle of the lane is too tight."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhixing.datatypes.road import Lane, LaneKind, Road
from zhixing.datatypes.scene import EgoBody, EgoState, Goal
from zhixing.datatypes.shapes import FloatArray
from zhixing.driving.bicycle import steer_along_rad
from zhixing.driving.lane_map import LaneMap, build_lane_map
from zhixing.driving.line import Line
from zhixing.driving.road_edge import road_edge
from zhixing.driving.route import Route, find_route
from zhixing.driving.swept_path import _overhang, fit_to_body, tightest_1pm
from zhixing.simulation.drivable import drivable_area

BODY = EgoBody()


def bend(radius_m: float, width_m: float, side: float = 1.0, straight_m: float = 40.0) -> tuple[Route, LaneMap]:
    """Return the route round a corner of a single lane, to the left or (-1) to the right."""
    turn = np.linspace(0.0, 0.5 * math.pi, 12)[1:-1]
    arc = np.stack((straight_m + radius_m * np.sin(turn), radius_m * (1.0 - np.cos(turn))), axis=-1)
    into = np.stack((np.arange(0.0, straight_m + 0.1, 2.0), np.zeros(int(straight_m / 2) + 1)), axis=-1)
    out = np.stack((np.full(21, straight_m + radius_m), radius_m + np.arange(0.0, 41.0, 2.0)), axis=-1)
    centre = np.concatenate((into, arc, out)) * np.array([1.0, side])
    tangent = np.gradient(centre, axis=0)
    tangent /= np.hypot(tangent[:, 0], tangent[:, 1])[:, None]
    normal = np.stack((-tangent[:, 1], tangent[:, 0]), axis=-1)
    lane = Lane(
        lane_id="bend", kind=LaneKind.DRIVING, centre_xy_m=centre, left_xy_m=centre + 0.5 * width_m * normal,
        right_xy_m=centre - 0.5 * width_m * normal, speed_limit_mps=10.0,
    )  # fmt: skip
    lane_map = build_lane_map(Road(name="bend", lanes=(lane,), successors=((),)))
    x, y = centre[-6].tolist()
    goal = Goal(x_min_m=x - 2.0, x_max_m=x + 2.0, y_min_m=y - 2.0, y_max_m=y + 2.0)
    return find_route(lane_map, EgoState(x_m=5.0, y_m=0.0, yaw_rad=0.0, speed_mps=5.0), goal), lane_map


def overhang_m(line: Line, lane_map: LaneMap, first: int, last: int) -> FloatArray:
    """Return how far a corner of the body is off the road along a line."""
    size = np.array([0.5 * BODY.length_m, 0.5 * BODY.width_m, 0.5 * BODY.wheelbase_m, tightest_1pm(BODY)])
    normal = np.stack((-np.sin(line.yaw_rad), np.cos(line.yaw_rad)), axis=-1)
    shift = np.zeros(line.s_m.shape[0])
    return _overhang(line.xy_m, normal, shift, size, first, last, road_edge(lane_map))


@pytest.mark.parametrize("side", [1.0, -1.0])
def test_a_corner_that_the_middle_of_the_lane_misses_is_driven_within_the_tolerance(side: float) -> None:
    route, lane_map = bend(5.5, 2.9, side)
    fitted = fit_to_body(route, BODY, lane_map)
    assert overhang_m(route.line, lane_map, 6, 80).max() > 0.12
    assert overhang_m(fitted.line, lane_map, 6, 80).max() < 0.1
    area = drivable_area(lane_map.road)
    for (x, y), yaw, curvature in zip(
        fitted.line.xy_m[6:80].tolist(),
        fitted.line.yaw_rad[6:80].tolist(),
        fitted.line.curvature_radpm[6:80].tolist(),
        strict=True,
    ):
        heading = yaw - math.asin(0.5 * BODY.wheelbase_m * curvature)
        assert area.contains_box(np.array([x, y, heading, BODY.length_m, BODY.width_m]))


def test_a_bend_is_never_tighter_than_the_wheels_turn() -> None:
    route, lane_map = bend(4.0, 4.5)
    assert np.abs(route.line.curvature_radpm).max() > tightest_1pm(BODY)
    fitted = fit_to_body(route, BODY, lane_map)
    assert np.abs(fitted.line.curvature_radpm).max() < 1.1 * tightest_1pm(BODY)


@pytest.mark.parametrize(("width_m", "most_radpm"), [(4.5, 0.056), (3.6, 0.062)])
def test_where_there_is_room_the_wheel_is_turned_gradually(width_m: float, most_radpm: float) -> None:
    route, lane_map = bend(4.0, width_m)
    line = fit_to_body(route, BODY, lane_map).line
    turned_radpm = np.gradient(steer_along_rad(line.curvature_radpm, 1.0, BODY.wheelbase_m), line.s_m)
    assert np.abs(turned_radpm[10:80]).max() < most_radpm


@given(st.floats(4.5, 25.0), st.floats(2.8, 5.0), st.sampled_from([-1.0, 1.0]))
@settings(max_examples=12, deadline=None)
def test_it_never_gets_worse_and_nothing_else_moves(radius_m: float, width_m: float, side: float) -> None:
    route, lane_map = bend(radius_m, width_m, side)
    fitted = fit_to_body(route, BODY, lane_map)
    before, after = (overhang_m(one.line, lane_map, 6, 80) for one in (route, fitted))
    assert after.max() <= max(before.max(), 0.12) + 0.03
    assert fitted.line.xy_m[:10] == pytest.approx(route.line.xy_m[:10], abs=0.05)
    assert np.diff(fitted.line.s_m).min() > 0.8
    arrays = (fitted.limit_mps, fitted.room_m, fitted.beside_m, fitted.line.curvature_radpm)
    assert {array.shape[0] for array in arrays} == {fitted.line.s_m.shape[0]}


def test_where_the_body_fits_the_line_stays() -> None:
    route, lane_map = bend(20.0, 3.6)
    assert fit_to_body(route, BODY, lane_map).line.xy_m == pytest.approx(route.line.xy_m, abs=1e-2)


def test_a_bend_is_not_driven_on_the_lane_beside_without_need() -> None:
    alone, lane_map = bend(3.0, 2.4)
    lane = lane_map.road.lanes[0]
    beside = Lane(
        lane_id="beside", kind=LaneKind.DRIVING, centre_xy_m=2.0 * lane.right_xy_m - lane.centre_xy_m,
        left_xy_m=lane.right_xy_m, right_xy_m=3.0 * lane.right_xy_m - 2.0 * lane.centre_xy_m, speed_limit_mps=10.0,
        left_lane=0,
    )  # fmt: skip
    both = build_lane_map(Road(name="both", lanes=(replace(lane, right_lane=1), beside), successors=((), ())))
    goal = Goal(
        x_min_m=alone.line.xy_m[-8, 0] - 2.0, x_max_m=alone.line.xy_m[-8, 0] + 2.0,
        y_min_m=alone.line.xy_m[-8, 1] - 2.0, y_max_m=alone.line.xy_m[-8, 1] + 2.0,
    )  # fmt: skip
    fitted = fit_to_body(find_route(both, EgoState(x_m=5.0, y_m=0.0, yaw_rad=0.0, speed_mps=5.0), goal), BODY, both)
    before = fitted.line.xy_m[:, 0] < 38.0
    assert fitted.line.xy_m[before, 1].min() > -0.65  # the lane beside counting for nothing, it was a metre
