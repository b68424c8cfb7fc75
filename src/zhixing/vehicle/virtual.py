"""A car of software: it provides every actuator, takes its time, and reports what has come of it."""

from __future__ import annotations

import math
from collections.abc import Mapping

from zhixing.datatypes.signal import Value
from zhixing.datatypes.units import kmh_from_mps, ns_from_s
from zhixing.signals.store import SignalStore
from zhixing.vehicle.energy import Battery
from zhixing.vehicle.followers import followers, lid_position

_RATES_PER_S: tuple[tuple[str, float], ...] = (
    (".Window.Position", 25.0),
    ("Sunroof.Position", 20.0),
    ("Shade.Position", 25.0),
    ("Trunk.Rear.Position", 25.0),
    ("Trunk.Front.Position", 25.0),
    ("Hood.Position", 25.0),
    (".Position", 30.0),
    (".Backrest.Recline", 6.0),
    (".Tilt", 20.0),
    (".Extension", 20.0),
    (".Pan", 40.0),
)
"""What moves by motor, by the end of its path, in its own unit a second: a window takes 4 s, a seat rail 10 s."""

_CABIN_S = 600.0
_CABIN_STEP_C = 0.5
_DRIVE, _PARK = 127, 126
_NAME = "virtual vehicle"


class VirtualVehicle:
    """The provider of all actuators of a store.

    Motors move at their rates and never overshoot; everything else follows with the next step. A new wish while a
    motor moves turns it round from where it is.

    Args:
        store: Whose actuators it provides.
    """

    def __init__(self, store: SignalStore) -> None:
        self._store = store
        self._wanted: dict[str, Value] = {}
        self._time_ns = 0
        # What has a default is what this car has; a window is moved by its position, which the guards watch.
        equipment = [path for path, leaf in store.catalogue.items() if leaf.default is not None]
        self._release = store.provide(
            [path for path in equipment if not path.endswith(".Window.IsOpen")], self._want, _NAME
        )
        for path in equipment:
            default = store.catalogue[path].default
            if default is not None:
                store.publish(path, default, 0, _NAME)
        self._rates = {
            path: rate
            for path, leaf in store.catalogue.items()
            if leaf.kind == "actuator" and leaf.default is not None and (rate := _rate(path)) is not None
        }
        self._exact: dict[str, float] = {}
        self._battery = Battery(self._number("Vehicle.Powertrain.TractionBattery.StateOfCharge.Current"))
        self._cabin_c = self._number("Vehicle.Cabin.HVAC.AmbientAirTemperature")
        self._travelled_m = self._number("Vehicle.TraveledDistance")

    @property
    def is_real_time(self) -> bool:
        """Its time passes when it is told to."""
        return False

    def close(self) -> None:
        """Give up all signals."""
        self._release()

    def step(self, dt_s: float) -> None:
        """Let time pass: motors move, switches switch, the cabin warms or cools."""
        self._time_ns += ns_from_s(dt_s)
        for path in list(self._wanted):
            if path not in self._wanted:
                continue  # it has just followed another
            wanted = self._wanted[path]
            now = self._toward(path, wanted, dt_s) if path in self._rates else wanted
            if now == wanted:
                del self._wanted[path]
                self._exact.pop(path, None)
            self._report(path, now)
        self._warm(dt_s)

    def settle(self, timeout_s: float, dt_s: float = 0.1) -> bool:
        """Let time pass until nothing is wanted any more; return whether that came in time."""
        for _ in range(math.ceil(timeout_s / dt_s)):
            if not self._wanted:
                return True
            self.step(dt_s)
        return not self._wanted

    def drive(self, speed_mps: float, yaw_rad: float, x_m: float, y_m: float, dt_s: float = 0.1) -> None:
        """Report that the car drives by itself: speed, heading, distance, energy.

        Args:
            speed_mps: Along the heading.
            yaw_rad: Counter-clockwise from east.
            x_m: East, in the local frame.
            y_m: North, in the local frame.
            dt_s: Since the last report.
        """
        del x_m, y_m  # the local frame has no place on Earth
        moved_m = abs(speed_mps) * dt_s
        self._travelled_m += moved_m
        self._battery.drive(moved_m, speed_mps)
        self._publish("Vehicle.Speed", round(kmh_from_mps(max(0.0, speed_mps)), 1))
        self._publish("Vehicle.IsMoving", speed_mps > 0.05)
        self._publish("Vehicle.CurrentLocation.Heading", round(math.degrees(math.pi / 2.0 - yaw_rad) % 360.0) % 360.0)
        self._publish("Vehicle.TraveledDistance", int(self._travelled_m))
        self._publish(
            "Vehicle.Powertrain.TractionBattery.StateOfCharge.Current", round(self._battery.charge_percent, 1)
        )
        self._publish("Vehicle.Powertrain.Range", int(self._battery.range_m // 1000) * 1000)
        self._publish("Vehicle.Powertrain.Transmission.SelectedGear", _DRIVE)
        self._publish("Vehicle.Chassis.ParkingBrake.IsEngaged", False)
        self._publish("Vehicle.ADAS.ActiveAutonomyLevel", "SAE_4")

    def set_state(self, state: Mapping[str, Value]) -> None:
        """Put the car into a state at once; what follows from it follows too. A moving car is in drive unless stated.

        Raises:
            UnknownSignalError: A path does not exist.
            WrongTypeError: A value is not of its signal's type.
            OutOfRangeError: A value is outside its signal's limits.
        """
        complete = dict(state)
        speed = state.get("Vehicle.Speed")
        if isinstance(speed, int | float) and speed > 0.0:
            complete.setdefault("Vehicle.Powertrain.Transmission.SelectedGear", _DRIVE)
            complete.setdefault("Vehicle.Chassis.ParkingBrake.IsEngaged", False)
            complete.setdefault("Vehicle.IsMoving", True)
        for path, value in complete.items():  # all is checked before anything is changed
            self._store.check(path, value)
        for path, value in complete.items():
            self._wanted.pop(path, None)
            self._exact.pop(path, None)
            self._report(path, value)
        self._battery = Battery(self._number("Vehicle.Powertrain.TractionBattery.StateOfCharge.Current"))
        self._cabin_c = self._number("Vehicle.Cabin.HVAC.AmbientAirTemperature")

    def _want(self, path: str, value: Value) -> None:
        position = lid_position(path)
        if position is None:
            self._wanted[path] = value
        elif self._store.target(path) is not None:
            # A lid is opened and closed by its motor, and open as soon as it is not shut: what the guards must see to
            # the end is where the motor goes. A wish that is withdrawn has no target, and the motor's own goes with it.
            self._store.hand_on(path, position, 100 if value else 0)

    def _toward(self, path: str, wanted: Value, dt_s: float) -> Value:
        """Return where a motor is after a step; the exact place is kept, the reported one has the signal's type."""
        now = self._exact.get(path, self._number(path))
        goal = float(wanted) if isinstance(wanted, int | float) else now
        most = self._rates[path] * dt_s
        if abs(goal - now) <= most:
            return wanted
        now += math.copysign(most, goal - now)
        self._exact[path] = now
        return now if self._store.catalogue[path].datatype in {"float", "double"} else int(now)

    def _report(self, path: str, value: Value) -> None:
        self._publish(path, value)
        for other, other_value in followers(path, value, self._store):
            self._wanted.pop(other, None)
            self._publish(other, other_value)

    def _publish(self, path: str, value: Value) -> None:
        leaf = self._store.catalogue.get(path)
        if leaf is not None and leaf.default is not None:
            self._store.publish(path, value, self._time_ns, _NAME)

    def _warm(self, dt_s: float) -> None:
        """Draw the cabin's air to the mean wanted temperature, first order; reported in steps of half a degree."""
        stations = [f"Vehicle.Cabin.HVAC.Station.Row1.{side}.Temperature" for side in ("Driver", "Passenger")]
        wanted_c = sum(self._number(path) for path in stations) / len(stations)
        self._cabin_c += (wanted_c - self._cabin_c) * dt_s / _CABIN_S
        reported = self._number("Vehicle.Cabin.HVAC.AmbientAirTemperature")
        if abs(self._cabin_c - reported) >= 0.52 * _CABIN_STEP_C:
            steps = round(self._cabin_c / _CABIN_STEP_C)
            self._publish("Vehicle.Cabin.HVAC.AmbientAirTemperature", steps * _CABIN_STEP_C)

    def _number(self, path: str) -> float:
        value = self._store.value(path)
        return float(value) if isinstance(value, int | float) else 0.0


def _rate(path: str) -> float | None:
    return next((rate for ending, rate in _RATES_PER_S if path.endswith(ending)), None)
