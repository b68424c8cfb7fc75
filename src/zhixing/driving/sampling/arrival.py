"""Being at the goal at the right time and speed, where the goal asks for it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numba import njit

from zhixing.datatypes.scene import Goal, Scene
from zhixing.datatypes.shapes import FloatArray
from zhixing.driving.route import Route
from zhixing.driving.sampling.candidates import PATH_SHIFT
from zhixing.driving.sampling.config import DT_S, STEPS
from zhixing.driving.sampling.motion import ALONG, COS, OFFSET, SIN, SPEED

FROM_S, UNTIL_S, LEAST_MPS, MOST_MPS, BEGIN_M, END_M, AIM_M, RIGHT_M, LEFT_M, YAW_RAD, YAW_OFF_RAD = range(11)
"""Columns of an appointment: when (from now), how fast, between which places on the route's line, best where, and
how far beside the line at most, left positive; which heading, and how far off it at most."""

_MARGIN_M = 1.5
_USUAL_SHARE = 0.7
_CHANGE_MPS2 = 1.5
"""Speeds up or slows down like this beyond the horizon."""
_OFF_BY_M, _OFF_BY_MPS, _OFF_SIDE, _OFF_YAW, _MISSED, _MOST = 0.8, 1.2, 2.5, 10.0, 6.0, 30.0
_YAW_MARGIN_RAD = 0.02
_LOST_SHARE = 0.2
_AHEAD, _BEHIND, _PACE = 0.04, 0.15, 0.08
"""Per metre before or behind an even pace, and per m/s off it, at the end of the horizon."""
_WIDE_M, _SIDE_MARGIN_M = 6.0, 0.3
_AIM_WEIGHT = 0.25
_EARLY_S, _EARLY_SHARE = 0.3, 0.3
"""Be there a little before it is too late, where there is time for that."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Where the route leads through the goal.

    Attributes:
        begin_m: On the route's line.
        end_m: On the route's line.
        right_m: How far beside the line one may be there, left positive.
        left_m: The same to the left.
    """

    begin_m: float
    end_m: float
    right_m: float
    left_m: float


def goal_stretch(route: Route, goal: Goal) -> Stretch | None:
    """Return from where to where the route's line is within the goal, None where it is not or the goal has no place."""
    if not goal.has_place:
        return None
    line = route.line
    inside = np.array([goal.contains(x, y) for x, y in line.xy_m.tolist()])
    ahead = np.flatnonzero(inside & (line.s_m >= route.start_m - 1.0))
    if not ahead.size:
        return None
    nearest = int(ahead[np.argmin(np.abs(line.s_m[ahead] - route.goal_m))])
    first = last = nearest
    while first > 0 and inside[first - 1]:
        first -= 1
    while last + 1 < inside.shape[0] and inside[last + 1]:
        last += 1
    across = np.array([-math.sin(line.yaw_rad[nearest]), math.cos(line.yaw_rad[nearest])])
    sides = []
    for way in (-1.0, 1.0):
        beside_m = 0.0
        while beside_m < _WIDE_M and goal.contains(*(line.xy_m[nearest] + way * (beside_m + 0.1) * across)):
            beside_m += 0.1
        sides.append(way * max(beside_m - _SIDE_MARGIN_M, 0.0))
    return Stretch(float(line.s_m[first]) - 0.4, float(line.s_m[last]) + 0.4, sides[0], sides[1])


def appointment(goal: Goal, stretch: Stretch | None, scene: Scene, s_m: float, usual_mps: float) -> FloatArray:
    """Return (1, 11) the appointment at the goal, (0, 11) where there is none.

    Args:
        goal: Where to go.
        stretch: See :func:`goal_stretch`.
        scene: What is there now.
        s_m: Where on the route's line the ego is.
        usual_mps: The speed that is allowed on the way.
    """
    if goal.time_ns is None or stretch is None:
        return np.zeros((0, 11))
    from_s, until_s = ((time_ns - scene.time_ns) * 1e-9 for time_ns in goal.time_ns)
    least, most = goal.speed_mps or (-math.inf, math.inf)
    begin_m, end_m = stretch.begin_m, stretch.end_m
    margin_m = min(_MARGIN_M, 0.4 * (end_m - begin_m))
    early_s = min(_EARLY_S, _EARLY_SHARE * (until_s - from_s))
    until_s = until_s - early_s if until_s > early_s else until_s
    pace = max(scene.ego.speed_mps, _USUAL_SHARE * usual_mps)
    aim_m = min(max(s_m + pace * max(0.5 * (from_s + until_s), 0.0), begin_m + margin_m), end_m - margin_m)
    least_rad, most_rad = goal.yaw_rad or (-math.pi, math.pi)
    half_rad = 0.5 * ((most_rad - least_rad) % (2.0 * math.pi)) if goal.yaw_rad else math.pi
    heading = least_rad + half_rad, half_rad - min(_YAW_MARGIN_RAD, 0.2 * half_rad)
    sides_m = stretch.right_m, stretch.left_m
    return np.array([[from_s, until_s, least, most, begin_m, end_m, aim_m, *sides_m, *heading]])


