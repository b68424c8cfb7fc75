"""What holds for the traffic at waiting areas, whoever comes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhixing.datatypes.lights import Light
from zhixing.datatypes.road import LaneKind
from zhixing.datatypes.units import ns_from_s
from zhixing.simulation.city_crossroads import Layout
from zhixing.simulation.road_lights import RoadLights
from zhixing.simulation.traffic.crowd import Crowd
from zhixing.simulation.world import STEP_S
from zhixing.testing.crossroads import crossroads

BEFORE_LINE_M, CREEPS_M = 0.6, 0.1
few = settings(max_examples=6, deadline=None, derandomize=True)


def fronts_past_a_line(layout: Layout, seed: int, steps: int) -> tuple[list[int], int]:
    """Return what each light showed when a front passed the line of a waiting area, and how many stood before one."""
    road = crossroads(layout)
    areas = {k for line in road.stop_lines for k in line.lanes if road.lanes[k].junction >= 0}
    lights, crowd = RoadLights(road, seed), Crowd(road, 50, [seed])
    crowd.gather(0, 0.0, 0.0)
    crowd.populate()
    crowd.traits.red_rate[:] = 0.0
    before: dict[int, float] = {}
    passed, stood = [], set()
    for step in range(steps):
        shown = lights.at(ns_from_s(step * STEP_S))
        crowd.step(STEP_S, shown[None])
        m = crowd.motion
        for row in np.flatnonzero(m.there[:-1] & np.isin(m.way[:-1], list(areas))).tolist():
            way, who = int(m.way[row]), int(m.identity[row])
            past_m = float(m.s_m[row] + 0.5 * crowd.traits.length_m[row] - crowd.ways.length_m[way] + BEFORE_LINE_M)
            if before.get(who, np.inf) <= CREEPS_M < past_m:
                passed.append(int(shown[crowd.ways.group[m.next_way[row]]]))
            if m.speed_mps[row] < 0.1 and past_m > -2.0:
                stood.add(who)
            before[who] = past_m
    return passed, len(stood)


@few
@given(st.integers(0, 2**31))
def test_nobody_who_keeps_to_lights_leaves_a_waiting_area_at_red(seed: int) -> None:
    passed, _ = fronts_past_a_line(Layout(left_waits=True, straight_waits=True), seed, 1500)
    assert passed
    assert Light.RED not in passed


@pytest.mark.parametrize("layout", [Layout(left_waits=True), Layout(straight_waits=True)])
def test_waiting_areas_are_used(layout: Layout) -> None:
    passed, stood = fronts_past_a_line(layout, 3, 2000)
    assert len(passed) >= 10
    assert stood >= 5


def test_the_areas_are_for_cars_only() -> None:
    road = crossroads(Layout(left_waits=True, straight_waits=True))
    kinds = {road.lanes[k].kind for line in road.stop_lines for k in line.lanes if road.lanes[k].junction >= 0}
    assert kinds == {LaneKind.DRIVING}
