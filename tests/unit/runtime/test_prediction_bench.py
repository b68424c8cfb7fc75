from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from zhixing.datatypes.plan import Prediction
from zhixing.datatypes.tracks import RoadUser
from zhixing.errors import RecordingError
from zhixing.runtime.bench.prediction import displacements, moments, run_prediction
from zhixing.runtime.bench.recorded import find_recordings
from zhixing.testing.small_files import write_task


def two_modes(steps: int) -> Prediction:
    """Return one user that stays (70 %) or goes east at 1 m/s."""
    time_s = 0.1 * np.arange(1, steps + 1, dtype=np.float64)
    xy = np.zeros((1, 2, steps, 2))
    xy[0, 1, :, 0] = time_s
    zero = np.zeros((1, 2, steps))
    return Prediction(
        time_s=time_s,
        probability=np.array([[0.7, 0.3]]),
        xy_m=xy,
        yaw_rad=zero,
        speed_mps=zero.copy(),
        valid=np.ones(1, dtype=np.bool_),
    )


def test_displacements_are_those_worked_out_by_hand(by_hand: SimpleNamespace) -> None:
    tracks = by_hand.tracks([by_hand.User(object_id=1, x_m=-1.0, speed_mps=1.0)], 45)
    errors = displacements(tracks, 10, np.array([0]), 1, two_modes(60))
    # after t s it is at t m: the mode that stays is t m away, the other is right
    assert errors.top_ade_m[0, 0] == pytest.approx(1.55)
    assert errors.top_fde_m[0, 0] == pytest.approx(3.0)
    assert errors.min_ade_m[0, 0] == pytest.approx(0.0, abs=1e-9)
    assert np.isnan(errors.top_ade_m[0, 1])  # five seconds were not recorded


def test_a_mode_without_probability_does_not_count(by_hand: SimpleNamespace) -> None:
    tracks = by_hand.tracks([by_hand.User(object_id=1, x_m=-1.0, speed_mps=1.0)], 45)
    certain = two_modes(60)
    never = Prediction(
        time_s=certain.time_s,
        probability=np.array([[1.0, 0.0]]),
        xy_m=certain.xy_m,
        yaw_rad=certain.yaw_rad,
        speed_mps=certain.speed_mps,
        valid=certain.valid,
    )
    assert displacements(tracks, 10, np.array([0]), 1, never).min_ade_m[0, 0] == pytest.approx(1.55)


def test_only_who_was_and_will_be_there_is_judged(by_hand: SimpleNamespace) -> None:
    users = [
        by_hand.User(object_id=1, x_m=0.0),
        by_hand.User(object_id=2, x_m=9.0, first_step=5),
        by_hand.User(object_id=3, x_m=18.0, last_step=35),
    ]
    asked = [(step, rows.tolist()) for step, rows, *_ in moments(by_hand.tracks(users, 61))]
    assert asked == [(10, [0]), (20, [0, 1]), (30, [0, 1])]


def test_a_folder_of_small_files_is_measured_from_end_to_end(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    lines = []
    for user in range(12):
        x, y, speed = rng.uniform(0.0, 90.0), 30.0 * user, rng.uniform(3.0, 9.0)
        for frame in range(24):
            noise = rng.normal(0.0, 0.3, 2)
            lines.append(f"{frame} {user} 4 {x + 0.5 * frame * speed + noise[0]} {y + noise[1]} 0 1.8 0.6 1.7 0")
    (tmp_path / "walk.txt").write_text("\n".join(lines), "utf-8")
    (tmp_path / "notes.txt").write_text("not a recording\n", "utf-8")
    write_task(tmp_path / "family" / "task")
    assert sorted({one.source for one in find_recordings(tmp_path)}) == ["apolloscape", "family"]
    report = run_prediction(tmp_path)
    bikes = [one for one in report.slices if one.road_user == RoadUser.EBIKE]
    assert [one.horizon_s for one in bikes] == [3.0, 5.0]
    for one in bikes:
        assert one.count >= 20
        assert one.best[0] <= one.top[0] < one.constant_velocity[0]  # noise of 0.3 m a frame misleads the baseline
        assert 0.0 <= one.misses[1] <= one.misses[0] <= 1.0
    assert all(len(row) == len(report.columns()) for row in report.rows())
    assert all(measure.value > 0.0 for measure in report.measures)


def test_a_folder_without_recordings_is_refused(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "absent"):
        with pytest.raises(RecordingError):
            list(find_recordings(folder))
