"""A car turns left where the oncoming e-bikes have green too."""

from __future__ import annotations

import numpy as np

from zhixing.datatypes.localized import Localized
from zhixing.datatypes.query import Query
from zhixing.datatypes.tracks import RoadUser
from zhixing.simulation.city_crossroads import left_group, straight_group
from zhixing.simulation.patterns.casting import (
    CARS,
    EGO_SPEED,
    OFFSET,
    RIDER_SPEED,
    RIDERS,
    all_of,
    between,
    ego_on,
    fact,
    placed,
    role,
    route_xy_m,
)
from zhixing.simulation.patterns.pattern import Parameter, Pattern, Ranges, Values
from zhixing.simulation.patterns.sites import EAST, WEST, crossroads, goal_on, steady, where_lines_meet
from zhixing.simulation.patterns.staging import Actor, Staging

_LASTS_S, _MEETS_S = 16.0, 7.0


def _stage(values: Values, _dice: np.random.Generator, is_there: bool) -> Staging:
    turn = "left" if is_there else "straight"
    site = crossroads()
    road = site.road
    ego_route = site.via(site.inbound[WEST].driving[0], turn)
    ride_route = site.via(site.inbound[EAST].bike, "straight")
    left = route_xy_m(road, (), site.via(site.inbound[WEST].driving[0], "left"))
    ego_m, ride_m, _, _ = where_lines_meet(left, route_xy_m(road, (), ride_route))
    speed, rider_mps = values["ego_mps"], values["rider_mps"]
    cast = []
    for k in range(round(values["num_riders"])):
        at_s = _MEETS_S + values["offset_s"] - values["gap_s"] * k
        rest, s_m = placed(road, (), ride_route, max(1.0, ride_m - rider_mps * (2.0 * _MEETS_S - at_s)))
        cast.append(Actor(name=f"rider-{k}", road_user=RoadUser.EBIKE, route=rest, s_m=s_m, speed_mps=rider_mps))
    return Staging(
        road=road,
        ego=ego_on(road, ego_route, max(5.0, ego_m - 0.5 * (speed + 6.0) * _MEETS_S), speed),
        cast=tuple(cast),
        goal=goal_on(road, ego_route[-1], 0.3),
        duration_s=_LASTS_S,
        lights=steady(site, (straight_group(0, WEST), left_group(0, WEST), straight_group(0, EAST))),
    )


def _find(ranges: Ranges) -> Query:
    low, high = ranges["rider_mps"]
    pair = ("car", "rider")
    return Query(
        name="left-turn-across-ebikes",
        roles=(role("car", *CARS), role("rider", *RIDERS)),
        condition=all_of(
            fact("next_turn", "car", one_of=("left",)),
            fact("next_turn", "rider", one_of=("straight",)),
            between("heading_apart_rad", pair, 1.4, None),
            between("speed_mps", "rider", max(0.0, low - 3.5), high + 1.0),
            between("ahead_m", pair, 0.0, None),
            between("distance_m", pair, None, 25.0),
            fact("is_in_junction", "rider"),
        ),
        at_least_s=0.4,
        join_s=1.0,
    )


PATTERN = Pattern(
    name="left-turn-across-ebikes",
    title=Localized(
        "左转遇对向电动车流", "Left turn across oncoming e-bikes", "Linksabbiegen durch entgegenkommende E-Bikes"
    ),
    sentence=Localized(
        "左转车辆要穿过对向直行的电动自行车流。",
        "A car that turns left has to cross a stream of oncoming e-bikes.",
        "Ein Linksabbieger muss durch einen Strom entgegenkommender E-Bikes.",
    ),
    parameters=(
        EGO_SPEED,
        RIDER_SPEED,
        OFFSET,
        Parameter(
            name="num_riders",
            low=1.0,
            high=8.0,
            usual=4.0,
            meaning=Localized("骑行者人数", "How many riders", "Wie viele Zweiräder"),
            source="ours",
        ),
        Parameter(
            name="gap_s",
            low=0.8,
            high=2.5,
            usual=1.5,
            meaning=Localized(
                "车头时距",
                "Time from one front to the next",
                "Zeitabstand zweier Zweiräder (Front zu Front)",
            ),
            source="ours: from abreast to the critical gap of a left turn, 4.1 s in HCM 2010, which none of them is",
        ),
    ),
    stage=_stage,
    find=_find,
    finds={"car": "ego", "rider": "rider-0"},
)
