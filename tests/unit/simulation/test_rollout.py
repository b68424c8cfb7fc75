from __future__ import annotations

import math
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from zhixing.datatypes.plan import Plan
from zhixing.datatypes.scene import Scene
from zhixing.errors import PluginError, ScenarioError
from zhixing.simulation.rollout import rollout

NORTH = math.pi / 2.0


def test_the_goal_ends_the_run_and_is_its_last_row(by_hand: SimpleNamespace) -> None:
    task = by_hand.scenario(goal=(29.5, 40.0, -2.0, 2.0))
    driven = rollout(task, by_hand.Planner())
    assert driven.outcome == "goal"
    assert driven.time_ns.tolist() == [100_000_000 * k for k in range(21)]
    assert driven.xy_m[-1] == pytest.approx([30.0, 0.0])
    assert driven.xy_m[-2, 0] < 29.5
    assert driven.plan_ms.size == 20
    assert driven.planner == "straight"


def test_a_goal_that_asks_for_more_than_a_place_ends_the_run_when_all_of_it_holds(by_hand: SimpleNamespace) -> None:
    task = by_hand.scenario(goal=(0.0, 60.0, -2.0, 2.0))  # the ego is in it all the time, at 10 m/s
    in_time = replace(task, goal=replace(task.goal, time_ns=(1_500_000_000, 2_000_000_000)))
    driven = rollout(in_time, by_hand.Planner())
    assert (driven.outcome, driven.time_ns[-1]) == ("goal", 1_500_000_000)
    too_fast = replace(task, goal=replace(task.goal, speed_mps=(0.0, 9.0)))
    assert rollout(too_fast, by_hand.Planner()).outcome == "timeout"
    braking = rollout(too_fast, by_hand.Planner(-1.0))
    assert braking.outcome == "goal"
    assert braking.speed_mps[-1] <= 9.0 < braking.speed_mps[-2]


def test_the_start_may_be_the_goal(by_hand: SimpleNamespace) -> None:
    driven = rollout(by_hand.scenario(goal=(0.0, 20.0, -2.0, 2.0)), by_hand.Planner())
    assert (driven.outcome, driven.time_ns.size, driven.plan_ms.size) == ("goal", 1, 0)


def test_the_stop_trigger_ends_the_run(by_hand: SimpleNamespace) -> None:
    driven = rollout(by_hand.scenario(duration_s=3.0), by_hand.Planner())
    assert driven.outcome == "timeout"
    assert driven.time_ns[-1] == 3_000_000_000


def test_a_goal_reached_after_the_stop_trigger_is_too_late(by_hand: SimpleNamespace) -> None:
    task = by_hand.scenario(goal=(39.9, 45.0, -2.0, 2.0), duration_s=5.0)  # entered at 3.0 s
    assert rollout(replace(task, stop_ns=3_000_000_000), by_hand.Planner()).outcome == "goal"
    late = rollout(replace(task, stop_ns=2_950_000_000), by_hand.Planner())
    assert (late.outcome, late.time_ns[-1]) == ("timeout", 3_000_000_000)


def test_running_into_a_standing_car_ends_the_run_with_its_name(by_hand: SimpleNamespace) -> None:
    task = by_hand.scenario(users=[by_hand.User(object_id=4, x_m=30.0), by_hand.User(object_id=5, x_m=90.0)])
    driven = rollout(task, by_hand.Planner())
    # Its rear is at x = 28, the front of the ego at 12.4 + 10 t: touching after 1.56 s.
    assert (driven.outcome, driven.at_fault_id, driven.contact_ids) == ("collision", 4, ())
    assert driven.time_ns[-1] == 1_600_000_000


def test_being_hit_from_behind_is_noted_and_the_run_goes_on(by_hand: SimpleNamespace) -> None:
    task = by_hand.scenario(users=[by_hand.User(object_id=4, x_m=0.0, speed_mps=16.0)])
    driven = rollout(task, by_hand.Planner())
    assert (driven.outcome, driven.at_fault_id, driven.contact_ids) == ("timeout", -1, (4,))
    # Front at 2 + 16 t, rear of the ego at 7.6 + 10 t: touching at 0.93 s, seen at step 10, gone at step 11.
    assert driven.background.valid[0, :12].tolist() == [True] * 11 + [False]
    assert not driven.background.valid[0, 11:].any()


