"""What moves the car and what it costs: motion, motor and battery, as their sensors tell of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import replace

from zhixing.datatypes.signal import Value
from zhixing.vehicle.energy import J_PER_KWH, Battery, CarBody
from zhixing.vehicle.motion import TRAVELLED, Motion

_BATTERY = "Vehicle.Powertrain.TractionBattery"
CHARGE = f"{_BATTERY}.StateOfCharge.Current"
_DISPLAYED, _ENERGY = f"{_BATTERY}.StateOfCharge.Displayed", f"{_BATTERY}.StateOfCharge.CurrentEnergy"
_RANGE, _BATTERY_RANGE = "Vehicle.Powertrain.Range", f"{_BATTERY}.Range"
_BATTERY_W, _MOTOR_KW = f"{_BATTERY}.CurrentPower", "Vehicle.Powertrain.ElectricMotor.Power"

_AWAKE_W = 300.0
"""Computers, sensors, lamps and pumps of a car that is awake; usual are 200 to 500 W."""
_PERSON_KG = 75.0
"""Somebody with their luggage: Regulation (EU) 1230/2012, article 2."""
_POWER_STEP_W = 100.0


class Powertrain:
    """Motion, motor and battery of a car.

    Args:
        number: A current value by path, or what is given where there is none.

    Attributes:
        motion: How it moves.
        battery: What it has left.
    """

    def __init__(self, number: Callable[[str, float], float]) -> None:
        self._number = number
        self.motion = Motion(number(TRAVELLED, 0.0))
        usual = CarBody()
        self._curb_kg = number("Vehicle.CurbWeight", usual.mass_kg) or usual.mass_kg
        self._body = CarBody(
            mass_kg=self._curb_kg,
            max_power_w=number("Vehicle.Powertrain.ElectricMotor.MaxPower", 0.0) * 1e3 or usual.max_power_w,
            max_regeneration_w=number("Vehicle.Powertrain.ElectricMotor.MaxRegenPower", 0.0) * 1e3
            or usual.max_regeneration_w,
        )
        self._capacity_kwh = number(f"{_BATTERY}.NetCapacity", 0.0) or 75.0
        self.battery = Battery(number(CHARGE, 64.0), self._capacity_kwh)
        self._wheel_w = self._traction_w = 0.0
        self._told: dict[str, Value] = {}

    def charge(self, but: Collection[str] = ()) -> Iterator[tuple[str, Value]]:
        """Take over the charge that was reported, and yield what follows from it.

        Args:
            but: Signals that have been told otherwise.
        """
        self.battery = Battery(self._number(CHARGE, 64.0), self._capacity_kwh)
        self._told.clear()
        return ((path, value) for path, value in list(self.news(None)) if path not in but)

    def load(self, num_people: int) -> None:
        """Hear how many people are in the car."""
        mass_kg = self._curb_kg + _PERSON_KG * num_people
        if mass_kg != self._body.mass_kg:
            self._body = replace(self._body, mass_kg=mass_kg)

    def move(self, speed_mps: float, yaw_rad: float, dt_s: float, slope_rad: float) -> None:
        """Move as the driver says, and pay for it."""
        before_mps = self.motion.speed_mps
        self.motion.move(speed_mps, yaw_rad, dt_s)
        wheel_j = self._body.wheel_j(before_mps, speed_mps, dt_s, slope_rad)
        battery_j = self._body.battery_j(wheel_j, speed_mps, dt_s)
        self.battery.use(battery_j)
        if dt_s <= 0.0:
            return
        if self.motion.is_jump:  # its energy has been paid, but no motor has shown that power
            wheel_j -= self._body.kinetic_j(speed_mps) - self._body.kinetic_j(before_mps)
            battery_j = self._body.battery_j(wheel_j, speed_mps, dt_s)
        self._wheel_w = min(max(wheel_j / dt_s, -self._body.max_regeneration_w), self._body.max_power_w)
        self._traction_w = battery_j / dt_s

    def idle(self, climate_w: float, dt_s: float) -> None:
        """Pay for what is on: the car's own electronics and its climate."""
        self.battery.use((_AWAKE_W + climate_w) * dt_s)

    def news(self, climate_w: float | None) -> Iterator[tuple[str, Value]]:
        """Yield what battery and motor tell, where it has changed since.

        Args:
            climate_w: What the climate draws; None to leave out power.
        """
        battery = self.battery
        charge_percent, range_m = battery.charge_percent, round(battery.range_m / 1000.0) * 1000
        now: list[tuple[str, Value]] = [
            (CHARGE, round(charge_percent, 1)),
            (_DISPLAYED, float(round(charge_percent))),
            (_ENERGY, round(battery.energy_j / J_PER_KWH, 1)),
            (_RANGE, range_m),
            (_BATTERY_RANGE, range_m),
        ]
        if climate_w is not None:
            out_w = self._traction_w + _AWAKE_W + climate_w
            now.append((_BATTERY_W, -_POWER_STEP_W * round(out_w / _POWER_STEP_W) + 0.0))  # positive is charging
            now.append((_MOTOR_KW, round(self._wheel_w / 1e3)))
        for path, value in now:
            if self._told.get(path) != value:
                self._told[path] = value
                yield path, value
