from __future__ import annotations

import math

import numpy as np
import pytest

from zhixing.datatypes.shapes import FloatArray
from zhixing.driving.safety import reach as r


def row(speed: float, *, is_behind: bool = False, curvature: float = 0.0) -> FloatArray:
    """Return somebody at the origin who brakes with 8, speeds up with 2 to 20, and answers after half a second."""
    one = np.zeros(r.U_COLUMNS)
    one[r.U_SPEED], one[r.U_CURVATURE] = speed, curvature
    one[[r.U_ACCEL, r.U_BRAKE, r.U_MAX_SPEED, r.U_MIN_BRAKE]] = 2.0, 8.0, 20.0, 4.0
    one[[r.U_RESPONSE, r.U_LATERAL_ACCEL, r.U_LATERAL_BRAKE]] = 0.5, 0.4, 1.0
    one[r.U_IS_BEHIND] = is_behind
    return one


def test_at_least_somebody_brakes_and_then_stands() -> None:
    assert r.least_along(row(8.0), 0.5) == pytest.approx(4.0 - 1.0)
    assert r.least_along(row(8.0), 1.0) == r.least_along(row(8.0), 9.0) == pytest.approx(4.0)


def test_at_most_somebody_speeds_up_to_the_top() -> None:
    assert r.most_along(row(10.0), 1.0) == pytest.approx(10.0 + 1.0)
    assert r.most_along(row(18.0), 3.0) == pytest.approx(18.0 + 1.0 + 2.0 * 20.0)
    assert r.most_along(row(25.0), 2.0) == pytest.approx(50.0)  # too fast already, no faster


def test_somebody_behind_answers_and_brakes() -> None:
    # 0.5 s at 2 m/s² from 10 m/s, then braking with 4 m/s² from 11 m/s to standstill.
    assert r.most_along(row(10.0, is_behind=True), 0.5) == pytest.approx(5.25)
    assert r.most_along(row(10.0, is_behind=True), 1.5) == pytest.approx(5.25 + 11.0 - 2.0)
    assert r.most_along(row(10.0, is_behind=True), 99.0) == pytest.approx(5.25 + 121.0 / 8.0)


def test_drift_grows_until_it_is_answered_and_ends() -> None:
    # 0.5 s at 0.4 m/s² from 0.3 m/s, then braked with 1 m/s² from 0.5 m/s.
    grown = 0.15 + 0.05
    assert r.most_beside(row(5.0), 0.3, 0.5) == pytest.approx(grown)
    assert r.most_beside(row(5.0), 0.3, 0.75) == pytest.approx(grown + 0.125 - 0.5 * 0.25**2)
    assert r.most_beside(row(5.0), 0.3, 9.0) == pytest.approx(grown + 0.125)


@pytest.mark.parametrize("speed", [0.0, 0.2, 7.0, 30.0])
def test_reaches_never_shrink_with_time(speed: float) -> None:
    for is_behind in (False, True):
        one = row(speed, is_behind=is_behind)
        for reach in (r.least_along, r.most_along):
            ways = [reach(one, 0.1 * k) for k in range(60)]
            assert np.all(np.diff(ways) >= 0.0)
            assert ways[0] == 0.0
        assert all(r.least_along(one, 0.1 * k) <= r.most_along(one, 0.1 * k) + 1e-12 for k in range(60))


def test_a_course_is_an_arc() -> None:
    x, y, yaw = r.on_course(row(5.0, curvature=0.1), 10.0 * 0.5 * math.pi)
    assert (x, y, yaw) == pytest.approx((10.0, 10.0, 0.5 * math.pi))
    assert r.on_course(row(5.0), 7.0) == pytest.approx((7.0, 0.0, 0.0))
