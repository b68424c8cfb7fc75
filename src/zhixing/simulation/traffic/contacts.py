"""Who touches whom, and who is where it must not be, in one world or in many."""

from __future__ import annotations

import math

import numpy as np

from zhixing.datatypes.shapes import BoolArray, IntArray
from zhixing.driving.leaf_kernel import leaf_kernel
from zhixing.simulation.collision import boxes_touch_at
from zhixing.simulation.traffic.models import Mind
from zhixing.simulation.traffic.people import Motion, Traits
from zhixing.simulation.traffic.surface import FOR_BIKES, FOR_CARS, FOR_WALKING, Surface, ground_at

_WALKS, _RIDES = int(Mind.WALKS), int(Mind.RIDES)


@leaf_kernel
def judge_worlds(
    first_user: IntArray, traits: Traits, motion: Motion, surface: Surface, touches: BoolArray, strays: BoolArray
) -> None:
    """Write who touches somebody of its world, and who has a corner where its class must not be.

    Cars must stay where cars drive; two-wheelers may ride wherever there is a lane; people on foot may be anywhere.

    Args:
        first_user: (worlds + 1,) see :func:`step_worlds`.
        traits: (users,)
        motion: (users,)
        surface: The ground of all worlds.
        touches: (users,) written.
        strays: (users,) written.
    """
    for w in range(first_user.shape[0] - 1):
        for u in range(first_user[w], first_user[w + 1]):
            touches[u] = strays[u] = False
            if not motion.there[u]:
                continue
            x, y, length, width = motion.x_m[u], motion.y_m[u], traits.length_m[u], traits.width_m[u]
            c, s = math.cos(motion.yaw_rad[u]), math.sin(motion.yaw_rad[u])
            if traits.mind[u] != _WALKS:
                allowed = FOR_CARS | FOR_BIKES | FOR_WALKING if traits.mind[u] == _RIDES else FOR_CARS
                for corner in range(4):
                    along = 0.5 * length if corner < 2 else -0.5 * length
                    aside = 0.5 * width if corner % 2 == 0 else -0.5 * width
                    ground = ground_at(surface, x + c * along - s * aside, y + s * along + c * aside)
                    strays[u] = strays[u] or (ground & allowed) == 0
            for o in range(first_user[w], u):
                if not motion.there[o]:
                    continue
                dx, dy = motion.x_m[o] - x, motion.y_m[o] - y
                reach = 0.5 * (length + width + traits.length_m[o] + traits.width_m[o])
                if dx * dx + dy * dy < reach * reach and boxes_touch_at(
                    dx, dy, c, s, length, width, math.cos(motion.yaw_rad[o]), math.sin(motion.yaw_rad[o]),
                    traits.length_m[o], traits.width_m[o],
                ):  # fmt: skip
                    touches[u] = touches[o] = True


def fresh_flags(num_users: int) -> tuple[BoolArray, BoolArray]:
    """Return ``touches`` and ``strays`` for so many road users."""
    return np.zeros(num_users, dtype=np.bool_), np.zeros(num_users, dtype=np.bool_)
