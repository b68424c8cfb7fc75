"""All that is measured of the driver, in one run: recorded tasks beside its peers, then the benches it drives in."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zhixing.errors import ScenarioError
from zhixing.runtime.bench.aeb import aeb
from zhixing.runtime.bench.cut_ins import cut_ins
from zhixing.runtime.bench.measure import Measure
from zhixing.runtime.bench.mixed_traffic import mixed_traffic
from zhixing.runtime.bench.planning import planning
from zhixing.runtime.bench.safety import safety
from zhixing.runtime.driving_exam import run_driving_exam
from zhixing.runtime.driving_tasks import find_tasks
from zhixing.simulation.replay_world import Background

DRIVER = "sampling"
_PEERS = ("idm", "pdm")
_BACKGROUNDS: tuple[Background, ...] = ("reactive", "replay")
_JOBS = 2
_COLUMNS = ("set", "background", "planner", "family", "tasks", "score", "goal", "collision", "off road", "timeout",
            "success", "hit without fault", "plan ms (median)", "plan ms (p99)")  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class DrivingTables:
    """What a run found.

    Attributes:
        rows: One row for each set of tasks, background, planner and family; see ``columns``.
        measures: Of the benches.
    """

    rows: tuple[tuple[Any, ...], ...]
    measures: tuple[Measure, ...]

    def columns(self) -> tuple[str, ...]:
        """Return the heading of the rows."""
        return _COLUMNS


def run_driving(data: Path | None, seeds: int, on_progress: Callable[[float], None] | None = None) -> DrivingTables:
    """Drive everything there is.

    Args:
        data: Folder of sets of recorded tasks; every folder in it that holds tasks is a set. None leaves them out.
        seeds: Scenes of mixed traffic.
        on_progress: Told the share that is done, 0 to 1.

    Raises:
        ScenarioError: The folder holds no tasks.
    """
    sets = _sets(data) if data is not None else []
    if data is not None and not sets:
        raise ScenarioError(f"no driving tasks are in the folders of {data}", hint="Give the folder of the sets.")
    benches: tuple[Callable[[], list[Measure]], ...] = (
        planning, safety, lambda: aeb(DRIVER), lambda: mixed_traffic(DRIVER, seeds), lambda: cut_ins(DRIVER),
    )  # fmt: skip
    exams = [(one, background, planner) for one in sets for background in _BACKGROUNDS for planner in (DRIVER, *_PEERS)]
    parts = len(exams) + len(benches)
    rows: list[tuple[Any, ...]] = []
    for done, (one, background, planner) in enumerate(exams):
        if on_progress:
            on_progress(done / parts)
        with tempfile.TemporaryDirectory() as out:
            report = run_driving_exam([one], planner, Path(out), background, _JOBS)
        rows += [(one.name, background, planner, *row) for row in report.rows()]
    measures: list[Measure] = []
    for done, bench in enumerate(benches, start=len(exams)):
        if on_progress:
            on_progress(done / parts)
        measures += bench()
    return DrivingTables(rows=tuple(rows), measures=tuple(measures))


def _sets(data: Path) -> list[Path]:
    """Return the folders that hold tasks."""
    found = []
    for folder in sorted(path for path in data.iterdir() if path.is_dir()) if data.is_dir() else []:
        try:
            if find_tasks([folder]):
                found.append(folder)
        except ScenarioError:
            continue
    return found
