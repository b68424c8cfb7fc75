"""The smooth line that a route is driven along."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from zhixing.datatypes.scene import Goal
from zhixing.datatypes.shapes import FloatArray, polyline_s_m
from zhixing.driving.arriving import INSIDE_M, is_well_inside
from zhixing.driving.lane_map import project

_STEP_M = 1.0
_BEHIND_M, _AHEAD_M, _LOST_M = 15, 40, 15.0
_SMOOTH_POINTS = 5
_GOAL_BLEND_M = 35.0
_STRAIGHT_BEYOND_M = 60.0


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A polyline with points one metre apart.

    Attributes:
        xy_m: (points, 2) in the world frame.
        s_m: (points,) distance along it.
        yaw_rad: (points,) direction, continuous.
        curvature_radpm: (points,) positive to the left.
        goal_m: Where on it the goal is.
    """

    xy_m: FloatArray
    s_m: FloatArray
    yaw_rad: FloatArray
    curvature_radpm: FloatArray
    goal_m: float

    def project(self, x_m: float, y_m: float) -> tuple[float, float, float]:
        """Return distance along the line, signed offset (left positive) and direction of the nearest point."""
        s_m, offset_m, yaw_rad = project(x_m, y_m, self.xy_m, self.s_m)
        return float(s_m), float(offset_m), float(yaw_rad)

    def project_near(self, x_m: float, y_m: float, near_m: float) -> tuple[float, float, float]:
        """Return the same for who was at a place of the line a moment ago, so that loops do not confuse it.

        Beyond the ends of the line the distance goes on; who is nowhere near that place is projected as anywhere.
        """
        first = max(0, int(near_m) - _BEHIND_M)
        last = min(self.s_m.shape[0], int(near_m) + _AHEAD_M)
        distance = np.hypot(self.xy_m[first:last, 0] - x_m, self.xy_m[first:last, 1] - y_m)
        if not distance.size or float(distance.min()) > _LOST_M:
            return self.project(x_m, y_m)
        nearest = first + int(np.argmin(distance))
        yaw_rad = float(self.yaw_rad[nearest])
        c, s = math.cos(yaw_rad), math.sin(yaw_rad)
        dx, dy = x_m - self.xy_m[nearest, 0], y_m - self.xy_m[nearest, 1]
        return float(self.s_m[nearest] + c * dx + s * dy), float(c * dy - s * dx), yaw_rad


def smooth_line(
    xy_m: FloatArray, marks: list[tuple[int, int]], goal_xy_m: FloatArray, goal: Goal | None, *, bridge: bool
) -> tuple[Line, list[int]]:
    """Return an evenly spaced, smooth line through the goal and the lane at each of its points.

    Args:
        xy_m: (points, 2) raw line along lanes.
        marks: (lane, first raw point on it), in order.
        goal_xy_m: (2,) where in the goal to aim.
        goal: The goal area; the line is led through it if the lane passes beside it. None: nowhere in particular.
        bridge: Whether a straight piece leads from the end of the raw line to the goal.

    Returns:
        The line and (points,) lanes.
    """
    if bridge and np.hypot(*(goal_xy_m - xy_m[-1])) > 1.0 and _is_ahead(xy_m, goal_xy_m):
        xy_m = np.concatenate((xy_m, goal_xy_m[None]))
    raw_s = polyline_s_m(xy_m)
    keep = np.concatenate(([True], np.diff(raw_s) > 1e-3))
    lane_marks_m = [(lane, float(raw_s[min(index, raw_s.shape[0] - 1)])) for lane, index in marks]
    kept_s, kept = raw_s[keep], xy_m[keep]
    if kept.shape[0] < 2:
        kept = np.concatenate((kept, kept + np.array([[1.0, 0.0]])))
        kept_s = np.array([0.0, 1.0])
    direction = (kept[-1] - kept[-2]) / max(float(np.hypot(*(kept[-1] - kept[-2]))), 1e-9)
    kept = np.concatenate((kept, [kept[-1] + _STRAIGHT_BEYOND_M * direction]))
    kept_s = np.append(kept_s, kept_s[-1] + _STRAIGHT_BEYOND_M)
    stations = np.arange(0.0, kept_s[-1], _STEP_M)
    even = np.stack([np.interp(stations, kept_s, kept[:, k]) for k in (0, 1)], axis=-1)
    even = _smoothed(even) if goal is None else _through_goal(_smoothed(even), goal_xy_m, goal)
    starts = np.array([mark_m for _, mark_m in lane_marks_m])
    which = np.clip(np.searchsorted(starts, stations + 1e-6, side="right") - 1, 0, None)
    lanes = [lane_marks_m[k][0] for k in which.tolist()]
    goal_m, _, _ = project(float(goal_xy_m[0]), float(goal_xy_m[1]), even, polyline_s_m(even))
    return line_through(even, float(goal_m)), lanes


