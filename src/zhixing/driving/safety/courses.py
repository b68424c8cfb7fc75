"""Whom the ego has to reckon with, and on which courses.

Who follows a lane follows its bend; who turns goes on turning; who does neither goes straight on. Where lane and
movement disagree both courses count. Who is behind the ego in its own file answers for the distance itself.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from zhixing.datatypes.shapes import BoolArray, FloatArray, IntArray
from zhixing.datatypes.tracks import MOTOR_VEHICLES, RoadUser
from zhixing.driving.lane_map import project
from zhixing.driving.safety.bounds import SafetyConfig
from zhixing.driving.safety.reach import (
    U_ACCEL,
    U_BRAKE,
    U_COLUMNS,
    U_CURVATURE,
    U_HALF_LENGTH,
    U_HALF_WIDTH,
    U_HAS_SHELL,
    U_IS_BEHIND,
    U_LATERAL_ACCEL,
    U_LATERAL_BRAKE,
    U_LEFT_MPS,
    U_MARGIN,
    U_MAX_SPEED,
    U_MIN_BRAKE,
    U_RESPONSE,
    U_RIGHT_MPS,
    U_ROW,
    U_RULE,
    U_SPEED,
    U_X,
    U_Y,
    U_YAW,
    on_course,
)
from zhixing.driving.safety.verify import half_boxes_touch

LONGITUDINAL, LATERAL, TTC = 0.0, 1.0, 2.0
"""Rules: keep the distance to who is ahead, keep clear of who is beside, do not meet who crosses or comes towards."""
_STANDING_MPS = 0.3
_SAME_WAY_RAD = math.radians(45.0)
_IN_LANE_RAD = math.radians(25.0)
_IN_LANE_M = 1.2
_LANE_LOOK_M = 8.0
_TURNING_RADPM = 0.01
"""Less is going straight: headings are measured, not known."""
_MAX_CURVATURE_RADPM = 0.2  # a turning circle of 10 m
_DISAGREE_RADPM = 0.02
_STRAIGHT_ON_RADPM, _STRAIGHT_ON_STEER_RAD = 0.035, 0.1
"""Turns at junctions are tighter than a radius of 28 m."""
_BEHIND_M = 0.3
_FILE_LOOK_M = 20.0
_CLOSING_IN_M = 0.05
"""Beside somebody who is close already the ego may come no closer than by this, and not at all if it heads there."""
_STEADY_RAD = 0.02
_MISFIT_M2 = 20.0
"""A lane that bends 0.05 1/m otherwise than somebody moves counts as 1 m farther away."""
_LAST_VEHICLE = int(RoadUser.TRICYCLE)
_CLASSES = max(RoadUser) + 1


def bounds_table(config: SafetyConfig) -> FloatArray:
    """Return (classes, 9) the bounds of each class of road user; unknown classes behave like cars."""
    table = np.empty((_CLASSES, 9))
    for k in range(_CLASSES):
        of = config.bounds.get(k, config.bounds[RoadUser.CAR])
        table[k] = (
            of.max_accel_mps2,
            of.start_accel_mps2,
            of.max_brake_mps2,
            of.max_speed_mps,
            of.min_brake_mps2,
            of.response_s,
            of.lateral_accel_mps2,
            of.lateral_brake_mps2,
            k in MOTOR_VEHICLES,
        )
    return table


@njit(cache=True)
def courses(
    ego: FloatArray,
    half_length: float,
    half_width: float,
    horizon_s: float,
    xy: FloatArray,
    yaw: FloatArray,
    speed: FloatArray,
    yaw_rate: FloatArray,
    size: FloatArray,
    road_user: IntArray,
    is_owed: BoolArray,
    table: FloatArray,
    margin: float,
    first: IntArray,
    lane_xy: FloatArray,
    lane_s: FloatArray,
    lane_box: FloatArray,
    is_driving: BoolArray,
) -> tuple[FloatArray, BoolArray]:
    """Return (courses, columns) of everybody near enough to matter; columns are those of ``reach``.

    Also (users,) who is beside or behind the ego, goes its way, and does not have it in its own.

    Args:
        ego: (5,) x, y, yaw, speed, steering angle.
        half_length: Of the ego, m.
        half_width: Of the ego, m.
        horizon_s: How long the ego may still move.
        xy: (users, 2) box centres of the others.
        yaw: (users,)
        speed: (users,) along the heading, negative in reverse.
        yaw_rate: (users,) over the last half second.
        size: (users, 2) length and width.
        road_user: (users,) class.
        is_owed: (users,) in whose way the ego has come only just now: it does not yet answer for the distance alone.
        table: From :func:`bounds_table`.
        margin: To keep sideways, m.
        first: See :class:`LaneMap`; so are the rest.
        lane_xy: Of the lane map.
        lane_s: Of the lane map.
        lane_box: Of the lane map.
        is_driving: (lanes,) lanes for cars.
    """
    rows = np.zeros((2 * xy.shape[0], U_COLUMNS))
    is_beside = np.zeros(xy.shape[0], dtype=np.bool_)
    count = 0
    ego_way, ego_bend, has_way = _lane_course(ego[0], ego[1], ego[2], 0.0, first, lane_xy, lane_s, lane_box, is_driving)
    # Where the ego turns, nobody beside it can be expected to turn with it.
    has_way = has_way and abs(ego_bend) < _STRAIGHT_ON_RADPM and abs(ego[4]) < _STRAIGHT_ON_STEER_RAD
    cos_ego, sin_ego = math.cos(ego[2]), math.sin(ego[2])
    for u in range(xy.shape[0]):
        of = table[road_user[u]] if 0 <= road_user[u] < table.shape[0] else table[1]
        v = abs(speed[u])
        heading = yaw[u] if speed[u] >= 0.0 else yaw[u] + math.pi
        dx, dy = xy[u, 0] - ego[0], xy[u, 1] - ego[1]
        far = (v + ego[3] + 2.0 * of[0] * horizon_s) * horizon_s + half_length + size[u, 0] + 3.0
        if dx * dx + dy * dy > far * far:
            continue
        along, across = cos_ego * dx + sin_ego * dy, -sin_ego * dx + cos_ego * dy
        turn = (heading - ego[2] + math.pi) % (2.0 * math.pi) - math.pi
        reach_along = 0.5 * (size[u, 0] * abs(math.cos(turn)) + size[u, 1] * abs(math.sin(turn)))
        is_same_way = abs(turn) < _SAME_WAY_RAD
        is_behind = along + reach_along < -half_length + _BEHIND_M
        is_moving = v >= _STANDING_MPS
        if is_behind and not is_moving:
            continue
        rows[count : count + 2] = 0.0
        row = rows[count]
        row[U_X], row[U_Y], row[U_YAW], row[U_SPEED] = xy[u, 0], xy[u, 1], heading, v
        row[U_HALF_LENGTH], row[U_HALF_WIDTH] = 0.5 * size[u, 0], 0.5 * size[u, 1]
        row[U_ACCEL] = of[0] if is_moving else of[1]
        row[U_BRAKE], row[U_MAX_SPEED], row[U_MIN_BRAKE] = of[2], of[3], of[4]
        row[U_RESPONSE], row[U_LATERAL_ACCEL], row[U_LATERAL_BRAKE] = of[5], of[6], of[7]
        row[U_ROW], row[U_MARGIN], row[U_HAS_SHELL] = u, margin, of[8]
        row[U_RULE] = TTC
        if is_same_way or not is_moving:
            row[U_RULE] = LONGITUDINAL if along - reach_along > half_length else LATERAL
        # 1. the course: the own movement, or the lane
        bend = 0.0
        if v > 1.0:
            bend = min(max(yaw_rate[u] / v, -_MAX_CURVATURE_RADPM), _MAX_CURVATURE_RADPM)
        if abs(bend) < _TURNING_RADPM:
            bend = 0.0
        row[U_CURVATURE] = bend
        courses_here = 1
        if is_moving and road_user[u] <= _LAST_VEHICLE:
            lane_yaw, lane_bend, is_found = _lane_course(
                xy[u, 0], xy[u, 1], heading, bend, first, lane_xy, lane_s, lane_box, is_driving
            )
            if is_found:
                if bend != 0.0 and abs(bend - lane_bend) > _DISAGREE_RADPM:
                    rows[count + 1] = row
                    courses_here = 2
                aside = v * math.sin(heading - lane_yaw)
                row[U_YAW], row[U_CURVATURE] = lane_yaw, lane_bend
                row[U_SPEED] = v * math.cos(heading - lane_yaw)
                row[U_LEFT_MPS], row[U_RIGHT_MPS] = max(aside, 0.0), max(-aside, 0.0)
                slant = abs(math.sin(heading - lane_yaw))
                row[U_HALF_WIDTH] += 0.5 * size[u, 0] * slant
                row[U_HALF_LENGTH] += 0.5 * size[u, 1] * slant
        # 2. who answers for the distance
        kept = 0
        for c in range(courses_here):
            one = rows[count + c]
            is_in_file = is_same_way and is_behind and _leads_to(one, ego, half_length, half_width)
            if is_in_file and not is_owed[u]:
                continue
            if is_same_way and is_behind:
                one[U_IS_BEHIND] = 1.0
                one[U_RULE] = LATERAL
            if is_same_way and along + reach_along < half_length:
                is_beside[u] = is_beside[u] or not is_in_file
                if has_way:
                    _keep_heading(one, ego_way, across)
                _keep_side(one, ego, half_length, half_width)
            if c != kept:
                rows[count + kept] = one
            kept += 1
        count += kept
    return rows[:count], is_beside


@njit(cache=True)
def _keep_heading(row: FloatArray, way: float, across: float) -> None:
    """Turn who comes in from beside parallel to the ego's lane: coming in is its own doing."""
    turn = (row[U_YAW] - way + math.pi) % (2.0 * math.pi) - math.pi
    if turn * across < 0.0 and abs(turn) < _IN_LANE_RAD:
        row[U_YAW] = way


