"""Streets on which one lane joins another: a lane that ends, a ramp, a roundabout."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from zhixing.datatypes.road import LaneKind, Road
from zhixing.simulation.city import build_city
from zhixing.simulation.city_curves import bezier, straight
from zhixing.simulation.city_draft import LANE_WIDTH_M, MEDIAN_M, Draft

DROP_X_M, TAPER_M, END_X_M = 200.0, 60.0, 420.0
"""Where the lane ends, how long it takes to join, and where the street ends."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class LaneDrop:
    """Two eastbound lanes of which the outer one ends and joins the inner one.

    Attributes:
        road: The street.
        through: The ways of the lane that goes on.
        ending: The ways of the lane that ends, the last one shared with ``through``.
    """

    road: Road
    through: tuple[int, int, int]
    ending: tuple[int, int, int]


@lru_cache(maxsize=4)
def lane_drop(limit_kmh: float, *, gives_way: bool) -> LaneDrop:
    """Return a street with a lane that ends; who is on it has to give way (a ramp), or both are equal (a zipper)."""
    draft, limit = Draft(), limit_kmh / 3.6
    inner_y, outer_y = -(MEDIAN_M + 0.5 * LANE_WIDTH_M), -(MEDIAN_M + 1.5 * LANE_WIDTH_M)
    marks = [0.0, DROP_X_M, DROP_X_M + TAPER_M, END_X_M]
    through = [
        draft.add(
            f"through/{k}", LaneKind.DRIVING, straight(np.array([a, inner_y]), np.array([b, inner_y])), LANE_WIDTH_M,
            limit,
        )
        for k, (a, b) in enumerate(itertools.pairwise(marks))
    ]  # fmt: skip
    begin, drop = np.array([0.0, outer_y]), np.array([DROP_X_M, outer_y])
    ending = draft.add("ending", LaneKind.DRIVING, straight(begin, drop), LANE_WIDTH_M, limit)
    east = np.array([1.0, 0.0])
    line = bezier(drop, east, np.array([marks[2], inner_y]), east, 0.4)
    taper = draft.add("taper", LaneKind.DRIVING, line, LANE_WIDTH_M, limit, turn="merge" if gives_way else "")
    draft.neighbours(through[0], ending)
    for before, after in ((through[0], through[1]), (through[1], through[2]), (ending, taper), (taper, through[2])):
        draft.join(before, after)
    return LaneDrop(
        road=draft.freeze("lane-drop"),
        through=(through[0], through[1], through[2]),
        ending=(ending, taper, through[2]),
    )


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Roundabout:
    """The roundabout of a built-in city.

    Attributes:
        road: The city.
        street: A lane that leads to the roundabout.
        entry: What leads from it onto the ring.
        joined: The lane of the ring that it joins.
        before: The lane of the ring before that.
        after: The lane after it.
    """

    road: Road
    street: int
    entry: int
    joined: int
    before: int
    after: int


@lru_cache(maxsize=1)
def roundabout() -> Roundabout:
    """Return the roundabout of the built-in city of seed 1."""
    road = build_city(1)
    entry = next(k for k, lane in enumerate(road.lanes) if lane.lane_id.startswith("ring/in/"))
    joined = road.successors[entry][0]
    predecessors = road.predecessors()

    def on_ring(lanes: tuple[int, ...]) -> int:
        return next(k for k in lanes if road.lanes[k].turn == "straight")

    return Roundabout(
        road=road,
        street=predecessors[entry][0],
        entry=entry,
        joined=joined,
        before=on_ring(tuple(k for k in predecessors[joined] if k != entry)),
        after=on_ring(road.successors[joined]),
    )
