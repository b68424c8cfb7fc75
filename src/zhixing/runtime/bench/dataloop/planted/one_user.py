"""What one does alone, planted."""

from __future__ import annotations

import math
from types import MappingProxyType

import numpy as np

from zhixing.datatypes.tracks import RoadUser
from zhixing.runtime.bench.dataloop.planted.moves import Knots, Motion, changing, pulse, steady
from zhixing.runtime.bench.dataloop.planted.scenes import Actor, Plant, Scene, bound, fact

_CRUISE = Motion(y_m=-12.0, speed_mps=steady(8.0))


def _straight(object_id: int, speed_mps: Knots, left_mps: Knots = ((0.0, 0.0),)) -> Actor:
    """Return a car on a straight way of its own."""
    return Actor(object_id=object_id, motion=Motion(y_m=6.0 * object_id, speed_mps=speed_mps, left_mps=left_mps))


def _turner(object_id: int, speed_mps: float, start_s: float, rate_radps: float, angle_rad: float) -> Actor:
    """Return a car that turns by an angle at a rate from some time on, left positive."""
    arc = (speed_mps * abs(angle_rad / rate_radps), rate_radps / speed_mps)
    pieces = ((speed_mps * start_s, 0.0), arc)
    return Actor(object_id=object_id, motion=Motion(speed_mps=steady(speed_mps), pieces=pieces))


def _both(start_s: float, end_s: float) -> tuple[Plant, ...]:
    """Return that it holds for the first and the fourth; the fourth only just does, and the second only just not."""
    return Plant((1,), start_s, end_s), Plant((4,), start_s, end_s)


def _is_there(rng: np.random.Generator) -> Scene:
    first = (rng.uniform(0.5, 1.5), rng.uniform(3.5, 4.5))
    second = (rng.uniform(6.0, 7.0), rng.uniform(9.0, 11.0))
    actors = (
        Actor(object_id=1, motion=_CRUISE, there_s=(first, second)),
        Actor(object_id=2, motion=_CRUISE, there_s=((second[0], math.inf),)),
        Actor(object_id=3, motion=_CRUISE, road_user=RoadUser.BUS),
    )
    plants = (Plant((1,), *first), Plant((1,), *second), Plant((2,), second[0], math.inf))
    return Scene(condition=fact("is_there"), actors=actors, plants=plants)


def _seen_for_s(rng: np.random.Generator) -> Scene:
    start, since = rng.uniform(0.5, 2.0), rng.uniform(3.0, 5.0)
    end = start + since + rng.uniform(2.0, 4.0)
    actors = (
        Actor(object_id=1, motion=_CRUISE, there_s=((start, end),)),
        Actor(object_id=2, motion=_CRUISE, there_s=((start, start + since - 0.4),)),
        Actor(object_id=3, motion=_CRUISE, there_s=((start, start + 1.0), (start + 2.0, end))),
    )
    plants = tuple(Plant((one,), start + since, end) for one in (1, 3))
    return Scene(condition=bound("seen_for_s", at_least=since), actors=actors, plants=plants)


def _size(measure: str, column: int) -> Scene:
    low = 6.0 if column == 0 else 1.6
    sizes = [[4.5, 1.5], [4.5, 1.5], [4.5, 1.5]]
    for size, value in zip(sizes, (low + 0.05, low - 0.05, low + 2.0), strict=True):
        size[column] = value
    actors = tuple(
        Actor(object_id=k, motion=_CRUISE, size_m=(length, width)) for k, (length, width) in enumerate(sizes, start=1)
    )
    plants = (Plant((1,), 0.0, math.inf), Plant((3,), 0.0, math.inf))
    return Scene(condition=bound(measure, at_least=low), actors=actors, plants=plants, duration_s=4.0)


def _speed_mps(rng: np.random.Generator) -> Scene:
    limit, gain, start = rng.uniform(8.0, 18.0), rng.uniform(1.5, 3.0), rng.uniform(1.0, 3.0)
    stays = start + 6.0 / gain + rng.uniform(1.0, 2.0)
    fast = changing(limit - 3.0, (start, limit + 3.0, gain), (stays, limit - 3.0, gain))
    actors = (
        _straight(1, fast),
        _straight(2, changing(limit - 3.0, (start, limit - 0.3, gain))),
        _straight(3, steady(-limit - 2.0)),
    )
    plants = (Plant((1,), start + 3.0 / gain, stays + 3.0 / gain),)
    return Scene(condition=bound("speed_mps", at_least=limit), actors=actors, plants=plants, duration_s=14.0)


