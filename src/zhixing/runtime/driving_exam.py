"""The driving exam: every task driven in closed loop and judged from its trace."""

from __future__ import annotations

import json
import math
import signal
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from zhixing.datatypes.evidence import Scorecard, Trace
from zhixing.datatypes.units import s_from_ns
from zhixing.driving.safety import SafetyChecker
from zhixing.errors import InputError, RecordingError, ServiceError, ZhixingError
from zhixing.formats.trace_csv import write_trace_csv
from zhixing.runtime.driving_tasks import find_tasks, read_scenario, task_name
from zhixing.runtime.metrics import registered_metrics
from zhixing.runtime.planners import make_planner
from zhixing.simulation.replay_world import Background
from zhixing.simulation.rollout import rollout
from zhixing.simulation.score import score

_MOST_FIRST_SPEED = 2.0
_OUTCOMES = ("goal", "collision", "off_road", "timeout")


@dataclass(frozen=True, slots=True, kw_only=True)
class DrivingReport:
    """What came of an exam.

    Attributes:
        results: One object a task, as in ``results.jsonl``.
        errors: Tasks that could not be driven: (folder, reason).
    """

    results: tuple[dict[str, Any], ...]
    errors: tuple[tuple[str, str], ...]

    def columns(self) -> tuple[str, ...]:
        """Return the heading of the table by family."""
        return (
            "family",
            "tasks",
            "score",
            *_OUTCOMES,
            "success",
            "hit without fault",
            "plan ms (median)",
            "plan ms (p99)",
        )

    def rows(self) -> list[tuple[object, ...]]:
        """Return the table by family, all tasks last."""
        families = sorted({str(result["family"]) for result in self.results})
        chosen = [(family, [r for r in self.results if r["family"] == family]) for family in families]
        return [self._row(family, results) for family, results in [*chosen, ("all", list(self.results))] if results]

    @staticmethod
    def _row(family: str, results: list[dict[str, Any]]) -> tuple[object, ...]:
        return (
            family,
            len(results),
            float(np.mean([r["score"] for r in results])),
            *(sum(r["outcome"] == outcome for r in results) for outcome in _OUTCOMES),
            sum(r["success"] for r in results),
            int(sum(r["metrics"]["contacts_without_fault"] for r in results)),
            float(np.median([r["plan_ms"]["median"] or 0.0 for r in results])),
            float(np.max([r["plan_ms"]["p99"] or 0.0 for r in results])),
        )


def run_driving_exam(
    folders: Sequence[Path],
    planner_name: str,
    out: Path,
    background: Background = "replay",
    jobs: int = 1,
    on_progress: Callable[[float], None] | None = None,
    *,
    is_checked: bool = True,
    first_speed: float = 1.0,
) -> DrivingReport:
    """Drive every task in some folders; write ``OUT/<task>/trace.csv`` and ``OUT/results.jsonl``.

    Args:
        folders: Tasks, or folders of tasks, as for :func:`find_tasks`.
        planner_name: Registered name.
        out: Where results go; each is written as soon as it is known.
        background: How the others move.
        jobs: Processes.
        on_progress: Told the share that is done, 0 to 1.
        is_checked: Whether the safety checker stands between planner and car, as it does in the vehicle.
        first_speed: What share of the speed in the file the ego starts with. A driver whom a few hundredths more or
            less cost a task was lucky there.

    Raises:
        InputError: The share is not between 0 and 2.
        ScenarioError: There is no task.
        PluginError: The planner is not registered or lacks a method.
        RecordingError: A result cannot be written.
        ServiceError: A process was killed; what was done until then is written.
    """
    if not 0.0 <= first_speed <= _MOST_FIRST_SPEED:
        raise InputError(f"a first speed of {first_speed:g} times that in the file", hint="Give a share from 0 to 2.")
    tasks = find_tasks(folders)
    make_planner(planner_name)
    how = _How(planner_name, out, background, is_checked, first_speed)
    results, errors = [], []
    try:
        out.mkdir(parents=True, exist_ok=True)
        with (out / "results.jsonl").open("w", encoding="utf-8") as file:
            for done, (task, answer) in enumerate(_answers(tasks, how, jobs), start=1):
                if isinstance(answer, str):
                    errors.append((str(task), answer))
                else:
                    results.append(answer)
                    file.write(json.dumps(answer, ensure_ascii=False, allow_nan=False) + "\n")
                    file.flush()
                if on_progress:
                    on_progress(done / len(tasks))
    except BrokenProcessPool as error:
        raise ServiceError("a process of the exam was killed", hint="Use fewer --jobs; memory may be short.") from error
    except OSError as error:
        raise RecordingError(f"{out} cannot be written: {error.strerror}", hint="Choose another folder.") from error
    results.sort(key=lambda result: (result["family"], result["task"]))
    return DrivingReport(results=tuple(results), errors=tuple(sorted(errors)))


