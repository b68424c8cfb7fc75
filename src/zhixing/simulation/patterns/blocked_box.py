"""Cars drive onto a crossroads that they cannot leave, and block it."""

from __future__ import annotations

import numpy as np

from zhixing.datatypes.conditions import Exists, Lasts
from zhixing.datatypes.localized import Localized
from zhixing.datatypes.query import Query
from zhixing.datatypes.tracks import RoadUser
from zhixing.simulation.city_crossroads import straight_group
from zhixing.simulation.patterns.casting import CARS, EGO_SPEED, all_of, between, ego_on, fact, parked, role
from zhixing.simulation.patterns.pattern import Parameter, Pattern, Ranges, Values
from zhixing.simulation.patterns.sites import ARM_M, NORTH, SOUTH, WEST, crossroads, goal_on, steady
from zhixing.simulation.patterns.staging import Actor, Staging
from zhixing.simulation.traffic.models import Heeds

_LASTS_S = 20.0


def _stage(values: Values, _dice: np.random.Generator, is_there: bool) -> Staging:
    site = crossroads()
    road = site.road
    route = site.via(site.inbound[WEST].driving[0], "straight")
    beyond = route[-1]
    # The queue on the other side ends so far behind the crossroads.
    cast = [
        parked(f"queue-{k}", RoadUser.CAR, beyond, values["room_m"] + 2.3 + 6.6 * k, 0.0, (4.6, 1.85))
        for k in range(round(values["num_queue"]))
    ]
    blocker = Actor(
        name="blocker",
        road_user=RoadUser.CAR,
        route=route,
        s_m=ARM_M - 10.0,
        speed_mps=6.0,
        heeds=Heeds.FRONT if is_there else Heeds.ON_ITS_WAY,
        wants_mps=7.0 if is_there else 0.0,
    )
    ego_route = site.via(site.inbound[SOUTH].driving[0], "straight")
    return Staging(
        road=road,
        ego=ego_on(road, ego_route, ARM_M - 8.0 * values["ego_mps"], values["ego_mps"]),
        cast=(blocker, *cast),
        goal=goal_on(road, ego_route[-1], 0.3),
        duration_s=_LASTS_S,
        lights=steady(site, (straight_group(0, SOUTH), straight_group(0, NORTH))),
    )


def _find(ranges: Ranges) -> Query:
    del ranges
    return Query(
        name="blocked-box",
        roles=(role("blocker", *CARS),),
        condition=all_of(
            fact("is_in_junction", "blocker"),
            Lasts(condition=fact("is_standing", "blocker"), at_least_s=2.5),
            Exists(
                role=role("ahead", *CARS),
                condition=all_of(fact("is_standing", "ahead"), between("gap_ahead_m", ("blocker", "ahead"), None, 6.0)),
            ),
        ),
        at_least_s=2.0,
        join_s=1.0,
    )


PATTERN = Pattern(
    name="blocked-box",
    title=Localized("路口滞留", "Blocked box", "Blockierte Kreuzung"),
    sentence=Localized(
        "出口道排队已满，车辆仍驶入路口，停在路口内。",
        "Though the queue beyond has no room, a car drives onto the crossroads and blocks it.",
        "Obwohl dahinter kein Platz ist, fährt ein Auto in die Kreuzung und blockiert sie.",
    ),
    parameters=(
        EGO_SPEED,
        Parameter(
            name="room_m",
            low=0.0,
            high=4.0,
            usual=1.5,
            meaning=Localized(
                "出口道排队末尾到路口的距离", "Where the queue beyond ends", "Wo die Schlange dahinter endet"
            ),
            source="ours: less than a car needs",
        ),
        Parameter(
            name="num_queue",
            low=2.0,
            high=5.0,
            usual=3.0,
            meaning=Localized("排队车辆数", "How many stand there", "Wie viele dort stehen"),
            source="ours",
        ),
    ),
    stage=_stage,
    find=_find,
    finds={"blocker": "blocker"},
)
