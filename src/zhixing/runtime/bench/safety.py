"""What the safety checker saves from, and what it costs."""

from __future__ import annotations

from time import perf_counter

import numpy as np

from zhixing.datatypes.evidence import Scenario
from zhixing.datatypes.plan import Plan
from zhixing.datatypes.scene import Briefing, EgoState, Scene
from zhixing.datatypes.tracks import RoadUser, Tracks
from zhixing.driving.safety import SafetyChecker
from zhixing.runtime.bench.bad_drivers import BAD_DRIVERS
from zhixing.runtime.bench.measure import Measure, median_and_p99
from zhixing.runtime.bench.safety_scenes import SCENES, safety_scene
from zhixing.simulation.rollout import rollout

_SEEDS = 3
_USERS = 64
_CHECKS = 600


def safety() -> list[Measure]:
    """Measure what planted bad drivers do without and under the checker, and the time of a check."""
    bad = {"collision": [0, 0], "off_road": [0, 0]}
    drives = 0
    checker = SafetyChecker()
    for name in SCENES:
        for seed in range(_SEEDS):
            scene = safety_scene(name, seed)
            for driver in BAD_DRIVERS.values():
                drives += 1
                for with_checker in (False, True):
                    outcome = rollout(scene, driver(seed), checker=checker if with_checker else None).outcome
                    if outcome in bad:
                        bad[outcome][with_checker] += 1
    measures = [Measure(name="drives of bad drivers, scenes without others' fault", value=float(drives), unit="drives")]
    for outcome, label in (("collision", "collisions at fault"), ("off_road", "leaving the road")):
        without, checked = bad[outcome]
        measures.append(Measure(name=f"{label}, no checker", value=float(without), unit="drives"))
        measures.append(Measure(name=f"{label}, under the checker", value=float(checked), unit="drives", target=0.0))
    times_ms = _check_times_ms(checker)
    name = f"one check with {_USERS} road users, {{}} of {_CHECKS}"
    return measures + median_and_p99(name, times_ms, median_target=1.5)


def _check_times_ms(checker: SafetyChecker) -> list[float]:
    """Return how long checks took in dense traffic, every plan another one."""
    scene = safety_scene("cars on the next lane", 0)
    driver = BAD_DRIVERS["swerves"](0)
    checker.start(_briefing(scene))
    driver.start(_briefing(scene))
    rng = np.random.default_rng(0)
    times_ms = []
    for _ in range(_CHECKS + 50):  # the first ones load kernels
        now = _dense(rng)
        plan: Plan = driver.plan(now)
        started = perf_counter()
        checker.check(now, plan)
        times_ms.append((perf_counter() - started) * 1e3)
    return times_ms[50:]


def _briefing(scene: Scenario) -> Briefing:
    return Briefing(road=scene.road, body=scene.body, start=scene.start, goal=scene.goal)


def _dense(rng: np.random.Generator) -> Scene:
    """Return an ego among road users of all classes within 60 m, on both sides and across."""
    turn = rng.choice([0.0, 0.5 * np.pi, np.pi, -0.5 * np.pi], size=_USERS)
    xy = np.stack((200.0 + rng.uniform(-60.0, 60.0, _USERS), rng.uniform(-12.0, 20.0, _USERS)), axis=-1)
    time_ns = np.array([0, 500_000_000], dtype=np.int64)
    others = Tracks(
        time_ns,
        np.arange(_USERS, dtype=np.int64),
        rng.integers(int(RoadUser.CAR), int(RoadUser.OBJECT) + 1, _USERS).astype(np.int64),
        np.tile(np.array([4.0, 1.8]), (_USERS, 1)),
        np.repeat(xy[:, None], 2, axis=1),
        np.repeat(turn[:, None], 2, axis=1),
        np.repeat(rng.uniform(0.0, 12.0, _USERS)[:, None], 2, axis=1),
        np.ones((_USERS, 2), dtype=np.bool_),
    )
    ego = EgoState(x_m=200.0, y_m=0.0, yaw_rad=0.0, speed_mps=rng.uniform(2.0, 14.0))
    return Scene(time_ns=500_000_000, ego=ego, others=others, lights=np.zeros(0, dtype=np.int64))
