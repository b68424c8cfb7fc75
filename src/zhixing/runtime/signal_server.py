"""The car's signals alone, for other programs: a vehicle, the door, and the broker; no road and no screen."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
from collections.abc import Callable

from zhixing.errors import ConfigError
from zhixing.runtime.underneath import catalogue_of, make_broker, open_vehicle
from zhixing.settings import Settings
from zhixing.signals.catalogue import Catalogue
from zhixing.signals.guards import load_guards
from zhixing.signals.store import SignalStore

_STEP_S = 0.05


def serve_signals(settings: Settings, on_ready: Callable[[str], None]) -> None:
    """Serve the signals of a vehicle until Ctrl-C or SIGTERM.

    Args:
        settings: Which vehicle, which catalogue, where it is reached.
        on_ready: Told ``host:port`` once it answers.

    Raises:
        ConfigError: No port is given, or a file cannot be used.
        ServiceError: The port is in use, or a library is not installed.
    """
    if settings.broker.port == 0:
        raise ConfigError("broker.port is 0, which serves nobody", hint="Give a port; 55555 is the usual one.")
    asyncio.run(_serve(settings, catalogue_of(settings), on_ready))


async def _serve(settings: Settings, catalogue: Catalogue, on_ready: Callable[[str], None]) -> None:
    store = SignalStore(catalogue, load_guards(), time.monotonic_ns)
    vehicle = open_vehicle(settings, store, time.monotonic_ns)
    companion = make_broker(settings.broker, store, time.monotonic_ns)
    assert companion is not None  # noqa: S101  # a port is given
    over = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, over.set)
    try:
        on_ready(await companion.start())
        before_s = loop.time()
        while not over.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(over.wait(), _STEP_S)
            now_s = loop.time()
            vehicle.step(now_s - before_s)
            before_s = now_s
    finally:
        await companion.stop()
        vehicle.close()
