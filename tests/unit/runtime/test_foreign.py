"""A planner in another process drives, and whatever it does wrong is an error of ours."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from zhixing.datatypes.lights import Light
from zhixing.datatypes.scene import Briefing, Scene
from zhixing.errors import PluginError
from zhixing.runtime.foreign import ForeignPlanner
from zhixing.simulation.rollout import rollout

CHILD = """
import json, sys, time
for line in sys.stdin:
    ask = json.loads(line)
    if ask["type"] == "start":
        start = ask
        print(json.dumps({"ok": True}), flush=True)
        continue
    x, y, yaw, speed, accel, steer = ask["ego"]
    gaps = [row[2] - x - 0.5 * (start["body"]["length_m"] + row[6]) for row in ask["others"] if row[2] > x]
    gap = min([g - 2.0 for g in gaps] + [ask["stop_m"] if ask["stop_m"] is not None else 1e3])
    a = -speed**2 / (2 * max(gap, 0.1))
    rows = []
    for k in range(31):
        rows.append([0.1 * k, x, y, yaw, speed, a])
        x += 0.1 * speed
        speed = max(0.0, speed + 0.1 * a)
    {answer}
"""
GOOD = 'print(json.dumps({"plan": rows}), flush=True)'


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Any]:
    planners: list[ForeignPlanner] = []

    def make(answer: str = GOOD) -> ForeignPlanner:
        script = tmp_path / f"child_{len(planners)}.py"
        script.write_text(CHILD.replace("{answer}", answer), encoding="utf-8")
        planners.append(ForeignPlanner([sys.executable, str(script)], name="foreign", patience_s=0.5))
        return planners[-1]

    yield make
    for planner in planners:
        planner.close()


def briefing_of(task: Any) -> Briefing:
    return Briefing(road=task.road, body=task.body, start=task.start, goal=task.goal, ego_light=task.ego_light)


def scene_of(task: Any) -> Scene:
    return Scene(
        time_ns=0, ego=task.start, others=task.background.until(0), lights=np.array(task.lights.at(0), dtype=np.int64)
    )


def test_a_child_stops_behind_a_standing_car(by_hand: SimpleNamespace, made: Any) -> None:
    task = by_hand.scenario(users=[by_hand.User(object_id=1, x_m=60.0)], duration_s=8.0)
    trace = rollout(task, made())
    assert trace.num_planner_failures == 0
    assert trace.outcome == "timeout"
    assert 48.0 < trace.xy_m[-1, 0] < 56.0


def test_a_child_is_told_where_a_red_light_is(by_hand: SimpleNamespace, made: Any) -> None:
    for light, is_last in ((Light.RED, True), (Light.GREEN, False)):
        task = by_hand.scenario(by_hand.crossing(), light=light, duration_s=12.0)
        trace = rollout(task, made())
        assert trace.num_planner_failures == 0
        assert (trace.xy_m[-1, 0] < 98.0) == is_last


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ('print("[1]", flush=True)', "no object"),
        ('print("nonsense", flush=True)', "cannot be talked to: JSONDecodeError"),
        ('print(json.dumps({"plan": None}), flush=True)', "shape"),
        ('print(json.dumps({"plan": [[1, 2], [3]]}), flush=True)', "no plan"),
        ('print(json.dumps({"plan": [[0.1] * 6]}), flush=True)', "shape"),
        ('print(json.dumps({"plan": [[float("nan")] * 6] * 3}), flush=True)', "finite"),
        ("time.sleep(60)", "TimeoutError"),
        ("sys.exit(1)", "BrokenPipeError"),
        ('print("x" * 3_000_000)', "BrokenPipeError"),
    ],
)
def test_what_a_child_does_wrong_is_an_error_of_ours(
    by_hand: SimpleNamespace, made: Any, answer: str, message: str
) -> None:
    task = by_hand.scenario()
    planner = made(answer)
    planner.start(briefing_of(task))
    with pytest.raises(PluginError, match=message):
        planner.plan(scene_of(task))


def test_a_child_that_ends_is_started_again_for_the_next_task(by_hand: SimpleNamespace, made: Any) -> None:
    task, planner = by_hand.scenario(), made("sys.exit(1)")
    for _ in range(2):
        planner.start(briefing_of(task))
        with pytest.raises(PluginError):
            planner.plan(scene_of(task))


def test_a_child_that_does_not_even_listen_is_not_waited_for(by_hand: SimpleNamespace) -> None:
    planner = ForeignPlanner([sys.executable, "-c", "import time; time.sleep(60)"], name="deaf", patience_s=0.05)
    with pytest.raises(PluginError, match="TimeoutError"):
        planner.start(briefing_of(by_hand.scenario()))


def test_what_cannot_be_started_is_an_error_of_ours(by_hand: SimpleNamespace) -> None:
    with pytest.raises(PluginError, match="FileNotFoundError"):
        ForeignPlanner(["/nowhere/at/all"], name="foreign").start(briefing_of(by_hand.scenario()))
