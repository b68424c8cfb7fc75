"""What the checker lets pass has a way to stop that nobody within bounds is in.

Scenes and plans are drawn at random. Where the checker passes a plan, the plan's first step and then the fail-safe
trajectory are driven by the same tracker and bicycle model as everywhere, while every road user does what it likes
within its bounds: full braking, full acceleration, drifting to one side, or all of that in turns.
"""

from __future__ import annotations

import math

import numpy as np
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from zhixing.datatypes.localized import Localized
from zhixing.datatypes.plan import Decision, Plan
from zhixing.datatypes.scene import Briefing, EgoBody, EgoState, Goal, Scene
from zhixing.datatypes.shapes import FloatArray
from zhixing.datatypes.tracks import RoadUser, Tracks, empty_tracks
from zhixing.driving.asking import follow_or_brake
from zhixing.driving.bicycle import step_bicycle
from zhixing.driving.safety import SafetyChecker, SafetyConfig
from zhixing.simulation.collision import boxes_touch
from zhixing.testing.streets import street

BODY = EgoBody()
CONFIG = SafetyConfig()
STEP_S, FINE = 0.1, 5
"""Others move in steps of 0.02 s, so that nobody jumps through the ego."""
WHY = Decision(action="cruise", rule="test", say=Localized("直行", "Straight on.", "Geradeaus."))
ROAD = street()
laws = settings(max_examples=40, deadline=None, derandomize=True)

KINDS = st.sampled_from([RoadUser.CAR, RoadUser.TRUCK, RoadUser.EBIKE, RoadUser.PEDESTRIAN])
SIZES = {
    RoadUser.CAR: (4.6, 1.9),
    RoadUser.TRUCK: (9.0, 2.5),
    RoadUser.EBIKE: (1.8, 0.7),
    RoadUser.PEDESTRIAN: (0.5, 0.5),
}
# x ahead of the ego, y, course in quarter turns, speed, how it behaves (seed)
USER = st.tuples(
    KINDS,
    st.floats(3.0, 45.0),
    st.floats(-12.0, 12.0),
    st.sampled_from([0.0, 0.0, math.pi, 0.5 * math.pi, -0.5 * math.pi, 0.2, -0.2, 2.5]),
    st.floats(0.0, 12.0),
    st.integers(0, 2**31),
)
BEHIND = st.tuples(
    st.sampled_from([RoadUser.CAR, RoadUser.TRUCK, RoadUser.EBIKE]),
    st.floats(-30.0, -8.0),
    st.floats(-3.0, 7.0),
    st.just(0.0),
    st.floats(0.5, 14.0),
    st.integers(0, 2**31),
)
EGO = st.tuples(st.floats(0.0, 14.0), st.floats(-0.5, 4.0), st.floats(-0.05, 0.05))
PLAN = st.tuples(st.floats(-8.0, 4.0), st.floats(-3.0, 3.0), st.floats(8.0, 40.0))


def plan_of(ego: EgoState, wish: tuple[float, float, float]) -> Plan:
    """Return a plan that accelerates and moves over to one side within some distance."""
    accel, shift, within = wish
    time_s = STEP_S * np.arange(51, dtype=np.float64)
    speed = np.maximum(0.0, ego.speed_mps + accel * time_s)
    away = np.concatenate(([0.0], np.cumsum(0.05 * (speed[1:] + speed[:-1]))))
    share = np.clip(away / within, 0.0, 1.0)
    aside = shift * (3.0 * share**2 - 2.0 * share**3)
    slope = np.where(share < 1.0, shift * 6.0 * share * (1.0 - share) / within, 0.0)
    c, s = math.cos(ego.yaw_rad), math.sin(ego.yaw_rad)
    return Plan(
        time_s=time_s,
        xy_m=np.stack((ego.x_m + c * away - s * aside, ego.y_m + s * away + c * aside), axis=-1),
        yaw_rad=ego.yaw_rad + np.arctan(slope),
        speed_mps=speed,
        accel_mps2=np.full(51, accel),
        decision=WHY,
    )


