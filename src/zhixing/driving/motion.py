"""How others have moved during the last half second: what a snapshot does not say."""

from __future__ import annotations

import numpy as np

from zhixing.datatypes.shapes import FloatArray, IntArray
from zhixing.datatypes.tracks import Tracks

_WINDOW_NS = 500_000_000
_MAX_ACCEL_MPS2 = 6.0
_MAX_YAW_RATE_RADPS = 0.8
_MIN_TURN_SPEED_MPS = 1.0
"""Headings of what hardly moves are noise."""


def recent_motion(tracks: Tracks, rows: IntArray) -> tuple[FloatArray, FloatArray]:
    """Return mean acceleration and yaw rate over the last half second.

    Args:
        tracks: The last step is now.
        rows: (users,) rows of ``tracks`` that are there now.

    Returns:
        (users,) acceleration in m/s² and (users,) yaw rate in rad/s; 0 for those who were not there half a second
        ago, and where the tracks hold only the present.
    """
    now_ns = tracks.time_ns[-1]
    before = int(np.searchsorted(tracks.time_ns, now_ns - _WINDOW_NS))
    if before >= tracks.num_steps - 1:
        return np.zeros(rows.shape[0]), np.zeros(rows.shape[0])
    window_s = float(now_ns - tracks.time_ns[before]) * 1e-9
    known = tracks.valid[rows, before]
    speed = np.where(known, tracks.speed_mps[rows, before], tracks.speed_mps[rows, -1])
    yaw = np.where(known, tracks.yaw_rad[rows, before], tracks.yaw_rad[rows, -1])
    accel = (tracks.speed_mps[rows, -1] - speed) / window_s
    turn = (tracks.yaw_rad[rows, -1] - yaw + np.pi) % (2.0 * np.pi) - np.pi
    turn = np.where(np.abs(tracks.speed_mps[rows, -1]) < _MIN_TURN_SPEED_MPS, 0.0, turn)
    return (
        np.clip(accel, -_MAX_ACCEL_MPS2, _MAX_ACCEL_MPS2),
        np.clip(turn / window_s, -_MAX_YAW_RATE_RADPS, _MAX_YAW_RATE_RADPS),
    )
