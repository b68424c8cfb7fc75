"""How fast: behind others, in bends, before lights, and where ways meet."""

from __future__ import annotations

import math

import numpy as np

from zhixing.datatypes.lights import Light
from zhixing.datatypes.shapes import FloatArray, IntArray
from zhixing.driving.leaf_kernel import leaf_kernel
from zhixing.simulation.traffic.dice import random_unit
from zhixing.simulation.traffic.look import (
    ALONG,
    ALONG_MPS,
    BEND,
    CROSSES,
    HALF_ALONG,
    HALF_LATERAL,
    IN_S,
    LATERAL,
    LATERAL_MPS,
    OUT_S,
    PATH_POINTS,
    RANK,
    THERE_MPS,
    TURN_COS,
    TURN_SIN,
    WHO,
    WHOM,
    ZONE_M,
    begins_m,
)
from zhixing.simulation.traffic.models import Heeds, Mind
from zhixing.simulation.traffic.people import Motion, Traits
from zhixing.simulation.traffic.ways import RANK_JOINS, Ways

HARDEST_MPS2 = 8.0
_BEND_MPS2 = 2.0
"""Lateral acceleration that is usual in bends at low speed (Treiber and Kesting 2013 take 1.5 to 2)."""
_FOLLOW_SIDE_M = 0.2
_ANTICIPATES_S = 0.8
_BUFFER_S = 0.6
"""Between one leaving a place and the other arriving there."""
_CRITICAL_S = 1.2
"""So much longer must the gap be for those who have to give way."""
_STANDS_BEFORE_M = 1.0
_FROM_LINE_M = 0.6
_LETS_IN_MPS2, _GIVES_WAY_MPS2 = 3.0, 6.0
_CLOSE_M, _EASES_MPS2, _NEARS_MPS = 0.25, 1.0, 0.05
_FAR_Z = 0.25
"""Share of the wished gap in the gap there is, below which it does not matter."""
_RED_PACE = 0.75
_RED, _YELLOW = int(Light.RED), int(Light.YELLOW)
_DRIVES = int(Mind.DRIVES)
_LIGHTS, _FRONT, _COMERS = int(Heeds.LIGHTS), int(Heeds.FRONT), int(Heeds.COMERS)
_RANK_LOOK_M = 30.0
_AT_LINE_M = 3.0
_HARDLY_MOVES_MPS = 1.0
_ASKEW, _ASKEW_SIDE_M = 0.1, 0.45
"""Cosine times sine of the turn, from which on the box around somebody is told from itself."""
_OVER_LINE_M = 1.5
_KEEPS_CLEAR = 0.9
"""Share of the drivers who do not enter a junction that they cannot leave."""
_DIE_RED, _DIE_COURTESY, _DIE_BOX = 101, 977, 1409


@leaf_kernel
def follow_mps2(v: float, free: float, gap: float, lead: float, u: int, traits: Traits) -> float:
    """Return the acceleration behind somebody by the improved intelligent driver model (Treiber and Kesting 2013).

    Args:
        v: Own speed, m/s.
        free: Acceleration on a free road, from :func:`free_mps2`.
        gap: From box to box, m.
        lead: Speed of the other along the own path.
        u: Whose traits count.
        traits: Of everybody.
    """
    a, b = traits.accel_mps2[u], traits.brake_mps2[u]
    star = traits.gap_m[u] + max(0.0, v * traits.headway_s[u] + v * (v - lead) / (2.0 * math.sqrt(a * b)))
    z = star / max(gap, 0.05)
    if z >= 1.0:
        return float(min(free, a * (1.0 - z * z)))
    if free <= 0.0 or z < _FAR_Z:
        return free
    return float(free * (1.0 - z ** (2.0 * a / free))) if free > 0.02 * a else 0.0


@leaf_kernel
def free_mps2(v: float, wanted: float, u: int, traits: Traits) -> float:
    """Return the acceleration on a free road."""
    a, b = traits.accel_mps2[u], traits.brake_mps2[u]
    if wanted < 0.05:
        return -float(b) if v > 0.0 else 0.0
    if v <= wanted:
        return float(a * (1.0 - (v / max(wanted, 0.1)) ** 4))
    return float(-b * (1.0 - (max(wanted, 0.1) / v) ** (4.0 * a / b)))


