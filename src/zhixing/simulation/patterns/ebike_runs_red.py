"""An e-bike goes on at red, across the way of cars that have green."""

from __future__ import annotations

import numpy as np

from zhixing.datatypes.localized import Localized
from zhixing.datatypes.query import Query
from zhixing.datatypes.tracks import RoadUser
from zhixing.simulation.city_crossroads import straight_group
from zhixing.simulation.patterns.casting import (
    EGO_SPEED,
    OFFSET,
    RIDER_SPEED,
    RIDERS,
    all_of,
    between,
    ego_on,
    fact,
    placed,
    role,
    route_xy_m,
)
from zhixing.simulation.patterns.pattern import Pattern, Ranges, Values
from zhixing.simulation.patterns.sites import SOUTH, WEST, crossroads, goal_on, lights_at, where_lines_meet
from zhixing.simulation.patterns.staging import Actor, Staging
from zhixing.simulation.traffic.models import Heeds

_MEETS_S, _LASTS_S = 8.0, 16.0


def _stage(values: Values, _dice: np.random.Generator, is_there: bool) -> Staging:
    site = crossroads()
    road = site.road
    ego_route = site.via(site.inbound[WEST].driving[1], "straight")
    rider_route = site.via(site.inbound[SOUTH].bike, "straight")
    ego_m, rider_m, _, _ = where_lines_meet(route_xy_m(road, (), ego_route), route_xy_m(road, (), rider_route))
    speed, rider_mps = values["ego_mps"], values["rider_mps"]
    rest, s_m = placed(road, (), rider_route, rider_m - rider_mps * (_MEETS_S + values["offset_s"]))
    rider = Actor(
        name="rider",
        road_user=RoadUser.EBIKE,
        route=rest,
        s_m=s_m,
        speed_mps=rider_mps,
        heeds=Heeds.FRONT if is_there else Heeds.FRONT | Heeds.LIGHTS,
    )
    return Staging(
        road=road,
        ego=ego_on(road, ego_route, ego_m - speed * _MEETS_S, speed),
        cast=(rider,),
        goal=goal_on(road, ego_route[-1], 0.5),
        duration_s=_LASTS_S,
        lights=lights_at(site, straight_group(0, WEST), -4.0, _LASTS_S),
    )


def _find(ranges: Ranges) -> Query:
    low, high = ranges["rider_mps"]
    return Query(
        name="ebike-runs-red",
        roles=(role("rider", *RIDERS),),
        condition=all_of(fact("ran_red", "rider"), between("speed_mps", "rider", low - 1.0, high + 1.0)),
        at_least_s=0.5,
        join_s=0.5,
    )


PATTERN = Pattern(
    name="ebike-runs-red",
    title=Localized("电动车闯红灯", "E-bike runs a red light", "E-Bike fährt bei Rot"),
    sentence=Localized(
        "相交方向绿灯放行时，电动自行车闯红灯直行通过路口。",
        "An e-bike crosses on red while the cross traffic has green.",
        "Ein E-Bike quert bei Rot, während der Querverkehr Grün hat.",
    ),
    parameters=(EGO_SPEED, RIDER_SPEED, OFFSET),
    stage=_stage,
    find=_find,
    finds={"rider": "rider"},
)
