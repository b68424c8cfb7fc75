"""What an archive says of a source and of a drive, as JSON."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import date
from typing import Any, TypeVar

import numpy as np

from zhixing.datatypes.evidence import Task
from zhixing.datatypes.lights import Lights
from zhixing.datatypes.scene import EgoBody, EgoState
from zhixing.errors import RecordingError, ScenarioError
from zhixing.formats.goal_json import goal_from_json, goal_to_json

FORMAT = 1
_Entry = TypeVar("_Entry", "SourceEntry", "DriveEntry")


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceEntry:
    """A file or folder that was read, or could not be.

    Attributes:
        key: Hash of what stands in it, whatever it is called.
        reader: Name of its reader, empty where none knows it.
        reader_version: Of that reader.
        path: Where it was first seen.
        drives: Keys of the drives in it, in their order.
        refused: Why it was put aside, empty if it was not.
        hint: What a person can do then.
        notes: What a person should know of it.
    """

    key: str
    reader: str
    reader_version: int
    path: str
    drives: tuple[str, ...] = ()
    refused: str = ""
    hint: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DriveEntry:
    """A drive in an archive, without its rows.

    Attributes:
        key: Hash of all that it holds: the same drive in two files is one.
        drive_id: What people call it.
        source: Its format.
        road: Key of its map, empty without one.
        states: File of its rows.
        first_group: First row group of these.
        num_groups: How many row groups.
        num_rows: Rows.
        num_objects: Road users.
        classes: How many of each class, by name in lower case.
        start_ns: First moment.
        end_ns: Last moment.
        box_m: Where it was: least x, least y, greatest x, greatest y; four zeros of nobody.
        empty_ns: Moments at which nobody was there.
        ego_id: ``object_id`` of the recording vehicle, or -1.
        is_night: Whether it was dark, None where that is not known.
        lights: What lights showed, as in :func:`lights_to_json`.
        task: What an ego shall do in it, as in :func:`task_to_json`, or None.
        quality: Figures of the check: rows read, late, put aside by reason, renamed, unreadable.
        region: Where it was recorded, as the settings said; empty where nobody said.
        keep_until: Last day that it is kept, ISO 8601; empty for ever.
    """

    key: str
    drive_id: str
    source: str
    road: str
    states: str
    first_group: int
    num_groups: int
    num_rows: int
    num_objects: int
    classes: dict[str, int]
    start_ns: int
    end_ns: int
    box_m: tuple[float, float, float, float]
    ego_id: int = -1
    is_night: bool | None = None
    empty_ns: tuple[int, ...] = ()
    lights: dict[str, Any] = field(default_factory=dict)
    task: dict[str, Any] | None = None
    quality: dict[str, Any] = field(default_factory=dict)
    region: str = ""
    keep_until: str = ""

    @property
    def duration_s(self) -> float:
        """From the first moment to the last."""
        return (self.end_ns - self.start_ns) * 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """Some sources and their drives; it enters an archive as a whole."""

    sources: tuple[SourceEntry, ...]
    drives: tuple[DriveEntry, ...]

    def to_bytes(self) -> bytes:
        """Return it as JSON; the same commit gives the same bytes."""
        said = {
            "format": FORMAT,
            "sources": [asdict(source) for source in self.sources],
            "drives": [asdict(drive) for drive in self.drives],
        }
        return json.dumps(said, sort_keys=True, ensure_ascii=False, allow_nan=False).encode()

    @classmethod
    def from_bytes(cls, data: bytes, name: str) -> Commit:
        """Return what :meth:`to_bytes` wrote.

        Raises:
            RecordingError: It is none, or of a later format.
        """
        try:
            said = json.loads(data)
            if said["format"] != FORMAT:
                raise RecordingError(f"{name} is of format {said['format']}", hint="Use a newer Zhixing.")
            return cls(
                sources=tuple(_entry(SourceEntry, one) for one in said["sources"]),
                drives=tuple(_entry(DriveEntry, one) for one in said["drives"]),
            )
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise RecordingError(
                f"{name} is no part of an archive: {error}", hint="Remove it, ingest again."
            ) from error


_MOST_INT = 2**63
_STATES = re.compile(r"states/[\w-]+\.parquet")


def _entry(kind: type[_Entry], said: Mapping[str, Any]) -> _Entry:
    """Return an entry; lists are tuples again."""
    known = {one.name for one in fields(kind)}
    values: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in said.items() if k in known}
    for one in fields(kind):
        if one.name in values and not _is_of(values[one.name], str(one.type)):
            raise TypeError(f"{one.name} is {values[one.name]!r}"[:80])
    if kind is DriveEntry:
        if not _STATES.fullmatch(values["states"]):
            raise ValueError(f"{values['states']!r} holds no rows"[:80])
        if values.get("keep_until"):
            date.fromisoformat(values["keep_until"])
        if not _is_of(values.get("quality", {}).get("rejected", {}), "dict[str, int]"):
            raise TypeError("the counts of what was put aside are none")
    return kind(**values)


def _is_of(value: object, kind: str) -> bool:
    """Return whether a value of JSON is of the type that a field has; any is of one that is not looked at."""
    match kind:
        case "str":
            return isinstance(value, str) and value.encode("utf-8", "replace").decode() == value
        case "int":
            return type(value) is int and -_MOST_INT <= value < _MOST_INT
        case "bool | None":
            return value is None or isinstance(value, bool)
        case "dict[str, int]":
            return isinstance(value, dict) and all(_is_of(one, "int") for one in value.values())
        case "dict[str, Any]":
            return isinstance(value, dict)
        case "dict[str, Any] | None":
            return value is None or isinstance(value, dict)
        case "tuple[float, float, float, float]":
            numbers = value if isinstance(value, tuple) else ()
            return len(numbers) == 4 and all(type(one) in {int, float} and math.isfinite(one) for one in numbers)
        case _:
            return True


def lights_to_json(lights: Lights) -> dict[str, Any]:
    """Return what lights showed: the first moment and all at which something changes."""
    light = lights.light
    changes = np.concatenate(([True], (np.diff(light, axis=1) != 0).any(axis=0)))[: lights.time_ns.size]
    return {
        "groups": int(light.shape[0]),
        "time_ns": lights.time_ns[changes].tolist(),
        "light": light[:, changes].T.ravel().tolist(),
    }


def lights_from_json(said: Mapping[str, Any]) -> Lights:
    """Return what :func:`lights_to_json` wrote."""
    time_ns = np.array(said.get("time_ns", [0]), dtype=np.int64)
    light = np.array(said.get("light", []), dtype=np.int64)
    return Lights(time_ns, light.reshape(time_ns.size, said.get("groups", 0)).T.copy())


def task_to_json(task: Task | None) -> dict[str, Any] | None:
    """Return a task as JSON's values."""
    if task is None:
        return None
    said = {name: getattr(task, name) for name in ("family", "start_ns", "stop_ns", "ego_light")}
    return said | {"body": asdict(task.body), "start": asdict(task.start), "goal": goal_to_json(task.goal)}


def task_from_json(said: Mapping[str, Any] | None) -> Task | None:
    """Return what :func:`task_to_json` wrote.

    Raises:
        RecordingError: It makes no sense.
    """
    if said is None:
        return None
    try:
        return Task(
            family=said["family"],
            body=EgoBody(**said["body"]),
            start=EgoState(**said["start"]),
            goal=goal_from_json(said["goal"]),
            start_ns=said["start_ns"],
            stop_ns=said["stop_ns"],
            ego_light=said["ego_light"],
        )
    except (KeyError, TypeError, ScenarioError) as error:
        raise RecordingError(f"a task in the archive makes no sense: {error}", hint="Ingest it again.") from error
