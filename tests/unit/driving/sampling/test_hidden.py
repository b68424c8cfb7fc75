"""Slower past what somebody could step out from behind."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from zhixing.datatypes.scene import Scene
from zhixing.datatypes.shapes import FloatArray
from zhixing.datatypes.tracks import RoadUser
from zhixing.driving.lane_map import build_lane_map
from zhixing.driving.route import find_route
from zhixing.driving.sampling.hidden import (
    BRAKING_MPS2,
    H_ALONG,
    H_BESIDE,
    H_CHANCE,
    REACTION_S,
    WALKING_MPS,
    hidden_places,
    passing_mps,
)
from zhixing.driving.sampling.planner import SamplingPlanner
from zhixing.simulation.rollout import rollout


def parked(by_hand: SimpleNamespace, x_m: float, y_m: float = -3.4, **more: Any) -> Any:
    more = {"road_user": RoadUser.BUS, "size_m": (12.0, 2.5), "speed_mps": 0.0} | more
    return by_hand.User(object_id=int(x_m), x_m=x_m, y_m=y_m, yaw_rad=0.0, **more)


def places(by_hand: SimpleNamespace, *users: Any) -> FloatArray:
    task = by_hand.scenario(users=list(users))
    route = find_route(build_lane_map(task.road), task.start, task.goal)
    scene = Scene(time_ns=0, ego=task.start, others=task.background.until(0), lights=np.zeros(0, dtype=np.int64))
    return hidden_places(scene, route, route.start_m)


def test_somebody_may_be_behind_the_far_end_of_a_parked_bus(by_hand: SimpleNamespace) -> None:
    found = places(by_hand, parked(by_hand, 50.0))
    start_x_m = by_hand.scenario().start.x_m
    assert found.shape[0] == 1
    assert found[0, H_ALONG] + start_x_m == pytest.approx(56.0, abs=0.6)
    assert found[0, H_BESIDE] == pytest.approx(-3.4 + 1.25, abs=0.1)


def test_nobody_is_behind_who_moves_is_small_or_stands_behind_the_ego(by_hand: SimpleNamespace) -> None:
    small = parked(by_hand, 50.0, road_user=RoadUser.BICYCLE, size_m=(1.8, 0.6))
    assert not places(by_hand, parked(by_hand, 50.0, speed_mps=4.0), small, parked(by_hand, -20.0)).size


def test_a_row_of_parked_cars_is_left_at_its_end(by_hand: SimpleNamespace) -> None:
    row = [parked(by_hand, x, road_user=RoadUser.CAR, size_m=(4.6, 1.8)) for x in (40.0, 45.0, 50.0)]
    assert places(by_hand, *row).shape[0] == 1


def test_a_queue_counts_less_than_what_is_parked(by_hand: SimpleNamespace) -> None:
    beside, in_lane = places(by_hand, parked(by_hand, 50.0)), places(by_hand, parked(by_hand, 50.0, y_m=3.5))
    assert in_lane[0, H_CHANCE] < 0.5 * beside[0, H_CHANCE]


@pytest.mark.parametrize("gap_m", [0.6, 1.0, 1.8, 3.0])
def test_at_this_speed_there_is_no_place_at_which_somebody_is_hit(gap_m: float) -> None:
    """From wherever the ego is when somebody steps out it has passed before, or stops before."""
    v = passing_mps(gap_m)
    for away_m in np.linspace(0.0, 40.0, 400):
        passes = away_m <= v * gap_m / WALKING_MPS
        stops = v * v / (2.0 * BRAKING_MPS2) + v * REACTION_S <= away_m
        assert passes or stops


def test_the_car_slows_down_or_keeps_away_and_says_why(by_hand: SimpleNamespace) -> None:
    bus = parked(by_hand, 50.0, y_m=-3.1)
    task = by_hand.scenario(users=[bus], duration_s=25.0)
    trace = rollout(task, SamplingPlanner(), background="replay")
    at = int(np.argmin(np.abs(trace.xy_m[:, 0] - 54.0)))
    gap_m = float(trace.xy_m[at, 1]) - 0.95 - (-3.1 + 1.25)
    assert gap_m > 1.1 or trace.speed_mps[at] < 9.0
    assert trace.speed_mps[at] < passing_mps(gap_m) + 3.0
    assert "hidden" in [decision.rule for _, decision in trace.decisions]
