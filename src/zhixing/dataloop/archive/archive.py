"""An archive of drives: a folder (or bucket) that grows by commits and is readable at every moment.

::

    commits/KEY.json      which sources were read and which drives they hold; what is not in a commit is not there
    states/KEY.parquet    rows of the drives of a commit, sorted by drive, time and road user
    rejected/KEY.parquet  rows that were put aside, as they were, with the reason
    roads/KEY.pb          maps, each once
    audit/N-KEY.json      who took what out, see ``audit``

Files are never changed. Everything is named by the hash of what it holds, so who does the same work twice, or goes on
after a crash, writes the same files again.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from weakref import WeakKeyDictionary

import numpy as np

from zhixing.dataloop.archive.entries import Commit, DriveEntry, SourceEntry, lights_from_json, task_from_json
from zhixing.dataloop.archive.keys import key_of
from zhixing.dataloop.archive.states import read_states
from zhixing.dataloop.archive.storage import Storage
from zhixing.datatypes.evidence import Drive
from zhixing.datatypes.observations import Observations, tracks_of
from zhixing.datatypes.road import Road
from zhixing.errors import InputError, RecordingError
from zhixing.formats.mcap_road import road_from_bytes, road_to_bytes

_NAME_CHARS = 8
_ROADS: WeakKeyDictionary[Road, tuple[str, bytes]] = WeakKeyDictionary()


class Archive:
    """Reads what was committed; :meth:`refresh` looks again. Drives leave through ``handout`` only.

    Args:
        url: A folder, or a URL that fsspec knows; it need not exist yet.

    Raises:
        RecordingError: A commit cannot be read.
        ServiceError: What the URL needs is not installed.

    Attributes:
        commits: By the name of their file, in order.
        drives: All drives by key, in order of their keys.
        sources: All sources by key, each as its newest reader saw it.
    """

    def __init__(self, url: str) -> None:
        self.storage = Storage(url)
        self.commits: dict[str, Commit] = {}
        self.drives: dict[str, DriveEntry] = {}
        self.sources: dict[str, SourceEntry] = {}
        self.refresh()

    def refresh(self) -> None:
        """Read the commits that have come since."""
        names = self.storage.names("commits")
        self.commits = {
            name: self.commits.get(name) or Commit.from_bytes(self.storage.read(name), name) for name in names
        }
        commits = list(self.commits.values())
        sources: dict[str, SourceEntry] = {}
        for source in (source for commit in commits for source in commit.sources):
            known = sources.get(source.key)
            if known is None or known.reader_version < source.reader_version:
                sources[source.key] = source
        wanted = {key for source in sources.values() for key in source.drives}
        drives: dict[str, DriveEntry] = {}
        for drive in (drive for commit in commits for drive in commit.drives):
            if drive.key in wanted:
                drives.setdefault(drive.key, drive)
        self.sources = dict(sorted(sources.items()))
        self.drives = dict(sorted(drives.items()))

    def commit(self, commit: Commit) -> None:
        """Let sources and drives be there, all or none; their files must have been written."""
        data = commit.to_bytes()
        self.storage.write(f"commits/{key_of(data)}.json", data)

    def named(self, name: str) -> DriveEntry:
        """Return the drive with a key, the beginning of a key, or a drive id that only one drive has.

        Raises:
            InputError: There is none, or more than one.
        """
        if name in self.drives:
            return self.drives[name]
        found = [d for d in self.drives.values() if d.drive_id == name or (len(name) >= 6 and d.key.startswith(name))]
        if len(found) != 1:
            raise InputError(
                f"{len(found) or 'no'} drives are called {name!r}",
                hint="Name one by its key; zhixing archive shows them.",
            )
        return found[0]

    def rows(self, drive: DriveEntry) -> Observations:
        """Return the rows of a drive, ordered by time, then by road user.

        Raises:
            RecordingError: Its file is damaged or gone.
        """
        with self.storage.open(drive.states) as file:
            return read_states(file, drive.first_group, drive.num_groups)

    def road(self, key: str) -> Road:
        """Return a map.

        Raises:
            RecordingError: Its file is damaged or gone.
        """
        return _road(self.storage.url, key, self.storage.read(f"roads/{key}.pb"))

    def load(self, drive: DriveEntry | str) -> Drive:
        """Return a drive.

        Raises:
            InputError: There is none with this name.
            RecordingError: One of its files is damaged or gone.
        """
        entry = self.named(drive) if isinstance(drive, str) else drive
        rows = self.rows(entry)
        time_ns = None
        if entry.empty_ns:
            time_ns = np.union1d(rows.time_ns, np.array(entry.empty_ns, dtype=np.int64))
        return Drive(
            drive_id=entry.drive_id,
            source=entry.source,
            road=self.road(entry.road) if entry.road else None,
            tracks=tracks_of(rows, time_ns),
            lights=lights_from_json(entry.lights),
            ego_id=entry.ego_id,
            is_night=entry.is_night,
            task=task_from_json(entry.task),
        )

    def keep_road(self, road: Road) -> str:
        """Write a map unless it is there, and return its key; what it is called in a file does not count."""
        if road not in _ROADS:
            data = road_to_bytes(replace(road, name=""))
            _ROADS[road] = key_of(data), data
        key, data = _ROADS[road]
        name = f"roads/{key}.pb"
        if not self.storage.exists(name):
            self.storage.write(name, data)
        return key


@lru_cache(maxsize=64)
def _road(_url: str, key: str, data: bytes) -> Road:
    if key_of(data) != key:
        raise RecordingError(f"the map {key} is damaged", hint="Ingest a recording with it again.")
    return replace(road_from_bytes(data), name=key[:_NAME_CHARS])
