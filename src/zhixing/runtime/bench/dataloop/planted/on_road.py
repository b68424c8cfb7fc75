"""Where one is on the map, planted."""

from __future__ import annotations

import math
from types import MappingProxyType

import numpy as np

from zhixing.datatypes.tracks import RoadUser
from zhixing.runtime.bench.dataloop.planted.moves import Knots, Motion, changing, pulse, steady
from zhixing.runtime.bench.dataloop.planted.roads import (
    AVENUE_END_M,
    LIMIT_MPS,
    NARROW_M,
    WIDE_M,
    WIDENS_M,
    avenue,
    mixed_street,
    plaza,
    widening,
)
from zhixing.runtime.bench.dataloop.planted.scenes import CAR_M, Actor, Plant, Scene, bound, fact

_WEST = math.pi
_STEADY = ((0.0, 0.0),)


def on_street(
    object_id: int, x_m: float, y_m: float, speed_mps: Knots, *, yaw_rad: float = 0.0, left_mps: Knots = _STEADY
) -> Actor:
    """Return a car on a straight way."""
    motion = Motion(x_m=x_m, y_m=y_m, yaw_rad=yaw_rad, speed_mps=speed_mps, left_mps=left_mps)
    return Actor(object_id=object_id, motion=motion)


def _is_on(measure: str, rng: np.random.Generator, high_m: float, low_m: float, beside_m: float) -> Scene:
    """Return a scene in which somebody crosses a lane from high to low, and somebody goes along just beside it."""
    speed, starts = rng.uniform(0.8, 1.3), rng.uniform(6.0, 7.0)
    crosses = on_street(1, 10.0, starts, steady(speed), yaw_rad=-0.5 * math.pi)
    stops_m = starts - high_m - 0.3
    near = on_street(
        2, 20.0, starts, changing(speed, ((stops_m - speed * speed / 4.0) / speed, 0.0, 2.0)), yaw_rad=-0.5 * math.pi
    )
    along = on_street(3, -20.0, beside_m, steady(4.0))
    plants = (Plant((1,), (starts - high_m) / speed, (starts - low_m) / speed),)
    return Scene(
        condition=fact(measure), actors=(crosses, near, along), plants=plants, road=mixed_street(), duration_s=20.0
    )


def _is_on_crossing(rng: np.random.Generator) -> Scene:
    speed, starts = rng.uniform(1.0, 2.0), rng.uniform(40.0, 44.0)
    walks = on_street(1, starts, float(rng.uniform(-5.0, 1.0)), steady(speed))
    stops = on_street(2, 47.0, 0.0, steady(0.0))
    beyond = on_street(3, starts, 3.0, steady(speed))
    plants = (Plant((1,), (48.0 - starts) / speed, (52.0 - starts) / speed),)
    return Scene(
        condition=fact("is_on_crossing"), actors=(walks, stops, beyond), plants=plants, road=mixed_street(),
        duration_s=15.0,
    )  # fmt: skip


def _is_beside_lanes(rng: np.random.Generator) -> Scene:
    start, drift = rng.uniform(2.0, 4.0), rng.uniform(0.7, 1.2)
    parks = on_street(1, 0.0, 0.0, steady(3.0), left_mps=pulse(start, start + 2.8 / drift, drift))
    near = on_street(2, 30.0, 0.0, steady(3.0), left_mps=pulse(start, start + 1.4 / drift, drift))
    off = on_street(3, 0.0, 5.0, steady(3.0))
    plants = (Plant((1,), start + 1.75 / drift, math.inf),)
    return Scene(
        condition=fact("is_beside_lanes"), actors=(parks, near, off), plants=plants, road=mixed_street()
    )  # fmt: skip


