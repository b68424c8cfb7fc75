"""The traffic lights of a SinD record: a table of changes, whose columns are named after the lights.

Records differ: lights of vehicles and of pedestrians have columns of their own or share them, a first line may lack its
time, and lines may stand in another order than they happened.

Source: SinD, Format.md: 0 is red, 1 green, 3 yellow.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from zhixing.datatypes.lights import Light, Lights
from zhixing.datatypes.units import NS_PER_S
from zhixing.errors import RecordingError
from zhixing.formats.csv_files import number_in, read_header, read_rows, whole_in
from zhixing.formats.sind_classes import MAX_FRAME

_FRAME, _TIME = "RawFrameID", "timestamp(ms)"
_COLUMN = re.compile(r"(?:(?P<who>Vehicle|Pedestrian) )?Traffic light (?P<number>\d{1,3})")
_SHOWN = {"0": Light.RED, "1": Light.GREEN, "3": Light.YELLOW}
_MAX_LIGHTS, _MAX_CHANGES = 200, 100_000
_OFF_LINE_MS = 50.0
"""Pictures come at a steady rate; a time this far off says that a line is broken."""


@dataclass(frozen=True, slots=True, eq=False)
class LightLog:
    """The lights of a record.

    Attributes:
        names: Of each row of ``lights``: ``vehicle 1``, ``pedestrian 1``, or ``1`` where both share a light.
        lights: What they showed.
    """

    names: tuple[str, ...]
    lights: Lights


def is_light_log(path: Path) -> bool:
    """Return whether a file begins as such a table does."""
    try:
        with path.open(encoding="utf-8-sig") as file:
            return file.readline(200).startswith(f"{_FRAME},{_TIME},")
    except (OSError, UnicodeDecodeError):
        return False


def read_light_log(path: Path) -> LightLog:
    """Return what the lights of a record showed, on the clock of its tracks; changes before the first frame are kept.

    A time that is missing follows from the number of the picture, at the rate of the other lines.

    Raises:
        RecordingError: The file cannot be read, has no light, or a line makes no sense or contradicts another.
    """
    columns = [name for name in read_header(path) if name not in {_FRAME, _TIME}]
    matches = [_COLUMN.fullmatch(column) for column in columns]
    for column, match in zip(columns, matches, strict=True):
        if match is None:
            raise RecordingError(
                f"{path.name} has the column {column[:40]!r}", hint="Name lights as in: Vehicle Traffic light 1."
            )
    if not 0 < len(columns) <= _MAX_LIGHTS:
        raise RecordingError(f"{path.name} has {len(columns)} lights", hint=f"Give 1 to {_MAX_LIGHTS} columns.")
    lines: dict[int, tuple[int, float, tuple[int, ...]]] = {}
    for line, (frame_text, time_text, *shown_texts) in read_rows(path, (_FRAME, _TIME, *columns)):
        frame = whole_in(path, line, _FRAME, frame_text, -MAX_FRAME, MAX_FRAME)
        time_ms = number_in(path, line, _TIME, time_text) if time_text else float("nan")
        shown = tuple(_shown(path, line, *pair) for pair in zip(columns, shown_texts, strict=True))
        if lines.setdefault(frame, (line, time_ms, shown))[2] != shown:
            raise RecordingError(
                f"{path.name}: lines {lines[frame][0]} and {line} differ on picture {frame}", hint="Drop one of them."
            )
        if len(lines) > _MAX_CHANGES:
            raise RecordingError(f"{path.name} has more than {_MAX_CHANGES:,} lines", hint="Cut the record.")
    frames = sorted(lines)
    time_ns = _times_ns(path, frames, lines)
    return LightLog(
        tuple(
            f"{match['who'].lower()} {match['number']}" if match["who"] else match["number"]
            for match in matches
            if match is not None
        ),
        Lights(time_ns, np.array([lines[frame][2] for frame in frames], dtype=np.int64).T.copy()),
    )


def _shown(path: Path, line: int, column: str, text: str) -> int:
    if text not in _SHOWN:
        raise RecordingError(
            f"{path.name}: line {line} has {column} {text[:40]!r}", hint="0 is red, 1 is green, 3 is yellow."
        )
    return int(_SHOWN[text])


def _times_ns(
    path: Path, frames: list[int], lines: dict[int, tuple[int, float, tuple[int, ...]]]
) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    frame = np.array(frames, dtype=np.float64)
    time_ms = np.array([lines[k][1] for k in frames])
    known = np.isfinite(time_ms)
    if not frames or known.sum() < min(2, len(frames)):
        raise RecordingError(f"{path.name} has {known.sum()} times", hint="Give the times of two pictures at least.")
    if len(frames) > 1:
        rate, start_ms = np.polyfit(frame[known], time_ms[known], 1)
        on_line = start_ms + rate * frame
        off = known & ~(np.abs(time_ms - on_line) <= _OFF_LINE_MS)
        if off.any() or not rate > 0.0:
            line, given_ms, _ = lines[frames[int(off.argmax())]]
            raise RecordingError(
                f"{path.name}: line {line} is at {given_ms:g} ms, out of step with the numbers of the pictures",
                hint="Times run with the numbers at a steady rate; mend the line.",
            )
        time_ms = np.where(known, time_ms, on_line)
    time_ns = np.round(time_ms * 1e-3 * NS_PER_S).astype(np.int64)
    backward = np.flatnonzero(np.diff(time_ns) <= 0)
    if backward.size:
        line = lines[frames[int(backward[0]) + 1]][0]
        raise RecordingError(f"{path.name}: line {line} goes back in time", hint="Mend its time.")
    return time_ns
