"""Reading tables of comma-separated values that strangers wrote: named columns, and a line number for what is wrong."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TextIO

from zhixing.errors import RecordingError

_MAX_BYTES = 256 * 1024 * 1024
_MAX_CHARS = 10_000
_LFS = "version https://git-lfs"


def read_header(path: Path, max_bytes: int = _MAX_BYTES) -> tuple[str, ...]:
    """Return the names of the columns of a file that has at most so many bytes.

    Raises:
        RecordingError: See :func:`read_rows`.
    """
    with _open(path, max_bytes) as file:
        return _header(path, file)


def read_rows(path: Path, columns: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    """Yield each line's number and its values in some columns, without blanks around them; empty lines are left out.

    Args:
        path: The file.
        columns: Names from its first line.

    Raises:
        RecordingError: The file cannot be read, is too large, or only points to the real one; a column is not there or
            there twice; a line is longer or shorter than the first.
    """
    with _open(path) as file:
        names = _header(path, file)
        for column in columns:
            if names.count(column) != 1:
                raise RecordingError(
                    f"{path.name} has {names.count(column)} columns {column!r}",
                    hint=f"The first line needs: {', '.join(columns)}."[:300],
                )
        places = [names.index(column) for column in columns]
        reader = csv.reader(file)
        try:
            for row in reader:
                if not any(row):
                    continue
                if len(row) != len(names):
                    raise RecordingError(
                        f"{path.name}: line {reader.line_num + 1} has {len(row)} columns, not {len(names)}",
                        hint="Fetch the file again; it may be truncated.",
                    )
                yield reader.line_num + 1, [row[k].strip() for k in places]
        except (csv.Error, UnicodeDecodeError) as error:
            raise RecordingError(
                f"{path.name}: after line {reader.line_num + 1}: {error}", hint="Give a text file of values and commas."
            ) from error


def number_in(path: Path, line: int, column: str, text: str, most: float = 1e9) -> float:
    """Return a finite number from a table.

    Raises:
        RecordingError: It is none, or larger than ``most``.
    """
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not abs(value) <= most:
        raise RecordingError(
            f"{path.name}: line {line} has {column} {text[:40]!r}", hint=f"It must be a number within ±{most:g}."
        )
    return value


def whole_in(path: Path, line: int, column: str, text: str, least: int = 0, most: int = 10**9) -> int:
    """Return a whole number from a table.

    Raises:
        RecordingError: It is none, or not within ``least`` and ``most``.
    """
    value = number_in(path, line, column, text)
    if value != math.floor(value) or not least <= value <= most:
        raise RecordingError(
            f"{path.name}: line {line} has {column} {text[:40]!r}",
            hint=f"It must be a whole number from {least} to {most}.",
        )
    return int(value)


def _open(path: Path, max_bytes: int = _MAX_BYTES) -> TextIO:
    try:
        if path.exists() and not path.is_file():
            raise RecordingError(f"{path.name} is no ordinary file", hint="Give a file, not a folder, pipe or device.")
        size = path.stat().st_size
        if size > max_bytes:
            raise RecordingError(f"{path.name} has {size / 1e6:.0f} MB", hint="Cut it into shorter recordings.")
        return path.open(encoding="utf-8-sig", newline="")
    except OSError as error:
        raise RecordingError(f"{path} cannot be read: {error.strerror}", hint="Check the path.") from error


def _header(path: Path, file: TextIO) -> tuple[str, ...]:
    try:
        first = file.readline(_MAX_CHARS)
    except UnicodeDecodeError as error:
        raise RecordingError(f"{path.name} is no text: {error}", hint="Give a text file.") from error
    if first.startswith(_LFS):
        raise RecordingError(
            f"{path.name} is only a git-lfs pointer to the real file",
            hint="Fetch the file itself: git lfs pull, or the download of the data set.",
        )
    if not first.strip():
        raise RecordingError(f"{path.name} is empty", hint="Fetch the file again.")
    if len(first) >= _MAX_CHARS:
        raise RecordingError(f"{path.name} has a first line without end", hint="Give a table with named columns.")
    return tuple(name.strip() for name in first.split(","))
