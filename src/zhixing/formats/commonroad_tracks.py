"""The obstacles of a CommonRoad file as :class:`Tracks` on the grid of the driving exam.

A dynamic obstacle is there from its initial state to the last state of its trajectory, a static one always. Boundaries
of the road and obstacles that only hide others from view (``environmentObstacle``, ``phantomObstacle``) are left out.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from xml.etree.ElementTree import Element

import numpy as np
import shapely

from zhixing.datatypes.shapes import BoolArray, FloatArray
from zhixing.datatypes.tracks import RoadUser, Tracks, empty_tracks
from zhixing.datatypes.units import ns_from_s
from zhixing.errors import ScenarioError
from zhixing.formats.commonroad_goal import GRID_S
from zhixing.formats.commonroad_values import middle, outlines, place

_EDGE_S = 1e-6
_MAX_STATES = 10_000_000
_SIZES_M = (0.05, 1_000.0)

_ROAD_USERS = {
    "car": RoadUser.CAR,
    "taxi": RoadUser.CAR,
    "priorityVehicle": RoadUser.CAR,
    "parkedVehicle": RoadUser.CAR,
    "truck": RoadUser.TRUCK,
    "bus": RoadUser.BUS,
    "train": RoadUser.BUS,
    "motorcycle": RoadUser.MOTORCYCLE,
    "bicycle": RoadUser.BICYCLE,
    "pedestrian": RoadUser.PEDESTRIAN,
}
_NOT_IN_THE_WAY = frozenset({"roadBoundary"})


@dataclass(frozen=True, slots=True, eq=False)
class _Box:
    """The box around a shape, in the obstacle's frame."""

    size_m: tuple[float, float]
    offset_m: tuple[float, float]
    turn_rad: float


def read_obstacles(root: Element, step_s: float, start_s: float, stop_s: float) -> Tracks:
    """Return everybody else from the start until a step after the stop.

    Args:
        root: The file.
        step_s: Length of a time step of the file.
        start_s: When the ego starts.
        stop_s: When its time is up.

    Raises:
        ScenarioError: Somebody has no id, shape, initial state or finite numbers, goes back in time, or is there as a
            set of possible places instead of a trajectory.
    """
    steps = round((stop_s - start_s) / GRID_S) + 2
    time_s = start_s + GRID_S * np.arange(steps, dtype=np.float64)
    time_ns = np.array([ns_from_s(t) for t in time_s.tolist()], dtype=np.int64)
    found = [e for e in root if e.tag in {"obstacle", "staticObstacle", "dynamicObstacle"}]
    found = [e for e in found if (e.findtext("type") or "").strip() not in _NOT_IN_THE_WAY]
    if not found:
        return empty_tracks(time_ns)
    if len(found) * steps > _MAX_STATES:
        raise ScenarioError(
            f"{len(found):,} obstacles over {stop_s - start_s:.0f} s are too many",
            hint=f"Cut the scenario to at most {_MAX_STATES:,} states.",
        )
    boxes = [_box(obstacle) for obstacle in found]
    columns = [_sample(obstacle, box, step_s, time_s) for obstacle, box in zip(found, boxes, strict=True)]
    xy_m, yaw_rad, speed_mps, valid = (np.stack(column) for column in zip(*columns, strict=True))
    return Tracks(
        time_ns,
        np.array(_ids(found), dtype=np.int64),
        np.array([int(_road_user(obstacle)) for obstacle in found], dtype=np.int64),
        np.array([box.size_m for box in boxes]),
        xy_m,
        yaw_rad,
        speed_mps,
        valid,
    )


def _ids(obstacles: list[Element]) -> list[int]:
    ids = [text if (text := obstacle.get("id", "")).isdecimal() and len(text) < 19 else "" for obstacle in obstacles]
    if "" in ids or len(set(ids)) != len(ids):
        raise ScenarioError("an obstacle has no id of its own", hint="Ids are whole numbers, each used once.")
    return [int(text) for text in ids]


def _is_static(obstacle: Element) -> bool:
    return obstacle.tag == "staticObstacle" or (obstacle.findtext("role") or "").strip() == "static"


def _road_user(obstacle: Element) -> RoadUser:
    unknown = RoadUser.OBJECT if _is_static(obstacle) else RoadUser.CAR
    name = (obstacle.findtext("type") or "").strip()
    return _ROAD_USERS.get(name, unknown if name == "unknown" else RoadUser.OBJECT)


