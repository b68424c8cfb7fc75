from __future__ import annotations

import dataclasses
import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from zhixing.datatypes.tracks import RoadUser
from zhixing.simulation.encounters import encounters

NORTH = math.pi / 2.0


def judged(by_hand: SimpleNamespace, users: list[Any], mps: float, steps: int, **more: Any) -> dict[str, float]:
    """Return what an ego 4.8 m long and 1.9 m wide met, that drove east from x = 10."""
    road = more.pop("road", None)
    task = by_hand.scenario(road, users=users, duration_s=10.0)
    x = more.pop("from_m", 10.0) + 0.1 * mps * np.arange(steps)
    answer: dict[str, float] = encounters(by_hand.trace(task, x, **more), task)
    return answer


def test_nobody_there_is_nothing_to_meet(by_hand: SimpleNamespace) -> None:
    assert judged(by_hand, [], 10.0, 11) == {"ttc": 1.0, "min_ttc_s": math.inf}


def test_time_to_a_standing_car_is_gap_over_speed(by_hand: SimpleNamespace) -> None:
    # Rear at x = 48, front at 12.4 + 10 t. After 1 s the gap is 25.6 m: 2.56 s, seen in steps of 0.1 s as 2.6 s.
    met = judged(by_hand, [by_hand.User(object_id=1, x_m=50.0)], 10.0, 11)
    assert met["min_ttc_s_car"] == pytest.approx(2.6)
    assert met["min_distance_m_car"] == pytest.approx(25.6)
    assert met["ttc"] == 1.0


@pytest.mark.parametrize(("steps", "expected"), [(26, 1.0), (28, 0.0)])
def test_less_than_a_second_to_a_standing_car_is_too_close(
    by_hand: SimpleNamespace, steps: int, expected: float
) -> None:
    # After 2.5 s the gap is 10.6 m, 1.06 s; after 2.7 s it is 8.6 m, 0.86 s and so touching at 0.9 s < 0.95 s.
    assert judged(by_hand, [by_hand.User(object_id=1, x_m=50.0)], 10.0, steps)["ttc"] == expected


def test_following_at_the_same_speed_never_collides(by_hand: SimpleNamespace) -> None:
    met = judged(by_hand, [by_hand.User(object_id=1, x_m=16.0, speed_mps=10.0)], 10.0, 31)
    assert met["ttc"] == 1.0
    assert met["min_ttc_s_car"] == math.inf
    assert met["min_distance_m_car"] == pytest.approx(6.0 - 2.0 - 2.4)


def test_a_standing_ego_has_no_time_to_collision(by_hand: SimpleNamespace) -> None:
    met = judged(by_hand, [by_hand.User(object_id=1, x_m=20.0, yaw_rad=math.pi, speed_mps=5.0)], 0.0, 5)
    assert met["ttc"] == 1.0
    assert met["min_ttc_s_car"] == math.inf


def test_who_comes_from_behind_does_not_count(by_hand: SimpleNamespace) -> None:
    met = judged(by_hand, [by_hand.User(object_id=1, x_m=3.0, speed_mps=15.0)], 5.0, 3)
    assert met["ttc"] == 1.0


def cuts_in(by_hand: SimpleNamespace, x_m: float, y_m: float) -> Any:
    return by_hand.User(object_id=1, x_m=x_m, y_m=y_m, yaw_rad=-NORTH, speed_mps=3.0)


def test_who_comes_from_beside_counts_between_lanes_and_in_junctions_only(by_hand: SimpleNamespace) -> None:
    # Beside the ego, 4 m to the left and closing at 3 m/s: 4 - 0.95 - 2 = 1.05 m, 0.35 s.
    in_lane = judged(by_hand, [cuts_in(by_hand, 11.0, 4.0)], 1.0, 2)
    between = judged(by_hand, [cuts_in(by_hand, 11.0, 5.75)], 1.0, 2, y_m=1.75)
    junction = judged(by_hand, [cuts_in(by_hand, 109.0, 4.0)], 1.0, 2, from_m=108.0, road=by_hand.crossing())
    assert in_lane["ttc"] == 1.0
    assert between["ttc"] == 0.0
    assert junction["ttc"] == 0.0
    assert junction["min_ttc_s_car"] == pytest.approx(0.3, abs=0.11)


