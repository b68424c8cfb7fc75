"""The words of time mean what they say: each is compared with the sentence that defines it, step by step."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from zhixing.dataloop.mining import spans
from zhixing.dataloop.mining.truth import Truth, all_of, any_of
from zhixing.datatypes.shapes import BoolArray, IntArray

S = 1_000_000_000
DURATIONS = st.sampled_from([0.0, 0.5, 1.0, 1.5, 2.0, 3.5, 100.0])


@st.composite
def axes(draw: st.DrawFn, several: int = 2) -> tuple[IntArray, list[Truth]]:
    """Return an uneven time axis in half seconds, and truths over (2, steps): true, false or undefined."""
    gaps = draw(st.lists(st.integers(1, 4), min_size=1, max_size=9))
    time_ns = np.cumsum(gaps) * (S // 2)
    truths = []
    for _ in range(several):
        value = np.array(draw(st.lists(st.integers(-1, 1), min_size=2 * len(gaps), max_size=2 * len(gaps))))
        value = value.reshape(2, -1)
        truths.append(Truth(value == 1, value >= 0))
    return time_ns, truths


def both(truth: Truth) -> list[BoolArray]:
    return [truth.true, truth.possible]


def check(found: Truth, expected: Callable[[int, int, int], bool]) -> None:
    """Compare with a sentence about (which of true and possible, row, step)."""
    for which, array in enumerate(both(found)):
        for row, step in np.ndindex(array.shape):
            assert bool(array[row, step]) == expected(which, row, step), (which, row, step)
    assert not (found.true & ~found.possible).any()


@given(axes(), st.sampled_from([0.5, 1.0, 2.0, 3.5, 100.0]))
def test_then_covers_from_a_step_of_the_first_to_a_later_step_of_the_second(
    drawn: tuple[IntArray, list[Truth]], within_s: float
) -> None:
    time_ns, (first, second) = drawn
    n = time_ns.size

    def covered(which: int, row: int, step: int) -> bool:
        return any(
            both(first)[which][row, i] and both(second)[which][row, j] and time_ns[j] - time_ns[i] <= within_s * S
            for i in range(step + 1)
            for j in range(max(step, i + 1), n)
        )

    check(spans.then(first, second, time_ns, within_s), covered)


@given(axes(1), DURATIONS, DURATIONS)
def test_within_looks_back_and_ahead(drawn: tuple[IntArray, list[Truth]], past_s: float, future_s: float) -> None:
    time_ns, (condition,) = drawn

    def near(which: int, row: int, step: int) -> bool:
        return any(
            both(condition)[which][row, k] and -past_s * S <= time_ns[k] - time_ns[step] <= future_s * S
            for k in range(time_ns.size)
        )

    check(spans.within(condition, time_ns, past_s, future_s), near)


@given(axes(), DURATIONS)
def test_until_holds_up_to_the_step_before_the_end(drawn: tuple[IntArray, list[Truth]], within_s: float) -> None:
    time_ns, (condition, end) = drawn

    def holds(which: int, row: int, step: int) -> bool:
        return any(
            both(end)[which][row, k]
            and time_ns[k] - time_ns[step] <= within_s * S
            and all(both(condition)[which][row, step:k])
            for k in range(step, time_ns.size)
        )

    check(spans.until(condition, end, time_ns, within_s), holds)


def run(array: BoolArray, row: int, step: int) -> tuple[int, int]:
    first = last = step
    while first > 0 and array[row, first - 1]:
        first -= 1
    while last + 1 < array.shape[1] and array[row, last + 1]:
        last += 1
    return first, last


@given(axes(1), DURATIONS, st.one_of(st.none(), DURATIONS))
def test_lasts_measures_what_is_seen_of_a_run(
    drawn: tuple[IntArray, list[Truth]], at_least_s: float, at_most_s: float | None
) -> None:
    time_ns, (condition,) = drawn

    def fits(which: int, row: int, step: int) -> bool:
        if not condition.true[row, step]:
            return bool(which and condition.possible[row, step])
        first, last = run(condition.true, row, step)
        lasts_s = (time_ns[last] - time_ns[first]) / S
        return bool(at_least_s <= lasts_s <= (np.inf if at_most_s is None else at_most_s))

    check(spans.lasts(condition, time_ns, at_least_s, at_most_s), fits)


@given(axes(1))
def test_becomes_is_where_it_holds_and_did_not_before(drawn: tuple[IntArray, list[Truth]]) -> None:
    _, (condition,) = drawn

    def begins(which: int, row: int, step: int) -> bool:
        if step == 0:
            return bool(which and condition.possible[row, 0])
        before = both(condition)[1 - which][row, step - 1]
        return bool(both(condition)[which][row, step] and not before)

    check(spans.becomes(condition), begins)


@given(axes(), DURATIONS)
def test_overlaps_is_both_runs_where_they_share_so_much(drawn: tuple[IntArray, list[Truth]], at_least_s: float) -> None:
    time_ns, (first, second) = drawn

    def shares(which: int, row: int, step: int) -> bool:
        one, two = both(first)[which], both(second)[which]
        for mine, other in ((one, two), (two, one)):
            if not mine[row, step]:
                continue
            a, b = run(mine, row, step)
            for k in range(a, b + 1):
                if other[row, k]:
                    c, d = run(mine & other, row, k)
                    if time_ns[d] - time_ns[c] >= at_least_s * S:
                        return True
        return False

    check(spans.overlaps(first, second, time_ns, at_least_s), shares)


@given(axes())
def test_de_morgan_and_double_denial_hold_with_the_undefined(drawn: tuple[IntArray, list[Truth]]) -> None:
    _, (one, two) = drawn
    for left, right in (
        (~(one & two), ~one | ~two),
        (~(one | two), ~one & ~two),
        (~~one, one),
        (all_of([one, two, one]), one & two),
        (any_of([one, two, two]), one | two),
    ):
        assert (left.true == right.true).all()
        assert (left.possible == right.possible).all()


@given(axes(1), DURATIONS, DURATIONS)
def test_what_lasts_longer_also_lasts_shorter(drawn: tuple[IntArray, list[Truth]], one_s: float, two_s: float) -> None:
    time_ns, (condition,) = drawn
    short, long = (spans.lasts(condition, time_ns, s, None).true for s in sorted((one_s, two_s)))
    assert not (long & ~short).any()


@given(axes(), st.integers(-(2**40), 2**40))
def test_the_words_of_time_know_no_clock(drawn: tuple[IntArray, list[Truth]], shift_ns: int) -> None:
    time_ns, (one, two) = drawn
    words: list[Callable[[IntArray], Truth]] = [
        lambda t: spans.then(one, two, t, 1.0),
        lambda t: spans.until(one, two, t, 1.0),
        lambda t: spans.overlaps(one, two, t, 1.0),
        lambda t: spans.lasts(one, t, 1.0, 3.0),
        lambda t: spans.within(one, t, 1.0, 2.0),
    ]
    for word in words:
        assert (word(time_ns).true == word(time_ns + shift_ns).true).all()
