"""Which ways somebody may take: lines that begin where it is, in the direction it moves."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from zhixing.datatypes.shapes import BoolArray, FloatArray, IntArray
from zhixing.driving.prediction.lane_paths import MAX_LEADS, MAX_STARTS, leads, red_ahead_m, sample, starts
from zhixing.driving.prediction.manners import COLUMN
from zhixing.driving.prediction.observing import ACCEL, COURSE, SPEED, TURN, WIDTH, X, Y
from zhixing.driving.prediction.streets import Streets

MAX_PATHS = 3
POINTS = 40
_CANDIDATES = 24
_DEPTH = 14
_CHECK_S = 1.2
_SAME_M = 1.2
_MIN_SETTLE_M = 4.0
_CURVE_DECEL_MPS2 = 1.5
_FREE_COST, _AGAINST_COST, _CHANGE_COST = COLUMN["free_cost"], COLUMN["against_cost"], COLUMN["change_cost"]
_SIGMA, _FAST, _LATERAL = COLUMN["course_sigma_m"], COLUMN["fast_mps2"], COLUMN["lateral_mps2"]
_TURN_DECAY, _VEER, _SETTLE, _START = (
    COLUMN["turn_decay_s"],
    COLUMN["veer_rad"],
    COLUMN["settle_s"],
    COLUMN["start_mps2"],
)
_VEER_COST = 1.5
_IMPOSSIBLE = 90.0
_WIDE_M, _OVER_M, _DRIFT_MPS = 1.4, 0.3, 0.3
"""Who is narrower weaves; lane changes take 0.3 to 2 m/s sideways (grid of UN R157, annex 4, appendix 3)."""
_SOON_S = 1.5
_STEEP = 0.15


@njit(cache=True, error_model="numpy")
def find_paths(
    state: FloatArray,
    kinds: IntArray,
    horizon_s: float,
    manners: FloatArray,
    lane_kinds: BoolArray,
    lights: IntArray,
    streets: Streets,
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray, FloatArray, IntArray, FloatArray]:
    """Return the likeliest ways of everybody.

    Args:
        state: (users, columns) see ``observing``.
        kinds: (users,) their classes.
        horizon_s: How far to look.
        manners: See ``manners_table``.
        lane_kinds: See ``lane_kinds``.
        lights: (groups,) what each light shows.
        streets: The lanes.

    Returns:
        (users, paths, points, 2) lines; (users,) distance between points; (users, paths) cost as a negative
        logarithm, infinity where there is no path; (users, paths, points) speed that curves allow; (users, paths)
        how far it is to where one waits for the next light, infinity where none is known; (users, paths) what that
        shows; (users, paths) signed limit, 0 off lanes.
    """
    users = state.shape[0]
    lines = np.zeros((users, MAX_PATHS, POINTS, 2))
    spacing = np.ones(users)
    cost = np.full((users, MAX_PATHS), np.inf)
    allowed = np.full((users, MAX_PATHS, POINTS), np.inf)
    wait = np.full((users, MAX_PATHS), np.inf)
    light = np.zeros((users, MAX_PATHS), dtype=np.int64)
    limit = np.zeros((users, MAX_PATHS))
    found = np.empty((MAX_STARTS, 7))
    sequence = np.empty((MAX_LEADS, _DEPTH), dtype=np.int64)
    depth = np.empty(MAX_LEADS, dtype=np.int64)
    line = np.empty((_CANDIDATES, POINTS, 2))
    about = np.empty((_CANDIDATES, 4))
    for n in range(users):
        one, how = state[n], manners[kinds[n]]
        speed = one[SPEED]
        reach = speed * horizon_s + 0.5 * how[_START] * horizon_s * horizon_s + 8.0
        spacing[n] = reach / (POINTS - 1)
        # 1. where lanes lead
        count = 0
        num_starts = starts(
            one[X], one[Y], one[COURSE], streets, lane_kinds[kinds[n]], how[_AGAINST_COST] < _IMPOSSIBLE,
            how[_CHANGE_COST] < _IMPOSSIBLE, found,
        )  # fmt: skip
        for k in range(num_starts):
            lane, s0, way = int(found[k, 0]), found[k, 1], found[k, 5]
            left = streets.length_m[lane] - s0 if way > 0.0 else s0
            num_leads = leads(lane, left, reach, way, streets, sequence, depth)
            for j in range(num_leads):
                if count >= _CANDIDATES - 3:
                    break
                sample(sequence[j], depth[j], s0, way, spacing[n], streets, line[count])
                turn = (one[COURSE] - found[k, 3] + math.pi) % (2.0 * math.pi) - math.pi
                off = found[k, 2]
                beyond = max(0.0, abs(off) - found[k, 4])
                price = 0.5 * (turn / 0.4) ** 2 + 0.5 * (beyond / 0.5) ** 2
                if found[k, 6] > 0.0:
                    target = 0.0
                    price = how[_CHANGE_COST]
                else:
                    price += _leaving(off, speed * math.sin(turn), one[WIDTH], found[k, 4])
                    room = max(0.0, found[k, 4] - 0.5 * one[WIDTH])
                    target = min(max(off + 0.5 * speed * math.sin(turn), -room), room)
                if way < 0.0 and not streets.is_two_way[lane]:
                    price += how[_AGAINST_COST]
                settle = max(_MIN_SETTLE_M, speed * how[_SETTLE])
                _shift(
                    line[count], spacing[n], one[X], one[Y], off, target, math.tan(min(max(turn, -1.0), 1.0)), settle
                )
                about[count, 0] = price + _misfit(line[count], spacing[n], one, how)
                if way > 0.0:
                    about[count, 1], shown = red_ahead_m(sequence[j], depth[j], s0, reach, streets, lights)
                    about[count, 2] = shown
                else:
                    about[count, 1], about[count, 2] = np.inf, 0.0
                about[count, 3] = streets.limit_mps[lane]
                count += 1
        # 2. where no lane leads
        free = how[_FREE_COST] if count > 0 else 0.0
        veers = 3 if count == 0 or how[_FREE_COST] < 2.0 else 1
        for k in range(veers):
            bend = 0.0 if k == 0 else (how[_VEER] if k == 1 else -how[_VEER])
            _free_line(line[count], spacing[n], one, how[_TURN_DECAY], bend)
            about[count, 0] = free + (0.0 if k == 0 else _VEER_COST)
            about[count, 1], about[count, 2], about[count, 3] = np.inf, 0.0, 0.0
            count += 1
        # 3. the likeliest that differ
        taken = 0
        while taken < MAX_PATHS:
            best = -1
            for k in range(count):
                if about[k, 0] < np.inf and (best < 0 or about[k, 0] < about[best, 0]):
                    best = k
            if best < 0:
                break
            if not _is_known(line[best], lines[n], taken):
                lines[n, taken] = line[best]
                cost[n, taken], wait[n, taken], light[n, taken] = about[best, 0], about[best, 1], int(about[best, 2])
                limit[n, taken] = about[best, 3]
                _curve_speed(line[best], spacing[n], how[_LATERAL], allowed[n, taken])
                taken += 1
            about[best, 0] = np.inf
    return lines, spacing, cost, allowed, wait, light, limit


@njit(cache=True, error_model="numpy")
def _leaving(off: float, drift_mps: float, width: float, half_lane: float) -> float:
    """Return how little it fits to stay in a lane whose marking the body crosses, or soon will, moving on outwards."""
    soon = off + _SOON_S * drift_mps
    over = abs(soon) + 0.5 * width - half_lane
    outwards = drift_mps if soon > 0.0 else -drift_mps
    if width < _WIDE_M or over <= 0.0 or outwards <= 0.0:
        return 0.0
    return float(0.5 * (over / _OVER_M) ** 2 * min(1.0, outwards / _DRIFT_MPS))


@njit(cache=True, error_model="numpy")
def _shift(
    line: FloatArray, spacing: float, x: float, y: float, off: float, target: float, slope: float, settle: float
) -> None:
    """Move a lane's middle sideways, so that it begins at a point in a direction and settles beside the middle."""
    points = line.shape[0]
    normal = np.empty((points, 2))
    for k in range(points):
        a, b = max(0, k - 1), min(points - 1, k + 1)
        dx, dy = line[b, 0] - line[a, 0], line[b, 1] - line[a, 1]
        norm = max(math.sqrt(dx * dx + dy * dy), 1e-9)
        normal[k, 0], normal[k, 1] = -dy / norm, dx / norm
    rate = (off - target) / settle + slope
    # What is left at the beginning (ends of lanes, kinks) fades likewise.
    dx = x - line[0, 0] - off * normal[0, 0]
    dy = y - line[0, 1] - off * normal[0, 1]
    fade, fading = 1.0, math.exp(-spacing / settle)
    for k in range(points):
        aside = target + (off - target + rate * k * spacing) * fade
        line[k, 0] += aside * normal[k, 0] + fade * dx
        line[k, 1] += aside * normal[k, 1] + fade * dy
        fade *= fading
    if abs(slope) > _STEEP:
        _space_evenly(line, spacing)


