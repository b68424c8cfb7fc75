"""Somebody crosses off the crossing and stops between the lanes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from zhixing.datatypes.conditions import Lasts, Then
from zhixing.datatypes.localized import Localized
from zhixing.datatypes.query import Query
from zhixing.datatypes.tracks import RoadUser
from zhixing.simulation.patterns.casting import EGO_SPEED, WALKER_SPEED, across, all_of, between, ego_on, fact, no, role
from zhixing.simulation.patterns.pattern import Parameter, Pattern, Ranges, Values
from zhixing.simulation.patterns.sites import NO_LIGHTS, goal_on, street
from zhixing.simulation.patterns.staging import Actor, Move, Staging
from zhixing.simulation.traffic.acts import Cue, Does
from zhixing.simulation.traffic.models import Heeds

_LASTS_S, _CROSS_X_M, _HALF_M = 20.0, 200.0, 11.5


def _stage(values: Values, _dice: np.random.Generator, is_there: bool) -> Staging:
    site = street()
    road, lane = site.road, site.east.driving[0]
    speed, walker_mps = values["ego_mps"], values["walker_mps"]
    line_y_m = float(road.lanes[lane].right_xy_m[0, 1])
    walker = Actor(
        name="walker",
        road_user=RoadUser.PEDESTRIAN,
        route=(len(road.lanes),),
        s_m=1.0,
        speed_mps=walker_mps,
        heeds=Heeds.NOTHING,
    )
    moves = (
        Move(who="walker", cue=Cue.COMES, value=line_y_m + _HALF_M + values["beyond_m"], does=Does.WANTS, amount=0.0),
        Move(who="walker", cue=Cue.AFTER, value=values["waits_s"], does=Does.WANTS, amount=walker_mps, after=0),
    )
    return Staging(
        road=road,
        ego=ego_on(road, (lane,), _CROSS_X_M - speed * 9.0, speed),
        cast=(walker,),
        moves=moves if is_there else (),
        extra=(across(_CROSS_X_M, _HALF_M),),
        goal=goal_on(road, lane, 0.85),
        duration_s=_LASTS_S,
        lights=NO_LIGHTS,
    )


def _find(ranges: Ranges) -> Query:
    low, high = ranges["waits_s"]
    on_road = all_of(fact("is_on_driving_lane", "walker"), no(fact("is_on_crossing", "walker")))
    return Query(
        name="jaywalker-stops",
        roles=(role("walker", RoadUser.PEDESTRIAN),),
        condition=Then(
            first=all_of(on_road, between("speed_mps", "walker", 0.6, None)),
            second=all_of(
                on_road,
                Lasts(condition=fact("is_standing", "walker"), at_least_s=max(0.4, low - 1.2), at_most_s=high + 1.5),
            ),
            within_s=5.0,
        ),
        join_s=1.0,
    )


PATTERN = Pattern(
    name="jaywalker-stops",
    title=Localized(
        "横穿行人停在路中间", "Jaywalker stops in mid-road", "Fußgänger bleibt mitten auf der Straße stehen"
    ),
    sentence=Localized(
        "横穿马路的行人走到车道之间停下，等车流空当再走。",
        "Somebody crosses off the crossing, stops between the lanes and waits for a gap.",
        "Jemand quert abseits des Überwegs, bleibt zwischen den Spuren stehen und wartet auf eine Lücke.",
    ),
    parameters=(
        EGO_SPEED,
        replace(WALKER_SPEED, low=1.0),
        Parameter(
            name="beyond_m",
            low=-0.6,
            high=0.6,
            usual=0.0,
            meaning=Localized("停下处越过车道线的距离", "How far beyond the lane line", "Wie weit hinter der Linie"),
            source="ours",
        ),
        Parameter(
            name="waits_s",
            low=1.5,
            high=5.0,
            usual=3.0,
            meaning=Localized("停留时间", "How long it waits", "Wie lange die Person wartet"),
            source="ours",
        ),
    ),
    stage=_stage,
    find=_find,
    finds={"walker": "walker"},
)
