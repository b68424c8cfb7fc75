"""A car turns round across the lanes, out of the outer one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from zhixing.datatypes.conditions import Within
from zhixing.datatypes.localized import Localized
from zhixing.datatypes.query import Query
from zhixing.datatypes.road import LaneKind
from zhixing.datatypes.tracks import RoadUser
from zhixing.simulation.patterns.casting import CARS, EGO_SPEED, OFFSET, all_of, between, ego_on, fact, no, role
from zhixing.simulation.patterns.pattern import Parameter, Pattern, Ranges, Values
from zhixing.simulation.patterns.sites import NO_LIGHTS, goal_on, street
from zhixing.simulation.patterns.staging import Actor, Staging
from zhixing.simulation.traffic.models import Heeds
from zhixing.simulation.traffic.ways import ExtraWay

_LASTS_S, _TURN_X_M, _LEAD_M, _MEETS_S = 14.0, 200.0, 60.0, 5.0


def _stage(values: Values, _dice: np.random.Generator, is_there: bool) -> Staging:
    site = street()
    road, lane, outer = site.road, site.east.driving[0], site.east.driving[1]
    y_m = float(road.lanes[outer].centre_xy_m[0, 1])
    angle = np.linspace(-0.5 * np.pi, 0.5 * np.pi, 19)
    bend = np.stack((_TURN_X_M - y_m * 0.0 + abs(y_m) * np.cos(angle), abs(y_m) * np.sin(angle)), axis=1)
    line = np.concatenate(([[_TURN_X_M - _LEAD_M, y_m]], bend, [[_TURN_X_M - _LEAD_M, -y_m]]))
    if not is_there:
        line = np.array([[_TURN_X_M - _LEAD_M, y_m], [_TURN_X_M + 150.0, y_m]])
    speed, turner_mps = values["ego_mps"], values["turner_mps"]
    turner = Actor(
        name="turner",
        road_user=RoadUser.CAR,
        route=(len(road.lanes),),
        s_m=_LEAD_M - 3.0 - turner_mps * _MEETS_S,
        speed_mps=turner_mps,
        heeds=Heeds.FRONT,
    )
    ego_m = _TURN_X_M - speed * (_MEETS_S + values["offset_s"]) - 4.0
    return Staging(
        road=road,
        ego=ego_on(road, (lane,), max(5.0, ego_m), speed),
        cast=(turner,),
        extra=(ExtraWay(xy_m=line, kind=LaneKind.DRIVING, half_m=1.6),),
        goal=goal_on(road, lane, 0.9),
        duration_s=_LASTS_S,
        lights=NO_LIGHTS,
    )


def _find(ranges: Ranges) -> Query:
    low, high = ranges["turner_mps"]
    return Query(
        name="early-u-turn",
        roles=(role("turner", *CARS),),
        condition=all_of(
            between("turned_lately_rad", "turner", 1.2, 3.6),
            Within(condition=between("turned_lately_rad", "turner", 2.6, None), future_s=6.0),
            no(fact("is_in_junction", "turner")),
            between("speed_mps", "turner", max(0.3, low - 2.0), high + 1.0),
        ),
        at_least_s=0.3,
        join_s=1.0,
    )


PATTERN = Pattern(
    name="early-u-turn",
    title=Localized("外侧车道掉头", "U-turn across the lanes", "Wenden über die Spuren"),
    sentence=Localized(
        "路段中，车辆从外侧车道直接掉头，横切内侧车道。",
        "A car turns round out of the outer lane, across the inner one.",
        "Ein Auto wendet aus der äußeren Spur quer über die innere.",
    ),
    parameters=(
        replace(EGO_SPEED, high=12.0),
        OFFSET,
        Parameter(
            name="turner_mps",
            low=2.5,
            high=5.5,
            usual=4.0,
            meaning=Localized("掉头车速度", "Speed of the one that turns", "Tempo des Wendenden"),
            source="ours: a radius of 5 m at up to 3 m/s² sideways is 3.9 m/s; slowing down included",
        ),
    ),
    stage=_stage,
    find=_find,
    finds={"turner": "turner"},
)
