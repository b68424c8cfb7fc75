"""What happens at junctions and their lights, planted."""

from __future__ import annotations

import math
from types import MappingProxyType

import numpy as np

from zhixing.datatypes.lights import Light
from zhixing.runtime.bench.dataloop.planted.moves import Motion, changing, steady
from zhixing.runtime.bench.dataloop.planted.on_road import on_street
from zhixing.runtime.bench.dataloop.planted.roads import (
    CURVE_M,
    LINE_M,
    RING_M,
    THROUGH_M,
    WAITING_M,
    junction,
    roundabout,
    waiting_area,
)
from zhixing.runtime.bench.dataloop.planted.scenes import CAR_M, Actor, Plant, Scene, bound, fact

_TO_LINE_M = 0.5 * CAR_M[0] - LINE_M
"""From the front's passing the line to the centre's being in the junction."""
RED, YELLOW, GREEN = int(Light.RED), int(Light.YELLOW), int(Light.GREEN)


def _through(object_id: int, turn: str, enters_s: float, speed_mps: float) -> Actor:
    """Return a car that drives through the junction; its centre enters it at some time."""
    before_m = speed_mps * enters_s
    pieces = ((before_m, 0.0), (THROUGH_M[turn], CURVE_M[turn]))
    return Actor(object_id=object_id, motion=Motion(x_m=-before_m, speed_mps=steady(speed_mps), pieces=pieces))


def _leaves_s(turn: str, enters_s: float, speed_mps: float) -> float:
    return enters_s + THROUGH_M[turn] / speed_mps


def _waits(object_id: int, front_to_line_m: float) -> Actor:
    """Return a car that stands before the line."""
    return on_street(object_id, LINE_M - 0.5 * CAR_M[0] - front_to_line_m, 0.0, steady(0.0))


def _is_in_junction(rng: np.random.Generator) -> Scene:
    turn, enters, speed = str(rng.choice([*THROUGH_M])), rng.uniform(2.0, 5.0), rng.uniform(5.0, 9.0)
    actors = (_through(1, turn, enters, speed), _waits(2, 0.0), on_street(3, -60.0, 40.0, steady(4.0)))
    plants = (Plant((1,), enters, _leaves_s(turn, enters, speed)),)
    return Scene(condition=fact("is_in_junction"), actors=actors, plants=plants, road=junction())


def _junction_m(rng: np.random.Generator) -> Scene:
    enters, speed, asked = rng.uniform(4.0, 5.0), rng.uniform(6.0, 9.0), rng.uniform(6.0, 15.0)
    actors = (
        _through(1, "straight", enters, speed),
        on_street(2, -asked - 0.6, 0.0, steady(0.0)),
        on_street(3, -80.0, 40.0, steady(4.0)),
    )
    after = _leaves_s("straight", enters, speed)
    plants = (Plant((1,), enters - asked / speed, after + asked / speed),)
    return Scene(
        condition=bound("junction_m", at_most=asked), actors=actors, plants=plants, road=junction(), duration_s=14.0
    )


def _turns(measure: str, rng: np.random.Generator) -> Scene:
    turn, speed = str(rng.choice([*THROUGH_M])), rng.uniform(5.0, 8.0)
    enters = {one: rng.uniform(3.0, 6.0) for one in THROUGH_M}
    ids = {one: k for k, one in enumerate(THROUGH_M, start=1)}
    actors = (*(_through(ids[one], one, enters[one], speed) for one in THROUGH_M), _waits(9, 1.0))
    first = enters[turn] if measure == "turn" else 0.0
    plants = (Plant((ids[turn],), first, _leaves_s(turn, enters[turn], speed)),)
    return Scene(condition=fact(measure, "a", turn), actors=actors, plants=plants, road=junction())


