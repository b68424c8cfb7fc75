"""How near two come to a collision, planted: a lorry behind cars, and paths that cross."""

from __future__ import annotations

import math
from types import MappingProxyType

import numpy as np

from zhixing.datatypes.conditions import Compare
from zhixing.datatypes.tracks import RoadUser
from zhixing.runtime.bench.dataloop.planted.moves import Motion, changing, steady
from zhixing.runtime.bench.dataloop.planted.scenes import CAR_M, Actor, Plant, Scene, bound
from zhixing.runtime.bench.dataloop.planted.two_users import LORRY_AND_CAR, LORRY_M, lorry

_ALONG_M = 0.5 * (LORRY_M[0] + CAR_M[0])
_NORTH = 0.5 * math.pi


def behind(
    rng: np.random.Generator, condition: Compare, gap_m: float, closing_mps: float, less_m: float, speed_mps: float,
    spare: float = 0.1,
) -> Scene:  # fmt: skip
    """Return a scene in which the gap of a lorry to a car shrinks steadily to something less, and then stays.

    A second car is as near on the next lane, a third behind, a fourth ahead and opens the gap. Far aside another
    lorry comes not quite so near to a car.

    Args:
        rng: Where chance comes from.
        condition: What holds from the gap on until the end of the closing.
        gap_m: Up to which gap the condition holds.
        closing_mps: How fast it closes.
        less_m: How much smaller the gap still gets.
        speed_mps: Of the lorry.
        spare: How much larger the gap of the other lorry stays, as a share of that gap.
    """
    start = rng.uniform(2.5, 4.0)
    end = start + less_m / closing_mps
    front_m = _ALONG_M + gap_m + closing_mps * start
    slower = changing(speed_mps - closing_mps, (end, speed_mps, 1000.0))
    cars = (
        Actor(object_id=1, motion=Motion(x_m=front_m, y_m=0.6, speed_mps=slower)),
        Actor(object_id=2, motion=Motion(x_m=front_m, y_m=3.5, speed_mps=slower)),
        Actor(object_id=3, motion=Motion(x_m=-_ALONG_M - 3.0, speed_mps=steady(speed_mps))),
        Actor(object_id=4, motion=Motion(x_m=front_m + 40.0, y_m=-0.5, speed_mps=steady(speed_mps + 2.0))),
    )
    stays = condition.measure in {"gap_ahead_m", "headway_s", "stopping_share", "rss_margin_m"}
    plants = (Plant((0, 1), start, math.inf if stays else end),)
    # Far aside the gap of another lorry shrinks to somewhat more than what is asked for.
    missed = changing(speed_mps - closing_mps, (start - spare * gap_m / closing_mps, speed_mps, 1000.0))
    another = Actor(
        object_id=5, motion=Motion(y_m=60.0, speed_mps=steady(speed_mps)), road_user=RoadUser.TRUCK, size_m=LORRY_M
    )
    ahead = Actor(object_id=6, motion=Motion(x_m=front_m, y_m=60.0, speed_mps=missed))
    actors = (lorry(Motion(speed_mps=steady(speed_mps))), *cars, another, ahead)
    return Scene(condition=condition, actors=actors, plants=plants, classes=LORRY_AND_CAR)


def _gap_ahead_m(rng: np.random.Generator) -> Scene:
    asked = rng.uniform(8.0, 20.0)
    return behind(rng, bound("gap_ahead_m", "ab", at_most=asked), asked, rng.uniform(2.0, 4.0), 5.0, 12.0)


def _headway_s(rng: np.random.Generator) -> Scene:
    asked, speed = rng.uniform(0.8, 1.5), rng.uniform(10.0, 16.0)
    return behind(rng, bound("headway_s", "ab", at_most=asked), asked * speed, rng.uniform(2.0, 4.0), 5.0, speed)


def _ttc_ahead_s(rng: np.random.Generator) -> Scene:
    asked, closing = rng.uniform(2.5, 3.5), rng.uniform(4.0, 7.0)
    return behind(
        rng, bound("ttc_ahead_s", "ab", at_most=asked), asked * closing, closing, (asked - 0.4) * closing, 14.0
    )


def _needed_decel_mps2(rng: np.random.Generator) -> Scene:
    asked, closing = rng.uniform(1.2, 2.0), rng.uniform(7.0, 9.0)
    # To lose all of the closing speed on the gap takes closing² / (2 gap).
    gap = closing * closing / (2.0 * asked)
    return behind(rng, bound("needed_decel_mps2", "ab", at_least=asked), gap, closing, gap - 1.0, 16.0)


def _brake_threat_share(rng: np.random.Generator) -> Scene:
    asked, closing = rng.uniform(0.2, 0.3), rng.uniform(7.0, 9.0)
    gap = closing * closing / (2.0 * 8.0 * asked)
    return behind(rng, bound("brake_threat_share", "ab", at_least=asked), gap, closing, gap - 1.0, 16.0)


def _crossing(object_id: int, passes_s: float, speed_mps: float) -> Actor:
    """Return a car that drives north over the origin at some time."""
    motion = Motion(y_m=-speed_mps * passes_s, yaw_rad=_NORTH, speed_mps=steady(speed_mps))
    return Actor(object_id=object_id, motion=motion)


