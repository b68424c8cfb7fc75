"""A driven scenario as a drive: the ego is one of its tracks."""

from __future__ import annotations

import numpy as np

from zhixing.datatypes.evidence import Drive, Scenario, Trace
from zhixing.datatypes.lights import Lights
from zhixing.datatypes.tracks import RoadUser, Tracks

_EGO_ID = 0


def drive_of(trace: Trace, scenario: Scenario) -> Drive:
    """Return what an ego did in a scenario as a recording of it and everybody else.

    The ego has the id 0, or the next that is free after all others if somebody else has that.

    Args:
        trace: What happened.
        scenario: In which it was driven.
    """
    others = trace.background
    taken = others.object_id.tolist()
    ego_id = _EGO_ID if _EGO_ID not in taken else max(taken) + 1
    body = scenario.body
    return Drive(
        drive_id=f"{trace.scenario_id}/{trace.planner}",
        source="trace",
        road=scenario.road,
        tracks=Tracks(
            trace.time_ns,
            np.concatenate(([ego_id], others.object_id)).astype(np.int64),
            np.concatenate(([RoadUser.CAR], others.road_user)).astype(np.int64),
            np.concatenate(([[body.length_m, body.width_m]], others.size_m)),
            np.concatenate((trace.xy_m[None], others.xy_m)),
            np.concatenate((trace.yaw_rad[None], others.yaw_rad)),
            np.concatenate((trace.speed_mps[None], others.speed_mps)),
            np.concatenate((np.ones((1, trace.time_ns.size), dtype=np.bool_), others.valid)),
        ),
        lights=Lights(trace.time_ns, trace.lights),
        ego_id=ego_id,
        is_night=scenario.is_night,
    )
