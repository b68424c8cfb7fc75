"""A conjunction of five bounds over 200 logs of 20 s, as many of Argoverse's are, that are made here."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from time import perf_counter

import numpy as np

from zhixing.dataloop.ingest.interfaces import no_lights
from zhixing.dataloop.mining.engine import mine
from zhixing.dataloop.mining.quick import mine_quickly
from zhixing.datatypes.conditions import AllOf, Compare, Role
from zhixing.datatypes.evidence import Drive
from zhixing.datatypes.query import Query
from zhixing.datatypes.tracks import RoadUser, Tracks
from zhixing.runtime.bench.measure import Measure

_LOGS, _USERS, _STEPS = 200, 90, 200
_PROCESSES, _REPEATS = 2, 3
_TARGET = 1000.0
_SLOW_LOGS = 5
FIVE = Query(
    name="walker-ahead-of-moving-car",
    roles=(
        Role(name="car", classes=(RoadUser.CAR, RoadUser.TRUCK)),
        Role(name="walker", classes=(RoadUser.PEDESTRIAN, RoadUser.BICYCLE)),
    ),
    condition=AllOf(
        conditions=(
            Compare(measure="speed_mps", of=("car",), at_least=3.0),
            Compare(measure="accel_mps2", of=("car",), at_most=0.5),
            Compare(measure="distance_m", of=("car", "walker"), at_most=10.0),
            Compare(measure="ahead_m", of=("car", "walker"), at_least=0.0),
            Compare(measure="ttc_s", of=("car", "walker"), at_most=4.0),
        )
    ),
)


def logs() -> list[Measure]:
    """Measure the query over logs in memory, from their tracks to the hits, in one process and in two."""
    drives = [log(seed) for seed in range(_LOGS)]
    rows = sum(int(drive.tracks.valid.sum()) for drive in drives) / _LOGS
    _search(drives[:1])
    alone = min(_search(drives)[0] for _ in range(_REPEATS))
    began = perf_counter()
    slow_hits = sum(len(mine(drive, FIVE)) for drive in drives[:_SLOW_LOGS])
    slow = (perf_counter() - began) / _SLOW_LOGS
    assert slow_hits == _search(drives[:_SLOW_LOGS])[1]  # noqa: S101
    halves = np.array_split(np.arange(_LOGS), _PROCESSES)
    pools = [ProcessPoolExecutor(1, mp_context=get_context("spawn")) for _ in halves]
    try:
        for pool, half in zip(pools, halves, strict=True):
            pool.submit(_prepare, half.tolist()).result()
        times = []
        for _ in range(_REPEATS):
            began = perf_counter()
            asked = [pool.submit(_search_prepared) for pool in pools]
            hits = sum(one.result()[1] for one in asked)
            times.append(perf_counter() - began)
    finally:
        for pool in pools:
            pool.shutdown()
    what = f"five bounds over {_LOGS} logs of 20 s, {rows:,.0f} rows each"
    return [
        Measure(name=f"{what}: two processes", value=_LOGS / float(np.median(times)), unit="logs/s", target=_TARGET,
                more_is_better=True),
        Measure(name=f"{what}: one process", value=_LOGS / alone, unit="logs/s", more_is_better=True),
        Measure(name=f"{what}: the slow engine", value=1.0 / slow, unit="logs/s", more_is_better=True),
        Measure(name=f"{what}: hits", value=float(hits), unit=""),
    ]  # fmt: skip


def log(seed: int) -> Drive:
    """Return twenty seconds of people who come and go on a place 160 m wide, ten rows a second."""
    rng = np.random.default_rng(seed)
    kinds = rng.choice([1, 1, 1, 1, 1, 2, 6, 8, 8], _USERS).astype(np.int64)
    usual = np.select([kinds == RoadUser.PEDESTRIAN, kinds == RoadUser.BICYCLE], [1.3, 4.0], 8.0)
    speed = usual[:, None] * rng.uniform(0.0, 1.2, (_USERS, 1)) * np.ones((1, _STEPS))
    yaw = rng.uniform(-3.0, 3.0, (_USERS, 1)) + np.cumsum(rng.normal(0.0, 0.01, (_USERS, _STEPS)), axis=1)
    way = np.cumsum(0.1 * speed[..., None] * np.stack((np.cos(yaw), np.sin(yaw)), axis=-1), axis=1)
    first = rng.integers(0, 100, _USERS)
    last = first + rng.integers(60, 200, _USERS)
    steps = np.arange(_STEPS)
    sizes = {RoadUser.PEDESTRIAN: (0.6, 0.6), RoadUser.BICYCLE: (1.8, 0.6), RoadUser.TRUCK: (8.0, 2.5)}
    tracks = Tracks(
        time_ns=steps * 100_000_000,
        object_id=np.arange(_USERS),
        road_user=kinds,
        size_m=np.array([sizes.get(RoadUser(int(kind)), (4.6, 1.9)) for kind in kinds]),
        xy_m=rng.uniform(-80.0, 80.0, (_USERS, 1, 2)) + way,
        yaw_rad=yaw,
        speed_mps=speed,
        valid=(steps >= first[:, None]) & (steps < last[:, None]),
    )
    return Drive(drive_id=f"log-{seed}", source="made", road=None, tracks=tracks, lights=no_lights())


_PREPARED: list[Drive] = []


def _prepare(seeds: list[int]) -> None:
    _PREPARED[:] = [log(seed) for seed in seeds]
    _search(_PREPARED[:1])


def _search_prepared() -> tuple[float, int]:
    return _search(_PREPARED)


def _search(drives: list[Drive]) -> tuple[float, int]:
    began = perf_counter()
    hits = sum(len(mine_quickly(drive, FIVE, with_reasons=False)) for drive in drives)
    return perf_counter() - began, hits
