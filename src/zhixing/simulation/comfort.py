"""Was it a smooth ride: derivatives of a trace against what people find comfortable.

Source: nuPlan closed-loop metrics, "ego is comfortable": its bounds, and its smoothing by Savitzky-Golay filters with
the windows and orders of ``state_extractors.py`` in nuplan-devkit 1.2.
"""

from __future__ import annotations

import numpy as np
from scipy.signal import savgol_filter

from zhixing.datatypes.evidence import Trace
from zhixing.datatypes.shapes import FloatArray

MIN_ACCEL_MPS2 = -4.05
MAX_ACCEL_MPS2 = 2.40
MAX_LATERAL_ACCEL_MPS2 = 4.89
MAX_JERK_MPS3 = 8.37
MAX_LONGITUDINAL_JERK_MPS3 = 4.13
MAX_YAW_RATE_RADPS = 0.95
MAX_YAW_ACCEL_RADPS2 = 1.93
HARD_BRAKE_MPS2 = -4.05

_DT_S = 0.1
_ACCEL_WINDOW, _JERK_WINDOW, _YAW_WINDOW = 7, 15, 5
"""nuPlan smooths accelerations over 8 steps; an even window shifts them by half a step, and where the filter ends that
makes jerk out of nothing (4.65 m/s³ of a steady 4.0), so it is the odd one below."""


def comfort(trace: Trace) -> dict[str, float]:
    """Return ``comfort`` (1 or 0), the extremes that decide it, and how often the ego braked hard.

    Longitudinal acceleration is the smoothed rate of speed, lateral acceleration speed times yaw rate.
    """
    speed, yaw = trace.speed_mps, np.unwrap(trace.yaw_rad)
    accel = _smooth(trace.accel_mps2, _ACCEL_WINDOW, 2, 0)
    yaw_rate = _smooth(yaw, _YAW_WINDOW, 2, 1)
    lateral = speed * yaw_rate
    longitudinal_jerk = _smooth(accel, _JERK_WINDOW, 2, 1)
    jerk = _smooth(np.hypot(accel, lateral), _JERK_WINDOW, 2, 1)
    yaw_accel = _smooth(yaw, _YAW_WINDOW, 3, 2)
    is_comfortable = (
        accel.min() >= MIN_ACCEL_MPS2
        and accel.max() <= MAX_ACCEL_MPS2
        and np.abs(lateral).max() <= MAX_LATERAL_ACCEL_MPS2
        and np.abs(jerk).max() <= MAX_JERK_MPS3
        and np.abs(longitudinal_jerk).max() <= MAX_LONGITUDINAL_JERK_MPS3
        and np.abs(yaw_rate).max() <= MAX_YAW_RATE_RADPS
        and np.abs(yaw_accel).max() <= MAX_YAW_ACCEL_RADPS2
    )
    is_hard = trace.accel_mps2 < HARD_BRAKE_MPS2
    return {
        "comfort": float(is_comfortable),
        "min_accel_mps2": float(accel.min()),
        "max_accel_mps2": float(accel.max()),
        "max_lateral_accel_mps2": float(np.abs(lateral).max()),
        "max_jerk_mps3": float(np.abs(jerk).max()),
        "max_longitudinal_jerk_mps3": float(np.abs(longitudinal_jerk).max()),
        "max_yaw_rate_radps": float(np.abs(yaw_rate).max()),
        "max_yaw_accel_radps2": float(np.abs(yaw_accel).max()),
        "hard_brakes": float((is_hard[1:] & ~is_hard[:-1]).sum() + is_hard[0]),
    }


def _smooth(values: FloatArray, window: int, order: int, derivative: int) -> FloatArray:
    """Return a smoothed signal or its derivative; what is too short to be smoothed is as it is, its derivative 0."""
    window = min(window, values.shape[0])
    if window <= order:
        return np.zeros_like(values) if derivative else values.copy()
    smoothed: FloatArray = savgol_filter(values, window, order, deriv=derivative, delta=_DT_S)
    return smoothed
