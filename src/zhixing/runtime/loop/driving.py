"""Planners drive scenarios of an archive; traces and scores are kept, and made again only if something changes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from zhixing.dataloop.archive.archive import Archive
from zhixing.dataloop.artefacts import Artefact, Artefacts
from zhixing.dataloop.fanout import Fanout
from zhixing.dataloop.scenes import SceneRef, scenario_of, slices_of
from zhixing.dataloop.trace_json import trace_from_json, trace_to_json
from zhixing.datatypes.evidence import DriveOutcome, Scenario, Scorecard, Trace
from zhixing.driving.safety import SafetyChecker
from zhixing.errors import RecordingError, ZhixingError
from zhixing.runtime.loop.making import Progress, find_or_make
from zhixing.runtime.loop.recipes import How, score_recipe, task_recipe, trace_recipe
from zhixing.runtime.metrics import registered_metrics
from zhixing.runtime.planners import make_planner
from zhixing.simulation.rollout import rollout
from zhixing.simulation.score import score

_CHUNK_SCENES = 2
_Upto = Literal["trace", "score"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RolledOut:
    """How scenarios were driven, before anybody judges it.

    Attributes:
        outcomes: By scenario.
        keys: For each scenario the key of its trace.
        failed: Scenarios that cannot be driven, with the reason.
    """

    outcomes: dict[str, DriveOutcome]
    keys: dict[str, str]
    failed: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Driven:
    """What scenarios that were driven are worth.

    Attributes:
        cards: By scenario.
        keys: For each scenario the key of its score.
        failed: Scenarios that cannot be driven, with the reason.
    """

    cards: dict[str, Scorecard]
    keys: dict[str, str]
    failed: dict[str, str]


def roll_out(
    archive: Archive,
    scenes: Sequence[SceneRef],
    how: How,
    fanout: Fanout | None = None,
    on_progress: Progress | None = None,
) -> RolledOut:
    """Let a planner drive some scenarios, and keep the traces; see :func:`drive_scenes`."""
    made = _made("trace", archive, scenes, how, fanout, on_progress)
    failed = {name: one.says["failed"] for name, one in made.items() if "failed" in one.says}
    outcomes = {name: one.says["outcome"] for name, one in made.items() if name not in failed}
    return RolledOut(outcomes=outcomes, keys={name: one.key for name, one in made.items()}, failed=failed)


def drive_scenes(
    archive: Archive,
    scenes: Sequence[SceneRef],
    how: How,
    fanout: Fanout | None = None,
    on_progress: Progress | None = None,
) -> Driven:
    """Return the scores of a planner in some scenarios; those that were not driven yet are driven.

    Args:
        archive: Where they come from.
        scenes: Which.
        how: Who drives, and among whom.
        fanout: How many drive at once; None is this process alone.
        on_progress: Told the share that is done.

    Raises:
        PluginError: The planner is not registered or lacks a method.
        RecordingError: The archive cannot be read or written.
    """
    return _driven(_made("score", archive, scenes, how, fanout, on_progress))


def driven_scenes(archive: Archive, scenes: Sequence[SceneRef], how: How) -> list[SceneRef]:
    """Return those of some scenarios that were driven this way, or that were found to be impossible.

    Raises:
        PluginError: The planner is not registered or lacks a method.
        RecordingError: The archive cannot be read.
    """
    make_planner(how.planner)
    artefacts = Artefacts(archive)
    return [scene for scene in scenes if artefacts.find(trace_recipe(scene, how)) is not None]


def kept_scores(archive: Archive, scenes: Sequence[SceneRef], how: How) -> Driven:
    """Return the scores that there are; nothing is driven or judged.

    Raises:
        PluginError: The planner is not registered or lacks a method.
        RecordingError: The archive cannot be read.
    """
    make_planner(how.planner)
    artefacts = Artefacts(archive)
    found = {scene.name: artefacts.find(score_recipe(scene, how)) for scene in scenes}
    return _driven({name: one for name, one in found.items() if one is not None})


def kept_trace(archive: Archive, scene: SceneRef, how: How) -> tuple[Scenario, Trace]:
    """Return a scenario and how it was driven.

    Raises:
        RecordingError: It was not driven, or cannot be read.
    """
    artefacts = Artefacts(archive)
    artefact = artefacts.find(trace_recipe(scene, how))
    if artefact is None or "failed" in artefact.says:
        raise RecordingError(f"{scene.name} was not driven by {how.planner}", hint="Run zhixing rollout.")
    return scenario_of(scene, archive), trace_from_json(artefact.says, artefacts.blob(artefact))


def _made(
    upto: _Upto, archive: Archive, scenes: Sequence[SceneRef], how: How, fanout: Fanout | None,
    on_progress: Progress | None,
) -> dict[str, Artefact]:  # fmt: skip
    make_planner(how.planner)
    recipe_of = trace_recipe if upto == "trace" else score_recipe
    made = find_or_make(
        Artefacts(archive), {scene: recipe_of(scene, how) for scene in scenes}, _drive_chunk, (how, upto),
        in_a_piece=_CHUNK_SCENES, fanout=fanout, on_progress=on_progress,
    )  # fmt: skip
    return {scene.name: artefact for scene, artefact in made.items()}


def _driven(made: Mapping[str, Artefact]) -> Driven:
    failed = {name: one.says["failed"] for name, one in made.items() if "failed" in one.says}
    cards = {name: _card_from(one.says) for name, one in made.items() if name not in failed}
    return Driven(cards=cards, keys={name: one.key for name, one in made.items()}, failed=failed)


def _drive_chunk(url: str, scenes: Sequence[SceneRef], how: How, upto: _Upto) -> int:
    artefacts = Artefacts(Archive(url))
    for scene in scenes:
        driven = _drive(artefacts, scene, how)
        if upto == "score":
            artefacts.keep(score_recipe(scene, how), _score(artefacts, scene, how, driven))
    return len(scenes)


def _drive(artefacts: Artefacts, scene: SceneRef, how: How) -> tuple[Scenario, Trace] | None:
    """Return the scenario and its trace, None if it is known already; whatever came of it is kept."""
    recipe = trace_recipe(scene, how)
    if artefacts.find(recipe) is not None:
        return None
    blob = None
    driven = None
    try:
        scenario = scenario_of(scene, artefacts.archive)
        place = artefacts.archive.drives[scene.drive].road
        times = {"from_ns": scenario.start_ns, "until_ns": scenario.stop_ns}
        artefacts.keep(task_recipe(scene), scene.to_json() | times | {"slices": list(slices_of(scenario, place))})
        checker = SafetyChecker() if how.is_checked else None
        trace = rollout(scenario, make_planner(how.planner), background=how.background, checker=checker)
        driven = scenario, trace
        said, blob = trace_to_json(trace)
    except RecordingError:
        raise
    except Exception as error:  # one scenario must not take the others with it, whatever its files do to us
        said = _failed(scene, how, error)
    artefacts.keep(recipe, said, blob)
    return driven


def _score(
    artefacts: Artefacts, scene: SceneRef, how: How, driven: tuple[Scenario, Trace] | None
) -> dict[str, Any]:  # fmt: skip
    kept = artefacts.find(trace_recipe(scene, how))
    if kept is not None and "failed" in kept.says:
        return dict(kept.says)
    try:
        scenario, trace = driven or kept_trace(artefacts.archive, scene, how)
        return _card_to(score(trace, scenario, registered_metrics()))
    except RecordingError:
        raise
    except Exception as error:  # as above
        return _failed(scene, how, error)


def _failed(scene: SceneRef, how: How, error: Exception) -> dict[str, Any]:
    why = str(error) if isinstance(error, ZhixingError) else f"{type(error).__name__}: {error}"[:300]
    return {"scenario": scene.name, "planner": how.planner, "failed": why}


def _card_to(card: Scorecard) -> dict[str, Any]:
    metrics = {name: value if math.isfinite(value) else None for name, value in card.metrics.items()}
    return {
        "scenario": card.scenario_id, "family": card.family, "planner": card.planner, "outcome": card.outcome,
        "score": card.score, "metrics": metrics,
    }  # fmt: skip


def _card_from(said: Mapping[str, Any]) -> Scorecard:
    return Scorecard(
        scenario_id=said["scenario"],
        family=said["family"],
        planner=said["planner"],
        outcome=said["outcome"],
        score=said["score"],
        metrics={name: math.nan if value is None else value for name, value in said["metrics"].items()},
    )
