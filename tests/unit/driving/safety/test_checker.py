from __future__ import annotations

import math
from dataclasses import replace
from time import perf_counter
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from zhixing.datatypes.plan import Plan
from zhixing.datatypes.scene import Briefing, EgoBody, EgoState, Goal, Scene
from zhixing.datatypes.tracks import RoadUser
from zhixing.driving.asking import follow_or_brake, supervise
from zhixing.driving.bicycle import step_bicycle
from zhixing.driving.safety import Checked, SafetyChecker
from zhixing.errors import ScenarioError
from zhixing.simulation.rollout import rollout

BODY = EgoBody()


def at(speed_mps: float, x_m: float = 50.0, y_m: float = 0.0, yaw_rad: float = 0.0) -> EgoState:
    return EgoState(x_m=x_m, y_m=y_m, yaw_rad=yaw_rad, speed_mps=speed_mps)


class Stand:
    """A checker on the street of the tests, and what it says about one moment."""

    def __init__(self, by_hand: SimpleNamespace) -> None:
        self.by_hand, self.checker = by_hand, SafetyChecker()
        road = by_hand.street()
        goal = Goal(x_min_m=290.0, x_max_m=299.0, y_min_m=-2.0, y_max_m=2.0)
        self.checker.start(Briefing(road=road, body=BODY, start=at(0.0), goal=goal))

    def scene(self, ego: EgoState, *users: Any, step: int = 0) -> Scene:
        tracks = self.by_hand.tracks(users, step + 1)
        return Scene(time_ns=step * 100_000_000, ego=ego, others=tracks, lights=np.zeros(0, dtype=np.int64))

    def plan(self, ego: EgoState, accel_mps2: float = 0.0) -> Plan:
        plan: Plan = self.by_hand.Planner(accel_mps2).plan(self.scene(ego))
        return plan

    def check(self, ego: EgoState, *users: Any, accel_mps2: float = 0.0) -> Checked:
        return self.checker.check(self.scene(ego, *users), self.plan(ego, accel_mps2))


@pytest.fixture
def stand(by_hand: SimpleNamespace) -> Stand:
    return Stand(by_hand)


def test_a_plan_on_a_free_road_passes_unchanged(stand: Stand) -> None:
    plan = stand.plan(at(14.0), 2.0)
    checked = stand.checker.check(stand.scene(at(14.0)), plan)
    assert checked == Checked(plan=plan)
    assert checked.plan is plan


def test_without_a_briefing_it_refuses(stand: Stand) -> None:
    with pytest.raises(ScenarioError, match="not briefed"):
        SafetyChecker().check(stand.scene(at(5.0)), None)


@pytest.mark.parametrize(("gap_m", "passes"), [(5.0, True), (3.2, True), (1.5, False)])
def test_following_closely_is_fine_as_long_as_full_braking_of_the_leader_can_be_answered(
    stand: Stand, gap_m: float, passes: bool
) -> None:
    # At 10 m/s, half a second is 5 m; the ego needs 0.1 s and the build-up of its brakes, about 2.5 m.
    leader = stand.by_hand.User(object_id=3, x_m=50.0 + 2.4 + 2.0 + gap_m, speed_mps=10.0)
    checked = stand.check(at(10.0), leader)
    assert (not checked.rule) == passes
    if not passes:
        assert (checked.rule, checked.object_id) == ("safety-longitudinal", 3)
        assert checked.plan.accel_mps2[0] < 0.0
        assert checked.plan.decision.say.zh == "与前方车辆距离不足，安全系统减速"


def test_who_follows_answers_for_the_distance(stand: Stand) -> None:
    tailgater = stand.by_hand.User(object_id=3, x_m=50.0 - 2.4 - 2.0 - 1.0, speed_mps=11.0)
    assert not stand.check(at(10.0), tailgater).rule


def test_cutting_in_before_somebody_is_refused_and_from_far_it_is_not(stand: Stand) -> None:
    steering = at(9.0, y_m=1.0, yaw_rad=0.15)
    near = stand.by_hand.User(object_id=3, x_m=42.0, y_m=3.5, speed_mps=12.0)
    checked = stand.check(steering, near)
    assert (checked.rule, checked.object_id) == ("safety-lateral", 3)
    far = stand.by_hand.User(object_id=3, x_m=5.0, y_m=3.5, speed_mps=12.0)
    assert Stand(stand.by_hand).check(steering, far).rule != "safety-lateral"


