"""Streets with a Chinese cross-section: car lanes, a green strip, a bike lane of its own, a sidewalk."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zhixing.datatypes.road import LaneKind
from zhixing.datatypes.shapes import FloatArray
from zhixing.simulation.city_lanes import Draftsman
from zhixing.simulation.city_lines import Path, smooth_step

LANE_M = 3.5
HALF_MEDIAN_M = 0.25
"""A double yellow line."""
STRIP_M = 1.5
BIKE_M = 3.0
VERGE_M = 1.0
WALK_M = 3.0
CROSSING_M = 5.0
WALK_REACH_M = 4.0
"""The sidewalk goes on beyond the stop line to the middle of the crossing."""
WALK_MPS = 1.4
BIKE_LIMIT_MPS = 25.0 / 3.6
"""GB 17761-2018: the design speed of e-bikes."""


def bike_edge_m(num_lanes: int) -> float:
    """Return how far from the middle of a street its bike lane begins, with so many car lanes in each direction."""
    return HALF_MEDIAN_M + num_lanes * LANE_M + STRIP_M


def walk_m(num_lanes: int) -> float:
    """Return how far from the middle of a street people walk."""
    return bike_edge_m(num_lanes) + BIKE_M + VERGE_M + 0.5 * WALK_M


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    """One end of a street, as the junction there sees it; lanes are counted from the middle of the street.

    Attributes:
        arriving: Car lanes that end at the junction.
        departing: Car lanes that begin there.
        bike_in: Bike lane that ends there, or -1.
        bike_out: Bike lane that begins there, or -1.
        walk_in: Sidewalk that ends there, or -1.
        walk_out: Sidewalk that begins there, or -1.
        limit_mps: Speed limit of the street.
    """

    arriving: tuple[int, ...]
    departing: tuple[int, ...]
    bike_in: int
    bike_out: int
    walk_in: int
    walk_out: int
    limit_mps: float


def add_street(draw: Draftsman, name: str, path: Path, num_lanes: int, limit_mps: float) -> tuple[Arm, Arm]:
    """Draw a street with cars, bikes and walkers both ways, and return its arms at the start and the end of a path."""
    there = _one_way(draw, f"{name}.a", path, num_lanes, limit_mps)
    back = _one_way(draw, f"{name}.b", path.reversed(), num_lanes, limit_mps)
    return _arms(there, back, limit_mps)


def _arms(there: tuple[list[int], list[int]], back: tuple[list[int], list[int]], limit_mps: float) -> tuple[Arm, Arm]:
    (there_cars, there_slow), (back_cars, back_slow) = there, back
    start = Arm(
        arriving=tuple(back_cars),
        departing=tuple(there_cars),
        bike_in=back_slow[0],
        bike_out=there_slow[0],
        walk_in=back_slow[1],
        walk_out=there_slow[1],
        limit_mps=limit_mps,
    )
    end = Arm(
        arriving=tuple(there_cars),
        departing=tuple(back_cars),
        bike_in=there_slow[0],
        bike_out=back_slow[0],
        walk_in=there_slow[1],
        walk_out=back_slow[1],
        limit_mps=limit_mps,
    )
    return start, end


def _one_way(
    draw: Draftsman, name: str, path: Path, num_lanes: int, limit_mps: float
) -> tuple[list[int], list[int]]:
    cars = _car_lanes(draw, name, path, num_lanes, limit_mps)
    bike_m = bike_edge_m(num_lanes)
    bike = draw.add_strip(f"{name}.bike", LaneKind.BIKING, path, bike_m, bike_m + BIKE_M, BIKE_LIMIT_MPS)
    middle_m = walk_m(num_lanes)
    walk = draw.add_strip(
        f"{name}.walk", LaneKind.SIDEWALK, _extended(path), middle_m - 0.5 * WALK_M, middle_m + 0.5 * WALK_M, WALK_MPS
    )
    return cars, [bike, walk]


def _car_lanes(draw: Draftsman, name: str, path: Path, num_lanes: int, limit_mps: float) -> list[int]:
    edges_m = [HALF_MEDIAN_M + k * LANE_M for k in range(num_lanes + 1)]
    lanes = [
        draw.add_strip(f"{name}.{k}", LaneKind.DRIVING, path, edges_m[k], edges_m[k + 1], limit_mps)
        for k in range(num_lanes)
    ]
    for k in range(num_lanes - 1):
        draw.pair(lanes[k], lanes[k + 1])
    return lanes


def _extended(path: Path) -> Path:
    """Return a path that begins and ends where the crossings are."""
    ends = []
    for at, sign in ((0, -1.0), (-1, 1.0)):
        forward = np.array([np.cos(path.yaw_rad[at]), np.sin(path.yaw_rad[at])])
        ends.append(path.xy_m[at] + sign * WALK_REACH_M * forward)
    xy_m = np.concatenate((ends[:1], path.xy_m, ends[1:]))
    yaw = np.concatenate((path.yaw_rad[:1], path.yaw_rad, path.yaw_rad[-1:]))
    s_m = np.concatenate(([0.0], path.s_m + WALK_REACH_M, [path.s_m[-1] + 2.0 * WALK_REACH_M]))
    return Path(xy_m, yaw, s_m)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expressway:
    """Where on a fast road what happens, in metres from the start in each direction.

    Attributes:
        town_limit_mps: Limit near both ends.
        limit_mps: Limit between.
        slow_road_mps: Limit of the road beside it.
        fast_from_m: The higher limit begins.
        exit_m: The way out begins.
        merge_m: The ramp back begins.
        fast_to_end_m: The higher limit ends so far from the end.
    """

    town_limit_mps: float = 60.0 / 3.6
    limit_mps: float = 80.0 / 3.6
    slow_road_mps: float = 50.0 / 3.6
    fast_from_m: float = 60.0
    exit_m: float = 230.0
    merge_m: float = 470.0
    fast_to_end_m: float = 100.0


_EXIT_LENGTH_M = 70.0
_RAMP_LENGTH_M = 60.0
_ACCELERATION_M = 130.0
"""CJJ 37-2012 asks for 120 to 160 m at 60 to 80 km/h."""
_TAPER_M = 50.0
_SLOW_ROAD_GAP_M = 4.0


def add_expressway(draw: Draftsman, name: str, path: Path, num_lanes: int, plan: Expressway) -> tuple[Arm, Arm]:
    """Draw a fast road without bikes or walkers; each direction has an exit to a slow road (辅路) and a merge.

    The ramp back ends in an acceleration lane beside the main lanes, which tapers into the rightmost of them.

    Returns:
        Its arms at the start and the end of the path.
    """
    ends = []
    for suffix, line in (("a", path), ("b", path.reversed())):
        ends.append(_fast_one_way(draw, f"{name}.{suffix}", line, num_lanes, plan))
    (there_in, there_out), (back_in, back_out) = ends
    nobody = {"bike_in": -1, "bike_out": -1, "walk_in": -1, "walk_out": -1, "limit_mps": plan.town_limit_mps}
    return (
        Arm(arriving=back_out, departing=there_in, **nobody),  # type: ignore[arg-type]
        Arm(arriving=there_out, departing=back_in, **nobody),  # type: ignore[arg-type]
    )


def _fast_one_way(
    draw: Draftsman, name: str, path: Path, num_lanes: int, plan: Expressway
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the car lanes at the beginning and at the end."""
    exit_end_m = plan.exit_m + _EXIT_LENGTH_M
    beside_m = plan.merge_m + _RAMP_LENGTH_M
    taper_m = beside_m + _ACCELERATION_M
    joined_m = taper_m + _TAPER_M
    end_m = float(path.s_m[-1])
    cuts_m = [0.0, plan.fast_from_m, plan.exit_m, exit_end_m, beside_m, taper_m, joined_m, end_m - plan.fast_to_end_m]
    limits = [plan.town_limit_mps, *[plan.limit_mps] * 6, plan.town_limit_mps]
    sections = [
        _car_lanes(draw, f"{name}.{k}", path.between(a, b), num_lanes, limits[k])
        for k, (a, b) in enumerate(zip(cuts_m, [*cuts_m[1:], end_m], strict=True))
    ]
    for before, after in zip(sections, sections[1:], strict=False):
        for lane, following in zip(before, after, strict=True):
            draw.link(lane, following)
    edge_m = HALF_MEDIAN_M + num_lanes * LANE_M

    def strip(label: str, from_m: float, to_m: float, shift_from_m: float, shift_to_m: float, limit: float) -> int:
        part = path.between(from_m, to_m)
        share = smooth_step(part.s_m / (to_m - from_m))
        left_m: FloatArray = edge_m + shift_from_m + (shift_to_m - shift_from_m) * share
        return draw.add_strip(f"{name}.{label}", LaneKind.DRIVING, part, left_m, left_m + LANE_M, limit)

    away = strip("exit", plan.exit_m, exit_end_m, -LANE_M, _SLOW_ROAD_GAP_M, plan.slow_road_mps)
    slow = strip("slow", exit_end_m, plan.merge_m, _SLOW_ROAD_GAP_M, _SLOW_ROAD_GAP_M, plan.slow_road_mps)
    ramp = strip("ramp", plan.merge_m, beside_m, _SLOW_ROAD_GAP_M, 0.0, plan.slow_road_mps)
    speed_up = strip("acceleration", beside_m, taper_m, 0.0, 0.0, plan.limit_mps)
    taper = strip("taper", taper_m, joined_m, 0.0, -LANE_M, plan.limit_mps)
    chain = [sections[1][-1], away, slow, ramp, speed_up, taper, sections[6][-1]]
    for lane, following in zip(chain, chain[1:], strict=False):
        draw.link(lane, following)
    draw.pair(sections[4][-1], speed_up)
    for lanes, turns in (((sections[2][-1], away), ("straight", "right")), ((sections[5][-1], taper), ("straight",) * 2)):
        junction = draw.new_junction()
        for lane, turn in zip(lanes, turns, strict=True):
            draw.drafts[lane].junction, draw.drafts[lane].turn = junction, turn
    return tuple(sections[0]), tuple(sections[-1])
