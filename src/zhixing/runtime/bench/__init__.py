"""How fast, and how good: every figure in docs/benchmarks.md is printed by one of these, with its machine and versions.

Each suite is a function that returns measures; ``SUITES`` names them. Machines are noisy: every suite that takes times
repeats and gives medians.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from zhixing.runtime.bench.aeb import aeb
from zhixing.runtime.bench.assistant import assistant
from zhixing.runtime.bench.cut_ins import cut_ins
from zhixing.runtime.bench.measure import Measure
from zhixing.runtime.bench.mixed_traffic import SEEDS, mixed_traffic
from zhixing.runtime.bench.overtaking import overtaking
from zhixing.runtime.bench.page import page
from zhixing.runtime.bench.pattern_slices import pattern_slices
from zhixing.runtime.bench.planning import planning
from zhixing.runtime.bench.recording import recording
from zhixing.runtime.bench.safety import safety
from zhixing.runtime.bench.serving import serving
from zhixing.runtime.bench.signals import signals
from zhixing.runtime.bench.simulation import simulation
from zhixing.runtime.bench.soak import soak
from zhixing.runtime.bench.startup import startup
from zhixing.runtime.bench.sumo_traffic import sumo_traffic
from zhixing.runtime.bench.turns import turns

SUITES_OF_A_PLANNER: Mapping[str, Callable[[str], list[Measure]]] = {
    "cut-ins": cut_ins,
    "aeb": aeb,
    "mixed-traffic": mixed_traffic,
    "overtaking": overtaking,
    "patterns": pattern_slices,
}
"""Suites in which a planner drives; they are told its registered name."""

SUITES: Mapping[str, Callable[[], list[Measure]]] = {
    "startup": startup,
    "turn": turns,
    "assistant": assistant,
    "simulation": simulation,
    "planning": planning,
    "safety": safety,
    "recording": recording,
    "serve": serving,
    "page": page,
    "signals": signals,
    "soak": soak,
    "sumo": sumo_traffic,
}
ONLY_BY_NAME = frozenset({"page", "signals", "soak", "sumo", *SUITES_OF_A_PLANNER})
"""Suites that need what Zhixing does not, or minutes."""


def run_suite(name: str, planner: str, seeds: int = SEEDS) -> list[Measure]:
    """Return what a suite measures; a planner is needed only where one drives, seeds only where there are scenes."""
    if name == "mixed-traffic":
        return mixed_traffic(planner, seeds)
    if name in SUITES_OF_A_PLANNER:
        return SUITES_OF_A_PLANNER[name](planner)
    return SUITES[name]()
