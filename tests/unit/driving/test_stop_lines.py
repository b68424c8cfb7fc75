"""Where to wait, and for what."""

from __future__ import annotations

import dataclasses
from types import SimpleNamespace

import numpy as np
import pytest

from zhixing.datatypes.lights import Light
from zhixing.datatypes.scene import Briefing, EgoState, Scene
from zhixing.driving.lane_map import build_lane_map
from zhixing.driving.route import find_route
from zhixing.driving.stop_lines import StopLines


def lines(by_hand: SimpleNamespace, turn: str = "straight", ego_light: int = -1) -> StopLines:
    task = by_hand.scenario(by_hand.crossing(turn), start=(40.0, 0.0, 0.0, 10.0))
    briefing = Briefing(road=task.road, body=task.body, start=task.start, goal=task.goal, ego_light=ego_light)
    return StopLines(find_route(build_lane_map(task.road), task.start, task.goal), briefing)


def scene(by_hand: SimpleNamespace, light: Light, speed_mps: float) -> Scene:
    return Scene(
        time_ns=0,
        ego=EgoState(x_m=40.0, y_m=0.0, yaw_rad=0.0, speed_mps=speed_mps),
        others=by_hand.tracks([], 1),
        lights=np.array([light]),
    )


@pytest.mark.parametrize(("light", "stops"), [(Light.RED, 1), (Light.YELLOW, 1), (Light.GREEN, 0), (Light.OFF, 0)])
def test_red_and_yellow_are_seen(by_hand: SimpleNamespace, light: Light, stops: int) -> None:
    found = lines(by_hand).ahead(scene(by_hand, light, 10.0), 0.0)
    assert len(found) == stops
    for stop in found:
        assert stop.distance_m == pytest.approx(98.0 - 40.0 - 2.4, abs=0.6)
        assert stop.needed_mps2 == pytest.approx(100.0 / (2.0 * stop.distance_m))
        assert stop.light == light


def test_a_red_that_nobody_could_stop_for_is_driven_past(by_hand: SimpleNamespace) -> None:
    assert lines(by_hand).ahead(scene(by_hand, Light.RED, 15.0), 53.0) == []


def test_a_line_once_passed_does_not_come_back(by_hand: SimpleNamespace) -> None:
    stop_lines = lines(by_hand)
    assert stop_lines.ahead(scene(by_hand, Light.RED, 1.0), 50.0)
    assert stop_lines.ahead(scene(by_hand, Light.RED, 1.0), 59.0) == []
    assert stop_lines.ahead(scene(by_hand, Light.RED, 1.0), 50.0) == []


def test_right_turns_at_the_light_of_the_own_movement_are_free(by_hand: SimpleNamespace) -> None:
    red = scene(by_hand, Light.RED, 5.0)
    assert lines(by_hand, "right", ego_light=0).ahead(red, 0.0) == []
    assert lines(by_hand, "straight", ego_light=0).ahead(red, 0.0)


def test_a_light_that_is_not_shown_stops_nobody(by_hand: SimpleNamespace) -> None:
    dark = dataclasses.replace(scene(by_hand, Light.RED, 5.0), lights=np.zeros(0, dtype=np.int64))
    assert lines(by_hand).ahead(dark, 0.0) == []