def _box(obstacle: Element) -> _Box:
    shape = obstacle.find("shape")
    corners = outlines(shape) if shape is not None else []
    if not corners:
        raise ScenarioError(
            f"obstacle {obstacle.get('id', '?')[:40]} has no shape", hint="Give a rectangle, circle or polygon."
        )
    around = np.concatenate(corners)
    if not _is_static(obstacle):
        (x_min, y_min), (x_max, y_max) = around.min(axis=0).tolist(), around.max(axis=0).tolist()
        box = _Box((x_max - x_min, y_max - y_min), (0.5 * (x_min + x_max), 0.5 * (y_min + y_max)), 0.0)
    else:
        box = _narrowest(around)
    if not all(_SIZES_M[0] <= size <= _SIZES_M[1] for size in box.size_m):
        raise ScenarioError(
            f"obstacle {obstacle.get('id', '?')[:40]} is {box.size_m[0]} m long and {box.size_m[1]} m wide",
            hint="Sizes are in metres.",
        )
    return box


def _narrowest(around: FloatArray) -> _Box:
    """Return the smallest box around some points, turned as it may be: what stands has no heading to keep."""
    corners = shapely.get_coordinates(shapely.oriented_envelope(shapely.MultiPoint(around)))[:4]
    if corners.shape[0] < 4:
        return _Box((0.0, 0.0), (0.0, 0.0), 0.0)
    sides = np.diff(corners[:3], axis=0)
    first, second = np.hypot(*sides.T).tolist()
    along = sides[0] if first >= second else sides[1]
    x, y = corners.mean(axis=0).tolist()
    # A line has two directions; of these the one nearer to the obstacle's own heading.
    turn_rad = math.remainder(math.atan2(along[1], along[0]), math.pi)
    return _Box((max(first, second), min(first, second)), (x, y), turn_rad)


def _sample(
    obstacle: Element, box: _Box, step_s: float, time_s: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray, BoolArray]:
    name = obstacle.get("id", "?")[:40]
    initial = obstacle.find("initialState")
    if initial is None:
        raise ScenarioError(f"obstacle {name} has no initialState", hint="The file does not follow CommonRoad.")
    if obstacle.find("occupancySet") is not None:
        raise ScenarioError(
            f"obstacle {name} is predicted as a set of places", hint="Give a scenario with trajectories."
        )
    states = [initial, *obstacle.iterfind("trajectory/state")]
    is_static = _is_static(obstacle)
    t = step_s * np.array([middle(state, "time", 0.0 if is_static else None) for state in states])
    if not np.all(np.diff(t) > 0.0):
        raise ScenarioError(f"obstacle {name} goes back in time", hint="Order its states by time, each at its own.")
    xy = np.array([place(state) for state in states])
    yaw, speed = _motion(states, t, xy)
    yaw_at = np.interp(time_s, t, np.unwrap(yaw))
    offset_x, offset_y = box.offset_m
    c, s = np.cos(yaw_at), np.sin(yaw_at)
    xy_at = np.stack(
        (
            np.interp(time_s, t, xy[:, 0]) + c * offset_x - s * offset_y,
            np.interp(time_s, t, xy[:, 1]) + s * offset_x + c * offset_y,
        ),
        axis=-1,
    )
    valid = np.full(time_s.shape, is_static) | ((time_s >= t[0] - _EDGE_S) & (time_s <= t[-1] + _EDGE_S))
    speed_at = np.zeros_like(time_s) if is_static else np.interp(time_s, t, speed)
    return xy_at, yaw_at + box.turn_rad, speed_at, valid


def _motion(states: list[Element], t: FloatArray, xy_m: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return (states,) headings and speeds along them; what is not said follows from the places."""
    velocity = np.gradient(xy_m, t, axis=0) if t.size > 1 else np.zeros_like(xy_m)
    if all(state.find("velocityY") is not None for state in states):
        # A point mass: its velocity is given along x and y of the world.
        velocity = np.array([(middle(state, "velocity"), middle(state, "velocityY")) for state in states])
        along = np.hypot(*velocity.T)
    else:
        along = np.full(t.shape, np.nan)
    if all(state.find("orientation") is not None for state in states):
        yaw = np.array([middle(state, "orientation") for state in states])
    else:
        yaw = np.arctan2(velocity[:, 1], velocity[:, 0])
    if np.isnan(along).any():
        projected = velocity[:, 0] * np.cos(yaw) + velocity[:, 1] * np.sin(yaw)
        rows = zip(states, projected.tolist(), strict=True)
        along = np.array([middle(state, "velocity", moved) for state, moved in rows])
    return yaw, along
