"""A parked car whose signals other programs can reach: a real server in a thread of its own."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from zhixing.signals.kuksa.broker import Broker
from zhixing.signals.kuksa.server import Address, BrokerServer
from zhixing.signals.store import SignalStore
from zhixing.testing.parked_car import ParkedCar

T = TypeVar("T")
_STEP_S = 0.02
_TIMEOUT_S = 10.0


class ServedCar:
    """The car, and where it is reached.

    Attributes:
        car: Touch it with :meth:`do` only; it lives in the server's thread.
        address: ``host:port``.
    """

    def __init__(self, car: ParkedCar, address: str, loop: asyncio.AbstractEventLoop, server: BrokerServer) -> None:
        self.car = car
        self.address = address
        self._loop = loop
        self._server = server

    @property
    def port(self) -> int:
        """TCP port."""
        return int(self.address.rpartition(":")[2])

    def do(self, work: Callable[[SignalStore], T]) -> T:
        """Do something with the store in its own thread and return what comes of it."""

        async def run() -> T:
            return work(self.car.store)

        return asyncio.run_coroutine_threadsafe(run(), self._loop).result(_TIMEOUT_S)

    def hang_up(self) -> None:
        """Stop serving, as when the machine is switched off."""
        asyncio.run_coroutine_threadsafe(self._server.stop(), self._loop).result(_TIMEOUT_S)

    def wait(self, holds: Callable[[SignalStore], bool]) -> bool:
        """Return whether something comes to hold within some seconds."""
        until_s = time.monotonic() + _TIMEOUT_S
        while time.monotonic() < until_s:
            if self.do(holds):
                return True
            time.sleep(_STEP_S)
        return False


@contextmanager
def served_car(address: Address | None = None, car: ParkedCar | None = None) -> Iterator[ServedCar]:
    """Serve a car on a free port of this machine while the context lasts.

    Args:
        address: Where and how; a free port without tokens where not given.
        car: Which; a parked one where not given.
    """
    car = car or ParkedCar()
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    def run(work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, loop).result(_TIMEOUT_S)

    async def start() -> tuple[BrokerServer, str, asyncio.Task[None]]:
        server = BrokerServer(Broker(car.store, time.time_ns, car.clock), address or Address(port=0))
        where = await server.start()
        return server, where, asyncio.create_task(_drive(car))

    async def stop(server: BrokerServer, driving: asyncio.Task[None]) -> None:
        await server.stop()
        driving.cancel()
        await asyncio.wait((driving,))

    try:
        server, where, driving = run(start())
        try:
            yield ServedCar(car, where, loop, server)
        finally:
            run(stop(server, driving))
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(_TIMEOUT_S)
        loop.close()


async def _drive(car: ParkedCar) -> None:
    """Let time pass for a car, as fast as it does."""
    begun_ns = time.monotonic_ns() - car.clock.time_ns
    while True:
        car.clock.time_ns = time.monotonic_ns() - begun_ns
        car.vehicle.step(_STEP_S)
        await asyncio.sleep(_STEP_S)
