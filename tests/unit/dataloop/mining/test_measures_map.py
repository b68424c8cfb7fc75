"""Where one is on the map is where it was put, and its lane is the one it drives along."""

from __future__ import annotations

import math
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from zhixing.datatypes.evidence import Drive
from zhixing.datatypes.measures import MEASURES, TURNS
from zhixing.datatypes.road import LaneKind, Road, StopLine
from zhixing.datatypes.shapes import FloatArray
from zhixing.datatypes.tracks import RoadUser, Tracks

WEST, NORTH = math.pi, math.pi / 2.0


def moved(track: Tracks, y_m: FloatArray) -> Tracks:
    """Return a track that is moved sideways over time."""
    xy_m = track.xy_m.copy()
    xy_m[..., 1] = y_m
    return replace(track, xy_m=xy_m)


@pytest.fixture
def on_street(mining: SimpleNamespace, by_hand: SimpleNamespace) -> Any:
    """Two lanes east at y = 0 and 3.5, one west at y = 7; lanes end at x = 100 and 300."""

    def put(*users: dict[str, Any], steps: int = 31, road: Road | None = None) -> Drive:
        put_users = [by_hand.User(**({"object_id": k, "x_m": 10.0} | user)) for k, user in enumerate(users, start=1)]
        drive: Drive = mining.drive(by_hand.tracks(put_users, steps), road or by_hand.street())
        return drive

    return put


@pytest.mark.parametrize(
    ("user", "name", "expected"),
    [
        ({"y_m": 0.4}, "lane_offset_m", 0.4),
        ({"y_m": 6.6, "yaw_rad": WEST}, "lane_offset_m", 0.4),
        ({"y_m": 0.4}, "lane_width_m", 3.5),
        ({"yaw_rad": 0.3}, "lane_apart_rad", 0.3),
        ({"yaw_rad": WEST}, "lane_apart_rad", WEST),
        ({"yaw_rad": WEST, "speed_mps": 2.0, "x_m": 60.0}, "is_wrong_way", 1.0),
        ({"yaw_rad": WEST}, "is_wrong_way", 0.0),
        ({"yaw_rad": WEST, "speed_mps": -2.0}, "is_wrong_way", 0.0),
        ({"yaw_rad": WEST, "y_m": 7.0, "x_m": 60.0, "speed_mps": 2.0}, "is_wrong_way", 0.0),
        ({"y_m": 7.0, "speed_mps": 2.0}, "is_wrong_way", 1.0),
        ({"speed_mps": 12.0}, "over_limit_mps", 2.0),
        ({"yaw_rad": 0.1, "speed_mps": 5.0}, "lane_sideways_mps", 5.0 * math.sin(0.1)),
        ({"y_m": 7.0, "x_m": 200.0, "yaw_rad": WEST + 0.1, "speed_mps": 5.0}, "lane_sideways_mps", 5.0 * math.sin(0.1)),
        ({"x_m": 50.0}, "to_lane_end_m", math.inf),
        ({"x_m": 160.0}, "to_lane_end_m", 138.0),
        ({"y_m": 7.0, "x_m": 90.0, "yaw_rad": WEST}, "to_lane_end_m", 88.0),
        ({"y_m": 7.0}, "is_on_driving_lane", 1.0),
        ({"y_m": 9.0}, "is_on_driving_lane", 0.0),
        ({"y_m": 7.0}, "is_on_biking_lane", 0.0),
        ({"y_m": 0.0}, "is_in_junction", 0.0),
        ({"y_m": 0.0}, "lane_gap_m", math.inf),
        ({"y_m": 20.0}, "lane_offset_m", math.nan),
        ({"y_m": 20.0}, "is_on_driving_lane", 0.0),
        ({"y_m": 0.0}, "turn", math.nan),
        ({"y_m": 0.0}, "to_stop_line_m", math.nan),
    ],
)
def test_a_car_on_the_street_measures_what_was_set_up(
    mining: SimpleNamespace, on_street: Any, user: dict[str, Any], name: str, expected: float
) -> None:
    assert mining.measured(on_street(user), name, 1)[0] == pytest.approx(expected, abs=1e-9, nan_ok=True)


