"""A car goes over the line on late yellow without slowing down (抢黄灯)."""

from __future__ import annotations

import numpy as np

from zhixing.datatypes.localized import Localized
from zhixing.datatypes.query import Query
from zhixing.datatypes.tracks import RoadUser
from zhixing.datatypes.units import ns_from_s
from zhixing.simulation.city_crossroads import straight_group
from zhixing.simulation.patterns.casting import CARS, all_of, between, ego_on, fact, role
from zhixing.simulation.patterns.pattern import Parameter, Pattern, Ranges, Values
from zhixing.simulation.patterns.sites import ARM_M, EAST, WEST, crossroads, goal_on, lights_at
from zhixing.simulation.patterns.staging import Actor, Staging
from zhixing.simulation.road_lights import RoadLights
from zhixing.simulation.traffic.models import Heeds

_LASTS_S, _YELLOW_AT_S, _YELLOW_S = 14.0, 5.0, 3.0


def _stage(values: Values, _dice: np.random.Generator, is_there: bool) -> Staging:
    site = crossroads()
    road = site.road
    route = site.via(site.inbound[WEST].driving[0], "straight")
    speed = values["runner_mps"]
    at_s = _YELLOW_AT_S + (values["late_s"] if is_there else -1.5)
    runner = Actor(
        name="runner",
        road_user=RoadUser.CAR,
        route=route,
        s_m=ARM_M - speed * at_s,
        speed_mps=speed,
        heeds=Heeds.FRONT,
    )
    # The ego waits opposite, for the green of its left turn that comes next.
    ego_route = site.via(site.inbound[EAST].driving[0], "left")
    program = RoadLights(road, offsets_s=np.zeros(1))
    group = straight_group(0, WEST)
    green_s = float(program.remaining_s(ns_from_s(program.green_begins_s(group)))[group])
    return Staging(
        road=road,
        ego=ego_on(road, ego_route, ARM_M - 4.0, 0.0, wants_mps=10.0),
        cast=(runner,),
        goal=goal_on(road, ego_route[-1], 0.3),
        duration_s=_LASTS_S,
        lights=lights_at(site, group, _YELLOW_AT_S - green_s, 3.0 * _LASTS_S),
    )


def _find(ranges: Ranges) -> Query:
    low, high = ranges["late_s"]
    slow, fast = ranges["runner_mps"]
    over_line = all_of(
        fact("crosses_stop_line", "runner"), between("speed_mps", "runner", max(3.0, slow - 2.0), fast + 1.0)
    )
    return Query(
        name="late-yellow",
        roles=(role("runner", *CARS),),
        condition=all_of(
            over_line,
            fact("light", "runner", one_of=("yellow",)),
            between("light_age_s", "runner", max(0.3, low - 0.7), min(_YELLOW_S, high + 0.7)),
        ),
    )


PATTERN = Pattern(
    name="late-yellow",
    title=Localized("抢黄灯", "Late yellow", "Noch schnell bei Gelb"),
    sentence=Localized(
        "黄灯亮起后，车辆不减速抢过停止线。",
        "A car goes over the line on late yellow without slowing down.",
        "Ein Auto fährt kurz vor Rot ungebremst über die Linie.",
    ),
    parameters=(
        Parameter(
            name="runner_mps",
            low=8.0,
            high=15.0,
            usual=12.0,
            meaning=Localized("抢灯车速度", "Speed of the one that hurries", "Tempo des Autos"),
            source="ours: it could stop, and does not",
        ),
        Parameter(
            name="late_s",
            low=0.8,
            high=2.6,
            usual=1.8,
            meaning=Localized(
                "黄灯亮起多久后越过停止线", "How late on yellow it crosses the line", "Wie spät bei Gelb"
            ),
            source="GB 14886-2016: yellow of 3 s",
        ),
    ),
    stage=_stage,
    find=_find,
    finds={"runner": "runner"},
)
