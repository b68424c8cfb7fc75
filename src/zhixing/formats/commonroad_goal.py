"""The planning problem of a CommonRoad file: where and how fast the ego starts, and what it must reach by when."""

from __future__ import annotations

import math
from dataclasses import replace
from xml.etree.ElementTree import Element

import numpy as np

from zhixing.datatypes.scene import EgoBody, EgoState, Goal
from zhixing.datatypes.shapes import FloatArray
from zhixing.datatypes.units import ns_from_s
from zhixing.errors import ScenarioError
from zhixing.formats.commonroad_values import interval, middle, outlines, place

BODY = EgoBody(
    length_m=4.508,
    width_m=1.610,
    wheelbase_m=2.578,
    max_steer_rad=1.066,
    max_steer_rate_radps=0.4,
)
"""A BMW 320i: vehicle 2 of the CommonRoad vehicle models, accelerating and braking as the driving exam allows."""

GRID_S = 0.1
"""The driving exam asks and judges every 0.1 s."""

_EDGE = 1e-6
_MAX_SPEED_MPS = 150.0
_TURNING_MPS = 1.0
"""Below this speed a yaw rate says nothing about the steering angle."""


def read_start(problem: Element) -> EgoState:
    """Return the initial state of a planning problem.

    Raises:
        ScenarioError: It is absent, incomplete or no state of a car on a road.
    """
    state = problem.find("initialState")
    if state is None:
        raise ScenarioError("the planning problem has no initialState", hint="The file does not follow CommonRoad.")
    x_m, y_m = place(state)
    speed_mps = middle(state, "velocity")
    if not 0.0 <= speed_mps <= _MAX_SPEED_MPS:
        raise ScenarioError(f"the ego starts at {speed_mps} m/s", hint="Give the speed of a car that goes forward.")
    turning = middle(state, "yawRate", 0.0) / speed_mps if speed_mps > _TURNING_MPS else 0.0
    steer_rad = math.atan(BODY.wheelbase_m * turning)
    return EgoState(
        x_m=x_m,
        y_m=y_m,
        yaw_rad=middle(state, "orientation"),
        speed_mps=speed_mps,
        accel_mps2=min(max(middle(state, "acceleration", 0.0), BODY.min_accel_mps2), BODY.max_accel_mps2),
        steer_rad=min(max(steer_rad, -BODY.max_steer_rad), BODY.max_steer_rad),
    )


def read_goal(problem: Element, step_s: float, lanelets: dict[str, FloatArray]) -> Goal:
    """Return what a planning problem asks for; its time interval is widened to the grid of the exam.

    Args:
        problem: The ``planningProblem``.
        step_s: Length of a time step of the file.
        lanelets: Outline (points, 2) of each lanelet by its id.

    Raises:
        ScenarioError: There is no goal, it has no time, or it names a lanelet that is not there.
    """
    states = problem.findall("goalState")
    if not states:
        raise ScenarioError("the planning problem has no goalState", hint="The file does not follow CommonRoad.")
    goals = [_goal(state, step_s, lanelets) for state in states]
    return replace(goals[0], alternatives=tuple(goals[1:]))


def _goal(state: Element, step_s: float, lanelets: dict[str, FloatArray]) -> Goal:
    time = state.find("time")
    if time is None:
        raise ScenarioError("a goalState has no time", hint="Every goal of CommonRoad must be reached in an interval.")
    first, last = interval(time)
    position = state.find("position")
    areas = () if position is None else tuple(_areas(position, lanelets))
    around = np.concatenate(areas) if areas else np.array([[-math.inf, -math.inf], [math.inf, math.inf]])
    (x_min, y_min), (x_max, y_max) = around.min(axis=0).tolist(), around.max(axis=0).tolist()
    yaw, speed = state.find("orientation"), state.find("velocity")
    return Goal(
        x_min_m=x_min,
        x_max_m=x_max,
        y_min_m=y_min,
        y_max_m=y_max,
        outlines_xy_m=areas,
        yaw_rad=None if yaw is None else interval(yaw),
        speed_mps=None if speed is None else interval(speed),
        time_ns=(
            ns_from_s(GRID_S * math.floor(first * step_s / GRID_S + _EDGE)),
            ns_from_s(GRID_S * math.ceil(last * step_s / GRID_S - _EDGE)),
        ),
    )


def _areas(position: Element, lanelets: dict[str, FloatArray]) -> list[FloatArray]:
    areas = outlines(position)
    for lanelet in position.iterfind("lanelet"):
        name = lanelet.get("ref", "")
        if name not in lanelets:
            raise ScenarioError(f"the goal is on lanelet {name!r}, which is not there", hint="Name one of the map's.")
        areas.append(lanelets[name])
    if not areas:
        raise ScenarioError("the goal's position is no region", hint="Give a rectangle, circle, polygon or lanelet.")
    return areas
