"""The planner in closed loop, on streets made by hand."""

from __future__ import annotations

import dataclasses
import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from zhixing.datatypes.evidence import Scenario, Trace
from zhixing.datatypes.lights import Light
from zhixing.datatypes.plan import Plan
from zhixing.datatypes.scene import Briefing, EgoBody, Scene
from zhixing.datatypes.tracks import RoadUser
from zhixing.driving.safety import SafetyChecker
from zhixing.driving.sampling.config import SamplingConfig
from zhixing.driving.sampling.pace import allowed_speed
from zhixing.driving.sampling.planner import SamplingPlanner
from zhixing.errors import ScenarioError
from zhixing.simulation.rollout import rollout
from zhixing.simulation.score import score


def drive(task: Scenario, **more: Any) -> Trace:
    return rollout(task, SamplingPlanner(), background="reactive", **more)


def rules(trace: Trace) -> list[str]:
    return [decision.rule for _, decision in trace.decisions]


def test_an_empty_street_is_driven_at_the_limit_and_comfortably(by_hand: SimpleNamespace) -> None:
    task = by_hand.scenario(duration_s=30.0)
    trace = drive(task)
    card = score(trace, task)
    assert trace.outcome == "goal"
    assert card.score > 0.99
    assert np.abs(trace.xy_m[:, 1]).max() < 0.2
    assert set(rules(trace)) <= {"free-road", "goal"}


def test_it_follows_a_slower_car_and_says_so(by_hand: SimpleNamespace) -> None:
    slow = [by_hand.User(object_id=4 + k, x_m=40.0, y_m=3.5 * k, speed_mps=5.0) for k in (0, 1)]
    task = by_hand.scenario(users=slow, duration_s=14.0)
    trace = drive(task)
    card = score(trace, task)
    assert trace.outcome == "timeout"
    assert card.metrics["ttc"] == 1.0
    assert card.metrics["comfort"] == 1.0
    assert "follow" in rules(trace)
    gap_m = 40.0 + 5.0 * 14.0 - 2.0 - float(trace.xy_m[-1, 0]) - 2.4
    assert 3.0 < gap_m < 15.0


def test_it_passes_a_car_that_stands_in_the_lane(by_hand: SimpleNamespace) -> None:
    parked = by_hand.User(object_id=4, x_m=80.0)
    task = by_hand.scenario(users=[parked], duration_s=30.0)
    trace = drive(task)
    assert trace.outcome == "goal"
    assert score(trace, task).metrics["min_distance_m_car"] > 0.3
    assert trace.xy_m[:, 1].max() > 2.0


def test_it_stops_at_red_and_not_at_green(by_hand: SimpleNamespace) -> None:
    start = (40.0, 0.0, 0.0, 10.0)
    red = drive(by_hand.scenario(by_hand.crossing(), start=start, light=Light.RED, duration_s=15.0))
    assert red.outcome == "timeout"
    assert 93.0 < float(red.xy_m[-1, 0]) + 2.4 < 98.0
    assert red.speed_mps[-1] < 0.3
    assert rules(red)[-1] == "red-light"
    green = drive(by_hand.scenario(by_hand.crossing(), start=start, light=Light.GREEN, duration_s=15.0))
    assert float(green.xy_m[-1, 0]) > 150.0
    assert "red-light" not in rules(green)


def test_a_light_that_turns_red_under_the_bumper_is_not_run(by_hand: SimpleNamespace) -> None:
    task = by_hand.scenario(by_hand.crossing(), start=(95.4, 0.0, 0.0, 1.4), light=Light.RED, duration_s=4.0)
    trace = drive(task)
    assert float(trace.xy_m[-1, 0]) + 2.4 <= 98.0 + 0.01
    assert score(trace, task).metrics["red_lights_run"] == 0.0


@pytest.mark.parametrize("road_user", [RoadUser.PEDESTRIAN, RoadUser.EBIKE])
def test_it_lets_somebody_cross(by_hand: SimpleNamespace, road_user: RoadUser) -> None:
    speed = 1.4 if road_user == RoadUser.PEDESTRIAN else 4.0
    user = by_hand.User(
        object_id=9,
        x_m=60.0,
        y_m=-2.5 - 4.2 * speed,
        yaw_rad=0.5 * math.pi,
        speed_mps=speed,
        road_user=road_user,
        size_m=(0.5, 0.5) if road_user == RoadUser.PEDESTRIAN else (1.8, 0.7),
    )
    task = by_hand.scenario(users=[user], duration_s=25.0)
    trace = rollout(task, SamplingPlanner(), background="replay")
    assert trace.outcome == "goal"
    assert not trace.contact_ids
    assert score(trace, task).metrics["ttc"] == 1.0


