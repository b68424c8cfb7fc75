from __future__ import annotations

import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from zhixing.driving.following import follow_accel, free_accel, stop_accel

A, B, HEADWAY, STANDSTILL = 2.2, 2.5, 1.0, 2.0
speeds = st.floats(0.0, 30.0)


def follow(v: float, gap: float, lead: float, lead_accel: float = 0.0) -> float:
    return float(follow_accel(v, gap, lead, lead_accel, HEADWAY, STANDSTILL, A, B))


@given(speeds, st.floats(-5.0, 200.0), speeds, st.floats(-6.0, 6.0))
@example(5.0, 0.0, 0.0, 0.0)
@example(0.0, 0.0, 0.0, 0.0)
@example(8.0, 16.0, 0.0, -6.0)
def test_the_answer_is_finite_and_never_above_the_free_acceleration(
    v: float, gap: float, lead: float, a: float
) -> None:
    accel = follow(v, gap, lead, a)
    assert math.isfinite(accel)
    assert -2.0 * 8.0 - B <= accel <= A


@given(speeds, st.floats(0.5, 100.0), speeds)
def test_more_room_never_means_more_braking(v: float, gap: float, lead: float) -> None:
    assert follow(v, gap + 5.0, lead) >= follow(v, gap, lead) - 1e-9


@given(speeds, st.floats(0.5, 100.0), speeds)
def test_a_faster_leader_never_means_more_braking(v: float, gap: float, lead: float) -> None:
    assert follow(v, gap, lead + 1.0) >= follow(v, gap, lead) - 1e-9


@given(speeds, st.floats(0.1, 3.0))
def test_a_close_cut_in_at_the_same_speed_is_no_emergency(v: float, gap: float) -> None:
    assert follow(v, gap, v) >= -B - 0.2


@given(st.floats(1.0, 20.0))
def test_a_wall_that_comfort_cannot_avoid_is_braked_for_hard(v: float) -> None:
    gap = v * v / (2.0 * 6.0)
    assert follow(v, gap, 0.0) < -5.5


@pytest.mark.parametrize("lead", [0.0, 3.0, 10.0])
def test_behind_a_steady_leader_one_settles_at_the_wanted_gap(lead: float) -> None:
    v, gap = 14.0, 40.0
    for _ in range(3000):
        accel = follow(v, gap, lead)
        later = max(0.0, v + 0.05 * accel)
        gap += 0.05 * (lead - 0.5 * (v + later))
        v = later
        assert gap > 1.0
    assert v == pytest.approx(lead, abs=0.1)
    assert gap == pytest.approx(STANDSTILL + HEADWAY * lead, abs=0.5)


@given(st.floats(2.0, 17.0), st.floats(0.0, 60.0))
def test_one_comes_to_stand_before_the_point(v: float, extra: float) -> None:
    distance = v * v / (2.0 * 3.5) + extra
    left, hardest = distance, 0.0
    for _ in range(4000):
        accel = float(stop_accel(v, left, A, B))
        hardest = min(hardest, accel)
        later = max(0.0, v + 0.02 * accel)
        left -= 0.01 * (v + later)
        v = later
    assert -0.2 <= left < 1.0  # drivers keep 0.8 m before a stop line anyway
    assert hardest > -6.5


@given(st.floats(0.0, 30.0), st.floats(0.1, 30.0))
def test_on_a_free_road_the_wanted_speed_is_approached_from_both_sides(v: float, v0: float) -> None:
    accel = float(free_accel(v, v0, A, B))
    assert -B <= accel <= A
    assert (accel >= 0.0) == (v <= v0)


def test_without_a_leader_nothing_holds_back() -> None:
    assert follow(10.0, math.inf, 0.0) == A
