"""A crossroads of four streets to drive through, and tasks on it under its lights."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from zhixing.datatypes.evidence import Scenario
from zhixing.datatypes.lights import Light, Lights
from zhixing.datatypes.road import Road
from zhixing.datatypes.scene import EgoBody, EgoState, Goal
from zhixing.datatypes.shapes import FloatArray, polyline_s_m
from zhixing.datatypes.tracks import Tracks
from zhixing.datatypes.units import NS_PER_S
from zhixing.simulation.city_crossroads import HALF_SIZE_M, PLAIN, Arm, Layout, draw_crossroads, walk_group
from zhixing.simulation.city_curves import straight
from zhixing.simulation.city_draft import Draft, draw_side
from zhixing.simulation.road_lights import RoadLights

_ARM_M, _LIMIT_MPS = 170.0, 50.0 / 3.6
_LIGHT_STEP_S = 0.1
_GOAL_HALF_M = 6.0


@lru_cache(maxsize=8)
def crossroads(layout: Layout = PLAIN) -> Road:
    """Return a crossroads, its middle at the origin; lane ``2>/0`` leads in from the west, ``2</0`` out to it."""
    draft = Draft()
    arms = []
    for arm in range(4):
        along = np.array([math.cos(arm * math.pi / 2.0), math.sin(arm * math.pi / 2.0)]).round(9)
        path = straight((HALF_SIZE_M + _ARM_M) * along, HALF_SIZE_M * along)
        inbound = draw_side(draft, f"{arm}>", path, 2, _LIMIT_MPS, is_urban=True)
        arms.append(Arm(inbound, draw_side(draft, f"{arm}<", path[::-1].copy(), 2, _LIMIT_MPS, is_urban=True)))
    draw_crossroads(draft, "x", np.zeros(2), (arms[0], arms[1], arms[2], arms[3]), layout)
    return draft.freeze("crossroads")


def through(
    layout: Layout,
    lane_in: str,
    lane_out: str,
    *,
    offset_s: float = 0.0,
    duration_s: float = 120.0,
    flashes: bool = False,
) -> Scenario:
    """Return the task to drive through alone, from the middle of one lane to that of another.

    Args:
        layout: Of the crossroads.
        lane_in: Name of the lane to start on, at 8 m/s.
        lane_out: Name of the lane to arrive on.
        offset_s: When the usual plan of the lights begins.
        duration_s: Of the task.
        flashes: Whether all lights flash yellow instead, and those of people are dark.
    """
    road = crossroads(layout)
    lanes = {lane.lane_id: lane.centre_xy_m for lane in road.lanes}
    (x, y), yaw = _middle(lanes[lane_in])
    (goal_x, goal_y), _ = _middle(lanes[lane_out])
    half = _GOAL_HALF_M
    return Scenario(
        scenario_id=f"{lane_in} to {lane_out}",
        family="crossroads",
        road=road,
        body=EgoBody(),
        start=EgoState(x_m=x, y_m=y, yaw_rad=yaw, speed_mps=8.0),
        goal=Goal(x_min_m=goal_x - half, x_max_m=goal_x + half, y_min_m=goal_y - half, y_max_m=goal_y + half),
        start_ns=0,
        stop_ns=round(duration_s * NS_PER_S),
        background=_nobody(),
        lights=_flashing(road) if flashes else _shown(road, offset_s, duration_s),
    )


def _middle(line: FloatArray) -> tuple[tuple[float, float], float]:
    s_m = polyline_s_m(line)
    x, y = (float(np.interp(0.5 * s_m[-1], s_m, line[:, axis])) for axis in (0, 1))
    step = line[-1] - line[0]
    return (x, y), math.atan2(step[1], step[0])


def _shown(road: Road, offset_s: float, duration_s: float) -> Lights:
    lights = RoadLights(road, offsets_s=np.array([offset_s]))
    time_ns = (np.arange(0.0, duration_s, _LIGHT_STEP_S) * NS_PER_S).round().astype(np.int64)
    shown = np.stack([lights.at(at_ns) for at_ns in time_ns.tolist()], axis=1)
    changes = np.concatenate(([True], (np.diff(shown, axis=1) != 0).any(axis=0)))
    return Lights(time_ns[changes], shown[:, changes])


def _flashing(road: Road) -> Lights:
    shown = np.full((road.num_light_groups, 1), int(Light.FLASHING_YELLOW), dtype=np.int64)
    shown[[walk_group(0, arm) for arm in range(4)]] = int(Light.OFF)
    return Lights(np.array([0], dtype=np.int64), shown)


def _nobody() -> Tracks:
    return Tracks(
        np.array([0], dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros((0, 2)),
        np.zeros((0, 1, 2)), np.zeros((0, 1)), np.zeros((0, 1)), np.zeros((0, 1), dtype=np.bool_),
    )  # fmt: skip
