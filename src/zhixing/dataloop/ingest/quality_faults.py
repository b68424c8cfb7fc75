"""What is wrong with single rows of a recording."""

from __future__ import annotations

from enum import IntEnum

import numpy as np

from zhixing.datatypes.observations import Observations
from zhixing.datatypes.shapes import BoolArray, FloatArray, IntArray

_MOST_M = 1e6
_LENGTHS_M, _WIDTHS_M = (0.05, 60.0), (0.05, 10.0)
_MOVES_MPS, _LEAST_ROWS = 2.0, 5
"""Who is slower, or is seen more seldom, shows neither the unit of a speed nor that of a heading."""
_SPEED_UNITS = {3.6: "km/h", 2.23694: "miles per hour", 3.28084: "feet per second", 1000.0: "mm/s", 0.001: "km/s"}
_NEAR_FACTOR = 0.06
_AGREES, _DISAGREES = 0.9, 0.5
"""Mean cosine between heading and course."""


class Reason(IntEnum):
    """Why a row was put aside. The numbers are written into archives and never change."""

    NONE = 0
    NOT_FINITE = 1
    DUPLICATE = 2
    CONFLICT = 3
    WRONG_UNIT = 4
    JUMP = 5
    UNREAL_SIZE = 6

    @property
    def word(self) -> str:
        """As it stands in reports."""
        return self.name.lower().replace("_", "-")

    @classmethod
    def of(cls, word: str) -> Reason:
        """Return the reason of a word."""
        return cls[word.upper().replace("-", "_")]

    @property
    def meaning(self) -> str:
        """What is wrong."""
        return _MEANINGS[self][0]

    @property
    def advice(self) -> str:
        """What a person can do."""
        return _MEANINGS[self][1]


_MEANINGS = {
    Reason.NONE: ("nothing", ""),
    Reason.NOT_FINITE: ("a number is missing or not finite", "Look for failed sensors or empty cells."),
    Reason.DUPLICATE: ("the same row twice", "Nothing needs to be done."),
    Reason.CONFLICT: ("somebody at two places at one time; the first was kept", "Look for two sources with one id."),
    Reason.WRONG_UNIT: (
        "positions, speeds and headings do not fit each other or the Earth",
        "Give metres in a local frame, metres per second and radians.",
    ),
    Reason.JUMP: ("somebody is elsewhere for a moment", "Look at the tracker; positions are metres."),
    Reason.UNREAL_SIZE: ("a length or width that nobody has", "Give metres."),
}


def impossible_rows(rows: Observations) -> IntArray:
    """Return (rows,) the reason why a row cannot be true by itself, ``NONE`` where it can.

    A heading, speed or size that is never told of somebody is not missing.
    """
    reason = np.zeros(rows.num_rows, dtype=np.int64)
    _, user = np.unique(rows.object_id, return_inverse=True)
    missing = ~(np.isfinite(rows.x_m) & np.isfinite(rows.y_m))
    for values in (rows.yaw_rad, rows.speed_mps, rows.length_m, rows.width_m):
        bad = ~np.isfinite(values)
        if bad.any():
            told = np.bincount(user, ~bad) > 0
            missing |= bad & (told[user] | np.isinf(values))
    reason[missing] = Reason.NOT_FINITE
    with np.errstate(invalid="ignore"):
        far = (np.abs(rows.x_m) > _MOST_M) | (np.abs(rows.y_m) > _MOST_M)
        odd = np.zeros(rows.num_rows, dtype=np.bool_)
        for size_m, (low, high) in ((rows.length_m, _LENGTHS_M), (rows.width_m, _WIDTHS_M)):
            odd |= (size_m < low) | (size_m > high)
    reason[odd & ~missing] = Reason.UNREAL_SIZE
    reason[far & ~missing] = Reason.WRONG_UNIT
    return reason


def order_of(rows: Observations) -> tuple[IntArray, int]:
    """Return the rows by road user, then time, then as they stood; and how many stood behind a later one of theirs."""
    by_user = np.argsort(rows.object_id, kind="stable")
    same = np.diff(rows.object_id[by_user]) == 0
    time_ns = rows.time_ns[by_user]
    backward = same & (np.diff(time_ns) < 0)
    if not backward.any():
        return by_user, 0
    order = np.lexsort((rows.time_ns, rows.object_id))
    starts = np.flatnonzero(np.concatenate(([True], ~same)))
    latest = np.concatenate([np.maximum.accumulate(part) for part in np.split(time_ns, starts[1:])])
    return order, int((time_ns < latest).sum())


