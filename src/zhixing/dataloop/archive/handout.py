"""The one door through which drives leave an archive: what may not leave is refused, and who took what is written down.

Rules for data of China's roads (the vehicle-data provisions of 2021 and what followed): places that are not offset do
not leave, nor do recordings beyond their region or their date.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

import numpy as np

from zhixing.dataloop.archive.archive import Archive
from zhixing.dataloop.archive.audit import AuditRecord, note
from zhixing.dataloop.archive.entries import (
    Commit,
    DriveEntry,
    SourceEntry,
    lights_from_json,
    task_from_json,
    task_to_json,
)
from zhixing.dataloop.archive.keys import canonical, key_of, lights_key, rows_key
from zhixing.dataloop.archive.states import write_states
from zhixing.datatypes.evidence import Task
from zhixing.datatypes.observations import Observations
from zhixing.datatypes.road import Road
from zhixing.datatypes.scene import Goal
from zhixing.errors import InputError

_GRID_M = 1000.0
"""Offsets are whole kilometres: what was there to the millimetre stays so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeavingRules:
    """What may leave.

    Attributes:
        regions: For each region of recordings those that they may go to; its own is always allowed, and recordings
            without a region go anywhere.
        absolute: Whether places leave as they are, without an offset.
    """

    regions: dict[str, tuple[str, ...]]
    absolute: bool = False

    def why_not(self, drive: DriveEntry, region: str, today: date) -> str:
        """Return why a drive may not go to a region, empty if it may."""
        if drive.keep_until and date.fromisoformat(drive.keep_until) < today:
            return f"it was to be kept until {drive.keep_until} only"
        if drive.region and region != drive.region and region not in self.regions.get(drive.region, ()):
            return f"recordings of {drive.region} may not go to {region or 'a place without a region'}"
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOut:
    """What came of a request.

    Attributes:
        record: What the audit log says of it.
        offsets_m: For each drive by its key in this archive how far its places were moved, x and y; it stays here.
    """

    record: AuditRecord
    offsets_m: dict[str, tuple[float, float]]


def hand_out(
    archive: Archive,
    keys: Sequence[str],
    to: str,
    rules: LeavingRules,
    *,
    region: str,
    who: str,
    what_for: str,
    now: datetime | None = None,
) -> HandedOut:
    """Copy drives into an archive elsewhere, as far as they may leave, and write down who took them.

    Their places are moved by whole kilometres, each map's by the same, so that the first row of the first drive on it
    lies within a kilometre of the origin; names of files stay here.

    Args:
        archive: Where they are.
        keys: Which.
        to: Folder or URL of the archive that they go to.
        rules: What may leave.
        region: Region that they go to.
        who: Who asks.
        what_for: Why.
        now: The time; now if not given.

    Raises:
        InputError: Nobody asks, a drive is not there, or it would go into the archive that it comes from.
        TrustError: The audit log does not hold together.
        RecordingError: Something cannot be read or written.
    """
    if not who.strip() or not what_for.strip():
        raise InputError("nobody says who takes the drives, or what for", hint="Say both; they are written down.")
    target = Archive(to)
    if target.storage.root == archive.storage.root:
        raise InputError("the drives are in this archive already", hint="Name another place.")
    moment = now or datetime.now(UTC)
    drives = [archive.named(key) for key in keys]
    refused = tuple(
        (drive.key, why) for drive in drives if (why := rules.why_not(drive, region, moment.date()))
    )  # fmt: skip
    leaving = [drive for drive in drives if drive.key not in dict(refused)]
    # The record is there before anything leaves: who is killed in between has taken too little, never unnoticed.
    record = note(
        archive.storage, when=moment.isoformat(timespec="seconds"), who=who, what_for=what_for, to=to, region=region,
        drives=tuple(drive.key for drive in leaving), refused=refused,
    )  # fmt: skip
    offsets: dict[str, tuple[float, float]] = {}
    by_road: dict[str, tuple[float, float]] = {}
    for drive in leaving:
        rows = archive.rows(drive)
        offset = (0.0, 0.0)
        if not rules.absolute:
            here = _whole_km_near(archive, drive, rows)
            offset = by_road.setdefault(drive.road, here) if drive.road else here
        offsets[drive.key] = offset
        _copy(archive, target, drive, rows, offset)
    return HandedOut(record=record, offsets_m=offsets)


