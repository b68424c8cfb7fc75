"""A car comes backwards along the lane."""

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

_LASTS_S, _BACK_X_M = 16.0, 240.0


def _stage(values: Values, _dice: np.random.Generator, is_there: bool) -> Staging:
    site = street()
    road, lane = site.road, site.east.driving[1]
    line = road.lanes[lane].centre_xy_m[::-1].copy()
    speed = values["ego_mps"]
    back = Actor(
        name="back",
        road_user=RoadUser.CAR,
        route=(len(road.lanes) if is_there else lane,),
        s_m=float(line[0, 0]) - _BACK_X_M if is_there else _BACK_X_M,
        speed_mps=values["back_mps"],
        backwards=is_there,
        heeds=Heeds.FRONT,
    )
    return Staging(
        road=road,
        ego=ego_on(road, (lane,), _BACK_X_M - 60.0 - 5.0 * speed, speed),
        cast=(back,),
        extra=(ExtraWay(xy_m=line, kind=LaneKind.DRIVING, half_m=1.6),),
        goal=goal_on(road, lane, 0.85),
        duration_s=_LASTS_S,
        lights=NO_LIGHTS,
    )


def _find(ranges: Ranges) -> Query:
    low, high = ranges["back_mps"]
    return Query(
        name="reversing-vehicle",
        roles=(role("back", *CARS),),
        condition=all_of(
            fact("is_on_driving_lane", "back"),
            between("speed_mps", "back", -high - 0.3, -max(0.3, low - 0.5)),
            between("lane_apart_rad", "back", None, 0.8),
        ),
        at_least_s=1.0,
        join_s=1.0,
    )


PATTERN = Pattern(
    name="reversing-vehicle",
    title=Localized("机动车道上倒车", "Reversing in a lane", "Rückwärts auf der Fahrspur"),
    sentence=Localized(
        "错过路口或车位的车辆在机动车道上倒车。",
        "A car that has missed its turn or its space comes backwards along the lane.",
        "Ein Auto, das seine Abzweigung verpasst hat, fährt auf der Spur rückwärts.",
    ),
    parameters=(
        EGO_SPEED,
        Parameter(
            name="back_mps",
            low=0.8,
            high=3.0,
            usual=1.5,
            meaning=Localized("倒车速度", "Speed backwards", "Tempo rückwärts"),
            source="ours: from walking pace to a hurry",
        ),
    ),
    stage=_stage,
    find=_find,
    finds={"back": "back"},
)
