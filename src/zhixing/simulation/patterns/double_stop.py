"""A taxi stops in the lane beside vehicles that stand at the kerb."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from zhixing.datatypes.conditions import Exists, Lasts
from zhixing.datatypes.localized import Localized
from zhixing.datatypes.query import Query
from zhixing.datatypes.tracks import RoadUser
from zhixing.simulation.patterns.casting import CARS, EGO_SPEED, all_of, between, ego_on, fact, no, parked, role
from zhixing.simulation.patterns.pattern import Parameter, Pattern, Ranges, Values
from zhixing.simulation.patterns.sites import NO_LIGHTS, goal_on, street
from zhixing.simulation.patterns.staging import Actor, Move, Staging
from zhixing.simulation.traffic.acts import Cue, Does
from zhixing.simulation.traffic.models import Heeds

_LASTS_S, _STOP_X_M, _SIZE_M = 18.0, 200.0, (4.6, 1.85)


def _stage(values: Values, _dice: np.random.Generator, is_there: bool) -> Staging:
    site = street()
    road, lane, bike = site.road, site.east.driving[1], site.east.bike
    speed = values["ego_mps"]
    standing = [parked(f"parked-{k}", RoadUser.CAR, bike, _STOP_X_M + 6.0 * (k - 1), 0.2, _SIZE_M) for k in range(3)]
    from_m = _STOP_X_M - values["taxi_mps"] * 5.0
    taxi = Actor(
        name="taxi",
        road_user=RoadUser.CAR,
        route=(lane,),
        s_m=from_m,
        speed_mps=values["taxi_mps"],
        size_m=_SIZE_M,
        heeds=Heeds.NOTHING,
    )
    brakes_m = _STOP_X_M - values["taxi_mps"] ** 2 / (2.0 * values["brake_mps2"])
    moves = (
        Move(who="taxi", cue=Cue.TIME, value=0.0, does=Does.BRAKES, amount=values["brake_mps2"]),
        Move(who="taxi", cue=Cue.COMES, value=brakes_m, does=Does.WANTS, amount=0.0),
    )
    return Staging(
        road=road,
        ego=ego_on(road, (lane,), from_m - 4.6 - 1.8 * speed, speed),
        cast=(taxi, *standing),
        moves=moves if is_there else (),
        goal=goal_on(road, lane, 0.8),
        duration_s=_LASTS_S,
        lights=NO_LIGHTS,
    )


def _find(ranges: Ranges) -> Query:
    del ranges
    beside = all_of(
        fact("is_standing", "parked"),
        between("left_m", ("taxi", "parked"), -4.5, -1.5),
        between("ahead_m", ("taxi", "parked"), -5.0, 5.0),
        no(fact("is_on_driving_lane", "parked")),
    )
    return Query(
        name="double-stop",
        roles=(role("taxi", *CARS),),
        condition=all_of(
            Lasts(condition=fact("is_standing", "taxi"), at_least_s=2.0),
            fact("is_on_driving_lane", "taxi"),
            between("lane_gap_m", "taxi", 12.0, None),
            Exists(role=role("parked", *CARS), condition=beside),
        ),
        at_least_s=1.0,
        join_s=1.0,
    )


PATTERN = Pattern(
    name="double-stop",
    title=Localized("出租车并排停车", "Double stop", "Halten in zweiter Reihe"),
    sentence=Localized(
        "路边已停满车，出租车、网约车在机动车道上并排停车下客。",
        "A taxi or ride-hailing car stops in the lane beside those that stand at the kerb.",
        "Ein Taxi hält in zweiter Reihe neben den Autos am Straßenrand.",
    ),
    parameters=(
        replace(EGO_SPEED, low=6.0),
        Parameter(
            name="taxi_mps",
            low=6.0,
            high=12.0,
            usual=9.0,
            meaning=Localized("出租车速度", "Speed of the taxi", "Tempo des Taxis"),
            source="ours",
        ),
        Parameter(
            name="brake_mps2",
            low=2.0,
            high=5.0,
            usual=3.0,
            meaning=Localized("减速度", "How hard it brakes", "Wie stark es bremst"),
            source="ours: from comfortable to hard",
        ),
    ),
    stage=_stage,
    find=_find,
    finds={"taxi": "taxi"},
)
