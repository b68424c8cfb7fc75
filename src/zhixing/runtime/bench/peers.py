"""How fast others simulate, in the same run on the same machine: highway-env and SUMO with its sublane model.

Neither is needed by Zhixing; whichever is installed in the same environment is measured.
"""

from __future__ import annotations

import importlib
import subprocess
import tempfile
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from zhixing.runtime.bench.measure import Measure

_USERS = 64
_REPEATS = 3
_STEPS = 200
_WARM_UP_STEPS = 600
_GRID = 4
_CORNERS = ("A0A1", "D0C0", "A3B3", "D3D2")


def peers() -> list[Measure]:
    """Measure agent-steps a second of every peer that is installed, with steps of 0.1 s."""
    return [
        Measure(
            name=f"{name} {_version(packages[0])}, {_USERS} vehicles, median of {_REPEATS}",
            value=median(run()),
            unit="agent-steps/s",
        )
        for name, packages, run in _PEERS
        if all(_version(package) for package in packages)
    ]


def _version(package: str) -> str:
    """Return the version of a package, empty if it is not installed."""
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def _highway_env() -> list[float]:
    """Return agent-steps a second of ``highway-v0``: four lanes, IDM and MOBIL, no pictures."""
    gymnasium: Any = importlib.import_module("gymnasium")
    importlib.import_module("highway_env")
    config = {
        "vehicles_count": _USERS,
        "lanes_count": 4,
        "simulation_frequency": 10,
        "policy_frequency": 10,
        "duration": 10**6,
        "offscreen_rendering": True,
    }
    env = gymnasium.make("highway-v0", config=config, disable_env_checker=True)
    rates = []
    for repeat in range(_REPEATS):
        env.reset(seed=repeat)
        agents, started = 0, perf_counter()
        for _ in range(_STEPS):
            agents += len(env.unwrapped.road.vehicles)
            _, _, is_over, _, _ = env.step(1)  # IDLE
            if is_over:
                env.reset()
        rates.append(agents / (perf_counter() - started))
    env.close()
    return rates


def _sumo() -> list[float]:
    """Return agent-steps a second of libsumo on a grid of crossroads with lights, lateral resolution 0.8 m."""
    libsumo: Any = importlib.import_module("libsumo")
    netgenerate = Path(str(importlib.import_module("sumo").SUMO_HOME)) / "bin" / "netgenerate"
    rates = []
    with tempfile.TemporaryDirectory() as folder:
        net, routes = Path(folder) / "grid.net.xml", Path(folder) / "grid.rou.xml"
        shape = ["--grid", "--grid.number", str(_GRID), "--grid.length", "150", "-L", "2", "-j", "traffic_light"]
        subprocess.run([netgenerate, *shape, "-o", net], check=True, capture_output=True)  # noqa: S603
        flows = "".join(
            f'<flow id="{start}-{end}" from="{start}" to="{end[2:]}{end[:2]}" begin="0" end="100000" period="1"/>'
            for start in _CORNERS
            for end in _CORNERS
            if start != end
        )
        routes.write_text(f"<routes>{flows}</routes>", encoding="utf-8")
        options = ["--step-length", "0.1", "--lateral-resolution", "0.8", "--max-num-vehicles", str(_USERS)]
        quiet = ["--no-step-log", "--no-warnings", "--duration-log.disable", "--seed", "1"]
        libsumo.start(["sumo", "-n", str(net), "-r", str(routes), *options, *quiet])
        for _ in range(_WARM_UP_STEPS):
            libsumo.simulationStep()
        for _ in range(_REPEATS):
            agents, started = 0, perf_counter()
            for _ in range(10 * _STEPS):
                libsumo.simulationStep()
                agents += libsumo.vehicle.getIDCount()
            rates.append(agents / (perf_counter() - started))
        libsumo.close()
    return rates


_PEERS: tuple[tuple[str, tuple[str, ...], Callable[[], list[float]]], ...] = (
    ("highway-env", ("highway-env",), _highway_env),
    ("SUMO with sublane model", ("libsumo", "eclipse-sumo"), _sumo),
)
"""Name, the packages it needs, and what measures it."""
