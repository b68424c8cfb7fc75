"""Where to go: a path over the lane graph and the smooth line through it.

Lanes are chosen by Dijkstra over travel time; a lane change is a blend between neighbours. The line is what the ego
follows, with the speed it allows at each point and the places where one may have to wait.
"""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass

import numpy as np

from zhixing.datatypes.road import NO_LANE, NO_LIGHT, LaneKind, Road
from zhixing.datatypes.scene import EgoState, Goal
from zhixing.datatypes.shapes import BoolArray, FloatArray, IntArray, polyline_s_m
from zhixing.driving.arriving import aim_of, goal_lanes, lanes_near
from zhixing.driving.gaps import end_direction, over_gaps
from zhixing.driving.lane_map import LaneMap
from zhixing.driving.line import Line, smooth_line
from zhixing.errors import ScenarioError

_START_REACH_M = 6.0
_LANE_CHANGE_S = 4.0
_BLEND_M = 45.0
_ROOM_STEP = 4
_ROOM_REACH_M = 6.0
_BEYOND_GOAL_M = 60.0
_STRAIGHT_ON_M = 1000.0
_MAX_LANES_ON = 200
_UNKNOWN_LIMIT_MPS = 13.9
"""50 km/h, the limit in towns without signs (Road Traffic Safety Law implementation, article 45); who starts
faster is in no such town."""


@dataclass(frozen=True, slots=True, eq=False)
class Route:
    """The way to the goal.

    Attributes:
        line: The line to follow; it goes on beyond the goal.
        start_m: Where on the line the ego starts.
        goal_m: Where on the line the goal is.
        limit_mps: (points,) signed speed limit at each point of the line.
        room_m: (points, 2) from the line to the right and left edge of the lane, where that lane is narrowest.
        beside_m: (points, 2) the same to the edge of all lanes that run the same way.
        stop_m: (stops,) where one may have to wait, in driving order.
        stop_group: (stops,) light group of the movement behind it, or ``NO_LIGHT``.
        stop_is_right_turn: (stops,) whether the movement behind it is a right turn.
        junction_m: (junctions, 2) where the route enters and leaves each junction.
        lane_at: (points,) index of the lane under each point of the line.
        is_mapped: Whether the lane graph connects start and goal; otherwise a straight piece bridges the gap.
    """

    line: Line
    start_m: float
    goal_m: float
    limit_mps: FloatArray
    room_m: FloatArray
    beside_m: FloatArray
    stop_m: FloatArray
    stop_group: IntArray
    stop_is_right_turn: BoolArray
    junction_m: FloatArray
    lane_at: IntArray
    is_mapped: bool

    def light_group(self, stop: int, ego_light: int) -> int:
        """Return the light group that governs a place to wait, or ``NO_LIGHT``.

        Where the task shows the light of the ego's own movement, that is the light of the first place, and no light at
        all for a right turn, which is legal at red.

        Args:
            stop: Which place, see ``stop_m``.
            ego_light: See ``Briefing.ego_light``.
        """
        if ego_light < 0:
            return int(self.stop_group[stop])
        return ego_light if stop == 0 and not self.stop_is_right_turn[stop] else NO_LIGHT


@dataclass(frozen=True, slots=True)
class _Visit:
    """A stay on one lane; ``changes`` if the next one is entered sideways."""

    lane: int
    from_m: float
    to_m: float
    changes: bool = False


def find_route(lane_map: LaneMap, start: EgoState, goal: Goal) -> Route:
    """Return the fastest way from the start to the goal; straight on where the goal is nowhere in particular.

    Raises:
        ScenarioError: No lane to drive on is near the start.
    """
    starts = lanes_near(lane_map, start.x_m, start.y_m, start.yaw_rad, _START_REACH_M)
    if not starts:
        raise ScenarioError(
            f"no lane to drive on is within {_START_REACH_M:.0f} m of the start ({start.x_m:.1f}, {start.y_m:.1f})",
            hint="Start on a driving lane, headed along it.",
        )
    successors = lane_map.road.successors
    if not goal.has_place:
        return _draw(lane_map, _straight_on(lane_map, starts), start, None, None, is_mapped=True)
    arrivals = goal_lanes(lane_map, goal, starts)
    goals = {lane: (arrival.s_m, arrival.cost_s) for lane, arrival in arrivals.items()}
    visits, is_mapped = _search(lane_map, successors, starts, goals), True
    if not visits:
        successors = over_gaps(lane_map)
        visits = _search(lane_map, successors, starts, goals)
    if not visits:
        best = min(arrivals.values(), key=lambda arrival: arrival.cost_s, default=None)
        aim = (best.x_m, best.y_m) if best else aim_of(goal)
        visits, is_mapped = _nearest_approach(lane_map, successors, starts, aim), False
    else:
        aim = arrivals[visits[-1].lane].x_m, arrivals[visits[-1].lane].y_m
    return _draw(lane_map, visits, start, goal, aim, is_mapped=is_mapped)


