"""The ways through a recorded crossroads: from every arm, by every movement, for cars, for two-wheelers and on foot.

Maps of recordings end a few metres before the stop lines, and most have no lanes for two-wheelers and no pavements. So
every approach is drawn out beyond the map's edge, two-wheelers ride along the right edge of the outermost lane and
through the junction on a curve of their own, and people on foot come to a crossing and leave it on a few metres of
pavement. None of this is in the map.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from zhixing.datatypes.road import NO_LIGHT, LaneKind, Road
from zhixing.datatypes.shapes import FloatArray, polyline_s_m
from zhixing.datatypes.traffic_facts import Movement
from zhixing.simulation.city_curves import bezier
from zhixing.simulation.traffic.models import Mind
from zhixing.simulation.traffic.ways import RANK_STRAIGHT, RANK_TURN, RANK_WALKS, ExtraWay

_BEFORE_M = {Mind.DRIVES: 80.0, Mind.RIDES: 40.0, Mind.WALKS: 6.0}
"""How far before the map's edge, or the crossing, somebody begins."""
_BIKES_HALF_M = 1.2
_BIKES_SPREAD_M = 3.0
"""The same within the junction, where riders spread out."""
_BESIDE_M = 0.3
"""How far outside the edge of the outermost lane the middle of the two-wheelers' strip is."""
_CURVE_REACH, _CUT_REACH = 0.5, 0.25
"""See ``bezier``; who turns left on two wheels cuts the corner."""
_SIDE_ROAD = {"straight": Movement.STRAIGHT, "left": Movement.LEFT, "right": Movement.RIGHT}


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteRoute:
    """One way through the crossroads.

    Attributes:
        mind: Who takes it.
        movement: How it passes the junction; on foot it is ``OTHER``.
        arm: From which of four sides it comes.
        light: Group of the light that binds it, or ``NO_LIGHT``.
        ways: Before the junction, in it, behind it; indices as of ``ways_of(road, site.extra)``.
        outside_m: How far along the first way the map begins.
        line_m: From there to the stop line.
        length_m: From there to the map's other edge.
        rank: Among the approaches of its arm from the left, 0 to 1.
    """

    mind: Mind
    movement: Movement
    arm: int
    light: int
    ways: tuple[int, int, int]
    outside_m: float
    line_m: float
    length_m: float
    rank: float = 0.0


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Site:
    """A crossroads that traffic can be sent through.

    Attributes:
        road: The map.
        extra: Lines that are not in the map.
        routes: All ways through.
    """

    road: Road
    extra: tuple[ExtraWay, ...]
    routes: tuple[SiteRoute, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Passage:
    before: tuple[int, ...]
    through: int
    after: int


def site_of(road: Road) -> Site:
    """Return the ways through the one junction of a road.

    Routes exist where a lane in the junction leads from an approach that begins at the map's edge to an exit.
    """
    extra: list[ExtraWay] = []
    routes = [*_for_cars(road, extra), *_for_bikes(road, extra), *_on_foot(road, extra)]
    return Site(road=road, extra=tuple(extra), routes=tuple(routes))


def _passages(road: Road) -> list[_Passage]:
    """Return how the lanes in the junction are come to from the map's edge."""
    before, found = road.predecessors(), []
    for k, lane in enumerate(road.lanes):
        if lane.junction < 0 or lane.kind != LaneKind.DRIVING or lane.turn not in _SIDE_ROAD:
            continue
        if not before[k] or not road.successors[k]:
            continue
        approach = [before[k][0]]
        while before[approach[0]] and len(approach) < 8:
            approach.insert(0, before[approach[0]][0])
        found.append(_Passage(before=tuple(approach), through=k, after=road.successors[k][0]))
    return found


def _for_cars(road: Road, extra: list[ExtraWay]) -> list[SiteRoute]:
    passages = _passages(road)
    reach_m = _BEFORE_M[Mind.DRIVES]
    drawn: dict[tuple[int, ...], int] = {}
    for one in passages:
        if one.before not in drawn:
            line = _drawn_out(_joined([road.lanes[k].centre_xy_m for k in one.before]), reach_m)
            drawn[one.before] = len(road.lanes) + len(extra)
            followers = tuple(other.through for other in passages if other.before == one.before)
            half = 0.5 * float(
                np.hypot(*(road.lanes[one.before[-1]].left_xy_m - road.lanes[one.before[-1]].right_xy_m)[0])
            )
            extra.append(ExtraWay(xy_m=line, kind=LaneKind.DRIVING, half_m=half, nexts=followers))
    return [
        SiteRoute(
            mind=Mind.DRIVES,
            movement=_SIDE_ROAD[road.lanes[one.through].turn],
            arm=_arm(road, one),
            light=road.lanes[one.through].light_group,
            ways=(drawn[one.before], one.through, one.after),
            outside_m=reach_m,
            line_m=sum(_long_m(road, k) for k in one.before),
            length_m=sum(_long_m(road, k) for k in (*one.before, one.through, one.after)),
            rank=_from_left(road, one, passages),
        )
        for one in passages
    ]


def _for_bikes(road: Road, extra: list[ExtraWay]) -> list[SiteRoute]:
    """Return the ways of two-wheelers: from the outermost approach of an arm to the outermost exit of another."""
    outer: dict[tuple[int, Movement], _Passage] = {}
    passages = _passages(road)
    lights = {}
    for one in passages:
        movement, arm = _SIDE_ROAD[road.lanes[one.through].turn], _arm(road, one)
        if movement != Movement.RIGHT:
            lights[arm] = road.lanes[one.through].light_group
        kept = outer.get((arm, movement))
        if kept is None or _outside(road, one) > _outside(road, kept):
            outer[arm, movement] = one
    approach: dict[int, _Passage] = {}
    for (arm, _), one in outer.items():
        if arm not in approach or _from_left(road, one, passages) > _from_left(road, approach[arm], passages):
            approach[arm] = one
    routes, first = [], len(road.lanes)
    for (arm, movement), one in outer.items():
        edge = _joined([road.lanes[k].right_xy_m for k in approach[arm].before])
        before = _drawn_out(_aside(edge, _BESIDE_M), _BEFORE_M[Mind.RIDES])
        after = _aside(road.lanes[one.after].right_xy_m, _BESIDE_M)
        through = _through(before, after, _CUT_REACH if movement == Movement.LEFT else _CURVE_REACH)
        light = lights.get(arm, NO_LIGHT) if movement != Movement.RIGHT else NO_LIGHT
        rank = RANK_STRAIGHT if movement == Movement.STRAIGHT else RANK_TURN
        index = first + len(extra)
        extra += [
            ExtraWay(xy_m=before, kind=LaneKind.BIKING, half_m=_BIKES_HALF_M, nexts=(index + 1,)),
            ExtraWay(
                xy_m=through, kind=LaneKind.BIKING, half_m=_BIKES_SPREAD_M, rank=rank, nexts=(index + 2,), group=light
            ),
            ExtraWay(xy_m=after, kind=LaneKind.BIKING, half_m=_BIKES_HALF_M),
        ]
        line_m = float(polyline_s_m(before)[-1]) - _BEFORE_M[Mind.RIDES]
        routes.append(
            SiteRoute(
                mind=Mind.RIDES,
                movement=movement,
                arm=arm,
                light=light,
                ways=(index, index + 1, index + 2),
                outside_m=_BEFORE_M[Mind.RIDES],
                line_m=line_m,
                length_m=line_m + float(polyline_s_m(through)[-1] + polyline_s_m(after)[-1]),
            )
        )
    return routes


def _on_foot(road: Road, extra: list[ExtraWay]) -> list[SiteRoute]:
    routes, reach_m = [], _BEFORE_M[Mind.WALKS]
    for number, lane in enumerate(lane for lane in road.lanes if lane.kind == LaneKind.CROSSING):
        half = 0.5 * float(np.hypot(*(lane.left_xy_m - lane.right_xy_m).T).mean())
        for line in (lane.centre_xy_m, lane.centre_xy_m[::-1]):
            index = len(road.lanes) + len(extra)
            before = _drawn_out(line, reach_m)[:2]
            after = _drawn_out(line[::-1], reach_m)[:2][::-1]
            rank, kind = RANK_WALKS, LaneKind.SIDEWALK
            extra += [
                ExtraWay(xy_m=before, kind=kind, half_m=half, rank=rank, nexts=(index + 1,)),
                ExtraWay(
                    xy_m=line,
                    kind=LaneKind.CROSSING,
                    half_m=half,
                    rank=rank,
                    nexts=(index + 2,),
                    group=lane.light_group,
                ),
                ExtraWay(xy_m=after, kind=kind, half_m=half, rank=rank),
            ]
            routes.append(
                SiteRoute(
                    mind=Mind.WALKS,
                    movement=Movement.OTHER,
                    arm=number % 4,
                    light=lane.light_group,
                    ways=(index, index + 1, index + 2),
                    outside_m=0.0,
                    line_m=reach_m,
                    length_m=2.0 * reach_m + float(polyline_s_m(line)[-1]),
                )
            )
    return routes


def _through(before: FloatArray, after: FloatArray, reach: float) -> FloatArray:
    """Return a curve from the end of one line to the beginning of another, in the direction of both."""
    out, into = before[-1] - before[-2], after[1] - after[0]
    return bezier(before[-1], out / np.hypot(*out), after[0], into / np.hypot(*into), reach)


def _joined(lines: list[FloatArray]) -> FloatArray:
    points = np.concatenate([lines[0], *(line[1:] for line in lines[1:])])
    keep = np.concatenate(([True], np.hypot(*np.diff(points, axis=0).T) > 0.05))
    return points[keep]


def _drawn_out(line: FloatArray, by_m: float) -> FloatArray:
    """Return a line that begins so much earlier, in its first direction."""
    back = line[0] - line[1]
    return np.concatenate((line[:1] + by_m * back / np.hypot(*back), line))


def _aside(line: FloatArray, by_m: float) -> FloatArray:
    """Return a line moved to the right."""
    along = np.gradient(line, axis=0)
    right = np.stack((along[:, 1], -along[:, 0]), axis=-1) / np.hypot(*along.T)[:, None]
    moved: FloatArray = line + by_m * right
    return moved


def _long_m(road: Road, lane: int) -> float:
    return float(polyline_s_m(road.lanes[lane].centre_xy_m)[-1])


def _arm(road: Road, one: _Passage) -> int:
    """Return from which side a passage comes: east, north, west, south as the axes of the map point."""
    line = road.lanes[one.before[-1]].centre_xy_m
    back = line[0] - line[-1]
    return round(math.atan2(back[1], back[0]) / (0.5 * math.pi)) % 4


def _from_left(road: Road, one: _Passage, passages: list[_Passage]) -> float:
    """Return where among the approaches of its arm a passage begins: 0 leftmost, 1 rightmost."""
    arm = _arm(road, one)
    line = road.lanes[one.before[-1]].centre_xy_m
    along = line[-1] - line[0]
    right = np.array([along[1], -along[0]])
    places = sorted(
        {float(road.lanes[other.before[-1]].centre_xy_m[-1] @ right) for other in passages if _arm(road, other) == arm}
    )
    here = float(line[-1] @ right)
    return places.index(here) / max(len(places) - 1, 1)


def _outside(road: Road, one: _Passage) -> float:
    """Return how far to the right of its way a passage ends."""
    line = road.lanes[one.after].centre_xy_m
    along = line[-1] - line[0]
    return float(line[0] @ np.array([along[1], -along[0]])) / float(np.hypot(*along))
