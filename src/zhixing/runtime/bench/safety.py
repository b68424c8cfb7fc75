"""What the safety checker saves from, and what it costs."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

import numpy as np

from zhixing.datatypes.plan import Plan
from zhixing.datatypes.scene import Briefing, EgoState, Scene
from zhixing.datatypes.shapes import FloatArray, IntArray
from zhixing.datatypes.tracks import RoadUser, Tracks
from zhixing.driving.safety import SafetyChecker
from zhixing.runtime.bench.bad_drivers import BAD_DRIVERS
from zhixing.runtime.bench.measure import Measure, median_and_p99
from zhixing.runtime.bench.safety_scenes import SCENES, safety_scene
from zhixing.simulation.rollout import rollout

_SEEDS = 2
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
    measures += median_and_p99(
        f"one check, plan passes among {_USERS} road users, {{}} of {_CHECKS}",
        _check_times_ms(checker, _flowing, "blind at 12 m/s"),
        median_target=1.5,
    )
    return measures + median_and_p99(
        f"one check, {_USERS} road users at random and plans refused, {{}} of {_CHECKS}",
        _check_times_ms(checker, _thrown, "swerves"),
    )


def _check_times_ms(
    checker: SafetyChecker, scenes: Callable[[np.random.Generator], Scene], driver_name: str
) -> list[float]:
    """Return how long checks took, every scene another one."""
    street = safety_scene("an empty street", 0)
    briefing = Briefing(road=street.road, body=street.body, start=street.start, goal=street.goal)
    driver = BAD_DRIVERS[driver_name](0)
    checker.start(briefing)
    driver.start(briefing)
    rng = np.random.default_rng(0)
    times_ms = []
    for _ in range(_CHECKS + 50):  # the first ones load kernels
        scene = scenes(rng)
        plan: Plan = driver.plan(scene)
        started = perf_counter()
        checker.check(scene, plan)
        times_ms.append((perf_counter() - started) * 1e3)
    return times_ms[50:]


def _flowing(rng: np.random.Generator) -> Scene:
    """Return an ego in dense traffic: files on three lanes, bicycles and people at the edge, all keeping their way."""
    speed = rng.uniform(4.0, 9.0)
    ahead = np.concatenate([200.0 + 12.0 * np.arange(-5, 6) + shift for shift in (0.0, 6.0, 3.0)])
    cars = np.stack((ahead, np.repeat([0.0, 3.5, 7.0], 11)), axis=-1)
    cars = cars[(cars[:, 0] != 200.0) | (cars[:, 1] != 0.0)]
    people = np.stack((200.0 + 4.0 * np.arange(-16, 16), -rng.uniform(3.2, 6.0, 32)), axis=-1)
    xy = np.concatenate((cars, people))[:_USERS]
    kinds = np.full(_USERS, int(RoadUser.CAR))
    kinds[cars.shape[0] :] = rng.choice([int(RoadUser.EBIKE), int(RoadUser.PEDESTRIAN)], _USERS - cars.shape[0])
    is_west = xy[:, 1] == 7.0
    return _scene(xy, np.where(is_west, np.pi, 0.0), np.where(kinds == int(RoadUser.CAR), speed, 1.5), kinds, speed)


def _thrown(rng: np.random.Generator) -> Scene:
    """Return an ego among road users of all classes thrown within 60 m of it."""
    xy = np.stack((200.0 + rng.uniform(-60.0, 60.0, _USERS), rng.uniform(-12.0, 20.0, _USERS)), axis=-1)
    turn = rng.choice([0.0, 0.5 * np.pi, np.pi, -0.5 * np.pi], size=_USERS)
    kinds = rng.integers(int(RoadUser.CAR), int(RoadUser.OBJECT) + 1, _USERS)
    return _scene(xy, turn, rng.uniform(0.0, 12.0, _USERS), kinds, rng.uniform(2.0, 14.0))


def _scene(xy_m: FloatArray, yaw: FloatArray, speed_mps: FloatArray, kinds: IntArray, ego_mps: float) -> Scene:
    sizes = np.where((kinds == int(RoadUser.CAR))[:, None], np.array([4.5, 1.8]), np.array([1.8, 0.7]))
    others = Tracks(
        np.array([0, 500_000_000], dtype=np.int64),
        np.arange(_USERS, dtype=np.int64),
        kinds.astype(np.int64),
        sizes,
        np.repeat(xy_m[:, None], 2, axis=1),
        np.repeat(yaw[:, None], 2, axis=1),
        np.repeat(speed_mps[:, None], 2, axis=1),
        np.ones((_USERS, 2), dtype=np.bool_),
    )
    ego = EgoState(x_m=200.0, y_m=0.0, yaw_rad=0.0, speed_mps=ego_mps)
    return Scene(time_ns=500_000_000, ego=ego, others=others, lights=np.zeros(0, dtype=np.int64))
