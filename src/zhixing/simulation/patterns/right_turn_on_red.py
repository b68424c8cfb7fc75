"""A car turns right at red, over the crossing on which people have green."""

from __future__ import annotations

import numpy as np

from zhixing.datatypes.localized import Localized
from zhixing.datatypes.query import Query
from zhixing.datatypes.tracks import RoadUser
from zhixing.simulation.city_crossroads import straight_group, walk_group
from zhixing.simulation.patterns.casting import CARS, EGO_SPEED, WALKER_SPEED, all_of, between, ego_on, fact, role
from zhixing.simulation.patterns.pattern import Parameter, Pattern, Ranges, Values
from zhixing.simulation.patterns.sites import ARM_M, EAST, NORTH, SOUTH, WEST, crossroads, goal_on, steady
from zhixing.simulation.patterns.staging import Actor, Staging

_LASTS_S, _MEETS_S, _CROSSING_M = 22.0, 6.0, 4.5


def _stage(values: Values, _dice: np.random.Generator, is_there: bool) -> Staging:
    site = crossroads()
    road = site.road
    route = site.via(site.inbound[WEST].driving[1], "right" if is_there else "straight")
    zebra = site.zebra(WEST, 2)
    cast = [
        Actor(
            name=f"walker-{k}",
            road_user=RoadUser.PEDESTRIAN,
            route=(zebra,),
            s_m=5.0 + 0.8 * k,
            speed_mps=values["walker_mps"],
            offset_m=0.6 if k % 2 else -0.6,
        )
        for k in range(round(values["num_walkers"]))
    ]
    # The ego slows down for the turn before it comes to the crossing.
    ego_m = ARM_M + _CROSSING_M - 0.6 * values["ego_mps"] * _MEETS_S
    return Staging(
        road=road,
        ego=ego_on(road, route, ego_m, values["ego_mps"]),
        cast=tuple(cast),
        goal=goal_on(road, route[-1], 0.3),
        duration_s=_LASTS_S,
        lights=steady(
            site, (walk_group(0, WEST), walk_group(0, EAST), straight_group(0, NORTH), straight_group(0, SOUTH))
        ),
    )


def _find(ranges: Ranges) -> Query:
    low, high = ranges["walker_mps"]
    pair = ("car", "walker")
    return Query(
        name="right-turn-on-red",
        roles=(role("car", *CARS), role("walker", RoadUser.PEDESTRIAN)),
        condition=all_of(
            fact("next_turn", "car", one_of=("right",)),
            fact("is_on_crossing", "walker"),
            fact("light", "walker", one_of=("green",)),
            between("distance_m", pair, None, 12.0),
            between("ahead_m", pair, 0.0, None),
            between("heading_apart_rad", pair, 0.9, 2.3),
            between("speed_mps", "walker", max(0.0, low - 0.9), high + 0.7),
        ),
        at_least_s=0.3,
        join_s=1.0,
    )


PATTERN = Pattern(
    name="right-turn-on-red",
    title=Localized(
        "红灯右转遇行人", "Right turn on red with people crossing", "Rechtsabbiegen bei Rot, während Fußgänger queren"
    ),
    sentence=Localized(
        "车辆红灯右转时，人行横道正放行行人。",
        "A car turns right on red while people cross on their green.",
        "Ein Auto biegt bei Rot rechts ab, während Fußgänger Grün haben.",
    ),
    parameters=(
        EGO_SPEED,
        WALKER_SPEED,
        Parameter(
            name="num_walkers",
            low=1.0,
            high=6.0,
            usual=3.0,
            meaning=Localized("行人数量", "How many people", "Wie viele Menschen"),
            source="ours",
        ),
    ),
    stage=_stage,
    find=_find,
    finds={"car": "ego", "walker": "walker-0"},
)
