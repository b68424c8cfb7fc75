"""How a car moves, from what its simulated driver tells of it: acceleration, turning, distances."""

from __future__ import annotations

import math
from collections.abc import Iterator

from zhixing.datatypes.signal import Value
from zhixing.datatypes.units import kmh_from_mps

DRIVE, PARK, REVERSE = 127, 126, -1
SPEED, IS_MOVING = "Vehicle.Speed", "Vehicle.IsMoving"
GEAR, CURRENT_GEAR = (f"Vehicle.Powertrain.Transmission.{gear}Gear" for gear in ("Selected", "Current"))
PARKING_BRAKE = "Vehicle.Chassis.ParkingBrake.IsEngaged"
TRAVELLED, TRIP = "Vehicle.TraveledDistance", "Vehicle.TripMeterReading"
_SINCE_START = "Vehicle.TraveledDistanceSinceStart"
_STANDS_BELOW_MPS = 0.05
_MOST_MPS2, _MOST_RAD_S = 12.0, 3.0
"""Beyond what tyres can do (1.2 g): the car was put there, it did not drive there."""
_TRIP_ENDS_M = 10_000_000
"""One more than VSS lets a trip meter show: it begins again at 0."""


class Motion:
    """The motion of a car, step by step.

    Args:
        travelled_m: On the odometer.

    Attributes:
        speed_mps: Along the heading, negative backwards.
        accel_mps2: Along the heading; 0 after a jump.
        is_jump: Whether the last step was none: the car was put there.
        trip_m: Since the trip meter was set to 0.
    """

    def __init__(self, travelled_m: float) -> None:
        self.speed_mps = 0.0
        self.accel_mps2 = 0.0
        self.is_jump = False
        self.trip_m = 0.0
        self._yaw_rad: float | None = None
        self._yaw_rate_rad_s = 0.0
        self._since_start_m = 0.0
        self._at_start_m = travelled_m

    def move(self, speed_mps: float, yaw_rad: float, dt_s: float) -> None:
        """Hear how fast the car is and where it heads after a step."""
        per_s = 1.0 / dt_s if dt_s > 0.0 else 0.0
        accel_mps2 = (speed_mps - self.speed_mps) * per_s
        self.is_jump = abs(accel_mps2) > _MOST_MPS2
        self.accel_mps2 = 0.0 if self.is_jump else accel_mps2
        turned_rad = math.remainder(yaw_rad - (yaw_rad if self._yaw_rad is None else self._yaw_rad), math.tau)
        yaw_rate_rad_s = turned_rad * per_s
        self._yaw_rate_rad_s = yaw_rate_rad_s if abs(yaw_rate_rad_s) <= _MOST_RAD_S else 0.0
        self.speed_mps, self._yaw_rad = speed_mps, yaw_rad
        moved_m = abs(speed_mps) * dt_s
        self._since_start_m += moved_m
        self.trip_m = (self.trip_m + moved_m) % _TRIP_ENDS_M

    def signals(self) -> Iterator[tuple[str, Value]]:
        """Yield what the car's sensors say of it."""
        speed_mps = abs(self.speed_mps)
        is_backwards = self.speed_mps < -_STANDS_BELOW_MPS
        yield SPEED, round(kmh_from_mps(speed_mps), 1)
        yield IS_MOVING, speed_mps > _STANDS_BELOW_MPS
        yield GEAR, REVERSE if is_backwards else DRIVE
        yield CURRENT_GEAR, REVERSE if is_backwards else 1
        yield PARKING_BRAKE, False
        yield "Vehicle.Acceleration.Longitudinal", round(self.accel_mps2, 1) + 0.0
        yield "Vehicle.AngularVelocity.Yaw", round(math.degrees(self._yaw_rate_rad_s), 1) + 0.0
        yaw_rad = self._yaw_rad or 0.0
        yield "Vehicle.CurrentLocation.Heading", round(math.degrees(math.pi / 2.0 - yaw_rad) % 360.0) % 360.0
        yield TRAVELLED, int(self._at_start_m + self._since_start_m)
        yield _SINCE_START, int(self._since_start_m)
        yield TRIP, int(self.trip_m)
