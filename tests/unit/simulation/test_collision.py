from __future__ import annotations

import math

import numpy as np
import pytest
import shapely
from hypothesis import assume, given
from hypothesis import strategies as st

from zhixing.datatypes.frames import box_corners_m
from zhixing.datatypes.shapes import FloatArray
from zhixing.simulation.collision import box_distance_m, boxes_touch, front_touches, is_at_fault, touching


def box(x: float, y: float, yaw: float = 0.0, length: float = 4.0, width: float = 2.0) -> FloatArray:
    return np.array([x, y, yaw, length, width])


def polygon(of: FloatArray) -> shapely.Polygon:
    return shapely.Polygon(box_corners_m(of[0], of[1], of[2], of[3], of[4]))


EGO = box(0.0, 0.0)
BOXES = st.builds(
    box,
    st.floats(-8.0, 8.0),
    st.floats(-8.0, 8.0),
    st.floats(-7.0, 7.0),
    st.floats(0.3, 12.0),
    st.floats(0.3, 3.0),
)


@given(BOXES, BOXES)
def test_boxes_are_as_far_apart_as_another_geometry_library_says(a: FloatArray, b: FloatArray) -> None:
    expected = polygon(a).distance(polygon(b))
    assert box_distance_m(a, b) == pytest.approx(expected, abs=1e-9)
    assert box_distance_m(b, a) == pytest.approx(expected, abs=1e-9)


@given(BOXES, BOXES)
def test_boxes_touch_exactly_where_their_outlines_meet(a: FloatArray, b: FloatArray) -> None:
    one, two = polygon(a), polygon(b)
    overlap = one.intersection(two).area
    assume(overlap > 1e-9 or one.distance(two) > 1e-9)
    assert boxes_touch(a, b) == boxes_touch(b, a) == (overlap > 0.0)


def test_edges_that_meet_touch_and_a_centimetre_between_them_does_not() -> None:
    assert boxes_touch(EGO, box(4.0, 0.0))
    assert not boxes_touch(EGO, box(4.01, 0.0))
    assert box_distance_m(EGO, box(7.0, 6.0)) == pytest.approx(5.0)  # 3 m ahead and 4 m beside: 3-4-5


def test_a_turned_box_passes_the_corner_that_its_circle_hits() -> None:
    assert not boxes_touch(EGO, box(3.6, 2.6, math.pi / 4.0))


def test_nobody_touches_who_is_not_there() -> None:
    users = np.stack((box(1.0, 0.0), box(1.0, 0.0), box(30.0, 0.0)))
    assert touching(EGO, users, np.array([True, False, True])).tolist() == [True, False, False]


def test_the_front_is_the_front_edge_and_no_more() -> None:
    assert front_touches(EGO, box(3.9, 0.0))
    assert not front_touches(EGO, box(-1.0, 1.9))
    assert not front_touches(EGO, box(-3.9, 0.0))


@pytest.mark.parametrize(
    ("ego_mps", "other", "other_mps", "leaves_lane", "expected"),
    [
        pytest.param(8.0, box(3.9, 0.0), 5.0, False, True, id="runs into a slower car ahead"),
        pytest.param(8.0, box(3.9, 0.0), 0.0, False, True, id="runs into a standing car"),
        pytest.param(0.0, box(3.9, 0.0), -2.0, False, False, id="stands while the one ahead reverses into it"),
        pytest.param(0.04, box(3.9, 0.0), 0.0, True, False, id="creeps so slowly that it stands"),
        pytest.param(5.0, box(-3.9, 0.0), 9.0, True, False, id="is hit from behind, even between lanes"),
        pytest.param(5.0, box(-1.0, 1.9), 5.0, False, False, id="keeps its lane and is hit from the side"),
        pytest.param(5.0, box(-1.0, 1.9), 5.0, True, True, id="hits from the side while leaving its lane"),
        pytest.param(5.0, box(-1.0, 1.9), 0.0, False, True, id="scrapes along a standing car"),
        pytest.param(5.0, box(2.9, 0.5, math.pi / 2.0), 6.0, False, True, id="drives its front into crossing traffic"),
        pytest.param(5.0, box(-3.9, 0.0), 0.0, False, True, id="reverses or slides into a standing car behind"),
    ],
)
def test_whose_fault_it_is(
    ego_mps: float, other: FloatArray, other_mps: float, leaves_lane: bool, expected: bool
) -> None:
    assert boxes_touch(EGO, other)
    assert is_at_fault(EGO, ego_mps, other, other_mps, leaves_lane=leaves_lane) is expected
