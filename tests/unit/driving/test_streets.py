from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from zhixing.datatypes.scene import Briefing, EgoBody, EgoState, Goal
from zhixing.driving.lane_map import build_lane_map
from zhixing.driving.prediction.streets import build_streets, light_groups


def briefing(road: object, ego_light: int, start_x_m: float = 10.0) -> Briefing:
    return Briefing(
        road=road,  # type: ignore[arg-type]
        body=EgoBody(),
        start=EgoState(x_m=start_x_m, y_m=0.0, yaw_rad=0.0, speed_mps=5.0),
        goal=Goal(x_min_m=200.0, x_max_m=206.0, y_min_m=-2.0, y_max_m=2.0),
        ego_light=ego_light,
    )


def test_one_waits_at_the_stop_line_or_at_the_end_of_the_lane(by_hand: SimpleNamespace) -> None:
    streets = build_streets(build_lane_map(by_hand.crossing()))
    assert streets.stop_m[0] == pytest.approx(98.0)
    assert streets.stop_m[3] == pytest.approx(50.0)
    assert streets.nexts[streets.first_next[0] : streets.first_next[1]].tolist() == [1]
    assert streets.befores[streets.first_before[2] : streets.first_before[3]].tolist() == [1]


@pytest.mark.parametrize(
    ("turn", "ego_light", "expected"),
    [("straight", -1, [-1, 7, -1, -1, -1, -1]), ("straight", 0, [-1, 0, -1, -1, -1, -1]), ("right", 0, [-1] * 6)],
)
def test_the_egos_own_light_is_given_to_who_takes_the_same_way(
    by_hand: SimpleNamespace, turn: str, ego_light: int, expected: list[int]
) -> None:
    road = by_hand.crossing(turn, 7)
    groups = light_groups(build_lane_map(road), briefing(road, ego_light))
    assert groups.tolist() == expected


def test_an_ego_that_is_nowhere_tells_nothing_of_lights(by_hand: SimpleNamespace) -> None:
    road = by_hand.crossing()
    groups = light_groups(build_lane_map(road), briefing(road, 0, start_x_m=9e5))
    assert np.array_equal(groups, np.full(6, -1))
