"""At night somebody in dark clothes walks over the carriageway, without a light."""

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

_LASTS_S, _MEETS_S, _CROSS_X_M, _HALF_M = 16.0, 8.0, 220.0, 11.5


def _stage(values: Values, _dice: np.random.Generator, is_there: bool) -> Staging:
    site = street()
    road, lane = site.road, site.east.driving[1]
    speed, walker_mps = values["ego_mps"], values["walker_mps"]
    walks_m = float(road.lanes[lane].centre_xy_m[0, 1]) + _HALF_M
    walker = Actor(
        name="walker",
        road_user=RoadUser.PEDESTRIAN,
        route=(len(road.lanes),),
        s_m=0.5,
        wants_mps=0.0,
        heeds=Heeds.NOTHING,
    )
    sets_off_s = _MEETS_S + values["offset_s"] - (walks_m - 0.5) / walker_mps
    return Staging(
        road=road,
        ego=ego_on(road, (lane,), _CROSS_X_M - speed * _MEETS_S, speed),
        cast=(walker,),
        moves=(Move(who="walker", cue=Cue.TIME, value=max(0.0, sets_off_s), does=Does.WANTS, amount=walker_mps),),
        extra=(across(_CROSS_X_M, _HALF_M),),
        goal=goal_on(road, lane, 0.85),
        duration_s=_LASTS_S,
        lights=NO_LIGHTS,
        is_night=is_there,
    )


def _find(ranges: Ranges) -> Query:
    low, high = ranges["walker_mps"]
    return Query(
        name="night-walker",
        roles=(role("walker", RoadUser.PEDESTRIAN),),
        condition=all_of(
            fact("is_in_the_dark", "walker"),
            fact("is_on_driving_lane", "walker"),
            no(fact("is_on_crossing", "walker")),
            between("speed_mps", "walker", max(0.3, low - 0.5), high + 0.6),
        ),
        at_least_s=0.5,
        join_s=2.0,
    )


PATTERN = Pattern(
    name="night-walker",
    title=Localized("夜间行人横穿", "Walker at night without a light", "Schlecht sichtbar bei Nacht"),
    sentence=Localized(
        "夜间，穿深色衣服、无反光标识的行人横穿马路。",
        "At night somebody in dark clothes crosses the street without a light.",
        "Nachts überquert jemand in dunkler Kleidung, schlecht sichtbar, die Straße.",
    ),
    parameters=(EGO_SPEED, WALKER_SPEED, OFFSET),
    stage=_stage,
    find=_find,
    finds={"walker": "walker"},
)
