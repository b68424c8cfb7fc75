"""Whether a scenario that was written and read back is the same."""

from __future__ import annotations

import dataclasses

import numpy as np

from zhixing.datatypes.evidence import Scenario
from zhixing.datatypes.road import Road
from zhixing.datatypes.scene import Goal
from zhixing.datatypes.shapes import FloatArray, IntArray
from zhixing.datatypes.tracks import Tracks

WITHIN_M = 1e-6
_LINES = ("centre_xy_m", "left_xy_m", "right_xy_m")


def scenario_differences(one: Scenario, other: Scenario) -> list[str]:
    """Return what differs between two scenarios but for their names, in words.

    Points of lanes may lie ``WITHIN_M`` apart; everything else must be equal, states only where somebody is there.
    """
    found = [
        f"{name}: {getattr(one, name)} and {getattr(other, name)}"
        for name in ("start", "body", "start_ns", "stop_ns", "ego_light")
        if getattr(one, name) != getattr(other, name)
    ]
    found += goal_differences(one.goal, other.goal) + road_differences(one.road, other.road)
    found += track_differences(one.background, other.background)
    if not np.array_equal(one.lights.time_ns, other.lights.time_ns):
        found.append("lights: moments")
    if not np.array_equal(one.lights.light, other.lights.light):
        found.append("lights: what they show")
    return found


def road_differences(one: Road, other: Road) -> list[str]:
    """Return what differs between two roads; see :func:`scenario_differences`."""
    found = [
        f"road: {name}"
        for name in ("name", "successors", "num_junctions", "num_light_groups")
        if getattr(one, name) != getattr(other, name)
    ]
    if len(one.lanes) != len(other.lanes):
        return [*found, f"road: {len(one.lanes)} and {len(other.lanes)} lanes"]
    for a, b in zip(one.lanes, other.lanes, strict=True):
        names = {field.name for field in dataclasses.fields(a)} - {*_LINES}
        found += [f"lane {a.lane_id}: {name}" for name in sorted(names) if getattr(a, name) != getattr(b, name)]
        found += [f"lane {a.lane_id}: {name}" for name in _LINES if not _near(getattr(a, name), getattr(b, name))]
    lines = [[(line.xy_m.tolist(), line.lanes) for line in road.stop_lines] for road in (one, other)]
    return found if lines[0] == lines[1] else [*found, "road: stop lines"]


def track_differences(one: Tracks, other: Tracks) -> list[str]:
    """Return what differs between two recordings; see :func:`scenario_differences`."""
    names = ("time_ns", "object_id", "road_user", "size_m", "valid")
    found = [f"tracks: {name}" for name in names if not np.array_equal(getattr(one, name), getattr(other, name))]
    if found:
        return found
    there = one.valid
    states = ("xy_m", "yaw_rad", "speed_mps")
    return [f"tracks: {n}" for n in states if not np.array_equal(getattr(one, n)[there], getattr(other, n)[there])]


def goal_differences(one: Goal, other: Goal) -> list[str]:
    """Return what differs between two goals; see :func:`scenario_differences`."""
    names = ("x_min_m", "x_max_m", "y_min_m", "y_max_m", "yaw_rad", "speed_mps", "time_ns")
    found = [f"goal: {name}" for name in names if getattr(one, name) != getattr(other, name)]
    if [a.tolist() for a in one.outlines_xy_m] != [b.tolist() for b in other.outlines_xy_m]:
        found.append("goal: outlines")
    if len(one.alternatives) != len(other.alternatives):
        return [*found, "goal: alternatives"]
    pairs = zip(one.alternatives, other.alternatives, strict=True)
    return found + [word for a, b in pairs for word in goal_differences(a, b)]


def _near(one: FloatArray | IntArray, other: FloatArray | IntArray) -> bool:
    return one.shape == other.shape and float(np.abs(one - other).max(initial=0.0)) <= WITHIN_M
