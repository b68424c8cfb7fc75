"""What a task, a trace and a score are made from: their keys change exactly when they would."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from typing import Literal

from zhixing import registry
from zhixing.dataloop.archive.keys import code_key, key_of
from zhixing.dataloop.artefacts import Recipe
from zhixing.dataloop.scenes import SceneRef
from zhixing.errors import PluginError

Background = Literal["replay", "reactive"]
_PLANNERS, _METRICS = "zhixing.planners", "zhixing.metrics"


@dataclass(frozen=True, slots=True, kw_only=True)
class How:
    """How scenarios are driven.

    Attributes:
        planner: Registered name.
        background: How the others move.
        is_checked: Whether the safety checker stands behind the planner.
    """

    planner: str
    background: Background = "reactive"
    is_checked: bool = True


def task_recipe(scene: SceneRef) -> Recipe:
    """Return what a scenario is made from."""
    made_by = code_key("dataloop/scenes.py", "simulation/task_of_drive.py", "datatypes")
    return Recipe(kind="task", made_from=(scene.drive,), made_by=made_by, how=scene.to_json())


def trace_recipe(scene: SceneRef, how: How) -> Recipe:
    """Return what a trace is made from.

    Raises:
        PluginError: The planner is not registered or cannot be loaded.
    """
    said = {"planner": how.planner, "background": how.background, "checked": how.is_checked}
    made_by = key_of(code_key("driving", "simulation", "datatypes"), plugin_key(_PLANNERS, how.planner))
    return Recipe(kind="trace", made_from=(task_recipe(scene).key,), made_by=made_by, how=said)


def score_recipe(scene: SceneRef, how: How) -> Recipe:
    """Return what a score is made from; a metric that is registered since makes it a new one."""
    parts = (trace_recipe(scene, how).key, task_recipe(scene).key)
    return Recipe(kind="score", made_from=parts, made_by=key_of(code_key("simulation", "datatypes"), _metrics_key()))


@cache
def plugin_key(group: str, name: str) -> str:
    """Return the key of the code that is registered under a name: its module or its package.

    Raises:
        PluginError: It is not registered.
    """
    points = tuple(entry_points(group=group, name=name))
    if not points:
        kind = group.removeprefix("zhixing.").removesuffix("s")
        raise PluginError(f"no {kind} is called {name!r}", hint="See zhixing doctor for those that are.")
    if points[0].module.startswith("zhixing."):
        return key_of(points[0].value)
    try:
        file = Path(inspect.getfile(points[0].load()))
    except Exception:  # a stranger's module may raise anything; who uses it says so
        return key_of(points[0].value)
    package = file.parent if (file.parent / "__init__.py").is_file() else None
    files = sorted(package.rglob("*.py")) if package else [file]
    return key_of(points[0].value, *(one.read_bytes() for one in files))


@cache
def _metrics_key() -> str:
    return key_of(*(f"{name} {plugin_key(_METRICS, name)}" for name in registry.names(_METRICS)))
