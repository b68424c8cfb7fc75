"""Districts of the built-in city: each has its limit, its mix of road users, its manners and its hours.

Which crossroads belongs to which follows from the seed. Shares, manners and hours are ours: market and school streets
are full of people on foot and on two wheels, the ring road carries cars, trucks and buses only (Road Traffic Safety Law
of the PRC, art. 67), and the hours have the two peaks of Chinese cities. 30 km/h is what implementing regulations, art.
45, set in towns where no middle line is drawn.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from zhixing.datatypes.road import NO_LIGHT, LaneKind, Road
from zhixing.datatypes.shapes import FloatArray, IntArray
from zhixing.datatypes.tracks import RoadUser
from zhixing.simulation.traffic.models import MODELS

_SLOW_MPS = 30.0 / 3.6
_FAST_MPS = 70.0 / 3.6
_OLD_TOWN_CROSSROADS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class District:
    """A part of the city.

    Attributes:
        name: For people.
        limit_mps: No street in it is faster; infinity for as drawn.
        shares: Of all road users there, by class.
        courtesy: Factor on how many let those go first who cannot force it.
        red_rate: Factor on how many reds are run.
        by_hour: (24,) how many road users are there in each hour, as a share of the most.
    """

    name: str
    limit_mps: float = np.inf
    shares: Mapping[RoadUser, float]
    courtesy: float = 1.0
    red_rate: float = 1.0
    by_hour: tuple[float, ...]

    def density(self, hour: float) -> float:
        """Return how many road users are there at an hour of the day, as a share of the most."""
        hours = np.arange(25)
        return float(np.interp(hour % 24.0, hours, (*self.by_hour, self.by_hour[0])))


def _shares(*of: float) -> dict[RoadUser, float]:
    names = (
        RoadUser.CAR, RoadUser.TRUCK, RoadUser.BUS, RoadUser.EBIKE, RoadUser.BICYCLE, RoadUser.TRICYCLE,
        RoadUser.PEDESTRIAN,
    )  # fmt: skip
    return dict(zip(names, of, strict=True))


_TOWN_HOURS = (
    0.15, 0.1, 0.08, 0.08, 0.1, 0.2, 0.45, 0.9, 1.0, 0.8, 0.7, 0.75, 0.75, 0.7, 0.7, 0.75, 0.85, 1.0, 1.0, 0.8, 0.65,
    0.55, 0.4, 0.25,
)  # fmt: skip
_SCHOOL_HOURS = (
    0.1, 0.05, 0.05, 0.05, 0.1, 0.2, 0.6, 1.0, 0.7, 0.5, 0.5, 0.8, 0.7, 0.6, 0.5, 0.6, 1.0, 1.0, 0.7, 0.5, 0.4, 0.4,
    0.25, 0.15,
)  # fmt: skip
_MARKET_HOURS = (
    0.15, 0.1, 0.1, 0.2, 0.5, 0.8, 1.0, 1.0, 1.0, 0.9, 0.8, 0.7, 0.6, 0.6, 0.7, 0.8, 0.9, 1.0, 0.9, 0.8, 0.7, 0.5,
    0.3, 0.2,
)  # fmt: skip

RING_ROAD = District(name="ring road", shares=_shares(0.82, 0.12, 0.06, 0.0, 0.0, 0.0, 0.0), by_hour=_TOWN_HOURS)
NEW_TOWN = District(name="new town", shares={model.road_user: model.share for model in MODELS}, by_hour=_TOWN_HOURS)
"""The mix of the models, which is that of recordings."""
OLD_TOWN = District(
    name="old town", limit_mps=_SLOW_MPS, shares=_shares(0.28, 0.01, 0.03, 0.34, 0.12, 0.05, 0.17), courtesy=0.8,
    red_rate=1.3, by_hour=_TOWN_HOURS,
)  # fmt: skip
SCHOOL = District(
    name="school", limit_mps=_SLOW_MPS, shares=_shares(0.32, 0.0, 0.03, 0.27, 0.08, 0.01, 0.29), courtesy=1.2,
    red_rate=0.8, by_hour=_SCHOOL_HOURS,
)  # fmt: skip
MARKET = District(
    name="market", limit_mps=_SLOW_MPS, shares=_shares(0.22, 0.03, 0.02, 0.30, 0.08, 0.08, 0.27), courtesy=0.7,
    red_rate=1.4, by_hour=_MARKET_HOURS,
)  # fmt: skip
DISTRICTS = (RING_ROAD, NEW_TOWN, OLD_TOWN, SCHOOL, MARKET)


class DistrictMap:
    """Which district is where.

    Args:
        road: The built-in city, or another road with crossroads under lights.
        seed: Of the city.

    Attributes:
        of_lane: (lanes,) index in ``DISTRICTS``.
    """

    def __init__(self, road: Road, seed: int) -> None:
        middles = _middles(road)
        kinds = np.full(middles.shape[0], DISTRICTS.index(NEW_TOWN))
        by_west = np.argsort(middles[:, 0], kind="stable")
        kinds[by_west[:_OLD_TOWN_CROSSROADS]] = DISTRICTS.index(OLD_TOWN)
        others = np.random.default_rng([seed, 6]).permutation(by_west[_OLD_TOWN_CROSSROADS:])
        for district, place in zip((SCHOOL, MARKET), others.tolist(), strict=False):
            kinds[place] = DISTRICTS.index(district)
        found = []
        for lane in road.lanes:
            away_m = np.hypot(*(middles - lane.centre_xy_m[lane.centre_xy_m.shape[0] // 2]).T)
            is_fast = lane.kind == LaneKind.DRIVING and lane.speed_limit_mps > _FAST_MPS
            town = int(kinds[np.argmin(away_m)]) if away_m.size else DISTRICTS.index(NEW_TOWN)
            found.append(DISTRICTS.index(RING_ROAD) if is_fast else town)
        self.of_lane: IntArray = np.array(found, dtype=np.int64)
        self._xy_m: FloatArray = np.concatenate([lane.centre_xy_m for lane in road.lanes])
        self._of_point = np.repeat(self.of_lane, [lane.centre_xy_m.shape[0] for lane in road.lanes])

    def at(self, x_m: float, y_m: float) -> District:
        """Return the district of the lane nearest to a place."""
        nearest = int(np.argmin(np.square(self._xy_m - (x_m, y_m)).sum(axis=1)))
        return DISTRICTS[int(self._of_point[nearest])]


def zoned(road: Road, districts: DistrictMap) -> Road:
    """Return a road whose streets are as fast as their districts allow."""
    lanes = tuple(
        replace(lane, speed_limit_mps=min(lane.speed_limit_mps, DISTRICTS[of].limit_mps))
        if lane.kind == LaneKind.DRIVING
        else lane
        for lane, of in zip(road.lanes, districts.of_lane.tolist(), strict=True)
    )
    return replace(road, lanes=lanes)


def _middles(road: Road) -> FloatArray:
    """Return (crossroads, 2) the middles of the junctions with lights."""
    points: dict[int, list[FloatArray]] = {}
    for lane in road.lanes:
        if lane.junction >= 0 and lane.light_group != NO_LIGHT:
            points.setdefault(lane.junction, []).append(lane.centre_xy_m)
    rows = [np.concatenate(lines) for _, lines in sorted(points.items())]
    return np.array([0.5 * (row.min(axis=0) + row.max(axis=0)) for row in rows]).reshape(-1, 2)