@njit(cache=True)
def _keep_side(row: FloatArray, ego: FloatArray, half_length: float, half_width: float) -> None:
    """Make somebody beside or behind answer for its own drift: only what the ego does sideways is left to check."""
    row[U_LEFT_MPS], row[U_RIGHT_MPS] = -1.0, -1.0
    # How far the ego's box is from the corridor of the course now.
    away = ego[2] - row[U_YAW]
    dx, dy = ego[0] - row[U_X], ego[1] - row[U_Y]
    offset = math.cos(row[U_YAW]) * dy - math.sin(row[U_YAW]) * dx
    ego_across = half_width * abs(math.cos(away)) + half_length * abs(math.sin(away))
    room = abs(offset) - row[U_HALF_WIDTH] - ego_across
    closing = math.sin(away) if offset < 0.0 else -math.sin(away)
    if closing > _STEADY_RAD:
        allowed = max(room, 0.0)
    elif room > 0.0 or row[U_IS_BEHIND] == 0.0:
        allowed = max(room - _CLOSING_IN_M, 0.0)
    else:
        allowed = max(room - _CLOSING_IN_M, -0.5 * half_width)
    row[U_MARGIN] = min(row[U_MARGIN], allowed)


@njit(cache=True)
def _leads_to(row: FloatArray, ego: FloatArray, half_length: float, half_width: float) -> bool:
    """Return whether the ego is already in somebody's way."""
    box = np.array([ego[0], ego[1], ego[2], half_length, half_width])
    here = np.empty(5)
    here[3], here[4] = row[U_HALF_LENGTH], row[U_HALF_WIDTH]
    s = 0.0
    while s < _FILE_LOOK_M:
        here[0], here[1], here[2] = on_course(row, s)
        if half_boxes_touch(box, here):
            return True
        s += 1.0
    return False


