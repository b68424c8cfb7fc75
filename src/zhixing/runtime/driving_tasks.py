"""The tasks of the driving exam, whichever format they are written in."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from zhixing.datatypes.evidence import Scenario
from zhixing.errors import ScenarioError
from zhixing.formats.commonroad import is_commonroad, read_commonroad
from zhixing.formats.openscenario import read_task

_TASK = "A task is a folder with an .xosc and an .xodr file, or a CommonRoad .xml file."


def find_tasks(places: Sequence[Path]) -> list[Path]:
    """Return the tasks in some folders, however deep, sorted by path; a CommonRoad file may be named itself.

    Returns:
        For each task its folder (OpenSCENARIO) or its file (CommonRoad).

    Raises:
        ScenarioError: A place is neither a folder nor a CommonRoad file, or no task is in any of them.
    """
    found: set[Path] = set()
    for place in places:
        if place.is_dir():
            found |= {file.parent for file in place.rglob("*.xosc")}
            found |= {file for file in place.rglob("*.xml") if file.is_file() and is_commonroad(file)}
        elif place.is_file() and is_commonroad(place):
            found.add(place)
        else:
            raise ScenarioError(f"{place} is no folder and no CommonRoad file", hint=_TASK)
    if not found:
        raise ScenarioError(f"no task is in {', '.join(map(str, places))}", hint=_TASK)
    return sorted(found)


def read_scenario(task: Path) -> Scenario:
    """Return the scenario of a task that :func:`find_tasks` found.

    Raises:
        ScenarioError: Its files cannot be read or make no sense.
        MapError: Its map cannot be read.
    """
    return read_task(task) if task.is_dir() else read_commonroad(task)


def task_name(task: Path) -> str:
    """Return what a task is called: its folder, or its file without the ending."""
    return task.name if task.is_dir() else task.stem
