"""The store's side of a foreign broker."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from zhixing.datatypes.signal import Reading
from zhixing.errors import ConfigError, SignalError
from zhixing.signals.guards import INPUTS
from zhixing.signals.store import SignalStore
from zhixing.vehicle.kuksa.connection import Connected, Connection, Denied, Lost, Reported

_log = logging.getLogger(__name__)
_FIRST_WAIT_S = 3.0
_PAUSE_S = 0.02


class KuksaVehicle:
    """Reports what a broker reports, and asks it for what is wanted here.

    While the line is broken all its signals are stale and nothing can be asked for; when it stands again they are known
    again. What the broker does not allow is dropped: the wish is not open any more, and the value stays as it was.

    Args:
        store: Whose vehicle it is.
        connection: The line; started here.
        clock: Now, in nanoseconds, by the store's clock.
        name: What its signals are said to come from.

    Attributes:
        is_connected: Whether the line stands.
        reason: Why it does not, or did not last.
    """

    def __init__(self, store: SignalStore, connection: Connection, clock: Callable[[], int], name: str) -> None:
        self._store = store
        self._connection = connection
        self._clock = clock
        self._name = name
        self._release: Callable[[], None] | None = None
        self._has_values = False
        self._was_lost = False
        self._paths: tuple[str, ...] = ()
        self.is_connected = False
        self.reason = ""
        self._complained_of: set[str] = set()
        self._claim(store.catalogue, ())  # until it is known which are the broker's, nobody else's values are believed
        connection.start()

    @property
    def is_real_time(self) -> bool:
        """Its time is that of the wall."""
        return True

    def wait(self, timeout_s: float = _FIRST_WAIT_S) -> bool:
        """Return whether the line comes to stand and the first values come in time."""
        until_s = time.monotonic() + timeout_s
        while time.monotonic() < until_s:
            self.step(0.0)
            if self._has_values:
                return True
            time.sleep(_PAUSE_S)
        return False

    def step(self, dt_s: float) -> None:
        """Take in what has come since the last time."""
        del dt_s
        for event in self._connection.events():
            match event:
                case Connected():
                    self._connect(event)
                case Reported(values):
                    self._has_values = True
                    for path, value in values.items():
                        self._publish(path, value)
                case Lost(reason):
                    self._disconnect(reason)
                case Denied(path, value, reason):
                    _log.warning("the broker does not set %s: %s", path, reason)
                    if self._store.target(path) == value:
                        self._store.give_up(path)

    def drive(self, speed_mps: float, yaw_rad: float, x_m: float, y_m: float, dt_s: float = 0.1) -> None:
        """Do nothing: the car behind the broker has a road of its own."""

    def close(self) -> None:
        """Hang up and give up all signals."""
        self._connection.close()
        if self._release is not None:
            self._release()
            self._release = None

    def _claim(self, paths: Iterable[str], movable: Iterable[str]) -> None:
        """Take signals in place of those that were taken before, without a moment between: nobody else gets them."""
        if self._release is not None:
            self._release()
        free = [path for path in dict.fromkeys(paths) if self._store.provider(path) is None]
        self._release = self._store.provide(free, self._connection.ask, self._name, movable)

    def _connect(self, connected: Connected) -> None:
        for path, reason in connected.left_out.items():
            _log.warning("%s is left out: %s", path, reason)
        if self._was_lost:
            _log.warning("the broker is back")
        self._paths = connected.paths
        inputs = [path for path in INPUTS if path in self._store.catalogue]
        self._claim([*connected.paths, *inputs], connected.actuators)
        self.is_connected = True

    def _disconnect(self, reason: str) -> None:
        self.reason = reason
        if self.is_connected:
            _log.warning("the broker is gone: %s", reason)
            self._was_lost = True
            self._claim([*self._paths, *(path for path in INPUTS if path in self._store.catalogue)], ())
        self.is_connected = False

    def _publish(self, path: str, value: Reading) -> None:
        try:
            self._store.publish(path, value, self._clock(), self._name)
        except SignalError as error:
            if path not in self._complained_of:
                self._complained_of.add(path)
                _log.warning("the broker reports nonsense: %s", error)


def open_kuksa_vehicle(
    store: SignalStore, clock: Callable[[], int], address: str, token_file: Path | None, certificate: Path | None
) -> KuksaVehicle:
    """Put the car behind a broker under a store; waits a little for its first values.

    Raises:
        ConfigError: The address is none, a file cannot be read, or a token would travel unencrypted.
    """
    if not re.fullmatch(r"(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+):[0-9]{1,5}", address):
        raise ConfigError(f"{address!r} is no address of a broker", hint="Write host:port, as in 127.0.0.1:55555.")
    token = ""
    if token_file is not None:
        try:
            token = token_file.read_text("ascii").strip()
        except (OSError, ValueError) as error:
            raise ConfigError(f"token {token_file} cannot be read", hint="Give a file with the token alone.") from error
    connection = Connection(address, store.catalogue, token, certificate)
    vehicle = KuksaVehicle(store, connection, clock, f"broker at {address}")
    if not vehicle.wait():
        why = f": {vehicle.reason}" if vehicle.reason else ""
        _log.warning("the broker at %s does not serve us yet%s; it is called again and again", address, why)
    return vehicle
