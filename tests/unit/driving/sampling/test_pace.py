"""How fast one may be on the way, and how briskly an appointment makes one drive."""

from __future__ import annotations

import dataclasses
import math
from types import SimpleNamespace

import numpy as np
import pytest

from zhixing.datatypes.scene import Briefing, EgoBody
from zhixing.driving.lane_map import build_lane_map
from zhixing.driving.route import Route, find_route
from zhixing.driving.sampling.arrival import goal_stretch
from zhixing.driving.sampling.config import SamplingConfig
from zhixing.driving.sampling.pace import allowed_speed, pace_for

CONFIG = SamplingConfig()


def curved(by_hand: SimpleNamespace, radius_m: float) -> tuple[Route, Briefing]:
    """Return the straight route of the street with a bend written into it."""
    task = by_hand.scenario()
    route = find_route(build_lane_map(task.road), task.start, task.goal)
    bend = np.where((route.line.s_m > 30.0) & (route.line.s_m < 60.0), 1.0 / radius_m, 0.0)
    line = dataclasses.replace(route.line, curvature_radpm=bend)
    limit = np.full_like(route.limit_mps, 20.0)
    return dataclasses.replace(route, line=line, limit_mps=limit), task.briefing()


def appointed(briefing: Briefing, until_s: float) -> Briefing:
    goal = dataclasses.replace(briefing.goal, time_ns=(0, round(until_s * 1e9)))
    return dataclasses.replace(briefing, goal=goal)


@pytest.mark.parametrize("radius_m", [10.0, 25.0, 80.0])
def test_in_a_curve_it_is_no_faster_than_its_lateral_acceleration(by_hand: SimpleNamespace, radius_m: float) -> None:
    route, briefing = curved(by_hand, radius_m)
    allowed = allowed_speed(route, CONFIG, briefing.body)
    assert allowed[45] == pytest.approx(min(math.sqrt(CONFIG.lateral_accel_mps2 * radius_m), 20.0), rel=0.02)


def test_slow_wheels_make_slow_entries_of_bends(by_hand: SimpleNamespace) -> None:
    route, _ = curved(by_hand, 12.0)
    quick = allowed_speed(route, CONFIG, EgoBody(max_steer_rate_radps=0.8))
    slow = allowed_speed(route, CONFIG, EgoBody(max_steer_rate_radps=0.15))
    assert slow[30] < quick[30] - 1.0
    assert slow[5] <= quick[5]


def test_who_would_be_late_takes_the_curve_more_briskly_but_within_comfort(by_hand: SimpleNamespace) -> None:
    route, briefing = curved(by_hand, 20.0)
    paces = {}
    for until_s in (60.0, 2.0):
        hurried = appointed(briefing, until_s)
        stretch = goal_stretch(route, hurried.goal)
        paces[until_s] = pace_for(route, CONFIG, hurried, stretch, 0, is_unsigned=False)
    assert paces[60.0] == pytest.approx(allowed_speed(route, CONFIG, briefing.body))
    assert paces[2.0][45] > paces[60.0][45] + 0.5
    assert paces[2.0][45] ** 2 / 20.0 < 4.89
    assert (paces[2.0] <= 20.0 + 1e-9).all()
