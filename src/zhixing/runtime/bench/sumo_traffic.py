"""How fast the world turns when SUMO moves the others, and how long it takes to ask it who is near."""

from __future__ import annotations

from time import perf_counter

from zhixing.datatypes.plan import Control
from zhixing.runtime.bench.measure import Measure, median_and_p99
from zhixing.simulation.sumo_world import SumoWorld
from zhixing.simulation.world import STEP_S

_USERS = 64
_WARM_UP_STEPS, _STEPS = 200, 600
_NEIGHBOURS_TARGET_MS = 0.2


def sumo_traffic() -> list[Measure]:
    """Measure SUMO's steps and the question who is near the ego, in the built-in city.

    Raises:
        PluginError: SUMO is not installed.
    """
    world = SumoWorld(seed=1, num_users=_USERS)
    rolls = Control(accel_mps2=0.0, steer_rate_radps=0.0)
    steps_ms, asks_ms, near = [], [], []
    try:
        for step in range(_WARM_UP_STEPS + _STEPS):
            began = perf_counter()
            world.step(rolls)
            stepped = perf_counter()
            names, _ = world.engine.neighbours()
            if step >= _WARM_UP_STEPS:
                steps_ms.append(1e3 * (stepped - began))
                asks_ms.append(1e3 * (perf_counter() - stepped))
                near.append(len(names))
    finally:
        world.close()
    mean = sum(near) / len(near)
    return [
        *median_and_p99(f"SUMO: a step of {STEP_S} s, {mean:.0f} road users near the ego, {{}}", steps_ms),
        *median_and_p99("SUMO: who is near the ego, {}", asks_ms, median_target=_NEIGHBOURS_TARGET_MS),
    ]