def _straight_on(lane_map: LaneMap, starts: dict[int, tuple[float, float]]) -> list[_Visit]:
    """Return the way along the ego's lane, beside it where it ends before its neighbour, for a kilometre at most."""
    lane = min(starts, key=lambda k: starts[k][1])
    s_m, total_m = starts[lane][0], 0.0
    visits: list[_Visit] = []
    while True:
        noun, length_m = lane_map.road.lanes[lane], float(lane_map.length_m[lane])
        nexts = _drivable(lane_map, lane)
        beside = next(
            (k for k in (noun.left_lane, noun.right_lane) if k != NO_LANE and _drivable(lane_map, k)), NO_LANE
        )
        if not nexts and beside != NO_LANE and len(visits) < _MAX_LANES_ON:
            visits.append(_Visit(lane, s_m, s_m, changes=True))
            s_m, lane = s_m / length_m * float(lane_map.length_m[beside]), beside
            continue
        visits.append(_Visit(lane, s_m, length_m))
        total_m += length_m - s_m
        if not nexts or total_m > _STRAIGHT_ON_M or len(visits) >= _MAX_LANES_ON:
            return visits
        lane, s_m = (
            min(nexts, key=lambda k: (lane_map.road.lanes[k].turn not in {"", "straight"}, _bend(lane_map, k))),
            0.0,
        )


def _drivable(lane_map: LaneMap, lane: int) -> list[int]:
    return [k for k in lane_map.road.successors[lane] if lane_map.kind[k] == LaneKind.DRIVING]


def _bend(lane_map: LaneMap, lane: int) -> float:
    """Return how much a lane turns from its beginning to its end, 0 for none to 2."""
    xy_m = lane_map.lane_xy_m(lane)
    return 1.0 - float(end_direction(xy_m[:2]) @ end_direction(xy_m[-2:]))


def _search(
    lane_map: LaneMap,
    successors: tuple[tuple[int, ...], ...],
    starts: dict[int, tuple[float, float]],
    goals: dict[int, tuple[float, float]],
) -> list[_Visit]:
    """Return the cheapest stay on lanes from a start to a goal, empty where there is none."""
    best: dict[int, float] = {}
    came: dict[int, tuple[int, bool]] = {}
    queue: list[tuple[float, int, float, int, bool]] = [(c, lane, s, -1, False) for lane, (s, c) in starts.items()]
    heapq.heapify(queue)
    entered: dict[int, float] = {}
    best_end: tuple[float, int] | None = None
    while queue:
        cost, lane, s_m, before, changed = heapq.heappop(queue)
        if lane in best or (best_end and cost >= best_end[0]):
            continue
        best[lane], came[lane], entered[lane] = cost, (before, changed), s_m
        speed = _limit_mps(lane_map, lane)
        if lane in goals and goals[lane][0] >= s_m - 1.0:
            total = cost + (goals[lane][0] - s_m) / speed + goals[lane][1]
            if best_end is None or total < best_end[0]:
                best_end = (total, lane)
        length = float(lane_map.length_m[lane])
        for following in successors[lane]:
            if lane_map.kind[following] == LaneKind.DRIVING:
                heapq.heappush(queue, (cost + (length - s_m) / speed, following, 0.0, lane, False))
        noun = lane_map.road.lanes[lane]
        for beside in (noun.left_lane, noun.right_lane):
            if beside != NO_LANE and length - s_m > 10.0:
                hurry = 60.0 / (length - s_m)
                at = s_m / length * float(lane_map.length_m[beside])
                heapq.heappush(queue, (cost + _LANE_CHANGE_S + hurry, beside, at, lane, True))
    if best_end is None:
        return []
    return _walk_back(lane_map, best_end[1], goals[best_end[1]][0], came, entered)


def _walk_back(
    lane_map: LaneMap, last: int, end_m: float, came: dict[int, tuple[int, bool]], entered: dict[int, float]
) -> list[_Visit]:
    visits = [_Visit(last, entered[last], end_m)]
    lane = last
    while came[lane][0] >= 0:
        before, changed = came[lane]
        to_m = entered[before] if changed else float(lane_map.length_m[before])
        visits.append(_Visit(before, entered[before], to_m, changed))
        lane = before
    return visits[::-1]


