"""Chance that depends on whole numbers only, so that a run is the same whoever computes it and in which order."""

from __future__ import annotations

import numpy as np

from zhixing.driving.leaf_kernel import leaf_kernel
from zhixing.simulation.traffic.ways import Ways

_MIX = np.uint64(0x9E3779B97F4A7C15)


@leaf_kernel
def random_unit(a: int, b: int, c: int) -> float:
    """Return a number in [0, 1) that depends on three integers only (SplitMix64, Steele et al. 2014)."""
    z = (
        np.uint64(a) * _MIX
        + np.uint64(b) * np.uint64(0xBF58476D1CE4E5B9)
        + np.uint64(c) * np.uint64(0x94D049BB133111EB)
    )
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z ^= z >> np.uint64(31)
    return float(z >> np.uint64(11)) / 9007199254740992.0


@leaf_kernel
def next_way(ways: Ways, way: int, seed: int, identity: int, count: int) -> int:
    """Return the way after a way, drawn evenly among those that continue it; -1 where none does."""
    if way < 0:
        return -1
    begin, end = ways.first_next[way], ways.first_next[way + 1]
    if begin == end:
        return -1
    return int(ways.nexts[begin + int(random_unit(seed, identity, count) * (end - begin))])
