"""What a reader is; extensions implement it and register by entry point (group ``zhixing.readers``)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, runtime_checkable

import numpy as np

from zhixing.datatypes.evidence import Drive, Task
from zhixing.datatypes.lights import Lights
from zhixing.datatypes.observations import Observations, observations_of
from zhixing.datatypes.road import Road
from zhixing.datatypes.shapes import IntArray


def no_lights() -> Lights:
    """Return what is shown where there are no lights."""
    return Lights(np.zeros(1, dtype=np.int64), np.zeros((0, 1), dtype=np.int64))


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Recording:
    """A drive as it stands in a file: rows in any order, with whatever is wrong with them.

    Attributes:
        drive_id: What people call it; it need not be unique.
        source: The format.
        rows: Who was where.
        road: The map, or None.
        lights: What the lights showed.
        ego_id: ``object_id`` of the recording vehicle, or -1.
        is_night: Whether it was dark, None where that is not told.
        task: What an ego shall do in it, if the file is a task.
        time_ns: (steps,) all moments of the recording, also those at which nobody is there; empty where the times of
            the rows are all there are.
        num_unreadable: Lines or messages that could not be read at all.
        notes: What a person should know of the file, one sentence each.
    """

    drive_id: str
    source: str
    rows: Observations
    road: Road | None = None
    lights: Lights = field(default_factory=no_lights)
    ego_id: int = -1
    is_night: bool | None = None
    task: Task | None = None
    time_ns: IntArray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    num_unreadable: int = 0
    notes: tuple[str, ...] = ()


@runtime_checkable
class Reader(Protocol):
    """Reads one kind of file or folder; made without arguments, and asked about any number of them."""

    @property
    def name(self) -> str:
        """Registered name, in kebab-case."""
        ...

    @property
    def version(self) -> int:
        """Raised when the same file gives other rows than before: it is then read again."""
        ...

    def claims(self, path: Path) -> bool:
        """Return whether a file or folder is one of its kind, by its first bytes or names only; never raises."""
        ...

    def files(self, path: Path) -> tuple[Path, ...]:
        """Return every file that what is read depends on, in or near ``path``."""
        ...

    def read(self, path: Path) -> Iterator[Recording]:
        """Yield the drives in it.

        Raises:
            InputError: It cannot be read; the message says what is wrong, the hint what a person can do.
        """
        ...


def recording_of(drive: Drive) -> Recording:
    """Return a drive that was read whole, as rows."""
    return Recording(
        drive_id=drive.drive_id,
        source=drive.source,
        rows=observations_of(drive.tracks),
        road=drive.road,
        lights=drive.lights,
        ego_id=drive.ego_id,
        is_night=drive.is_night,
        task=drive.task,
        time_ns=drive.tracks.time_ns,
    )
