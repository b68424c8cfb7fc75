"""Runs and verdicts, and two drivers side by side in one scene."""

from __future__ import annotations

import math
from typing import Any

from zhixing import registry
from zhixing.dataloop.archive.archive import Archive
from zhixing.dataloop.artefacts import Artefact, Artefacts
from zhixing.dataloop.report.views import scene_view
from zhixing.dataloop.scenes import SceneRef, scenario_of, scene_of_hit
from zhixing.dataloop.trace_json import trace_from_json
from zhixing.datatypes.evidence import Trace
from zhixing.errors import InputError, RecordingError, ScenarioError
from zhixing.runtime.loop.driving import drive_scenes, kept_trace
from zhixing.runtime.loop.judging import verdict_from
from zhixing.runtime.loop.recipes import How
from zhixing.runtime.studio.desk import archive_at
from zhixing.runtime.studio.hits import PlainHit, hit_of

_MOST_VERDICTS = 200


def runs(place: str) -> dict[str, Any]:
    """Return all verdicts, and how every planner did in all that it has driven.

    Raises:
        RecordingError: The archive cannot be read.
    """
    artefacts = Artefacts(archive_at(place))
    verdicts = [line for one in artefacts.readable("verdict") if (line := _line_if_sound(one)) is not None]
    by_planner: dict[str, list[dict[str, Any]]] = {}
    for card in artefacts.readable("score"):
        if _is_sound(card.says):
            by_planner.setdefault(card.says["planner"], []).append(card.says)
    return {
        "verdicts": sorted(verdicts, key=lambda one: (one["candidate"], one["incumbent"], one["key"]))[:_MOST_VERDICTS],
        "planners": sorted((_board(name, cards) for name, cards in by_planner.items()), key=lambda one: -one["score"]),
    }


def verdict(place: str, key: str) -> dict[str, Any]:
    """Return a verdict with the scores of both, scenario by scenario, the candidate's worst first.

    Raises:
        InputError: There is no such verdict.
        RecordingError: The archive cannot be read.
    """
    artefacts = Artefacts(archive_at(place))
    judged = _judged(artefacts, key)
    said = verdict_from(judged.says)
    pairs = _pairs(artefacts, judged)
    worst = sorted(pairs, key=lambda name: (pairs[name][0].says["score"] - pairs[name][1].says["score"], name))
    lines = [{"name": name, "ours": _card(pairs[name][0].says), "theirs": _card(pairs[name][1].says)} for name in worst]
    return {
        **_verdict_line(judged),
        "findings": [
            {"rule": one.rule, "is_met": one.is_met, "says": {"zh": one.says.zh, "en": one.says.en, "de": one.says.de}}
            for one in said.findings
        ],
        "slices": [
            {
                "name": one.name, "count": one.difference.count, "candidate": one.candidate, "incumbent": one.incumbent,
                "mean": one.difference.mean, "low": one.difference.low, "high": one.difference.high,
                "is_judged": one.is_judged, "is_worse": one.is_worse,
            }
            for one in sorted(said.slices, key=lambda one: (not one.is_judged, one.difference.mean))
        ],
        "scenarios": lines,
    }  # fmt: skip


def compare(place: str, key: str, name: str) -> dict[str, Any]:
    """Return how the two of a verdict drove in one of its scenarios.

    Raises:
        InputError: There is no such verdict, or it has no such scenario.
        RecordingError: What was driven cannot be read.
    """
    archive = archive_at(place)
    artefacts = Artefacts(archive)
    pair = _pair(artefacts, _judged(artefacts, key), name)
    if pair is None:
        raise InputError(f"the verdict has no scenario {name!r}", hint="Choose one of its list.")
    ref: SceneRef | None = None
    traces = []
    for card in pair:
        trace, ref = _driven(artefacts, card)
        traces.append(trace)
    if ref is None:
        raise RecordingError(f"the task of {name} is gone", hint="Run zhixing loop again.")
    return {**scene_view(scenario_of(ref, archive), traces[0], traces[1]), "metrics": _unlike(*pair)}


def report(place: str, key: str) -> bytes:
    """Return the page about a verdict.

    Raises:
        InputError: There is none.
    """
    artefacts = Artefacts(archive_at(place))
    judged = _judged(artefacts, key)
    for page in artefacts.all("report"):
        if judged.key in page.made_from:
            return artefacts.blob(page)
    raise InputError("there is no report on this verdict", hint="Run zhixing loop again.")


