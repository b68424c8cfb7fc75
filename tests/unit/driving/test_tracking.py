from __future__ import annotations

import math

import numpy as np
import pytest

from zhixing.datatypes.plan import Plan
from zhixing.datatypes.scene import EgoBody, EgoState
from zhixing.datatypes.shapes import FloatArray
from zhixing.driving.bicycle import step_bicycle
from zhixing.driving.explain import explain
from zhixing.driving.lane_map import project
from zhixing.driving.tracking import track

BODY = EgoBody()
LineParts = tuple[FloatArray, FloatArray, FloatArray]


def bend(radius_m: float, turn_rad: float) -> LineParts:
    """Return a line east, a bend, and on: points every half metre, distance and direction."""
    s = np.arange(0.0, 40.0 + radius_m * abs(turn_rad) + 60.0, 0.5)
    ramp = 6.0
    length = radius_m * abs(turn_rad)
    into, out = np.clip((s - 40.0 + ramp / 2) / ramp, 0, 1), np.clip((s - 40.0 - length + ramp / 2) / ramp, 0, 1)
    curvature = math.copysign(1.0 / radius_m, turn_rad) * (into - out)
    yaw = np.concatenate(([0.0], np.cumsum(0.5 * (curvature[1:] + curvature[:-1]) * 0.5)))
    middle = 0.5 * (yaw[1:] + yaw[:-1])
    x = np.concatenate(([0.0], np.cumsum(0.5 * np.cos(middle))))
    y = np.concatenate(([0.0], np.cumsum(0.5 * np.sin(middle))))
    return np.stack((x, y), axis=-1), s, yaw


def plan_on(line: LineParts, ego: EgoState, accel: float = 0.0) -> Plan:
    xy, s, yaw = line
    here, _, _ = project(ego.x_m, ego.y_m, xy, s)
    time_s = 0.1 * np.arange(51, dtype=np.float64)
    speed = np.maximum(ego.speed_mps + accel * time_s, 0.0)
    along = here + np.concatenate(([0.0], np.cumsum(0.05 * (speed[1:] + speed[:-1]))))
    return Plan(
        time_s=time_s,
        xy_m=np.stack((np.interp(along, s, xy[:, 0]), np.interp(along, s, xy[:, 1])), axis=-1),
        yaw_rad=np.interp(along, s, yaw),
        speed_mps=speed,
        accel_mps2=np.full(51, accel),
        decision=explain("free-road", 0, -1),
    )


def drive(line: LineParts, ego: EgoState, steps: int, body: EgoBody = BODY) -> tuple[list[float], list[float]]:
    """Return offsets from the line and yaw rates."""
    offsets, rates = [], []
    for _ in range(steps):
        later = step_bicycle(ego, body, track(plan_on(line, ego), ego, body, 0.1), 0.1)
        rates.append((later.yaw_rad - ego.yaw_rad) / 0.1)
        ego = later
        offsets.append(float(project(ego.x_m, ego.y_m, line[0], line[1])[1]))
    return offsets, rates


@pytest.mark.parametrize(
    ("radius_m", "speed_mps"), [(5.5, 2.0), (8.0, 4.0), (12.0, 5.5), (12.0, 7.0), (25.0, 10.0), (60.0, 15.0)]
)
@pytest.mark.parametrize("turn_rad", [math.pi / 2, -math.pi / 2])
def test_a_bend_is_followed_within_a_hand_and_without_swaying(
    radius_m: float, speed_mps: float, turn_rad: float
) -> None:
    line = bend(radius_m, turn_rad)
    steps = int((60.0 + radius_m * math.pi / 2) / speed_mps / 0.1)
    offsets, rates = drive(line, EgoState(x_m=5.0, y_m=0.0, yaw_rad=0.0, speed_mps=speed_mps), steps)
    assert max(map(abs, offsets)) < 0.3
    assert abs(offsets[-1]) < 0.1
    assert abs(rates[-1]) < 0.05


@pytest.mark.parametrize("speed_mps", [3.0, 8.0, 15.0])
@pytest.mark.parametrize("offset_m", [-1.0, 0.5])
def test_an_offset_goes_away_without_swinging_over(speed_mps: float, offset_m: float) -> None:
    line = bend(1e6, 1e-6)
    offsets, _ = drive(
        line, EgoState(x_m=5.0, y_m=offset_m, yaw_rad=0.0, speed_mps=speed_mps), int(80 / speed_mps / 0.1)
    )
    assert abs(offsets[-1]) < 0.05
    assert min(offset * math.copysign(1.0, offset_m) for offset in offsets) > -0.15


def test_the_wheel_is_held_when_the_plan_stands_still() -> None:
    ego = EgoState(x_m=5.0, y_m=0.3, yaw_rad=0.2, speed_mps=0.0, steer_rad=0.1)
    control = track(plan_on(bend(10.0, 1.0), ego), ego, BODY, 0.1)
    assert (control.accel_mps2, control.steer_rate_radps) == (0.0, 0.0)


def test_the_acceleration_is_that_of_the_plan() -> None:
    ego = EgoState(x_m=5.0, y_m=0.0, yaw_rad=0.0, speed_mps=6.0)
    assert track(plan_on(bend(10.0, 1.0), ego, -1.7), ego, BODY, 0.1).accel_mps2 == -1.7


@pytest.mark.parametrize("speed_mps", [2.0, 3.0, 4.0, 6.0])
def test_a_slow_wheel_is_given_the_distance_it_needs(speed_mps: float) -> None:
    slow = EgoBody(wheelbase_m=2.6, max_steer_rad=1.0, max_steer_rate_radps=0.4)
    askew = EgoState(x_m=5.0, y_m=1.0, yaw_rad=0.4, speed_mps=speed_mps)
    offsets, _ = drive(bend(1e6, 1e-6), askew, int(80 / speed_mps / 0.1), slow)
    assert min(offsets) > -0.1  # never far on the other side of the line
    assert abs(offsets[-1]) < 0.05