class Somebody:
    """A road user on a straight course that behaves within the bounds, each moment otherwise.

    Who is behind on another line keeps its side, and after the time it takes to respond it brakes at least a little.
    """

    def __init__(
        self, user: tuple[RoadUser, float, float, float, float, int], ego_x_m: float, *, is_behind: bool = False
    ) -> None:
        kind, ahead, self.y, self.yaw, speed, seed = user
        self.bounds = CONFIG.bounds[kind]
        self.x, self.kind, self.size = ego_x_m + ahead, kind, SIZES[kind]
        self.speed = min(speed, self.bounds.max_speed_mps)
        self.start_speed = self.speed
        self.aside_mps, self.time_s = 0.0, 0.0
        self.rng = np.random.default_rng(seed)
        self.manner = int(self.rng.integers(4))
        self.is_behind = is_behind
        self.side = 0.0 if is_behind else float(self.rng.choice([-1.0, 0.0, 1.0]))

    def move(self, dt_s: float) -> None:
        of = self.bounds
        gain = of.max_accel_mps2 if self.start_speed >= 0.3 else of.start_accel_mps2
        wish = [-of.max_brake_mps2, gain, 0.0, self.rng.uniform(-of.max_brake_mps2, gain)][self.manner]
        if self.is_behind and self.time_s >= of.response_s:
            wish = min(wish, -of.min_brake_mps2)
        before = self.speed
        self.speed = min(max(0.0, self.speed + wish * dt_s), of.max_speed_mps)
        along = 0.5 * (before + self.speed) * dt_s
        if self.time_s < of.response_s:  # sideways: grows while it responds, then is braked
            self.aside_mps += self.side * of.lateral_accel_mps2 * dt_s
        else:
            left = max(0.0, abs(self.aside_mps) - of.lateral_brake_mps2 * dt_s)
            self.aside_mps = math.copysign(left, self.aside_mps)
        across = self.aside_mps * dt_s if self.time_s + dt_s <= of.response_s else 0.98 * self.aside_mps * dt_s
        c, s = math.cos(self.yaw), math.sin(self.yaw)
        self.x, self.y = self.x + c * along - s * across, self.y + s * along + c * across
        self.time_s += dt_s

    def box(self) -> FloatArray:
        return np.array([self.x, self.y, self.yaw, *self.size])


def tracks_of(users: list[Somebody]) -> Tracks:
    if not users:
        return empty_tracks(np.zeros(1, dtype=np.int64))
    return Tracks(
        np.zeros(1, dtype=np.int64),
        np.arange(len(users), dtype=np.int64),
        np.array([int(user.kind) for user in users], dtype=np.int64),
        np.array([user.size for user in users]),
        np.array([[[user.x, user.y]] for user in users]),
        np.array([[user.yaw] for user in users]),
        np.array([[user.speed] for user in users]),
        np.ones((len(users), 1), dtype=np.bool_),
    )


def ego_box(ego: EgoState) -> FloatArray:
    return np.array([ego.x_m, ego.y_m, ego.yaw_rad, BODY.length_m, BODY.width_m])


def checker_for(ego: EgoState) -> SafetyChecker:
    checker = SafetyChecker()
    goal = Goal(x_min_m=290.0, x_max_m=299.0, y_min_m=-2.0, y_max_m=2.0)
    checker.start(Briefing(road=ROAD, body=BODY, start=ego, goal=goal))
    return checker


def stop_without_meeting(checker: SafetyChecker, ego: EgoState, plan: Plan, users: list[Somebody]) -> None:
    """Drive the first step of a plan and then what the checker keeps; nobody may be met while the ego moves."""
    for _ in range(80):
        before = ego
        ego = step_bicycle(ego, BODY, follow_or_brake(plan, ego, BODY, STEP_S), STEP_S)
        for part in range(1, FINE + 1):
            share = part / FINE
            for user in users:
                user.move(STEP_S / FINE)
            here = ego_box(ego) * share + ego_box(before) * (1.0 - share)
            is_moving = before.speed_mps > 0.0 and (share < 1.0 or ego.speed_mps > 0.0)
            for user in users:
                assert not (is_moving and boxes_touch(here, user.box())), (user.kind, ego)
        if ego.speed_mps <= 0.0:
            return
        kept = checker._kept
        assert kept is not None
        plan = kept.plan(WHY)
        checker._kept = kept.rest()
    raise AssertionError("it never stops")


@laws
@example((10.0, 0.0, 0.0), (4.0, 0.0, 20.0), [(RoadUser.CAR, 12.0, 0.0, 0.0, 10.0, 0)])
@example((9.0, 0.0, 0.0), (0.0, 2.0, 12.0), [(RoadUser.CAR, 9.0, 3.5, 0.0, 9.0, 3)])
@example((8.0, 0.0, 0.0), (1.0, 0.0, 20.0), [(RoadUser.PEDESTRIAN, 9.0, -4.0, 0.5 * math.pi, 1.5, 1)])
@given(EGO, PLAN, st.lists(USER, min_size=1, max_size=4))
def test_what_passes_can_be_stopped_whatever_others_do_within_bounds(
    start: tuple[float, float, float],
    wish: tuple[float, float, float],
    drawn: list[tuple[RoadUser, float, float, float, float, int]],
) -> None:
    ego = EgoState(x_m=50.0, y_m=start[1], yaw_rad=start[2], speed_mps=start[0])
    users = [Somebody(one, ego.x_m) for one in drawn]
    assume(not any(boxes_touch(ego_box(ego), user.box()) for user in users))
    checker = checker_for(ego)
    plan = plan_of(ego, wish)
    checked = checker.check(
        Scene(time_ns=0, ego=ego, others=tracks_of(users), lights=np.zeros(0, dtype=np.int64)), plan
    )
    assume(not checked.rule)
    assert checked.plan is plan
    stop_without_meeting(checker, ego, plan, users)