def _nearest_approach(
    lane_map: LaneMap,
    successors: tuple[tuple[int, ...], ...],
    starts: dict[int, tuple[float, float]],
    aim: tuple[float, float],
) -> list[_Visit]:
    """Return the way to where the graph comes nearest to the goal; the rest is bridged straight."""
    x_m, y_m = aim
    reached: dict[int, tuple[float, float]] = {}
    for lane in _reachable(lane_map.road, successors, set(starts)):
        s_m, offset_m, _ = lane_map.project(lane, x_m, y_m)
        first_m = starts[lane][0] if lane in starts else 0.0
        if s_m >= first_m:
            reached[lane] = (s_m, abs(offset_m))
    if reached:
        nearest = min(reached, key=lambda lane: reached[lane][1])
        visits = _search(lane_map, successors, starts, {nearest: (reached[nearest][0], 0.0)})
        if visits:
            return visits
    lane = min(starts, key=lambda k: starts[k][1])
    return [_Visit(lane, starts[lane][0], float(lane_map.length_m[lane]))]


def _reachable(road: Road, successors: tuple[tuple[int, ...], ...], lanes: set[int]) -> set[int]:
    seen, todo = set(lanes), list(lanes)
    while todo:
        lane = road.lanes[todo[-1]]
        nexts = [*successors[todo.pop()], lane.left_lane, lane.right_lane]
        for following in nexts:
            if following != NO_LANE and following not in seen and road.lanes[following].kind == LaneKind.DRIVING:
                seen.add(following)
                todo.append(following)
    return seen


def _limit_mps(lane_map: LaneMap, lane: int, start_mps: float = 0.0) -> float:
    limit = float(lane_map.speed_limit_mps[lane])
    return limit if math.isfinite(limit) and limit > 0.5 else max(_UNKNOWN_LIMIT_MPS, start_mps)


def _draw(
    lane_map: LaneMap,
    visits: list[_Visit],
    start: EgoState,
    goal: Goal | None,
    aim: tuple[float, float] | None,
    *,
    is_mapped: bool,
) -> Route:
    """Return the smooth line along the visited lanes with what stands beside it; it aims at its end if at nothing."""
    pieces: list[FloatArray] = []
    marks: list[tuple[int, int]] = []  # (lane, index of the first point drawn on it)
    total = 0
    pending: FloatArray | None = None
    for visit in visits:
        points = _cut(lane_map, visit, extend=visit is visits[-1])
        if visit.changes:
            whole = _cut(lane_map, _Visit(visit.lane, visit.from_m, math.inf), extend=False)
            pending = whole if pending is None else _blend(pending, whole)
            continue
        if pending is not None:
            points = _blend(pending, points)
            pending = None
        marks.append((visit.lane, total))
        pieces.append(points)
        total += points.shape[0]
    beyond = _beyond(lane_map, visits[-1].lane)
    marks += [(lane, total + at) for lane, at in beyond[1]]
    xy_m = np.concatenate([*pieces, beyond[0]])
    goal_xy = xy_m[-1] if aim is None else np.array(aim)
    line, lane_at = smooth_line(xy_m, marks, goal_xy, goal, bridge=not is_mapped)
    limits = np.array([_limit_mps(lane_map, lane, start.speed_mps) for lane in lane_at])
    start_m, _, _ = line.project(start.x_m, start.y_m)
    goal_m = line.goal_m
    stops = _stops(lane_map.road, line, lane_at, start_m, goal_m)
    return Route(
        line,
        start_m,
        goal_m,
        limits,
        *_room(lane_map, line, lane_at),
        stops[0],
        stops[1],
        stops[2],
        _junctions(lane_map.road, line, lane_at),
        np.array(lane_at, dtype=np.int64),
        is_mapped,
    )


