"""How closely the ego followed: the time that is left to whoever drives in front of it."""

from __future__ import annotations

import math

import numpy as np

from zhixing.datatypes.evidence import Scenario, Trace

_SHORT_S = 1.0
"""Below this it is tailgating (half of the two-second rule, as many fines tables have it)."""
_SLOW_MPS = 2.0
_SAME_WAY_RAD = math.radians(30.0)


class HeadwayMetric:
    """Time headway: the gap to who is in front, in the ego's width and going its way, over the ego's speed.

    Source: Vogel (2003), "A comparison of headway and time to collision as safety indicators", Accident Analysis and
    Prevention 35.
    """

    @property
    def name(self) -> str:
        """Registered name."""
        return "headway"

    def measure(self, trace: Trace, scenario: Scenario) -> dict[str, float]:
        """Return the shortest headway and how long it was below one second; NaN where nobody was in front."""
        tracks, body = trace.background, scenario.body
        away = tracks.xy_m - trace.xy_m
        cos, sin = np.cos(trace.yaw_rad), np.sin(trace.yaw_rad)
        ahead_m = cos * away[..., 0] + sin * away[..., 1]
        aside_m = -sin * away[..., 0] + cos * away[..., 1]
        turn = np.abs((tracks.yaw_rad - trace.yaw_rad + math.pi) % (2.0 * math.pi) - math.pi)
        is_in_front = tracks.valid & (ahead_m > 0.0) & (turn < _SAME_WAY_RAD) & (trace.speed_mps > _SLOW_MPS)
        is_in_front &= np.abs(aside_m) < 0.5 * (body.width_m + tracks.size_m[:, 1:])
        gap_m = np.maximum(0.0, ahead_m - 0.5 * (body.length_m + tracks.size_m[:, :1]))
        headway_s = np.where(is_in_front, gap_m / np.maximum(trace.speed_mps, _SLOW_MPS), np.inf)
        shortest_s = headway_s.min(axis=0, initial=np.inf)
        least_s = float(shortest_s.min())
        passed_s = np.diff(trace.time_ns, append=trace.time_ns[-1:]) * 1e-9
        return {
            "min_s": least_s if math.isfinite(least_s) else math.nan,
            "below_1_s": float(passed_s[shortest_s < _SHORT_S].sum()),
        }