@njit(cache=True, error_model="numpy")
def late_or_early(rows: FloatArray, path: FloatArray, when: FloatArray, clock_s: FloatArray) -> float:
    """Return what it costs that a candidate does not keep an appointment, or can hardly keep it any more.

    Args:
        rows: (STEPS + 1, 8) the candidate.
        path: (points, 9) along which it goes, see ``paths_beside``.
        when: (11,) the appointment.
        clock_s: (points,) how long it takes to each metre of the route's line at the allowed speed.
    """
    horizon_s = STEPS * DT_S
    if when[UNTIL_S] < 0.0:
        return 0.0
    if when[UNTIL_S] <= horizon_s:
        best = np.inf
        for k in range(STEPS + 1):
            # the ends of the window are looked at exactly: in half a step a fast ego drives farther than many a goal
            t = min(max(k * DT_S, when[FROM_S]), when[UNTIL_S])
            if abs(t - k * DT_S) >= DT_S:
                continue
            lower = min(int(t / DT_S), STEPS - 1)
            share = t / DT_S - lower
            s = rows[lower, ALONG] + share * (rows[lower + 1, ALONG] - rows[lower, ALONG])
            v = rows[lower, SPEED] + share * (rows[lower + 1, SPEED] - rows[lower, SPEED])
            off_m = max(when[BEGIN_M] - s, s - when[END_M], 0.0)
            off_mps = max(when[LEAST_MPS] - v, v - when[MOST_MPS], 0.0)
            beside_m = path[min(int(s - rows[0, ALONG] + 0.5), path.shape[0] - 1), PATH_SHIFT] + rows[lower, OFFSET]
            off_side = max(when[RIGHT_M] - beside_m, beside_m - when[LEFT_M], 0.0)
            cost = _OFF_BY_M * off_m + _OFF_BY_MPS * off_mps + _OFF_SIDE * off_side
            if off_m <= 0.0:
                turn = math.atan2(rows[lower, SIN], rows[lower, COS]) - when[YAW_RAD]
                off_rad = abs(math.atan2(math.sin(turn), math.cos(turn))) - when[YAW_OFF_RAD]
                cost += _OFF_YAW * max(off_rad, 0.0)
            if cost > 0.0:
                cost += _MISSED
            best = min(best, cost + _AIM_WEIGHT * 0.2 * abs(s - when[AIM_M]))
        return _bounded(best)
    s, v = rows[STEPS, ALONG], rows[STEPS, SPEED]
    until, since = when[UNTIL_S] - horizon_s, max(when[FROM_S] - horizon_s, 0.0)
    stops_s = v / _CHANGE_MPS2
    farthest = s + v * until + 0.5 * _CHANGE_MPS2 * until * until
    nearest = s + (v * since - 0.5 * _CHANGE_MPS2 * since * since if since < stops_s else 0.5 * v * stops_s)
    now_s, then_s, aim_s = _at(clock_s, rows[0, ALONG]), _at(clock_s, s), _at(clock_s, when[AIM_M])
    allowed_mps = 1.0 / max(_at(clock_s, s + 1.0) - then_s, 1e-3)
    late_m = (_at(clock_s, when[BEGIN_M]) - then_s - until) * allowed_mps
    off_m = max(when[BEGIN_M] - farthest, late_m, 0.0) + max(nearest - when[END_M], 0.0)
    # on the way: behind or before an even pace, and an even share of what is allowed, from here to where it aims
    middle_s = 0.5 * (when[UNTIL_S] + max(when[FROM_S], 0.0))
    pace = (when[AIM_M] - rows[0, ALONG]) / middle_s
    share = min((aim_s - now_s) / middle_s, 1.0)
    by_clock_m = (then_s - now_s - share * horizon_s) * allowed_mps
    ahead_m = min(s - rows[0, ALONG] - pace * horizon_s, by_clock_m)
    uneven = (_AHEAD if ahead_m > 0.0 else _BEHIND) * abs(ahead_m) + _PACE * abs(v - min(pace, share * allowed_mps))
    apart: float = _bounded(_OFF_BY_M * off_m) + min(uneven, _MISSED)
    return apart


@njit(cache=True, error_model="numpy")
def _at(clock_s: FloatArray, s_m: float) -> float:
    """Return what the clock shows at a place on the route's line."""
    last = clock_s.shape[0] - 2
    lower = min(max(int(s_m), 0), last)
    return float(clock_s[lower] + (s_m - lower) * (clock_s[lower + 1] - clock_s[lower]))


@njit(cache=True, error_model="numpy")
def _bounded(cost: float) -> float:
    """Return a cost that grows slowly where the appointment is lost: from there on it is only progress that counts."""
    bounded: float = cost if cost < _MOST else _MOST + _LOST_SHARE * (cost - _MOST)
    return bounded