def _whole_km_near(archive: Archive, drive: DriveEntry, rows: Observations) -> tuple[float, float]:
    """Return a place near a drive: its first row, or where nobody is in it its task's start or its map."""
    if rows.num_rows:
        return _whole_km(float(rows.x_m[0])), _whole_km(float(rows.y_m[0]))
    task = task_from_json(drive.task)
    if task is not None:
        return _whole_km(task.start.x_m), _whole_km(task.start.y_m)
    lanes = archive.road(drive.road).lanes if drive.road else ()
    if not lanes:
        return 0.0, 0.0
    x_m, y_m = lanes[0].centre_xy_m[0].tolist()
    return _whole_km(x_m), _whole_km(y_m)


def _whole_km(value_m: float) -> float:
    return float(np.floor(value_m / _GRID_M) * _GRID_M)


def _copy(
    archive: Archive, target: Archive, drive: DriveEntry, rows: Observations, offset: tuple[float, float]
) -> None:  # fmt: skip
    dx, dy = offset
    moved = replace(rows, x_m=rows.x_m - dx, y_m=rows.y_m - dy)
    road = target.keep_road(_moved_road(archive.road(drive.road), dx, dy)) if drive.road else ""
    task = task_to_json(_moved_task(task_from_json(drive.task), dx, dy))
    key = key_of(
        rows_key(moved), road, lights_key(lights_from_json(drive.lights)), str(drive.ego_id), str(drive.is_night),
        np.array(drive.empty_ns, dtype=np.int64).tobytes(), "" if task is None else canonical(task),
    )  # fmt: skip
    name = f"states/{key}.parquet"
    data, groups = write_states([(key, moved, None)])
    target.storage.write(name, data)
    # Nobody's place is four zeros; moved, they would tell by how much.
    x0, y0, x1, y1 = drive.box_m if rows.num_rows else (dx, dy, dx, dy)
    entry = replace(
        drive, key=key, drive_id=key[:12], road=road, states=name, first_group=groups[0][0], num_groups=groups[0][1],
        box_m=(x0 - dx, y0 - dy, x1 - dx, y1 - dy), task=task,
    )  # fmt: skip
    source = SourceEntry(key=key, reader="handed-out", reader_version=1, path="", drives=(key,))
    target.commit(Commit(sources=(source,), drives=(entry,)))


def _moved_road(road: Road, dx: float, dy: float) -> Road:
    by = np.array([dx, dy])
    lanes = tuple(
        replace(lane, centre_xy_m=lane.centre_xy_m - by, left_xy_m=lane.left_xy_m - by, right_xy_m=lane.right_xy_m - by)
        for lane in road.lanes
    )
    return replace(road, lanes=lanes, stop_lines=tuple(replace(one, xy_m=one.xy_m - by) for one in road.stop_lines))


def _moved_task(task: Task | None, dx: float, dy: float) -> Task | None:
    if task is None:
        return None
    start = replace(task.start, x_m=task.start.x_m - dx, y_m=task.start.y_m - dy)
    return replace(task, start=start, goal=_moved_goal(task.goal, dx, dy))


def _moved_goal(goal: Goal, dx: float, dy: float) -> Goal:
    return replace(
        goal, x_min_m=goal.x_min_m - dx, x_max_m=goal.x_max_m - dx,
        y_min_m=goal.y_min_m - dy, y_max_m=goal.y_max_m - dy,
        outlines_xy_m=tuple(outline - np.array([dx, dy]) for outline in goal.outlines_xy_m),
        alternatives=tuple(_moved_goal(other, dx, dy) for other in goal.alternatives),
    )  # fmt: skip
