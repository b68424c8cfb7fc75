"""Where a wished turn or stop leads to in the built-in city."""

from __future__ import annotations

import math

import numpy as np
import pytest

from zhixing.datatypes.road import LaneKind
from zhixing.datatypes.scene import EgoState
from zhixing.driving.lane_map import LaneMap, build_lane_map, lane_map_of
from zhixing.driving.route import find_route
from zhixing.simulation.city import build_city
from zhixing.simulation.city_crossroads import Layout
from zhixing.simulation.city_ways import beside, left_to, next_turn, place_to_stop
from zhixing.testing.crossroads import through


@pytest.fixture(scope="module")
def city() -> LaneMap:
    return build_lane_map(build_city(3))


def on(city: LaneMap, lane: int, share: float, speed_mps: float = 10.0) -> EgoState:
    xy, s = city.lane_xy_m(lane), city.lane_s_m(lane)
    x, y = (float(np.interp(share * s[-1], s, xy[:, axis])) for axis in (0, 1))
    return EgoState(x_m=x, y_m=y, yaw_rad=city.project(lane, x, y)[2], speed_mps=speed_mps)


def streets(city: LaneMap) -> list[int]:
    """Return the driving lanes of long streets outside junctions."""
    return [
        k
        for k, lane in enumerate(city.road.lanes)
        if lane.kind == LaneKind.DRIVING and lane.junction < 0 and city.length_m[k] > 100.0
    ]


@pytest.mark.parametrize("to_left", [True, False])
def test_the_route_to_a_turn_takes_that_turn(city: LaneMap, to_left: bool) -> None:
    num_taken = 0
    for lane in streets(city)[::5]:
        ego = on(city, lane, 0.2)
        place = next_turn(city, ego, to_left=to_left)
        if place is None:
            continue
        line = find_route(city, ego, place.goal).line
        begin, end = np.searchsorted(line.s_m, [0.0, line.goal_m])
        turned = math.degrees(float(line.yaw_rad[min(end, line.yaw_rad.size - 1)] - line.yaw_rad[begin]))
        if place.distance_m < 1.2 * city.length_m[lane] and city.road.lanes[lane].lane_id.count("e"):
            assert (turned > 60.0) == to_left, (city.road.lanes[lane].lane_id, turned)
            num_taken += 1
    assert num_taken >= 3


def test_where_it_is_too_late_for_a_turn_it_is_the_one_after(city: LaneMap) -> None:
    lane = next(k for k in streets(city) if len(beside(city, k)) == 2 and beside(city, k)[1] == k)
    early, late = (next_turn(city, on(city, lane, share), to_left=True) for share in (0.1, 0.97))
    assert early is not None
    assert late is not None
    assert early.distance_m < float(city.length_m[lane])
    assert late.distance_m > float(city.length_m[lane]) * 0.03 + 50.0


def test_a_stop_is_at_the_right_outside_junctions_with_room_to_brake_gently(city: LaneMap) -> None:
    for lane in streets(city)[::3]:
        for speed in (0.0, 8.0, 16.0):
            ego = on(city, lane, 0.4, speed)
            place = place_to_stop(city, ego)
            if place is None:
                continue
            noun = city.road.lanes[place.lane]
            assert noun.junction < 0
            assert beside(city, place.lane)[-1] == place.lane
            assert noun.speed_limit_mps < 70.0 / 3.6
            assert place.distance_m >= speed**2 / (2.0 * 2.0)
            assert place.s_m <= float(city.length_m[place.lane]) - 20.0
            if place.lane in beside(city, lane):
                assert left_to(city, place, ego) == pytest.approx(place.distance_m, rel=0.15)  # lanes of a bend differ
            else:
                assert left_to(city, place, ego) == math.inf


def test_there_is_nearly_always_a_turn_and_a_place_to_stop(city: LaneMap) -> None:
    egos = [on(city, lane, share) for lane in streets(city) for share in (0.1, 0.9)]
    assert all(next_turn(city, ego, to_left=False) for ego in egos)
    assert sum(next_turn(city, ego, to_left=True) is not None for ego in egos) > 0.95 * len(egos)
    assert sum(place_to_stop(city, ego) is not None for ego in egos) > 0.95 * len(egos)


def test_off_the_road_there_is_neither(city: LaneMap) -> None:
    ego = EgoState(x_m=9e4, y_m=9e4, yaw_rad=0.0, speed_mps=3.0)
    assert next_turn(city, ego, to_left=True) is None
    assert place_to_stop(city, ego) is None


@pytest.mark.parametrize(("lane_in", "to_left", "lane_out"), [("0>/0", True, "3</0"), ("0>/1", False, "1</1")])
def test_a_turn_through_a_waiting_area_is_one_turn(lane_in: str, to_left: bool, lane_out: str) -> None:
    task = through(Layout(left_waits=True, straight_waits=True), lane_in, lane_out)
    place = next_turn(lane_map_of(task.road), task.start, to_left=to_left)
    assert place is not None
    assert task.road.lanes[place.lane].lane_id == lane_out
