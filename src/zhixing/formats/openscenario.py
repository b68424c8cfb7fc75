"""Closed-loop tasks: an OpenSCENARIO file, its OpenDRIVE map and, where there is one, the light of the ego's movement.

Source: ASAM OpenSCENARIO 1.0 as the OnSite challenge writes it: the ego's start and goal stand in XML comments,
trajectories have absolute times, and other road users exist from their AddEntity to their DeleteEntity action.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import numpy as np

from zhixing.datatypes.evidence import Scenario
from zhixing.datatypes.lights import Light, Lights
from zhixing.datatypes.road import Road
from zhixing.datatypes.scene import EgoBody, EgoState, Goal
from zhixing.datatypes.units import NS_PER_S, ns_from_s
from zhixing.errors import ScenarioError
from zhixing.formats.json_values import whole
from zhixing.formats.opendrive import read_opendrive
from zhixing.formats.openscenario_marks import read_ego, read_goal, read_times, task_mark
from zhixing.formats.openscenario_recorded import read_recorded, read_recorded_lights, size_m
from zhixing.formats.trajectories import read_background
from zhixing.formats.xml_files import MAX_BYTES, number, parse_xml

_NUMBER = r"([-+0-9.eE]+|nan|inf)"
_START = re.compile(
    rf"v_init\s*=\s*{_NUMBER}\s*,\s*x_init\s*=\s*{_NUMBER}\s*,\s*y_init\s*=\s*{_NUMBER}\s*,\s*heading_init\s*=\s*{_NUMBER}"
)
_PAIR = rf"\(\s*{_NUMBER}\s*,\s*{_NUMBER}\s*\)"
_GOAL = re.compile(rf"x_target\s*=\s*{_PAIR}\s*,\s*y_target\s*=\s*{_PAIR}")
_MAX_DURATION_S = 3600.0
_MAX_SPEED_MPS = 150.0
_MAX_M = 1e8
_MAX_LIGHT_NS = 86_400 * NS_PER_S


def read_task(folder: Path) -> Scenario:
    """Return the scenario in a task folder.

    Raises:
        ScenarioError: A file is absent or unreadable, the start or goal is not stated, or a number makes no sense.
        MapError: The map cannot be read.
    """
    folder = folder.resolve()
    if not folder.name.isprintable():
        raise ScenarioError(f"the folder {folder.name!r} has an unreadable name", hint="Rename it.")
    xosc, xodr = _only(folder, "*.xosc"), _only(folder, "*.xodr")
    root = parse_xml(xosc, ScenarioError)
    if root.tag != "OpenSCENARIO":
        raise ScenarioError(f"{xosc.name} is a {root.tag!r} file, not OpenSCENARIO", hint="Give an .xosc file.")
    mark = task_mark(root)
    if mark is not None:
        return _recorded(folder, root, mark)
    start, goal = _ego_task(xosc)
    stop_s = _stop_s(root, xosc.name)
    body = _body(root)
    lights, ego_light = _lights(folder)
    return Scenario(
        scenario_id=folder.name,
        family=folder.parent.name,
        road=_road(xodr),
        body=body,
        start=start,
        goal=goal,
        start_ns=0,
        stop_ns=ns_from_s(stop_s),
        background=read_background(root, stop_s),
        lights=lights,
        ego_light=ego_light,
    )


def _recorded(folder: Path, root: Element, mark: dict[str, Any]) -> Scenario:
    """Return a task that :mod:`zhixing.formats.openscenario_write` wrote, as it was."""
    xosc, xodr = _only(folder, "*.xosc"), _only(folder, "*.xodr")
    comments = _comments(xosc.read_text("utf-8", errors="replace"))
    body = _body(root)
    start, body = read_ego(mark, _start(comments, xosc.name), (body.length_m, body.width_m))
    start_ns, stop_ns = read_times(mark)
    lights = read_recorded_lights(root, mark, start_ns)
    return Scenario(
        scenario_id=folder.name,
        family=folder.parent.name,
        road=_road(xodr),
        body=body,
        start=start,
        goal=read_goal(mark) or _goal(comments, xosc.name),
        start_ns=start_ns,
        stop_ns=stop_ns,
        background=read_recorded(root, mark, start_ns),
        lights=lights,
        ego_light=whole(mark, "ego_light", -1, lights.light.shape[0] - 1, ScenarioError),
    )


def _only(folder: Path, pattern: str) -> Path:
    files = sorted(folder.glob(pattern))
    if len(files) != 1:
        raise ScenarioError(
            f"{folder.name} holds {len(files)} files {pattern}, not one", hint="A task is one .xosc and one .xodr file."
        )
    return files[0]


def _road(xodr: Path) -> Road:
    # The same map serves many tasks; what is read again is what has the same bytes.
    try:
        if not xodr.is_file() or xodr.stat().st_size > MAX_BYTES:
            return read_opendrive(xodr)
        digest = hashlib.sha256(xodr.read_bytes()).hexdigest()
    except OSError as error:
        raise ScenarioError(f"{xodr} cannot be read: {error.strerror}", hint="Check the file.") from error
    return _cached_road(digest, _Unhashed(xodr))


class _Unhashed:
    """A path that does not count as an argument of the cache."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __hash__(self) -> int:
        return 0

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Unhashed)