@pytest.mark.parametrize("name", [name for name, measure in MEASURES.items() if measure.needs_road])
def test_without_a_road_nothing_is_said_of_it(mining: SimpleNamespace, by_hand: SimpleNamespace, name: str) -> None:
    drive = by_hand.tracks([by_hand.User(object_id=1, x_m=0.0), by_hand.User(object_id=2, x_m=9.0)], 5)
    ids = (1, 2)[: MEASURES[name].num_roles]
    assert np.isnan(mining.measured(drive, name, *ids)).all()


def test_a_lane_change_is_one_step_and_has_a_side(mining: SimpleNamespace, on_street: Any) -> None:
    drive = on_street({"x_m": 80.0, "speed_mps": 10.0})
    y_m = np.clip(0.25 * (np.arange(31) - 5), 0.0, 3.5)
    left = replace(drive, tracks=moved(drive.tracks, y_m))
    steps = np.flatnonzero(mining.measured(left, "changes_lane_left", 1))
    assert steps.size == 1
    assert abs(y_m[steps[0]] - 1.75) <= 0.5
    assert not mining.measured(left, "changes_lane_right", 1).any()
    right = replace(drive, tracks=moved(drive.tracks, y_m[::-1]))
    assert mining.measured(right, "changes_lane_right", 1).sum() == 1
    assert not mining.measured(right, "changes_lane_left", 1).any()
    # going on from one section to the next at x = 100 is none
    assert not mining.measured(drive, "changes_lane_left", 1).any()


def test_jitter_at_the_edge_is_no_lane_change(mining: SimpleNamespace, on_street: Any) -> None:
    drive = on_street({"speed_mps": 5.0})
    y_m = 1.75 + 0.08 * np.random.default_rng(2).normal(size=31)
    shaken = replace(drive, tracks=moved(drive.tracks, y_m))
    for name in ("changes_lane_left", "changes_lane_right"):
        assert mining.measured(shaken, name, 1).sum() <= 1


def test_the_gap_goes_on_over_the_end_of_a_lane(mining: SimpleNamespace, on_street: Any) -> None:
    drive = on_street({"x_m": 90.0}, {"x_m": 120.0}, {"x_m": 100.0, "y_m": 3.5}, {"x_m": 105.0, "y_m": 7.0})
    assert mining.measured(drive, "lane_gap_m", 1)[0] == pytest.approx(26.0)
    assert mining.measured(drive, "lane_gap_m", 2)[0] == math.inf
    assert mining.measured(drive, "lane_gap_m", 3)[0] == math.inf


def test_same_lane_is_the_same_lane(mining: SimpleNamespace, on_street: Any) -> None:
    drive = on_street({"x_m": 10.0}, {"x_m": 50.0, "y_m": 0.5}, {"x_m": 10.0, "y_m": 3.5}, {"y_m": 30.0})
    assert mining.measured(drive, "is_in_same_lane", 1, 2)[0] == 1.0
    assert mining.measured(drive, "is_in_same_lane", 1, 3)[0] == 0.0
    assert np.isnan(mining.measured(drive, "is_in_same_lane", 1, 4)[0])


def test_beside_and_ahead_are_told_along_lanes(mining: SimpleNamespace, on_street: Any) -> None:
    drive = on_street(
        {"x_m": 90.0}, {"x_m": 95.0, "y_m": 3.5}, {"x_m": 120.0}, {"x_m": 120.0, "y_m": 3.5},
        {"x_m": 90.0, "y_m": 7.0, "yaw_rad": WEST}, {"x_m": 290.0},
    )  # fmt: skip
    expected = {
        "is_in_left_lane": [1.0, 0.0, 1.0, 0.0, 0.0],
        "is_in_right_lane": [0.0, 0.0, 0.0, 0.0, 0.0],
        "lane_ahead_m": [math.inf, 30.0, math.inf, math.inf, math.inf],
    }
    for name, values in expected.items():
        assert [mining.measured(drive, name, 1, other)[0] for other in range(2, 7)] == pytest.approx(values), name
    assert mining.measured(drive, "lane_ahead_m", 3, 1)[0] == pytest.approx(-30.0)
    assert mining.measured(drive, "is_in_right_lane", 2, 1)[0] == 1.0


