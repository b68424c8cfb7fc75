"""Conversions between SI and what people and files use; called at the edges only.

SI inside, always: metres, seconds, radians, and integer nanoseconds for points in time.
"""

from __future__ import annotations

NS_PER_S = 1_000_000_000


def mps_from_kmh(speed_kmh: float) -> float:
    """Return metres per second.

    Example:
        >>> mps_from_kmh(72.0)
        20.0
    """
    return speed_kmh / 3.6


def kmh_from_mps(speed_mps: float) -> float:
    """Return kilometres per hour.

    Example:
        >>> kmh_from_mps(20.0)
        72.0
    """
    return speed_mps * 3.6


def mps_from_mph(speed_mph: float) -> float:
    """Return metres per second from statute miles per hour (1 mile is 1609.344 m by definition).

    Example:
        >>> round(mps_from_mph(40.0), 4)
        17.8816
    """
    return speed_mph * 1609.344 / 3600.0


def ns_from_s(time_s: float) -> int:
    """Return integer nanoseconds, rounded to the nearest.

    Example:
        >>> ns_from_s(0.1)
        100000000
    """
    return round(time_s * NS_PER_S)


def s_from_ns(time_ns: int) -> float:
    """Return seconds.

    Example:
        >>> s_from_ns(1_500_000_000)
        1.5
    """
    return time_ns / NS_PER_S
