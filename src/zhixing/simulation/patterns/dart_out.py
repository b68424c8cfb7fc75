"""Somebody steps out from behind a parked vehicle, into the way of the ego (鬼探头)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from zhixing.datatypes.conditions import Then
from zhixing.datatypes.localized import Localized
from zhixing.datatypes.query import Query
from zhixing.datatypes.tracks import RoadUser
from zhixing.simulation.patterns.casting import (
    CARS,
    EGO_SPEED,
    OFFSET,
    WALKER_SPEED,
    across,
    all_of,
    between,
    ego_on,
    fact,
    parked,
    role,
)
from zhixing.simulation.patterns.pattern import Parameter, Pattern, Ranges, Values
from zhixing.simulation.patterns.sites import NO_LIGHTS, goal_on, street
from zhixing.simulation.patterns.staging import EGO, Actor, Move, Staging
from zhixing.simulation.traffic.acts import Cue, Does
from zhixing.simulation.traffic.models import Heeds

_SETS_OFF_S = 0.4
_LASTS_S, _HIDES_X_M, _HALF_M, _SIDE_M = 12.0, 200.0, 11.5, 0.8
_CAR, _BUS = (4.8, 1.9), (11.5, 2.5)


def _stage(values: Values, _dice: np.random.Generator, is_there: bool) -> Staging:
    site = street()
    road, lane = site.road, site.east.driving[1]
    speed, walker_mps = values["ego_mps"], values["walker_mps"]
    hides_as, size_m = (RoadUser.BUS, _BUS) if values["behind_bus"] >= 0.5 else (RoadUser.CAR, _CAR)
    kerb_y_m = site.kerb_y_m(site.east)
    hiding_y_m = kerb_y_m + 0.2 - 0.5 * size_m[1]
    bike_y_m = float(road.lanes[site.east.bike].centre_xy_m[0, 1])
    hide = parked("hide", hides_as, site.east.bike, _HIDES_X_M, hiding_y_m - bike_y_m, size_m)
    path_x_m = _HIDES_X_M + 0.5 * size_m[0] + _SIDE_M
    # The walker waits behind the hide, its middle in the middle of it.
    waits_m = hiding_y_m + _HALF_M
    walks_m = float(road.lanes[lane].centre_xy_m[0, 1]) - hiding_y_m
    walker = Actor(
        name="walker",
        road_user=RoadUser.PEDESTRIAN,
        route=(len(road.lanes),),
        s_m=waits_m,
        wants_mps=0.0,
        heeds=Heeds.NOTHING,
    )
    moves = (
        Move(
            who="walker",
            cue=Cue.ARRIVES,
            value=walks_m / walker_mps + _SETS_OFF_S + values["offset_s"],
            does=Does.WANTS,
            amount=walker_mps,
            of=EGO,
            at_m=(path_x_m, float(road.lanes[lane].centre_xy_m[0, 1])),
        ),
        Move(who="walker", cue=Cue.TIME, value=0.0, does=Does.HURRIES, amount=4.0),
    )
    return Staging(
        road=road,
        ego=ego_on(road, (lane,), _HIDES_X_M - speed * 6.0, speed),
        cast=(walker, hide),
        moves=moves if is_there else (),
        extra=(across(path_x_m, _HALF_M),),
        goal=goal_on(road, lane, 0.8),
        duration_s=_LASTS_S,
        lights=NO_LIGHTS,
    )


def _find(ranges: Ranges) -> Query:
    low, high = ranges["walker_mps"]
    pair = ("car", "walker")
    hidden = all_of(between("seen_share", pair, None, 0.3), between("ahead_m", pair, 2.0, 50.0))
    out = all_of(
        between("seen_share", pair, 0.5, None),
        fact("is_on_driving_lane", "walker"),
        between("speed_mps", "walker", max(0.5, low - 0.6), high + 0.6),
        between("ahead_m", pair, 0.0, 40.0),
        between("left_m", pair, -4.5, 3.0),
    )
    return Query(
        name="dart-out",
        roles=(role("car", *CARS), role("walker", RoadUser.PEDESTRIAN, RoadUser.BICYCLE, RoadUser.EBIKE)),
        condition=Then(first=hidden, second=out, within_s=2.5),
        join_s=1.0,
    )


PATTERN = Pattern(
    name="dart-out",
    title=Localized("鬼探头", "Dart-out", "Plötzlich hinter einem Fahrzeug hervor"),
    sentence=Localized(
        "行人突然从停在路边的公交车或轿车后面走出来。",
        "Somebody suddenly steps out from behind a bus or car at the kerb.",
        "Hinter einem haltenden Bus oder Auto tritt plötzlich jemand hervor.",
    ),
    parameters=(
        EGO_SPEED,
        replace(WALKER_SPEED, low=1.0, high=3.0),
        replace(OFFSET, low=-0.6, high=0.6),
        Parameter(
            name="behind_bus",
            low=0.0,
            high=1.0,
            usual=1.0,
            meaning=Localized(
                "遮挡物：小于0.5为轿车，否则为公交车",
                "What hides: a car below 0.5, else a bus",
                "Sichthindernis: unter 0,5 ein Auto, sonst ein Bus",
            ),
            source="ours",
        ),
    ),
    stage=_stage,
    find=_find,
    finds={"car": "ego", "walker": "walker"},
)
