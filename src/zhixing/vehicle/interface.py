"""What every car underneath a store can do, be it of software, on a bus or behind a broker."""

from __future__ import annotations

from typing import Protocol


class Vehicle(Protocol):
    """A car underneath the signals.

    It claims its signals with ``SignalStore.provide``, is told there what is wanted, and reports with
    ``SignalStore.publish`` what is. Everything happens in the thread that owns the store: what a bus or a network
    delivers meanwhile waits for the next :meth:`step`.
    """

    @property
    def is_real_time(self) -> bool:
        """Whether its time is that of the wall, so that who waits for it has to sleep."""
        ...

    def step(self, dt_s: float) -> None:
        """Let time pass: report what is new, say what is stale."""
        ...

    def drive(self, speed_mps: float, yaw_rad: float, x_m: float, y_m: float, dt_s: float = 0.1) -> None:
        """Hear how the simulated driver moves it; a car that has a road of its own ignores it.

        Args:
            speed_mps: Along the heading.
            yaw_rad: Counter-clockwise from east.
            x_m: East, in the local frame.
            y_m: North, in the local frame.
            dt_s: Since the last call.
        """
        ...

    def close(self) -> None:
        """Let go of buses and connections."""
        ...
