"""Where across the road: the place of a two-wheeler, a car's shift within its lane, and changes of lanes.

Two-wheelers and cars compare places across the way: how fast could one go there, what does it cost to move, how far is
it from where one likes to be. That is the idea of sub-lane models (Semrau, Erdmann et al., Simulation of Chinese
driving behaviour, SUMO conference 2016). Cars change lanes by MOBIL (Kesting, Treiber and Helbing 2007).
"""

from __future__ import annotations

import math

import numpy as np

from zhixing.datatypes.shapes import FloatArray
from zhixing.driving.leaf_kernel import leaf_kernel
from zhixing.simulation.traffic.dice import next_way
from zhixing.simulation.traffic.look import (
    ALONG,
    ALONG_MPS,
    HALF_ALONG,
    HALF_LATERAL,
    LATERAL,
    LATERAL_MPS,
    PLACE,
    WHO,
    most_slide_mps,
)
from zhixing.simulation.traffic.models import Mind
from zhixing.simulation.traffic.pace import follow_mps2, free_mps2
from zhixing.simulation.traffic.people import Motion, Traits
from zhixing.simulation.traffic.ways import Ways

_RIDES, _DRIVES = int(Mind.RIDES), int(Mind.DRIVES)
_HORIZON_S = 3.0
_PLACE_M = 0.4
"""Distance of the places that are compared."""
_MOVE_COST, _LIKE_COST, _SPILL_COST = 0.35, 0.25, 0.8
_COSTS_AT_MPS = 6.0
"""Costs in m/s a metre of moving, of being elsewhere than one likes, and of being in the lane of the cars, for who
makes for that speed."""
_WORTH_MPS = 0.4
_CARS_SHIFT_M = 0.8
_SQUEEZE_M = 1.6
_SAFE_MPS2, _WORTH_MPS2 = 3.0, 0.3
"""MOBIL: what a new follower may have to brake, and what a change must gain (Kesting et al. 2007: 4 and 0.1)."""
_LANE_NEAR_M = 1.3
_LEFT_TO_GO_M = 40.0
_SLIDE_S, _SLIDE_MPS2 = 0.7, 1.5


@leaf_kernel
def choose_place(u: int, ways: Ways, traits: Traits, motion: Motion, seen: FloatArray) -> None:
    """Choose the offset somebody makes for, in place."""
    way, v = motion.way[u], motion.speed_mps[u]
    half = 0.5 * traits.width_m[u]
    room = max(0.0, ways.half_m[way] - half)
    if traits.mind[u] == _RIDES:
        low, high = -room, room + ways.spill_m[way]
    else:
        low, high = -min(room, _CARS_SHIFT_M), min(room, _CARS_SHIFT_M)
    likes = min(max(traits.likes_m[u], -room), room)
    squeezes = _squeezes(u, room, ways, traits, motion)
    if squeezes:
        low, high = min(low, -room - _SQUEEZE_M), max(high, room + _SQUEEZE_M)
    here = motion.offset_m[u]
    scale = min(1.0, traits.wanted_mps[u] / _COSTS_AT_MPS)  # who is slow gains less, and moves as readily
    best, best_wish = -1e18, motion.wish_m[u]
    stays = min(max(motion.wish_m[u], low), high)
    for k in range(-1, int((high - low) / _PLACE_M) + 2):
        place = stays if k < 0 else min(low + k * _PLACE_M, high)
        pace = _pace_at(u, place, traits, motion, seen)
        cost = _MOVE_COST * abs(place - here) + _LIKE_COST * abs(place - likes) + _SPILL_COST * max(0.0, place - room)
        worth = pace - cost * scale
        if k < 0:
            worth += _WORTH_MPS * scale
        if worth > best:
            best, best_wish = worth, place
    motion.wish_m[u] = best_wish
    if v < 0.1 and traits.mind[u] == _DRIVES and not squeezes:
        motion.wish_m[u] = here


@leaf_kernel
def _squeezes(u: int, room: float, ways: Ways, traits: Traits, motion: Motion) -> bool:
    """Return whether somebody leaves its way over a junction to get round who has blocked it for long."""
    way, following = motion.way[u], motion.next_way[u]
    if ways.junction[way] < 0 or (following >= 0 and ways.junction[following] == ways.junction[way]):
        return False  # in a waiting area one waits for the light behind it
    return bool(motion.waited_s[u] > traits.patience_s[u] or abs(motion.wish_m[u]) > room + _PLACE_M)


@leaf_kernel
def _pace_at(u: int, place: float, traits: Traits, motion: Motion, seen: FloatArray) -> float:
    """Return how fast somebody could go for some seconds at another offset from its way."""
    v, here = motion.speed_mps[u], motion.offset_m[u]
    pace = traits.wanted_mps[u]
    half, front = 0.5 * traits.width_m[u], 0.5 * traits.length_m[u]
    for k in range(seen.shape[0]):
        theirs, along = seen[k, PLACE], seen[k, ALONG]
        wide = half + seen[k, HALF_LATERAL]
        aside = abs(theirs - place)
        gap = along - front - seen[k, HALF_ALONG]
        if gap > 0.0:
            if aside < wide + traits.side_gap_m[u] * (0.5 + min(1.0, v / 6.0)):
                pace = min(pace, max(0.0, seen[k, ALONG_MPS] + gap / _HORIZON_S))
        elif along > -front - seen[k, HALF_ALONG] - 0.5:
            # Beside: whoever stands between here and there bars the way.
            between = min(here, place) < theirs < max(here, place)
            if (aside < wide + 0.15 or between) and abs(theirs - here) > aside:
                return 0.0
        elif aside < wide + 0.15 and abs(theirs - here) > wide:
            back = -along - front - seen[k, HALF_ALONG]
            if back < 1.0 + 1.5 * max(0.0, seen[k, ALONG_MPS] - v):
                return 0.0
    return float(pace)