@leaf_kernel
def _stop_mps2(v: float, left: float, u: int, traits: Traits) -> float:
    """Return the acceleration that ends at standstill after the distance that is left."""
    if left < 0.15:
        return -3.0 if v > 0.05 else -1.0
    needed = v * v / (2.0 * left)
    brake = traits.brake_mps2[u]
    if needed > brake:
        return -1.05 * needed
    return float(min(traits.accel_mps2[u], 2.0 * (math.sqrt(1.6 * brake * left) - v)))


@leaf_kernel
def pace_mps2(
    u: int,
    seed: int,
    ways: Ways,
    traits: Traits,
    motion: Motion,
    lights: IntArray,
    path: FloatArray,
    spacing: float,
    seen: FloatArray,
    meets: FloatArray,
) -> float:
    """Return the acceleration of somebody who drives or rides.

    Args:
        u: Who.
        seed: Of the world.
        ways: Of the world.
        traits: Of everybody.
        motion: Of everybody.
        lights: (groups,) what is shown.
        path: (points, 6) the own one.
        spacing: Of its points, m.
        seen: (seen, columns) who is near.
        meets: (meets, columns) who will come onto the path.
    """
    v, way = motion.speed_mps[u], motion.way[u]
    wanted = min(traits.wanted_mps[u], ways.limit_mps[way])
    if motion.runs[u]:
        wanted *= _RED_PACE
    for k in range(PATH_POINTS):
        if path[k, BEND] > 0.01:
            bend = _BEND_MPS2 / path[k, BEND]
            wanted = min(wanted, math.sqrt(bend + 1.6 * traits.brake_mps2[u] * k * spacing))
    a = free = free_mps2(v, wanted, u, traits)
    front = 0.5 * traits.length_m[u]
    # Who moves sideways stands askew and needs more room.
    half = 0.5 * traits.width_m[u] + front * min(0.4, abs(motion.slide_mps[u]) / max(v, 1.0))
    in_front = seen.shape[0] if traits.heeds[u] & _FRONT else 0
    line_m, beyond_m = _box_ahead(u, seed, ways, traits, motion)
    for k in range(in_front):
        along, lateral = seen[k, ALONG], seen[k, LATERAL]
        if along <= 0.0:
            continue
        comes = seen[k, LATERAL_MPS] * lateral < 0.0
        aside = abs(lateral) - (_ANTICIPATES_S * abs(seen[k, LATERAL_MPS]) if comes else 0.0)
        if aside > half + seen[k, HALF_LATERAL] + _FOLLOW_SIDE_M:
            continue
        o, gap = int(seen[k, WHO]), along - front - seen[k, HALF_ALONG]
        if abs(seen[k, TURN_COS] * seen[k, TURN_SIN]) > _ASKEW and motion.speed_mps[o] < _HARDLY_MOVES_MPS:
            # Who stands askew takes up less than the box around it.
            gap = begins_m(seen[k], half + _ASKEW_SIDE_M, traits.length_m[o], traits.width_m[o]) - front
            if gap == np.inf:
                continue
        lead = seen[k, ALONG_MPS] if seen[k, ALONG_MPS] > -0.3 else max(-3.0, seen[k, ALONG_MPS])
        if gap < 0.0 and abs(lateral) > half + seen[k, HALF_LATERAL]:
            # Beside and coming nearer: who may go first goes; who stands does not wait for ever.
            nears = -seen[k, LATERAL_MPS] if lateral > 0.0 else seen[k, LATERAL_MPS]
            if nears + abs(motion.slide_mps[u]) < _NEARS_MPS:
                continue  # abreast
            mine, theirs = motion.rank[u], motion.rank[o]
            is_close = abs(lateral) - half - seen[k, HALF_LATERAL] < _CLOSE_M
            if (mine > theirs and not is_close) or (mine == theirs and v < 0.5 and u < o):
                continue
            slows = _EASES_MPS2 if not is_close and v > lead - 1.0 else 0.0
            if is_close:
                slows = _GIVES_WAY_MPS2 if mine < theirs else _LETS_IN_MPS2
            a = min(a, -slows if v > 0.0 else 0.0)
            continue
        a = min(a, follow_mps2(v, free, gap, lead, u, traits))
        if front + gap > line_m and gap < beyond_m and motion.speed_mps[o] < _HARDLY_MOVES_MPS:
            stop = max(line_m - front - _FROM_LINE_M, 0.0)
            if v * v <= 2.0 * traits.brake_mps2[u] * max(stop, 0.01):  # else it is too late to stay out
                a = min(a, _stop_mps2(v, stop, u, traits))
    a = min(a, _before_lights(u, seed, ways, traits, motion, lights))
    return max(_among_others(u, seed, a, free, wanted, traits, motion, meets), -HARDEST_MPS2)