@pytest.fixture
def kinds(by_hand: SimpleNamespace) -> Road:
    """A street east with a bike lane and a sidewalk on its right and a crossing over it at x = 50."""
    lane, straight = by_hand.lane, by_hand.straight
    return Road(
        name="kinds",
        lanes=(
            lane("cars", straight((0, 0), (100, 0))),
            lane("bikes", straight((0, -3), (100, -3)), kind=LaneKind.BIKING, width=2.5),
            lane("walk", straight((0, -5.5), (100, -5.5)), kind=LaneKind.SIDEWALK, width=2.5, is_two_way=True),
            lane("zebra", straight((50, -6), (50, 2)), kind=LaneKind.CROSSING, width=4.0, is_two_way=True),
        ),
        successors=((), (), (), ()),
    )


@pytest.mark.parametrize(
    ("x_m", "y_m", "on"),
    [
        (10.0, 0.0, {"is_on_driving_lane"}),
        (10.0, -3.0, {"is_on_biking_lane"}),
        (10.0, -5.5, {"is_on_sidewalk"}),
        (50.0, 0.0, {"is_on_driving_lane", "is_on_crossing"}),
        (50.0, -3.0, {"is_on_biking_lane", "is_on_crossing"}),
        (10.0, 9.0, set()),
    ],
)
def test_one_is_on_every_kind_of_lane_that_is_there(
    mining: SimpleNamespace, on_street: Any, kinds: Road, x_m: float, y_m: float, on: set[str]
) -> None:
    drive = on_street({"x_m": x_m, "y_m": y_m, "road_user": RoadUser.PEDESTRIAN}, road=kinds)
    names = ("is_on_driving_lane", "is_on_biking_lane", "is_on_sidewalk", "is_on_crossing")
    assert {name for name in names if mining.measured(drive, name, 1)[0]} == on


def test_the_lane_of_a_walker_on_the_zebra_is_the_zebra_and_of_a_car_the_street(
    mining: SimpleNamespace, on_street: Any, kinds: Road
) -> None:
    walker = {"x_m": 50.5, "y_m": -1.0, "yaw_rad": NORTH, "road_user": RoadUser.PEDESTRIAN}
    drive = on_street(walker, {"x_m": 50.5, "y_m": -1.0}, road=kinds)
    assert mining.measured(drive, "lane_offset_m", 1)[0] == pytest.approx(-0.5)
    assert mining.measured(drive, "lane_offset_m", 2)[0] == pytest.approx(-1.0)


def test_nobody_is_on_the_wrong_side_of_a_sidewalk_and_a_rider_is_of_a_bike_lane(
    mining: SimpleNamespace, on_street: Any, kinds: Road
) -> None:
    back: dict[str, Any] = {"x_m": 90.0, "yaw_rad": WEST, "speed_mps": 4.0, "size_m": (1.8, 0.7)}
    drive = on_street(
        back | {"y_m": -5.5, "road_user": RoadUser.PEDESTRIAN}, back | {"y_m": -3.0, "road_user": RoadUser.EBIKE},
        road=kinds,
    )  # fmt: skip
    assert not mining.measured(drive, "is_wrong_way", 1).any()
    assert mining.measured(drive, "lane_apart_rad", 1) == pytest.approx(0.0)
    assert mining.measured(drive, "is_wrong_way", 2).all()


