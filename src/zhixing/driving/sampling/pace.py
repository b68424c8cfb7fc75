"""How fast the ego may be on its way: limits, curves, and what an appointment at the goal needs."""

from __future__ import annotations

import math

import numpy as np

from zhixing.datatypes.scene import Briefing, EgoBody
from zhixing.datatypes.shapes import FloatArray
from zhixing.driving.line import moving_average
from zhixing.driving.route import Route
from zhixing.driving.route_speed import speed_along
from zhixing.driving.sampling.arrival import Stretch
from zhixing.driving.sampling.config import SamplingConfig

_BEND_POINTS = 7
"""A bend counts over so many metres; what is shorter is a kink of the map."""
_BRISKER_MPS2 = (3.2, 4.0)
"""Sideways, in curves, for those who would be late otherwise; below the comfort bound of 4.89 (nuPlan)."""
_FASTER, _SPARE_MPS, _SPARE_S = 1.4, 3.0, 0.3


def allowed_speed(
    route: Route, config: SamplingConfig, body: EgoBody, needed_mps: float = 0.0, lateral_accel_mps2: float = 0.0
) -> FloatArray:
    """Return (points,) the speed that limit, curves and steering allow, with room to slow down before they do.

    Args:
        route: The way to the goal.
        config: How the driver drives.
        body: How fast its wheels turn.
        needed_mps: Where no limit is signed, the goal's appointment may need more than is usual there.
        lateral_accel_mps2: In curves, if more than the driver's usual.
    """
    bend = moving_average(route.line.curvature_radpm, _BEND_POINTS)
    limit = np.maximum(route.limit_mps, needed_mps)
    lateral = max(config.lateral_accel_mps2, lateral_accel_mps2)
    return speed_along(route, body, limit, bend, lateral, config.curve_decel_mps2)


def pace_for(
    route: Route, config: SamplingConfig, briefing: Briefing, stretch: Stretch | None, now_ns: int, *, is_unsigned: bool
) -> FloatArray:
    """Return (points,) the allowed speed with which the goal's appointment can be kept, if there is one.

    Args:
        route: The way to the goal.
        config: How the driver drives.
        briefing: The task.
        stretch: Where the route leads through the goal, None where it does not.
        now_ns: When it begins.
        is_unsigned: Whether the map knows no speed limits at all.
    """
    if stretch is None or briefing.goal.time_ns is None:
        return allowed_speed(route, config, briefing.body)
    left_s = (briefing.goal.time_ns[1] - now_ns) * 1e-9
    needed_mps = _needed_mps(stretch, briefing, left_s, route.start_m) if is_unsigned else 0.0
    pace = allowed_speed(route, config, briefing.body, needed_mps)
    for lateral_mps2 in _BRISKER_MPS2:
        if _travel_s(pace, briefing.start.speed_mps, config.accel_mps2, route.start_m, stretch.begin_m) <= left_s:
            break
        pace = allowed_speed(route, config, briefing.body, needed_mps, lateral_mps2)
    return pace


def _needed_mps(stretch: Stretch, briefing: Briefing, left_s: float, start_m: float) -> float:
    """Return the speed that a steady acceleration ends with that keeps the goal's appointment."""
    mean_mps = max(stretch.begin_m - start_m, 0.0) / max(left_s, 0.5)
    return min(2.0 * mean_mps - briefing.start.speed_mps, _FASTER * mean_mps) + _SPARE_MPS


def _travel_s(allowed_mps: FloatArray, speed_mps: float, accel_mps2: float, from_m: float, to_m: float) -> float:
    """Return how long it takes along a line with points one metre apart, and a little more."""
    total_s = _SPARE_S
    for at in range(max(int(from_m), 0), min(int(to_m), allowed_mps.shape[0] - 1)):
        later_mps = min(math.sqrt(speed_mps**2 + 2.0 * accel_mps2), float(allowed_mps[at + 1]))
        total_s += 2.0 / max(speed_mps + later_mps, 0.1)
        speed_mps = later_mps
    return total_s
