"""What the others make of a candidate: contacts, near misses, and what it would ask of them.

A contact counts for the ego where it runs into somebody. Where somebody would run into the ego, what counts is how hard
that one would have to brake to let the ego go first: people do, within limits, and without that nobody ever merges.

Source: the split follows "at fault" of the nuPlan closed-loop metrics; the time to collision is theirs too.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from zhixing.datatypes.shapes import BoolArray, FloatArray, IntArray
from zhixing.driving.sampling.config import (
    COLLISION,
    DT_S,
    HEADWAY,
    HEADWAY_S,
    SIDE,
    SIDE_M,
    STANDSTILL_M,
    STEPS,
    TTC,
    VULNERABLE_M,
    YIELD,
    YIELD_MPS2,
)
from zhixing.driving.sampling.motion import COS, SIN, SPEED, X, Y

P_X, P_Y, P_COS, P_SIN, P_SPEED, P_HALF_LENGTH, P_HALF_WIDTH, P_CHANCE, P_SOFT, P_KEY, P_RANK, P_FIRM, P_HOLDS = range(
    13
)
"""Columns of a place: pose, speed, half size, probability, 1 for the vulnerable, number of user and mode, how far it is
along the axis by which the places of a step are sorted, how much it counts to have that one brake, and 1 for those who
have right of way."""

NOTHING, COLLIDES, TOO_CLOSE, FOLLOWS, SQUEEZES, DELAYS = range(6)
"""What an encounter is."""

_MARGIN_ALONG_M, _MARGIN_ACROSS_M, _SOFT_MARGIN_M = 0.3, 0.15, 0.3
_GRAZE = 0.3
"""What a second within these margins costs, in collisions: bad, but one can be in there already and has to get out."""
_TTC_S = (0.5, 1.05)
"""The exam wants more than 0.95 s."""
_REACTION_S = 0.4
_CLEARS_S, _CLEARING_PER_S = 1.0, 4.0
"""So long before somebody with right of way comes its way is to be clear, not to make it brake; what a second costs in
which it is not."""
_FADE_S = 6.0
_STANDING_MPS = 0.1
_ALIKE = 0.7
"""Cosine of the angle up to which two go the same way."""
_NEAR_M, _BESIDE_M, _ALIKE_M = 25.0, 1.3, 0.4
_WIDEST_M = 8.0
_FASTEST_MPS = 12.0
"""Who comes faster is still met, only later."""


@njit(cache=True, error_model="numpy", fastmath=True)
def extent_by_step(states: FloatArray, axis: FloatArray) -> FloatArray:
    """Return (STEPS, 5) where candidates may be at each step.

    Args:
        states: (candidates, STEPS + 1, 8) the candidates.
        axis: (2,) unit vector in the world frame.

    Returns:
        Least and greatest distance along the axis and to its left, in m, and the greatest sine of a heading against it.
    """
    extent = np.empty((STEPS, 5))
    extent[:, 0], extent[:, 2], extent[:, 1], extent[:, 3], extent[:, 4] = np.inf, np.inf, -np.inf, -np.inf, 0.0
    ax, ay = axis[0], axis[1]
    for candidate in range(states.shape[0]):
        for k in range(STEPS):
            row, known = states[candidate, k + 1], extent[k]
            along, across = ax * row[X] + ay * row[Y], ax * row[Y] - ay * row[X]
            known[0], known[1] = min(known[0], along), max(known[1], along)
            known[2], known[3] = min(known[2], across), max(known[3], across)
            known[4] = max(known[4], abs(ax * row[SIN] - ay * row[COS]))
    return extent


@njit(cache=True, error_model="numpy")
def places_by_step(
    extent: FloatArray,
    xy: FloatArray,
    yaw: FloatArray,
    speed: FloatArray,
    chance: FloatArray,
    size: FloatArray,
    soft: FloatArray,
    firm: FloatArray,
    holds: BoolArray,
    least_chance: float,
    sharpen_per_s: float,
    axis: FloatArray,
) -> tuple[FloatArray, IntArray]:
    """Return who may be where at each step, as far as any candidate comes near.

    Args:
        extent: (STEPS, 5) of the candidates along the axis, see :func:`extent_by_step`.
        xy: (users, modes, STEPS, 2) predicted box centres; the first step is ``DT_S`` from now.
        yaw: (users, modes, STEPS)
        speed: (users, modes, STEPS)
        chance: (users, modes) probabilities.
        size: (users, 2) length and width.
        soft: (users,) 1 for those without a body shell, else 0.
        firm: (users,) how much it counts to have them brake, see ``yielding``.
        holds: (users,) who has right of way before the ego.
        least_chance: Modes less likely than this are left out.
        sharpen_per_s: The later something is, the less counts what is unlikely, because there is time to see it come:
            a probability p counts as p to the power of 1 + ``sharpen_per_s`` times the seconds until then. Not so for
            those with right of way: the ego waits until it knows.
        axis: (2,) unit vector in the world frame by which the places of a step are sorted.

    Returns:
        (STEPS, users * modes, 13) places and (STEPS,) how many of them count.
    """
    users, modes = chance.shape
    places = np.empty((STEPS, users * modes, 13))
    found = np.empty((users * modes, 13))
    counts = np.zeros(STEPS, dtype=np.int64)
    ax, ay = axis[0], axis[1]
    for k in range(STEPS):
        low_along, high_along, low_across, high_across, turned = extent[k]
        power = 1.0 + sharpen_per_s * (k + 1) * DT_S
        count = 0
        for u in range(users):
            begin = count
            for m in range(modes):
                if chance[u, m] <= 0.0:
                    continue
                x, y = xy[u, m, k, 0], xy[u, m, k, 1]
                alike = -1
                for n in range(begin, count):
                    if abs(found[n, P_X] - x) + abs(found[n, P_Y] - y) < _ALIKE_M:
                        alike = n
                        break
                if alike >= 0:
                    found[alike, P_CHANCE] += chance[u, m]
                    continue
                along, across = ax * x + ay * y, ax * y - ay * x
                c, s = math.cos(yaw[u, m, k]), math.sin(yaw[u, m, k])
                half_length = 0.5 * size[u, 0]
                if along < low_along - _NEAR_M - half_length or along > high_along + _NEAR_M + half_length:
                    continue
                reach = _BESIDE_M + half_length + _TTC_S[1] * speed[u, m, k] * abs(ax * s - ay * c) + _NEAR_M * turned
                if across < low_across - reach or across > high_across + reach:
                    continue
                row = found[count]
                row[P_X], row[P_Y], row[P_COS], row[P_SIN], row[P_SPEED] = x, y, c, s, speed[u, m, k]
                row[P_HALF_LENGTH], row[P_HALF_WIDTH] = half_length, 0.5 * size[u, 1]
                row[P_CHANCE], row[P_SOFT], row[P_KEY], row[P_RANK] = chance[u, m], soft[u], u * modes + m, along
                row[P_FIRM], row[P_HOLDS] = firm[u], holds[u]
                count += 1
        for n in np.argsort(found[:count, P_RANK]):
            counts_for = found[n, P_CHANCE] ** (1.0 if found[n, P_HOLDS] > 0.5 else power)
            if counts_for > least_chance:
                places[k, counts[k]] = found[n]
                places[k, counts[k], P_CHANCE] = counts_for
                counts[k] += 1
    return places, counts


@njit(cache=True, error_model="numpy")
def encounter_cost(
    rows: FloatArray,
    places: FloatArray,
    counts: IntArray,
    half_length: float,
    half_width: float,
    weights: FloatArray,
    done: IntArray,
    stamp: int,
    by_key: FloatArray,
    enough: float,
    axis: FloatArray,
) -> float:
    """Return what the others make of one candidate, or ``enough`` or more as soon as it is known to be that much.

    Args:
        rows: (STEPS + 1, 8) the candidate.
        places: See :func:`places_by_step`.
        counts: See :func:`places_by_step`.
        half_length: Of the ego, m.
        half_width: Of the ego, m.
        weights: See ``SamplingConfig.weights``.
        done: (users * modes,) scratch; a value of ``stamp`` means that this one met the candidate already.
        stamp: Another number for every call.
        by_key: (users * modes, 6) where what is found is added, by kind; may have no rows.
        enough: A candidate that costs so much does not have to be looked at any further.
        axis: See :func:`places_by_step`.
    """
    total = 0.0
    keep = by_key.shape[0] > 0
    for k in range(STEPS):
        t = (k + 1) * DT_S
        fade = math.exp(-t / _FADE_S)
        ex, ey = rows[k + 1, X], rows[k + 1, Y]
        c, s, v = rows[k + 1, COS], rows[k + 1, SIN], rows[k + 1, SPEED]
        look = half_length + weights[STANDSTILL_M] + v * max(weights[HEADWAY_S], 1.2)
        rank, widest = axis[0] * ex + axis[1] * ey, look + _WIDEST_M + _FASTEST_MPS
        for n in range(first_from(places, k, counts[k], rank - widest), counts[k]):
            if places[k, n, P_RANK] > rank + widest:
                break
            dx, dy = places[k, n, P_X] - ex, places[k, n, P_Y] - ey
            diagonal = places[k, n, P_HALF_LENGTH] + places[k, n, P_HALF_WIDTH]
            along = c * dx + s * dy
            if (
                along > look + diagonal + min(places[k, n, P_SPEED], _FASTEST_MPS)
                or along < -half_length - diagonal - 1.0
            ):
                continue
            across = c * dy - s * dx
            sideways = abs(c * places[k, n, P_SIN] - s * places[k, n, P_COS])
            reach = places[k, n, P_HALF_WIDTH] + sideways * (
                places[k, n, P_HALF_LENGTH] + _TTC_S[1] * places[k, n, P_SPEED]
            )
            if abs(across) > half_width + _BESIDE_M + reach:
                continue
            key = int(places[k, n, P_KEY])
            if done[key] == stamp:
                continue
            kind, cost, is_over = _meet(along, across, c, s, v, t, places, k, n, half_length, half_width, weights)
            if is_over:
                done[key] = stamp
            if cost > 0.0:
                cost *= places[k, n, P_CHANCE] * fade
                total += cost
                if keep:
                    by_key[key, kind] += cost
        if total >= enough:
            break
    return total


@njit(cache=True, error_model="numpy")
def first_from(places: FloatArray, k: int, count: int, rank: float) -> int:
    """Return the first of the sorted places of one step that is at least so far along the axis."""
    low, high = 0, count
    while low < high:
        middle = (low + high) // 2
        if places[k, middle, P_RANK] < rank:
            low = middle + 1
        else:
            high = middle
    return low


@njit(cache=True, error_model="numpy")
def _meet(
    along: float,
    across: float,
    c: float,
    s: float,
    v: float,
    t: float,
    places: FloatArray,
    k: int,
    n: int,
    half_length: float,
    half_width: float,
    weights: FloatArray,
) -> tuple[int, float, bool]:
    """Return what one place of somebody else is for one state of the ego: kind, cost, and whether it ends there."""
    cr, sr = c * places[k, n, P_COS] + s * places[k, n, P_SIN], c * places[k, n, P_SIN] - s * places[k, n, P_COS]
    hl, hw, vu = places[k, n, P_HALF_LENGTH], places[k, n, P_HALF_WIDTH], places[k, n, P_SPEED]
    long_half, wide_half = hl * abs(cr) + hw * abs(sr), hl * abs(sr) + hw * abs(cr)
    margin = _SOFT_MARGIN_M if places[k, n, P_SOFT] > 0.5 else _MARGIN_ACROSS_M
    cost, kind = 0.0, NOTHING
    # where the ego is, seen by the other
    ahead_of_other = -(along * cr + across * sr)
    if touches(along, across, cr, sr, hl, hw, half_length, half_width, _MARGIN_ALONG_M, margin):
        if goes_first(along, ahead_of_other, cr, v, hl, half_length):
            left_s = max(t - _REACTION_S, 0.15)
            overlap = max(along + long_half + half_length, 0.0) if cr > _ALIKE else 0.0
            needed = max(0.0, vu - v * cr) / (2.0 * left_s) + 2.0 * overlap / (left_s * left_s)
            much = needed / weights[YIELD_MPS2] * places[k, n, P_FIRM]
            if much > 1.6:
                return DELAYS, 0.5 * weights[COLLISION] * min(1.0, 0.4 * much), True
            return DELAYS, weights[YIELD] * much * much, True
        if touches(along, across, cr, sr, hl, hw, half_length, half_width, 0.0, 0.02):
            closing = math.hypot(v - vu * cr, vu * sr)
            return COLLIDES, weights[COLLISION] * (1.0 + 0.1 * closing), True
        cost, kind = _GRAZE * weights[COLLISION] * DT_S, COLLIDES
    elif places[k, n, P_HOLDS] > 0.5 and v > _STANDING_MPS:
        # who has right of way slows down for who clears its way only just before it comes
        left_m = ahead_of_other - hl - half_length * abs(cr) - half_width * abs(sr)
        beside_m = abs(along * sr - across * cr) - hw - half_length * abs(sr) - half_width * abs(cr)
        wanted_m = _CLEARS_S * (vu - v * cr if cr > _ALIKE else vu)
        if 0.0 < left_m < wanted_m and beside_m < 0.0:
            needed = 2.0 * (wanted_m - left_m) / max(t * t, 0.25)
            much = min(needed / weights[YIELD_MPS2] * places[k, n, P_FIRM], 3.0)
            cost, kind = _CLEARING_PER_S * weights[YIELD] * much * much * DT_S, DELAYS
    if v > _STANDING_MPS and along > -half_length - long_half:
        for tau in _TTC_S:
            later, aside = along + (vu * cr - v) * tau, across + vu * sr * tau
            if touches(later, aside, cr, sr, hl, hw, half_length, half_width, 0.1, 0.05):
                cost += weights[TTC] * (2.0 if tau < 0.9 else 1.0) * DT_S
                kind = TOO_CLOSE if kind == NOTHING else kind
                break
    if along > 0.0 and cr > -0.5 and abs(across) < half_width + wide_half + 0.2:
        gap = along - half_length - long_half
        opening = max(0.0, vu * cr - v)
        wanted = weights[STANDSTILL_M] + weights[HEADWAY_S] * v * max(0.0, 1.0 - 0.3 * opening)
        if gap < wanted:
            short = 1.0 - gap / wanted
            cost += weights[HEADWAY] * short * short * DT_S
            kind = FOLLOWS if kind == NOTHING else kind
    elif abs(along) < half_length + long_half + 0.3:
        clear = abs(across) - half_width - wide_half
        wanted, matters = weights[SIDE_M], 1.0
        if places[k, n, P_SOFT] > 0.5:
            wanted, matters = weights[VULNERABLE_M] + 0.03 * v, 2.0
        if clear < wanted:
            short = 1.0 - max(clear, 0.0) / wanted
            cost += matters * weights[SIDE] * short * short * min(1.0, 0.1 + 0.1 * (v + vu * abs(sr))) * DT_S
            kind = SQUEEZES if kind == NOTHING else kind
    return kind, cost, False


@njit(cache=True, error_model="numpy")
def goes_first(along: float, ahead_of_other: float, cr: float, v: float, hl: float, half_length: float) -> bool:
    """Return whether at a contact it is the other who runs into the ego.

    Args:
        along: Where the other's centre is along the ego's heading, from the ego's centre, m.
        ahead_of_other: Where the ego's centre is along the other's heading, from the other's centre, m.
        cr: Cosine of the angle between the headings.
        v: Speed of the ego, m/s.
        hl: Half length of the other, m.
        half_length: Of the ego, m.
    """
    if v < _STANDING_MPS:
        return True
    if cr > _ALIKE:
        return bool(along < -0.35 * (hl + half_length))
    return bool(ahead_of_other > 0.3 * hl and along < 0.5 * half_length)


@njit(cache=True, error_model="numpy")
def touches(
    along: float,
    across: float,
    cr: float,
    sr: float,
    hl: float,
    hw: float,
    half_length: float,
    half_width: float,
    margin_along: float,
    margin_across: float,
) -> bool:
    """Return whether two boxes overlap, by separating axes, the first one being larger by margins.

    Args:
        along: Centre of the second in the frame of the first, m.
        across: The same, to the left.
        cr: Cosine of the heading of the second against the first.
        sr: Its sine.
        hl: Half length of the second, m.
        hw: Half width of the second, m.
        half_length: Of the first, m.
        half_width: Of the first, m.
        margin_along: Added to the half length of the first, m.
        margin_across: Added to its half width, m.
    """
    long, wide = half_length + margin_along, half_width + margin_across
    if abs(along) > long + hl * abs(cr) + hw * abs(sr) or abs(across) > wide + hl * abs(sr) + hw * abs(cr):
        return False
    if abs(along * cr + across * sr) > hl + long * abs(cr) + wide * abs(sr):
        return False
    return bool(abs(across * cr - along * sr) <= hw + long * abs(sr) + wide * abs(cr))
