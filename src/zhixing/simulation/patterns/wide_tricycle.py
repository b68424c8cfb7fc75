"""A wide, slow cargo tricycle rides among the cars."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from zhixing.datatypes.conditions import Role
from zhixing.datatypes.localized import Localized
from zhixing.datatypes.query import Query
from zhixing.datatypes.tracks import RoadUser
from zhixing.simulation.patterns.casting import CARS, EGO_SPEED, all_of, between, ego_on, fact, role
from zhixing.simulation.patterns.pattern import Parameter, Pattern, Ranges, Values
from zhixing.simulation.patterns.sites import NO_LIGHTS, goal_on, street
from zhixing.simulation.patterns.staging import Actor, Staging
from zhixing.simulation.traffic.models import Heeds

_LASTS_S, _TRIKE_X_M = 20.0, 130.0


def _stage(values: Values, _dice: np.random.Generator, is_there: bool) -> Staging:
    site = street()
    road, lane = site.road, site.east.driving[1]
    speed, slow = values["ego_mps"], values["tricycle_mps"]
    way = lane if is_there else site.east.bike
    tricycle = Actor(
        name="tricycle",
        road_user=RoadUser.TRICYCLE,
        route=(way,),
        s_m=_TRIKE_X_M,
        speed_mps=slow,
        offset_m=values["aside_m"] if is_there else 0.0,
        size_m=(3.2, values["width_m"] if is_there else 1.0),
        heeds=Heeds.FRONT,
    )
    return Staging(
        road=road,
        ego=ego_on(road, (lane,), _TRIKE_X_M - 7.0 * (speed - slow) - 5.0, speed),
        cast=(tricycle,),
        goal=goal_on(road, lane, 0.85),
        duration_s=_LASTS_S,
        lights=NO_LIGHTS,
    )


def _find(ranges: Ranges) -> Query:
    low, high = ranges["tricycle_mps"]
    narrow, wide = ranges["width_m"]
    return Query(
        name="wide-tricycle",
        roles=(
            Role(name="tricycle", classes=(RoadUser.TRICYCLE,), min_width_m=narrow - 0.05, max_width_m=wide + 0.05),
            role("car", *CARS),
        ),
        condition=all_of(
            fact("is_on_driving_lane", "tricycle"),
            between("speed_mps", "tricycle", low - 0.6, high + 0.6),
            between("gap_ahead_m", ("car", "tricycle"), None, 40.0),
        ),
        at_least_s=0.5,
        join_s=2.0,
    )


PATTERN = Pattern(
    name="wide-tricycle",
    title=Localized("超宽慢速货运三轮车", "Wide, slow cargo tricycle", "Breites, langsames Lastendreirad"),
    sentence=Localized(
        "装得又宽又满的货运三轮车在机动车道上缓慢行驶。",
        "A cargo tricycle, wide and slow, rides in the lane of the cars.",
        "Ein breites, langsames Lastendreirad fährt auf der Fahrspur.",
    ),
    parameters=(
        replace(EGO_SPEED, low=8.0),
        Parameter(
            name="tricycle_mps",
            low=2.5,
            high=5.0,
            usual=3.5,
            meaning=Localized("三轮车速度", "Speed of the tricycle", "Tempo des Dreirads"),
            source="SinD, Tianjin: tricycles are the slowest on wheels; the range is ours",
        ),
        Parameter(
            name="width_m",
            low=1.3,
            high=1.8,
            usual=1.5,
            meaning=Localized("装载后总宽", "Width with its load", "Breite mit Ladung"),
            source="ours: 1.1 m without a load",
        ),
        Parameter(
            name="aside_m",
            low=-1.0,
            high=0.5,
            usual=-0.5,
            meaning=Localized(
                "相对车道中心线的横向偏移，向左为正",
                "How far from the middle of the lane, left positive",
                "Seitlicher Versatz zur Spurmitte, links positiv",
            ),
            source="ours",
        ),
    ),
    stage=_stage,
    find=_find,
    finds={"tricycle": "tricycle", "car": "ego"},
)
