"""Where two are to each other on the map, and who sees whom, planted."""

from __future__ import annotations

import math
from types import MappingProxyType

import numpy as np

from zhixing.datatypes.tracks import RoadUser
from zhixing.runtime.bench.dataloop.planted.moves import Motion, changing, pulse, steady
from zhixing.runtime.bench.dataloop.planted.on_road import on_street
from zhixing.runtime.bench.dataloop.planted.roads import BEND_M, avenue, bend
from zhixing.runtime.bench.dataloop.planted.scenes import Actor, Plant, Scene, bound, fact
from zhixing.runtime.bench.dataloop.planted.two_users import LORRY_AND_CAR, lorry

_EDGE_M = 1.75
_BUS_M = (12.0, 2.5)


def _same_lane(rng: np.random.Generator) -> Scene:
    start, drift, speed = rng.uniform(2.0, 5.0), rng.uniform(0.8, 1.6), steady(8.0)
    over = start + _EDGE_M / drift
    lane_change = pulse(start, start + 3.5 / drift, drift)
    to_right = pulse(start, start + 3.5 / drift, -drift)
    actors = (
        lorry(Motion(x_m=-120.0, speed_mps=speed)),
        on_street(1, -80.0, 3.5, speed, left_mps=to_right),
        on_street(2, -100.0, 0.0, speed, left_mps=lane_change),
        on_street(3, -60.0, 3.5, speed),
        on_street(4, 0.0, 7.0, speed, yaw_rad=math.pi),
        on_street(5, -60.0, 30.0, speed),
    )
    plants = (Plant((0, 1), over, math.inf), Plant((0, 2), 0.0, over))
    return Scene(
        condition=fact("is_in_same_lane", "ab"), actors=actors, plants=plants, road=avenue(), classes=LORRY_AND_CAR
    )


def _lane_beside(measure: str, rng: np.random.Generator, *, left: bool) -> Scene:
    start, speed = rng.uniform(2.0, 5.0), steady(8.0)
    drift = rng.uniform(0.8, 1.6) * (1.0 if left else -1.0)
    over = start + _EDGE_M / abs(drift)
    mine, theirs = (0.0, 3.5) if left else (3.5, 0.0)
    to_mine, to_theirs = (pulse(start, start + 3.5 / abs(drift), one) for one in (-drift, drift))
    actors = (
        lorry(Motion(x_m=-110.0, y_m=mine, speed_mps=speed)),
        on_street(1, -90.0, theirs, speed, left_mps=to_mine),
        on_street(2, -120.0, mine, speed, left_mps=to_theirs),
        on_street(3, 100.0, theirs, steady(4.0)),  # on the next section
        on_street(4, -70.0, mine, speed),
        on_street(5, 60.0, 7.0, speed, yaw_rad=math.pi),
    )
    plants = (Plant((0, 1), 0.0, over), Plant((0, 2), over, math.inf), Plant((0, 3), 0.0, math.inf))
    return Scene(condition=fact(measure, "ab"), actors=actors, plants=plants, road=avenue(), classes=LORRY_AND_CAR)


def _lane_ahead_m(rng: np.random.Generator) -> Scene:
    first, asked, gains, speed = rng.uniform(5.0, 15.0), rng.uniform(30.0, 40.0), rng.uniform(2.0, 3.0), 6.0
    away = asked - rng.uniform(6.0, 10.0)
    comes = rng.uniform(2.0, 3.0)
    ends = comes + (asked + 5.0 - away) / gains

    def along(object_id: int, way_m: float, knots: tuple[tuple[float, float], ...], aside_m: float = 0.0) -> Actor:
        """Return a car on the bend; from the start of the recording on it is some way along."""
        radius = BEND_M + aside_m
        turned = way_m / radius
        motion = Motion(
            x_m=radius * math.sin(turned), y_m=BEND_M - radius * math.cos(turned), yaw_rad=turned, speed_mps=knots,
            pieces=((400.0, 1.0 / radius),),
        )  # fmt: skip
        return Actor(object_id=object_id, motion=motion)

    leaves = changing(speed, (comes, speed + gains, 1000.0), (ends, speed, 1000.0))
    actors = (
        lorry(along(0, first, steady(speed)).motion),
        along(1, first + away, leaves),
        along(2, first + asked + 1.0, steady(speed)),
        along(3, first + asked - 1.0, steady(speed)),
        along(4, first + asked + 10.0, steady(speed), 4.0),
    )
    plants = (Plant((0, 1), comes + (asked - away) / gains, math.inf), Plant((0, 2), 0.0, math.inf))
    condition = bound("lane_ahead_m", "ab", at_least=asked, at_most=140.0)
    return Scene(condition=condition, actors=actors, plants=plants, road=bend(), classes=LORRY_AND_CAR)


