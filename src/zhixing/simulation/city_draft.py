"""A road network while it is being drawn: lanes are added, joined and at last frozen."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field

import numpy as np

from zhixing.datatypes.road import NO_LANE, NO_LIGHT, Lane, LaneKind, Road, StopLine
from zhixing.datatypes.shapes import FloatArray
from zhixing.simulation.city_curves import offset

LANE_WIDTH_M = 3.25
BIKE_WIDTH_M = 2.5
WALK_WIDTH_M = 1.5
MEDIAN_M = 0.25
"""Half the distance between the two directions of a street."""
BIKE_GAP_M = 0.25
WALK_GAP_M = 0.5


@dataclass(slots=True)
class _LaneDraft:
    name: str
    kind: LaneKind
    centre: FloatArray
    half_width: FloatArray | float
    limit_mps: float
    junction: int
    light_group: int
    turn: str
    left: int = NO_LANE
    right: int = NO_LANE


@dataclass(slots=True)
class Draft:
    """Lanes, connections and stop lines so far."""

    lanes: list[_LaneDraft] = field(default_factory=list)
    joins: list[tuple[int, int]] = field(default_factory=list)
    stop_lines: list[StopLine] = field(default_factory=list)
    num_junctions: int = 0
    num_light_groups: int = 0

    def add(
        self,
        name: str,
        kind: LaneKind,
        centre: FloatArray,
        width: FloatArray | float,
        limit_mps: float,
        *,
        junction: int = -1,
        light_group: int = NO_LIGHT,
        turn: str = "",
    ) -> int:
        """Add a lane and return its index."""
        self.lanes.append(
            _LaneDraft(name, kind, centre, np.asarray(width) / 2.0, limit_mps, junction, light_group, turn)
        )
        return len(self.lanes) - 1

    def new_light_group(self) -> int:
        """Return the index of a light group of its own."""
        self.num_light_groups += 1
        return self.num_light_groups - 1

    def join(self, before: int, after: int) -> None:
        """Let one lane continue another; the second then begins exactly where the first ends."""
        self.joins.append((before, after))

    def neighbours(self, left: int, right: int) -> None:
        """Let two lanes of one direction lie side by side."""
        self.lanes[left].right, self.lanes[right].left = right, left

    def end(self, lane: int) -> tuple[FloatArray, FloatArray]:
        """Return (2,) the last point of a lane and (2,) its direction there."""
        centre = self.lanes[lane].centre
        step = centre[-1] - centre[-2]
        return centre[-1], step / np.hypot(*step)

    def begin(self, lane: int) -> tuple[FloatArray, FloatArray]:
        """Return (2,) the first point of a lane and (2,) its direction there."""
        centre = self.lanes[lane].centre
        step = centre[1] - centre[0]
        return centre[0], step / np.hypot(*step)

    def freeze(self, name: str) -> Road:
        """Return the network."""
        successors: list[list[int]] = [[] for _ in self.lanes]
        for before, after in self.joins:
            successors[before].append(after)
        return Road(
            name=name,
            lanes=tuple(
                Lane(
                    lane_id=draft.name,
                    kind=draft.kind,
                    centre_xy_m=draft.centre,
                    left_xy_m=offset(draft.centre, draft.half_width),
                    right_xy_m=offset(draft.centre, -np.asarray(draft.half_width)),
                    speed_limit_mps=draft.limit_mps,
                    junction=draft.junction,
                    left_lane=draft.left,
                    right_lane=draft.right,
                    light_group=draft.light_group,
                    turn=draft.turn,
                )
                for draft in self.lanes
            ),
            successors=tuple(tuple(sorted(set(nexts))) for nexts in successors),
            stop_lines=tuple(self.stop_lines),
            num_junctions=self.num_junctions,
            num_light_groups=self.num_light_groups,
        )


@dataclass(frozen=True, slots=True)
class Side:
    """One direction of a street: lane indices, the driving lanes from the middle outwards."""

    driving: tuple[int, ...]
    bike: int = NO_LANE
    walk_along: int = NO_LANE
    walk_against: int = NO_LANE


def draw_side(draft: Draft, name: str, centre: FloatArray, num_lanes: int, limit_mps: float, *, is_urban: bool) -> Side:
    """Add one direction of a street: driving lanes, and in town a bike lane and a pavement on its right.

    Args:
        draft: Where to add.
        name: Prefix of the lanes' names.
        centre: (points, 2) middle of the street in this direction of travel.
        num_lanes: Driving lanes.
        limit_mps: Of the driving lanes.
        is_urban: Whether there are a bike lane and a pavement.
    """
    driving = tuple(
        draft.add(
            f"{name}/{k}", LaneKind.DRIVING, offset(centre, -(MEDIAN_M + (k + 0.5) * LANE_WIDTH_M)), LANE_WIDTH_M,
            limit_mps,
        )
        for k in range(num_lanes)
    )  # fmt: skip
    for left, right in itertools.pairwise(driving):
        draft.neighbours(left, right)
    if not is_urban:
        return Side(driving)
    edge = MEDIAN_M + num_lanes * LANE_WIDTH_M + BIKE_GAP_M
    bike = draft.add(
        f"{name}/bike", LaneKind.BIKING, offset(centre, -(edge + 0.5 * BIKE_WIDTH_M)), BIKE_WIDTH_M, BIKE_LIMIT_MPS
    )
    edge += BIKE_WIDTH_M + WALK_GAP_M
    along = offset(centre, -(edge + 1.5 * WALK_WIDTH_M))
    against = offset(centre, -(edge + 0.5 * WALK_WIDTH_M))[::-1].copy()
    return Side(
        driving,
        bike,
        draft.add(f"{name}/walk", LaneKind.SIDEWALK, along, WALK_WIDTH_M, WALK_LIMIT_MPS),
        draft.add(f"{name}/walk-back", LaneKind.SIDEWALK, against, WALK_WIDTH_M, WALK_LIMIT_MPS),
    )


BIKE_LIMIT_MPS = 25.0 / 3.6
"""GB 17761-2018: electric bicycles go at most 25 km/h."""
WALK_LIMIT_MPS = 2.0
