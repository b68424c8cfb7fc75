"""Who is in the way: road users against the corridor the ego will sweep along its line.

Who runs along the line or against it is followed in its own coordinates, distance along and offset, so that a curve
does not look like a lane change. Who crosses goes on at its present speed and keeps turning as it turns now. A road
user matters if one of the two would have to pass through the other.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from zhixing.datatypes.shapes import FloatArray, IntArray
from zhixing.datatypes.tracks import RoadUser

NONE, LEAD, CROSSING = 0, 1, 2

_STEP_S = 0.25
_ALONG_HORIZON_S = 4.0
_ACROSS_HORIZON_S = 3.5
_ONCOMING_HORIZON_S = 1.5
_TURN_S = 2.0
_ALONG_RAD = math.radians(35.0)
_STANDING_MPS = 0.3
_AHEAD_M = 0.5
"""Who comes over from beside the ego and is not farther ahead than this by then has to wait."""
_CUT_IN_GAP_M = 1.0
"""Towards somebody who is about to come over the ego brakes as if at least this were left: firmly, not in panic."""
_WIDE_BERTH_M = 0.8
"""Sideways distance that one likes to have to those who drive beside."""
_SIDE_GAP_M = 0.3
_VULNERABLE_GAP_M = 0.5
_STANDING_GAP_M = 0.2
_STOP_BEFORE_M = 2.0
_LEAVES_BEFORE_S = 0.4
_ENTERS_AFTER_S = 0.8
_FIRST_VULNERABLE = int(RoadUser.MOTORCYCLE)
_LAST_VULNERABLE = int(RoadUser.PEDESTRIAN)


@njit(cache=True)
def shift_at(now: float, target: float, ahead_m: float, settle_m: float) -> float:
    """Return how far beside its line the ego is some metres ahead, on its way from one offset to another.

    Args:
        now: Present offset from the line, m, left positive.
        target: Wanted offset, m.
        ahead_m: How far ahead; behind the ego it counts as here.
        settle_m: Over about three times this distance the change is made.
    """
    x = max(ahead_m, 0.0) / settle_m
    return target + (now - target) * (1.0 + x) * math.exp(-x)


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
    shift_now: float,
    shift_target: float,
    settle_m: float,
    user_xy: FloatArray,
    user_yaw: FloatArray,
    user_speed: FloatArray,
    user_yaw_rate: FloatArray,
    user_size: FloatArray,
    user_class: IntArray,
) -> tuple[IntArray, FloatArray, FloatArray, bool, float]:
    """Return for each road user whether and how it is in the way.

    Args:
        xy: (points, 2) the line, evenly spaced by about one metre, in the world frame.
        s: (points,) distance along it.
        yaw: (points,) its direction.
        ego_s: Where on the line the ego's centre is.
        ego_speed: Of the ego, m/s.
        wanted_speed: The ego would like to go this fast, m/s.
        ego_length: Of its box, m.
        ego_width: Of its box, m.
        shift_now: How far beside the line the ego is, m, left positive.
        shift_target: How far beside the line it is going, m.
        settle_m: See :func:`shift_at`.
        user_xy: (users, 2) box centres now.
        user_yaw: (users,)
        user_speed: (users,)
        user_yaw_rate: (users,)
        user_size: (users, 2) length and width.
        user_class: (users,) :class:`RoadUser`.

    Returns:
        kind (``NONE``, ``LEAD``, ``CROSSING``), gap_m from the ego's front to where it has to stay behind, speed_mps
        of that place along the line, whether somebody is beside the ego where it would move over, and by how many
        metres the distance to those beside will be smaller than one would like.
    """
    users = user_xy.shape[0]
    kind = np.zeros(users, dtype=np.int64)
    gap = np.full(users, np.inf)
    speed_along = np.zeros(users)
    is_blocked, squeeze = False, 0.0
    reach = max(30.0, ego_speed * 5.0 + 15.0)
    first = max(0, int(ego_s) - 12)
    last = min(xy.shape[0], int(ego_s + reach) + 2)
    if last - first < 2:
        return kind, gap, speed_along, is_blocked, squeeze
    middle = (first + last) // 2
    radius = 0.25 * (last - first)
    for k in (first, last - 1):
        radius = max(radius, 0.25 * (last - first) + math.hypot(xy[k, 0] - xy[middle, 0], xy[k, 1] - xy[middle, 1]))
    ego = np.array([ego_s, ego_speed, wanted_speed, 0.5 * ego_length, 0.5 * ego_width])
    way = np.array([shift_now, shift_target, settle_m])
    for u in range(users):
        v = user_speed[u]
        far = radius + abs(v) * _ACROSS_HORIZON_S + 8.0
        dx, dy = user_xy[u, 0] - xy[middle, 0], user_xy[u, 1] - xy[middle, 1]
        if dx * dx + dy * dy > far * far:
            continue
        margin = _SIDE_GAP_M
        if _FIRST_VULNERABLE <= user_class[u] <= _LAST_VULNERABLE:
            margin = _VULNERABLE_GAP_M
        if abs(v) < _STANDING_MPS:
            margin = _STANDING_GAP_M
        s_u, offset, direction = _along(user_xy[u, 0], user_xy[u, 1], xy, s, yaw, first, last)
        turn = (user_yaw[u] - direction + math.pi) % (2.0 * math.pi) - math.pi
        along, across = _extent(user_size[u, 0], user_size[u, 1], turn)
        box = np.array([s_u, offset, along, across])
        is_beyond = s_u >= s[last - 1] - 0.5
        if abs(v) < _STANDING_MPS or abs(turn) < _ALONG_RAD:
            pace = 0.0 if abs(v) < _STANDING_MPS else v * math.cos(turn)
            aside = 0.0 if abs(v) < _STANDING_MPS else v * math.sin(turn)
            if _is_level(box, pace, ego):
                is_blocked = is_blocked or _blocks(box, ego, way)
                apart = abs(offset - shift_target) - across - ego[4]
                squeeze = max(squeeze, _WIDE_BERTH_M - max(apart, 0.0))
            if not is_beyond:
                kind[u], gap[u] = _lead(box, pace, aside, margin, ego, way)
                speed_along[u] = max(pace, 0.0)
        elif abs(turn) > math.pi - _ALONG_RAD:
            if not is_beyond:
                kind[u], gap[u] = _oncoming(box, -v * math.cos(turn), v * math.sin(turn), margin, ego, way)
        else:
            state = np.array([user_xy[u, 0], user_xy[u, 1], user_yaw[u], v, user_yaw_rate[u]])
            kind[u], gap[u] = _crossing(state, user_size[u], margin, ego, way, xy, s, yaw, first, last)
    return kind, gap, speed_along, is_blocked, squeeze


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
def _extent(length: float, width: float, turn: float) -> tuple[float, float]:
    """Return half of how long and how wide a box is along and across a line that it is turned against."""
    c, sn = abs(math.cos(turn)), abs(math.sin(turn))
    return 0.5 * (length * c + width * sn), 0.5 * (length * sn + width * c)


@njit(cache=True)
def _lead(
    box: FloatArray, pace: float, aside: float, margin: float, ego: FloatArray, way: FloatArray
) -> tuple[int, float]:
    """Judge somebody who goes the ego's way or stands."""
    s_u, offset, along, across = box[0], box[1], box[2], box[3]
    front = ego[0] + ego[3]
    beside = offset - shift_at(way[0], way[1], s_u - ego[0], way[2])
    room = abs(beside) - ego[4] - across - margin
    enters_s = 0.0
    if room > 0.0:
        closing = -aside if beside > 0.0 else aside
        if closing < 0.1 or room > closing * _ALONG_HORIZON_S:
            return NONE, np.inf
        enters_s = room / closing
    if s_u - along < front and _is_ego_first(s_u + along, pace, enters_s, ego):
        return NONE, np.inf
    gap = s_u - along - front
    if gap < -0.5 and pace <= 0.0:
        return NONE, np.inf  # the ego is already passing it
    if enters_s > 0.0 or gap < 0.0:
        gap = max(gap, _CUT_IN_GAP_M)
    return LEAD, gap


