"""What others make of a candidate."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhixing.datatypes.shapes import FloatArray
from zhixing.driving.sampling.choice import braking_modes
from zhixing.driving.sampling.config import DT_S, STEPS, SamplingConfig
from zhixing.driving.sampling.encounters import (
    COLLIDES,
    DELAYS,
    FOLLOWS,
    P_CHANCE,
    SQUEEZES,
    TOO_CLOSE,
    encounter_cost,
    extent_by_step,
    goes_first,
    places_by_step,
    touches,
)
from zhixing.simulation.collision import boxes_touch

AXIS = np.array([1.0, 0.0])
WEIGHTS = SamplingConfig().weights()


def straight_on(speed: float, x: float = 0.0, y: float = 0.0) -> FloatArray:
    """Return (1, STEPS + 1, 8) a candidate that goes east at a constant speed."""
    rows = np.zeros((1, STEPS + 1, 8))
    t = DT_S * np.arange(STEPS + 1)
    rows[0, :, 0], rows[0, :, 1], rows[0, :, 2], rows[0, :, 4] = x + speed * t, y, 1.0, speed
    rows[0, :, 6] = speed * t
    return rows


def met(
    candidate: FloatArray,
    start: tuple[float, float],
    yaw: float,
    speed: float,
    *,
    chance: float = 1.0,
    soft: float = 0.0,
    firm: float = 1.0,
    holds: bool = False,
) -> tuple[float, FloatArray]:
    """Return what somebody costs who goes straight on, and by which kind of encounter."""
    t = DT_S * np.arange(1, STEPS + 1)
    xy = np.stack((start[0] + speed * t * math.cos(yaw), start[1] + speed * t * math.sin(yaw)), axis=-1)[None, None]
    shape = (1, 1, STEPS)
    places, counts = places_by_step(
        extent_by_step(candidate, AXIS), xy, np.full(shape, yaw), np.full(shape, speed), np.array([[chance]]),
        np.array([[4.6, 1.8]]), np.array([soft]), np.array([firm]), np.array([holds]), 0.0, 0.0, AXIS,
    )  # fmt: skip
    by_key = np.zeros((1, 6))
    done = np.full(1, -1, dtype=np.int64)
    cost = encounter_cost(candidate[0], places, counts, 2.4, 0.95, WEIGHTS, done, 1, by_key, np.inf, AXIS)
    return cost, by_key[0]


@given(st.floats(-8, 8), st.floats(-8, 8), st.floats(-math.pi, math.pi), st.floats(0.3, 6), st.floats(0.2, 1.5))
def test_boxes_touch_here_where_they_touch_in_the_world(x: float, y: float, yaw: float, hl: float, hw: float) -> None:
    ego = np.array([0.0, 0.0, 0.0, 4.8, 1.9])
    other = np.array([x, y, yaw, 2.0 * hl, 2.0 * hw])
    here = touches(x, y, math.cos(yaw), math.sin(yaw), hl, hw, 2.4, 0.95, 0.0, 0.0)
    assert here == boxes_touch(ego, other)


def test_running_into_somebody_costs_most() -> None:
    cost, kinds = met(straight_on(10.0), (30.0, 0.0), 0.0, 0.0)
    assert kinds[COLLIDES] > 50.0
    assert cost == pytest.approx(kinds.sum())


def test_who_is_far_beside_costs_nothing() -> None:
    assert met(straight_on(10.0), (10.0, 4.5), 0.0, 10.0)[0] == 0.0


def test_following_too_closely_costs_a_little_and_more_the_closer() -> None:
    near, kinds = met(straight_on(10.0), (9.0, 0.0), 0.0, 10.0)
    far, _ = met(straight_on(10.0), (12.0, 0.0), 0.0, 10.0)
    assert near > far > 0.0
    assert kinds[FOLLOWS] > 0.0
    assert kinds[COLLIDES] == 0.0
    assert met(straight_on(10.0), (30.0, 0.0), 0.0, 10.0)[0] == 0.0


def test_passing_closely_costs_and_more_for_those_without_a_shell() -> None:
    car, kinds = met(straight_on(10.0), (20.0, 2.1), 0.0, 2.0)
    rider, _ = met(straight_on(10.0), (20.0, 2.1), 0.0, 2.0, soft=1.0)
    assert kinds[SQUEEZES] > 0.0
    assert rider > car


def test_closing_in_fast_is_too_close_before_it_touches() -> None:
    candidate = straight_on(15.0)
    candidate[0, :, 0] = np.minimum(candidate[0, :, 0], 18.0)
    candidate[0, 7:, 4] = 0.0
    _, kinds = met(candidate, (24.0, 0.0), 0.0, 0.0)
    assert kinds[TOO_CLOSE] > 0.0


def test_who_comes_from_behind_is_asked_to_brake_and_the_more_the_dearer() -> None:
    slowly, kinds = met(straight_on(8.0), (-30.0, 0.0), 0.0, 14.0)
    assert kinds[COLLIDES] == 0.0
    assert kinds[DELAYS] > 0.0
    fast, _ = met(straight_on(8.0), (-14.0, 0.0), 0.0, 14.0)
    assert fast > slowly


def test_a_car_level_with_the_ego_is_not_pushed_aside_for_nothing() -> None:
    beside = straight_on(10.0)
    t = DT_S * np.arange(STEPS + 1)
    beside[0, :, 1] = np.minimum(3.5 * t / 2.0, 3.5)
    assert met(beside, (-4.0, 3.5), 0.0, 10.0)[0] > 20.0
    assert met(beside, (-25.0, 3.5), 0.0, 10.0)[0] < 1.0


def test_having_somebody_brake_who_does_not_give_way_costs_more() -> None:
    beside = straight_on(8.0)
    usual, kinds = met(beside, (-14.0, 0.0), 0.0, 10.0)
    assert int(np.argmax(kinds)) == DELAYS
    assert met(beside, (-14.0, 0.0), 0.0, 10.0, firm=3.0)[0] > 2.0 * usual > 0.0


def test_the_way_of_who_has_right_of_way_is_clear_a_second_before_it_comes() -> None:
    across = straight_on(6.0, x=-9.0)  # its rear leaves the other's way after 2.1 s
    for start_m, expected in ((-28.0, True), (-45.0, False)):
        costs = [met(across, (0.0, start_m), 0.5 * math.pi, 9.0, holds=holds)[1][DELAYS] for holds in (False, True)]
        assert costs[0] == 0.0
        assert (costs[1] > 0.0) == expected


def test_what_who_has_right_of_way_may_do_is_not_discounted() -> None:
    shape = (1, 1, STEPS)
    places, _ = places_by_step(
        extent_by_step(straight_on(1.0), AXIS),
        np.zeros((*shape, 2)), np.zeros(shape), np.zeros(shape), np.array([[0.3]]), np.array([[4.0, 2.0]]),
        np.zeros(1), np.ones(1), np.ones(1, dtype=np.bool_), 0.0, 0.5, AXIS,
    )  # fmt: skip
    assert places[:, 0, P_CHANCE] == pytest.approx(0.3)


def test_the_unlikely_counts_less_the_later_it_is() -> None:
    xy = np.zeros((1, 2, STEPS, 2))
    xy[0, 1, :, 1] = 1.5
    shape = (1, 2, STEPS)
    places, counts = places_by_step(
        extent_by_step(straight_on(1.0), AXIS),
        xy, np.zeros(shape), np.zeros(shape), np.array([[0.8, 0.2]]), np.array([[4.0, 2.0]]),
        np.zeros(1), np.ones(1), np.zeros(1, dtype=np.bool_), 0.0, 0.5, AXIS,
    )  # fmt: skip
    assert counts.tolist() == [2] * STEPS
    first, last = sorted(places[0, :2, P_CHANCE])[::-1], sorted(places[-1, :2, P_CHANCE])[::-1]
    assert first == pytest.approx([0.8**1.1, 0.2**1.1])
    assert last == pytest.approx([0.8**4.0, 0.2**4.0])


def test_modes_that_are_at_the_same_place_count_as_one() -> None:
    xy = np.zeros((1, 3, STEPS, 2))
    shape = (1, 3, STEPS)
    places, counts = places_by_step(
        extent_by_step(straight_on(1.0), AXIS),
        xy, np.zeros(shape), np.zeros(shape), np.array([[0.5, 0.3, 0.2]]), np.array([[4.0, 2.0]]),
        np.zeros(1), np.ones(1), np.zeros(1, dtype=np.bool_), 0.0, 0.5, AXIS,
    )  # fmt: skip
    assert counts.tolist() == [1] * STEPS
    assert places[:, 0, P_CHANCE] == pytest.approx(1.0)


def test_a_look_is_over_as_soon_as_it_is_known_to_be_enough() -> None:
    candidate = straight_on(10.0)
    xy = np.broadcast_to(np.array([[24.0, 0.0], [44.0, 0.0]])[:, None, None, :], (2, 1, STEPS, 2)).copy()
    shape = (2, 1, STEPS)
    places, counts = places_by_step(
        extent_by_step(candidate, AXIS),
        xy,
        np.zeros(shape),
        np.zeros(shape),
        np.ones((2, 1)),
        np.full((2, 2), 2.0),
        np.zeros(2),
        np.ones(2),
        np.zeros(2, dtype=np.bool_),
        0.0,
        0.0,
        AXIS,
    )
    costs = [
        encounter_cost(
            candidate[0], places, counts, 2.4, 0.95, WEIGHTS, np.full(2, -1), 1, np.zeros((0, 6)), enough, AXIS
        )
        for enough in (1.0, np.inf)
    ]
    assert 1.0 <= costs[0] < costs[1]


@pytest.mark.parametrize(
    ("along", "ahead_of_other", "cr", "v", "expected"),
    [
        (5.0, -5.0, 1.0, 10.0, False),  # somebody ahead who goes the same way
        (-5.0, 5.0, 1.0, 10.0, True),  # somebody behind who goes the same way
        (0.0, 0.0, 1.0, 10.0, False),  # level with the ego
        (2.4, 0.0, 0.0, 10.0, False),  # crossing before the bumper
        (0.0, 3.0, 0.0, 10.0, True),  # running into the ego's side
        (2.4, 2.4, -1.0, 10.0, False),  # head on
        (2.4, 2.4, -1.0, 0.0, True),  # a standing ego runs into nobody
    ],
)
def test_who_goes_first(along: float, ahead_of_other: float, cr: float, v: float, expected: bool) -> None:
    assert goes_first(along, ahead_of_other, cr, v, 2.3, 2.4) is expected


def test_hard_braking_stays_on_the_way_and_stops() -> None:
    t = DT_S * np.arange(1, STEPS + 1)
    xy = np.stack((10.0 * t, np.zeros(STEPS)), axis=-1)[None]
    poses, speeds = braking_modes(xy, np.zeros((1, STEPS)), np.array([10.0]), np.array([4.0]))
    assert speeds[0, 0] == pytest.approx(10.0 - 0.8)
    assert speeds[0, -1] == 0.0
    assert poses[0, -1, 0] == pytest.approx(12.5, abs=1.0)
    assert (np.diff(poses[0, :, 0]) >= -1e-9).all()
