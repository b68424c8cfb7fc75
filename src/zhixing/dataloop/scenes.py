"""Scenarios out of an archive: tasks as they were recorded, and scenes that a query found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from zhixing.dataloop.archive.archive import Archive
from zhixing.dataloop.archive.entries import DriveEntry
from zhixing.datatypes.evidence import Drive, Scenario
from zhixing.datatypes.hit import Hit
from zhixing.datatypes.tracks import MOTOR_VEHICLES, RoadUser, Tracks
from zhixing.datatypes.units import NS_PER_S
from zhixing.errors import ScenarioError
from zhixing.simulation.task_of_drive import task_of_drive

BEFORE_NS, AFTER_NS = 5 * NS_PER_S, 5 * NS_PER_S
"""A scene that was found begins so long before its hit and ends so long after it."""
_SPARE_NS = 10 * NS_PER_S
_FIRST_ROLES = ("ego", "car", "vehicle", "follower")
"""Who plays one of these takes the ego's place; else the first motor vehicle among the roles."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SceneRef:
    """Which scenario of an archive is meant.

    Attributes:
        name: Of the scenario.
        drive: Key of its drive.
        ego_id: Whose place the ego takes; -1: the recording is a task, and its ego is not in it.
        start_ns: First moment that matters, where the ego takes somebody's place.
        end_ns: The last.
        family: The set it belongs to, where it is no recorded task.
    """

    name: str
    drive: str
    ego_id: int = -1
    start_ns: int = 0
    end_ns: int = 0
    family: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON's values."""
        return {name: getattr(self, name) for name in self.__slots__}


def task_of(entry: DriveEntry) -> SceneRef | None:
    """Return the task that a recording is, None if it is none."""
    return None if entry.task is None else SceneRef(name=f"{entry.drive_id}@{entry.key[:8]}", drive=entry.key)


def scene_of_hit(entry: DriveEntry, hit: Hit, drive: Drive) -> SceneRef | None:
    """Return the scene around a hit in which the ego is one of the cars in it, None if no car is."""
    ids = dict(hit.object_ids)
    tracks = drive.tracks
    kind = dict(zip(tracks.object_id.tolist(), tracks.road_user.tolist(), strict=True))
    order = sorted(ids, key=lambda role: _FIRST_ROLES.index(role) if role in _FIRST_ROLES else len(_FIRST_ROLES))
    ego = next((role for role in order if RoadUser(kind[ids[role]]) in MOTOR_VEHICLES), None)
    if ego is None:
        return None
    return SceneRef(
        name=f"{hit.query}-{entry.key[:8]}-{ids[ego]}-{hit.start_ns // 1_000_000}",
        drive=entry.key,
        ego_id=ids[ego],
        start_ns=hit.start_ns - BEFORE_NS,
        end_ns=hit.end_ns + AFTER_NS,
        family=hit.query,
    )


def scenario_of(ref: SceneRef, archive: Archive) -> Scenario:
    """Return a scenario of an archive.

    Raises:
        ScenarioError: The recording has no map, or the ego's car is not on it long enough.
        InputError: The drive is not in the archive.
        RecordingError: The drive cannot be read.
    """
    drive = archive.load(ref.drive)
    if drive.road is None:
        raise ScenarioError(f"{drive.drive_id} has no map", hint="Nobody can drive without one.")
    if ref.ego_id >= 0:
        cut = replace(drive, tracks=_between(drive.tracks, ref.start_ns, ref.end_ns + _SPARE_NS))
        return task_of_drive(
            cut, ref.ego_id, scenario_id=ref.name, family=ref.family, spare_ns=_SPARE_NS,
            most_ns=ref.end_ns - ref.start_ns,
        )  # fmt: skip
    task = drive.task
    if task is None:
        raise ScenarioError(f"{drive.drive_id} is no task", hint="Name one of its cars as the ego.")
    return Scenario(
        scenario_id=ref.name,
        family=task.family,
        road=drive.road,
        body=task.body,
        start=task.start,
        goal=task.goal,
        start_ns=task.start_ns,
        stop_ns=task.stop_ns,
        background=drive.tracks,
        lights=drive.lights,
        ego_light=task.ego_light,
        is_night=drive.is_night,
    )


def slices_of(scenario: Scenario, place: str) -> tuple[str, ...]:
    """Return the parts of a set that a scenario belongs to by itself, as ``kind:value``.

    Kinds: ``family`` it belongs to, ``place`` (the beginning of its map's key), ``time`` of day, and ``class`` of
    everybody but cars who is in it.
    """
    background = scenario.background
    present = {RoadUser(int(kind)) for kind in np.unique(background.road_user[background.valid.any(axis=1)])}
    time = {None: "unknown", True: "night", False: "day"}[scenario.is_night]
    kinds = {f"class:{kind.name.lower()}" for kind in present - {RoadUser.CAR}}
    return tuple(sorted({f"family:{scenario.family}", f"place:{place[:8]}", f"time:{time}"} | kinds))


def patterns_within(hits: Sequence[Hit], start_ns: int, stop_ns: int) -> tuple[str, ...]:
    """Return ``pattern:QUERY`` for every query that found something in a time."""
    found = {f"pattern:{hit.query}" for hit in hits if hit.start_ns <= stop_ns and hit.end_ns >= start_ns}
    return tuple(sorted(found))


def _between(tracks: Tracks, start_ns: int, end_ns: int) -> Tracks:
    first, end = np.searchsorted(tracks.time_ns, [start_ns, end_ns + 1])
    steps = slice(int(first), int(end))
    there = tracks.valid[:, steps].any(axis=1)
    return Tracks(
        tracks.time_ns[steps].copy(), tracks.object_id[there], tracks.road_user[there], tracks.size_m[there],
        tracks.xy_m[there, steps].copy(), tracks.yaw_rad[there, steps].copy(), tracks.speed_mps[there, steps].copy(),
        tracks.valid[there, steps].copy(),
    )  # fmt: skip
