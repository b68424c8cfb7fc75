"""The cockpit exam: conversations in cars whose state is given, judged by what the signals are afterwards."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any, BinaryIO, get_args

import numpy as np

from zhixing.datatypes.dialogue import Turn, TurnOutcome
from zhixing.datatypes.localized import LANGS, Lang
from zhixing.datatypes.signal import Value, Zone
from zhixing.errors import InputError, SignalError
from zhixing.reasoning.reasoner import Reasoner
from zhixing.runtime.cabin import make_cabin
from zhixing.signals.catalogue import load_catalogue

_PAUSE_S = 1.0
_MAX_LINE_BYTES = 1_000_000
_MAX_INT = 2**63
_DRIVE = 127
_LID = re.compile(r"\.(Trunk\.\w+|Hood|Door\.Row\d\.\w+)$")
_GEAR = "Vehicle.Powertrain.Transmission.SelectedGear"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseTurn:
    """One sentence of a case and what shall come of it."""

    say: str
    zone: Zone
    outcome: TurnOutcome
    changes: Mapping[str, Any]
    answer: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One short conversation in a car whose state is given."""

    case_id: str
    lang: Lang
    category: str
    state: Mapping[str, Value]
    turns: tuple[CaseTurn, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnResult:
    """What came of one sentence.

    Attributes:
        ms: Time from the sentence to the answer of the door, in milliseconds; the vehicle's own time is not counted.
    """

    outcome: str
    changes: Mapping[str, Value]
    reply: str
    by: str
    ms: float
    passed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseResult:
    """What came of one case."""

    case: Case
    turns: tuple[TurnResult, ...]

    @property
    def passed(self) -> bool:
        """Whether every turn came out as it should."""
        return len(self.turns) == len(self.case.turns) and all(turn.passed for turn in self.turns)


@dataclass(frozen=True, slots=True, kw_only=True)
class CockpitReport:
    """The exam's result: one count of (passed, all) for every category and language.

    Attributes:
        counts: (category, language) to (passed, all).
        median_ms: Of one turn.
        p99_ms: Of one turn.
        failed: Identifiers of the cases that failed.
    """

    counts: Mapping[str, Mapping[str, tuple[int, int]]]
    median_ms: float
    p99_ms: float
    failed: tuple[str, ...] = field(default=())

    def columns(self) -> tuple[str, ...]:
        """Return the heads of the table."""
        return ("category", *LANGS, "all")

    def rows(self) -> list[tuple[str, ...]]:
        """Return one line a category and one for all."""
        lines = [
            (
                category,
                *(_share([by_lang[lang]] if lang in by_lang else []) for lang in LANGS),
                _share(by_lang.values()),
            )
            for category, by_lang in self.counts.items()
        ]
        totals = {lang: [by[lang] for by in self.counts.values() if lang in by] for lang in LANGS}
        everything = [count for counts in totals.values() for count in counts]
        return [*lines, ("all", *(_share(totals[lang]) for lang in LANGS), _share(everything))]


def run_cockpit_exam(cases: Path, out: Path | None = None, reasoner: Reasoner | None = None) -> CockpitReport:
    """Run every case in a fresh car and judge it.

    Args:
        cases: JSON lines, as the exam page describes them.
        out: Where to write one JSON line a case, or None.
        reasoner: A language model for what the device is not sure of, or None.

    Raises:
        InputError: The file cannot be read, a line is no case, or results cannot be written.
    """
    try:
        with cases.open("rb") as file:
            exam = [read_case(line, number) for number, line in _lines(file)]
    except OSError as error:
        raise InputError(f"cannot read {cases}: {error.strerror}", hint="Give a file of cases.") from error
    if not exam:
        raise InputError(f"{cases} has no cases", hint="Give one JSON object a line.")
    results = [run_case(case, reasoner) for case in exam]
    if out is not None:
        text = "".join(json.dumps(result_line(result), ensure_ascii=False) + "\n" for result in results)
        try:
            out.parent.mkdir(parents=True, exist_ok=True)
            out.write_text(text, "utf-8")
        except OSError as error:
            raise InputError(f"cannot write {out}: {error.strerror}", hint="Choose another file.") from error
    return _report(results)


def _lines(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Yield number and bytes of every line that is not empty, at most one byte more than a line may have."""
    for number, line in enumerate(iter(lambda: file.readline(_MAX_LINE_BYTES + 1), b""), start=1):
        if line.strip() or len(line) > _MAX_LINE_BYTES:
            yield number, line


def read_case(line: bytes, number: int) -> Case:
    """Return the case of one line.

    Raises:
        InputError: It is not a case; the message names the line.
    """
    where = f"line {number}"
    if len(line) > _MAX_LINE_BYTES:
        raise InputError(f"{where} is longer than {_MAX_LINE_BYTES} bytes")
    try:
        content = json.loads(line, parse_constant=_no_constant)
        json.dumps(content, ensure_ascii=False).encode("utf-8")  # a lone surrogate is legal JSON and no text
        state = content.get("state", {})
        case = Case(
            case_id=_text(content["id"]),
            lang=_choice(content["lang"], LANGS),
            category=_text(content["category"]),
            state={path: _value(value) for path, value in dict(state).items()},
            turns=tuple(_read_turn(turn) for turn in content["turns"]),
        )
    except KeyError as error:
        raise InputError(f"{where}: {error} is absent", hint="Compare it with the exam page.") from error
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise InputError(f"{where}: {error}", hint="Compare it with the exam page.") from error
    if not case.turns:
        raise InputError(f"{where}: a case has at least one turn")
    catalogue = load_catalogue()
    for path in case.state:
        if path not in catalogue:
            raise InputError(f"{where}: state names the unknown signal {path!r}", hint="zhixing signals lists them.")
    return case


def _read_turn(content: Mapping[str, Any]) -> CaseTurn:
    return CaseTurn(
        say=_text(content["say"]),
        zone=Zone(content["zone"]),
        outcome=_choice(content["outcome"], get_args(TurnOutcome)),
        changes={path: _matcher(wanted) for path, wanted in dict(content.get("changes", {})).items()},
        answer=tuple(_text(part) for part in content.get("answer", ())),
    )


def _value(value: Any) -> Value:  # noqa: ANN401 - JSON
    if not isinstance(value, bool | int | float | str) or (isinstance(value, int) and abs(value) > _MAX_INT):
        raise TypeError(f"{str(value)[:40]} is no value of a signal")
    return value


def _matcher(wanted: Any) -> Any:  # noqa: ANN401 - JSON
    """Return a wanted value, or a matcher whose limits have the types that their names ask for."""
    if not isinstance(wanted, Mapping):
        return _value(wanted)
    for name, limit in wanted.items():
        match name, limit:
            case "gt" | "lt", int() | float():
                pass
            case "between", [int() | float(), int() | float()]:
                pass
            case "in", [_, *_]:
                pass
            case "up" | "down", True:
                pass
            case _:
                raise ValueError(f"the matcher {name}: {str(limit)[:40]} is unknown")
    return wanted


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value


def _choice(value: Any, allowed: tuple[Any, ...]) -> Any:  # noqa: ANN401 - the caller's Literal
    if value not in allowed:
        raise ValueError(f"{value!r} is none of {', '.join(map(str, allowed))}")
    return value


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no JSON number")


def run_case(case: Case, reasoner: Reasoner | None = None) -> CaseResult:
    """Hold one conversation in a fresh car.

    Raises:
        InputError: The state is not one that the car can be in.
    """
    cabin = make_cabin(reasoner)
    state = dict(case.state)
    speed = state.get("Vehicle.Speed", 0.0)
    if isinstance(speed, int | float) and speed > 0 and _GEAR not in state:
        state[_GEAR] = _DRIVE
    try:
        cabin.vehicle.set_state(state)
    except SignalError as error:
        raise InputError(f"case {case.case_id}: {error}", hint="Correct its state.") from error
    results = []
    for turn in case.turns:
        before = dict(cabin.store.snapshot())
        started = perf_counter()
        heard = cabin.hear(turn.say, turn.zone, case.lang)
        is_thinking = heard.outcome == "thinking"
        ms = (perf_counter() - started) * 1e3
        heard = cabin.finish(heard)
        if is_thinking:
            ms = (perf_counter() - started) * 1e3
        results.append(judge(turn, heard, before, dict(cabin.store.snapshot()), ms))
        cabin.step(_PAUSE_S)
    return CaseResult(case=case, turns=tuple(results))


def judge(
    wanted: CaseTurn, heard: Turn, before: Mapping[str, Value], after: Mapping[str, Value], ms: float
) -> TurnResult:
    """Return whether a turn came out as it should."""
    changes = counted_changes(before, after, wanted.changes)
    passed = heard.outcome == wanted.outcome and set(changes) == set(wanted.changes)
    passed = passed and all(matches(wanted.changes[path], before[path], value) for path, value in changes.items())
    if wanted.answer:
        passed = passed and any(part.lower() in heard.reply.lower() for part in wanted.answer)
    return TurnResult(outcome=heard.outcome, changes=changes, reply=heard.reply, by=heard.by, ms=ms, passed=passed)


def counted_changes(
    before: Mapping[str, Value], after: Mapping[str, Value], listed: Mapping[str, Any]
) -> dict[str, Value]:
    """Return every actuator that differs, without what merely follows another one that differs.

    What a sensor reports (the cabin air that slowly warms) is the world's doing and not counted.
    """
    catalogue = load_catalogue()
    changed = {p: after[p] for p in after if after[p] != before[p] and catalogue[p].kind == "actuator"}
    return {path: value for path, value in changed.items() if path in listed or not _follows(path, changed)}


def _follows(path: str, changed: Mapping[str, Value]) -> bool:
    stem, _, leaf = path.rpartition(".")
    is_lid = _LID.search(stem) is not None
    match leaf:
        case "Position" | "Switch" if is_lid:
            return f"{stem}.IsOpen" in changed
        case "IsLocked" if ".Trunk." in stem:
            doors = ("Vehicle.Cabin.Door.", ".IsLocked")
            return f"{stem}.IsOpen" in changed or any(p.startswith(doors[0]) and p.endswith(doors[1]) for p in changed)
        case "IsOpen" | "Switch" if not is_lid:
            return f"{stem}.Position" in changed
        case "LightSwitch" | "IsHighBeamSwitchOn":
            return any(other.startswith("Vehicle.Body.Lights.") and other != path for other in changed)
        case "Status":
            return f"{stem}.Level" in changed
        case _:
            return (
                ".Wiping." in path
                and leaf != "Mode"
                and path.split(".Wiping.", maxsplit=1)[0] + ".Wiping.Mode" in changed
            )


def matches(wanted: Any, before: Value, now: Value) -> bool:  # noqa: ANN401 - JSON
    """Return whether a value is as wanted.

    Example:
        >>> matches({"up": True}, 22.0, 23.0), matches({"between": [18, 22]}, 0, 23), matches(67, 0, 67)
        (True, False, True)
    """
    if not isinstance(wanted, Mapping):
        return wanted == now and isinstance(wanted, bool) == isinstance(now, bool)
    if not wanted:
        return False
    return all(_holds(str(name), limit, before, now) for name, limit in wanted.items())


def _holds(name: str, limit: Any, before: Value, now: Value) -> bool:  # noqa: ANN401 - JSON
    if name == "in":
        return now in limit
    if isinstance(now, str | bool) or isinstance(before, str | bool):
        return False
    match name:
        case "gt":
            return bool(now > limit)
        case "lt":
            return bool(now < limit)
        case "between":
            return bool(limit[0] <= now <= limit[1])
        case "up":
            return now > before
        case "down":
            return now < before
        case _:
            return False


def result_line(result: CaseResult) -> dict[str, Any]:
    """Return a result as the exam page describes it."""
    return {
        "id": result.case.case_id,
        "passed": result.passed,
        "turns": [
            {
                "outcome": turn.outcome,
                "changes": dict(turn.changes),
                "reply": turn.reply,
                "by": turn.by,
                "ms": round(turn.ms, 3),
            }
            for turn in result.turns
        ],
    }


def _report(results: list[CaseResult]) -> CockpitReport:
    counts: dict[str, dict[str, tuple[int, int]]] = {}
    for result in results:
        by_lang = counts.setdefault(result.case.category, {})
        passed, total = by_lang.get(result.case.lang, (0, 0))
        by_lang[result.case.lang] = (passed + result.passed, total + 1)
    times = [turn.ms for result in results for turn in result.turns]
    return CockpitReport(
        counts=counts,
        median_ms=float(np.percentile(times, 50)),
        p99_ms=float(np.percentile(times, 99)),
        failed=tuple(result.case.case_id for result in results if not result.passed),
    )


def _share(counts: Iterable[tuple[int, int]]) -> str:
    pairs = list(counts)
    return f"{sum(p for p, _ in pairs)}/{sum(n for _, n in pairs)}" if pairs else ""
