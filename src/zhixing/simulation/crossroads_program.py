"""The signal programs of the built-in city's crossroads, for the groups that each one has.

Stages: north-south straight on, north-south left, east-west straight on, east-west left. People on foot walk beside
the parallel straight stage and stop early enough to clear the road. A waiting area for left turns is entered while
the straight traffic beside it goes, one for straight traffic while the cross street turns left, and each while its
own light is green, but for the last seconds, so that whoever is in it is let out. A right arrow goes with the left
turns of the cross street: nobody walks or rides across it then.

The day: longer greens in the rush hours, shorter ones at night, and at quiet crossroads flashing yellow from 23 to 6.
Times are typical of mid-size Chinese crossroads and ours; GB 50647-2011 asks for the order.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from zhixing.datatypes.road import NO_LIGHT, Lane, Road
from zhixing.simulation.city_crossroads import GROUPS_PER_CROSSROADS, left_group, straight_group, walk_group
from zhixing.simulation.signal_program import Plan, Program, Stage

_STRAIGHT_S, _LEFT_S, _WALK_S = 22.0, 10.0, 10.0
_RUSH_STRAIGHT_S, _RUSH_LEFT_S = 34.0, 16.0
_NIGHT_STRAIGHT_S, _NIGHT_LEFT_S = 20.0, 10.0
_HOURS = (6.0, 7.0, 9.0, 17.0, 19.0, 23.0)
_QUIET_SHARE = 0.5
_CLOSES_EARLIER_S = 3.0
_WHOLE_SHARE, _LAST_SHARE, _LAST_S = 0.5, 0.2, 9.0
"""Half of the crossroads count all of red and green down, a fifth the last nine seconds, in one digit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Extras:
    """Groups of a crossroads beyond the twelve that each has; numbered from 0 there, with the arm they belong to.

    Attributes:
        left_waits: Ways into waiting areas for left turns.
        straight_waits: Ways into waiting areas for straight traffic.
        right_arrows: Right turns with a light of their own.
    """

    left_waits: tuple[tuple[int, int], ...] = ()
    straight_waits: tuple[tuple[int, int], ...] = ()
    right_arrows: tuple[tuple[int, int], ...] = ()

    @property
    def num(self) -> int:
        """How many there are."""
        return len(self.left_waits) + len(self.straight_waits) + len(self.right_arrows)


def extras_of(road: Road) -> tuple[Extras, ...]:
    """Return the further groups of each crossroads, in the order of their groups."""
    first: dict[int, int] = {}
    for lane in road.lanes:
        if lane.light_group != NO_LIGHT:
            first[lane.junction] = min(first.get(lane.junction, lane.light_group), lane.light_group)
    found: dict[int, dict[str, set[tuple[int, int]]]] = {junction: {} for junction in first}
    for lane in road.lanes:
        own = lane.light_group - first.get(lane.junction, 0)
        if lane.light_group == NO_LIGHT or own < GROUPS_PER_CROSSROADS:
            continue
        found[lane.junction].setdefault(lane.turn, set()).add((own, _arm(lane)))
    return tuple(
        Extras(
            left_waits=tuple(sorted(roles.get("left", ()))),
            straight_waits=tuple(sorted(roles.get("straight", ()))),
            right_arrows=tuple(sorted(roles.get("right", ()))),
        )
        for _, roles in sorted(found.items(), key=lambda item: first[item[0]])
    )


def day_program(extras: Extras, rng: np.random.Generator) -> Program:
    """Return what a crossroads shows through the day; whether it flashes at night and counts down the dice say."""
    counted = float(rng.random())
    last_s = np.inf if counted < _WHOLE_SHARE else _LAST_S if counted < _WHOLE_SHARE + _LAST_SHARE else 0.0
    is_quiet = float(rng.random()) < _QUIET_SHARE
    rush = Plan(name="rush", stages=_stages(extras, _RUSH_STRAIGHT_S, _RUSH_LEFT_S), countdown_s=last_s)
    usual = usual_plan(extras, last_s)
    night = Plan(name="night", stages=() if is_quiet else _stages(extras, _NIGHT_STRAIGHT_S, _NIGHT_LEFT_S))
    return _program(extras, (usual, rush, usual, rush, usual, night), _HOURS)


def usual_program(extras: Extras) -> Program:
    """Return the program that is the same all day and counts nothing down."""
    return _program(extras, (usual_plan(extras, 0.0),), (0.0,))


def usual_plan(extras: Extras, countdown_s: float) -> Plan:
    """Return the plan between the rush hours."""
    return Plan(name="usual", stages=_stages(extras, _STRAIGHT_S, _LEFT_S), countdown_s=countdown_s)


def _program(extras: Extras, plans: tuple[Plan, ...], hours: tuple[float, ...]) -> Program:
    return Program(
        num_groups=GROUPS_PER_CROSSROADS + extras.num,
        plans=plans,
        from_hour=hours,
        walks=tuple(walk_group(0, arm) for arm in range(4)),
        displays=tuple(straight_group(0, arm) for arm in range(4)) + tuple(left_group(0, arm) for arm in range(4)),
    )


def _stages(extras: Extras, straight_s: float, left_s: float) -> tuple[Stage, ...]:
    """Return the four stages; arms are numbered counter-clockwise from the east, people cross while an arm waits."""
    stages = []
    for own, cross in (((1, 3), (0, 2)), ((0, 2), (1, 3))):
        lefts = [g for g, arm in extras.left_waits if arm in own]
        straights = [g for g, arm in extras.straight_waits if arm in own]
        next_straight = [g for g, arm in extras.straight_waits if arm in cross]
        arrows = [g for g, arm in extras.right_arrows if arm in cross]
        stages += [
            Stage(
                green=(*(straight_group(0, arm) for arm in own), *lefts, *straights), green_s=straight_s,
                early=tuple(straights), early_s=_CLOSES_EARLIER_S,
                walk=tuple(walk_group(0, arm) for arm in cross), walk_s=_WALK_S,
            ),
            Stage(
                green=(*(left_group(0, arm) for arm in own), *lefts, *next_straight, *arrows), green_s=left_s,
                early=tuple(lefts), early_s=_CLOSES_EARLIER_S,
            ),
        ]  # fmt: skip
    return tuple(stages)


def _arm(lane: Lane) -> int:
    """Return from which arm a lane of a crossroads is entered; arm k lies k quarter turns from the east."""
    step = lane.centre_xy_m[1] - lane.centre_xy_m[0]
    return round(math.atan2(-step[1], -step[0]) / (math.pi / 2.0)) % 4
