"""What a driver knows at one moment: nothing of the future is in it."""

from __future__ import annotations

from dataclasses import dataclass

from zhixing.datatypes.road import Road
from zhixing.datatypes.shapes import IntArray
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """Where to go: the box centre inside an axis-aligned rectangle of the world frame."""

    x_min_m: float
    x_max_m: float
    y_min_m: float
    y_max_m: float

    def contains(self, x_m: float, y_m: float) -> bool:
        """Return whether a point is inside or on the edge."""
        return self.x_min_m <= x_m <= self.x_max_m and self.y_min_m <= y_m <= self.y_max_m


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
    """

    time_ns: int
    ego: EgoState
    others: Tracks
    lights: IntArray
