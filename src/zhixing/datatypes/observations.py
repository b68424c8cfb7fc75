"""Who was seen where and when, one row each: what a recording holds before and after it is sorted."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from zhixing.datatypes.shapes import BoolArray, FloatArray, IntArray, check_shapes
from zhixing.datatypes.tracks import Tracks
from zhixing.errors import ShapeError

MOST_CELLS = 200_000_000
"""Road users times moments that :func:`tracks_of` lays out: 8 GB of arrays."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Observations:
    """Rows of a recording; unlike :class:`~zhixing.datatypes.tracks.Tracks` they may be in any order, and wrong.

    A heading, speed or size that a format does not tell is NaN.

    Attributes:
        time_ns: (rows,)
        object_id: (rows,) whose row it is.
        road_user: (rows,) :class:`~zhixing.datatypes.tracks.RoadUser`.
        x_m: (rows,) centre of the box in the world frame.
        y_m: (rows,)
        yaw_rad: (rows,) heading, counter-clockwise from world x.
        speed_mps: (rows,) along the heading, negative in reverse.
        length_m: (rows,) of the box.
        width_m: (rows,)

    Raises:
        ShapeError: The arrays are not of one length.
    """

    time_ns: IntArray
    object_id: IntArray
    road_user: IntArray
    x_m: FloatArray
    y_m: FloatArray
    yaw_rad: FloatArray
    speed_mps: FloatArray
    length_m: FloatArray
    width_m: FloatArray

    def __post_init__(self) -> None:
        check_shapes(self, **{field.name: "rows" for field in fields(self)})

    @property
    def num_rows(self) -> int:
        """How many."""
        return int(self.time_ns.size)

    def take(self, rows: IntArray | BoolArray | slice) -> Observations:
        """Return some of the rows, by number, mask or slice."""
        return Observations(**{field.name: getattr(self, field.name)[rows] for field in fields(self)})


def together(parts: list[Observations]) -> Observations:
    """Return the rows of several, one after the other.

    Example:
        >>> together([]).num_rows
        0
    """
    names = [field.name for field in fields(Observations)]
    if not parts:
        whole, real = np.zeros(0, dtype=np.int64), np.zeros(0)
        return Observations(
            time_ns=whole, object_id=whole, road_user=whole, x_m=real, y_m=real, yaw_rad=real, speed_mps=real,
            length_m=real, width_m=real,
        )  # fmt: skip
    return Observations(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in names})


def observations_of(tracks: Tracks) -> Observations:
    """Return one row for everybody at every step at which it is there, ordered by time, then by row of the tracks."""
    step, row = np.nonzero(tracks.valid.T)
    return Observations(
        time_ns=tracks.time_ns[step],
        object_id=tracks.object_id[row],
        road_user=tracks.road_user[row],
        x_m=tracks.xy_m[row, step, 0],
        y_m=tracks.xy_m[row, step, 1],
        yaw_rad=tracks.yaw_rad[row, step],
        speed_mps=tracks.speed_mps[row, step],
        length_m=tracks.size_m[row, 0],
        width_m=tracks.size_m[row, 1],
    )


def tracks_of(rows: Observations, time_ns: IntArray | None = None) -> Tracks:
    """Return rows as tracks; everybody's class and size are those of its first row.

    Args:
        rows: In any order; nobody twice at one time.
        time_ns: The steps, where there are some at which nobody is there; all times of the rows are among them.

    Raises:
        ShapeError: Somebody is twice at one time, a value is not finite, or there is too much to lay out.
    """
    steps = np.unique(rows.time_ns) if time_ns is None else time_ns
    ids, first, row = np.unique(rows.object_id, return_index=True, return_inverse=True)
    if ids.size * steps.size > MOST_CELLS:
        raise ShapeError(f"{ids.size:,} road users at {steps.size:,} moments are too many to lay out")
    step = np.searchsorted(steps, rows.time_ns)
    shape = (ids.size, steps.size)
    valid = np.zeros(shape, dtype=np.bool_)
    valid[row, step] = True
    if int(valid.sum()) != rows.num_rows:
        raise ShapeError("somebody is twice at one time")
    xy, yaw, speed = np.zeros((*shape, 2)), np.zeros(shape), np.zeros(shape)
    xy[row, step, 0], xy[row, step, 1] = rows.x_m, rows.y_m
    yaw[row, step], speed[row, step] = rows.yaw_rad, rows.speed_mps
    size = np.stack((rows.length_m[first], rows.width_m[first]), axis=-1)
    return Tracks(steps, ids, rows.road_user[first], size, xy, yaw, speed, valid)
