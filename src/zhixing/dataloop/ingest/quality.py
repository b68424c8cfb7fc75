"""Rows of a recording are checked, sorted and mended; what cannot be true is put aside with a reason.

Nothing is lost: a row is either in the drive or among those put aside. ``quality_faults`` finds what is wrong,
``quality_identity`` who is who.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from zhixing.dataloop.ingest.courses import with_courses
from zhixing.dataloop.ingest.quality_faults import (
    Reason,
    impossible_rows,
    order_of,
    repeated_rows,
    rows_in_wrong_units,
)
from zhixing.dataloop.ingest.quality_identity import Renamed, jumps_and_reuse
from zhixing.datatypes.observations import Observations
from zhixing.datatypes.shapes import FloatArray, IntArray
from zhixing.errors import RecordingError

MOST_REJECTED_SHARE = 0.5
"""If more of the rows are put aside (repeated ones do not count), it is the recording that is wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """What the check of a recording found.

    Attributes:
        num_rows: Rows that were read.
        num_late: Rows that stood behind a later one of the same road user; they were sorted into their place.
        rejected: How many rows were put aside, by reason.
        renamed: Identities that were given to somebody else: the old one, the new one and since when.
    """

    num_rows: int
    num_late: int = 0
    rejected: dict[str, int] = field(default_factory=dict)
    renamed: tuple[Renamed, ...] = ()

    @property
    def num_rejected(self) -> int:
        """Rows that were put aside."""
        return sum(self.rejected.values())


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Checked:
    """A recording's rows after the check.

    Attributes:
        rows: Those that can be true, ordered by time, then by road user; each has one class and one size.
        rejected: Those that cannot, as they were.
        reason: (rejected,) why, as :class:`Reason`.
        quality: The figures.
    """

    rows: Observations
    rejected: Observations
    reason: IntArray
    quality: Quality


def check_rows(rows: Observations) -> Checked:
    """Return what is true of a recording's rows, and what is not.

    Raises:
        RecordingError: There are no rows, or more than half of them cannot be true.
    """
    if not rows.num_rows:
        raise RecordingError("the recording holds nobody", hint="Check that it was recorded, and fetched, whole.")
    # 1. what is impossible by itself
    reason = impossible_rows(rows)
    # 2. by road user and time; what is there twice
    order, num_late = order_of(rows)
    reason = repeated_rows(rows, order, reason)
    # 3. what does not fit the movement
    reason = rows_in_wrong_units(rows, order, reason)
    # 4. who is who
    object_id, reason, renamed = jumps_and_reuse(rows, order, reason)
    rejected = _counts(reason)
    wrong = sum(n for name, n in rejected.items() if name != Reason.DUPLICATE.word)
    if wrong > MOST_REJECTED_SHARE * rows.num_rows:
        worst = max(rejected, key=lambda name: rejected[name])
        raise RecordingError(
            f"{wrong:,} of {rows.num_rows:,} rows make no sense, most of them: {Reason.of(worst).meaning}",
            hint=Reason.of(worst).advice,
        )
    kept = np.flatnonzero(reason == Reason.NONE)
    kept = kept[np.lexsort((object_id[kept], rows.time_ns[kept]))]
    good = with_courses(_of_one_kind(replace(rows.take(kept), object_id=object_id[kept])))
    aside = np.flatnonzero(reason != Reason.NONE)
    return Checked(
        rows=good,
        rejected=rows.take(aside),
        reason=reason[aside],
        quality=Quality(num_rows=rows.num_rows, num_late=num_late, rejected=rejected, renamed=renamed),
    )


def _counts(reason: IntArray) -> dict[str, int]:
    values, counts = np.unique(reason[reason != Reason.NONE], return_counts=True)
    return {Reason(int(value)).word: int(count) for value, count in zip(values, counts, strict=True)}


def _of_one_kind(rows: Observations) -> Observations:
    """Return rows in which everybody has the class it has most often, and its median size."""
    _, user = np.unique(rows.object_id, return_inverse=True)
    order = np.argsort(user, kind="stable")
    starts = np.flatnonzero(np.diff(user[order], prepend=-1))
    counts = np.zeros((starts.size, 16), dtype=np.int64)
    np.add.at(counts, (user, rows.road_user), 1)
    return replace(
        rows,
        road_user=counts.argmax(axis=1)[user],
        length_m=_medians(rows.length_m[order], starts)[user],
        width_m=_medians(rows.width_m[order], starts)[user],
    )


def _medians(values: FloatArray, starts: IntArray) -> FloatArray:
    """Return the median of each run of values; runs begin at ``starts``."""
    first = values[starts]
    same = np.minimum.reduceat(values, starts) == np.maximum.reduceat(values, starts)
    ends = np.append(starts[1:], values.size)
    for run in np.flatnonzero(~same).tolist():
        first[run] = np.median(values[starts[run] : ends[run]])
    return np.asarray(first)
