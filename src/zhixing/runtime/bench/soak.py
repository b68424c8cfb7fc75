"""A day of updates through store, broker and gRPC, as fast as they go: does memory grow?"""

from __future__ import annotations

import time
from pathlib import Path

from zhixing.runtime.bench.measure import Measure
from zhixing.runtime.bench.signal_load import CLOCK, load_catalogue, loaded_broker

_UPDATES_PER_S = 100
_DAY_S = 86_400
_PARTS = 4


def soak() -> list[Measure]:
    """Send a day of updates at 100 a second to one subscriber, beside one that never reads.

    Raises:
        ServiceError: kuksa-client is not installed.
    """
    from zhixing.vehicle.kuksa.measuring import listen_to  # noqa: PLC0415  # needs an extra

    paths = [path for path in load_catalogue() if path != CLOCK]
    updates = _UPDATES_PER_S * _DAY_S
    with loaded_broker("flood") as (address, pid):
        started_s = time.monotonic()
        memory_mb = []
        for _ in range(_PARTS):
            listen_to(address, paths, updates // _PARTS)
            memory_mb.append(_memory_mb(pid))
        took_s = time.monotonic() - started_s
    grown_mb = max(0.0, memory_mb[-1] - memory_mb[0])
    return [
        Measure(name=f"a day at {_UPDATES_PER_S} updates/s heard by one subscriber", value=updates, unit="updates"),
        Measure(name="compressed to", value=took_s, unit="s"),
        Measure(name="memory of the server after a quarter of it", value=memory_mb[0], unit="MB"),
        Measure(name="growth of its memory in the rest", value=grown_mb, unit="MB", target=1.0),
    ]


def _memory_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text("ascii")
    return int(status.partition("VmRSS:")[2].split()[0]) / 1000.0
