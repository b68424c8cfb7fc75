"""How one moves."""

from __future__ import annotations

import numpy as np

from zhixing.dataloop.mining.measuring import Measuring
from zhixing.dataloop.mining.prepared import PreparedDrive
from zhixing.datatypes.localized import Localized
from zhixing.datatypes.shapes import FloatArray

FULL_BRAKES_MPS2 = 8.0
STANDING_MPS = 0.3
"""Positions of recordings jitter; who is slower stands."""
LATELY_S = 8.0
"""A turn in a junction is over in this time."""


def _seen_for_s(drive: PreparedDrive) -> FloatArray:
    first = drive.there.argmax(axis=1)
    since = drive.time_s - drive.time_s[first][:, None] if drive.time_s.size else np.zeros(drive.there.shape)
    return np.where(drive.there, since, np.nan)


def _size_m(drive: PreparedDrive, column: int) -> FloatArray:
    return np.where(drive.there, drive.size_m[:, column, None], np.nan)


def _is_standing(drive: PreparedDrive) -> FloatArray:
    return np.where(drive.there, np.abs(drive.speed_mps) < STANDING_MPS, np.nan)


def _sideways_mps(drive: PreparedDrive) -> FloatArray:
    velocity, yaw = drive.velocity_mps, drive.yaw_rad
    return np.asarray(np.cos(yaw) * velocity[..., 1] - np.sin(yaw) * velocity[..., 0])


def _lateral_accel_mps2(drive: PreparedDrive) -> FloatArray:
    return drive.speed_mps * drive.rate(drive.turned_rad)


def _turned_lately_rad(drive: PreparedDrive) -> FloatArray:
    before = np.searchsorted(drive.time_s, drive.time_s - LATELY_S - 1e-9, side="left")
    first = drive.there.argmax(axis=1)
    start = np.maximum(before, first[:, None])
    filled = drive.turned_rad_filled
    return np.where(drive.there, filled - np.take_along_axis(filled, start, axis=1), np.nan)


def _travelled_m(drive: PreparedDrive) -> FloatArray:
    away = np.zeros(drive.there.shape)
    steps = np.arange(drive.time_s.size)
    known = np.maximum.accumulate(np.where(drive.there, steps, -1), axis=1)
    xy = np.take_along_axis(drive.xy_m, np.maximum(known, 0)[..., None], axis=1)
    xy = np.where(known[..., None] < 0, np.nan, xy)
    straight_m = np.hypot(*np.moveaxis(np.diff(xy, axis=1), -1, 0))
    # From one jittering position to the next even who stands would come along.
    fitted = np.hypot(*np.moveaxis(drive.velocity_mps, -1, 0))
    fitted_mps = 0.5 * (fitted[:, :-1] + fitted[:, 1:])
    stands = drive.there[:, :-1] & drive.there[:, 1:] & (fitted_mps < STANDING_MPS)
    step_m = np.where(stands, fitted_mps * np.diff(drive.time_s), straight_m)
    away[:, 1:] = np.cumsum(np.nan_to_num(step_m), axis=1)
    return np.where(drive.there, away, np.nan)