@njit(cache=True)
def _is_ego_first(front_u: float, pace: float, enters_s: float, ego: FloatArray) -> bool:
    """Return whether the ego goes before somebody who is not wholly ahead of it.

    Who is in front when they meet goes first; if they meet side by side, who is in front now.
    """
    front = ego[0] + ego[3]
    if pace <= 0.0:
        return bool(front_u < front)
    if enters_s <= 0.0 and front_u < front - 2.0 * ego[3] + _AHEAD_M:
        return True  # behind in the same file
    meets_s = max(enters_s, 1.0)
    lead = front_u + pace * meets_s - front - ego[1] * meets_s
    if lead > _AHEAD_M:
        return False
    return bool(lead < -2.0 * ego[3] - 1.0 or front_u < front + _AHEAD_M)


@njit(cache=True)
def _oncoming(
    box: FloatArray, pace: float, aside: float, margin: float, ego: FloatArray, way: FloatArray
) -> tuple[int, float]:
    """Judge somebody who comes towards the ego; only standing still helps if both keep to their lines."""
    distance = box[0] - box[2] - ego[0] - ego[3]
    if distance < 0.0:
        return NONE, np.inf
    meets_s = distance / max(ego[1] + pace, 0.5)
    if meets_s > _ACROSS_HORIZON_S:
        return NONE, np.inf
    meets_m = ego[1] * meets_s
    beside = box[1] + aside * min(meets_s, _ONCOMING_HORIZON_S) - shift_at(way[0], way[1], meets_m, way[2])
    if abs(beside) > ego[4] + box[3] + margin:
        return NONE, np.inf
    return CROSSING, meets_m - _STOP_BEFORE_M


