"""The bus itself, by python-can: a thread that reads it into a queue and opens it again when it is gone."""

from __future__ import annotations

import contextlib
import logging
import struct
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator

import can

from zhixing.errors import ConfigError, ServiceError
from zhixing.vehicle.can.connection import Arrived
from zhixing.vehicle.can.layout import EXTENDED, frame_key
from zhixing.vehicle.can.tally import Tally

MAX_WAITING = 20_000
"""Frames that wait for the owner of the store: 2.5 s of a full bus of 1 Mbit/s."""

_log = logging.getLogger(__name__)
_RECV_S = 0.1
_REOPEN_S = 0.5
_STRANGE = (
    can.CanError,
    OSError,
    ValueError,
    TypeError,
    AttributeError,
    ImportError,
    LookupError,
    RuntimeError,
    ArithmeticError,
    EOFError,
    struct.error,
)
"""What python-can's drivers raise when a bus is missing, busy, or pulled out."""


def open_bus(interface: str, channel: str, bitrate_bps: int) -> can.BusABC:
    """Open a bus as python-can names it.

    Raises:
        ConfigError: No such interface is known.
        ServiceError: The machine has no such bus, or its driver is missing.
    """
    if interface not in can.VALID_INTERFACES:
        raise ConfigError(
            f"CAN interface {interface!r} is unknown",
            hint=f"Choose one of {', '.join(sorted(map(str, can.VALID_INTERFACES)))}.",
        )
    try:
        return can.Bus(interface=interface, channel=channel, bitrate=bitrate_bps, ignore_config=True)
    except _STRANGE as error:
        raise ServiceError(
            f"CAN bus {interface} {channel} cannot be opened: {error}",
            hint="Look whether the interface is there and up: ip -details link show.",
        ) from error


class Line:
    """One end of a bus that may come and go.

    Args:
        open_bus: Opens it; raises ServiceError while it cannot be opened.
        tally: Where it is counted.
        clock_ns: Stamps what arrives. Interfaces stamp by clocks of their own, whose zero nobody knows.
        max_waiting: Frames kept for :meth:`drain`; of more, the oldest are dropped.

    Raises:
        ServiceError: The bus cannot be opened now.
    """

    def __init__(
        self,
        open_bus: Callable[[], can.BusABC],
        tally: Tally,
        *,
        clock_ns: Callable[[], int] = time.monotonic_ns,
        max_waiting: int = MAX_WAITING,
    ) -> None:
        self._open_bus = open_bus
        self._tally = tally
        self._clock_ns = clock_ns
        self._waiting: deque[Arrived] = deque(maxlen=max_waiting)
        self._stop = threading.Event()
        self._bus: can.BusABC | None = open_bus()
        self._thread = threading.Thread(target=self._read, name="can", daemon=True)
        self._thread.start()

    @property
    def is_up(self) -> bool:
        """Whether the bus is open, as far as anybody knows."""
        return self._bus is not None and self._thread.is_alive()

    def now_ns(self) -> int:
        """Return now by the clock that stamps frames."""
        return self._clock_ns()

    def drain(self) -> Iterator[Arrived]:
        """Yield what has arrived by now, oldest first; what arrives meanwhile stays for the next time."""
        for _ in range(len(self._waiting)):
            try:
                yield self._waiting.popleft()
            except IndexError:
                return

    def send(self, key: int, payload: bytes) -> None:
        """Put a data frame on the bus; counted and gone where there is none or it takes none."""
        bus = self._bus
        message = can.Message(
            arbitration_id=key & ~EXTENDED, is_extended_id=bool(key & EXTENDED), data=payload, is_fd=len(payload) > 8
        )
        try:
            if bus is not None:
                bus.send(message)
                self._tally.sent += 1
                return
        except _STRANGE as error:
            _log.debug("a frame was not sent: %s", error)
        self._tally.unsent += 1

    def close(self) -> None:
        """Stop reading and let go of the bus."""
        self._stop.set()
        self._thread.join(timeout=5.0)
        self._shut()

    def _read(self) -> None:
        while not self._stop.is_set():
            bus = self._bus
            if bus is None:
                self._reopen()
                continue
            try:
                message = bus.recv(_RECV_S)
            except _STRANGE as error:
                self._tally.bus_failures += 1
                _log.warning("the CAN bus is lost: %s", error)
                self._shut()
                continue
            if message is not None:
                self._keep(message)

    def _keep(self, message: can.Message) -> None:
        if message.is_remote_frame or message.is_error_frame:
            self._tally.not_data += 1
            return
        if len(self._waiting) == self._waiting.maxlen:
            self._tally.dropped += 1
        key = frame_key(message.arbitration_id, is_extended=message.is_extended_id)
        self._waiting.append(Arrived(key, bytes(message.data), self._clock_ns()))

    def _reopen(self) -> None:
        if self._stop.wait(_REOPEN_S):
            return
        try:
            self._bus = self._open_bus()
        except (ServiceError, ConfigError) as error:
            self._tally.bus_failures += 1
            _log.debug("the CAN bus is still away: %s", error)
        else:
            _log.warning("the CAN bus is back")
            if self._stop.is_set():
                self._shut()

    def _shut(self) -> None:
        bus, self._bus = self._bus, None
        if bus is not None:
            with contextlib.suppress(*_STRANGE):
                bus.shutdown()
