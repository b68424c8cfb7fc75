"""What people wish changes how the planner drives, within bounds."""

from __future__ import annotations

import dataclasses
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from zhixing.datatypes.driving_wish import AS_USUAL, DrivingStyle, DrivingWish
from zhixing.datatypes.scene import Scene
from zhixing.driving.sampling.config import SamplingConfig
from zhixing.driving.sampling.pace import allowed_speed
from zhixing.driving.sampling.planner import SamplingPlanner
from zhixing.driving.sampling.styles import styled
from zhixing.simulation.rollout import rollout


def drive(by_hand: SimpleNamespace, task: Any, wish: DrivingWish) -> Any:
    return rollout(task, by_hand.Wished(SamplingPlanner(), wish), background="reactive")


def test_without_a_wish_the_numbers_stay() -> None:
    assert styled(SamplingConfig(), AS_USUAL) == SamplingConfig()


def test_styles_go_from_calm_to_brisk() -> None:
    calm, normal, brisk = (styled(SamplingConfig(), DrivingWish(style=style)) for style in ("calm", "normal", "brisk"))
    assert calm.headway_s > normal.headway_s > brisk.headway_s
    assert calm.lateral_accel_mps2 < normal.lateral_accel_mps2 < brisk.lateral_accel_mps2 < 4.89
    assert calm.accel_mps2 < normal.accel_mps2 < brisk.accel_mps2 < 2.40


@pytest.mark.parametrize("style", ["calm", "normal", "brisk"])
def test_nothing_wished_touches_what_keeps_the_car_from_running_into_somebody(style: DrivingStyle) -> None:
    plain, wished = SamplingConfig(), styled(SamplingConfig(), DrivingWish(style=style, headway_s=0.8, overtakes=True))
    for name in ("collision_weight", "ttc_weight", "red_light_weight", "off_road_weight", "contingency_s"):
        assert getattr(plain, name) == getattr(wished, name)
    assert wished.vulnerable_gap_m >= plain.vulnerable_gap_m


def test_slower_is_slower_and_calm_pulls_away_gently(by_hand: SimpleNamespace) -> None:
    task = by_hand.scenario(start=(10.0, 0.0, 0.0, 0.0), duration_s=25.0)
    usual = drive(by_hand, task, AS_USUAL)
    slower, calm = drive(by_hand, task, DrivingWish(max_speed_mps=8.0)), drive(by_hand, task, DrivingWish(style="calm"))
    assert usual.speed_mps.max() > 9.9
    assert slower.speed_mps.max() < 8.4
    assert calm.accel_mps2.max() < 1.5 < usual.accel_mps2.max()


@pytest.mark.parametrize(("near_s", "far_s"), [(0.8, 2.5)])
def test_the_wanted_gap_is_kept(by_hand: SimpleNamespace, near_s: float, far_s: float) -> None:
    user = by_hand.User(object_id=7, x_m=40.0, y_m=0.0, yaw_rad=0.0, speed_mps=7.0)
    task = by_hand.scenario(users=[user], goal=(280.0, 290.0, -1.5, 1.5), duration_s=22.0)
    gaps = []
    for headway_s in (near_s, far_s):
        trace = drive(by_hand, task, DrivingWish(headway_s=headway_s))
        gaps.append(40.0 + 7.0 * 20.0 - float(trace.xy_m[200, 0]))
    assert gaps[1] > gaps[0] + 5.0


def test_a_wish_can_be_taken_back(by_hand: SimpleNamespace) -> None:
    task = by_hand.scenario()
    planner = SamplingPlanner()
    planner.start(task.briefing())
    scene = Scene(time_ns=0, ego=task.start, others=task.background.until(0), lights=np.zeros(0, dtype=np.int64))
    planner.plan(dataclasses.replace(scene, wish=DrivingWish(max_speed_mps=5.0)))
    assert planner._way.allowed_mps.max() == 5.0
    planner.plan(dataclasses.replace(scene, time_ns=100_000_000))
    assert planner._way.allowed_mps == pytest.approx(allowed_speed(planner._way.route, SamplingConfig(), task.body))
