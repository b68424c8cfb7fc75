"""Recordings to measure on, found in folders by what the files are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from zhixing.datatypes.evidence import Scenario
from zhixing.datatypes.lights import Lights
from zhixing.datatypes.road import Road
from zhixing.datatypes.scene import Briefing, EgoBody, EgoState, Goal
from zhixing.datatypes.tracks import Tracks
from zhixing.errors import RecordingError, ScenarioError
from zhixing.formats.apolloscape import is_apolloscape, read_apolloscape
from zhixing.formats.commonroad import is_commonroad
from zhixing.runtime.driving_tasks import find_tasks, read_scenario

_COUNTRY = 3
"""A CommonRoad benchmark's name begins with its country."""
AWAY = EgoState(x_m=1e7, y_m=1e7, yaw_rad=0.0, speed_mps=0.0)
"""An ego that is in nobody's way: what the recording car did is withheld in tasks."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Recorded:
    """One recording.

    Attributes:
        source: Where it comes from, for slices: the family of a task, or the format.
        tracks: Everybody.
        lights: What was shown.
        briefing: The map, and the task it belongs to.
    """

    source: str
    tracks: Tracks
    lights: Lights
    briefing: Briefing


def find_recordings(folder: Path) -> Iterator[Recorded]:
    """Yield the recordings in a folder, however deep, sorted by format and path.

    Raises:
        RecordingError: The folder is absent, or no recording is in it.
        ScenarioError: A task cannot be read.
        MapError: A map cannot be read.
    """
    if not folder.is_dir():
        raise RecordingError(f"{folder} is no folder", hint="Give a folder with recordings.")
    texts = [path for path in sorted(folder.rglob("*.txt")) if is_apolloscape(path)]
    try:
        tasks = find_tasks([folder])
    except ScenarioError:
        tasks = []
    if not texts and not tasks:
        raise RecordingError(
            f"no recording is in {folder}", hint="Give OpenSCENARIO or CommonRoad tasks or ApolloScape text files."
        )
    for task in tasks:
        scenario = read_scenario(task)
        sheet = task.is_file() and is_commonroad(task)
        yield _of_task(f"CommonRoad {scenario.scenario_id[:_COUNTRY]}" if sheet else scenario.family, scenario)
    nowhere = Road(name="nowhere", lanes=(), successors=())
    goal = Goal(x_min_m=AWAY.x_m, x_max_m=AWAY.x_m, y_min_m=AWAY.y_m, y_max_m=AWAY.y_m)
    for path in texts:
        drive = read_apolloscape(path)
        yield Recorded(
            source=drive.source,
            tracks=drive.tracks,
            lights=drive.lights,
            briefing=Briefing(road=nowhere, body=EgoBody(), start=AWAY, goal=goal),
        )


def _of_task(source: str, scenario: Scenario) -> Recorded:
    return Recorded(
        source=source,
        tracks=scenario.background,
        lights=scenario.lights,
        briefing=scenario.briefing(),
    )
