"""A picture of a pattern: the street, and where everybody was when, as SVG."""

from __future__ import annotations

from xml.sax.saxutils import escape

import numpy as np

from zhixing.datatypes.lights import Light
from zhixing.datatypes.road import LaneKind, Road
from zhixing.datatypes.shapes import FloatArray
from zhixing.datatypes.tracks import TWO_WHEELERS, RoadUser, Tracks
from zhixing.simulation.patterns.pattern import Pattern
from zhixing.simulation.patterns.staged_world import EGO_ID, StagedWorld

WIDE_M, HIGH_M = 72.0, 40.0
"""What the picture shows of the world."""
_SCALE = 10
_BEFORE_S, _AFTER_S, _EVERY_S = 3.0, 3.0, 1.0
_GROUND = {
    LaneKind.DRIVING: "#c9ced6", LaneKind.BIKING: "#d9c7b0", LaneKind.SIDEWALK: "#e3e6ea", LaneKind.CROSSING: "#f4f5f7",
    LaneKind.OTHER: "#d5d9df",
}  # fmt: skip
_ORDER = (LaneKind.SIDEWALK, LaneKind.OTHER, LaneKind.BIKING, LaneKind.DRIVING, LaneKind.CROSSING)
_EGO, _OTHERS, _TWO_WHEELERS, _ON_FOOT, _THINGS = "#1f4fbf", "#5b6470", "#d9730d", "#0a8754", "#b3261e"
_LIGHTS = {Light.RED: "#d32f2f", Light.YELLOW: "#f2b200", Light.GREEN: "#2e9e44"}


def draw(pattern: Pattern, world: StagedWorld, time_ns: int) -> str:
    """Return an SVG of a scene that has been played, around who makes the pattern at a moment.

    Boxes are drawn every second, those of the moment solid: blue is the ego, orange rides, green walks, grey drives,
    red lies there. North is up.
    """
    tracks = world.drive().tracks
    step = int(np.searchsorted(tracks.time_ns, time_ns).clip(0, tracks.num_steps - 1))
    actor = world.id_of(next(iter(pattern.finds.values())))
    here = tracks.xy_m[int(np.flatnonzero(tracks.object_id == actor)[0]), step]
    most = np.array([0.25 * WIDE_M, 0.25 * HIGH_M])
    middle = here + np.clip(0.5 * (tracks.xy_m[0, step] - here), -most, most)
    left, high = middle[0] - 0.5 * WIDE_M, middle[1] + 0.5 * HIGH_M
    size = f"{WIDE_M * _SCALE:.0f} {HIGH_M * _SCALE:.0f}"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size}" role="img">',
        f"<title>{escape(pattern.title.zh)} · {escape(pattern.title.en)}</title>",
        '<rect width="100%" height="100%" fill="#f7f8fa"/>',
        *_ground(world.road, left, high),
        *_lights(world, step, left, high),
        *_users(tracks, step, left, high),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _points(xy_m: FloatArray, left: float, high: float) -> str:
    return " ".join(f"{(x - left) * _SCALE:.0f},{(high - y) * _SCALE:.0f}" for x, y in xy_m.tolist())


def _is_near(xy_m: FloatArray, left: float, high: float) -> bool:
    x, y = xy_m[:, 0], xy_m[:, 1]
    return bool(
        x.max() > left - 2.0
        and x.min() < left + WIDE_M + 2.0
        and y.min() < high + 2.0
        and y.max() > high - HIGH_M - 2.0
    )


def _ground(road: Road, left: float, high: float) -> list[str]:
    parts = []
    for kind in _ORDER:
        for lane in road.lanes:
            outline = np.concatenate((lane.left_xy_m, lane.right_xy_m[::-1]))
            if lane.kind != kind or not _is_near(outline, left, high):
                continue
            edge = "none" if lane.junction >= 0 else "#ffffff"
            parts.append(
                f'<polygon points="{_points(outline, left, high)}" fill="{_GROUND[kind]}" stroke="{edge}" '
                'stroke-width="1.5"/>'
            )
    parts += [
        f'<polyline points="{_points(line.xy_m, left, high)}" stroke="#ffffff" stroke-width="4"/>'
        for line in road.stop_lines
        if _is_near(line.xy_m, left, high)
    ]
    return parts


def _lights(world: StagedWorld, step: int, left: float, high: float) -> list[str]:
    """Draw what each movement is shown where it enters the junction."""
    drive = world.drive()
    shown = drive.lights.at(int(drive.tracks.time_ns[step]))
    parts = []
    for lane in world.road.lanes:
        if lane.light_group < 0 or lane.kind != LaneKind.DRIVING or not _is_near(lane.centre_xy_m, left, high):
            continue
        colour = _LIGHTS.get(Light(int(shown[lane.light_group])))
        if colour:
            x, y = lane.centre_xy_m[0]
            parts.append(
                f'<circle cx="{(x - left) * _SCALE:.0f}" cy="{(high - y) * _SCALE:.0f}" r="6" fill="{colour}"/>'
            )
    return parts


def _users(tracks: Tracks, step: int, left: float, high: float) -> list[str]:
    parts = []
    first, last = max(0, step - round(10 * _BEFORE_S)), min(tracks.num_steps - 1, step + round(10 * _AFTER_S))
    for row in range(tracks.num_objects):
        colour = _colour(tracks, row)
        there = [k for k in range(first, last + 1) if tracks.valid[row, k]]
        if not there or not _is_near(tracks.xy_m[row, there], left, high):
            continue
        line = tracks.xy_m[row, there]
        if np.hypot(*(line[-1] - line[0])) > 1.0:
            parts.append(
                f'<polyline points="{_points(line[::3], left, high)}" fill="none" stroke="{colour}" stroke-width="2" '
                'stroke-dasharray="6 5" opacity="0.7"/>'
            )
        for k in range(step - round(10 * _BEFORE_S), last + 1, round(10 * _EVERY_S)):
            if k in there:
                opacity = 1.0 if k == step else max(0.12, 0.45 - 0.012 * abs(k - step))
                parts.append(
                    f'<polygon points="{_points(_box(tracks, row, k), left, high)}" fill="{colour}" '
                    f'opacity="{opacity:.2f}"/>'
                )
    return parts


def _colour(tracks: Tracks, row: int) -> str:
    if int(tracks.object_id[row]) == EGO_ID:
        return _EGO
    user = RoadUser(int(tracks.road_user[row]))
    if user in TWO_WHEELERS:
        return _TWO_WHEELERS
    return {RoadUser.PEDESTRIAN: _ON_FOOT, RoadUser.OBJECT: _THINGS}.get(user, _OTHERS)


def _box(tracks: Tracks, row: int, step: int) -> FloatArray:
    yaw, (length, width) = float(tracks.yaw_rad[row, step]), np.maximum(tracks.size_m[row], 0.4)
    along = 0.5 * length * np.array([np.cos(yaw), np.sin(yaw)])
    aside = 0.5 * width * np.array([-np.sin(yaw), np.cos(yaw)])
    middle = tracks.xy_m[row, step]
    return np.stack((middle + along + aside, middle - along + aside, middle - along - aside, middle + along - aside))
