from __future__ import annotations

import numpy as np
import pytest

from zhixing.datatypes.scene import EgoState, Scene
from zhixing.datatypes.tracks import Tracks
from zhixing.driving.prediction import ConstantTurnRatePredictor, ConstantVelocityPredictor
from zhixing.testing.checks import check_predictor

EGO = EgoState(x_m=0.0, y_m=0.0, yaw_rad=0.0, speed_mps=5.0)


def circling(turn_radps: float, steps: int = 11) -> Scene:
    """Return somebody who drives 5 m/s on a circle around (0, 0) for a second, and is at (r, 0) now."""
    angle = turn_radps * 0.1 * np.arange(1 - steps, 1, dtype=np.float64)
    radius = 5.0 / turn_radps if turn_radps else 20.0
    others = Tracks(
        (100_000_000 * np.arange(steps)).astype(np.int64),
        np.array([1]),
        np.array([1]),
        np.array([[4.0, 2.0]]),
        radius * np.stack((np.cos(angle), np.sin(angle)), axis=-1)[None],
        (angle + 0.5 * np.pi)[None],
        np.full((1, steps), 5.0),
        np.ones((1, steps), dtype=np.bool_),
    )
    return Scene(time_ns=0, ego=EGO, others=others, lights=np.zeros(0, dtype=np.int64))


def test_it_passes_the_exam_of_predictors() -> None:
    check_predictor(ConstantTurnRatePredictor)


@pytest.mark.parametrize("turn_radps", [0.4, -0.25])
def test_who_drives_in_a_circle_stays_on_it(turn_radps: float) -> None:
    prediction = ConstantTurnRatePredictor().predict(circling(turn_radps), 5.0, 0.1)
    radius = 5.0 / abs(turn_radps)
    assert np.hypot(*prediction.xy_m[0, 0].T) == pytest.approx(radius, rel=1e-6)
    assert prediction.yaw_rad[0, 0, -1] == pytest.approx(0.5 * np.pi + 5.0 * turn_radps)


def test_who_does_not_turn_goes_straight_on() -> None:
    scene = circling(0.0)
    turning = ConstantTurnRatePredictor().predict(scene, 3.0, 0.1)
    straight = ConstantVelocityPredictor().predict(scene, 3.0, 0.1)
    assert turning.xy_m == pytest.approx(straight.xy_m)
