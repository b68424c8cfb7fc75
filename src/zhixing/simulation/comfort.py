"""Was it a smooth ride: derivatives of a trace against what people find comfortable.

Source: nuPlan closed-loop metrics, "ego is comfortable": its bounds, and its smoothing by Savitzky-Golay filters
(Savitzky and Golay 1964).
"""

from __future__ import annotations

import math

import numpy as np

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
_SHORT_WINDOW, _LONG_WINDOW = 9, 15


def comfort(trace: Trace) -> dict[str, float]:
    """Return ``comfort`` (1 or 0), the extremes that decide it, and how often the ego braked hard.

    Longitudinal acceleration is the smoothed rate of speed, lateral acceleration speed times yaw rate.
    """
    speed, yaw = trace.speed_mps, np.unwrap(trace.yaw_rad)
    accel = savitzky_golay(trace.accel_mps2, _SHORT_WINDOW, 2, 0)
    yaw_rate = savitzky_golay(yaw, _LONG_WINDOW, 2, 1)
    lateral = speed * yaw_rate
    longitudinal_jerk = savitzky_golay(accel, _LONG_WINDOW, 2, 1)
    jerk = savitzky_golay(np.hypot(accel, lateral), _LONG_WINDOW, 2, 1)
    yaw_accel = savitzky_golay(yaw, _LONG_WINDOW, 3, 2)
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


def savitzky_golay(values: FloatArray, window: int, order: int, derivative: int) -> FloatArray:
    """Return a smoothed signal or its derivative: in each window a polynomial is fitted by least squares.

    At both ends the polynomial of the outermost full window is used. Shorter signals get a shorter window; what is
    too short for the derivative gives 0.

    Args:
        values: (steps,) every 0.1 s.
        window: Odd number of steps.
        order: Of the polynomial.
        derivative: 0, 1 or 2; in units per second to that power.

    Example:
        >>> time_s = 0.1 * np.arange(30.0)
        >>> savitzky_golay(time_s**2, 9, 2, 1)[[5, 10, 29]].round(6).tolist()
        [1.0, 2.0, 5.8]
    """
    steps = values.shape[0]
    window = min(window, steps if steps % 2 else steps - 1)
    if window <= order:
        return np.zeros(steps) if derivative or steps == 0 else values.copy()
    half = window // 2
    offsets_s = _DT_S * np.arange(-half, half + 1, dtype=np.float64)
    fit = np.linalg.pinv(np.vander(offsets_s, order + 1, increasing=True))
    result = np.empty(steps)
    result[half : steps - half] = math.factorial(derivative) * np.correlate(values, fit[derivative], mode="valid")
    for edge, part in ((slice(0, half), values[:window]), (slice(steps - half, steps), values[steps - window :])):
        polynomial = np.polynomial.Polynomial(fit @ part).deriv(derivative)
        result[edge] = polynomial(offsets_s[:half] if edge.start == 0 else offsets_s[half + 1 :])
    return result
