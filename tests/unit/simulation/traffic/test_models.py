"""Who follows whom, who goes first, who keeps clear of whom: the models, one situation each."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhixing.datatypes.plan import Control
from zhixing.datatypes.tracks import RoadUser
from zhixing.simulation.city_crossroads import straight_group
from zhixing.simulation.patterns.sites import (
    ARM_M,
    NO_LIGHTS,
    SOUTH,
    WEST,
    crossroads,
    goal_on,
    steady,
    street,
)
from zhixing.simulation.patterns.staged_world import StagedWorld
from zhixing.simulation.patterns.staging import Actor, Staging
from zhixing.simulation.traffic.models import MODELS, Heeds
from zhixing.simulation.traffic.pace import arrives_s, follow_mps2, free_mps2
from zhixing.simulation.traffic.people import Traits, become, traits_of

IDLE = Control(accel_mps2=0.0, steer_rate_radps=0.0)
SPEEDS = st.floats(0.0, 30.0)


def traits_of_everybody() -> Traits:
    traits = traits_of(len(MODELS))
    for row, model in enumerate(MODELS):
        become(traits, row, model, None)
    return traits


TRAITS = traits_of_everybody()


@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(MODELS) - 1), SPEEDS, SPEEDS, st.floats(0.1, 200.0), SPEEDS)
def test_nobody_drives_on_faster_because_somebody_is_nearer(
    u: int, v: float, wanted: float, gap: float, lead: float
) -> None:
    free = free_mps2(v, wanted, u, TRAITS)
    near, far = (follow_mps2(v, free, at, lead, u, TRAITS) for at in (gap, gap + 5.0))
    assert near <= far + 1e-9
    assert far <= free + 1e-9


@settings(max_examples=100, deadline=None)
@given(SPEEDS, st.floats(0.0, 200.0), st.floats(0.5, 4.0), st.floats(0.5, 30.0))
def test_farther_takes_longer(v: float, distance: float, accel: float, wanted: float) -> None:
    assert arrives_s(v, distance, accel, wanted) <= arrives_s(v, distance + 1.0, accel, wanted) + 1e-9


def test_who_wants_to_stand_stands() -> None:
    for u in range(len(MODELS)):
        assert free_mps2(3.0, 0.0, u, TRAITS) < -0.5
        assert free_mps2(0.0, 0.0, u, TRAITS) == 0.0


def played(staging: Staging, seconds: float) -> StagedWorld:
    world = StagedWorld(dataclasses.replace(staging, duration_s=seconds), drives_itself=True)
    while not world.is_over:
        world.step(IDLE)
    return world


def on_street(ego: Actor, *cast: Actor, **more: object) -> Staging:
    site = street()
    return Staging(
        road=site.road, ego=ego, cast=cast, goal=goal_on(site.road, site.east.driving[0]), duration_s=20.0,
        lights=NO_LIGHTS, **more,  # type: ignore[arg-type]
    )  # fmt: skip


def car(name: str, way: int, s_m: float, speed_mps: float, **more: object) -> Actor:
    return Actor(name=name, road_user=RoadUser.CAR, route=(way,), s_m=s_m, speed_mps=speed_mps, **more)  # type: ignore[arg-type]


def test_a_car_stops_behind_a_standing_one_and_keeps_its_distance() -> None:
    lane = street().east.driving[0]
    world = played(on_street(car("ego", lane, 50.0, 13.0), car("stands", lane, 150.0, 0.0, is_still=True)), 20.0)
    tracks = world.drive().tracks
    gap_m = tracks.xy_m[1, -1, 0] - tracks.xy_m[0, -1, 0] - 0.5 * (tracks.size_m[0, 0] + tracks.size_m[1, 0])
    assert tracks.speed_mps[0, -1] < 0.1
    assert 1.0 < gap_m < 4.5


def test_a_car_changes_lanes_to_pass_a_slow_one_if_it_may() -> None:
    inner, outer = street().east.driving
    ego = car("ego", outer, 30.0, 13.0, heeds=Heeds.ALL)
    slow = car("slow", outer, 80.0, 4.0, heeds=Heeds.NOTHING)
    free = played(on_street(ego, slow), 12.0).drive().tracks
    assert free.xy_m[0, -1, 0] > free.xy_m[1, -1, 0] + 5.0
    # Not if somebody comes up beside it.
    beside = [car(f"beside-{k}", inner, 10.0 + 12.0 * k, 13.0, heeds=Heeds.NOTHING) for k in range(8)]
    held = played(on_street(ego, slow, *beside), 5.0).drive().tracks
    assert held.xy_m[0, -1, 0] < held.xy_m[1, -1, 0]
    keeps = played(on_street(dataclasses.replace(ego, heeds=Heeds.ON_ITS_WAY), slow), 12.0).drive().tracks
    assert abs(keeps.xy_m[0, -1, 1] - keeps.xy_m[1, -1, 1]) < 1.5


def test_a_rider_finds_its_way_round_somebody_slower_within_its_lane() -> None:
    site = street()
    bike = site.east.bike
    fast = Actor(name="fast", road_user=RoadUser.EBIKE, route=(bike,), s_m=60.0, speed_mps=6.5)
    slow = Actor(name="slow", road_user=RoadUser.BICYCLE, route=(bike,), s_m=80.0, speed_mps=2.5, heeds=Heeds.NOTHING)
    tracks = played(on_street(car("ego", site.east.driving[0], 10.0, 3.0), fast, slow), 14.0).drive().tracks
    assert tracks.xy_m[1, -1, 0] > tracks.xy_m[2, -1, 0] + 3.0
    away = np.hypot(*(tracks.xy_m[1] - tracks.xy_m[2]).T)
    assert away.min() > 0.6


@pytest.mark.parametrize("is_green", [True, False])
def test_a_light_is_heeded(is_green: bool) -> None:
    site = crossroads()
    route = site.via(site.inbound[WEST].driving[0], "straight")
    staging = Staging(
        road=site.road,
        ego=Actor(name="ego", road_user=RoadUser.CAR, route=route, s_m=ARM_M - 60.0, speed_mps=10.0),
        cast=(), goal=goal_on(site.road, route[-1]), duration_s=15.0,
        lights=steady(site, (straight_group(0, WEST),) if is_green else ()),
    )  # fmt: skip
    tracks = played(staging, 15.0).drive().tracks
    assert (tracks.xy_m[0, -1, 0] > 0.0) == is_green
    assert (tracks.speed_mps[0, -1] < 0.1) != is_green


def test_who_turns_left_lets_who_goes_straight_go_first() -> None:
    site = crossroads()
    left = site.via(site.inbound[WEST].driving[0], "left")
    straight = site.via(site.inbound[0].driving[0], "straight")
    greens = (straight_group(0, WEST), straight_group(0, 0), 4 + WEST)
    staging = Staging(
        road=site.road,
        ego=Actor(name="ego", road_user=RoadUser.CAR, route=left, s_m=ARM_M - 25.0, speed_mps=8.0),
        cast=(Actor(name="other", road_user=RoadUser.CAR, route=straight, s_m=ARM_M - 35.0, speed_mps=12.0),),
        goal=goal_on(site.road, left[-1]), duration_s=14.0, lights=steady(site, greens),
    )  # fmt: skip
    tracks = played(staging, 14.0).drive().tracks
    hard = np.diff(tracks.speed_mps[1]).min() / 0.1
    assert hard > -3.5  # the one with the right of way need not brake hard
    assert tracks.xy_m[0, -1, 1] > 15.0  # and the other one gets its turn
    assert np.hypot(*(tracks.xy_m[0] - tracks.xy_m[1]).T).min() > 2.5


def test_a_car_waits_for_people_on_a_crossing() -> None:
    site = street(crossing_x_m=200.0)
    lane = site.east.driving[1]
    walker = Actor(
        name="walker", road_user=RoadUser.PEDESTRIAN, route=(site.crossings[0],), s_m=2.0, speed_mps=1.3,
        heeds=Heeds.NOTHING,
    )  # fmt: skip
    ego = Actor(name="ego", road_user=RoadUser.CAR, route=(lane,), s_m=140.0, speed_mps=10.0, courtesy=1.0)
    staging = Staging(
        road=site.road, ego=ego, cast=(walker,), goal=goal_on(site.road, lane), duration_s=20.0, lights=NO_LIGHTS
    )  # fmt: skip
    tracks = played(staging, 20.0).drive().tracks
    assert np.hypot(*(tracks.xy_m[0] - tracks.xy_m[1]).T).min() > 1.5
    assert tracks.xy_m[0, -1, 0] > 205.0


def test_a_long_vehicle_cuts_the_corner_with_its_rear_wheels() -> None:
    site = crossroads()
    route = site.via(site.inbound[SOUTH].driving[1], "right")

    def inmost(length_m: float) -> float:
        ego = Actor(name="ego", road_user=RoadUser.CAR, route=(site.inbound[WEST].driving[0],), s_m=5.0)
        truck = Actor(
            name="truck", road_user=RoadUser.TRUCK, route=route, s_m=ARM_M - 20.0, speed_mps=6.0,
            size_m=(length_m, 2.4), heeds=Heeds.NOTHING,
        )  # fmt: skip
        staging = Staging(
            road=site.road, ego=ego, cast=(truck,), goal=goal_on(site.road, route[-1]), duration_s=12.0,
            lights=steady(site, (straight_group(0, SOUTH),)),
        )  # fmt: skip
        tracks = played(staging, 12.0).drive().tracks
        yaw, xy = tracks.yaw_rad[1], tracks.xy_m[1]
        rear = xy - 0.29 * length_m * np.stack((np.cos(yaw), np.sin(yaw)), axis=1)
        corner = np.array([22.0, -22.0])
        return float(np.hypot(*(rear - corner).T).min())

    assert inmost(11.0) < inmost(5.0) - 0.3


def test_shares_of_all_classes_are_a_whole() -> None:
    assert sum(model.share for model in MODELS) == pytest.approx(1.0)
