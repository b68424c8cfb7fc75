"""Something lies in the lane that has fallen off a truck."""

from __future__ import annotations

import numpy as np

from zhixing.datatypes.conditions import Exists, Role
from zhixing.datatypes.localized import Localized
from zhixing.datatypes.query import Query
from zhixing.datatypes.tracks import RoadUser
from zhixing.simulation.patterns.casting import CARS, EGO_SPEED, all_of, between, ego_on, fact, no, parked, role
from zhixing.simulation.patterns.pattern import Parameter, Pattern, Ranges, Values
from zhixing.simulation.patterns.sites import NO_LIGHTS, goal_on, street
from zhixing.simulation.patterns.staging import Staging

_LASTS_S, _LOAD_X_M = 16.0, 220.0


def _stage(values: Values, _dice: np.random.Generator, is_there: bool) -> Staging:
    site = street()
    road, lane = site.road, site.east.driving[1]
    speed = values["ego_mps"]
    offset_m = values["aside_m"] if is_there else -8.0
    load = parked("load", RoadUser.OBJECT, lane, _LOAD_X_M, offset_m, (values["long_m"], values["wide_m"]))
    return Staging(
        road=road,
        ego=ego_on(road, (lane,), _LOAD_X_M - 8.0 * speed, speed),
        cast=(load,),
        goal=goal_on(road, lane, 0.85),
        duration_s=_LASTS_S,
        lights=NO_LIGHTS,
    )


def _find(ranges: Ranges) -> Query:
    short, long = ranges["long_m"]
    others = Exists(
        role=role("further", RoadUser.OBJECT), condition=between("distance_m", ("load", "further"), None, 12.0)
    )
    near_car = Exists(role=role("parked", *CARS), condition=between("distance_m", ("load", "parked"), None, 0.2))
    return Query(
        name="fallen-load",
        roles=(
            Role(name="load", classes=(RoadUser.OBJECT,), min_length_m=short - 0.05, max_length_m=long + 0.05),
            role("car", *CARS),
        ),
        condition=all_of(
            fact("is_on_driving_lane", "load"),
            fact("is_standing", "load"),
            no(others),
            no(near_car),
            between("ahead_m", ("car", "load"), 0.0, 80.0),
            between("left_m", ("car", "load"), -3.0, 3.0),
        ),
        at_least_s=0.5,
        join_s=1.0,
    )


PATTERN = Pattern(
    name="fallen-load",
    title=Localized("路面抛洒物", "Fallen load", "Verlorene Ladung"),
    sentence=Localized(
        "货车掉落的货物落在机动车道上。",
        "Something that has fallen off a truck lies in the lane.",
        "Verlorene Ladung liegt auf der Fahrspur.",
    ),
    parameters=(
        EGO_SPEED,
        Parameter(
            name="long_m",
            low=0.5,
            high=2.0,
            usual=1.0,
            meaning=Localized("货物长度", "Length of the load", "Länge der Ladung"),
            source="ours: from a crate to a pallet and more",
        ),
        Parameter(
            name="wide_m",
            low=0.4,
            high=1.2,
            usual=0.8,
            meaning=Localized("货物宽度", "Width of the load", "Breite der Ladung"),
            source="ours: up to a pallet",
        ),
        Parameter(
            name="aside_m",
            low=-1.0,
            high=1.0,
            usual=0.0,
            meaning=Localized(
                "相对车道中心线的横向偏移，向左为正",
                "How far from the middle of the lane, left positive",
                "Seitlicher Versatz zur Spurmitte, links positiv",
            ),
            source="ours",
        ),
    ),
    stage=_stage,
    find=_find,
    finds={"load": "load", "car": "ego"},
)
