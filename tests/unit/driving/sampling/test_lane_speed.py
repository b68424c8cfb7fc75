"""Who drives behind somebody slower knows which lane is quicker, and takes it if that is worth its while."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from zhixing.datatypes.driving_wish import DrivingWish
from zhixing.datatypes.evidence import Scenario
from zhixing.datatypes.scene import Goal, Scene
from zhixing.datatypes.shapes import FloatArray, IntArray
from zhixing.driving.lane_map import build_lane_map
from zhixing.driving.route import find_route
from zhixing.driving.sampling.lane_speed import held_up
from zhixing.runtime.bench.overtaking import drive_wish, passed_after_s, slower_ahead

NOBODY = (math.inf, 0.0)
TARGETS = np.array([[0.0, 8.0], [1.8, 8.0], [3.5, 8.0]])


def lost(task: Scenario, targets: FloatArray = TARGETS, allowed_mps: float = 16.0) -> tuple[FloatArray, IntArray]:
    route = find_route(build_lane_map(task.road), task.start, task.goal)
    scene = Scene(time_ns=0, ego=task.start, others=task.background.until(0), lights=np.zeros(0, dtype=np.int64))
    return held_up(scene, route, route.beside_m, targets, task.body, route.start_m, 0.0, allowed_mps)


def with_stream(task: Scenario, ahead_m: float) -> Scenario:
    """Return the scene with one of those on the other lane that far ahead of the ego's centre."""
    away_m = task.background.xy_m[1:, 0, 0] - task.start.x_m
    moved = task.background.xy_m.copy()
    moved[1:, :, 0] += ahead_m - away_m[np.argmin(np.abs(away_m))]
    return replace(task, background=replace(task.background, xy_m=moved))


def test_who_is_ahead_holds_up_its_lane_and_what_is_between_the_lanes() -> None:
    share, rows = lost(slower_ahead(0.5, *NOBODY))
    assert rows.tolist() == [0, 0, -1]
    assert share[0] == share[1] == pytest.approx(0.4, abs=0.1)
    assert share[2] == 0.0


def test_a_stream_on_the_other_lane_is_as_quick_as_it_is() -> None:
    share, rows = lost(with_stream(slower_ahead(0.5, 4.0, 0.8), 15.0))
    assert 0.0 < share[2] < share[0]
    assert rows[2] > 0


@pytest.mark.parametrize(("behind_m", "is_free"), [(0.0, False), (-8.0, False), (-30.0, False), (-80.0, True)])
def test_a_lane_in_which_somebody_would_have_to_brake_for_the_ego_is_not_free(behind_m: float, is_free: bool) -> None:
    # a car every 333 m, 12 m/s quicker than the ego
    share, _ = lost(with_stream(slower_ahead(0.3, 20.0, 1.0), behind_m))
    assert (share[2] < share[0] - 0.2) == is_free


def test_who_is_quicker_than_is_allowed_or_comes_towards_holds_up_nobody() -> None:
    assert not lost(slower_ahead(0.5, *NOBODY), allowed_mps=8.0)[0].any()
    task = slower_ahead(0.5, *NOBODY)
    towards = replace(task.background, yaw_rad=np.full_like(task.background.yaw_rad, math.pi))
    assert not lost(replace(task, background=towards))[0].any()


def test_who_stands_askew_holds_up_too_and_who_is_parked_at_the_edge_does_not() -> None:
    task = slower_ahead(0.5, *NOBODY)
    stands = replace(task.background, speed_mps=np.zeros_like(task.background.speed_mps))
    askew = replace(stands, yaw_rad=np.full_like(stands.yaw_rad, 1.5))
    assert lost(replace(task, background=askew))[0][0] > 0.5
    parked = replace(stands, xy_m=stands.xy_m - np.array([0.0, 2.4]))
    assert not lost(replace(task, background=parked))[0].any()


def test_nobody_goes_through_a_lane_that_is_taken_to_one_that_is_free() -> None:
    task = with_stream(slower_ahead(0.3, 20.0, 1.0), 0.0)
    lanes = task.road.lanes
    up = np.array([0.0, 3.5])
    far = replace(
        lanes[1], lane_id="far", centre_xy_m=lanes[1].centre_xy_m + up, left_xy_m=lanes[1].left_xy_m + up,
        right_xy_m=lanes[1].right_xy_m + up, right_lane=1,
    )  # fmt: skip
    road = replace(task.road, lanes=(lanes[0], replace(lanes[1], left_lane=2), far), successors=((), (), ()))
    between = task.background.xy_m.copy()
    between[1:, :, 1] = 2.0
    task = replace(task, road=road, background=replace(task.background, xy_m=between))
    share, _ = lost(task, np.array([[0.0, 8.0], [5.0, 8.0]]))
    assert share[1] == share[0] > 0.5
    free, _ = lost(with_stream(task, -80.0), np.array([[0.0, 8.0], [5.0, 8.0]]))
    assert free[1] == 0.0


def test_near_the_goal_lanes_are_chosen_for_where_they_lead() -> None:
    task = slower_ahead(0.5, *NOBODY)
    x_m = task.start.x_m + 100.0
    near = replace(task, goal=Goal(x_min_m=x_m, x_max_m=x_m + 10.0, y_min_m=-1.0, y_max_m=1.0))
    assert not lost(near)[0].any()


def test_a_lane_that_ends_is_not_taken_for_its_speed() -> None:
    task = slower_ahead(0.5, *NOBODY)
    left = task.road.lanes[1]
    until = left.centre_xy_m[:, 0] < task.start.x_m + 80.0
    short = replace(
        left, centre_xy_m=left.centre_xy_m[until], left_xy_m=left.left_xy_m[until], right_xy_m=left.right_xy_m[until]
    )
    ending = replace(task, road=replace(task.road, lanes=(task.road.lanes[0], short)))
    assert not lost(ending)[0].any()


def test_nothing_is_lost_where_nobody_is() -> None:
    task = slower_ahead(0.5, *NOBODY)
    nobody = replace(task, background=replace(task.background, valid=np.zeros_like(task.background.valid)))
    assert not lost(nobody)[0].any()


def test_half_as_fast_as_allowed_is_overtaken_by_a_free_lane_and_said_so() -> None:
    trace = drive_wish("sampling", DrivingWish(), slower_ahead(0.5, *NOBODY))
    assert passed_after_s(trace) < 15.0
    assert any(decision.rule == "overtake" and decision.object_id == 0 for _, decision in trace.decisions)
    assert trace.num_safety_interventions == 0


@pytest.mark.slow
def test_who_is_hardly_slower_is_overtaken_on_wish_only() -> None:
    task = slower_ahead(0.85, *NOBODY)
    assert passed_after_s(drive_wish("sampling", DrivingWish(), task)) == math.inf
    assert passed_after_s(drive_wish("sampling", DrivingWish(overtakes=True), task)) < 30.0


def test_where_no_gap_comes_it_stays_behind_without_pressing() -> None:
    trace = drive_wish("sampling", DrivingWish(), slower_ahead(0.7, 1.5, 1.0))
    assert passed_after_s(trace) == math.inf
    assert trace.num_safety_interventions == 0
    assert trace.accel_mps2.min() > -2.0
