"""A plan that is held back is the planner's own, only slower and shorter."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhixing.datatypes.plan import Plan
from zhixing.datatypes.scene import EgoBody, EgoState
from zhixing.driving.bicycle import step_bicycle
from zhixing.driving.explain import explain
from zhixing.driving.reins import rein_in
from zhixing.driving.tracking import line_s_m, track


def planned(speed_mps: float, accels: list[float], yaw_rad: float = 0.3, x_m: float = 0.0) -> Plan:
    """Return a plan straight on from a place with these accelerations, a tenth of a second each."""
    rows, s_m, speed = [], 0.0, speed_mps
    for accel in accels:
        rows.append((s_m, speed, accel))
        later = max(0.0, speed + 0.1 * accel)
        s_m, speed = s_m + 0.05 * (speed + later), later
    table = np.array(rows)
    return Plan(
        time_s=0.1 * np.arange(len(accels), dtype=np.float64),
        xy_m=[x_m, 0.0] + table[:, :1] * np.array([[math.cos(yaw_rad), math.sin(yaw_rad)]]),
        yaw_rad=np.full(len(accels), yaw_rad),
        speed_mps=table[:, 1].copy(),
        accel_mps2=table[:, 2].copy(),
        decision=explain("free-road", 0, -1),
    )


def ego_of(plan: Plan, accel_mps2: float = 0.0) -> EgoState:
    return EgoState(
        x_m=0.0, y_m=0.0, yaw_rad=float(plan.yaw_rad[0]), speed_mps=float(plan.speed_mps[0]), accel_mps2=accel_mps2
    )


@given(
    st.floats(0.0, 20.0),
    st.lists(st.floats(-8.0, 2.5), min_size=2, max_size=50),
    st.floats(-3.0, 2.0),
    st.one_of(st.just(math.inf), st.floats(2.8, 34.0)),
    st.one_of(st.just(math.inf), st.floats(-5.0, 80.0)),
)
def test_it_is_at_no_moment_faster_or_farther_and_stays_on_the_line(
    speed: float, accels: list[float], accel: float, most: float, stop: float
) -> None:
    plan = planned(speed, accels)
    held = rein_in(plan, ego_of(plan, accel), most, stop)
    assert np.all(held.speed_mps <= plan.speed_mps + 1e-9)
    assert np.all(held.accel_mps2[0] <= plan.accel_mps2[0] + 1e-9)
    assert np.all(line_s_m(held.xy_m) <= line_s_m(plan.xy_m) + 1e-6)
    assert np.all(held.speed_mps >= 0.0)
    assert np.allclose(held.xy_m @ [math.sin(0.3), -math.cos(0.3)], 0.0, atol=1e-6)


def test_without_a_wish_it_is_the_plan_itself() -> None:
    plan = planned(10.0, [1.0] * 51)
    assert rein_in(plan, ego_of(plan)) is plan
    assert rein_in(plan, ego_of(plan), math.inf, 500.0).decision.rule == "free-road"


@pytest.mark.parametrize("speed", [3.0, 8.0, 16.0])
def test_the_car_comes_to_rest_where_it_shall_gently_and_stays(speed: float) -> None:
    body, stop_m = EgoBody(), 10.0 + speed**2 / 3.0
    ego, hardest = EgoState(x_m=0.0, y_m=0.0, yaw_rad=0.0, speed_mps=speed), 0.0
    rules = set()
    for _ in range(400):
        plan = rein_in(planned(ego.speed_mps, [1.0] * 51, 0.0, ego.x_m), ego, math.inf, stop_m - ego.x_m)
        rules.add(plan.decision.rule)
        ego = step_bicycle(ego, body, track(plan, ego, body, 0.1), 0.1)
        hardest = max(hardest, -ego.accel_mps2)
    assert ego.speed_mps < 0.05
    assert ego.x_m == pytest.approx(stop_m, abs=1.0)
    assert hardest < 3.0
    assert "pull-over" in rules


def test_the_cap_is_reached_softly_and_says_why() -> None:
    body, ego = EgoBody(), EgoState(x_m=0.0, y_m=0.0, yaw_rad=0.0, speed_mps=14.0)
    first = rein_in(planned(14.0, [0.5] * 51, 0.0), ego, 8.0)
    assert first.decision.rule == "speed-wish"
    for _ in range(150):
        plan = rein_in(planned(ego.speed_mps, [0.5] * 51, 0.0, ego.x_m), ego, 8.0)
        ego = step_bicycle(ego, body, track(plan, ego, body, 0.1), 0.1)
        assert ego.accel_mps2 > -2.5
    assert ego.speed_mps == pytest.approx(8.0, abs=0.4)