def drive_hit(place: str, text: str, plain: PlainHit, planners: tuple[str, str]) -> dict[str, Any]:
    """Let two planners drive the scene around a hit, among others who react, and return both.

    Raises:
        InputError: The drive is gone.
        PluginError: A planner is not registered.
        ScenarioError: The scene cannot be driven.
        RecordingError: The archive cannot be read or written.
    """
    archive = archive_at(place)
    entry = archive.named(plain[0])
    ref = scene_of_hit(entry, hit_of(text, plain, entry.drive_id), archive.load(entry))
    if ref is None:
        raise ScenarioError("nobody in this hit is a car", hint="Choose a hit in which one is.")
    (ours, first), (theirs, second) = (_once(archive, ref, How(planner=planner)) for planner in planners)
    return {"view": scene_view(scenario_of(ref, archive), ours, theirs), "scores": [first, second]}


def planners() -> list[str]:
    """Return the names of all that can drive."""
    return sorted(registry.names("zhixing.planners"))


def _once(archive: Archive, ref: SceneRef, how: How) -> tuple[Trace, dict[str, Any]]:
    driven = drive_scenes(archive, [ref], how)
    if ref.name in driven.failed:
        raise ScenarioError(f"{how.planner}: {driven.failed[ref.name]}", hint="Choose another hit.")
    card = driven.cards[ref.name]
    return kept_trace(archive, ref, how)[1], {"planner": how.planner, "outcome": card.outcome, "score": card.score}


def _judged(artefacts: Artefacts, key: str) -> Artefact:
    found = artefacts.named(key)
    if found.kind != "verdict":
        raise InputError(f"{key!r} is no verdict", hint="Choose one of the list.")
    return found


def _verdict_line(artefact: Artefact) -> dict[str, Any]:
    said = verdict_from(artefact.says)
    return {
        "key": artefact.key, "candidate": said.candidate, "incumbent": said.incumbent, "passes": said.passes,
        "count": said.num_scenarios, "mean": said.difference.mean, "low": said.difference.low,
        "high": said.difference.high, "background": artefact.says.get("background", "reactive"),
        "unmet": [one.rule for one in said.findings if not one.is_met],
    }  # fmt: skip


def _line_if_sound(artefact: Artefact) -> dict[str, Any] | None:
    """Return a line about a verdict, None if its file makes no sense: one bad file must not hide all the others."""
    try:
        return _verdict_line(artefact)
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def _is_sound(said: dict[str, Any]) -> bool:
    score = said.get("score")
    is_number = isinstance(score, float) and math.isfinite(score)
    return isinstance(said.get("planner"), str) and ("failed" in said or (is_number and "outcome" in said))


def _unlike(ours: Artefact, theirs: Artefact) -> list[list[Any]]:
    """Return the metrics that differ between two scores: name, the candidate's value, the incumbent's."""
    one, other = ours.says["metrics"], theirs.says["metrics"]
    return [
        [name, one.get(name), other.get(name)] for name in sorted({*one, *other}) if one.get(name) != other.get(name)
    ]


def _pairs(artefacts: Artefacts, judged: Artefact) -> dict[str, tuple[Artefact, Artefact]]:
    """Return the scores of candidate and incumbent for each scenario that both have driven."""
    pairs = {name: _pair(artefacts, judged, name) for name in judged.says.get("pairs", {})}
    return {name: pair for name, pair in pairs.items() if pair is not None}


def _pair(artefacts: Artefacts, judged: Artefact, name: str) -> tuple[Artefact, Artefact] | None:
    """Return the scores of candidate and incumbent in one scenario, None if it has not both."""
    # A verdict of an early version does not name them.
    keys = judged.says.get("pairs", {}).get(name)
    if keys is None:
        return None
    ours, theirs = (artefacts.get("score", key) for key in keys)
    return None if ours is None or theirs is None else (ours, theirs)


def _driven(artefacts: Artefacts, card: Artefact) -> tuple[Trace, SceneRef]:
    parts = {}
    for key in card.made_from:
        for kind in ("trace", "task"):
            part = artefacts.get(kind, key)
            if part is not None:
                parts[kind] = part
    if set(parts) != {"trace", "task"}:
        raise RecordingError(f"what {card.says['scenario']} was scored by is gone", hint="Run zhixing loop again.")
    says = parts["task"].says
    ref = SceneRef(**{name: says[name] for name in SceneRef.__slots__})
    return trace_from_json(parts["trace"].says, artefacts.blob(parts["trace"])), ref


def _card(said: dict[str, Any]) -> dict[str, Any]:
    return {"outcome": said["outcome"], "score": said["score"]}


def _board(name: str, cards: list[dict[str, Any]]) -> dict[str, Any]:
    driven = [card for card in cards if "failed" not in card]
    scores = [card["score"] for card in driven]
    return {
        "planner": name, "count": len(driven), "failed": len(cards) - len(driven),
        "score": math.fsum(scores) / len(scores) if scores else 0.0,
        **{outcome: sum(card["outcome"] == outcome for card in driven)
           for outcome in ("goal", "collision", "off_road", "timeout")},
    }  # fmt: skip
