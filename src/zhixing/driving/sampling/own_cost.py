"""What a candidate costs before anybody else is looked at: progress, comfort, lane, lights, edge of the road."""

from __future__ import annotations

import numpy as np
from numba import njit

from zhixing.datatypes.shapes import FloatArray
from zhixing.driving.sampling.arrival import late_or_early
from zhixing.driving.sampling.candidates import LINE_COS, LINE_SIN, PATH_SHIFT, PATH_X, PATH_Y
from zhixing.driving.sampling.config import (
    CHANGE,
    COMFORT,
    DT_S,
    JERK,
    OFF_ROAD,
    OFFSET,
    PROGRESS,
    RED,
    STEPS,
    STRADDLE,
)
from zhixing.driving.sampling.motion import ACCEL, ALONG, COS, SIN, SPEED, X, Y

OWN_PROGRESS, OWN_COMFORT, OWN_LANE, OWN_LIGHT, OWN_ROAD, OWN_GOAL, OWN_HIDDEN, OWN_HELD_UP = range(8)
"""Columns of what a candidate costs by itself; the last two are filled by ``hidden`` and ``lane_speed``."""

_EDGE_M, _GRAZED_M = 0.05, 0.3
_BACK_S = 2.0
"""Who begins outside the road has to be back on it by then."""
_COMFORT_DECEL_MPS2 = -3.9
_LATERAL_MPS2, _YAW_ACCEL_RADPS2 = 4.2, 1.7
_HARSH, _HARSHEST = 3.0, 3.0
_GOAL_MISSED, _GOAL_PULL, _GOAL_NEAR_M, _WIDE_M = 10.0, 1.6, 140.0, 4.0
_WORST_OUTSIDE_M, _FARTHEST_OFF = 1.0, 5.0
_GETS_ON_M = 3.0
_RAMP_M, _STEEP_1PM2 = 0.15, 15.6
"""The first decimetres over the edge cost little at first: edges of maps are no walls."""


@njit(cache=True, error_model="numpy")
def own_costs(
    states: FloatArray,
    paths: FloatArray,
    profiles: FloatArray,
    targets: FloatArray,
    before: FloatArray,
    room: FloatArray,
    beside: FloatArray,
    stops: FloatArray,
    goal: FloatArray,
    when: FloatArray,
    clock_s: FloatArray,
    body: FloatArray,
    weights: FloatArray,
) -> FloatArray:
    """Return (candidates, 8) costs; see the names of the columns.

    Args:
        states: (candidates, STEPS + 1, 8), see :func:`roll_out`.
        paths: (paths, points, 9) along which they go; candidate c goes along path ``c // profiles``.
        profiles: (profiles, 3) their speed profiles.
        targets: (paths, 2) where the paths go.
        before: (2,) target offset and acceleration that were chosen before.
        room: (points, 2) from the route's line to the right and left edge of its lane at every metre.
        beside: (points, 2) the same to the edge of all lanes that run the same way.
        stops: (stops, 3) where on the line the box centre is when the front is at a stop line, and from when until
            when, in seconds from now, it must not be crossed.
        goal: (7,) x_min, x_max, y_min, y_max of the goal area, where on the line it is, and how far beside the line,
            left positive, one may be there.
        when: (appointments, 11) none or one at the goal, see ``arrival``; with one it is not progress that counts.
        clock_s: (points,) see ``late_or_early``.
        body: (7,) see :func:`roll_out`.
        weights: See ``SamplingConfig.weights``.
    """
    count, per_path = states.shape[0], profiles.shape[0]
    costs, off_road = np.zeros((count, 8)), np.zeros(count)
    farthest = 5.0
    for c in range(count):
        farthest = max(farthest, _progress_m(states[c]))
    half_length, half_width = 0.5 * body[0], 0.5 * body[1]
    begins_outside = _outside(states[0, 0], 0.0, paths[0], room, beside, half_length, half_width)[1]
    near = _GOAL_PULL * min(max((_GOAL_NEAR_M - (goal[4] - states[0, 0, ALONG])) / _GOAL_NEAR_M, 0.0), 1.0)
    excused = begins_outside if begins_outside > _GRAZED_M else 0.0
    for c in range(count):
        p = c // per_path
        rows, path = states[c], paths[p]
        lane, road, comfort, jerk, harsh, turned = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
        start_m, arrives = rows[0, ALONG], _arrives(rows, goal)
        for k in range(1, STEPS + 1):
            outside, off = _outside(rows[k], rows[k, ALONG] - start_m, path, room, beside, half_length, half_width)
            lane += min(outside, _WORST_OUTSIDE_M)
            if k <= arrives:  # what comes after the goal is another task
                road = max(road, off - excused * max(0.0, 1.0 - k * DT_S / _BACK_S))
            a = rows[k, ACCEL]
            turn = (rows[k, SIN] * rows[k - 1, COS] - rows[k, COS] * rows[k - 1, SIN]) / DT_S
            sideways = abs(turn) * rows[k, SPEED]
            comfort += a * a + sideways * sideways * 0.5
            swing = abs(turn - turned) / DT_S if k > 1 else 0.0
            turned = turn
            harsh += max(0.0, _COMFORT_DECEL_MPS2 - a) + max(0.0, sideways - _LATERAL_MPS2)
            harsh += max(0.0, swing - _YAW_ACCEL_RADPS2)
            change = (a - rows[k - 1, ACCEL]) / DT_S
            jerk += change * change
        share = _progress_m(rows) / farthest
        if when.shape[0]:
            costs[c, OWN_PROGRESS] = late_or_early(rows, path, when[0], clock_s)
        else:
            costs[c, OWN_PROGRESS] = weights[PROGRESS] * (1.0 - share)
            costs[c, OWN_GOAL] = _GOAL_MISSED * (arrives > STEPS and _passes(rows, goal))
        costs[c, OWN_COMFORT] = (weights[COMFORT] * comfort + weights[JERK] * jerk) / STEPS
        costs[c, OWN_COMFORT] += min(_HARSH * harsh * DT_S, _HARSHEST) + 0.1 * weights[CHANGE] * abs(
            profiles[c % per_path, 0] - before[1]
        )
        costs[c, OWN_LANE] = weights[STRADDLE] * lane / STEPS + weights[OFFSET] * abs(targets[p, 0])
        costs[c, OWN_LANE] += weights[CHANGE] * abs(targets[p, 0] - before[0])
        off_goal = max(goal[5] - targets[p, 0], targets[p, 0] - goal[6], 0.0)
        costs[c, OWN_LANE] += min(off_goal, _WIDE_M) * near
        off_road[c] = road
        costs[c, OWN_LIGHT] = weights[RED] * _crossed(rows, stops)
    unavoidable = _unavoidable(states, off_road)
    for c in range(count):
        road = off_road[c] - unavoidable
        if road > 0.0:
            beyond = _STEEP_1PM2 * road * road if road < _RAMP_M else 0.2 + road
            costs[c, OWN_ROAD] = weights[OFF_ROAD] * min(_FARTHEST_OFF, beyond)
    return costs


