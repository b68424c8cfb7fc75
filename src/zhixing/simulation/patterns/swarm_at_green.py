"""Two-wheelers that have gathered at the line set off together when the light turns green."""

from __future__ import annotations

import numpy as np

from zhixing.datatypes.conditions import Count
from zhixing.datatypes.localized import Localized
from zhixing.datatypes.query import Query
from zhixing.datatypes.tracks import RoadUser
from zhixing.simulation.city_crossroads import straight_group
from zhixing.simulation.patterns.casting import CARS, RIDER_SPEED, RIDERS, all_of, between, ego_on, fact, role
from zhixing.simulation.patterns.pattern import Parameter, Pattern, Ranges, Values
from zhixing.simulation.patterns.sites import WEST, crossroads, goal_on, lights_at
from zhixing.simulation.patterns.staging import Actor, Staging

_LASTS_S, _COLUMNS = 14.0, 3


def _stage(values: Values, _dice: np.random.Generator, is_there: bool) -> Staging:
    num_riders = round(values["num_riders"]) if is_there else 2
    site = crossroads()
    road = site.road
    ego_route = site.via(site.inbound[WEST].driving[1], "straight")
    bike = site.inbound[WEST].bike
    ride_route = site.via(bike, "straight")
    line_m = float(np.hypot(*np.diff(road.lanes[bike].centre_xy_m[[0, -1]], axis=0)[0]))
    cast = [
        Actor(
            name=f"rider-{k}",
            road_user=RoadUser.EBIKE if k % 3 else RoadUser.BICYCLE,
            route=ride_route,
            s_m=line_m - 1.6 - 2.2 * (k // _COLUMNS),
            wants_mps=values["rider_mps"] * (1.0 - 0.03 * (k % 4)),
            offset_m=0.8 * (k % _COLUMNS - 1),
        )
        for k in range(num_riders)
    ]
    return Staging(
        road=road,
        ego=ego_on(road, ego_route, line_m - 4.0, 0.0, wants_mps=8.0),
        cast=tuple(cast),
        goal=goal_on(road, ego_route[-1], 0.3),
        duration_s=_LASTS_S,
        lights=lights_at(site, straight_group(0, WEST), values["green_s"], _LASTS_S),
    )


def _find(ranges: Ranges) -> Query:
    few, many = (round(value) for value in ranges["num_riders"])
    return Query(
        name="swarm-at-green",
        roles=(role("car", *CARS),),
        condition=Count(
            role=role("rider", *RIDERS),
            condition=all_of(
                fact("light", "rider", one_of=("green",)),
                between("light_age_s", "rider", None, 6.0),
                between("speed_mps", "rider", 1.0, None),
                between("travelled_m", "rider", 0.5, 25.0),
                between("centre_distance_m", ("car", "rider"), None, 30.0),
            ),
            at_least=max(4, round(0.4 * few)),
            at_most=many,
        ),
        at_least_s=0.3,
        join_s=1.0,
    )


PATTERN = Pattern(
    name="swarm-at-green",
    title=Localized("绿灯时非机动车集群起步", "Swarm released at green", "Zweirad-Pulk startet bei Grün"),
    sentence=Localized(
        "绿灯一亮，停止线前聚集的两轮车同时涌出。",
        "As the light turns green, the two-wheelers that have gathered at the line set off all at once.",
        "Bei Grün fahren alle Zweiräder, die sich an der Linie gesammelt haben, zugleich los.",
    ),
    parameters=(
        Parameter(
            name="num_riders",
            low=5.0,
            high=14.0,
            usual=9.0,
            meaning=Localized("两轮车数量", "How many two-wheelers", "Wie viele Zweiräder"),
            source="SinD, Tianjin (Xu et al. 2022): 335 of 677 road users in 20 minutes on two or three wheels",
        ),
        Parameter(
            name="green_s",
            low=1.5,
            high=4.0,
            usual=2.0,
            meaning=Localized("绿灯亮起的时刻", "When the light turns green", "Wann es grün wird"),
            source="ours",
        ),
        RIDER_SPEED,
    ),
    stage=_stage,
    find=_find,
    finds={"car": "ego"},
)
