"""Recordings of mixed traffic as ApolloScape's trajectory challenge writes them: text, two frames a second, no map.

One line a road user and frame: ``frame id type x y z length width height heading``, in metres and radians.

Headings in these files are not in the frame of the positions (they differ from the direction of motion by an angle
of each file's own), so everybody is taken to look where it moves.

Source: ApolloScape dataset-api, trajectory_prediction: type 1 small vehicle, 2 big vehicle, 3 pedestrian, 4
motorcyclist or bicyclist, 5 other.
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np

from zhixing.datatypes.evidence import Drive
from zhixing.datatypes.lights import Lights
from zhixing.datatypes.shapes import BoolArray, FloatArray
from zhixing.datatypes.tracks import RoadUser, Tracks
from zhixing.datatypes.units import NS_PER_S
from zhixing.errors import RecordingError

_COLUMNS = 10
_FRAME_NS = NS_PER_S // 2
_MAX_BYTES = 64 * 1024 * 1024
_MAX_FRAMES = 100_000
_MAX_CELLS = 20_000_000
_MAX_M = 1e8
_CLASSES = {
    1: RoadUser.CAR,
    2: RoadUser.TRUCK,
    3: RoadUser.PEDESTRIAN,
    4: RoadUser.EBIKE,  # motorcyclists and bicyclists are not told apart
    5: RoadUser.OBJECT,
}
_MIN_SIZE_M = 0.1
_MOVED_M = 0.35
"""Less since the frame before says nothing of the direction."""
_HINT = "A line is: frame id type x y z length width height heading."


def is_apolloscape(path: Path) -> bool:
    """Return whether a file begins as such a recording does: ten numbers, the first three whole."""
    try:
        with path.open(encoding="utf-8") as file:
            words = file.readline(1000).split()
        return (
            len(words) == _COLUMNS and all(np.isfinite([float(word) for word in words])) and int(words[2]) in _CLASSES
        )
    except (OSError, ValueError):
        return False


def read_apolloscape(path: Path) -> Drive:
    """Return a recording without a road.

    Speed and heading are how far somebody came since the frame before, and in which direction, so that nothing of the
    future is in them; only where somebody appears are they those of the next frame. Who hardly moves keeps its heading,
    at first the one in the file.

    Raises:
        RecordingError: The file is absent, unreadable or no such recording.
    """
    rows = _rows(path)
    frame, object_id, kind = (rows[:, k].astype(np.int64) for k in range(3))
    frames, step = np.unique(frame, return_inverse=True)
    ids, user = np.unique(object_id, return_inverse=True)
    if ids.size * frames.size > _MAX_CELLS:
        raise RecordingError(f"{path.name} has {ids.size} road users in {frames.size} frames", hint="Split it.")
    if np.unique(user * frames.size + step).size != rows.shape[0]:
        raise RecordingError(f"{path.name} has the same road user twice in one frame", hint=_HINT)
    valid = np.zeros((ids.size, frames.size), dtype=np.bool_)
    xy, yaw = np.zeros((*valid.shape, 2)), np.zeros(valid.shape)
    valid[user, step], xy[user, step], yaw[user, step] = True, rows[:, 3:5], rows[:, 9]
    counts = np.zeros((ids.size, max(_CLASSES) + 1), dtype=np.int64)
    np.add.at(counts, (user, kind), 1)
    size = np.stack([np.bincount(user, rows[:, k]) / np.bincount(user) for k in (6, 7)], axis=-1)
    time_ns = (frames - frames[0]) * _FRAME_NS
    yaw, speed = _motion(time_ns * 1e-9, xy, yaw, valid)
    return Drive(
        drive_id=path.stem,
        source="apolloscape",
        road=None,
        tracks=Tracks(
            time_ns,
            ids,
            np.array([int(_CLASSES[int(k)]) for k in counts.argmax(axis=1)], dtype=np.int64),
            np.maximum(size, _MIN_SIZE_M),
            xy,
            yaw,
            speed,
            valid,
        ),
        lights=Lights(np.zeros(1, dtype=np.int64), np.zeros((0, 1), dtype=np.int64)),
    )


def _rows(path: Path) -> FloatArray:
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise RecordingError(f"{path.name} has {path.stat().st_size} bytes", hint="Split it.")
        lines = [line.split() for line in path.read_text("utf-8").splitlines() if line.strip()]
    except (OSError, UnicodeDecodeError) as error:
        raise RecordingError(f"{path} cannot be read: {error}", hint="Give a text file.") from error
    if not lines:
        raise RecordingError(f"{path.name} is empty", hint=_HINT)
    for number, words in enumerate(lines, 1):
        if len(words) != _COLUMNS:
            raise RecordingError(f"{path.name}: line {number} has {len(words)} columns, not {_COLUMNS}", hint=_HINT)
    try:
        rows = np.array(lines, dtype=np.float64)
    except ValueError as error:
        raise RecordingError(f"{path.name}: {error}", hint=_HINT) from error
    whole = rows[:, :3]
    if not (np.isfinite(rows).all() and (np.abs(rows) <= _MAX_M).all() and (whole == np.floor(whole)).all()):
        raise RecordingError(f"{path.name} holds a number that is no place, size, frame or id", hint=_HINT)
    if not np.isin(rows[:, 2], list(_CLASSES)).all():
        unknown = rows[~np.isin(rows[:, 2], list(_CLASSES)), 2][0]
        raise RecordingError(f"{path.name}: {unknown:g} is no type of road user", hint="Types are 1 to 5.")
    if rows[:, 0].max() - rows[:, 0].min() > _MAX_FRAMES:
        raise RecordingError(f"{path.name} spans more than {_MAX_FRAMES} frames", hint="Split it.")
    return rows


def _motion(time_s: FloatArray, xy: FloatArray, written: FloatArray, valid: BoolArray) -> tuple[FloatArray, FloatArray]:
    """Return (users, frames) headings and speeds."""
    yaw, speed = written.copy(), np.zeros(written.shape)
    for user in range(written.shape[0]):
        steps = np.flatnonzero(valid[user])
        if steps.size < 2:
            continue
        way = np.diff(xy[user, steps], axis=0)
        seconds = np.diff(time_s[steps])
        way, seconds = np.concatenate((way[:1], way)), np.concatenate((seconds[:1], seconds))
        heading = float(written[user, steps[0]])
        for (dx, dy), dt, step in zip(way.tolist(), seconds.tolist(), steps.tolist(), strict=True):
            if math.hypot(dx, dy) >= _MOVED_M:
                heading = math.atan2(dy, dx)
            yaw[user, step] = heading
            speed[user, step] = (dx * math.cos(heading) + dy * math.sin(heading)) / dt
    return yaw, speed
