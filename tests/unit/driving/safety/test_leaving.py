from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pytest

from zhixing.datatypes.road import Road
from zhixing.driving.lane_map import build_lane_map
from zhixing.driving.road_edge import road_edge
from zhixing.driving.safety.leaving import farthest_outside


def outside_m(road: Road, *poses: tuple[float, float, float]) -> tuple[float, float]:
    """Return how far a car of 4.8 m × 1.9 m is outside at the first pose, and at most at the others."""
    states = np.array([[x, y, yaw, 5.0, 0.0] for x, y, yaw in poses])
    now, later = farthest_outside(states, 2.4, 0.95, road_edge(build_lane_map(road), 1.5))
    return float(now), float(later)


def test_inside_a_lane_and_between_lanes_is_on_the_road(by_hand: SimpleNamespace) -> None:
    street = by_hand.street()
    assert outside_m(street, (50.0, 0.0, 0.0), (60.0, 1.7, 0.1), (70.0, 3.5, 0.0)) == (0.0, 0.0)


def test_a_corner_over_the_edge_counts_by_how_far(by_hand: SimpleNamespace) -> None:
    # The edge is at y = -1.75, the right side of the car 0.95 m right of its middle.
    now_m, later_m = outside_m(by_hand.street(), (50.0, -1.0, 0.0), (60.0, -1.4, 0.0))
    assert now_m == pytest.approx(0.2)
    assert later_m == pytest.approx(0.6)
    turned_m = outside_m(by_hand.street(), (50.0, -1.0, 0.0), (60.0, -1.0, -0.3))[1]
    assert turned_m == pytest.approx(1.0 + 2.4 * math.sin(0.3) + 0.95 * math.cos(0.3) - 1.75)


def test_beyond_the_end_of_the_map_only_leaving_sideways_counts(by_hand: SimpleNamespace) -> None:
    ahead, aside = outside_m(by_hand.street(), (310.0, 0.0, 0.0), (310.0, -3.0, 0.0))
    assert ahead == 0.0
    assert aside > 1.5


def test_between_the_lanes_of_a_junction_is_more_room(by_hand: SimpleNamespace) -> None:
    road = by_hand.crossing()
    assert outside_m(road, (110.0, 0.0, 0.0), (110.0, -2.0, 0.0))[1] == 0.0
    assert outside_m(road, (50.0, 0.0, 0.0), (50.0, -2.0, 0.0))[1] == pytest.approx(1.2)
