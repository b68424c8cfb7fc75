"""A car on a bus without a bus: simulated devices answer on python-can's virtual one, in this process."""

from __future__ import annotations

from zhixing.vehicle.can.devices import SimulatedDevices
from zhixing.vehicle.can.vehicle import CanVehicle


class RehearsedCar:
    """Both ends of a virtual bus: every value and every wish goes through frames, as on a real one.

    Args:
        car: Our end.
        devices: The other end.
    """

    def __init__(self, car: CanVehicle, devices: SimulatedDevices) -> None:
        self.car = car
        self.devices = devices

    @property
    def is_real_time(self) -> bool:
        """The threads that read the bus have the time of the wall."""
        return True

    def step(self, dt_s: float) -> None:
        """Let the devices act, then hear of it."""
        self.devices.step(dt_s)
        self.car.step(dt_s)

    def drive(self, speed_mps: float, yaw_rad: float, x_m: float, y_m: float, dt_s: float = 0.1) -> None:
        """Let the devices drive: how fast they are comes by the bus."""
        self.devices.vehicle.drive(speed_mps, yaw_rad, x_m, y_m, dt_s)

    def close(self) -> None:
        """Let go of both ends."""
        self.car.close()
        self.devices.close()
