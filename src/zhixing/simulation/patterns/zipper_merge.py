"""Two queues become one, turn by turn, where a lane ends."""

from __future__ import annotations

import numpy as np

from zhixing.datatypes.conditions import Exists, Then
from zhixing.datatypes.localized import Localized
from zhixing.datatypes.query import Query
from zhixing.datatypes.tracks import RoadUser
from zhixing.simulation.patterns.casting import CARS, all_of, between, ego_on, role
from zhixing.simulation.patterns.pattern import Parameter, Pattern, Ranges, Values
from zhixing.simulation.patterns.sites import NO_LIGHTS, goal_on
from zhixing.simulation.patterns.sites_merging import DROP_X_M, lane_drop
from zhixing.simulation.patterns.staging import Actor, Staging
from zhixing.simulation.traffic.models import Heeds

_LASTS_S = 26.0


def _stage(values: Values, _dice: np.random.Generator, is_there: bool) -> Staging:
    site = lane_drop(50.0, gives_way=False)
    speed, room_m = values["queue_mps"], values["room_m"]
    ego_m = DROP_X_M - 40.0
    cast = [
        Actor(
            name=f"leader-{k}",
            road_user=RoadUser.CAR,
            route=site.through,
            s_m=ego_m + (k + 1) * (4.6 + room_m),
            speed_mps=speed,
            heeds=Heeds.NOTHING,
        )
        for k in range(2)
    ]
    if is_there:
        cast += [
            Actor(
                name=f"zips-{k}",
                road_user=RoadUser.CAR,
                route=site.ending,
                s_m=ego_m + (k + 0.55) * (4.6 + room_m),
                speed_mps=speed,
            )
            for k in range(2)
        ]
    return Staging(
        road=site.road,
        ego=ego_on(site.road, site.through, ego_m, speed),
        cast=tuple(cast),
        goal=goal_on(site.road, site.through[-1], 0.2),
        duration_s=_LASTS_S,
        lights=NO_LIGHTS,
    )


def _find(ranges: Ranges) -> Query:
    _, fastest = ranges["queue_mps"]
    pair = ("after", "zips")
    apart = all_of(between("left_m", pair, -5.0, -2.2), between("ahead_m", pair, -4.0, 20.0))
    between_them = all_of(
        between("gap_ahead_m", pair, None, 15.0),
        between("left_m", pair, -0.8, 0.8),
        between("speed_mps", "after", None, fastest + 2.0),
        Exists(
            role=role("before", *CARS),
            condition=between("gap_ahead_m", ("zips", "before"), None, 25.0),
        ),
    )
    return Query(
        name="zipper-merge",
        roles=(role("after", *CARS), role("zips", *CARS)),
        condition=Then(first=apart, second=between_them, within_s=12.0),
        join_s=2.0,
    )


PATTERN = Pattern(
    name="zipper-merge",
    title=Localized("拉链式交替通行", "Zipper merge", "Reißverschlussverfahren"),
    sentence=Localized(
        "车道减少处，两股车流依次交替通行。",
        "Where a lane ends, two queues become one, turn by turn.",
        "Wo eine Spur endet, fädeln sich zwei Schlangen abwechselnd ein.",
    ),
    parameters=(
        Parameter(
            name="queue_mps",
            low=3.0,
            high=5.5,
            usual=4.5,
            meaning=Localized("排队车流速度", "Speed of the queues", "Tempo der Schlangen"),
            source="ours: dense traffic",
        ),
        Parameter(
            name="room_m",
            low=9.5,
            high=15.0,
            usual=11.0,
            meaning=Localized("前后车净距", "Gap in the queue", "Abstand in der Schlange"),
            source="ours: one car fits in, or hardly",
        ),
    ),
    stage=_stage,
    find=_find,
    finds={"after": "ego", "zips": "zips-0"},
)
