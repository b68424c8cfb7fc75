"""The states of road users over time, as a struct of arrays."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from zhixing.datatypes.shapes import BoolArray, FloatArray, IntArray, check_shapes
from zhixing.errors import ShapeError


class RoadUser(IntEnum):
    """Class of a road user. The numbers are written into recordings and never change."""

    CAR = 1
    TRUCK = 2
    BUS = 3
    MOTORCYCLE = 4
    EBIKE = 5
    BICYCLE = 6
    TRICYCLE = 7
    PEDESTRIAN = 8
    OBJECT = 9
    """Not a road user but in the way: a fallen load, a cone."""


MOTOR_VEHICLES = frozenset({RoadUser.CAR, RoadUser.TRUCK, RoadUser.BUS})
TWO_WHEELERS = frozenset({RoadUser.MOTORCYCLE, RoadUser.EBIKE, RoadUser.BICYCLE, RoadUser.TRICYCLE})
_IS_MOTOR_VEHICLE = np.array([user in MOTOR_VEHICLES for user in range(max(RoadUser) + 1)])


def are_motor_vehicles(road_user: IntArray) -> BoolArray:
    """Return for each class in an array whether it is one of ``MOTOR_VEHICLES``.

    Example:
        >>> are_motor_vehicles(np.array([RoadUser.BUS, RoadUser.EBIKE])).tolist()
        [True, False]
    """
    return np.asarray(_IS_MOTOR_VEHICLE.take(road_user, mode="clip"))


@dataclass(frozen=True, slots=True, eq=False)
class Tracks:
    """Positions, headings and speeds of many road users at many times.

    Values where ``valid`` is false are meaningless, not zero.

    Attributes:
        time_ns: (steps,) strictly increasing.
        object_id: (objects,) stable identity, unique.
        road_user: (objects,) :class:`RoadUser` of each.
        size_m: (objects, 2) length and width of the box.
        xy_m: (objects, steps, 2) centre of the box in the world frame.
        yaw_rad: (objects, steps) heading, counter-clockwise from world x.
        speed_mps: (objects, steps) along the heading, negative in reverse.
        valid: (objects, steps) whether the road user is there.

    Raises:
        ShapeError: The arrays do not fit, time does not increase, or a valid value is not finite.
    """

    time_ns: IntArray
    object_id: IntArray
    road_user: IntArray
    size_m: FloatArray
    xy_m: FloatArray
    yaw_rad: FloatArray
    speed_mps: FloatArray
    valid: BoolArray

    def __post_init__(self) -> None:
        check_shapes(
            self,
            time_ns="steps",
            object_id="objects",
            road_user="objects",
            size_m="objects 2",
            xy_m="objects steps 2",
            yaw_rad="objects steps",
            speed_mps="objects steps",
            valid="objects steps",
        )
        if self.time_ns.size > 1 and not np.all(self.time_ns[1:] > self.time_ns[:-1]):
            raise ShapeError("Tracks.time_ns does not increase at every step")
        # One sum instead of three isfinite passes: a NaN or infinity anywhere survives the addition.
        total = self.xy_m[..., 0] + self.xy_m[..., 1] + self.yaw_rad + self.speed_mps
        bad = ~np.isfinite(total) & self.valid
        if bad.any():
            row, step = (int(i) for i in np.argwhere(bad)[0])
            raise ShapeError(f"Tracks: object {int(self.object_id[row])} is valid but not finite at step {step}")

    @property
    def num_objects(self) -> int:
        """Rows."""
        return int(self.object_id.shape[0])

    @property
    def num_steps(self) -> int:
        """Columns."""
        return int(self.time_ns.shape[0])

    def until(self, step: int) -> Tracks:
        """Return the tracks up to and including a step: what was known then."""
        return Tracks(
            self.time_ns[: step + 1],
            self.object_id,
            self.road_user,
            self.size_m,
            self.xy_m[:, : step + 1],
            self.yaw_rad[:, : step + 1],
            self.speed_mps[:, : step + 1],
            self.valid[:, : step + 1],
        )


def empty_tracks(time_ns: IntArray) -> Tracks:
    """Return tracks of nobody.

    Example:
        >>> empty_tracks(np.array([0, 100_000_000])).num_objects
        0
    """
    steps = time_ns.shape[0]
    return Tracks(
        time_ns,
        np.zeros(0, dtype=np.int64),
        np.zeros(0, dtype=np.int64),
        np.zeros((0, 2)),
        np.zeros((0, steps, 2)),
        np.zeros((0, steps)),
        np.zeros((0, steps)),
        np.zeros((0, steps), dtype=np.bool_),
    )