@njit(cache=True, error_model="numpy")
def _space_evenly(line: FloatArray, spacing: float) -> None:
    """Move the points of a line along it until they are evenly spaced: who goes aside too comes less far."""
    points = line.shape[0]
    old = line.copy()
    at, gone = 0, 0.0
    length = math.hypot(old[1, 0] - old[0, 0], old[1, 1] - old[0, 1])
    for k in range(1, points):
        while gone + length < k * spacing and at < points - 2:
            gone += length
            at += 1
            length = math.hypot(old[at + 1, 0] - old[at, 0], old[at + 1, 1] - old[at, 1])
        share = (k * spacing - gone) / max(length, 1e-6)
        line[k, 0] = old[at, 0] + share * (old[at + 1, 0] - old[at, 0])
        line[k, 1] = old[at, 1] + share * (old[at + 1, 1] - old[at, 1])


@njit(cache=True, error_model="numpy")
def _free_line(line: FloatArray, spacing: float, one: FloatArray, decay_s: float, bend_rad: float) -> None:
    """Fill a line that turns on as somebody turns now, ever less, and veers by an angle besides."""
    speed = max(one[SPEED], 0.5)
    fade = speed * decay_s
    veer = max(speed * 1.5, 1.5)
    x, y = one[X], one[Y]
    turn, turning = math.exp(-0.5 * spacing / fade), math.exp(-spacing / fade)
    bend, bending = math.exp(-0.5 * spacing / veer), math.exp(-spacing / veer)
    for k in range(line.shape[0]):
        line[k, 0], line[k, 1] = x, y
        yaw = one[COURSE] + one[TURN] * decay_s * (1.0 - turn) + bend_rad * (1.0 - bend)
        x += spacing * math.cos(yaw)
        y += spacing * math.sin(yaw)
        turn *= turning
        bend *= bending