def test_a_stop_line_is_crossed_by_the_front(mining: SimpleNamespace, by_hand: SimpleNamespace) -> None:
    user = by_hand.User(object_id=1, x_m=80.0, speed_mps=10.0)
    drive = mining.drive(by_hand.tracks([user], 51), by_hand.crossing())
    away_m = mining.measured(drive, "to_stop_line_m", 1)
    # line at x = 98, front 2 m ahead of the centre
    assert away_m[:20] == pytest.approx(16.0 - np.arange(20))
    assert np.isnan(away_m[21:]).all()
    assert np.flatnonzero(mining.measured(drive, "crosses_stop_line", 1)).tolist() == [17]
    assert np.flatnonzero(mining.measured(drive, "is_in_junction", 1)).tolist() == list(range(21, 40))
    turn = mining.measured(drive, "turn", 1)
    straight = set(np.flatnonzero(turn == TURNS.index("straight")).tolist())
    assert set(range(21, 40)) <= straight <= set(range(20, 42))
    assert (mining.measured(drive, "next_turn", 1)[:40] == TURNS.index("straight")).all()
    assert np.isnan(mining.measured(drive, "next_turn", 1)[42:]).all()


def test_who_cuts_a_corner_follows_its_lane_and_is_no_wrong_way_driver(
    mining: SimpleNamespace, by_hand: SimpleNamespace
) -> None:
    """The lane that crosses has the car between its edges, its own is a metre beside it."""
    user = by_hand.User(object_id=1, x_m=80.0, speed_mps=10.0)
    track = by_hand.tracks([user], 51)
    y_m = np.where((track.xy_m[..., 0] > 103.0) & (track.xy_m[..., 0] < 117.0), -2.75, 0.0)
    drive = mining.drive(moved(track, y_m), by_hand.crossing())
    assert mining.measured(drive, "lane_offset_m", 1)[[25, 30]] == pytest.approx(-2.75)
    assert mining.measured(drive, "is_on_driving_lane", 1)[[25, 30]].tolist() == [0.0, 1.0]
    assert not mining.measured(drive, "is_wrong_way", 1)[:40].any()


def test_a_quick_one_that_skips_the_line_has_crossed_it(mining: SimpleNamespace, by_hand: SimpleNamespace) -> None:
    user = by_hand.User(object_id=1, x_m=80.0, speed_mps=160.0)
    drive = mining.drive(by_hand.tracks([user], 4), by_hand.crossing())
    assert mining.measured(drive, "crosses_stop_line", 1).tolist() == [0.0, 0.0, 1.0, 0.0]


@pytest.fixture
def fork(by_hand: SimpleNamespace) -> Road:
    """A road east whose junction goes straight on or to the left, with a waiting area before the left turn."""
    lane, straight = by_hand.lane, by_hand.straight
    arc = [(20.0 + 10.0 * math.sin(t), 10.0 - 10.0 * math.cos(t)) for t in np.linspace(0.0, NORTH, 12).tolist()]
    return Road(
        name="fork",
        lanes=(
            lane("in", straight((-40, 0), (0, 0))),
            lane("on", straight((0, 0), (40, 0)), junction=0),
            lane("wait", straight((0, 0), (20, 0)), junction=0, turn="left"),
            lane("left", arc, junction=0),
            lane("out", straight((40, 0), (80, 0))),
            lane("up", straight((30, 10), (30, 50))),
        ),
        successors=((1, 2), (4,), (3,), (5,), (), ()),
        stop_lines=(StopLine(xy_m=np.array([[20.0, 1.75], [20.0, -1.75]]), lanes=(2,)),),
        num_junctions=1,
    )


def test_which_way_one_goes_is_known_from_the_end(
    mining: SimpleNamespace, by_hand: SimpleNamespace, fork: Road
) -> None:
    """Straight on and the waiting area lie over each other; only later it is seen who turns."""
    on = by_hand.User(object_id=1, x_m=-20.0, speed_mps=10.0)
    track = by_hand.tracks([on, by_hand.User(object_id=2, x_m=-20.0, speed_mps=10.0)], 70)
    s = 10.0 * track.time_ns * 1e-9 - 40.0
    turned = np.clip(s / 10.0, 0.0, NORTH)
    xy_m, yaw_rad = track.xy_m.copy(), track.yaw_rad.copy()
    xy_m[1, :, 0] = np.where(s < 0.0, 20.0 + s, 20.0 + 10.0 * np.sin(turned))
    xy_m[1, :, 1] = np.where(s < 0.0, 0.0, 10.0 - 10.0 * np.cos(turned) + np.maximum(s - 10.0 * NORTH, 0.0))
    yaw_rad[1] = turned
    drive = mining.drive(replace(track, xy_m=xy_m, yaw_rad=yaw_rad), fork)
    assert set(mining.measured(drive, "next_turn", 1)[:55]) == {TURNS.index("straight")}
    assert set(mining.measured(drive, "next_turn", 2)[:50]) == {TURNS.index("left")}
    assert not mining.measured(drive, "is_in_waiting_area", 1).any()
    assert np.flatnonzero(mining.measured(drive, "is_in_waiting_area", 2))[[1, -2]].tolist() == [22, 39]
    assert mining.measured(drive, "to_stop_line_m", 2)[30] == pytest.approx(8.0)
    assert np.flatnonzero(mining.measured(drive, "crosses_stop_line", 2)).tolist() == [39]


