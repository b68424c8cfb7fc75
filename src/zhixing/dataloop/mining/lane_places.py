"""Which lanes a point is on or, in junctions, just beside."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zhixing.datatypes.road import Lane, LaneKind, Road
from zhixing.datatypes.shapes import BoolArray, FloatArray, IntArray, polyline_s_m

_EDGE_M = 0.1
_END_M = 0.4
"""A lane is a little longer than drawn: where several begin at one point, their first cross-sections are askew."""
"""Lanes of a map leave gaps of some centimetres between them."""
_CUT_M = 2.5
"""How far beside its lane somebody may drive through a junction: corners are cut, and nothing is painted there."""
_MOST_CELLS = 4_000_000
_PIECES = 32
_NO_LENGTH_M = 1e-6
"""Maps have points that are there twice, and lanes of nothing else."""


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """Where points are, one row for each point and lane that it is on or, in a junction, beside.

    Attributes:
        point: (rows,) index of the point.
        lane: (rows,)
        s_m: (rows,) distance along the lane.
        offset_m: (rows,) from its centre line, left positive.
        yaw_rad: (rows,) direction of the lane there.
        width_m: (rows,) of the lane there.
        outside_m: (rows,) how far the point is outside of the lane's edges, 0 on it.
    """

    point: IntArray
    lane: IntArray
    s_m: FloatArray
    offset_m: FloatArray
    yaw_rad: FloatArray
    width_m: FloatArray
    outside_m: FloatArray


def places_on(road: Road, xy_m: FloatArray) -> Places:
    """Return on and beside which lanes points (points, 2) are, ordered by lane."""
    found: list[tuple[IntArray, int, FloatArray]] = []
    for k, lane in enumerate(road.lanes):
        reach_m = _CUT_M if lane.junction >= 0 and lane.kind in {LaneKind.DRIVING, LaneKind.BIKING} else 0.0
        near = _near(lane, xy_m, reach_m + _EDGE_M + _END_M)
        if not (np.hypot(*np.diff(lane.centre_xy_m, axis=0).T) > _NO_LENGTH_M).any():
            continue
        for part in np.array_split(near, max(1, near.size * lane.centre_xy_m.shape[0] // _MOST_CELLS)):
            if part.size:
                is_on, about = _project(lane, xy_m[part], reach_m)
                found.append((part[is_on], k, about[:, is_on]))
    if not found:
        return Places(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), *np.zeros((5, 0)))
    return Places(
        np.concatenate([row[0] for row in found]),
        np.concatenate([np.full(row[0].size, row[1], dtype=np.int64) for row in found]),
        *np.concatenate([row[2] for row in found], axis=1),
    )


def _near(lane: Lane, xy_m: FloatArray, reach_m: float) -> IntArray:
    """Return the points in reach of a lane, and some more: those in a rectangle about some cross-sections in a row."""
    inside = np.zeros(xy_m.shape[0], dtype=np.bool_)
    for first in range(0, lane.centre_xy_m.shape[0] - 1, _PIECES):
        sections = slice(first, first + _PIECES + 1)
        edges = np.concatenate((lane.left_xy_m[sections], lane.right_xy_m[sections]))
        (x_min, y_min), (x_max, y_max) = edges.min(axis=0) - reach_m, edges.max(axis=0) + reach_m
        inside |= (xy_m[:, 0] >= x_min) & (xy_m[:, 0] <= x_max) & (xy_m[:, 1] >= y_min) & (xy_m[:, 1] <= y_max)
    return np.flatnonzero(inside)


def _project(lane: Lane, xy_m: FloatArray, reach_m: float) -> tuple[BoolArray, FloatArray]:
    """Return (points,) whether each point is on a lane or so near it, and (5, points) what :class:`Places` holds."""
    start = lane.centre_xy_m[:-1]
    along = lane.centre_xy_m[1:] - start
    length = np.hypot(along[:, 0], along[:, 1])
    keep = length > _NO_LENGTH_M
    unit = along[keep] / length[keep, None]
    away = xy_m[:, None, :] - start[None, keep]
    ahead = away[..., 0] * unit[:, 0] + away[..., 1] * unit[:, 1]
    on_line = np.clip(ahead, 0.0, length[keep])
    aside = unit[:, 0] * away[..., 1] - unit[:, 1] * away[..., 0]
    squared = (ahead - on_line) ** 2 + aside**2
    nearest = squared.argmin(axis=1)
    rows = np.arange(xy_m.shape[0])
    piece = np.flatnonzero(keep)[nearest]
    share = on_line[rows, nearest] / length[piece]
    offset = np.where(aside[rows, nearest] >= 0.0, 1.0, -1.0) * np.sqrt(squared[rows, nearest])
    # Beyond the first and the last cross-section is off the lane.
    beyond = ahead[rows, nearest] - on_line[rows, nearest]
    ends = ((nearest == 0) & (beyond < -_END_M)) | ((nearest == unit.shape[0] - 1) & (beyond > _END_M))
    left, right = (np.hypot(*(edge - lane.centre_xy_m).T) for edge in (lane.left_xy_m, lane.right_xy_m))
    left_m, right_m = (side[piece] + share * (side[piece + 1] - side[piece]) for side in (left, right))
    outside_m = np.maximum(np.maximum(offset - left_m, -offset - right_m) - _EDGE_M, 0.0)
    s_m = polyline_s_m(lane.centre_xy_m)[piece] + on_line[rows, nearest]
    direction = np.arctan2(unit[:, 1], unit[:, 0])[nearest]
    return (outside_m <= reach_m) & ~ends, np.stack((s_m, offset, direction, left_m + right_m, outside_m))
