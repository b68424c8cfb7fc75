"""How hard to accelerate or brake for the free road, for whoever is ahead, and for a place to stop at.

The intelligent driver model brakes without measure when somebody cuts in closely, although nothing dangerous happens
as long as that one is not slower. So its answer is tempered by what would be needed if everybody kept the present
acceleration (the constant-acceleration heuristic).

Source: Treiber, Hennecke, Helbing (2000), "Congested traffic states in empirical observations and microscopic
simulations", eq. 2 and 3; Kesting, Treiber, Helbing (2010), "Enhanced intelligent driver model to access the impact
of driving strategies on traffic capacity", eq. 2.3 to 2.5.
"""

from __future__ import annotations

import math

from numba import njit

_COOLNESS = 0.99
"""Kesting et al. (2010), table 2."""
_WORST_MPS2 = 8.0
_STOP_MARGIN_M = 0.5
_STOP_HEADWAY_S = 0.9


@njit(cache=True)
def free_accel(v: float, v0: float, a: float, b: float) -> float:
    """Return the acceleration on a free road; faster than wanted is taken back softly.

    Args:
        v: Speed, m/s.
        v0: Wanted speed, m/s, above 0.
        a: Acceleration at most, m/s².
        b: Comfortable deceleration, positive, m/s².
    """
    if v <= v0:
        return a * (1.0 - (v / v0) ** 4)
    return max(-b, -1.0 * (v - v0) - 0.5 * b * (v / v0 - 1.0))


@njit(cache=True)
def follow_accel(
    v: float, gap: float, lead: float, lead_accel: float, headway: float, standstill: float, a: float, b: float
) -> float:
    """Return the acceleration behind somebody.

    Args:
        v: Speed, m/s.
        gap: From the own front to the other's rear, m; infinity where nobody is.
        lead: Speed of the other along the own way, m/s.
        lead_accel: Acceleration of the other, m/s².
        headway: Wanted time gap, s.
        standstill: Wanted gap when standing, m.
        a: Acceleration at most, m/s².
        b: Comfortable deceleration, positive, m/s².
    """
    if gap == math.inf:
        return a
    s = max(gap, 0.1)
    wanted = standstill + max(0.0, v * headway + v * (v - lead) / (2.0 * math.sqrt(a * b)))
    idm = max(a * (1.0 - (wanted / s) ** 2), -2.0 * _WORST_MPS2)
    needed = _same_accel_needed(v, s, max(lead, 0.0), min(lead_accel, a))
    if idm >= needed:
        return idm
    return (1.0 - _COOLNESS) * idm + _COOLNESS * (needed + b * math.tanh((idm - needed) / b))


@njit(cache=True)
def _same_accel_needed(v: float, gap: float, lead: float, lead_accel: float) -> float:
    """Return the acceleration that just avoids touching if the other keeps its own until it stands."""
    if lead < 0.1:
        return max(-v * v / (2.0 * gap), -2.0 * _WORST_MPS2)
    if lead_accel < 0.0 and lead * (v - lead) <= -2.0 * gap * lead_accel:
        return v * v * lead_accel / (lead * lead - 2.0 * gap * lead_accel)
    closing = max(v - lead, 0.0)
    return max(lead_accel - closing * closing / (2.0 * gap), -2.0 * _WORST_MPS2)


@njit(cache=True)
def stop_accel(v: float, distance: float, a: float, b: float) -> float:
    """Return the acceleration with which one comes to stand at a point, as if something stood a little behind it.

    Args:
        v: Speed, m/s.
        distance: From the own front to the point, m; negative behind it.
        a: Acceleration at most, m/s².
        b: Comfortable deceleration, positive, m/s².
    """
    return follow_accel(v, distance + _STOP_MARGIN_M, 0.0, 0.0, _STOP_HEADWAY_S, _STOP_MARGIN_M, a, b)
