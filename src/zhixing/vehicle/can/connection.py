"""What a car on a bus needs of the bus."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, Protocol


class Arrived(NamedTuple):
    """A data frame: key, payload and when it was read, in nanoseconds of the connection's clock."""

    key: int
    payload: bytes
    time_ns: int


class Connection(Protocol):
    """One end of a bus."""

    @property
    def is_up(self) -> bool:
        """Whether the bus is open, as far as anybody knows."""
        ...

    def now_ns(self) -> int:
        """Return now by the clock that stamps frames."""
        ...

    def drain(self) -> Iterable[Arrived]:
        """Yield what has arrived by now, oldest first."""
        ...

    def send(self, key: int, payload: bytes) -> None:
        """Put a data frame on the bus, if it takes one."""
        ...

    def close(self) -> None:
        """Let go of the bus."""
        ...
