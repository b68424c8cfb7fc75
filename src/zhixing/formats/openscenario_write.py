"""A :class:`Scenario` as a task folder: an OpenSCENARIO file and its OpenDRIVE map.

Source: ASAM OpenSCENARIO 1.2; the elements used stand alike in 1.1 and 1.3. The ego's start and goal stand in
comments too, as the OnSite challenge writes them. Time 0 of the file is the start of the task.
"""

from __future__ import annotations

from pathlib import Path
from xml.etree.ElementTree import Comment, Element

import numpy as np

from zhixing.datatypes.evidence import Scenario
from zhixing.datatypes.road import LaneKind
from zhixing.errors import ScenarioError
from zhixing.formats.opendrive_write import opendrive_bytes
from zhixing.formats.openscenario_marks import is_rectangle, mark_task
from zhixing.formats.openscenario_stories import (
    add_background,
    add_group,
    add_lights,
    add_objects,
    add_vehicle,
    at_time,
)
from zhixing.formats.xml_write import child, write_whole, written, xml_bytes

TASK_FILE, MAP_FILE = "scenario.xosc", "road.xodr"
_DATE = "1970-01-01T00:00:00"
"""The same scenario gives the same bytes, whenever it is written."""


def write_openscenario(folder: Path, task: Scenario) -> None:
    """Write a task folder; its name and its parent's are the scenario's name and family when it is read.

    What is read back by :func:`zhixing.formats.openscenario.read_task` is the same but for these two names: moments,
    numbers and names exactly, points of lanes within 1e-6 m. Where somebody is not there its values are not kept.

    Args:
        folder: Made where it is not there.
        task: What to write.

    Raises:
        ScenarioError: The folder holds other files of a task, a number is not finite, or nothing can be written there.
        MapError: The road cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        others = {file.name for kind in ("*.xosc", "*.xodr", "*.json") for file in folder.glob(kind)}
    except OSError as error:
        raise ScenarioError(f"{folder} is no folder to write to: {error.strerror}", hint="Choose another.") from error
    if others - {TASK_FILE, MAP_FILE}:
        raise ScenarioError(
            f"{folder} holds {', '.join(sorted(others - {TASK_FILE, MAP_FILE}))[:200]}",
            hint="Choose a new folder: a task is one .xosc and one .xodr file.",
        )
    road_bytes, signals = opendrive_bytes(task.road, _lights_at(task))
    content = openscenario_bytes(task, signals)
    write_whole(folder / MAP_FILE, road_bytes, ScenarioError)
    write_whole(folder / TASK_FILE, content, ScenarioError)


def openscenario_bytes(task: Scenario, signals: dict[str, int]) -> bytes:
    """Return the OpenSCENARIO file of a task; ``signals`` is the light group of each signal in its map."""
    _check(task)
    root = Element("OpenSCENARIO")
    about = {"author": "Zhixing", "date": _DATE, "description": f"task {task.scenario_id}"}
    child(root, "FileHeader", revMajor=1, revMinor=2, **about)
    child(root, "ParameterDeclarations")
    child(root, "CatalogLocations")
    child(child(root, "RoadNetwork"), "LogicFile", filepath=MAP_FILE)
    entities = child(root, "Entities")
    ego = add_vehicle(entities, "Ego", "car", (task.body.length_m, task.body.width_m), task.body)
    mark_task(ego, task, signals)
    add_objects(entities, task.background)
    board = child(root, "Storyboard")
    _add_init(board, task)
    act = child(child(board, "Story", name="recorded"), "Act", name="everybody and every light")
    add_background(act, task.background, task.start_ns)
    add_lights(act, task.lights, signals, task.start_ns)
    if not len(act):
        add_group(act, "nobody")
    at_time(child(act, "StartTrigger"), 0)
    at_time(child(board, "StopTrigger"), task.stop_ns - task.start_ns)
    return xml_bytes(root)


def _check(task: Scenario) -> None:
    start, goal, tracks = task.start, task.goal, task.background
    numbers = [start.x_m, start.y_m, start.yaw_rad, start.speed_mps, start.accel_mps2, start.steer_rad]
    numbers += [getattr(task.body, name) for name in task.body.__dataclass_fields__]
    numbers += [end for interval in (goal.yaw_rad, goal.speed_mps) if interval for end in interval]
    lines = [tracks.size_m, *goal.outlines_xy_m]
    if not np.isfinite(numbers).all() or not all(np.isfinite(line).all() for line in lines):
        raise ScenarioError(f"{task.scenario_id} has a number that is not finite", hint="Mend its start, body or goal.")
    if not task.start_ns < task.stop_ns:
        raise ScenarioError(f"{task.scenario_id} stops before it starts", hint="Mend its times.")


def _add_init(board: Element, task: Scenario) -> None:
    init = child(board, "Init")
    start, goal = task.start, task.goal
    pose = f"x_init = {written(start.x_m)}, y_init = {written(start.y_m)}, heading_init = {written(start.yaw_rad)}"
    init.append(Comment(f" [Initial State] v_init = {written(start.speed_mps)}, {pose} "))
    if is_rectangle(goal):
        x, y = (
            f"({written(low)}, {written(high)})"
            for low, high in ((goal.x_min_m, goal.x_max_m), (goal.y_min_m, goal.y_max_m))
        )
        init.append(Comment(f" [Driving Task] x_target = {x}, y_target = {y} "))
    private = child(child(init, "Actions"), "Private", entityRef="Ego")
    teleport = child(child(private, "PrivateAction"), "TeleportAction")
    child(child(teleport, "Position"), "WorldPosition", x=start.x_m, y=start.y_m, h=start.yaw_rad)
    speed = child(child(child(private, "PrivateAction"), "LongitudinalAction"), "SpeedAction")
    child(speed, "SpeedActionDynamics", dynamicsShape="step", dynamicsDimension="time", value=0.0)
    child(child(speed, "SpeedActionTarget"), "AbsoluteTargetSpeed", value=start.speed_mps)


def _lights_at(task: Scenario) -> dict[int, int]:
    """Return where the lights of no lane stand: at the end of the lane on which the ego starts."""
    lanes = {k: lane for k, lane in enumerate(task.road.lanes) if lane.kind != LaneKind.CROSSING}
    drivable = [k for k, lane in lanes.items() if lane.kind == LaneKind.DRIVING]
    known = {lane.light_group for lane in lanes.values()}
    groups = range(max(task.lights.light.shape[0], task.road.num_light_groups))
    if not drivable:
        return {}
    here = np.array([task.start.x_m, task.start.y_m])
    nearest = min(drivable, key=lambda k: float(np.hypot(*(lanes[k].centre_xy_m - here).T).min()))
    return {group: nearest for group in groups if group not in known}
