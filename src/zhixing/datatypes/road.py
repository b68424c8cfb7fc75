"""The street: lanes with their geometry, how they connect, and where one has to stop."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from zhixing.datatypes.shapes import FloatArray, check_shapes

NO_LANE = -1
NO_LIGHT = -1


class LaneKind(IntEnum):
    """Who a lane is for."""

    DRIVING = 1
    BIKING = 2
    SIDEWALK = 3
    CROSSING = 4
    """Where pedestrians (and pushed bicycles) cross the carriageway."""
    OTHER = 5


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Lane:
    """One lane, drawn in its direction of travel.

    The three lines have the same number of points, at least two; point k of each lies on one cross-section.

    Attributes:
        lane_id: Name in the map, unique.
        kind: Who it is for.
        centre_xy_m: (points, 2) in the world frame.
        left_xy_m: (points, 2) left boundary as seen in the direction of travel.
        right_xy_m: (points, 2) right boundary.
        speed_limit_mps: As signed; infinity where none is known.
        is_two_way: Sidewalks and crossings are walked in both directions.
        junction: Index of the junction the lane lies in, -1 outside.
        left_lane: Index of the neighbour on the left with the same direction of travel, or ``NO_LANE``.
        right_lane: The same on the right.
        light_group: Index of the light that lets traffic enter this lane, or ``NO_LIGHT``. In a junction each
            movement (connecting lane) has its own.
        turn: ``left``, ``right``, ``straight`` or ``u-turn`` inside a junction, ``merge`` where a lane ends by running
            into its neighbour, which has the right of way; else empty.
    """

    lane_id: str
    kind: LaneKind
    centre_xy_m: FloatArray
    left_xy_m: FloatArray
    right_xy_m: FloatArray
    speed_limit_mps: float
    is_two_way: bool = False
    junction: int = -1
    left_lane: int = NO_LANE
    right_lane: int = NO_LANE
    light_group: int = NO_LIGHT
    turn: str = ""

    def __post_init__(self) -> None:
        check_shapes(self, centre_xy_m="points 2", left_xy_m="points 2", right_xy_m="points 2")


def lane_along(
    lane_id: str,
    centre_xy_m: FloatArray,
    width_m: float,
    speed_limit_mps: float,
    *,
    left_lane: int = NO_LANE,
    right_lane: int = NO_LANE,
    junction: int = -1,
    turn: str = "",
) -> Lane:
    """Return a lane for cars of one width along its middle.

    Args:
        lane_id: Its name.
        centre_xy_m: (points, 2) in the direction of travel.
        width_m: From edge to edge.
        speed_limit_mps: On all of it.
        left_lane: See :class:`Lane`; so are the rest.
        right_lane: See :class:`Lane`.
        junction: See :class:`Lane`.
        turn: See :class:`Lane`.

    Example:
        >>> lane_along("only", np.array([[0.0, 0.0], [10.0, 0.0]]), 3.0, 15.0).left_xy_m.tolist()
        [[0.0, 1.5], [10.0, 1.5]]
    """
    along = np.gradient(centre_xy_m, axis=0)
    left = np.stack((-along[:, 1], along[:, 0]), axis=-1) / np.hypot(*along.T)[:, None]
    half = 0.5 * width_m * left
    return Lane(
        lane_id=lane_id,
        kind=LaneKind.DRIVING,
        centre_xy_m=centre_xy_m,
        left_xy_m=centre_xy_m + half,
        right_xy_m=centre_xy_m - half,
        speed_limit_mps=speed_limit_mps,
        left_lane=left_lane,
        right_lane=right_lane,
        junction=junction,
        turn=turn,
    )


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class StopLine:
    """Where to wait: before a junction, or within it at the end of a waiting area (待转区).

    A waiting area is a lane of its own in the junction. Its light group shows green while it may be entered, that of
    the lane behind its line while the turn may be finished.

    Attributes:
        xy_m: (2, 2) its two ends in the world frame.
        lanes: Indices of the approach lanes that end at it.
    """

    xy_m: FloatArray
    lanes: tuple[int, ...]

    def __post_init__(self) -> None:
        check_shapes(self, xy_m="2 2")


@dataclass(frozen=True, slots=True, eq=False, kw_only=True, weakref_slot=True)
class Road:
    """A road network.

    Attributes:
        name: Of the map.
        lanes: All lanes; other nouns refer to them by index.
        successors: For each lane the lanes that continue it.
        stop_lines: Where to wait.
        num_junctions: Junctions are numbered from 0.
        num_light_groups: Light groups are numbered from 0.
    """

    name: str
    lanes: tuple[Lane, ...]
    successors: tuple[tuple[int, ...], ...]
    stop_lines: tuple[StopLine, ...] = ()
    num_junctions: int = 0
    num_light_groups: int = 0

    def predecessors(self) -> tuple[tuple[int, ...], ...]:
        """Return for each lane the lanes it continues."""
        before: list[list[int]] = [[] for _ in self.lanes]
        for lane, nexts in enumerate(self.successors):
            for following in nexts:
                before[following].append(lane)
        return tuple(tuple(lanes) for lanes in before)
