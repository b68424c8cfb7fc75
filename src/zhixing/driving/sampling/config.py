"""How the planner drives: what it may do, and what it weighs against what."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zhixing.datatypes.shapes import FloatArray

DT_S = 0.2
"""Time between the steps of a candidate."""
STEPS = 30
"""Steps of a candidate: six seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplingConfig:
    """How the driver drives.

    Attributes:
        accel_mps2: When the road is free; below the comfort bound of 2.40 (nuPlan closed-loop metrics).
        lateral_accel_mps2: In curves; below the comfort bound of 4.89.
        curve_decel_mps2: With which it slows down for curves and lower limits.
        jerk_mps3: Change of acceleration when pulling away; well below the comfort bound of 4.13.
        brake_jerk_mps3: Change of acceleration in ordinary braking and its end; below the same bound.
        emergency_jerk_mps3: Change of acceleration of brakes in an emergency.
        headway_s: Wanted time gap behind a leader (Chinese city traffic keeps about one second).
        standstill_gap_m: Wanted gap to a standing leader.
        side_gap_m: Wanted distance sideways to vehicles.
        vulnerable_gap_m: Wanted distance sideways to those without a body shell, from a standing ego.
        yield_decel_mps2: Braking harder than this is not expected of those who would have to let the ego in.
        contingency_s: After this time the ego must still be able to brake for whatever may happen.
        contingency_decel_mps2: How hard it would brake then.
        gentle_decel_mps2: The same for those without a body shell: who is driven at stops in the way.
        yellow_decel_mps2: Stop at yellow if this suffices.
    """

    accel_mps2: float = 2.2
    lateral_accel_mps2: float = 2.5
    curve_decel_mps2: float = 1.8
    jerk_mps3: float = 2.2
    brake_jerk_mps3: float = 2.7
    emergency_jerk_mps3: float = 80.0
    headway_s: float = 0.9
    standstill_gap_m: float = 2.0
    side_gap_m: float = 0.5
    vulnerable_gap_m: float = 1.0
    yield_decel_mps2: float = 2.0
    contingency_s: float = 0.6
    contingency_decel_mps2: float = 6.0
    gentle_decel_mps2: float = 3.5
    yellow_decel_mps2: float = 3.0
    progress_weight: float = 4.5
    collision_weight: float = 120.0
    ttc_weight: float = 16.0
    yield_weight: float = 1.0
    headway_weight: float = 1.2
    side_weight: float = 4.0
    comfort_weight: float = 0.06
    jerk_weight: float = 0.02
    offset_weight: float = 0.25
    straddle_weight: float = 0.5
    change_weight: float = 0.35
    red_light_weight: float = 60.0
    off_road_weight: float = 80.0
    hidden_weight: float = 0.08
    held_up_weight: float = 7.0

    def weights(self) -> FloatArray:
        """Return the numbers that the kernels take, in the order of the names in this module."""
        return np.array([getattr(self, name) for name in WEIGHTS], dtype=np.float64)


WEIGHTS = (
    "progress_weight",
    "collision_weight",
    "ttc_weight",
    "yield_weight",
    "headway_weight",
    "side_weight",
    "comfort_weight",
    "jerk_weight",
    "offset_weight",
    "straddle_weight",
    "change_weight",
    "red_light_weight",
    "off_road_weight",
    "headway_s",
    "standstill_gap_m",
    "side_gap_m",
    "vulnerable_gap_m",
    "yield_decel_mps2",
)
(
    PROGRESS,
    COLLISION,
    TTC,
    YIELD,
    HEADWAY,
    SIDE,
    COMFORT,
    JERK,
    OFFSET,
    STRADDLE,
    CHANGE,
    RED,
    OFF_ROAD,
    HEADWAY_S,
    STANDSTILL_M,
    SIDE_M,
    VULNERABLE_M,
    YIELD_MPS2,
) = range(len(WEIGHTS))
