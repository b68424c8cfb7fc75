"""Who goes first where the route crosses or joins the ways of others in a junction.

Who is in a roundabout goes before who enters it; who goes straight on before who turns; who turns left before the
oncoming who turn right into the same street; everybody before who turns round; and where no light tells and both do
the same, who comes from the right. A light that flashes yellow tells nothing.

Source: Road Traffic Safety Law of China, implementation regulations, articles 49, 51 and 52.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit

from zhixing.datatypes.lights import Light
from zhixing.datatypes.road import NO_LIGHT, LaneKind, Road
from zhixing.datatypes.shapes import BoolArray, FloatArray, IntArray, polyline_s_m
from zhixing.datatypes.tracks import RoadUser, Tracks, are_motor_vehicles
from zhixing.driving.lane_map import LaneMap, entry_rad, project
from zhixing.driving.roundabouts import is_in_roundabout
from zhixing.driving.route import Route

_APPROACH_M, _LOOK_M = 60.0, 80.0
"""So far before the junction others count, and the ego asks."""
_MEET_M, _SAME_START_M = 2.0, 1.5
_CLEAR_M, _WAITS_M, _WAITS_MPS2 = 3.0, 1.0, 2.0
"""Whose centre is beyond the place of meeting has passed; whose front can stop before it, braking so hard, waits."""
_MOST_LINES = 32
_STOOD_NS, _STANDING_MPS = 1_000_000_000, 0.3
_FROM_THE_RIGHT_RAD, _ALONG_RAD = math.radians(30.0), math.radians(45.0)
_ON_LANE_M, _BESIDE_LANE_M = 2.0, 5.0
"""Two-wheelers cross beside the lanes."""
_TURNS = frozenset({"left", "right", "u-turn"})


class RightOfWay:
    """Who goes before the ego, and whom the ego goes before.

    Args:
        route: Of the ego.
        lane_map: The lanes of its road.
        knows_light: Whether the task shows the light of the ego's own movement.
    """

    def __init__(self, route: Route, lane_map: LaneMap, *, knows_light: bool = False) -> None:
        road = lane_map.road
        before = road.predecessors()
        route_lanes = frozenset(route.lane_at.tolist())
        inside = sorted(lane for lane in route_lanes if road.lanes[lane].junction >= 0)
        lines: list[FloatArray] = []
        rows: list[_Row] = []
        for own in inside:
            is_lit = knows_light or road.lanes[own].light_group != NO_LIGHT
            visits = _visits(route, own)
            for other, about in enumerate(road.lanes):
                if other in inside or about.junction != road.lanes[own].junction:
                    continue
                meet_m = _meeting_m(road, before, own, other)
                if meet_m is None:
                    continue
                is_first = goes_before(road, other, own, is_lit=is_lit)
                is_last = goes_before(road, own, other, is_lit=is_lit)
                unlit = NO_LIGHT
                if is_first == is_last and is_lit and not knows_light:
                    is_first = goes_before(road, other, own, is_lit=False)
                    is_last = goes_before(road, own, other, is_lit=False)
                    unlit = road.lanes[own].light_group
                if is_first == is_last:
                    continue
                last_m = meet_m + _CLEAR_M if is_first else meet_m - _WAITS_M
                for line, entry_m in _approaches(road, before, other, route_lanes):
                    for from_m, until_m in visits:
                        lines.append(line)
                        group = about.light_group
                        rows.append(_Row(from_m, until_m, entry_m, entry_m + last_m, group, is_first, unlit))
        self._first: IntArray = np.concatenate(([0], np.cumsum([len(line) for line in lines]))).astype(np.int64)
        self._xy_m = np.concatenate(lines) if lines else np.zeros((0, 2))
        self._s_m = np.concatenate([polyline_s_m(line) for line in lines]) if lines else np.zeros(0)
        table = np.array(rows, dtype=np.float64).reshape(-1, len(_Row._fields))
        self._from_m, self._until_m, self._entry_m, self._last_m = table[:, :4].T
        self._light, self._is_first = table[:, 4].astype(np.int64), table[:, 5] > 0.0
        self._unlit: IntArray = table[:, 6].astype(np.int64)

    def find(self, tracks: Tracks, lights: IntArray, s_m: float) -> tuple[BoolArray, BoolArray]:
        """Return (users,) who goes before the ego at the junction that it comes to or is in, and who after it.

        Who has come so far that it cannot wait any more is in neither. Nobody is waited for who has stood for a second:
        something holds it that the map does not show.

        Args:
            tracks: Who is near.
            lights: (groups,) what each light group shows now; who has red goes before nobody.
            s_m: Where on the route's line the ego's centre is.
        """
        flashes = np.append(lights == Light.FLASHING_YELLOW, False)
        near = np.flatnonzero((self._from_m <= s_m) & (s_m <= self._until_m))
        unlit = np.minimum(self._unlit[near], lights.shape[0])
        near = near[(unlit == NO_LIGHT) | flashes[unlit]]
        is_first: BoolArray = np.zeros(tracks.num_objects, dtype=np.bool_)
        is_last = is_first.copy()
        if not near.size or not tracks.num_objects:
            return is_first, is_last
        reach_m = np.where(are_motor_vehicles(tracks.road_user), _ON_LANE_M, _BESIDE_LANE_M)
        from_m = np.zeros(near.size)
        for row, group in enumerate(self._light[near].tolist()):
            if 0 <= group < lights.shape[0] and int(lights[group]) == Light.RED:
                from_m[row] = self._entry_m[near[row]]
        brakes_m = tracks.speed_mps[:, -1] ** 2 / (2.0 * _WAITS_MPS2) + 0.5 * tracks.size_m[:, 0]
        for user in _NEVER_WAIT:
            brakes_m[tracks.road_user == user] = np.inf
        for of, found, ahead_m in (
            (self._is_first[near], is_first, np.zeros_like(brakes_m)),
            (~self._is_first[near], is_last, brakes_m),
        ):
            _find(
                tracks.xy_m[:, -1], tracks.yaw_rad[:, -1], tracks.valid[:, -1], reach_m, ahead_m, near[of], from_m[of],
                self._last_m, self._first, self._xy_m, self._s_m, found,
            )  # fmt: skip
        return is_first & ~_stands(tracks), is_last & ~is_first


class _Row(NamedTuple):
    """A line in whose junction somebody goes first.

    Attributes:
        from_m: From here on the route it matters.
        until_m: Until here.
        entry_m: Where on the line the junction begins.
        last_m: Until where on the line it matters.
        light_group: What lets traffic in.
        is_first: Whether who comes along the line goes before the ego, or after it.
        unlit: The ego's own light group where this holds only while that flashes yellow, or ``NO_LIGHT``.
    """

    from_m: float
    until_m: float
    entry_m: float
    last_m: float
    light_group: int
    is_first: bool
    unlit: int


_NEVER_WAIT = (RoadUser.PEDESTRIAN, RoadUser.OBJECT)


def goes_before(road: Road, one: int, other: int, *, is_lit: bool) -> bool:
    """Return whether who drives on one lane of a junction goes before who drives on another that it meets.

    Args:
        road: Where both are.
        one: Index of a lane.
        other: Index of the other.
        is_lit: Whether lights tell who of those that do the same goes first.
    """
    first, second = road.lanes[one], road.lanes[other]
    rings = is_in_roundabout(road, one), is_in_roundabout(road, other)
    if rings[0] != rings[1]:
        return rings[0]
    if second.turn == "u-turn" or first.turn == "u-turn":
        return first.turn != "u-turn"
    if (second.turn in _TURNS) != (first.turn in _TURNS):
        return second.turn in _TURNS
    if {first.turn, second.turn} == {"left", "right"}:
        return first.turn == "left"
    if is_lit:
        return False
    across = entry_rad(road, one) - entry_rad(road, other)
    return math.sin(across) > math.sin(_FROM_THE_RIGHT_RAD)


def _stands(tracks: Tracks) -> BoolArray:
    """Return (users,) who has stood for a second, or since it is seen."""
    lately = tracks.time_ns > tracks.time_ns[-1] - _STOOD_NS
    stood = (np.abs(tracks.speed_mps[:, lately]) <= _STANDING_MPS) & tracks.valid[:, lately]
    return np.asarray(stood.all(axis=1), dtype=np.bool_)


def _visits(route: Route, lane: int) -> list[tuple[float, float]]:
    """Return from where to where on the route a lane of a junction matters, for each time it is driven."""
    is_on = np.concatenate(([False], route.lane_at == lane, [False]))
    edges = np.flatnonzero(np.diff(is_on.astype(np.int8))).reshape(-1, 2)
    s_m = route.line.s_m
    return [(float(s_m[begin]) - _LOOK_M, float(s_m[min(end, len(s_m) - 1)])) for begin, end in edges.tolist()]


def _meeting_m(road: Road, before: tuple[tuple[int, ...], ...], own: int, other: int) -> float | None:
    """Return where along another lane of a junction it meets the own one, None where they part or do not meet."""
    if road.lanes[other].kind not in (LaneKind.DRIVING, LaneKind.BIKING) or set(before[own]) & set(before[other]):
        return None
    if other in road.successors[own] or own in road.successors[other]:
        return None
    a, b = _even(road.lanes[own].centre_xy_m), _even(road.lanes[other].centre_xy_m)
    if np.hypot(*(a[0] - b[0])) < _SAME_START_M:
        return None
    is_near = np.hypot(*(a[:, None] - b[None]).transpose(2, 0, 1)).min(axis=0) < _MEET_M
    return float(np.argmax(is_near)) if is_near.any() else None


def _even(xy_m: FloatArray) -> FloatArray:
    """Return points of a polyline a metre apart."""
    s_m = polyline_s_m(xy_m)
    at_m = np.append(np.arange(0.0, s_m[-1], 1.0), s_m[-1])
    return np.stack([np.interp(at_m, s_m, column) for column in xy_m.T], axis=-1)


def _approaches(
    road: Road, before: tuple[tuple[int, ...], ...], lane: int, own: frozenset[int]
) -> list[tuple[FloatArray, float]]:
    """Return the lines that lead into a lane and along it, and how far along each the lane begins.

    Lanes of the own route are left out: who is on them drives before or behind the ego. No more than 32 lines.
    """
    found: list[tuple[FloatArray, float]] = []
    waiting: list[tuple[tuple[int, ...], float]] = [((lane,), 0.0)]
    while waiting and len(found) < _MOST_LINES:
        chain, length_m = waiting.pop()
        earlier = [k for k in before[chain[0]] if k not in chain and k not in own]
        if length_m < _APPROACH_M and earlier:
            waiting += [((k, *chain), length_m + float(polyline_s_m(road.lanes[k].centre_xy_m)[-1])) for k in earlier]
            continue
        line = np.concatenate([road.lanes[k].centre_xy_m for k in chain])
        cut_m = max(length_m - _APPROACH_M, 0.0)
        s_m = polyline_s_m(line)
        start = np.array([[np.interp(cut_m, s_m, column) for column in line.T]])
        found.append((np.concatenate((start, line[s_m > cut_m])), length_m - cut_m))
    return found


@njit(cache=True, error_model="numpy")
def _find(
    xy: FloatArray,
    yaw: FloatArray,
    is_there: BoolArray,
    reach: FloatArray,
    ahead_m: FloatArray,
    near: IntArray,
    from_m: FloatArray,
    last_m: FloatArray,
    first: IntArray,
    line_xy: FloatArray,
    line_s: FloatArray,
    found: BoolArray,
) -> None:
    """Set ``found`` (users,) for those on one of the ``near`` lines, between two places on it.

    ``ahead_m`` (users,) is how far ahead of its centre somebody counts.
    """
    for n in range(near.shape[0]):
        a, b = first[near[n]], first[near[n] + 1]
        for u in range(xy.shape[0]):
            if found[u] or not is_there[u]:
                continue
            s, offset, along = project(xy[u, 0], xy[u, 1], line_xy[a:b], line_s[a:b])
            turn = abs((yaw[u] - along + math.pi) % (2.0 * math.pi) - math.pi)
            found[u] = abs(offset) < reach[u] and turn < _ALONG_RAD and from_m[n] < s < last_m[near[n]] - ahead_m[u]