def repeated_rows(rows: Observations, order: IntArray, reason: IntArray) -> IntArray:
    """Return the reasons, with those for rows of which there is an earlier one of the same road user and time."""
    reason = reason.copy()
    usable = order[reason[order] == 0]
    again = (np.diff(rows.object_id[usable]) == 0) & (np.diff(rows.time_ns[usable]) == 0)
    if not again.any():
        return reason
    firsts = np.maximum.accumulate(np.where(np.concatenate(([True], ~again)), np.arange(usable.size), 0))
    later = np.flatnonzero(np.concatenate(([False], again)))
    one, other = usable[later], usable[firsts[later]]
    equal = rows.road_user[one] == rows.road_user[other]
    for name in ("x_m", "y_m", "yaw_rad", "speed_mps", "length_m", "width_m"):
        values = getattr(rows, name)
        equal &= (values[one] == values[other]) | (np.isnan(values[one]) & np.isnan(values[other]))
    reason[one] = np.where(equal, Reason.DUPLICATE, Reason.CONFLICT)
    return reason


def rows_in_wrong_units(rows: Observations, order: IntArray, reason: IntArray) -> IntArray:
    """Return the reasons, with those for whoever's told speeds or headings are in another unit than its positions.

    Told speeds are compared with how far somebody came: the median ratio over the steps on which it moved. Headings
    are taken for degrees where they contradict the course as radians and agree with it as degrees.
    """
    usable = order[reason[order] == 0]
    if usable.size < _LEAST_ROWS:
        return reason
    dt = np.diff(rows.time_ns[usable]) * 1e-9
    same = (np.diff(rows.object_id[usable]) == 0) & (dt > 0.0)
    dx, dy = np.diff(rows.x_m[usable]), np.diff(rows.y_m[usable])
    speed = np.hypot(dx, dy) / np.where(same, dt, 1.0)
    told = 0.5 * np.abs(rows.speed_mps[usable[1:]] + rows.speed_mps[usable[:-1]])
    step = np.flatnonzero(same & (speed > _MOVES_MPS))
    step_slow = np.flatnonzero(same & (np.maximum(speed, told) > _MOVES_MPS))
    ids, user = np.unique(rows.object_id[usable], return_inverse=True)
    wrong = np.zeros(ids.size, dtype=np.bool_)
    wrong |= _speed_is_off(user[1:][step_slow], told[step_slow], speed[step_slow], ids.size)
    yaw = rows.yaw_rad[usable[1:]][step]
    wrong |= _is_in_degrees(user[1:][step], yaw, np.arctan2(dy[step], dx[step]), ids.size)
    if not wrong.any():
        return reason
    reason = reason.copy()
    reason[usable[wrong[user]]] = Reason.WRONG_UNIT
    return reason


def _speed_is_off(user: IntArray, told: FloatArray, speed: FloatArray, num_users: int) -> BoolArray:
    """Return (users,) whether told speeds are a known factor from those of the positions."""
    known = np.isfinite(told) & (told > 0.0) & (speed > 0.0)
    user, ratio = user[known], told[known] / speed[known]
    order = np.lexsort((ratio, user))
    user, ratio = user[order], ratio[order]
    counts = np.bincount(user, minlength=num_users)
    starts = np.concatenate(([0], np.cumsum(counts)[:-1]))
    seen = counts >= _LEAST_ROWS
    median = np.ones(num_users)
    median[seen] = ratio[starts[seen] + counts[seen] // 2]
    off = np.zeros(num_users, dtype=np.bool_)
    for factor in _SPEED_UNITS:
        off |= np.abs(np.log(np.maximum(median, 1e-9) / factor)) < _NEAR_FACTOR
    return off


def _is_in_degrees(user: IntArray, yaw: FloatArray, course_rad: FloatArray, num_users: int) -> BoolArray:
    """Return (users,) whether headings are degrees."""
    known = np.isfinite(yaw)
    user, yaw, course_rad = user[known], yaw[known], course_rad[known]
    counts = np.bincount(user, minlength=num_users)
    total = np.maximum(counts, 1)
    as_rad = np.bincount(user, np.cos(yaw - course_rad), minlength=num_users) / total
    as_deg = np.bincount(user, np.cos(np.radians(yaw) - course_rad), minlength=num_users) / total
    large = np.zeros(num_users)
    np.maximum.at(large, user, np.abs(yaw))
    return (counts >= _LEAST_ROWS) & (large > 2.0 * np.pi) & (as_rad < _DISAGREES) & (as_deg > _AGREES)
