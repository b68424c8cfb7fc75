"""How fast to pass what somebody could step out from behind (鬼探头).

Somebody hidden behind the far end of a standing vehicle needs a time of gap / walking speed into the way of the ego. In
that time the ego must be past, or able to stop: with braking distance v²/2a + v·t there is no place at which both fail
as long as v ≤ 2a · (gap / walking speed − t). Faster costs by how much, so that slowing down and keeping away are
weighed against each other like everything else.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from zhixing.datatypes.scene import Scene
from zhixing.datatypes.shapes import FloatArray
from zhixing.datatypes.tracks import RoadUser
from zhixing.driving.route import Route
from zhixing.driving.sampling.candidates import PATH_SHIFT
from zhixing.driving.sampling.config import STEPS
from zhixing.driving.sampling.motion import ALONG, OFFSET, SPEED

H_ALONG, H_BESIDE, H_CHANCE, H_ROW = range(4)
"""Columns of a hidden place: distance along the route's line, how far beside it, left positive, how much it counts, and
the row of the one who hides it."""

WALKING_MPS, BRAKING_MPS2, REACTION_S = 1.6, 7.0, 0.25
"""Between the walking (5 km/h) and the running (8 km/h) pedestrian of the C-NCAP and Euro NCAP emergency scenes; what a
brake gives on a dry road with a little reserve; one and a half planning cycles and the build-up of the brake."""
_HIDES: dict[int, float] = {RoadUser.BUS: 1.0, RoadUser.TRUCK: 1.0, RoadUser.CAR: 0.6, RoadUser.OBJECT: 0.6}
"""How likely somebody behind is not seen: over the roof of a car one sees the grown-up, not the child."""
_IN_LANE = 0.15
"""Who stands in a lane that runs the ego's way waits in a queue; few walk out from there."""
_LARGE_M = 1.5
_STANDING_MPS = 0.3
_AHEAD_M, _BESIDE_M = 70.0, 5.0
_NEXT_M = 0.8
"""Nobody comes out between bumpers closer than this."""
_LEAST_GAP_M, _TOUCHING_M = 0.5, 0.1


def hidden_places(scene: Scene, route: Route, s_m: float) -> FloatArray:
    """Return (places, 4) from where somebody hidden could step out ahead; see the names of the columns.

    Args:
        scene: What is there now.
        route: The way to the goal.
        s_m: Where on its line the ego is.
    """
    others, line = scene.others, route.line
    if not others.num_objects or not others.num_steps:
        return np.zeros((0, 4))
    stands = others.valid[:, -1] & (np.abs(others.speed_mps[:, -1]) < _STANDING_MPS)
    stands &= others.size_m[:, 0] > _LARGE_M
    near = np.hypot(others.xy_m[:, -1, 0] - scene.ego.x_m, others.xy_m[:, -1, 1] - scene.ego.y_m) < _AHEAD_M
    boxes = []
    for row in np.flatnonzero(stands & near).tolist():
        hides = _HIDES.get(int(others.road_user[row]))
        if hides is None:
            continue
        at_m, beside_m, yaw_rad = line.project(*others.xy_m[row, -1].tolist())
        c, s = abs(math.cos(others.yaw_rad[row, -1] - yaw_rad)), abs(math.sin(others.yaw_rad[row, -1] - yaw_rad))
        length, width = others.size_m[row].tolist()
        along_m, across_m = 0.5 * (c * length + s * width), 0.5 * (s * length + c * width)
        nearest_m = math.copysign(max(abs(beside_m) - across_m, 0.0), beside_m)
        if abs(nearest_m) < _BESIDE_M:
            right_m, left_m = route.beside_m[min(max(int(at_m), 0), route.beside_m.shape[0] - 1)].tolist()
            chance = hides * (_IN_LANE if -right_m < beside_m < left_m else 1.0)
            boxes.append((at_m - along_m, at_m + along_m, nearest_m, chance, row))
    places = [
        (end_m, beside_m, chance, float(row))
        for begin_m, end_m, beside_m, chance, row in boxes
        if end_m > s_m
        and not any(
            other != row and begin < end_m + _NEXT_M and end > end_m and beside * beside_m > 0.0
            for begin, end, beside, _, other in boxes
        )
    ]
    return np.array(places, dtype=np.float64).reshape(-1, 4)


@njit(cache=True, error_model="numpy")
def hidden_costs(
    states: FloatArray, paths: FloatArray, profiles: FloatArray, places: FloatArray, body: FloatArray, weight: float
) -> FloatArray:
    """Return (candidates,) what it costs to pass hidden places faster than one could stop.

    Args:
        states: (candidates, STEPS + 1, 8), see ``roll_out``.
        paths: (paths, points, 9) along which they go; candidate c goes along path ``c // profiles``.
        profiles: (profiles, 3) their speed profiles.
        places: (places, 4), see :func:`hidden_places`.
        body: (7,) see ``roll_out``.
        weight: Of a place passed 1 m/s too fast.
    """
    costs = np.zeros(states.shape[0])
    for c in range(states.shape[0]):
        rows, path = states[c], paths[c // profiles.shape[0]]
        for n in range(places.shape[0]):
            front_m = places[n, H_ALONG] - 0.5 * body[0]
            if rows[0, ALONG] > front_m or rows[STEPS, ALONG] < front_m:
                continue
            k = 1
            while rows[k, ALONG] < front_m:
                k += 1
            at = min(int(rows[k, ALONG] - rows[0, ALONG] + 0.5), path.shape[0] - 1)
            gap = abs(places[n, H_BESIDE] - path[at, PATH_SHIFT] - rows[k, OFFSET]) - 0.5 * body[1]
            if gap < _TOUCHING_M:
                continue  # that one is in the way itself
            over = rows[k, SPEED] - passing_mps(gap)
            if over > 0.0:
                costs[c] += weight * places[n, H_CHANCE] * over * over
    return costs


@njit(cache=True, error_model="numpy")
def passing_mps(gap_m: float) -> float:
    """Return how fast one may pass with a gap so that nobody who steps out is hit.

    Example:
        >>> [round(passing_mps(gap), 1) for gap in (0.5, 1.0, 1.5)]
        [0.9, 5.2, 9.6]
    """
    speed: float = 2.0 * BRAKING_MPS2 * (max(gap_m, _LEAST_GAP_M) / WALKING_MPS - REACTION_S)
    return speed
