"""Quantities of hand-made traffic, and what they are of traffic that nobody would take for real."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from zhixing.datatypes.tracks import RoadUser
from zhixing.simulation.realism.distances import distance
from zhixing.simulation.realism.quantities import Samples, bins_of, group_of, sample


def test_gaps_are_from_box_to_box_and_in_seconds_at_the_own_speed(by_hand: SimpleNamespace) -> None:
    user = by_hand.User
    tracks = by_hand.tracks([user(object_id=1, x_m=0.0, speed_mps=5.0), user(object_id=2, x_m=14.0, speed_mps=5.0)], 21)
    found = sample(tracks)
    assert found.values("gap_m", "car") == pytest.approx(np.full(5, 10.0))
    assert found.values("time_gap_s", "car") == pytest.approx(np.full(5, 2.0))
    assert found.values("neighbours", "car").tolist() == [1.0] * 10
    assert found.values("accel_mps2", "car") == pytest.approx(np.zeros(6))


def test_who_is_beside_or_comes_towards_one_is_no_leader(by_hand: SimpleNamespace) -> None:
    user = by_hand.User
    beside = user(object_id=2, x_m=14.0, y_m=3.5, speed_mps=5.0)
    comes = user(object_id=3, x_m=30.0, yaw_rad=np.pi, speed_mps=5.0)
    found = sample(by_hand.tracks([user(object_id=1, x_m=0.0, speed_mps=5.0), beside, comes], 11))
    assert ("gap_m", "car") not in found.parts


def test_the_place_in_the_lane_is_positive_to_the_left(by_hand: SimpleNamespace) -> None:
    tracks = by_hand.tracks([by_hand.User(object_id=1, x_m=10.0, y_m=0.4, speed_mps=5.0)], 11)
    assert sample(tracks, by_hand.street()).values("lateral_m", "car") == pytest.approx(np.full(3, 0.4))


def test_speeds_can_be_taken_over_a_span(by_hand: SimpleNamespace) -> None:
    tracks = by_hand.tracks([by_hand.User(object_id=1, x_m=0.0, speed_mps=5.0)], 41)
    found = sample(tracks, speed_span_s=2.0)
    assert found.values("speed_mps", "car") == pytest.approx(np.full(5, 5.0))
    assert ("accel_mps2", "car") not in found.parts


def test_classes_are_put_in_groups_and_things_in_none(by_hand: SimpleNamespace) -> None:
    users = [by_hand.User(object_id=k, x_m=30.0 * k, speed_mps=2.0, road_user=user) for k, user in enumerate(RoadUser)]
    found = sample(by_hand.tracks(users, 11))
    assert {group for _, group in found.parts} == {"car", "large vehicle", "two-wheeler", "pedestrian"}
    assert group_of(RoadUser.OBJECT) is None


def test_traffic_that_hurries_is_farther_from_the_recording(by_hand: SimpleNamespace) -> None:
    rng = np.random.default_rng(1)

    def traffic(factor: float) -> Samples:
        users = [by_hand.User(object_id=k, x_m=100.0 * k, speed_mps=factor * rng.normal(9.0, 2.0)) for k in range(40)]
        return sample(by_hand.tracks(users, 31))

    recorded, bins = traffic(1.0).values("speed_mps", "car"), bins_of("speed_mps", "car")
    away = [distance(recorded, traffic(factor).values("speed_mps", "car"), bins) for factor in (1.0, 1.5)]
    assert away[0] < 0.6 * away[1]
