"""Where two are to each other and how near they come to a collision, against what was set up and what the exam says."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhixing.dataloop.mining.boxes import box_gap_m, boxes_touch, meeting_s
from zhixing.dataloop.mining.prepared import PreparedDrive, Users
from zhixing.datatypes.evidence import Drive
from zhixing.datatypes.lights import Lights
from zhixing.datatypes.tracks import RoadUser, Tracks
from zhixing.simulation import collision

NORTH, WEST = math.pi / 2.0, math.pi


def at_start(
    mining: SimpleNamespace, by_hand: SimpleNamespace, name: str, a: dict[str, Any], b: dict[str, Any]
) -> float:
    """Return a measure of cars 4 m long and 2 m wide at the first of eleven steps."""
    users = [by_hand.User(**({"object_id": k, "x_m": 0.0} | one)) for k, one in ((1, a), (2, b))]
    return float(mining.measured(by_hand.tracks(users, 11), name, 1, 2)[0])


@pytest.mark.parametrize(
    ("name", "a", "b", "expected"),
    [
        ("distance_m", {}, {"x_m": 10.0}, 6.0),
        ("distance_m", {}, {"x_m": 3.0, "y_m": 1.0}, 0.0),
        ("distance_m", {}, {"x_m": 7.0, "y_m": 6.0}, 5.0),
        ("distance_m", {}, {"x_m": 0.0, "y_m": 5.0, "yaw_rad": NORTH}, 2.0),
        ("centre_distance_m", {}, {"x_m": 3.0, "y_m": 4.0}, 5.0),
        ("ahead_m", {"yaw_rad": NORTH}, {"x_m": 3.0, "y_m": 4.0}, 4.0),
        ("left_m", {"yaw_rad": NORTH}, {"x_m": 3.0, "y_m": 4.0}, -3.0),
        ("heading_apart_rad", {"yaw_rad": 3.0}, {"yaw_rad": -3.0}, 2.0 * math.pi - 6.0),
        ("heading_left_rad", {"yaw_rad": 3.0}, {"yaw_rad": -3.0}, 2.0 * math.pi - 6.0),
        ("heading_left_rad", {"yaw_rad": 0.5}, {"yaw_rad": 0.2}, -0.3),
        ("closing_mps", {"speed_mps": 10.0}, {"x_m": 50.0, "yaw_rad": WEST, "speed_mps": 5.0}, 15.0),
        ("closing_mps", {"speed_mps": 10.0}, {"x_m": 50.0, "speed_mps": 12.0}, -2.0),
        ("closing_mps", {"speed_mps": 10.0}, {"x_m": 30.0, "y_m": 40.0}, 6.0),
        ("faster_mps", {"speed_mps": 10.0}, {"x_m": 50.0, "yaw_rad": WEST, "speed_mps": 4.0}, 6.0),
        ("touches", {}, {"x_m": 4.0}, 1.0),
        ("touches", {}, {"x_m": 4.1}, 0.0),
        ("gap_ahead_m", {}, {"x_m": 10.0}, 6.0),
        ("gap_ahead_m", {}, {"x_m": 10.0, "yaw_rad": NORTH}, 7.0),
        ("gap_ahead_m", {}, {"x_m": 10.0, "y_m": 1.9}, 6.0),
        ("gap_ahead_m", {}, {"x_m": 10.0, "y_m": 2.1}, math.inf),
        ("gap_ahead_m", {}, {"x_m": -10.0}, math.inf),
        ("headway_s", {"speed_mps": 4.0}, {"x_m": 10.0}, 1.5),
        ("headway_s", {"speed_mps": 0.1}, {"x_m": 10.0}, math.inf),
        ("ttc_ahead_s", {"speed_mps": 10.0}, {"x_m": 24.0, "speed_mps": 5.0}, 4.0),
        ("ttc_ahead_s", {"speed_mps": 5.0}, {"x_m": 24.0, "speed_mps": 5.0}, math.inf),
        ("needed_decel_mps2", {"speed_mps": 10.0}, {"x_m": 29.0}, 2.0),
        ("needed_decel_mps2", {"speed_mps": 5.0}, {"x_m": 24.0, "speed_mps": 8.0}, 0.0),
        ("needed_decel_mps2", {"speed_mps": 5.0}, {"x_m": -24.0}, 0.0),
        ("ttc_s", {"speed_mps": 10.0}, {"x_m": 24.0}, 2.0),
        ("ttc_s", {"speed_mps": 10.0}, {"x_m": 24.0, "yaw_rad": WEST, "speed_mps": 10.0}, 1.0),
        ("ttc_s", {"speed_mps": 10.0}, {"x_m": 24.0, "y_m": 2.5}, math.inf),
        ("ttc_s", {"speed_mps": 10.0}, {"x_m": 3.0}, 0.0),
        # a reaches the crossing strip from x = 18 after 1.6 s, b has its front at y = -2 after 1.8 s
        ("ttc_s", {"speed_mps": 10.0}, {"x_m": 20.0, "y_m": -12.0, "yaw_rad": NORTH, "speed_mps": 5.0}, 1.8),
        # a has left it after 2.3 s, b comes after 2.8 s
        ("ttc_s", {"speed_mps": 10.0}, {"x_m": 20.0, "y_m": -17.0, "yaw_rad": NORTH, "speed_mps": 5.0}, math.inf),
    ],
)  # fmt: skip
def test_two_cars_measure_what_was_set_up(
    mining: SimpleNamespace, by_hand: SimpleNamespace, name: str, a: dict[str, Any], b: dict[str, Any], expected: float
) -> None:
    assert at_start(mining, by_hand, name, a, b) == pytest.approx(expected, abs=1e-9)


def test_post_encroachment_is_the_time_between_the_one_and_the_other(
    mining: SimpleNamespace, by_hand: SimpleNamespace
) -> None:
    """Car 1 drives east through the origin at 2.05 s; car 2 comes from the south and is there next."""
    users = [
        by_hand.User(object_id=1, x_m=-20.5, speed_mps=10.0),
        by_hand.User(object_id=2, x_m=0.0, y_m=-22.8, yaw_rad=NORTH, speed_mps=5.0),
    ]
    drive = by_hand.tracks(users, 81)
    pet_s = mining.measured(drive, "pet_s", 1, 2)
    # at 2 s car 1 covers y from -1 to 1; the front of car 2 is at y = -1 after (22.8 - 2 - 1) / 5 = 3.96 s
    assert pet_s[20] == pytest.approx(2.0)
    # the last step at which car 1 still covers the lane of car 2 (x from -1 to 1) is at 2.3 s
    assert np.nanmin(pet_s) == pytest.approx(1.7)
    assert pet_s[24] == math.inf
    # the other way round: car 2 is there first nowhere
    assert (mining.measured(drive, "pet_s", 2, 1) == math.inf).all()


def test_following_is_no_encroachment_and_absence_is(mining: SimpleNamespace, by_hand: SimpleNamespace) -> None:
    follows = by_hand.tracks(
        [by_hand.User(object_id=1, x_m=10.0, speed_mps=10.0), by_hand.User(object_id=2, x_m=0.0, speed_mps=10.0)], 41
    )
    assert (mining.measured(follows, "pet_s", 1, 2) == math.inf).all()
    gone = [
        by_hand.User(object_id=1, x_m=0.0, speed_mps=0.0, last_step=9),
        by_hand.User(object_id=2, x_m=0.0, y_m=-5.0, yaw_rad=NORTH, speed_mps=5.0, first_step=10),
    ]
    pet_s = mining.measured(by_hand.tracks(gone, 41), "pet_s", 1, 2)
    # from 1 s on car 2 is at -5 + 5 (t - 1), its front 2 m ahead reaches -1 at 1.4 s
    assert pet_s[9] == pytest.approx(0.5)
    assert np.isnan(pet_s[10:]).all()


boxes = st.tuples(
    st.floats(-8.0, 8.0), st.floats(-8.0, 8.0), st.floats(-4.0, 4.0), st.floats(0.5, 12.0), st.floats(0.3, 3.0)
)
speeds = st.floats(-15.0, 15.0)


def two(a: tuple[float, ...], b: tuple[float, ...], speed_a: float, speed_b: float) -> tuple[Users, Users]:
    """Return two boxes at one moment."""
    rows = np.array([a, b])
    tracks = Tracks(
        time_ns=np.zeros(1, dtype=np.int64),
        object_id=np.array([1, 2]),
        road_user=np.full(2, int(RoadUser.CAR), dtype=np.int64),
        size_m=rows[:, 3:],
        xy_m=rows[:, None, :2],
        yaw_rad=rows[:, None, 2],
        speed_mps=np.array([[speed_a], [speed_b]]),
        valid=np.ones((2, 1), dtype=np.bool_),
    )
    none = Lights(np.zeros(1, dtype=np.int64), np.zeros((0, 1), dtype=np.int64))
    pair = PreparedDrive(Drive(drive_id="two", source="by-hand", road=None, tracks=tracks, lights=none))
    return pair.users(np.array([0])), pair.users(np.array([1]))


@given(boxes, boxes)
def test_boxes_are_as_far_apart_as_the_exam_says(a: tuple[float, ...], b: tuple[float, ...]) -> None:
    one, other = two(a, b, 0.0, 0.0)
    gap_m = float(box_gap_m(one, other)[0, 0])
    expected = float(collision.box_distance_m(np.array(a), np.array(b)))
    assert gap_m == pytest.approx(expected, abs=1e-6)
    if expected > 1e-9:
        assert not boxes_touch(one, other)[0, 0]
    assert gap_m == pytest.approx(float(box_gap_m(other, one)[0, 0]), abs=1e-9)


@given(boxes, boxes, speeds, speeds)
def test_boxes_that_go_on_touch_first_when_it_is_said(
    a: tuple[float, ...], b: tuple[float, ...], speed_a: float, speed_b: float
) -> None:
    ttc_s = float(meeting_s(*two(a, b, speed_a, speed_b))[0, 0])

    def apart_m(after_s: float) -> float:
        """Return how far boxes a micrometre smaller are apart then."""
        later = [np.array(box) - np.array([0.0, 0.0, 0.0, 1e-6, 1e-6]) for box in (a, b)]
        for box, speed in zip(later, (speed_a, speed_b), strict=True):
            box[:2] += after_s * speed * np.array([math.cos(box[2]), math.sin(box[2])])
        return float(collision.box_distance_m(*later))

    if ttc_s < 1e4:
        assert apart_m(ttc_s) == pytest.approx(0.0, abs=1e-5)
    for after_s in np.linspace(0.0, min(ttc_s, 5.0), 20, endpoint=False).tolist():
        assert ttc_s == 0.0 or apart_m(after_s) > 0.0


def test_who_never_meets_has_no_distance_and_no_encroachment(mining: SimpleNamespace, by_hand: SimpleNamespace) -> None:
    users = [
        by_hand.User(object_id=1, x_m=0.0, first_step=10, last_step=19),
        by_hand.User(object_id=2, x_m=5.0, last_step=4),
        by_hand.User(object_id=3, x_m=5.0, first_step=30),
    ]
    drive = by_hand.tracks(users, 100)
    for other in (2, 3):
        assert np.isnan(mining.measured(drive, "distance_m", 1, other)).all()
        pet_s = mining.measured(drive, "pet_s", 1, other)
        assert (pet_s[10:20] == math.inf).all()
        assert np.isnan(np.delete(pet_s, range(10, 20))).all()