@njit(cache=True)
def _crossing(
    state: FloatArray,
    size: FloatArray,
    margin: float,
    ego: FloatArray,
    way: FloatArray,
    xy: FloatArray,
    s: FloatArray,
    yaw: FloatArray,
    first: int,
    last: int,
) -> tuple[int, float]:
    """Judge somebody who crosses: who is there first."""
    enters_s, leaves_s = -1.0, -1.0
    near, far = np.inf, -np.inf
    for step in range(int(_ACROSS_HORIZON_S / _STEP_S) + 1):
        t = step * _STEP_S
        x, y, heading = _later(state, t)
        s_u, offset, direction = _along(x, y, xy, s, yaw, first, last)
        along, across = _extent(size[0], size[1], heading - direction)
        beside = offset - shift_at(way[0], way[1], s_u - ego[0], way[2])
        is_inside = abs(beside) <= ego[4] + across + margin and s_u < s[last - 1] - 0.5
        if is_inside and s_u + along >= ego[0] - ego[3]:
            if enters_s < 0.0:
                enters_s = t
            leaves_s = t
            near, far = min(near, s_u - along), max(far, s_u + along)
        elif enters_s >= 0.0:
            break
    if enters_s < 0.0:
        return NONE, np.inf
    distance = near - ego[0] - ego[3]
    pace = max(ego[1], 0.5 * min(ego[2], ego[1] + 3.0), 0.5)
    arrives_s = max(distance, 0.0) / pace
    clears_s = max(far - ego[0] + ego[3], 0.0) / pace
    if leaves_s + _LEAVES_BEFORE_S < arrives_s:
        return NONE, np.inf
    if enters_s > 0.0 and clears_s + _ENTERS_AFTER_S < enters_s:
        return NONE, np.inf
    if distance < -ego[3] and enters_s > 0.5:
        return NONE, np.inf  # the ego is already passing: on, out of the way
    return CROSSING, distance - _STOP_BEFORE_M


@njit(cache=True)
def _later(state: FloatArray, t: float) -> tuple[float, float, float]:
    """Return position and heading after a time at constant speed and turn rate; nobody turns for ever."""
    x, y, yaw, v = state[0], state[1], state[2], state[3]
    turning = min(t, _TURN_S)
    half = 0.5 * state[4] * turning
    chord = v * turning if abs(half) < 1e-6 else v * turning * math.sin(half) / half
    x, y, heading = x + chord * math.cos(yaw + half), y + chord * math.sin(yaw + half), yaw + 2.0 * half
    straight = v * (t - turning)
    return x + straight * math.cos(heading), y + straight * math.sin(heading), heading


@njit(cache=True)
def _is_level(box: FloatArray, pace: float, ego: FloatArray) -> bool:
    """Return whether somebody is beside the ego or soon will be."""
    behind = 1.0 + 2.0 * max(0.0, pace - ego[1])
    ahead = 0.5 + max(0.0, ego[1] - pace)
    return bool(box[0] + box[2] > ego[0] - ego[3] - behind and box[0] - box[2] < ego[0] + ego[3] + ahead)


@njit(cache=True)
def _blocks(box: FloatArray, ego: FloatArray, way: FloatArray) -> bool:
    """Return whether somebody level with the ego is where it would move over."""
    low, high = min(way[0], way[1]) - ego[4] - _SIDE_GAP_M, max(way[0], way[1]) + ego[4] + _SIDE_GAP_M
    right, left = box[1] - box[3], box[1] + box[3]
    if left < low or right > high or abs(box[1] - way[0]) < ego[4] + box[3]:
        return False
    return bool((box[1] - way[0]) * (way[1] - way[0]) > 0.0)
