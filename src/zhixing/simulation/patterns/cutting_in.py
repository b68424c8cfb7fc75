"""What low and fast cut-ins share: somebody beside the ego shifts into its lane when the gap is as told."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zhixing.datatypes.conditions import Then
from zhixing.datatypes.query import Query
from zhixing.datatypes.tracks import RoadUser
from zhixing.simulation.patterns.casting import CARS, all_of, between, ego_on, fact, no, role
from zhixing.simulation.patterns.pattern import Ranges, Values
from zhixing.simulation.patterns.sites import NO_LIGHTS, STREET_M, goal_on, street
from zhixing.simulation.patterns.staging import EGO, Actor, Move, Staging
from zhixing.simulation.traffic.acts import Cue, Does
from zhixing.simulation.traffic.models import Heeds

_CAR_M = 4.8
_SLIDES_S = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CutIn:
    """How a kind of cut-in is staged and found.

    Attributes:
        name: Of the pattern.
        limit_kmh: Of the street.
        ego_x_m: Where the ego begins.
        begins_s: The gap is the one told after about so long.
        lasts_s: The scene.
        gap_tolerance_m: What the gap may differ when it is measured.
        speed_tolerance_mps: How much the ego may have slowed down by then.
    """

    name: str
    limit_kmh: float
    ego_x_m: float
    begins_s: float
    lasts_s: float
    gap_tolerance_m: float
    speed_tolerance_mps: float

    def staging(self, values: Values, _dice: np.random.Generator, is_there: bool) -> Staging:
        """Return the scene; without the cut-in everybody keeps to the lane."""
        site = street(limit_kmh=self.limit_kmh)
        road = site.road
        lane, beside = site.east.driving[1], site.east.driving[0]
        across_m = float(road.lanes[lane].centre_xy_m[0, 1] - road.lanes[beside].centre_xy_m[0, 1])
        speed, gap_m, slower_mps = values["ego_mps"], values["gap_m"], values["slower_mps"]
        # It starts so far ahead that the gap shrinks to the one at which it changes, or is there at once.
        cutter = Actor(
            name="cutter",
            road_user=RoadUser.CAR,
            route=(beside,),
            s_m=self.ego_x_m + _CAR_M + gap_m + slower_mps * self.begins_s,
            speed_mps=speed - slower_mps,
            size_m=(_CAR_M, 1.85),
            heeds=Heeds.FRONT,
        )
        leader = Actor(
            name="leader",
            road_user=RoadUser.CAR,
            route=(lane,),
            s_m=self.ego_x_m + _CAR_M + 2.0 * gap_m + 14.0,
            speed_mps=speed,
            heeds=Heeds.FRONT,
        )
        moves = (
            Move(who="cutter", cue=Cue.TIME, value=0.0, does=Does.ROAMS, amount=values["slide_mps"]),
            Move(who="cutter", cue=Cue.AHEAD, value=gap_m + 0.3, does=Does.SHIFTS, amount=across_m, of=EGO, after=0),
        )
        return Staging(
            road=road,
            ego=ego_on(road, (lane,), self.ego_x_m, speed),
            cast=(cutter, leader),
            moves=moves if is_there else (),
            goal=goal_on(road, lane, min(0.9, (self.ego_x_m + speed * (self.lasts_s + 10.0)) / STREET_M)),
            duration_s=self.lasts_s,
            lights=NO_LIGHTS,
        )

    def query(self, ranges: Ranges) -> Query:
        """Return what finds it: beside, then closely ahead in the same lane."""
        low, high = ranges["gap_m"]
        slowest, fastest = ranges["ego_mps"]
        pair = ("car", "cutter")
        # The gap is that of the moment when it begins to slide; after that the ego may make room.
        beside = all_of(
            no(fact("is_in_same_lane", *pair)),
            between("left_m", pair, 1.8, 5.0),
            between("ahead_m", pair, low + _CAR_M - self.gap_tolerance_m, high + _CAR_M + self.gap_tolerance_m),
            between("lane_sideways_mps", "cutter", None, -0.25),
        )
        before = all_of(
            fact("is_in_same_lane", *pair),
            between("gap_ahead_m", pair, 0.0, high + 15.0),
            between("speed_mps", "car", max(0.0, slowest - self.speed_tolerance_mps), fastest + 1.0),
            between("left_m", pair, None, 1.9),
        )
        return Query(
            name=self.name,
            roles=(role("car", *CARS), role("cutter", *CARS)),
            condition=Then(first=beside, second=before, within_s=_SLIDES_S + 2.0),
            join_s=1.0,
        )
