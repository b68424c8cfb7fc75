"""How fast one may be at each point of a route."""

from __future__ import annotations

import math

import numpy as np

from zhixing.datatypes.shapes import FloatArray
from zhixing.driving.route import Route

_UNMAPPED_LIMIT_MPS = 8.0
"""Where no lanes lead, one goes slowly."""


def speed_along(
    route: Route, limit_mps: FloatArray, bend_radpm: FloatArray, lateral_accel_mps2: float, decel_mps2: float
) -> FloatArray:
    """Return (points,) the speed that limit and curves allow, with room to slow down before they do.

    Args:
        route: The way to the goal.
        limit_mps: (points,) that must not be exceeded.
        bend_radpm: (points,) curvature by which it turns.
        lateral_accel_mps2: At most in curves.
        decel_mps2: With which one slows down for what comes.
    """
    s_m = route.line.s_m
    curve = np.sqrt(lateral_accel_mps2 / np.maximum(np.abs(bend_radpm), 1e-4))
    allowed: FloatArray = np.minimum(limit_mps, curve)
    if not route.is_mapped:
        allowed = np.minimum(allowed, _UNMAPPED_LIMIT_MPS)
    for k in range(allowed.shape[0] - 2, -1, -1):
        allowed[k] = min(allowed[k], math.sqrt(allowed[k + 1] ** 2 + 2.0 * decel_mps2 * (s_m[k + 1] - s_m[k])))
    return allowed
