"""What a figure depends on."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path

from zhixing import __version__


def machine() -> dict[str, str]:
    """Return what a figure depends on."""
    model = "unknown CPU"
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        models = [line.partition(":")[2].strip() for line in cpuinfo.read_text().splitlines() if "model name" in line]
        model = models[0] if models else platform.machine()
    return {
        "cpu": f"{model}, {os.cpu_count()} cores",
        "python": platform.python_version(),
        "numpy": version("numpy"),
        "numba": version("numba"),
        "pyarrow": version("pyarrow"),
        "duckdb": version("duckdb"),
        "zhixing": __version__,
    }
