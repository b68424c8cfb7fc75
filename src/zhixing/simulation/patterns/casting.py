"""What many patterns need: places along routes, the usual ego, parked ones, and pieces of queries."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from zhixing.datatypes.conditions import AllOf, Compare, Condition, Is, Not, Role
from zhixing.datatypes.localized import Localized
from zhixing.datatypes.road import LaneKind, Road
from zhixing.datatypes.shapes import FloatArray, polyline_s_m
from zhixing.datatypes.tracks import RoadUser
from zhixing.simulation.patterns.pattern import Parameter
from zhixing.simulation.patterns.staging import EGO, Actor
from zhixing.simulation.traffic.ways import RANK_STRAIGHT, ExtraWay

CARS = (RoadUser.CAR, RoadUser.TRUCK, RoadUser.BUS)
RIDERS = (RoadUser.MOTORCYCLE, RoadUser.EBIKE, RoadUser.BICYCLE, RoadUser.TRICYCLE)

EGO_SPEED = Parameter(
    name="ego_mps", low=6.0, high=13.0, usual=10.0,
    meaning=Localized("本车速度", "Speed of the ego", "Tempo des eigenen Fahrzeugs"),
    source="ours: 20 to 50 km/h, the usual limits of urban streets",
)  # fmt: skip
OFFSET = Parameter(
    name="offset_s", low=-1.5, high=1.5, usual=0.0,
    meaning=Localized(
        "对方晚于本车到达冲突点的时间", "How much later the other one reaches the place of conflict",
        "Um wie viel später der andere am Konfliktpunkt ist",
    ),
    source="ours: within the span in which post-encroachment times count as serious (Allen et al. 1978)",
)  # fmt: skip
RIDER_SPEED = Parameter(
    name="rider_mps", low=3.0, high=7.0, usual=5.5,
    meaning=Localized("骑行者速度", "Speed of the rider", "Tempo des Zweirads"),
    source="Lin et al. 2008: bicycles 4.1, e-bikes 6.1 m/s in the mean; GB 17761-2018: e-bikes at most 25 km/h",
)  # fmt: skip
WALKER_SPEED = Parameter(
    name="walker_mps", low=0.8, high=2.2, usual=1.4,
    meaning=Localized("行人速度", "Speed of the walker", "Gehgeschwindigkeit"),
    source="Helbing and Molnar 1995: 1.34 m/s, deviation 0.26; running across included",
)  # fmt: skip


def route_xy_m(road: Road, extra: Sequence[ExtraWay], route: Sequence[int]) -> FloatArray:
    """Return (points, 2) the line of a route, way after way."""
    lines = [_line(road, extra, way) for way in route]
    return np.concatenate([lines[0], *(line[1:] for line in lines[1:])])


def _line(road: Road, extra: Sequence[ExtraWay], way: int) -> FloatArray:
    return road.lanes[way].centre_xy_m if way < len(road.lanes) else extra[way - len(road.lanes)].xy_m


def placed(road: Road, extra: Sequence[ExtraWay], route: Sequence[int], at_m: float) -> tuple[tuple[int, ...], float]:
    """Return what is left of a route at a distance along it, and how far along its first way that is.

    Raises:
        ValueError: The distance is before the beginning of the route or beyond its end.
    """
    left_m = at_m
    for k, way in enumerate(route):
        length = float(polyline_s_m(_line(road, extra, way))[-1])
        if 0.0 <= left_m <= length:
            return tuple(route[k:]), left_m
        left_m -= length
    raise ValueError(f"{at_m:.1f} m is not on a route of {at_m - left_m:.1f} m")


def ego_on(road: Road, route: Sequence[int], at_m: float, speed_mps: float, *, wants_mps: float | None = None) -> Actor:
    """Return an ego on a route of lanes, a distance along it."""
    rest, s_m = placed(road, (), route, at_m)
    return Actor(
        name=EGO, road_user=RoadUser.CAR, route=rest, s_m=s_m, speed_mps=speed_mps, wants_mps=wants_mps
    )  # fmt: skip


def across(x_m: float, half_m: float = 11.5, *, southward: bool = False, slant_m: float = 0.0) -> ExtraWay:
    """Return a line for people on foot straight over a street along the x axis.

    Args:
        x_m: Where it begins.
        half_m: It begins and ends so far from the middle of the street.
        southward: Whether it leads from north to south.
        slant_m: How much farther east it ends.
    """
    line = np.array([[x_m, -half_m], [x_m + 0.5 * slant_m, 0.0], [x_m + slant_m, half_m]])
    if southward:
        line[:, 1] *= -1.0
    return ExtraWay(xy_m=line, kind=LaneKind.CROSSING, half_m=1.0, rank=RANK_STRAIGHT)


def parked(name: str, road_user: RoadUser, way: int, s_m: float, offset_m: float, size_m: tuple[float, float]) -> Actor:
    """Return somebody or something that stays where it is."""
    return Actor(
        name=name, road_user=road_user, route=(way,), s_m=s_m, offset_m=offset_m, size_m=size_m, is_still=True
    )  # fmt: skip


def role(name: str, *classes: RoadUser, longer_m: float | None = None) -> Role:
    """Return a role for some classes."""
    return Role(name=name, classes=classes, min_length_m=longer_m)


def between(measure: str, of: str | tuple[str, str], low: float | None, high: float | None) -> Compare:
    """Return the condition that a measure lies within two values, both included."""
    return Compare(measure=measure, of=(of,) if isinstance(of, str) else of, at_least=low, at_most=high)


def fact(measure: str, *of: str, one_of: tuple[str, ...] = ()) -> Is:
    """Return the condition that a fact holds, or that a word is one of some."""
    return Is(measure=measure, of=of, one_of=one_of)


def all_of(*conditions: Condition) -> AllOf:
    """Return the condition that all hold."""
    return AllOf(conditions=conditions)


def no(condition: Condition) -> Not:
    """Return the condition that one is known not to hold."""
    return Not(condition=condition)
