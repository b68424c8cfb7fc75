"""Wishes on the road: the turn is taken, the car stands at the edge and goes on, the planner hears what is wished."""

from __future__ import annotations

import math
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from zhixing import registry
from zhixing.datatypes.driving_wish import AS_USUAL, DrivingWish
from zhixing.datatypes.scene import Scene
from zhixing.driving.safety import SafetyChecker
from zhixing.runtime.ride import Ride
from zhixing.settings import CityConfig

CITY = CityConfig(seed=3, num_users=0)
PLANNERS = ["idm", "sampling", "pdm"]


def doing(ride: Ride) -> str:
    """Return what the ride has been asked to do; asked anew each time."""
    return str(ride.manoeuvre)


def drive(ride: Ride, seconds: float) -> None:
    for _ in range(round(10 * seconds)):
        ride.step()


@pytest.fixture(params=PLANNERS)
def ride(request: pytest.FixtureRequest) -> Ride:
    return Ride(CITY, request.param, SafetyChecker())


@pytest.mark.parametrize(
    ("planner", "turn", "sign"),
    [("idm", "turn-left", 1.0), ("idm", "turn-right", -1.0), ("sampling", "turn-left", 1.0)],
)  # `pdm`, here as a peer, leaves the road in narrow turns, wished or not
def test_a_wished_turn_is_taken_and_then_over(planner: str, turn: Any, sign: float) -> None:
    ride = Ride(CITY, planner, SafetyChecker())
    drive(ride, 2.0)
    distance_m = ride.turn_in_m(turn)
    assert distance_m is not None
    assert ride.begin(turn)
    driven_m, yaw_at_turn = 0.0, None
    for _ in range(1200):
        ride.step()
        driven_m += 0.1 * ride.scene.ego.speed_mps
        if doing(ride) == turn:  # the turn that is meant, not the one after
            assert ride.turn_in_m(turn) == pytest.approx(max(distance_m - driven_m, 0.0), abs=1.5)
        if yaw_at_turn is None and driven_m > distance_m - 5.0:
            yaw_at_turn = ride.scene.ego.yaw_rad
        if ride.manoeuvre == "none":
            break
    assert doing(ride) == "none"
    assert yaw_at_turn is not None
    turned = math.remainder(ride.scene.ego.yaw_rad - yaw_at_turn, 2.0 * math.pi)
    assert sign * turned == pytest.approx(math.pi / 2.0, abs=0.4)
    assert driven_m == pytest.approx(distance_m + 60.0, abs=40.0)
    assert ride.world.event_counts() == {}


def test_a_wished_stop_stands_is_not_being_stuck_and_ends_with_the_next_word(ride: Ride) -> None:
    drive(ride, 2.0)
    assert ride.begin("pull-over")
    drive(ride, 45.0)
    ego = ride.scene.ego
    assert ego.speed_mps < 0.05
    assert doing(ride) == "pull-over"
    assert ride.decision.rule == "pull-over"
    lane, _, _ = ride._lane_map.nearest(ego.x_m, ego.y_m, ego.yaw_rad)
    noun = ride.world.road.lanes[lane]
    assert noun.junction < 0
    assert noun.right_lane < 0
    drive(ride, 100.0 if ride._planner.name == "idm" else 5.0)
    assert (ride.scene.ego.x_m, ride.scene.ego.y_m) == pytest.approx((ego.x_m, ego.y_m), abs=0.2)
    assert ride.world.event_counts() == {}
    stood = ride.account().episodes[-1]
    assert (stood.deed, stood.ended_ns, stood.cause.decision.rule) == ("stood", None, "pull-over")
    assert ride.begin("none")
    drive(ride, 8.0)
    assert ride.scene.ego.speed_mps > 3.0
    assert doing(ride) == "none"


def test_standing_that_nobody_wished_still_counts(monkeypatch: pytest.MonkeyPatch, by_hand: SimpleNamespace) -> None:
    monkeypatch.setattr(registry, "create", lambda group, name: by_hand.Planner(change=lambda step, plan: None))
    ride = Ride(CITY, "straight")
    drive(ride, 100.0)
    assert ride.world.event_counts() == {"stuck": 1}


def test_another_wish_takes_the_place_of_the_one_before() -> None:
    ride = Ride(CITY, "idm", SafetyChecker())
    assert ride.begin("pull-over")
    assert ride.begin("turn-right")
    assert doing(ride) == "turn-right"
    assert ride.begin("none")
    assert doing(ride) == "none"


def test_overtaking_is_a_wish_on_the_scene_until_somebody_is_passed_or_a_minute_is_over() -> None:
    ride = Ride(CITY, "idm")
    seen = scenes_of(ride)
    ride.begin("overtake")
    drive(ride, 1.0)
    assert seen[-1].wish.overtakes
    drive(ride, 60.0)
    assert doing(ride) == "none"
    assert not seen[-1].wish.overtakes


def scenes_of(ride: Ride) -> list[Scene]:
    """Return the scenes that a ride's planner gets from now on."""
    seen: list[Scene] = []
    plan = ride._planner.plan

    def spy(scene: Scene) -> Any:
        seen.append(scene)
        return plan(scene)

    ride._planner.plan = spy  # type: ignore[method-assign]
    return seen


def test_the_planner_sees_the_wish_and_the_checker_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    checker = SafetyChecker()
    checked: list[Scene] = []
    check = checker.check

    def spy(scene: Scene, plan: Any) -> Any:
        checked.append(scene)
        return check(scene, plan)

    monkeypatch.setattr(checker, "check", spy)
    ride = Ride(CITY, "idm", checker)
    seen = scenes_of(ride)
    ride.wish = DrivingWish(style="brisk", headway_s=0.8, max_speed_mps=5.0)
    drive(ride, 1.0)
    assert {scene.wish for scene in seen} == {ride.wish}
    assert {scene.wish for scene in checked} == {AS_USUAL}
    assert replace(seen[-1], wish=AS_USUAL).ego == checked[-1].ego


def test_a_speed_that_is_wished_is_kept_by_every_planner(ride: Ride) -> None:
    ride.wish = DrivingWish(max_speed_mps=5.0)
    drive(ride, 10.0)
    fastest = 0.0
    for _ in range(100):
        ride.step()
        fastest = max(fastest, ride.scene.ego.speed_mps)
    assert fastest < 5.4
    assert any(one.cause.decision.rule == "speed-wish" for one in ride.account().episodes) or fastest < 5.0


def test_the_gap_that_is_wished_is_the_gap_that_is_kept() -> None:
    gaps = {}
    for headway_s in (0.8, 2.5):
        ride = Ride(CityConfig(seed=4, num_users=60), "idm", SafetyChecker())
        ride.wish = DrivingWish(headway_s=headway_s)
        seen = []
        for _ in range(600):
            ride.step()
            ego, others = ride.scene.ego, ride.scene.others
            if ride.decision.rule == "follow" and ego.speed_mps > 4.0:
                row = others.object_id.tolist().index(ride.decision.object_id)
                away_m = math.dist(others.xy_m[row, -1], (ego.x_m, ego.y_m)) - 0.5 * (4.8 + others.size_m[row, 0])
                seen.append(away_m / ego.speed_mps)
        gaps[headway_s] = sorted(seen)[len(seen) // 2]
    assert gaps[0.8] < gaps[2.5]
