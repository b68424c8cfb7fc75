"""The archive at a glance: how much there is, how good it is, and what was put aside."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from typing import Any

from zhixing.dataloop.archive.archive import Archive
from zhixing.dataloop.archive.entries import DriveEntry
from zhixing.runtime.dataloop import open_archive

_FAULTS = ("late", "rejected", "renamed", "unreadable")


@lru_cache(maxsize=4)
def _opened(place: str) -> Archive:
    return open_archive(place)


def archive_at(place: str) -> Archive:
    """Return an archive as it is now; what was read of it stays in memory.

    Raises:
        RecordingError: It cannot be read.
    """
    archive = _opened(place)
    archive.refresh()
    return archive


def overview(place: str) -> dict[str, Any]:
    """Return counts, quality and what was refused.

    Raises:
        RecordingError: The archive cannot be read.
    """
    archive = archive_at(place)
    drives = list(archive.drives.values())
    by_source: dict[str, list[DriveEntry]] = {}
    for drive in drives:
        by_source.setdefault(drive.source, []).append(drive)
    classes: Counter[str] = Counter()
    for drive in drives:
        classes.update(drive.classes)
    refused = [
        {"path": source.path, "why": source.refused, "hint": source.hint}
        for source in archive.sources.values() if source.refused
    ]  # fmt: skip
    return {
        "place": place,
        "totals": _sums(drives),
        "sources": [{"source": name, **_sums(of_it)} for name, of_it in sorted(by_source.items())],
        "classes": [[name, count] for name, count in classes.most_common()],
        "refused": sorted(refused, key=lambda one: one["path"]),
    }


def drive_keys(place: str) -> list[str]:
    """Return the keys of all drives, in the order of their sources and names.

    Raises:
        RecordingError: The archive cannot be read.
    """
    drives = archive_at(place).drives.values()
    return [drive.key for drive in sorted(drives, key=lambda one: (one.source, one.drive_id, one.key))]


def drives(place: str, first: int, count: int) -> dict[str, Any]:
    """Return some lines of the list of drives.

    Raises:
        RecordingError: The archive cannot be read.
    """
    keys = drive_keys(place)
    archive = _opened(place)
    return {"num": len(keys), "rows": [_line(archive.drives[key]) for key in keys[first : first + count]]}


def _line(drive: DriveEntry) -> dict[str, Any]:
    return {
        "key": drive.key[:8], "name": drive.drive_id, "source": drive.source, "rows": drive.num_rows,
        "objects": drive.num_objects, "seconds": round(drive.duration_s, 1), "has_map": bool(drive.road),
        "is_task": drive.task is not None, "region": drive.region, "keep_until": drive.keep_until,
        "faults": {name: count for name in _FAULTS if (count := _fault(drive, name))},
    }  # fmt: skip


def _sums(drives: list[DriveEntry]) -> dict[str, Any]:
    return {
        "drives": len(drives),
        "rows": sum(drive.num_rows for drive in drives),
        "objects": sum(drive.num_objects for drive in drives),
        "hours": round(sum(drive.duration_s for drive in drives) / 3600, 3),
        "with_map": sum(bool(drive.road) for drive in drives),
        "tasks": sum(drive.task is not None for drive in drives),
        "faults": {name: sum(_fault(drive, name) for drive in drives) for name in _FAULTS},
    }


def _fault(drive: DriveEntry, name: str) -> int:
    value = drive.quality.get(name, 0)
    if isinstance(value, dict):
        return sum(value.values())
    return len(value) if isinstance(value, list) else int(value)