def _crossing_m(rng: np.random.Generator) -> Scene:
    speed, starts, asked = rng.uniform(4.0, 7.0), rng.uniform(10.0, 25.0), rng.uniform(3.0, 8.0)
    passes = on_street(1, starts, 0.0, steady(speed))
    stops = on_street(2, 48.0 - asked - 0.5, 0.0, steady(0.0))
    plants = (Plant((1,), (48.0 - asked - starts) / speed, (52.0 + asked - starts) / speed),)
    return Scene(
        condition=bound("crossing_m", at_most=asked), actors=(passes, stops), plants=plants, road=mixed_street(),
        duration_s=15.0,
    )  # fmt: skip


def _crossing_in_s(rng: np.random.Generator) -> Scene:
    speed, starts, asked = rng.uniform(4.0, 7.0), rng.uniform(-5.0, 5.0), rng.uniform(2.0, 4.0)
    passes = on_street(1, starts, 0.0, steady(speed))
    stops = on_street(2, 47.0, 0.0, steady(0.0))
    leaves = on_street(3, 54.0, 0.0, steady(speed))
    plants = (Plant((1,), (48.0 - starts) / speed - asked, (52.0 - starts) / speed),)
    return Scene(
        condition=bound("crossing_in_s", at_most=asked), actors=(passes, stops, leaves), plants=plants,
        road=mixed_street(), duration_s=15.0,
    )  # fmt: skip


def _lane_offset_m(rng: np.random.Generator) -> Scene:
    start, drift, lasts = rng.uniform(1.0, 2.0), rng.uniform(0.5, 0.9), rng.uniform(2.0, 3.0)
    there = 1.2 / drift
    back = start + there + lasts
    away: Knots = ((0.0, 0.0), (start, 0.0), (start, drift), (start + there, drift), (start + there, 0.0),
                   (back, 0.0), (back, -drift), (back + there, -drift), (back + there, 0.0))  # fmt: skip
    rises = 0.7 / drift
    actors = (
        on_street(1, -80.0, 0.0, steady(10.0), left_mps=away),
        on_street(2, -60.0, 0.55, steady(10.0)),
        on_street(3, -40.0, -1.2, steady(10.0)),
        on_street(4, 200.0, 7.0, steady(10.0), yaw_rad=_WEST, left_mps=away),
    )
    plants = tuple(Plant((one,), start + rises, back + there - rises) for one in (1, 4))
    return Scene(condition=bound("lane_offset_m", at_least=0.7), actors=actors, plants=plants, road=avenue())


def _lane_width_m(rng: np.random.Generator) -> Scene:
    speed, starts, asked = rng.uniform(5.0, 9.0), rng.uniform(-30.0, -10.0), rng.uniform(2.8, 3.1)
    wide_m = WIDENS_M * (asked - NARROW_M) / (WIDE_M - NARROW_M)
    actors = (on_street(1, starts, 0.3, steady(speed)), on_street(2, starts, 20.0, steady(speed)))
    plants = (Plant((1,), 0.0, (wide_m - starts) / speed),)
    return Scene(condition=bound("lane_width_m", at_most=asked), actors=actors, plants=plants, road=widening())


def _lane_apart_rad(rng: np.random.Generator) -> Scene:
    speed, rate, start, lasts = 2.0, rng.uniform(0.4, 0.5), rng.uniform(2.0, 3.0), rng.uniform(0.6, 1.0)

    def swerve(object_id: int, y_m: float, angle_rad: float) -> Actor:
        """Return a car that turns to an angle to the left, holds it, and turns back."""
        turn_m, bends = speed * abs(angle_rad) / rate, math.copysign(rate / speed, angle_rad)
        pieces = ((speed * start, 0.0), (turn_m, bends), (speed * lasts, 0.0), (turn_m, -bends))
        return Actor(object_id=object_id, motion=Motion(y_m=y_m, speed_mps=steady(speed), pieces=pieces))

    angle, asked = 0.7, 0.4
    over = (start + asked / rate, start + (2.0 * angle - asked) / rate + lasts)
    actors = (
        swerve(1, -2.0, angle),
        swerve(2, 2.0, -angle),
        swerve(3, -2.0, 0.34),
        on_street(4, 30.0, 1.0, steady(0.0), yaw_rad=_WEST),
    )
    plants = (Plant((1,), *over), Plant((2,), *over), Plant((4,), 0.0, math.inf))
    return Scene(condition=bound("lane_apart_rad", at_least=asked), actors=actors, plants=plants, road=plaza())


