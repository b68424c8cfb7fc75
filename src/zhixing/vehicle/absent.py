"""No vehicle of our own underneath: other programs provide the signals through the broker."""

from __future__ import annotations

from zhixing.signals.store import SignalStore


class AbsentVehicle:
    """Claims nothing and reports nothing.

    Args:
        store: Left alone.
    """

    def __init__(self, store: SignalStore) -> None:
        del store

    @property
    def is_real_time(self) -> bool:
        """Whoever provides the signals does so in the time of the wall."""
        return True

    def step(self, dt_s: float) -> None:
        """Do nothing."""

    def drive(self, speed_mps: float, yaw_rad: float, x_m: float, y_m: float, dt_s: float = 0.1) -> None:
        """Do nothing: how fast the car is, a provider says."""

    def close(self) -> None:
        """Do nothing."""
