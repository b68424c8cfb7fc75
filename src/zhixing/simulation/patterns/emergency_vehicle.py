"""An ambulance comes through between waiting cars, and goes on at red."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from zhixing.datatypes.conditions import Count, Role
from zhixing.datatypes.localized import Localized
from zhixing.datatypes.query import Query
from zhixing.datatypes.tracks import RoadUser
from zhixing.simulation.city_crossroads import straight_group
from zhixing.simulation.patterns.casting import CARS, all_of, between, ego_on, fact, role
from zhixing.simulation.patterns.pattern import Parameter, Pattern, Ranges, Values
from zhixing.simulation.patterns.sites import ARM_M, WEST, crossroads, goal_on, lights_at
from zhixing.simulation.patterns.staging import Actor, Move, Staging
from zhixing.simulation.traffic.acts import Cue, Does
from zhixing.simulation.traffic.models import Heeds

_LASTS_S, _SIZE_M = 24.0, (5.9, 1.9)


def _stage(values: Values, _dice: np.random.Generator, is_there: bool) -> Staging:
    site = crossroads()
    road = site.road
    inner, outer = site.inbound[WEST].driving
    rescue_route = site.via(inner, "straight")
    rescue_mps = values["rescue_mps"]
    aside_m = values["aside_m"]
    num = round(values["num_waiting"])
    waiting = [
        Actor(
            name=f"waiting-{k}",
            road_user=RoadUser.CAR,
            route=site.via(inner, "straight"),
            s_m=ARM_M - 3.2 - 7.0 * k,
            wants_mps=0.0,
            offset_m=0.0,
        )
        for k in range(num)
    ]
    # Between the two rows of cars that make room for it.
    rescue = Actor(
        name="rescue",
        road_user=RoadUser.TRUCK,
        route=rescue_route,
        s_m=ARM_M - 50.0,
        speed_mps=rescue_mps,
        offset_m=-1.45,
        size_m=_SIZE_M,
        heeds=Heeds.NOTHING if is_there else Heeds.LIGHTS | Heeds.FRONT,
    )
    moves = []
    for actor in waiting:
        moves.append(Move(who=actor.name, cue=Cue.TIME, value=0.5, does=Does.WANTS, amount=1.2))
        moves.append(Move(who=actor.name, cue=Cue.TIME, value=0.5, does=Does.SHIFTS, amount=aside_m))
        moves.append(Move(who=actor.name, cue=Cue.TIME, value=2.0, does=Does.WANTS, amount=0.0))
    ego_route = site.via(outer, "straight")
    return Staging(
        road=road,
        ego=replace(ego_on(road, ego_route, ARM_M - 3.2, 0.0, wants_mps=8.0), offset_m=-0.4),
        cast=(rescue, *waiting),
        moves=tuple(moves),
        goal=goal_on(road, ego_route[-1], 0.3),
        duration_s=_LASTS_S,
        lights=lights_at(site, straight_group(0, WEST), 18.0, 2.0 * _LASTS_S),
    )


def _find(ranges: Ranges) -> Query:
    low, high = ranges["rescue_mps"]
    few, _ = ranges["num_waiting"]
    waits = all_of(fact("is_standing", "other"), between("centre_distance_m", ("rescue", "other"), None, 35.0))
    return Query(
        name="emergency-vehicle",
        roles=(Role(name="rescue", classes=(RoadUser.CAR, RoadUser.TRUCK), min_length_m=5.0, max_length_m=9.0),),
        condition=all_of(
            fact("ran_red", "rescue"),
            between("speed_mps", "rescue", max(2.0, low - 1.0), high + 1.0),
            Count(role=role("other", *CARS), condition=waits, at_least=max(2, round(few) - 1)),
        ),
        join_s=1.0,
    )


PATTERN = Pattern(
    name="emergency-vehicle",
    title=Localized("避让救护车", "Emergency vehicle", "Rettungswagen"),
    sentence=Localized(
        "排队车辆靠边让出通道，救护车从中间穿过，红灯时通过路口。",
        "Waiting cars make room, and an ambulance comes through between them and goes on at red.",
        "Wartende Autos machen Platz, ein Rettungswagen fährt zwischen ihnen durch und bei Rot weiter.",
    ),
    parameters=(
        Parameter(
            name="rescue_mps",
            low=4.0,
            high=9.0,
            usual=6.0,
            meaning=Localized("救护车速度", "Speed of the ambulance", "Tempo des Rettungswagens"),
            source="ours: between standing cars",
        ),
        Parameter(
            name="num_waiting",
            low=2.0,
            high=5.0,
            usual=3.0,
            meaning=Localized("排队车辆数", "How many cars wait", "Wie viele Autos warten"),
            source="ours",
        ),
        Parameter(
            name="aside_m",
            low=0.4,
            high=0.6,
            usual=0.5,
            meaning=Localized("让行车辆向左偏移的距离", "How far they make room", "Wie weit sie ausweichen"),
            source="ours",
        ),
    ),
    stage=_stage,
    find=_find,
    finds={"rescue": "rescue"},
)
