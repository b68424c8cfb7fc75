"""How far, in which direction, past which lights and how fast against the limit."""

from __future__ import annotations

import math

import numpy as np

from zhixing.datatypes.evidence import Scenario, Trace
from zhixing.datatypes.lights import Light
from zhixing.datatypes.road import NO_LIGHT
from zhixing.datatypes.shapes import FloatArray
from zhixing.datatypes.units import s_from_ns
from zhixing.driving.lane_map import build_lane_map
from zhixing.driving.route import Route, find_route
from zhixing.errors import ScenarioError
from zhixing.simulation.drivable import drivable_area, lane_turn_rad

_DT_S = 0.1
_MIN_PROGRESS = 0.2
_OVERSPEED_MPS = 2.23
_WRONG_WAY_RAD = math.pi / 2.0
_SLIGHT_M, _GRAVE_M = 2.0, 6.0


def progress(trace: Trace, scenario: Scenario) -> dict[str, float]:
    """Return ``progress`` (0 to 1), ``making_progress`` (1 or 0), ``red_light`` (1 or 0) and ``red_lights_run``.

    Progress is the distance along the route, against what an unhindered driver at the speed limit could have made
    until the stop trigger, at most the route's length; 1 when the goal is reached.
    """
    try:
        route = find_route(build_lane_map(scenario.road), scenario.start, scenario.goal)
    except ScenarioError:
        reached = float(trace.outcome == "goal")
        return {"progress": reached, "making_progress": reached, "red_light": 1.0, "red_lights_run": 0.0}
    along = _along(route, trace.xy_m)
    if trace.outcome == "goal":
        share = 1.0
    else:
        duration_s = s_from_ns(scenario.stop_ns - scenario.start_ns)
        possible_m = min(route.goal_m - route.start_m, _unhindered_m(route, duration_s))
        share = min(1.0, max(0.0, float(along[-1] - along[0]) / max(possible_m, 1.0)))
    run = _red_lights_run(route, along, trace, scenario)
    return {
        "progress": share,
        "making_progress": float(share >= _MIN_PROGRESS),
        "red_light": float(run == 0),
        "red_lights_run": float(run),
    }


def direction(trace: Trace, scenario: Scenario) -> dict[str, float]:
    """Return ``driving_direction`` (1, 0.5 or 0) and ``wrong_way_m``, the most driven against a lane within a second.

    A place counts as wrong when the ego is on lanes of which none runs its way; in a junction lanes of many ways cross.
    """
    area = drivable_area(scenario.road)
    moved_m = np.hypot(*np.diff(trace.xy_m, axis=0, prepend=trace.xy_m[:1]).T)
    wrong = np.zeros_like(moved_m)
    for step, ((x, y), yaw) in enumerate(zip(trace.xy_m.tolist(), trace.yaw_rad.tolist(), strict=True)):
        lanes = area.lanes_at(x, y)
        if not lanes:
            continue
        if all(lane_turn_rad(scenario.road, lane, x, y, yaw) > _WRONG_WAY_RAD for lane in lanes):
            wrong[step] = moved_m[step]
    summed = np.convolve(wrong, np.ones(10))
    worst = float(summed.max())
    return {"driving_direction": 1.0 if worst < _SLIGHT_M else 0.5 if worst < _GRAVE_M else 0.0, "wrong_way_m": worst}


def speed_limit(trace: Trace, scenario: Scenario) -> dict[str, float]:
    """Return ``speed_limit`` (0 to 1): 1 - sum of overspeed times dt over (2.23 m/s times duration)."""
    area = drivable_area(scenario.road)
    over = 0.0
    for (x, y), speed in zip(trace.xy_m.tolist(), trace.speed_mps.tolist(), strict=True):
        limits = [scenario.road.lanes[lane].speed_limit_mps for lane in area.lanes_at(x, y)]
        if limits:
            over += max(0.0, speed - max(limits)) * _DT_S
    duration_s = max(_DT_S, s_from_ns(int(trace.time_ns[-1] - trace.time_ns[0])))
    return {"speed_limit": max(0.0, 1.0 - over / (_OVERSPEED_MPS * duration_s))}


def _along(route: Route, xy_m: FloatArray) -> FloatArray:
    """Return (steps,) distance along the route, searched near the step before so that loops do not confuse it."""
    line = route.line
    along = np.empty(xy_m.shape[0])
    last = route.start_m
    for step, (x, y) in enumerate(xy_m.tolist()):
        first = max(0, int(last) - 10)
        end = min(line.s_m.shape[0], int(last) + 15)
        distance = np.hypot(line.xy_m[first:end, 0] - x, line.xy_m[first:end, 1] - y)
        near = first + int(np.argmin(distance))
        c, s = math.cos(line.yaw_rad[near]), math.sin(line.yaw_rad[near])
        last = float(line.s_m[near] + c * (x - line.xy_m[near, 0]) + s * (y - line.xy_m[near, 1]))
        along[step] = last
    return along


def _unhindered_m(route: Route, duration_s: float) -> float:
    s_m = route.line.s_m
    time_s = np.concatenate(([0.0], np.cumsum(np.diff(s_m) / route.limit_mps[:-1])))
    started_s = float(np.interp(route.start_m, s_m, time_s))
    return float(np.interp(started_s + duration_s, time_s, s_m)) - route.start_m


def _red_lights_run(route: Route, along: FloatArray, trace: Trace, scenario: Scenario) -> int:
    front = along + 0.5 * scenario.body.length_m
    run = 0
    for k in range(route.stop_m.shape[0]):
        group = route.light_group(k, scenario.ego_light)
        crossing = np.flatnonzero((front[:-1] <= route.stop_m[k]) & (front[1:] > route.stop_m[k]))
        if group == NO_LIGHT or not crossing.size:
            continue
        run += int(trace.lights[group, crossing[0] + 1] == Light.RED)
    return run
