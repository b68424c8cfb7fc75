from __future__ import annotations

import dataclasses
import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from zhixing.datatypes.plan import Control
from zhixing.datatypes.scene import EgoBody, EgoState
from zhixing.driving.bicycle import steer_from_curvature_rad, step_bicycle

BODY = EgoBody()
angles = st.floats(-math.pi, math.pi)
egos = st.builds(
    EgoState,
    x_m=st.floats(-1e4, 1e4),
    y_m=st.floats(-1e4, 1e4),
    yaw_rad=angles,
    speed_mps=st.floats(0.0, 40.0),
    steer_rad=st.floats(-BODY.max_steer_rad, BODY.max_steer_rad),
)
controls = st.builds(
    Control, accel_mps2=st.floats(allow_nan=True, allow_infinity=True), steer_rate_radps=st.floats(allow_nan=True)
)


@given(egos, controls)
@example(EgoState(x_m=0.0, y_m=0.0, yaw_rad=0.0, speed_mps=0.0), Control(accel_mps2=-8.0, steer_rate_radps=0.0))
@example(
    EgoState(x_m=0.0, y_m=0.0, yaw_rad=0.0, speed_mps=9.0), Control(accel_mps2=math.nan, steer_rate_radps=math.inf)
)
def test_nothing_exempts_from_what_the_body_can_do(ego: EgoState, control: Control) -> None:
    later = step_bicycle(ego, BODY, control, 0.1)
    assert all(math.isfinite(value) for value in dataclasses.astuple(later))
    assert later.speed_mps >= 0.0
    assert -0.8 - 1e-9 <= later.speed_mps - ego.speed_mps <= 0.4 + 1e-9
    assert abs(later.steer_rad) <= BODY.max_steer_rad
    assert abs(later.steer_rad - ego.steer_rad) <= 0.08 + 1e-9
    moved = math.hypot(later.x_m - ego.x_m, later.y_m - ego.y_m)
    assert moved <= 0.1 * max(ego.speed_mps, later.speed_mps) + 1e-9


@given(egos, st.floats(-8.0, 4.0), st.floats(-0.8, 0.8), angles)
def test_the_motion_does_not_depend_on_where_north_is(ego: EgoState, accel: float, rate: float, turn: float) -> None:
    control = Control(accel_mps2=accel, steer_rate_radps=rate)
    here = dataclasses.replace(ego, x_m=0.0, y_m=0.0)
    later = step_bicycle(here, BODY, control, 0.1)
    turned = step_bicycle(dataclasses.replace(here, yaw_rad=here.yaw_rad + turn), BODY, control, 0.1)
    c, s = math.cos(turn), math.sin(turn)
    assert turned.x_m == pytest.approx(c * later.x_m - s * later.y_m, abs=1e-9)
    assert turned.y_m == pytest.approx(s * later.x_m + c * later.y_m, abs=1e-9)
    assert turned.yaw_rad == pytest.approx(later.yaw_rad + turn)


@given(st.floats(0.5, 30.0), st.floats(0.05, 0.5))
def test_left_and_right_are_mirrored(speed: float, steer: float) -> None:
    still = Control(accel_mps2=0.0, steer_rate_radps=0.0)
    left = step_bicycle(EgoState(x_m=0, y_m=0, yaw_rad=0, speed_mps=speed, steer_rad=steer), BODY, still, 0.1)
    right = step_bicycle(EgoState(x_m=0, y_m=0, yaw_rad=0, speed_mps=speed, steer_rad=-steer), BODY, still, 0.1)
    assert (right.x_m, right.y_m, right.yaw_rad) == pytest.approx((left.x_m, -left.y_m, -left.yaw_rad))


@given(st.floats(-0.2, 0.2).filter(lambda curvature: abs(curvature) > 0.01))
def test_a_held_wheel_runs_on_the_circle_of_its_curvature(curvature: float) -> None:
    steer = steer_from_curvature_rad(curvature, BODY.wheelbase_m)
    slip = math.atan(0.5 * math.tan(steer))
    ego = EgoState(x_m=0.0, y_m=0.0, yaw_rad=-slip, speed_mps=5.0, steer_rad=steer)
    for _ in range(50):
        ego = step_bicycle(ego, BODY, Control(accel_mps2=0.0, steer_rate_radps=0.0), 0.1)
        assert math.hypot(ego.x_m, ego.y_m - 1.0 / curvature) == pytest.approx(1.0 / abs(curvature), rel=1e-9)


def test_two_half_steps_are_one_step() -> None:
    control = Control(accel_mps2=1.5, steer_rate_radps=0.0)
    ego = EgoState(x_m=3.0, y_m=-2.0, yaw_rad=1.0, speed_mps=7.0, steer_rad=0.2)
    once = step_bicycle(ego, BODY, control, 0.1)
    twice = step_bicycle(step_bicycle(ego, BODY, control, 0.05), BODY, control, 0.05)
    assert (twice.x_m, twice.y_m, twice.yaw_rad) == pytest.approx((once.x_m, once.y_m, once.yaw_rad), abs=1e-9)


def test_braking_ends_where_physics_says() -> None:
    ego = EgoState(x_m=0.0, y_m=0.0, yaw_rad=0.0, speed_mps=10.0)
    for _ in range(40):
        ego = step_bicycle(ego, BODY, Control(accel_mps2=-4.0, steer_rate_radps=0.0), 0.1)
    assert ego.speed_mps == 0.0
    assert ego.x_m == pytest.approx(10.0**2 / 8.0)
    assert ego.accel_mps2 == 0.0