def test_it_brakes_for_who_steps_out(by_hand: SimpleNamespace) -> None:
    child = by_hand.User(
        object_id=9, x_m=50.0, y_m=-3.5, yaw_rad=0.5 * math.pi, speed_mps=1.4, road_user=RoadUser.PEDESTRIAN,
        size_m=(0.5, 0.5), first_step=12,
    )  # fmt: skip
    task = by_hand.scenario(users=[child], duration_s=25.0)
    trace = rollout(task, SamplingPlanner(), background="replay")
    assert trace.outcome == "goal"
    assert not trace.contact_ids
    assert {"yield", "emergency"} & set(rules(trace))


@pytest.mark.parametrize(("x_m", "stops_s"), [(30.0, 2.9), (32.0, 3.0), (36.0, 3.4)])
def test_somebody_on_foot_who_stops_in_the_way_is_not_braked_hard_for(
    by_hand: SimpleNamespace, x_m: float, stops_s: float
) -> None:
    about = {"road_user": RoadUser.PEDESTRIAN, "size_m": (0.5, 0.5), "yaw_rad": 0.5 * math.pi}
    walker = by_hand.User(object_id=1, x_m=x_m, speed_mps=1.4, **about)
    task = by_hand.scenario(by_hand.street(), users=[walker], start=(5.0, 0.0, 0.0, 2.0), duration_s=12.0)
    at_s = 0.1 * np.arange(task.background.num_steps)
    y_m = 1.4 * (np.minimum(at_s, stops_s) - stops_s)  # in the middle of the lane
    stopping = dataclasses.replace(
        task.background,
        xy_m=np.stack((np.full_like(y_m, x_m), y_m), axis=-1)[None],
        speed_mps=np.where(at_s < stops_s, 1.4, 0.0)[None],
    )
    trace = drive(dataclasses.replace(task, background=stopping), checker=SafetyChecker())
    assert not trace.contact_ids
    assert np.diff(trace.speed_mps).min() / 0.1 > -4.0


def test_the_same_task_is_driven_the_same_way_twice(by_hand: SimpleNamespace) -> None:
    users = [by_hand.User(object_id=k, x_m=30.0 + 9.0 * k, y_m=3.5 * (k % 2), speed_mps=6.0) for k in range(6)]
    task = by_hand.scenario(users=users, duration_s=8.0)
    one, two = drive(task), drive(task)
    assert np.array_equal(one.xy_m, two.xy_m)
    assert one.decisions == two.decisions


def test_a_mirrored_road_is_driven_mirrored(by_hand: SimpleNamespace) -> None:
    """Nothing prefers left or right: a pedestrian from either side makes the same drive."""
    drives = []
    for side in (-1.0, 1.0):
        user = by_hand.User(
            object_id=9, x_m=60.0, y_m=side * 8.0, yaw_rad=-side * 0.5 * math.pi, speed_mps=1.5,
            road_user=RoadUser.PEDESTRIAN, size_m=(0.5, 0.5),
        )  # fmt: skip
        road = by_hand.crossing()
        task = by_hand.scenario(road, users=[user], light=Light.GREEN, duration_s=8.0)
        drives.append(rollout(task, SamplingPlanner(), background="replay").speed_mps)
    assert drives[0] == pytest.approx(drives[1], abs=0.8)


def test_a_goal_with_a_time_is_reached_then_and_not_before(by_hand: SimpleNamespace) -> None:
    task = by_hand.scenario(start=(10.0, 0.0, 0.0, 10.0), goal=(95.0, 100.0, -2.0, 2.0), duration_s=15.0)
    later = dataclasses.replace(task.goal, time_ns=(13_000_000_000, 14_000_000_000), speed_mps=(0.0, 20.0))
    trace = drive(dataclasses.replace(task, goal=later))
    assert trace.outcome == "goal"
    assert 13.0 <= trace.time_ns[-1] * 1e-9 <= 14.0


def test_limits_and_curves_are_slowed_down_for_in_time(by_hand: SimpleNamespace) -> None:
    planner = SamplingPlanner()
    task = by_hand.scenario()
    planner.start(Briefing(road=task.road, body=task.body, start=task.start, goal=task.goal))
    allowed = allowed_speed(planner._way.route, SamplingConfig(), EgoBody())
    assert (allowed <= planner._way.route.limit_mps + 1e-9).all()
    drop = allowed[:-1] ** 2 - allowed[1:] ** 2
    assert (drop <= 2.0 * SamplingConfig().curve_decel_mps2 * np.diff(planner._way.route.line.s_m) + 1e-6).all()


def test_it_wants_a_briefing_first(by_hand: SimpleNamespace) -> None:
    task = by_hand.scenario()
    scene = Scene(time_ns=0, ego=task.start, others=task.background.until(0), lights=np.zeros(0, dtype=np.int64))
    with pytest.raises(ScenarioError, match="not briefed"):
        SamplingPlanner().plan(scene)


