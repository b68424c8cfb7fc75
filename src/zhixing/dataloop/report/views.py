"""Scenes for the top-view player: metres from where the scene is, to the centimetre, some pictures a second."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from zhixing.datatypes.evidence import Drive, Scenario, Trace
from zhixing.datatypes.hit import Hit
from zhixing.datatypes.lights import Lights
from zhixing.datatypes.road import NO_LIGHT, LaneKind, Road
from zhixing.datatypes.shapes import FloatArray, IntArray
from zhixing.datatypes.tracks import RoadUser, Tracks
from zhixing.datatypes.units import NS_PER_S
from zhixing.errors import InputError

_EVERY = 2
"""Steps of 0.1 s from one picture of two drivers to the next."""
_AROUND_M = 70.0
_LEAD_NS, _TAIL_NS = 3 * NS_PER_S, 3 * NS_PER_S
_LEAST_APART_NS = 80_000_000
_MOST_PICTURES = 900


def scene_view(scenario: Scenario, ours: Trace, theirs: Trace) -> dict[str, Any]:
    """Return a scenario and how two drove in it; positions are told from where the ego began."""
    every = np.concatenate((ours.xy_m, theirs.xy_m))
    origin = np.round(ours.xy_m[0])
    low, high = every.min(axis=0) - _AROUND_M, every.max(axis=0) + _AROUND_M
    goal = scenario.goal
    edges = np.array([goal.x_min_m, goal.y_min_m, goal.x_max_m, goal.y_max_m]) - np.tile(origin, 2)
    start_ns = int(min(ours.time_ns[0], theirs.time_ns[0]))
    return {
        "scenario": scenario.scenario_id,
        **_place(scenario.road, scenario.lights, start_ns, origin, low, high),
        "goal": _numbers(edges) if goal.has_place else None,
        "body": [scenario.body.length_m, scenario.body.width_m],
        "candidate": _run(ours, origin, low, high),
        "incumbent": _run(theirs, origin, low, high),
    }


def hit_view(drive: Drive, hit: Hit) -> dict[str, Any]:
    """Return what a drive looked like around a hit: three seconds before, three after.

    The eye follows the middle of those who play a role; times are seconds from the beginning of what is shown.

    Raises:
        InputError: Those who play a role are not in the drive.
    """
    tracks = drive.tracks
    rows = [_row_of(tracks, identity) for _, identity in hit.object_ids]
    steps = _steps(tracks.time_ns, hit.start_ns - _LEAD_NS, hit.end_ns + _TAIL_NS)
    eye = _eye(tracks, rows, steps)
    origin = np.round(eye[0])
    low, high = eye.min(axis=0) - _AROUND_M, eye.max(axis=0) + _AROUND_M
    start_ns = int(tracks.time_ns[steps[0]])
    still = np.zeros(steps.size)
    return {
        **_place(drive.road, drive.lights, start_ns, origin, low, high),
        "goal": None,
        "body": None,
        "roles": [[role, identity] for role, identity in hit.object_ids],
        "hit": [round((hit.start_ns - start_ns) * 1e-9, 2), round((hit.end_ns - start_ns) * 1e-9, 2)],
        "start": round(start_ns * 1e-9, 2),
        "spread": _spread(tracks, rows, hit),
        "candidate": {
            "outcome": "",
            "at_fault": -1,
            "t": _seconds(tracks.time_ns[steps], start_ns),
            "ego": _numbers(np.column_stack((eye - origin, still, still))),
            "says": [],
            "others": _others(tracks, steps, origin, low, high),
        },
    }


def hit_preview(drive: Drive, hit: Hit) -> list[list[float]]:
    """Return the way of each who plays a role during a hit and a second around it, as x, y, x, y … from their middle.

    Raises:
        InputError: Those who play a role are not in the drive.
    """
    tracks = drive.tracks
    rows = [_row_of(tracks, identity) for _, identity in hit.object_ids]
    steps = _steps(tracks.time_ns, hit.start_ns - NS_PER_S, hit.end_ns + NS_PER_S, most=24)
    middle = np.round(_eye(tracks, rows, steps)[0])
    return [_numbers(tracks.xy_m[row, steps[tracks.valid[row, steps]]] - middle) for row in rows]


def _row_of(tracks: Tracks, identity: int) -> int:
    found = np.flatnonzero(tracks.object_id == identity)
    if not found.size:
        raise InputError(f"nobody in the drive is {identity}", hint="Search again; the archive has changed.")
    return int(found[0])


def _steps(time_ns: IntArray, start_ns: int, end_ns: int, most: int = _MOST_PICTURES) -> IntArray:
    """Return steps within a time, thinned to what an eye needs."""
    first, end = np.searchsorted(time_ns, [start_ns, end_ns + 1])
    first, end = int(first), max(int(end), int(first) + 1)
    steps = np.arange(min(first, time_ns.size - 1), min(end, time_ns.size), dtype=np.int64)
    usual_ns = float(np.median(np.diff(time_ns[steps]))) if steps.size > 1 else float(_LEAST_APART_NS)
    every = max(1, int(_LEAST_APART_NS // max(usual_ns, 1.0)), -(-steps.size // most))
    return steps[::every]


def _eye(tracks: Tracks, rows: Sequence[int], steps: IntArray) -> FloatArray:
    """Return (steps, 2) the middle of some road users; where none is there, where they were or will be."""
    there = tracks.valid[np.array(rows)][:, steps]
    count = there.sum(axis=0)
    if not count.any():
        return np.zeros((steps.size, 2))
    summed = (tracks.xy_m[np.array(rows)][:, steps] * there[:, :, None]).sum(axis=0)
    known = np.flatnonzero(count)
    middle = summed[known] / count[known, None]
    every = np.arange(steps.size)
    return np.column_stack([np.interp(every, known, middle[:, axis]) for axis in (0, 1)])


def _spread(tracks: Tracks, rows: Sequence[int], hit: Hit) -> list[float]:
    """Return how far apart those who play a role are at most during a hit, eastwards and northwards, in metres."""
    steps = _steps(tracks.time_ns, hit.start_ns, hit.end_ns)
    spans = np.zeros(2)
    for step in steps[:: max(1, steps.size // 50)].tolist():
        there = tracks.xy_m[np.array(rows), step][tracks.valid[np.array(rows), step]]
        if there.shape[0]:
            spans = np.maximum(spans, np.ptp(there, axis=0))
    return [round(float(span), 1) for span in spans]


def _place(
    road: Road | None, lights: Lights, start_ns: int, origin: FloatArray, low: FloatArray, high: FloatArray
) -> dict[str, Any]:  # fmt: skip
    """Return lanes and stop lines nearby, and what lights show at these: [line, [[since, light], …]]."""
    lanes: list[Any] = []
    stops: list[Any] = []
    shown: list[Any] = []
    if road is None:
        return {"lanes": lanes, "stops": stops, "lights": shown}
    for lane in road.lanes:
        if lane.kind == LaneKind.OTHER or not _is_within(lane.centre_xy_m, low, high):
            continue
        outline = np.concatenate((lane.left_xy_m, lane.right_xy_m[::-1]))
        lanes.append([lane.kind.name.lower(), _numbers(outline - origin)])
    for line in road.stop_lines:
        if not _is_within(line.xy_m, low, high):
            continue
        group = _group_of(road, line.lanes)
        if group != NO_LIGHT and group < lights.light.shape[0] and lights.time_ns.size:
            shown.append([len(stops), _changes(lights, group, start_ns)])
        stops.append(_numbers(line.xy_m - origin))
    return {"lanes": lanes, "stops": stops, "lights": shown}


def _group_of(road: Road, lanes: Sequence[int]) -> int:
    """Return the light that a stop line waits for: that of the way straight on, if there is one."""
    behind = [following for lane in lanes for following in road.successors[lane]]
    ahead = [road.lanes[k] for k in behind if road.lanes[k].light_group != NO_LIGHT]
    return min(ahead, key=lambda lane: lane.turn != "straight").light_group if ahead else NO_LIGHT


def _changes(lights: Lights, group: int, start_ns: int) -> list[list[float]]:
    row = lights.light[group]
    changes = [0, *(np.flatnonzero(np.diff(row)) + 1).tolist()]
    return [[round(float(lights.time_ns[k] - start_ns) * 1e-9, 2), int(row[k])] for k in changes]


def _run(trace: Trace, origin: FloatArray, low: FloatArray, high: FloatArray) -> dict[str, Any]:
    steps = np.unique(np.append(np.arange(0, trace.time_ns.size, _EVERY), trace.time_ns.size - 1))
    return {
        "outcome": trace.outcome,
        "at_fault": trace.at_fault_id,
        "t": _seconds(trace.time_ns[steps], int(trace.time_ns[0])),
        "ego": _numbers(np.column_stack((trace.xy_m - origin, trace.yaw_rad, trace.speed_mps))[steps]),
        "says": [
            [round(float(time_ns - trace.time_ns[0]) * 1e-9, 2), decision.say.zh, decision.say.en, decision.say.de]
            for time_ns, decision in trace.decisions
        ],
        "others": _others(trace.background, steps, origin, low, high),
    }


def _others(
    tracks: Tracks, steps: IntArray, origin: FloatArray, low: FloatArray, high: FloatArray
) -> list[Any]:  # fmt: skip
    """Return everybody nearby; who is away for a while comes once for each time that he is there."""
    found = []
    for row in range(tracks.num_objects):
        there = np.flatnonzero(tracks.valid[row, steps])
        if not there.size or not _is_within(tracks.xy_m[row, steps[there]], low, high):
            continue
        ends = [0, *(np.flatnonzero(np.diff(there) > 1) + 1).tolist(), there.size]
        for first, end in pairwise(ends):
            mine = steps[there[first:end]]
            states = np.column_stack((tracks.xy_m[row, mine], tracks.yaw_rad[row, mine]))
            found.append(
                {
                    "id": int(tracks.object_id[row]),
                    "kind": RoadUser(int(tracks.road_user[row])).name.lower(),
                    "size": [round(float(value), 2) for value in tracks.size_m[row]],
                    "from": int(there[first]),
                    "states": _numbers(states - np.append(origin, 0.0)),
                }
            )
    return found


def _is_within(xy_m: FloatArray, low: FloatArray, high: FloatArray) -> bool:
    return bool(((xy_m >= low) & (xy_m <= high)).all(axis=1).any())


def _seconds(time_ns: IntArray, start_ns: int) -> list[float]:
    return [round(float(value), 2) for value in ((time_ns - start_ns) * 1e-9).tolist()]


def _numbers(values: FloatArray) -> list[float]:
    return [float(value) for value in np.round(values, 2).ravel().tolist()]
