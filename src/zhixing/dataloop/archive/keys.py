"""Everything in an archive is named by the hash of what it was made from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any

from zhixing.datatypes.lights import Lights
from zhixing.datatypes.observations import Observations
from zhixing.errors import RecordingError

KEY_CHARS = 32


def key_of(*parts: bytes | str) -> str:
    """Return 32 hexadecimal digits for some texts and bytes; their borders matter.

    Example:
        >>> key_of("ab", "c") == key_of("a", "bc")
        False
    """
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        digest.update(len(data).to_bytes(8, "little"))
        digest.update(data)
    return digest.hexdigest()[:KEY_CHARS]


def canonical(value: Mapping[str, Any]) -> str:
    """Return the one JSON text of an object: sorted names, no blanks, no NaN."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def rows_key(rows: Observations) -> str:
    """Return the key of rows as they are ordered."""
    return key_of(*(getattr(rows, field.name).tobytes() for field in fields(rows)))


def lights_key(lights: Lights) -> str:
    """Return the key of what lights showed."""
    return key_of(lights.time_ns.tobytes(), str(lights.light.shape), lights.light.tobytes())


def source_key(reader: str, files: Iterable[Path]) -> str:
    """Return the key of what stands in some files, whatever they are called.

    Raises:
        RecordingError: One cannot be read.
    """
    parts = sorted(f"{file.suffix} {_file_digest(file)}" for file in files)
    return key_of(reader, *parts)


def _file_digest(path: Path) -> str:
    if path.exists() and not path.is_file():
        raise RecordingError(f"{path} is no ordinary file", hint="Take it out of the folder.")
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise RecordingError(f"{path} cannot be read: {error.strerror}", hint="Check the file.") from error


@cache
def code_key(*packages: str) -> str:
    """Return the key of the sources of some of our packages: what they compute may change when it does.

    Args:
        packages: Folders or modules below ``zhixing``, as ``driving`` or ``dataloop/gate.py``.
    """
    home = Path(__file__).parents[2]
    parts: list[bytes | str] = []
    for package in sorted(packages):
        place = home / package
        for file in sorted(place.rglob("*.py")) if place.is_dir() else [place]:
            parts += [file.relative_to(home).as_posix(), file.read_bytes()]
    return key_of(*parts)
