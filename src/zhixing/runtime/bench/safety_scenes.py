"""Hand-made scenes in which nobody but the ego can be at fault, for planted bad drivers."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from zhixing.datatypes.evidence import Scenario
from zhixing.datatypes.lights import Lights
from zhixing.datatypes.road import Lane, Road, lane_along
from zhixing.datatypes.scene import EgoBody, EgoState, Goal
from zhixing.datatypes.shapes import FloatArray
from zhixing.datatypes.tracks import RoadUser, Tracks, empty_tracks

_STEP_NS = 100_000_000
_STEPS = 81
_WIDTH_M = 3.5
_CURVE_RADIUS_M = 30.0
_CAR_M, _BIKE_M, _WALKER_M = (4.6, 1.9), (1.8, 0.7), (0.6, 0.6)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class _User:
    """Somebody with a speed for every step along one straight course."""

    x_m: float
    y_m: float
    yaw_rad: float = 0.0
    speed_mps: FloatArray
    road_user: RoadUser = RoadUser.CAR
    size_m: tuple[float, float] = _CAR_M


def safety_scene(name: str, seed: int) -> Scenario:
    """Return one of the :data:`SCENES`, with gaps and speeds of a seed."""
    rng = np.random.default_rng(seed)
    road, start, users = SCENES[name](rng)
    return Scenario(
        scenario_id=f"{name} {seed}",
        family="safety",
        road=road,
        body=EgoBody(),
        start=start,
        goal=Goal(x_min_m=2e3, x_max_m=2e3 + 1.0, y_min_m=0.0, y_max_m=1.0),
        start_ns=0,
        stop_ns=(_STEPS - 1) * _STEP_NS,
        background=_tracks(users),
        lights=Lights(np.zeros(1, dtype=np.int64), np.zeros((0, 1), dtype=np.int64)),
    )


_Made = tuple[Road, EgoState, Sequence[_User]]


def _leader_brakes(rng: np.random.Generator) -> _Made:
    speed = rng.uniform(6.0, 14.0)
    gap = rng.uniform(0.7, 1.5) * speed + 2.0
    return (
        _street(),
        _ego(speed),
        [_User(x_m=24.8 + gap, y_m=0.0, speed_mps=_braking(speed, rng.uniform(0.5, 4.0), 8.0))],
    )


def _queue(rng: np.random.Generator) -> _Made:
    at = rng.uniform(60.0, 120.0)
    return (
        _street(),
        _ego(rng.uniform(4.0, 14.0)),
        [_User(x_m=at + 6.5 * k, y_m=0.0, speed_mps=_steady(0.0)) for k in range(3)],
    )


def _obstacle(rng: np.random.Generator) -> _Made:
    thing = _User(
        x_m=rng.uniform(50.0, 90.0),
        y_m=rng.uniform(-1.0, 1.0),
        speed_mps=_steady(0.0),
        road_user=RoadUser.OBJECT,
        size_m=(0.8, 0.8),
    )
    return _street(), _ego(rng.uniform(4.0, 14.0)), [thing]


def _walkers(rng: np.random.Generator) -> _Made:
    users = [
        _User(
            x_m=at,
            y_m=-rng.uniform(3.0, 9.0),
            yaw_rad=0.5 * math.pi,
            speed_mps=_steady(rng.uniform(1.0, 1.7)),
            road_user=RoadUser.PEDESTRIAN,
            size_m=_WALKER_M,
        )
        for at in rng.uniform(45.0, 90.0, size=3)
    ]
    return _street(), _ego(rng.uniform(4.0, 13.0)), users


def _slow_bike(rng: np.random.Generator) -> _Made:
    bike = _User(
        x_m=rng.uniform(45.0, 60.0),
        y_m=rng.uniform(-1.4, 0.5),
        speed_mps=_steady(rng.uniform(3.0, 6.0)),
        road_user=RoadUser.EBIKE,
        size_m=_BIKE_M,
    )
    return _street(), _ego(rng.uniform(6.0, 13.0)), [bike]


def _neighbours(rng: np.random.Generator) -> _Made:
    speed = rng.uniform(6.0, 12.0)
    users = [_User(x_m=22.0 + away, y_m=_WIDTH_M, speed_mps=_steady(speed)) for away in (-9.0, 1.0, 12.0)]
    return _street(), _ego(speed), users


def _oncoming(rng: np.random.Generator) -> _Made:
    users = [
        _User(x_m=at, y_m=2.0 * _WIDTH_M, yaw_rad=math.pi, speed_mps=_steady(rng.uniform(6.0, 12.0)))
        for at in (70.0, 110.0, 160.0)
    ]
    return _street(), _ego(rng.uniform(6.0, 13.0), y_m=_WIDTH_M), users


def _crossing_car(rng: np.random.Generator) -> _Made:
    cross = _User(
        x_m=rng.uniform(60.0, 80.0),
        y_m=-rng.uniform(15.0, 35.0),
        yaw_rad=0.5 * math.pi,
        speed_mps=_steady(rng.uniform(5.0, 11.0)),
    )
    return _street(), _ego(rng.uniform(6.0, 13.0)), [cross]


def _empty_street(rng: np.random.Generator) -> _Made:
    return _street(), _ego(rng.uniform(2.0, 14.0)), []


def _empty_curve(rng: np.random.Generator) -> _Made:
    return _curve(), _ego(rng.uniform(4.0, 10.0)), []


def _standing_in_curve(rng: np.random.Generator) -> _Made:
    angle = rng.uniform(0.4, 1.2)
    car = _User(
        x_m=60.0 + _CURVE_RADIUS_M * math.sin(angle),
        y_m=_CURVE_RADIUS_M * (1.0 - math.cos(angle)),
        yaw_rad=angle,
        speed_mps=_steady(0.0),
    )
    return _curve(), _ego(rng.uniform(4.0, 10.0)), [car]


SCENES: Mapping[str, Callable[[np.random.Generator], _Made]] = {
    "the leader brakes fully": _leader_brakes,
    "a queue stands": _queue,
    "a thing lies in the way": _obstacle,
    "three people cross": _walkers,
    "a slow e-bike": _slow_bike,
    "cars on the next lane": _neighbours,
    "oncoming cars": _oncoming,
    "a car crosses": _crossing_car,
    "an empty street": _empty_street,
    "an empty curve": _empty_curve,
    "a car stands in the curve": _standing_in_curve,
}


@cache
def _street() -> Road:
    """Return two lanes east (y = 0 and 3.5 m) and one west (y = 7 m), 600 m long."""
    x = np.linspace(0.0, 600.0, 121)
    east = [np.stack((x, np.full_like(x, y)), axis=-1) for y in (0.0, _WIDTH_M)]
    west = np.stack((x[::-1], np.full_like(x, 2.0 * _WIDTH_M)), axis=-1)
    lanes = (_lane("right", east[0], left_lane=1), _lane("left", east[1], right_lane=0), _lane("west", west))
    return Road(name="street", lanes=lanes, successors=((), (), ()))


@cache
def _curve() -> Road:
    """Return one lane that runs east for 60 m, a half circle to the left and west again."""
    angle = np.linspace(0.0, math.pi, 49)
    x = np.concatenate(
        (np.arange(0.0, 60.0, 2.0), 60.0 + _CURVE_RADIUS_M * np.sin(angle), np.arange(58.0, -200.0, -2.0))
    )
    y = np.concatenate(
        (np.zeros(30), _CURVE_RADIUS_M * (1.0 - np.cos(angle)), np.full(x.size - 79, 2.0 * _CURVE_RADIUS_M))
    )
    return Road(name="curve", lanes=(_lane("only", np.stack((x, y), axis=-1)),), successors=((),))


def _lane(lane_id: str, centre: FloatArray, *, left_lane: int = -1, right_lane: int = -1) -> Lane:
    return lane_along(lane_id, centre, _WIDTH_M, 13.9, left_lane=left_lane, right_lane=right_lane)


def _ego(speed_mps: float, y_m: float = 0.0) -> EgoState:
    return EgoState(x_m=20.0, y_m=y_m, yaw_rad=0.0, speed_mps=speed_mps)


def _steady(speed_mps: float) -> FloatArray:
    return np.full(_STEPS, speed_mps)


def _braking(speed_mps: float, after_s: float, brake_mps2: float) -> FloatArray:
    time_s = 0.1 * np.arange(_STEPS)
    braking: FloatArray = np.maximum(0.0, speed_mps - brake_mps2 * np.maximum(0.0, time_s - after_s))
    return braking


def _tracks(users: Sequence[_User]) -> Tracks:
    time_ns = _STEP_NS * np.arange(_STEPS, dtype=np.int64)
    if not users:
        return empty_tracks(time_ns)
    xy = []
    for user in users:
        v = user.speed_mps
        s_m = np.concatenate(([0.0], np.cumsum(0.05 * (v[1:] + v[:-1]))))
        xy.append(np.stack((user.x_m + s_m * math.cos(user.yaw_rad), user.y_m + s_m * math.sin(user.yaw_rad)), axis=-1))
    return Tracks(
        time_ns,
        np.arange(1, len(users) + 1, dtype=np.int64),
        np.array([int(user.road_user) for user in users], dtype=np.int64),
        np.array([user.size_m for user in users]),
        np.stack(xy),
        np.stack([np.full(_STEPS, user.yaw_rad) for user in users]),
        np.stack([user.speed_mps for user in users]),
        np.ones((len(users), _STEPS), dtype=np.bool_),
    )
