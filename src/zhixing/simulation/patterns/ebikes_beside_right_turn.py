"""A car turns right; e-bikes pass it on its right, in its blind spot (右转弯盲区)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from zhixing.datatypes.localized import Localized
from zhixing.datatypes.query import Query
from zhixing.datatypes.tracks import RoadUser
from zhixing.simulation.city_crossroads import straight_group
from zhixing.simulation.patterns.casting import (
    CARS,
    EGO_SPEED,
    RIDER_SPEED,
    RIDERS,
    all_of,
    between,
    ego_on,
    fact,
    placed,
    role,
)
from zhixing.simulation.patterns.pattern import Parameter, Pattern, Ranges, Values
from zhixing.simulation.patterns.sites import ARM_M, WEST, crossroads, goal_on, lights_at
from zhixing.simulation.patterns.staging import Actor, Staging
from zhixing.simulation.traffic.models import Heeds

_LASTS_S, _BEFORE_M, _SINCE_S = 14.0, 15.0, 3.0


def _stage(values: Values, _dice: np.random.Generator, is_there: bool) -> Staging:
    turn = "right" if is_there else "straight"
    site = crossroads()
    road = site.road
    ego_route = site.via(site.inbound[WEST].driving[1], turn)
    ride_route = site.via(site.inbound[WEST].bike, "straight")
    speed, rider_mps = values["ego_mps"], values["rider_mps"]
    # The ego passes this place, before it slows down for the turn, when the rider is so far behind it.
    place_m = ARM_M - _BEFORE_M
    ride_m = place_m - values["behind_m"] - rider_mps * _SINCE_S
    cast = []
    for k in range(round(values["num_riders"])):
        rest, s_m = placed(road, (), ride_route, ride_m - 3.0 * k)
        cast.append(
            Actor(
                name=f"rider-{k}",
                road_user=RoadUser.EBIKE,
                route=rest,
                s_m=s_m,
                speed_mps=rider_mps,
                offset_m=0.4 if k % 2 else -0.4,
                heeds=Heeds.FRONT,
            )
        )
    return Staging(
        road=road,
        ego=ego_on(road, ego_route, place_m - speed * _SINCE_S, speed),
        cast=tuple(cast),
        goal=goal_on(road, ego_route[-1], 0.4),
        duration_s=_LASTS_S,
        lights=lights_at(site, straight_group(0, WEST), -2.0, _LASTS_S),
    )


def _find(ranges: Ranges) -> Query:
    low, high = ranges["rider_mps"]
    pair = ("car", "rider")
    on_the_right = all_of(between("left_m", pair, -6.0, -1.0), between("ahead_m", pair, -12.0, 4.0))
    return Query(
        name="ebikes-beside-right-turn",
        roles=(role("car", *CARS), role("rider", *RIDERS)),
        condition=all_of(
            fact("next_turn", "car", one_of=("right",)),
            fact("next_turn", "rider", one_of=("straight",)),
            between("speed_mps", "rider", max(1.0, low - 1.5), high + 1.0),
            between("distance_m", pair, None, 8.0),
            on_the_right,
            between("travelled_m", "car", 1.0, None),
        ),
        at_least_s=0.4,
        join_s=0.5,
    )


PATTERN = Pattern(
    name="ebikes-beside-right-turn",
    title=Localized("右转遇右侧直行电动车", "E-bikes beside a right turn", "E-Bikes neben dem Rechtsabbieger"),
    sentence=Localized(
        "车辆右转时，电动自行车从右后方盲区直行赶上来。",
        "A car turns right while e-bikes going straight on come up on its right.",
        "Ein Auto biegt rechts ab, während rechts hinten E-Bikes geradeaus aufholen.",
    ),
    parameters=(
        EGO_SPEED,
        replace(RIDER_SPEED, low=4.5, usual=6.0),
        Parameter(
            name="behind_m",
            low=0.0,
            high=8.0,
            usual=4.0,
            meaning=Localized(
                "右转减速前骑行者落后本车的距离",
                "How far the rider is behind before the car slows down",
                "Wie weit das Zweirad vor dem Bremsen zurückliegt",
            ),
            source="ours: the length of the zone beside a vehicle that its mirrors do not show",
        ),
        Parameter(
            name="num_riders",
            low=1.0,
            high=4.0,
            usual=2.0,
            meaning=Localized("骑行者人数", "How many riders", "Wie viele Zweiräder"),
            source="ours",
        ),
    ),
    stage=_stage,
    find=_find,
    finds={"car": "ego", "rider": "rider-0"},
)
