"""How a driver does in every pattern of the catalogue: one slice each, parameters drawn from all over their ranges."""

from __future__ import annotations

import os
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np

from zhixing.runtime.bench.measure import Measure
from zhixing.runtime.patterns import drive_pattern
from zhixing.runtime.planners import make_planner
from zhixing.simulation.patterns.catalogue import catalogue

_SCENES = 6
"""Of each pattern; the first has the usual values."""
_JOBS = min(8, os.cpu_count() or 1)
_AT_FAULT = {"collision", "off_road"}


def pattern_slices(planner_name: str) -> list[Measure]:
    """Drive some scenes of every pattern, the others reacting, the safety checker behind the planner."""
    make_planner(planner_name)
    names = [name for name in catalogue() for _ in range(_SCENES)]
    seeds = [seed for _ in catalogue() for seed in range(_SCENES)]
    planners = [planner_name] * len(names)
    if _JOBS == 1:
        results = [drive_one(*scene) for scene in zip(names, seeds, planners, strict=True)]
    else:
        with ProcessPoolExecutor(_JOBS, mp_context=get_context("spawn")) as pool:
            results = list(pool.map(drive_one, names, seeds, planners, chunksize=_SCENES))
    failures = Counter(name for name, (outcome, *_) in zip(names, results, strict=True) if outcome in _AT_FAULT)
    goals = sum(outcome == "goal" for outcome, *_ in results)
    measures = [
        Measure(
            name=f"{planner_name}, at-fault collisions and leaving the road in {len(results)} scenes of "
            f"{len(catalogue())} patterns",
            value=float(sum(failures.values())), unit="scenes", target=0.0,
        ),
        Measure(name=f"{planner_name}, hit without fault", value=float(sum(row[2] for row in results)), unit="times"),
        Measure(
            name=f"{planner_name}, goals reached", value=100.0 * goals / len(results), unit="%", more_is_better=True
        ),
        Measure(
            name=f"{planner_name}, mean score", value=float(np.mean([score for _, score, _ in results])), unit="",
            more_is_better=True,
        ),
    ]  # fmt: skip
    return measures + [
        Measure(name=f"slice {name}, failures of {_SCENES}", value=float(count), unit="scenes")
        for name, count in sorted(failures.items())
    ]


def drive_one(name: str, seed: int, planner_name: str) -> tuple[str, float, int]:
    """Return outcome, score and hits without fault of one scene."""
    pattern = catalogue()[name]
    values = pattern.draw(np.random.default_rng([seed, 31])) if seed else pattern.usual()
    drive = drive_pattern(name, values, seed, planner_name)
    return drive.trace.outcome, drive.card.score, len(drive.trace.contact_ids)
