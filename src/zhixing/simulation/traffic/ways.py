"""Where road users move: every lane of a road, and whatever other line somebody follows, as flat arrays for kernels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import shapely

from zhixing.datatypes.road import NO_LANE, NO_LIGHT, LaneKind, Road
from zhixing.datatypes.shapes import FloatArray, IntArray, polyline_s_m
from zhixing.driving.lane_map import lane_map_of

RANK_STRAIGHT, RANK_TURN, RANK_JOINS = 2, 1, 0
RANK_WALKS = 3
"""Who goes first where ways meet: people on a crossing, straight on, turning, joining (Road Traffic Safety Law of the
PRC, art. 44, 47; implementing regulations, art. 51 and 52)."""

_SPILL_M = 1.6
"""How far two-wheelers ride out of their lane into a lane for cars beside it, when theirs is blocked."""
_BESIDE_M = 0.6


class Ways(NamedTuple):
    """Lines to move along. The first ones are the lanes of the road, under their own index.

    Attributes:
        first: (ways + 1,) points ``first[k]:first[k + 1]`` belong to way k.
        xy_m: (points, 2) in the world frame.
        s_m: (points,) distance from the start of the way.
        bend_1pm: (points,) curvature, positive to the left.
        length_m: (ways,)
        limit_mps: (ways,) speed limit.
        half_m: (ways,) half the mean width.
        spill_m: (ways,) how much farther than its left edge two-wheelers may go.
        kind: (ways,) :class:`LaneKind`.
        junction: (ways,) index or -1.
        group: (ways,) light group that lets traffic in, or -1.
        rank: (ways,) who goes first where ways meet: the greater.
        left: (ways,) neighbour of the same direction, or -1.
        right: (ways,) the same.
        first_next: (ways + 1,) ``nexts[first_next[k]:first_next[k + 1]]`` continue way k.
        nexts: (joints,)
    """

    first: IntArray
    xy_m: FloatArray
    s_m: FloatArray
    bend_1pm: FloatArray
    length_m: FloatArray
    limit_mps: FloatArray
    half_m: FloatArray
    spill_m: FloatArray
    kind: IntArray
    junction: IntArray
    group: IntArray
    rank: IntArray
    left: IntArray
    right: IntArray
    first_next: IntArray
    nexts: IntArray


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ExtraWay:
    """A line that is no lane: across a street, against traffic, into a gap.

    Attributes:
        xy_m: (points, 2) in the world frame, in the direction of travel.
        kind: What it is most like.
        limit_mps: Speed limit; infinity for none.
        half_m: Half the width somebody on it may use.
        rank: See :class:`Ways`.
        nexts: Ways that continue it; nobody goes on where it is empty.
        group: Light group that lets traffic in.
    """

    xy_m: FloatArray
    kind: LaneKind
    limit_mps: float = np.inf
    half_m: float = 1.0
    rank: int = RANK_STRAIGHT
    nexts: tuple[int, ...] = ()
    group: int = NO_LIGHT


def ways_of(road: Road, extra: Sequence[ExtraWay] = ()) -> Ways:
    """Return the lanes of a road and further lines; extra way k has the index ``len(road.lanes) + k``."""
    lane_map = lane_map_of(road)
    lines = [lane.centre_xy_m for lane in road.lanes] + [way.xy_m for way in extra]
    counts = [line.shape[0] for line in lines]
    nexts = [*road.successors, *(way.nexts for way in extra)]
    lanes = [
        float(np.mean(lane_map.half_width_m[lane_map.first[k] : lane_map.first[k + 1]])) for k in range(len(road.lanes))
    ]
    none = [NO_LANE] * len(extra)
    return Ways(
        first=_starts(counts),
        xy_m=np.concatenate(lines),
        s_m=np.concatenate([polyline_s_m(line) for line in lines]),
        bend_1pm=np.concatenate([_bend_1pm(line) for line in lines]),
        length_m=np.array([polyline_s_m(line)[-1] for line in lines]),
        limit_mps=np.array([lane.speed_limit_mps for lane in road.lanes] + [way.limit_mps for way in extra]),
        half_m=np.array(lanes + [way.half_m for way in extra]),
        spill_m=np.concatenate((_spill_m(road), np.zeros(len(extra)))),
        kind=_integers([int(lane.kind) for lane in road.lanes] + [int(way.kind) for way in extra]),
        junction=_integers([lane.junction for lane in road.lanes] + none),
        group=_integers([lane.light_group for lane in road.lanes] + [way.group for way in extra]),
        rank=_integers([_rank(road, k) for k in range(len(road.lanes))] + [way.rank for way in extra]),
        left=_integers([lane.left_lane for lane in road.lanes] + none),
        right=_integers([lane.right_lane for lane in road.lanes] + none),
        first_next=_starts([len(ways) for ways in nexts]),
        nexts=_integers([way for ways in nexts for way in ways]),
    )


def _starts(counts: list[int]) -> IntArray:
    return np.concatenate(([0], np.cumsum(counts))).astype(np.int64)


def _integers(values: list[int]) -> IntArray:
    return np.array(values, dtype=np.int64)


def _bend_1pm(line: FloatArray) -> FloatArray:
    """Return (points,) how much a line bends, over the pieces before and after each point."""
    if line.shape[0] < 3:
        return np.zeros(line.shape[0])
    pieces = np.diff(line, axis=0)
    long = np.hypot(*pieces.T)
    turns = np.diff(np.unwrap(np.arctan2(pieces[:, 1], pieces[:, 0])))
    inner = turns / np.maximum(0.5 * (long[1:] + long[:-1]), 0.5)
    return np.concatenate(([inner[0]], inner, [inner[-1]]))


def _rank(road: Road, index: int) -> int:
    lane = road.lanes[index]
    if lane.kind == LaneKind.CROSSING:
        return RANK_WALKS
    if lane.turn == "merge":
        return RANK_JOINS
    if lane.junction < 0 or lane.turn in {"", "straight"}:
        return RANK_STRAIGHT
    joins_ring = lane.turn == "right" and any(
        road.lanes[k].junction == lane.junction and road.lanes[k].turn == "straight" for k in road.successors[index]
    )
    return RANK_JOINS if joins_ring or lane.turn == "u-turn" else RANK_TURN


def _spill_m(road: Road) -> FloatArray:
    """Return (lanes,) how far beyond its left edge a lane for two-wheelers can be left: where cars drive beside it."""
    spill = np.zeros(len(road.lanes))
    driving = [k for k, lane in enumerate(road.lanes) if lane.kind == LaneKind.DRIVING]
    if not driving:
        return spill
    edges = shapely.STRtree([shapely.LineString(road.lanes[k].right_xy_m) for k in driving])
    for k, lane in enumerate(road.lanes):
        if lane.kind == LaneKind.BIKING and lane.junction < 0:
            middle = shapely.Point(lane.left_xy_m[lane.left_xy_m.shape[0] // 2])
            if edges.query(middle, predicate="dwithin", distance=_BESIDE_M).size:
                spill[k] = _SPILL_M
    return spill