def test_which_way_one_went_is_known_over_a_missing_row(
    mining: SimpleNamespace, by_hand: SimpleNamespace, fork: Road
) -> None:
    track = by_hand.tracks([by_hand.User(object_id=1, x_m=-20.0, speed_mps=10.0)], 70)
    s = 10.0 * track.time_ns * 1e-9 - 40.0
    turned = np.clip(s / 10.0, 0.0, NORTH)
    xy_m = track.xy_m.copy()
    xy_m[0, :, 0] = np.where(s < 0.0, 20.0 + s, 20.0 + 10.0 * np.sin(turned))
    xy_m[0, :, 1] = np.where(s < 0.0, 0.0, 10.0 - 10.0 * np.cos(turned) + np.maximum(s - 10.0 * NORTH, 0.0))
    valid = track.valid.copy()
    valid[0, [30, 31, 45]] = False
    drive = mining.drive(replace(track, xy_m=xy_m, yaw_rad=turned[None], valid=valid), fork)
    waits = np.flatnonzero(mining.measured(drive, "is_in_waiting_area", 1) > 0.0).tolist()
    assert set(range(22, 39)) - {30, 31} <= set(waits) <= set(range(19, 42))


def test_a_lane_change_while_one_is_not_there_is_one(mining: SimpleNamespace, on_street: Any) -> None:
    drive = on_street({"x_m": 10.0, "speed_mps": 10.0})
    left = moved(drive.tracks, np.where(np.arange(31) < 12, 0.5, 3.0))
    for missing, steps in (([11, 12, 13], [14]), (range(8, 25), [])):
        valid = left.valid.copy()
        valid[0, list(missing)] = False
        changes = mining.measured(replace(drive, tracks=replace(left, valid=valid)), "changes_lane_left", 1)
        assert np.flatnonzero(changes > 0.0).tolist() == steps


def test_a_roundabout_is_known_by_its_lanes(mining: SimpleNamespace, by_hand: SimpleNamespace) -> None:
    angles = np.linspace(0.0, 2.0 * math.pi, 41)
    ring = [(15.0 * math.cos(t), 15.0 * math.sin(t)) for t in angles.tolist()]
    road = Road(
        name="ring",
        lanes=(
            by_hand.lane("one", ring[:21], junction=0),
            by_hand.lane("two", ring[20:], junction=0),
            by_hand.lane("east", by_hand.straight((17, 0), (60, 0))),
        ),
        successors=((1,), (0,), ()),
        num_junctions=1,
    )
    users = [
        by_hand.User(object_id=1, x_m=0.0, y_m=15.0, yaw_rad=WEST),
        by_hand.User(object_id=2, x_m=40.0, y_m=0.0),
        by_hand.User(object_id=3, x_m=0.0, y_m=15.0, speed_mps=1.0),
    ]
    drive = mining.drive(by_hand.tracks(users, 5), road)
    assert mining.measured(drive, "is_in_roundabout", 1).all()
    assert not mining.measured(drive, "is_in_roundabout", 2).any()
    assert mining.measured(drive, "to_lane_end_m", 1)[0] == math.inf
    assert mining.measured(drive, "is_wrong_way", 3).all()
