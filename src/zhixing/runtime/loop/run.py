"""The whole loop on some folders: ingest, mine, drive, score, gate, report."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from zhixing.dataloop.archive.archive import Archive
from zhixing.dataloop.fanout import Fanout
from zhixing.dataloop.gate import USUAL, GateRules
from zhixing.dataloop.ingest.ingest import IngestReport, ingest
from zhixing.datatypes.query import Query
from zhixing.runtime.loop.driving import Driven, drive_scenes
from zhixing.runtime.loop.judging import Judged, judge_and_report
from zhixing.runtime.loop.making import Progress
from zhixing.runtime.loop.recipes import How
from zhixing.runtime.loop.selection import SCENES_PER_QUERY, Selection, select

Step = Literal["ingest", "mine", "drive", "judge"]
OnStep = Callable[[Step, float], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class LoopPlan:
    """What a run of the loop is to do.

    Attributes:
        candidate: Who wants to be released.
        incumbent: Who drives now.
        queries: What to look for; the catalogue of patterns if empty.
        scenes_per_query: Of what a query finds in recordings that are no tasks, at most so many are driven.
        rules: Of the gate.
        trained_on: Drives that the candidate has learnt from, by key or name; None if nobody says.
    """

    candidate: How
    incumbent: How
    queries: tuple[Query, ...] = ()
    scenes_per_query: int = SCENES_PER_QUERY
    rules: GateRules = USUAL
    trained_on: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LoopReport:
    """What came of a run.

    Attributes:
        ingested: Of the recordings.
        selection: What was driven.
        candidate: How the candidate did.
        incumbent: How the incumbent did.
        judged: The verdict and the page.
    """

    ingested: IngestReport
    selection: Selection
    candidate: Driven
    incumbent: Driven
    judged: Judged


def run_loop(
    places: Sequence[Path],
    archive: Archive,
    plan: LoopPlan,
    fanout: Fanout | None = None,
    on_step: OnStep | None = None,
) -> LoopReport:
    """Go from recordings to a verdict; only what has changed since an earlier run is done again.

    Args:
        places: Recordings, or folders of them.
        archive: Where everything is kept.
        plan: What to do.
        fanout: How many work at once; None is this process alone.
        on_step: Told which step is done to which share.

    Raises:
        InputError: A place is not there, or there is nothing to drive.
        PluginError: A planner is not registered.
        RecordingError: The archive cannot be read or written.
        ServiceError: A process was killed; what was done until then is kept.
    """

    def telling(step: Step) -> Progress:
        def tell(share: float) -> None:
            if on_step:
                on_step(step, share)

        tell(0.0)
        return tell

    # 1. recordings become drives
    ingested = ingest(places, archive, fanout, telling("ingest"))
    # 2. queries find what is worth driving
    selection = select(
        archive, ingested.drives, plan.queries, plan.scenes_per_query, fanout, telling("mine")
    )  # fmt: skip
    # 3. both drive and are scored
    tell = telling("drive")
    scenes = selection.scenes
    ours = drive_scenes(archive, scenes, plan.candidate, fanout, lambda share: tell(0.5 * share))
    theirs = drive_scenes(archive, scenes, plan.incumbent, fanout, lambda share: tell(0.5 + 0.5 * share))
    # 4. the gate
    telling("judge")
    judged = judge_and_report(
        archive, selection, (plan.candidate, ours), (plan.incumbent, theirs), plan.rules, plan.trained_on,
        num_recordings=ingested.num_sources,
    )  # fmt: skip
    return LoopReport(ingested=ingested, selection=selection, candidate=ours, incumbent=theirs, judged=judged)