def test_being_hit_while_standing_is_no_fault(by_hand: SimpleNamespace) -> None:
    head_on = by_hand.User(object_id=4, x_m=30.0, yaw_rad=math.pi, speed_mps=8.0)
    driven = rollout(by_hand.scenario(users=[head_on], start=(10.0, 0.0, 0.0, 0.0)), by_hand.Planner())
    assert (driven.outcome, driven.contact_ids) == ("timeout", (4,))


def test_who_appears_on_top_of_the_ego_is_no_fault(by_hand: SimpleNamespace) -> None:
    ghost = by_hand.User(object_id=4, x_m=22.0, first_step=10)
    driven = rollout(by_hand.scenario(users=[ghost]), by_hand.Planner())
    assert (driven.outcome, driven.contact_ids) == ("timeout", (4,))


def test_who_stands_on_top_of_the_ego_at_the_start_is_no_fault(by_hand: SimpleNamespace) -> None:
    driven = rollout(by_hand.scenario(users=[by_hand.User(object_id=4, x_m=11.0)]), by_hand.Planner())
    assert (driven.outcome, driven.contact_ids) == ("timeout", (4,))


def test_a_fault_beside_an_innocent_contact_is_still_a_fault(by_hand: SimpleNamespace) -> None:
    users = [by_hand.User(object_id=4, x_m=0.0, speed_mps=16.0), by_hand.User(object_id=5, x_m=40.0)]
    driven = rollout(by_hand.scenario(users=users), by_hand.Planner())
    assert (driven.outcome, driven.at_fault_id, driven.contact_ids) == ("collision", 5, (4,))


def test_leaving_the_road_ends_the_run(by_hand: SimpleNamespace) -> None:
    driven = rollout(by_hand.scenario(start=(10.0, 0.0, -0.1, 10.0)), by_hand.Planner())
    assert driven.outcome == "off_road"
    # The lowest corner, front right, is 0.95 cos 0.1 + 2.4 sin 0.1 = 1.185 m below the centre, the road ends at -2.05.
    assert driven.xy_m[-1, 1] < -2.05 + 1.185 < driven.xy_m[-2, 1]


def test_a_start_off_the_road_is_off_road_at_once(by_hand: SimpleNamespace) -> None:
    driven = rollout(by_hand.scenario(start=(10.0, 80.0, 0.0, 10.0)), by_hand.Planner())
    assert (driven.outcome, driven.time_ns.tolist()) == ("off_road", [0])


def nan_plan(_: int, plan: Plan) -> Plan:
    return replace(plan, xy_m=np.full_like(plan.xy_m, np.nan))


def infinite_speed(_: int, plan: Plan) -> Plan:
    return replace(plan, speed_mps=np.full(51, np.inf))


def one_point(_: int, plan: Plan) -> Plan:
    names = ("time_s", "xy_m", "yaw_rad", "speed_mps", "accel_mps2")
    return replace(plan, **{name: getattr(plan, name)[:1] for name in names})


def nothing(_: int, __: Plan) -> None:
    return None


def gives_up(_: int, __: Plan) -> Plan:
    raise PluginError("the model is not loaded")


@pytest.mark.parametrize("failure", [nan_plan, infinite_speed, one_point, nothing, gives_up])
def test_without_a_usable_plan_the_ego_brakes_and_says_so(by_hand: SimpleNamespace, failure: Any) -> None:
    driven = rollout(by_hand.scenario(), by_hand.Planner(change=failure))
    assert driven.outcome == "timeout"
    assert driven.num_planner_failures == 50
    # 10 m/s at -8 m/s² ends after 6.25 m.
    assert driven.xy_m[-1] == pytest.approx([16.25, 0.0])
    assert driven.speed_mps[-1] == 0.0
    assert [(t, d.rule, d.action) for t, d in driven.decisions] == [(0, "planner-failed", "emergency-brake")]


def test_a_single_bad_plan_costs_a_single_step(by_hand: SimpleNamespace) -> None:
    driven = rollout(by_hand.scenario(), by_hand.Planner(change=lambda k, plan: None if k == 3 else plan))
    assert driven.num_planner_failures == 1
    assert driven.speed_mps[3:6] == pytest.approx([10.0, 9.2, 9.2])
    assert [d.rule for _, d in driven.decisions] == ["straight", "planner-failed", "straight"]


