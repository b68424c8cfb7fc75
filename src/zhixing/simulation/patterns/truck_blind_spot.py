"""A truck turns right; a rider is beside it, where the driver cannot see (大车内轮差)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from zhixing.datatypes.conditions import Role
from zhixing.datatypes.localized import Localized
from zhixing.datatypes.query import Query
from zhixing.datatypes.tracks import RoadUser
from zhixing.simulation.city_crossroads import straight_group
from zhixing.simulation.patterns.casting import RIDER_SPEED, RIDERS, all_of, between, ego_on, fact, placed, role
from zhixing.simulation.patterns.pattern import Parameter, Pattern, Ranges, Values
from zhixing.simulation.patterns.sites import ARM_M, WEST, crossroads, goal_on, lights_at
from zhixing.simulation.patterns.staging import Actor, Staging
from zhixing.simulation.traffic.models import Heeds

_LASTS_S, _BEFORE_M, _SINCE_S, _TRUCK_M = 16.0, 14.0, 3.0, (9.0, 2.5)


def _stage(values: Values, _dice: np.random.Generator, is_there: bool) -> Staging:
    site = crossroads()
    road = site.road
    turn = "right" if is_there else "straight"
    truck_route = site.via(site.inbound[WEST].driving[1], turn)
    ride_route = site.via(site.inbound[WEST].bike, "straight")
    place_m = ARM_M - _BEFORE_M
    truck_mps, rider_mps = values["truck_mps"], values["rider_mps"]
    rest, s_m = placed(road, (), truck_route, place_m - truck_mps * _SINCE_S)
    truck = Actor(
        name="truck",
        road_user=RoadUser.TRUCK,
        route=rest,
        s_m=s_m,
        speed_mps=truck_mps,
        size_m=_TRUCK_M,
        heeds=Heeds.FRONT,
    )
    rest, s_m = placed(road, (), ride_route, place_m + values["ahead_m"] - rider_mps * _SINCE_S)
    rider = Actor(
        name="rider",
        road_user=RoadUser.EBIKE,
        route=rest,
        s_m=s_m,
        speed_mps=rider_mps,
        offset_m=0.6,
        heeds=Heeds.FRONT,
    )
    ego_route = site.via(site.inbound[WEST].driving[0], "straight")
    return Staging(
        road=road,
        ego=ego_on(road, ego_route, ARM_M - 70.0, truck_mps),
        cast=(truck, rider),
        goal=goal_on(road, ego_route[-1], 0.3),
        duration_s=_LASTS_S,
        lights=lights_at(site, straight_group(0, WEST), -2.0, _LASTS_S),
    )


def _find(ranges: Ranges) -> Query:
    low, high = ranges["rider_mps"]
    pair = ("truck", "rider")
    return Query(
        name="truck-blind-spot",
        roles=(
            Role(name="truck", classes=(RoadUser.TRUCK, RoadUser.BUS), min_length_m=7.0),
            role("rider", *RIDERS, RoadUser.PEDESTRIAN),
        ),
        condition=all_of(
            fact("next_turn", "truck", one_of=("right",)),
            between("distance_m", pair, None, 3.5),
            between("left_m", pair, -5.5, 0.0),
            between("ahead_m", pair, -7.0, 7.0),
            between("speed_mps", "rider", max(0.0, low - 4.0), high + 1.0),
            between("speed_mps", "truck", 0.5, None),
        ),
        at_least_s=0.3,
        join_s=1.0,
    )


PATTERN = Pattern(
    name="truck-blind-spot",
    title=Localized("大货车右转盲区", "Truck blind spot", "Toter Winkel des Lkw"),
    sentence=Localized(
        "大货车右转时，骑行者正处在其右侧盲区和内轮差范围内。",
        "A truck turns right while a rider is beside it, in its blind spot and within the path of its rear wheels.",
        "Ein Lkw biegt rechts ab; neben ihm fährt im toten Winkel ein Zweirad, wo die Hinterräder laufen.",
    ),
    parameters=(
        replace(RIDER_SPEED, low=4.0),
        Parameter(
            name="truck_mps",
            low=4.5,
            high=8.0,
            usual=6.0,
            meaning=Localized("货车速度", "Speed of the truck", "Tempo des Lkw"),
            source="ours: before a turn",
        ),
        Parameter(
            name="ahead_m",
            low=-4.0,
            high=4.0,
            usual=0.0,
            meaning=Localized(
                "骑行者领先货车中部的距离",
                "How far the rider is ahead of the middle of the truck",
                "Wie weit das Zweirad vor der Mitte des Lkw ist",
            ),
            source="ours: beside it",
        ),
    ),
    stage=_stage,
    find=_find,
    finds={"truck": "truck", "rider": "rider"},
)
