"""Where does a driver fail? Look through the parameters of a pattern, first everywhere, then where it was hardest."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from scipy.stats import qmc

from zhixing.datatypes.shapes import FloatArray
from zhixing.errors import InputError
from zhixing.runtime.kept_patterns import keep_pattern_drive
from zhixing.runtime.patterns import PatternDrive, drive_pattern
from zhixing.runtime.planners import make_planner
from zhixing.simulation.patterns.catalogue import pattern_named

_WIDE_SHARE = 0.5
"""Of the budget: to look everywhere (a Sobol sequence), before the rest goes where it was hardest."""
_ROUND, _ELITE_SHARE, _LEAST_DEVIATION = 16, 0.25, 0.05
_BINS = 4
_TTC_MOST_S, _FAILED = 5.0, -1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """One scene that was driven.

    Attributes:
        values: Of all parameters.
        hardness: The smaller the harder: -1 and less where the driver failed, else about the smallest time to collision
            in seconds.
        outcome: What ended the drive.
        score: Of the driving exam.
        kept: Where the failure was written, empty if it was none or is not kept.
    """

    values: dict[str, float]
    hardness: float
    outcome: str
    score: float
    kept: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchReport:
    """What a search found.

    Attributes:
        pattern: Name.
        planner: Who drove.
        tried: Every scene, the hardest first.
        coverage: For each pair of parameters (or the only one), the share of the cells, four along each axis, in which
            at least one scene was driven; 1 where there is nothing to vary.
    """

    pattern: str
    planner: str
    tried: tuple[Tried, ...]
    coverage: float

    @property
    def failures(self) -> tuple[Tried, ...]:
        """Scenes in which the driver was at fault."""
        return tuple(one for one in self.tried if one.hardness <= _FAILED)


def search_pattern(
    name: str,
    planner_name: str,
    budget: int,
    seed: int = 0,
    jobs: int = 1,
    keep: Path | None = None,
    on_progress: Callable[[float], None] | None = None,
    *,
    is_checked: bool = True,
) -> SearchReport:
    """Look for the scenes of a pattern that are hardest for a driver.

    Half of the budget is spread evenly over the parameters (Sobol 1967). The rest follows the cross-entropy method
    (Rubinstein 1999): in rounds, from normal distributions fitted to the hardest quarter so far, at most sixteen. Every
    scene has dice of its own besides. The result is the same whatever the number of processes.

    Args:
        name: Of the pattern.
        planner_name: Registered name.
        budget: Scenes to drive.
        seed: Of the dice.
        jobs: Processes.
        keep: A folder into which failures are written as tasks, or None.
        on_progress: Told the share that is done.
        is_checked: Whether the safety checker stands between planner and car.

    Raises:
        InputError: There is no such pattern, the budget is not positive, or the folder cannot be written.
        PluginError: The planner is not registered or lacks a method.
        ScenarioError: A failure cannot be written.
    """
    pattern = pattern_named(name)
    make_planner(planner_name)
    if budget < 1:
        raise InputError(f"a budget of {budget} scenes", hint="Give at least 1.")
    if keep is not None:
        try:
            keep.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(f"{keep} cannot be written: {error.strerror}", hint="Choose another folder.") from error
    low = np.array([parameter.low for parameter in pattern.parameters])
    high = np.array([parameter.high for parameter in pattern.parameters])
    names = [parameter.name for parameter in pattern.parameters]
    how = _How(name, planner_name, keep, is_checked)
    rng = np.random.default_rng([seed, 23])
    shares: list[FloatArray] = []
    tried: list[Tried] = []
    with _workers(jobs) as run:
        for batch in _batches(budget, low.size, seed, rng, shares, tried):
            scenes = [
                dict(zip(names, (low + share * (high - low)).tolist(), strict=True)) for share in batch
            ]  # fmt: skip
            shares.extend(batch)
            tried.extend(run([(how, values, seed + len(tried) + k) for k, values in enumerate(scenes)]))
            if on_progress:
                on_progress(len(tried) / budget)
    return SearchReport(
        pattern=name,
        planner=planner_name,
        tried=tuple(sorted(tried, key=lambda one: one.hardness)),
        coverage=coverage_of(np.array(shares)),
    )


def coverage_of(shares: FloatArray) -> float:
    """Return how much of the parameters was looked at: the share of cells, four along each axis, of all pairs.

    Args:
        shares: (scenes, parameters) where in its range each parameter was, 0 to 1.

    Example:
        >>> coverage_of(np.array([[0.1], [0.9]]))
        0.5
    """
    cells = np.minimum((shares * _BINS).astype(np.int64), _BINS - 1)
    count = shares.shape[1]
    if count == 0:
        return 1.0
    if count == 1:
        return float(np.unique(cells[:, 0]).size) / _BINS
    pairs = [(a, b) for a in range(count) for b in range(a)]
    covered: int = sum(np.unique(cells[:, list(pair)], axis=0).shape[0] for pair in pairs)
    return covered / (len(pairs) * _BINS**2)


def _batches(
    budget: int, count: int, seed: int, rng: np.random.Generator, shares: list[FloatArray], tried: list[Tried]
) -> Iterator[list[FloatArray]]:
    """Yield what to try next, as shares of the ranges; what became of it is read from ``tried`` afterwards."""
    wide = max(1, math.ceil(_WIDE_SHARE * budget))
    if not count:
        yield [np.zeros(0)] * budget
        return
    sobol = qmc.Sobol(count, rng=np.random.default_rng([seed, 29])).random_base2(max(0, math.ceil(math.log2(wide))))
    yield list(sobol[:wide])
    while len(tried) < budget:
        order = np.argsort([one.hardness for one in tried], kind="stable")
        elite = np.array(shares)[order[: max(4, round(_ELITE_SHARE * min(len(tried), 4 * _ROUND)))]]
        mean, deviation = elite.mean(axis=0), np.maximum(elite.std(axis=0), _LEAST_DEVIATION)
        size = min(_ROUND, budget - len(tried))
        yield list(np.clip(rng.normal(mean, deviation, (size, count)), 0.0, 1.0))


@dataclass(frozen=True, slots=True)
class _How:
    name: str
    planner_name: str
    keep: Path | None
    is_checked: bool


class _workers:  # noqa: N801  # a function that gives a context
    """Run scenes in this process or in several."""

    def __init__(self, jobs: int) -> None:
        self._pool = ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) if jobs > 1 else None

    def __enter__(self) -> Callable[[list[tuple[_How, dict[str, float], int]]], list[Tried]]:
        if self._pool is None:
            return lambda scenes: [_try(*scene) for scene in scenes]
        pool = self._pool
        return lambda scenes: list(pool.map(_try, *zip(*scenes, strict=True)))

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)


def _try(how: _How, values: dict[str, float], seed: int) -> Tried:
    drive = drive_pattern(how.name, values, seed, how.planner_name, is_checked=how.is_checked)
    hardness = hardness_of(drive)
    kept = ""
    if how.keep is not None and hardness <= _FAILED:
        kept = str(keep_pattern_drive(drive, how.keep))
    return Tried(
        values=values, hardness=hardness, outcome=drive.trace.outcome, score=round(drive.card.score, 4), kept=kept
    )  # fmt: skip


def hardness_of(drive: PatternDrive) -> float:
    """Return how hard a scene was for its driver: -1 less the speed of the impact where it failed, else about TTC.

    Failing is an at-fault collision or leaving the road.
    """
    if drive.trace.outcome in {"collision", "off_road"}:
        return _FAILED - 0.1 * float(abs(drive.trace.speed_mps[-1]))
    metrics = drive.card.metrics
    nearest_m = min((v for k, v in metrics.items() if k.startswith("min_distance_m_")), default=math.inf)
    return min(metrics["min_ttc_s"], _TTC_MOST_S) + 0.1 * min(nearest_m, 10.0)
