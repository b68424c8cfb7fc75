"""What is looked at in the futures of sim agents: how they move, among whom, and where on the road.

The features are those of the Waymo Open Sim Agents Challenge (Montali et al. 2023, "The Waymo Open Sim Agents
Challenge", section 4), taken from the description, not from its code.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numba import njit
from scipy.ndimage import distance_transform_edt

from zhixing.datatypes.road import Road
from zhixing.datatypes.shapes import BoolArray, FloatArray
from zhixing.datatypes.tracks import Tracks, are_motor_vehicles
from zhixing.simulation.collision import box_distance_m
from zhixing.simulation.realism.agent_scene import AgentRollouts
from zhixing.simulation.realism.agent_world import lengthened
from zhixing.simulation.traffic.surface import CELL_M, FOR_CARS, surface_of
from zhixing.simulation.world import STEP_S

FAR_M, SOON_S = 40.0, 5.0
"""Farther objects and later collisions are as good as none."""
_TOUCH_M = -1.0
_SAME_WAY_RAD = math.radians(75.0)


class EdgeField(NamedTuple):
    """How far it is to the edge of where cars may drive, in cells; negative on the road.

    Attributes:
        left_m: World x of the edge of the raster.
        low_m: World y of the edge of the raster.
        away_m: (rows, columns)
    """

    left_m: float
    low_m: float
    away_m: FloatArray


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class AgentFeatures:
    """Features of every future, agent and step; NaN where one is not known.

    Attributes:
        speed_mps: (rollouts, agents, steps)
        accel_mps2: (the same)
        turn_radps: (the same) how fast the heading changes.
        turn_radps2: (the same) how fast that changes.
        nearest_m: (the same) to the nearest other box; -1 where they touch.
        collision_s: (the same) until one would run into who is ahead, at most 5.
        edge_m: (the same) of the corner that is farthest out to the edge of the road, negative on it; vehicles only.
        collides: (rollouts, agents) whether it ever touches somebody.
        leaves: (rollouts, agents) whether it ever is off the road.
        is_vehicle: (agents,) whether the road's edge means something to it.
    """

    speed_mps: FloatArray
    accel_mps2: FloatArray
    turn_radps: FloatArray
    turn_radps2: FloatArray
    nearest_m: FloatArray
    collision_s: FloatArray
    edge_m: FloatArray
    collides: BoolArray
    leaves: BoolArray
    is_vehicle: BoolArray


def features_of(rollouts: AgentRollouts, scene: Tracks, road: Road) -> AgentFeatures:
    """Return the features of futures.

    Args:
        rollouts: The futures.
        scene: Classes and sizes of the agents.
        road: The map.
    """
    xy, yaw, there = rollouts.xy_m, np.unwrap(rollouts.yaw_rad, axis=2), rollouts.there
    placed = np.where(there[..., None], xy, np.nan)
    turned = np.where(there, yaw, np.nan)
    way = _slope(placed)
    speed = np.hypot(way[..., 0], way[..., 1])
    turn = _slope(turned)
    nearest, soon = _among(xy, yaw, speed, np.ascontiguousarray(scene.size_m), there)
    is_vehicle = are_motor_vehicles(scene.road_user)
    edge = _edges(
        xy, yaw, np.ascontiguousarray(scene.size_m), there & is_vehicle[:, None], edge_field(lengthened(road))
    )
    with np.errstate(invalid="ignore"):
        return AgentFeatures(
            speed_mps=speed[:, :, 1:],
            accel_mps2=_slope(speed)[:, :, 1:],
            turn_radps=turn[:, :, 1:],
            turn_radps2=_slope(turn)[:, :, 1:],
            nearest_m=nearest[:, :, 1:],
            collision_s=soon[:, :, 1:],
            edge_m=edge[:, :, 1:],
            collides=np.asarray((nearest[:, :, 1:] < 0.0).any(axis=2)),
            leaves=np.asarray((edge[:, :, 1:] > 0.0).any(axis=2)),
            is_vehicle=is_vehicle,
        )


@lru_cache(maxsize=8)
def edge_field(road: Road) -> EdgeField:
    """Return the distances to the edge of where cars may drive, with 20 m around the map."""
    ground = surface_of(road)
    cells = round(20.0 / CELL_M)
    good = np.pad((ground.bits & FOR_CARS) > 0, cells)
    away = distance_transform_edt(~good) - distance_transform_edt(good)
    return EdgeField(ground.left_m - cells * CELL_M, ground.low_m - cells * CELL_M, CELL_M * away)


def _slope(values: FloatArray) -> FloatArray:
    """Return how fast values change along the third axis, over the step before and the one after; NaN at the ends."""
    slope = np.full(values.shape, np.nan)
    slope[:, :, 1:-1] = (values[:, :, 2:] - values[:, :, :-2]) / (2.0 * STEP_S)
    return slope


@njit(cache=True)
def _among(
    xy: FloatArray, yaw: FloatArray, speed: FloatArray, size: FloatArray, there: BoolArray
) -> tuple[FloatArray, FloatArray]:
    """Return (rollouts, agents, steps) the distance to the nearest box, and the time to hit who is ahead."""
    rollouts, agents, steps = yaw.shape
    nearest, soon = np.full(yaw.shape, np.nan), np.full(yaw.shape, np.nan)
    a, b = np.empty(5), np.empty(5)
    for r in range(rollouts):
        for k in range(steps):
            for u in range(agents):
                if not there[r, u, k]:
                    continue
                a[0], a[1], a[2], a[3], a[4] = xy[r, u, k, 0], xy[r, u, k, 1], yaw[r, u, k], size[u, 0], size[u, 1]
                best, first = FAR_M, SOON_S
                c, s = math.cos(a[2]), math.sin(a[2])
                for o in range(agents):
                    if o == u or not there[r, o, k]:
                        continue
                    dx, dy = xy[r, o, k, 0] - a[0], xy[r, o, k, 1] - a[1]
                    away = math.hypot(dx, dy)
                    reach = 0.5 * (math.hypot(size[u, 0], size[u, 1]) + math.hypot(size[o, 0], size[o, 1]))
                    if away - reach < best:
                        b[0], b[1], b[2], b[3], b[4] = (
                            xy[r, o, k, 0],
                            xy[r, o, k, 1],
                            yaw[r, o, k],
                            size[o, 0],
                            size[o, 1],
                        )
                        gap = box_distance_m(a, b)
                        best = min(best, gap if gap > 0.0 else _TOUCH_M)
                    along, aside = c * dx + s * dy, c * dy - s * dx
                    turned = abs((yaw[r, o, k] - a[2] + math.pi) % (2.0 * math.pi) - math.pi)
                    if along <= 0.0 or turned > _SAME_WAY_RAD or abs(aside) > 0.5 * (size[u, 1] + size[o, 1]):
                        continue
                    closing = speed[r, u, k] - speed[r, o, k] * math.cos(turned)
                    free = along - 0.5 * (size[u, 0] + size[o, 0])
                    if closing > 0.1 and free > 0.0:
                        first = min(first, free / closing)
                nearest[r, u, k], soon[r, u, k] = best, first
    return nearest, soon


@njit(cache=True)
def _edges(xy: FloatArray, yaw: FloatArray, size: FloatArray, there: BoolArray, field: EdgeField) -> FloatArray:
    """Return (rollouts, agents, steps) how far out the farthest corner of each box is."""
    rollouts, agents, steps = yaw.shape
    found = np.full(yaw.shape, np.nan)
    high, wide = field.away_m.shape
    for r in range(rollouts):
        for u in range(agents):
            for k in range(steps):
                if not there[r, u, k]:
                    continue
                c, s = math.cos(yaw[r, u, k]), math.sin(yaw[r, u, k])
                worst, is_on_map = -1e9, True
                for corner in range(4):
                    along = 0.5 * size[u, 0] if corner < 2 else -0.5 * size[u, 0]
                    aside = 0.5 * size[u, 1] if corner % 2 == 0 else -0.5 * size[u, 1]
                    x, y = xy[r, u, k, 0] + c * along - s * aside, xy[r, u, k, 1] + s * along + c * aside
                    row, column = int((y - field.low_m) / CELL_M), int((x - field.left_m) / CELL_M)
                    if y < field.low_m or x < field.left_m or row >= high or column >= wide:
                        is_on_map = False
                        break
                    worst = max(worst, field.away_m[row, column])
                if is_on_map:
                    found[r, u, k] = worst
    return found
