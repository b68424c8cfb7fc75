"""Rows of drives as Parquet: one file holds several drives, sorted by drive, then time, then road user."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import fields
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from zhixing.datatypes.observations import Observations
from zhixing.errors import RecordingError

_COLUMNS = [field.name for field in fields(Observations)]
_WHOLE = {"time_ns": pa.int64(), "object_id": pa.int64(), "road_user": pa.int8()}
SCHEMA = pa.schema(
    [("drive", pa.string()), *((name, _WHOLE.get(name, pa.float64())) for name in _COLUMNS), ("reason", pa.int8())]
)
"""What stands in a file of rows; ``reason`` is 0 for what is true, else why a row was put aside."""
_GROUP_ROWS = 1_000_000
_READABLE = (pa.ArrowInvalid, pa.ArrowException, OSError, KeyError, IndexError)


def write_states(drives: Iterable[tuple[str, Observations, Any]]) -> tuple[bytes, list[tuple[int, int]]]:
    """Return a file with the rows of some drives, and for each drive its first row group and how many it has.

    Args:
        drives: For each its key, its rows, and (rows,) why they were put aside or None.
    """
    file = io.BytesIO()
    groups: list[tuple[int, int]] = []
    done = 0
    with pq.ParquetWriter(
        file,
        SCHEMA,
        compression="zstd",
        compression_level=1,
        use_dictionary=["drive", "object_id", "road_user", "length_m", "width_m", "reason"],
        use_byte_stream_split=["x_m", "y_m", "yaw_rad", "speed_mps"],
        write_statistics=["drive", "time_ns", "x_m", "y_m"],
    ) as writer:
        for key, rows, reason in drives:
            arrays = [pa.DictionaryArray.from_arrays(np.zeros(rows.num_rows, dtype=np.int32), [key]).cast(pa.string())]
            arrays += [pa.array(getattr(rows, name)).cast(SCHEMA.field(name).type) for name in _COLUMNS]
            arrays.append(pa.array(np.zeros(rows.num_rows) if reason is None else reason).cast(pa.int8()))
            writer.write_table(pa.Table.from_arrays(arrays, schema=SCHEMA), row_group_size=_GROUP_ROWS)
            count = max(1, -(-rows.num_rows // _GROUP_ROWS))
            groups.append((done, count))
            done += count
    return file.getvalue(), groups


def read_states(file: BinaryIO, first_group: int, num_groups: int) -> Observations:
    """Return the rows of one drive.

    Raises:
        RecordingError: The file is damaged.
    """
    try:
        with pq.ParquetFile(file) as parquet:
            table = parquet.read_row_groups(range(first_group, first_group + num_groups), columns=_COLUMNS)
    except _READABLE as error:
        raise RecordingError(
            f"a file of the archive is damaged: {error}", hint="Ingest the recording again."
        ) from error
    return Observations(
        **{
            name: table.column(name).to_numpy().astype(np.int64 if name in _WHOLE else np.float64, copy=True)
            for name in _COLUMNS
        }
    )
