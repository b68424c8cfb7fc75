"""Scores of two planners become a verdict, and the verdict a page that people look at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from zhixing.dataloop.archive.archive import Archive
from zhixing.dataloop.archive.keys import canonical, code_key, key_of
from zhixing.dataloop.artefacts import Artefact, Artefacts, Recipe
from zhixing.dataloop.gate import GateRules, judge
from zhixing.dataloop.report.page import ReportData, page_of
from zhixing.dataloop.report.views import scene_view
from zhixing.dataloop.scenes import SceneRef, patterns_within
from zhixing.datatypes.localized import Localized
from zhixing.datatypes.verdict import Finding, Interval, SliceResult, Verdict
from zhixing.runtime.loop.driving import Driven, kept_trace
from zhixing.runtime.loop.names import CLASS_NAMES, TIME_NAMES
from zhixing.runtime.loop.recipes import How, task_recipe
from zhixing.runtime.loop.selection import Selection
from zhixing.simulation.patterns.catalogue import catalogue

_WORST = 10
_LEARNS_NOTHING = frozenset({"idm", "pdm", "sampling"})
"""Planners that come with Zhixing: nothing in them was fitted to recordings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A verdict with all that it rests on.

    Attributes:
        verdict: The judgement.
        key: Of the verdict's artefact.
        report: Key of the page's.
        html: The page.
    """

    verdict: Verdict
    key: str
    report: str
    html: bytes


def judge_and_report(
    archive: Archive,
    selection: Selection,
    ours: tuple[How, Driven],
    theirs: tuple[How, Driven],
    rules: GateRules,
    trained_on: Sequence[str] | None,
    *,
    num_recordings: int,
) -> Judged:
    """Return the verdict on a candidate against an incumbent, and the page about it.

    Args:
        archive: Where everything is kept.
        selection: What both were to drive.
        ours: The candidate: how, and what came of it.
        theirs: The incumbent.
        rules: Of the gate.
        trained_on: Names or keys of drives that the candidate has learnt from; None if nobody says, which is enough for
            planners that come with Zhixing.
        num_recordings: Where the drives came from, for the funnel.

    Raises:
        InputError: The two have no scenario in common.
        RecordingError: The archive cannot be read or written.
    """
    artefacts = Artefacts(archive)
    scenes, mined = selection.scenes, selection.mined
    slices = slices_in(artefacts, selection)
    if trained_on is None and ours[0].planner in _LEARNS_NOTHING:
        trained_on = ()
    known = None if trained_on is None else _trained(archive, scenes, trained_on)
    recipe = Recipe(
        kind="verdict",
        made_from=(*sorted({*ours[1].keys.values(), *theirs[1].keys.values()}), *sorted(mined.keys.values())),
        made_by=code_key("dataloop/gate.py", "datatypes/verdict.py", "runtime/loop/judging.py"),
        how={
            "candidate": asdict(ours[0]), "incumbent": asdict(theirs[0]), "rules": asdict(rules),
            "trained_on": None if known is None else sorted(known), "slices": key_of(canonical(slices)),
        },
    )  # fmt: skip
    artefact = artefacts.find(recipe)
    if artefact is None:
        both = set(ours[1].cards) & set(theirs[1].cards)
        verdict = judge(list(ours[1].cards.values()), list(theirs[1].cards.values()), slices, rules, known)
        artefact = artefacts.keep(
            recipe,
            {
                "name": f"{verdict.candidate} against {verdict.incumbent}",
                "background": ours[0].background,
                "pairs": {name: [ours[1].keys[name], theirs[1].keys[name]] for name in sorted(both)},
                **asdict(verdict),
            },
        )
    verdict = verdict_from(artefact.says)
    funnel = {
        "recordings": num_recordings, "drives": len(selection.drives), "hits": mined.num_hits,
        "scenarios": len(scenes), "driven": len(set(ours[1].cards) & set(theirs[1].cards)),
        "goals": sum(card.outcome == "goal" for card in ours[1].cards.values()),
    }  # fmt: skip
    report = _report(artefacts, artefact, verdict, scenes, slices, ours, theirs, funnel)
    return Judged(verdict=verdict, key=artefact.key, report=report.key, html=artefacts.blob(report))


def verdict_from(said: Mapping[str, Any]) -> Verdict:
    """Return a verdict that was kept."""
    return Verdict(
        candidate=said["candidate"],
        incumbent=said["incumbent"],
        passes=said["passes"],
        findings=tuple(_finding(one) for one in said["findings"]),
        difference=Interval(**said["difference"]),
        slices=tuple(SliceResult(**{**one, "difference": Interval(**one["difference"])}) for one in said["slices"]),
        num_scenarios=said["num_scenarios"],
    )


def slices_in(artefacts: Artefacts, selection: Selection) -> dict[str, list[str]]:
    """Return the slices that each scenario belongs to, by its name; a scenario that was not driven has none."""
    found = {}
    for scene in selection.scenes:
        task = artefacts.find(task_recipe(scene))
        if task is not None:
            hits = selection.mined.hits.get(scene.drive, ())
            within = patterns_within(hits, task.says["from_ns"], task.says["until_ns"])
            found[scene.name] = [*task.says["slices"], *within]
    return found


def _finding(said: Mapping[str, Any]) -> Finding:
    return Finding(
        rule=said["rule"], is_met=said["is_met"], says=Localized(**said["says"]), scenarios=tuple(said["scenarios"])
    )


def _names() -> dict[str, Localized]:
    """Return what slices are called by people."""
    patterns = {f"pattern:{name}": pattern.title for name, pattern in catalogue().items()}
    return patterns | {f"class:{user.name.lower()}": title for user, title in CLASS_NAMES.items()} | TIME_NAMES


def _trained(archive: Archive, scenes: Sequence[SceneRef], trained_on: Sequence[str]) -> list[str]:
    """Return the scenarios, and other things, whose drives somebody has learnt from."""
    known = set(trained_on)
    hit = [
        scene.name for scene in scenes
        if scene.drive in known or archive.drives[scene.drive].drive_id in known or scene.name in known
    ]  # fmt: skip
    return hit + sorted(known - set(hit))


def _report(
    artefacts: Artefacts, judged: Artefact, verdict: Verdict, scenes: Sequence[SceneRef],
    slices: Mapping[str, list[str]], ours: tuple[How, Driven], theirs: tuple[How, Driven], funnel: Mapping[str, int],
) -> Artefact:  # fmt: skip
    made_by = code_key("dataloop/report", "runtime/loop/judging.py")
    recipe = Recipe(kind="report", made_from=(judged.key,), made_by=made_by, how={"funnel": dict(funnel)})
    known = artefacts.find(recipe)
    if known is not None:
        return known
    both = sorted(set(ours[1].cards) & set(theirs[1].cards))
    mine, other = ours[1].cards, theirs[1].cards
    worst = sorted(both, key=lambda name: (mine[name].score - other[name].score, mine[name].score, name))[:_WORST]
    by_name = {scene.name: scene for scene in scenes}
    views = []
    for name in worst:
        scenario, trace = kept_trace(artefacts.archive, by_name[name], ours[0])
        views.append(scene_view(scenario, trace, kept_trace(artefacts.archive, by_name[name], theirs[0])[1]))
    data = ReportData(
        verdict=verdict,
        key=judged.key,
        background=ours[0].background,
        funnel=dict(funnel),
        cards=tuple((mine[name], other[name]) for name in both),
        slices={name: tuple(slices.get(name, ())) for name in both},
        names=_names(),
        failed=dict(sorted({**theirs[1].failed, **ours[1].failed}.items())),
        worst=tuple(views),
    )
    return artefacts.keep(recipe, {"name": judged.says["name"], "passes": verdict.passes}, page_of(data))
