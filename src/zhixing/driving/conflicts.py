"""Who is in the way: road users against the corridor the ego will sweep along its line.

Others move straight on at their present speed (constant velocity), the ego moves on along its line. A road user
matters if one of the two would have to pass through the other.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from zhixing.datatypes.shapes import FloatArray, IntArray
from zhixing.datatypes.tracks import RoadUser

NONE, LEAD, CROSSING = 0, 1, 2

_STEP_S = 0.25
_ALONG_HORIZON_S = 1.5
_ACROSS_HORIZON_S = 3.5
_ONCOMING_HORIZON_S = 0.75
"""Straight-on guesses about oncoming traffic are wrong in every curve, so they are trusted briefly only."""
_ALONG_RAD = math.radians(35.0)
_SIDE_GAP_M = 0.3
_VULNERABLE_GAP_M = 0.5
_STOP_BEFORE_M = 2.0
_LEAVES_BEFORE_S = 0.4
_ENTERS_AFTER_S = 0.8
_FIRST_VULNERABLE = int(RoadUser.MOTORCYCLE)
_LAST_VULNERABLE = int(RoadUser.PEDESTRIAN)


@njit(cache=True)
def _along(
    x: float, y: float, xy: FloatArray, s: FloatArray, yaw: FloatArray, first: int, last: int
) -> tuple[float, float, float]:
    """Return distance along, offset and direction on a line of even steps, searched between two points."""
    best = first
    best_d = 1e18
    for k in range(first, last, 4):
        d = (xy[k, 0] - x) ** 2 + (xy[k, 1] - y) ** 2
        if d < best_d:
            best_d = d
            best = k
    for k in range(max(first, best - 3), min(last, best + 4)):
        d = (xy[k, 0] - x) ** 2 + (xy[k, 1] - y) ** 2
        if d < best_d:
            best_d = d
            best = k
    c, sn = math.cos(yaw[best]), math.sin(yaw[best])
    dx, dy = x - xy[best, 0], y - xy[best, 1]
    return s[best] + c * dx + sn * dy, c * dy - sn * dx, yaw[best]


@njit(cache=True)
def find_conflicts(
    xy: FloatArray,
    s: FloatArray,
    yaw: FloatArray,
    ego_s: float,
    ego_speed: float,
    wanted_speed: float,
    ego_length: float,
    ego_width: float,
    user_xy: FloatArray,
    user_yaw: FloatArray,
    user_speed: FloatArray,
    user_size: FloatArray,
    user_class: IntArray,
) -> tuple[IntArray, FloatArray, FloatArray]:
    """Return for each road user whether and how it is in the way.

    Args:
        xy: (points, 2) the ego's line, one metre apart, in the world frame.
        s: (points,) distance along it.
        yaw: (points,) its direction.
        ego_s: Where the ego is on it.
        ego_speed: Of the ego, m/s.
        wanted_speed: What the ego speeds up to, m/s.
        ego_length: Of the ego's box, m.
        ego_width: Of the ego's box, m.
        user_xy: (users, 2) box centres now.
        user_yaw: (users,)
        user_speed: (users,)
        user_size: (users, 2) length and width.
        user_class: (users,) :class:`RoadUser`.

    Returns:
        kind (``NONE``, ``LEAD``, ``CROSSING``), gap_m from the ego's front to where it has to stay behind, and
        speed_mps of that place along the line.
    """
    users = user_xy.shape[0]
    kind = np.zeros(users, dtype=np.int64)
    gap = np.full(users, np.inf)
    speed_along = np.zeros(users)
    reach = max(30.0, ego_speed * 5.0 + 15.0)
    first = max(0, int(ego_s) - 12)
    last = min(xy.shape[0], int(ego_s + reach) + 2)
    if last - first < 2:
        return kind, gap, speed_along
    middle = (first + last) // 2
    radius = 0.0
    for k in (first, last - 1):
        radius = max(radius, math.hypot(xy[k, 0] - xy[middle, 0], xy[k, 1] - xy[middle, 1]))
    radius += 0.25 * (last - first)
    half_length = 0.5 * ego_length
    for u in range(users):
        v = user_speed[u]
        far = radius + abs(v) * _ACROSS_HORIZON_S + 8.0
        dx, dy = user_xy[u, 0] - xy[middle, 0], user_xy[u, 1] - xy[middle, 1]
        if dx * dx + dy * dy > far * far:
            continue
        c, sn = math.cos(user_yaw[u]), math.sin(user_yaw[u])
        margin = _SIDE_GAP_M
        if _FIRST_VULNERABLE <= user_class[u] <= _LAST_VULNERABLE:
            margin = _VULNERABLE_GAP_M
        first_hit = -1.0
        last_hit = -1.0
        hit_front = np.inf
        hit_far = 0.0
        hit_along = 0.0
        hit_turn = 0.0
        for step in range(int(_ACROSS_HORIZON_S / _STEP_S) + 1):
            t = step * _STEP_S
            x, y = user_xy[u, 0] + v * c * t, user_xy[u, 1] + v * sn * t
            s_u, offset, direction = _along(x, y, xy, s, yaw, first, last)
            turn = abs((user_yaw[u] - direction + math.pi) % (2.0 * math.pi) - math.pi)
            is_along = turn < _ALONG_RAD
            if is_along and t > _ALONG_HORIZON_S:
                break
            if turn > math.pi - _ALONG_RAD and t > _ONCOMING_HORIZON_S:
                break
            cos_turn, sin_turn = abs(math.cos(turn)), abs(math.sin(turn))
            half_across = 0.5 * (user_size[u, 0] * sin_turn + user_size[u, 1] * cos_turn)
            half_along = 0.5 * (user_size[u, 0] * cos_turn + user_size[u, 1] * sin_turn)
            side_gap = margin if abs(v) > 0.3 else 0.2
            if abs(offset) > 0.5 * ego_width + half_across + side_gap:
                if first_hit >= 0.0:
                    break
                if abs(v) < 0.3:
                    break
                continue
            if s_u >= s[last - 1] - 0.5:
                continue
            ego_v = min(wanted_speed, ego_speed + 1.0 * t) if wanted_speed > ego_speed else ego_speed
            ego_at = ego_s + 0.5 * (ego_speed + ego_v) * t
            if s_u + half_along < ego_s - half_length + 0.5 * ego_length * (t > 0.0):
                continue  # behind the ego: it has to look out for itself
            if is_along and s_u < ego_at - 0.25 * ego_length and t > 0.0:
                continue  # will be beside or behind when it gets here
            if first_hit < 0.0:
                first_hit = t
                hit_along = v * math.cos(user_yaw[u] - direction)
                hit_turn = turn
            last_hit = t
            hit_front = min(hit_front, s_u - half_along)
            hit_far = max(hit_far, s_u + half_along)
            if is_along or abs(v) < 0.3:
                break
        if first_hit < 0.0:
            continue
        distance = hit_front - ego_s - half_length
        if hit_turn < _ALONG_RAD or abs(v) < 0.3:
            kind[u] = LEAD
            # One that comes in later has by then moved on from where it comes in.
            gap[u] = distance - max(hit_along, 0.0) * first_hit
            speed_along[u] = max(hit_along, 0.0)
            continue
        pace = max(ego_speed, 0.5 * min(wanted_speed, ego_speed + 3.0), 0.5)
        arrives = max(distance, 0.0) / pace
        clears = max(hit_far - ego_s + half_length, 0.0) / pace
        if hit_turn > math.pi - _ALONG_RAD:
            kind[u] = CROSSING  # oncoming in the own lane: only standing still helps
            gap[u] = distance - _STOP_BEFORE_M
            continue
        if last_hit + _LEAVES_BEFORE_S < arrives:
            continue
        if first_hit > 0.0 and clears + _ENTERS_AFTER_S < first_hit:
            continue
        if distance < -half_length and first_hit > 0.5:
            continue  # the ego is already passing: on, out of the way
        kind[u] = CROSSING
        gap[u] = distance - _STOP_BEFORE_M
    return kind, gap, speed_along
