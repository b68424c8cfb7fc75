"""Closed-loop tasks from CommonRoad: one XML file holds the map, the others and what the ego has to reach.

Source: CommonRoad XML format 2018b and 2020a (commonroad.in.tum.de). Positions are centres of boxes in one metric
frame; times are counted in steps of the file's ``timeStepSize``.
"""

from __future__ import annotations

import math
from pathlib import Path
from xml.etree.ElementTree import Element

from zhixing.datatypes.evidence import Scenario
from zhixing.datatypes.scene import Goal
from zhixing.datatypes.units import ns_from_s, s_from_ns
from zhixing.errors import ScenarioError
from zhixing.formats.commonroad_goal import BODY, GRID_S, read_goal, read_start
from zhixing.formats.commonroad_lanes import outline_xy_m, read_lanes
from zhixing.formats.commonroad_lights import read_lights
from zhixing.formats.commonroad_tracks import read_obstacles
from zhixing.formats.commonroad_values import middle
from zhixing.formats.xml_files import number, parse_xml

VERSIONS = ("2018b", "2020a")
_MAX_DURATION_S = 3600.0
_STEP_RANGE_S = (1e-3, 10.0)
_HEAD_BYTES = 4096


def is_commonroad(path: Path) -> bool:
    """Return whether a file says in its first lines that it is CommonRoad; false where it cannot be read."""
    try:
        with path.open("rb") as file:
            return b"<commonRoad" in file.read(_HEAD_BYTES)
    except OSError:
        return False


def read_commonroad(path: Path) -> Scenario:
    """Return the scenario in a file; its family is the folder.

    Raises:
        ScenarioError: The file cannot be read, is of another version, or its task, obstacles or lights make no sense.
        MapError: Its lanelets make no sense.
    """
    path = path.resolve()
    if not path.stem.isprintable() or not path.parent.name.isprintable():
        raise ScenarioError(f"the file {path.name!r} has an unreadable name", hint="Rename it.")
    root = parse_xml(path, ScenarioError)
    if root.tag != "commonRoad":
        raise ScenarioError(f"{path.name} is a {root.tag!r} file, not CommonRoad", hint="Give a CommonRoad scenario.")
    if root.get("commonRoadVersion") not in VERSIONS:
        raise ScenarioError(
            f"{path.name} is of version {root.get('commonRoadVersion', '?')[:20]}",
            hint=f"Versions {' and '.join(VERSIONS)} are read.",
        )
    step_s = number(root, "timeStepSize", ScenarioError)
    if not _STEP_RANGE_S[0] <= step_s <= _STEP_RANGE_S[1]:
        raise ScenarioError(f"{path.name} has time steps of {step_s} s", hint="Give seconds between 0.001 and 10.")
    problem = _problem(root, path.name)
    road, index = read_lanes(root, path.stem)
    outlines = {name: outline_xy_m(road.lanes[lane]) for name, lane in index.items()}
    start, goal = read_start(problem), read_goal(problem, step_s, outlines)
    start_s, stop_s = _duration_s(problem, goal, step_s, path.name)
    road, lights = read_lights(root, road, index, step_s, math.ceil(stop_s / step_s) + 1)
    return Scenario(
        scenario_id=path.stem,
        family=path.parent.name,
        road=road,
        body=BODY,
        start=start,
        goal=goal,
        start_ns=ns_from_s(start_s),
        stop_ns=ns_from_s(stop_s),
        background=read_obstacles(root, step_s, start_s, stop_s),
        lights=lights,
    )


def _problem(root: Element, name: str) -> Element:
    problems = root.findall("planningProblem")
    if len(problems) != 1:
        raise ScenarioError(
            f"{name} has {len(problems)} planning problems, not one", hint="One car is driven; give a task for one."
        )
    return problems[0]


def _duration_s(problem: Element, goal: Goal, step_s: float, name: str) -> tuple[float, float]:
    """Return when the ego starts, on the grid of the exam, and when no goal can be reached any more."""
    state = problem.find("initialState")
    start_s = 0.0 if state is None else GRID_S * round(middle(state, "time", 0.0) * step_s / GRID_S)
    ends_ns = [one.time_ns[1] for one in (goal, *goal.alternatives) if one.time_ns]
    stop_s = s_from_ns(max(ends_ns, default=0))
    if not (0.0 <= start_s < stop_s <= start_s + _MAX_DURATION_S):
        raise ScenarioError(
            f"{name} starts at {start_s} s and must be over by {stop_s} s",
            hint=f"Goals lie within {_MAX_DURATION_S:.0f} s after the start.",
        )
    return start_s, stop_s