MOTION = (
    Measuring(
        "is_there",
        Localized("a 在此刻存在", "a is there.", "a ist da."),
        lambda drive: drive.there.astype(np.float64),
    ),
    Measuring(
        "seen_for_s",
        Localized("a 首次出现至今的时间", "Time since a was first there.", "Zeit, seit a zum ersten Mal da war."),
        _seen_for_s,
    ),
    Measuring(
        "length_m",
        Localized("a 的长度", "Length of a.", "Länge von a."),
        lambda drive: _size_m(drive, 0),
    ),
    Measuring(
        "width_m",
        Localized("a 的宽度", "Width of a.", "Breite von a."),
        lambda drive: _size_m(drive, 1),
    ),
    Measuring(
        "speed_mps",
        Localized(
            "a 沿车头方向的速度，倒车为负",
            "Speed of a along its heading, negative in reverse.",
            "Geschwindigkeit von a entlang seiner Richtung, rückwärts negativ.",
        ),
        lambda drive: drive.speed_mps,
    ),
    Measuring(
        "is_standing",
        Localized("a 静止（低于 0.3 m/s）", "a stands (slower than 0.3 m/s).", "a steht (langsamer als 0,3 m/s)."),
        _is_standing,
    ),
    Measuring(
        "accel_mps2",
        Localized(
            "a 的纵向加速度：±0.4 s 内速度的拟合斜率",
            "Acceleration of a along its heading: the slope of its speed, fitted over ±0.4 s.",
            "Beschleunigung von a entlang seiner Richtung: Steigung der Geschwindigkeit, über ±0,4 s ausgeglichen.",
        ),
        lambda drive: drive.accel_mps2,
    ),
    Measuring(
        "jerk_mps3",
        Localized(
            "a 的加加速度：±0.4 s 内加速度的拟合斜率",
            "Jerk of a: the slope of its acceleration, fitted over ±0.4 s.",
            "Ruck von a: Steigung der Beschleunigung, über ±0,4 s ausgeglichen.",
        ),
        lambda drive: drive.rate(drive.accel_mps2),
    ),
    Measuring(
        "sideways_mps",
        Localized(
            "a 的中心垂直于车头方向的横向速度，向左为正",
            "How fast the centre of a moves across its heading, left positive.",
            "Wie schnell sich die Mitte von a quer zu seiner Richtung bewegt, links positiv.",
        ),
        _sideways_mps,
    ),
    Measuring(
        "yaw_rate_radps",
        Localized(
            "a 的横摆角速度，±0.4 s 拟合，左转为正",
            "How fast a turns, fitted over ±0.4 s, left positive.",
            "Wie schnell a dreht, über ±0,4 s ausgeglichen, links positiv.",
        ),
        lambda drive: drive.rate(drive.turned_rad),
    ),
    Measuring(
        "turned_rad",
        Localized(
            "a 自首次出现以来转过的角度，左转为正，可超过半圈",
            "How far a has turned since it was first there, left positive, without wrapping.",
            "Wie weit a gedreht hat, seit es zum ersten Mal da war, links positiv, auch über eine halbe Drehung.",
        ),
        lambda drive: drive.turned_rad,
    ),
    Measuring(
        "turned_lately_rad",
        Localized(
            "a 最近 8 s 内（或自首次出现以来）转过的角度，左转为正",
            "How far a has turned in the last 8 s, or since it was first there, left positive.",
            "Wie weit a in den letzten 8 s gedreht hat, oder seit es da ist, links positiv.",
        ),
        _turned_lately_rad,
    ),
    Measuring(
        "lateral_accel_mps2",
        Localized(
            "a 的横向加速度：速度乘以横摆角速度，左为正",
            "Lateral acceleration of a: its speed times its yaw rate, left positive.",
            "Querbeschleunigung von a: Geschwindigkeit mal Gierrate, links positiv.",
        ),
        _lateral_accel_mps2,
    ),
    Measuring(
        "lateral_jerk_mps3",
        Localized(
            "a 的横向加加速度：±0.4 s 内横向加速度的拟合斜率，左为正",
            "Lateral jerk of a: the slope of its lateral acceleration, fitted over ±0.4 s, left positive.",
            "Querruck von a: die Steigung seiner Querbeschleunigung, über ±0,4 s ausgeglichen, links positiv.",
        ),
        lambda drive: drive.rate(_lateral_accel_mps2(drive)),
    ),
    Measuring(
        "stopping_m",
        Localized(
            "a 以 8 m/s² 全力制动的停车距离（MSD）",
            "Way in which a stops with 8 m/s² (MSD).",
            "Weg, auf dem a mit 8 m/s² anhält (MSD).",
        ),
        lambda drive: drive.speed_mps**2 / (2.0 * FULL_BRAKES_MPS2),
        source="Allen, Shin and Cooper (1978), minimum stopping distance, without response",
    ),
    Measuring(
        "travelled_m",
        Localized(
            "a 自首次出现以来走过的路程",
            "How far a has come since it was first there, along its way.",
            "Welchen Weg a zurückgelegt hat, seit es zum ersten Mal da war.",
        ),
        _travelled_m,
    ),
)