class _How(NamedTuple):
    """How every task of an exam is driven, and where its trace goes."""

    planner_name: str
    out: Path
    background: Background
    is_checked: bool
    first_speed: float


def _answers(tasks: list[Path], how: _How, jobs: int) -> Iterator[tuple[Path, dict[str, Any] | str]]:
    # Results are kept by the name of the task, so a name can be there only once.
    twice = {name for name, count in Counter(map(task_name, tasks)).items() if count > 1}
    yield from (
        (task, f"more than one task is called {task_name(task)!r}") for task in tasks if task_name(task) in twice
    )
    tasks = [task for task in tasks if task_name(task) not in twice]
    if jobs == 1:
        yield from ((task, _drive(task, how)) for task in tasks)
        return
    # Started fresh: a forked process would share the state of threads that it does not have.
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=_ignore_interrupts) as pool:
        futures = {pool.submit(_drive, task, how): task for task in tasks}
        try:
            for future in as_completed(futures):
                yield futures[future], future.result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _ignore_interrupts() -> None:
    """Let the parent answer Ctrl-C: it stops handing out tasks and lets those that run finish."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _drive(task: Path, how: _How) -> dict[str, Any] | str:
    """Return the result of one task, or why it could not be driven."""
    try:
        scenario = read_scenario(task)
        speed_mps = how.first_speed * scenario.start.speed_mps
        scenario = replace(scenario, start=replace(scenario.start, speed_mps=speed_mps))
        checker = SafetyChecker() if how.is_checked else None
        trace = rollout(scenario, make_planner(how.planner_name), background=how.background, checker=checker)
        write_trace_csv(how.out / scenario.scenario_id / "trace.csv", trace)
        return _result(score(trace, scenario, registered_metrics()), trace)
    except RecordingError:
        raise
    except ZhixingError as error:
        return str(error)
    except Exception as error:  # one task must not take the others with it, whatever its files do to us
        return f"a bug in Zhixing: {type(error).__name__}: {error}"[:400]


def _result(card: Scorecard, trace: Trace) -> dict[str, Any]:
    plan_ms = trace.plan_ms if trace.plan_ms.size else np.array([math.nan])
    return {
        "task": card.scenario_id,
        "family": card.family,
        "planner": card.planner,
        "outcome": card.outcome,
        "success": _is_success(card),
        "score": round(card.score, 6),
        "metrics": {name: _json_number(value) for name, value in card.metrics.items()},
        "plan_ms": {
            "median": _json_number(float(np.median(plan_ms))),
            "p99": _json_number(float(np.percentile(plan_ms, 99))),
        },
        "explanations": list(_explanations(trace)),
    }


def _is_success(card: Scorecard) -> bool:
    """Return whether a task was passed as CommonRoad judges: the goal reached, and nobody touched, whoever's fault."""
    return card.outcome == "goal" and card.metrics["contacts_without_fault"] == 0.0


def _explanations(trace: Trace) -> Iterable[dict[str, object]]:
    for time_ns, decision in trace.decisions:
        yield {
            "t": s_from_ns(int(time_ns - trace.time_ns[0])),
            "text": decision.say.zh,
            "text_en": decision.say.en,
            "rule": decision.rule,
        }


def _json_number(value: float) -> float | None:
    return round(value, 6) if math.isfinite(value) else None
