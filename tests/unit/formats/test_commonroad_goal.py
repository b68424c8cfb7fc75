"""What a CommonRoad planning problem asks for."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import pytest

from zhixing.datatypes.scene import EgoState
from zhixing.formats.commonroad import read_commonroad
from zhixing.testing.commonroad_files import goal, old, problem, rectangle


def ego(x_m: float, y_m: float = 0.0, yaw_rad: float = 0.0, speed_mps: float = 11.0) -> EgoState:
    return EgoState(x_m=x_m, y_m=y_m, yaw_rad=yaw_rad, speed_mps=speed_mps)


def test_the_goal_is_every_condition_at_once(write: Callable[[str], Path]) -> None:
    reached = read_commonroad(write(old())).goal.is_reached
    at_ns = 4_500_000_000
    assert reached(ego(80.0), at_ns)
    assert reached(ego(82.9, 0.9), at_ns)
    assert not reached(ego(83.1), at_ns)
    assert not reached(ego(80.0), 3_900_000_000)
    assert not reached(ego(80.0), 5_100_000_000)
    assert not reached(ego(80.0, speed_mps=9.9), at_ns)
    assert not reached(ego(80.0, speed_mps=12.1), at_ns)


def test_a_turned_rectangle_and_a_heading_across_the_half_turn(write: Callable[[str], Path]) -> None:
    heading = "<orientation><intervalStart>3.0</intervalStart><intervalEnd>3.4</intervalEnd></orientation>"
    task = problem(goal(rectangle(10, 2, 80, 0, math.pi / 4), heading))
    reached = read_commonroad(write(old(task=task))).goal.is_reached
    at_ns = 4_500_000_000
    assert reached(ego(83.0, 3.0, yaw_rad=math.pi), at_ns)
    assert reached(ego(83.0, 3.0, yaw_rad=-3.1), at_ns)
    assert not reached(ego(83.0, -3.0, yaw_rad=math.pi), at_ns)
    assert not reached(ego(83.0, 3.0, yaw_rad=-2.8), at_ns)
    assert not reached(ego(83.0, 3.0, yaw_rad=2.9), at_ns)


@pytest.mark.parametrize(
    ("position", "inside", "outside"),
    [
        ("<circle><radius>3</radius><center><x>70</x><y>0</y></center></circle>", (72.9, 0.0), (72.9, 1.5)),
        (
            "<polygon>"
            + "".join(f"<point><x>{x}</x><y>{y}</y></point>" for x, y in [(0, 0), (9, 0), (0, 9)])
            + "</polygon>",
            (4.0, 4.0),
            (5.0, 5.0),
        ),
        ('<lanelet ref="2"/>', (99.0, 1.9), (49.0, 0.0)),
        ('<lanelet ref="1"/><lanelet ref="2"/>', (49.0, 0.0), (49.0, 4.0)),
        (rectangle(2, 2, 10, 0) + rectangle(2, 2, 20, 0), (20.5, 0.5), (15.0, 0.0)),
    ],
)
def test_every_shape_of_a_goal(
    write: Callable[[str], Path], position: str, inside: tuple[float, float], outside: tuple[float, float]
) -> None:
    found = read_commonroad(write(old(task=problem(goal(position))))).goal
    assert found.has_place
    assert found.is_reached(ego(*inside), 4_000_000_000)
    assert not found.is_reached(ego(*outside), 4_000_000_000)
    assert found.x_min_m <= inside[0] <= found.x_max_m


def test_a_goal_without_a_place_asks_for_time_and_speed_only(write: Callable[[str], Path]) -> None:
    found = read_commonroad(write(old(task=problem(goal())))).goal
    assert not found.has_place
    assert found.is_reached(ego(1e6, -1e6), 4_000_000_000)
    assert not found.is_reached(ego(1e6, -1e6), 3_000_000_000)


def test_any_of_several_goals_will_do_and_time_is_up_after_the_last(write: Callable[[str], Path]) -> None:
    both = goal(rectangle(6, 2, 30, 0), time=(10, 20)) + goal(rectangle(6, 2, 80, 0), time=(60, 70))
    scenario = read_commonroad(write(old(task=problem(both))))
    assert scenario.stop_ns == 7_000_000_000
    assert scenario.goal.is_reached(ego(30.0), 1_500_000_000)
    assert scenario.goal.is_reached(ego(80.0), 6_500_000_000)
    assert not scenario.goal.is_reached(ego(30.0), 6_500_000_000)
