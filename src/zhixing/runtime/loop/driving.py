"""Planners drive scenarios of an archive; traces and scores are kept, and made again only if something changes."""

from __future__ import annotations

import inspect
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, Literal

from zhixing.dataloop.archive.archive import Archive
from zhixing.dataloop.archive.keys import code_key, key_of
from zhixing.dataloop.artefacts import Artefacts, Recipe
from zhixing.dataloop.fanout import Fanout
from zhixing.dataloop.scenes import SceneRef, scenario_of, slices_of
from zhixing.dataloop.trace_json import trace_from_json, trace_to_json
from zhixing.datatypes.evidence import Scenario, Scorecard, Trace
from zhixing.driving.safety import SafetyChecker
from zhixing.errors import PluginError, RecordingError, ZhixingError
from zhixing.runtime.loop.mining import Progress
from zhixing.runtime.metrics import registered_metrics
from zhixing.runtime.planners import make_planner
from zhixing.simulation.rollout import rollout
from zhixing.simulation.score import score

_CHUNK_SCENES = 2
"""Driven together: what a lost worker costs at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class How:
    """How scenarios are driven.

    Attributes:
        planner: Registered name.
        background: How the others move.
        is_checked: Whether the safety checker stands behind the planner.
    """

    planner: str
    background: Literal["replay", "reactive"] = "reactive"
    is_checked: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Driven:
    """What came of it.

    Attributes:
        cards: By scenario.
        keys: For each scenario the key of its score.
        failed: Scenarios that cannot be driven, with the reason.
    """

    cards: dict[str, Scorecard]
    keys: dict[str, str]
    failed: dict[str, str]


def drive_scenes(
    archive: Archive,
    scenes: Sequence[SceneRef],
    how: How,
    fanout: Fanout | None = None,
    on_progress: Progress | None = None,
) -> Driven:
    """Return the scores of a planner in some scenarios.

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
    make_planner(how.planner)
    artefacts = Artefacts(archive)
    todo = [scene for scene in scenes if artefacts.find(score_recipe(scene, how)) is None]
    chunks = [tuple(todo[k : k + _CHUNK_SCENES]) for k in range(0, len(todo), _CHUNK_SCENES)]
    done = 0
    for count in (fanout or Fanout()).run(_drive_chunk, [(archive.storage.url, chunk, how) for chunk in chunks]):
        done += count
        if on_progress:
            on_progress(done / len(todo))
    cards, keys, failed = {}, {}, {}
    for scene in scenes:
        artefact = artefacts.find(score_recipe(scene, how))
        if artefact is None:
            raise RecordingError(f"the score of {scene.name} is not there", hint="Run it again.")
        keys[scene.name] = artefact.key
        if "failed" in artefact.says:
            failed[scene.name] = artefact.says["failed"]
        else:
            cards[scene.name] = _card_from(artefact.says)
    return Driven(cards=cards, keys=keys, failed=failed)


def task_recipe(scene: SceneRef) -> Recipe:
    """Return what a scenario is made from."""
    made_by = code_key("dataloop/scenes.py", "simulation/task_of_drive.py", "datatypes")
    return Recipe(kind="task", made_from=(scene.drive,), made_by=made_by, how=scene.to_json())


def trace_recipe(scene: SceneRef, how: How) -> Recipe:
    """Return what a trace is made from."""
    said = {"planner": how.planner, "background": how.background, "checked": how.is_checked}
    made_by = key_of(code_key("driving", "simulation", "datatypes"), planner_key(how.planner))
    return Recipe(kind="trace", made_from=(task_recipe(scene).key,), made_by=made_by, how=said)


def score_recipe(scene: SceneRef, how: How) -> Recipe:
    """Return what a score is made from."""
    parts = (trace_recipe(scene, how).key, task_recipe(scene).key)
    return Recipe(kind="score", made_from=parts, made_by=code_key("simulation", "datatypes"))


@cache
def planner_key(name: str) -> str:
    """Return the key of a planner's code: its module or its package, and what it is registered as.

    Raises:
        PluginError: It is not registered or cannot be loaded.
    """
    points = tuple(entry_points(group="zhixing.planners", name=name))
    if not points:
        raise PluginError(f"no planner is called {name!r}", hint="See zhixing doctor for those that are.")
    module = points[0].module
    if module.startswith("zhixing."):
        return key_of(points[0].value)
    make_planner(name)
    try:
        file = Path(inspect.getfile(points[0].load()))
    except (TypeError, OSError):
        return key_of(points[0].value)
    package = file.parent if (file.parent / "__init__.py").is_file() else None
    files = sorted(package.rglob("*.py")) if package else [file]
    return key_of(points[0].value, *(one.read_bytes() for one in files))


def kept_trace(archive: Archive, scene: SceneRef, how: How) -> tuple[Scenario, Trace]:
    """Return a scenario and how it was driven.

    Raises:
        RecordingError: It was not driven, or cannot be read.
    """
    artefacts = Artefacts(archive)
    artefact = artefacts.find(trace_recipe(scene, how))
    if artefact is None:
        raise RecordingError(f"{scene.name} was not driven by {how.planner}", hint="Run zhixing loop.")
    return scenario_of(scene, archive), trace_from_json(artefact.says, artefacts.blob(artefact))


def _drive_chunk(url: str, scenes: Sequence[SceneRef], how: How) -> int:
    archive = Archive(url)
    for scene in scenes:
        _drive(Artefacts(archive), scene, how)
    return len(scenes)


def _drive(artefacts: Artefacts, scene: SceneRef, how: How) -> None:
    try:
        scenario = scenario_of(scene, artefacts.archive)
        place = artefacts.archive.drives[scene.drive].road
        times = {"from_ns": scenario.start_ns, "until_ns": scenario.stop_ns}
        artefacts.keep(task_recipe(scene), scene.to_json() | times | {"slices": list(slices_of(scenario, place))})
        recipe = trace_recipe(scene, how)
        known = artefacts.find(recipe)
        if known is None:
            checker = SafetyChecker() if how.is_checked else None
            trace = rollout(scenario, make_planner(how.planner), background=how.background, checker=checker)
            said, blob = trace_to_json(trace)
            artefacts.keep(recipe, said, blob)
        else:
            trace = trace_from_json(known.says, artefacts.blob(known))
        says = _card_to(score(trace, scenario, registered_metrics()))
    except RecordingError:
        raise
    except ZhixingError as error:
        says = {"scenario": scene.name, "planner": how.planner, "failed": str(error)}
    except Exception as error:  # one scenario must not take the others with it, whatever its files do to us
        says = {"scenario": scene.name, "planner": how.planner, "failed": f"{type(error).__name__}: {error}"[:300]}
    artefacts.keep(score_recipe(scene, how), says)


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
