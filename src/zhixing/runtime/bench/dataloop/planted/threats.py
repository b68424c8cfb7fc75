"""What is left to do against a collision, planted: a lorry comes up behind cars, or meets one."""

from __future__ import annotations

import math
from types import MappingProxyType

import numpy as np

from zhixing.runtime.bench.dataloop.planted.conflicts import behind
from zhixing.runtime.bench.dataloop.planted.moves import Motion, steady
from zhixing.runtime.bench.dataloop.planted.scenes import CAR_M, Actor, Plant, Scene, bound
from zhixing.runtime.bench.dataloop.planted.two_users import LORRY_AND_CAR, LORRY_M, lorry


def _brake_in_s(rng: np.random.Generator) -> Scene:
    asked, closing = rng.uniform(1.8, 2.4), rng.uniform(5.0, 7.0)
    # Losing the closing speed at 8 m/s² takes this way; the rest is driven until braking starts.
    gap = asked * closing + closing * closing / 16.0
    return behind(rng, bound("brake_in_s", "ab", at_most=asked), gap, closing, gap - 1.5, 16.0)


def _steer_threat_share(rng: np.random.Generator) -> Scene:
    asked, closing = rng.uniform(0.06, 0.09), rng.uniform(5.0, 7.0)
    # The car is 0.6 m to the left; the way round it is on the right, half of it and half of the lorry less that.
    # Who is straight behind another needs more, so much less near may be a miss.
    aside = 0.5 * (LORRY_M[1] + CAR_M[1]) - 0.6
    gap = closing * math.sqrt(2.0 * aside / (8.0 * asked))
    return behind(rng, bound("steer_threat_share", "ab", at_least=asked), gap, closing, gap - 1.5, 16.0, spare=0.3)


def _worst_ttc_s(rng: np.random.Generator) -> Scene:
    asked, speed, other, meets = rng.uniform(1.0, 1.3), rng.uniform(3.0, 4.5), rng.uniform(3.0, 4.5), 7.0
    closing, circles = speed + other, 0.5 * (math.hypot(*LORRY_M) + math.hypot(*CAR_M))
    # Two pushes of 8 m/s² towards each other come nearer by 8 t² in a time t.
    comes, goes = (circles + 8.0 * asked * asked + sign * closing * asked for sign in (1.0, -1.0))
    actors = (
        lorry(Motion(x_m=-speed * meets, speed_mps=steady(speed))),
        Actor(object_id=1, motion=Motion(x_m=other * meets, yaw_rad=math.pi, speed_mps=steady(other))),
        Actor(object_id=2, motion=Motion(x_m=-speed * meets, y_m=50.0, speed_mps=steady(speed))),
    )
    plants = (Plant((0, 1), meets - comes / closing, meets + max(goes, circles) / closing),)
    return Scene(
        condition=bound("worst_ttc_s", "ab", at_most=asked), actors=actors, plants=plants, classes=LORRY_AND_CAR,
        duration_s=14.0,
    )  # fmt: skip


THREATS = MappingProxyType(
    {"brake_in_s": _brake_in_s, "steer_threat_share": _steer_threat_share, "worst_ttc_s": _worst_ttc_s}
)
"""Makes scenes for measures of what is left to do."""
