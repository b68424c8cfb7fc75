"""A car beside the ego watches the countdown and sets off before the light turns green (倒计时抢跑)."""

from __future__ import annotations

import numpy as np

from zhixing.datatypes.conditions import Within
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

_LASTS_S, _SETS_OFF_WITHIN_S = 16.0, 2.5
_BEHIND_LINE_M = 3.2


def _stage(values: Values, _dice: np.random.Generator, is_there: bool) -> Staging:
    site = crossroads()
    road = site.road
    route = site.via(site.inbound[WEST].driving[0], "straight")
    ego_route = site.via(site.inbound[WEST].driving[1], "straight")
    green_s = values["green_s"]
    runner = Actor(
        name="runner",
        road_user=RoadUser.CAR,
        route=route,
        s_m=ARM_M - _BEHIND_LINE_M,
        wants_mps=9.0,
        heeds=Heeds.FRONT | Heeds.LIGHTS,
    )
    early = Move(
        who="runner", cue=Cue.TIME, value=green_s - values["early_s"], does=Does.HEEDS, amount=float(Heeds.FRONT)
    )
    return Staging(
        road=road,
        ego=ego_on(road, ego_route, ARM_M - 4.0, 0.0, wants_mps=9.0),
        cast=(runner,),
        moves=(early,) if is_there else (),
        goal=goal_on(road, ego_route[-1], 0.3),
        duration_s=_LASTS_S,
        lights=lights_at(site, straight_group(0, WEST), green_s, _LASTS_S),
    )


def _find(ranges: Ranges) -> Query:
    low, high = ranges["early_s"]
    return Query(
        name="countdown-start",
        roles=(role("runner", *CARS),),
        condition=all_of(
            fact("crosses_stop_line", "runner"),
            fact("light", "runner", one_of=("red",)),
            between("light_changes_in_s", "runner", max(0.0, low - _SETS_OFF_WITHIN_S), high),
            Within(condition=fact("is_standing", "runner"), past_s=_SETS_OFF_WITHIN_S + 1.0),
        ),
    )


PATTERN = Pattern(
    name="countdown-start",
    title=Localized("倒计时抢跑", "Rush at the countdown", "Frühstart beim Countdown"),
    sentence=Localized(
        "车辆盯着红灯倒计时，没等变绿就抢先起步。",
        "A car watches the countdown of the red light and sets off before it turns green.",
        "Ein Auto fährt nach dem Countdown der Ampel los, bevor sie grün wird.",
    ),
    parameters=(
        Parameter(
            name="early_s",
            low=2.4,
            high=4.0,
            usual=3.0,
            meaning=Localized("提前起步的时间", "How early it sets off", "Wie früh es losfährt"),
            source="ours: so early that it passes the line at red",
        ),
        Parameter(
            name="green_s",
            low=4.5,
            high=7.0,
            usual=5.5,
            meaning=Localized("绿灯亮起的时刻", "When the light turns green", "Wann es grün wird"),
            source="ours",
        ),
    ),
    stage=_stage,
    find=_find,
    finds={"runner": "runner"},
)
