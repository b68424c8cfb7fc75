"""A goal as JSON: in marks of OpenSCENARIO files, and in archives."""

from __future__ import annotations

import math
from typing import Any

from zhixing.datatypes.scene import Goal
from zhixing.errors import ScenarioError
from zhixing.formats.json_values import load_object, numbers, points, whole_list

_EDGES = ("x_min_m", "x_max_m", "y_min_m", "y_max_m")
_MOST_NS = 2**62
_DEEPEST = 8
"""Alternatives of alternatives of a goal."""


def goal_to_json(goal: Goal) -> dict[str, Any]:
    """Return a goal as JSON's values; an edge that is infinite is null."""
    edges = {name: getattr(goal, name) for name in _EDGES}
    return {
        **{name: float(edge) if math.isfinite(edge) else None for name, edge in edges.items()},
        "outlines_xy_m": [outline.tolist() for outline in goal.outlines_xy_m],
        "yaw_rad": goal.yaw_rad,
        "speed_mps": goal.speed_mps,
        "time_ns": goal.time_ns,
        "alternatives": [goal_to_json(other) for other in goal.alternatives],
    }


def goal_from_json(value: object, depth: int = _DEEPEST) -> Goal:
    """Return a goal as :func:`goal_to_json` wrote it.

    Raises:
        ScenarioError: It makes no sense, or has alternatives of alternatives without end.
    """
    said = load_object(value, ScenarioError)
    outlines, others = said.get("outlines_xy_m", []), said.get("alternatives", [])
    if not isinstance(outlines, list) or not isinstance(others, list) or depth <= 0:
        raise ScenarioError("the goal makes no sense", hint="Write the file again.")
    edges = {
        name: limit if said.get(name) is None else numbers([said[name]], 1, ScenarioError)[0]
        for name, limit in zip(_EDGES, (-math.inf, math.inf) * 2, strict=True)
    }
    times = None if said.get("time_ns") is None else whole_list(said, "time_ns", -_MOST_NS, _MOST_NS, ScenarioError)
    if times is not None and len(times) != 2:
        raise ScenarioError(f"the goal has {len(times)} times", hint="It has a first and a last one.")
    return Goal(
        **edges,
        outlines_xy_m=tuple(points(outline, ScenarioError) for outline in outlines),
        yaw_rad=_interval(said, "yaw_rad"),
        speed_mps=_interval(said, "speed_mps"),
        time_ns=None if times is None else (times[0], times[1]),
        alternatives=tuple(goal_from_json(other, depth - 1) for other in others),
    )


def _interval(said: dict[str, Any], name: str) -> tuple[float, float] | None:
    if said.get(name) is None:
        return None
    low, high = numbers(said[name], 2, ScenarioError)
    return low, high
