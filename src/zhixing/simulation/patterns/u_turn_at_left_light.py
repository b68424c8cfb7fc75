"""At a crossroads somebody turns round on the green of the left turn."""

from __future__ import annotations

import numpy as np

from zhixing.datatypes.conditions import Within
from zhixing.datatypes.localized import Localized
from zhixing.datatypes.query import Query
from zhixing.datatypes.road import LaneKind
from zhixing.datatypes.tracks import RoadUser
from zhixing.simulation.city_crossroads import left_group
from zhixing.simulation.patterns.casting import CARS, EGO_SPEED, all_of, between, ego_on, fact, role
from zhixing.simulation.patterns.pattern import Parameter, Pattern, Ranges, Values
from zhixing.simulation.patterns.sites import ARM_M, WEST, crossroads, goal_on, steady
from zhixing.simulation.patterns.staging import Actor, Staging
from zhixing.simulation.traffic.ways import RANK_STRAIGHT, ExtraWay

_LASTS_S, _RADIUS_M = 18.0, 6.0


def _stage(values: Values, _dice: np.random.Generator, is_there: bool) -> Staging:
    site = crossroads(lanes=3)
    road = site.road
    inner, back = site.inbound[WEST].driving[0], site.outbound[WEST].driving[2]
    a, b = road.lanes[inner].centre_xy_m[-1], road.lanes[back].centre_xy_m[0]
    width_m = float(b[1] - a[1])
    deep_m = values["deep_m"]
    angle = np.linspace(-0.5 * np.pi, 0.5 * np.pi, 19)
    bend = np.stack(
        (a[0] + deep_m + 0.5 * width_m * np.cos(angle), a[1] + 0.5 * width_m * (1.0 + np.sin(angle))), axis=1
    )
    turn = ExtraWay(
        xy_m=np.concatenate((a[None], bend, b[None])),
        kind=LaneKind.DRIVING,
        half_m=1.6,
        rank=RANK_STRAIGHT - 1,
        nexts=(back,),
        group=left_group(0, WEST),
    )
    extra_route = (inner, len(road.lanes), back)
    route = extra_route if is_there else site.via(inner, "left")
    turner = Actor(
        name="turner",
        road_user=RoadUser.CAR,
        route=route,
        s_m=ARM_M - values["away_m"],
        speed_mps=6.0,
    )
    ego_route = site.via(inner, "left")
    return Staging(
        road=road,
        ego=ego_on(road, ego_route, ARM_M - values["away_m"] - 4.0 - 2.0 * values["ego_mps"], values["ego_mps"]),
        cast=(turner,),
        extra=(turn,),
        goal=goal_on(road, ego_route[-1], 0.3),
        duration_s=_LASTS_S,
        lights=steady(site, (left_group(0, WEST),)),
    )


def _find(ranges: Ranges) -> Query:
    del ranges
    return Query(
        name="u-turn-at-left-light",
        roles=(role("turner", *CARS),),
        condition=all_of(
            between("turned_lately_rad", "turner", 2.6, 3.8),
            Within(condition=fact("is_in_junction", "turner"), past_s=6.0),
        ),
        at_least_s=0.3,
        join_s=1.0,
    )


PATTERN = Pattern(
    name="u-turn-at-left-light",
    title=Localized("左转绿灯时掉头", "U-turn on the left-turn light", "Wenden bei Grün für Linksabbieger"),
    sentence=Localized(
        "左转灯亮起时，内侧车道的车辆在路口掉头。",
        "On the green of the left turn a car turns round in the crossroads.",
        "Bei Grün für Linksabbieger wendet ein Auto auf der Kreuzung.",
    ),
    parameters=(
        EGO_SPEED,
        Parameter(
            name="deep_m",
            low=1.0,
            high=7.0,
            usual=3.0,
            meaning=Localized(
                "越过停止线后开始掉头的距离",
                "How far beyond the line it turns",
                "Wie weit hinter der Linie es wendet",
            ),
            source="ours",
        ),
        Parameter(
            name="away_m",
            low=15.0,
            high=50.0,
            usual=30.0,
            meaning=Localized(
                "掉头车起始位置到停止线的距离", "How far from the line it begins", "Wie weit vor der Linie es beginnt"
            ),
            source="ours",
        ),
    ),
    stage=_stage,
    find=_find,
    finds={"turner": "turner"},
)