@njit(cache=True, error_model="numpy")
def _unavoidable(states: FloatArray, off_road: FloatArray) -> float:
    """Return how far the ego has to get off the road to get on at all.

    Who stands askew at its edge shall not stay, and who drives there shall not brake hard for a hand's breadth.
    """
    least = np.inf
    for c in range(states.shape[0]):
        if states[c, STEPS, ALONG] - states[c, 0, ALONG] > _GETS_ON_M:
            least = min(least, off_road[c])
    return min(max(least, 0.0), _GRAZED_M) if least < np.inf else 0.0


@njit(cache=True, error_model="numpy")
def _progress_m(rows: FloatArray) -> float:
    """Return how far a candidate gets, half of it counted as how far it is on average: sooner is better than later."""
    total = 0.0
    for k in range(1, STEPS + 1):
        total += rows[k, ALONG] - rows[0, ALONG]
    progress: float = 0.5 * (rows[STEPS, ALONG] - rows[0, ALONG]) + total / STEPS
    return progress


@njit(cache=True, error_model="numpy")
def _outside(
    row: FloatArray,
    ahead: float,
    path: FloatArray,
    room: FloatArray,
    beside: FloatArray,
    half_length: float,
    half_width: float,
) -> tuple[float, float]:
    """Return by how much a box is outside the lane of the route, and outside all lanes that run its way."""
    last, end_of_path = room.shape[0] - 1, path.shape[0] - 1
    off_lane, off_road = 0.0, -np.inf
    for end in (-half_length, half_length):
        # where the middle of the front or the rear is, beside the line where it is
        k = min(max(int(ahead + end + 0.5), 0), end_of_path)
        at = min(max(int(row[ALONG] + end + 0.5), 0), last)
        c, s = path[k, LINE_COS], path[k, LINE_SIN]
        dx, dy = row[X] + end * row[COS] - path[k, PATH_X], row[Y] + end * row[SIN] - path[k, PATH_Y]
        there = path[k, PATH_SHIFT] + c * dy - s * dx
        half = half_width * abs(c * row[COS] + s * row[SIN])
        off_lane = max(off_lane, there + half - room[at, 1], half - there - room[at, 0])
        off_road = max(off_road, there + half - beside[at, 1], half - there - beside[at, 0])
    return off_lane, off_road - _EDGE_M


@njit(cache=True, error_model="numpy")
def _crossed(rows: FloatArray, stops: FloatArray) -> float:
    """Return how many stop lines are crossed while they must not be."""
    crossed = 0.0
    for stop in range(stops.shape[0]):
        if rows[0, ALONG] > stops[stop, 0]:
            continue
        for k in range(1, STEPS + 1):
            if rows[k, ALONG] > stops[stop, 0]:
                if stops[stop, 1] <= k * DT_S <= stops[stop, 2]:
                    crossed += 1.0
                break
    return crossed


@njit(cache=True, error_model="numpy")
def _passes(rows: FloatArray, goal: FloatArray) -> bool:
    """Return whether a candidate goes past where the goal is."""
    return bool(rows[0, ALONG] <= goal[4] and rows[STEPS, ALONG] >= goal[4] + 5.0)


@njit(cache=True, error_model="numpy")
def _arrives(rows: FloatArray, goal: FloatArray) -> int:
    """Return the step by which the centre of a candidate has been in the goal area, more than ``STEPS`` for none."""
    for k in range(STEPS):
        if rows[k + 1, ALONG] < goal[4] - 15.0:
            continue
        for part in range(4):
            share = 0.25 * part
            x = rows[k, X] + share * (rows[k + 1, X] - rows[k, X])
            y = rows[k, Y] + share * (rows[k + 1, Y] - rows[k, Y])
            if goal[0] <= x <= goal[1] and goal[2] <= y <= goal[3]:
                return k + 1
    return STEPS + 1