@njit(cache=True)
def _lane_course(
    x: float,
    y: float,
    heading: float,
    bend: float,
    first: IntArray,
    xy: FloatArray,
    s_m: FloatArray,
    box: FloatArray,
    is_driving: BoolArray,
) -> tuple[float, float, bool]:
    """Return direction and bend of the lane somebody follows, and whether there is one."""
    best, best_yaw, best_bend = np.inf, 0.0, 0.0
    is_found = False
    for lane in range(first.shape[0] - 1):
        if not is_driving[lane] or x < box[lane, 0] - _IN_LANE_M or x > box[lane, 2] + _IN_LANE_M:
            continue
        if y < box[lane, 1] - _IN_LANE_M or y > box[lane, 3] + _IN_LANE_M:
            continue
        a, b = first[lane], first[lane + 1]
        s, offset, yaw = project(x, y, xy[a:b], s_m[a:b])
        turn = abs((heading - yaw + math.pi) % (2.0 * math.pi) - math.pi)
        if turn > _IN_LANE_RAD or abs(offset) >= _IN_LANE_M:
            continue
        look = min(s + _LANE_LOOK_M, s_m[b - 1])
        if look - s < 1.0:
            continue  # at its end it says nothing about what comes
        k = a + min(b - a - 1, max(1, np.searchsorted(s_m[a:b], look)))
        later = math.atan2(xy[k, 1] - xy[k - 1, 1], xy[k, 0] - xy[k - 1, 0])
        change = (later - yaw + math.pi) % (2.0 * math.pi) - math.pi
        lane_bend = min(max(change / (look - s), -_MAX_CURVATURE_RADPM), _MAX_CURVATURE_RADPM)
        misfit = abs(offset) + 2.0 * turn + _MISFIT_M2 * abs(lane_bend - bend)
        if misfit >= best:
            continue
        best, best_yaw, best_bend = misfit, yaw, lane_bend
        is_found = True
    return best_yaw, best_bend, is_found
