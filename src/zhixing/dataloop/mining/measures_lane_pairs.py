"""Where two are to each other on the map."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from zhixing.dataloop.mining.lane_match import LaneMatch
from zhixing.dataloop.mining.lane_relations import REACH_M
from zhixing.dataloop.mining.measuring import Measuring, OfTwo
from zhixing.dataloop.mining.prepared import PreparedDrive
from zhixing.datatypes.localized import Localized
from zhixing.datatypes.road import NO_LANE
from zhixing.datatypes.shapes import BoolArray, FloatArray, IntArray

_Cells = tuple[IntArray, ...]
"""Rows (…, 1) and steps (1, …) of a table over objects and steps."""


def _on_lanes(function: Callable[[PreparedDrive, LaneMatch, _Cells, _Cells], FloatArray | BoolArray]) -> OfTwo:
    """Return a measure that is undefined without a road and where one of the two is on no lane."""

    def measured(drive: PreparedDrive, one: int, others: IntArray, steps: slice) -> FloatArray:
        lanes = drive.lanes
        columns = np.arange(drive.time_ns.size)[steps]
        mine, theirs = np.ix_(np.array([one]), columns), np.ix_(others, columns)
        if lanes is None:
            return np.full((others.size, columns.size), np.nan)
        is_off = (lanes.lane[mine] == NO_LANE) | (lanes.lane[theirs] == NO_LANE)
        return np.where(is_off, np.nan, function(drive, lanes, mine, theirs))

    return measured


def _is_in_same_lane(_: PreparedDrive, lanes: LaneMatch, one: _Cells, others: _Cells) -> BoolArray:
    return np.asarray(lanes.lane[one] == lanes.lane[others])


def _is_beside(side: int) -> OfTwo:
    def beside(drive: PreparedDrive, _: LaneMatch, one: _Cells, others: _Cells) -> BoolArray:
        place = drive.lane_place[1]
        return np.asarray(drive.lane_sides[place[one], place[others]] == side)

    return _on_lanes(beside)


def _lane_ahead_m(drive: PreparedDrive, lanes: LaneMatch, one: _Cells, others: _Cells) -> FloatArray:
    place = drive.lane_place[1]
    ahead_m = drive.lane_ahead_m[place[one], place[others]] + lanes.s_m[others] - lanes.s_m[one]
    back_m = drive.lane_ahead_m[place[others], place[one]] + lanes.s_m[one] - lanes.s_m[others]
    nearer = np.where(np.abs(ahead_m) <= np.abs(back_m), ahead_m, -back_m)
    return np.where(np.abs(nearer) <= REACH_M, nearer, np.inf)


LANE_PAIRS = (
    Measuring(
        "is_in_same_lane",
        Localized("a 与 b 在同一车道", "a and b follow the same lane.", "a und b folgen derselben Spur."),
        of_two=_on_lanes(_is_in_same_lane),
    ),
    Measuring(
        "is_in_left_lane",
        Localized(
            "b 所在车道紧邻 a 所在车道（或其后续车道）左侧，方向相同",
            "The lane of b is next to that of a, or to what follows it, on the left, and runs the same way.",
            "Die Spur von b liegt gleichgerichtet links neben der von a oder deren Fortsetzung.",
        ),
        of_two=_is_beside(1),
    ),
    Measuring(
        "is_in_right_lane",
        Localized(
            "b 所在车道紧邻 a 所在车道（或其后续车道）右侧，方向相同",
            "The lane of b is next to that of a, or to what follows it, on the right, and runs the same way.",
            "Die Spur von b liegt gleichgerichtet rechts neben der von a oder deren Fortsetzung.",
        ),
        of_two=_is_beside(-1),
    ),
    Measuring(
        "lane_ahead_m",
        Localized(
            "沿车道（150 m 内）b 的中心在 a 中心前方的距离，后方为负；不在同一路径上时无穷大",
            "How far b is ahead of a along lanes, negative behind; infinite if on another way or over 150 m.",
            "Wie weit b entlang der Spuren vor a ist, dahinter negativ; unendlich auf anderem Weg oder über 150 m.",
        ),
        of_two=_on_lanes(_lane_ahead_m),
    ),
)
