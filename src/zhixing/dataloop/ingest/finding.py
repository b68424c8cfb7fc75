"""What in some folders is a recording, and who reads it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from zhixing.dataloop.archive.keys import source_key
from zhixing.dataloop.ingest.interfaces import Reader
from zhixing.errors import InputError, PluginError, RecordingError, ZhixingError
from zhixing.formats.csv_files import read_header
from zhixing.registry import create, names

_UNREADABLE = {
    ".pkl": "a pickle: it could run anything, so it is never loaded",
    ".pickle": "a pickle: it could run anything, so it is never loaded",
    ".pt": "a pickle: it could run anything, so it is never loaded",
    ".npy": "a NumPy file without names and units",
    ".npz": "a NumPy file without names and units",
    ".zip": "packed: what it would grow to is not known",
    ".zst": "packed: what it would grow to is not known",
    ".gz": "packed: what it would grow to is not known",
    ".tar": "packed: what it would grow to is not known",
    ".7z": "packed: what it would grow to is not known",
    ".bag": "a ROS 1 bag",
    ".db3": "a ROS 2 bag",
}
_HINTS = {
    "empty": "Record or copy it again.",
    "packed": "Unpack it and give the folder.",
    "a pickle": "Convert it where you trust it.",
}
_WRITE_ONE = "Check that it is whole; else write a reader, see docs/extensions.md."
_RECORDINGS = {".xosc", ".mcap", ".csv", ".xml"}
"""What ends so and is read by nobody is worth a word; ``.txt`` and ``.json`` mostly are something else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A file or folder that is to be read.

    Attributes:
        key: Hash of what stands in it.
        path: Where.
        reader: Name of its reader, empty where nobody reads it.
        num_bytes: Of all its files.
        refused: Why it cannot be read, where that is known without reading.
        hint: What a person can do then.
    """

    key: str
    path: Path
    reader: str
    num_bytes: int
    refused: str = ""
    hint: str = ""


def all_readers() -> dict[str, Reader]:
    """Return every reader that is installed, by name.

    Raises:
        PluginError: One cannot be made, or is none.
    """
    readers = {}
    for name in names("zhixing.readers"):
        made = create("zhixing.readers", name)
        if not isinstance(made, Reader):
            raise PluginError(f"the reader {name!r} lacks a method", hint="See docs/extensions.md.")
        readers[name] = made
    return readers


def find_sources(places: Sequence[Path], readers: dict[str, Reader]) -> tuple[list[Source], int]:
    """Return what is to be read in some folders, however deep, and how many copies of it were left out.

    What looks like a recording and is none is among it, refused.

    Links are not followed out of a folder. A file that belongs to a recording that was found, as its map, is not looked
    at for itself.

    Args:
        places: Files and folders.
        readers: By name.

    Raises:
        InputError: A place is not there.
    """
    found: list[Source] = []
    taken: set[Path] = set()
    unknown: list[Path] = []
    for place in places:
        if not place.exists():
            raise InputError(f"{place} is not there", hint="Give a file or a folder.")
        for path in _walk(place.resolve(), taken):
            name = next((name for name, reader in readers.items() if reader.claims(path)), "")
            if name:
                found.append(_source(path, name, readers[name], taken))
            elif path.is_file():
                unknown.append(path)
    found += [one for path in unknown if path not in taken and (one := _unreadable(path)) is not None]
    unique = {source.key: source for source in reversed(found)}
    return sorted(unique.values(), key=lambda source: str(source.path)), len(found) - len(unique)


def _walk(place: Path, taken: set[Path]) -> Iterator[Path]:
    """Yield a place and all that is in it, folders before what they hold, without what was taken meanwhile."""
    waiting = [place]
    while waiting:
        path = waiting.pop()
        if path in taken or not (path.is_dir() or path.is_file()):
            continue
        yield path
        if path in taken or not path.is_dir():
            continue
        try:
            inside = sorted(path.iterdir(), reverse=True)
        except OSError:
            continue
        waiting.extend(one for one in inside if not one.is_symlink() and not one.name.startswith("."))


def _source(path: Path, name: str, reader: Reader, taken: set[Path]) -> Source:
    taken.add(path)
    try:
        files = reader.files(path)
        for file in files:
            _check_inside(file, path)
        taken.update(file.resolve() for file in files if path in file.resolve().parents)
        if path.is_dir():
            taken.update(file for file in path.rglob("*") if file.is_file())
        return Source(
            key=source_key(name, files), path=path, reader=name, num_bytes=sum(file.stat().st_size for file in files)
        )
    except (RecordingError, OSError) as error:
        hint = error.hint if isinstance(error, ZhixingError) else "Check the file."
        return Source(key=source_key(name, ()) + path.name, path=path, reader=name, num_bytes=0,
                      refused=str(error), hint=hint)  # fmt: skip


def _check_inside(file: Path, place: Path) -> None:
    """Complain about a file that is elsewhere, by a link perhaps: what stands there was not given to be read.

    Raises:
        RecordingError: It does.
    """
    folder = place if place.is_dir() else place.parent
    # Its map may stand beside a folder, not farther away; whatever in the way to it is a link.
    if folder.resolve().parent not in file.resolve().parents:
        raise RecordingError(f"{file.name} is a link out of the folder", hint="Put the file itself there.")


def _unreadable(path: Path) -> Source | None:
    why = _UNREADABLE.get(path.suffix.lower(), "")
    if not why and path.suffix.lower() in _RECORDINGS and _looks_like_tracks(path):
        is_empty = path.stat().st_size == 0
        why = "empty" if is_empty else f"no {path.suffix[1:].lower()} recording that a reader knows, or damaged"
    if not why:
        return None
    hint = next(
        (hint for word, hint in _HINTS.items() if why.startswith(word)),
        _WRITE_ONE,
    )
    try:
        key, size = source_key("", (path,)), path.stat().st_size
    except (RecordingError, OSError) as error:
        key, size, why = source_key("", ()) + path.name, 0, str(error)
    return Source(key=key, path=path, reader="", num_bytes=size, refused=f"{path.name} is {why}", hint=hint)


def _looks_like_tracks(path: Path) -> bool:
    """Return whether a file may be meant as a recording; of tables only those that say where somebody is."""
    if path.suffix.lower() != ".csv":
        return True
    try:
        return {"x", "y"} <= {name.lower() for name in read_header(path)}
    except RecordingError:
        return True
