"""Routes to regions, to lanes, and to nowhere in particular."""

from __future__ import annotations

import math
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from zhixing.datatypes.road import Lane, Road
from zhixing.datatypes.scene import EgoState, Goal
from zhixing.datatypes.shapes import FloatArray
from zhixing.driving.lane_map import build_lane_map
from zhixing.driving.route import Route, find_route

NOWHERE = Goal(x_min_m=-math.inf, x_max_m=math.inf, y_min_m=-math.inf, y_max_m=math.inf, time_ns=(0, 10**10))


def region(*outlines: FloatArray, yaw_rad: tuple[float, float] | None = None) -> Goal:
    around = np.concatenate(outlines)
    (x_min, y_min), (x_max, y_max) = around.min(axis=0).tolist(), around.max(axis=0).tolist()
    return Goal(
        x_min_m=x_min, x_max_m=x_max, y_min_m=y_min, y_max_m=y_max, outlines_xy_m=tuple(outlines), yaw_rad=yaw_rad
    )


def box(x_min: float, x_max: float, y_min: float, y_max: float) -> FloatArray:
    return np.array([[x_min, y_min], [x_max, y_min], [x_max, y_max], [x_min, y_max]])


def outline(lane: Lane) -> FloatArray:
    return np.concatenate((lane.left_xy_m, lane.right_xy_m[::-1]))


def route(road: Road, x_m: float, y_m: float, to: Goal, *, yaw_rad: float = 0.0, speed_mps: float = 8.0) -> Route:
    return find_route(build_lane_map(road), EgoState(x_m=x_m, y_m=y_m, yaw_rad=yaw_rad, speed_mps=speed_mps), to)


def height_at(found: Route, x_m: float) -> float:
    return float(np.interp(x_m, found.line.xy_m[:, 0], found.line.xy_m[:, 1]))


def test_without_a_place_to_go_the_route_follows_the_lane(by_hand: SimpleNamespace) -> None:
    found = route(by_hand.street(), 10.0, 3.3, NOWHERE)
    assert found.is_mapped
    assert np.abs(found.line.xy_m[:, 1] - 3.5).max() < 0.05
    assert found.goal_m - found.start_m == pytest.approx(290.0, abs=1.0)
    assert found.stop_m.size == 0


def test_without_a_place_to_go_the_route_goes_straight_on_in_a_junction(by_hand: SimpleNamespace) -> None:
    road = by_hand.crossing()
    curve = [(100.0, 0.0), (108.0, -2.0), (110.0, -10.0)]
    right = by_hand.lane("right", curve, junction=0, turn="right")
    turning = replace(road, lanes=(*road.lanes, right), successors=((6, 1), *road.successors[1:], ()))
    found = route(turning, 10.0, 0.0, NOWHERE)
    assert np.abs(found.line.xy_m[:250, 1]).max() < 0.05
    assert found.junction_m.shape[0] == 1


def test_without_a_place_to_go_a_lane_that_ends_is_left_for_its_neighbour(by_hand: SimpleNamespace) -> None:
    road = by_hand.street()
    ends = replace(road, successors=((2,), (), (), (), ()))
    found = route(ends, 10.0, 3.5, NOWHERE)
    assert height_at(found, 12.0) == pytest.approx(3.5, abs=0.2)
    assert height_at(found, 90.0) == pytest.approx(0.0, abs=0.1)
    assert found.goal_m - found.start_m == pytest.approx(290.0, abs=1.0)


def test_a_ring_ends_some_time(by_hand: SimpleNamespace) -> None:
    angle = np.linspace(0.0, 2.0 * math.pi, 60)
    points = list(zip((30.0 * np.sin(angle)).tolist(), (-30.0 * np.cos(angle)).tolist(), strict=True))
    ring = Road(name="ring", lanes=(by_hand.lane("ring", points),), successors=((0,),))
    found = route(ring, 0.0, -30.0, NOWHERE)
    assert 1000.0 < found.line.s_m[-1] < 1500.0


def test_the_route_leads_through_the_middle_of_the_lane_that_is_the_goal(by_hand: SimpleNamespace) -> None:
    road = by_hand.street()
    found = route(road, 10.0, 0.0, region(outline(road.lanes[3])))
    assert found.is_mapped
    assert height_at(found, 200.0) == pytest.approx(3.5, abs=0.1)
    assert found.goal_m - found.start_m == pytest.approx(190.0, abs=2.0)


def test_the_goal_of_who_starts_within_it_lies_ahead(by_hand: SimpleNamespace) -> None:
    road = by_hand.street()
    found = route(road, 280.0, 0.0, region(outline(road.lanes[2])))
    assert found.is_mapped
    assert found.goal_m > found.start_m


def test_a_small_goal_beside_the_middle_of_a_lane_is_hit(by_hand: SimpleNamespace) -> None:
    small = region(box(200.0, 202.0, 0.7, 2.3))
    found = route(by_hand.street(), 10.0, 0.0, small)
    assert height_at(found, 201.0) == pytest.approx(1.5, abs=0.2)
    assert height_at(found, 100.0) == pytest.approx(0.0, abs=0.1)


def test_any_of_several_regions_that_can_be_reached_will_do(by_hand: SimpleNamespace) -> None:
    both = region(box(15.0, 25.0, 6.0, 8.0), box(200.0, 220.0, -1.0, 1.0))  # the first on the lane that comes back
    found = route(by_hand.street(), 50.0, 0.0, both)
    assert found.is_mapped
    assert found.goal_m - found.start_m == pytest.approx(160.0, abs=2.0)


def test_the_heading_that_is_asked_for_chooses_the_lane(by_hand: SimpleNamespace) -> None:
    wide = box(150.0, 160.0, -1.7, 8.7)
    east = route(by_hand.street(), 250.0, 7.0, region(wide, yaw_rad=(3.0, 3.3)), yaw_rad=math.pi)
    assert east.is_mapped
    assert height_at(replace(east, line=replace(east.line, xy_m=east.line.xy_m[::-1])), 155.0) == pytest.approx(
        7.0, abs=0.1
    )
    across = route(by_hand.street(), 250.0, 7.0, region(wide, yaw_rad=(-0.1, 0.1)), yaw_rad=math.pi)
    assert not across.is_mapped


def test_where_no_limit_is_signed_who_starts_faster_goes_on_so(by_hand: SimpleNamespace) -> None:
    road = by_hand.street()
    unsigned = replace(road, lanes=tuple(replace(lane, speed_limit_mps=math.inf) for lane in road.lanes))
    assert (route(unsigned, 10.0, 0.0, NOWHERE, speed_mps=25.0).limit_mps == 25.0).all()
    assert (route(unsigned, 10.0, 0.0, NOWHERE, speed_mps=5.0).limit_mps == 13.9).all()
    assert (route(road, 10.0, 0.0, NOWHERE, speed_mps=25.0).limit_mps == 10.0).all()
