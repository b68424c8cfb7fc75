"""What a conjunction asks of pairs, as the kernel wants it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from zhixing.dataloop.mining.frames import Frames
from zhixing.dataloop.mining.pair_kernel import CODES, SYMMETRIC, Bounds, pairs_within
from zhixing.datatypes.conditions import Compare, Is
from zhixing.datatypes.shapes import BoolArray, FloatArray, IntArray

_ROOM = 1 << 18
_CHUNK_ROWS = 2_000_000
_TINY_M = 1e-6
"""Sums of floating numbers differ by less, so what lies on a bound is looked at."""


def bounds_of(atoms: Sequence[Compare | Is], a: str, frames: Frames) -> Bounds:
    """Return the bounds of conditions that are all of the same two roles.

    Args:
        atoms: Each of a measure in ``CODES``.
        a: The role that is the kernel's a.
        frames: Sizes and speeds in them limit how far apart two can be.
    """
    ranges = [_range(atom) for atom in atoms]
    low, high, low_open, high_open = ([one[k] for one in ranges] for k in range(4))
    is_turned = [atom.of[0] != a for atom in atoms]
    size = _greatest(frames.length_m + frames.width_m)
    speed = math.sqrt(_greatest(frames.vx_mps * frames.vx_mps + frames.vy_mps * frames.vy_mps))
    spans = zip(atoms, low, high, strict=True)
    reaches = [_reach_m(atom.measure, least, most, size, speed) for atom, least, most in spans]
    reaches += [_sideways_reach_m(atoms, is_turned, low, high, turned) for turned in (False, True)]
    times = [top for atom, top in zip(atoms, high, strict=True) if atom.measure == "ttc_s"]
    times += [0.0 for atom in atoms if atom.measure == "touches"]
    return Bounds(
        code=np.array([CODES[atom.measure] for atom in atoms], dtype=np.int64),
        is_turned=np.array(is_turned, dtype=np.bool_),
        low=np.array(low, dtype=np.float64),
        high=np.array(high, dtype=np.float64),
        low_open=np.array(low_open, dtype=np.bool_),
        high_open=np.array(high_open, dtype=np.bool_),
        reach_m=min(reaches) + _TINY_M,
        ttc_s=min(times, default=math.inf),
        is_symmetric=all(atom.measure in SYMMETRIC for atom in atoms),
    )


def find_pairs(
    frames: Frames, bounds: Bounds, is_a: BoolArray, is_b: BoolArray, threads: int = 1, chunk_rows: int = _CHUNK_ROWS
) -> Iterator[IntArray]:
    """Yield (pairs, 2) rows of a and b that fulfil all bounds, chunk by chunk of frames, in order.

    Args:
        frames: Who is where.
        bounds: What is asked.
        is_a: (rows,) who can be a.
        is_b: (rows,) who can be b.
        threads: How many look at once.
        chunk_rows: Rows that one thread looks at before it gives its answer.
    """
    num_frames = frames.start.size - 1
    edges = np.searchsorted(frames.start, np.arange(0, int(frames.start[-1]), chunk_rows))
    chunks = [(int(a), int(b)) for a, b in zip(edges, [*edges[1:], num_frames], strict=True) if b > a]
    largest = int(np.diff(frames.start).max(initial=0))
    room = max(_ROOM, largest * largest)

    def look(chunk: tuple[int, int]) -> list[IntArray]:
        at, end = chunk
        parts, out = [], np.empty((room, 2), dtype=np.int64)
        while at < end:
            found, at = pairs_within(frames, bounds, is_a, is_b, at, end, out)
            parts.append(out[:found].copy())
        return parts

    if threads <= 1 or len(chunks) <= 1:
        for chunk in chunks:
            yield from look(chunk)
        return
    with ThreadPoolExecutor(threads) as pool:
        for parts in pool.map(look, chunks):
            yield from parts


def _range(atom: Compare | Is) -> tuple[float, float, float, float]:
    """Return least and greatest value, and whether each of them is excluded (1) or not (0)."""
    if isinstance(atom, Is):
        return 1.0, 1.0, 0.0, 0.0
    lows = [(bound, is_open) for bound, is_open in ((atom.at_least, 0.0), (atom.above, 1.0)) if bound is not None]
    highs = [(bound, is_open) for bound, is_open in ((atom.at_most, 0.0), (atom.below, 1.0)) if bound is not None]
    low = max(lows, default=(-math.inf, 0.0))
    high = min(highs, key=lambda one: (one[0], -one[1]), default=(math.inf, 0.0))
    return low[0], high[0], low[1], high[1]


def _reach_m(measure: str, low: float, high: float, size_m: float, speed_mps: float) -> float:
    """Return how far apart the centres of two can be whose measure lies between two values."""
    closing_mps = 2.0 * speed_mps
    match measure:
        case "centre_distance_m":
            return high
        case "touches":
            return size_m
        case "distance_m" | "gap_ahead_m":
            return high + size_m
        case "headway_s":
            return _way_m(high, speed_mps) + size_m
        case "ttc_s" | "ttc_ahead_s":
            return _way_m(high, closing_mps) + size_m
        case "needed_decel_mps2" if low > 0.0:
            return closing_mps**2 / (2.0 * low) + size_m
        case _:
            return math.inf


def _way_m(time_s: float, speed_mps: float) -> float:
    return time_s * speed_mps if math.isfinite(time_s) else math.inf


def _sideways_reach_m(
    atoms: Sequence[Compare | Is], is_turned: Sequence[bool], low: Sequence[float], high: Sequence[float], turned: bool
) -> float:
    """Return how far apart two can be if it is said how far the one is ahead and how far left of the other."""
    most = {"ahead_m": math.inf, "left_m": math.inf}
    for atom, is_so, least, greatest in zip(atoms, is_turned, low, high, strict=True):
        if is_so == turned and atom.measure in most:
            most[atom.measure] = min(most[atom.measure], max(abs(least), abs(greatest)))
    return math.hypot(most["ahead_m"], most["left_m"])


def _greatest(values: FloatArray) -> float:
    return float(np.fmax.reduce(values, initial=0.0))
