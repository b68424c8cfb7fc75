"""How fast one may be at each point of a route."""

from __future__ import annotations

import math

import numpy as np

from zhixing.datatypes.scene import EgoBody
from zhixing.datatypes.shapes import FloatArray
from zhixing.driving.bicycle import steer_along_rad
from zhixing.driving.route import Route

_WHEEL_SHARE = 0.8
"""Of the steering rate, for following the line; the rest corrects."""
_UNMAPPED_LIMIT_MPS = 8.0
"""Where no lanes lead, one goes slowly."""


def speed_along(
    route: Route,
    body: EgoBody,
    limit_mps: FloatArray,
    bend_radpm: FloatArray,
    lateral_accel_mps2: float,
    decel_mps2: float,
) -> FloatArray:
    """Return (points,) the speed that limit, curves and steering allow, with room to slow down before they do.

    Args:
        route: The way to the goal.
        body: How fast its wheels turn.
        limit_mps: (points,) that must not be exceeded.
        bend_radpm: (points,) curvature by which it turns.
        lateral_accel_mps2: At most in curves.
        decel_mps2: With which one slows down for what comes.
    """
    s_m = route.line.s_m
    curve = np.sqrt(lateral_accel_mps2 / np.maximum(np.abs(bend_radpm), 1e-4))
    turn_radpm = np.abs(np.gradient(steer_along_rad(route.line.curvature_radpm, 1.0, body.wheelbase_m), s_m))
    wheel = _WHEEL_SHARE * body.max_steer_rate_radps / np.maximum(turn_radpm, 1e-3)
    allowed: FloatArray = np.minimum(np.minimum(limit_mps, wheel), curve)
    if not route.is_mapped:
        allowed = np.minimum(allowed, _UNMAPPED_LIMIT_MPS)
    for k in range(allowed.shape[0] - 2, -1, -1):
        allowed[k] = min(allowed[k], math.sqrt(allowed[k + 1] ** 2 + 2.0 * decel_mps2 * (s_m[k + 1] - s_m[k])))
    return allowed