def test_a_planner_that_cannot_start_stands_until_time_is_up(by_hand: SimpleNamespace) -> None:
    class Lost(by_hand.Planner):  # type: ignore[misc, name-defined]
        def start(self, briefing: object) -> None:
            raise ScenarioError("the goal cannot be reached")

    driven = rollout(by_hand.scenario(), Lost())
    assert (driven.outcome, driven.num_planner_failures, driven.plan_ms.size) == ("timeout", 50, 0)
    assert driven.speed_mps[-1] == 0.0


def test_a_planner_never_sees_what_is_still_to_come(by_hand: SimpleNamespace) -> None:
    users = [by_hand.User(object_id=4, x_m=60.0, first_step=20), by_hand.User(object_id=5, x_m=90.0)]
    planner = by_hand.Planner()
    rollout(by_hand.scenario(users=users), planner)
    for k, scene in enumerate(planner.scenes):
        assert scene.time_ns == 100_000_000 * k == int(scene.others.time_ns[-1])
        assert (4 in scene.others.object_id) == (k >= 20)


def test_another_future_gives_the_same_past(by_hand: SimpleNamespace) -> None:
    near, far = by_hand.User(object_id=4, x_m=60.0), by_hand.User(object_id=5, x_m=200.0, first_step=30)
    one, two = by_hand.Planner(), by_hand.Planner()
    rollout(by_hand.scenario(users=[near]), one)
    rollout(by_hand.scenario(users=[near, far]), two)
    for a, b in zip(one.scenes[:30], two.scenes[:30], strict=True):
        assert a.others.object_id.tolist() == b.others.object_id.tolist()
        assert np.array_equal(a.others.xy_m, b.others.xy_m)


@pytest.mark.parametrize("background", ["replay", "reactive"])
def test_the_same_run_twice_is_the_same_to_the_last_bit(by_hand: SimpleNamespace, background: Any) -> None:
    users = [by_hand.User(object_id=4, x_m=-5.0, speed_mps=9.0), by_hand.User(object_id=5, x_m=60.0, speed_mps=3.0)]
    task = by_hand.scenario(users=users)
    one, two = (rollout(task, by_hand.Planner(-1.0), background=background) for _ in range(2))
    for name in ("xy_m", "yaw_rad", "speed_mps", "accel_mps2", "steer_rad"):
        assert getattr(one, name).tobytes() == getattr(two, name).tobytes()
    assert one.background.xy_m.tobytes() == two.background.xy_m.tobytes()


def test_reactive_traffic_brakes_where_replayed_traffic_drives_into_the_ego(by_hand: SimpleNamespace) -> None:
    task = by_hand.scenario(users=[by_hand.User(object_id=4, x_m=-10.0, speed_mps=10.0)], start=(10.0, 0.0, 0.0, 2.0))
    replayed, reactive = (rollout(task, by_hand.Planner(), background=b) for b in ("replay", "reactive"))
    assert (replayed.contact_ids, replayed.num_braked_for_ego) == ((4,), None)
    assert (reactive.contact_ids, reactive.num_braked_for_ego) == ((), 1)


def test_each_step_can_be_watched(by_hand: SimpleNamespace) -> None:
    seen: list[tuple[Scene, Plan | None]] = []
    driven = rollout(by_hand.scenario(duration_s=1.0), by_hand.Planner(), on_step=lambda s, p: seen.append((s, p)))
    assert [scene.time_ns for scene, _ in seen] == driven.time_ns.tolist()
    assert [plan is None for _, plan in seen] == [False] * 10 + [True]


def test_planning_time_is_read_from_the_given_clock(by_hand: SimpleNamespace) -> None:
    ticks = iter(np.arange(0.0, 10.0, 0.25).tolist())
    driven = rollout(by_hand.scenario(duration_s=1.0), by_hand.Planner(), timer=lambda: next(ticks))
    assert driven.plan_ms.tolist() == [250.0] * 10


@pytest.mark.parametrize("background", ["replay", "reactive"])
def test_a_run_longer_than_the_recording_is_an_ordinary_run(by_hand: SimpleNamespace, background: Any) -> None:
    task = by_hand.scenario(users=[by_hand.User(object_id=4, x_m=30.0)], recorded_s=1.0)
    driven = rollout(task, by_hand.Planner(), background=background)
    assert driven.outcome == "timeout"  # the standing car is gone before the ego is there
    assert driven.background.num_steps == driven.time_ns.size == 51
