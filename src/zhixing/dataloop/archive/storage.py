"""Where an archive lies: a folder, or any place that fsspec knows (``s3://…``). A file is there whole or not at all."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import BinaryIO, cast

import fsspec
from fsspec.implementations.local import LocalFileSystem

from zhixing.errors import RecordingError, ServiceError

_TEMPORARY = ".part-"


class Storage:
    """Named files below one place; names have ``/`` between their parts.

    Args:
        url: A folder, or a URL that fsspec knows.

    Raises:
        ServiceError: What the URL needs is not installed.
        RecordingError: The place cannot be used.
    """

    def __init__(self, url: str) -> None:
        try:
            self.fs, root = fsspec.core.url_to_fs(url)
        except ImportError as error:
            raise ServiceError(f"{url} needs another package: {error}", hint="pip install zhixing[s3]") from error
        except (ValueError, OSError) as error:
            raise RecordingError(
                f"{url} is no place for an archive: {error}", hint="Give a folder or a URL."
            ) from error
        self.url = url
        self.root: str = str(root).rstrip("/")
        self.is_local = isinstance(self.fs, LocalFileSystem)

    def path(self, name: str) -> str:
        """Return where a file lies, as the file system of ``fs`` calls it.

        An archive may come from somebody else: no name in it, and no link, leads out of it.

        Raises:
            RecordingError: The name leads out of the archive.
        """
        path = f"{self.root}/{name}"
        is_plain = (
            all(part not in {"", ".", ".."} for part in name.split("/")) and "\\" not in name and "\0" not in name
        )
        root = os.path.realpath(self.root) if self.is_local else ""
        if not is_plain or (self.is_local and not os.path.realpath(path).startswith(f"{root}/")):
            raise RecordingError(f"{name!r} leads out of the archive", hint="Somebody has changed it; do not use it.")
        here = Path(path)
        if self.is_local and here.exists() and not (here.is_file() or here.is_dir()):
            raise RecordingError(f"{name} is no ordinary file", hint="Somebody has changed the archive; remove it.")
        return path

    def exists(self, name: str) -> bool:
        """Return whether a file is there."""
        return bool(self.fs.exists(self.path(name)))

    def names(self, folder: str) -> list[str]:
        """Return the names of the files in a folder, sorted, without what was never finished."""
        try:
            found = self.fs.ls(self.path(folder), detail=False)
        except FileNotFoundError:
            return []
        except OSError as error:
            raise RecordingError(f"{self.path(folder)} cannot be read: {error}", hint="Check the place.") from error
        names = (str(path).rsplit("/", 1)[-1] for path in found)
        return sorted(f"{folder}/{name}" for name in names if not name.startswith(_TEMPORARY))

    def read(self, name: str) -> bytes:
        """Return what a file holds.

        Raises:
            RecordingError: It is not there or cannot be read.
        """
        try:
            return bytes(self.fs.cat_file(self.path(name)))
        except OSError as error:
            raise RecordingError(f"{self.path(name)} cannot be read: {error}", hint="Check the archive.") from error

    def open(self, name: str) -> BinaryIO:
        """Return a file, opened to be read at any place.

        Raises:
            RecordingError: It is not there or cannot be read.
        """
        try:
            return cast("BinaryIO", self.fs.open(self.path(name), "rb"))
        except OSError as error:
            raise RecordingError(f"{self.path(name)} cannot be read: {error}", hint="Check the archive.") from error

    def write(self, name: str, data: bytes) -> None:
        """Write a file: afterwards it is there whole, and if anything stops this before, it is not there at all.

        Raises:
            RecordingError: It cannot be written.
        """
        try:
            if self.is_local:
                self._write_here(Path(self.path(name)), data)
            else:  # object stores show an object when all of it has arrived
                self.fs.pipe_file(self.path(name), data)
        except OSError as error:
            raise RecordingError(f"{self.path(name)} cannot be written: {error}", hint="Free some space.") from error

    def remove(self, name: str) -> None:
        """Take a file away, if it is there."""
        try:
            self.fs.rm_file(self.path(name))
        except FileNotFoundError:
            return
        except OSError as error:
            raise RecordingError(f"{self.path(name)} cannot be removed: {error}", hint="Check the place.") from error

    @staticmethod
    def _write_here(path: Path, data: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f"{_TEMPORARY}{secrets.token_hex(8)}")
        try:
            with temporary.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
