"""Candidates move as the world moves the car."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from zhixing.datatypes.localized import Localized
from zhixing.datatypes.plan import Control, Decision, Plan
from zhixing.datatypes.scene import EgoBody, EgoState
from zhixing.datatypes.shapes import FloatArray
from zhixing.driving.bicycle import step_bicycle
from zhixing.driving.sampling.candidates import (
    PATH_SHIFT,
    PATH_X,
    PATH_Y,
    PATH_YAW,
    paths_beside,
    shift_and_slope,
    speed_profiles,
)
from zhixing.driving.sampling.config import DT_S, STEPS
from zhixing.driving.sampling.motion import ACCEL, ALONG, COS, SIN, SPEED, X, Y, next_accel, roll_out
from zhixing.driving.tracking import track

JERKS = np.array([2.2, 2.7, 80.0])
BODY = EgoBody()
BODY_ROW = np.array([4.8, 1.9, 2.8, 0.55, 0.8, -8.0, 4.0])
WHY = Decision(action="cruise", rule="test", say=Localized("测试", "Test.", "Test."))


def arc(curvature_radpm: float, points: int = 200) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return a line with points a metre apart that bends evenly: positions, directions, curvatures."""
    s = np.arange(points, dtype=np.float64)
    yaw = curvature_radpm * s
    half = 0.5 * curvature_radpm
    chord = np.sinc(half * s / np.pi) * s
    return (
        np.stack((chord * np.cos(half * s), chord * np.sin(half * s)), axis=-1),
        yaw,
        np.full(points, curvature_radpm),
    )


def rolled(ego: EgoState, target_m: float, accel: float, curvature: float) -> tuple[FloatArray, FloatArray]:
    xy, yaw, bend = arc(curvature)
    paths = paths_beside(xy, yaw, bend, 0.0, 0.0, 0.0, np.array([[target_m, 12.0]]), 150)
    states = np.zeros((1, STEPS + 1, 8))
    row = np.array([ego.x_m, ego.y_m, ego.yaw_rad, ego.speed_mps, ego.accel_mps2, ego.steer_rad])
    roll_out(row, BODY_ROW, paths, 0.0, np.array([[accel, 99.0, accel]]), np.full(200, 60.0), JERKS, states)
    return states[0], paths[0]


def driven(ego: EgoState, states: FloatArray, path: FloatArray) -> list[EgoState]:
    """Return what the world makes of the same accelerations along the same path, twice as finely stepped."""
    found = [ego]
    at = np.arange(path.shape[0], dtype=np.float64)
    for step in range(2 * STEPS):
        now = found[-1]
        away = np.hypot(path[:, PATH_X] - now.x_m, path[:, PATH_Y] - now.y_m)
        along = float(np.argmin(away)) + 0.5 * np.arange(60)
        xy = np.stack([np.interp(along, at, path[:, PATH_X + k]) for k in (0, 1)], axis=-1)
        plan = Plan(
            time_s=np.linspace(0.0, 5.9, 60),
            xy_m=xy,
            yaw_rad=np.interp(along, at, path[:, PATH_YAW]),
            speed_mps=np.full(60, now.speed_mps),
            accel_mps2=np.full(60, states[step // 2 + 1, ACCEL]),
            decision=WHY,
        )
        rate = track(plan, now, BODY, 0.1).steer_rate_radps
        control = Control(accel_mps2=float(states[step // 2 + 1, ACCEL]), steer_rate_radps=rate)
        found.append(step_bicycle(now, BODY, control, 0.1))
    return found[::2]


@settings(max_examples=30, deadline=None)
@given(
    speed=st.floats(2.0, 17.0),
    accel=st.floats(-2.0, 2.0),
    target_m=st.floats(-2.0, 2.0),
    curvature=st.floats(-0.02, 0.02),
)
def test_the_world_moves_the_car_as_the_candidate_was_rolled_out(
    speed: float, accel: float, target_m: float, curvature: float
) -> None:
    assume(speed + 6.0 * accel > 0.5)
    ego = EgoState(x_m=0.0, y_m=0.0, yaw_rad=0.0, speed_mps=speed)
    states, path = rolled(ego, target_m, accel, curvature)
    world = driven(ego, states, path)
    for k in range(STEPS + 1):
        assert states[k, SPEED] == pytest.approx(world[k].speed_mps, abs=0.05)
        # two tenths of a second at once against one: half a metre after a hundred
        away = np.hypot(states[k, X] - world[k].x_m, states[k, Y] - world[k].y_m)
        assert away < 0.25 + 0.005 * states[k, ALONG], (k, away)
        assert np.hypot(states[k, COS], states[k, SIN]) == pytest.approx(1.0, abs=1e-3)


def test_nothing_rolls_backwards_and_braking_ends_at_rest() -> None:
    states, _ = rolled(EgoState(x_m=0.0, y_m=0.0, yaw_rad=0.0, speed_mps=6.0), 0.0, -8.0, 0.0)
    assert states[-1, SPEED] == 0.0
    assert (np.diff(states[:, ALONG]) >= -1e-9).all()
    assert states[-1, ALONG] == pytest.approx(6.0**2 / 16.0, abs=0.4)


def test_acceleration_changes_no_faster_than_the_jerk_allows_but_in_an_emergency_at_once() -> None:
    assert next_accel(0.0, 2.0, JERKS, 0.1) == pytest.approx(0.22)
    assert next_accel(0.0, -3.0, JERKS, 0.1) == pytest.approx(-0.27)
    assert next_accel(0.0, -8.0, JERKS, 0.1) == pytest.approx(-8.0)
    assert next_accel(-8.0, 0.0, JERKS, 0.1) == pytest.approx(0.0)


@given(st.floats(-3.0, 3.0), st.floats(-0.3, 0.3), st.floats(-4.0, 4.0), st.floats(3.0, 30.0))
def test_a_path_begins_where_the_ego_is_and_ends_at_its_target(
    shift: float, slope: float, target: float, settle_m: float
) -> None:
    begins, first_slope = shift_and_slope(shift, slope, target, 0.0, settle_m)
    assert begins == pytest.approx(shift, abs=1e-9)
    assert first_slope == pytest.approx(slope, abs=1e-9)
    assert shift_and_slope(shift, slope, target, 30.0 * settle_m, settle_m)[0] == pytest.approx(target, abs=1e-6)


def test_paths_keep_their_distance_to_a_bent_line() -> None:
    xy, yaw, bend = arc(0.02)
    paths = paths_beside(xy, yaw, bend, 10.0, 1.5, 0.0, np.array([[1.5, 10.0]]), 60)
    assert paths[0, :, PATH_SHIFT] == pytest.approx(np.full(60, 1.5))
    centre = np.array([0.0, 1.0 / 0.02])
    away = np.hypot(*(paths[0, :, PATH_X : PATH_Y + 1] - centre).T)
    assert away == pytest.approx(np.full(60, 50.0 - 1.5), abs=0.02)


def test_profiles_hold_full_braking_and_what_is_done_now() -> None:
    profiles = speed_profiles(2.2, 0.77, 4)
    assert profiles[:, 0].min() == -8.0
    assert 0.77 in profiles[:, 0]
    assert profiles[:, 0].max() <= 2.2
    assert profiles[:, 2].max() <= 2.2
    assert pytest.approx(6.0) == DT_S * STEPS
