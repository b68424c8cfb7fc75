"""Pairs in more rows than memory holds: columns in files are looked at piece by piece."""

from __future__ import annotations

import mmap
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from zhixing.dataloop.mining.bounds import bounds_of, find_pairs
from zhixing.dataloop.mining.frames import Frames
from zhixing.datatypes.conditions import Compare, Is
from zhixing.datatypes.shapes import IntArray

_CHUNK_ROWS = 1_000_000


def open_columns(folder: Path) -> Frames:
    """Return columns that lie in ``NAME.npy`` files, one for each field of :class:`Frames`, without reading them.

    Args:
        folder: Where they are; all but ``start`` may be of single precision.
    """
    return Frames(*(np.load(folder / f"{name}.npy", mmap_mode="r") for name in Frames._fields))


def scan_pairs(
    columns: Frames, atoms: Sequence[Compare | Is], first_role: str, threads: int = 1, chunk_rows: int = _CHUNK_ROWS
) -> Iterator[IntArray]:
    """Yield (pairs, 2) rows of who fulfils bounds of two roles that anybody can play, piece by piece, in order.

    Args:
        columns: Frames one after the other; of columns in files a piece is in memory only while it is looked at.
        atoms: All of the same two roles, of measures that the kernel takes.
        first_role: Name of the role that the first row of each pair plays.
        threads: How many pieces are looked at at once.
        chunk_rows: Rows of a piece, about.
    """
    start = columns.start
    edges = np.unique(np.append(np.searchsorted(start, np.arange(0, int(start[-1]), chunk_rows)), start.size - 1))

    def look(piece: int) -> IntArray:
        begin, end = int(edges[piece]), int(edges[piece + 1])
        low, high = int(start[begin]), int(start[end])
        values = (column[low:high] for column in columns[1:])
        frames = Frames(np.asarray(start[begin : end + 1]) - low, *values)
        everybody = np.ones(high - low, dtype=np.bool_)
        found = [*find_pairs(frames, bounds_of(atoms, first_role, frames), everybody, everybody)]
        _let_go(columns, low, high)
        return np.concatenate(found) + low if found else np.zeros((0, 2), dtype=np.int64)

    if threads <= 1:
        yield from map(look, range(edges.size - 1))
        return
    with ThreadPoolExecutor(threads) as pool:
        yield from pool.map(look, range(edges.size - 1))


def _let_go(columns: Frames, low: int, high: int) -> None:
    """Tell the system that some rows of columns in files are not needed in memory any more."""
    for column in columns[1:]:
        file = getattr(column, "_mmap", None)
        if isinstance(file, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
            base = int(getattr(column, "offset", 0)) % mmap.ALLOCATIONGRANULARITY
            first = -(-(base + low * column.itemsize) // mmap.PAGESIZE) * mmap.PAGESIZE
            last = (base + high * column.itemsize) // mmap.PAGESIZE * mmap.PAGESIZE
            if last > first:
                file.madvise(mmap.MADV_DONTNEED, first, last - first)
