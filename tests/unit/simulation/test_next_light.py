"""Which light counts for a driver."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pytest

from zhixing.datatypes.lights import Light
from zhixing.datatypes.scene import Briefing, Scene
from zhixing.driving.lane_map import build_lane_map
from zhixing.driving.route import find_route
from zhixing.simulation.next_light import next_light


@pytest.mark.parametrize(
    ("turn", "ego_light", "x_m", "expected"),
    [
        ("straight", -1, 10.0, Light.RED),
        ("straight", 0, 10.0, Light.RED),
        ("right", 0, 10.0, Light.OFF),
        ("right", -1, 10.0, Light.RED),
        ("straight", -1, 110.0, Light.OFF),
    ],
)
def test_a_light_counts_until_it_is_passed_and_not_for_a_right_turn_of_ones_own(
    by_hand: SimpleNamespace, turn: str, ego_light: int, x_m: float, expected: Light
) -> None:
    task = by_hand.scenario(by_hand.crossing(turn), light=Light.RED, ego_light=ego_light, start=(x_m, 0.0, 0.0, 5.0))
    briefing = Briefing(road=task.road, body=task.body, start=task.start, goal=task.goal, ego_light=ego_light)
    route = find_route(build_lane_map(task.road), task.start, task.goal)
    scene = Scene(
        time_ns=0, ego=task.start, others=task.background.until(0), lights=np.array([Light.RED], dtype=np.int64)
    )
    distance_m, light = next_light(route, briefing, scene, route.start_m)
    assert light == expected
    assert distance_m == (math.inf if expected == Light.OFF else pytest.approx(88.0, abs=1.5))
