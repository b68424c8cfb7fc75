"""The loop as a command: which archive, which planners, and what is shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from zhixing.dataloop.fanout import Fanout
from zhixing.dataloop.gate import GateRules
from zhixing.errors import InputError, RecordingError
from zhixing.runtime.dataloop import open_archive
from zhixing.runtime.loop.driving import How
from zhixing.runtime.loop.run import LoopPlan, LoopReport, Step, run_loop

_SHARES: dict[Step, tuple[float, float]] = {
    "ingest": (0.0, 0.05), "mine": (0.05, 0.1), "drive": (0.1, 0.97), "judge": (0.97, 1.0),
}  # fmt: skip
"""Of the time of a run that each step mostly takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoopDone:
    """A run of the loop, as it is shown."""

    report: LoopReport

    @property
    def key(self) -> str:
        """Key of the verdict."""
        return self.report.judged.key

    def title(self) -> str:
        """Return the verdict in one line."""
        verdict = self.report.judged.verdict
        word = "may be released" if verdict.passes else "is not released"
        return f"{verdict.candidate} {word} against {verdict.incumbent} ({verdict.num_scenarios} scenarios)"

    def rows(self) -> list[tuple[str, object]]:
        """Return what there was at each step."""
        done, verdict = self.report, self.report.judged.verdict
        difference = verdict.difference
        return [
            ("recordings", done.ingested.num_sources),
            ("new", len(done.ingested.new)),
            ("put aside", sum(bool(one.refused) for one in done.ingested.new)),
            ("drives", len(done.ingested.drives)),
            ("hits", done.mined.num_hits),
            ("scenarios", len(done.scenes)),
            ("driven by both", verdict.num_scenarios),
            ("not drivable", len({*done.candidate.failed, *done.incumbent.failed})),
            ("score of the candidate", _mean([card.score for card in done.candidate.cards.values()])),
            ("score of the incumbent", _mean([card.score for card in done.incumbent.cards.values()])),
            ("difference", f"{difference.mean:+.4f} (95 %: {difference.low:+.4f} to {difference.high:+.4f})"),
        ]

    def findings(self) -> list[tuple[str, str, str]]:
        """Return what each rule says."""
        return [
            ("met" if one.is_met else "NOT MET", one.rule, one.says.en + _some(one.scenarios))
            for one in self.report.judged.verdict.findings
        ]

    def summary(self) -> dict[str, Any]:
        """Return the same for programs."""
        return {"key": self.key, "verdict": asdict(self.report.judged.verdict), "steps": dict(self.rows())}


def loop_once(
    places: Sequence[Path],
    archive: str | None,
    candidate: str,
    incumbent: str,
    background: Literal["replay", "reactive"],
    out: Path,
    *,
    trained_on: Path | None,
    needed: Sequence[str],
    least: int,
    scenes: int,
    is_checked: bool,
    jobs: int,
    on: str,
    on_progress: Callable[[float], None] | None,
) -> LoopDone:
    """Run the loop and write its report; see :func:`zhixing.runtime.loop.run.run_loop`.

    Raises:
        InputError: The list of what the candidate has learnt from cannot be read.
        RecordingError: The report cannot be written.
    """
    if out.is_dir() or not out.parent.is_dir():
        raise RecordingError(f"{out} cannot be written", hint="Give a file in a folder that is there.")

    def on_step(step: Step, share: float) -> None:
        first, last = _SHARES[step]
        if on_progress:
            on_progress(first + share * (last - first))

    plan = LoopPlan(
        candidate=How(planner=candidate, background=background, is_checked=is_checked),
        incumbent=How(planner=incumbent, background=background, is_checked=is_checked),
        scenes_per_query=scenes,
        rules=GateRules(least_scenarios=least, needed_slices=tuple(needed)),
        trained_on=None if trained_on is None else _lines(trained_on),
    )
    report = run_loop(places, open_archive(archive), plan, Fanout(jobs, on), on_step)
    try:
        out.write_bytes(report.judged.html)
    except OSError as error:
        raise RecordingError(f"{out} cannot be written: {error.strerror}", hint="Choose another file.") from error
    return LoopDone(report=report)


def _lines(path: Path) -> tuple[str, ...]:
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read: {error}", hint="Give a text file with a drive a line.") from error
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def _some(names: Sequence[str]) -> str:
    if not names:
        return ""
    return f" ({', '.join(names[:3])}{' …' if len(names) > 3 else ''})"


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else float("nan")
