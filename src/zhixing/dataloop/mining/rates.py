"""How fast values change: the slope of the best straight line through those around."""

from __future__ import annotations

import numpy as np
from numba import njit

from zhixing.datatypes.shapes import BoolArray, FloatArray


@njit(cache=True, nogil=True)
def fitted_rates(
    values: FloatArray, time_s: FloatArray, there: BoolArray, half_span_s: float
) -> FloatArray:  # fmt: skip
    """Return (objects, steps) slopes, NaN where there is no neighbour; nobody is followed over a break.

    Args:
        values: (objects, steps)
        time_s: (steps,)
        there: (objects, steps) where there is a value.
        half_span_s: Steps so far away count, and the two neighbours in any case.
    """
    objects, steps = values.shape
    slopes = np.full((objects, steps), np.nan)
    begins, ends = np.empty(steps, dtype=np.int64), np.empty(steps, dtype=np.int64)
    t_sums, tt_sums = np.zeros(steps), np.zeros(steps)
    for step in range(steps):
        begin, end = max(step - 1, 0), min(step + 1, steps - 1)
        while begin > 0 and time_s[step] - time_s[begin - 1] <= half_span_s + 1e-9:
            begin -= 1
        while end < steps - 1 and time_s[end + 1] - time_s[step] <= half_span_s + 1e-9:
            end += 1
        begins[step], ends[step] = begin, end
        for other in range(begin, end + 1):
            t = time_s[other] - time_s[step]
            t_sums[step] += t
            tt_sums[step] += t * t
    for row in range(objects):
        first, last = 0, -1
        for step in range(steps):
            if not there[row, step]:
                continue
            if step > last:
                first = last = step
                while last < steps - 1 and there[row, last + 1]:
                    last += 1
            begin, end = max(begins[step], first), min(ends[step], last)
            total, v_sum, tv_sum = float(end - begin + 1), 0.0, 0.0
            for other in range(begin, end + 1):
                v = values[row, other] - values[row, step]
                v_sum += v
                tv_sum += (time_s[other] - time_s[step]) * v
            if begin == begins[step] and end == ends[step]:
                t_sum, tt_sum = t_sums[step], tt_sums[step]
            else:  # next to a break
                t_sum, tt_sum = 0.0, 0.0
                for other in range(begin, end + 1):
                    t = time_s[other] - time_s[step]
                    t_sum += t
                    tt_sum += t * t
            spread = total * tt_sum - t_sum * t_sum
            if total > 1.0 and spread > 0.0:
                slopes[row, step] = (total * tv_sum - t_sum * v_sum) / spread
    return slopes