def _lane_sideways_mps(rng: np.random.Generator) -> Scene:
    start, drift = rng.uniform(2.0, 6.0), rng.uniform(0.9, 1.1)
    end = start + 2.2
    heights = (drift, 0.42, -drift)
    actors = [
        on_street(k, -20.0 * k, y_m, steady(8.0), left_mps=pulse(start, end, height))
        for k, (height, y_m) in enumerate(zip(heights, (0.0, 0.0, 3.5), strict=True), start=1)
    ]
    actors.append(on_street(4, 100.0, 8.2, steady(8.0), yaw_rad=_WEST, left_mps=pulse(start, end, drift)))
    plants = (Plant((1,), start, end), Plant((4,), start, end))
    return Scene(condition=bound("lane_sideways_mps", at_least=0.5), actors=tuple(actors), plants=plants, road=avenue())


def _is_wrong_way(rng: np.random.Generator) -> Scene:
    start, lasts, gain = rng.uniform(1.5, 3.0), rng.uniform(3.0, 5.0), rng.uniform(2.0, 4.0)
    drives = changing(0.0, (start, 6.0, gain), (start + lasts, 0.0, gain))
    actors = (
        on_street(1, 40.0, 0.0, drives, yaw_rad=_WEST),
        on_street(2, -60.0, 3.5, steady(-3.0)),  # in reverse
        on_street(3, 20.0, 3.5, steady(0.0), yaw_rad=_WEST),
        on_street(4, 100.0, 7.0, steady(8.0), yaw_rad=_WEST),
        on_street(5, 10.0, 7.0, steady(5.0)),
    )
    slow_s = 0.3 / gain
    plants = (
        Plant((1,), start + slow_s, start + lasts + 6.0 / gain - slow_s),
        Plant((5,), 0.0, math.inf),
    )
    return Scene(condition=fact("is_wrong_way"), actors=actors, plants=plants, road=avenue())


def _over_limit_mps(rng: np.random.Generator) -> Scene:
    over, gain, start = rng.uniform(1.0, 3.0), rng.uniform(1.5, 3.0), rng.uniform(1.0, 2.0)
    asked = LIMIT_MPS + over
    stays = start + 6.0 / gain + rng.uniform(1.0, 2.0)
    fast = changing(asked - 3.0, (start, asked + 3.0, gain), (stays, asked - 3.0, gain))
    actors = (
        on_street(1, -140.0, 0.0, fast),
        on_street(2, -100.0, 3.5, changing(asked - 3.0, (start, asked - 0.3, gain))),
        on_street(3, 0.0, 30.0, steady(asked + 3.0)),  # where no lane is
    )
    plants = (Plant((1,), start + 3.0 / gain, stays + 3.0 / gain),)
    return Scene(condition=bound("over_limit_mps", at_least=over), actors=actors, plants=plants, road=avenue())


def _changes_lane(measure: str, rng: np.random.Generator, *, left: bool) -> Scene:
    start, drift = rng.uniform(2.0, 5.0), rng.uniform(0.8, 1.6) * (1.0 if left else -1.0)
    side, lasts = math.copysign(1.0, drift), 3.5 / abs(drift)
    first, last = (0.0, 3.5) if left else (3.5, 0.0)
    back: Knots = ((0.0, 0.0), (start, 0.0), (start, side), (start + 1.5, side), (start + 1.5, -side),
                   (start + 3.0, -side), (start + 3.0, 0.0))  # fmt: skip
    actors = (
        on_street(1, -60.0, first, steady(10.0), left_mps=pulse(start, start + lasts, drift)),
        on_street(2, -90.0, last, steady(10.0), left_mps=pulse(start, start + lasts, -drift)),
        on_street(3, -110.0, first, steady(10.0), left_mps=back),
        on_street(4, -30.0, first, steady(10.0)),  # over to the next section
    )
    plants = (Plant((1,), start + 1.75 / abs(drift), start + 1.75 / abs(drift)),)
    return Scene(condition=fact(measure), actors=actors, plants=plants, road=avenue())


