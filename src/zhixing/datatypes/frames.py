"""Transforms between plane frames, named so that they cancel when read right to left: ``world_from_ego``.

The world is a local right-handed metric frame, x east, y north, yaw counter-clockwise from x. The ego frame has
its origin in the centre of the ego's box, x forward, y left.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from zhixing.datatypes.shapes import FloatArray


@dataclass(frozen=True, slots=True)
class Transform2:
    """A rigid motion in the plane: turn by ``yaw_rad``, then move by (``x_m``, ``y_m``).

    Example:
        >>> world_from_ego = Transform2(10.0, 5.0, math.pi / 2)
        >>> world_from_ego.apply(np.array([[1.0, 0.0]])).round(9).tolist()
        [[10.0, 6.0]]
        >>> ego_from_world = world_from_ego.inverse()
        >>> ego_from_world.apply(np.array([[10.0, 6.0]])).round(9).tolist()
        [[1.0, 0.0]]
    """

    x_m: float
    y_m: float
    yaw_rad: float

    def apply(self, xy_m: FloatArray) -> FloatArray:
        """Return points (..., 2) of the right frame in the left frame."""
        c, s = math.cos(self.yaw_rad), math.sin(self.yaw_rad)
        x, y = xy_m[..., 0], xy_m[..., 1]
        return np.stack((c * x - s * y + self.x_m, s * x + c * y + self.y_m), axis=-1)

    def inverse(self) -> Transform2:
        """Return the motion that undoes this one."""
        c, s = math.cos(self.yaw_rad), math.sin(self.yaw_rad)
        return Transform2(-c * self.x_m - s * self.y_m, s * self.x_m - c * self.y_m, -self.yaw_rad)


def wrap_rad(angle_rad: float) -> float:
    """Return the same direction within [-pi, pi).

    Example:
        >>> round(wrap_rad(3 * math.pi / 2), 6) == round(-math.pi / 2, 6)
        True
    """
    return (angle_rad + math.pi) % (2 * math.pi) - math.pi


def box_corners_m(
    x_m: FloatArray, y_m: FloatArray, yaw_rad: FloatArray, length_m: FloatArray, width_m: FloatArray
) -> FloatArray:
    """Return the corners of boxes given by centre, heading and size.

    All arguments broadcast against each other.

    Returns:
        (..., 4, 2): front left, rear left, rear right, front right, in the frame of the centres.
    """
    c, s = np.cos(yaw_rad)[..., None], np.sin(yaw_rad)[..., None]
    forward_m = np.multiply.outer(length_m, np.array([0.5, -0.5, -0.5, 0.5]))
    left_m = np.multiply.outer(width_m, np.array([0.5, 0.5, -0.5, -0.5]))
    return np.stack(
        (
            np.asarray(x_m)[..., None] + c * forward_m - s * left_m,
            np.asarray(y_m)[..., None] + s * forward_m + c * left_m,
        ),
        axis=-1,
    )
