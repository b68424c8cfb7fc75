"""How fast signals travel: in one process, and to other programs."""

from __future__ import annotations

from zhixing.runtime.bench.broker_speed import broker_speed
from zhixing.runtime.bench.measure import Measure
from zhixing.runtime.bench.store_speed import store_speed


def signals() -> list[Measure]:
    """Measure the store, then the broker.

    Raises:
        ServiceError: kuksa-client is not installed.
    """
    return [*store_speed(), *broker_speed()]
