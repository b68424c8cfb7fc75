"""A small JSON file of rows that is its owner's alone, written whole or not at all."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from zhixing.errors import InputError

MOST_BYTES = 200_000
"""Of a file that is read; what is written is never longer, so that it can be read again."""
_READ_HINT = "Move it away, or choose another file."


def num_fitting(rows: Sequence[Mapping[str, Any]]) -> int:
    """Return how many of the newest rows, which stand last, fit in a file.

    Example:
        >>> num_fitting([{"said": "x" * 150_000}, {"said": "y" * 150_000}]), num_fitting([])
        (1, 0)
    """
    room = MOST_BYTES - len(_text([]))
    for index, row in enumerate(reversed(rows)):
        room -= len(_line(row)) + len(",\n")
        if room < 0:
            return index
    return len(rows)


def read_rows(file: Path) -> list[Any]:
    """Return the rows of a file, none where there is no file.

    Raises:
        InputError: It is too large, cannot be read, or holds no list.
    """
    try:
        with file.open("rb") as stream:
            content = stream.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise InputError(f"{file} is larger than {MOST_BYTES} bytes", hint=_READ_HINT)
        rows = json.loads(content.decode("utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return []
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"{file} cannot be read: {error}", hint=_READ_HINT) from error
    if not isinstance(rows, list):
        raise InputError(f"{file} holds no list", hint=_READ_HINT)
    return rows


def write_rows(file: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write rows in place of what was there; a full disk loses nothing, and nobody else may read them.

    Raises:
        InputError: The file cannot be written.
    """
    try:
        _make_folder(file.parent)
        descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.", suffix=".new")
        beside = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(_text(rows))
                stream.flush()
                os.fsync(stream.fileno())
            beside.replace(file)  # atomic
        finally:
            beside.unlink(missing_ok=True)
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise InputError(f"cannot write {file}: {why}", hint="Choose another file.") from error


def _text(rows: Sequence[Mapping[str, Any]]) -> bytes:
    return b"[\n" + b",\n".join(map(_line, rows)) + b"\n]\n"


def _line(row: Mapping[str, Any]) -> bytes:
    return json.dumps(row, ensure_ascii=False).encode("utf-8")


def _make_folder(folder: Path) -> None:
    """Make a folder and those above it, each for its owner alone where it was not there."""
    if not folder.exists():
        _make_folder(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
