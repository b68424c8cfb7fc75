"""How fast other programs hear of the car's signals: server and subscribers in two processes that share the cores."""

from __future__ import annotations

import importlib.util
import logging
import threading
import time
from collections.abc import Iterator
from importlib.metadata import version
from typing import Any

import numpy as np

from zhixing.errors import ServiceError
from zhixing.runtime.bench.measure import Measure
from zhixing.runtime.bench.signal_load import CLOCK, load_catalogue, loaded_broker

_SUBSCRIBERS = (1, 10, 50)
_DURATION_S = 5.0


def broker_speed() -> list[Measure]:
    """Measure what plain gRPC subscribers get, and what the real kuksa-client gets.

    Raises:
        ServiceError: kuksa-client is not installed.
    """
    if importlib.util.find_spec("kuksa_client") is None:
        raise ServiceError("kuksa-client is not installed", hint="pip install 'zhixing[kuksa]'")
    logging.getLogger("kuksa_client").setLevel(logging.ERROR)
    return [*_streamed(), *_paced(), *_real_client()]


def _streamed() -> Iterator[Measure]:
    from zhixing.vehicle.kuksa.measuring import listen  # noqa: PLC0415  # needs an extra

    paths = [path for path in load_catalogue() if path != CLOCK]
    with loaded_broker("flood") as (address, _):
        for number in _SUBSCRIBERS:
            heard = listen(address, paths, _DURATION_S, number)
            total = sum(one.num_updates for one in heard)
            yield Measure(
                name=f"gRPC, {number} subscriber{'s' * (number > 1)} of 500 signals, all they can take",
                value=total / _DURATION_S,
                unit="signals/s",
                target=40_000.0 if number == 1 else float("nan"),
                more_is_better=True,
            )


def _paced() -> Iterator[Measure]:
    from zhixing.vehicle.kuksa.measuring import listen  # noqa: PLC0415

    with loaded_broker("paced") as (address, _):
        for number in _SUBSCRIBERS:
            ages_ms = [age for one in listen(address, [CLOCK], _DURATION_S, number, CLOCK) for age in one.ages_ms]
            name = f"gRPC, 200 updates a second to {number} subscriber{'s' * (number > 1)}, publish until heard"
            yield from _two(name, ages_ms, 1.0 if number == 1 else float("nan"))


def _two(name: str, times_ms: list[float], median_target: float = float("nan")) -> Iterator[Measure]:
    yield Measure(name=f"{name}, median", value=float(np.median(times_ms)), unit="ms", target=median_target)
    yield Measure(name=f"{name}, p99", value=float(np.percentile(times_ms, 99)), unit="ms")


def _real_client() -> Iterator[Measure]:
    """Measure the unmodified client on both ends: one publishes the time, others subscribe to it."""
    from kuksa_client.grpc import Datapoint, VSSClient  # noqa: PLC0415  # a peer

    with loaded_broker("idle") as (address, _):
        host, _, port = address.rpartition(":")
        for number in _SUBSCRIBERS:
            ages_ms: list[float] = []
            over = threading.Event()

            def subscribe(ages_ms: list[float] = ages_ms, over: threading.Event = over) -> None:
                with VSSClient(host, int(port)) as client:
                    for update in client.subscribe_current_values([CLOCK]):
                        point: Any = update.get(CLOCK)
                        if point is not None:
                            ages_ms.append(1000.0 * (time.monotonic() - point.value))
                        if over.is_set():
                            return

            threads = [threading.Thread(target=subscribe, daemon=True) for _ in range(number)]
            with VSSClient(host, int(port)) as publisher:
                publisher.set_current_values({CLOCK: Datapoint(time.monotonic())})
                for thread in threads:
                    thread.start()
                time.sleep(1.0)
                ages_ms.clear()
                started_s = time.monotonic()
                num_published = 0
                while time.monotonic() - started_s < _DURATION_S:
                    publisher.set_current_values({CLOCK: Datapoint(time.monotonic())})
                    num_published += 1
                took_s = time.monotonic() - started_s
                heard = list(ages_ms)
                over.set()
                publisher.set_current_values({CLOCK: Datapoint(time.monotonic())})
            for thread in threads:
                thread.join(5.0)
            name = f"kuksa-client {version('kuksa-client')}, one publishes, {number} subscribe{'s' * (number == 1)}"
            yield Measure(name=f"{name}: published", value=num_published / took_s, unit="signals/s")
            yield Measure(name=f"{name}: heard in sum", value=len(heard) / took_s, unit="signals/s")
            yield from _two(f"{name}: publish until heard", heard)
