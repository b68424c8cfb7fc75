"""A drive step by step instead of road user by road user, as kernels want it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numba import njit

from zhixing.datatypes.shapes import BoolArray, FloatArray, IntArray


class Frames(NamedTuple):
    """Rows of frames one after the other, everybody in a frame once.

    Attributes:
        start: (frames + 1,) where each frame begins among the rows.
        x_m: (rows,) box centre; so for the rest, as in :class:`zhixing.dataloop.mining.prepared.Users`.
        y_m: (rows,)
        cos: (rows,) of the heading.
        sin: (rows,) of the heading.
        yaw_rad: (rows,)
        vx_mps: (rows,) how the centre moves in the world frame.
        vy_mps: (rows,)
        speed_mps: (rows,) along the heading.
        length_m: (rows,)
        width_m: (rows,)
    """

    start: IntArray
    x_m: FloatArray
    y_m: FloatArray
    cos: FloatArray
    sin: FloatArray
    yaw_rad: FloatArray
    vx_mps: FloatArray
    vy_mps: FloatArray
    speed_mps: FloatArray
    length_m: FloatArray
    width_m: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class FrameRows:
    """A drive as frames.

    Attributes:
        frames: One for each step.
        user: (rows,) row of the road user among the tracks.
        step: (rows,) step.
        place: (rows,) place in a flat array over (objects, steps).
    """

    frames: Frames
    user: IntArray
    step: IntArray
    place: IntArray


def frames_of(
    there: BoolArray, xy_m: FloatArray, velocity_mps: FloatArray, yaw_rad: FloatArray, speed_mps: FloatArray,
    size_m: FloatArray,
) -> FrameRows:  # fmt: skip
    """Return road users over time as frames.

    Args:
        there: (objects, steps) who is there.
        xy_m: (objects, steps, 2) box centre.
        velocity_mps: (objects, steps, 2) how it moves.
        yaw_rad: (objects, steps) heading.
        speed_mps: (objects, steps) along the heading.
        size_m: (objects, 2) length and width.
    """
    start, user, step, rows = _by_frame(there, xy_m, velocity_mps, yaw_rad, speed_mps, size_m)
    x, y, vx, vy, yaw, speed, length, width = rows
    frames = Frames(
        start=start, x_m=x, y_m=y, cos=np.cos(yaw), sin=np.sin(yaw), yaw_rad=yaw, vx_mps=vx, vy_mps=vy,
        speed_mps=speed, length_m=length, width_m=width,
    )  # fmt: skip
    return FrameRows(frames, user, step, user * there.shape[1] + step)


@njit(cache=True, nogil=True)
def _by_frame(
    there: BoolArray, xy_m: FloatArray, velocity_mps: FloatArray, yaw_rad: FloatArray, speed_mps: FloatArray,
    size_m: FloatArray,
) -> tuple[IntArray, IntArray, IntArray, FloatArray]:  # fmt: skip
    """Return where frames begin, and user, step and (8, rows) values of each row."""
    objects, steps = there.shape
    start = np.zeros(steps + 1, dtype=np.int64)
    for user in range(objects):
        for step in range(steps):
            if there[user, step]:
                start[step + 1] += 1
    start = np.cumsum(start)
    users, at_step = np.empty(start[steps], dtype=np.int64), np.empty(start[steps], dtype=np.int64)
    rows = np.empty((8, start[steps]))
    place = start[:-1].copy()
    # Road user by road user, as they lie in memory; within a frame they keep their order.
    for user in range(objects):
        for step in range(steps):
            if not there[user, step]:
                continue
            row = place[step]
            place[step] = row + 1
            users[row], at_step[row] = user, step
            rows[0, row], rows[1, row] = xy_m[user, step, 0], xy_m[user, step, 1]
            rows[2, row], rows[3, row] = velocity_mps[user, step, 0], velocity_mps[user, step, 1]
            rows[4, row], rows[5, row] = yaw_rad[user, step], speed_mps[user, step]
            rows[6, row], rows[7, row] = size_m[user, 0], size_m[user, 1]
    return start, users, at_step, rows
