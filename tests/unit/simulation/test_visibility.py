"""Who stands behind a box is not seen from before it."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhixing.simulation.visibility import visible_share

WALL = (10.0, 0.0, 0.0, 1.0, 4.0)


def share(*boxes: tuple[float, float, float, float, float], opaque: bool = True, there: bool = True) -> list[float]:
    rows = np.array(boxes)
    flags = np.full(rows.shape[0], True)
    present = flags.copy()
    present[-1] = there
    found: list[float] = visible_share(0.0, 0.0, rows, present, flags & opaque).tolist()
    return found


def test_a_box_in_the_open_is_seen_and_one_that_is_not_there_is_not() -> None:
    assert share((20.0, 0.0, 0.3, 4.0, 2.0)) == [1.0]
    assert share((20.0, 0.0, 0.3, 4.0, 2.0), there=False) == [0.0]


def test_who_is_behind_a_wall_is_hidden_and_the_wall_is_seen() -> None:
    assert share((20.0, 0.0, 0.0, 1.0, 1.0), WALL) == [0.0, 1.0]


def test_who_is_before_a_wall_or_behind_a_pane_is_seen() -> None:
    assert share((5.0, 0.0, 0.0, 1.0, 1.0), WALL) == [1.0, pytest.approx(0.44, abs=0.2)]
    assert share((20.0, 0.0, 0.0, 1.0, 1.0), WALL, opaque=False) == [1.0, 1.0]


def test_who_comes_out_from_behind_a_wall_is_seen_more_and_more() -> None:
    seen = [share((20.0, y, 0.0, 0.5, 1.0), WALL)[0] for y in np.arange(2.0, 6.0, 0.1)]
    assert seen == sorted(seen)
    assert (seen[0], seen[-1]) == (0.0, 1.0)
    assert len(set(seen)) > 3


@given(
    turn=st.floats(-math.pi, math.pi),
    x=st.floats(-30.0, 30.0),
    y=st.floats(-30.0, 30.0),
    yaw=st.floats(-math.pi, math.pi),
)
def test_turning_the_world_about_the_eye_changes_nothing(turn: float, x: float, y: float, yaw: float) -> None:
    boxes = np.array([(x, y, yaw, 4.0, 2.0), WALL])
    if np.hypot(x, y) < 3.0:
        return
    c, s = math.cos(turn), math.sin(turn)
    turned = boxes.copy()
    turned[:, 0], turned[:, 1] = c * boxes[:, 0] - s * boxes[:, 1], s * boxes[:, 0] + c * boxes[:, 1]
    turned[:, 2] += turn
    # A line that grazes a corner may fall on either side.
    assert np.allclose(share(*map(tuple, boxes)), share(*map(tuple, turned)), atol=2.0 / 9.0 + 1e-9)
