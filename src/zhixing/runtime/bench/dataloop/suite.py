"""All figures of the data loop."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

from zhixing.dataloop.archive.archive import Archive
from zhixing.dataloop.fanout import Fanout
from zhixing.runtime.bench.dataloop.ingesting import ingesting
from zhixing.runtime.bench.dataloop.kills import kills
from zhixing.runtime.bench.dataloop.logs import logs
from zhixing.runtime.bench.dataloop.pair_query import pair_query
from zhixing.runtime.bench.dataloop.planted.catalogue import measure_planted
from zhixing.runtime.bench.measure import Measure
from zhixing.runtime.loop.recipes import How
from zhixing.runtime.loop.run import LoopPlan, run_loop

_TASKS = "onsite_china"
_FIRST_TARGET_S, _SECOND_TARGET_S = 300.0, 5.0


def run_dataloop(data: Path | None, on_progress: Callable[[float], None] | None = None) -> list[Measure]:
    """Take the figures of the data loop; those over driving tasks need a folder with some.

    Args:
        data: A folder with a folder of OnSite's tasks, or None.
        on_progress: Told the share that is done.
    """

    def tell(share: float) -> None:
        if on_progress:
            on_progress(share)

    tasks = data / _TASKS if data is not None and (data / _TASKS).is_dir() else None
    measures = pair_query()
    tell(0.15)
    measures += logs()
    measures += measure_planted()
    tell(0.2)
    measures += ingesting(tasks)
    tell(0.3)
    if tasks is not None:
        measures += whole_loop(tasks)
    tell(0.5)
    return measures + kills(on_progress=lambda share: tell(0.5 + 0.5 * share))


def whole_loop(tasks: Path) -> list[Measure]:
    """Measure the loop over a folder of tasks with two planners, and again when nothing has changed."""
    plan = LoopPlan(candidate=How(planner="sampling"), incumbent=How(planner="idm"))
    times, pages = [], []
    with tempfile.TemporaryDirectory() as name:
        for _ in range(2):
            began = perf_counter()
            report = run_loop([tasks], Archive(name), plan, Fanout(2))
            times.append(perf_counter() - began)
            pages.append(report.judged.html)
    what = f"loop over {report.ingested.num_sources} tasks, sampling against idm, two processes"
    return [
        Measure(name=f"{what}: first run", value=times[0], unit="s", target=_FIRST_TARGET_S),
        Measure(name=f"{what}: second run", value=times[1], unit="s", target=_SECOND_TARGET_S),
        Measure(name=f"{what}: reports that differ", value=float(pages[0] != pages[1]), unit="", target=0.0),
        Measure(name=f"{what}: scenarios", value=float(len(report.selection.scenes)), unit=""),
    ]