@lru_cache(maxsize=32)
def _cached_road(_digest: str, xodr: _Unhashed) -> Road:
    return read_opendrive(xodr.path)


def _ego_task(xosc: Path) -> tuple[EgoState, Goal]:
    # XML parsers drop comments, so the text itself is searched.
    comments = _comments(xosc.read_text("utf-8", errors="replace"))
    return _start(comments, xosc.name), _goal(comments, xosc.name)


def _start(comments: str, name: str) -> EgoState:
    start = _START.search(comments)
    if not start:
        raise ScenarioError(f"{name} states no start ([Initial State] …)", hint="It must stand in an XML comment.")
    speed, x, y, yaw = _finite(start.groups(), name)
    if not (0.0 <= speed <= _MAX_SPEED_MPS and all(abs(value) <= _MAX_M for value in (x, y, yaw))):
        raise ScenarioError(
            f"{name}: a start of {speed} m/s at ({x}, {y}) is nowhere on a road",
            hint="Give metres, radians and metres per second.",
        )
    return EgoState(x_m=x, y_m=y, yaw_rad=yaw, speed_mps=speed)


def _goal(comments: str, name: str) -> Goal:
    goal = _GOAL.search(comments)
    if not goal:
        raise ScenarioError(f"{name} states no goal ([Driving Task] …)", hint="It must stand in an XML comment.")
    x1, x2, y1, y2 = _finite(goal.groups(), name)
    if not all(abs(value) <= _MAX_M for value in (x1, x2, y1, y2)):
        raise ScenarioError(f"{name}: a goal at ({x1}, {y1}) is nowhere on a road", hint="Give metres.")
    return Goal(x_min_m=min(x1, x2), x_max_m=max(x1, x2), y_min_m=min(y1, y2), y_max_m=max(y1, y2))


def _comments(text: str) -> str:
    """Return all comments of an XML text; in one pass, however many are opened and not closed."""
    found, at = [], text.find("<!--")
    while at >= 0 and (end := text.find("-->", at + 4)) >= 0:
        found.append(text[at + 4 : end])
        at = text.find("<!--", end + 3)
    return " ".join(found)


def _finite(texts: Sequence[str], name: str) -> list[float]:
    values = []
    for text in texts:
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            raise ScenarioError(f"{name}: {text!r} in the start or goal is no finite number", hint="Mend the comment.")
        values.append(value)
    return values


def _stop_s(root: Element, name: str) -> float:
    condition = root.find("Storyboard/StopTrigger//SimulationTimeCondition")
    if condition is None:
        raise ScenarioError(f"{name} has no stop trigger by time", hint="Add a SimulationTimeCondition.")
    stop_s = number(condition, "value", ScenarioError)
    if not 0.0 < stop_s <= _MAX_DURATION_S:
        raise ScenarioError(f"{name} stops after {stop_s} s", hint=f"Choose between 0 and {_MAX_DURATION_S:.0f} s.")
    return stop_s


def _body(root: Element) -> EgoBody:
    ego = next((o for o in root.iter("ScenarioObject") if o.get("name") == "Ego"), None)
    if ego is None or ego.find(".//Dimensions") is None:
        return EgoBody()
    length_m, width_m = size_m(ego)
    if not (0.5 <= length_m <= 30.0 and 0.3 <= width_m <= 5.0):
        raise ScenarioError(
            f"the ego is {length_m} m long and {width_m} m wide", hint="Give a vehicle's size in metres."
        )
    return EgoBody(length_m=length_m, width_m=width_m)


def _lights(folder: Path) -> tuple[Lights, int]:
    files = sorted(folder.glob("*.json"))
    if not files:
        return Lights(np.zeros(1, dtype=np.int64), np.zeros((0, 1), dtype=np.int64)), -1
    try:
        if not files[0].is_file() or files[0].stat().st_size > MAX_BYTES:
            raise ScenarioError(f"{files[0].name} is no file or too large", hint="Lights are one word each 0.1 s.")
        states = json.loads(files[0].read_text("utf-8"))
        rows = sorted((round(float(time) * NS_PER_S), int(Light[str(word).upper()])) for time, word in states.items())
    except (OSError, ValueError, KeyError, AttributeError, OverflowError, RecursionError) as error:
        raise ScenarioError(
            f"{files[0].name} is no list of lights: {error}",
            hint='Write {"0.0": "green", …}: green, yellow, red or off.',
        ) from error
    if not rows:
        raise ScenarioError(f"{files[0].name} is empty", hint="Give the light at 0.0 s at least.")
    if not -_MAX_LIGHT_NS <= rows[0][0] <= rows[-1][0] <= _MAX_LIGHT_NS:
        raise ScenarioError(f"{files[0].name} has a light more than a day away", hint="Times are in seconds.")
    time_ns, light = np.array(rows, dtype=np.int64).T
    _, first = np.unique(time_ns, return_index=True)
    return Lights(time_ns[first].copy(), light[first][None, :].copy()), 0
