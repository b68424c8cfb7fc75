"""How fast the signal store is inside one process."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import median
from time import perf_counter, perf_counter_ns

import numpy as np

from zhixing.datatypes.signal import Reading
from zhixing.runtime.bench.measure import Measure
from zhixing.signals.catalogue import Catalogue, parse_catalogue
from zhixing.signals.guards import Guards
from zhixing.signals.store import SignalStore

NUM_SIGNALS = 500
NUM_WATCHERS = 20
_ROUNDS = 400
_REPEATS = 5


def bench_catalogue(num_signals: int = NUM_SIGNALS) -> Catalogue:
    """Return signals in the mix of a car: three of five are floats, the rest small integers and booleans."""
    floats, small = {"datatype": "float"}, {"datatype": "uint8", "max": 100}
    kinds: tuple[Mapping[str, object], ...] = (floats, small, floats, {"datatype": "boolean"}, floats)
    return parse_catalogue({f"S{number}": {"type": "sensor", **kinds[number % 5]} for number in range(num_signals)})


def values_of(catalogue: Catalogue, number: int) -> dict[str, Reading]:
    """Return a value for each signal, another for each number from 0 to 99."""
    by_type: dict[str, Reading] = {"float": number + 0.5, "uint8": number, "boolean": number % 2 == 1}
    return {path: by_type[leaf.datatype] for path, leaf in catalogue.items()}


def store_speed() -> list[Measure]:
    """Measure publishes a second and the time until a watcher hears, with watchers of a part each and of everything."""
    catalogue = bench_catalogue()
    measures = []
    for name, is_all in (("25 signals each", False), ("all signals each", True)):
        store = SignalStore(catalogue, Guards(()), lambda: 0)
        heard = [0]

        def hear(path: str, value: Reading, heard: list[int] = heard) -> None:
            del path, value
            heard[0] += 1

        paths = list(catalogue)
        share = NUM_SIGNALS // NUM_WATCHERS
        for number in range(NUM_WATCHERS):
            store.watch(hear, None if is_all else paths[number * share : (number + 1) * share])
        batches = [list(values_of(catalogue, number).items()) for number in range(2)]
        rates = []
        for _ in range(_REPEATS):
            started = perf_counter()
            for time_ns in range(_ROUNDS):
                for path, value in batches[time_ns % 2]:
                    store.publish(path, value, time_ns, "bench")
            rates.append(_ROUNDS * NUM_SIGNALS / (perf_counter() - started))
        measures.append(
            Measure(
                name=f"in one process: {NUM_SIGNALS} signals, {NUM_WATCHERS} watchers of {name}, median of {_REPEATS}",
                value=median(rates),
                unit="publishes/s",
                target=float("nan") if is_all else 500_000.0,
                more_is_better=True,
            )
        )
    return [*measures, *_latency(catalogue)]


def _latency(catalogue: Catalogue) -> list[Measure]:
    """Return how long it takes from publishing to the last of all watchers."""
    store = SignalStore(catalogue, Guards(()), lambda: 0)
    last_ns = [0]

    def hear(path: str, value: Reading) -> None:
        del path, value
        last_ns[0] = perf_counter_ns()

    for _ in range(NUM_WATCHERS):
        store.watch(hear)
    times_us = []
    for number in range(200):
        for path, value in values_of(catalogue, number % 100).items():
            before_ns = perf_counter_ns()
            last_ns[0] = before_ns
            store.publish(path, value, number, "bench")
            if last_ns[0] != before_ns:
                times_us.append((last_ns[0] - before_ns) / 1000.0)
    name = f"publish until the last of {NUM_WATCHERS} watchers has heard"
    return [
        Measure(name=f"{name}, median", value=float(np.median(times_us)), unit="µs"),
        Measure(name=f"{name}, p99", value=float(np.percentile(times_us, 99)), unit="µs", target=50.0),
    ]
