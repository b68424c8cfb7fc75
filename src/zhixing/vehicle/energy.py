"""How driving empties the battery."""

from __future__ import annotations

_FULL_RANGE_M = 500_000.0
_CITY_MPS = 14.0


class Battery:
    """A battery that only driving empties.

    Consumption per metre is that of city traffic, plus air drag that grows with the square of the speed: at 33 m/s
    (120 km/h) it is about twice as much, as typical for electric cars (WLTP city against motorway).

    Args:
        charge_percent: How full it is.

    Example:
        >>> battery = Battery(64.0)
        >>> battery.range_m
        320000.0
        >>> battery.drive(10_000.0, 14.0)
        >>> round(battery.charge_percent, 1)
        62.0
    """

    def __init__(self, charge_percent: float) -> None:
        self.charge_percent = charge_percent

    @property
    def range_m(self) -> float:
        """How far it lasts in the city."""
        return self.charge_percent / 100.0 * _FULL_RANGE_M

    def drive(self, distance_m: float, speed_mps: float) -> None:
        """Use what a distance at a speed takes; never below empty."""
        factor = 0.8 + 0.2 * (speed_mps / _CITY_MPS) ** 2
        self.charge_percent = max(0.0, self.charge_percent - 100.0 * distance_m * factor / _FULL_RANGE_M)
