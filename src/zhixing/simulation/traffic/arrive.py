"""Who is far away goes, and somebody of the same kind comes: the traffic around a place never runs dry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from zhixing.datatypes.road import LaneKind
from zhixing.datatypes.shapes import FloatArray, IntArray
from zhixing.driving.leaf_kernel import leaf_kernel
from zhixing.simulation.traffic.dice import next_way, random_unit
from zhixing.simulation.traffic.models import Mind
from zhixing.simulation.traffic.people import NOWHERE_M, Motion, Traits
from zhixing.simulation.traffic.step import place_on
from zhixing.simulation.traffic.ways import Ways

SEE_M = 170.0
"""Beyond this distance from the middle road users appear and disappear."""
APPEAR_M = 122.0
"""Nearer than this nobody appears once the traffic runs."""
_MARGIN_M = 10.0
_FROM_START_M, _BEFORE_END_M = 4.0, 8.0
BEFORE_LIGHT_M = 45.0
"""Nobody appears nearer to the end of a lane that a light stands at."""
EVERY_M = 9.0
"""Distance between places where somebody may appear."""
_FREE_M = (14.0, 3.0)
"""Between somebody new and everybody else: on lanes for cars, elsewhere."""
_TRIES = 80
_OUTSIDE, _DRIVES = int(Mind.OUTSIDE), int(Mind.DRIVES)
_DIE = 40_009
_SETS_OFF = 0.8


class Spots(NamedTuple):
    """Places where somebody may appear, sorted by kind of way.

    Attributes:
        way: (spots,)
        s_m: (spots,) along it.
        x_m: (spots,) in the world frame.
        y_m: (spots,)
        first: (kinds + 1,) spots ``first[k]:first[k + 1]`` are on ways of kind k (:class:`LaneKind`).
    """

    way: IntArray
    s_m: FloatArray
    x_m: FloatArray
    y_m: FloatArray
    first: IntArray


def spots_of(ways: Ways) -> Spots:
    """Return where on the lanes somebody may appear: not in crossroads, and not at speed just before a light."""
    found: dict[LaneKind, list[tuple[int, float]]] = {}
    for way in range(ways.kind.shape[0]):
        nexts = ways.nexts[ways.first_next[way] : ways.first_next[way + 1]]
        if ways.group[way] >= 0 or ways.junction[way] >= 0 or not nexts.size:
            continue
        keep_m = BEFORE_LIGHT_M if (ways.group[nexts] >= 0).any() else _BEFORE_END_M
        along = np.arange(_FROM_START_M, float(ways.length_m[way]) - keep_m, EVERY_M).tolist()
        found.setdefault(LaneKind(int(ways.kind[way])), []).extend((way, s_m) for s_m in along)
    return spots_at(ways, found)


def spots_at(ways: Ways, places: Mapping[LaneKind, Sequence[tuple[int, float]]]) -> Spots:
    """Return places by the kind of lane whose road users appear there.

    Args:
        ways: They are on these.
        places: Ways and distances along them, m, by :class:`LaneKind`.
    """
    by_number = {int(kind): where for kind, where in places.items()}
    rows, first = [], [0]
    for number in range(max(LaneKind) + 1):
        for way, s_m in by_number.get(number, ()):
            x, y, _ = place_on(ways, way, s_m, 0.0)
            rows.append((way, s_m, x, y))
        first.append(len(rows))
    table = np.array(rows, dtype=np.float64).reshape(-1, 4)
    return Spots(
        table[:, 0].astype(np.int64), table[:, 1].copy(), table[:, 2].copy(), table[:, 3].copy(),
        np.array(first, dtype=np.int64),
    )  # fmt: skip


@leaf_kernel
def renew_worlds(
    nearest_m: float,
    most: int,
    seeds: IntArray,
    first_user: IntArray,
    middle_m: FloatArray,
    comes_on: IntArray,
    newest: IntArray,
    ways: Ways,
    spots: Spots,
    traits: Traits,
    motion: Motion,
) -> None:
    """Let somebody new appear in rows whose road user is far away or gone, in place.

    Args:
        nearest_m: Nobody appears nearer to the middle.
        most: At most so many in a world at once.
        seeds: (worlds,)
        first_user: (worlds + 1,) see ``step_worlds``.
        middle_m: (worlds, 2) around which the traffic is.
        comes_on: (users,) kind of way on which the road user of a row appears.
        newest: (worlds,) last identity given; counted on.
        ways: Shared by all worlds.
        spots: Of these ways.
        traits: (users,)
        motion: (users,)
    """
    for w in range(seeds.shape[0]):
        done, rows, start = 0, first_user[w + 1] - first_user[w], newest[w]
        for k in range(rows):
            # From another row each time: those who find no place must not keep all others from coming.
            u = first_user[w] + (start + k) % rows
            if done >= most:
                break
            if traits.mind[u] <= _OUTSIDE:
                continue
            dx, dy = motion.x_m[u] - middle_m[w, 0], motion.y_m[u] - middle_m[w, 1]
            if motion.there[u] and dx * dx + dy * dy < SEE_M * SEE_M:
                continue
            done += 1
            newest[w] += 1
            motion.there[u] = False
            motion.x_m[u] = motion.y_m[u] = NOWHERE_M
            begin, end = spots.first[comes_on[u]], spots.first[comes_on[u] + 1]
            for attempt in range(_TRIES):
                if end <= begin:
                    break
                spot = begin + int(random_unit(seeds[w] + _DIE, newest[w], attempt) * (end - begin))
                x, y = spots.x_m[spot], spots.y_m[spot]
                dx, dy = x - middle_m[w, 0], y - middle_m[w, 1]
                is_right = nearest_m * nearest_m < dx * dx + dy * dy < (SEE_M - _MARGIN_M) ** 2
                if is_right and _is_free(x, y, u, first_user[w], first_user[w + 1], traits, motion):
                    _appear(u, newest[w], seeds[w], spots.way[spot], spots.s_m[spot], ways, traits, motion)
                    break


@leaf_kernel
def _is_free(x: float, y: float, u: int, begin: int, end: int, traits: Traits, motion: Motion) -> bool:
    free = (_FREE_M[0] if traits.mind[u] == _DRIVES else _FREE_M[1]) + 0.5 * traits.length_m[u]
    for o in range(begin, end):
        dx, dy = motion.x_m[o] - x, motion.y_m[o] - y
        if motion.there[o] and dx * dx + dy * dy < free * free:
            return False
    return True


@leaf_kernel
def _appear(u: int, identity: int, seed: int, way: int, s_m: float, ways: Ways, traits: Traits, motion: Motion) -> None:
    motion.identity[u], motion.way[u], motion.s_m[u], motion.legs[u] = identity, way, s_m, 0
    motion.next_way[u] = next_way(ways, way, seed, identity, 1)
    motion.second_way[u] = next_way(ways, motion.next_way[u], seed, identity, 2)
    room = max(0.0, ways.half_m[way] - 0.5 * traits.width_m[u])
    motion.offset_m[u] = motion.wish_m[u] = min(max(traits.likes_m[u], -room), room)
    motion.slide_mps[u] = motion.accel_mps2[u] = motion.waited_s[u] = 0.0
    motion.runs[u], motion.rank[u] = False, ways.rank[way]
    motion.speed_mps[u] = _SETS_OFF * min(traits.wanted_mps[u], ways.limit_mps[way])
    motion.x_m[u], motion.y_m[u], motion.yaw_rad[u] = place_on(ways, way, s_m, motion.offset_m[u])
    motion.there[u] = True