@laws
@example((8.0, 1.0, 0.04), (0.0, 2.5, 8.0), [(RoadUser.CAR, -10.0, 3.5, 0.0, 12.0, 1)])
@given(EGO, PLAN, st.lists(BEHIND, min_size=1, max_size=3))
def test_what_passes_cuts_off_nobody_who_responds_and_brakes(
    start: tuple[float, float, float],
    wish: tuple[float, float, float],
    drawn: list[tuple[RoadUser, float, float, float, float, int]],
) -> None:
    ego = EgoState(x_m=50.0, y_m=start[1], yaw_rad=start[2], speed_mps=start[0])
    users = [Somebody(one, ego.x_m, is_behind=True) for one in drawn]
    across_m = 0.5 * (BODY.width_m + BODY.length_m * abs(math.sin(ego.yaw_rad)))
    # In the car's own file everybody answers for the distance himself.
    assume(all(abs(user.y - ego.y_m) > across_m + 0.5 * user.size[1] for user in users))
    checker, plan = checker_for(ego), plan_of(ego, wish)
    scene = Scene(time_ns=0, ego=ego, others=tracks_of(users), lights=np.zeros(0, dtype=np.int64))
    assume(not checker.check(scene, plan).rule)
    stop_without_meeting(checker, ego, plan, users)


@laws
@given(EGO, PLAN, st.lists(USER, max_size=4))
def test_a_plan_is_only_ever_made_safer(
    start: tuple[float, float, float],
    wish: tuple[float, float, float],
    drawn: list[tuple[RoadUser, float, float, float, float, int]],
) -> None:
    ego = EgoState(x_m=50.0, y_m=start[1], yaw_rad=start[2], speed_mps=start[0])
    users = [Somebody(one, ego.x_m) for one in drawn]
    plan = plan_of(ego, wish)
    scene = Scene(time_ns=0, ego=ego, others=tracks_of(users), lights=np.zeros(0, dtype=np.int64))
    checked = checker_for(ego).check(scene, plan)
    if checked.rule:
        assert checked.plan.accel_mps2[0] <= max(min(0.0, wish[0]), BODY.min_accel_mps2)
        assert checked.plan.decision.rule == checked.rule
        assert checked.plan.speed_mps[-1] <= 1e-3
    again = checker_for(ego).check(scene, plan)
    assert (again.rule, again.object_id) == (checked.rule, checked.object_id)
    np.testing.assert_array_equal(again.plan.xy_m, checked.plan.xy_m)


@laws
@given(EGO, PLAN, st.sampled_from(["accel", "xy", "yaw"]), st.sampled_from([math.nan, math.inf]))
def test_garbage_ends_in_a_stop_on_the_road(
    start: tuple[float, float, float], wish: tuple[float, float, float], field: str, value: float
) -> None:
    ego = EgoState(x_m=50.0, y_m=0.3 * start[1], yaw_rad=start[2], speed_mps=start[0])
    good = plan_of(ego, wish)
    spoiled = {name: np.array(getattr(good, name)) for name in ("xy_m", "yaw_rad", "accel_mps2", "speed_mps", "time_s")}
    spoiled[{"accel": "accel_mps2", "xy": "xy_m", "yaw": "yaw_rad"}[field]][3] = value
    bad = Plan(decision=WHY, **spoiled)
    checker = checker_for(ego)
    for step in range(60):
        nobody = empty_tracks(np.zeros(1, dtype=np.int64))
        scene = Scene(time_ns=step * 100_000_000, ego=ego, others=nobody, lights=np.zeros(0, dtype=np.int64))
        checked = checker.check(scene, bad if step % 2 else None)
        assert checked.rule == "safety-no-plan"
        ego = step_bicycle(ego, BODY, follow_or_brake(checked.plan, ego, BODY, STEP_S), STEP_S)
        if ego.speed_mps == 0.0:
            break
    assert ego.speed_mps == 0.0
    assert abs(ego.y_m - 0.3 * start[1]) < 1.5
