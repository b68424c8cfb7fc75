"""Endless rides on maps that end: the ego goes on, traffic comes and goes, and nobody is stuck for good."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from zhixing.datatypes.road import LaneKind, Road
from zhixing.datatypes.scene import EgoState
from zhixing.datatypes.tracks import RoadUser
from zhixing.driving.lane_map import lane_map_of
from zhixing.driving.route import find_route
from zhixing.errors import ConfigError, MapError
from zhixing.formats.opendrive_write import write_opendrive
from zhixing.runtime.ride import Ride
from zhixing.settings import CityConfig
from zhixing.simulation.city_world import CityWorld
from zhixing.simulation.gridlock import Gridlock
from zhixing.simulation.lane_walk import LaneWalk
from zhixing.simulation.map_arrivals import arrivals_of, crowd_on, most_users
from zhixing.simulation.map_city import city_of
from zhixing.simulation.traffic.models import MODEL_OF

SHARED = Path(os.environ.get("ZHIXING_SHARED", Path(__file__).resolve().parents[3].parent / "shared"))
MINUTE = 600
LONGEST_STAND_S = 180.0


@pytest.fixture
def street(by_hand: SimpleNamespace, tmp_path: Path) -> Path:
    path = tmp_path / "street.xodr"
    write_opendrive(path, by_hand.street())
    return path


def shared_maps() -> list[Path]:
    """Return every map of the shared recordings once."""
    data = SHARED / "data"
    seen: dict[str, Path] = {}
    for path in [*sorted(data.glob("sind/Data/*/*.osm")), *sorted(data.glob("onsite_china/*/*/*.xodr"))]:
        seen.setdefault(hashlib.sha256(path.read_bytes()).hexdigest(), path)
    return list(seen.values())


def drive(ride: Ride, steps: int) -> dict[str, Any]:
    """Let it drive and return who was there, how far the ego came, and the longest that anybody stood."""
    people: set[int] = set()
    stood: dict[int, int] = {}
    longest = 0
    distance_m = 0.0
    for _ in range(steps):
        ride.step()
        others = ride.scene.others
        for row in np.flatnonzero(others.valid[:, -1]).tolist():
            name = int(others.object_id[row])
            people.add(name)
            stood[name] = stood.get(name, 0) + 1 if others.speed_mps[row, -1] < 0.1 else 0
            longest = max(longest, stood[name])
        distance_m += 0.1 * ride.scene.ego.speed_mps
        assert np.isfinite(others.xy_m[others.valid]).all()
    return {"people": people, "longest_s": 0.1 * longest, "distance_m": distance_m}


def test_the_ego_drives_on_where_the_map_ends(street: Path) -> None:
    ride = Ride(CityConfig(seed=1, map=str(street), users_per_km=10), "idm")
    met = drive(ride, 3 * MINUTE)
    assert met["distance_m"] > 600.0
    assert ride.num_goals >= 2
    assert not {"off-road", "stuck", "collision"} & set(ride.world.event_counts())
    assert len(met["people"]) > 2 * ride.scene.others.num_objects
    assert ride.frame()["limit"] is not None


@pytest.mark.slow
def test_two_planners_more_drive_there_without_an_incident_of_their_own(street: Path) -> None:
    for name in ("pdm", "sampling"):
        ride = Ride(CityConfig(seed=1, map=str(street), users_per_km=10), name)
        met = drive(ride, MINUTE // 2)
        assert met["distance_m"] > 100.0
        assert not {"off-road", "stuck", "collision"} & set(ride.world.event_counts())


def test_the_same_settings_give_the_same_ride_to_the_last_bit(street: Path) -> None:
    def bits(seed: int) -> bytes:
        ride = Ride(CityConfig(seed=seed, map=str(street)), "idm")
        for _ in range(200):
            ride.step()
        others = ride.scene.others
        return others.xy_m.tobytes() + others.object_id.tobytes() + repr(ride.scene.ego).encode()

    assert bits(4) == bits(4)
    assert bits(4) != bits(5)


def test_where_no_lane_is_for_two_wheelers_they_keep_right(street: Path) -> None:
    ride = Ride(CityConfig(seed=2, map=str(street), users_per_km=20, shares={"ebike": 8, "car": 1}), "idm")
    road, lane_map = ride.world.road, lane_map_of(ride.world.road)
    offsets, seen = [], 0
    for _ in range(MINUTE):
        ride.step()
        others = ride.scene.others
        for row in np.flatnonzero(others.valid[:, -1] & (others.road_user == RoadUser.EBIKE)).tolist():
            x, y = others.xy_m[row, -1].tolist()
            lane, _, offset_m = lane_map.nearest(x, y, float(others.yaw_rad[row, -1]))
            offsets.append(offset_m)
            seen += road.lanes[lane].right_lane == -1
    assert seen > 0.95 * len(offsets) > 1000
    assert np.median(offsets) < -0.8


def test_shares_are_followed_and_who_finds_no_place_stays_away(by_hand: SimpleNamespace) -> None:
    city = city_of(by_hand.street())
    crowd = crowd_on(city, 40, 1, {RoadUser.TRUCK: 3.0, RoadUser.CAR: 1.0, RoadUser.EBIKE: 0.0})
    classes = [RoadUser(int(user)) for user in crowd.traits.road_user[:40]]
    assert RoadUser.PEDESTRIAN not in classes
    assert RoadUser.EBIKE not in classes
    assert 2.5 < classes.count(RoadUser.TRUCK) / classes.count(RoadUser.CAR) < 3.5


def test_nobody_comes_where_nothing_can_be(by_hand: SimpleNamespace) -> None:
    crowd = crowd_on(city_of(by_hand.street()), 40, 1, {user: 0.0 for user in MODEL_OF if user != RoadUser.PEDESTRIAN})
    assert crowd.tracks(0, 0).num_objects == 0


def test_shares_of_nothing_are_refused(street: Path) -> None:
    nobody = {name.name.lower(): 0.0 for name in MODEL_OF}
    with pytest.raises(ConfigError, match="shares"):
        Ride(CityConfig(map=str(street), shares=nobody), "idm")  # type: ignore[arg-type]


def test_the_built_in_city_takes_shares_too() -> None:
    ride = Ride(CityConfig(num_users=20, shares={"ebike": 0, "bicycle": 0, "tricycle": 0, "pedestrian": 0}), "idm")
    assert set(ride.scene.others.road_user.tolist()) <= {RoadUser.CAR, RoadUser.TRUCK, RoadUser.BUS}


def test_the_number_follows_the_length_of_the_lanes(by_hand: SimpleNamespace) -> None:
    assert most_users(by_hand.street(), 10.0) == 9  # 900 m of lanes
    assert most_users(by_hand.street(), 0.0) == 0


def test_a_lane_that_begins_beside_another_is_no_way_in(by_hand: SimpleNamespace) -> None:
    lanes = (
        by_hand.lane("before", [(0, 0), (60, 0)]),
        by_hand.lane("on", [(60, 0), (160, 0)], left_lane=2),
        by_hand.lane("added", [(60, 3.5), (160, 3.5)], right_lane=1),
    )
    road = Road(name="widening", lanes=lanes, successors=((1,), (), ()))
    entries = arrivals_of(road).entries
    cars = slice(int(entries.first[LaneKind.DRIVING]), int(entries.first[LaneKind.DRIVING + 1]))
    assert entries.way[cars].tolist() == [0]


def test_every_goal_on_a_map_with_ends_can_be_reached(by_hand: SimpleNamespace) -> None:
    road = by_hand.crossing()
    lane_map = lane_map_of(road)
    walk = LaneWalk(lane_map, np.random.default_rng(1))
    for _ in range(30):
        ego = walk.start()
        assert not walk.is_over(ego)
        goal = walk.goal(ego)
        assert find_route(lane_map, ego, goal).is_mapped
        aim = EgoState(
            x_m=0.5 * (goal.x_min_m + goal.x_max_m), y_m=0.5 * (goal.y_min_m + goal.y_max_m),
            yaw_rad=ego.yaw_rad, speed_mps=5.0,
        )  # fmt: skip
        assert walk.is_over(aim)


def test_the_ego_comes_in_where_nobody_is_near(by_hand: SimpleNamespace) -> None:
    walk = LaneWalk(lane_map_of(by_hand.street()), np.random.default_rng(1))
    for _ in range(10):
        assert walk.start(np.array([[4.0, 0.0]])).x_m == pytest.approx(300.0 - 4.5)
        assert walk.start(np.array([[280.0, 7.0]])).x_m == pytest.approx(4.5)


def test_a_map_that_leads_nowhere_is_refused(by_hand: SimpleNamespace) -> None:
    short = Road(name="yard", lanes=(by_hand.lane("yard", [(0, 0), (9, 0)]),), successors=((),))
    with pytest.raises(MapError, match="leads anywhere"):
        CityWorld(seed=1, num_users=0, road=city_of(short))


def test_who_stands_within_a_junction_for_good_is_taken_away(by_hand: SimpleNamespace) -> None:
    road = city_of(by_hand.crossing())
    crowd, gridlock = crowd_on(road, 2, 1, {}), Gridlock(road)
    crowd.gather(0, 0.0, 0.0)
    motion = crowd.motion
    motion.there[:2], motion.way[:2], motion.waited_s[:2] = True, [1, 0], 50.0
    gridlock.loosen(crowd)
    assert motion.there[:2].tolist() == [False, True]
    assert gridlock.num_removed == 1


@pytest.mark.slow
@pytest.mark.parametrize("path", shared_maps() or [None], ids=lambda path: path.stem if path else "none")
def test_a_minute_and_more_on_every_shared_map(path: Path | None) -> None:
    if path is None:
        pytest.skip(f"no maps in {SHARED / 'data'}")
    ride = Ride(CityConfig(seed=1, map=str(path)), "idm")
    met = drive(ride, 5 * MINUTE)
    assert len(met["people"]) > 3 * ride.scene.others.num_objects
    assert met["longest_s"] < LONGEST_STAND_S
    assert met["distance_m"] > 150.0
    assert ride.num_goals > 0
    assert not {"off-road", "stuck"} & set(ride.world.event_counts())


def test_a_city_of_one_s_own_is_a_city_world(by_hand: SimpleNamespace) -> None:
    world = CityWorld(seed=1, num_users=5, road=city_of(by_hand.crossing()))
    assert world.scene().lights.shape == (1,)
    world.close()
