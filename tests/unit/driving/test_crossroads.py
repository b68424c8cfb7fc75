"""How every built-in planner drives through a crossroads: waiting areas, right turns, arrows, flashing yellow."""

from __future__ import annotations

import numpy as np
import pytest

from zhixing import registry
from zhixing.datatypes.evidence import Scenario, Trace
from zhixing.datatypes.lights import Light
from zhixing.driving.interfaces import Planner
from zhixing.simulation.city_crossroads import PLAIN, Layout
from zhixing.simulation.rollout import rollout
from zhixing.simulation.score import score
from zhixing.testing.crossroads import through

LEFT = Layout(left_waits=True)
BOTH = Layout(left_waits=True, straight_waits=True)
PLANNERS = pytest.mark.parametrize("name", ["idm", "pdm", "sampling"])


def drive(name: str, task: Scenario) -> Trace:
    planner = registry.create("zhixing.planners", name)
    assert isinstance(planner, Planner)
    trace = rollout(task, planner)
    assert trace.outcome == "goal", trace.outcome
    assert score(trace, task).metrics["red_lights_run"] == 0.0
    return trace


def stands_in_area(trace: Trace) -> bool:
    away_m = np.abs(trace.xy_m).max(axis=1)
    return bool(((np.abs(trace.speed_mps) < 0.2) & (away_m < 18.0) & (away_m > 12.0)).any())


@PLANNERS
@pytest.mark.parametrize(
    ("layout", "lane_in", "lane_out"), [(LEFT, "0>/0", "3</0"), (BOTH, "2>/0", "1</0"), (BOTH, "0>/1", "2</1")]
)
def test_a_waiting_area_is_entered_and_left_when_each_light_says(
    name: str, layout: Layout, lane_in: str, lane_out: str
) -> None:
    # Straight on from the east is green from 42 to 64 s after the offset, left from 69 to 79 s.
    offset_s = -37.0 if lane_in.endswith("0") else -65.0
    trace = drive(name, through(layout, lane_in, lane_out, offset_s=offset_s))
    assert stands_in_area(trace)


@PLANNERS
def test_who_comes_while_both_lights_are_green_does_not_stop(name: str) -> None:
    trace = drive(name, through(LEFT, "0>/0", "3</0", offset_s=-62.0))
    assert trace.speed_mps[:-1].min() > 1.0


@PLANNERS
def test_a_right_turn_without_an_arrow_does_not_wait_for_red_and_one_with_an_arrow_does(name: str) -> None:
    # Straight on from the east turns green 42 s after the offset.
    free = drive(name, through(PLAIN, "0>/1", "1</1"))
    assert free.speed_mps[:-1].min() > 1.0
    assert free.time_ns[-1] < 40e9
    lit = through(Layout(right_arrows=True), "0>/1", "1</1")
    waits = drive(name, lit)
    assert waits.speed_mps.min() < 0.3
    assert waits.time_ns[-1] > free.time_ns[-1]


@PLANNERS
@pytest.mark.parametrize(("lane_in", "lane_out"), [("0>/0", "2</0"), ("0>/0", "3</0"), ("0>/1", "1</1")])
def test_at_flashing_yellow_nobody_waits_for_a_light(name: str, lane_in: str, lane_out: str) -> None:
    task = through(PLAIN, lane_in, lane_out, flashes=True)
    assert set(np.unique(task.lights.light).tolist()) == {Light.FLASHING_YELLOW, Light.OFF}
    assert drive(name, task).speed_mps[:-1].min() > 1.0
