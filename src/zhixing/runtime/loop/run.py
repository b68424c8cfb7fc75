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
from zhixing.dataloop.scenes import SceneRef, scene_of_hit, task_of
from zhixing.datatypes.query import Query
from zhixing.errors import InputError
from zhixing.runtime.loop.driving import Driven, How, drive_scenes
from zhixing.runtime.loop.judging import Judged, judge_and_report
from zhixing.runtime.loop.mining import Mined, mine_archive
from zhixing.simulation.patterns.catalogue import catalogue

Step = Literal["ingest", "mine", "drive", "judge"]
OnStep = Callable[[Step, float], None]
_LEARNS_NOTHING = frozenset({"idm", "pdm", "sampling"})
"""Planners that come with Zhixing: nothing in them was fitted to recordings."""


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
    scenes_per_query: int = 20
    rules: GateRules = USUAL
    trained_on: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LoopReport:
    """What came of a run.

    Attributes:
        ingested: Of the recordings.
        mined: What queries found.
        scenes: What was driven.
        candidate: How the candidate did.
        incumbent: How the incumbent did.
        judged: The verdict and the page.
    """

    ingested: IngestReport
    mined: Mined
    scenes: tuple[SceneRef, ...]
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

    def telling(step: Step) -> Callable[[float], None]:
        def tell(share: float) -> None:
            if on_step:
                on_step(step, share)

        tell(0.0)
        return tell

    # 1. recordings become drives
    ingested = ingest(places, archive, fanout, telling("ingest"))
    # 2. queries find what is worth driving
    queries = plan.queries or tuple(pattern.query() for pattern in catalogue().values())
    mined = mine_archive(archive, queries, ingested.drives, fanout, telling("mine"))
    # 3. tasks, and scenes around what was found
    scenes = scenes_of(archive, mined, ingested.drives, plan.scenes_per_query)
    if not scenes:
        raise InputError("there is nothing to drive", hint="Give recordings with a map that are tasks or hold cars.")
    # 4. both drive and are scored
    tell = telling("drive")
    ours = drive_scenes(archive, scenes, plan.candidate, fanout, lambda share: tell(0.5 * share))
    theirs = drive_scenes(archive, scenes, plan.incumbent, fanout, lambda share: tell(0.5 + 0.5 * share))
    # 5. the gate
    telling("judge")
    trained_on = plan.trained_on
    if trained_on is None and plan.candidate.planner in _LEARNS_NOTHING:
        trained_on = ()
    funnel = {
        "recordings": ingested.num_sources, "drives": len(ingested.drives), "hits": mined.num_hits,
        "scenarios": len(scenes), "driven": len(set(ours.cards) & set(theirs.cards)),
        "goals": sum(card.outcome == "goal" for card in ours.cards.values()),
    }  # fmt: skip
    judged = judge_and_report(
        archive, scenes, mined, (plan.candidate, ours), (plan.incumbent, theirs), plan.rules, trained_on, funnel
    )
    return LoopReport(
        ingested=ingested, mined=mined, scenes=scenes, candidate=ours, incumbent=theirs, judged=judged
    )  # fmt: skip


def scenes_of(archive: Archive, mined: Mined, drives: Sequence[str], per_query: int) -> tuple[SceneRef, ...]:
    """Return what can be driven: recordings that are tasks, and in others what queries found.

    Of each query's scenes at most ``per_query`` are taken, spread evenly over all of them.
    """
    scenes = [task for key in drives if (task := task_of(archive.drives[key])) is not None]
    found: dict[str, list[SceneRef]] = {}
    for key in drives:
        entry = archive.drives[key]
        if entry.task is not None or not entry.road or not mined.hits[key]:
            continue
        drive = archive.load(entry)
        for hit in mined.hits[key]:
            scene = scene_of_hit(entry, hit, drive)
            if scene is not None:
                found.setdefault(hit.query, []).append(scene)
    for query in sorted(found):
        unique = list({scene.name: scene for scene in found[query]}.values())
        step = max(1.0, len(unique) / per_query)
        scenes += [unique[int(k * step)] for k in range(min(per_query, len(unique)))]
    return tuple(sorted(scenes, key=lambda scene: scene.name))
