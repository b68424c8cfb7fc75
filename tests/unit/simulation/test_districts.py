"""Districts, hours and weather: who is on the road where, and how they drive."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from zhixing.datatypes.plan import Control
from zhixing.datatypes.road import LaneKind, Road
from zhixing.datatypes.scene import EgoState
from zhixing.datatypes.tracks import RoadUser
from zhixing.simulation.city import build_city
from zhixing.simulation.city_life import CityLife
from zhixing.simulation.city_world import CityWorld
from zhixing.simulation.districts import DISTRICTS, MARKET, NEW_TOWN, OLD_TOWN, RING_ROAD, SCHOOL, DistrictMap, zoned
from zhixing.simulation.traffic.crowd import Crowd
from zhixing.simulation.traffic.models import MODEL_OF, MODELS
from zhixing.simulation.weather import is_night, weather_at

STAND = Control(accel_mps2=-8.0, steer_rate_radps=0.0)


@pytest.fixture(scope="module")
def city() -> Road:
    return build_city(1)


@pytest.fixture(scope="module")
def districts(city: Road) -> DistrictMap:
    return DistrictMap(city, 1)


def there(world: CityWorld) -> list[int]:
    others = world.scene().others
    return [int(user) for user in others.road_user[others.valid[:, 0]]]


def test_shares_and_hours_are_whole() -> None:
    for district in DISTRICTS:
        assert sum(district.shares.values()) == pytest.approx(1.0)
        assert set(district.shares) == {model.road_user for model in MODELS}
        assert len(district.by_hour) == 24
        assert max(district.by_hour) == 1.0
        assert district.density(3.0) < 0.3 < district.density(8.0)
        assert district.density(24.0) == district.density(0.0)


def test_the_new_town_has_the_mix_of_the_whole_city() -> None:
    assert {user: NEW_TOWN.shares[user] for user in NEW_TOWN.shares} == {m.road_user: m.share for m in MODELS}


@pytest.mark.parametrize("seed", [0, 1, 7])
def test_every_city_has_all_districts_and_they_follow_from_the_seed(seed: int) -> None:
    road = build_city(seed)
    one, same = DistrictMap(road, seed), DistrictMap(road, seed)
    assert set(one.of_lane.tolist()) == set(range(len(DISTRICTS)))
    assert np.array_equal(one.of_lane, same.of_lane)
    fast = [k for k, lane in enumerate(road.lanes) if lane.lane_id.startswith("express/north")]
    assert {DISTRICTS[int(one.of_lane[k])] is RING_ROAD for k in fast} == {True}


def test_another_seed_has_its_school_elsewhere(city: Road) -> None:
    schools = {tuple(np.flatnonzero(DistrictMap(city, seed).of_lane == DISTRICTS.index(SCHOOL))) for seed in range(6)}
    assert len(schools) > 1


def test_no_street_is_faster_than_its_district_allows(city: Road, districts: DistrictMap) -> None:
    slow = zoned(city, districts)
    for lane, drawn, of in zip(slow.lanes, city.lanes, districts.of_lane.tolist(), strict=True):
        if lane.kind == LaneKind.DRIVING:
            assert lane.speed_limit_mps == min(drawn.speed_limit_mps, DISTRICTS[of].limit_mps)
        else:
            assert lane is drawn
    assert {round(x.speed_limit_mps * 3.6) for x in slow.lanes if x.kind == LaneKind.DRIVING} >= {30, 60, 80}


def test_a_place_is_in_the_district_of_the_lane_there(city: Road, districts: DistrictMap) -> None:
    for k in range(0, len(city.lanes), 41):
        x, y = city.lanes[k].centre_xy_m[1]
        at = districts.at(float(x), float(y))
        near = [j for j, lane in enumerate(city.lanes) if np.hypot(*(lane.centre_xy_m - (x, y)).T).min() < 1e-6]
        assert at.name in {DISTRICTS[int(districts.of_lane[j])].name for j in near}


def test_as_many_come_as_district_and_hour_say(districts: DistrictMap) -> None:
    life = CityLife(districts, 1, 12.0)
    for district in DISTRICTS:
        for hour in (3.0, 8.0, 12.5):
            counts = life.wanted(district, hour, 200)
            assert counts.sum() == pytest.approx(200 * district.density(hour), abs=1.0)
            assert (counts >= 0).all()
    walks = [model.road_user for model in MODELS].index(RoadUser.PEDESTRIAN)
    assert life.wanted(SCHOOL, 7.0, 100)[walks] > 2 * life.wanted(NEW_TOWN, 7.0, 100)[walks] * 0.8
    assert life.wanted(RING_ROAD, 8.0, 100)[walks] == 0
    rainy = CityLife(districts, 1, 12.0, "heavy")
    assert rainy.wanted(NEW_TOWN, 8.0, 200)[walks] == pytest.approx(0.5 * life.wanted(NEW_TOWN, 8.0, 200)[walks], abs=1)


@pytest.mark.parametrize(("hour", "low", "high"), [(8.0, 50, 60), (3.0, 1, 10)])
def test_at_night_the_streets_are_empty(hour: float, low: int, high: int) -> None:
    world = CityWorld(1, 60, hour=hour, has_districts=True)
    for _ in range(200):
        world.step(STAND)
    assert low <= len(there(world)) <= high


def test_who_appears_near_the_ego_is_of_its_district() -> None:
    world = CityWorld(1, 60, hour=8.0, has_districts=True)
    ring = next(lane for lane in world.road.lanes if lane.lane_id == "express/north/0")
    x, y = ring.centre_xy_m[ring.centre_xy_m.shape[0] // 2]
    world.ego = EgoState(x_m=float(x), y_m=float(y), yaw_rad=0.5 * np.pi, speed_mps=0.0)
    world.may_stand = True
    for _ in range(900):
        world.step(STAND)
    users = there(world)
    on_wheels = sum(user in {RoadUser.CAR, RoadUser.TRUCK, RoadUser.BUS} for user in users)
    assert on_wheels > 0.75 * len(users) > 10


def test_the_same_seed_hour_and_rain_give_the_same_city_life() -> None:
    def after(steps: int) -> bytes:
        world = CityWorld(3, 40, hour=7.5, rain="medium", has_districts=True)
        for _ in range(steps):
            world.step(STAND)
        others = world.scene().others
        return others.xy_m.tobytes() + others.road_user.tobytes()

    assert after(150) == after(150)


def test_rain_makes_people_slower_and_the_car_brake_less(city: Road, districts: DistrictMap) -> None:
    def means(life: CityLife) -> tuple[float, float, float]:
        crowd = Crowd(city, 200, [1])
        life.cast(crowd, 0.0, 0.0, 0)
        cars = crowd.traits.road_user[:-1] == RoadUser.CAR
        cars &= crowd.traits.mind[:-1] > 0
        t = crowd.traits
        return tuple(float(column[:-1][cars].mean()) for column in (t.wanted_mps, t.headway_s, t.brake_mps2))  # type: ignore[return-value]

    dry, wet = means(CityLife(districts, 1, 8.0)), means(CityLife(districts, 1, 8.0, "heavy"))
    assert wet[0] == pytest.approx(0.92 * dry[0], rel=0.06)  # other people, of other wishes
    assert wet[1] == pytest.approx(1.20 * dry[1], rel=1e-6)
    assert wet[2] == pytest.approx(0.70 * dry[2], rel=1e-6)
    assert CityWorld(1, 0, rain="heavy").body.min_accel_mps2 == pytest.approx(-5.6)
    assert CityWorld(1, 0).body.min_accel_mps2 == -8.0


def test_the_headway_in_rain_costs_the_capacity_that_the_manual_states() -> None:
    car = MODEL_OF[RoadUser.CAR]
    room_m, speed_mps = car.size_m[0] + car.gap_m, car.speed_mps[0]

    def each_s(rain: str) -> float:
        weather = weather_at(rain, 12.0)  # type: ignore[arg-type]
        return car.headway_s * weather.headway + room_m / (speed_mps * weather.speed)

    for rain, lost in (("light", 0.0201), ("medium", 0.0724), ("heavy", 0.1413)):
        assert 1.0 - each_s("none") / each_s(rain) == pytest.approx(lost, abs=0.004)


def test_manners_change_with_the_district(city: Road, districts: DistrictMap) -> None:
    where = {district.name: np.flatnonzero(districts.of_lane == k)[0] for k, district in enumerate(DISTRICTS)}
    rates = {}
    for district in (OLD_TOWN, MARKET, NEW_TOWN):
        lane = city.lanes[int(where[district.name])]
        x, y = lane.centre_xy_m[lane.centre_xy_m.shape[0] // 2]
        crowd = Crowd(city, 100, [1])
        CityLife(districts, 1, 8.0).cast(crowd, float(x), float(y), 0)
        rates[district.name] = float(crowd.traits.red_rate[crowd.traits.road_user == RoadUser.CAR].max())
    assert rates["market"] > rates["old town"] > rates["new town"] == MODEL_OF[RoadUser.CAR].red_rate


def test_it_is_dark_from_seven_to_six() -> None:
    assert [is_night(hour) for hour in (5.9, 6.0, 18.9, 19.0, 23.0, 0.0)] == [True, False, False, True, True, True]
    assert weather_at("none", 22.0).speed < weather_at("none", 12.0).speed == 1.0


def test_a_district_is_a_noun() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        NEW_TOWN.name = "other"  # type: ignore[misc]
