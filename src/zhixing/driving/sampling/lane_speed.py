"""How fast the ego can go on in each of the lanes that run its way: what makes changing lanes worth its while.

Within six seconds a change of lanes hardly pays. Who drives behind a slower one sees farther: along which of the lanes
that run its way somebody is ahead, and how fast that one lets it go on.

Source: the incentive of Kesting, Treiber and Helbing (2007), "General lane-changing model MOBIL for car-following
models", with the speed that a lane allows in the place of acceleration, and its safety criterion for who is behind.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from zhixing.datatypes.scene import EgoBody, Scene
from zhixing.datatypes.shapes import BoolArray, FloatArray, IntArray
from zhixing.driving.lane_map import project
from zhixing.driving.route import Route

_AFTER_S, _FOLLOWS_S = 8.0, 1.2
"""Who is so far ahead that the ego, at the speed that is allowed, comes to follow it only by then holds up nobody."""
_LEAST_CLEAR_M = 60.0
"""Nearer to a junction or the goal lanes are chosen for where they lead."""
_ASKS_MPS2, _LEAST_GAP_M, _LEAST_GAP_S = 2.0, 1.0, 0.4
"""A lane in which somebody is beside, closer behind, or would have to brake harder is not free to go to now."""
CHANGES_M = 1.0
"""A target so far aside is a change of lanes."""
_BESIDE_M, _BESIDE_STANDING_M, _NEXT_LANE_M = 1.0, 0.3, 2.9
"""Whoever leaves less room beside the ego is ahead of it: between two lanes that is whoever is slower in either. Those
who are parked at the edge leave less; whose centre is a lane away is in another lane, however wide it is."""
_ALONG_RAD, _STANDING_MPS = 0.6, 0.3
_SEE_M = 120.0


def held_up(
    scene: Scene,
    route: Route,
    beside_m: FloatArray,
    targets: FloatArray,
    body: EgoBody,
    s_m: float,
    shift_m: float,
    allowed_mps: float,
) -> tuple[FloatArray, IntArray]:
    """Return (paths,) what share of the speed that is allowed is lost behind somebody in the lane of each path.

    And (paths,) who that is, a row of ``Scene.others``, -1 for nobody.

    A lane that cannot be gone to now is no better than the one the ego is in. Nothing is lost anywhere near a junction
    or the goal, or where a lane ends: there it is not for their speed that lanes are chosen.

    Args:
        scene: What is there now.
        route: The way to the goal.
        beside_m: (points, 2) room to the right and left edge of the lanes that run the ego's way.
        targets: (paths, 2) where the paths go, see ``lateral_targets``.
        body: The ego's size.
        s_m: Where on the route's line the ego's centre is.
        shift_m: How far beside it, left positive.
        allowed_mps: How fast it may be there.
    """
    others, count = scene.others, targets.shape[0]
    nothing = np.zeros(count), np.full(count, -1, dtype=np.int64)
    if not others.num_objects or not others.num_steps or allowed_mps <= 0.0:
        return nothing
    until_m = s_m + max(_LEAST_CLEAR_M, _AFTER_S * allowed_mps)
    junction_m = route.junction_m
    if until_m > route.goal_m or ((junction_m[:, 0] < until_m) & (junction_m[:, 1] > s_m)).any():
        return nothing
    room_m = beside_m[max(int(s_m), 0) : int(until_m)].min(axis=0, initial=math.inf)
    leads_on = (targets[:, 0] + room_m[0] > 0.5 * body.width_m) & (room_m[1] - targets[:, 0] > 0.5 * body.width_m)
    if not leads_on.all():
        return nothing
    speeds_mps, rows, is_taken = _lane_speeds(
        others.xy_m[:, -1],
        others.yaw_rad[:, -1],
        others.speed_mps[:, -1],
        others.valid[:, -1],
        others.size_m,
        np.array(
            [scene.ego.x_m, scene.ego.y_m, s_m, 0.5 * body.length_m, 0.5 * body.width_m, scene.ego.speed_mps, shift_m]
        ),
        route.line.xy_m,
        route.line.s_m,
        targets[:, 0],
        allowed_mps,
    )
    lost = 1.0 - speeds_mps / allowed_mps
    here = int(np.argmin(np.abs(targets[:, 0] - shift_m)))
    stays = is_taken & (np.abs(targets[:, 0] - shift_m) > CHANGES_M) & (lost < lost[here])
    return np.where(stays, lost[here], lost), np.where(stays, rows[here], rows)


@njit(cache=True, error_model="numpy")
def _lane_speeds(
    xy: FloatArray,
    yaw: FloatArray,
    speed: FloatArray,
    is_there: BoolArray,
    size: FloatArray,
    ego: FloatArray,
    line_xy: FloatArray,
    line_s: FloatArray,
    targets: FloatArray,
    allowed: float,
) -> tuple[FloatArray, IntArray, BoolArray]:
    """Return (targets,) how fast the ego can go on there, behind whom, and whether somebody is in the way of it."""
    speeds, rows = np.full(targets.shape[0], allowed), np.full(targets.shape[0], -1)
    is_taken = np.zeros(targets.shape[0], dtype=np.bool_)
    far = max(allowed * _AFTER_S, _SEE_M)
    for u in range(xy.shape[0]):
        if not is_there[u] or (xy[u, 0] - ego[0]) ** 2 + (xy[u, 1] - ego[1]) ** 2 > far * far:
            continue
        s, offset, along = project(xy[u, 0], xy[u, 1], line_xy, line_s)
        if s <= 0.0:  # the line begins where the task did: before that it is taken to be straight
            dx, dy = xy[u, 0] - line_xy[0, 0], xy[u, 1] - line_xy[0, 1]
            s, offset = math.cos(along) * dx + math.sin(along) * dy, math.cos(along) * dy - math.sin(along) * dx
        turn = abs((yaw[u] - along + math.pi) % (2.0 * math.pi) - math.pi)
        ahead = s - ego[2]
        stands = abs(speed[u]) < _STANDING_MPS
        if turn > _ALONG_RAD and not stands:
            continue
        apart, own = abs(ahead) - 0.5 * size[u, 0] - ego[3], max(speed[u], 0.0)
        is_ahead = ahead + 0.5 * size[u, 0] >= -ego[3]
        spare = max(ahead - 0.5 * size[u, 0] - ego[3] - _FOLLOWS_S * own, 0.0)
        behind = min(own + spare / _AFTER_S, allowed) if is_ahead else allowed
        closing = max(own - ego[5], 0.0)
        takes = apart < _LEAST_GAP_M or (
            ahead < 0.0
            and (apart < _LEAST_GAP_S * own or closing * closing > 2.0 * _ASKS_MPS2 * (apart - _LEAST_GAP_M))
        )
        touching = 0.5 * size[u, 1] + ego[4]
        reach = touching + _BESIDE_STANDING_M if stands else min(touching + _BESIDE_M, _NEXT_LANE_M)
        takes = takes and abs(offset - ego[6]) > touching  # who follows in the ego's own lane takes no other
        for p in range(targets.shape[0]):
            if min(ego[6], targets[p]) - reach < offset < max(ego[6], targets[p]) + reach:
                is_taken[p] = is_taken[p] or takes
            if behind < speeds[p] and abs(offset - targets[p]) < reach:
                speeds[p], rows[p] = behind, u
    return speeds, rows, is_taken
