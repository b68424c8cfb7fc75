"""What the others ask of the ego, and where across the lane they ask least."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numba import njit

from zhixing.datatypes.scene import EgoBody
from zhixing.datatypes.shapes import FloatArray, IntArray
from zhixing.datatypes.tracks import Tracks
from zhixing.driving.conflicts import CROSSING, LEAD, NONE, find_conflicts
from zhixing.driving.following import follow_accel, stop_accel
from zhixing.driving.motion import recent_motion
from zhixing.driving.route import Route
from zhixing.driving.sideways import Sideways, choices_m, settle_m
from zhixing.driving.wish import NOTHING, IdmConfig, Wish

_CONTENT_MPS2 = 0.5
"""As long as the others cost no more acceleration than this, the middle of the lane is good enough."""
_OFF_MIDDLE_MPS2_PER_M = 0.25
_CHANGE_MPS2_PER_M = 0.4
_OUTSIDE_MPS2_PER_M = 0.7
_SQUEEZE_MPS2_PER_M = 2.0
_BLOCKED_MPS2 = 100.0
_EDGE_M = 0.3
_ROOM_BEHIND_M = 5
_ROOM_AHEAD_M = 10
_ROOM_AHEAD_S = 1.0
_LANE_ENDS_M = 40
_LANE_ENDS_BEFORE_M = 1.0
_GOAL_AHEAD_M = 40.0


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Moment:
    """The ego on its route, now.

    Attributes:
        s_m: Where on the line of the route.
        speed_mps: How fast it is.
        allowed_mps: How fast limit and curves allow it to be.
        free_mps2: The acceleration it would choose on a free road.
        sideways: Where across the lane it is.
    """

    s_m: float
    speed_mps: float
    allowed_mps: float
    free_mps2: float
    sideways: Sideways


@dataclass(frozen=True, slots=True, eq=False)
class Others:
    """Who is there now.

    Attributes:
        rows: (users,) rows of the scene's tracks.
        xy_m: (users, 2) box centres in the world frame.
        yaw_rad: (users,)
        speed_mps: (users,)
        accel_mps2: (users,) over the last half second.
        yaw_rate_radps: (users,) over the last half second.
        size_m: (users, 2) length and width.
        road_user: (users,) class of each.
    """

    rows: IntArray
    xy_m: FloatArray
    yaw_rad: FloatArray
    speed_mps: FloatArray
    accel_mps2: FloatArray
    yaw_rate_radps: FloatArray
    size_m: FloatArray
    road_user: IntArray


def others_now(tracks: Tracks) -> Others | None:
    """Return who is there at the last step of some tracks, None where nobody is."""
    if not tracks.num_objects or not tracks.num_steps:
        return None
    rows = np.flatnonzero(tracks.valid[:, -1])
    if not rows.size:
        return None
    accel, yaw_rate = recent_motion(tracks, rows)
    return Others(
        rows,
        tracks.xy_m[rows, -1],
        tracks.yaw_rad[rows, -1],
        tracks.speed_mps[rows, -1],
        accel,
        yaw_rate,
        tracks.size_m[rows],
        tracks.road_user[rows],
    )


def least_trouble(others: Others, route: Route, body: EgoBody, config: IdmConfig, ego: Moment) -> tuple[Wish, float]:
    """Return what the road user asks for that is most in the way, where across the lane that is least.

    Also that offset from the line: the middle if nothing speaks against it.
    """
    target_m = ego.sideways.target_m
    best, cost = _in_the_way(others, route, body, config, ego, target_m)
    if cost < _CONTENT_MPS2 and best.accel_mps2 > ego.free_mps2 - _CONTENT_MPS2 and target_m == 0.0:
        return best, 0.0
    (right_m, left_m), (far_right_m, far_left_m) = _room_m(route, body, ego)
    best_value, best_m = -math.inf, target_m
    for choice_m in choices_m(ego.sideways, far_right_m, far_left_m):
        wish, cost = _in_the_way(others, route, body, config, ego, choice_m)
        outside_m = max(0.0, choice_m - left_m, -right_m - choice_m)
        if outside_m > 0.0:
            wish = _before_the_lane_ends(wish, route, body, config, ego, choice_m)
        value = max(min(wish.accel_mps2, ego.free_mps2), -config.decel_mps2) - cost
        value -= _OFF_MIDDLE_MPS2_PER_M * abs(choice_m) + _CHANGE_MPS2_PER_M * abs(choice_m - target_m)
        value -= _OUTSIDE_MPS2_PER_M * outside_m
        if value > best_value:
            best, best_value, best_m = wish, value, choice_m
    return best, best_m


def _in_the_way(
    others: Others, route: Route, body: EgoBody, config: IdmConfig, ego: Moment, target_m: float
) -> tuple[Wish, float]:
    """Return what the road user asks for that is most in the way if the ego goes to an offset.

    Also what those cost, in m/s², who are beside: much if they are where the ego would move over.
    """
    kind, gap_m, speed_mps, is_blocked, squeeze_m = find_conflicts(
        route.line.xy_m,
        route.line.s_m,
        route.line.yaw_rad,
        ego.s_m,
        ego.speed_mps,
        ego.allowed_mps,
        body.length_m,
        body.width_m,
        ego.sideways.shift_m,
        target_m,
        settle_m(ego.speed_mps),
        others.xy_m,
        others.yaw_rad,
        others.speed_mps,
        others.yaw_rate_radps,
        others.size_m,
        others.road_user,
    )
    wishes = _wishes(
        kind,
        gap_m,
        speed_mps,
        others.accel_mps2,
        ego.speed_mps,
        config.time_headway_s,
        config.standstill_gap_m,
        config.accel_mps2,
        config.decel_mps2,
    )
    most = int(np.argmin(wishes))
    cost = _SQUEEZE_MPS2_PER_M * squeeze_m + _BLOCKED_MPS2 * is_blocked
    if kind[most] == NONE:
        return NOTHING, cost
    rule = "yield" if kind[most] == CROSSING else "follow"
    row = int(others.rows[most])
    return Wish(float(wishes[most]), rule, row, float(gap_m[most]), float(speed_mps[most])), cost


def _before_the_lane_ends(
    wish: Wish, route: Route, body: EgoBody, config: IdmConfig, ego: Moment, choice_m: float
) -> Wish:
    """Return the wish, or to stop where the ego would leave the road if it stayed at an offset."""
    first = int(ego.s_m) + 1
    room_m = route.beside_m[first : first + _LANE_ENDS_M, 1 if choice_m > 0.0 else 0]
    ends = np.flatnonzero(room_m < abs(choice_m) + 0.5 * body.width_m)
    if not ends.size:
        return wish
    stop_m = float(ends[0] + first) - ego.s_m - 0.5 * body.length_m - _LANE_ENDS_BEFORE_M
    accel = stop_accel(ego.speed_mps, stop_m, config.accel_mps2, config.decel_mps2)
    return Wish(accel, "lane-ends", -1, stop_m) if accel < wish.accel_mps2 else wish


def _room_m(route: Route, body: EgoBody, ego: Moment) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return how far right and left of the middle the ego may drive here and on the next metres.

    First within its lane, then on all lanes that run its way.
    """
    ahead_m = _ROOM_AHEAD_M + _ROOM_AHEAD_S * ego.speed_mps
    near = slice(max(0, int(ego.s_m) - _ROOM_BEHIND_M), max(0, int(ego.s_m + ahead_m)))
    if ego.s_m > route.goal_m - _GOAL_AHEAD_M or not route.room_m[near].size:
        return (0.0, 0.0), (0.0, 0.0)
    edge_m = 0.5 * body.width_m + _EDGE_M
    right_m, left_m = np.maximum(route.room_m[near].min(axis=0) - edge_m, 0.0).tolist()
    far_right_m, far_left_m = np.maximum(route.beside_m[near].min(axis=0) - edge_m, 0.0).tolist()
    return (right_m, left_m), (far_right_m, far_left_m)


@njit(cache=True)
def _wishes(
    kind: IntArray,
    gap: FloatArray,
    speed: FloatArray,
    accel: FloatArray,
    v: float,
    headway: float,
    standstill: float,
    a: float,
    b: float,
) -> FloatArray:
    """Return (users,) the acceleration that each road user asks for, infinity where it asks for none."""
    wishes = np.full(kind.shape[0], np.inf)
    for k in range(kind.shape[0]):
        if kind[k] == LEAD:
            wishes[k] = follow_accel(v, gap[k], speed[k], accel[k], headway, standstill, a, b)
        elif kind[k] == CROSSING:
            wishes[k] = stop_accel(v, gap[k], a, b)
    return wishes
