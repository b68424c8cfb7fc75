"""What DuckDB alone needs for what our kernels do, for benchmarks."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

_GROUP_ROWS = 1_000_000
_PAIRS = """
WITH pairs AS (
  SELECT b.x - a.x AS dx, b.y - a.y AS dy, b.vx - a.vx AS dvx, b.vy - a.vy AS dvy, a.radius + b.radius AS reach
  FROM rows a JOIN rows b ON a.frame = b.frame AND a.id < b.id
  WHERE (b.x - a.x) * (b.x - a.x) + (b.y - a.y) * (b.y - a.y) <= {near} * {near}
), closing AS (
  SELECT dx * dx + dy * dy AS apart2, -(dx * dvx + dy * dvy) AS closing, dvx * dvx + dvy * dvy AS speed2, reach
  FROM pairs
)
SELECT count(*) FROM closing
WHERE apart2 <= reach * reach OR (closing > 0 AND closing * closing >= speed2 * (apart2 - reach * reach)
  AND closing - sqrt(closing * closing - speed2 * (apart2 - reach * reach)) < {soon} * speed2)
"""


def write_parquet(folder: Path, per_frame: int) -> None:
    """Write columns of :func:`zhixing.dataloop.mining.scan.open_columns` beside them as ``rows.parquet``."""
    columns = {
        name: np.load(folder / f"{name}.npy", mmap_mode="r")
        for name in ("x_m", "y_m", "vx_mps", "vy_mps", "length_m", "width_m")
    }
    count = columns["x_m"].size
    schema = pa.schema(
        [
            ("frame", pa.int32()),
            ("id", pa.int32()),
            *((name, pa.float32()) for name in ("x", "y", "vx", "vy", "radius")),
        ]
    )
    with pq.ParquetWriter(folder / "rows.parquet", schema, compression="zstd") as writer:
        for low in range(0, count, _GROUP_ROWS):
            part = slice(low, min(low + _GROUP_ROWS, count))
            row = np.arange(part.start, part.stop)
            radius = 0.5 * np.hypot(columns["length_m"][part], columns["width_m"][part])
            motion = [columns[name][part] for name in ("x_m", "y_m", "vx_mps", "vy_mps")]
            values = [(row // per_frame).astype(np.int32), (row % per_frame).astype(np.int32), *motion, radius]
            writer.write_table(pa.Table.from_arrays([pa.array(value) for value in values], schema=schema))


def duckdb_pairs_s(folder: Path, near_m: float, soon_s: float, threads: int = 2) -> tuple[float, int]:
    """Return how long DuckDB takes to count pairs whose circles touch soon, and how many it counts."""
    with duckdb.connect(":memory:") as database:
        database.execute(f"SET threads={threads}")
        database.execute(f"SET temp_directory='{folder}/duckdb'")
        database.execute(f"CREATE VIEW rows AS SELECT * FROM read_parquet('{folder}/rows.parquet')")  # noqa: S608
        began = perf_counter()
        found = database.execute(_PAIRS.format(near=near_m, soon=soon_s)).fetchone()
        return perf_counter() - began, int(found[0]) if found else 0


def duckdb_csv_s(table: Path, out: Path, threads: int = 2) -> float:
    """Return how long DuckDB takes to write a table of comma-separated values as Parquet, unchecked."""
    with duckdb.connect(":memory:") as database:
        database.execute(f"SET threads={threads}")
        began = perf_counter()
        what = f"SELECT * FROM read_csv('{table}')"  # noqa: S608
        database.execute(f"COPY ({what}) TO '{out}' (FORMAT parquet, COMPRESSION zstd)")
        return perf_counter() - began