def line_through(xy_m: FloatArray, goal_m: float) -> Line:
    """Return the line through points (points, 2) about a metre apart."""
    s_m = polyline_s_m(xy_m)
    tangent = np.gradient(xy_m, axis=0)
    yaw = np.unwrap(np.arctan2(tangent[:, 1], tangent[:, 0]))
    # Where a map folds back onto itself two points may be one; there is no curvature between them.
    apart_m = s_m if np.diff(s_m).min(initial=1.0) > 1e-6 else s_m + 1e-3 * np.arange(s_m.shape[0])
    return Line(xy_m, s_m, yaw, np.gradient(yaw, apart_m), goal_m)


def moving_average(values: FloatArray, points: int) -> FloatArray:
    """Return (n,) values, each the mean of an odd number of points around it; beyond the ends they go on as there."""
    padded = np.pad(values, points // 2, mode="edge")
    mean: FloatArray = np.convolve(padded, np.full(points, 1.0 / points), mode="valid")
    return mean


def _is_ahead(xy_m: FloatArray, point: FloatArray) -> bool:
    back = xy_m[-2] if xy_m.shape[0] > 1 else xy_m[-1] - np.array([1.0, 0.0])
    return float((xy_m[-1] - back) @ (point - xy_m[-1])) > 0.0


def _smoothed(xy_m: FloatArray) -> FloatArray:
    """Return the moving average over a few metres; the ends stay where they are."""
    half = _SMOOTH_POINTS // 2
    if xy_m.shape[0] <= 2 * _SMOOTH_POINTS:
        return xy_m
    before = 2.0 * xy_m[0] - xy_m[half:0:-1]
    after = 2.0 * xy_m[-1] - xy_m[-2 : -half - 2 : -1]
    padded = np.concatenate((before, xy_m, after))
    kernel = np.full(_SMOOTH_POINTS, 1.0 / _SMOOTH_POINTS)
    return np.stack([np.convolve(padded[:, k], kernel, mode="valid") for k in (0, 1)], axis=-1)


def _through_goal(xy_m: FloatArray, goal_xy_m: FloatArray, goal: Goal) -> FloatArray:
    """Return the line shifted sideways near the goal, if it would pass beside the goal area."""
    inset = INSIDE_M
    inside = (
        is_well_inside(xy_m, goal)
        if goal.outlines_xy_m
        else (
            (xy_m[:, 0] > min(goal.x_min_m + inset, goal_xy_m[0]))
            & (xy_m[:, 0] < max(goal.x_max_m - inset, goal_xy_m[0]))
            & (xy_m[:, 1] > min(goal.y_min_m + inset, goal_xy_m[1]))
            & (xy_m[:, 1] < max(goal.y_max_m - inset, goal_xy_m[1]))
        )
    )
    if inside.any():
        return xy_m
    s_m = polyline_s_m(xy_m)
    goal_m, offset_m, yaw = project(float(goal_xy_m[0]), float(goal_xy_m[1]), xy_m, s_m)
    if abs(offset_m) > 8.0:
        return xy_m
    share = np.clip(1.0 - (goal_m - s_m) / _GOAL_BLEND_M, 0.0, 1.0)
    weight = share**3 * (10.0 - 15.0 * share + 6.0 * share**2)
    shifted: FloatArray = xy_m + (weight * offset_m)[:, None] * np.array([-np.sin(yaw), np.cos(yaw)])
    return shifted
