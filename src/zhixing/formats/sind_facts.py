"""The facts of a SinD record: one line for each road user, and one for the record itself."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from zhixing.datatypes.traffic_facts import Movement, RecordingFacts, TrafficFacts, Violation
from zhixing.errors import RecordingError
from zhixing.formats.csv_files import number_in, read_rows, whole_in
from zhixing.formats.sind_classes import CLASSES, FRAME_NS, MAX_FRAME, object_id_in, road_user_in

_SPAN = ("trackId", "initialFrame", "finalFrame", "class")
"""How many frames that makes is told as well, but not read: one line in the sample contradicts itself there."""
_VEHICLE = (*_SPAN, "length", "width", "CrossType", "Signal_Violation_Behavior")
_MOVEMENTS = {
    "straightcross": Movement.STRAIGHT,
    "leftturn": Movement.LEFT,
    "rightturn": Movement.RIGHT,
    "others": Movement.OTHER,
}
_VIOLATIONS = {
    "no violation of traffic lights": Violation.NONE,
    "yellow-light running": Violation.YELLOW,
    "red-light running": Violation.RED,
}
_RECORD = ("RecordingID", "City", "Record weekday", "Record time period", "Weather", "Record duration")
_MAX_USERS, _MAX_S = 1_000_000, 1e6

_Row = tuple[int, int, float, float, int, int, int, int]


def read_sind_facts(vehicles: Path, pedestrians: Path | None = None) -> TrafficFacts:
    """Return the facts of everybody in a record.

    Pedestrians have no size there, and neither movements nor violations are told of them.

    Args:
        vehicles: ``Veh_tracks_meta.csv``
        pedestrians: ``Ped_tracks_meta.csv``, or None to leave them out.

    Raises:
        RecordingError: A file cannot be read, a value makes no sense, or somebody is there twice.
    """
    rows: dict[int, _Row] = {}
    for line, row in read_rows(vehicles, _VEHICLE):
        size_m = [
            number_in(vehicles, line, name, text, 100.0) for name, text in zip(_VEHICLE[4:6], row[4:6], strict=True)
        ]
        if not min(size_m) > 0.0:
            raise RecordingError(f"{vehicles.name}: line {line} has no size", hint="Sizes are metres, above zero.")
        movement = _word(vehicles, line, row[6], _MOVEMENTS)
        violation = _word(vehicles, line, row[7], _VIOLATIONS)
        _add(rows, vehicles, line, row, (size_m[0], size_m[1], movement, violation))
    if pedestrians is not None:
        for line, row in read_rows(pedestrians, _SPAN):
            _add(rows, pedestrians, line, row, (np.nan, np.nan, Movement.OTHER, Violation.NONE))
    if not rows:
        raise RecordingError(f"{vehicles.name} tells of nobody", hint="Fetch the file again.")
    object_id, road_user, length_m, width_m, turn, passed, first, last = zip(*rows.values(), strict=True)
    return TrafficFacts(
        object_id=np.array(object_id, dtype=np.int64),
        road_user=np.array(road_user, dtype=np.int64),
        size_m=np.array([length_m, width_m], dtype=np.float64).T.copy(),
        movement=np.array(turn, dtype=np.int64),
        violation=np.array(passed, dtype=np.int64),
        present_ns=np.array([first, last], dtype=np.int64).T * FRAME_NS,
    )


def read_sind_recording(path: Path) -> RecordingFacts:
    """Return when and where a record was made: the one line of ``recording_metas.csv``.

    Raises:
        RecordingError: The file cannot be read, has not one line, or a value makes no sense.
    """
    found = list(read_rows(path, (*_RECORD, *CLASSES)))
    if len(found) != 1:
        raise RecordingError(f"{path.name} tells of {len(found)} records", hint="Give the file of one record.")
    line, row = found[0]
    duration_s = number_in(path, line, _RECORD[5], row[5].removesuffix("s"), _MAX_S)
    if not duration_s > 0.0:
        raise RecordingError(f"{path.name}: the record lasts {duration_s:g} s", hint="Give its seconds.")
    return RecordingFacts(
        recording_id=row[0],
        city=row[1],
        weekday=row[2],
        hours=row[3],
        weather=row[4],
        duration_s=duration_s,
        counts={
            int(road_user): whole_in(path, line, name, text, most=_MAX_USERS)
            for (name, road_user), text in zip(CLASSES.items(), row[6:], strict=True)
        },
    )


def _add(rows: dict[int, _Row], path: Path, line: int, row: list[str], rest: tuple[float, float, int, int]) -> None:
    object_id = object_id_in(path, line, "trackId", row[0])
    if object_id in rows:
        raise RecordingError(f"{path.name}: line {line} has the track {row[0]} again", hint="Each has one line.")
    first, last = (
        whole_in(path, line, name, text, most=MAX_FRAME) for name, text in zip(_SPAN[1:3], row[1:3], strict=True)
    )
    if not last >= first:
        raise RecordingError(
            f"{path.name}: line {line} is there from frame {first} to {last}", hint="The last follows the first."
        )
    if len(rows) >= _MAX_USERS:
        raise RecordingError(f"{path.name} has more than {_MAX_USERS:,} lines", hint="Cut the record.")
    rows[object_id] = (object_id, int(road_user_in(path, line, row[3])), *rest, first, last)


def _word(path: Path, line: int, text: str, words: dict[str, Movement] | dict[str, Violation]) -> int:
    if text.lower() not in words:
        raise RecordingError(
            f"{path.name}: line {line} says {text[:40]!r}", hint=f"It must be one of: {', '.join(words)}."
        )
    return int(words[text.lower()])
