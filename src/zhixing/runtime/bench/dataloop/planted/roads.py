"""Streets for planted events, each as simple as its events allow; everything is in the frame of the scene."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cache

import numpy as np

from zhixing.datatypes.road import Lane, LaneKind, Road, StopLine, lane_along
from zhixing.datatypes.shapes import FloatArray

WIDTH_M, LIMIT_MPS = 3.5, 15.0
AVENUE_END_M = 300.0
LINE_M = -2.0
"""Where the stop line before the junction is; the junction begins at 0."""
THROUGH_M = {"straight": 24.0, "left": 6.0 * math.pi, "right": 4.0 * math.pi}
"""How long the ways through the junction are."""
CURVE_M = {"straight": 0.0, "left": 1.0 / 12.0, "right": -1.0 / 8.0}
"""How they bend, in 1/m."""
WAITING_M = 20.0
RING_M = 18.0
BEND_M = 80.0
NARROW_M, WIDE_M, WIDENS_M = 2.6, 3.8, 60.0


def _line(start: tuple[float, float], end: tuple[float, float]) -> FloatArray:
    pieces = max(1, round(math.dist(start, end) / 5.0))
    return np.linspace(start, end, pieces + 1)


def _arc(x: float, y: float, radius: float, first_rad: float, last_rad: float) -> FloatArray:
    """Return an arc about a point, from one direction as seen from there to another."""
    angles = np.linspace(first_rad, last_rad, max(8, round(radius * abs(last_rad - first_rad))) + 1)
    return np.stack((x + radius * np.cos(angles), y + radius * np.sin(angles)), axis=-1)


def _lane(
    name: str,
    centre_xy_m: FloatArray,
    width_m: float = WIDTH_M,
    *,
    kind: LaneKind = LaneKind.DRIVING,
    left_lane: int = -1,
    right_lane: int = -1,
    junction: int = -1,
    light_group: int = -1,
    turn: str = "",
) -> Lane:
    lane = lane_along(name, centre_xy_m, width_m, LIMIT_MPS, left_lane=left_lane, right_lane=right_lane,
                      junction=junction, turn=turn)  # fmt: skip
    both_ways = kind in {LaneKind.SIDEWALK, LaneKind.CROSSING}
    return replace(lane, kind=kind, light_group=light_group, is_two_way=both_ways)


@cache
def avenue() -> Road:
    """Return two lanes east at y = 0 and 3.5, in two sections that meet at x = 50, and one west at y = 7."""
    end = AVENUE_END_M
    return Road(
        name="avenue",
        lanes=(
            _lane("right-1", _line((-150.0, 0.0), (50.0, 0.0)), left_lane=1),
            _lane("left-1", _line((-150.0, 3.5), (50.0, 3.5)), right_lane=0),
            _lane("right-2", _line((50.0, 0.0), (end, 0.0)), left_lane=3),
            _lane("left-2", _line((50.0, 3.5), (end, 3.5)), right_lane=2),
            _lane("west", _line((end, 7.0), (-150.0, 7.0))),
        ),
        successors=((2,), (3,), (), (), ()),
    )


@cache
def mixed_street() -> Road:
    """Return lanes east: for cars at y = 0, bikes at -3, walkers at -5.5, parking at 3; a crossing lies at x = 50."""
    return Road(
        name="mixed",
        lanes=(
            _lane("cars", _line((-100.0, 0.0), (150.0, 0.0))),
            _lane("bikes", _line((-100.0, -3.0), (150.0, -3.0)), 2.5, kind=LaneKind.BIKING),
            _lane("walk", _line((-100.0, -5.5), (150.0, -5.5)), 2.5, kind=LaneKind.SIDEWALK),
            _lane("zebra", _line((50.0, -7.0), (50.0, 2.0)), 4.0, kind=LaneKind.CROSSING),
            _lane("parking", _line((-100.0, 3.0), (150.0, 3.0)), 2.5, kind=LaneKind.OTHER),
        ),
        successors=((),) * 5,
    )


@cache
def junction() -> Road:
    """Return a lane east whose junction begins at x = 0 and goes straight on, left or right; a lane far off has none.

    Each movement has a light group of its own, in the order of ``THROUGH_M``.
    """
    right_angle = 0.5 * math.pi
    return Road(
        name="junction",
        lanes=(
            _lane("in", _line((-200.0, 0.0), (0.0, 0.0))),
            _lane("on", _line((0.0, 0.0), (24.0, 0.0)), junction=0, light_group=0, turn="straight"),
            _lane("left", _arc(0.0, 12.0, 12.0, -right_angle, 0.0), junction=0, light_group=1),
            _lane("right", _arc(0.0, -8.0, 8.0, right_angle, 0.0), junction=0, light_group=2),
            _lane("east", _line((24.0, 0.0), (200.0, 0.0))),
            _lane("north", _line((12.0, 12.0), (12.0, 200.0))),
            _lane("south", _line((8.0, -8.0), (8.0, -200.0))),
            _lane("aside", _line((-200.0, 40.0), (-20.0, 40.0))),
        ),
        successors=((1, 2, 3), (4,), (5,), (6,), (), (), (), ()),
        stop_lines=(StopLine(xy_m=np.array([[LINE_M, 1.75], [LINE_M, -1.75]]), lanes=(0,)),),
        num_junctions=1,
        num_light_groups=3,
    )


@cache
def waiting_area() -> Road:
    """Return a junction from x = 0 to 40 in which who turns left at x = 20 waits there, on a lane of its own."""
    return Road(
        name="waiting",
        lanes=(
            _lane("in", _line((-150.0, 0.0), (0.0, 0.0))),
            _lane("on", _line((0.0, 0.0), (40.0, 0.0)), junction=0),
            _lane("wait", _line((0.0, 0.0), (WAITING_M, 0.0)), junction=0, turn="left"),
            _lane("left", _arc(WAITING_M, 12.0, 12.0, -0.5 * math.pi, 0.0), junction=0),
            _lane("out", _line((40.0, 0.0), (200.0, 0.0))),
            _lane("up", _line((32.0, 12.0), (32.0, 200.0))),
        ),
        successors=((1, 2), (4,), (3,), (5,), (), ()),
        stop_lines=(StopLine(xy_m=np.array([[WAITING_M, 1.75], [WAITING_M, -1.75]]), lanes=(2,)),),
        num_junctions=1,
    )


@cache
def roundabout() -> Road:
    """Return a ring about the origin that is entered southward in the west and left northward in the east.

    Another junction, with a left turn as tight as the ring, lies 100 m east.
    """
    return Road(
        name="roundabout",
        lanes=(
            _lane("south", _arc(0.0, 0.0, RING_M, math.pi, 2.0 * math.pi), junction=0),
            _lane("north", _arc(0.0, 0.0, RING_M, 0.0, math.pi), junction=0),
            _lane("in", _line((-RING_M, 150.0), (-RING_M, 0.0))),
            _lane("out", _line((RING_M, 0.0), (RING_M, 150.0))),
            _lane("corner-in", _line((82.0, 150.0), (82.0, 0.0))),
            _lane("corner", _arc(100.0, 0.0, RING_M, math.pi, 2.0 * math.pi), junction=1),
            _lane("corner-out", _line((118.0, 0.0), (118.0, 150.0))),
        ),
        successors=((1, 3), (0,), (0,), (), (5,), (6,), ()),
        num_junctions=2,
    )


@cache
def bend() -> Road:
    """Return a half circle to the left from the origin, and another lane beside it that one cannot go over to."""
    return Road(
        name="bend",
        lanes=(
            _lane("inner", _arc(0.0, BEND_M, BEND_M, -0.5 * math.pi, 0.5 * math.pi)),
            _lane("outer", _arc(0.0, BEND_M, BEND_M + 4.0, -0.5 * math.pi, 0.5 * math.pi)),
        ),
        successors=((), ()),
    )


@cache
def widening() -> Road:
    """Return a lane at y = 0 that widens from x = 0 to 60, and one 3.2 m wide at y = 20."""
    centre = _line((-150.0, 0.0), (200.0, 0.0))
    half = 0.5 * np.interp(centre[:, 0], (0.0, WIDENS_M), (NARROW_M, WIDE_M))
    aside = np.stack((np.zeros_like(half), half), axis=-1)
    lane = replace(_lane("wider", centre), left_xy_m=centre + aside, right_xy_m=centre - aside)
    return Road(
        name="widening", lanes=(lane, _lane("even", _line((-150.0, 20.0), (200.0, 20.0)), 3.2)), successors=((), ())
    )


@cache
def plaza() -> Road:
    """Return one lane east, 9 m wide."""
    return Road(name="plaza", lanes=(_lane("wide", _line((-150.0, 0.0), (150.0, 0.0)), 9.0),), successors=((),))
