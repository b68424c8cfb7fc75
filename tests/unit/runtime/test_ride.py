"""The endless ride goes on whatever its planner does."""

from __future__ import annotations

import json
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from zhixing import registry
from zhixing.datatypes.scene import Briefing
from zhixing.errors import ScenarioError
from zhixing.runtime.ride import Ride
from zhixing.settings import CityConfig

CITY = CityConfig(seed=3, num_users=10)


class Refusing:
    """Takes no task at all."""

    name = "refusing"

    def start(self, briefing: Briefing) -> None:
        raise ScenarioError("not for me")

    def plan(self, scene: Any) -> Any:
        raise AssertionError("must not be asked without a task")


def raising(step: int, plan: Any) -> Any:
    raise ZeroDivisionError("careless")


class UnprintableError(Exception):
    def __repr__(self) -> str:
        raise RuntimeError

    __str__ = __repr__


def leaving(step: int, plan: Any) -> Any:
    raise SystemExit(0)


def unprintable(step: int, plan: Any) -> Any:
    raise UnprintableError


def speechless(step: int, plan: Any) -> Any:
    return replace(plan, decision=None)


def boastful(step: int, plan: Any) -> Any:
    return replace(plan, decision=replace(plan.decision, rule=b"x", object_id=2**70))


def lettered(step: int, plan: Any) -> Any:
    return replace(plan, yaw_rad=np.full(plan.yaw_rad.shape, "north"))


def not_finite(step: int, plan: Any) -> Any:
    return replace(plan, xy_m=np.full_like(plan.xy_m, np.nan))


@pytest.mark.parametrize(
    "change",
    [
        raising,
        leaving,
        unprintable,
        speechless,
        boastful,
        lettered,
        not_finite,
        lambda step, plan: "a plan",
        lambda step, plan: None,
    ],
)
def test_without_a_usable_plan_the_car_brakes_and_says_so(
    monkeypatch: pytest.MonkeyPatch, by_hand: SimpleNamespace, change: Any
) -> None:
    monkeypatch.setattr(registry, "create", lambda group, name: by_hand.Planner(change=change))
    ride = Ride(CITY, "straight")
    before_ns = ride.scene.time_ns
    for _ in range(100):
        ride.step()
    assert ride.scene.time_ns == before_ns + 100 * 100_000_000
    assert ride.scene.ego.speed_mps == 0.0
    frame = json.loads(json.dumps(ride.frame(), allow_nan=False))
    assert (frame["decision"]["rule"], frame["plan"]) == ("planner-failed", [])


def test_a_planner_that_refuses_the_task_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "create", lambda group, name: Refusing())
    ride = Ride(CITY, "refusing")
    ride.step()
    assert ride.decision.rule == "planner-failed"


def test_one_failure_costs_one_step(monkeypatch: pytest.MonkeyPatch, by_hand: SimpleNamespace) -> None:
    monkeypatch.setattr(
        registry, "create", lambda group, name: by_hand.Planner(change=lambda k, plan: None if k == 2 else plan)
    )
    ride = Ride(CITY, "straight")
    rules = []
    for _ in range(5):
        ride.step()
        rules.append(ride.decision.rule)
    assert rules == ["straight", "straight", "planner-failed", "straight", "straight"]