@leaf_kernel
def change_lanes(u: int, seed: int, ways: Ways, traits: Traits, motion: Motion, seen: FloatArray, accel: float) -> None:
    """Change to a neighbouring lane if that pays, in place (MOBIL)."""
    way = motion.way[u]
    if ways.junction[way] >= 0 or motion.speed_mps[u] < 2.0 or ways.length_m[way] - motion.s_m[u] < _LEFT_TO_GO_M:
        return
    if abs(motion.offset_m[u]) > 0.8 or motion.s_m[u] < 10.0:
        return  # the last change is not over
    best, best_gain = -1, _WORTH_MPS2
    for side in range(2):
        there = ways.left[way] if side == 0 else ways.right[way]
        if there < 0 or ways.kind[there] != ways.kind[way] or (_ends(ways, there) and not _ends(ways, way)):
            continue
        across = (1.0 if side == 0 else -1.0) * (ways.half_m[way] + ways.half_m[there])
        gain = _gain_mps2(u, ways.limit_mps[there], across, traits, motion, seen, accel)
        if gain > best_gain:
            best, best_gain = there, gain
    if best >= 0:
        put_onto(u, seed, best, ways, motion)
        motion.wish_m[u] = traits.likes_m[u]


@leaf_kernel
def _ends(ways: Ways, way: int) -> bool:
    """Return whether nothing continues a way."""
    return bool(ways.first_next[way] == ways.first_next[way + 1])


@leaf_kernel
def _gain_mps2(
    u: int, limit: float, across: float, traits: Traits, motion: Motion, seen: FloatArray, accel: float
) -> float:
    """Return what a change of lanes would gain, others' losses weighed by politeness; minus infinity if unsafe."""
    v, front = motion.speed_mps[u], 0.5 * traits.length_m[u]
    wanted = min(traits.wanted_mps[u], limit)
    free = free_mps2(v, wanted, u, traits)
    own, losses = free, 0.0
    for k in range(seen.shape[0]):
        aside = across - seen[k, PLACE]
        if abs(aside) > _LANE_NEAR_M:
            moves_in = seen[k, LATERAL_MPS] * aside > 0.3 * abs(aside)
            if not moves_in or abs(aside) > 2.0 * _LANE_NEAR_M:
                continue
        gap = abs(seen[k, ALONG]) - front - seen[k, HALF_ALONG]
        if gap < 1.0:
            return -np.inf
        if seen[k, ALONG] > 0.0:
            own = min(own, follow_mps2(v, free, gap, seen[k, ALONG_MPS], u, traits))
            continue
        other = int(seen[k, WHO])
        behind_mps = max(0.0, seen[k, ALONG_MPS])
        theirs = free_mps2(behind_mps, max(behind_mps, traits.wanted_mps[other]), other, traits)
        must = follow_mps2(behind_mps, theirs, gap, v, other, traits)
        if must < -_SAFE_MPS2:
            return -np.inf
        losses = min(losses, must)
    if own < -_SAFE_MPS2:
        return -np.inf
    return float(own - accel + traits.politeness[u] * losses)


@leaf_kernel
def put_onto(u: int, seed: int, way: int, ways: Ways, motion: Motion) -> None:
    """Let somebody go on along another way beside its own, from where it is."""
    x, y = motion.x_m[u], motion.y_m[u]
    best, begin, end = 1e18, ways.first[way], ways.first[way + 1]
    for k in range(begin, end - 1):
        dx, dy = ways.xy_m[k + 1, 0] - ways.xy_m[k, 0], ways.xy_m[k + 1, 1] - ways.xy_m[k, 1]
        long = math.sqrt(dx * dx + dy * dy) + 1e-12
        share = ((x - ways.xy_m[k, 0]) * dx + (y - ways.xy_m[k, 1]) * dy) / (long * long)
        share = min(max(share, 0.0), 1.0)
        ox, oy = x - ways.xy_m[k, 0] - share * dx, y - ways.xy_m[k, 1] - share * dy
        away = ox * ox + oy * oy
        if away < best:
            best = away
            motion.s_m[u] = ways.s_m[k] + share * long
            motion.offset_m[u] = (dx * oy - dy * ox) / long
    motion.way[u] = way
    motion.legs[u] += 1
    motion.next_way[u] = next_way(ways, way, seed, motion.identity[u], motion.legs[u] + 1)
    motion.second_way[u] = next_way(ways, motion.next_way[u], seed, motion.identity[u], motion.legs[u] + 2)


@leaf_kernel
def slide_mps(u: int, dt: float, traits: Traits, motion: Motion, seen: FloatArray) -> float:
    """Return how fast somebody moves sideways next: towards its wish, and never into somebody beside it."""
    v = motion.speed_mps[u]
    most = most_slide_mps(u, traits, motion)
    wish = (motion.wish_m[u] - motion.offset_m[u]) / _SLIDE_S
    wish = min(max(wish, -most), most)
    slide = motion.slide_mps[u] + min(max(wish - motion.slide_mps[u], -_SLIDE_MPS2 * dt), _SLIDE_MPS2 * dt)
    half, front = 0.5 * traits.width_m[u], 0.5 * traits.length_m[u]
    for k in range(seen.shape[0]):
        if abs(seen[k, ALONG]) > front + seen[k, HALF_ALONG] + 0.3 or seen[k, LATERAL] * slide <= 0.0:
            continue
        free = abs(seen[k, LATERAL]) - half - seen[k, HALF_LATERAL]
        if free < 0.15 + abs(slide) * (0.5 + front / max(v, 1.0)):
            return 0.0
    return float(slide)
