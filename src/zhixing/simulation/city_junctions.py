"""Where streets meet: crossroads with lights, zebra crossings and ways for bikes; and a roundabout.

The arms of a junction are given counter-clockwise. Seen from the middle outwards along an arm, what departs is on the
right and what arrives is on the left.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from zhixing.datatypes.road import LaneKind
from zhixing.datatypes.shapes import FloatArray
from zhixing.simulation.city_lanes import Draftsman
from zhixing.simulation.city_lines import Path, curve_path
from zhixing.simulation.city_streets import BIKE_LIMIT_MPS, CROSSING_M, WALK_M, WALK_MPS, WALK_REACH_M, Arm, walk_m

_BIKE_LEFT_HANDLE_M = 9.0
"""Keeps bikes that turn left from both sides apart from each other in the middle."""
_TURN_LIMIT_MPS = 30.0 / 3.6
"""Road Traffic Safety Law implementation, article 46: 30 km/h when turning."""
_RING_LANE_M = 4.5
_RING_LIMIT_MPS = 30.0 / 3.6


def stop_distance_m(crossing_street_lanes: int) -> float:
    """Return how far from the middle of a crossroads its stop lines are."""
    return walk_m(crossing_street_lanes) + 4.0 + WALK_REACH_M


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoke:
    """An arm where it meets a junction.

    Attributes:
        arm: Its lanes.
        yaw_rad: Direction from the middle outwards.
        stop_m: Distance of the stop line from the middle.
        num_lanes: Car lanes in each direction, which say how far apart the sidewalks are.
    """

    arm: Arm
    yaw_rad: float
    stop_m: float
    num_lanes: int


def add_crossroads(draw: Draftsman, name: str, xy_m: FloatArray, spokes: list[Spoke]) -> None:
    """Draw a crossroads with four arms and lights."""
    junction = draw.new_junction()
    for k, spoke in enumerate(spokes):
        arm = spoke.arm
        right, across, left = (spokes[(k + turn) % 4].arm for turn in (1, 2, 3))
        # From the innermost lane to the left, from all others straight on, from the outermost also to the right.
        draw.connect(arm.arriving[0], left.departing[0], junction=junction, turn="left", limit_mps=_TURN_LIMIT_MPS, has_light=True)
        inner = list(range(1, len(arm.arriving)))
        shift = len(across.departing) - len(arm.arriving)
        for lane in inner:
            draw.connect(
                arm.arriving[lane],
                across.departing[lane + min(shift, 0)],
                junction=junction,
                turn="straight",
                limit_mps=min(arm.limit_mps, across.limit_mps),
                has_light=True,
            )
        draw.connect(arm.arriving[-1], right.departing[-1], junction=junction, turn="right", limit_mps=_TURN_LIMIT_MPS, has_light=True)
        for turn, other in (("right", right), ("straight", across), ("left", left)):
            if arm.bike_in >= 0 and other.bike_out >= 0:
                handle_m = _BIKE_LEFT_HANDLE_M if turn == "left" else None
                draw.connect(
                    arm.bike_in,
                    other.bike_out,
                    junction=junction,
                    turn=turn,
                    limit_mps=BIKE_LIMIT_MPS,
                    has_light=True,
                    handle_m=handle_m,
                )
        draw.stop_line(arm.arriving)
        if arm.bike_in >= 0:
            draw.stop_line((arm.bike_in,))
    _add_walks(draw, name, xy_m, spokes, junction, has_lights=True)


def add_roundabout(draw: Draftsman, name: str, xy_m: FloatArray, spokes: list[Spoke], radius_m: float) -> None:
    """Draw a roundabout with one ring lane; who enters gives way, bikes keep outside and turn right."""
    junction = draw.new_junction()
    half = 0.5 * _RING_LANE_M
    opening_rad = math.radians(32.0)
    gates: list[tuple[float, float]] = [(s.yaw_rad - opening_rad, s.yaw_rad + opening_rad) for s in spokes]
    turns = [angle for pair in gates for angle in pair]
    ring = []
    for k, start in enumerate(turns):
        sweep = (turns[(k + 1) % len(turns)] - start) % (2.0 * math.pi)
        lane = draw.add_strip(
            f"{name}.ring{k}", LaneKind.DRIVING, _ring_path(xy_m, radius_m, start, sweep), -half, half, _RING_LIMIT_MPS
        )
        draw.drafts[lane].junction, draw.drafts[lane].turn = junction, "straight"
        ring.append(lane)
    _close_ring(draw, ring)
    for k, spoke in enumerate(spokes):
        arm, before, after = spoke.arm, ring[2 * k - 1], ring[(2 * k + 1) % len(ring)]
        for lane in arm.departing:
            draw.connect(before, lane, junction=junction, turn="right", limit_mps=_RING_LIMIT_MPS, has_light=False)
        for lane in arm.arriving:
            draw.connect(lane, after, junction=junction, turn="right", limit_mps=_RING_LIMIT_MPS, has_light=False)
        bike_out = spokes[(k + 1) % len(spokes)].arm.bike_out
        draw.connect(
            arm.bike_in, bike_out, junction=junction, turn="right", limit_mps=BIKE_LIMIT_MPS, has_light=False
        )
        draw.stop_line(arm.arriving)
    _add_walks(draw, name, xy_m, spokes, junction, has_lights=False)


def _ring_path(xy_m: FloatArray, radius_m: float, start_rad: float, sweep_rad: float) -> Path:
    steps = max(4, math.ceil(radius_m * sweep_rad / 1.2))
    angle = start_rad + sweep_rad * np.linspace(0.0, 1.0, steps + 1)
    ring = xy_m + radius_m * np.stack((np.cos(angle), np.sin(angle)), axis=-1)
    return Path(ring, angle + 0.5 * math.pi, radius_m * (angle - start_rad))


def _close_ring(draw: Draftsman, ring: list[int]) -> None:
    for k, lane in enumerate(ring):
        following = ring[(k + 1) % len(ring)]
        before, after = draw.drafts[lane], draw.drafts[following]
        for line in ("centre_xy_m", "left_xy_m", "right_xy_m"):
            getattr(before, line)[-1] = getattr(after, line)[0]
        draw.link(lane, following)


def _add_walks(
    draw: Draftsman, name: str, xy_m: FloatArray, spokes: list[Spoke], junction: int, *, has_lights: bool
) -> None:
    """Draw a zebra crossing over every arm, and ways around the corners."""
    mouths = []  # for each arm: where walkers arrive from it, where they set out along it
    for spoke in spokes:
        out = np.array([math.cos(spoke.yaw_rad), math.sin(spoke.yaw_rad)])
        left = np.array([-out[1], out[0]])
        middle = xy_m + (spoke.stop_m - WALK_REACH_M) * out
        aside = walk_m(spoke.num_lanes)
        arm = spoke.arm
        arrive = draw.drafts[arm.walk_in].centre_xy_m[-1] if arm.walk_in >= 0 else middle + aside * left
        set_out = draw.drafts[arm.walk_out].centre_xy_m[0] if arm.walk_out >= 0 else middle - aside * left
        mouths.append((arrive, set_out))
    for k, spoke in enumerate(spokes):
        arrive, set_out = mouths[k]
        across_yaw = spoke.yaw_rad - 0.5 * math.pi
        zebra = draw.add_strip(
            f"{name}.zebra{k}",
            LaneKind.CROSSING,
            curve_path(arrive, across_yaw, set_out, across_yaw),
            -0.5 * CROSSING_M,
            0.5 * CROSSING_M,
            WALK_MPS,
        )
        draft = draw.drafts[zebra]
        draft.junction, draft.turn = junction, "straight"
        draft.light_group = draw.new_light() if has_lights else -1
        beyond = (k + 1) % len(spokes)
        turn_yaw = spoke.yaw_rad + math.pi
        corner = draw.add_strip(
            f"{name}.corner{k}",
            LaneKind.SIDEWALK,
            curve_path(arrive, turn_yaw, mouths[beyond][1], spokes[beyond].yaw_rad),
            -0.5 * WALK_M,
            0.5 * WALK_M,
            WALK_MPS,
        )
        if spoke.arm.walk_in >= 0:
            draw.link(spoke.arm.walk_in, zebra)
            draw.link(spoke.arm.walk_in, corner)
        if spoke.arm.walk_out >= 0:
            draw.link(zebra, spoke.arm.walk_out)
        if spokes[beyond].arm.walk_out >= 0:
            draw.link(corner, spokes[beyond].arm.walk_out)