def _room(lane_map: LaneMap, line: Line, lane_at: list[int]) -> tuple[FloatArray, FloatArray]:
    """Return (points, 2) room to the right and left within the lane, and on all lanes that run the same way."""
    half_m = np.minimum.reduceat(lane_map.half_width_m, lane_map.first[:-1])
    room_m = np.repeat(half_m[lane_at][:, None], 2, axis=1)
    every = np.arange(0, line.s_m.shape[0], _ROOM_STEP)
    rows = [
        lane_map.room_m(float(line.xy_m[k, 0]), float(line.xy_m[k, 1]), float(line.yaw_rad[k]), _ROOM_REACH_M)
        for k in every
    ]
    nearest = np.minimum((np.arange(line.s_m.shape[0]) + _ROOM_STEP // 2) // _ROOM_STEP, every.shape[0] - 1)
    return room_m, np.maximum(np.array(rows)[nearest], 0.0)


def _cut(lane_map: LaneMap, visit: _Visit, *, extend: bool) -> FloatArray:
    xy_m, s_m = lane_map.lane_xy_m(visit.lane), lane_map.lane_s_m(visit.lane)
    to_m = float(s_m[-1]) if extend else min(visit.to_m, float(s_m[-1]))
    from_m = min(visit.from_m, to_m)
    inside = (s_m > from_m + 1e-6) & (s_m < to_m - 1e-6)
    ends = [[np.interp(s, s_m, xy_m[:, 0]), np.interp(s, s_m, xy_m[:, 1])] for s in (from_m, to_m)]
    return np.concatenate(([ends[0]], xy_m[inside], [ends[1]])) if to_m > from_m else np.array(ends[:1])


def _blend(from_xy_m: FloatArray, to_xy_m: FloatArray) -> FloatArray:
    """Return a line that leaves one lane and arrives on its neighbour, both starting at the same cross-section."""
    a_s, b_s = polyline_s_m(from_xy_m), polyline_s_m(to_xy_m)
    length = min(_BLEND_M, float(a_s[-1]), float(b_s[-1]))
    if length < 2.0:
        return to_xy_m
    along = np.linspace(0.0, length, max(3, int(length) + 1))
    a = np.stack([np.interp(along, a_s, from_xy_m[:, k]) for k in (0, 1)], axis=-1)
    b = np.stack([np.interp(along, b_s, to_xy_m[:, k]) for k in (0, 1)], axis=-1)
    share = along / length
    weight = (share**3 * (10.0 - 15.0 * share + 6.0 * share**2))[:, None]
    return np.concatenate((a * (1.0 - weight) + b * weight, to_xy_m[b_s > length + 0.5]))


def _beyond(lane_map: LaneMap, lane: int) -> tuple[FloatArray, list[tuple[int, int]]]:
    """Return points after a lane, straight on where there is a choice, and where each lane begins among them."""
    points: list[FloatArray] = []
    marks: list[tuple[int, int]] = []
    length, count = 0.0, 0
    while length < _BEYOND_GOAL_M:
        nexts = [k for k in lane_map.road.successors[lane] if lane_map.kind[k] == LaneKind.DRIVING]
        if not nexts:
            break
        lane = min(nexts, key=lambda k: (lane_map.road.lanes[k].turn not in {"", "straight"}, k))
        marks.append((lane, count))
        points.append(lane_map.lane_xy_m(lane))
        count += points[-1].shape[0]
        length += float(lane_map.length_m[lane])
    return (np.concatenate(points) if points else np.zeros((0, 2))), marks


def _stops(
    road: Road, line: Line, lane_at: list[int], start_m: float, goal_m: float
) -> tuple[FloatArray, IntArray, BoolArray]:
    """Return where one may have to wait: before a junction at the stop line or the entry, and at lines in it."""
    lines_by_lane = {lane: stop.xy_m for stop in road.stop_lines for lane in stop.lanes}
    rows = []
    for point in range(1, len(lane_at)):
        before, now = lane_at[point - 1], lane_at[point]
        is_within = road.lanes[before].junction == road.lanes[now].junction
        if now == before or road.lanes[now].junction < 0 or (is_within and before not in lines_by_lane):
            continue
        entry_m = float(line.s_m[point])
        if before in lines_by_lane:
            middle = lines_by_lane[before].mean(axis=0)
            along_m, _, _ = line.project(float(middle[0]), float(middle[1]))
            if abs(along_m - entry_m) < 15.0:
                entry_m = along_m
        if start_m <= entry_m <= goal_m + _BEYOND_GOAL_M:
            rows.append((entry_m, road.lanes[now].light_group, road.lanes[now].turn == "right"))
    stop_m = np.array([row[0] for row in rows], dtype=np.float64)
    group = np.array([row[1] for row in rows], dtype=np.int64) if rows else np.full(0, NO_LIGHT, dtype=np.int64)
    return stop_m, group, np.array([row[2] for row in rows], dtype=np.bool_)


def _junctions(road: Road, line: Line, lane_at: list[int]) -> FloatArray:
    inside = np.array([road.lanes[lane].junction >= 0 for lane in lane_at])
    edges = np.flatnonzero(np.diff(np.concatenate(([False], inside, [False])).astype(np.int8)))
    spans = edges.reshape(-1, 2)
    last = line.s_m.shape[0] - 1
    return np.stack((line.s_m[np.minimum(spans[:, 0], last)], line.s_m[np.minimum(spans[:, 1], last)]), axis=-1)