def standing_start(by_hand: SimpleNamespace) -> tuple[SamplingPlanner, Scene]:
    task = by_hand.scenario()
    planner = SamplingPlanner()
    planner.start(task.briefing())
    return planner, Scene(
        time_ns=0, ego=task.start, others=task.background.until(0), lights=np.zeros(0, dtype=np.int64)
    )


def test_brakes_that_somebody_else_pressed_are_let_go_at_once(by_hand: SimpleNamespace) -> None:
    planner, scene = standing_start(by_hand)
    first = planner.plan(scene)
    overruled = dataclasses.replace(scene.ego, accel_mps2=-6.0, speed_mps=scene.ego.speed_mps - 0.6)
    later = planner.plan(dataclasses.replace(scene, time_ns=100_000_000, ego=overruled))
    assert first.accel_mps2[0] > -0.5
    assert later.accel_mps2[0] > -0.5
    own, scene = standing_start(by_hand)
    own.plan(dataclasses.replace(scene, ego=dataclasses.replace(scene.ego, accel_mps2=-2.0)))
    braking = own.plan(dataclasses.replace(scene, time_ns=100_000_000, ego=overruled))
    assert braking.accel_mps2[0] < -0.5  # it had asked for much of that itself


def passes(_: Plan) -> str:
    return ""


def refuses(_: Plan) -> str:
    return "safety-longitudinal"


def test_it_looks_for_what_the_safety_rules_let_pass(by_hand: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    planner, scene = standing_start(by_hand)
    wanted = planner.plan(scene)
    planner.start(by_hand.scenario().briefing())
    seen: list[float] = []

    def judge(plan: Plan) -> str:
        seen.append(float(plan.accel_mps2[0]))
        return "safety-longitudinal" if len(seen) < 3 else ""

    monkeypatch.setattr(planner._checker, "judges_of", lambda _, steps: (judge, passes))
    other = planner.plan(scene)
    assert len(seen) == 3
    assert float(other.accel_mps2[0]) == seen[-1]
    assert seen[0] == float(wanted.accel_mps2[0])
    seen.clear()
    monkeypatch.setattr(planner._checker, "judges_of", lambda _, steps: (refuses, passes))
    planner.start(by_hand.scenario().briefing())
    assert planner.plan(scene).accel_mps2[0] == wanted.accel_mps2[0]  # the checker will do what it has to


def test_it_eases_off_before_the_safety_rules_would_brake_it(
    by_hand: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    planner, scene = standing_start(by_hand)
    wanted = planner.plan(scene)
    seen: list[float] = []

    def judges_of(_: Scene, steps: int) -> Any:
        def soon(plan: Plan) -> str:
            seen.append(float(plan.speed_mps[steps]))
            return "safety-longitudinal" if len(seen) < 3 else ""

        return passes, soon

    monkeypatch.setattr(planner._checker, "judges_of", judges_of)
    planner.start(by_hand.scenario().briefing())
    eased = planner.plan(scene)
    assert len(seen) == 3
    assert eased.speed_mps[6] < wanted.speed_mps[6]
    monkeypatch.setattr(planner._checker, "judges_of", lambda _, steps: (passes, refuses))
    planner.start(by_hand.scenario().briefing())
    assert planner.plan(scene).accel_mps2[0] == wanted.accel_mps2[0]  # nothing better is found, and now it passes


def test_what_is_taken_instead_of_a_refused_plan_minds_the_others_too(
    by_hand: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    standing = by_hand.User(object_id=4, x_m=30.0, speed_mps=0.0)
    task = by_hand.scenario(users=[standing])
    planner = SamplingPlanner()
    planner.start(task.briefing())
    scene = Scene(time_ns=0, ego=task.start, others=task.background.until(0), lights=np.zeros(0, dtype=np.int64))
    refused: list[Plan] = []

    def judge(plan: Plan) -> str:
        if refused:
            return ""
        refused.append(plan)
        return "safety-longitudinal"

    monkeypatch.setattr(planner._checker, "judges_of", lambda _, steps: (judge, passes))
    plan = planner.plan(scene)
    assert refused[0] is not plan
    before = plan.xy_m[:, 0] < standing.x_m - 2.0
    assert before.all() or float(np.abs(plan.xy_m[~before, 1]).min()) > 1.5  # stopped for, or passed


def test_who_judges_a_plan_beforehand_says_what_the_check_will_say(by_hand: SimpleNamespace) -> None:
    near = by_hand.User(object_id=4, x_m=20.0)
    task = by_hand.scenario(users=[near])
    scene = Scene(time_ns=0, ego=task.start, others=task.background.until(0), lights=np.zeros(0, dtype=np.int64))
    checker, driver = SafetyChecker(), by_hand.Planner()
    with pytest.raises(ScenarioError, match="briefed"):
        checker.judges_of(scene, 5)
    checker.start(task.briefing())
    plan = driver.plan(scene)
    said = checker.judges_of(scene, 5)[0](plan)
    assert said == "safety-longitudinal"
    assert checker.check(scene, plan).rule == said
