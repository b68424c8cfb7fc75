"""The others and the lights of OpenSCENARIO files that we wrote: at the very moments of the recording."""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import Element

import numpy as np

from zhixing.datatypes.lights import Light, Lights
from zhixing.datatypes.shapes import FloatArray, IntArray
from zhixing.datatypes.tracks import Tracks, empty_tracks
from zhixing.datatypes.units import ns_from_s
from zhixing.errors import ScenarioError
from zhixing.formats.json_values import load_object
from zhixing.formats.openscenario_marks import SPEEDS, read_moments, read_object, read_signals
from zhixing.formats.xml_files import number

_SIZES_M = (1e-3, 1_000.0)
_MAX_STATES = 10_000_000


def read_recorded(root: Element, mark: dict[str, Any], start_ns: int) -> Tracks:
    """Return everybody but the ego.

    Raises:
        ScenarioError: Somebody is of no size or class, or a trajectory lacks a speed for each of its vertices.
    """
    time_ns = read_moments(mark)
    things = {o.get("name", ""): o for o in root.iter("ScenarioObject") if o.get("name") != "Ego"}
    if len(things) * time_ns.size > _MAX_STATES:
        raise ScenarioError(f"{len(things):,} road users are too many", hint="Cut the scenario.")
    if not things:
        return empty_tracks(time_ns)
    rows = {name: row for row, name in enumerate(things)}
    # Columns: x, y, heading, speed.
    states = np.full((len(things), time_ns.size, 4), np.nan)
    for group in root.iter("ManeuverGroup"):
        name = next((e.get("entityRef", "") for e in group.iter("EntityRef")), "")
        for trajectory in group.iter("Trajectory") if name in rows else ():
            _fill(states[rows[name]], time_ns, trajectory, start_ns)
    valid = np.isfinite(states).all(axis=-1)
    for row in np.flatnonzero(valid.any(axis=1)).tolist():
        there = np.flatnonzero(valid[row])
        # Where somebody is not there the nearest moment stands at which it is.
        place = np.rint(np.interp(np.arange(time_ns.size), there, np.arange(there.size))).astype(np.int64)
        states[row] = states[row, there[place]]
    np.nan_to_num(states, copy=False)
    described = [read_object(thing) for thing in things.values()]
    return Tracks(
        time_ns,
        np.array([object_id for object_id, _ in described], dtype=np.int64),
        np.array([int(road_user) for _, road_user in described], dtype=np.int64),
        np.array([size_m(thing) for thing in things.values()]),
        states[..., :2].copy(),
        states[..., 2].copy(),
        states[..., 3].copy(),
        valid,
    )


def read_recorded_lights(root: Element, mark: dict[str, Any], start_ns: int) -> Lights:
    """Return what every light shows.

    Raises:
        ScenarioError: A light shows what none can.
    """
    said = load_object(mark.get("lights"), ScenarioError)
    time_ns = read_moments(said)
    count, group_of = read_signals(said)
    if count * time_ns.size > _MAX_STATES:
        raise ScenarioError(f"{count:,} lights are too many", hint="Cut the scenario.")
    said_at = np.full((count, time_ns.size), -1, dtype=np.int64)
    events = [e for e in root.iter("Event") if next(e.iter("TrafficSignalStateAction"), None) is not None]
    for event in sorted(events, key=_time_s):
        first = int(np.searchsorted(time_ns, start_ns + ns_from_s(_time_s(event))))
        for action in event.iter("TrafficSignalStateAction"):
            state = action.get("state", "").upper()
            if state not in Light.__members__:
                raise ScenarioError(
                    f"a light shows {state[:40]!r}", hint=f"Write one of {', '.join(Light.__members__)}."
                )
            if (group := group_of.get(action.get("name", ""))) is not None and first < time_ns.size:
                said_at[group, first] = int(Light[state])
    # A light shows what was said last; before that it is off.
    last = np.maximum.accumulate(np.where(said_at >= 0, np.arange(time_ns.size), 0), axis=1)
    light = np.take_along_axis(said_at, last, axis=1)
    return Lights(time_ns, np.where(light >= 0, light, int(Light.OFF)))


def size_m(thing: Element) -> tuple[float, float]:
    """Return length and width of an entity.

    Raises:
        ScenarioError: It has none.
    """
    dimensions = thing.find(".//Dimensions")
    if dimensions is None:
        raise ScenarioError(f"{str(thing.get('name'))[:40]} has no size", hint="Give it a BoundingBox with Dimensions.")
    length_m, width_m = number(dimensions, "length", ScenarioError), number(dimensions, "width", ScenarioError)
    if not all(_SIZES_M[0] <= one <= _SIZES_M[1] for one in (length_m, width_m)):
        raise ScenarioError(
            f"{str(thing.get('name'))[:40]} is {length_m} m long and {width_m} m wide", hint="Sizes are in metres."
        )
    return length_m, width_m


def _fill(states: FloatArray, time_ns: IntArray, trajectory: Element, start_ns: int) -> None:
    """Put the vertices of a trajectory where they belong; what lies between two moments is nobody's state."""
    vertices = list(trajectory.iter("Vertex"))
    said = next((p.get("value", "") for p in trajectory.iter("ParameterDeclaration") if p.get("name") == SPEEDS), "")
    try:
        speeds = [float(word) for word in said.split()]
    except ValueError as error:
        raise ScenarioError(f"{said[:40]!r} are no speeds", hint="Write the file again.") from error
    if len(speeds) != len(vertices) or not np.isfinite(speeds).all():
        raise ScenarioError(
            f"a trajectory has {len(vertices)} vertices and {len(speeds)} speeds", hint="Write the file again."
        )
    for vertex, speed_mps in zip(vertices, speeds, strict=True):
        at_ns = start_ns + ns_from_s(number(vertex, "time", ScenarioError))
        step = int(np.searchsorted(time_ns, at_ns))
        position = vertex.find(".//WorldPosition")
        if position is None or step >= time_ns.size or time_ns[step] != at_ns:
            continue
        states[step] = (*(number(position, axis, ScenarioError) for axis in "xyh"), speed_mps)


def _time_s(event: Element) -> float:
    condition = event.find("StartTrigger//SimulationTimeCondition")
    if condition is None:
        raise ScenarioError("a light changes without a time", hint="Add a SimulationTimeCondition.")
    return number(condition, "value", ScenarioError)
