"""A bus leaves its stop and pulls out into the lane, whoever comes."""

from __future__ import annotations

import numpy as np

from zhixing.datatypes.conditions import Then
from zhixing.datatypes.localized import Localized
from zhixing.datatypes.query import Query
from zhixing.datatypes.tracks import RoadUser
from zhixing.simulation.city_draft import LANE_WIDTH_M
from zhixing.simulation.patterns.casting import CARS, EGO_SPEED, all_of, between, ego_on, fact, no, role
from zhixing.simulation.patterns.pattern import Parameter, Pattern, Ranges, Values
from zhixing.simulation.patterns.sites import NO_LIGHTS, goal_on, street
from zhixing.simulation.patterns.staging import EGO, Actor, Move, Staging
from zhixing.simulation.traffic.acts import Cue, Does
from zhixing.simulation.traffic.models import Heeds

_LASTS_S, _STOP_X_M, _SIZE_M = 18.0, 180.0, (11.5, 2.5)


def _stage(values: Values, _dice: np.random.Generator, is_there: bool) -> Staging:
    site = street()
    road, lane = site.road, site.east.driving[1]
    aside_m = -(0.5 * LANE_WIDTH_M + 0.5 * _SIZE_M[1])
    speed = values["ego_mps"]
    bus = Actor(
        name="bus",
        road_user=RoadUser.BUS,
        route=(lane,),
        s_m=_STOP_X_M,
        wants_mps=0.0,
        offset_m=aside_m,
        size_m=_SIZE_M,
        heeds=Heeds.FRONT,
    )
    moves = (
        Move(
            who="bus",
            cue=Cue.ARRIVES,
            value=values["time_s"],
            does=Does.WANTS,
            amount=8.0,
            of=EGO,
            at_m=(_STOP_X_M - 0.5 * _SIZE_M[0], float(road.lanes[lane].centre_xy_m[0, 1])),
        ),
        Move(who="bus", cue=Cue.AFTER, value=0.0, does=Does.SHIFTS, amount=0.0, after=0),
    )
    return Staging(
        road=road,
        ego=ego_on(road, (lane,), _STOP_X_M - speed * 8.0, speed),
        cast=(bus,),
        moves=moves if is_there else (),
        goal=goal_on(road, lane, 0.75),
        duration_s=_LASTS_S,
        lights=NO_LIGHTS,
    )


def _find(ranges: Ranges) -> Query:
    del ranges
    pair = ("car", "bus")
    at_stop = all_of(
        fact("is_standing", "bus"), no(fact("is_on_driving_lane", "bus")), between("ahead_m", pair, 5.0, 120.0)
    )
    out = all_of(
        fact("is_on_driving_lane", "bus"),
        between("speed_mps", "bus", 0.5, 7.0),
        between("ahead_m", pair, 0.0, 60.0),
        between("left_m", pair, -3.0, 3.0),
    )
    return Query(
        name="bus-pulls-out",
        roles=(role("bus", RoadUser.BUS), role("car", *CARS)),
        condition=Then(first=at_stop, second=out, within_s=10.0),
        join_s=1.0,
    )


PATTERN = Pattern(
    name="bus-pulls-out",
    title=Localized("公交车出站", "Bus leaving its stop", "Bus verlässt die Haltestelle"),
    sentence=Localized(
        "公交车从站台起步，直接并入机动车道。",
        "A bus sets off from its stop and pulls out into the lane.",
        "Ein Bus fährt von der Haltestelle an und schert auf die Fahrspur aus.",
    ),
    parameters=(
        EGO_SPEED,
        Parameter(
            name="time_s",
            low=4.0,
            high=7.0,
            usual=5.0,
            meaning=Localized(
                "公交车起步早于本车到达的时间",
                "How long before the ego arrives it sets off",
                "Wie lange vor dem eigenen Fahrzeug er anfährt",
            ),
            source="ours: from braking at once to slowing down",
        ),
    ),
    stage=_stage,
    find=_find,
    finds={"bus": "bus", "car": "ego"},
)
