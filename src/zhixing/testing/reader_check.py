"""The exam of a reader."""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import numpy as np

from zhixing.dataloop.archive.keys import rows_key
from zhixing.dataloop.ingest.interfaces import Reader, Recording
from zhixing.dataloop.ingest.quality import check_rows
from zhixing.datatypes.observations import Observations
from zhixing.datatypes.tracks import RoadUser
from zhixing.errors import InputError, PluginError

__all__ = ["check_reader"]

_KEBAB = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_STRANGE = {
    "empty": b"", "words.txt": b"nothing of the kind\n", "zeros.bin": bytes(1000), "page.html": b"<html></html>",
    "numbers.csv": b"a,b\n1,2\n",
}  # fmt: skip


def check_reader(make: Callable[[], Reader], sample: Path) -> None:
    """Sit the exam of a reader.

    Args:
        make: Returns a fresh instance.
        sample: A file or folder of its kind, small and whole.

    Raises:
        PluginError: A promise of :mod:`zhixing.dataloop.ingest.interfaces` is broken; the message says which.
    """
    reader = make()
    _require(isinstance(reader, Reader), f"{reader!r} lacks name, version, claims(), files() or read()")
    name = reader.name
    _require(isinstance(name, str) and bool(_KEBAB.fullmatch(name)), f"the name {name!r} is not in kebab-case")
    _require(isinstance(reader.version, int) and reader.version >= 1, f"{name} has no version from 1")
    _check_claims(reader, sample)
    files = reader.files(sample)
    _require(bool(files) and all(file.is_file() for file in files), f"{name} depends on files that are not there")
    before = _digests(sample)
    first = list(reader.read(sample))
    _require(bool(first), f"{name} found no drive in its sample")
    for recording in first:
        _check_recording(name, recording)
    again = list(make().read(sample))
    _require(
        [(one.drive_id, rows_key(one.rows)) for one in first] == [(one.drive_id, rows_key(one.rows)) for one in again],
        f"{name} read its sample differently a second time",
    )
    _require(_digests(sample) == before, f"{name} changed what it read")
    _check_broken(reader, sample)


def _check_claims(reader: Reader, sample: Path) -> None:
    _require(reader.claims(sample), f"{reader.name} does not claim its sample")
    with tempfile.TemporaryDirectory() as folder:
        for name, data in _STRANGE.items():
            path = Path(folder) / name
            path.write_bytes(data)
            _require(not reader.claims(path), f"{reader.name} claims a strange file, {name}")
        _require(not reader.claims(Path(folder)), f"{reader.name} claims a strange folder")
        _require(not reader.claims(Path(folder) / "absent"), f"{reader.name} claims what is not there")


def _check_recording(name: str, recording: Recording) -> None:
    _require(isinstance(recording, Recording), f"{name} yields something that is no Recording")
    _require(bool(recording.drive_id) and recording.drive_id.isprintable(), f"{name} gives a drive without a name")
    for field in fields(Observations):
        kind = getattr(recording.rows, field.name).dtype.kind
        _require(kind == ("i" if field.type == "IntArray" else "f"), f"{name}: {field.name} is of kind {kind!r}")
    known = np.isin(recording.rows.road_user, [int(user) for user in RoadUser])
    _require(bool(known.all()), f"{name} gives a class that is no RoadUser")
    if recording.rows.num_rows:
        check_rows(recording.rows)


def _check_broken(reader: Reader, sample: Path) -> None:
    """A file that is cut off may be read as far as it goes or be refused, but with an error of ours."""
    with tempfile.TemporaryDirectory() as folder:
        for share in (0.1, 0.5, 0.9):
            copy = Path(folder) / f"{share}" / sample.name
            for file in [sample] if sample.is_file() else [one for one in sample.rglob("*") if one.is_file()]:
                target = copy if sample.is_file() else copy / file.relative_to(sample)
                target.parent.mkdir(parents=True, exist_ok=True)
                data = file.read_bytes()
                target.write_bytes(data[: int(share * len(data))])
            try:
                list(reader.read(copy))
            except InputError:
                continue
            except Exception as error:
                raise PluginError(f"{reader.name} raises {type(error).__name__} on a file that is cut off") from error


def _digests(sample: Path) -> dict[str, str]:
    files = [sample] if sample.is_file() else sorted(file for file in sample.rglob("*") if file.is_file())
    return {str(file): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def _require(kept: bool, message: str) -> None:
    if not kept:
        raise PluginError(message)