def _is_standing(rng: np.random.Generator) -> Scene:
    speed, brakes, start = rng.uniform(5.0, 9.0), rng.uniform(2.5, 4.0), rng.uniform(0.5, 1.5)
    stopped = start + speed / brakes
    goes = stopped + rng.uniform(2.0, 4.0)
    stops = changing(speed, (start, 0.0, brakes), (goes, speed, 2.0))
    actors = (
        _straight(1, stops),
        _straight(2, changing(speed, (start, 0.5, brakes))),
        _straight(3, steady(-0.6)),
        _straight(4, steady(0.0)),
    )
    plants = (Plant((1,), stopped - 0.3 / brakes, goes + 0.3 / 2.0), Plant((4,), 0.0, math.inf))
    return Scene(condition=fact("is_standing"), actors=actors, plants=plants)


def _accel_mps2(rng: np.random.Generator) -> Scene:
    brakes, start, lasts = rng.uniform(4.5, 6.0), rng.uniform(1.5, 4.0), rng.uniform(2.0, 3.0)
    hard = changing(20.0, (start, 20.0 - brakes * lasts, brakes))
    actors = (
        _straight(1, hard),
        _straight(2, changing(20.0, (start, 20.0 - 2.6 * lasts, 2.6))),
        _straight(3, changing(2.0, (start, 2.0 + brakes * lasts, brakes))),
        _straight(4, changing(20.0, (start, 20.0 - 3.4 * lasts, 3.4))),
    )
    return Scene(condition=bound("accel_mps2", at_most=-3.0), actors=actors, plants=_both(start, start + lasts))


def _jerk_mps3(rng: np.random.Generator) -> Scene:
    start, size = rng.uniform(4.5, 5.5), rng.uniform(1.0, 1.3)

    def swing(scale: float) -> Knots:
        """Return speeds whose rate falls by 0.5 m/s³ for four seconds, rises by 2 for two, and falls again."""
        time_s = np.linspace(0.0, 13.0, 1301)
        rate = np.interp(time_s, (start - 4.0, start, start + 2.0, start + 6.0), (0.0, -2.0, 2.0, 0.0))
        speed = 15.0 + np.concatenate(([0.0], np.cumsum(0.005 * (rate[1:] + rate[:-1]))))
        return tuple(zip(time_s.tolist(), (15.0 + scale * (speed - 15.0)).tolist(), strict=True))

    actors = (_straight(1, swing(size)), _straight(2, swing(0.2)), _straight(3, swing(-size)))
    # What falls with -size rises by half a metre per second cubed around, which is less than is asked for.
    return Scene(
        condition=bound("jerk_mps3", at_least=0.9), actors=actors, plants=(Plant((1,), start, start + 2.0),),
        duration_s=13.0, least_hz=10.0,
    )  # fmt: skip


def _sideways_mps(rng: np.random.Generator) -> Scene:
    start, end, drift = rng.uniform(1.5, 3.0), rng.uniform(5.0, 7.0), rng.uniform(0.9, 1.4)
    actors = tuple(
        _straight(k, steady(8.0), pulse(start, end, height))
        for k, height in enumerate((drift, 0.42, -drift, 0.58), start=1)
    )
    return Scene(condition=bound("sideways_mps", at_least=0.5), actors=actors, plants=_both(start, end))


def _yaw_rate_radps(rng: np.random.Generator) -> Scene:
    start, lasts, rate = rng.uniform(2.0, 4.0), rng.uniform(2.2, 3.5), rng.uniform(0.35, 0.5)
    actors = tuple(
        _turner(k, 8.0, start, one, one * lasts) for k, one in enumerate((rate, 0.17, -rate, 0.23), start=1)
    )  # fmt: skip
    return Scene(condition=bound("yaw_rate_radps", at_least=0.2), actors=actors, plants=_both(start, start + lasts))


def _turned_rad(rng: np.random.Generator) -> Scene:
    asked, rate, start = float(rng.choice([1.2, 4.2])), rng.uniform(0.5, 0.7), rng.uniform(0.5, 1.5)
    late = _turner(4, 6.0, 0.5, rate, asked + 0.3)
    actors = (
        _turner(1, 6.0, start, rate, asked + 0.4),
        _turner(2, 6.0, start, rate, asked - 0.1),
        _turner(3, 6.0, start, -rate, -asked - 0.5),
        Actor(object_id=4, motion=late.motion, there_s=((0.5 + 0.5 / rate, math.inf),)),
    )
    plants = (Plant((1,), start + asked / rate, math.inf),)
    return Scene(condition=bound("turned_rad", at_least=asked), actors=actors, plants=plants, duration_s=14.0)


