"""A drive step by step instead of road user by road user, as kernels want it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from zhixing.datatypes.shapes import FloatArray, IntArray


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
