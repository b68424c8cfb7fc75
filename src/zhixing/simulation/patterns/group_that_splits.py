"""A group crosses; some stop halfway, some go on."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from zhixing.datatypes.conditions import Lasts, Then
from zhixing.datatypes.localized import Localized
from zhixing.datatypes.query import Query
from zhixing.datatypes.tracks import RoadUser
from zhixing.simulation.patterns.casting import EGO_SPEED, WALKER_SPEED, all_of, between, ego_on, fact, role
from zhixing.simulation.patterns.pattern import Parameter, Pattern, Ranges, Values
from zhixing.simulation.patterns.sites import NO_LIGHTS, goal_on, street
from zhixing.simulation.patterns.staging import Actor, Move, Staging
from zhixing.simulation.traffic.acts import Cue, Does
from zhixing.simulation.traffic.models import Heeds

_LASTS_S, _CROSS_X_M, _STEP_M = 22.0, 200.0, 0.8


def _stage(values: Values, _dice: np.random.Generator, is_there: bool) -> Staging:
    num_stopping = max(1, round(values["num_walkers"]) // 2) if is_there else 0
    site = street(crossing_x_m=_CROSS_X_M)
    road, lane = site.road, site.east.driving[1]
    num, walker_mps = round(values["num_walkers"]), values["walker_mps"]
    cast, moves = [], []
    names = [f"goes-{k}" for k in range(num - num_stopping)] + [f"waits-{k}" for k in range(num_stopping)]
    for k, name in enumerate(names):
        # In pairs, one behind the other, before the kerb.
        cast.append(
            Actor(
                name=name,
                road_user=RoadUser.PEDESTRIAN,
                route=(site.crossings[0],),
                s_m=3.5 - _STEP_M * (k // 2),
                speed_mps=walker_mps,
                offset_m=0.8 if k % 2 else -0.8,
                heeds=Heeds.NOTHING,
            )
        )
        if name.startswith("waits"):
            moves.append(Move(who=name, cue=Cue.COMES, value=values["halfway_m"], does=Does.WANTS, amount=0.0))
            moves.append(
                Move(
                    who=name,
                    cue=Cue.AFTER,
                    value=values["waits_s"],
                    does=Does.WANTS,
                    amount=walker_mps,
                    after=len(moves) - 1,
                )
            )
    speed = values["ego_mps"]
    return Staging(
        road=road,
        ego=ego_on(road, (lane,), _CROSS_X_M - 10.0 * speed, speed),
        cast=tuple(cast),
        moves=tuple(moves),
        goal=goal_on(road, lane, 0.85),
        duration_s=_LASTS_S,
        lights=NO_LIGHTS,
    )


def _find(ranges: Ranges) -> Query:
    low, _ = ranges["waits_s"]
    pair = ("goes", "waits")
    together = all_of(
        between("centre_distance_m", pair, None, 4.0),
        between("heading_apart_rad", pair, None, 0.6),
        between("speed_mps", "waits", 0.5, None),
        between("speed_mps", "goes", 0.5, None),
        fact("is_on_crossing", "waits"),
    )
    apart = all_of(
        Lasts(condition=fact("is_standing", "waits"), at_least_s=max(0.5, low - 1.0)),
        between("speed_mps", "goes", 0.5, None),
        fact("is_on_crossing", "waits"),
        between("ahead_m", ("waits", "goes"), 1.5, None),
    )
    return Query(
        name="group-that-splits",
        roles=(role("goes", RoadUser.PEDESTRIAN), role("waits", RoadUser.PEDESTRIAN)),
        condition=Then(first=together, second=apart, within_s=8.0),
        join_s=1.0,
    )


PATTERN = Pattern(
    name="group-that-splits",
    title=Localized("结伴过街中途有人停下", "Group that splits", "Gruppe, die sich teilt"),
    sentence=Localized(
        "一群人结伴过街，走到一半有人停下，有人继续走。",
        "People cross together; halfway some stop and some go on.",
        "Eine Gruppe geht los; auf halbem Weg bleiben einige stehen, andere gehen weiter.",
    ),
    parameters=(
        EGO_SPEED,
        replace(WALKER_SPEED, low=1.0, high=1.8),
        Parameter(
            name="num_walkers",
            low=2.0,
            high=8.0,
            usual=4.0,
            meaning=Localized("行人数量", "How many people", "Wie viele Menschen"),
            source="ours",
        ),
        Parameter(
            name="halfway_m",
            low=6.0,
            high=10.5,
            usual=8.5,
            meaning=Localized("从路边到停下处的距离", "From the kerb to where they stop", "Vom Bordstein bis zum Halt"),
            source="ours: within the first half of a street 23 m wide",
        ),
        Parameter(
            name="waits_s",
            low=1.5,
            high=5.0,
            usual=2.5,
            meaning=Localized("停留时间", "How long they wait", "Wie lange sie warten"),
            source="ours",
        ),
    ),
    stage=_stage,
    find=_find,
    finds={"goes": "goes-0", "waits": "waits-0"},
)