@leaf_kernel
def _box_ahead(u: int, seed: int, ways: Ways, traits: Traits, motion: Motion) -> tuple[float, float]:
    """Return how far the next junction is, and the gap that must be free to have room beyond it.

    Whoever keeps junctions clear waits before one until there is room behind it (Implementation Regulations of the Road
    Traffic Safety Law of the PRC, art. 53): most drivers. For all others, and for whoever is within a junction or does
    not come to one, the distance is infinite.
    """
    way, following = motion.way[u], motion.next_way[u]
    if traits.mind[u] != _DRIVES or following < 0 or ways.junction[way] >= 0 or ways.junction[following] < 0:
        return np.inf, 0.0
    left = ways.length_m[way] - motion.s_m[u]
    front = 0.5 * traits.length_m[u]
    if left < front - _OVER_LINE_M:
        return np.inf, 0.0  # it is on its way
    if random_unit(seed + _DIE_BOX, motion.identity[u], motion.legs[u]) > _KEEPS_CLEAR:
        return np.inf, 0.0
    over = ways.length_m[following]
    second = motion.second_way[u]
    if second >= 0 and ways.junction[second] >= 0:
        over += ways.length_m[second]
    return left, left - front + over + traits.length_m[u] + traits.gap_m[u]


@leaf_kernel
def _before_lights(u: int, seed: int, ways: Ways, traits: Traits, motion: Motion, lights: IntArray) -> float:
    """Return what a light on the way allows; note who runs it, and who goes first from here."""
    v, way = motion.speed_mps[u], motion.way[u]
    left = ways.length_m[way] - motion.s_m[u]
    in_junction = ways.junction[way] >= 0
    motion.rank[u] = RANK_JOINS if motion.runs[u] else ways.rank[way]
    allowed = 1e9
    for step in range(2):
        following = motion.next_way[u] if step == 0 else motion.second_way[u]
        if following < 0 or left > 0.25 * v * v + 1.5 * v + 12.0:
            break
        if ways.junction[following] >= 0 and not in_junction and left < _RANK_LOOK_M and not motion.runs[u]:
            motion.rank[u] = ways.rank[following]
        group = ways.group[following]
        # In a junction the light of one's own movement is behind; another one is that behind a waiting area.
        is_behind = in_junction and ways.junction[following] == ways.junction[way]
        if group >= 0 and not (is_behind and (ways.group[way] < 0 or group == ways.group[way])):
            stop = left - 0.5 * traits.length_m[u] - _FROM_LINE_M
            light = lights[group]
            is_red = light == _RED or (light == _YELLOW and v * v < 2.0 * 3.0 * max(stop, 0.01))
            if is_red and traits.heeds[u] & _LIGHTS and not motion.runs[u] and stop > -1.5:
                die = random_unit(seed + _DIE_RED, motion.identity[u], motion.legs[u] + step)
                has_waited = stop < _AT_LINE_M and motion.waited_s[u] > traits.patience_s[u]
                if die < traits.red_rate[u] and (has_waited or die < traits.dash_rate[u] * traits.red_rate[u]):
                    motion.runs[u] = True
                    motion.rank[u] = RANK_JOINS
                else:
                    allowed = min(allowed, _stop_mps2(v, stop, u, traits))
            elif not is_red and step == 0 and motion.runs[u]:
                motion.runs[u] = False
        left += ways.length_m[following]
    return allowed


