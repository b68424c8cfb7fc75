"""Somebody drives onto the roundabout right before who is on it."""

from __future__ import annotations

import numpy as np

from zhixing.datatypes.conditions import Then
from zhixing.datatypes.localized import Localized
from zhixing.datatypes.query import Query
from zhixing.datatypes.shapes import polyline_s_m
from zhixing.datatypes.tracks import RoadUser
from zhixing.simulation.patterns.casting import CARS, all_of, between, ego_on, fact, no, placed, role, route_xy_m
from zhixing.simulation.patterns.pattern import Parameter, Pattern, Ranges, Values
from zhixing.simulation.patterns.sites import all_dark, goal_on
from zhixing.simulation.patterns.sites_merging import roundabout
from zhixing.simulation.patterns.staging import Actor, Staging
from zhixing.simulation.traffic.models import Heeds

_LASTS_S, _MEETS_S = 14.0, 5.0


def _stage(values: Values, _dice: np.random.Generator, is_there: bool) -> Staging:
    site = roundabout()
    road = site.road
    ego_route = (site.before, site.joined, site.after)
    enter_route = (site.street, site.entry, site.joined)
    ring_mps = values["ring_mps"]
    joint_m = float(polyline_s_m(road.lanes[site.before].centre_xy_m)[-1])
    entry_m = float(polyline_s_m(route_xy_m(road, (), enter_route[:2]))[-1])
    # The ego is on the ring, so far before the place where the other one joins.
    ego_m = max(0.5, joint_m - values["before_m"])
    enters_mps = values["enters_mps"]
    reaches_s = (joint_m - ego_m) / ring_mps - values["early_s"] if is_there else 30.0
    rest, s_m = placed(road, (), enter_route, max(1.0, entry_m - enters_mps * max(reaches_s, 0.2)))
    other = Actor(
        name="enters",
        road_user=RoadUser.CAR,
        route=rest,
        s_m=s_m,
        speed_mps=enters_mps,
        heeds=Heeds.FRONT if is_there else Heeds.ON_ITS_WAY,
    )
    return Staging(
        road=road,
        ego=ego_on(road, ego_route, ego_m, ring_mps),
        cast=(other,),
        goal=goal_on(road, site.after, 0.7),
        duration_s=_LASTS_S,
        lights=all_dark(road),
    )


def _find(ranges: Ranges) -> Query:
    del ranges
    pair = ("circulates", "enters")
    outside = all_of(fact("is_in_roundabout", "circulates"), no(fact("is_in_roundabout", "enters")))
    cuts_in = all_of(
        fact("is_in_roundabout", "circulates"),
        fact("is_in_roundabout", "enters"),
        between("distance_m", pair, None, 9.0),
        between("ahead_m", pair, 0.0, None),
    )
    return Query(
        name="roundabout-entry",
        roles=(role("circulates", *CARS), role("enters", *CARS)),
        condition=Then(first=outside, second=cuts_in, within_s=2.5),
        join_s=1.0,
    )


PATTERN = Pattern(
    name="roundabout-entry",
    title=Localized("进环岛不让行", "Entering without yielding", "Missachtete Vorfahrt am Kreisel"),
    sentence=Localized(
        "车辆进入环岛时不让环内车辆先行。",
        "A car drives onto the roundabout without giving way to who is on it.",
        "Ein Auto fährt in den Kreisverkehr ein, ohne die Vorfahrt zu beachten.",
    ),
    parameters=(
        Parameter(
            name="ring_mps",
            low=3.5,
            high=6.5,
            usual=5.0,
            meaning=Localized("环内车速", "Speed on the ring", "Tempo im Kreisel"),
            source="GB 50647-2011 and CJJ 37-2012 for a small roundabout: 20 to 25 km/h",
        ),
        Parameter(
            name="enters_mps",
            low=3.5,
            high=6.0,
            usual=5.0,
            meaning=Localized("入环车辆速度", "Speed of the one that enters", "Tempo des Einfahrenden"),
            source="ours",
        ),
        Parameter(
            name="before_m",
            low=8.0,
            high=16.0,
            usual=12.0,
            meaning=Localized("本车到汇合点的距离", "How far the ego is before they join", "Abstand zum Einfahrpunkt"),
            source="ours",
        ),
        Parameter(
            name="early_s",
            low=0.6,
            high=1.6,
            usual=1.0,
            meaning=Localized(
                "比本车早到汇合点的时间", "How much earlier the other one is there", "Wie viel früher der andere da ist"
            ),
            source="ours",
        ),
    ),
    stage=_stage,
    find=_find,
    finds={"circulates": "ego", "enters": "enters"},
)
