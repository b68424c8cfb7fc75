"""Two cars meet in a lane of the old town so narrow that one has to stop (胡同会车)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from zhixing.datatypes.localized import Localized
from zhixing.datatypes.query import Query
from zhixing.datatypes.tracks import RoadUser
from zhixing.simulation.patterns.casting import CARS, EGO_SPEED, all_of, between, ego_on, fact, role
from zhixing.simulation.patterns.pattern import Parameter, Pattern, Ranges, Values
from zhixing.simulation.patterns.sites import NO_LIGHTS, goal_on, narrow
from zhixing.simulation.patterns.staging import Actor, Move, Staging
from zhixing.simulation.traffic.acts import Cue, Does
from zhixing.simulation.traffic.models import Heeds

_LASTS_S, _MEET_X_M = 24.0, 200.0


def _stage(values: Values, _dice: np.random.Generator, is_there: bool) -> Staging:
    road, east, west = narrow(values["width_m"] / 2.0)
    speed, other_mps = values["ego_mps"], values["other_mps"]
    meets_s = 8.0
    way, at_m = (west, 400.0 - _MEET_X_M - other_mps * meets_s) if is_there else (east, _MEET_X_M - 20.0)
    other = Actor(
        name="other",
        road_user=RoadUser.CAR,
        route=(way,),
        s_m=at_m,
        speed_mps=other_mps,
        offset_m=-0.1,
        size_m=(4.4, 1.75),
        heeds=Heeds.FRONT,
    )
    moves = (
        Move(who="other", cue=Cue.COMES, value=at_m + other_mps * (meets_s - 1.5), does=Does.WANTS, amount=0.0),
        Move(who="other", cue=Cue.AFTER, value=values["waits_s"], does=Does.WANTS, amount=other_mps, after=0),
    )
    return Staging(
        road=road,
        ego=ego_on(road, (east,), _MEET_X_M - speed * meets_s, speed),
        cast=(other,),
        moves=moves if is_there else (),
        goal=goal_on(road, east, 0.85),
        duration_s=_LASTS_S,
        lights=NO_LIGHTS,
    )


def _find(ranges: Ranges) -> Query:
    narrow_m, wide_m = ranges["width_m"]
    pair = ("goes", "waits")
    return Query(
        name="narrow-meeting",
        roles=(role("goes", *CARS), role("waits", *CARS)),
        condition=all_of(
            between("heading_apart_rad", pair, 2.6, None),
            between("lane_width_m", "goes", 0.5 * narrow_m - 0.1, 0.5 * wide_m + 0.1),
            fact("is_standing", "waits"),
            between("speed_mps", "goes", 0.5, None),
            between("distance_m", pair, None, 8.0),
        ),
        at_least_s=0.3,
        join_s=2.0,
    )


PATTERN = Pattern(
    name="narrow-meeting",
    title=Localized("窄路会车", "Meeting in a narrow lane", "Begegnung in der engen Gasse"),
    sentence=Localized(
        "胡同里两车相遇，路窄，一方停下让另一方先过。",
        "Two cars meet in a narrow lane; one stops, the other squeezes past.",
        "In einer engen Gasse begegnen sich zwei Autos; eines hält, das andere zwängt sich vorbei.",
    ),
    parameters=(
        replace(EGO_SPEED, low=2.5, high=5.5, usual=4.0, source="ours: old town lanes, limit 20 km/h"),
        Parameter(
            name="other_mps",
            low=2.5,
            high=5.5,
            usual=4.0,
            meaning=Localized("对向车速度", "Speed of the other one", "Tempo des anderen"),
            source="ours",
        ),
        Parameter(
            name="width_m",
            low=4.3,
            high=4.8,
            usual=4.4,
            meaning=Localized("路宽", "Width of the lane", "Breite der Gasse"),
            source="ours: two cars of 1.75 to 1.9 m just pass",
        ),
        Parameter(
            name="waits_s",
            low=4.0,
            high=9.0,
            usual=6.0,
            meaning=Localized("等待时间", "How long it waits", "Wie lange es wartet"),
            source="ours",
        ),
    ),
    stage=_stage,
    find=_find,
    finds={"goes": "ego", "waits": "other"},
)
