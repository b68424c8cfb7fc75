"""Children and parents all over the street before a school, cars stopped beside it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from zhixing.datatypes.conditions import Count
from zhixing.datatypes.localized import Localized
from zhixing.datatypes.query import Query
from zhixing.datatypes.tracks import RoadUser
from zhixing.simulation.patterns.casting import (
    CARS,
    EGO_SPEED,
    across,
    all_of,
    between,
    ego_on,
    fact,
    no,
    parked,
    role,
)
from zhixing.simulation.patterns.pattern import Parameter, Pattern, Ranges, Values
from zhixing.simulation.patterns.sites import NO_LIGHTS, goal_on, street
from zhixing.simulation.patterns.staging import Actor, Move, Staging
from zhixing.simulation.traffic.acts import Cue, Does
from zhixing.simulation.traffic.models import Heeds

_LASTS_S, _GATE_X_M, _HALF_M = 22.0, 220.0, 11.5


def _stage(values: Values, dice: np.random.Generator, is_there: bool) -> Staging:
    site = street(limit_kmh=30.0)
    road, lane = site.road, site.east.driving[1]
    speed = values["ego_mps"]
    num = round(values["num_people"]) if is_there else 2
    ways, cast, moves = [], [], []
    for k in range(num):
        southward = bool(dice.random() < 0.4)
        ways.append(
            across(
                _GATE_X_M + float(dice.uniform(-12.0, 12.0)),
                _HALF_M,
                southward=southward,
                slant_m=float(dice.uniform(-3.0, 3.0)),
            )
        )
        child = bool(dice.random() < 0.5)
        cast.append(
            Actor(
                name=f"person-{k}",
                road_user=RoadUser.PEDESTRIAN,
                route=(len(road.lanes) + k,),
                s_m=float(dice.uniform(0.5, 6.0)),
                wants_mps=0.0,
                size_m=(0.4, 0.4) if child else (0.5, 0.55),
                heeds=Heeds.FRONT,
            )
        )
        moves.append(
            Move(
                who=f"person-{k}",
                cue=Cue.TIME,
                value=float(dice.uniform(2.0, 6.0)),
                does=Does.WANTS,
                amount=float(dice.uniform(0.9, 1.7)),
            )
        )
    cast += [
        parked(f"parent-{k}", RoadUser.CAR, site.east.bike, _GATE_X_M - 8.0 + 7.0 * k, 0.2, (4.6, 1.8))
        for k in range(3)
    ]
    return Staging(
        road=road,
        ego=ego_on(road, (lane,), _GATE_X_M - 10.0 * speed - 12.0, speed),
        cast=tuple(cast),
        moves=tuple(moves),
        extra=tuple(ways),
        goal=goal_on(road, lane, 0.8),
        duration_s=_LASTS_S,
        lights=NO_LIGHTS,
    )


def _find(ranges: Ranges) -> Query:
    few, many = (round(value) for value in ranges["num_people"])
    return Query(
        name="school-gate",
        roles=(role("car", *CARS),),
        condition=Count(
            role=role("person", RoadUser.PEDESTRIAN),
            condition=all_of(
                fact("is_on_driving_lane", "person"),
                no(fact("is_in_junction", "person")),
                between("centre_distance_m", ("car", "person"), None, 60.0),
                between("ahead_m", ("car", "person"), 0.0, None),
            ),
            at_least=max(4, few // 3),
            at_most=many,
        ),
        at_least_s=0.5,
        join_s=2.0,
    )


PATTERN = Pattern(
    name="school-gate",
    title=Localized("校门口人流", "School gate crowd", "Gedränge vor der Schule"),
    sentence=Localized(
        "放学时家长和孩子在校门口随意横穿，路边停着接送车辆。",
        "At the end of school, children and parents cross everywhere between cars that wait for them.",
        "Bei Schulschluss laufen Kinder und Eltern überall zwischen wartenden Autos über die Straße.",
    ),
    parameters=(
        replace(EGO_SPEED, low=3.0, high=8.3, usual=6.0, source="ours: 30 km/h before schools"),
        Parameter(
            name="num_people",
            low=12.0,
            high=30.0,
            usual=18.0,
            meaning=Localized("行人数量", "How many people", "Wie viele Menschen"),
            source="ours: some minutes at the end of school",
        ),
    ),
    stage=_stage,
    find=_find,
    finds={"car": "ego"},
)