def _is_in_roundabout(rng: np.random.Generator) -> Scene:
    enters, speed = rng.uniform(2.0, 4.0), rng.uniform(5.0, 8.0)
    pieces = ((speed * enters, 0.0), (math.pi * RING_M, 1.0 / RING_M))
    south = -0.5 * math.pi
    actors = tuple(
        Actor(
            object_id=k,
            motion=Motion(x_m=x_m, y_m=speed * enters, yaw_rad=south, speed_mps=steady(speed), pieces=pieces),
        )
        for k, x_m in enumerate((-RING_M, 100.0 - RING_M), start=1)
    )
    plants = (Plant((1,), enters, enters + math.pi * RING_M / speed),)
    return Scene(
        condition=fact("is_in_roundabout"), actors=actors, plants=plants, road=roundabout(), duration_s=18.0
    )  # fmt: skip


def _is_in_waiting_area(rng: np.random.Generator) -> Scene:
    enters, speed, waits, gain = rng.uniform(2.0, 3.0), rng.uniform(6.0, 8.0), rng.uniform(1.0, 3.0), 2.0
    # It comes to a stand a metre before the line, waits, and goes on.
    stop_s = enters + (WAITING_M - 0.5 * CAR_M[0] - 1.0 - speed * speed / (2.0 * 3.0)) / speed
    goes_s = stop_s + speed / 3.0 + waits
    knots = changing(speed, (stop_s, 0.0, 3.0), (goes_s, speed, gain))
    leaves = goes_s + math.sqrt(2.0 * (0.5 * CAR_M[0] + 1.0) / gain)
    pieces = ((speed * enters + WAITING_M, 0.0), (6.0 * math.pi, 1.0 / 12.0))
    actors = (
        Actor(object_id=1, motion=Motion(x_m=-speed * enters, speed_mps=knots, pieces=pieces)),
        on_street(2, -speed * enters - 10.0, 0.0, steady(speed)),
        on_street(3, -5.0, 0.0, steady(0.0)),
    )
    return Scene(
        condition=fact("is_in_waiting_area"), actors=actors, plants=(Plant((1,), enters, leaves),),
        road=waiting_area(), duration_s=20.0,
    )  # fmt: skip


def _to_stop_line_m(rng: np.random.Generator) -> Scene:
    turn, enters, speed, asked = str(rng.choice([*THROUGH_M])), rng.uniform(5.0, 6.0), rng.uniform(5.0, 9.0), 18.0
    actors = (_through(1, turn, enters, speed), _waits(2, asked + 0.5), on_street(3, -60.0, 40.0, steady(4.0)))
    passes = enters - _TO_LINE_M / speed
    plants = (Plant((1,), passes - asked / speed, passes),)
    return Scene(
        condition=bound("to_stop_line_m", at_least=0.0, at_most=asked), actors=actors, plants=plants, road=junction()
    )


def _crosses_stop_line(rng: np.random.Generator) -> Scene:
    turn, enters, speed = str(rng.choice([*THROUGH_M])), rng.uniform(3.0, 7.0), rng.uniform(5.0, 12.0)
    stands_m = LINE_M - 0.5 * CAR_M[0] - 0.3
    stops = on_street(2, stands_m - speed * 2.0 - speed * speed / 6.0, 0.0, changing(speed, (2.0, 0.0, 3.0)))
    actors = (_through(1, turn, enters, speed), stops, on_street(3, -60.0, 40.0, steady(4.0)))
    passes = enters - _TO_LINE_M / speed
    return Scene(
        condition=fact("crosses_stop_line"), actors=actors, plants=(Plant((1,), passes, passes),), road=junction()
    )


def _light(rng: np.random.Generator) -> Scene:
    changes, speed = rng.uniform(4.0, 5.0), rng.uniform(5.0, 7.0)
    starts_m = LINE_M - 0.5 * CAR_M[0] - 1.0
    actors = (
        on_street(1, starts_m, 0.0, changing(0.0, (changes + 0.5, 8.0, 2.5))),
        _through(2, "left", changes + 2.0, speed),
        _through(3, "right", 4.0, speed),
        on_street(4, -60.0, 40.0, steady(4.0)),
    )
    lights = ((-20.0, (RED, GREEN, GREEN)), (changes, (GREEN, RED, GREEN)))
    plants = (Plant((1,), 0.0, changes), Plant((2,), changes, _leaves_s("left", changes + 2.0, speed)))
    return Scene(
        condition=fact("light", "a", "red"), actors=actors, plants=plants, road=junction(), lights=lights,
        duration_s=16.0,
    )  # fmt: skip


