"""What OpenSCENARIO cannot say of a :class:`Scenario`, as properties in the files we write and read.

Each mark is a ``Property`` with a JSON value:

- ``zhixing.task`` of the ego: first and last moment, what its start and its body are besides place, speed and size,
  its light, a goal that is more than a rectangle, the moments of the recording and of the lights, whose signals are
  whose.
- ``zhixing.object`` of everybody else: the number it has in the recording and its class, e-bikes and tricycles too.

A trajectory declares the parameter ``zhixing_speed_mps``: the speed at each of its vertices.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from xml.etree.ElementTree import Element

import numpy as np

from zhixing.datatypes.evidence import Scenario
from zhixing.datatypes.scene import EgoBody, EgoState, Goal
from zhixing.datatypes.shapes import IntArray
from zhixing.datatypes.tracks import RoadUser
from zhixing.errors import ScenarioError
from zhixing.formats.goal_json import goal_from_json, goal_to_json
from zhixing.formats.json_values import load_object, numbers, whole, whole_list
from zhixing.formats.xml_write import child

SPEEDS = "zhixing_speed_mps"
_TASK, _OBJECT = "zhixing.task", "zhixing.object"
_START = ("accel_mps2", "steer_rad")
_BODY = ("wheelbase_m", "max_steer_rad", "max_steer_rate_radps", "min_accel_mps2", "max_accel_mps2")
_MOST_NS = 2**62
_MOST_MOMENTS = 1_000_000
_MOST_GROUPS = 100_000


def mark_task(ego: Element, task: Scenario, signals: Mapping[str, int]) -> None:
    """Say a task in a vehicle, pedestrian or object; ``signals`` is the light group of each signal in the map."""
    said: dict[str, Any] = {"start_ns": task.start_ns, "stop_ns": task.stop_ns, "ego_light": task.ego_light}
    said |= {name: float(getattr(task.start, name)) for name in _START}
    said |= {name: float(getattr(task.body, name)) for name in _BODY}
    if not is_rectangle(task.goal):
        said["goal"] = goal_to_json(task.goal)
    said["moments_ns"] = _runs(task.background.time_ns)
    count = int(task.lights.light.shape[0])
    said["lights"] = {
        "groups": count,
        "moments_ns": _runs(task.lights.time_ns),
        "signals": {name: group for name, group in signals.items() if group < count},
    }
    _mark(ego, _TASK, said)


def task_mark(root: Element) -> dict[str, Any] | None:
    """Return what a file says of its task, or None in files of others."""
    ego = next((o for o in root.iter("ScenarioObject") if o.get("name") == "Ego"), None)
    return None if ego is None else _said(ego, _TASK)


def mark_object(thing: Element, object_id: int, road_user: RoadUser) -> None:
    """Say who a vehicle, pedestrian or object is in the recording."""
    _mark(thing, _OBJECT, {"id": object_id, "class": road_user.name.lower()})


def read_object(thing: Element) -> tuple[int, RoadUser]:
    """Return who somebody is in the recording.

    Raises:
        ScenarioError: It does not say.
    """
    said = _said(thing, _OBJECT) or {}
    name = str(said.get("class", "")).upper()
    if name not in RoadUser.__members__:
        raise ScenarioError(f"{str(thing.get('name'))[:40]} is of no known class", hint="Write the file again.")
    return whole(said, "id", -(2**63), 2**63 - 1, ScenarioError), RoadUser[name]


def is_rectangle(goal: Goal) -> bool:
    """Return whether a goal is an axis-aligned rectangle and nothing else."""
    conditions = (goal.yaw_rad, goal.speed_mps, goal.time_ns)
    return goal.has_place and conditions == (None, None, None) and not goal.outlines_xy_m and not goal.alternatives


def read_goal(said: Mapping[str, Any]) -> Goal | None:
    """Return the goal of a task's mark, or None where it is the rectangle that is said otherwise.

    Raises:
        ScenarioError: It makes no sense.
    """
    return goal_from_json(said["goal"]) if "goal" in said else None


def read_times(said: dict[str, Any]) -> tuple[int, int]:
    """Return the first and the last moment of a task's mark.

    Raises:
        ScenarioError: They are none.
    """
    start_ns, stop_ns = (whole(said, name, -_MOST_NS, _MOST_NS, ScenarioError) for name in ("start_ns", "stop_ns"))
    if not start_ns < stop_ns:
        raise ScenarioError(f"the task stops at {stop_ns} ns, not after its start at {start_ns} ns", hint="Mend it.")
    return start_ns, stop_ns


def read_ego(said: Mapping[str, Any], start: EgoState, size_m: tuple[float, float]) -> tuple[EgoState, EgoBody]:
    """Return the ego at the start and its body, with what the mark of its task adds to them.

    Raises:
        ScenarioError: A number is absent or none.
    """
    more = numbers([said.get(name) for name in (*_START, *_BODY)], None, ScenarioError)
    about = dict(zip((*_START, *_BODY), more, strict=True))
    body = EgoBody(length_m=size_m[0], width_m=size_m[1], **{name: about[name] for name in _BODY})
    state = EgoState(x_m=start.x_m, y_m=start.y_m, yaw_rad=start.yaw_rad, speed_mps=start.speed_mps)
    return EgoState(
        x_m=state.x_m, y_m=state.y_m, yaw_rad=state.yaw_rad, speed_mps=state.speed_mps,
        accel_mps2=about["accel_mps2"], steer_rad=about["steer_rad"],
    ), body  # fmt: skip


def read_moments(said: dict[str, Any]) -> IntArray:
    """Return (moments,) times that increase, from runs of first, step and count.

    Raises:
        ScenarioError: They do not increase, or are too many.
    """
    runs = said.get("moments_ns")
    if not isinstance(runs, list):
        raise ScenarioError("the moments of the recording are no list", hint="Write the file again.")
    parts, total = [], 0
    for run in runs:
        first, step, count = (*whole_list({"run": run}, "run", -_MOST_NS, _MOST_NS, ScenarioError), -1, -1, -1)[:3]
        total += count
        if not (count >= 1 and step >= 0 and total <= _MOST_MOMENTS and first + step * count <= _MOST_NS):
            raise ScenarioError(f"{total:,} moments are none or too many", hint="Write the file again.")
        parts.append(first + step * np.arange(count, dtype=np.int64))
    times_ns = np.concatenate([np.zeros(0, dtype=np.int64), *parts])
    if not np.all(np.diff(times_ns) > 0):
        raise ScenarioError("the moments of the recording do not increase", hint="Write the file again.")
    return times_ns


def read_signals(lights: Mapping[str, Any]) -> tuple[int, dict[str, int]]:
    """Return how many light groups there are, and the group of each signal by its id.

    Raises:
        ScenarioError: A group is none of them.
    """
    count = whole(dict(lights), "groups", 0, _MOST_GROUPS, ScenarioError)
    signals = load_object(lights.get("signals"), ScenarioError)
    return count, {name: whole(signals, name, 0, count - 1, ScenarioError) for name in signals}


def _runs(times_ns: IntArray) -> list[list[int]]:
    """Return times as runs of first, step and count."""
    runs: list[list[int]] = []
    for time_ns in times_ns.tolist():
        if runs and runs[-1][2] == 1:
            runs[-1][1:] = [time_ns - runs[-1][0], 2]
        elif runs and time_ns == runs[-1][0] + runs[-1][1] * runs[-1][2]:
            runs[-1][2] += 1
        else:
            runs.append([time_ns, 0, 1])
    return runs


def _mark(thing: Element, name: str, said: dict[str, Any]) -> None:
    value = json.dumps(said, allow_nan=False, separators=(",", ":"))
    child(child(thing, "Properties"), "Property", name=name, value=value)


def _said(thing: Element, name: str) -> dict[str, Any] | None:
    found = next((p for p in thing.iter("Property") if p.get("name") == name), None)
    return None if found is None else load_object(found.get("value", ""), ScenarioError)