def test_passing_a_parallel_neighbour_is_fine_and_so_is_being_passed(stand: Stand) -> None:
    for ahead in (-6.0, 0.0, 6.0):
        neighbour = stand.by_hand.User(object_id=3, x_m=50.0 + ahead, y_m=2.3, speed_mps=10.0)
        assert not stand.check(at(10.0), neighbour).rule, ahead


def test_a_pedestrian_who_walks_into_the_way_is_not_met(stand: Stand) -> None:
    walker = stand.by_hand.User(
        object_id=3,
        x_m=59.0,
        y_m=-1.6,
        yaw_rad=0.5 * math.pi,
        speed_mps=1.4,
        road_user=RoadUser.PEDESTRIAN,
        size_m=(0.5, 0.5),
    )
    checked = stand.check(at(12.0), walker)
    assert (checked.rule, checked.object_id) == ("safety-ttc", 3)
    assert not Stand(stand.by_hand).check(at(5.0), walker).rule  # it can still stop


def test_leaving_the_road_is_refused_and_the_car_stops_on_it(stand: Stand) -> None:
    ego = at(9.0)
    for step in range(60):
        skew = replace(ego, yaw_rad=ego.yaw_rad - 0.5)
        checked = stand.checker.check(stand.scene(ego, step=step), stand.plan(skew, 2.0))
        ego = step_bicycle(ego, BODY, follow_or_brake(checked.plan, ego, BODY, 0.1), 0.1)
    assert checked.rule == "safety-off-road"
    right_m = ego.y_m - 0.5 * BODY.width_m * math.cos(ego.yaw_rad) + 0.5 * BODY.length_m * math.sin(ego.yaw_rad)
    assert right_m > -1.75 - 0.25
    assert ego.speed_mps < 0.5


def test_an_impossible_plan_is_refused(stand: Stand) -> None:
    plan = stand.plan(at(10.0))
    elsewhere = replace(plan, xy_m=plan.xy_m + np.array([0.0, 9.0]))
    assert stand.checker.check(stand.scene(at(10.0)), elsewhere).rule == "safety-kinematics"


@pytest.mark.parametrize("plan", [None, "nonsense"])
def test_no_plan_is_answered_by_what_was_kept(stand: Stand, plan: Any) -> None:
    ego = at(10.0)
    assert not stand.check(ego).rule
    ego = step_bicycle(ego, BODY, follow_or_brake(stand.plan(ego), ego, BODY, 0.1), 0.1)
    speeds = []
    for step in range(1, 20):
        checked = stand.checker.check(stand.scene(ego, step=step), plan)
        assert checked.rule == checked.plan.decision.rule == "safety-no-plan"
        ego = step_bicycle(ego, BODY, follow_or_brake(checked.plan, ego, BODY, 0.1), 0.1)
        speeds.append(ego.speed_mps)
    assert speeds[0] == pytest.approx(10.0 - 0.4)  # brakes build up in 0.2 s
    assert speeds[1] == pytest.approx(speeds[0] - 0.8)
    assert speeds[-1] == 0.0


def test_what_is_handed_out_is_what_was_verified(stand: Stand) -> None:
    ego = at(12.0, y_m=0.4, yaw_rad=-0.03)
    assert not stand.check(ego).rule
    ego = step_bicycle(ego, BODY, follow_or_brake(stand.plan(ego), ego, BODY, 0.1), 0.1)
    kept = stand.checker._kept
    assert kept is not None
    state = np.array([ego.x_m, ego.y_m, ego.yaw_rad, ego.speed_mps, ego.steer_rad])
    foreseen = kept.driven_from(state, stand.checker._briefed("check").body)
    for step, expected in enumerate(foreseen[1:], start=1):
        checked = stand.checker.check(stand.scene(ego, step=step), None)
        ego = step_bicycle(ego, BODY, follow_or_brake(checked.plan, ego, BODY, 0.1), 0.1)
        now = [ego.x_m, ego.y_m, ego.yaw_rad, ego.speed_mps, ego.steer_rad]
        np.testing.assert_allclose(now, expected, atol=1e-12)


