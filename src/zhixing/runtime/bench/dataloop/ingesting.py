"""How quickly recordings become drives: tables of tracks that are made here, and tasks where there are some."""

from __future__ import annotations

import tempfile
from pathlib import Path
from time import perf_counter

import numpy as np

from zhixing.dataloop.archive.archive import Archive
from zhixing.dataloop.fanout import Fanout
from zhixing.dataloop.ingest.ingest import ingest
from zhixing.dataloop.peers import duckdb_csv_s
from zhixing.runtime.bench.measure import Measure

_FILES, _USERS, _STEPS = 12, 1000, 250
_JOBS, _REPEATS = 2, 3
_ROWS_TARGET, _TASKS_TARGET = 500_000.0, 10.0
_HEADER = "track_id,frame_id,timestamp_ms,agent_type,x,y,vx,vy,psi_rad,length,width"


def ingesting(tasks: Path | None) -> list[Measure]:
    """Measure reading, checking, sorting and writing.

    Args:
        tasks: A folder with driving tasks, or None.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for k in range(_FILES):
            write_csv(folder / "tables" / f"vehicle_tracks_{k:03d}.csv", k)
        ingest([folder / "tables" / "vehicle_tracks_000.csv"], Archive(f"{name}/warm"))
        rows, times, peers = 0, [], []
        for repeat in range(_REPEATS):
            archive = Archive(f"{name}/archive-{repeat}")
            began = perf_counter()
            rows = ingest([folder / "tables"], archive, Fanout(_JOBS)).num_rows
            times.append(perf_counter() - began)
            peers.append(duckdb_csv_s(folder / "tables" / "*.csv", folder / f"peer-{repeat}.parquet"))
        megabytes = sum(file.stat().st_size for file in (folder / "tables").iterdir()) / 1e6
        what = f"CSV of {rows / 1e6:.1f} M rows ({megabytes:.0f} MB) in {_FILES} files, {_JOBS} processes"
        measures = [
            Measure(name=f"{what}: rows a second, median", value=rows / float(np.median(times)), unit="1/s",
                    target=_ROWS_TARGET, more_is_better=True),
            Measure(name=f"{what}: DuckDB to Parquet, unchecked", value=rows / float(np.median(peers)), unit="1/s",
                    more_is_better=True),
        ]  # fmt: skip
        if tasks is not None:
            archive = Archive(f"{name}/tasks")
            began = perf_counter()
            report = ingest([tasks], archive, Fanout(_JOBS))
            rate = report.num_sources / (perf_counter() - began)
            measures.append(
                Measure(name=f"{report.num_sources} driving tasks, {_JOBS} processes: tasks a second", value=rate,
                        unit="1/s", target=_TASKS_TARGET, more_is_better=True)
            )  # fmt: skip
    return measures


def write_csv(path: Path, seed: int) -> None:
    """Write a table of tracks: cars on long straight ways, 250 rows each, frame by frame."""
    rng = np.random.default_rng(seed)
    x, y = rng.uniform(0.0, 500.0, (2, _USERS))
    yaw, speed = rng.uniform(-np.pi, np.pi, _USERS), rng.uniform(0.0, 20.0, _USERS)
    vx, vy = speed * np.cos(yaw), speed * np.sin(yaw)
    lines = [_HEADER]
    tails = [f"{a:.3f},{b:.3f},{c:.3f},4.60,1.80" for a, b, c in zip(vx, vy, yaw, strict=True)]
    for step in range(_STEPS):
        at_x, at_y = x + 0.1 * step * vx, y + 0.1 * step * vy
        lines += [
            f"{k},{step},{100 * step},car,{at_x[k]:.3f},{at_y[k]:.3f},{tails[k]}" for k in range(_USERS)
        ]  # fmt: skip
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", "utf-8")
