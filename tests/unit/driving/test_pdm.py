"""The peer in the manner of PDM-Closed."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from zhixing.datatypes.lights import Light
from zhixing.driving.pdm import PdmPlanner
from zhixing.simulation.rollout import rollout
from zhixing.simulation.score import score


def test_it_drives_down_an_empty_street(by_hand: SimpleNamespace) -> None:
    task = by_hand.scenario(duration_s=35.0)
    trace = rollout(task, PdmPlanner())
    assert trace.outcome == "goal"
    assert score(trace, task).score > 0.9
    assert np.abs(trace.xy_m[:, 1]).max() < 1.2


def test_it_follows_and_does_not_run_into_a_slower_car(by_hand: SimpleNamespace) -> None:
    slow = by_hand.User(object_id=4, x_m=45.0, speed_mps=4.0)
    trace = rollout(by_hand.scenario(users=[slow], duration_s=12.0), PdmPlanner())
    assert trace.outcome == "timeout"
    assert float(trace.xy_m[-1, 0]) + 2.4 < 45.0 + 4.0 * 12.0 - 2.0


def test_it_stops_at_red(by_hand: SimpleNamespace) -> None:
    task = by_hand.scenario(by_hand.crossing(), start=(40.0, 0.0, 0.0, 9.0), light=Light.RED, duration_s=15.0)
    trace = rollout(task, PdmPlanner())
    assert float(trace.xy_m[-1, 0]) + 2.4 < 98.0
    assert "red-light" in {decision.rule for _, decision in trace.decisions}


def test_it_brakes_for_who_stands_across_the_road_and_says_for_whom(by_hand: SimpleNamespace) -> None:
    wall = [by_hand.User(object_id=7 + k, x_m=50.0, y_m=-3.0 + 3.4 * k, yaw_rad=1.57) for k in range(3)]
    trace = rollout(by_hand.scenario(users=wall, duration_s=12.0), PdmPlanner())
    assert trace.outcome == "timeout"
    assert float(trace.xy_m[-1, 0]) + 2.4 < 49.0
