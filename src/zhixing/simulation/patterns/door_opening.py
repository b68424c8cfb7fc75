"""The door of a parked car opens just ahead."""

from __future__ import annotations

import numpy as np

from zhixing.datatypes.conditions import Exists, Role
from zhixing.datatypes.localized import Localized
from zhixing.datatypes.query import Query
from zhixing.datatypes.road import LaneKind
from zhixing.datatypes.tracks import RoadUser
from zhixing.simulation.patterns.casting import CARS, EGO_SPEED, all_of, between, ego_on, fact, parked, role
from zhixing.simulation.patterns.pattern import Parameter, Pattern, Ranges, Values
from zhixing.simulation.patterns.sites import NO_LIGHTS, goal_on, street
from zhixing.simulation.patterns.staging import EGO, Actor, Move, Staging
from zhixing.simulation.traffic.acts import Cue, Does
from zhixing.simulation.traffic.ways import ExtraWay

_LASTS_S, _CAR_X_M, _SIZE_M, _DOOR_M = 12.0, 200.0, (4.6, 1.85), (1.0, 0.15)


def _stage(values: Values, _dice: np.random.Generator, is_there: bool) -> Staging:
    site = street()
    road, lane, bike = site.road, site.east.driving[1], site.east.bike
    speed = values["ego_mps"]
    kerb_y_m = site.kerb_y_m(site.east)
    side_y_m = kerb_y_m - values["beside_m"]
    bike_y_m = float(road.lanes[bike].centre_xy_m[0, 1])
    car = parked("car", RoadUser.CAR, bike, _CAR_X_M, side_y_m - 0.5 * _SIZE_M[1] - bike_y_m, _SIZE_M)
    at_x_m = _CAR_X_M + 0.4
    door = Actor(
        name="door",
        road_user=RoadUser.OBJECT,
        route=(len(road.lanes),),
        s_m=0.5,
        size_m=_DOOR_M,
        is_still=True,
        is_there=False,
    )
    line = np.array([[at_x_m, side_y_m], [at_x_m, side_y_m + 1.0]])
    move = Move(
        who="door",
        cue=Cue.ARRIVES,
        value=values["time_s"],
        does=Does.APPEARS,
        of=EGO,
        at_m=(at_x_m, float(road.lanes[lane].centre_xy_m[0, 1])),
    )
    return Staging(
        road=road,
        ego=ego_on(road, (lane,), _CAR_X_M - 6.0 * speed, speed),
        cast=(door, car),
        moves=(move,) if is_there else (),
        extra=(ExtraWay(xy_m=line, kind=LaneKind.OTHER),),
        goal=goal_on(road, lane, 0.75),
        duration_s=_LASTS_S,
        lights=NO_LIGHTS,
    )


def _find(ranges: Ranges) -> Query:
    del ranges
    hinge = all_of(fact("is_standing", "car"), between("distance_m", ("door", "car"), None, 0.4))
    return Query(
        name="door-opening",
        roles=(Role(name="door", classes=(RoadUser.OBJECT,), max_length_m=1.4, max_width_m=0.4),),
        condition=all_of(between("seen_for_s", "door", None, 1.5), Exists(role=role("car", *CARS), condition=hinge)),
        join_s=1.0,
    )


PATTERN = Pattern(
    name="door-opening",
    title=Localized("开门杀", "Door opening", "Plötzlich geöffnete Autotür"),
    sentence=Localized(
        "路边停放的车突然打开靠机动车道一侧的车门。",
        "A parked car suddenly opens its door towards the lane.",
        "Ein geparktes Auto öffnet plötzlich die Tür zur Fahrbahn.",
    ),
    parameters=(
        EGO_SPEED,
        Parameter(
            name="time_s",
            low=1.5,
            high=4.0,
            usual=2.5,
            meaning=Localized(
                "车门打开早于本车到达的时间",
                "How long before the ego arrives it opens",
                "Wie lange vor Ankunft des eigenen Fahrzeugs sie aufgeht",
            ),
            source="ours",
        ),
        Parameter(
            name="beside_m",
            low=-0.3,
            high=0.6,
            usual=0.1,
            meaning=Localized(
                "车身侧面到车道边线的距离",
                "From the lane edge to the side of the car",
                "Vom Rand der Spur zur Seite des Autos",
            ),
            source="ours",
        ),
    ),
    stage=_stage,
    find=_find,
    finds={"door": "door"},
)
