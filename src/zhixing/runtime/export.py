"""A driving task in another format."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

from zhixing.datatypes.evidence import Scenario
from zhixing.errors import ScenarioError
from zhixing.formats.commonroad_write import write_commonroad
from zhixing.formats.openscenario_write import write_openscenario
from zhixing.runtime.driving_tasks import find_tasks, read_scenario

TaskFormat = Literal["openscenario", "commonroad"]

_WRITERS: dict[TaskFormat, Callable[[Path, Scenario], None]] = {
    "openscenario": write_openscenario,
    "commonroad": write_commonroad,
}


def export_task(place: Path, out: Path, task_format: TaskFormat) -> Scenario:
    """Write a task in a format, and return it as it was read.

    Args:
        place: A folder with an OpenSCENARIO and an OpenDRIVE file, or a CommonRoad file.
        out: The folder (OpenSCENARIO) or the ``.xml`` file (CommonRoad) to write.
        task_format: Which.

    Raises:
        ScenarioError: No task or several are in the place, or it cannot be written.
        MapError: Its map cannot be read or written.
    """
    tasks = find_tasks([place])
    if len(tasks) != 1:
        raise ScenarioError(f"{place} holds {len(tasks)} tasks, not one", hint="Name one of them.")
    if task_format == "commonroad" and out.suffix != ".xml":
        raise ScenarioError(f"{out.name} is no name of a CommonRoad file", hint="Give it the ending .xml.")
    scenario = read_scenario(tasks[0])
    _WRITERS[task_format](out, scenario)
    return scenario
