"""Waiting areas, U-turns and roundabouts: what maps draw as lanes and lights, driven with others there."""

from __future__ import annotations

import dataclasses
import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from zhixing.datatypes.evidence import Scenario, Trace
from zhixing.datatypes.lights import Light, Lights
from zhixing.datatypes.road import Road, StopLine
from zhixing.datatypes.shapes import FloatArray
from zhixing.driving.safety import SafetyChecker
from zhixing.driving.sampling.planner import SamplingPlanner
from zhixing.simulation.rollout import rollout
from zhixing.simulation.score import score


def drive(task: Scenario) -> Trace:
    return rollout(task, SamplingPlanner(), background="reactive", checker=SafetyChecker())


def arc(x_m: float, y_m: float, radius_m: float, from_rad: float, to_rad: float) -> list[tuple[float, float]]:
    """Return points on a circle, counter-clockwise where the angle grows."""
    turned = np.linspace(from_rad, to_rad, max(6, round(abs(to_rad - from_rad) * radius_m / 2.0)))
    return [(x_m + radius_m * math.cos(at), y_m + radius_m * math.sin(at)) for at in turned.tolist()]


def waiting_area(by_hand: SimpleNamespace) -> Road:
    """Return a left turn with a waiting area from x = 100 to 112: light 0 opens it, light 1 the turn behind it."""
    turn = arc(112.0, 14.0, 14.0, -0.5 * math.pi, 0.0)
    lines = [np.array([[x, 1.75], [x, -1.75]]) for x in (99.0, 111.0)]
    return Road(
        name="waiting area",
        lanes=(
            by_hand.lane("approach", by_hand.straight((0, 0), (100, 0))),
            by_hand.lane("area", by_hand.straight((100, 0), (112, 0), 7), junction=0, light_group=0, turn="left"),
            by_hand.lane("turn", turn, junction=0, light_group=1, turn="left"),
            by_hand.lane("exit", by_hand.straight((126, 14), (126, 120))),
        ),
        successors=((1,), (2,), (3,), ()),
        stop_lines=tuple(StopLine(xy_m=xy, lanes=(k,)) for k, xy in enumerate(lines)),
        num_junctions=1,
        num_light_groups=2,
    )


def shown(task: Scenario, *changes: tuple[float, Light, Light]) -> Scenario:
    """Return the task with what both lights show from some seconds on."""
    times = np.array([round(at_s * 1e9) for at_s, _, _ in changes])
    return dataclasses.replace(
        task, lights=Lights(times, np.array([[one for _, one, _ in changes], [two for *_, two in changes]]))
    )


def front_m(trace: Trace, half_length_m: float) -> FloatArray:
    return trace.xy_m[:, 0] + half_length_m


def test_the_waiting_area_is_entered_when_it_opens_and_left_when_the_turn_does(by_hand: SimpleNamespace) -> None:
    task = by_hand.scenario(waiting_area(by_hand), goal=(124.0, 128.0, 60.0, 66.0), duration_s=60.0)
    task = shown(task, (0.0, Light.RED, Light.RED), (16.0, Light.GREEN, Light.RED), (28.0, Light.GREEN, Light.GREEN))
    trace = drive(task)
    assert trace.outcome == "goal"
    at_s = trace.time_ns / 1e9
    front = front_m(trace, 0.5 * task.body.length_m)
    before, inside = at_s < 16.0, (at_s > 24.0) & (at_s < 28.0)
    assert front[before].max() < 99.0
    assert trace.speed_mps[(at_s > 14.0) & before].max() < 0.3
    assert front[inside].min() > 107.0  # it goes in and up to its end
    assert front[at_s < 28.0].max() < 111.0
    assert trace.speed_mps[inside].max() < 0.5
    assert at_s[-1] < 45.0


def test_a_waiting_area_with_both_lights_green_is_driven_through(by_hand: SimpleNamespace) -> None:
    task = by_hand.scenario(waiting_area(by_hand), goal=(124.0, 128.0, 60.0, 66.0), duration_s=60.0)
    trace = drive(shown(task, (0.0, Light.GREEN, Light.GREEN)))
    assert trace.outcome == "goal"
    assert trace.speed_mps[:-1].min() > 2.0
    assert score(trace, task).metrics["red_lights_run"] == 0.0
    turn_is_red = np.stack((trace.lights[0], np.full_like(trace.lights[1], Light.RED)))
    assert score(dataclasses.replace(trace, lights=turn_is_red), task).metrics["red_lights_run"] == 1.0


def u_turn(by_hand: SimpleNamespace, radius_m: float) -> Road:
    """Return two carriageways 2 radii apart and the U-turn at x = 100 from the one to the other."""
    far_m, half_round = 2.0 * radius_m, arc(100.0, radius_m, radius_m, -0.5 * math.pi, 0.5 * math.pi)
    return Road(
        name="u-turn",
        lanes=(
            by_hand.lane("east", by_hand.straight((0, 0), (100, 0))),
            by_hand.lane("u-turn", half_round, junction=0, turn="u-turn"),
            by_hand.lane("west/a", by_hand.straight((250, far_m), (100, far_m), 31)),
            by_hand.lane("west/b", by_hand.straight((100, far_m), (0, far_m), 21)),
        ),
        successors=((1,), (3,), (3,), ()),
        num_junctions=1,
    )  # fmt: skip


