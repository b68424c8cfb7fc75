"""How fast signals travel: in one process, to other programs, from a bus."""

from __future__ import annotations

from zhixing.runtime.bench.broker_speed import broker_speed
from zhixing.runtime.bench.can_bus import can_bus
from zhixing.runtime.bench.measure import Measure
from zhixing.runtime.bench.store_speed import store_speed


def signals() -> list[Measure]:
    """Measure the store, the broker, and a full bus.

    Raises:
        ServiceError: kuksa-client or python-can is not installed.
    """
    return [*store_speed(), *broker_speed(), *can_bus()]
