"""At the end of the ramp somebody forces the way in."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from zhixing.datatypes.conditions import Then
from zhixing.datatypes.localized import Localized
from zhixing.datatypes.query import Query
from zhixing.datatypes.tracks import RoadUser
from zhixing.simulation.patterns.casting import CARS, EGO_SPEED, all_of, between, ego_on, placed, role
from zhixing.simulation.patterns.pattern import Parameter, Pattern, Ranges, Values
from zhixing.simulation.patterns.sites import NO_LIGHTS, goal_on
from zhixing.simulation.patterns.sites_merging import DROP_X_M, TAPER_M, lane_drop
from zhixing.simulation.patterns.staging import Actor, Staging
from zhixing.simulation.traffic.models import Heeds

_LASTS_S, _CAR_M = 16.0, 4.8


def _stage(values: Values, _dice: np.random.Generator, is_there: bool) -> Staging:
    site = lane_drop(80.0, gives_way=True)
    speed, merger_mps = values["ego_mps"], values["merger_mps"]
    # The merger is so far ahead of the ego when half of it is in the other lane.
    half_in_m, reaches_s = DROP_X_M + 0.5 * TAPER_M, 5.0
    merger_m = half_in_m - merger_mps * reaches_s
    ego_m = half_in_m - _CAR_M - values["gap_m"] - speed * reaches_s
    rest, s_m = placed(site.road, (), site.ending, merger_m)
    merger = Actor(
        name="merger",
        road_user=RoadUser.CAR,
        route=rest,
        s_m=s_m,
        speed_mps=merger_mps,
        heeds=Heeds.FRONT,
        is_there=is_there,
    )
    return Staging(
        road=site.road,
        ego=ego_on(site.road, site.through, ego_m, speed),
        cast=(merger,),
        goal=goal_on(site.road, site.through[-1], 0.7),
        duration_s=_LASTS_S,
        lights=NO_LIGHTS,
    )


def _find(ranges: Ranges) -> Query:
    low, high = ranges["merger_mps"]
    pair = ("car", "merger")
    beside = between("left_m", pair, -5.5, -2.2)
    before = all_of(
        between("left_m", pair, -1.0, 1.0),
        between("speed_mps", "merger", max(0.5, low - 2.0), high + 2.0),
        between("headway_s", pair, None, 2.5),
    )
    return Query(
        name="ramp-end-merge",
        roles=(role("car", *CARS), role("merger", *CARS)),
        condition=Then(first=beside, second=before, within_s=6.0),
        join_s=1.0,
    )


PATTERN = Pattern(
    name="ramp-end-merge",
    title=Localized("匝道末端强行汇入", "Forced merge at the ramp's end", "Erzwungenes Einfädeln"),
    sentence=Localized(
        "车辆行至加速车道末端，不等间隙就强行汇入主路。",
        "At the end of the ramp a car forces its way in without a gap.",
        "Am Ende der Auffahrt drängt sich ein Auto ohne passende Lücke auf die Hauptfahrbahn.",
    ),
    parameters=(
        replace(EGO_SPEED, low=10.0, high=18.0, usual=14.0, source="ours: urban expressways"),
        Parameter(
            name="merger_mps",
            low=7.0,
            high=13.0,
            usual=10.0,
            meaning=Localized("汇入车速度", "Speed of the one that merges", "Tempo des Einfädelnden"),
            source="ours: slower than the main road",
        ),
        Parameter(
            name="gap_m",
            low=1.0,
            high=14.0,
            usual=6.0,
            meaning=Localized(
                "车身汇入一半时与后方本车的净距",
                "How far it is ahead when it is half in",
                "Abstand vor dem eigenen Fahrzeug, wenn es halb eingefädelt ist",
            ),
            source="ours: closely ahead",
        ),
    ),
    stage=_stage,
    find=_find,
    finds={"car": "ego", "merger": "merger"},
)