def test_a_lane_that_goes_on_in_the_next_section_is_not_between_lanes(by_hand: SimpleNamespace) -> None:
    assert judged(by_hand, [cuts_in(by_hand, 101.0, 4.0)], 1.0, 2, from_m=100.0)["ttc"] == 1.0


def test_ahead_is_seen_from_the_rear_axle(by_hand: SimpleNamespace) -> None:
    # The centre is 4 m ahead and 2.8 m to the left: 35 degrees from the ego's centre, 27 from its rear axle.
    assert judged(by_hand, [cuts_in(by_hand, 14.0, 2.8 + 1.2)], 3.0, 2)["ttc"] == 1.0  # 37 degrees
    assert judged(by_hand, [cuts_in(by_hand, 14.6, 2.8)], 3.0, 2)["ttc"] == 0.0


def test_each_class_of_road_user_has_its_own_report(by_hand: SimpleNamespace) -> None:
    users = [
        by_hand.User(object_id=1, x_m=40.0, y_m=3.5),
        by_hand.User(object_id=2, x_m=30.0, y_m=5.0, road_user=RoadUser.EBIKE, size_m=(1.8, 0.7)),
        by_hand.User(object_id=3, x_m=30.0, y_m=-4.0, road_user=RoadUser.PEDESTRIAN, size_m=(0.5, 0.5)),
    ]
    met = judged(by_hand, users, 10.0, 31)
    assert met["min_distance_m_car"] == pytest.approx(3.5 - 1.0 - 0.95)
    assert met["min_distance_m_ebike"] == pytest.approx(5.0 - 0.35 - 0.95)
    assert met["min_distance_m_pedestrian"] == pytest.approx(4.0 - 0.25 - 0.95)
    assert "min_distance_m_truck" not in met


def test_who_is_not_there_is_not_met(by_hand: SimpleNamespace) -> None:
    met = judged(by_hand, [by_hand.User(object_id=1, x_m=20.0, first_step=5, last_step=6)], 0.0, 5)
    assert met["min_distance_m_car"] == math.inf


def test_post_encroachment_time_is_the_pause_between_the_two(by_hand: SimpleNamespace) -> None:
    # The ego's front reaches x = 109 (the left side of the other) at step 76.6, so it is there from step 77 on.
    # The other is 4 m long, crosses northwards at 10 m/s and leaves y = 0.95 with its rear at
    # -40 + t = 2.95: after step 42.95, so it is last there at step 42. The pause is 35 steps.
    other = by_hand.User(object_id=1, x_m=110.0, y_m=-40.0, yaw_rad=NORTH, speed_mps=10.0)
    met = judged(by_hand, [other], 10.0, 90, from_m=30.0, road=by_hand.crossing())
    assert met["min_pet_s_car"] == pytest.approx(3.5)
    assert met["ttc"] == 1.0


def test_following_has_no_post_encroachment_time(by_hand: SimpleNamespace) -> None:
    met = judged(by_hand, [by_hand.User(object_id=1, x_m=25.0, speed_mps=10.0)], 10.0, 31)
    assert met["min_pet_s_car"] == math.inf


def test_the_others_go_where_they_move_and_not_where_they_point(by_hand: SimpleNamespace) -> None:
    # Comes over at 2 m/s from the side, recorded with its nose along the road: in the ego's way after 2.1 s.
    drifting = by_hand.User(object_id=1, x_m=40.0, y_m=-6.0, yaw_rad=NORTH, speed_mps=2.0, size_m=(2.0, 2.0))
    task = by_hand.scenario(users=[drifting], duration_s=10.0)
    nose_ahead = dataclasses.replace(task.background, yaw_rad=np.zeros_like(task.background.yaw_rad))
    task = dataclasses.replace(task, background=nose_ahead)
    met = encounters(by_hand.trace(task, 10.0 + np.arange(3)), task)
    assert met["min_ttc_s_car"] == pytest.approx(2.5, abs=0.3)
