"""What driving takes from the battery, and what it gives back."""

from __future__ import annotations

import math
from dataclasses import dataclass

J_PER_KWH = 3_600_000.0
_G_MPS2 = 9.81


@dataclass(frozen=True, slots=True, kw_only=True)
class CarBody:
    """What resists a car's motion and what moves it.

    Attributes:
        mass_kg: With everybody in it.
        inertia_share: What wheels and rotor add to the mass when it changes speed: UN GTR 15 annex 4, 2.5.1.
        drag_area_m2: Drag coefficient times front: 0.27 of 2.6 m², usual of electric SUVs of 4.7 m.
        rolling: Rolling resistance by weight: tyre class B or C of EU 2020/740, 6.5 to 9.0 N/kN.
        air_kg_m3: Density of the air at 15 °C, ISO 2533.
        efficiency: From battery to wheels, and back: inverter, motor and one gear.
        max_power_w: What the motor can show.
        max_regeneration_w: What the motor brakes with at most; the rest is the friction brakes'.
        least_regeneration_mps: Below it the motor brakes less and less, and not at all at standstill.
    """

    mass_kg: float = 1900.0
    inertia_share: float = 0.03
    drag_area_m2: float = 0.70
    rolling: float = 0.009
    air_kg_m3: float = 1.225
    efficiency: float = 0.90
    max_power_w: float = 180_000.0
    max_regeneration_w: float = 90_000.0
    least_regeneration_mps: float = 2.0

    def resistance_n(self, speed_mps: float, slope_rad: float = 0.0) -> float:
        """Return what tyres and air hold against the motion, always positive.

        Example:
            >>> round(CarBody().resistance_n(33.3))
            643
        """
        rolling_n = self.rolling * self.mass_kg * _G_MPS2 * math.cos(slope_rad)
        return rolling_n + 0.5 * self.air_kg_m3 * self.drag_area_m2 * speed_mps * speed_mps

    def kinetic_j(self, speed_mps: float) -> float:
        """Return the energy of motion, that of wheels and rotor included."""
        return 0.5 * self.mass_kg * (1.0 + self.inertia_share) * speed_mps * speed_mps

    def wheel_j(self, before_mps: float, speed_mps: float, dt_s: float, slope_rad: float = 0.0) -> float:
        """Return the work at the wheels in a step, negative while braking or rolling downhill.

        Args:
            before_mps: Speed at its begin.
            speed_mps: Speed at its end and, for what resists, all through it; negative backwards.
            dt_s: How long it is.
            slope_rad: Of the road ahead, positive uphill.
        """
        distance_m = speed_mps * dt_s
        resistance_j = self.resistance_n(speed_mps, slope_rad) * abs(distance_m)
        lift_j = self.mass_kg * _G_MPS2 * math.sin(slope_rad) * distance_m
        return resistance_j + lift_j + self.kinetic_j(speed_mps) - self.kinetic_j(before_mps)

    def battery_j(self, wheel_j: float, speed_mps: float, dt_s: float) -> float:
        """Return what work at the wheels takes from the battery; negative is what it gives back."""
        if wheel_j >= 0.0:
            return wheel_j / self.efficiency
        share = min(1.0, abs(speed_mps) / self.least_regeneration_mps)
        return -min(-wheel_j, self.max_regeneration_w * dt_s) * share * self.efficiency


class Battery:
    """A battery that gives and takes.

    Args:
        charge_percent: How full it is.
        capacity_kwh: What it holds between empty and full.

    Attributes:
        energy_j: What is in it.
        given_j: What it has given so far.
        taken_j: What it has taken back so far.

    Example:
        >>> battery = Battery(64.0)
        >>> battery.range_m
        320000.0
        >>> battery.use(3_600_000.0)
        >>> round(battery.charge_percent, 1)
        62.7
    """

    REFERENCE_J_PER_M = 540.0
    """150 Wh/km, as WLTP type approval states for SUVs of this size; 75 kWh make 500 km."""

    __slots__ = ("capacity_j", "energy_j", "given_j", "taken_j")

    def __init__(self, charge_percent: float, capacity_kwh: float = 75.0) -> None:
        self.capacity_j = capacity_kwh * J_PER_KWH
        self.energy_j = charge_percent / 100.0 * self.capacity_j
        self.given_j = 0.0
        self.taken_j = 0.0

    @property
    def charge_percent(self) -> float:
        """How full it is."""
        return 100.0 * self.energy_j / self.capacity_j

    @property
    def range_m(self) -> float:
        """How far it lasts at the consumption of its type approval."""
        return self.energy_j / self.REFERENCE_J_PER_M

    def use(self, energy_j: float) -> None:
        """Give energy, or take it where it is negative; an empty one gives nothing, a full one takes nothing."""
        change_j = min(max(-energy_j, -self.energy_j), self.capacity_j - self.energy_j)
        self.energy_j += change_j
        if change_j < 0.0:
            self.given_j -= change_j
        else:
            self.taken_j += change_j
