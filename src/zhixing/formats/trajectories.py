"""The road users of an OpenSCENARIO file as :class:`Tracks` on a grid of 0.1 s."""

from __future__ import annotations

import math
from dataclasses import dataclass
from xml.etree.ElementTree import Element

import numpy as np

from zhixing.datatypes.shapes import BoolArray, FloatArray
from zhixing.datatypes.tracks import RoadUser, Tracks, empty_tracks
from zhixing.datatypes.units import ns_from_s
from zhixing.errors import ScenarioError
from zhixing.formats.xml_files import number

_STEP_S = 0.1
_TRUCK_LENGTH_M = 6.0
"""Longer motor vehicles are no cars: GA 802-2019, mini and small passenger vehicles are shorter than 6 m."""
_SWEEP_RAD, _SWEEP_S, _MOVES_MPS = math.radians(40.0), 0.8, 1.0
_EDGE_S = 1e-6
_MAX_STATES = 10_000_000


@dataclass(frozen=True, slots=True, eq=False)
class _Path:
    """One road user's recording: (vertices, 4) time, x, y, heading, and when it is there."""

    name: str
    vertices: FloatArray
    appears_s: float
    leaves_s: float


def read_background(root: Element, stop_s: float) -> Tracks:
    """Return everybody but the ego.

    Speeds follow from the positions. Somebody is valid from AddEntity to DeleteEntity, as far as the trajectory goes.

    Raises:
        ScenarioError: A number is not finite, times do not increase, or somebody has no size.
    """
    steps = math.floor(stop_s / _STEP_S + 1.0 + _EDGE_S) + 1
    time_s = np.arange(steps, dtype=np.float64) * _STEP_S
    time_ns = np.array([ns_from_s(t) for t in time_s.tolist()], dtype=np.int64)
    things = {o.get("name", ""): o for o in root.iter("ScenarioObject") if o.get("name") != "Ego"}
    paths = [path for act in root.iter("Act") for path in _paths(act) if path.name in things]
    if not paths:
        return empty_tracks(time_ns)
    if len(paths) * steps > _MAX_STATES:
        raise ScenarioError(
            f"{len(paths):,} road users over {stop_s:.0f} s are too many",
            hint=f"Cut the scenario to at most {_MAX_STATES:,} states.",
        )
    columns = [_sample(path, time_s) for path in paths]
    xy_m, yaw_rad, speed_mps, valid = (np.stack(column) for column in zip(*columns, strict=True))
    described = [_describe(things[path.name]) for path in paths]
    return Tracks(
        time_ns,
        np.arange(1, len(paths) + 1, dtype=np.int64),
        np.array([int(road_user) for road_user, _ in described], dtype=np.int64),
        np.array([size for _, size in described]),
        xy_m,
        yaw_rad,
        speed_mps,
        valid,
    )


def _paths(act: Element) -> list[_Path]:
    found = []
    for group in act.iter("ManeuverGroup"):
        name = next((e.get("entityRef", "") for e in group.iter("EntityRef")), "")
        vertices = [[number(v, "time", ScenarioError), *_position(v, name)] for v in group.iter("Vertex")]
        if not vertices:
            continue
        table = np.array(vertices)
        if not np.all(np.diff(table[:, 0]) > 0.0):
            raise ScenarioError(f"the trajectory of {name} goes back in time", hint="Order its vertices by time.")
        appears = [_action_s(e) for e in group.iter("Event") if e.find(".//AddEntityAction") is not None]
        leaves = [_action_s(e) for e in group.iter("Event") if e.find(".//DeleteEntityAction") is not None]
        found.append(_Path(name, table, max([table[0, 0], *appears]), min([table[-1, 0], *leaves])))
    return found


def _position(vertex: Element, name: str) -> tuple[float, float, float]:
    position = vertex.find(".//WorldPosition")
    if position is None:
        raise ScenarioError(f"a vertex of {name} has no WorldPosition", hint="Only world coordinates are read.")
    return (
        number(position, "x", ScenarioError),
        number(position, "y", ScenarioError),
        number(position, "h", ScenarioError, default=0.0),
    )


def _action_s(event: Element) -> float:
    condition = event.find("StartTrigger//Condition")
    time = event.find("StartTrigger//SimulationTimeCondition")
    if condition is None or time is None:
        raise ScenarioError("somebody appears or leaves without a time", hint="Add a SimulationTimeCondition.")
    return number(time, "value", ScenarioError) + number(condition, "delay", ScenarioError, default=0.0)


def _sample(path: _Path, time_s: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray, BoolArray]:
    t, x, y, h = path.vertices.T
    h = _without_sweeps(t, x, y, h)
    yaw = np.interp(time_s, t, np.unwrap(h))
    xy = np.stack((np.interp(time_s, t, x), np.interp(time_s, t, y)), axis=-1)
    if t.size > 1:
        # Along the heading, so that reversing is negative; central differences where there are two neighbours.
        along = np.gradient(x, t) * np.cos(h) + np.gradient(y, t) * np.sin(h)
        speed = np.interp(time_s, t, along)
    else:
        speed = np.zeros_like(time_s)
    valid = (time_s >= path.appears_s - _EDGE_S) & (time_s <= path.leaves_s + _EDGE_S)
    return xy, yaw, speed, valid


def _without_sweeps(t: FloatArray, x: FloatArray, y: FloatArray, h: FloatArray) -> FloatArray:
    """Return headings without those that turn all the way round for a moment while somebody goes straight on.

    Recordings that were smoothed across the half turn have such moments; who really reverses does so for longer.
    """
    if t.size < 3:
        return h
    vx, vy = np.gradient(x, t), np.gradient(y, t)
    course = np.arctan2(vy, vx)
    off = (np.abs(np.remainder(h - course + np.pi, 2.0 * np.pi) - np.pi) > _SWEEP_RAD) & (np.hypot(vx, vy) > _MOVES_MPS)
    mended = h.copy()
    edges = np.flatnonzero(np.diff(np.concatenate(([False], off, [False])).astype(np.int8))).reshape(-1, 2)
    for first, end in edges.tolist():
        if first > 0 and end < t.size and t[end] - t[first - 1] < _SWEEP_S:
            mended[first:end] = course[first:end]
    return mended


def _describe(thing: Element) -> tuple[RoadUser, tuple[float, float]]:
    dimensions = thing.find(".//Dimensions")
    if dimensions is None:
        raise ScenarioError(f"{thing.get('name')} has no size", hint="Give it a BoundingBox with Dimensions.")
    size = number(dimensions, "length", ScenarioError), number(dimensions, "width", ScenarioError)
    if not (0.05 <= size[0] <= 60.0 and 0.05 <= size[1] <= 10.0):
        raise ScenarioError(
            f"{thing.get('name')} is {size[0]} m long and {size[1]} m wide", hint="Sizes are in metres."
        )
    if thing.find("Pedestrian") is not None:
        return RoadUser.PEDESTRIAN, size
    vehicle = thing.find("Vehicle")
    if vehicle is None:
        return RoadUser.OBJECT, size
    match vehicle.get("vehicleCategory"):
        case "bicycle":
            return RoadUser.BICYCLE, size
        case "motorbike":
            return RoadUser.MOTORCYCLE, size
        case "bus":
            return RoadUser.BUS, size
        case "truck" | "semitrailer" | "trailer":
            return RoadUser.TRUCK, size
        case _:
            return (RoadUser.TRUCK if size[0] > _TRUCK_LENGTH_M else RoadUser.CAR), size
