"""What safe driving would have left, planted: a lorry comes up behind cars, or leaves them behind."""

from __future__ import annotations

import math
from types import MappingProxyType

import numpy as np

from zhixing.runtime.bench.dataloop.planted.conflicts import behind
from zhixing.runtime.bench.dataloop.planted.moves import Motion, changing, steady
from zhixing.runtime.bench.dataloop.planted.scenes import CAR_M, Actor, Plant, Scene, bound
from zhixing.runtime.bench.dataloop.planted.two_users import LORRY_AND_CAR, LORRY_M, lorry

_ASIDE_M = 0.5 * (LORRY_M[1] + CAR_M[1]) - 0.6
"""The car is 0.6 m to the left: so far to the right the lorry gets by."""


def _needed_lateral_accel_mps2(rng: np.random.Generator) -> Scene:
    asked, closing = rng.uniform(0.5, 0.7), rng.uniform(5.0, 7.0)
    gap = closing * math.sqrt(2.0 * _ASIDE_M / asked)
    condition = bound("needed_lateral_accel_mps2", "ab", at_least=asked)
    return behind(rng, condition, gap, closing, gap - 1.5, 16.0, spare=0.3)


def _steer_in_s(rng: np.random.Generator) -> Scene:
    asked, closing = rng.uniform(1.2, 2.0), rng.uniform(5.0, 7.0)
    gap = closing * (asked + math.sqrt(2.0 * _ASIDE_M / 8.0))
    return behind(rng, bound("steer_in_s", "ab", at_most=asked), gap, closing, gap - 1.5, 16.0, spare=0.3)


def _react_in_s(rng: np.random.Generator) -> Scene:
    # At little speed to lose braking is the last resort, at much it is steering.
    asked, closing = rng.uniform(1.2, 2.0), float(rng.choice([5.0, 6.0, 12.0]))
    gap = closing * (asked + min(closing / 16.0, math.sqrt(2.0 * _ASIDE_M / 8.0)))
    return behind(rng, bound("react_in_s", "ab", at_most=asked), gap, closing, gap - 1.5, 16.0, spare=0.3)


def _safety_decel_mps2(rng: np.random.Generator) -> Scene:
    asked, closing, speed = rng.uniform(2.5, 3.5), rng.uniform(6.0, 8.0), 14.0
    # The way that the car goes in a second has to be left, also when it has sped up again.
    gap = (speed - closing) + 1.5 * closing * closing / asked
    return behind(rng, bound("safety_decel_mps2", "ab", at_least=asked), gap, closing, gap - speed - 1.5, speed)


def _stopping_share(rng: np.random.Generator) -> Scene:
    asked, speed = rng.uniform(0.6, 0.9), rng.uniform(14.0, 17.0)
    gap = asked * speed * speed / 16.0
    return behind(rng, bound("stopping_share", "ab", at_most=asked), gap, rng.uniform(2.0, 4.0), 4.0, speed)


def _rss_margin_m(rng: np.random.Generator) -> Scene:
    asked, speed, closing = rng.uniform(2.0, 6.0), 12.0, rng.uniform(2.5, 3.5)
    response_s, gains, brakes, others_brake = 0.53, 2.0, 4.64, 8.03
    faster = speed + response_s * gains
    own_m = speed * response_s + 0.5 * gains * response_s**2 + faster * faster / (2.0 * brakes)
    gap = asked + own_m - (speed - closing) ** 2 / (2.0 * others_brake)
    return behind(rng, bound("rss_margin_m", "ab", at_most=asked), gap, closing, 8.0, speed)


def _delta_v_mps(rng: np.random.Generator) -> Scene:
    start, asked = rng.uniform(1.5, 3.0), rng.uniform(4.0, 5.5)
    stays = start + 8.0 / 4.0 + rng.uniform(1.0, 2.0)
    # A lorry of 12 t takes a ninth of the difference to a car of 1.5 t.
    share = 1.5 / 13.5
    slower = changing(10.0, (start, 2.0, 4.0), (stays, 10.0, 2.0))
    actors = (
        lorry(Motion(speed_mps=steady(10.0))),
        Actor(object_id=1, motion=Motion(x_m=30.0, y_m=12.0, speed_mps=slower)),
        Actor(object_id=2, motion=Motion(y_m=-12.0, speed_mps=changing(10.0, (start, 10.4 - asked, 4.0)))),
    )
    plants = (Plant((0, 1), start + asked / 4.0, stays + (8.0 - asked) / 2.0),)
    condition = bound("delta_v_mps", "ab", at_least=asked * share)
    return Scene(condition=condition, actors=actors, plants=plants, classes=LORRY_AND_CAR, duration_s=14.0)


MARGINS = MappingProxyType(
    {
        "needed_lateral_accel_mps2": _needed_lateral_accel_mps2,
        "steer_in_s": _steer_in_s,
        "react_in_s": _react_in_s,
        "safety_decel_mps2": _safety_decel_mps2,
        "stopping_share": _stopping_share,
        "rss_margin_m": _rss_margin_m,
        "delta_v_mps": _delta_v_mps,
    }
)
"""Makes scenes for measures of what is left."""
