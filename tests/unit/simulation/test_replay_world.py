from __future__ import annotations

import math
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from zhixing.datatypes.plan import Control
from zhixing.datatypes.scene import EgoState
from zhixing.simulation.replay_world import ReplayWorld

STAND = Control(accel_mps2=-8.0, steer_rate_radps=0.0)
COAST = Control(accel_mps2=0.0, steer_rate_radps=0.0)


def run(world: ReplayWorld, steps: int, control: Control = COAST) -> None:
    for _ in range(steps):
        world.step(control)


def where(world: ReplayWorld, object_id: int) -> float:
    others = world.scene().others
    return float(others.xy_m[others.object_id.tolist().index(object_id), -1, 0])


def test_the_others_are_where_the_recording_has_them(by_hand: SimpleNamespace) -> None:
    task = by_hand.scenario(users=[by_hand.User(object_id=4, x_m=60.0, speed_mps=7.0)])
    world = ReplayWorld(task)
    run(world, 20)
    assert where(world, 4) == pytest.approx(60.0 + 2.0 * 7.0)
    assert world.ego.x_m == pytest.approx(10.0 + 2.0 * 10.0)
    assert world.braked_for_ego() is None


def test_a_scene_ends_now_and_reaches_back_two_seconds(by_hand: SimpleNamespace) -> None:
    world = ReplayWorld(by_hand.scenario(users=[by_hand.User(object_id=4, x_m=60.0)]))
    assert world.scene().others.num_steps == 1
    run(world, 30)
    scene = world.scene()
    assert scene.time_ns == int(scene.others.time_ns[-1]) == 3_000_000_000
    assert scene.others.num_steps == 20


def test_who_has_not_come_yet_is_not_in_the_scene_and_who_left_is_forgotten(by_hand: SimpleNamespace) -> None:
    users = [by_hand.User(object_id=4, x_m=60.0, first_step=10), by_hand.User(object_id=5, x_m=90.0, last_step=3)]
    world = ReplayWorld(by_hand.scenario(users=users))
    seen = []
    for _ in range(31):
        seen.append(world.scene().others.object_id.tolist())
        world.step(COAST)
    assert seen[9] == [5]
    assert seen[10] == [4, 5]
    assert seen[30] == [4]


@pytest.mark.parametrize("background", ["replay", "reactive"])
def test_a_recording_shorter_than_the_run_ends_with_nobody_there(by_hand: SimpleNamespace, background: Any) -> None:
    task = by_hand.scenario(users=[by_hand.User(object_id=4, x_m=60.0)], duration_s=5.0, recorded_s=2.0)
    world = ReplayWorld(task, background)
    run(world, 50, STAND)
    assert world.recorded_until_now().num_steps == 51
    assert not world.scene().others.valid[:, -1].any()


def test_who_is_taken_out_is_gone_from_the_next_step_on(by_hand: SimpleNamespace) -> None:
    for background in ("replay", "reactive"):
        world = ReplayWorld(by_hand.scenario(users=[by_hand.User(object_id=4, x_m=60.0)]), background)
        run(world, 5)
        world.remove(0)
        assert world.scene().others.valid[0, -1]
        run(world, 1)
        assert not world.scene().others.valid[0, -1]


def test_unhindered_road_users_react_to_nothing(by_hand: SimpleNamespace) -> None:
    users = [by_hand.User(object_id=k, x_m=60.0 + 15.0 * k, speed_mps=9.0) for k in range(4)]
    task = by_hand.scenario(users=users, start=(10.0, 3.5, 0.0, 5.0))
    world = ReplayWorld(task, "reactive")
    run(world, 50)
    moved = world.recorded_until_now()
    assert moved.xy_m == pytest.approx(task.background.xy_m, abs=1e-6)
    assert moved.speed_mps == pytest.approx(task.background.speed_mps, abs=1e-6)
    assert world.braked_for_ego() == 0


def test_a_recorded_stop_is_kept_even_without_anybody_in_front(by_hand: SimpleNamespace) -> None:
    # Drives for 1 s, stands for 2 s, drives on: as at a light.
    task = by_hand.scenario(users=[by_hand.User(object_id=4, x_m=60.0)], start=(10.0, 3.5, 0.0, 0.0))
    speed = np.where((np.arange(51) < 10) | (np.arange(51) >= 30), 6.0, 0.0)[None]
    x = 60.0 + np.concatenate(([0.0], np.cumsum(0.1 * speed[0, :-1])))
    tracks = replace(task.background, speed_mps=speed, xy_m=np.stack((x, np.zeros(51)), axis=-1)[None])
    world = ReplayWorld(replace(task, background=tracks), "reactive")
    run(world, 25, STAND)
    assert where(world, 4) == pytest.approx(66.0, abs=0.7)
    run(world, 25, STAND)
    assert where(world, 4) == pytest.approx(78.0, abs=2.0)


def test_a_follower_brakes_for_an_ego_that_stands_and_is_counted_once(by_hand: SimpleNamespace) -> None:
    follower = by_hand.User(object_id=4, x_m=20.0, speed_mps=10.0)
    task = by_hand.scenario(users=[follower], start=(60.0, 0.0, 0.0, 0.0), duration_s=10.0)
    world = ReplayWorld(task, "reactive")
    run(world, 100, STAND)
    assert 50.0 < where(world, 4) < 60.0 - 2.4 - 2.0
    assert world.braked_for_ego() == 1
    replayed = ReplayWorld(task)
    run(replayed, 100, STAND)
    assert where(replayed, 4) == pytest.approx(120.0)


def test_a_follower_is_never_ahead_of_the_recording(by_hand: SimpleNamespace) -> None:
    follower = by_hand.User(object_id=4, x_m=20.0, speed_mps=8.0)
    world = ReplayWorld(by_hand.scenario(users=[follower], start=(45.0, 0.0, 0.0, 3.0), duration_s=12.0), "reactive")
    for k in range(1, 120):
        world.step(COAST)
        assert where(world, 4) <= 20.0 + 0.8 * k + 1e-9


def test_nobody_brakes_for_who_is_behind(by_hand: SimpleNamespace) -> None:
    users = [by_hand.User(object_id=4, x_m=30.0, speed_mps=6.0)]
    world = ReplayWorld(by_hand.scenario(users=users, start=(24.0, 0.0, 0.0, 6.0)), "reactive")
    run(world, 40)
    assert where(world, 4) == pytest.approx(30.0 + 4.0 * 6.0)


def test_the_ego_moves_by_the_bicycle_model_and_nothing_else(by_hand: SimpleNamespace) -> None:
    world = ReplayWorld(by_hand.scenario())
    world.step(Control(accel_mps2=1e9, steer_rate_radps=1e9))
    assert isinstance(world.ego, EgoState)
    assert world.ego.speed_mps == pytest.approx(10.0 + 4.0 * 0.1)
    assert world.ego.steer_rad == pytest.approx(0.08)
    run(world, 20, Control(accel_mps2=math.nan, steer_rate_radps=math.nan))
    assert world.ego.speed_mps == 0.0
