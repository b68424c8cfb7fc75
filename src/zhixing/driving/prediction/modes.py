"""Which futures are drawn up for somebody, and how likely each is."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from zhixing.datatypes.shapes import FloatArray, IntArray
from zhixing.driving.prediction.rolling import (
    EASE,
    GO_ON,
    PRESS,
    RUN,
    SET_OFF,
    SET_OFF_LATER,
    SET_OFF_SLOWLY,
    SLOW_DOWN,
    SPEED_UP,
    STOP,
)

NUM_MODES = 6
MOVING, WAITING, STANDING = range(3)
"""It moves; it has a red light ahead; it stands."""
_PLANS = (
    # moving: with one, two and three paths; (path, what is done there) of each mode
    (
        ((0, GO_ON), (0, SLOW_DOWN), (0, SPEED_UP), (0, STOP), (0, EASE), (0, PRESS)),
        ((0, GO_ON), (0, SLOW_DOWN), (0, SPEED_UP), (0, STOP), (1, GO_ON), (1, SLOW_DOWN)),
        ((0, GO_ON), (0, SLOW_DOWN), (0, SPEED_UP), (0, STOP), (1, GO_ON), (2, GO_ON)),
    ),
    # a red light ahead
    (
        ((0, GO_ON), (0, RUN), (0, SLOW_DOWN), (0, STOP), (0, EASE), (0, SPEED_UP)),
        ((0, GO_ON), (0, RUN), (0, SLOW_DOWN), (0, STOP), (1, GO_ON), (1, RUN)),
        ((0, GO_ON), (0, RUN), (0, SLOW_DOWN), (0, STOP), (1, GO_ON), (2, GO_ON)),
    ),
    # standing
    (
        ((0, GO_ON), (0, SET_OFF), (0, SET_OFF_LATER), (0, SET_OFF_SLOWLY), (0, SPEED_UP), (0, PRESS)),
        ((0, GO_ON), (0, SET_OFF), (0, SET_OFF_LATER), (0, SET_OFF_SLOWLY), (1, SET_OFF), (1, SET_OFF_SLOWLY)),
        ((0, GO_ON), (0, SET_OFF), (0, SET_OFF_LATER), (0, SET_OFF_SLOWLY), (1, SET_OFF), (2, SET_OFF)),
    ),
)
PLANS: IntArray = np.array(_PLANS, dtype=np.int64)
"""(situations, paths, modes, 2)."""


@njit(cache=True)
def weigh(
    cost: FloatArray, plan: IntArray, share: FloatArray, red_rate: float, is_waiting: bool, chance: FloatArray
) -> None:
    """Fill the probability of each mode.

    Args:
        cost: (paths,) negative logarithm of each path, infinity where there is none.
        plan: (modes, 2) path and what is done there.
        share: (modes,) how often each mode of such a plan came nearest to what happened.
        red_rate: Share of the reds that somebody of this class runs.
        is_waiting: Whether a red light is ahead.
        chance: (modes,) is filled; sums to 1.
    """
    paths = 0
    while paths < cost.shape[0] and cost[paths] < np.inf:
        paths += 1
    # 1. the paths against each other: as often as the shares say where they cost the same as usual
    total = 0.0
    for m in range(chance.shape[0]):
        chance[m] = share[m] * math.exp(-0.5 * (cost[plan[m, 0]] - cost[0]))
        total += chance[m]
    # 2. who runs the light
    if is_waiting:
        runs = 0.0
        for m in range(chance.shape[0]):
            runs += chance[m] if plan[m, 1] in (RUN, SPEED_UP) else 0.0
        for m in range(chance.shape[0]):
            if plan[m, 1] in (RUN, SPEED_UP):
                chance[m] *= red_rate / runs
            else:
                chance[m] *= (1.0 - red_rate) / (total - runs)
        total = 1.0
    for m in range(chance.shape[0]):
        chance[m] /= total