def _to_lane_end_m(rng: np.random.Generator) -> Scene:
    asked, speed, comes = rng.uniform(15.0, 35.0), rng.uniform(8.0, 12.0), rng.uniform(2.0, 4.0)
    front_m = 0.5 * CAR_M[0]
    near_m = AVENUE_END_M - asked - front_m
    ends = comes + (asked - 1.0) / speed
    comer = on_street(1, near_m - speed * comes, 0.0, steady(speed))
    actors = (
        Actor(object_id=1, motion=comer.motion, there_s=((0.0, ends),)),
        on_street(2, near_m - 0.5, 3.5, steady(0.0)),
        on_street(3, 49.0 - speed * comes, 0.0, steady(speed)),  # at the end of a section that goes on
    )
    plants = (Plant((1,), comes, ends),)
    return Scene(condition=bound("to_lane_end_m", at_most=asked), actors=actors, plants=plants, road=avenue())


def _lane_gap_m(rng: np.random.Generator) -> Scene:
    asked, closing, comes, speed = rng.uniform(10.0, 25.0), rng.uniform(2.0, 3.0), rng.uniform(3.0, 4.0), 9.0
    behind = 50.0 - speed * rng.uniform(3.0, 6.0)
    ahead = behind + 0.5 * (9.0 + CAR_M[0]) + asked + closing * comes
    slower = changing(speed - closing, (comes + 2.5, speed, 1000.0))
    lorry = Actor(
        object_id=0, motion=Motion(x_m=behind, speed_mps=steady(speed)), road_user=RoadUser.TRUCK, size_m=(9.0, 2.5)
    )
    actors = (
        lorry,
        on_street(1, ahead, 0.0, slower),
        on_street(2, behind + 12.0, 3.5, steady(speed)),
        on_street(3, behind - 12.0, 0.0, steady(speed)),
        on_street(4, behind + 60.0, 7.0, steady(speed), yaw_rad=_WEST),
    )
    return Scene(
        condition=bound("lane_gap_m", at_most=asked), actors=actors, plants=(Plant((0,), comes, math.inf),),
        road=avenue(), classes=(RoadUser.TRUCK,),
    )  # fmt: skip


ON_ROAD = MappingProxyType(
    {
        "is_on_driving_lane": lambda rng: _is_on("is_on_driving_lane", rng, 1.75, -1.75, -2.2),
        "is_on_biking_lane": lambda rng: _is_on("is_on_biking_lane", rng, -1.75, -4.25, -1.4),
        "is_on_sidewalk": lambda rng: _is_on("is_on_sidewalk", rng, -4.25, -6.75, -7.1),
        "is_on_crossing": _is_on_crossing,
        "is_beside_lanes": _is_beside_lanes,
        "crossing_m": _crossing_m,
        "crossing_in_s": _crossing_in_s,
        "lane_offset_m": _lane_offset_m,
        "lane_width_m": _lane_width_m,
        "lane_apart_rad": _lane_apart_rad,
        "lane_sideways_mps": _lane_sideways_mps,
        "is_wrong_way": _is_wrong_way,
        "over_limit_mps": _over_limit_mps,
        "changes_lane_left": lambda rng: _changes_lane("changes_lane_left", rng, left=True),
        "changes_lane_right": lambda rng: _changes_lane("changes_lane_right", rng, left=False),
        "to_lane_end_m": _to_lane_end_m,
        "lane_gap_m": _lane_gap_m,
    }
)
"""Makes scenes for measures of where one is on a street."""
