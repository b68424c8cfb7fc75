"""Somebody on two wheels rides against the traffic, in the bike lane or beside it."""

from __future__ import annotations

import numpy as np

from zhixing.datatypes.localized import Localized
from zhixing.datatypes.query import Query
from zhixing.datatypes.road import LaneKind
from zhixing.datatypes.tracks import RoadUser
from zhixing.simulation.patterns.casting import EGO_SPEED, RIDER_SPEED, RIDERS, all_of, between, ego_on, fact, role
from zhixing.simulation.patterns.pattern import Parameter, Pattern, Ranges, Values
from zhixing.simulation.patterns.sites import NO_LIGHTS, goal_on, street
from zhixing.simulation.patterns.staging import Actor, Staging
from zhixing.simulation.traffic.ways import ExtraWay

_LASTS_S, _MEETS_S = 14.0, 7.0


def _stage(values: Values, _dice: np.random.Generator, is_there: bool) -> Staging:
    site = street()
    lane, bike = site.east.driving[1], site.road.lanes[site.east.bike]
    aside = np.array([0.0, values["beside_m"]])
    line = bike.centre_xy_m + aside
    way = ExtraWay(xy_m=line[::-1].copy() if is_there else line, kind=LaneKind.BIKING, half_m=0.8)
    speed, rider_mps = values["ego_mps"], values["rider_mps"]
    meets_x_m = 60.0 + speed * _MEETS_S
    starts_x_m = meets_x_m + rider_mps * _MEETS_S if is_there else meets_x_m
    rider = Actor(
        name="rider",
        road_user=RoadUser.EBIKE,
        route=(len(site.road.lanes),),
        s_m=float(line[-1, 0]) - starts_x_m if is_there else starts_x_m,
        speed_mps=rider_mps,
    )
    return Staging(
        road=site.road,
        ego=ego_on(site.road, (lane,), 60.0, speed),
        cast=(rider,),
        extra=(way,),
        goal=goal_on(site.road, lane, 0.8),
        duration_s=_LASTS_S,
        lights=NO_LIGHTS,
    )


def _find(ranges: Ranges) -> Query:
    low, high = ranges["rider_mps"]
    return Query(
        name="rider-against-traffic",
        roles=(role("rider", *RIDERS),),
        condition=all_of(fact("is_wrong_way", "rider"), between("speed_mps", "rider", low - 1.0, high + 1.0)),
        at_least_s=1.0,
        join_s=1.0,
    )


PATTERN = Pattern(
    name="rider-against-traffic",
    title=Localized("电动车逆行", "Rider against traffic", "Geisterradler"),
    sentence=Localized(
        "外卖电动车在非机动车道内或其边缘逆行，迎面驶来。",
        "A delivery rider comes the wrong way along the bike lane or beside it.",
        "Ein Lieferfahrer kommt auf dem Radstreifen oder daneben entgegen.",
    ),
    parameters=(
        EGO_SPEED,
        RIDER_SPEED,
        Parameter(
            name="beside_m",
            low=0.0,
            high=1.8,
            usual=0.6,
            meaning=Localized(
                "从非机动车道中心线向机动车道一侧偏移的距离",
                "How far from the middle of the bike lane towards the cars",
                "Wie weit von der Mitte des Radstreifens zu den Autos hin",
            ),
            source="ours: from the middle of a lane 2.5 m wide to its edge and a little beyond",
        ),
    ),
    stage=_stage,
    find=_find,
    finds={"rider": "rider"},
)
