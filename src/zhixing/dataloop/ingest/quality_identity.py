"""Who is who in a recording: somebody who is elsewhere for a moment, and identities that are used again."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from zhixing.dataloop.ingest.quality_faults import Reason
from zhixing.datatypes.observations import Observations
from zhixing.datatypes.shapes import FloatArray, IntArray
from zhixing.datatypes.tracks import MOTOR_VEHICLES, RoadUser

_REACH_MPS = np.array(
    [
        12.0 if user == RoadUser.PEDESTRIAN else 90.0 if user in MOTOR_VEHICLES else 40.0
        for user in range(max(RoadUser) + 1)
    ]
)
"""Nobody of a class comes farther in a second; a pedestrian may be a runner, a car be on a motorway."""
_SLACK_M = 1.0
_MOST_SPIKE_ROWS = 3
_GONE_NS = 2_000_000_000
"""Who was away for longer and comes back as another class, in another size or out of reach is somebody else."""
_OTHER_SIZE = 0.35
_LONG_NS = 30_000_000_000
"""Who was away for as long is somebody else in any case."""


class Renamed(NamedTuple):
    """An identity that was given to somebody else."""

    old_id: int
    new_id: int
    since_ns: int


def jumps_and_reuse(
    rows: Observations, order: IntArray, reason: IntArray
) -> tuple[IntArray, IntArray, tuple[Renamed, ...]]:
    """Return whose each row is, the reasons with those of jumps, and who was given another identity.

    Somebody who is out of reach for at most three rows and then back was never there. Who stays where it cannot have
    come to, or comes back as somebody else, is somebody else: it gets the next free number.

    Args:
        rows: The recording.
        order: Its rows by road user and time.
        reason: (rows,) why a row is put aside already.
    """
    object_id, reason = rows.object_id.copy(), reason.copy()
    usable = order[reason[order] == 0]
    suspects = _suspects(rows, usable)
    if not suspects.size:
        return object_id, reason, ()
    next_id = int(rows.object_id.max()) + 1
    renamed: list[Renamed] = []
    ids = rows.object_id[usable]
    for identity in np.unique(ids[suspects]).tolist():
        begin, end = np.searchsorted(ids, [identity, identity + 1])
        for part in _lives(rows, usable[begin:end], reason)[1:]:
            object_id[part] = next_id
            renamed.append(Renamed(identity, next_id, int(rows.time_ns[part[0]])))
            next_id += 1
    return object_id, reason, tuple(renamed)


def _suspects(rows: Observations, usable: IntArray) -> IntArray:
    """Return places in ``usable`` whose row does not follow easily from the one before."""
    same = np.diff(rows.object_id[usable]) == 0
    one, other = usable[:-1], usable[1:]
    dt_ns = np.diff(rows.time_ns[usable])
    way_m = np.hypot(rows.x_m[other] - rows.x_m[one], rows.y_m[other] - rows.y_m[one])
    out = way_m > _REACH_MPS[rows.road_user[other]] * dt_ns * 1e-9 + _SLACK_M
    return np.flatnonzero(same & (out | (dt_ns > _GONE_NS))) + 1


def _lives(rows: Observations, mine: IntArray, reason: IntArray) -> list[IntArray]:
    """Return the rows of one identity, in order of time, as those of one road user after the other.

    Rows of jumps are marked in ``reason`` and left out.
    """
    lives: list[list[int]] = []
    k, order = 0, mine.tolist()
    while k < len(order):
        row = order[k]
        if not lives:
            lives.append([row])
        elif _follows(rows, lives[-1][-1], row):
            lives[-1].append(row)
        else:
            back = _back_at(rows, lives[-1][-1], order[k + 1 : k + 1 + _MOST_SPIKE_ROWS])
            if back and not _is_other(rows, lives[-1][-1], row):
                reason[order[k : k + back]] = Reason.JUMP
                k += back
                continue
            if len(lives[-1]) == 1 and len(lives) == 1 and k == 1:
                # The very first row is the one that is elsewhere.
                reason[lives[-1][0]] = Reason.JUMP
                lives[-1] = [row]
            else:
                lives.append([row])
        k += 1
    return [np.array(life, dtype=np.int64) for life in lives]


def _back_at(rows: Observations, before: int, coming: list[int]) -> int:
    """Return how many rows are to be left out until one follows ``before`` again, 0 if none does."""
    for count, row in enumerate(coming, start=1):
        if _follows(rows, before, row):
            return count
    return 0


def _follows(rows: Observations, before: int, row: int) -> bool:
    """Return whether one row can be the same road user as another, later."""
    dt_ns = int(rows.time_ns[row] - rows.time_ns[before])
    if dt_ns > _LONG_NS or (dt_ns > _GONE_NS and _is_other(rows, before, row)):
        return False
    way_m = float(np.hypot(rows.x_m[row] - rows.x_m[before], rows.y_m[row] - rows.y_m[before]))
    return way_m <= float(_REACH_MPS[rows.road_user[row]]) * dt_ns * 1e-9 + _SLACK_M


def _is_other(rows: Observations, before: int, row: int) -> bool:
    """Return whether class or size say that it is somebody else."""
    return bool(rows.road_user[row] != rows.road_user[before]) or any(
        _differs(values, before, row) for values in (rows.length_m, rows.width_m)
    )


def _differs(values: FloatArray, before: int, row: int) -> bool:
    one, other = float(values[before]), float(values[row])
    return abs(one - other) > _OTHER_SIZE * max(one, other)