def _light_time(measure: str, rng: np.random.Generator) -> Scene:
    first, between, speed = rng.uniform(3.5, 4.5), rng.uniform(6.0, 8.0), rng.uniform(5.0, 8.0)
    second = first + between
    actors = (
        _through(1, "straight", second + 2.5 - THROUGH_M["straight"] / speed, speed),
        _through(2, "left", second, speed),  # whose light never changes
        on_street(3, -60.0, 40.0, steady(4.0)),
    )
    lights = (
        (-20.0, (GREEN, RED, GREEN)), (-10.0, (GREEN, RED, GREEN)), (first, (RED, RED, GREEN)),
        (second, (GREEN, RED, GREEN)),
    )  # fmt: skip
    condition = bound(measure, at_most=2.5)
    plants: tuple[Plant, ...] = (Plant((1,), first - 2.5, first), Plant((1,), second - 2.5, second))
    if measure == "light_age_s":
        condition, plants = bound(measure, at_least=3.0), (Plant((1,), first + 3.0, second),)
    return Scene(
        condition=condition, actors=actors, plants=plants, road=junction(), lights=lights, duration_s=second + 4.0
    )


def _ran_red(rng: np.random.Generator) -> Scene:
    turns_red, speed = rng.uniform(3.0, 5.0), rng.uniform(6.0, 9.0)
    late, early = (turns_red + after + _TO_LINE_M / speed for after in (rng.uniform(0.3, 2.0), -0.3))
    actors = (
        _through(1, "straight", late, speed),
        _through(2, "straight", early, speed),
        _through(3, "left", late, speed),
        _through(4, "right", late + 0.5, speed),
        _waits(5, 0.5),
    )
    lights = ((-20.0, (YELLOW, GREEN, RED)), (turns_red, (RED, GREEN, RED)))
    plants = (
        Plant((1,), late - _TO_LINE_M / speed, _leaves_s("straight", late, speed)),
        Plant((4,), late + 0.5 - _TO_LINE_M / speed, _leaves_s("right", late + 0.5, speed)),
    )
    return Scene(
        condition=fact("ran_red"), actors=actors, plants=plants, road=junction(), lights=lights, duration_s=16.0
    )


def _has_light(rng: np.random.Generator) -> Scene:
    turn, enters, speed = str(rng.choice([*THROUGH_M])), rng.uniform(3.0, 5.0), rng.uniform(5.0, 9.0)
    actors = (_through(1, turn, enters, speed), _waits(2, 3.0), on_street(3, -60.0, 40.0, steady(4.0)))
    plants = (Plant((1,), 0.0, _leaves_s(turn, enters, speed)), Plant((2,), 0.0, math.inf))
    return Scene(condition=fact("has_light"), actors=actors, plants=plants, road=junction())


JUNCTIONS = MappingProxyType(
    {
        "is_in_junction": _is_in_junction,
        "junction_m": _junction_m,
        "turn": lambda rng: _turns("turn", rng),
        "next_turn": lambda rng: _turns("next_turn", rng),
        "is_in_roundabout": _is_in_roundabout,
        "is_in_waiting_area": _is_in_waiting_area,
        "to_stop_line_m": _to_stop_line_m,
        "crosses_stop_line": _crosses_stop_line,
        "light": _light,
        "light_age_s": lambda rng: _light_time("light_age_s", rng),
        "light_changes_in_s": lambda rng: _light_time("light_changes_in_s", rng),
        "ran_red": _ran_red,
        "has_light": _has_light,
    }
)
"""Makes scenes for measures of junctions and lights."""