def _seen_share(rng: np.random.Generator) -> Scene:
    bus_x, bus_y, ahead = rng.uniform(15.0, 20.0), rng.uniform(-5.0, -3.5), rng.uniform(8.0, 12.0)
    # A line of sight from the origin just along the corner of the bus that reaches farthest to the left.
    edge = max(math.atan2(bus_y + j * 0.5 * _BUS_M[1], bus_x + k * 0.5 * _BUS_M[0]) for j in (-1, 1) for k in (-1, 1))
    x_m, speed, comes = bus_x + ahead, rng.uniform(0.8, 1.5), rng.uniform(3.0, 5.0)
    north = 0.5 * math.pi
    walks = Motion(x_m=x_m, y_m=x_m * math.tan(edge) - speed * comes, yaw_rad=north, speed_mps=steady(speed))
    stays = Motion(x_m=x_m, y_m=x_m * math.tan(edge) - 1.5, yaw_rad=north, speed_mps=steady(0.0))
    actors = (
        Actor(object_id=0, motion=Motion(speed_mps=steady(0.0))),
        Actor(object_id=1, motion=Motion(x_m=bus_x, y_m=bus_y, speed_mps=steady(0.0)), road_user=RoadUser.BUS,
              size_m=_BUS_M),
        _walker(2, walks),
        _walker(3, stays),
        _walker(4, Motion(x_m=90.0, y_m=30.0, speed_mps=steady(1.0))),  # in sight, but too far away
        _walker(5, Motion(x_m=12.0, y_m=8.0, yaw_rad=north, speed_mps=steady(1.0))),
    )  # fmt: skip
    plants = (Plant((0, 2), comes, math.inf), Plant((0, 5), 0.0, math.inf))
    return Scene(
        condition=bound("seen_share", "ab", at_least=0.5), actors=actors, plants=plants,
        classes=(RoadUser.CAR, RoadUser.PEDESTRIAN),
    )  # fmt: skip


def _walker(object_id: int, motion: Motion) -> Actor:
    return Actor(object_id=object_id, motion=motion, road_user=RoadUser.PEDESTRIAN, size_m=(0.5, 0.5))


def _is_in_the_dark(rng: np.random.Generator) -> Scene:
    night = (True, False, True, None)[int(rng.integers(4))]
    there = ((rng.uniform(0.0, 2.0), rng.uniform(6.0, 9.0)), (rng.uniform(3.0, 4.0), math.inf))
    cars = tuple(
        Actor(object_id=k, motion=Motion(y_m=10.0 * k, speed_mps=steady(5.0)), there_s=(span,))
        for k, span in enumerate(there, start=1)
    )
    plants = tuple(Plant((k,), *span) for k, span in enumerate(there, start=1)) if night else ()
    return Scene(condition=fact("is_in_the_dark"), actors=cars, plants=plants, is_night=night)


LANE_PAIRS = MappingProxyType(
    {
        "is_in_same_lane": _same_lane,
        "is_in_left_lane": lambda rng: _lane_beside("is_in_left_lane", rng, left=True),
        "is_in_right_lane": lambda rng: _lane_beside("is_in_right_lane", rng, left=False),
        "lane_ahead_m": _lane_ahead_m,
        "seen_share": _seen_share,
        "is_in_the_dark": _is_in_the_dark,
    }
)
"""Makes scenes for measures of two on the map, and of sight."""
