"""Recordings whose date is over leave the archive for good."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from zhixing.dataloop.archive.archive import Archive
from zhixing.dataloop.archive.entries import Commit, DriveEntry
from zhixing.dataloop.archive.keys import key_of
from zhixing.dataloop.archive.states import read_states, write_states


def expired(archive: Archive, today: date) -> list[DriveEntry]:
    """Return the drives that were to be kept until before a day, those that a newer reading hides included."""
    every = {drive.key: drive for commit in archive.commits.values() for drive in commit.drives}
    return [
        drive for drive in every.values() if drive.keep_until and date.fromisoformat(drive.keep_until) < today
    ]  # fmt: skip


def purge(archive: Archive, today: date) -> tuple[str, ...]:
    """Remove every drive whose date is over, with its rows and its map, and return their keys.

    Rows of others in the same file are written anew first, then the commit that speaks of them, and only then the old
    ones are removed: whoever is stopped in between leaves an archive in which nothing is missing that should be there.

    Raises:
        RecordingError: Something cannot be read or written.
    """
    gone = {drive.key for drive in expired(archive, today)}
    if not gone:
        return ()
    removed: list[str] = []
    for name, commit in archive.commits.items():
        if not any(drive.key in gone for drive in commit.drives):
            continue
        kept = [drive for drive in commit.drives if drive.key not in gone]
        sources = tuple(
            source for source in commit.sources
            if not source.drives or any(key not in gone for key in source.drives)
        )  # fmt: skip
        drives = tuple(_written_anew(archive, kept))
        if sources or drives:
            archive.commit(Commit(sources=sources, drives=drives))
        archive.storage.remove(name)
        for states in {drive.states for drive in commit.drives}:
            removed += [states, states.replace("states/", "rejected/", 1)]
    archive.refresh()
    in_use = {drive.states for drive in archive.drives.values()}
    roads = {drive.road for drive in archive.drives.values()}
    for road in archive.storage.names("roads"):
        if road.rsplit("/", 1)[-1].split(".", 1)[0] not in roads:
            archive.storage.remove(road)
    for states in removed:
        if states.replace("rejected/", "states/", 1) not in in_use:
            archive.storage.remove(states)
    return tuple(sorted(gone))


def _written_anew(archive: Archive, drives: Iterable[DriveEntry]) -> Iterable[DriveEntry]:
    kept = list(drives)
    if not kept:
        return
    rows = []
    for drive in kept:
        with archive.storage.open(drive.states) as file:
            rows.append(read_states(file, drive.first_group, drive.num_groups))
    data, groups = write_states(
        (drive.key, mine, None) for drive, mine in zip(kept, rows, strict=True)
    )  # fmt: skip
    name = f"states/{key_of('kept', *(drive.key for drive in kept))}.parquet"
    archive.storage.write(name, data)
    for drive, (first, count) in zip(kept, groups, strict=True):
        yield replace(drive, states=name, first_group=first, num_groups=count)
