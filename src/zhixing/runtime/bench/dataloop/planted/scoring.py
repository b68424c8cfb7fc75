"""How much of what was planted is found, and how much of what is found was planted."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from zhixing.dataloop.mining.quick import mine_quickly
from zhixing.datatypes.evidence import Drive
from zhixing.datatypes.hit import Hit
from zhixing.datatypes.query import Query
from zhixing.runtime.bench.dataloop.planted.scenes import Planted, Sower, recorded

LEAST_OVERLAP = 0.5
MOST_LATE_S = 0.2

Finder = Callable[[Drive, Query], Sequence[Hit]]
"""What answers a query."""


@dataclass(frozen=True, slots=True)
class Score:
    """How an answer compares with what was planted.

    Attributes:
        planted: Events there are.
        hits: Events that were said to be.
        found: Pairs of one and the other.
        fit: How well the found fit, all in all; each fits by the share of the time of both that is the time of each.
    """

    planted: int
    hits: int
    found: int
    fit: float

    @property
    def recall(self) -> float:
        """Share of what was planted that is found; 1 where nothing was."""
        return self.found / self.planted if self.planted else 1.0

    @property
    def precision(self) -> float:
        """Share of what is found that was planted; 1 where nothing is."""
        return self.found / self.hits if self.hits else 1.0

    @property
    def mean_fit(self) -> float:
        """How well what is found fits what was planted, on average."""
        return self.fit / self.found if self.found else 1.0


def find_quickly(drive: Drive, query: Query) -> Sequence[Hit]:
    """Return the answer of the quick engine."""
    return mine_quickly(drive, query, with_reasons=False)


def planted_scenes(name: str, sower: Sower, scenes: int) -> list[Planted]:
    """Return so many recordings for a measure, always the same."""
    key = zlib.crc32(name.encode())
    return [
        recorded(sower(np.random.default_rng([key, k])), f"{name}-{k}", np.random.default_rng([key, k, 1]))
        for k in range(scenes)
    ]


def score(planted: Sequence[Planted], find: Finder = find_quickly) -> Score:
    """Compare answers with what was planted, in all of some recordings."""
    parts = [compare(one, find(one.drive, one.query)) for one in planted]
    return Score(
        planted=sum(one.planted for one in parts),
        hits=sum(one.hits for one in parts),
        found=sum(one.found for one in parts),
        fit=sum(one.fit for one in parts),
    )


def compare(planted: Planted, hits: Sequence[Hit]) -> Score:
    """Compare an answer with what was planted in one recording; a plant and a hit are paired once at most."""
    fits = [
        (fit, k, j)
        for k, plant in enumerate(planted.plants)
        for j, hit in enumerate(hits)
        if (fit := how_well(plant, hit, planted.frame_s)) > 0.0
    ]
    plants_left, hits_left = set(range(len(planted.plants))), set(range(len(hits)))
    total = 0.0
    for fit, k, j in sorted(fits, reverse=True):
        if k in plants_left and j in hits_left:
            plants_left.remove(k)
            hits_left.remove(j)
            total += fit
    return Score(len(planted.plants), len(hits), len(planted.plants) - len(plants_left), total)


def how_well(plant: Hit, hit: Hit, frame_s: float) -> float:
    """Return how well a hit fits what was planted, 0 to 1; 0 if it is another event.

    Events with a duration have to overlap by half of the time of both, those that are over at once to begin within
    0.2 s and a step.
    """
    if (plant.drive_id, plant.object_ids) != (hit.drive_id, hit.object_ids):
        return 0.0
    if plant.start_ns == plant.end_ns:
        late_s = abs(hit.start_ns - plant.start_ns) * 1e-9
        most_s = MOST_LATE_S + frame_s
        is_short = hit.duration_s <= most_s
        return 1.0 - 0.5 * late_s / most_s if late_s <= most_s and is_short else 0.0
    both = min(plant.end_ns, hit.end_ns) - max(plant.start_ns, hit.start_ns)
    either = max(plant.end_ns, hit.end_ns) - min(plant.start_ns, hit.start_ns)
    overlap = max(both, 0) / either
    return overlap if overlap >= LEAST_OVERLAP else 0.0
