from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from zhixing.datatypes.scene import EgoState, Scene
from zhixing.datatypes.tracks import Tracks, empty_tracks
from zhixing.driving.motion import recent_motion
from zhixing.driving.prediction import ConstantVelocityPredictor

EGO = EgoState(x_m=0.0, y_m=0.0, yaw_rad=0.0, speed_mps=5.0)


def scene(others: Tracks) -> Scene:
    return Scene(time_ns=0, ego=EGO, others=others, lights=np.zeros(0, dtype=np.int64))


def test_everybody_goes_straight_on(by_hand: SimpleNamespace) -> None:
    north = by_hand.User(object_id=1, x_m=10.0, y_m=2.0, yaw_rad=np.pi / 2.0, speed_mps=4.0)
    prediction = ConstantVelocityPredictor().predict(scene(by_hand.tracks([north], 1)), 2.0, 0.5)
    assert prediction.time_s.tolist() == [0.5, 1.0, 1.5, 2.0]
    assert prediction.xy_m[0, 0].round(9).tolist() == [[10.0, 4.0], [10.0, 6.0], [10.0, 8.0], [10.0, 10.0]]
    assert (prediction.probability == 1.0).all()


def test_who_is_gone_is_not_predicted(by_hand: SimpleNamespace) -> None:
    gone = by_hand.User(object_id=1, x_m=0.0, last_step=3)
    here = by_hand.User(object_id=2, x_m=9.0)
    assert ConstantVelocityPredictor().predict(scene(by_hand.tracks([gone, here], 6)), 1.0, 0.1).valid.tolist() == [
        False,
        True,
    ]


@pytest.mark.parametrize("steps", [0, 1])
def test_nobody_is_predicted_where_nobody_is(steps: int) -> None:
    others = empty_tracks(np.arange(steps, dtype=np.int64))
    prediction = ConstantVelocityPredictor().predict(scene(others), 1.0, 0.1)
    assert prediction.xy_m.shape == (0, 1, 10, 2)


def turning(steps: int, yaw_rate: float, accel: float) -> Tracks:
    t = 0.1 * np.arange(steps, dtype=np.float64)
    return Tracks(
        (100_000_000 * np.arange(steps)).astype(np.int64),
        np.array([5]),
        np.array([1]),
        np.array([[4.0, 2.0]]),
        np.zeros((1, steps, 2)),
        (3.0 + yaw_rate * t)[None],
        (6.0 + accel * t)[None],
        np.ones((1, steps), dtype=np.bool_),
    )


def test_recent_motion_measures_turning_and_braking_also_across_south_west() -> None:
    accel, yaw_rate = recent_motion(turning(20, 0.4, -1.5), np.array([0]))
    assert accel[0] == pytest.approx(-1.5)
    assert yaw_rate[0] == pytest.approx(0.4)


def test_recent_motion_is_nothing_without_history(by_hand: SimpleNamespace) -> None:
    late = by_hand.User(object_id=1, x_m=0.0, speed_mps=5.0, first_step=9)
    for tracks in (turning(1, 0.4, -1.5), by_hand.tracks([late], 10)):
        accel, yaw_rate = recent_motion(tracks, np.array([0]))
        assert (accel[0], yaw_rate[0]) == (0.0, 0.0)


def test_what_stands_does_not_turn() -> None:
    standing = turning(20, 2.0, 0.0)
    tracks = Tracks(
        standing.time_ns,
        standing.object_id,
        standing.road_user,
        standing.size_m,
        standing.xy_m,
        standing.yaw_rad,
        np.zeros((1, 20)),
        standing.valid,
    )
    assert recent_motion(tracks, np.array([0]))[1][0] == 0.0
