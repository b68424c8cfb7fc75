"""Distances of distributions, on distributions whose distance is known."""

from __future__ import annotations

import math

import numpy as np
import pytest

from zhixing.simulation.realism.distances import Bins, distance, floor, share_interval

BINS = Bins(low=0.0, high=4.0, count=4)


def shared_out(*counts: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.repeat(np.arange(len(counts)) + 0.5, counts)


def test_what_is_alike_is_at_no_distance_and_what_shares_nothing_at_one() -> None:
    assert distance(shared_out(30, 10), shared_out(300, 100), BINS) == 0.0
    assert distance(shared_out(30), shared_out(0, 0, 30), BINS) == pytest.approx(1.0)


@pytest.mark.parametrize(("a", "b"), [((40, 0), (20, 20)), ((10, 30), (30, 10)), ((20, 10, 10), (10, 10, 20))])
def test_the_distance_is_the_root_of_the_divergence_in_bits(a: tuple[int, ...], b: tuple[int, ...]) -> None:
    p, q = np.array(a) / sum(a), np.array(b) / sum(b)
    m = 0.5 * (p + q)
    bits = [sum(x * math.log2(x / y) for x, y in zip(one, m, strict=True) if x > 0.0) for one in (p, q)]
    assert distance(shared_out(*a), shared_out(*b), BINS) == pytest.approx(math.sqrt(0.5 * sum(bits)))


def test_it_is_the_same_both_ways_and_grows_with_the_shift() -> None:
    rng = np.random.default_rng(1)
    bins = Bins(low=-5.0, high=5.0, count=20)
    here = rng.normal(0.0, 1.0, 5000)
    away = [distance(here, rng.normal(shift, 1.0, 5000), bins) for shift in (0.0, 0.5, 1.0, 2.0)]
    assert away == sorted(away)
    assert away[0] < 0.06
    assert distance(here, here + 1.0, bins) == pytest.approx(distance(here + 1.0, here, bins))


def test_too_few_values_say_nothing() -> None:
    assert math.isnan(distance(shared_out(19), shared_out(50), BINS))
    assert math.isnan(distance(np.full(50, np.nan), shared_out(50), BINS))


def test_what_is_outside_counts_at_the_ends_and_what_is_not_finite_not_at_all() -> None:
    assert BINS.of(np.array([-3.0, 0.5, 9.0, np.nan])).tolist() == pytest.approx([2 / 3, 0.0, 0.0, 1 / 3])


def test_the_floor_falls_with_the_number_of_parts_and_is_higher_where_parts_differ() -> None:
    rng, bins = np.random.default_rng(2), Bins(low=-5.0, high=5.0, count=20)

    def of(parts: int, spread: float) -> float:
        means = spread * rng.normal(size=parts)
        return floor([rng.normal(mean, 1.0, 50) for mean in means], bins, np.random.default_rng(3))

    assert of(200, 0.0) < of(10, 0.0) < of(10, 2.0)
    assert math.isnan(floor([np.ones(100)], bins, rng))


def test_an_interval_holds_the_share_and_narrows() -> None:
    low, high = share_interval(5, 10)
    low_of_many, high_of_many = share_interval(500, 1000)
    assert low < low_of_many < 0.5 < high_of_many < high
    assert share_interval(0, 0) == (0.0, 1.0)
