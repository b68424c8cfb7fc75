"""What signal programs show at a moment: a function of time and nothing else, for one world or for many.

How one plan gives way to the next: the cycle in progress is finished, then the first stage of the new plan is held
until the new plan is in step with its offset. Out of flashing yellow all lights are red for five seconds first, as a
controller does when it starts (GB 25280-2016).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numba import njit

from zhixing.datatypes.lights import Light
from zhixing.datatypes.shapes import FloatArray, IntArray
from zhixing.datatypes.units import NS_PER_S
from zhixing.simulation.signal_program import HOURS_A_DAY, Program, timelines_of

_STARTS_RED_S = 5.0
_DAY_S = HOURS_A_DAY * 3600.0
_SAME_S = 1e-6
_MOST_INTERVALS = 4
_RED, _GREEN = int(Light.RED), int(Light.GREEN)


class SignalClock:
    """The lights of many junctions.

    Args:
        programs: Of the junctions; their groups follow one another.
        offsets_s: (junctions,) when their cycles begin, or (worlds, junctions).
        hour: Of the day at time 0; the plan in force then has begun at its offset.

    Raises:
        ValueError: An hour is not in the day, or there are not as many offsets as programs.
    """

    def __init__(self, programs: Sequence[Program], offsets_s: FloatArray, hour: float = 12.0) -> None:
        if not 0.0 <= hour < HOURS_A_DAY:
            raise ValueError(f"{hour} is no hour of the day")
        if offsets_s.shape[-1] != len(programs):
            raise ValueError(f"there are {offsets_s.shape[-1]} offsets for {len(programs)} programs")
        self._lines = timelines_of(programs)
        self._offset_s = np.repeat(offsets_s, [one.num_groups for one in programs], axis=-1)
        hours = np.array(programs[0].from_hour if programs else (0.0,))
        self._num_plans = hours.size
        now = (int(np.searchsorted(hours, hour, side="right")) - 1) % hours.size
        later = np.mod((hours - hour) * 3600.0, _DAY_S)
        later[later <= 0.0] = _DAY_S
        order = np.roll(np.arange(hours.size), -now - 1)  # the plans after the one in force, in their order
        self._plan_at = np.concatenate(([now], order[:-1])).astype(np.int64)
        self._switch_s = later[order]  # the last of them is the plan in force again, a day on at most
        self._groups = np.arange(self._lines.start_s.shape[1])
        self._last: tuple[int, tuple[FloatArray, IntArray, FloatArray, IntArray]] | None = None

    def at(self, time_ns: int) -> IntArray:
        """Return (groups,) or (worlds, groups) what each light shows."""
        if self._num_plans > 1:
            return self._look_at(time_ns)[1].copy()
        time_s = time_ns / NS_PER_S
        lines, plan = self._lines, int(self._plan_at[0])
        offset_s = np.atleast_2d(self._offset_s)
        shown = np.empty(offset_s.shape, dtype=np.int64)
        _show(
            time_s, offset_s, lines.start_s[plan], lines.cycle_s[plan], lines.end_s[plan], lines.shown[plan], shown
        )  # fmt: skip
        return shown.reshape(self._offset_s.shape)

    def remaining_s(self, time_ns: int) -> FloatArray:
        """Return (groups,) or (worlds, groups) how long each light goes on showing what it shows."""
        return self._until_change_s(*self._look_at(time_ns)).copy()

    def countdown_s(self, time_ns: int) -> FloatArray:
        """Return (groups,) or (worlds, groups) the number on each countdown display, NaN where none is lit."""
        time_s, shown, left_s, index = self._look_at(time_ns)
        left_s = self._until_change_s(time_s, shown, left_s, index)
        shows = np.isin(shown, (_RED, _GREEN)) & (left_s <= self._lines.countdown_s[self._plan(index), self._groups])
        return np.where(shows & np.isfinite(left_s), np.ceil(left_s), np.nan)

    def green_begins_s(self, group: int) -> float:
        """Return when in the cycle a group turns green, the offset with it (of the first world), s."""
        first = np.atleast_2d(self._offset_s)[0]
        return float(self._lines.start_s[self._plan_at[0], group] + first[group])

    def _until_change_s(self, time_s: FloatArray, shown: IntArray, left_s: FloatArray, index: IntArray) -> FloatArray:
        """Return how long what :meth:`_look` says goes on, the next plans looked at as well."""
        if self._num_plans == 1 or np.all(time_s + left_s < self._begins_s(index + 1) - _SAME_S):
            return left_s
        total_s, is_open, at_s = left_s.copy(), np.ones(shown.shape, dtype=np.bool_), time_s
        for _ in range(_MOST_INTERVALS):
            end_s = self._begins_s(index + 1)
            is_open &= at_s + left_s > end_s - _SAME_S
            total_s = np.where(is_open, end_s - time_s, total_s)
            at_s = end_s + _SAME_S
            then, left_s, index = self._look(at_s)
            is_open &= then == shown
            total_s = np.where(is_open, at_s + left_s - time_s, total_s)
        return total_s

    def _look_at(self, time_ns: int) -> tuple[FloatArray, IntArray, FloatArray, IntArray]:
        """Return the time and what :meth:`_look` says then; of the last moment asked for it is still known."""
        if self._last is None or self._last[0] != time_ns:
            time_s = np.full(self._offset_s.shape, time_ns / NS_PER_S)
            self._last = (time_ns, (time_s, *self._look(time_s)))
        return self._last[1]

    def _look(self, time_s: FloatArray) -> tuple[IntArray, FloatArray, IntArray]:
        """Return what each group shows at a time of its own, how long by its plan, and which interval that is."""
        lines = self._lines
        index = self._interval(time_s)
        plan = self._plan(index)
        anchor_s = self._anchor_s(index)
        held_s = np.where(index > 0, np.maximum(anchor_s - time_s, 0.0), 0.0)
        start_s, cycle_s = lines.start_s[plan, self._groups], lines.cycle_s[plan, self._groups]
        since_s = np.mod(time_s + held_s - (start_s + anchor_s), np.where(np.isfinite(cycle_s), cycle_s, 1.0))
        since_s = np.where(
            np.isfinite(cycle_s) & (since_s < cycle_s), since_s, 0.0
        )  # a hair before the cycle begins is its beginning
        end_s = lines.end_s[plan, self._groups]
        piece = (since_s[..., None] >= end_s[..., :-1]).sum(axis=-1)
        shown = np.take_along_axis(lines.shown[plan, self._groups], piece[..., None], axis=-1)[..., 0]
        left_s = np.take_along_axis(end_s, piece[..., None], axis=-1)[..., 0] - since_s + held_s
        flashed = np.isinf(lines.cycle_s[self._plan(np.maximum(index - 1, 0)), self._groups])
        starts = (held_s > 0.0) & flashed & np.isfinite(cycle_s)
        opens = starts & (shown != _RED)
        return np.where(starts, _RED, shown), np.where(opens, held_s, left_s), index

    def _interval(self, time_s: FloatArray) -> IntArray:
        """Return how many times the plan has changed, for each group."""
        if self._num_plans == 1:
            return np.zeros(time_s.shape, dtype=np.int64)
        days = np.floor((time_s[..., None] - self._switch_s) / _DAY_S) + 1.0
        nominal = np.maximum(days, 0.0).sum(axis=-1).astype(np.int64)
        is_late = (nominal > 0) & (time_s < self._begins_s(nominal))
        is_early = time_s >= self._begins_s(nominal + 1)
        changes: IntArray = nominal - is_late.astype(np.int64) + is_early.astype(np.int64)
        return changes

    def _begins_s(self, index: IntArray) -> FloatArray:
        """Return when the lights go over to a plan: the cycle before it is over then."""
        before, anchor_s = np.maximum(index - 1, 0), self._anchor_s(index)
        since_s = anchor_s - self._anchor_s(before)
        cycle_s = self._lines.cycle_s[self._plan(before), self._groups]
        ends = np.isfinite(cycle_s)
        whole_s = np.floor(since_s / np.where(ends, cycle_s, 1.0)) * np.where(ends, cycle_s, 1.0)
        then_s = np.where(ends, anchor_s - since_s + whole_s, anchor_s - _STARTS_RED_S)
        return np.where(index > 0, then_s, -np.inf)

    def _anchor_s(self, index: IntArray) -> FloatArray:
        """Return when the cycle of a plan begins for the first time."""
        day, of = np.divmod(np.maximum(index - 1, 0), self._num_plans)
        return np.where(index > 0, self._switch_s[of] + _DAY_S * day, 0.0) + self._offset_s

    def _plan(self, index: IntArray) -> IntArray:
        return self._plan_at[index % self._num_plans]


@njit(cache=True, nogil=True)
def _show(
    time_s: float,
    offset_s: FloatArray,
    start_s: FloatArray,
    cycle_s: FloatArray,
    end_s: FloatArray,
    shown: IntArray,
    out: IntArray,
) -> None:
    """Write (worlds, groups) what each group shows by the only plan there is: what ``_look`` says, only sooner."""
    for world in range(out.shape[0]):
        for group in range(out.shape[1]):
            cycle, since = cycle_s[group], 0.0
            if np.isfinite(cycle):
                since = (time_s - (start_s[group] + offset_s[world, group])) % cycle
                if since >= cycle:
                    since = 0.0
            piece = 0
            while piece < end_s.shape[1] - 1 and since >= end_s[group, piece]:
                piece += 1
            out[world, group] = shown[group, piece]
