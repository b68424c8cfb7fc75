"""Counting traffic: shares, sizes, turns, red-light runners, and the laws they follow."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhixing.datatypes.tracks import RoadUser
from zhixing.datatypes.traffic_facts import Movement, TrafficFacts, Violation
from zhixing.errors import ShapeError
from zhixing.simulation.traffic_mix import count_traffic

USERS = st.lists(
    st.tuples(st.sampled_from(list(RoadUser)), st.sampled_from(list(Movement)), st.sampled_from(list(Violation))),
    min_size=1,
    max_size=30,
)


def facts(users: list[tuple[RoadUser, Movement, Violation]], length_m: list[float] | None = None) -> TrafficFacts:
    table = np.array(users, dtype=np.int64).reshape(-1, 3)
    count = table.shape[0]
    lengths = np.full(count, np.nan) if length_m is None else np.array(length_m)
    return TrafficFacts(
        object_id=np.arange(count),
        road_user=table[:, 0].copy(),
        size_m=np.stack((lengths, 0.5 * lengths), axis=-1),
        movement=table[:, 1].copy(),
        violation=table[:, 2].copy(),
        present_ns=np.zeros((count, 2), dtype=np.int64),
    )


def test_each_class_is_counted_by_itself() -> None:
    mix = count_traffic(
        facts(
            [
                (RoadUser.EBIKE, Movement.LEFT, Violation.RED),
                (RoadUser.EBIKE, Movement.LEFT, Violation.YELLOW),
                (RoadUser.EBIKE, Movement.RIGHT, Violation.RED),
                (RoadUser.CAR, Movement.STRAIGHT, Violation.NONE),
            ],
            [1.6, 1.8, np.nan, 4.5],
        )
    )
    assert mix.road_user.tolist() == [RoadUser.CAR, RoadUser.EBIKE]
    assert mix.count.tolist() == [1, 3]
    assert mix.share.tolist() == [0.25, 0.75]
    assert mix.size_mean_m[1] == pytest.approx([1.7, 0.85])
    assert mix.size_std_m[1] == pytest.approx([0.1, 0.05])
    assert mix.turn_share[1] == pytest.approx([0.0, 2 / 3, 1 / 3, 0.0])
    assert mix.red_share[1].tolist() == pytest.approx([np.nan, 0.5, np.nan, np.nan], nan_ok=True)
    assert mix.red_share[0].tolist() == pytest.approx([0.0, np.nan, np.nan, np.nan], nan_ok=True)


@given(USERS)
def test_shares_add_up(users: list[tuple[RoadUser, Movement, Violation]]) -> None:
    mix = count_traffic(facts(users))
    assert mix.count.sum() == len(users)
    assert mix.share.sum() == pytest.approx(1.0)
    assert mix.turn_share.sum(axis=1) == pytest.approx(np.ones(mix.count.size))
    known = mix.red_share[np.isfinite(mix.red_share)]
    assert ((known >= 0.0) & (known <= 1.0)).all()


@given(USERS)
def test_the_order_says_nothing(users: list[tuple[RoadUser, Movement, Violation]]) -> None:
    other = sorted(users)
    a, b = count_traffic(facts(users)), count_traffic(facts(other))
    np.testing.assert_allclose(a.turn_share, b.turn_share)
    np.testing.assert_allclose(a.red_share, b.red_share)


def test_nobody_is_no_traffic() -> None:
    with pytest.raises(ShapeError, match="nobody"):
        count_traffic(facts([]))
