"""What a driver knows at one moment: nothing of the future is in it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from zhixing.datatypes.driving_wish import AS_USUAL, DrivingWish
from zhixing.datatypes.road import Road
from zhixing.datatypes.shapes import FloatArray, IntArray, is_inside
from zhixing.datatypes.tracks import Tracks


@dataclass(frozen=True, slots=True, kw_only=True)
class EgoState:
    """The ego vehicle at one moment; position is the centre of its box in the world frame."""

    x_m: float
    y_m: float
    yaw_rad: float
    speed_mps: float
    accel_mps2: float = 0.0
    steer_rad: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class EgoBody:
    """What does not change about the ego: size, wheelbase and what its actuators can do.

    Defaults are those of the driving exam; the rear axle lies half a wheelbase behind the box centre.
    """

    length_m: float = 4.8
    width_m: float = 1.9
    wheelbase_m: float = 2.8
    max_steer_rad: float = 0.55
    max_steer_rate_radps: float = 0.8
    min_accel_mps2: float = -8.0
    max_accel_mps2: float = 4.0


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Goal:
    """Where to go, and where that matters how and when: whatever is None or empty is no condition.

    Attributes:
        x_min_m: Of the axis-aligned rectangle that holds the box centre on arrival, in the world frame; the rectangle
            is infinite where the place does not matter.
        x_max_m: The same.
        y_min_m: The same.
        y_max_m: The same.
        outlines_xy_m: Polygons (points, 2) of which one must hold the box centre, within the rectangle.
        yaw_rad: Least and greatest heading; the interval runs counter-clockwise and may cross a half turn.
        speed_mps: Least and greatest speed.
        time_ns: First and last moment of arrival.
        alternatives: Goals that are as good.
    """

    x_min_m: float
    x_max_m: float
    y_min_m: float
    y_max_m: float
    outlines_xy_m: tuple[FloatArray, ...] = ()
    yaw_rad: tuple[float, float] | None = None
    speed_mps: tuple[float, float] | None = None
    time_ns: tuple[int, int] | None = None
    alternatives: tuple[Goal, ...] = ()

    @property
    def has_place(self) -> bool:
        """Whether it matters where one arrives."""
        return all(math.isfinite(edge) for edge in (self.x_min_m, self.x_max_m, self.y_min_m, self.y_max_m))

    def contains(self, x_m: float, y_m: float) -> bool:
        """Return whether a point is inside or on the edge."""
        if not (self.x_min_m <= x_m <= self.x_max_m and self.y_min_m <= y_m <= self.y_max_m):
            return False
        point = np.array([[x_m, y_m]])
        return not self.outlines_xy_m or any(bool(is_inside(point, area)[0]) for area in self.outlines_xy_m)

    def is_reached(self, ego: EgoState, time_ns: int) -> bool:
        """Return whether the ego fulfils every condition at a moment."""
        if any(goal.is_reached(ego, time_ns) for goal in self.alternatives):
            return True
        if self.time_ns and not self.time_ns[0] <= time_ns <= self.time_ns[1]:
            return False
        if self.speed_mps and not self.speed_mps[0] <= ego.speed_mps <= self.speed_mps[1]:
            return False
        if self.yaw_rad and (ego.yaw_rad - self.yaw_rad[0]) % (2.0 * math.pi) > self.yaw_rad[1] - self.yaw_rad[0]:
            return False
        return self.contains(ego.x_m, ego.y_m)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Briefing:
    """What a planner is told once, before the first step.

    Attributes:
        road: The map.
        body: The vehicle it drives.
        start: Where it starts.
        goal: Where it shall go.
        ego_light: Index of the light group that shows the light of the ego's own movement, whichever that is, or
            -1 where lights belong to lanes (``Lane.light_group``).
    """

    road: Road
    body: EgoBody
    start: EgoState
    goal: Goal
    ego_light: int = -1


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Scene:
    """What is known now.

    Attributes:
        time_ns: Now.
        ego: The ego vehicle.
        others: All other road users up to and including now; the last step is now. May hold a few seconds of
            history or only the present.
        lights: (groups,) what each light group shows now.
        wish: How the people in the car would like to be driven.
        countdown_s: (groups,) the seconds that the light counts down in numerals for all to see, NaN where it counts
            none; empty where no light has a display. When a light changes nobody knows but from this.
    """

    time_ns: int
    ego: EgoState
    others: Tracks
    lights: IntArray
    wish: DrivingWish = AS_USUAL
    countdown_s: FloatArray = field(default_factory=lambda: np.zeros(0))