@leaf_kernel
def _among_others(
    u: int, seed: int, a: float, free: float, wanted: float, traits: Traits, motion: Motion, meets: FloatArray
) -> float:
    """Return the acceleration that lets those go first who do."""
    v = motion.speed_mps[u]
    comers = meets.shape[0] if traits.heeds[u] & _COMERS else 0
    for k in range(comers):
        o, zone = int(meets[k, WHOM]), meets[k, ZONE_M]
        if meets[k, CROSSES] < 0.5:
            # It joins: who is ahead where the paths meet stays ahead.
            own = arrives_s(v, max(zone, 0.0), traits.accel_mps2[u], wanted)
            if _goes_first(u, o, seed, own, meets[k, IN_S], int(meets[k, RANK]), traits, motion):
                continue
            # The gap is opened until the other one comes, no harder than that takes.
            gap = zone - meets[k, THERE_MPS] * meets[k, IN_S]
            left_s = max(meets[k, IN_S], 0.4)
            opens = traits.gap_m[u] + 0.5 * v * traits.headway_s[u] - gap + max(0.0, v - meets[k, THERE_MPS]) * left_s
            hardest = _GIVES_WAY_MPS2 if motion.rank[u] < int(meets[k, RANK]) else _LETS_IN_MPS2
            if opens > 0.0:
                a = min(a, -min(2.0 * opens / (left_s * left_s), hardest))
            else:
                a = min(a, follow_mps2(v, free, max(gap, 0.5), meets[k, THERE_MPS], u, traits))
            continue
        through_m = zone + traits.length_m[u] + traits.width_m[o] + 1.0
        own_in = arrives_s(v, max(zone, 0.0), traits.accel_mps2[u], wanted)
        own_out = arrives_s(v, max(through_m, 0.0), traits.accel_mps2[u], wanted)
        if own_out + _BUFFER_S < meets[k, IN_S] and not _must_wait(
            u, int(meets[k, RANK]), own_out, meets[k, IN_S], motion
        ):
            continue
        if own_in > meets[k, OUT_S] + 0.2:
            continue
        if _goes_first(u, o, seed, own_in, meets[k, IN_S], int(meets[k, RANK]), traits, motion):
            continue
        if zone < -0.5 * traits.length_m[u]:
            continue  # the own front is already there: on, and away
        a = min(a, _stop_mps2(v, max(zone - _STANDS_BEFORE_M, 0.0), u, traits))
    return a


@leaf_kernel
def _must_wait(u: int, rank: int, own_out: float, other_in: float, motion: Motion) -> bool:
    """Return whether the gap is too short for somebody who has to give way."""
    return motion.rank[u] < rank and own_out + _CRITICAL_S > other_in and motion.speed_mps[u] < 4.0


@leaf_kernel
def _goes_first(u: int, o: int, seed: int, own: float, other: float, rank: int, traits: Traits, motion: Motion) -> bool:
    """Return whether somebody goes before another, arriving after ``own`` and ``other`` seconds."""
    mine = motion.rank[u]
    waited, patience = motion.waited_s[u], traits.patience_s[u]
    if waited > 2.0 * patience:
        mine += 2
    elif waited > patience:
        mine += 1
    if mine < rank and traits.mind[u] == _DRIVES and traits.mind[o] != _DRIVES:
        # Nobody can force a car to let people on foot or on two wheels go first.
        pair = motion.identity[u] * 7919 + motion.identity[o]
        if random_unit(seed + _DIE_COURTESY, pair, 0) > traits.courtesy[u]:
            mine = rank
    if mine > rank:
        return other > own - 1.0 or other > 0.8
    if mine < rank:
        return False
    if abs(own - other) < 0.25:
        return u < o
    return own < other


@leaf_kernel
def arrives_s(v: float, distance: float, accel: float, wanted: float) -> float:
    """Return when a distance is behind, going on as fast as one may."""
    if distance <= 0.0:
        return 0.0
    quick = max(wanted, v, 0.5)
    gains_m = (quick * quick - v * v) / (2.0 * accel)
    if gains_m >= distance:
        return (math.sqrt(v * v + 2.0 * accel * distance) - v) / accel
    return (quick - v) / accel + (distance - gains_m) / quick
