"""A signalised crossroads of four streets, the Chinese way: bike lanes, wide zebra crossings, protected left turns.

Where it has waiting areas (待转区 for left turns, 直行待行区 for straight traffic; GB 5768.3-2009 draws the first), the
inner lane of each arm turns left only, and who waits stands in the junction behind the zebra, beside all ways that have
green meanwhile. Who may enter is the law's "as signed": the first while the straight traffic beside it has green, the
second while the cross street turns left.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from zhixing.datatypes.road import NO_LANE, NO_LIGHT, LaneKind, StopLine
from zhixing.datatypes.shapes import FloatArray
from zhixing.simulation.city_curves import bezier, straight
from zhixing.simulation.city_draft import (
    BIKE_LIMIT_MPS,
    BIKE_WIDTH_M,
    LANE_WIDTH_M,
    WALK_LIMIT_MPS,
    Draft,
    Side,
)

HALF_SIZE_M = 22.0
"""From the middle to the stop lines."""
_CROSSING_AT_M = 17.5
_CROSSING_WIDTH_M = 2.5
_CORNER_M = 14.5
_LEFT_MPS, _RIGHT_MPS = 30.0 / 3.6, 20.0 / 3.6
_WAITS_AT_M = 11.0
"""From the middle to where waiting areas end: just before the ways of the cross street, its bikes included."""

GROUPS_PER_CROSSROADS = 12
"""Light groups of a crossroads: straight on, left, and pedestrians over each of the four arms."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """What a crossroads has beyond the usual.

    Attributes:
        left_waits: A waiting area for left turns on every arm with more than one lane.
        straight_waits: One for straight traffic; needs the same.
        right_arrows: Cars turn right on an arrow of their own only, not on red; where there is
            more than one, from a lane of their own.
    """

    left_waits: bool = False
    straight_waits: bool = False
    right_arrows: bool = False


PLAIN = Layout()


@dataclass(frozen=True, slots=True)
class Arm:
    """One street at a crossroads, seen from it.

    Attributes:
        inbound: Traffic towards the crossroads.
        outbound: Traffic away from it.
    """

    inbound: Side
    outbound: Side


def straight_group(first_group: int, arm: int) -> int:
    """Return the light group of traffic from an arm straight on."""
    return first_group + arm


def left_group(first_group: int, arm: int) -> int:
    """Return the light group of traffic from an arm to the left."""
    return first_group + 4 + arm


def walk_group(first_group: int, arm: int) -> int:
    """Return the light group of pedestrians over an arm."""
    return first_group + 8 + arm


def draw_crossroads(
    draft: Draft, name: str, middle: FloatArray, arms: tuple[Arm, Arm, Arm, Arm], layout: Layout = PLAIN
) -> None:
    """Connect four arms, counter-clockwise from the east: every movement a lane of its own, with its light.

    Right turns need no light but for an arrow; they give way. The groups of waiting areas and arrows follow the twelve
    that every crossroads has.
    """
    junction, first = draft.num_junctions, draft.num_light_groups
    draft.num_junctions += 1
    draft.num_light_groups += GROUPS_PER_CROSSROADS
    for k, arm in enumerate(arms):
        ahead, left, right = arms[(k + 2) % 4].outbound, arms[(k - 1) % 4].outbound, arms[(k + 1) % 4].outbound
        label = f"{name}/{k}"
        lanes = arm.inbound.driving
        turn = _Turns(draft, label, junction)
        has_waits = (layout.left_waits or layout.straight_waits) and len(lanes) > 1
        inner = _wait(draft, label, lanes[:1], "left", junction) if has_waits and layout.left_waits else lanes[:1]
        straight_on = list(zip(lanes, ahead.driving, strict=False))  # where it narrows, the outer lane turns right
        if has_waits:  # the inner lane turns left only
            straight_on = [(lane, ahead.driving[min(n, len(ahead.driving) - 1)]) for n, lane in enumerate(lanes)][1:]
        if layout.right_arrows and len(straight_on) > 1:
            straight_on.pop()
        outer = tuple(lane for lane, _ in straight_on)
        if has_waits and layout.straight_waits:
            outer = _wait(draft, label, outer, "straight", junction)
        for lane, (_, target) in zip(outer, straight_on, strict=True):
            turn.drive(lane, target, "straight", straight_group(first, k), math.inf)
        turn.drive(inner[0], left.driving[0], "left", left_group(first, k), _LEFT_MPS)
        arrow = draft.new_light_group() if layout.right_arrows else NO_LIGHT
        turn.drive(lanes[-1], right.driving[-1], "right", arrow, _RIGHT_MPS)
        turn.ride(arm.inbound.bike, ahead.bike, "straight", straight_group(first, k))
        turn.ride(arm.inbound.bike, left.bike, "left", left_group(first, k))
        turn.ride(arm.inbound.bike, right.bike, "right", NO_LIGHT)
        draft.stop_lines.append(_stop_line(draft, lanes))
    _draw_walks(draft, name, middle, arms, junction, first)


@dataclass(frozen=True, slots=True)
class _Turns:
    """Draws connecting lanes of one arm."""

    draft: Draft
    label: str
    junction: int

    def drive(self, before: int, after: int, turn: str, group: int, limit_mps: float) -> None:
        limit = min(limit_mps, self.draft.lanes[before].limit_mps)
        self._connect(before, after, LaneKind.DRIVING, LANE_WIDTH_M, turn, group, limit)

    def ride(self, before: int, after: int, turn: str, group: int) -> None:
        if NO_LANE not in (before, after):
            self._connect(before, after, LaneKind.BIKING, BIKE_WIDTH_M, turn, group, BIKE_LIMIT_MPS)

    def _connect(
        self, before: int, after: int, kind: LaneKind, width: float, turn: str, group: int, limit: float
    ) -> None:
        start, start_dir = self.draft.end(before)
        end, end_dir = self.draft.begin(after)
        curve = bezier(start, start_dir, end, end_dir, 0.39 if turn in {"left", "right"} else 0.33)
        name = f"{self.label}/{kind.name.lower()}/{turn}/{before}"
        lane = self.draft.add(name, kind, curve, width, limit, junction=self.junction, light_group=group, turn=turn)
        self.draft.join(before, lane)
        self.draft.join(lane, after)


def _wait(draft: Draft, label: str, lanes: tuple[int, ...], turn: str, junction: int) -> tuple[int, ...]:
    """Draw the waiting areas that continue some lanes of an arm, with their stop line, and return their lanes."""
    group, waits = draft.new_light_group(), []
    for lane in lanes:
        start, along = draft.end(lane)
        line = straight(start, start + (HALF_SIZE_M - _WAITS_AT_M) * along)
        limit = min(_LEFT_MPS if turn == "left" else math.inf, draft.lanes[lane].limit_mps)
        name = f"{label}/waits/{turn}/{lane}"
        wait = draft.add(
            name, LaneKind.DRIVING, line, LANE_WIDTH_M, limit, junction=junction, light_group=group, turn=turn
        )
        draft.join(lane, wait)
        waits.append(wait)
    draft.stop_lines.append(_stop_line(draft, tuple(waits)))
    return tuple(waits)


def _stop_line(draft: Draft, lanes: tuple[int, ...]) -> StopLine:
    inner, direction = draft.end(lanes[0])
    outer, _ = draft.end(lanes[-1])
    left = np.array([-direction[1], direction[0]]) * 0.5 * LANE_WIDTH_M
    back = -0.6 * direction
    return StopLine(xy_m=np.stack((inner + left + back, outer - left + back)), lanes=lanes)


def _draw_walks(
    draft: Draft, name: str, middle: FloatArray, arms: tuple[Arm, Arm, Arm, Arm], junction: int, first: int
) -> None:
    """Draw crossings over every arm and bring the pavements to the corners, where all paths of a corner meet."""
    # Corner k lies between arm k and arm k + 1, counter-clockwise.
    corners = [
        middle + _CORNER_M * math.sqrt(2.0) * np.array([math.cos(a), math.sin(a)])
        for a in (math.pi / 4.0 + k * math.pi / 2.0 for k in range(4))
    ]
    arrive: list[list[int]] = [[] for _ in range(4)]
    leave: list[list[int]] = [[] for _ in range(4)]
    for k, arm in enumerate(arms):
        outward = np.array([math.cos(k * math.pi / 2.0), math.sin(k * math.pi / 2.0)])
        across = np.array([-outward[1], outward[0]])
        # Traffic keeps right, so inbound is on the counter-clockwise side of its arm and outbound on the other.
        after, before = k, (k - 1) % 4
        for begin, finish, shift in ((after, before, 1.0), (before, after, -1.0)):
            side = 1.0 if begin == after else -1.0
            line = middle + outward * (_CROSSING_AT_M + shift * 0.5 * _CROSSING_WIDTH_M)
            reach = 11.0 * side * across
            middle_part = straight(line + reach, line - reach)
            path = np.concatenate((corners[begin][None], middle_part, corners[finish][None]))
            lane = draft.add(
                f"{name}/{k}/crossing/{begin}",
                LaneKind.CROSSING,
                path,
                _CROSSING_WIDTH_M,
                WALK_LIMIT_MPS,
                junction=junction,
                light_group=walk_group(first, k),
            )
            arrive[finish].append(lane)
            leave[begin].append(lane)
        for lane, corner, is_arriving in (
            (arm.inbound.walk_along, after, True),
            (arm.inbound.walk_against, after, False),
            (arm.outbound.walk_along, before, False),
            (arm.outbound.walk_against, before, True),
        ):
            if lane == NO_LANE:
                continue
            centre = draft.lanes[lane].centre
            node = corners[corner][None]
            draft.lanes[lane].centre = np.concatenate((centre, node) if is_arriving else (node, centre))
            (arrive if is_arriving else leave)[corner].append(lane)
    for corner in range(4):
        for lane in arrive[corner]:
            for following in leave[corner]:
                draft.join(lane, following)
