"""What the words of time mean, on a time axis of steps.

All arrays are (..., steps). A span is a closed interval from one step to another, so what holds at one step only lasts
0 s. Beyond the first and last step of a drive there is nothing. Times are compared as integer nanoseconds.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zhixing.dataloop.mining.truth import Truth
from zhixing.datatypes.shapes import BoolArray, IntArray
from zhixing.datatypes.units import ns_from_s


@dataclass(frozen=True, slots=True, eq=False)
class Runs:
    """The unbroken spans in which something holds.

    Attributes:
        holds: (..., steps)
        first: (..., steps) first step of the run around a step; meaningless where nothing holds.
        last: (..., steps) its last step.
    """

    holds: BoolArray
    first: IntArray
    last: IntArray

    def duration_ns(self, time_ns: IntArray) -> IntArray:
        """Return (..., steps) how long the run around a step is, 0 where nothing holds."""
        first, last = (np.where(self.holds, edge, 0) for edge in (self.first, self.last))
        return np.asarray(time_ns[last] - time_ns[first])


def runs_of(holds: BoolArray) -> Runs:
    """Return the runs of something.

    Example:
        >>> runs = runs_of(np.array([False, True, True, False, True]))
        >>> runs.first[runs.holds].tolist(), runs.last[runs.holds].tolist()
        ([1, 1, 4], [2, 2, 4])
    """
    steps = np.arange(holds.shape[-1])
    first = np.maximum.accumulate(np.where(holds, 0, steps + 1), axis=-1)
    return Runs(holds, first, next_step(~holds) - 1)


def next_step(holds: BoolArray) -> IntArray:
    """Return (..., steps) the first step from here on at which something holds, the number of steps if none.

    Example:
        >>> next_step(np.array([False, True, False])).tolist()
        [1, 1, 3]
    """
    steps = holds.shape[-1]
    here = np.where(holds, np.arange(steps), steps)
    return np.asarray(np.minimum.accumulate(here[..., ::-1], axis=-1)[..., ::-1])


def lasts(condition: Truth, time_ns: IntArray, at_least_s: float, at_most_s: float | None) -> Truth:
    """Return where the condition is in a run of such a length; undefined where the condition is.

    A run is what is seen of it: it ends where the condition is no longer true, be it false or undefined.
    """
    duration_ns = runs_of(condition.true).duration_ns(time_ns)
    fits = duration_ns >= ns_from_s(at_least_s)
    if at_most_s is not None:
        fits &= duration_ns <= ns_from_s(at_most_s)
    return Truth(condition.true & fits, (condition.true & fits) | (condition.possible & ~condition.true))


def becomes(condition: Truth) -> Truth:
    """Return where the condition holds and did not one step before; what was before the first step is undefined."""
    before = Truth(np.zeros_like(condition.true), np.ones_like(condition.true))
    before.true[..., 1:] = condition.true[..., :-1]
    before.possible[..., 1:] = condition.possible[..., :-1]
    return condition & ~before


def within(condition: Truth, time_ns: IntArray, past_s: float, future_s: float) -> Truth:
    """Return where the condition holds at some step of a window around."""
    low = np.searchsorted(time_ns, time_ns - ns_from_s(past_s), side="left")
    high = np.searchsorted(time_ns, time_ns + ns_from_s(future_s), side="right") - 1
    return Truth(*(next_step(holds)[..., low] <= high for holds in (condition.true, condition.possible)))


def then(first: Truth, second: Truth, time_ns: IntArray, within_s: float) -> Truth:
    """Return where one is between a step of the first and a later step of the second, at most so much later."""
    return Truth(
        _between(first.true, second.true, time_ns, within_s),
        _between(first.possible, second.possible, time_ns, within_s),
    )


def _between(first: BoolArray, second: BoolArray, time_ns: IntArray, within_s: float) -> BoolArray:
    first, second = np.broadcast_arrays(first, second)
    steps = np.arange(time_ns.size)
    # For each step of the second the earliest step of the first that is near enough; it never goes back.
    low = np.searchsorted(time_ns, time_ns - ns_from_s(within_s), side="left")
    earliest = next_step(first)[..., low]
    closes = second & (earliest < steps)
    # A step is covered if the next closing step reaches back to it.
    following = next_step(closes)
    reached = np.take_along_axis(earliest, np.minimum(following, time_ns.size - 1), axis=-1)
    return np.asarray((following < time_ns.size) & (reached <= steps))


def until(condition: Truth, end: Truth, time_ns: IntArray, within_s: float) -> Truth:
    """Return where the condition holds from here to the step before the end, which is near enough ahead."""
    return Truth(
        _up_to(condition.true, end.true, time_ns, within_s), _up_to(condition.possible, end.possible, time_ns, within_s)
    )


def _up_to(holds: BoolArray, end: BoolArray, time_ns: IntArray, within_s: float) -> BoolArray:
    holds, end = np.broadcast_arrays(holds, end)
    last = np.searchsorted(time_ns, time_ns + ns_from_s(within_s), side="right") - 1
    ends = next_step(end)
    return np.asarray((ends <= last) & (next_step(~holds) >= ends))


def overlaps(first: Truth, second: Truth, time_ns: IntArray, at_least_s: float) -> Truth:
    """Return the runs of both that share a span of such a length."""
    return Truth(
        _sharing(first.true, second.true, time_ns, at_least_s),
        _sharing(first.possible, second.possible, time_ns, at_least_s),
    )


def _sharing(first: BoolArray, second: BoolArray, time_ns: IntArray, at_least_s: float) -> BoolArray:
    first, second = np.broadcast_arrays(first, second)
    both = runs_of(first & second)
    shared = next_step(both.holds & (both.duration_ns(time_ns) >= ns_from_s(at_least_s)))
    found = np.zeros_like(first)
    for holds in (first, second):
        runs = runs_of(holds)
        start = np.minimum(runs.first, time_ns.size - 1)
        found |= holds & (np.take_along_axis(shared, start, axis=-1) <= runs.last)
    return found
