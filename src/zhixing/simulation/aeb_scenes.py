"""The scenes of the emergency braking tests, as data: what stands, who comes, and where it would hit.

Sources: Euro NCAP AEB/LSS VRU test protocol 4.5 and AEB car-to-car test protocol 4.3 (2023), C-NCAP management
regulation 2021 and 2024, chapter on active safety: targets, speeds, impact points and steps of the ego's speed. Where
they leave the drawing to the track (parking, waiting place) the numbers are stated here. Traffic keeps right, so the
near side is the right one. CSNAO-50 is ours: the scooter of CSFA-50, from behind parked cars.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from zhixing.datatypes.scene import EgoBody
from zhixing.datatypes.tracks import RoadUser
from zhixing.datatypes.units import mps_from_kmh

BODY = EgoBody()
BEGINS_S = 5.0
"""Time to the impact when a scene begins; the protocols begin at 4 s."""
_TURN_BEGINS_S = 9.0
"""The same where the ego turns, so that it begins before the turn."""
_WALKS_S = 4.0
"""So long before the impact a target in the open begins to move (protocols: time to collision 4 s)."""
_SIDE_M = 1.0
"""From the ego's side to the parked vehicles, and from these to the path of who comes out (protocols: 1 m)."""

_ADULT, _CHILD = (0.6, 0.5), (0.5, 0.4)
_BICYCLE, _SCOOTER = (1.85, 0.6), (1.8, 0.7)
_CAR, _SUV, _BUS = (4.1, 1.7), (4.7, 1.9), (12.0, 2.55)
"""Length and width in metres: Euro NCAP pedestrian, bicyclist and small car targets; a city bus."""

_FAR_TURNS = ((10, 9.0), (15, 11.75), (20, 14.75))
_NEAR_TURN_M = 8.0
"""Speeds in km/h and radii in metres of the turns (Euro NCAP, paths of CPTA and CCFtap, without their clothoids)."""
_LANE_WIDTH_M = 3.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Who the ego would hit, going straight at one speed.

    Attributes:
        road_user: Class.
        size_m: Length and width.
        x_m: Where it is at first, its centre.
        y_m: The same.
        yaw_rad: Where it goes.
        speed_mps: How fast, once it goes.
        reaches_s: From its first step to the place of impact; it waits until the ego, at its speed of the moment, is as
            far in time. 0: it goes from the beginning.
        brake_mps2: Deceleration, positive.
        brakes_s: When after the beginning it starts to brake.
    """

    road_user: RoadUser
    size_m: tuple[float, float]
    x_m: float
    y_m: float
    yaw_rad: float
    speed_mps: float
    reaches_s: float = 0.0
    brake_mps2: float = 0.0
    brakes_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class AebScene:
    """One test: the ego comes along its lane at the limit.

    Attributes:
        name: As the protocols call it, with the place of impact in per cent of the ego's width.
        ego_mps: Its speed, which is also the limit.
        impact_m: How far along its way the ego's front is when it hits without braking; its centre starts at 0, at the
            origin.
        target: Who it would hit.
        turn: Whether the ego turns ``left`` or ``right`` at a crossing, empty if it goes straight on.
        radius_m: Of its turn.
        turns_m: How far along its way the turn begins.
        parked: What stands beside the lane: class, length, width, x and y of the centre.
    """

    name: str
    ego_mps: float
    impact_m: float
    target: Target
    turn: Literal["", "left", "right"] = ""
    radius_m: float = 0.0
    turns_m: float = 0.0
    parked: tuple[tuple[RoadUser, float, float, float, float], ...] = ()


def aeb_scenes() -> list[AebScene]:
    """Return all scenes at all speeds."""
    scenes: list[AebScene] = []
    steps = (10, 20, 30, 40, 50, 60)
    person, bicycle, scooter = RoadUser.PEDESTRIAN, RoadUser.BICYCLE, RoadUser.EBIKE
    for ego_kmh in steps:
        scenes += [
            _crossing("CPNA-25", ego_kmh, person, _ADULT, 5.0, 25, -1),
            _crossing("CPNA-75", ego_kmh, person, _ADULT, 5.0, 75, -1),
            _crossing("CPFA-25", ego_kmh, person, _ADULT, 6.5, 25, 1),
            _crossing("CPFA-50", ego_kmh, person, _ADULT, 8.0, 50, 1),
            _hidden("CPNCO-50", ego_kmh, person, _CHILD, 5.0, (_CAR, _SUV), RoadUser.CAR),
            _crossing("CBNA-50", ego_kmh, bicycle, _BICYCLE, 15.0, 50, -1),
            _crossing("CBFA-50", ego_kmh, bicycle, _BICYCLE, 20.0, 50, 1),
            _hidden("CBNAO-50", ego_kmh, bicycle, _BICYCLE, 10.0, (_BUS,), RoadUser.BUS),
            _crossing("CSFA-50", ego_kmh, scooter, _SCOOTER, 20.0, 50, 1),
            _hidden("CSNAO-50", ego_kmh, scooter, _SCOOTER, 20.0, (_CAR, _SUV), RoadUser.CAR),
            _ahead("CCRs", ego_kmh, RoadUser.CAR, _CAR, 0.0, 50),
        ]
    for ego_kmh in (20, 30, 40, 50, 60):
        scenes += [
            _ahead("CPLA-25", ego_kmh, person, _ADULT, 5.0, 25),
            _ahead("CPLA-50", ego_kmh, person, _ADULT, 5.0, 50),
            _ahead("CBLA-50", ego_kmh, bicycle, _BICYCLE, 15.0, 50),
        ]
    for ego_kmh in (30, 40, 50, 60, 70, 80):
        scenes += [_ahead("CCRm", ego_kmh, RoadUser.CAR, _CAR, 20.0, 50)]
    for ego_kmh, radius_m in _FAR_TURNS:
        scenes += [_turning("CPTA-far-50", ego_kmh, radius_m, "left"), *_tapping(ego_kmh, radius_m)]
    scenes.append(_turning("CPTA-near-50", 10, _NEAR_TURN_M, "right"))
    scenes += [_braking(gap_m, brake_mps2) for gap_m in (12.0, 40.0) for brake_mps2 in (2.0, 6.0)]
    return scenes


def families(scenes: list[AebScene]) -> Iterator[tuple[str, list[AebScene]]]:
    """Yield the scenes by name, in order."""
    for name in dict.fromkeys(scene.name for scene in scenes):
        yield name, [scene for scene in scenes if scene.name == name]


def _impact_y_m(percent: int, side: int) -> float:
    """Return where across the lane the impact is: per cent of the ego's width, from the side the target comes from."""
    return side * BODY.width_m * (0.5 - percent / 100.0)


