from __future__ import annotations

import math
from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest

from zhixing.datatypes.road import LaneKind, Road
from zhixing.datatypes.shapes import FloatArray
from zhixing.simulation.drivable import drivable_area, lane_turn_rad


def box(x: float, y: float, yaw: float = 0.0, length: float = 4.8, width: float = 1.9) -> FloatArray:
    return np.array([x, y, yaw, length, width])


@pytest.mark.parametrize(
    ("y_m", "expected"),
    [(0.0, True), (-0.80, True), (-1.09, True), (-1.11, False), (-5.0, False), (7.0 + 1.09, True), (7.0 + 1.11, False)],
)
def test_a_corner_may_be_thirty_centimetres_outside(by_hand: SimpleNamespace, y_m: float, expected: bool) -> None:
    # The lanes end at y = -1.75 and 8.75, the ego is 0.95 m wide to each side.
    assert drivable_area(by_hand.street()).contains_box(box(50.0, y_m)) is expected


def test_one_corner_is_enough_to_be_off_the_road(by_hand: SimpleNamespace) -> None:
    area = drivable_area(by_hand.street())
    assert area.contains_box(box(50.0, -0.5))
    assert not area.contains_box(box(50.0, -0.5, yaw=0.5))


def test_no_road_goes_on_beyond_its_end(by_hand: SimpleNamespace) -> None:
    assert not drivable_area(by_hand.street()).contains_box(box(299.0, 0.0))


def test_a_bike_lane_is_no_place_for_cars(by_hand: SimpleNamespace) -> None:
    lanes = (
        by_hand.lane("car", by_hand.straight((0, 0), (100, 0))),
        by_hand.lane("bike", by_hand.straight((0, -3), (100, -3)), kind=LaneKind.BIKING, width=2.5),
    )
    area = drivable_area(Road(name="with bikes", lanes=lanes, successors=((), ())))
    assert not area.contains_box(box(50.0, -2.5))


def test_what_the_lanes_of_a_junction_enclose_is_drivable(by_hand: SimpleNamespace) -> None:
    sides = [((0, 0), (40, 0)), ((40, 0), (40, 40)), ((40, 40), (0, 40)), ((0, 40), (0, 0))]
    ring = [by_hand.lane(str(k), by_hand.straight(a, b), junction=0) for k, (a, b) in enumerate(sides)]
    inside = Road(name="junction", lanes=tuple(ring), successors=((), (), (), ()), num_junctions=1)
    assert drivable_area(inside).contains_box(box(20.0, 20.0))
    assert drivable_area(inside).is_in_junction(20.0, 20.0)
    block = [by_hand.lane(str(k), by_hand.straight(a, b)) for k, (a, b) in enumerate(sides)]
    outside = Road(name="block of houses", lanes=tuple(block), successors=((), (), (), ()))
    assert not drivable_area(outside).contains_box(box(20.0, 20.0))
    assert not drivable_area(outside).is_in_junction(20.0, 20.0)


def test_a_rounding_gap_between_lanes_is_no_ditch(by_hand: SimpleNamespace) -> None:
    def two_lanes(gap: float) -> Road:
        lanes = (
            by_hand.lane("low", by_hand.straight((0, 0), (100, 0))),
            by_hand.lane("high", by_hand.straight((0, 3.5 + gap), (100, 3.5 + gap))),
        )
        return Road(name="gap", lanes=lanes, successors=((), ()))

    # A wheel-wide box that stands across the gap with its corners in it.
    tiny = box(50.0, 1.75 + 0.05, length=0.1, width=0.02)
    assert drivable_area(two_lanes(0.1)).contains_box(tiny)
    middle_of_ditch = box(50.0, 1.75 + 1.0, length=0.1, width=0.02)
    assert not drivable_area(two_lanes(2.0)).contains_box(middle_of_ditch)


def test_between_lanes_is_sideways_only(by_hand: SimpleNamespace) -> None:
    area = drivable_area(by_hand.street())
    assert not area.is_between_lanes(box(50.0, 0.0))
    assert area.is_between_lanes(box(50.0, 1.75))
    # The right lane continues in its next section at x = 100.
    assert not area.is_between_lanes(box(100.0, 0.0))
    assert area.is_between_lanes(box(100.0, 1.75))
    assert area.is_between_lanes(box(50.0, -5.0))


def test_pieces_shorter_than_the_car_are_one_lane(by_hand: SimpleNamespace) -> None:
    ends = [0.0, 20.0, 21.5, 23.0, 60.0]
    lanes = tuple(by_hand.lane(str(k), by_hand.straight((a, 0), (b, 0), 5)) for k, (a, b) in enumerate(pairwise(ends)))
    area = drivable_area(Road(name="pieces", lanes=lanes, successors=((1,), (2,), (3,), ())))
    assert not area.is_between_lanes(box(21.8, 0.0))


def test_lanes_that_end_beside_each_other_without_a_link_do_not_continue(by_hand: SimpleNamespace) -> None:
    lanes = (
        by_hand.lane("one", by_hand.straight((0, 0), (50, 0))),
        by_hand.lane("two", by_hand.straight((50, 0), (90, 0))),
    )
    assert drivable_area(Road(name="no link", lanes=lanes, successors=((), ()))).is_between_lanes(box(50.0, 0.0))


def test_lanes_are_found_where_they_are(by_hand: SimpleNamespace) -> None:
    area = drivable_area(by_hand.crossing())
    assert area.lanes_at(50.0, 0.0) == [0]
    assert area.lanes_at(110.0, 0.0) == [1, 4]
    assert area.lanes_at(50.0, 30.0) == []


def test_the_area_is_made_once_for_each_road(by_hand: SimpleNamespace) -> None:
    road = by_hand.street()
    assert drivable_area(road) is drivable_area(road)
    assert drivable_area(road) is not drivable_area(by_hand.street())


def test_the_turn_against_a_lane_is_measured_in_its_direction_of_travel(by_hand: SimpleNamespace) -> None:
    assert lane_turn_rad(by_hand.street(), 0, 50.0, 0.0, 0.1) == pytest.approx(0.1)
    assert lane_turn_rad(by_hand.street(), 4, 50.0, 7.0, 0.0) == pytest.approx(math.pi)