def test_an_ego_that_was_put_elsewhere_does_not_drive_an_old_trajectory(stand: Stand) -> None:
    assert not stand.check(at(10.0)).rule
    checked = stand.checker.check(stand.scene(at(10.0, x_m=150.0), step=1), None)
    assert checked.plan.xy_m[0, 0] == pytest.approx(150.0)


def test_without_lanes_only_others_count(stand: Stand) -> None:
    road = replace(stand.by_hand.street(), lanes=(), successors=())
    goal = Goal(x_min_m=290.0, x_max_m=299.0, y_min_m=-2.0, y_max_m=2.0)
    stand.checker.start(Briefing(road=road, body=BODY, start=at(0.0), goal=goal))
    assert not stand.check(at(10.0)).rule
    wall = stand.by_hand.User(object_id=3, x_m=58.0)
    assert stand.check(at(10.0), wall).rule == "safety-longitudinal"


def test_without_a_checker_everything_passes(stand: Stand) -> None:
    plan = stand.plan(at(10.0))
    assert supervise(plan, stand.scene(at(10.0)), None) == (plan, "")
    assert supervise(None, stand.scene(at(10.0)), None) == (None, "")


def test_a_rollout_counts_what_was_changed_and_says_why(by_hand: SimpleNamespace) -> None:
    task = by_hand.scenario(users=[by_hand.User(object_id=4, x_m=60.0)], duration_s=9.0)
    crashed = rollout(task, by_hand.Planner())
    assert (crashed.outcome, crashed.num_safety_interventions) == ("collision", 0)
    saved = rollout(task, by_hand.Planner(), checker=SafetyChecker())
    assert saved.outcome == "timeout"
    assert saved.num_safety_interventions > 0
    assert saved.speed_mps[-1] < 0.5
    assert 55.0 < saved.xy_m[-1, 0] + 2.4 < 58.0
    rules = {decision.rule for _, decision in saved.decisions}
    assert rules == {"straight", "safety-longitudinal"}


@pytest.mark.parametrize(("aside_m", "ahead_m"), [(9.0, 9.0), (-9.0, 9.0), (-5.0, 11.0)])
def test_where_nothing_is_safe_no_swerve_off_the_road_or_beyond_what_tyres_can_is_taken(
    stand: Stand, aside_m: float, ahead_m: float
) -> None:
    ego = at(15.0)
    standing = stand.by_hand.User(object_id=3, x_m=50.0 + 2.4 + 2.0 + ahead_m)
    plan = stand.plan(ego)
    gone_m = plan.xy_m[:, 0] - ego.x_m
    share = np.clip(gone_m / 8.0, 0.0, 1.0)
    swerve = replace(
        plan,
        xy_m=np.stack((plan.xy_m[:, 0], aside_m * share), axis=-1),
        yaw_rad=np.where(share < 1.0, math.atan2(aside_m, 8.0), 0.0),
    )
    checked = stand.checker.check(stand.scene(ego, standing), swerve)
    assert checked.rule
    assert checked.plan.accel_mps2[0] <= -4.0
    assert np.abs(checked.plan.xy_m[:, 1]).max() < 1.5


@pytest.mark.parametrize(("ahead_m", "y_m"), [(10.0, -2.6), (11.0, -2.2), (10.0, 2.6)])
def test_past_somebody_on_foot_who_comes_in_it_is_not_driven(stand: Stand, ahead_m: float, y_m: float) -> None:
    walker = stand.by_hand.User(
        object_id=3,
        x_m=50.0 + ahead_m,
        y_m=y_m,
        yaw_rad=math.copysign(0.5 * math.pi, -y_m),
        speed_mps=1.5,
        road_user=RoadUser.PEDESTRIAN,
        size_m=(0.5, 0.5),
    )
    checked = stand.check(at(15.0), walker)
    assert checked.object_id == 3
    assert checked.plan.accel_mps2[0] <= -4.0


