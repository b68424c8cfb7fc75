"""Which candidate is best, and whether it leaves a way out."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from zhixing.datatypes.shapes import FloatArray, IntArray
from zhixing.driving.sampling.config import DT_S, STEPS
from zhixing.driving.sampling.encounters import (
    P_COS,
    P_HALF_LENGTH,
    P_HALF_WIDTH,
    P_KEY,
    P_RANK,
    P_SIN,
    P_SOFT,
    P_SPEED,
    P_X,
    P_Y,
    encounter_cost,
    first_from,
    goes_first,
    touches,
)
from zhixing.driving.sampling.motion import COS, SIN, SPEED, X, Y, roll_path

_IMPACT_PER_MPS, _NO_WAY_OUT = 1.5, 10.0
_WIDEST_M = 11.0
_IMPACT, _OTHERS = range(2)


@njit(cache=True, error_model="numpy")
def choose(
    states: FloatArray,
    own: FloatArray,
    places: FloatArray,
    counts: IntArray,
    worst: FloatArray,
    worst_counts: IntArray,
    num_keys: int,
    ego: FloatArray,
    body: FloatArray,
    paths: FloatArray,
    start_m: float,
    profiles: FloatArray,
    allowed: FloatArray,
    weights: FloatArray,
    jerks: FloatArray,
    contingency: FloatArray,
    first: int,
    axis: FloatArray,
    known: FloatArray,
) -> int:
    """Return the best candidate.

    Candidates are looked at in the order of what they cost by themselves, until none can be better any more.

    Args:
        states: (candidates, STEPS + 1, 8)
        own: (candidates,) what each costs by itself.
        places: Who may be where, see ``places_by_step``.
        counts: How many at each step.
        worst: The same with every mode, however unlikely.
        worst_counts: How many at each step.
        num_keys: Users times modes.
        ego: (6,) see ``roll_out``.
        body: (7,) see ``roll_out``.
        paths: (paths, points, 9)
        start_m: Where on the route's line the paths begin.
        profiles: (profiles, 3)
        allowed: (points,)
        weights: See ``SamplingConfig.weights``.
        jerks: (3,) see ``roll_out``.
        contingency: (3,) after which time the ego brakes, how hard, and how hard for those without a body shell.
        first: Which one to look at first: a good guess saves looking at most others to the end.
        axis: By which the places are sorted.
        known: (candidates, 2) what is known of them, kept from call to call of one cycle and -1 at first: with which
            speed braking ends in somebody, the same for all of one path and first acceleration; and what the others
            make of a candidate, at least.
    """
    order = np.concatenate((np.array([first]), np.argsort(own)))
    done = np.full(num_keys, -1, dtype=np.int64)
    nobody = np.zeros((0, 6))
    best, best_cost = int(order[1]), np.inf
    brake, first_alike = np.empty((1, STEPS + 1, 8)), _first_alike(profiles)
    for stamp, c in enumerate(order):
        if own[c] >= best_cost:
            break
        p, q = c // profiles.shape[0], c % profiles.shape[0]
        alike = p * profiles.shape[0] + first_alike[q]
        cost = own[c] + _no_way_out(known[alike, _IMPACT])
        if cost + max(known[c, _OTHERS], 0.0) >= best_cost:
            continue
        enough = best_cost - cost
        known[c, _OTHERS] = encounter_cost(
            states[c], places, counts, 0.5 * body[0], 0.5 * body[1], weights, done, stamp, nobody, enough, axis
        )
        if known[c, _OTHERS] >= enough:
            continue
        if known[alike, _IMPACT] < 0.0:
            way_out(ego, body, paths[p], start_m, profiles[q, 0], allowed, jerks, contingency, brake)
            known[alike, _IMPACT] = impact(
                brake[0], worst, worst_counts, 0.5 * body[0], 0.5 * body[1], done, -2 - 2 * stamp, axis, False
            )[0]
            if known[alike, _IMPACT] == 0.0:
                way_out(ego, body, paths[p], start_m, profiles[q, 0], allowed, jerks, contingency[::2], brake)
                known[alike, _IMPACT] = impact(
                    brake[0], worst, worst_counts, 0.5 * body[0], 0.5 * body[1], done, -3 - 2 * stamp, axis, True
                )[0]
            cost = own[c] + _no_way_out(known[alike, _IMPACT])
        if cost + known[c, _OTHERS] < best_cost:
            best, best_cost = int(c), cost + known[c, _OTHERS]
    return best


@njit(cache=True, error_model="numpy")
def _no_way_out(impact_mps: float) -> float:
    """Return what it costs that braking ends in somebody; nothing where that is not known yet."""
    return min(_IMPACT_PER_MPS * max(impact_mps, 0.0), _NO_WAY_OUT)


@njit(cache=True, error_model="numpy")
def way_out(
    ego: FloatArray,
    body: FloatArray,
    path: FloatArray,
    start_m: float,
    first_mps2: float,
    allowed: FloatArray,
    jerks: FloatArray,
    contingency: FloatArray,
    braking: FloatArray,
) -> None:
    """Write (1, STEPS + 1, 8) how the ego brakes along a path that it has begun, after a time and so hard."""
    profile = np.array([[first_mps2, contingency[0], -contingency[1]]])
    roll_path(ego, body, path, start_m, profile, allowed, jerks, braking)


@njit(cache=True, error_model="numpy")
def _first_alike(profiles: FloatArray) -> IntArray:
    """Return (profiles,) for each the first one that begins with the same acceleration."""
    first = np.arange(profiles.shape[0])
    for q in range(profiles.shape[0]):
        for k in range(q):
            if profiles[k, 0] == profiles[q, 0]:
                first[q] = k
                break
    return first


@njit(cache=True, error_model="numpy")
def impact(
    rows: FloatArray,
    places: FloatArray,
    counts: IntArray,
    half_length: float,
    half_width: float,
    done: IntArray,
    stamp: int,
    axis: FloatArray,
    only_soft: bool,
) -> tuple[float, int]:
    """Return with which speed braking ends in somebody, and the key of that one; 0 and -1 where it ends before.

    Args:
        rows: (STEPS + 1, 8) the ego braking, see ``roll_out``.
        places: Who may be where, see ``places_by_step``.
        counts: How many at each step.
        half_length: Of the ego, m.
        half_width: Of the ego, m.
        done: (users * modes,) scratch, see ``encounter_cost``.
        stamp: Another number for every call.
        axis: By which the places are sorted.
        only_soft: Whether only those without a body shell count.
    """
    for k in range(STEPS):
        if rows[k + 1, SPEED] < 0.05:
            return 0.0, -1
        c, s = rows[k + 1, COS], rows[k + 1, SIN]
        rank, widest = axis[0] * rows[k + 1, X] + axis[1] * rows[k + 1, Y], half_length + half_width + _WIDEST_M
        for n in range(first_from(places, k, counts[k], rank - widest), counts[k]):
            if places[k, n, P_RANK] > rank + widest:
                break
            if only_soft and places[k, n, P_SOFT] < 0.5:
                continue
            dx, dy = places[k, n, P_X] - rows[k + 1, X], places[k, n, P_Y] - rows[k + 1, Y]
            reach = half_length + half_width + places[k, n, P_HALF_LENGTH] + places[k, n, P_HALF_WIDTH]
            if dx * dx + dy * dy > reach * reach:
                continue
            key = int(places[k, n, P_KEY])
            if done[key] == stamp:
                continue
            along, across = c * dx + s * dy, c * dy - s * dx
            cr, sr = (
                c * places[k, n, P_COS] + s * places[k, n, P_SIN],
                c * places[k, n, P_SIN] - s * places[k, n, P_COS],
            )
            hl, hw = places[k, n, P_HALF_LENGTH], places[k, n, P_HALF_WIDTH]
            if touches(along, across, cr, sr, hl, hw, half_length, half_width, 0.1, 0.05):
                if not goes_first(along, -(along * cr + across * sr), cr, rows[k + 1, SPEED], hl, half_length):
                    return max(
                        math.hypot(rows[k + 1, SPEED] - places[k, n, P_SPEED] * cr, places[k, n, P_SPEED] * sr), 0.1
                    ), key
                done[key] = stamp
    return 0.0, -1


@njit(cache=True, error_model="numpy")
def braking_modes(
    xy: FloatArray, yaw: FloatArray, speed: FloatArray, decel: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return for each road user one more future, in which it brakes hard along its way.

    Args:
        xy: (users, STEPS, 2) where it would go.
        yaw: (users, STEPS)
        speed: (users,) now, m/s.
        decel: (users,) m/s².

    Returns:
        (users, STEPS, 3) position and heading, and (users, STEPS) speed.
    """
    users = xy.shape[0]
    poses, speeds = np.empty((users, STEPS, 3)), np.empty((users, STEPS))
    for u in range(users):
        k, gone = 0, 0.0
        for step in range(STEPS):
            t = (step + 1) * DT_S
            v = max(speed[u] - decel[u] * t, 0.0)
            wanted = speed[u] * t - 0.5 * decel[u] * t * t if v > 0.0 else 0.5 * speed[u] ** 2 / decel[u]
            # the first predicted place is one step away; before it the way is not known
            while k < STEPS - 1:
                length = np.hypot(xy[u, k + 1, 0] - xy[u, k, 0], xy[u, k + 1, 1] - xy[u, k, 1])
                if speed[u] * DT_S + gone + length > wanted:
                    break
                gone += length
                k += 1
            back = max(speed[u] * DT_S + gone - wanted, 0.0) if k == 0 else 0.0
            poses[u, step, 0] = xy[u, k, 0] - back * np.cos(yaw[u, k])
            poses[u, step, 1] = xy[u, k, 1] - back * np.sin(yaw[u, k])
            poses[u, step, 2] = yaw[u, k]
            speeds[u, step] = v
    return poses, speeds
