"""What patterns of waiting areas share: somebody drives in while the light of the area lets it, waits, and goes on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zhixing.datatypes.conditions import Lasts, Then
from zhixing.datatypes.localized import Localized
from zhixing.datatypes.query import Query
from zhixing.datatypes.tracks import RoadUser
from zhixing.simulation.city_crossroads import PLAIN, Layout
from zhixing.simulation.patterns.casting import CARS, all_of, between, ego_on, fact, no, role
from zhixing.simulation.patterns.pattern import Parameter, Ranges, Values
from zhixing.simulation.patterns.sites import ARM_M, WEST, crossroads, goal_on, lights_at
from zhixing.simulation.patterns.staging import Actor, Staging

_BEHIND_M = 14.0

PARAMETERS = (
    Parameter(
        name="waits_mps",
        low=4.0,
        high=9.0,
        usual=6.0,
        meaning=Localized("驶近速度", "Speed of approach", "Tempo bei der Annäherung"),
        source="ours",
    ),
    Parameter(
        name="away_m",
        low=20.0,
        high=60.0,
        usual=35.0,
        meaning=Localized(
            "起始位置到停止线的距离", "How far from the line it begins", "Wie weit vor der Linie es beginnt"
        ),
        source="ours",
    ),
    Parameter(
        name="opens_s",
        low=1.0,
        high=5.0,
        usual=2.0,
        meaning=Localized("允许进入待转（待行）区的时刻", "When the area opens", "Wann die Fläche frei wird"),
        source="ours",
    ),
)
"""What varies in both."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingArea:
    """How the use of a kind of waiting area is staged and found.

    Attributes:
        name: Of the pattern.
        turn: Which way it leads.
        layout: Of the crossroads that has it.
        lane: Which of the driving lanes leads into it, from the middle outwards.
        opens_with: Light group of the crossroads with whose green it opens.
        lasts_s: The scene.
    """

    name: str
    turn: str
    layout: Layout
    lane: int
    opens_with: int
    lasts_s: float

    def staging(self, values: Values, _dice: np.random.Generator, is_there: bool) -> Staging:
        """Return the scene; without the area they wait before the junction."""
        site = crossroads(layout=self.layout if is_there else PLAIN)
        road = site.road
        route = site.via(site.inbound[WEST].driving[self.lane], self.turn)
        speed = values["waits_mps"]
        at_m = ARM_M - values["away_m"]
        waits = Actor(name="waits", road_user=RoadUser.CAR, route=route, s_m=at_m, speed_mps=speed)
        return Staging(
            road=road,
            ego=ego_on(road, route, at_m - _BEHIND_M, speed),
            cast=(waits,),
            goal=goal_on(road, site.via(route[1], self.turn)[-1] if is_there else route[-1], 0.3),
            duration_s=self.lasts_s,
            lights=lights_at(site, self.opens_with, values["opens_s"], 2.0 * self.lasts_s),
        )

    def query(self, ranges: Ranges) -> Query:
        """Return what finds it: standing in the area, and then going on as the area leads."""
        _, fastest = ranges["waits_mps"]
        waits = Lasts(
            condition=all_of(fact("is_in_waiting_area", "waits"), fact("is_standing", "waits")), at_least_s=1.0
        )
        goes_on = all_of(
            fact("turn", "waits", one_of=(self.turn,)),
            no(fact("is_in_waiting_area", "waits")),
            between("speed_mps", "waits", 1.0, fastest + 6.0),
        )
        return Query(
            name=self.name,
            roles=(role("waits", *CARS),),
            condition=Then(first=waits, second=goes_on, within_s=8.0),
            join_s=2.0,
        )
