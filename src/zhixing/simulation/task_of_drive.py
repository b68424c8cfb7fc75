"""A driving task out of a recording: one of its cars becomes the ego, and shall get where that car got."""

from __future__ import annotations

import numpy as np

from zhixing.datatypes.evidence import Drive, Scenario
from zhixing.datatypes.road import Road
from zhixing.datatypes.scene import EgoBody, EgoState, Goal
from zhixing.datatypes.shapes import BoolArray, IntArray
from zhixing.datatypes.tracks import Tracks
from zhixing.errors import ScenarioError
from zhixing.simulation.drivable import drivable_area
from zhixing.simulation.traffic.step import WHEELBASE_SHARE

_GOAL_HALF_M = 3.0


def task_of_drive(
    drive: Drive, ego_id: int, *, scenario_id: str, family: str, spare_ns: int, most_ns: int | None = None
) -> Scenario:
    """Return what one road user of a recording did as a task; everybody else moves as recorded.

    Args:
        drive: The recording.
        ego_id: Whose place the ego takes, for the longest time that it is there without a break, with all of it on
            lanes for cars: at the edge of a map its rear is not.
        scenario_id: Name of the task.
        family: The set it belongs to.
        spare_ns: So much longer than the recorded one the ego may take; others move on as long as the recording does.
        most_ns: Of the recorded one's stay only so much, from its beginning.

    Raises:
        ScenarioError: Nobody in the recording has this id for two steps or longer on the road, or it has no map.
    """
    tracks, road = drive.tracks, drive.road
    if road is None:
        raise ScenarioError(f"{drive.drive_id} has no map", hint="Nobody can drive without one.")
    rows = np.flatnonzero(tracks.object_id == ego_id)
    steps = _on_the_road(road, tracks, int(rows[0])) if rows.size else np.zeros(0, dtype=np.int64)
    runs = np.split(steps, np.flatnonzero(np.diff(steps) > 1) + 1)
    steps = max(runs, key=lambda run: run.size)
    if most_ns is not None and steps.size:
        steps = steps[tracks.time_ns[steps] <= tracks.time_ns[steps[0]] + most_ns]
    if steps.size < 2:
        raise ScenarioError(
            f"nobody in {drive.drive_id} is {ego_id} for two steps on lanes for cars",
            hint="Name somebody who drives there.",
        )
    row, first, last = int(rows[0]), int(steps[0]), int(steps[-1])
    stop_ns = int(tracks.time_ns[last]) + spare_ns
    end = int(np.searchsorted(tracks.time_ns, stop_ns, side="right"))
    length_m, width_m = (float(value) for value in tracks.size_m[row])
    x_m, y_m = (float(value) for value in tracks.xy_m[row, last])
    return Scenario(
        scenario_id=scenario_id,
        family=family,
        road=road,
        body=EgoBody(length_m=length_m, width_m=width_m, wheelbase_m=WHEELBASE_SHARE * length_m),
        start=EgoState(
            x_m=float(tracks.xy_m[row, first, 0]),
            y_m=float(tracks.xy_m[row, first, 1]),
            yaw_rad=float(tracks.yaw_rad[row, first]),
            speed_mps=float(tracks.speed_mps[row, first]),
        ),
        goal=Goal(
            x_min_m=x_m - _GOAL_HALF_M,
            x_max_m=x_m + _GOAL_HALF_M,
            y_min_m=y_m - _GOAL_HALF_M,
            y_max_m=y_m + _GOAL_HALF_M,
        ),
        start_ns=int(tracks.time_ns[first]),
        stop_ns=stop_ns,
        background=_between(tracks, first, end, but=row),
        lights=drive.lights,
        is_night=drive.is_night,
    )


def _on_the_road(road: Road, tracks: Tracks, row: int) -> IntArray:
    """Return the steps in which all of somebody is on lanes for cars."""
    area = drivable_area(road)
    boxes = np.concatenate(
        (tracks.xy_m[row], tracks.yaw_rad[row, :, None], np.tile(tracks.size_m[row], (tracks.num_steps, 1))), axis=1
    )
    there = np.flatnonzero(tracks.valid[row])
    return there[[area.contains_box(box) for box in boxes[there]]]


def _between(tracks: Tracks, first: int, end: int, *, but: int) -> Tracks:
    """Return who is there between two steps, without one of them."""
    others: BoolArray = np.arange(tracks.num_objects) != but
    there = others & tracks.valid[:, first:end].any(axis=1)
    return Tracks(
        tracks.time_ns[first:end].copy(),
        tracks.object_id[there],
        tracks.road_user[there],
        tracks.size_m[there],
        tracks.xy_m[there, first:end].copy(),
        tracks.yaw_rad[there, first:end].copy(),
        tracks.speed_mps[there, first:end].copy(),
        tracks.valid[there, first:end].copy(),
    )
