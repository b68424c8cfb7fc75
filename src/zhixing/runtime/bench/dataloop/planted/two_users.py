"""Where two are to each other, planted: a is a lorry, b each of some cars."""

from __future__ import annotations

import math
from types import MappingProxyType

import numpy as np

from zhixing.datatypes.tracks import RoadUser
from zhixing.runtime.bench.dataloop.planted.moves import Motion, changing, pulse, steady
from zhixing.runtime.bench.dataloop.planted.scenes import CAR_M, Actor, Plant, Scene, bound, fact

LORRY_M = (9.0, 2.5)
LORRY_AND_CAR = (RoadUser.TRUCK, RoadUser.CAR)
_ALONG_M = 0.5 * (LORRY_M[0] + CAR_M[0])
"""How far centres are apart when one is just in front of the other."""
_BESIDE_M = 0.5 * (LORRY_M[1] + CAR_M[1])


def lorry(motion: Motion) -> Actor:
    """Return who plays role a."""
    return Actor(object_id=0, motion=motion, road_user=RoadUser.TRUCK, size_m=LORRY_M)


def _passing(rng: np.random.Generator, *left_m: float) -> tuple[tuple[Actor, ...], float, float]:
    """Return a lorry and cars that pass it at these distances to its left, how fast, and when they are beside it."""
    speed, faster, beside = rng.uniform(3.0, 10.0), rng.uniform(4.0, 7.0), rng.uniform(5.0, 7.0)
    cars = [
        Actor(object_id=k, motion=Motion(x_m=-faster * beside, y_m=y_m, speed_mps=steady(speed + faster)))
        for k, y_m in enumerate(left_m, start=1)
    ]
    return (lorry(Motion(speed_mps=steady(speed))), *cars), faster, beside


def _distance_m(rng: np.random.Generator) -> Scene:
    # Three metres between the sides; four between the ends make five from corner to corner.
    actors, faster, beside = _passing(rng, _BESIDE_M + 3.0, -_BESIDE_M - 5.2, _BESIDE_M + 8.0)
    half_s = (_ALONG_M + 4.0) / faster
    plants = (Plant((0, 1), beside - half_s, beside + half_s),)
    return Scene(
        condition=bound("distance_m", "ab", at_most=5.0), actors=actors, plants=plants, classes=LORRY_AND_CAR
    )  # fmt: skip


def _centre_distance_m(rng: np.random.Generator) -> Scene:
    actors, faster, beside = _passing(rng, 6.0, -10.3)
    cars = tuple(Actor(object_id=one.object_id, motion=one.motion) for one in actors)
    plants = tuple(Plant(two, beside - 8.0 / faster, beside + 8.0 / faster) for two in ((0, 1), (1, 0)))
    return Scene(condition=bound("centre_distance_m", "ab", at_most=10.0), actors=cars, plants=plants)


def _ahead_m(rng: np.random.Generator) -> Scene:
    actors, faster, beside = _passing(rng, 4.0, -30.0)
    asked = rng.uniform(8.0, 18.0)
    slow = Actor(object_id=5, motion=Motion(x_m=asked - 0.5, y_m=-6.0, speed_mps=actors[0].motion.speed_mps))
    plants = tuple(Plant((0, one), beside + asked / faster, math.inf) for one in (1, 2))
    return Scene(
        condition=bound("ahead_m", "ab", at_least=asked), actors=(*actors, slow), plants=plants, classes=LORRY_AND_CAR
    )


def _left_m(rng: np.random.Generator) -> Scene:
    speed, start, drift = steady(rng.uniform(2.0, 9.0)), rng.uniform(1.0, 2.0), rng.uniform(1.0, 1.5)
    back = start + rng.uniform(3.5, 4.5)
    there = [
        ((0.0, 0.0), (start, 0.0), (start, drift), (back, drift), (back, -drift), (2 * back - start, -drift),
         (2 * back - start, 0.0)),
        pulse(start, start + 1.0, 1.0),
        pulse(start, back, -drift),
    ]  # fmt: skip
    cars = [
        Actor(object_id=k, motion=Motion(x_m=20.0 - 25.0 * k, y_m=3.5, speed_mps=speed, left_mps=drifts))
        for k, drifts in enumerate(there, start=1)
    ]
    asked_m = 5.0
    rises = (asked_m - 3.5) / drift
    plants = (Plant((0, 1), start + rises, 2 * back - start - rises),)
    return Scene(
        condition=bound("left_m", "ab", at_least=asked_m), actors=(lorry(Motion(speed_mps=speed)), *cars),
        plants=plants, classes=LORRY_AND_CAR,
    )  # fmt: skip


def _turning_car(object_id: int, yaw_rad: float, start_s: float, rate_radps: float, angle_rad: float) -> Actor:
    """Return a car that heads somewhere, then turns by an angle."""
    arc = (6.0 * abs(angle_rad / rate_radps), rate_radps / 6.0)
    motion = Motion(x_m=30.0, y_m=20.0 * object_id, yaw_rad=yaw_rad, speed_mps=steady(6.0),
                    pieces=((6.0 * start_s, 0.0), arc))  # fmt: skip
    return Actor(object_id=object_id, motion=motion)


def _heading_apart_rad(rng: np.random.Generator) -> Scene:
    start, rate = rng.uniform(1.0, 2.0), rng.uniform(0.4, 0.6)
    actors = (
        lorry(Motion(speed_mps=steady(5.0))),
        _turning_car(1, -1.6, start, rate, 1.5),
        _turning_car(2, 1.6, start, -rate, -1.0),
        _turning_car(3, 3.0, start, rate, 0.6),  # over the back: 3.6 rad is 2.7 the other way round
    )
    plants = (Plant((0, 1), start + 1.1 / rate, math.inf),)
    return Scene(
        condition=bound("heading_apart_rad", "ab", at_most=0.5), actors=actors, plants=plants, classes=LORRY_AND_CAR
    )


