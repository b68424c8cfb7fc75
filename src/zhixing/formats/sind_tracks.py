"""The road users of a SinD record, from its two tables of smoothed tracks.

Vehicles have a box and a heading; pedestrians are points, so they look where they walk.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from zhixing.datatypes.shapes import BoolArray, FloatArray, IntArray
from zhixing.datatypes.tracks import RoadUser, Tracks
from zhixing.errors import RecordingError
from zhixing.formats.csv_files import number_in, read_header, read_rows, whole_in
from zhixing.formats.sind_classes import FRAME_NS, MAX_FRAME, object_id_in, road_user_in

_ROW = ("track_id", "frame_id", "timestamp_ms", "agent_type", "x", "y", "vx", "vy")
_BOX = ("yaw_rad", "length", "width")
_PEDESTRIAN_M = 0.5
_SIZES_M = (0.1, 60.0)
_MAX_M, _MAX_MPS, _MAX_RAD = 1e5, 150.0, 100.0
_MAX_CELLS = 20_000_000
_MOVES_MPS = 0.2
"""Who is slower does not show where it looks."""
_OFF_GRID_MS = 20.0


def read_sind_tracks(paths: Sequence[Path]) -> Tracks:
    """Return everybody in some tables of one record, on the record's grid of 9.99 frames a second.

    Times are those of the record, whose first frame is 0. Whoever is missing in a frame is not valid there.

    Args:
        paths: ``Veh_smoothed_tracks.csv``, ``Ped_smoothed_tracks.csv`` or both.

    Raises:
        RecordingError: A file cannot be read or is only a git-lfs pointer; a value makes no sense; somebody is twice in
            one frame, or of two classes; or there is nobody.
    """
    seen = _Seen()
    table = np.concatenate([_rows(path, seen) for path in paths]) if paths else np.zeros((0, 10))
    if not table.size:
        raise RecordingError("the record holds no tracks", hint="Give its tables of smoothed tracks.")
    object_id, frame, kind = (table[:, k].astype(np.int64) for k in (0, 1, 2))
    ids, first, user = np.unique(object_id, return_index=True, return_inverse=True)
    steps = int(frame.max() - frame.min()) + 1
    if ids.size * steps > _MAX_CELLS:
        raise RecordingError(f"{ids.size:,} road users in {steps:,} frames are too many", hint="Cut the record.")
    step = frame - frame.min()
    valid = np.zeros((ids.size, steps), dtype=np.bool_)
    xy, yaw, speed = np.zeros((*valid.shape, 2)), np.zeros(valid.shape), np.zeros(valid.shape)
    valid[user, step] = True
    xy[user, step] = table[:, 3:5]
    yaw[user, step] = table[:, 7]
    vx, vy = table[:, 5], table[:, 6]
    speed[user, step] = vx * np.cos(table[:, 7]) + vy * np.sin(table[:, 7])
    for row in np.flatnonzero(kind[first] == RoadUser.PEDESTRIAN).tolist():
        yaw[row], speed[row] = _walking(row, user, step, vx, vy, valid[row])
    return Tracks(
        np.arange(frame.min(), frame.max() + 1, dtype=np.int64) * FRAME_NS,
        ids,
        kind[first],
        np.stack([np.bincount(user, table[:, k]) / np.bincount(user) for k in (8, 9)], axis=-1),
        xy,
        yaw,
        speed,
        valid,
    )


def _rows(path: Path, seen: _Seen) -> FloatArray:
    """Return (rows, 10) object id, frame, class, x, y, vx, vy, yaw, length, width."""
    has_box = all(name in read_header(path) for name in _BOX)
    columns = (*_ROW, *_BOX) if has_box else _ROW
    values = array("d")
    for line, row in read_rows(path, columns):
        frame = whole_in(path, line, "frame_id", row[1], most=MAX_FRAME)
        time_ms = number_in(path, line, "timestamp_ms", row[2])
        if not abs(time_ms - frame * FRAME_NS * 1e-6) <= _OFF_GRID_MS:
            raise RecordingError(
                f"{path.name}: line {line} has frame {frame} at {time_ms:g} ms",
                hint=f"Frames are {FRAME_NS * 1e-6:.1f} ms apart and the first is 0.",
            )
        road_user = road_user_in(path, line, row[3])
        if not has_box and road_user != RoadUser.PEDESTRIAN:
            raise RecordingError(
                f"{path.name}: line {line} is a {row[3]} without a box", hint=f"Add the columns {', '.join(_BOX)}."
            )
        object_id = object_id_in(path, line, "track_id", row[0])
        seen.add(path, line, object_id, frame, road_user)
        values.append(object_id)
        values.append(frame)
        values.append(road_user)
        values.extend(number_in(path, line, name, text, _MAX_M) for name, text in zip("xy", row[4:6], strict=True))
        values.extend(
            number_in(path, line, name, text, _MAX_MPS) for name, text in zip(_ROW[6:], row[6:8], strict=True)
        )
        if road_user == RoadUser.PEDESTRIAN:
            values.extend((0.0, _PEDESTRIAN_M, _PEDESTRIAN_M))
            continue
        values.append(number_in(path, line, "yaw_rad", row[8], _MAX_RAD))
        for name, text in zip(_BOX[1:], row[9:11], strict=True):
            size_m = number_in(path, line, name, text)
            if not _SIZES_M[0] <= size_m <= _SIZES_M[1]:
                raise RecordingError(f"{path.name}: line {line} has a {name} of {size_m:g} m", hint="Sizes are metres.")
            values.append(size_m)
    return np.array(values, dtype=np.float64).reshape(-1, 10)


class _Seen:
    """Who came in which frame, to tell where a record contradicts itself."""

    def __init__(self) -> None:
        self._frames: set[tuple[int, int]] = set()
        self._classes: dict[int, RoadUser] = {}

    def add(self, path: Path, line: int, object_id: int, frame: int, road_user: RoadUser) -> None:
        if (object_id, frame) in self._frames:
            raise RecordingError(
                f"{path.name}: line {line} has the track {object_id} a second time in frame {frame}",
                hint="Each has one row a frame; drop the other.",
            )
        if self._classes.setdefault(object_id, road_user) != road_user:
            raise RecordingError(
                f"{path.name}: line {line} makes the track {object_id} a {road_user.name.lower()}",
                hint="Each is of one class throughout.",
            )
        self._frames.add((object_id, frame))


def _walking(
    row: int, user: IntArray, step: IntArray, vx: FloatArray, vy: FloatArray, valid: BoolArray
) -> tuple[FloatArray, FloatArray]:
    """Return (steps,) heading and speed of a pedestrian; who stands still keeps its heading, at first the next one."""
    mine = np.flatnonzero(user == row)
    mine = mine[np.argsort(step[mine])]
    speed, yaw = np.zeros(valid.shape), np.zeros(valid.shape)
    pace = np.hypot(vx[mine], vy[mine])
    moving = np.flatnonzero(pace >= _MOVES_MPS)
    if moving.size:
        latest = np.searchsorted(moving, np.arange(mine.size), side="right") - 1
        by = mine[moving[np.maximum(latest, 0)]]
        yaw[step[mine]] = np.arctan2(vy[by], vx[by])
    speed[step[mine]] = vx[mine] * np.cos(yaw[step[mine]]) + vy[mine] * np.sin(yaw[step[mine]])
    return yaw, speed
