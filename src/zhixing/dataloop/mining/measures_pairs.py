"""Where two are to each other, and how they move against each other."""

from __future__ import annotations

import numpy as np

from zhixing.dataloop.mining.boxes import box_gap_m, seen_from, turn_rad
from zhixing.dataloop.mining.measuring import Measuring
from zhixing.dataloop.mining.prepared import PreparedDrive, Users
from zhixing.datatypes.localized import Localized
from zhixing.datatypes.shapes import FloatArray, IntArray


def _both(drive: PreparedDrive, one: int, others: IntArray, steps: slice) -> tuple[Users, Users]:
    return drive.users(np.array([one]), steps), drive.users(others, steps)


def _distance_m(drive: PreparedDrive, one: int, others: IntArray, steps: slice) -> FloatArray:
    return box_gap_m(*_both(drive, one, others, steps))


def _centre_distance_m(drive: PreparedDrive, one: int, others: IntArray, steps: slice) -> FloatArray:
    a, b = _both(drive, one, others, steps)
    return np.hypot(b.x_m - a.x_m, b.y_m - a.y_m)


def _ahead_m(drive: PreparedDrive, one: int, others: IntArray, steps: slice) -> FloatArray:
    return seen_from(*_both(drive, one, others, steps))[0]


def _left_m(drive: PreparedDrive, one: int, others: IntArray, steps: slice) -> FloatArray:
    return seen_from(*_both(drive, one, others, steps))[1]


def _heading_left_rad(drive: PreparedDrive, one: int, others: IntArray, steps: slice) -> FloatArray:
    a, b = _both(drive, one, others, steps)
    return turn_rad(a.yaw_rad, b.yaw_rad)


def _heading_apart_rad(drive: PreparedDrive, one: int, others: IntArray, steps: slice) -> FloatArray:
    return np.abs(_heading_left_rad(drive, one, others, steps))


def _bearing_rad(drive: PreparedDrive, one: int, others: IntArray, steps: slice) -> FloatArray:
    ahead, left = seen_from(*_both(drive, one, others, steps))
    return np.asarray(np.arctan2(left, ahead))


def _closing_mps(drive: PreparedDrive, one: int, others: IntArray, steps: slice) -> FloatArray:
    a, b = _both(drive, one, others, steps)
    dx, dy = b.x_m - a.x_m, b.y_m - a.y_m
    apart = np.maximum(np.hypot(dx, dy), 1e-9)
    return np.asarray(-(dx * (b.vx_mps - a.vx_mps) + dy * (b.vy_mps - a.vy_mps)) / apart)


def _faster_mps(drive: PreparedDrive, one: int, others: IntArray, steps: slice) -> FloatArray:
    a, b = _both(drive, one, others, steps)
    return a.speed_mps - b.speed_mps


PAIRS = (
    Measuring(
        "distance_m",
        Localized(
            "a 与 b 的外廓之间的距离，接触时为 0",
            "Distance between the boxes of a and b, 0 where they touch.",
            "Abstand zwischen den Umrissen von a und b, 0 bei Berührung.",
        ),
        of_two=_distance_m,
    ),
    Measuring(
        "centre_distance_m",
        Localized(
            "a 与 b 的中心距离", "Distance between the centres of a and b.", "Abstand zwischen den Mitten von a und b."
        ),
        of_two=_centre_distance_m,
    ),
    Measuring(
        "ahead_m",
        Localized(
            "b 的中心在 a 中心前方的距离，后方为负",
            "How far the centre of b is ahead of that of a along a's heading, negative behind.",
            "Wie weit die Mitte von b in Richtung von a vor dessen Mitte liegt, dahinter negativ.",
        ),
        of_two=_ahead_m,
    ),
    Measuring(
        "left_m",
        Localized(
            "b 的中心在 a 中心左侧的距离，右侧为负",
            "How far the centre of b is left of that of a, seen along a's heading, negative on the right.",
            "Wie weit die Mitte von b links von der von a liegt, in Richtung von a gesehen, rechts negativ.",
        ),
        of_two=_left_m,
    ),
    Measuring(
        "heading_apart_rad",
        Localized(
            "a 与 b 的航向夹角，0 到 π",
            "Angle between the headings of a and b, 0 to pi.",
            "Winkel zwischen den Richtungen von a und b, 0 bis π.",
        ),
        of_two=_heading_apart_rad,
    ),
    Measuring(
        "heading_left_rad",
        Localized(
            "b 的航向相对 a 向左偏的角度，-π 到 π",
            "How far the heading of b is turned left from that of a, -pi to pi.",
            "Wie weit die Richtung von b gegen die von a nach links gedreht ist, -π bis π.",
        ),
        of_two=_heading_left_rad,
    ),
    Measuring(
        "bearing_rad",
        Localized(
            "从 a 的航向看 b 的中心所在的方位，左为正，-π 到 π",
            "Direction in which a has the centre of b, from a's heading, left positive, -pi to pi.",
            "Richtung, in der a die Mitte von b hat, von der eigenen Richtung aus, links positiv, -π bis π.",
        ),
        of_two=_bearing_rad,
    ),
    Measuring(
        "closing_mps",
        Localized(
            "a 与 b 中心距离缩小的速度，远离时为负",
            "How fast the centres of a and b come nearer, negative where they part.",
            "Wie schnell sich die Mitten von a und b nähern, negativ, wenn sie sich entfernen.",
        ),
        of_two=_closing_mps,
    ),
    Measuring(
        "faster_mps",
        Localized(
            "a 比 b 快多少，各沿自己的航向",
            "Speed of a less that of b, each along its own heading.",
            "Geschwindigkeit von a abzüglich der von b, jede entlang der eigenen Richtung.",
        ),
        of_two=_faster_mps,
    ),
)
