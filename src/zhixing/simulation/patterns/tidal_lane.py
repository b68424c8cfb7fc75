"""A lane is driven in the other direction for some hours (潮汐车道)."""

from __future__ import annotations

import numpy as np

from zhixing.datatypes.localized import Localized
from zhixing.datatypes.query import Query
from zhixing.datatypes.road import LaneKind
from zhixing.datatypes.tracks import RoadUser
from zhixing.simulation.patterns.casting import CARS, EGO_SPEED, all_of, between, ego_on, fact, role
from zhixing.simulation.patterns.pattern import Parameter, Pattern, Ranges, Values
from zhixing.simulation.patterns.sites import NO_LIGHTS, goal_on, street
from zhixing.simulation.patterns.staging import Actor, Staging
from zhixing.simulation.traffic.models import Heeds
from zhixing.simulation.traffic.ways import ExtraWay

_LASTS_S, _FIRST_X_M = 18.0, 60.0


def _stage(values: Values, _dice: np.random.Generator, is_there: bool) -> Staging:
    site = street()
    road, lane = site.road, site.east.driving[0]
    tidal = site.west.driving[0]
    line = road.lanes[tidal].centre_xy_m[::-1].copy()
    speed, flow_mps = values["ego_mps"], values["flow_mps"]
    gap_m = flow_mps * values["headway_s"] + 4.6
    num = round(values["num_cars"])
    cast = tuple(
        Actor(
            name=f"tidal-{k}",
            road_user=RoadUser.CAR,
            route=(len(road.lanes) if is_there else site.east.driving[1],),
            s_m=_FIRST_X_M + gap_m * k,
            speed_mps=flow_mps,
            heeds=Heeds.FRONT,
        )
        for k in range(num)
    )
    return Staging(
        road=road,
        ego=ego_on(road, (lane,), _FIRST_X_M, speed),
        cast=cast,
        extra=(ExtraWay(xy_m=line, kind=LaneKind.DRIVING, half_m=1.6),),
        goal=goal_on(road, lane, 0.85),
        duration_s=_LASTS_S,
        lights=NO_LIGHTS,
    )


def _find(ranges: Ranges) -> Query:
    low, high = ranges["flow_mps"]
    pair = ("one", "two")
    return Query(
        name="tidal-lane",
        roles=(role("one", *CARS), role("two", *CARS)),
        condition=all_of(
            fact("is_wrong_way", "one"),
            fact("is_wrong_way", "two"),
            between("gap_ahead_m", pair, None, 60.0),
            between("speed_mps", "one", max(1.0, low - 3.0), high + 1.0),
        ),
        at_least_s=2.0,
        join_s=2.0,
    )


PATTERN = Pattern(
    name="tidal-lane",
    title=Localized("潮汐车道", "Tidal lane", "Wechselfahrstreifen"),
    sentence=Localized(
        "高峰时段，对向一条车道改变行驶方向，供本向车流通行。",
        "At peak hours a lane of the other direction is turned round, and a stream of cars uses it.",
        "Zur Hauptverkehrszeit wird eine Spur der Gegenrichtung in der Richtung umgekehrt und in Kolonne befahren.",
    ),
    parameters=(
        EGO_SPEED,
        Parameter(
            name="flow_mps",
            low=6.0,
            high=12.0,
            usual=9.0,
            meaning=Localized("车流速度", "Speed of the stream", "Tempo der Kolonne"),
            source="ours",
        ),
        Parameter(
            name="num_cars",
            low=3.0,
            high=6.0,
            usual=4.0,
            meaning=Localized("车辆数", "How many cars", "Wie viele Autos"),
            source="ours",
        ),
        Parameter(
            name="headway_s",
            low=1.2,
            high=2.5,
            usual=1.8,
            meaning=Localized(
                "车间净时距", "Time from rear to front of two of them", "Nettozeitlücke zwischen zwei Autos"
            ),
            source="Treiber and Kesting 2013: about 1 to 2 s in city traffic",
        ),
    ),
    stage=_stage,
    find=_find,
    finds={"one": "tidal-0", "two": "tidal-1"},
)
