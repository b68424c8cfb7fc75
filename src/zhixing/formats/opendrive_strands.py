"""Which lanes share a road element when a :class:`Road` is written, and how these roads follow each other.

A strand is one ``road`` element: lanes side by side that say so of each other and whose boundaries are the same points.
OpenDRIVE lets a road be followed by one road or one junction; where lanes part or join outside a junction, a direct
junction (1.7) says it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from zhixing.datatypes.road import Lane, LaneKind, Road

_SAME_M = 1e-7

Pair = tuple[int, int]
"""A lane and one that continues it."""


@dataclass(slots=True)
class Strand:
    """One road element to be.

    Attributes:
        lanes: From left to right, indices of the map.
        junction: That it lies in, or -1; a road that nothing leads into from outside is none of a junction's.
        after: ``road`` or ``junction`` and its number, or None.
        before: The same, where it begins.
        links_after: For each of its lanes the one in the next road.
        links_before: For each of its lanes the one in the road before.
    """

    lanes: tuple[int, ...]
    junction: int
    after: tuple[str, int] | None = None
    before: tuple[str, int] | None = None
    links_after: dict[int, int] = field(default_factory=dict)
    links_before: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Connection:
    """What one road's lanes go on as in a junction.

    Attributes:
        incoming: The strand that ends there.
        following: The strand that begins there.
        pairs: Of their lanes.
    """

    incoming: int
    following: int
    pairs: tuple[Pair, ...]


@dataclass(frozen=True, slots=True)
class Junction:
    """A junction element to be; its members are roads within it, or none where it is direct."""

    is_direct: bool
    connections: tuple[Connection, ...]


def strands_of(road: Road) -> tuple[list[Strand], list[Junction]]:
    """Return the road elements of a map and their junctions: first the map's own, in order, then the direct ones."""
    strands = _side_by_side(road)
    strand_of = {lane: k for k, strand in enumerate(strands) for lane in strand.lanes}
    between: dict[Pair, list[Pair]] = {}
    for lane, nexts in enumerate(road.successors):
        for following in nexts:
            if lane in strand_of and following in strand_of:
                between.setdefault((strand_of[lane], strand_of[following]), []).append((lane, following))
    entered = {other for one, other in between if strands[one].junction != strands[other].junction}
    for k, strand in enumerate(strands):
        strand.junction = strand.junction if k in entered else -1
    inside: dict[int, list[Connection]] = {k: [] for k in range(road.num_junctions)}
    plain: dict[Pair, list[Pair]] = {}
    for (one, other), pairs in between.items():
        junction = strands[other].junction
        if junction not in {-1, strands[one].junction}:
            inside[junction].append(Connection(one, other, tuple(pairs)))
        else:
            plain[one, other] = pairs
    for junction, connections in inside.items():
        _enter(strands, junction, connections)
    direct = _join(strands, plain, road.num_junctions)
    return strands, [*(Junction(False, tuple(inside[k])) for k in range(road.num_junctions)), *direct]


def _side_by_side(road: Road) -> list[Strand]:
    strands = []
    taken: set[int] = set()
    for k, lane in enumerate(road.lanes):
        if k in taken or lane.kind == LaneKind.CROSSING:
            continue
        members = [k]
        while (left := _beside(road, members[0])) not in {-1, *taken, *members}:
            members.insert(0, left)
        while (right := _beside(road, members[-1], to_left=False)) not in {-1, *taken, *members}:
            members.append(right)
        taken |= set(members)
        strands.append(Strand(tuple(members), lane.junction))
    return strands


def _beside(road: Road, lane: int, *, to_left: bool = True) -> int:
    """Return the neighbour whose boundary is the same points, or -1."""
    one = road.lanes[lane]
    other = one.left_lane if to_left else one.right_lane
    if other < 0:
        return -1
    neighbour = road.lanes[other]
    back = neighbour.right_lane if to_left else neighbour.left_lane
    alike = (neighbour.kind, neighbour.junction) == (one.kind, one.junction)
    left, right = (neighbour, one) if to_left else (one, neighbour)
    return other if back == lane and alike and _touch(left, right) else -1


def _touch(left: Lane, right: Lane) -> bool:
    edge, other = left.right_xy_m, right.left_xy_m
    return edge.shape == other.shape and float(np.abs(edge - other).max()) <= _SAME_M


def _enter(strands: list[Strand], junction: int, connections: list[Connection]) -> None:
    """Link the roads that lead into a junction; a road within it comes from one road only."""
    connections.sort(key=lambda c: (c.following, -len(c.pairs), c.incoming))
    entered: set[int] = set()
    for connection in list(connections):
        if connection.following in entered:
            connections.remove(connection)
            continue
        entered.add(connection.following)
        incoming, following = strands[connection.incoming], strands[connection.following]
        following.before = ("road", connection.incoming)
        following.links_before = {b: a for a, b in reversed(connection.pairs)}
        if incoming.junction < 0 and incoming.after is None:
            incoming.after = ("junction", junction)


def _join(strands: list[Strand], plain: dict[Pair, list[Pair]], num_junctions: int) -> list[Junction]:
    """Link roads that follow each other outside or within one junction, and those that leave one."""
    num_after = Counter(one for one, _ in plain)
    num_before = Counter(other for _, other in plain)
    open_ends: dict[Pair, list[Pair]] = {}
    for (one, other), pairs in plain.items():
        a, b = strands[one], strands[other]
        if a.junction >= 0 and b.junction < 0:  # leaves a junction
            if a.after is None:
                a.after = ("road", other)
                a.links_after = dict(reversed(pairs))
            b.before = b.before or ("junction", a.junction)
        elif a.after is None and b.before is None and num_after[one] == num_before[other] == 1:
            a.after, b.before = ("road", other), ("road", one)
            a.links_after, b.links_before = dict(reversed(pairs)), {y: x for x, y in reversed(pairs)}
        elif a.junction < 0:
            open_ends[one, other] = pairs
    open_ends = {
        (one, other): pairs
        for (one, other), pairs in open_ends.items()
        if strands[one].after is None and strands[other].before is None
    }
    return _direct(strands, open_ends, num_junctions)


def _direct(strands: list[Strand], open_ends: dict[Pair, list[Pair]], num_junctions: int) -> list[Junction]:
    """Return a direct junction for each place where roads part or join."""
    found: list[Junction] = []
    left = dict(open_ends)
    while left:
        ends, starts, size = {min(left)[0]}, set[int](), -1
        while size != len(ends) + len(starts):
            size = len(ends) + len(starts)
            starts |= {other for one, other in left if one in ends}
            ends |= {one for one, other in left if other in starts}
        place = ("junction", num_junctions + len(found))
        for one in ends:
            strands[one].after = place
        for other in starts:
            strands[other].before = place
        here = sorted(pair for pair in left if pair[0] in ends)
        found.append(Junction(True, tuple(Connection(*pair, tuple(left.pop(pair))) for pair in here)))
    return found
