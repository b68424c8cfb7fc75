"""Straight on: the first baseline."""

from __future__ import annotations

import numpy as np

from zhixing.datatypes.plan import Prediction
from zhixing.datatypes.scene import Briefing, Scene
from zhixing.datatypes.shapes import FloatArray


def nobody(num_objects: int, num_modes: int, time_s: FloatArray) -> Prediction:
    """Return the prediction where nobody is there now.

    Args:
        num_objects: Rows it shall have all the same.
        num_modes: Modes it shall have.
        time_s: (steps,) of the prediction.
    """
    steps = time_s.shape[0]
    return Prediction(
        time_s=time_s,
        probability=np.zeros((num_objects, num_modes)),
        xy_m=np.zeros((num_objects, num_modes, steps, 2)),
        yaw_rad=np.zeros((num_objects, num_modes, steps)),
        speed_mps=np.zeros((num_objects, num_modes, steps)),
        valid=np.zeros(num_objects, dtype=np.bool_),
    )


class ConstantVelocityPredictor:
    """Everybody goes on straight at the present speed.

    One mode with probability 1. The baseline to beat: wrong in curves, at lights and wherever people turn.
    """

    @property
    def name(self) -> str:
        """Registered name."""
        return "constant-velocity"

    def start(self, briefing: Briefing) -> None:
        """Nothing of the map matters."""

    def predict(self, scene: Scene, horizon_s: float, dt_s: float) -> Prediction:
        """Return straight futures of every road user in ``scene.others``.

        Args:
            scene: Only its last step is used.
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
        yaw = others.yaw_rad[:, -1]
        velocity = others.speed_mps[:, -1, None] * np.stack((np.cos(yaw), np.sin(yaw)), axis=-1)
        xy = others.xy_m[:, -1, None, :] + velocity[:, None, :] * time_s[None, :, None]
        return Prediction(
            time_s=time_s,
            probability=np.ones((others.num_objects, 1)),
            xy_m=xy[:, None],
            yaw_rad=np.repeat(yaw[:, None, None], steps, axis=2),
            speed_mps=np.repeat(others.speed_mps[:, -1, None, None], steps, axis=2),
            valid=others.valid[:, -1].copy(),
        )
