"""A broker under load, in a process of its own.

Modes: ``flood`` publishes 500 signals again and again as fast as the event loop lets it; ``paced`` publishes the time,
200 times a second; ``idle`` leaves publishing to others. Prints the port, then lives until its standard input ends.
"""

from __future__ import annotations

import asyncio
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from subprocess import PIPE, Popen

from zhixing.errors import ServiceError
from zhixing.runtime.bench.store_speed import bench_catalogue, values_of
from zhixing.runtime.underneath import make_broker
from zhixing.settings import BrokerConfig
from zhixing.signals.catalogue import Catalogue, parse_catalogue
from zhixing.signals.guards import Guards
from zhixing.signals.store import SignalStore

CLOCK = "Clock"
PACE_S = 0.005
_START_LIMIT_S = 20.0


def load_catalogue() -> Catalogue:
    """Return the signals of the load: 500 and the time."""
    return {**bench_catalogue(), **parse_catalogue({CLOCK: {"type": "sensor", "datatype": "double", "unit": "s"}})}


@contextmanager
def loaded_broker(mode: str) -> Iterator[tuple[str, int]]:
    """Run a broker under load while the context lasts; gives its address and the number of its process.

    Raises:
        ServiceError: It does not start.
    """
    command = [sys.executable, "-c", f"from {__name__} import main; main({mode!r})"]
    with Popen(command, stdin=PIPE, stdout=PIPE, text=True) as process:  # noqa: S603
        assert process.stdin is not None  # noqa: S101
        assert process.stdout is not None  # noqa: S101
        address = process.stdout.readline().strip()
        try:
            if not address:
                raise ServiceError("the broker under load does not start", hint="See what it has printed.")
            yield address, process.pid
        finally:
            process.stdin.close()
            process.terminate()


async def _serve(mode: str) -> None:
    catalogue = load_catalogue()
    store = SignalStore(catalogue, Guards(()), time.monotonic_ns)
    companion = make_broker(BrokerConfig(port=_free_port()), store, time.monotonic_ns)
    assert companion is not None  # noqa: S101
    print(await companion.start(), flush=True)  # noqa: T201  # what the other process waits for
    ended = asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    number = 0
    batches = [list(values_of({p: leaf for p, leaf in catalogue.items() if p != CLOCK}, n).items()) for n in range(2)]
    while not ended.done():
        if mode == "flood":
            for path, value in batches[number % 2]:
                store.publish(path, value, time.monotonic_ns(), "load")
            number += 1
            await asyncio.sleep(0)
        elif mode == "paced":
            store.publish(CLOCK, time.monotonic(), time.monotonic_ns(), "load")
            await asyncio.sleep(PACE_S)
        else:
            await asyncio.sleep(0.1)
    await companion.stop()


def _free_port() -> int:

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def main(mode: str) -> None:
    """Serve until standard input ends."""
    asyncio.run(_serve(mode))
