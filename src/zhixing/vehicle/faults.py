"""What can be broken on command, so that others can be tested: whether they tell the truth about it."""

from __future__ import annotations

from enum import Enum


class Fault(Enum):
    """How a signal's device is broken.

    Attributes:
        STUCK: It takes wishes, does nothing, and goes on reporting where it is.
        SLOW: Its motor has a tenth of its rate.
        SILENT: It does what is wanted and reports nothing: what is known of it is stale.
    """

    STUCK = "stuck"
    SLOW = "slow"
    SILENT = "silent"


_SLOW_SHARE = 0.1


class Faults:
    """Which devices are broken.

    Example:
        >>> faults = Faults()
        >>> faults.set("Vehicle.Body.Hood.Position", Fault.SLOW)
        >>> faults.share("Vehicle.Body.Hood.Position"), faults.share("Vehicle.Body.Horn.IsActive")
        (0.1, 1.0)
    """

    def __init__(self) -> None:
        self._faults: dict[str, Fault] = {}

    def set(self, path: str, fault: Fault) -> None:
        """Break a device; what was broken otherwise is so no more."""
        self._faults[path] = fault

    def end(self, path: str) -> None:
        """Mend a device."""
        self._faults.pop(path, None)

    def is_stuck(self, path: str) -> bool:
        """Return whether a device does nothing."""
        return self._faults.get(path) is Fault.STUCK

    def share(self, path: str) -> float:
        """Return how much of its rate a motor has left."""
        return _SLOW_SHARE if self._faults.get(path) is Fault.SLOW else 1.0
