"""Updates on their way to one subscriber: they wait in bounded memory, the oldest are lost first."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence

from zhixing.datatypes.signal import Reading
from zhixing.signals.readings import Readings

MAX_BUFFER = 1000
_MAX_UPDATES = 10_000
Update = tuple[Reading, int]
"""A value and the store's time of it."""


class Subscription:
    """What has changed and has not been taken yet.

    Changes of one moment are taken together. While nobody takes them, a newer value of a signal stands in for an
    older one; with a buffer so many older ones are kept, and what is beyond that is lost from the oldest on.

    Args:
        readings: Where the signals are.
        paths: Which.
        buffer_size: How many older values of a signal are kept at most.

    Raises:
        UnknownSignalError: A path does not exist.
    """

    def __init__(self, readings: Readings, paths: Sequence[str], buffer_size: int = 0) -> None:
        self._readings = readings
        self._most = buffer_size
        self._waiting: deque[dict[str, Update]] = deque()
        self._num_kept = 0
        self._wake = asyncio.Event()
        self.is_closed = False
        self._end = readings.watch(self._put_kept if buffer_size else self._put_newest, paths)
        first = {path: self._update(path) for path in paths if readings.value(path) is not None}
        self._waiting.append(first)
        self._num_kept += len(first)
        self._wake.set()

    def close(self) -> None:
        """Hear of nothing any more; whoever waits for changes is told that there are none."""
        self.is_closed = True
        self._end()
        self._wake.set()

    async def take(self) -> dict[str, Update]:
        """Return the oldest changes that wait, as soon as there are any; the first are all current values.

        Closed, there are none.
        """
        await self._wake.wait()
        if self.is_closed:
            return {}
        taken = self._waiting.popleft()
        self._num_kept -= len(taken)
        if not self._waiting:
            self._wake.clear()
        return taken

    def _update(self, path: str) -> Update:
        sample = self._readings.sample(path)
        return (sample.value if sample.value is not None else "", sample.time_ns)

    def _put_newest(self, path: str, value: Reading) -> None:
        update = (value, self._readings.time_ns(path))
        if self._waiting:
            self._waiting[-1][path] = update
        else:
            self._waiting.append({path: update})
            self._wake.set()

    def _put_kept(self, path: str, value: Reading) -> None:
        update = (value, self._readings.time_ns(path))
        if self._waiting and path not in self._waiting[-1]:
            self._waiting[-1][path] = update
        else:
            self._waiting.append({path: update})
            self._wake.set()
        self._num_kept += 1
        while len(self._waiting) > 1 and (len(self._waiting) > self._most + 1 or self._num_kept > _MAX_UPDATES):
            oldest = self._waiting.popleft()
            merged = oldest | self._waiting[0]  # only values that a newer one follows are lost
            self._num_kept += len(merged) - len(oldest) - len(self._waiting[0])
            self._waiting[0] = merged
