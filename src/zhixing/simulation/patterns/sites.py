"""Streets for patterns: a straight one, a crossroads, a ramp. Each knows its lanes by what they are for.

The frame: x to the east, y to the north, metres. Traffic keeps right.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from zhixing.datatypes.lights import Light, Lights
from zhixing.datatypes.road import LaneKind, Road
from zhixing.datatypes.scene import Goal
from zhixing.datatypes.shapes import FloatArray, polyline_s_m
from zhixing.datatypes.units import NS_PER_S
from zhixing.simulation.city_crossroads import HALF_SIZE_M, PLAIN, Arm, Layout, draw_crossroads
from zhixing.simulation.city_curves import straight
from zhixing.simulation.city_draft import WALK_LIMIT_MPS, Draft, Side, draw_side
from zhixing.simulation.road_lights import RoadLights

EAST, NORTH, WEST, SOUTH = range(4)
"""Arms of a crossroads."""
STREET_M, ARM_M = 400.0, 150.0
_LIGHT_STEP_S = 0.1
_CROSSING_WIDTH_M = 4.0
_GOAL_HALF_M = 6.0
_NARROW_MPS = 20.0 / 3.6

NO_LIGHTS = Lights(np.array([0], dtype=np.int64), np.zeros((0, 1), dtype=np.int64))


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Street:
    """A straight street from west to east, its middle on the x axis, with lanes for cars, bikes and people.

    Attributes:
        road: The street.
        east: Eastbound: driving lanes from the middle outwards, bike lane, pavements.
        west: Westbound.
        crossings: Northward and southward lane of a zebra crossing, empty if there is none.
    """

    road: Road
    east: Side
    west: Side
    crossings: tuple[int, ...]

    def kerb_y_m(self, side: Side) -> float:
        """Return where the outer edge of the last driving lane of a side is."""
        outer = self.road.lanes[side.driving[-1]]
        return float(outer.right_xy_m[0, 1])


@lru_cache(maxsize=16)
def street(lanes: int = 2, limit_kmh: float = 50.0, crossing_x_m: float = 0.0, *, with_bikes: bool = True) -> Street:
    """Return a straight street; with a zebra crossing where its place is not 0."""
    draft = Draft()
    path = straight(np.array([0.0, 0.0]), np.array([STREET_M, 0.0]))
    limit = limit_kmh / 3.6
    east = draw_side(draft, "east", path, lanes, limit, is_urban=with_bikes)
    west = draw_side(draft, "west", path[::-1].copy(), lanes, limit, is_urban=with_bikes)
    crossings: tuple[int, ...] = ()
    if crossing_x_m:
        half = abs(float(draft.lanes[east.walk_along].centre[0, 1])) if with_bikes else 10.0
        south, north = np.array([crossing_x_m, -half]), np.array([crossing_x_m, half])
        crossings = tuple(
            draft.add(name, LaneKind.CROSSING, straight(a, b), _CROSSING_WIDTH_M, WALK_LIMIT_MPS)
            for name, a, b in (("zebra>", south, north), ("zebra<", north, south))
        )
    return Street(road=draft.freeze("street"), east=east, west=west, crossings=crossings)


@lru_cache(maxsize=4)
def narrow(half_m: float = 2.2) -> tuple[Road, int, int]:
    """Return a lane of an old town (胡同), so narrow that two cars just pass: road, eastbound lane, westbound lane.

    Args:
        half_m: Half its width.
    """
    draft = Draft()
    east, west = (
        draft.add(
            name, LaneKind.DRIVING, straight(np.array([x0, y]), np.array([STREET_M - x0, y])), half_m, _NARROW_MPS
        )
        for name, x0, y in (("east", 0.0, -0.5 * half_m), ("west", STREET_M, 0.5 * half_m))
    )
    return draft.freeze("narrow"), east, west


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Crossroads:
    """A signalised crossroads of four urban streets, its middle at the origin.

    Attributes:
        road: The crossroads.
        inbound: For each arm, from the east counter-clockwise, what leads in.
        outbound: What leads out.
    """

    road: Road
    inbound: tuple[Side, Side, Side, Side]
    outbound: tuple[Side, Side, Side, Side]

    def via(self, lane: int, turn: str) -> tuple[int, int, int]:
        """Return the route from an inbound lane: it, the connecting lane of a turn, and the lane after that.

        Raises:
            ValueError: The lane has no such turn.
        """
        for connecting in self.road.successors[lane]:
            if self.road.lanes[connecting].turn == turn:
                return lane, connecting, self.road.successors[connecting][0]
        raise ValueError(f"no lane goes {turn} from {self.road.lanes[lane].lane_id}")

    def zebra(self, arm: int, begin: int) -> int:
        """Return the crossing over an arm that begins at a corner: corner k lies between arm k and arm k + 1."""
        name = f"x/{arm}/crossing/{begin}"
        return next(k for k, lane in enumerate(self.road.lanes) if lane.lane_id == name)


@lru_cache(maxsize=8)
def crossroads(lanes: int = 2, limit_kmh: float = 50.0, layout: Layout = PLAIN) -> Crossroads:
    """Return a crossroads with so many driving lanes in each direction."""
    draft = Draft()
    inbound, outbound = [], []
    for arm in range(4):
        along = np.array([math.cos(arm * math.pi / 2.0), math.sin(arm * math.pi / 2.0)]).round(9)
        path = straight((HALF_SIZE_M + ARM_M) * along, HALF_SIZE_M * along)
        inbound.append(draw_side(draft, f"{arm}>", path, lanes, limit_kmh / 3.6, is_urban=True))
        outbound.append(draw_side(draft, f"{arm}<", path[::-1].copy(), lanes, limit_kmh / 3.6, is_urban=True))
    arms = [Arm(one, two) for one, two in zip(inbound, outbound, strict=True)]
    draw_crossroads(draft, "x", np.zeros(2), (arms[0], arms[1], arms[2], arms[3]), layout)
    return Crossroads(
        road=draft.freeze("crossroads"),
        inbound=(inbound[0], inbound[1], inbound[2], inbound[3]),
        outbound=(outbound[0], outbound[1], outbound[2], outbound[3]),
    )


def lights_at(site: Crossroads, group: int, turns_green_s: float, duration_s: float) -> Lights:
    """Return the lights of a crossroads, set so that a group turns green at a time (negative: it did so before)."""
    program = RoadLights(site.road, offsets_s=np.zeros(1))
    begin_s = program.green_begins_s(group) - turns_green_s
    times_s = np.arange(0.0, duration_s + _LIGHT_STEP_S, _LIGHT_STEP_S)
    shown = np.stack([program.at(round((begin_s + t) * NS_PER_S)) for t in times_s], axis=1)
    changes = np.concatenate(([True], (np.diff(shown, axis=1) != 0).any(axis=0)))
    return Lights((times_s[changes] * NS_PER_S).round().astype(np.int64), shown[:, changes])


def steady(site: Crossroads, greens: tuple[int, ...]) -> Lights:
    """Return lights that show green for some groups and red for the others, all the time."""
    shown = np.full((site.road.num_light_groups, 1), int(Light.RED), dtype=np.int64)
    shown[list(greens)] = int(Light.GREEN)
    return Lights(np.array([0], dtype=np.int64), shown)


def all_dark(road: Road) -> Lights:
    """Return lights that show nothing."""
    return Lights(np.array([0], dtype=np.int64), np.full((road.num_light_groups, 1), int(Light.OFF), dtype=np.int64))


def goal_on(road: Road, lane: int, share: float = 0.9) -> Goal:
    """Return a goal around a place on a lane."""
    line = road.lanes[lane].centre_xy_m
    s_m = polyline_s_m(line)
    x, y = (float(np.interp(share * s_m[-1], s_m, line[:, k])) for k in range(2))
    return Goal(x_min_m=x - _GOAL_HALF_M, x_max_m=x + _GOAL_HALF_M, y_min_m=y - _GOAL_HALF_M, y_max_m=y + _GOAL_HALF_M)


def where_lines_meet(one_xy_m: FloatArray, two_xy_m: FloatArray) -> tuple[float, float, float, float]:
    """Return how far along each of two polylines they first cross, and the x and y of that place.

    Raises:
        ValueError: They do not cross.
    """
    one_s, two_s = polyline_s_m(one_xy_m), polyline_s_m(two_xy_m)
    for i, (a, b) in enumerate(itertools.pairwise(one_xy_m)):
        d = b - a
        e = np.diff(two_xy_m, axis=0)
        away = two_xy_m[:-1] - a
        cross = d[0] * e[:, 1] - d[1] * e[:, 0]
        cross = np.where(np.abs(cross) < 1e-12, np.inf, cross)
        t = (away[:, 0] * e[:, 1] - away[:, 1] * e[:, 0]) / cross
        u = (away[:, 0] * d[1] - away[:, 1] * d[0]) / cross
        hits = np.flatnonzero((t >= 0.0) & (t <= 1.0) & (u >= 0.0) & (u <= 1.0) & np.isfinite(cross))
        if hits.size:
            j = int(hits[0])
            x, y = a + t[j] * d
            at_one = one_s[i] + t[j] * (one_s[i + 1] - one_s[i])
            return float(at_one), float(two_s[j] + u[j] * (two_s[j + 1] - two_s[j])), float(x), float(y)
    raise ValueError("the lines do not cross")