@pytest.mark.parametrize("radius_m", [6.0, 9.0])
def test_a_u_turn_is_driven_and_who_comes_goes_first(by_hand: SimpleNamespace, radius_m: float) -> None:
    road, far_m = u_turn(by_hand, radius_m), 2.0 * radius_m
    goal = (30.0, 36.0, far_m - 2.0, far_m + 2.0)
    free = drive(by_hand.scenario(road, goal=goal, duration_s=60.0))
    assert free.outcome == "goal"
    coming = [
        by_hand.User(object_id=k, x_m=200.0 + 25.0 * k, y_m=far_m, yaw_rad=math.pi, speed_mps=10.0) for k in range(4)
    ]
    trace = drive(by_hand.scenario(road, users=coming, goal=goal, duration_s=60.0))
    assert trace.outcome == "goal"
    assert not trace.contact_ids
    assert trace.time_ns[-1] > free.time_ns[-1]
    hardest = np.diff(trace.background.speed_mps, axis=1).min() / 0.1
    assert hardest > -3.5  # nobody has to brake hard for it


def ring(by_hand: SimpleNamespace, radius_m: float = 16.0) -> Road:
    """Return a roundabout of one lane round (0, 0), entered from the south and left to the east and the north."""
    quarter = 0.5 * math.pi
    south_rad, east_rad = -quarter, 0.0
    entry = [(1.0, -radius_m - 12.0), (1.5, -radius_m - 8.0), (3.2, -radius_m - 3.5)]
    joins_rad = south_rad + 0.45
    joins = (radius_m * math.cos(joins_rad), radius_m * math.sin(joins_rad))
    leaves_rad = quarter - 0.45
    leaves = (radius_m * math.cos(leaves_rad), radius_m * math.sin(leaves_rad))
    out = [leaves, (3.2, radius_m + 3.5), (1.5, radius_m + 8.0), (1.0, radius_m + 12.0)]
    within: dict[str, Any] = {"junction": 0, "turn": "straight"}
    return Road(
        name="ring",
        lanes=(
            by_hand.lane("south", by_hand.straight((1.0, -100.0), entry[0], 16)),
            by_hand.lane("in", [*entry, joins], junction=0, turn="right"),
            by_hand.lane("ring/east", arc(0, 0, radius_m, joins_rad, east_rad), **within),
            by_hand.lane("ring/north", arc(0, 0, radius_m, east_rad, leaves_rad), **within),
            by_hand.lane("out", out, junction=0, turn="right"),
            by_hand.lane("north", by_hand.straight(out[-1], (1.0, 100.0), 16)),
            by_hand.lane("ring/west", arc(0, 0, radius_m, leaves_rad, joins_rad + 2.0 * math.pi), **within),
        ),
        successors=((1,), (2,), (3,), (4, 6), (5,), (), (2,)),
        num_junctions=1,
    )


def circling(task: Scenario, radius_m: float, speed_mps: float, starts_rad: list[float]) -> Scenario:
    """Return the task with cars that drive round and round."""
    steps = task.background.num_steps
    users = [SimpleNamespace(at=at) for at in starts_rad]
    k = np.arange(steps)
    angle = np.stack([one.at + 0.1 * k * speed_mps / radius_m for one in users])
    drawn = dataclasses.replace(
        task.background,
        xy_m=radius_m * np.stack((np.cos(angle), np.sin(angle)), axis=-1),
        yaw_rad=(angle + 0.5 * math.pi + math.pi) % (2.0 * math.pi) - math.pi,
        speed_mps=np.full(angle.shape, speed_mps),
    )
    return dataclasses.replace(task, background=drawn)


def test_a_roundabout_is_entered_when_it_is_free_and_left_again(by_hand: SimpleNamespace) -> None:
    about = {"start": (1.0, -90.0, 0.5 * math.pi, 8.0), "goal": (-1.0, 3.0, 60.0, 66.0), "duration_s": 60.0}
    free = drive(by_hand.scenario(ring(by_hand), **about))
    assert free.outcome == "goal"
    starts = [-1.9 - 1.1 * k for k in range(3)]  # 3.5 s between them; what is closer has to brake for the ego
    task = by_hand.scenario(ring(by_hand), users=[by_hand.User(object_id=k, x_m=0.0) for k in range(3)], **about)
    task = circling(task, 16.0, 5.0, [at - 5.0 * 7.0 / 16.0 for at in starts])
    trace = drive(task)
    assert trace.outcome == "goal"
    assert not trace.contact_ids
    assert np.diff(trace.background.speed_mps, axis=1).min() / 0.1 > -3.5
