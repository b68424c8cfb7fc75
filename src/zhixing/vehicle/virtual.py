"""A car of software: it provides every actuator, takes its time, and reports what has come of it."""

from __future__ import annotations

import math
from collections.abc import Mapping

from zhixing.datatypes.signal import Value
from zhixing.datatypes.units import ns_from_s
from zhixing.errors import InputError, UnknownSignalError
from zhixing.signals.store import SignalStore
from zhixing.vehicle.climate import AIR_C, TICK_S, Climate
from zhixing.vehicle.faults import Fault, Faults
from zhixing.vehicle.followers import companion, device, followers, lid_position
from zhixing.vehicle.motion import DRIVE, GEAR, IS_MOVING, PARKING_BRAKE, SPEED, TRIP
from zhixing.vehicle.motors import Motors, Moved
from zhixing.vehicle.outfit import outfit
from zhixing.vehicle.powertrain import CHARGE, Powertrain
from zhixing.vehicle.reports import Reports

_CABIN_STEP_C = 0.5
_GIVES_UP_S = 60.0
"""How long something stuck tries; longer than anybody waits for it, so that nothing moves unasked once it is mended."""
_TICK_NS = ns_from_s(TICK_S)
_NAME = "virtual vehicle"


class VirtualVehicle:
    """The provider of all actuators of a store.

    Motors move at their rates, never overshoot, and turn round at what is in their way; the cabin and the battery
    follow physics; everything else follows with the next step. A new wish while a motor moves turns it round from
    where it is. What is broken on command (:meth:`fail`) stays so until it is mended.

    Args:
        store: Whose actuators it provides.
    """

    def __init__(self, store: SignalStore) -> None:
        self._store = store
        self._wanted: dict[str, Value] = {}
        self._faults = Faults()
        self._still_s: dict[str, float] = {}
        self._has = outfit(store.catalogue)
        self._reports = Reports(store, self._has.keys(), _NAME)
        # A window is moved by its position, which the guards watch.
        moved = [path for path in self._has if not path.endswith(".Window.IsOpen")]
        self._release = store.provide(list(self._has), self._want, _NAME, movable=moved)
        for path, first in self._has.items():
            if first is not None:
                store.publish(path, first, self._reports.time_ns, _NAME)
        self._motors = Motors(store.catalogue, [path for path in moved if store.catalogue[path].kind == "actuator"])
        self._powertrain = Powertrain(self._reports.number)
        self._climate = Climate(store, self._has.keys(), self._reports.number(AIR_C, 22.0))
        self._climate.tick(0.0)
        self._tell_energy()

    @property
    def is_real_time(self) -> bool:
        """Whether its time is that of the wall: it is as fast as it is stepped."""
        return False

    def step(self, dt_s: float) -> None:
        """Let time pass: motors move, switches switch, the cabin warms or cools."""
        before_ns = self._reports.time_ns
        now_ns = self._reports.time_ns = before_ns + ns_from_s(dt_s)
        for path in list(self._wanted):
            if path in self._wanted:  # else it has just followed another
                self._carry_on(path, self._wanted[path], dt_s)
        for _ in range(now_ns // _TICK_NS - before_ns // _TICK_NS):
            self._tick()

    def settle(self, timeout_s: float, dt_s: float = 0.1) -> bool:
        """Let time pass until nothing is wanted any more; return whether that came in time."""
        for _ in range(math.ceil(timeout_s / dt_s)):
            if not self._wanted:
                return True
            self.step(dt_s)
        return not self._wanted

    def drive(
        self, speed_mps: float, yaw_rad: float, x_m: float, y_m: float, dt_s: float = 0.1, slope_rad: float = 0.0
    ) -> None:
        """Report that the car drives by itself: speed, heading, distance, energy.

        Args:
            speed_mps: Along the heading, negative backwards.
            yaw_rad: Counter-clockwise from east.
            x_m: East, in the local frame.
            y_m: North, in the local frame.
            dt_s: Since the last report.
            slope_rad: Of the road ahead, positive uphill.
        """
        del x_m, y_m  # the local frame has no place on Earth
        self._powertrain.move(speed_mps, yaw_rad, dt_s, slope_rad)
        for path, value in self._powertrain.motion.signals():
            self._reports.publish(path, value)
        self._reports.publish("Vehicle.ADAS.ActiveAutonomyLevel", "SAE_4")
        self._tell_energy()

    def set_state(self, state: Mapping[str, Value]) -> None:
        """Put the car into a state at once; what follows from it follows too. A moving car is in drive unless stated.

        Raises:
            UnknownSignalError: A path does not exist.
            WrongTypeError: A value is not of its signal's type.
            OutOfRangeError: A value is outside its signal's limits.
        """
        complete = dict(state)
        speed = state.get(SPEED)
        if isinstance(speed, int | float) and speed > 0.0:
            moving: dict[str, Value] = {GEAR: DRIVE, PARKING_BRAKE: False, IS_MOVING: True}
            complete = {path: value for path, value in moving.items() if path in self._has} | complete
        for path, value in complete.items():  # all is checked before anything is changed
            self._store.check(path, value)
        for path, value in complete.items():
            self._wanted.pop(path, None)
            self._motors.forget(path)
            self._report(path, value)
        if AIR_C in state:
            self._climate.put(self._reports.number(AIR_C))
        if TRIP in state:
            self._powertrain.motion.trip_m = self._reports.number(TRIP)
        if CHARGE in state:
            for path, value in self._powertrain.charge(but=state.keys()):
                self._reports.publish(path, value)

    def obstruct(self, path: str, at_percent: float) -> None:
        """Put something into the way of a window, the sunroof or a lid that closes.

        Args:
            path: Its position.
            at_percent: How far open it touches the thing; negative for a sunroof that is tilted.

        Raises:
            InputError: Nothing can be pinched there.
        """
        self._motors.obstruct(self._known(path), at_percent)

    def clear(self, path: str) -> None:
        """Take away what is in the way, if anything is."""
        self._motors.clear(self._known(path))

    def fail(self, path: str, fault: Fault) -> None:
        """Break something; of a window or a lid, its motor, by whichever signal it is named.

        Raises:
            UnknownSignalError: This car has no such signal.
            InputError: It cannot be broken in this way.
        """
        path = self._known(path)
        if fault is not Fault.SILENT and self._store.catalogue[path].kind != "actuator":
            raise InputError(f"{path} does not move, it cannot be {fault.value}", hint="A sensor can be silent.")
        if fault is Fault.SLOW and path not in self._motors:
            raise InputError(f"{path} has no motor, it cannot be slow", hint="Choose stuck or silent.")
        self.repair(path)
        self._faults.set(path, fault)
        if fault is Fault.SILENT:
            self._reports.hush(_told_of(path))

    def repair(self, path: str) -> None:
        """Mend something: it reports where it is, and does what it was doing.

        Raises:
            UnknownSignalError: This car has no such signal.
        """
        path = self._known(path)
        self._still_s.pop(path, None)
        self._faults.end(path)
        self._reports.speak(_told_of(path))

    def close(self) -> None:
        """Give up all signals: they are stale from now on."""
        self._climate.close()
        self._release()
        self._reports.close()
        self._wanted.clear()

    def _want(self, path: str, value: Value) -> None:
        self._still_s.pop(path, None)
        position = lid_position(path)
        if position is None or position not in self._has:
            self._wanted[path] = value
        elif self._store.target(path) is not None:
            # A lid is opened and closed by its motor, and open as soon as it is not shut: what the guards must see to
            # the end is where the motor goes. A wish that is withdrawn has no target, and the motor's own goes with it.
            self._store.hand_on(path, position, 100 if value else 0)

    def _carry_on(self, path: str, wanted: Value, dt_s: float) -> None:
        if self._faults.is_stuck(path):
            self._try_in_vain(path, dt_s)
            return
        moved = Moved(wanted, is_there=True)
        if path in self._motors:
            moved = self._motors.move(path, self._reports.number(path), wanted, dt_s, self._faults.share(path))
        if moved.pinch is not None:
            self._turn_to(path, moved.pinch.reopens_to)
        if moved.is_there:
            self._wanted.pop(path, None)
        if path == TRIP and isinstance(moved.value, int | float):
            self._powertrain.motion.trip_m = float(moved.value)
        self._report(path, moved.value)

    def _try_in_vain(self, path: str, dt_s: float) -> None:
        self._still_s[path] = self._still_s.get(path, 0.0) + dt_s
        now = self._reports.now(path)
        if self._still_s[path] >= _GIVES_UP_S and isinstance(now, bool | int | float | str):
            self._turn_to(path, now)
            self._wanted.pop(path, None)
            self._report(path, now)

    def _turn_to(self, path: str, value: Value) -> None:
        """Let go of what is wanted of a motor, and want something else of it: the car's own safety, or nothing."""
        lid = companion(path)
        if lid and lid in self._has and self._store.target(lid) is not None:
            self._store.hand_on(lid, lid, bool(value))
        if self._store.target(path) is not None:
            self._store.hand_on(path, path, value)
        self._wanted[path] = value

    def _report(self, path: str, value: Value) -> None:
        self._reports.publish(path, value)
        for other, other_value in followers(path, value, self._store):
            if other in self._has and not self._faults.is_stuck(other):
                self._wanted.pop(other, None)
                self._reports.publish(other, other_value)

    def _tick(self) -> None:
        """Let a second pass in the cabin and in the battery; the cabin is reported in steps of half a degree."""
        self._climate.tick()
        self._powertrain.load(self._climate.num_people)
        self._powertrain.idle(self._climate.electric_w, TICK_S)
        air_c = self._climate.air.air_c
        if abs(air_c - self._reports.number(AIR_C)) >= 0.52 * _CABIN_STEP_C:
            self._reports.publish(AIR_C, round(air_c / _CABIN_STEP_C) * _CABIN_STEP_C)
        self._tell_energy()

    def _tell_energy(self) -> None:
        for path, value in self._powertrain.news(self._climate.electric_w):
            self._reports.publish(path, value)

    def _known(self, path: str) -> str:
        known = device(path)
        if known not in self._has:
            raise UnknownSignalError(f"this car has no {path!r}", hint="zhixing signals lists them.")
        return known


def _told_of(path: str) -> tuple[str, ...]:
    """Return the signals that tell of a device: where it is, and whether it is open."""
    is_open = companion(path)
    return (path, is_open) if is_open else (path,)
