"""The ground truth of CAR-bench, replayed in our car: nothing of it may be refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from zhixing.runtime.car_bench.outside import MockData, read_mock_data
from zhixing.runtime.car_bench.session import Answer, Question, Session, changes_the_vehicle
from zhixing.runtime.car_bench.state import CarValue, signals_for
from zhixing.runtime.car_bench.tasks import Task, Tool, read_tasks, read_tools
from zhixing.runtime.car_bench.tools import READING_TOOLS, Call, wanted_by
from zhixing.runtime.car_bench.untrusted import read_bytes, shown
from zhixing.runtime.car_bench.violations import ViolationResult, run_violations
from zhixing.signals.catalogue import load_catalogue

Verdict = Literal["replayed", "not replayable", "refused", "differs"]
_VERDICTS: Mapping[Verdict, str] = {
    "replayed": "as recorded",
    "not replayable": "our car lacks something",
    "refused": "a rule refused",
    "differs": "ends otherwise than recorded",
}
_LONGEST_LINE = 400
_ABSENT = object()


@dataclass(frozen=True, slots=True, kw_only=True)
class Benchmark:
    """The folder of CAR-bench, read.

    Attributes:
        policy: The system text with its two placeholders.
    """

    tasks: tuple[Task, ...]
    tools: Mapping[str, Tool]
    mock: MockData
    policy: str

    @property
    def needs_yes(self) -> frozenset[str]:
        """Names of the tools that require confirmation."""
        return frozenset(name for name, tool in self.tools.items() if tool.needs_yes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """What came of the ground truth of one task.

    Attributes:
        verdict: ``not replayable``: our car lacks something; ``refused``: a rule refused a call of it; ``differs``:
            all was granted, but the car or what it tells is not as the benchmark recorded it.
        why: What our car lacks, the rules that refused, or what differs.
        vehicle_calls: How many calls of it change the vehicle.
        yes_by_door: Guards whose question was answered with yes, one for each question.
        yes_by_adapter: Policies whose question was, where the door did not ask.
        unavailable: Tools outside our car that nobody could answer.
    """

    task_id: str
    kind: str
    verdict: Verdict
    why: tuple[str, ...] = ()
    vehicle_calls: int
    yes_by_door: tuple[str, ...] = ()
    yes_by_adapter: tuple[str, ...] = ()
    unavailable: tuple[str, ...] = ()

    def in_words(self) -> str:
        """Return the task and what came of it, in one line whatever a stranger's file holds.

        Example:
            >>> Replay(task_id="t", kind="base", verdict="differs", why=("a is 1, not 2",), vehicle_calls=1).in_words()
            't (base): ends otherwise than recorded: a is 1, not 2'
        """
        told = f"{self.task_id} ({self.kind}): {_VERDICTS[self.verdict]}"
        line = f"{told}: {'; '.join(self.why)}" if self.why else told
        line = "".join(char if char.isprintable() else " " for char in line)
        return line if len(line) <= _LONGEST_LINE else f"{line[: _LONGEST_LINE - 1]}…"


@dataclass(frozen=True, slots=True, kw_only=True)
class CarBenchReport:
    """What came of all tasks, and of the policy violations that we construct."""

    replays: tuple[Replay, ...]
    violations: tuple[ViolationResult, ...]

    def columns(self) -> tuple[str, ...]:
        """Return the heads of the table."""
        return ("kind", "tasks", "with vehicle", "replayable", "replayed", "refused", "differs", "yes: door", "adapter")

    def rows(self) -> list[tuple[str, ...]]:
        """Return one line a kind and one for all."""
        kinds = dict.fromkeys(replay.kind for replay in self.replays)
        lines = [_row(kind, [replay for replay in self.replays if replay.kind == kind]) for kind in kinds]
        return [*lines, _row("all", self.replays)]

    def violation_columns(self) -> tuple[str, ...]:
        """Return the heads of the second table."""
        return ("policy", "violation", "answer", "by", "rule", "held")

    def violation_rows(self) -> list[tuple[str, ...]]:
        """Return one line for each violation that we construct."""
        return [
            (
                result.violation.policy,
                result.violation.about,
                result.answer.status,
                result.answer.by or "",
                result.answer.rule,
                "yes" if result.is_held else "no",
            )
            for result in self.violations
        ]

    @property
    def shortfalls(self) -> tuple[Replay, ...]:
        """Tasks that were not replayed, for the lines below the table."""
        return tuple(replay for replay in self.replays if replay.verdict != "replayed")


def read_benchmark(folder: Path) -> Benchmark:
    """Return tasks, tools, mock data and policy of a folder.

    Raises:
        InputError: A file is absent or broken; the message names file, line and task.
    """
    tools = read_tools(folder)
    return Benchmark(
        tasks=read_tasks(folder, tools),
        tools=tools,
        mock=read_mock_data(folder),
        policy=read_bytes(folder / "policy.md").decode("utf-8", errors="replace"),
    )


def run_car_bench(folder: Path, speed_kmh: float = 0.0) -> CarBenchReport:
    """Replay the ground truth of every task and try every violation.

    Args:
        folder: CAR-bench as published.
        speed_kmh: How fast the car drives. The benchmark's is parked as far as its ground truth tells: it opens
            trunks and switches low beams off. At any other speed some refusals are right.

    Raises:
        InputError: A file is absent or broken.
    """
    benchmark = read_benchmark(folder)
    replays = tuple(replay(task, benchmark, speed_kmh) for task in benchmark.tasks)
    return CarBenchReport(replays=replays, violations=run_violations())


def replay(task: Task, benchmark: Benchmark, speed_kmh: float = 0.0) -> Replay:
    """Carry out the ground truth of one task; the person says yes to every question.

    Raises:
        InputError: The task's car is in a state that no car can be in.
    """
    vehicle_calls = sum(map(changes_the_vehicle, task.calls))
    lacking = tuple(_lacking(task))
    if lacking:
        return Replay(
            task_id=task.task_id, kind=task.kind, verdict="not replayable", why=lacking, vehicle_calls=vehicle_calls
        )
    session = Session(task, benchmark.mock, lambda _: True, benchmark.needs_yes, speed_kmh)
    answers = [answer for step in steps(task.calls) for answer in session.call_together(step)]
    refusals = tuple(f"{answer.call.name}: {answer.rule}" for answer in answers if answer.status == "refused")
    differences = tuple(_differences(task, session, answers))
    return Replay(
        task_id=task.task_id,
        kind=task.kind,
        verdict="refused" if refusals else "differs" if differences else "replayed",
        why=refusals or differences,
        vehicle_calls=vehicle_calls,
        yes_by_door=_rules(session.questions, "door"),
        yes_by_adapter=_rules(session.questions, "adapter"),
        unavailable=tuple(
            answer.call.name
            for answer in answers
            if answer.status == "unavailable" and not changes_the_vehicle(answer.call)
        ),
    )


def steps(calls: Sequence[Call]) -> Iterator[tuple[Call, ...]]:
    """Yield what an assistant would call together: neighbouring calls that change the vehicle; all else alone.

    The ground truth is one order of several that the benchmark accepts (air conditioning on, then the windows shut).

    Example:
        >>> [len(step) for step in steps([Call("set_fan_speed", {"level": 1})] * 2 + [Call("get_car_color", {})])]
        [2, 1]
    """
    together: list[Call] = []
    for call in calls:
        if changes_the_vehicle(call):
            together.append(call)
            continue
        if together:
            yield tuple(together)
            together = []
        yield (call,)
    if together:
        yield tuple(together)


def _lacking(task: Task) -> Iterator[str]:
    catalogue = load_catalogue()
    for call in task.calls:
        for name, value in (wanted_by(call, task.task_id) or {}).items():
            if signals_for(name, value, catalogue) is None:
                yield f"no signal has the value {name}={value}"


def _differences(task: Task, session: Session, answers: Sequence[Answer]) -> Iterator[str]:
    for answer, recorded in zip(answers, task.recorded, strict=False):
        if answer.call.name in READING_TOOLS and answer.message() != dict(recorded):
            yield f"{answer.call.name} tells {_difference(answer.message(), recorded)}"
        if answer.status in {"wrong", "declined"} or (
            answer.status == "unavailable" and changes_the_vehicle(answer.call)
        ):
            yield f"{answer.call.name}: {answer.rule or answer.say}"
    if task.final is None:
        return
    wanted: dict[str, CarValue] = {**task.state, **task.final}
    now = session.values()
    for name, value in wanted.items():
        if now[name] != value:
            yield f"{name} is {now[name]}, not {value}"


def _difference(told: Mapping[str, Any], recorded: Mapping[str, Any]) -> str:
    """Return in words how an answer differs from the recorded one: entry by entry where both are results."""
    one, other = told.get("result"), recorded.get("result")
    if told.get("status") == recorded.get("status") and isinstance(one, dict) and isinstance(other, dict):
        told, recorded = one, other
    names = [name for name in {**told, **recorded} if told.get(name, _ABSENT) != recorded.get(name, _ABSENT)]
    return ", ".join(f"{name}={_shown(told, name)} instead of {_shown(recorded, name)}" for name in names)


def _shown(entries: Mapping[str, Any], name: str) -> str:
    return shown(entries[name]) if name in entries else "nothing"


def _rules(questions: Sequence[Question], by: str) -> tuple[str, ...]:
    return tuple(question.rules[0] for question in questions if question.by == by)


def _row(name: str, replays: Sequence[Replay]) -> tuple[str, ...]:
    verdicts = [replay.verdict for replay in replays]
    return (
        name,
        str(len(replays)),
        str(sum(replay.vehicle_calls > 0 for replay in replays)),
        str(len(replays) - verdicts.count("not replayable")),
        str(verdicts.count("replayed")),
        str(verdicts.count("refused")),
        str(verdicts.count("differs")),
        str(sum(len(replay.yes_by_door) for replay in replays)),
        str(sum(len(replay.yes_by_adapter) for replay in replays)),
    )
