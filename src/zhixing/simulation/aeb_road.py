"""The streets of the emergency braking scenes: straight on, or a turn into a street that crosses."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from zhixing.datatypes.road import Lane, Road, lane_along
from zhixing.datatypes.scene import Goal
from zhixing.datatypes.shapes import FloatArray
from zhixing.simulation.aeb_scenes import AebScene

_LANE_WIDTH_M = 3.5
_FIRST_M, _LAST_M = -50.0, 250.0
_EXIT_M = 80.0


def way_xy_m(scene: AebScene) -> FloatArray:
    """Return (points, 2) the ego's way from x = 0 on, a point each metre or less."""
    if not scene.turn:
        return _straight((0.0, 0.0), (_LAST_M, 0.0))
    return np.concatenate((_approach(scene, 0.0), _arc(scene)[1:], _exit(scene)[1:]))


def goal_of(scene: AebScene) -> Goal:
    """Return the goal near the end of the ego's way."""
    x_m, y_m = way_xy_m(scene)[-12]
    return Goal(x_min_m=x_m - 4.0, x_max_m=x_m + 4.0, y_min_m=y_m - 4.0, y_max_m=y_m + 4.0)


@lru_cache(maxsize=256)
def aeb_road(scene: AebScene) -> Road:
    """Return the ego's lane, the lane on its left that comes towards it, and the street it turns into, if it turns."""
    west = _lane("west", _straight((_LAST_M, _LANE_WIDTH_M), (_FIRST_M, _LANE_WIDTH_M)), scene.ego_mps)
    if not scene.turn:
        east = _lane("east", _straight((_FIRST_M, 0.0), (_LAST_M, 0.0)), scene.ego_mps)
        return Road(name="street", lanes=(east, west), successors=((), ()))
    lanes = (
        _lane("approach", _approach(scene, _FIRST_M), scene.ego_mps),
        _lane("turn", _arc(scene), scene.ego_mps, junction=0, turn=scene.turn),
        _lane("exit", _exit(scene), scene.ego_mps),
        west,
        _lane("on", _straight((scene.turns_m, 0.0), (_LAST_M, 0.0)), scene.ego_mps),
    )
    return Road(name="crossing", lanes=lanes, successors=((1, 4), (2,), (), (), ()), num_junctions=1)


def _approach(scene: AebScene, first_m: float) -> FloatArray:
    return _straight((first_m, 0.0), (scene.turns_m, 0.0))


def _arc(scene: AebScene) -> FloatArray:
    angle = np.linspace(0.0, 0.5 * math.pi, 25)
    side = 1.0 if scene.turn == "left" else -1.0
    return np.stack(
        (scene.turns_m + scene.radius_m * np.sin(angle), side * scene.radius_m * (1.0 - np.cos(angle))), axis=-1
    )


def _exit(scene: AebScene) -> FloatArray:
    side = 1.0 if scene.turn == "left" else -1.0
    x_m = scene.turns_m + scene.radius_m
    return _straight((x_m, side * scene.radius_m), (x_m, side * (scene.radius_m + _EXIT_M)))


def _straight(first: tuple[float, float], last: tuple[float, float]) -> FloatArray:
    points = max(2, math.ceil(math.hypot(last[0] - first[0], last[1] - first[1])) + 1)
    return np.linspace(first, last, points)


def _lane(lane_id: str, centre: FloatArray, limit_mps: float, *, junction: int = -1, turn: str = "") -> Lane:
    return lane_along(lane_id, centre, _LANE_WIDTH_M, limit_mps, junction=junction, turn=turn)
