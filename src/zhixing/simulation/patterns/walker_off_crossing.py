"""Somebody on foot walks over the carriageway where there is no crossing."""

from __future__ import annotations

import numpy as np

from zhixing.datatypes.localized import Localized
from zhixing.datatypes.query import Query
from zhixing.datatypes.tracks import RoadUser
from zhixing.simulation.patterns.casting import (
    EGO_SPEED,
    OFFSET,
    WALKER_SPEED,
    across,
    all_of,
    between,
    ego_on,
    fact,
    no,
    role,
)
from zhixing.simulation.patterns.pattern import Pattern, Ranges, Values
from zhixing.simulation.patterns.sites import NO_LIGHTS, goal_on, street
from zhixing.simulation.patterns.staging import Actor, Move, Staging
from zhixing.simulation.traffic.acts import Cue, Does
from zhixing.simulation.traffic.models import Heeds

_LASTS_S, _MEETS_S, _CROSS_X_M, _HALF_M = 16.0, 7.0, 200.0, 11.5


def _stage(values: Values, _dice: np.random.Generator, is_there: bool) -> Staging:
    site = street(crossing_x_m=_CROSS_X_M) if not is_there else street()
    road, lane = site.road, site.east.driving[1]
    speed, walker_mps = values["ego_mps"], values["walker_mps"]
    lane_y_m = float(road.lanes[lane].centre_xy_m[0, 1])
    walks_m = lane_y_m + _HALF_M
    starts_m = max(0.3, walks_m - walker_mps * (_MEETS_S + values["offset_s"]))
    waits_s = max(0.0, _MEETS_S + values["offset_s"] - (walks_m - starts_m) / walker_mps)
    walker = Actor(
        name="walker",
        road_user=RoadUser.PEDESTRIAN,
        route=(len(road.lanes),),
        s_m=starts_m,
        speed_mps=walker_mps if waits_s == 0.0 else 0.0,
        heeds=Heeds.FRONT,
    )
    move = Move(who="walker", cue=Cue.TIME, value=waits_s, does=Does.WANTS, amount=walker_mps)
    return Staging(
        road=road,
        ego=ego_on(road, (lane,), _CROSS_X_M - speed * _MEETS_S, speed),
        cast=(walker,),
        moves=(move,),
        extra=(across(_CROSS_X_M, _HALF_M),),
        goal=goal_on(road, lane, 0.85),
        duration_s=_LASTS_S,
        lights=NO_LIGHTS,
    )


def _find(ranges: Ranges) -> Query:
    low, high = ranges["walker_mps"]
    return Query(
        name="walker-off-crossing",
        roles=(role("walker", RoadUser.PEDESTRIAN),),
        condition=all_of(
            fact("is_on_driving_lane", "walker"),
            no(fact("is_on_crossing", "walker")),
            no(fact("is_in_junction", "walker")),
            between("speed_mps", "walker", max(0.4, low - 0.5), high + 0.6),
        ),
        at_least_s=0.5,
        join_s=2.0,
    )


PATTERN = Pattern(
    name="walker-off-crossing",
    title=Localized("行人不走斑马线横穿", "Walker off the crossing", "Queren abseits des Überwegs"),
    sentence=Localized(
        "行人在没有人行横道的地方横穿马路。",
        "Somebody on foot crosses the street where there is no crossing.",
        "Jemand überquert zu Fuß die Straße, wo kein Überweg ist.",
    ),
    parameters=(EGO_SPEED, WALKER_SPEED, OFFSET),
    stage=_stage,
    find=_find,
    finds={"walker": "walker"},
)
