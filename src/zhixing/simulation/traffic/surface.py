"""What the ground is, as a raster: who is where it must not be is then one look away."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import shapely
from numba import njit

from zhixing.datatypes.road import LaneKind, Road
from zhixing.datatypes.shapes import FloatArray
from zhixing.driving.leaf_kernel import leaf_kernel
from zhixing.simulation.drivable import TOLERANCE_M, drivable_area

CELL_M = 0.25
FOR_CARS, FOR_BIKES, FOR_WALKING = 1, 2, 4
"""Bits of a cell."""
_LARGEST_CELLS = 400_000_000


class Surface(NamedTuple):
    """The ground in cells.

    Attributes:
        left_m: World x of the raster's edge.
        low_m: World y of the raster's edge.
        bits: (rows, columns) what each cell is good for; row 0 is the lowest.
    """

    left_m: float
    low_m: float
    bits: npt.NDArray[np.uint8]


@lru_cache(maxsize=8)
def surface_of(road: Road) -> Surface:
    """Return the ground of a road, made once for each road of late: lanes and crossroads, 0.3 m larger all round.

    Raises:
        ValueError: The road is too large for a raster.
    """
    areas: dict[int, Any] = {
        FOR_CARS: drivable_area(road).area,
        FOR_BIKES: _area(road, frozenset({LaneKind.BIKING})),
        FOR_WALKING: _area(road, frozenset({LaneKind.SIDEWALK, LaneKind.CROSSING})),
    }
    areas = {bit: area.buffer(TOLERANCE_M) for bit, area in areas.items() if not area.is_empty}
    left, low, right, high = shapely.total_bounds(list(areas.values()))
    rows, columns = int((high - low) / CELL_M) + 2, int((right - left) / CELL_M) + 2
    if rows * columns > _LARGEST_CELLS:
        raise ValueError(
            f"a road of {right - left:.0f} m by {high - low:.0f} m is too large for a raster of its ground"
        )
    bits = np.zeros((rows, columns), dtype=np.uint8)
    for bit, area in areas.items():
        for part in shapely.get_parts(area):
            rings = [np.asarray(part.exterior.coords), *(np.asarray(ring.coords) for ring in part.interiors)]
            ends = np.cumsum([ring.shape[0] for ring in rings]).astype(np.int64)
            _fill(np.concatenate(rings), ends, float(left), float(low), bits, bit)
    return Surface(float(left), float(low), bits)


def _area(road: Road, kinds: frozenset[LaneKind]) -> shapely.Geometry:
    outlines = [
        shapely.Polygon(np.concatenate((lane.left_xy_m, lane.right_xy_m[::-1]))).buffer(0.0)
        for lane in road.lanes
        if lane.kind in kinds
    ]
    return shapely.union_all(outlines) if outlines else shapely.Polygon()


@njit(cache=True)
def _fill(
    rings: FloatArray, ends: npt.NDArray[np.int64], left: float, low: float, bits: npt.NDArray[np.uint8], bit: int
) -> None:
    """Set a bit in all cells whose middle is inside rings, by the even-odd rule, row by row."""
    y_min, y_max = rings[:, 1].min(), rings[:, 1].max()
    crossings = np.empty(rings.shape[0])
    for row in range(max(0, int((y_min - low) / CELL_M)), min(bits.shape[0], int((y_max - low) / CELL_M) + 2)):
        y = low + (row + 0.5) * CELL_M
        count, begin = 0, 0
        for end in ends:
            for k in range(begin, end - 1):
                ay, by = rings[k, 1], rings[k + 1, 1]
                if (ay > y) != (by > y):
                    crossings[count] = rings[k, 0] + (y - ay) / (by - ay) * (rings[k + 1, 0] - rings[k, 0])
                    count += 1
            begin = end
        found = np.sort(crossings[:count])
        for k in range(0, count - 1, 2):
            first = max(0, int(np.ceil((found[k] - left) / CELL_M - 0.5)))
            last = min(bits.shape[1] - 1, int(np.floor((found[k + 1] - left) / CELL_M - 0.5)))
            for column in range(first, last + 1):
                bits[row, column] |= bit


@leaf_kernel
def ground_at(surface: Surface, x: float, y: float) -> int:
    """Return the bits of the cell at a point; 0 outside."""
    up, along = (y - surface.low_m) / CELL_M, (x - surface.left_m) / CELL_M
    if not (0.0 <= up < surface.bits.shape[0] and 0.0 <= along < surface.bits.shape[1]):
        return 0  # outside, or no number
    return int(surface.bits[int(up), int(along)])
