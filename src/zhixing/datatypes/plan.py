"""What a driver intends, why, and what it does now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from zhixing.datatypes.localized import Localized
from zhixing.datatypes.shapes import BoolArray, FloatArray, check_shapes

Action = Literal["cruise", "follow", "yield", "stop", "emergency-brake", "pass", "arrive"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Why the plan is as it is, as data and as a sentence.

    Attributes:
        action: What the ego does.
        rule: What asked for it, e.g. ``idm-lead``, ``red-light``, ``speed-limit``, ``goal``.
        object_id: The road user it is about, or -1.
        say: One short sentence for the person in the car.
        weighs: What speaks against driving on as if nothing were there, e.g. ``collision``, ``time-to-collision``,
            ``headway``, ``side-gap``, ``delay``, ``way-out``, ``red-light``, ``hidden``; empty where a rule asks.
        cost: How much that weighs, in the unit of the planner.
    """

    action: Action
    rule: str
    say: Localized
    object_id: int = -1
    weighs: str = ""
    cost: float = 0.0


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Plan:
    """Where the ego intends to be, from now on.

    Attributes:
        time_s: (steps,) seconds from now, starting at 0.
        xy_m: (steps, 2) box centre in the world frame.
        yaw_rad: (steps,)
        speed_mps: (steps,)
        accel_mps2: (steps,) what brings the speed from one step to the next.
        decision: Why.
    """

    time_s: FloatArray
    xy_m: FloatArray
    yaw_rad: FloatArray
    speed_mps: FloatArray
    accel_mps2: FloatArray
    decision: Decision

    def __post_init__(self) -> None:
        check_shapes(self, time_s="steps", xy_m="steps 2", yaw_rad="steps", speed_mps="steps", accel_mps2="steps")


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """What the actuators are asked for during one step; the bicycle model clips it to what the body can do."""

    accel_mps2: float
    steer_rate_radps: float


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Prediction:
    """Where others may be, in several modes.

    Attributes:
        time_s: (steps,) seconds from now; the first is after now.
        probability: (objects, modes) sums to 1 over modes for every object that is there.
        xy_m: (objects, modes, steps, 2) box centre in the world frame.
        yaw_rad: (objects, modes, steps)
        speed_mps: (objects, modes, steps) along the heading, negative in reverse.
        valid: (objects,) whether the object is there now; the rest is meaningless where it is not.
    """

    time_s: FloatArray
    probability: FloatArray
    xy_m: FloatArray
    yaw_rad: FloatArray
    speed_mps: FloatArray
    valid: BoolArray

    def __post_init__(self) -> None:
        check_shapes(
            self,
            time_s="steps",
            probability="objects modes",
            xy_m="objects modes steps 2",
            yaw_rad="objects modes steps",
            speed_mps="objects modes steps",
            valid="objects",
        )
