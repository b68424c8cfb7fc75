"""Turning on: the second baseline."""

from __future__ import annotations

import numpy as np

from zhixing.datatypes.plan import Prediction
from zhixing.datatypes.scene import Briefing, Scene
from zhixing.driving.motion import recent_motion
from zhixing.driving.prediction.straight import nobody

_STRAIGHT_RADPS = 1e-4


class ConstantTurnRatePredictor:
    """Everybody keeps the present speed and the turn rate of the last half second (CTRV).

    Source:
        Schubert, Richter, Wanielik (2008), "Comparison and evaluation of advanced motion models for vehicle tracking".
    """

    @property
    def name(self) -> str:
        """Registered name."""
        return "constant-turn-rate"

    def start(self, briefing: Briefing) -> None:
        """Nothing of the map matters."""

    def predict(self, scene: Scene, horizon_s: float, dt_s: float) -> Prediction:
        """Return circles of every road user in ``scene.others``.

        Args:
            scene: Its last half second is used.
            horizon_s: How far to look.
            dt_s: Time between predicted steps.

        Returns:
            One mode; the first step is ``dt_s`` from now.
        """
        others = scene.others
        steps = max(1, round(horizon_s / dt_s))
        time_s = dt_s * np.arange(1, steps + 1, dtype=np.float64)
        if others.num_steps == 0:
            return nobody(others.num_objects, 1, time_s)
        _, rate = recent_motion(others, np.arange(others.num_objects))
        rate = np.where(others.valid[:, -1] & (np.abs(rate) > _STRAIGHT_RADPS), rate, 0.0)[:, None]
        yaw, speed = others.yaw_rad[:, -1, None], others.speed_mps[:, -1, None]
        half = 0.5 * rate * time_s
        # The chord of an arc: sin(x)/x of half the turned angle, in the direction of half the turned angle.
        chord_m = speed * time_s * np.sinc(half / np.pi)
        xy = others.xy_m[:, -1, None, :] + np.stack(
            (chord_m * np.cos(yaw + half), chord_m * np.sin(yaw + half)), axis=-1
        )
        return Prediction(
            time_s=time_s,
            probability=np.ones((others.num_objects, 1)),
            xy_m=xy[:, None],
            yaw_rad=(yaw + rate * time_s)[:, None],
            speed_mps=np.repeat(others.speed_mps[:, -1, None, None], steps, axis=2),
            valid=others.valid[:, -1].copy(),
        )
