"""How fast the worlds turn, whether they turn the same way every time, and how fast others' do."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from statistics import median
from time import perf_counter

import numpy as np

from zhixing.runtime.bench.measure import Measure
from zhixing.runtime.bench.peers import peers
from zhixing.runtime.ride import Ride
from zhixing.settings import CityConfig
from zhixing.simulation.city import build_city
from zhixing.simulation.road_lights import RoadLights, offsets_of
from zhixing.simulation.traffic.crowd import Crowd
from zhixing.simulation.world import STEP_NS, STEP_S

_USERS, _STEPS, _REPEATS = 64, 600, 5
_WORLDS, _CROWD_STEPS = 32, 100
_SAME_WORLDS, _SAME_STEPS, _SAME_REPEATS = 6, 200, 3
_PLACES_M = (600.0, 400.0)
"""The worlds are gathered around places of the city within this rectangle, by seed."""
_FIRST_STEP = (
    "import numpy as np; from zhixing.simulation.city import build_city; "
    "from zhixing.simulation.traffic.crowd import Crowd; crowd = Crowd(build_city(1), 64, [1]); "
    "crowd.gather(0, 300.0, 200.0); crowd.populate(); "
    "crowd.step(0.1, np.zeros((1, crowd.num_lights), dtype=np.int64)); crowd.judge()"
)


def simulation() -> list[Measure]:
    """Measure agent-steps a second of reactive road users, and of peers where they are installed."""
    measures = [
        _rate("64 reactive road users in each of 32 worlds, contacts and off-road checked, one core", 1, 300_000.0),
        _rate("the same on two cores, one process", 2, 500_000.0),
        Measure(name="start-up to the first step, warm cache", value=_first_step_s(), unit="s", target=2.0),
        Measure(
            name=f"traces that differ: {_SAME_WORLDS} worlds, 1 and 2 workers, {_SAME_REPEATS} repeats",
            value=float(_num_different()), unit="traces", target=0.0,
        ),
        *_ride(),
    ]  # fmt: skip
    return measures + peers()


def crowd_of(num_worlds: int, num_threads: int, first_seed: int = 1) -> Crowd:
    """Return so many worlds of 64 road users around places of the built-in city."""
    crowd = Crowd(build_city(1), _USERS, list(range(first_seed, first_seed + num_worlds)), num_threads)
    for world in range(num_worlds):
        x, y = np.random.default_rng([first_seed + world, 5]).uniform((0.0, 0.0), _PLACES_M)
        crowd.gather(world, float(x), float(y))
    crowd.populate()
    return crowd


def _lights(num_worlds: int, first_seed: int = 1) -> RoadLights:
    """Return the lights of so many worlds, each with its own offsets."""
    road = build_city(1)
    return RoadLights(road, offsets_s=offsets_of(road, range(first_seed, first_seed + num_worlds)))


def _rate(name: str, threads: int, target: float) -> Measure:
    crowd, lights = crowd_of(_WORLDS, threads), _lights(_WORLDS)
    step = 0
    rates, there = [], 0
    for repeat in range(-1, _REPEATS):  # the first one lets the traffic get going
        started, moved = perf_counter(), 0
        for _ in range(_CROWD_STEPS):
            crowd.step(STEP_S, lights.at(step * STEP_NS))
            crowd.judge()
            step += 1
            moved += _WORLDS * _USERS
        if repeat >= 0:
            rates.append(moved / (perf_counter() - started))
            there += int(crowd.motion.there.sum())
    share = there / (_REPEATS * _WORLDS * _USERS)
    return Measure(
        name=f"{name}, median of {_REPEATS} ({share:.0%} of them there)",
        value=median(rates),
        unit="agent-steps/s",
        target=target,
        more_is_better=True,
    )


def _first_step_s() -> float:
    """Return how long a fresh process takes from its start to the first step of a world, kernels being there."""
    times = []
    for _ in range(4):
        started = perf_counter()
        subprocess.run([sys.executable, "-c", _FIRST_STEP], check=True)  # noqa: S603
        times.append(perf_counter() - started)
    return median(times[1:])


def trace_hashes(num_threads: int) -> list[str]:
    """Return a hash of everybody's way in each of some worlds, moved by so many threads."""
    crowd, lights = crowd_of(_SAME_WORLDS, num_threads), _lights(_SAME_WORLDS)
    hashes = [hashlib.sha256() for _ in range(_SAME_WORLDS)]
    for step in range(_SAME_STEPS):
        crowd.step(STEP_S, lights.at(step * STEP_NS))
        for world, digest in enumerate(hashes):
            tracks = crowd.tracks(world, step * STEP_NS)
            for column in (tracks.object_id, tracks.xy_m, tracks.yaw_rad, tracks.speed_mps, tracks.valid):
                digest.update(np.ascontiguousarray(column).tobytes())
    return [digest.hexdigest() for digest in hashes]


def _num_different() -> int:
    first = trace_hashes(1)
    others = [trace_hashes(threads) for _ in range(_SAME_REPEATS) for threads in (1, 2)]
    return sum(one != two for other in others for one, two in zip(first, other, strict=True))


def _ride() -> list[Measure]:
    ride = Ride(CityConfig(num_users=_USERS), "idm")
    for _ in range(50):  # kernels load, traffic gets going
        ride.step()
    rates, plans_ms = [], []
    for _ in range(_REPEATS):
        started = perf_counter()
        for _ in range(_STEPS):
            ride.step()
            plans_ms.append(ride.plan_ms)
        rates.append(_USERS * _STEPS / (perf_counter() - started))
    return [
        Measure(
            name=f"one world of {_USERS} road users with the IDM driver in the loop, median of {_REPEATS}",
            value=median(rates),
            unit="agent-steps/s",
            target=50_000.0,
            more_is_better=True,
        ),
        Measure(name="plan and track, median", value=median(plans_ms), unit="ms"),
    ]
