"""How the lanes of a :class:`Road` become SUMO's: streets of lanes side by side, links over junctions, nodes between.

A lane in a junction that leads from one street to another is a link, and so is a waiting area with the lane behind it:
SUMO knows no place to wait within a junction, so there everybody waits before it for the light behind it.
Whatever else can be driven on is (part of) a street. Streets touch in nodes; all links of one junction are in one node,
so that SUMO sees who meets whom.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zhixing.datatypes.road import NO_LANE, NO_LIGHT, Lane, LaneKind, Road
from zhixing.datatypes.shapes import FloatArray

_BESIDE_M, _WALK_BESIDE_M, _WALK_ENDS_M = 1.5, 3.0, 12.0
_ALONE = -1


@dataclass(frozen=True, slots=True)
class Street:
    """Lanes side by side that begin and end together: an edge of SUMO's.

    Attributes:
        lanes: From right to left, indices of the map: the lane for two-wheelers, if any, and those for cars.
        walk: The pavement on its right, or ``NO_LANE``.
        before: Node where it begins.
        after: Node where it ends.
    """

    lanes: tuple[int, ...]
    walk: int
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Link:
    """A way from one lane to another: a connection of SUMO's.

    Attributes:
        lane: It comes from there.
        following: It goes there.
        via: The lanes in the junction that it runs on, one after the other; none where the two touch.
        node: In which it lies.
    """

    lane: int
    following: int
    via: tuple[int, ...]
    node: int


@dataclass(frozen=True, slots=True)
class Layout:
    """A road as SUMO sees it.

    Attributes:
        streets: Edges.
        links: Connections.
        nodes_xy_m: (nodes, 2) in the world frame.
        place: For each lane that is part of a street the street, and its number in it from the right, the pavement
            counted.
    """

    streets: tuple[Street, ...]
    links: tuple[Link, ...]
    nodes_xy_m: FloatArray
    place: dict[int, tuple[int, int]]


def layout_of(road: Road) -> Layout:
    """Return the streets, links and nodes of a road."""
    before = road.predecessors()
    moves = [lane.kind in {LaneKind.DRIVING, LaneKind.BIKING} for lane in road.lanes]
    ways = [way for k in range(len(road.lanes)) if moves[k] and (way := _way_from(road, before, k))]
    links_of = {lane for way in ways for lane in way}
    groups = _side_by_side(road, [k for k in range(len(road.lanes)) if moves[k] and k not in links_of])
    street_of = {lane: k for k, group in enumerate(groups) for lane in group}
    # Ends of streets: 2k where street k begins, 2k + 1 where it ends; after them one for each junction.
    ends = _Ends(2 * len(groups) + road.num_junctions)
    found: list[tuple[int, int, tuple[int, ...]]] = []
    for lane, street in street_of.items():
        for following in road.successors[lane]:
            if following in street_of:
                ends.join(2 * street + 1, 2 * street_of[following])
                found.append((lane, following, ()))
    for via in sorted(_to_the_end(ways)):
        junction = 2 * len(groups) + road.lanes[via[0]].junction
        for lane in before[via[0]]:
            for following in road.successors[via[-1]]:
                if lane in street_of and following in street_of:
                    ends.join(2 * street_of[lane] + 1, junction)
                    ends.join(2 * street_of[following], junction)
                    found.append((lane, following, via))
    names: dict[int, int] = {}
    node_of = [names.setdefault(ends.root(end), len(names)) for end in range(2 * len(groups))]
    places: list[list[FloatArray]] = [[] for _ in names]
    for k, group in enumerate(groups):
        places[node_of[2 * k]] += [road.lanes[lane].centre_xy_m[0] for lane in group]
        places[node_of[2 * k + 1]] += [road.lanes[lane].centre_xy_m[-1] for lane in group]
    walks = _walks(road, groups)
    streets = tuple(
        Street(group, walks.get(k, NO_LANE), node_of[2 * k], node_of[2 * k + 1]) for k, group in enumerate(groups)
    )
    return Layout(
        streets,
        tuple(Link(a, b, via, node_of[2 * street_of[a] + 1]) for a, b, via in sorted(set(found))),
        np.array([np.mean(points, axis=0) for points in places]).reshape(-1, 2),
        {
            lane: (k, place + (street.walk != NO_LANE))
            for k, street in enumerate(streets)
            for place, lane in enumerate(street.lanes)
        },
    )


def _way_from(road: Road, before: tuple[tuple[int, ...], ...], lane: int) -> tuple[int, ...]:
    """Return the way over a junction that begins with a lane; empty if none does.

    It is that lane, and where that is a waiting area all lanes behind it.
    """
    nexts, junction = road.successors[lane], road.lanes[lane].junction
    if junction < 0 or not before[lane] or not nexts or any(road.lanes[k].junction >= 0 for k in before[lane]):
        return ()
    if all(road.lanes[k].junction < 0 for k in nexts):
        return (lane,)
    is_lit = all(road.lanes[k].light_group != NO_LIGHT for k in (lane, *nexts))
    ends = [
        road.lanes[k].junction == junction and before[k] == (lane,) and road.successors[k] != ()
        and all(road.lanes[out].junction < 0 for out in road.successors[k])
        for k in nexts
    ]  # fmt: skip
    return (lane, *nexts) if is_lit and all(ends) else ()


def _to_the_end(ways: list[tuple[int, ...]]) -> list[tuple[int, ...]]:
    """Return each way over a junction as the lanes that somebody drives on."""
    return [way for first, *rest in ways for way in ([(first, k) for k in rest] if rest else [(first,)])]


def _side_by_side(road: Road, lanes: list[int]) -> list[tuple[int, ...]]:
    """Return lanes in groups, each from right to left: neighbours, and lanes for two-wheelers beside those for cars."""
    free, groups = set(lanes), []
    for k in lanes:
        if k not in free or road.lanes[k].kind != LaneKind.DRIVING:
            continue
        group, right, left = [k], road.lanes[k].right_lane, road.lanes[k].left_lane
        while right in free and right not in group:
            group.insert(0, right)
            right = road.lanes[right].right_lane
        while left in free and left not in group:
            group.append(left)
            left = road.lanes[left].left_lane
        free -= set(group)
        groups.append(group)
    for k in sorted(free):
        lane = road.lanes[k]
        beside = [
            (away, index)
            for index, group in enumerate(groups)
            if road.lanes[group[0]].kind == LaneKind.DRIVING
            and road.lanes[group[0]].junction == lane.junction
            and (away := _away_m(road.lanes[group[0]], lane)) < _BESIDE_M
        ]
        if lane.kind == LaneKind.BIKING and beside:
            groups[min(beside)[1]].insert(0, k)
        else:
            groups.append([k])
    return [tuple(group) for group in groups]


def _away_m(inner: Lane, outer: Lane) -> float:
    """Return how far apart, at the worse end, the right edge of one lane and the left edge of another are."""
    return max(float(np.hypot(*(inner.right_xy_m[end] - outer.left_xy_m[end]))) for end in (0, -1))


def _walks(road: Road, groups: list[tuple[int, ...]]) -> dict[int, int]:
    """Return for each street with a pavement on its right that runs along with it which lane that is."""
    walks = [k for k, lane in enumerate(road.lanes) if lane.kind == LaneKind.SIDEWALK]
    found: dict[int, int] = {}
    for k, group in enumerate(groups):
        outer = road.lanes[group[0]]
        if outer.junction >= 0:
            continue
        middle, best = outer.right_xy_m[outer.right_xy_m.shape[0] // 2], (_WALK_BESIDE_M, _ALONE)
        for walk in walks:
            lane = road.lanes[walk]
            if any(np.hypot(*(lane.centre_xy_m[e] - outer.right_xy_m[e])) > _WALK_ENDS_M for e in (0, -1)):
                continue
            best = min(best, (float(np.hypot(*(lane.centre_xy_m - middle).T).min()), walk))
        if best[1] != _ALONE:
            found[k] = best[1]
    return found


class _Ends:
    """Ends of streets that grow together to nodes."""

    def __init__(self, count: int) -> None:
        self._above = list(range(count))

    def root(self, end: int) -> int:
        while self._above[end] != end:
            self._above[end] = self._above[self._above[end]]
            end = self._above[end]
        return end

    def join(self, one: int, other: int) -> None:
        self._above[self.root(other)] = self.root(one)
