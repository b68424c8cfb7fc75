from __future__ import annotations

import math

import numpy as np
import pytest

from zhixing.datatypes.scene import EgoBody
from zhixing.datatypes.shapes import FloatArray
from zhixing.driving.bicycle import limits
from zhixing.driving.safety import reach as r
from zhixing.driving.safety.roll import SPEED, X, along_line, brake_profile, hardest_turn
from zhixing.driving.safety.verify import first_meeting, half_boxes_touch

BODY = limits(EgoBody())
LINE = np.stack((np.linspace(0.0, 60.0, 61), np.zeros(61)), axis=-1)


def braking(speed: float) -> FloatArray:
    state = np.array([0.0, 0.0, 0.0, speed, 0.0])
    states: FloatArray = along_line(state, LINE, np.zeros(61), brake_profile(0.0, 0, speed, -8.0, 40.0), BODY)
    return states


def user(x: float, y: float, yaw: float = 0.0, speed: float = 0.0) -> FloatArray:
    one = np.zeros((1, r.U_COLUMNS))
    one[0, [r.U_X, r.U_Y, r.U_YAW, r.U_SPEED]] = x, y, yaw, speed
    one[0, [r.U_HALF_LENGTH, r.U_HALF_WIDTH]] = 2.0, 1.0
    one[0, [r.U_ACCEL, r.U_BRAKE, r.U_MAX_SPEED, r.U_MIN_BRAKE]] = 2.0, 8.0, 20.0, 4.0
    one[0, [r.U_RESPONSE, r.U_LATERAL_ACCEL, r.U_LATERAL_BRAKE]] = 0.5, 0.4, 1.0
    return one


def test_full_braking_takes_as_long_as_brakes_and_build_up_need() -> None:
    states = braking(10.0)
    # 0.1 s at 4 m/s² and then 8 m/s² from 9.6 m/s: 0.98 m + 5.76 m.
    assert states[-1, SPEED] == pytest.approx(0.0, abs=1e-12)
    assert states[-1, X] == pytest.approx(0.98 + 9.6**2 / 16.0, abs=0.01)


def test_a_profile_holds_before_it_brakes() -> None:
    accels = brake_profile(-1.0, 3, 10.0, -8.0, 40.0)
    assert accels[:6].tolist() == [-1.0, -1.0, -1.0, -5.0, -8.0, -8.0]


def test_a_wall_is_met_or_not_by_where_the_ego_stops() -> None:
    states = braking(10.0)
    front_m = float(states[-1, X]) + 2.4
    for room_m, is_met in ((-0.1, True), (0.05, True), (0.4, False)):
        _, who = first_meeting(states, user(front_m + room_m + 2.0, 0.0), 2.4, 0.95, 0.2)
        assert (who == 0) == is_met, room_m


def test_who_reaches_the_place_after_the_ego_stands_is_not_met() -> None:
    states = braking(4.0)
    coming = user(30.0, 0.0, math.pi, 8.0)  # would arrive, but the ego stands by then
    assert first_meeting(states, coming, 2.4, 0.95, 0.2) == (-1, -1)
    soon = user(12.0, 0.0, math.pi, 12.0)
    assert first_meeting(states, soon, 2.4, 0.95, 0.2)[1] == 0


def test_who_passes_clear_is_met_only_within_drift() -> None:
    states = braking(10.0)
    assert first_meeting(states, user(0.0, 2.5, 0.0, 10.0), 2.4, 0.95, 0.2)[1] == -1
    assert first_meeting(states, user(0.0, 2.0, 0.0, 10.0), 2.4, 0.95, 0.2)[1] == 0


def test_a_reach_along_a_bend_covers_everybody_on_it() -> None:
    """A box anywhere on the arc between the least and the most way touches the ego only if the reach does."""
    rng = np.random.default_rng(3)
    states = braking(9.0)
    for _ in range(300):
        one = user(rng.uniform(3.0, 14.0), rng.uniform(-8.0, 8.0), rng.uniform(-3.0, 3.0), rng.uniform(1.0, 9.0))
        one[0, r.U_CURVATURE] = rng.uniform(-0.2, 0.2)
        step, who = first_meeting(states, one, 2.4, 0.95, 0.0)
        for k in range(states.shape[0] - 1):
            ego = np.array([*states[k, :3], 2.4, 0.95])
            for share in (0.0, 0.3, 0.7, 1.0):
                near, far = r.least_along(one[0], 0.1 * k), r.most_along(one[0], 0.1 * k)
                x, y, yaw = r.on_course(one[0], near + share * (far - near))
                if half_boxes_touch(ego, np.array([x, y, yaw, 2.0, 1.0])):
                    assert who == 0
                    assert step <= k


def test_turning_hard_is_noticed() -> None:
    states = np.zeros((3, 5))
    states[:, SPEED] = 10.0
    states[:, 2] = 0.0, 0.05, 0.15
    assert hardest_turn(states) == pytest.approx(10.0)
