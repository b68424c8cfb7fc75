"""The loop is killed at random moments; afterwards the archive must be whole, and the next run complete it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

import numpy as np

from zhixing.dataloop.archive.archive import Archive
from zhixing.errors import ZhixingError
from zhixing.runtime.bench.measure import Measure
from zhixing.runtime.kept_patterns import keep_pattern_drive
from zhixing.runtime.patterns import drive_pattern
from zhixing.simulation.patterns.catalogue import catalogue

_TIMES, _TASKS = 50, 4


def kills(times: int = _TIMES, on_progress: Callable[[float], None] | None = None) -> list[Measure]:
    """Kill the loop over a few staged scenes at random moments and count what is lost, double or not completed."""
    rng = np.random.default_rng(7)
    lost = double = incomplete = broken = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for pattern in list(catalogue())[:_TASKS]:
            keep_pattern_drive(drive_pattern(pattern, None, 0, "idm"), folder / "tasks")
        _run(folder, "warm")
        began = perf_counter()
        whole = _run(folder, "whole")
        took_s = perf_counter() - began
        wanted = set(Archive(str(folder / "whole")).drives)
        for k in range(times):
            place = f"killed-{k}"
            _run(folder, place, kill_after_s=float(rng.uniform(0.05, 1.0)) * took_s)
            try:
                archive = Archive(str(folder / place))
                for entry in archive.drives.values():
                    archive.load(entry)
                for path in (folder / place).rglob("artefacts/*/*.json"):
                    json.loads(path.read_bytes())
            except (ZhixingError, ValueError):
                broken += 1
            incomplete += _run(folder, place) != whole
            archive = Archive(str(folder / place))
            lost += len(wanted - set(archive.drives))
            seen = Counter(key for source in archive.sources.values() for key in source.drives)
            double += sum(count - 1 for count in seen.values()) + len(set(archive.drives) - wanted)
            if on_progress:
                on_progress((k + 1) / times)
    what = f"killed at {times} random moments of ingest and loop"
    counts = (("unreadable archives", broken), ("drives lost", lost), ("drives double", double),
              ("next run not complete or other bytes", incomplete))  # fmt: skip
    return [Measure(name=f"{what}: {text}", value=float(count), unit="", target=0.0) for text, count in counts]


def _run(folder: Path, place: str, kill_after_s: float | None = None) -> bytes:
    """Run the loop in a process of its own; return its report, nothing if it was killed before."""
    out = folder / f"{place}.html"
    command = [
        sys.executable,
        "-m",
        "zhixing",
        "loop",
        str(folder / "tasks"),
        "--candidate",
        "idm",
        "--incumbent",
        "pdm",
    ]
    command += ["--archive", str(folder / place), "--out", str(out), "--jobs", "1", "--least", "2"]
    process = subprocess.Popen(  # noqa: S603
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        process.wait(kill_after_s)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    return out.read_bytes() if out.is_file() and process.returncode == 0 else b""
