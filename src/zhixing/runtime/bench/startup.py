"""How soon the command line answers."""

from __future__ import annotations

import subprocess
import sys
from statistics import median
from time import perf_counter

from zhixing.runtime.bench.measure import Measure

_REPEATS = 7


def startup() -> list[Measure]:
    """Measure ``zhixing --help`` as a new process."""
    command = [sys.executable, "-m", "zhixing", "--help"]
    times_s = []
    for _ in range(_REPEATS):
        started = perf_counter()
        subprocess.run(command, check=True, capture_output=True)  # noqa: S603
        times_s.append(perf_counter() - started)
    return [Measure(name=f"zhixing --help, median of {_REPEATS}", value=median(times_s), unit="s", target=0.5)]
