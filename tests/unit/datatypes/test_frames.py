from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from zhixing.datatypes.frames import Transform2, box_corners_m, wrap_rad

METRES = st.floats(-1e4, 1e4)
ANGLES = st.floats(-20.0, 20.0)


@given(METRES, METRES, ANGLES, METRES, METRES)
def test_the_inverse_undoes(x_m: float, y_m: float, yaw_rad: float, px_m: float, py_m: float) -> None:
    world_from_ego = Transform2(x_m, y_m, yaw_rad)
    point = np.array([px_m, py_m])
    back = world_from_ego.inverse().apply(world_from_ego.apply(point))
    assert np.abs(back - point).max() < 1e-6


@given(ANGLES)
def test_a_wrapped_angle_points_the_same_way(angle_rad: float) -> None:
    wrapped = wrap_rad(angle_rad)
    assert -math.pi <= wrapped < math.pi
    assert math.isclose(math.cos(wrapped), math.cos(angle_rad), abs_tol=1e-9)
    assert math.isclose(math.sin(wrapped), math.sin(angle_rad), abs_tol=1e-9)


def test_corners_run_counter_clockwise_from_front_left() -> None:
    corners = box_corners_m(np.array(0.0), np.array(0.0), np.array(0.0), np.array(4.0), np.array(2.0))
    assert corners.tolist() == [[2.0, 1.0], [-2.0, 1.0], [-2.0, -1.0], [2.0, -1.0]]