@njit(cache=True, error_model="numpy")
def _misfit(line: FloatArray, spacing: float, one: FloatArray, how: FloatArray) -> float:
    """Return how little a path fits the present motion, as a negative logarithm."""
    # 1. where the present turn leads, and where the path is then
    away = one[SPEED] * _CHECK_S + 0.5 * min(max(one[ACCEL], -2.0), 2.0) * _CHECK_S * _CHECK_S * 0.5
    away = max(away, 0.0)
    yaw = one[COURSE] + 0.5 * one[TURN] * _CHECK_S
    x, y = one[X] + away * math.cos(yaw), one[Y] + away * math.sin(yaw)
    at = min(away / spacing, line.shape[0] - 1.001)
    k = int(at)
    share = at - k
    px = line[k, 0] + share * (line[k + 1, 0] - line[k, 0])
    py = line[k, 1] + share * (line[k + 1, 1] - line[k, 1])
    price = 0.5 * ((px - x) ** 2 + (py - y) ** 2) / how[_SIGMA] ** 2
    # 2. how hard it would have to brake for the curves
    worst = 0.0
    for i in range(2, line.shape[0] - 2):
        if i * spacing > one[SPEED] * 5.0:
            break
        bend = _bend(line, i)
        fit = how[_LATERAL] * spacing * 2.0 / max(bend, 1e-6)
        worst = max(worst, (one[SPEED] ** 2 - fit) / (2.0 * max(i * spacing, 1.0)))
    return float(price + min(4.0, 0.5 * max(0.0, worst - 1.0) ** 2))


@njit(cache=True, error_model="numpy")
def _bend(line: FloatArray, i: int) -> float:
    """Return by how much a line turns within the four pieces around a point, over two of their lengths."""
    ax, ay = line[i, 0] - line[i - 2, 0], line[i, 1] - line[i - 2, 1]
    bx, by = line[i + 2, 0] - line[i, 0], line[i + 2, 1] - line[i, 1]
    aside, along = abs(ax * by - ay * bx), ax * bx + ay * by
    return float(aside / along) if aside < along else 1.0  # 45 degrees within so short a way: as slow as can be


@njit(cache=True, error_model="numpy")
def _curve_speed(line: FloatArray, spacing: float, lateral: float, allowed: FloatArray) -> None:
    """Fill the speed that curves allow, with room to slow down before they do."""
    points = line.shape[0]
    allowed[:] = np.inf
    for i in range(2, points - 2):
        allowed[i] = math.sqrt(lateral * spacing * 2.0 / max(_bend(line, i), 1e-6))
    for i in range(points - 2, -1, -1):
        allowed[i] = min(allowed[i], math.sqrt(allowed[i + 1] ** 2 + 2.0 * _CURVE_DECEL_MPS2 * spacing))


@njit(cache=True, error_model="numpy")
def _is_known(line: FloatArray, lines: FloatArray, taken: int) -> bool:
    for k in range(taken):
        apart = 0.0
        for i in (POINTS // 3, 2 * POINTS // 3, POINTS - 1):
            apart = max(apart, math.hypot(line[i, 0] - lines[k, i, 0], line[i, 1] - lines[k, i, 1]))
        if apart < _SAME_M:
            return True
    return False
