"""Two-wheelers leave their blocked lane and ride among the cars."""

from __future__ import annotations

import numpy as np

from zhixing.datatypes.conditions import Exists
from zhixing.datatypes.localized import Localized
from zhixing.datatypes.query import Query
from zhixing.datatypes.tracks import RoadUser
from zhixing.simulation.patterns.casting import (
    CARS,
    EGO_SPEED,
    RIDER_SPEED,
    RIDERS,
    all_of,
    between,
    ego_on,
    fact,
    parked,
    role,
)
from zhixing.simulation.patterns.pattern import Parameter, Pattern, Ranges, Values
from zhixing.simulation.patterns.sites import NO_LIGHTS, goal_on, street
from zhixing.simulation.patterns.staging import Actor, Staging

_LASTS_S, _BLOCK_X_M, _BLOCK_WIDTH_M = 22.0, 190.0, 2.0


def _stage(values: Values, _dice: np.random.Generator, is_there: bool) -> Staging:
    site = street()
    road, lane, bike = site.road, site.east.driving[1], site.east.bike
    length = values["block_m"]
    block = parked("block", RoadUser.CAR, bike, _BLOCK_X_M, 0.2 if is_there else -4.0, (length, _BLOCK_WIDTH_M))
    rider_mps = values["rider_mps"]
    cast = [block]
    for k in range(round(values["num_riders"])):
        starts_m = _BLOCK_X_M - 0.5 * length - rider_mps * 6.0 - 4.0 * k
        cast.append(
            Actor(name=f"rider-{k}", road_user=RoadUser.EBIKE, route=(bike,), s_m=starts_m, speed_mps=rider_mps)
        )
    speed = values["ego_mps"]
    return Staging(
        road=road,
        ego=ego_on(road, (lane,), _BLOCK_X_M - speed * 9.0, speed),
        cast=tuple(cast),
        goal=goal_on(road, lane, 0.85),
        duration_s=_LASTS_S,
        lights=NO_LIGHTS,
    )


def _find(ranges: Ranges) -> Query:
    low, high = ranges["block_m"]
    blocked = Exists(
        role=role("block", *CARS, RoadUser.OBJECT),
        condition=all_of(
            fact("is_on_biking_lane", "block"),
            fact("is_standing", "block"),
            between("length_m", "block", low - 0.3, high + 0.3),
            between("distance_m", ("rider", "block"), None, 4.0),
        ),
    )
    return Query(
        name="riders-around-blocked-lane",
        roles=(role("rider", *RIDERS),),
        condition=all_of(fact("is_on_driving_lane", "rider"), between("speed_mps", "rider", 0.5, None), blocked),
        at_least_s=0.2,
        join_s=1.0,
    )


PATTERN = Pattern(
    name="riders-around-blocked-lane",
    title=Localized("非机动车道被占，骑行者借道绕行", "Blocked bike lane", "Blockierter Radstreifen"),
    sentence=Localized(
        "非机动车道被停放的车辆堵住，两轮车绕进机动车道。",
        "A parked vehicle blocks the bike lane, and the two-wheelers ride round it through the lane of the cars.",
        "Ein abgestelltes Fahrzeug blockiert den Radstreifen, die Zweiräder weichen auf die Fahrbahn aus.",
    ),
    parameters=(
        EGO_SPEED,
        RIDER_SPEED,
        Parameter(
            name="num_riders",
            low=1.0,
            high=4.0,
            usual=2.0,
            meaning=Localized("骑行者人数", "How many riders", "Wie viele Zweiräder"),
            source="ours",
        ),
        Parameter(
            name="block_m",
            low=3.5,
            high=7.0,
            usual=4.8,
            meaning=Localized("占道车辆长度", "Length of what blocks the lane", "Länge des Hindernisses"),
            source="ours: from a small car to a delivery van",
        ),
    ),
    stage=_stage,
    find=_find,
    finds={"rider": "rider-0"},
)
