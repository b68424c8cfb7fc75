"""A function as those of the OnSite challenge drives in our world."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from zhixing.datatypes.lights import Light
from zhixing.datatypes.scene import Briefing, EgoState, Scene
from zhixing.driving.asking import follow_or_brake
from zhixing.driving.bicycle import step_bicycle
from zhixing.errors import PluginError
from zhixing.runtime.callables import CallablePlanner, observation_of
from zhixing.simulation.rollout import rollout


def briefing_of(task: Any) -> Briefing:
    return Briefing(road=task.road, body=task.body, start=task.start, goal=task.goal, ego_light=task.ego_light)


def test_an_observation_has_the_keys_of_onsite(by_hand: SimpleNamespace) -> None:
    task = by_hand.scenario(
        by_hand.crossing(),
        users=[by_hand.User(object_id=7, x_m=30.0, speed_mps=5.0, yaw_rad=-0.5)],
        light=Light.RED,
        ego_light=0,
    )
    planner = by_hand.Planner()
    rollout(task, planner)
    seen = observation_of(planner.scenes[3], briefing_of(task), 0.3)
    assert seen["vehicle_info"]["ego"].keys() >= {"x", "y", "v", "a", "yaw", "length", "width"}
    assert seen["vehicle_info"]["7"]["v"] == 5.0
    assert seen["vehicle_info"]["7"]["yaw"] == pytest.approx(2.0 * np.pi - 0.5)
    assert seen["light_info"] == {"0": "red", "ego": "red"}
    assert seen["test_setting"] == {"t": 0.3, "dt": 0.1, "goal": {"x": [200.0, 206.0], "y": [-2.0, 2.0]}, "end": -1}


def test_a_function_brakes_behind_a_standing_car_and_is_told_the_goal_before(by_hand: SimpleNamespace) -> None:
    told: list[dict[str, Any]] = []

    def act(observation: dict[str, Any]) -> tuple[float, float]:
        ego, other = observation["vehicle_info"]["ego"], observation["vehicle_info"]["1"]
        gap_m = other["x"] - ego["x"] - 0.5 * (ego["length"] + other["length"]) - 2.0
        return (-(ego["v"] ** 2) / (2.0 * max(gap_m, 0.1)), 0.0)

    task = by_hand.scenario(users=[by_hand.User(object_id=1, x_m=60.0)], duration_s=10.0)
    trace = rollout(task, CallablePlanner(act, name="braking", init=told.append))
    assert trace.outcome == "timeout"
    assert trace.planner == "braking"
    assert trace.num_planner_failures == 0
    assert 50.0 < trace.xy_m[-1, 0] < 56.0
    assert told[0]["goal"] == {"x": [200.0, 206.0], "y": [-2.0, 2.0]}


@pytest.mark.parametrize("wheel_rad", [-0.1, 0.05, 0.2])
def test_the_wheel_goes_to_where_it_is_asked(by_hand: SimpleNamespace, wheel_rad: float) -> None:
    task = by_hand.scenario()
    planner = CallablePlanner(lambda _: (0.0, wheel_rad))
    planner.start(briefing_of(task))
    ego = EgoState(x_m=0.0, y_m=0.0, yaw_rad=0.0, speed_mps=6.0)
    for step in range(20):
        scene = Scene(
            time_ns=step * 100_000_000, ego=ego, others=task.background.until(0), lights=np.zeros(0, np.int64)
        )
        ego = step_bicycle(ego, task.body, follow_or_brake(planner.plan(scene), ego, task.body, 0.1), 0.1)
    assert ego.steer_rad == pytest.approx(wheel_rad, abs=0.02)


@pytest.mark.parametrize("answer", [(1.0,), (float("nan"), 0.0), (0.0, 0.0, 0.0)])
def test_an_answer_that_is_not_two_numbers_is_refused(by_hand: SimpleNamespace, answer: tuple[float, ...]) -> None:
    task = by_hand.scenario(duration_s=1.0)
    planner = CallablePlanner(lambda _: answer)
    planner.start(briefing_of(task))
    scene = Scene(time_ns=0, ego=task.start, others=task.background.until(0), lights=np.zeros(0, np.int64))
    with pytest.raises(PluginError, match="answered"):
        planner.plan(scene)
    assert rollout(task, CallablePlanner(lambda _: answer)).num_planner_failures == 10
