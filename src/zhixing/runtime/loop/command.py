"""The loop as a command: which archive, which planners, and what is shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from zhixing.dataloop.fanout import Fanout
from zhixing.dataloop.gate import GateRules
from zhixing.runtime.dataloop import open_archive
from zhixing.runtime.loop.recipes import Background, How
from zhixing.runtime.loop.run import LoopPlan, LoopReport, Step, run_loop
from zhixing.runtime.loop.selection import catalogue_queries
from zhixing.runtime.loop.telling import (
    check_needed,
    check_writable,
    in_words,
    lines_of,
    mean_score,
    verdict_findings,
    verdict_title,
    write_report,
)  # fmt: skip

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
        return verdict_title(self.report.judged)

    def rows(self) -> list[tuple[str, object]]:
        """Return what there was at each step."""
        done, verdict = self.report, self.report.judged.verdict
        return [
            ("recordings", done.ingested.num_sources),
            ("new", len(done.ingested.new)),
            ("put aside", sum(bool(one.refused) for one in done.ingested.new)),
            ("drives", len(done.ingested.drives)),
            ("hits", done.selection.mined.num_hits),
            ("scenarios", len(done.selection.scenes)),
            ("driven by both", verdict.num_scenarios),
            ("not drivable", len({*done.candidate.failed, *done.incumbent.failed})),
            ("score of the candidate", mean_score(done.candidate)),
            ("score of the incumbent", mean_score(done.incumbent)),
            ("difference", in_words(verdict.difference)),
        ]

    def findings(self) -> list[tuple[str, str, str]]:
        """Return what each rule says."""
        return verdict_findings(self.report.judged)

    def summary(self) -> dict[str, Any]:
        """Return the same for programs."""
        return {"key": self.key, "verdict": asdict(self.report.judged.verdict), "steps": dict(self.rows())}


def loop_once(
    places: Sequence[Path],
    archive: str | None,
    candidate: str,
    incumbent: str,
    background: Background,
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
    check_writable(out)
    check_needed(needed, [query.name for query in catalogue_queries()])

    def on_step(step: Step, share: float) -> None:
        first, last = _SHARES[step]
        if on_progress:
            on_progress(first + share * (last - first))

    plan = LoopPlan(
        candidate=How(planner=candidate, background=background, is_checked=is_checked),
        incumbent=How(planner=incumbent, background=background, is_checked=is_checked),
        scenes_per_query=scenes,
        rules=GateRules(least_scenarios=least, needed_slices=tuple(needed)),
        trained_on=None if trained_on is None else lines_of(trained_on),
    )
    report = run_loop(places, open_archive(archive), plan, Fanout(jobs, on), on_step)
    write_report(out, report.judged)
    return LoopDone(report=report)