def _turned_lately_rad(rng: np.random.Generator) -> Scene:
    rate, start = rng.uniform(0.5, 0.7), rng.uniform(0.5, 1.5)
    angle, asked = 0.5 * math.pi, 1.2
    actors = (
        _turner(1, 6.0, start, rate, angle),
        _turner(2, 6.0, start, 0.13, 2.0),
        _turner(3, 6.0, start, -rate, -angle),
    )
    # Eight seconds after the first part of the turn is over too little of it is left.
    plants = (Plant((1,), start + asked / rate, start + (angle - asked) / rate + 8.0),)
    return Scene(condition=bound("turned_lately_rad", at_least=asked), actors=actors, plants=plants, duration_s=16.0)


def _lateral_accel_mps2(rng: np.random.Generator) -> Scene:
    start, lasts, speed = rng.uniform(2.0, 4.0), rng.uniform(2.2, 3.5), rng.uniform(9.0, 12.0)
    actors = tuple(
        _turner(k, speed, start, pull / speed, lasts * pull / speed)
        for k, pull in enumerate((4.0, 1.7, -4.0, 2.3), start=1)
    )
    return Scene(condition=bound("lateral_accel_mps2", at_least=2.0), actors=actors, plants=_both(start, start + lasts))


def _lateral_jerk_mps3(rng: np.random.Generator) -> Scene:
    start, gain, bend = rng.uniform(2.5, 4.0), rng.uniform(2.8, 3.2), 0.05

    def bends(object_id: int, rate: float, curvature: float) -> Actor:
        """Return a car that speeds up from 8 to 14 m/s in a bend: what pulls it aside grows by 2 v a times the bend."""
        motion = Motion(
            y_m=300.0 * object_id, speed_mps=changing(8.0, (start, 14.0, rate)), pieces=((600.0, curvature),)
        )
        return Actor(object_id=object_id, motion=motion)

    actors = (bends(1, gain, bend), bends(2, 0.4, bend), bends(3, gain, -bend))
    return Scene(
        condition=bound("lateral_jerk_mps3", at_least=1.1), actors=actors,
        plants=(Plant((1,), start, start + 6.0 / gain),), least_hz=10.0,
    )  # fmt: skip


def _stopping_m(rng: np.random.Generator) -> Scene:
    limit, gain, start = rng.uniform(8.0, 18.0), rng.uniform(1.5, 3.0), rng.uniform(1.0, 3.0)
    stays = start + 6.0 / gain + rng.uniform(1.0, 2.0)
    fast = changing(limit - 3.0, (start, limit + 3.0, gain), (stays, limit - 3.0, gain))
    actors = (_straight(1, fast), _straight(2, changing(limit - 3.0, (start, limit - 0.3, gain))))
    plants = (Plant((1,), start + 3.0 / gain, stays + 3.0 / gain),)
    condition = bound("stopping_m", at_least=limit * limit / 16.0)
    return Scene(condition=condition, actors=actors, plants=plants, duration_s=14.0)


def _travelled_m(rng: np.random.Generator) -> Scene:
    asked, speed, since = rng.uniform(25.0, 40.0), rng.uniform(5.0, 8.0), rng.uniform(0.5, 2.0)
    round_about = Motion(speed_mps=steady(speed), pieces=((200.0, 0.1),))
    stops = changing(speed, ((asked - 2.0 - speed * speed / 4.0) / speed, 0.0, 2.0))
    actors = (
        Actor(object_id=1, motion=_straight(1, steady(speed)).motion, there_s=((since, math.inf),)),
        Actor(object_id=2, motion=round_about, there_s=((0.0, math.inf),)),
        _straight(3, stops),
    )
    plants = (Plant((1,), since + asked / speed, math.inf), Plant((2,), asked / speed, math.inf))
    return Scene(condition=bound("travelled_m", at_least=asked), actors=actors, plants=plants, duration_s=15.0)


ONE_USER = MappingProxyType(
    {
        "is_there": _is_there,
        "seen_for_s": _seen_for_s,
        "length_m": lambda _: _size("length_m", 0),
        "width_m": lambda _: _size("width_m", 1),
        "speed_mps": _speed_mps,
        "is_standing": _is_standing,
        "accel_mps2": _accel_mps2,
        "jerk_mps3": _jerk_mps3,
        "sideways_mps": _sideways_mps,
        "yaw_rate_radps": _yaw_rate_radps,
        "turned_rad": _turned_rad,
        "turned_lately_rad": _turned_lately_rad,
        "lateral_accel_mps2": _lateral_accel_mps2,
        "lateral_jerk_mps3": _lateral_jerk_mps3,
        "stopping_m": _stopping_m,
        "travelled_m": _travelled_m,
    }
)
"""Makes scenes for measures of one without a map."""