def _crossing(
    name: str, ego_kmh: int, road_user: RoadUser, size_m: tuple[float, float], kmh: float, percent: int, side: int
) -> AebScene:
    """Return somebody who crosses in the open, from the near side (-1) or the far side (1)."""
    ego_mps, speed_mps = mps_from_kmh(ego_kmh), mps_from_kmh(kmh)
    impact_x_m = 0.5 * BODY.length_m + ego_mps * BEGINS_S
    target = Target(
        road_user=road_user,
        size_m=size_m,
        x_m=impact_x_m + 0.5 * size_m[1],
        y_m=_impact_y_m(percent, side) + side * speed_mps * _WALKS_S,
        yaw_rad=-side * 0.5 * math.pi,
        speed_mps=speed_mps,
        reaches_s=_WALKS_S,
    )
    return AebScene(name=name, ego_mps=ego_mps, impact_m=impact_x_m, target=target)


def _hidden(
    name: str,
    ego_kmh: int,
    road_user: RoadUser,
    size_m: tuple[float, float],
    kmh: float,
    parked_m: tuple[tuple[float, float], ...],
    parked_as: RoadUser,
) -> AebScene:
    """Return somebody who comes out on the near side from behind parked vehicles, the one nearest to the path first."""
    ego_mps, speed_mps = mps_from_kmh(ego_kmh), mps_from_kmh(kmh)
    impact_x_m = 0.5 * BODY.length_m + ego_mps * BEGINS_S
    path_x_m = impact_x_m + 0.5 * size_m[1]
    edge_y_m = -0.5 * BODY.width_m - _SIDE_M
    parked, front_x_m = [], path_x_m - _SIDE_M
    for length_m, width_m in parked_m:
        parked.append((parked_as, length_m, width_m, front_x_m - 0.5 * length_m, edge_y_m - 0.5 * width_m))
        front_x_m -= length_m + _SIDE_M
    starts_y_m = edge_y_m - max(0.5 * parked_m[0][1], 0.5 * size_m[0])
    target = Target(
        road_user=road_user,
        size_m=size_m,
        x_m=path_x_m,
        y_m=starts_y_m,
        yaw_rad=0.5 * math.pi,
        speed_mps=speed_mps,
        reaches_s=-starts_y_m / speed_mps,
    )
    return AebScene(name=name, ego_mps=ego_mps, impact_m=impact_x_m, target=target, parked=tuple(parked))


