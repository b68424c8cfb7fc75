"""Tables of tracks as INTERACTION and SinD publish them, read as columns: a million rows in a second or two.

Columns: ``track_id frame_id timestamp_ms agent_type x y`` and, where they are told, ``vx vy``, ``psi_rad`` or
``yaw_rad``, ``length``, ``width``, and ``case_id`` (one table with many short recordings).

Source: Zhan et al. (2019), "INTERACTION dataset", and its development kit's description of the files.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from zhixing.datatypes.observations import Observations
from zhixing.datatypes.shapes import FloatArray, IntArray
from zhixing.datatypes.tracks import RoadUser
from zhixing.errors import RecordingError
from zhixing.formats.csv_files import read_header
from zhixing.formats.sind_classes import PEDESTRIAN_ID

MAX_BYTES = 4 * 1024**3
_NEEDED = ("track_id", "timestamp_ms", "agent_type", "x", "y")
_HEADINGS = ("psi_rad", "yaw_rad")
_NUMBERS = ("timestamp_ms", "x", "y", "vx", "vy", *_HEADINGS, "length", "width", "case_id")
_CLASSES = {
    "car": RoadUser.CAR,
    "truck": RoadUser.TRUCK,
    "bus": RoadUser.BUS,
    "motorcycle": RoadUser.EBIKE,
    "bicycle": RoadUser.BICYCLE,
    "tricycle": RoadUser.TRICYCLE,
    "pedestrian": RoadUser.PEDESTRIAN,
    "pedestrian/bicycle": RoadUser.PEDESTRIAN,
}
"""What is called a motorcycle is mostly an e-bike, see ``sind_classes``."""
_RIDES_MPS = 3.0
"""Who is called "pedestrian/bicycle" and is at some time faster than this rides: few people run in traffic."""
_MOST_MS = 1e10
_MOST_NOTES = 5


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class TrackTable:
    """The rows of one recording in a table.

    Attributes:
        case: Number of the recording in the table, -1 where the table is one recording.
        rows: Who was where, in the order of the table.
        frame_ms: (rows,) ``timestamp_ms`` as it stands there.
    """

    case: int
    rows: Observations
    frame_ms: FloatArray


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Tables:
    """What a file holds.

    Attributes:
        recordings: In order of their case.
        num_unreadable: Lines that have another number of columns than the first; they are left out.
        notes: The first few of these in words.
    """

    recordings: tuple[TrackTable, ...]
    num_unreadable: int = 0
    notes: tuple[str, ...] = ()


def is_track_table(path: Path) -> bool:
    """Return whether the first line of a file names the columns of such a table."""
    try:
        return set(_NEEDED) <= set(read_header(path))
    except RecordingError:
        return False


def read_track_table(path: Path) -> Tables:
    """Return the recordings in a table; a cell that is no number is NaN, as is what has no column.

    Raises:
        RecordingError: The file cannot be read, lacks a column, is too large, or holds no row, no time or no class
            that is known.
    """
    names = read_header(path, MAX_BYTES)
    for name in _NEEDED:
        if names.count(name) != 1:
            raise RecordingError(
                f"{path.name} has {names.count(name)} columns {name!r}", hint=f"Needed are: {', '.join(_NEEDED)}."
            )
    table, notes, num_unreadable = _read(path, [name for name in (*_NEEDED, *_NUMBERS) if name in names])
    if not table.num_rows:
        raise RecordingError(f"{path.name} holds no row", hint="Fetch the file again.")
    rows, frame_ms = _rows(path, table)
    recordings = []
    for case, part in _cases(table):
        mine = rows if part is None else rows.take(part)
        recordings.append(TrackTable(case=case, rows=mine, frame_ms=frame_ms if part is None else frame_ms[part]))
    return Tables(recordings=tuple(recordings), num_unreadable=num_unreadable, notes=tuple(notes))


def _read(path: Path, names: list[str]) -> tuple[Any, list[str], int]:
    notes: list[str] = []
    num_unreadable = 0

    def note(row: Any) -> str:  # noqa: ANN401  # pyarrow has no types
        nonlocal num_unreadable
        num_unreadable += 1
        if len(notes) < _MOST_NOTES:
            where = "a line" if row.number is None else f"line {row.number}"
            notes.append(f"{where} has {row.actual_columns} columns, not {row.expected_columns}")
        return "skip"

    parse = csv.ParseOptions(invalid_row_handler=note)
    text, real = pa.string(), pa.float64()
    for exact in (True, False):
        types = {name: real if name in _NUMBERS and exact else text for name in dict.fromkeys(names)}
        types["track_id"] = types["agent_type"] = text
        convert = csv.ConvertOptions(
            column_types=types, include_columns=list(types), null_values=["", "NaN", "nan", "NA", "null"]
        )
        notes.clear()
        num_unreadable = 0
        try:
            table = csv.read_csv(
                path, csv.ReadOptions(block_size=8 << 20, use_threads=False), parse, convert_options=convert
            )
        except pa.ArrowInvalid as error:
            if exact and "conversion error" in str(error):
                continue  # somewhere stands a word in a column of numbers: then each is converted for itself
            raise RecordingError(f"{path.name}: {error}", hint="Give a text file of values and commas.") from error
        except (OSError, pa.ArrowException) as error:
            raise RecordingError(f"{path.name} cannot be read: {error}", hint="Fetch the file again.") from error
        break
    return table, notes, num_unreadable


def _rows(path: Path, table: Any) -> tuple[Observations, FloatArray]:  # noqa: ANN401
    frame_ms = _number(table, "timestamp_ms")
    if not (np.abs(frame_ms) <= _MOST_MS).all():
        line = int(np.flatnonzero(~(np.abs(frame_ms) <= _MOST_MS))[0]) + 2
        raise RecordingError(f"{path.name}: about line {line} is a row without a time", hint="Give milliseconds.")
    vx, vy = _number(table, "vx"), _number(table, "vy")
    heading = next((name for name in _HEADINGS if name in table.column_names), "")
    yaw = _number(table, heading)
    speed = np.hypot(vx, vy)
    # Along the heading, so that reversing is negative; without one nobody is taken to reverse.
    along = np.where(np.isnan(yaw), speed, vx * np.cos(yaw) + vy * np.sin(yaw))
    object_id = _identities(table.column("track_id"))
    rows = Observations(
        time_ns=np.rint(frame_ms * 1e6).astype(np.int64),
        object_id=object_id,
        road_user=_classes(path, table.column("agent_type"), object_id, speed),
        x_m=_number(table, "x"),
        y_m=_number(table, "y"),
        yaw_rad=yaw,
        speed_mps=along,
        length_m=_number(table, "length"),
        width_m=_number(table, "width"),
    )
    return rows, frame_ms


def _number(table: Any, name: str) -> FloatArray:  # noqa: ANN401
    """Return a column, NaN where it holds no number or is not there."""
    if name not in table.column_names:
        return np.full(table.num_rows, np.nan)
    column = table.column(name)
    if not pa.types.is_floating(column.type):
        pattern = r"^\s*[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?\s*$"
        fits = pc.match_substring_regex(column, pattern)
        column = pc.cast(pc.utf8_trim_whitespace(pc.if_else(fits, column, None)), pa.float64())
    return np.asarray(column.to_numpy(zero_copy_only=False), dtype=np.float64)


def _identities(column: Any) -> IntArray:  # noqa: ANN401
    """Return (rows,) ``object_id``: the number in 12 or P12, the latter that much higher as pedestrians are."""
    encoded = pc.dictionary_encode(column).combine_chunks()
    texts = [str(text).strip() for text in encoded.dictionary.to_pylist()]
    numbers, others = [], 0
    for text in texts:
        found = re.fullmatch(r"([Pp]?)([0-9]{1,9})(\.0+)?", text)
        if found:
            numbers.append(int(found[2]) + (PEDESTRIAN_ID if found[1] else 0))
        else:
            others += 1
            numbers.append(10**10 + others)
    place = encoded.indices.to_numpy(zero_copy_only=False)
    unknown = np.isnan(place) if place.dtype.kind == "f" else np.zeros(place.shape, dtype=np.bool_)
    place = np.where(unknown, 0, place).astype(np.int64)
    return np.asarray(np.where(unknown, 10**10, np.array([*numbers, 0], dtype=np.int64)[place]))


def _classes(path: Path, column: Any, object_id: IntArray, speed: FloatArray) -> IntArray:  # noqa: ANN401
    encoded = pc.dictionary_encode(column).combine_chunks()
    words = [str(text).strip().lower() for text in encoded.dictionary.to_pylist()]
    kinds = []
    for word in words:
        names = (word, word.removesuffix("s"), word.removesuffix("es"))
        known = next((_CLASSES[name] for name in names if name in _CLASSES), None)
        if known is None:
            raise RecordingError(f"{path.name} has the class {word[:40]!r}", hint=f"Classes are {', '.join(_CLASSES)}.")
        kinds.append(int(known))
    if encoded.null_count:
        raise RecordingError(f"{path.name} has rows without a class", hint="Fill in agent_type.")
    kind = np.array(kinds, dtype=np.int64)[encoded.indices.to_numpy()]
    if "pedestrian/bicycle" in words:
        either = encoded.indices.to_numpy() == words.index("pedestrian/bicycle")
        riders = np.unique(object_id[either & (np.nan_to_num(speed) > _RIDES_MPS)])
        kind[either & np.isin(object_id, riders)] = int(RoadUser.BICYCLE)
    return np.asarray(kind)


def _cases(table: Any) -> Iterator[tuple[int, IntArray | None]]:  # noqa: ANN401
    if "case_id" not in table.column_names:
        yield -1, None
        return
    case = np.nan_to_num(_number(table, "case_id"), nan=-1.0).astype(np.int64)
    order = np.argsort(case, kind="stable")
    values, starts = np.unique(case[order], return_index=True)
    yield from zip(values.tolist(), np.split(order, starts[1:]), strict=True)
