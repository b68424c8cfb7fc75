"""A trajectory that ends at standstill, and how it is handed out step by step."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from zhixing.datatypes.plan import Decision, Plan
from zhixing.datatypes.shapes import FloatArray
from zhixing.driving.safety.roll import SPEED, STEP_S, YAW, X, Y, along_line, along_plans


@dataclass(frozen=True, slots=True, eq=False)
class FailSafe:
    """Where the ego goes while it stops.

    Attributes:
        xy_m: (steps, 2) box centre in the world frame; the first is where the ego is when this is driven.
        yaw_rad: (steps,)
        speed_mps: (steps,)
        accel_mps2: (steps,) what brings the speed from one step to the next; full braking at the end.
    """

    xy_m: FloatArray
    yaw_rad: FloatArray
    speed_mps: FloatArray
    accel_mps2: FloatArray

    @staticmethod
    def along(
        state: FloatArray,
        xy_m: FloatArray,
        yaw_rad: FloatArray,
        accels_mps2: FloatArray,
        body: FloatArray,
        full_mps2: float,
    ) -> FailSafe:
        """Return what an ego does that tracks a line; a line of one point is none, then the wheel is held.

        Args:
            state: (5,) of the ego, see ``roll``.
            xy_m: (points, 2) the line.
            yaw_rad: (points,) its direction.
            accels_mps2: (steps,) one after the other.
            body: (5,) limits of the ego.
            full_mps2: Full braking, negative.
        """
        states = along_line(state, xy_m, yaw_rad, accels_mps2, body)
        steps = states.shape[0]
        accel = np.full(steps, full_mps2)
        accel[:-1] = accels_mps2[: steps - 1]
        return FailSafe(states[:, [X, Y]].copy(), states[:, YAW].copy(), states[:, SPEED].copy(), accel)

    def driven_from(self, state: FloatArray, body: FloatArray) -> FloatArray:
        """Return (steps + 1, 5) the states of an ego that is handed this step by step."""
        states: FloatArray = along_plans(state, self.xy_m, self.yaw_rad, self.accel_mps2, body)
        return states

    def gap_m(self, state: FloatArray) -> float:
        """Return how far an ego is from where this begins."""
        return math.hypot(state[X] - self.xy_m[0, 0], state[Y] - self.xy_m[0, 1])

    def rest(self) -> FailSafe:
        """Return what is left one step later; the last step stays."""
        if self.speed_mps.shape[0] == 1:
            return self
        return FailSafe(self.xy_m[1:], self.yaw_rad[1:], self.speed_mps[1:], self.accel_mps2[1:])

    def plan(self, decision: Decision) -> Plan:
        """Return this as a plan of at least two steps."""
        last = [-1] if self.speed_mps.shape[0] == 1 else []
        take = np.array([*range(self.speed_mps.shape[0]), *last])
        return Plan(
            time_s=STEP_S * np.arange(take.shape[0], dtype=np.float64),
            xy_m=self.xy_m[take],
            yaw_rad=self.yaw_rad[take],
            speed_mps=self.speed_mps[take],
            accel_mps2=self.accel_mps2[take],
            decision=decision,
        )