def _ttc_s(rng: np.random.Generator) -> Scene:
    asked, meets = rng.uniform(1.5, 2.5), rng.uniform(5.0, 7.0)
    speed, other = rng.uniform(6.0, 10.0), rng.uniform(6.0, 10.0)
    along_m, across_m = 0.5 * (LORRY_M[0] + CAR_M[1]), 0.5 * (LORRY_M[1] + CAR_M[0])
    # Boxes overlap while they do so in both directions, around the moment at which the centres meet.
    half_s = min(along_m / speed, across_m / other)
    late_s = along_m / speed + across_m / other + 0.15
    actors = (
        lorry(Motion(x_m=-speed * meets, speed_mps=steady(speed))),
        _crossing(1, meets, other),
        _crossing(2, meets + late_s, other),
        Actor(object_id=3, motion=Motion(x_m=-speed * meets - 40.0, speed_mps=steady(speed))),
    )
    plants = (Plant((0, 1), meets - half_s - asked, meets + half_s),)
    return Scene(condition=bound("ttc_s", "ab", at_most=asked), actors=actors, plants=plants, classes=LORRY_AND_CAR)


def _pet_s(rng: np.random.Generator) -> Scene:
    asked, passes, speed, other = 3.5, rng.uniform(3.0, 4.0), rng.uniform(5.0, 7.0), rng.uniform(5.0, 9.0)
    # The lorry covers the way of the others for so long before and after its centre is there.
    covers_s = 0.5 * (LORRY_M[0] + CAR_M[1]) / speed
    comes_s = 0.5 * (LORRY_M[1] + CAR_M[0]) / other
    after = passes + covers_s + rng.uniform(0.5, 1.0)
    actors = (
        lorry(Motion(x_m=-speed * passes, speed_mps=steady(speed))),
        _crossing(1, after + comes_s, other),
        _crossing(2, passes + covers_s + asked + 0.4 + comes_s, other),
        Actor(object_id=3, motion=Motion(x_m=-speed * passes - 15.0, speed_mps=steady(speed))),
        _crossing(4, passes - covers_s - comes_s - 0.5, other),
    )
    first = max(passes - covers_s, after - asked)
    plants = (Plant((0, 1), first, passes + covers_s),)
    return Scene(condition=bound("pet_s", "ab", at_most=asked), actors=actors, plants=plants, classes=LORRY_AND_CAR)


def _meeting(rng: np.random.Generator, *miss_m: float) -> tuple[tuple[Actor, ...], float, float]:
    """Return a lorry and cars that pass its centre at these distances, their speed seen from it, and when they do."""
    speed, apart, relative, nearest = (
        rng.uniform(4.0, 9.0), rng.uniform(-2.5, 2.5), rng.uniform(6.0, 10.0), rng.uniform(5.0, 6.5),
    )  # fmt: skip
    c, s = math.cos(apart), math.sin(apart)
    vx, vy = speed + relative * c, relative * s
    cars = [
        Actor(
            object_id=k,
            motion=Motion(
                x_m=-relative * nearest * c - miss * s,
                y_m=-relative * nearest * s + miss * c,
                yaw_rad=math.atan2(vy, vx),
                speed_mps=steady(math.hypot(vx, vy)),
            ),
        )
        for k, miss in enumerate(miss_m, start=1)
    ]
    return (lorry(Motion(speed_mps=steady(speed))), *cars), relative, nearest


def _closest_m(rng: np.random.Generator) -> Scene:
    actors, relative, nearest = _meeting(rng, 3.0, -6.5, 12.0)
    # After the encounter they part, and are as near as they get now: five metres after four of the way.
    plants = (Plant((0, 1), 0.0, nearest + 4.0 / relative),)
    return Scene(condition=bound("closest_m", "ab", at_most=5.0), actors=actors, plants=plants, classes=LORRY_AND_CAR)


def _closest_in_s(rng: np.random.Generator) -> Scene:
    actors, _, nearest = _meeting(rng, 3.0, -6.5)
    gone = Actor(object_id=5, motion=Motion(x_m=-20.0, speed_mps=steady(1.0)))
    plants = tuple(Plant((0, one), nearest - 3.5, nearest - 1.0) for one in (1, 2))
    return Scene(
        condition=bound("closest_in_s", "ab", at_least=1.0, at_most=3.5), actors=(*actors, gone), plants=plants,
        classes=LORRY_AND_CAR,
    )  # fmt: skip


CONFLICTS = MappingProxyType(
    {
        "gap_ahead_m": _gap_ahead_m,
        "headway_s": _headway_s,
        "ttc_ahead_s": _ttc_ahead_s,
        "needed_decel_mps2": _needed_decel_mps2,
        "brake_threat_share": _brake_threat_share,
        "ttc_s": _ttc_s,
        "pet_s": _pet_s,
        "closest_m": _closest_m,
        "closest_in_s": _closest_in_s,
    }
)
"""Makes scenes for measures of how near a collision is."""
