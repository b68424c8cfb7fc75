"""What can be broken on command, so that others can be tested: whether they tell the truth about it."""

from __future__ import annotations

from enum import Enum

from zhixing.datatypes.signal import Value


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
    """Which devices are broken, and what the silent ones would say.

    Attributes:
        unheard: What a silent signal would say by now, once it has something to say.

    Example:
        >>> faults = Faults()
        >>> faults.set("Vehicle.Body.Hood.Position", Fault.SLOW)
        >>> faults.share("Vehicle.Body.Hood.Position"), faults.share("Vehicle.Body.Horn.IsActive")
        (0.1, 1.0)
    """

    def __init__(self) -> None:
        self._faults: dict[str, Fault] = {}
        self._quiet: dict[str, tuple[str, ...]] = {}
        self.silent: frozenset[str] = frozenset()
        self.unheard: dict[str, Value] = {}

    def set(self, path: str, fault: Fault, quiet: tuple[str, ...] = ()) -> None:
        """Break a device.

        Args:
            path: By which it is moved.
            fault: How.
            quiet: Signals that are not reported any more.
        """
        self._faults[path] = fault
        self._quiet[path] = quiet
        self.silent = frozenset(path for paths in self._quiet.values() for path in paths)

    def end(self, path: str) -> tuple[str, ...]:
        """Mend a device, and return the signals that are heard again."""
        self._faults.pop(path, None)
        quiet = self._quiet.pop(path, ())
        self.silent = frozenset(path for paths in self._quiet.values() for path in paths)
        return quiet

    def is_stuck(self, path: str) -> bool:
        """Return whether a device does nothing."""
        return self._faults.get(path) is Fault.STUCK

    def share(self, path: str) -> float:
        """Return how much of its rate a motor has left."""
        return _SLOW_SHARE if self._faults.get(path) is Fault.SLOW else 1.0
