"""A :class:`Scenario` as a CommonRoad file.

Source: CommonRoad XML format 2020a. What it cannot carry is left out or said as nearly as it can be:

- Lanes and road users have whole numbers as names; others than these are numbered anew. There are no e-bikes and
  tricycles (bicycles and motorcycles are written), and what moves but is no road user is of unknown type.
- A lane is its two boundaries: its middle is halfway, and a sidewalk is always walked both ways. A stop line belongs to
  one lane. A light belongs to an approach and directions, not to a movement; it cannot flash; one that belongs to no
  lane (a recording's light of the ego's own movement) is left out.
- The ego has no body, and no steering angle but the one its yaw rate tells.
- Time counts in whole steps from 0, the recording's; the end and the lights are brought to these, later than they are.
  A task ends with the last moment in which its goal may be reached.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from xml.etree.ElementTree import Element

import numpy as np
import shapely

from zhixing.datatypes.evidence import Scenario
from zhixing.datatypes.scene import EgoState, Goal
from zhixing.datatypes.shapes import FloatArray
from zhixing.datatypes.units import NS_PER_S, ns_from_s, s_from_ns
from zhixing.errors import ScenarioError
from zhixing.formats.commonroad_goal import BODY, GRID_S
from zhixing.formats.commonroad_road_write import add_road
from zhixing.formats.commonroad_states_write import add_exact, add_interval, add_obstacles, add_point
from zhixing.formats.xml_write import child, text_child, write_whole, xml_bytes

_GRID_NS = ns_from_s(GRID_S)
_STEP_RANGE_NS = NS_PER_S // 1000, 10 * NS_PER_S
_MOST_START_NS = 3600 * NS_PER_S
_BEYOND_MAP_M = 1_000.0
_LEAST_SIZE_M = 1e-6


def write_commonroad(path: Path, task: Scenario) -> None:
    """Write a file, whole or not at all; its name and its folder's are the scenario's name and family when it is read.

    Args:
        path: The file, ``.xml``.
        task: What to write.

    Raises:
        ScenarioError: A number is not finite, moments are closer than a millisecond, or it cannot be written there.
    """
    write_whole(path, commonroad_bytes(task), ScenarioError)


def commonroad_bytes(task: Scenario) -> bytes:
    """Return the file of a task; see :func:`write_commonroad`."""
    _check(task)
    task = _from_zero(task)
    step_ns = _step_ns(task)
    name = re.sub("[^A-Za-z0-9]", "", task.scenario_id)[:40]
    about = {"author": "Zhixing", "affiliation": "", "source": "", "date": "1970-01-01", "commonRoadVersion": "2020a"}
    root = Element("commonRoad")
    root.attrib |= {"benchmarkID": f"ZAM_{name or 'Task'}-1_1_T-1", "timeStepSize": repr(s_from_ns(step_ns)), **about}
    place = child(root, "location")
    for tag, value in (("geoNameId", -999), ("gpsLatitude", 999), ("gpsLongitude", 999)):
        text_child(place, tag, value)
    child(child(root, "scenarioTags"), "urban")
    names = _Names(task)
    last_step = math.ceil(task.stop_ns / step_ns) + 1
    add_road(root, task.road, task.lights, names.lanes, names.fresh, step_ns, last_step)
    add_obstacles(root, task.background, names.objects, names.fresh, step_ns)
    _add_problem(root, task, next(names.fresh), step_ns)
    return xml_bytes(root)


class _Names:
    """Whole numbers for everything, each used once: those that lanes and road users have, where they can be kept."""

    def __init__(self, task: Scenario) -> None:
        words = [lane.lane_id for lane in task.road.lanes]
        numbers = task.background.object_id.tolist()
        keeps_lanes = len(set(words)) == len(words) and all(re.fullmatch("[1-9][0-9]{0,8}", word) for word in words)
        taken = {int(word) for word in words} if keeps_lanes else set()
        keeps_objects = all(0 < number < 10**9 for number in numbers) and not taken & set(numbers)
        taken |= set(numbers) if keeps_objects else set()
        self.fresh: Iterator[int] = iter(range(max(taken, default=0) + 1, 2**31))
        self.lanes = [int(word) if keeps_lanes else next(self.fresh) for word in words]
        self.objects = numbers if keeps_objects else [next(self.fresh) for _ in numbers]


def _check(task: Scenario) -> None:
    start = task.start
    numbers = [start.x_m, start.y_m, start.yaw_rad, start.speed_mps, start.accel_mps2, start.steer_rad]
    lines = [line for lane in task.road.lanes for line in (lane.left_xy_m, lane.right_xy_m)]
    if not np.isfinite(numbers).all() or not all(np.isfinite(line).all() for line in lines):
        raise ScenarioError(f"{task.scenario_id} has a number that is not finite", hint="Mend its start or its lanes.")
    if not np.isfinite(task.background.size_m).all() or not task.start_ns < task.stop_ns:
        raise ScenarioError(f"{task.scenario_id} has no end or somebody has no size", hint="Mend it.")


def _from_zero(task: Scenario) -> Scenario:
    """Return the task with times that a file can hold: from its start on, if that is long after or before 0."""
    if 0 <= task.start_ns <= _MOST_START_NS:
        return task
    by_ns = task.start_ns
    goals = [
        replace(goal, time_ns=goal.time_ns and (goal.time_ns[0] - by_ns, goal.time_ns[1] - by_ns), alternatives=())
        for goal in _all_goals(task.goal)
    ]
    return replace(
        task,
        start_ns=0,
        stop_ns=task.stop_ns - by_ns,
        goal=replace(goals[0], alternatives=tuple(goals[1:])),
        background=replace(task.background, time_ns=task.background.time_ns - by_ns),
        lights=replace(task.lights, time_ns=task.lights.time_ns - by_ns),
    )


def _step_ns(task: Scenario) -> int:
    """Return the time step of the recording: the longest that all its moments and the start are whole multiples of."""
    step_ns = math.gcd(task.start_ns, *task.background.time_ns.tolist()) or _GRID_NS
    if not _STEP_RANGE_NS[0] <= step_ns <= _STEP_RANGE_NS[1]:
        raise ScenarioError(
            f"the moments of {task.scenario_id} are multiples of {step_ns} ns only", hint="Bring them to milliseconds."
        )
    return step_ns


def _all_goals(goal: Goal) -> list[Goal]:
    return [goal, *(one for other in goal.alternatives for one in _all_goals(other))]


def _add_problem(root: Element, task: Scenario, name: int, step_ns: int) -> None:
    problem = child(root, "planningProblem", id=name)
    _add_start(problem, task.start, task.start_ns // step_ns)
    lines = np.concatenate([lane.centre_xy_m for lane in task.road.lanes])
    for goal in _all_goals(task.goal):
        state = child(problem, "goalState")
        areas = _areas(goal, lines)
        if areas or goal.has_place:
            position = child(state, "position")
            for area in areas:
                polygon = child(position, "polygon")
                for x, y in area.tolist():
                    add_point(polygon, x, y)
            if not areas:
                _add_rectangle(position, goal)
        first_ns, last_ns = goal.time_ns or (task.start_ns, task.stop_ns)
        add_interval(state, "time", math.floor(max(first_ns, 0) / step_ns), math.ceil(last_ns / step_ns))
        for tag, interval in (("orientation", goal.yaw_rad), ("velocity", goal.speed_mps)):
            if interval is not None:
                add_interval(state, tag, *interval)


def _add_start(problem: Element, start: EgoState, step: int) -> None:
    state = child(problem, "initialState")
    add_point(child(state, "position"), start.x_m, start.y_m)
    yaw_rate = start.speed_mps * math.tan(start.steer_rad) / BODY.wheelbase_m
    add_exact(state, "orientation", start.yaw_rad)
    add_exact(state, "time", step)
    for tag, value in (
        ("velocity", start.speed_mps),
        ("acceleration", start.accel_mps2),
        ("yawRate", yaw_rate),
        ("slipAngle", 0.0),
    ):
        add_exact(state, tag, value)


def _areas(goal: Goal, lines: FloatArray) -> list[FloatArray]:
    """Return the polygons of which one must hold the car, none where the place does not matter or is the rectangle."""
    edges = np.array([[goal.x_min_m, goal.y_min_m], [goal.x_max_m, goal.y_max_m]])
    if not goal.outlines_xy_m:
        if goal.has_place or not np.isfinite(edges).any():
            return []
        (west, south), (east, north) = lines.min(axis=0) - _BEYOND_MAP_M, lines.max(axis=0) + _BEYOND_MAP_M
        cut = np.clip(edges, [west, south], [east, north])
        return [shapely.get_coordinates(shapely.box(*cut.ravel().tolist()))[:-1]]
    areas = []
    for outline in goal.outlines_xy_m:
        if (outline >= edges[0]).all() and (outline <= edges[1]).all():
            areas.append(outline)
            continue
        held = np.clip(edges, -1e9, 1e9)
        part = shapely.intersection(shapely.make_valid(shapely.Polygon(outline)), shapely.box(*held.ravel().tolist()))
        areas += [
            shapely.get_coordinates(one.exterior)[:-1]
            for one in shapely.get_parts(part)
            if isinstance(one, shapely.Polygon) and one.area > 0.0
        ]
    if not areas:
        raise ScenarioError("the goal's polygons lie outside its rectangle", hint="Nobody could reach it; mend it.")
    return areas


def _add_rectangle(position: Element, goal: Goal) -> None:
    rectangle = child(position, "rectangle")
    text_child(rectangle, "length", max(goal.x_max_m - goal.x_min_m, _LEAST_SIZE_M))
    text_child(rectangle, "width", max(goal.y_max_m - goal.y_min_m, _LEAST_SIZE_M))
    text_child(rectangle, "orientation", 0.0)
    centre = child(rectangle, "center")
    text_child(centre, "x", 0.5 * (goal.x_min_m + goal.x_max_m))
    text_child(centre, "y", 0.5 * (goal.y_min_m + goal.y_max_m))
