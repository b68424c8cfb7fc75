"""Cones take more and more of a lane (施工缩窄)."""

from __future__ import annotations

import numpy as np

from zhixing.datatypes.conditions import Count, Role
from zhixing.datatypes.localized import Localized
from zhixing.datatypes.query import Query
from zhixing.datatypes.tracks import RoadUser
from zhixing.simulation.patterns.casting import CARS, EGO_SPEED, all_of, between, ego_on, fact, parked, role
from zhixing.simulation.patterns.pattern import Parameter, Pattern, Ranges, Values
from zhixing.simulation.patterns.sites import NO_LIGHTS, goal_on, street
from zhixing.simulation.patterns.staging import Staging

_LASTS_S, _FIRST_X_M, _CONE_M, _SPREAD_M = 20.0, 190.0, (0.4, 0.4), 4.0


def _stage(values: Values, _dice: np.random.Generator, is_there: bool) -> Staging:
    site = street()
    road, lane = site.road, site.east.driving[0]
    speed = values["ego_mps"]
    num, closes_m = round(values["num_cones"]), values["closes_m"]
    inner_y_m = float(road.lanes[lane].left_xy_m[0, 1])
    y_m = float(road.lanes[lane].centre_xy_m[0, 1])
    cones = []
    for k in range(num):
        # From the middle of the street they lead outwards, then along.
        aside_m = closes_m * min(1.0, (k + 1) / max(1.0, 0.4 * num))
        offset_m = inner_y_m - aside_m - y_m if is_there else 6.0 + k
        cones.append(parked(f"cone-{k}", RoadUser.OBJECT, lane, _FIRST_X_M + _SPREAD_M * k, offset_m, _CONE_M))
    return Staging(
        road=road,
        ego=ego_on(road, (lane,), _FIRST_X_M - 8.0 * speed, speed),
        cast=tuple(cones),
        goal=goal_on(road, lane, 0.8),
        duration_s=_LASTS_S,
        lights=NO_LIGHTS,
    )


def _find(ranges: Ranges) -> Query:
    few, many = (round(value) for value in ranges["num_cones"])
    near = all_of(
        fact("is_standing", "cone"),
        fact("is_on_driving_lane", "cone"),
        between("distance_m", ("car", "cone"), None, 60.0),
        between("left_m", ("car", "cone"), -4.5, 4.5),
        between("ahead_m", ("car", "cone"), -20.0, None),
    )
    return Query(
        name="construction-narrowing",
        roles=(role("car", *CARS),),
        condition=Count(
            role=Role(name="cone", classes=(RoadUser.OBJECT,), max_length_m=0.8, max_width_m=0.8),
            condition=near,
            at_least=max(4, few - 2),
            at_most=many,
        ),
        at_least_s=0.5,
        join_s=1.0,
    )


PATTERN = Pattern(
    name="construction-narrowing",
    title=Localized("施工锥桶占道", "Construction narrowing with cones", "Baustelle mit Leitkegeln"),
    sentence=Localized(
        "施工区锥桶逐渐占去部分车道，通行宽度变窄。",
        "Cones take more and more of a lane and narrow the street.",
        "Leitkegel engen nach und nach eine Fahrspur ein.",
    ),
    parameters=(
        EGO_SPEED,
        Parameter(
            name="num_cones",
            low=6.0,
            high=14.0,
            usual=10.0,
            meaning=Localized("锥桶数量", "How many cones", "Wie viele Leitkegel"),
            source="ours",
        ),
        Parameter(
            name="closes_m",
            low=0.6,
            high=2.2,
            usual=1.2,
            meaning=Localized("锥桶占用车道的宽度", "How much of the lane they take", "Wie weit sie in die Spur ragen"),
            source="ours: of 3.25 m",
        ),
    ),
    stage=_stage,
    find=_find,
    finds={"car": "ego"},
)
