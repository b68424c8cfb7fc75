"""Signal programs as data: stages, the plans of a day, and what they come to for each light group.

A stage lets some groups go together; a plan is a cycle of stages; a program is the plans of a day. A group that two
stages name is green in both, as the way into a waiting area is. A plan without stages is the one of quiet nights:
every light of vehicles flashes yellow and those of people on foot are dark.

Sources: GB 14886-2016, 4.3: red, green, yellow, red; how long yellow lasts and how fast it flashes. Implementing
regulations of the Road Traffic Safety Law, art. 38 (green, yellow, red), 42 (flashing yellow: look, then pass). GA/T
508-2014: displays that count down, in numerals. The times of the stages are ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from zhixing.datatypes.lights import Light
from zhixing.datatypes.shapes import FloatArray, IntArray

YELLOW_S, ALL_RED_S, MIN_GREEN_S = 3.0, 2.0, 7.0
HOURS_A_DAY = 24.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Who goes at the same time.

    Attributes:
        green: Groups of vehicles that are let in; yellow follows.
        green_s: How long.
        walk: Groups of people on foot that may set out when the stage begins; red follows at once.
        walk_s: How long.
        early: Those of ``green`` whose green ends earlier.
        early_s: By how much.
        yellow_s: After green.
        all_red_s: After yellow, before the next stage.
        min_green_s: No green may be shorter.

    Raises:
        ValueError: A time is too short, or people may set out for longer than the stage is green.
    """

    green: tuple[int, ...]
    green_s: float
    walk: tuple[int, ...] = ()
    walk_s: float = 0.0
    early: tuple[int, ...] = ()
    early_s: float = 0.0
    yellow_s: float = YELLOW_S
    all_red_s: float = ALL_RED_S
    min_green_s: float = MIN_GREEN_S

    def __post_init__(self) -> None:
        shortest_s = self.green_s - self.early_s
        if not shortest_s >= self.min_green_s > 0.0 or not self.early_s >= 0.0:
            raise ValueError(f"a green of {shortest_s} s is shorter than {self.min_green_s} s")
        if not self.yellow_s >= YELLOW_S or not self.all_red_s >= 0.0:
            raise ValueError(f"yellow lasts {self.yellow_s} s and all red {self.all_red_s} s")
        if not 0.0 <= self.walk_s <= self.green_s or (self.walk and not self.walk_s > 0.0):
            raise ValueError(f"people on foot get {self.walk_s} s of {self.green_s} s")

    @property
    def length_s(self) -> float:
        """From its green to that of the next stage."""
        return self.green_s + (self.yellow_s + self.all_red_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A cycle of stages.

    Attributes:
        name: For people.
        stages: One after the other; none: flashing yellow.
        countdown_s: So many of the last seconds of red and green are counted down where there is a display; 0 for
            none, infinity for all.
    """

    name: str
    stages: tuple[Stage, ...]
    countdown_s: float = 0.0

    @property
    def cycle_s(self) -> float:
        """How long it takes until the first stage comes again; infinity for flashing yellow."""
        return sum(stage.length_s for stage in self.stages) if self.stages else np.inf


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """The plans of a day for the groups of one junction.

    Attributes:
        num_groups: Of the junction; groups are numbered from 0 here.
        plans: In the order of the day.
        from_hour: From which hour of the day on each is in force, increasing, an hour apart at least.
        walks: Groups of people on foot; they are dark while yellow flashes.
        displays: Groups that have a countdown display.

    Raises:
        ValueError: A group is named that there is not, some group never gets green, or hours do not fit plans.
    """

    num_groups: int
    plans: tuple[Plan, ...]
    from_hour: tuple[float, ...] = (0.0,)
    walks: tuple[int, ...] = ()
    displays: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        hours = np.array(self.from_hour)
        if not self.plans or len(self.plans) != hours.size or not np.all((hours >= 0.0) & (hours < HOURS_A_DAY)):
            raise ValueError(f"{len(self.plans)} plans begin at the hours {self.from_hour}")
        if np.any(np.diff(hours) < 1.0) or hours[-1] - hours[0] > HOURS_A_DAY - 1.0:
            raise ValueError(f"plans begin less than an hour apart: {self.from_hour}")
        for plan in self.plans:
            named = {group for stage in plan.stages for group in (*stage.green, *stage.walk)}
            if plan.stages and named != set(range(self.num_groups)):
                raise ValueError(f"plan {plan.name} gives green to {sorted(named)} of {self.num_groups} groups")


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Timelines:
    """What many groups show over their cycles, as arrays; piece k of a group ends ``end_s[..., k]`` after its start.

    Attributes:
        start_s: (plans, groups) when in the cycle the first green begins; there pieces are counted from.
        end_s: (plans, groups, pieces) infinity where there is no further piece.
        shown: (plans, groups, pieces) :class:`Light`.
        cycle_s: (plans, groups) infinity for flashing yellow.
        countdown_s: (plans, groups) how many of the last seconds are counted down.
    """

    start_s: FloatArray
    end_s: FloatArray
    shown: IntArray
    cycle_s: FloatArray
    countdown_s: FloatArray


def timelines_of(programs: Sequence[Program]) -> Timelines:
    """Return the timelines of programs whose groups follow one another.

    Raises:
        ValueError: The programs do not change their plans at the same hours.
    """
    if len({program.from_hour for program in programs}) > 1:
        raise ValueError("all junctions of a road change their plans at the same hours")
    plans = len(programs[0].plans) if programs else 1
    rows = [[_pieces(one, one.plans[k], g) for one in programs for g in range(one.num_groups)] for k in range(plans)]
    most = max((len(pieces) for row in rows for _, pieces in row), default=1)
    groups = len(rows[0])
    start, end = np.zeros((plans, groups)), np.full((plans, groups, most), np.inf)
    shown = np.zeros((plans, groups, most), dtype=np.int64)
    for k, row in enumerate(rows):
        for g, (start_s, pieces) in enumerate(row):
            start[k, g] = start_s
            end[k, g, : len(pieces)] = [end_s for end_s, _ in pieces]
            shown[k, g] = [int(light) for _, light in pieces] + [int(pieces[-1][1])] * (most - len(pieces))
    counts = [(one, g) for one in programs for g in range(one.num_groups)]
    return Timelines(
        start_s=start,
        end_s=end,
        shown=shown,
        cycle_s=np.array([[one.plans[k].cycle_s for one, _ in counts] for k in range(plans)]).reshape(plans, groups),
        countdown_s=np.array(
            [[one.plans[k].countdown_s if g in one.displays else 0.0 for one, g in counts] for k in range(plans)]
        ).reshape(plans, groups),
    )


def _pieces(program: Program, plan: Plan, group: int) -> tuple[float, list[tuple[float, Light]]]:
    """Return when the first green of a group begins, and from there when each piece ends and what it shows."""
    if not plan.stages:
        return 0.0, [(np.inf, Light.OFF if group in program.walks else Light.FLASHING_YELLOW)]
    begin_s, start_s = 0.0, -1.0
    pieces: list[tuple[float, Light]] = []
    for stage in plan.stages:
        early_s = stage.early_s if group in stage.early else 0.0
        green_s = stage.green_s - early_s if group in stage.green else stage.walk_s if group in stage.walk else 0.0
        if green_s > 0.0:
            if start_s < 0.0:
                start_s = begin_s
            else:
                pieces.append((begin_s - start_s, Light.RED))
            pieces.append((begin_s - start_s + green_s, Light.GREEN))
            if group in stage.green:
                pieces.append((begin_s - start_s + green_s + stage.yellow_s, Light.YELLOW))
        begin_s += stage.length_s
    return start_s, [*pieces, (plan.cycle_s, Light.RED)]
