"""Folders of recordings become drives of an archive."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from zhixing.dataloop.archive.archive import Archive
from zhixing.dataloop.archive.entries import Commit, DriveEntry, SourceEntry, lights_to_json, task_to_json
from zhixing.dataloop.archive.keys import canonical, key_of, lights_key, rows_key
from zhixing.dataloop.archive.states import write_states
from zhixing.dataloop.fanout import Fanout
from zhixing.dataloop.ingest.finding import Source, all_readers, find_sources
from zhixing.dataloop.ingest.interfaces import Reader, Recording
from zhixing.dataloop.ingest.quality import Checked, Quality, check_rows
from zhixing.datatypes.observations import Observations
from zhixing.datatypes.tracks import RoadUser
from zhixing.errors import RecordingError, ZhixingError

_CHUNK_BYTES, _CHUNK_SOURCES = 64 * 1024**2, 16
"""Read and committed together: what a crash or a lost worker costs at most."""


@dataclass(frozen=True, slots=True)
class Tags:
    """What is known of recordings besides what stands in them.

    Attributes:
        region: Where they were recorded, for the rules of what may leave.
        keep_until: Last day that they are kept, ISO 8601; empty for ever.
    """

    region: str = ""
    keep_until: str = ""


NO_TAGS = Tags()


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestReport:
    """What came of it.

    Attributes:
        num_sources: Recordings that were found.
        num_known: Of these, known before.
        num_copies: Further ones that hold the same as one of these.
        new: Sources that were read now.
        num_drives: Drives that are new in the archive.
        num_rows: Their rows.
        drives: Keys of all drives in what was found, known ones too.
    """

    num_sources: int
    num_known: int
    num_copies: int = 0
    new: tuple[SourceEntry, ...] = ()
    num_drives: int = 0
    num_rows: int = 0
    drives: tuple[str, ...] = ()

    @property
    def refused(self) -> tuple[SourceEntry, ...]:
        """Sources that were put aside now."""
        return tuple(source for source in self.new if source.refused)


@dataclass(slots=True)
class _Batch:
    """What is written together."""

    sources: list[SourceEntry] = field(default_factory=list)
    drives: list[tuple[Recording, Checked, str, str]] = field(default_factory=list)


def ingest(
    places: Sequence[Path], archive: Archive, fanout: Fanout | None = None,
    on_progress: Callable[[float], None] | None = None, tags: Tags = NO_TAGS,
) -> IngestReport:  # fmt: skip
    """Read every recording in some folders into an archive; what is known already is not read again.

    A recording that cannot be read is put aside with the reason, and the rest goes on. The archive is whole at every
    moment; after a crash the next run does what is missing.

    Args:
        places: Files and folders.
        archive: Where to.
        fanout: How many do it; None is this process alone.
        on_progress: Told the share that is done.
        tags: What is known of them besides.

    Raises:
        InputError: A place is not there.
        RecordingError: The archive cannot be written.
    """
    readers = all_readers()
    sources, num_copies = find_sources(places, readers)
    todo = [source for source in sources if not _is_known(archive, source, readers)]
    before = set(archive.drives)
    chunks = list(_chunks(todo))
    done = 0
    for count in (fanout or Fanout()).run(_ingest_chunk, [(archive.storage.url, chunk, tags) for chunk in chunks]):
        done += count
        if on_progress:
            on_progress(done / len(todo))
    archive.refresh()
    new = [drive for key, drive in archive.drives.items() if key not in before]
    return IngestReport(
        num_sources=len(sources),
        num_known=len(sources) - len(todo),
        num_copies=num_copies,
        new=tuple(archive.sources[source.key] for source in todo),
        num_drives=len(new),
        num_rows=sum(drive.num_rows for drive in new),
        drives=tuple(sorted({key for source in sources for key in archive.sources[source.key].drives})),
    )


def _is_known(archive: Archive, source: Source, readers: dict[str, Reader]) -> bool:
    known = archive.sources.get(source.key)
    return known is not None and (not source.reader or known.reader_version >= readers[source.reader].version)


def _chunks(sources: list[Source]) -> Iterator[list[Source]]:
    chunk: list[Source] = []
    for source in sources:
        if chunk and (
            len(chunk) >= _CHUNK_SOURCES or sum(one.num_bytes for one in chunk) + source.num_bytes > _CHUNK_BYTES
        ):
            yield chunk
            chunk = []
        chunk.append(source)
    if chunk:
        yield chunk


def _ingest_chunk(url: str, sources: list[Source], tags: Tags) -> int:
    """Read some sources and commit them; return how many they were."""
    archive, readers = Archive(url), all_readers()
    batch = _Batch()
    for source in sources:
        _read(source, readers, batch, archive)
    _write(archive, batch, tags)
    return len(sources)


def _read(source: Source, readers: dict[str, Reader], batch: _Batch, archive: Archive) -> None:
    version = readers[source.reader].version if source.reader else 0
    said: dict[str, Any] = {"key": source.key, "reader": source.reader, "reader_version": version}
    said["path"] = str(source.path)
    if source.refused:
        batch.sources.append(SourceEntry(**said, refused=source.refused, hint=source.hint))
        return
    drives: list[tuple[Recording, Checked, str, str]] = []
    notes: list[str] = []
    refused = hint = ""
    try:
        for recording in readers[source.reader].read(source.path):
            notes += recording.notes
            try:
                checked = _checked(recording)
            except RecordingError as error:
                # One of many drives in a file may be wrong without the others.
                refused, hint = f"{recording.drive_id}: {error}", error.hint
                continue
            road = archive.keep_road(recording.road) if recording.road is not None else ""
            drives.append((recording, checked, _drive_key(recording, checked.rows, road), road))
    except ZhixingError as error:
        refused, hint = str(error), error.hint
    except Exception as error:  # whatever a file does to a reader, the others are read
        refused, hint = f"the reader {source.reader} broke on it: {type(error).__name__}: {error}"[:300], "Tell us."
    batch.drives += drives
    batch.sources.append(
        SourceEntry(**said, drives=tuple(dict.fromkeys(drive[2] for drive in drives)), refused=refused, hint=hint,
                    notes=tuple(notes))
    )  # fmt: skip


def _checked(recording: Recording) -> Checked:
    if not recording.rows.num_rows and recording.task is not None:  # a task may be one without anybody else
        none = np.zeros(0, dtype=np.int64)
        return Checked(rows=recording.rows, rejected=recording.rows, reason=none, quality=Quality(num_rows=0))
    return check_rows(recording.rows)


def _drive_key(recording: Recording, rows: Observations, road: str) -> str:
    task = task_to_json(recording.task)
    return key_of(
        rows_key(rows), road, lights_key(recording.lights), str(recording.ego_id), str(recording.is_night),
        recording.time_ns.tobytes(), "" if task is None else canonical(task),
    )  # fmt: skip


def _write(archive: Archive, batch: _Batch, tags: Tags) -> None:
    """Write rows, then what was put aside, then the commit that makes them be there."""
    unique = {drive[2]: drive for drive in batch.drives if drive[2] not in archive.drives}
    drives = [unique[key] for key in sorted(unique)]
    part = key_of(*(drive[2] for drive in drives))
    entries: list[DriveEntry] = []
    if drives:
        data, groups = write_states((key, checked.rows, None) for _, checked, key, _ in drives)
        archive.storage.write(f"states/{part}.parquet", data)
        entries = [
            replace(
                _entry(recording, checked, key, road, f"states/{part}.parquet", place),
                region=tags.region,
                keep_until=tags.keep_until,
            )
            for (recording, checked, key, road), place in zip(drives, groups, strict=True)
        ]
        aside = [(key, checked.rejected, checked.reason) for _, checked, key, _ in drives if checked.reason.size]
        if aside:
            archive.storage.write(f"rejected/{part}.parquet", write_states(aside)[0])
    archive.commit(Commit(sources=tuple(batch.sources), drives=tuple(entries)))


def _entry(
    recording: Recording, checked: Checked, key: str, road: str, states: str, groups: tuple[int, int]
) -> DriveEntry:
    rows, quality = checked.rows, checked.quality
    _, first = np.unique(rows.object_id, return_index=True)
    kinds, counts = np.unique(rows.road_user[first], return_counts=True)
    times = recording.time_ns if recording.time_ns.size else rows.time_ns
    is_there = rows.num_rows > 0
    return DriveEntry(
        key=key,
        drive_id=recording.drive_id,
        source=recording.source,
        road=road,
        states=states,
        first_group=groups[0],
        num_groups=groups[1],
        num_rows=rows.num_rows,
        num_objects=int(first.size),
        classes={RoadUser(int(k)).name.lower(): int(n) for k, n in zip(kinds, counts, strict=True)},
        start_ns=int(times.min()),
        end_ns=int(times.max()),
        box_m=(
            (float(rows.x_m.min()), float(rows.y_m.min()), float(rows.x_m.max()), float(rows.y_m.max()))
            if is_there
            else (0.0, 0.0, 0.0, 0.0)
        ),
        ego_id=recording.ego_id,
        is_night=recording.is_night,
        empty_ns=tuple(np.setdiff1d(recording.time_ns, rows.time_ns).tolist()),
        lights=lights_to_json(recording.lights),
        task=task_to_json(recording.task),
        quality={
            "rows": quality.num_rows,
            "late": quality.num_late,
            "rejected": dict(sorted(quality.rejected.items())),
            "renamed": [list(one) for one in quality.renamed],
            "unreadable": recording.num_unreadable,
        },
    )