def _heading_left_rad(rng: np.random.Generator) -> Scene:
    start, rate = rng.uniform(1.0, 2.0), rng.uniform(0.4, 0.6)
    actors = (
        lorry(Motion(speed_mps=steady(5.0))),
        _turning_car(1, 0.0, start, rate, 1.2),
        _turning_car(2, 0.0, start, rate, 0.4),
        _turning_car(3, 0.0, start, -rate, -1.2),
        _turning_car(4, 2.5, start, rate, 1.5),  # turns on over the back and is then turned to the right
    )
    plants = (Plant((0, 1), start + 0.5 / rate, math.inf), Plant((0, 4), 0.0, start + (math.pi - 2.5) / rate))
    return Scene(
        condition=bound("heading_left_rad", "ab", at_least=0.5), actors=actors, plants=plants, classes=LORRY_AND_CAR
    )


def _bearing_rad(rng: np.random.Generator) -> Scene:
    actors, faster, beside = _passing(rng, 6.0, -6.0)
    stays = Actor(object_id=5, motion=Motion(x_m=20.0, y_m=20.0, speed_mps=actors[0].motion.speed_mps))
    low, high = 1.0, 2.2
    # At an angle from straight ahead, six metres to the left are 6 / tan(angle) ahead.
    plants = (Plant((0, 1), beside + 6.0 / math.tan(high) / faster, beside + 6.0 / math.tan(low) / faster),)
    return Scene(
        condition=bound("bearing_rad", "ab", at_least=low, at_most=high), actors=(*actors, stays), plants=plants,
        classes=LORRY_AND_CAR,
    )  # fmt: skip


def _closing_mps(rng: np.random.Generator) -> Scene:
    speed, start, brakes = rng.uniform(13.0, 16.0), rng.uniform(2.0, 4.0), rng.uniform(3.0, 5.0)
    goes = start + 7.0 / brakes + 1.0
    slower = changing(speed, (start, speed - 7.0, brakes), (goes, speed, 3.0))
    actors = (
        lorry(Motion(speed_mps=steady(speed))),
        Actor(object_id=1, motion=Motion(x_m=60.0, speed_mps=slower)),
        Actor(object_id=2, motion=Motion(x_m=150.0, speed_mps=steady(speed - 4.7))),
        Actor(object_id=3, motion=Motion(x_m=-40.0, speed_mps=steady(speed - 8.0))),
    )
    plants = (Plant((0, 1), start + 5.0 / brakes, goes + 2.0 / 3.0),)
    return Scene(
        condition=bound("closing_mps", "ab", at_least=5.0), actors=actors, plants=plants, classes=LORRY_AND_CAR
    )


def _faster_mps(rng: np.random.Generator) -> Scene:
    speed, start, brakes = rng.uniform(10.0, 14.0), rng.uniform(2.0, 4.0), rng.uniform(3.0, 5.0)
    goes = start + 6.0 / brakes + 1.0
    slower = changing(speed, (start, speed - 6.0, brakes), (goes, speed, 3.0))
    actors = (
        lorry(Motion(speed_mps=steady(speed))),
        Actor(object_id=1, motion=Motion(y_m=20.0, yaw_rad=float(rng.uniform(-3.0, 3.0)), speed_mps=slower)),
        Actor(object_id=2, motion=Motion(y_m=-20.0, yaw_rad=2.0, speed_mps=steady(speed - 3.8))),
        Actor(object_id=3, motion=Motion(y_m=-20.0, speed_mps=steady(speed + 6.0))),
    )
    plants = (Plant((0, 1), start + 4.0 / brakes, goes + 2.0 / 3.0),)
    return Scene(condition=bound("faster_mps", "ab", at_least=4.0), actors=actors, plants=plants, classes=LORRY_AND_CAR)


def _touches(rng: np.random.Generator) -> Scene:
    actors, faster, beside = _passing(rng, _BESIDE_M - 0.4, _BESIDE_M + 0.25)
    across, crosses = rng.uniform(2.0, 3.0), rng.uniform(3.0, 9.0)
    speed = actors[0].motion.speed_mps[0][1]
    # It comes from the right across the way of the lorry and drifts along with it.
    from_right = Motion(
        x_m=1.0, y_m=-across * crosses, yaw_rad=0.5 * math.pi, speed_mps=steady(across), left_mps=steady(-speed)
    )
    plants = (
        Plant((0, 1), beside - _ALONG_M / faster, beside + _ALONG_M / faster),
        Plant(
            (0, 5),
            crosses - 0.5 * (LORRY_M[1] + CAR_M[0]) / across,
            crosses + 0.5 * (LORRY_M[1] + CAR_M[0]) / across,
        ),
    )
    return Scene(
        condition=fact("touches", "ab"), actors=(*actors, Actor(object_id=5, motion=from_right)), plants=plants,
        classes=LORRY_AND_CAR,
    )  # fmt: skip


TWO_USERS = MappingProxyType(
    {
        "distance_m": _distance_m,
        "centre_distance_m": _centre_distance_m,
        "ahead_m": _ahead_m,
        "left_m": _left_m,
        "heading_apart_rad": _heading_apart_rad,
        "heading_left_rad": _heading_left_rad,
        "bearing_rad": _bearing_rad,
        "closing_mps": _closing_mps,
        "faster_mps": _faster_mps,
        "touches": _touches,
    }
)
"""Makes scenes for measures of two without a map."""