def _ahead(
    name: str, ego_kmh: int, road_user: RoadUser, size_m: tuple[float, float], kmh: float, percent: int
) -> AebScene:
    """Return somebody who stands or goes on ahead in the same lane."""
    ego_mps, speed_mps = mps_from_kmh(ego_kmh), mps_from_kmh(kmh)
    gap_m = (ego_mps - speed_mps) * BEGINS_S
    target = Target(
        road_user=road_user,
        size_m=size_m,
        x_m=0.5 * BODY.length_m + gap_m + 0.5 * size_m[0],
        y_m=_impact_y_m(percent, -1),
        yaw_rad=0.0,
        speed_mps=speed_mps,
    )
    return AebScene(name=name, ego_mps=ego_mps, impact_m=0.5 * BODY.length_m + ego_mps * BEGINS_S, target=target)


def _braking(gap_m: float, brake_mps2: float) -> AebScene:
    """Return a car ahead, both at 50 km/h, that brakes after one second."""
    ego_mps = mps_from_kmh(50.0)
    target = Target(
        road_user=RoadUser.CAR,
        size_m=_CAR,
        x_m=0.5 * BODY.length_m + gap_m + 0.5 * _CAR[0],
        y_m=0.0,
        yaw_rad=0.0,
        speed_mps=ego_mps,
        brake_mps2=brake_mps2,
        brakes_s=1.0,
    )
    stops_m = ego_mps**2 / (2.0 * brake_mps2) + ego_mps
    return AebScene(name="CCRb", ego_mps=ego_mps, impact_m=0.5 * BODY.length_m + gap_m + stops_m, target=target)


def _turning(name: str, ego_kmh: int, radius_m: float, turn: Literal["left", "right"]) -> AebScene:
    """Return an adult who crosses the street that the ego turns into, walking as the ego came."""
    ego_mps, speed_mps = mps_from_kmh(ego_kmh), mps_from_kmh(5.0)
    side = 1.0 if turn == "left" else -1.0
    beyond_m = BODY.length_m
    impact_m = 0.5 * BODY.length_m + ego_mps * _TURN_BEGINS_S
    turns_m = impact_m - 0.5 * math.pi * radius_m - beyond_m
    target = Target(
        road_user=RoadUser.PEDESTRIAN,
        size_m=_ADULT,
        x_m=turns_m + radius_m - speed_mps * _WALKS_S,
        y_m=side * (radius_m + beyond_m + 0.5 * _ADULT[1]),
        yaw_rad=0.0,
        speed_mps=speed_mps,
        reaches_s=_WALKS_S,
    )
    return AebScene(
        name=name, ego_mps=ego_mps, impact_m=impact_m, target=target, turn=turn, radius_m=radius_m, turns_m=turns_m
    )


def _tapping(ego_kmh: int, radius_m: float) -> list[AebScene]:
    """Return cars that come towards the ego, which turns left across their way: front against front corner."""
    ego_mps, scenes = mps_from_kmh(ego_kmh), []
    impact_m = 0.5 * BODY.length_m + ego_mps * _TURN_BEGINS_S
    meets_y_m = _LANE_WIDTH_M - 0.5 * _CAR[1]
    angle = math.acos(1.0 - meets_y_m / radius_m)
    turns_m = impact_m - radius_m * angle
    for kmh in (30.0, 45.0, 60.0):
        target = Target(
            road_user=RoadUser.CAR,
            size_m=_CAR,
            x_m=turns_m + radius_m * math.sin(angle) + 0.25 * _CAR[0] + mps_from_kmh(kmh) * _TURN_BEGINS_S,
            y_m=_LANE_WIDTH_M,
            yaw_rad=math.pi,
            speed_mps=mps_from_kmh(kmh),
        )
        scenes.append(
            AebScene(
                name="CCFtap",
                ego_mps=ego_mps,
                impact_m=impact_m,
                target=target,
                turn="left",
                radius_m=radius_m,
                turns_m=turns_m,
            )
        )
    return scenes
