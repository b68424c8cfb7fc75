"""All pairs within 15 m and 1.5 s of a collision in 51 million rows, and how DuckDB and Polars do beside."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

import numpy as np

from zhixing.dataloop.mining.scan import open_columns, scan_pairs
from zhixing.dataloop.peers import duckdb_pairs_s, write_parquet
from zhixing.datatypes.conditions import Compare
from zhixing.runtime.bench.measure import Measure

ROWS, PER_FRAME = 51_000_000, 32
_SIDE_M = 90.0
_NEAR_M, _SOON_S = 15.0, 1.5
_TARGET_S, _TARGET_GB = 3.5, 1.0
_REPEATS = 3
_ATOMS = (
    Compare(measure="centre_distance_m", of=("a", "b"), at_most=_NEAR_M),
    Compare(measure="ttc_s", of=("a", "b"), below=_SOON_S),
)
_ALONE = "from zhixing.runtime.bench.dataloop.pair_query import alone; alone({!r}, {})"


def pair_query(rows: int = ROWS, on_progress: Callable[[float], None] | None = None) -> list[Measure]:
    """Measure the query in a process of its own, so that its memory can be told; DuckDB asks with circles for boxes."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_columns(folder, rows)
        if on_progress:
            on_progress(0.4)
        command = [sys.executable, "-c", _ALONE.format(name, _REPEATS)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603
        *times, hits, peak_gb = (float(word) for word in done.stdout.split())
        write_parquet(folder, PER_FRAME)
        peer_s, peer_hits = duckdb_pairs_s(folder, _NEAR_M, _SOON_S)
    candidates = rows * (PER_FRAME - 1) / 2
    what = f"pairs within {_NEAR_M:g} m and {_SOON_S:g} s in {rows / 1e6:.0f} M rows"
    return [
        Measure(name=f"{what}: median", value=float(np.median(times)), unit="s", target=_TARGET_S),
        Measure(name=f"{what}: worst of {_REPEATS}", value=max(times), unit="s"),
        Measure(name=f"{what}: memory at most", value=peak_gb, unit="GB", target=_TARGET_GB),
        Measure(name=f"{what}: candidates", value=candidates / 1e6, unit="M"),
        Measure(name=f"{what}: found", value=hits / 1e6, unit="M"),
        Measure(name=f"{what}: DuckDB, circles for boxes", value=peer_s, unit="s"),
        Measure(name=f"{what}: DuckDB found", value=peer_hits / 1e6, unit="M"),
    ]


def make_columns(folder: Path, rows: int, seed: int = 0) -> None:
    """Write cars and two-wheelers who go anywhere on places 90 m wide, 32 in a frame, in single precision."""
    names = ("x_m", "y_m", "cos", "sin", "yaw_rad", "vx_mps", "vy_mps", "speed_mps", "length_m", "width_m")
    count = rows // PER_FRAME * PER_FRAME
    np.save(folder / "start.npy", np.arange(0, count + 1, PER_FRAME))
    columns = {
        name: np.lib.format.open_memmap(folder / f"{name}.npy", "w+", np.dtype(np.float32), (count,)) for name in names
    }
    rng = np.random.default_rng(seed)
    for low in range(0, count, 1_000_000):
        part = slice(low, min(low + 1_000_000, count))
        size = part.stop - low
        yaw, speed = rng.uniform(-np.pi, np.pi, size), rng.uniform(0.0, 15.0, size)
        is_car = rng.random(size) < 0.6
        values = (
            rng.uniform(0.0, _SIDE_M, size), rng.uniform(0.0, _SIDE_M, size), np.cos(yaw), np.sin(yaw), yaw,
            speed * np.cos(yaw), speed * np.sin(yaw), speed, np.where(is_car, 4.6, 1.8), np.where(is_car, 1.8, 0.7),
        )  # fmt: skip
        for name, value in zip(names, values, strict=True):
            columns[name][part] = value
    for column in columns.values():
        column.flush()


def alone(folder: str, repeats: int) -> None:
    """Print the times of some searches, how many pairs were found, and the most memory that this process had."""
    columns = open_columns(Path(folder))
    few = type(columns)(columns.start[:3], *columns[1:])
    for _ in scan_pairs(few, _ATOMS, "a"):  # compiles
        pass
    times, hits = [], 0
    for _ in range(repeats):
        began = perf_counter()
        hits = sum(pairs.shape[0] for pairs in scan_pairs(columns, _ATOMS, "a", threads=2)) // 2
        times.append(perf_counter() - began)
    sys.stdout.write(f"{' '.join(map(str, times))} {hits} {_peak_gb()}\n")


def _peak_gb() -> float:
    """Return the most memory that this process had, as the kernel counts it, in GB."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024 / 1e9
    return float("nan")