@pytest.mark.parametrize(("gap_m", "least_mps2", "most_mps2"), [(4.2, 0.5, 1.9), (3.8, -1.5, -0.1), (3.0, -5.0, -3.0)])
def test_who_speeds_up_too_much_is_let_speed_up_less_before_it_has_to_brake(
    stand: Stand, gap_m: float, least_mps2: float, most_mps2: float
) -> None:
    slower = stand.by_hand.User(object_id=3, x_m=50.0 + 2.4 + 2.0 + gap_m, speed_mps=8.0)
    checked = stand.check(at(10.0), slower, accel_mps2=2.0)
    assert checked.rule == "safety-longitudinal"
    assert least_mps2 < checked.plan.accel_mps2[0] < most_mps2


@pytest.mark.parametrize(("gap_m", "now", "soon"), [(3.0, True, True), (5.5, False, True), (8.0, False, False)])
def test_it_can_be_foreseen_that_a_plan_will_be_changed(stand: Stand, gap_m: float, now: bool, soon: bool) -> None:
    ego = at(10.0)
    scene = stand.scene(ego, stand.by_hand.User(object_id=3, x_m=50.0 + 2.4 + 2.0 + gap_m, speed_mps=8.0))
    plan = stand.plan(ego, 2.0)
    judges = stand.checker.judges_of(scene, 5)
    assert [bool(judge(plan)) for judge in judges] == [now, soon]


def test_foresight_grants_nobody_time_to_make_room(stand: Stand) -> None:
    ego, ahead = at(10.0), stand.by_hand.User(object_id=3, x_m=53.0, y_m=3.5, speed_mps=1.0)
    stand.checker.judges_of(stand.scene(ego, ahead), 5)[1](stand.plan(ego))
    assert not stand.checker._briefed("check")._owed_ns
    stand.check(ego, replace(ahead, x_m=48.0))
    assert 3 in stand.checker._briefed("check")._owed_ns


@pytest.mark.parametrize("y_m", [2.0, 2.1])
def test_who_drifts_close_beside_is_no_reason_to_brake_fully(stand: Stand, y_m: float) -> None:
    # at walking pace both scrape with a hand's breadth a second at worst, whether the ego brakes or not
    beside = stand.by_hand.User(object_id=3, x_m=51.2, y_m=y_m, yaw_rad=-0.05, speed_mps=2.0)
    checked = stand.check(at(2.8), beside, accel_mps2=0.2)
    assert checked.rule == "safety-lateral"
    assert checked.plan.accel_mps2[0] > -1.0
    rider = replace(beside, road_user=RoadUser.BICYCLE)
    assert Stand(stand.by_hand).check(at(2.8), rider, accel_mps2=0.2).plan.accel_mps2[0] < -3.0


@pytest.mark.parametrize(("x_m", "y_m", "yaw_rad"), [(55.0, -2.9, 0.1), (54.8, -3.1, 0.126)])
def test_past_who_comes_in_the_ego_goes_on_where_that_is_verified(
    stand: Stand, x_m: float, y_m: float, yaw_rad: float
) -> None:
    comes_in = stand.by_hand.User(object_id=3, x_m=x_m, y_m=y_m, yaw_rad=yaw_rad, speed_mps=3.0)
    checked = stand.check(at(12.0), comes_in, accel_mps2=0.2)
    assert checked.rule == "safety-longitudinal"
    assert checked.plan.accel_mps2[0] == 0.0
    assert stand.checker._kept is not None


def test_a_plan_of_any_acceleration_is_answered_at_once(stand: Stand) -> None:
    ahead = stand.by_hand.User(object_id=3, x_m=57.0, speed_mps=4.0)
    stand.check(at(10.0), ahead)  # compiles
    wild = replace(stand.plan(at(10.0)), accel_mps2=np.full(stand.plan(at(10.0)).accel_mps2.shape, 1e7))
    started = perf_counter()
    checked = stand.checker.check(stand.scene(at(10.0), ahead), wild)
    assert perf_counter() - started < 1.0
    assert checked.plan.accel_mps2[0] < 0.0
