"""How people walk: social forces in the frame of the own way, lights, and the courage to cross.

Source: Helbing and Molnar 1995 (driving force, relaxation time of 0.5 s); strength, range and form factor of the
circular repulsion from Johansson, Helbing and Shukla, Specification of the social force pedestrian model by
evolutionary adjustment to video tracking data (2007).
"""

from __future__ import annotations

import math

from zhixing.datatypes.lights import Light
from zhixing.datatypes.road import LaneKind
from zhixing.datatypes.shapes import FloatArray, IntArray
from zhixing.driving.leaf_kernel import leaf_kernel
from zhixing.simulation.traffic.dice import random_unit
from zhixing.simulation.traffic.look import (
    ALONG,
    ALONG_MPS,
    HALF_ALONG,
    HALF_LATERAL,
    IN_S,
    LATERAL,
    OUT_S,
    WHO,
    WHOM,
    ZONE_M,
)
from zhixing.simulation.traffic.models import Heeds, Mind
from zhixing.simulation.traffic.people import Motion, Traits
from zhixing.simulation.traffic.ways import RANK_JOINS, RANK_WALKS, Ways

_RELAXES_S = 0.5
_STRENGTH_MPS2, _RANGE_M, _FORM = 0.42, 1.65, 0.12
_KEEPS_SIDE_PS2 = 0.5
_BODY_M = 0.3
_MARGIN_S = 1.5
"""Between the last step and the vehicle: gaps accepted at Chinese crossings are that short."""
_SLOW_MPS = 2.0
_CROSSING = int(LaneKind.CROSSING)
_OFF, _GREEN = int(Light.OFF), int(Light.GREEN)
_WALKS = int(Mind.WALKS)
_LIGHTS, _FRONT, _COMERS = int(Heeds.LIGHTS), int(Heeds.FRONT), int(Heeds.COMERS)
_DIE_RED = 211


@leaf_kernel
def walk_mps2(
    u: int, seed: int, ways: Ways, traits: Traits, motion: Motion, lights: IntArray, seen: FloatArray, meets: FloatArray
) -> tuple[float, float]:
    """Return the acceleration of somebody on foot along and across its way.

    Args:
        u: Who.
        seed: Of the world.
        ways: Of the world.
        traits: Of everybody.
        motion: Of everybody.
        lights: (groups,) what is shown.
        seen: (seen, columns) who is near.
        meets: (meets, columns) who will come onto the path.
    """
    way, v = motion.way[u], motion.speed_mps[u]
    wanted = traits.wanted_mps[u]
    crosses = ways.kind[way] == _CROSSING
    green = _has_green(ways.group[way], lights)
    motion.rank[u] = ways.rank[way] if not crosses or green else RANK_JOINS
    if crosses and not green:
        wanted *= 1.2  # over, before it is too late
    left = ways.length_m[way] - motion.s_m[u]
    following = motion.next_way[u]
    if following >= 0 and ways.kind[following] == _CROSSING and not crosses and left < 4.0:
        motion.rank[u] = RANK_WALKS
        if traits.heeds[u] & _LIGHTS and not _has_green(ways.group[following], lights):
            motion.rank[u] = RANK_JOINS
            runs = random_unit(seed + _DIE_RED, motion.identity[u], motion.legs[u]) < traits.red_rate[u]
            if not runs:
                wanted = min(wanted, math.sqrt(max(0.0, left - 0.4)))
    along = (wanted - v) / _RELAXES_S
    room = max(0.2, ways.half_m[way])
    likes = min(max(traits.likes_m[u], -room), room)
    across = -motion.slide_mps[u] / _RELAXES_S + _KEEPS_SIDE_PS2 * (likes - motion.offset_m[u])
    in_front = seen.shape[0] if traits.heeds[u] & _FRONT else 0
    for k in range(in_front):
        dx, dy = seen[k, ALONG], seen[k, LATERAL]
        away = math.sqrt(dx * dx + dy * dy) + 1e-9
        o = int(seen[k, WHO])
        if traits.mind[o] != _WALKS:
            # Whoever is on wheels and in the way is waited for or walked round.
            gap = dx - seen[k, HALF_ALONG] - _BODY_M
            if dx > 0.0 and gap < 1.5 and abs(dy) < seen[k, HALF_LATERAL] + _BODY_M + 0.15:
                along = min(along, (max(0.0, gap - 0.3) - v) / _RELAXES_S)
                across += 1.2 if dy <= 0.0 else -1.2
            continue
        if away > 4.0:
            continue
        c = dx / away
        force = _STRENGTH_MPS2 * math.exp((2.0 * _BODY_M - away) / _RANGE_M) * (_FORM + 0.5 * (1.0 - _FORM) * (1.0 + c))
        if away < 2.0 * _BODY_M:
            force += 6.0 * (2.0 * _BODY_M - away)
        along -= force * c
        side = dy / away
        if abs(side) < 0.1 and dx > 0.0 and seen[k, ALONG_MPS] < v:
            side = -0.3 if (motion.identity[u] & 1) == 0 else 0.3
        across -= force * side
    comers = meets.shape[0] if traits.heeds[u] & _COMERS else 0
    for k in range(comers):
        zone = meets[k, ZONE_M]
        o = int(meets[k, WHOM])
        if traits.mind[o] == _WALKS or zone < 0.0:
            continue
        pace = max(wanted, 0.7)
        own_in = max(zone, 0.0) / pace
        own_out = (max(zone, 0.0) + traits.width_m[o] + 1.2) / pace
        if own_out + _MARGIN_S < meets[k, IN_S] or own_in > meets[k, OUT_S] + 0.3:
            continue
        # On green one goes before whoever can still stop; otherwise only before who creeps.
        brakes_s = motion.speed_mps[o] / (2.0 * max(traits.brake_mps2[o], 0.5))
        can_stop = meets[k, IN_S] > brakes_s + 1.0 or motion.speed_mps[o] < _SLOW_MPS
        if (
            motion.rank[u] == RANK_WALKS
            and can_stop
            and motion.waited_s[u] > 0.3 + 2.0 * random_unit(seed, motion.identity[u], 5)
        ):
            continue
        if motion.waited_s[u] > traits.patience_s[u] and can_stop:
            continue
        along = min(along, (math.sqrt(max(0.0, zone - 0.5)) - v) / _RELAXES_S)
    return along, across


@leaf_kernel
def _has_green(group: int, lights: IntArray) -> bool:
    return group < 0 or lights[group] == _GREEN or lights[group] == _OFF
