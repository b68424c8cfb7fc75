"""A fixed-time program for the lights of any map, derived from which movements cross which.

A map says which light lets traffic into which lane, and rarely when it is green. Here movements that meet are never
green together, those that do not share a phase, and phases follow each other with yellow and all red between them.
People on foot get green early enough to be over before the next phase.

Source: GB 14886-2016 (yellow of 3 s); other times are typical of mid-size Chinese crossroads.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import shapely
import shapely.ops

from zhixing.datatypes.lights import Light
from zhixing.datatypes.road import LaneKind, Road
from zhixing.datatypes.shapes import FloatArray, IntArray
from zhixing.datatypes.units import NS_PER_S

YELLOW_S, ALL_RED_S = 3.0, 2.0
_GREEN_S = {"straight": 22.0, "left": 10.0, "u-turn": 10.0, "right": 10.0}
_LEAST_WALK_S, _WALK_MPS = 6.0, 1.2
_ALONE_RED_S = 15.0
"""Red of a light that meets no other: for those who have none."""
_APART_M = 2.0
"""Middles of movements that come nearer than this meet: a car is 1.9 m wide."""
_BEFORE_M = 15.0
"""People cross a street within this distance of the lanes of the junction."""
_LONGEST_CHAIN = 4
_TURNS = ("straight", "right", "left", "u-turn")


class SignalPlan:
    """All lights of a map over time; a light group that no lane has stays off.

    Args:
        road: Whose light groups they are.
        seed: When the programs of the junctions begin follows from it.

    Attributes:
        phases: For each junction with lights the light groups that are green together, phase by phase.
        conflicts: (groups, groups) which groups let in movements that meet.
        longest_cycle_s: Of all junctions, 0 without lights.
    """

    def __init__(self, road: Road, seed: int = 0) -> None:
        movements = _movements(road)
        self.conflicts = _conflicts(road, movements)
        num = road.num_light_groups
        self._start_s: FloatArray = np.zeros(num)
        self._green_s: FloatArray = np.zeros(num)
        self._yellow_s: FloatArray = np.zeros(num)
        self._cycle_s: FloatArray = np.ones(num)
        self._is_lit = np.zeros(num, dtype=np.bool_)
        self.phases: list[list[tuple[int, ...]]] = []
        sites = _sites(movements, self.conflicts)
        offsets = np.random.default_rng([seed, 5]).uniform(0.0, 1.0, len(sites))
        for site, offset in zip(sites, offsets.tolist(), strict=True):
            phases = _phases(site, movements, self.conflicts)
            self.phases.append(phases)
            self._schedule(phases, movements, offset)
        self.longest_cycle_s = float(self._cycle_s[self._is_lit].max(initial=0.0))

    def at(self, time_ns: int) -> IntArray:
        """Return (groups,) what each light shows."""
        since_s = self._since_s(time_ns)
        shown = np.where(
            since_s < self._green_s,
            int(Light.GREEN),
            np.where(since_s < self._green_s + self._yellow_s, int(Light.YELLOW), int(Light.RED)),
        )
        return np.where(self._is_lit, shown, int(Light.OFF)).astype(np.int64)

    def remaining_s(self, time_ns: int) -> FloatArray:
        """Return (groups,) how long each light goes on showing what it shows; infinity where it is off."""
        since_s, go_s = self._since_s(time_ns), self._green_s + self._yellow_s
        end_s = np.where(since_s < self._green_s, self._green_s, np.where(since_s < go_s, go_s, self._cycle_s))
        left_s: FloatArray = np.where(self._is_lit, end_s - since_s, np.inf)
        return left_s

    def countdown_s(self, time_ns: int) -> FloatArray:
        """Return (groups,) NaN: no map says where seconds are counted down."""
        return np.full_like(self.remaining_s(time_ns), np.nan)

    def _since_s(self, time_ns: int) -> FloatArray:
        since_s: FloatArray = np.mod(time_ns / NS_PER_S - self._start_s, self._cycle_s)
        return since_s

    def _schedule(self, phases: list[tuple[int, ...]], movements: dict[int, _Movement], offset: float) -> None:
        """Write when the groups of a junction are green."""
        gap_s = YELLOW_S + ALL_RED_S
        starts_s, now_s = [], 0.0
        greens_s = []
        for phase in phases:
            clear_s = max((movements[g].walk_m / _WALK_MPS for g in phase if movements[g].is_walk), default=0.0)
            drive_s = max((_GREEN_S[movements[g].turn] for g in phase if not movements[g].is_walk), default=0.0)
            green_s = round(max(drive_s, _LEAST_WALK_S + clear_s - gap_s), 1)
            starts_s.append(now_s)
            greens_s.append(green_s)
            now_s += green_s + gap_s
        cycle_s = now_s + (_ALONE_RED_S if len(phases) == 1 else 0.0)
        for phase, start_s, green_s in zip(phases, starts_s, greens_s, strict=True):
            for group in phase:
                one = movements[group]
                walk_s = min(green_s, green_s + gap_s - one.walk_m / _WALK_MPS)
                self._start_s[group] = start_s + round(offset * cycle_s, 1)
                self._green_s[group] = walk_s if one.is_walk else green_s
                self._yellow_s[group] = 0.0 if one.is_walk else YELLOW_S
                self._cycle_s[group] = cycle_s
                self._is_lit[group] = True


@dataclass(frozen=True, slots=True, eq=False)
class _Movement:
    """What a light group lets in.

    Attributes:
        lanes: That the group is the light of.
        turn: Of most of them.
        is_walk: Whether only people on foot.
        walk_m: The longest way over the street.
        junctions: In which the lanes lie.
    """

    lanes: tuple[int, ...]
    turn: str
    is_walk: bool
    walk_m: float
    junctions: frozenset[int]


def _movements(road: Road) -> dict[int, _Movement]:
    lanes_of: dict[int, list[int]] = defaultdict(list)
    for k, lane in enumerate(road.lanes):
        if 0 <= lane.light_group < road.num_light_groups:
            lanes_of[lane.light_group].append(k)
    found = {}
    for group in sorted(lanes_of):
        lanes = [road.lanes[k] for k in lanes_of[group]]
        walks = [float(shapely.LineString(x.centre_xy_m).length) for x in lanes if x.kind == LaneKind.CROSSING]
        turns = [x.turn if x.turn in _TURNS else "straight" for x in lanes if x.kind != LaneKind.CROSSING]
        turn = min(_TURNS, key=lambda name: (-turns.count(name), _TURNS.index(name)))
        junctions = frozenset(x.junction for x in lanes) - {-1}
        found[group] = _Movement(tuple(lanes_of[group]), turn, not turns, max(walks, default=0.0), junctions)
    return found


def _conflicts(road: Road, movements: dict[int, _Movement]) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    """Return (groups, groups) whose movements meet."""
    before = road.predecessors()
    lanes = [(group, k) for group, movement in movements.items() for k in movement.lanes]
    paths = [_path(road, before, k, is_long=False) for _, k in lanes]
    long_paths = [_path(road, before, k, is_long=True) for _, k in lanes]
    tree = shapely.STRtree(long_paths) if lanes else None
    meet = np.zeros((road.num_light_groups, road.num_light_groups), dtype=np.bool_)
    pairs = tree.query(long_paths, predicate="dwithin", distance=_APART_M).T.tolist() if tree is not None else []
    for a, b in pairs:
        (one, k), (other, m) = lanes[a], lanes[b]
        if one >= other:
            continue
        walks = [road.lanes[x].kind == LaneKind.CROSSING for x in (k, m)]
        if all(walks) or (set(before[k]) & set(before[m]) and not any(walks)):
            continue  # people do not hurt each other, and who comes from one lane follows each other
        if any(walks):
            meets = shapely.intersects(long_paths[a], long_paths[b])
        else:
            meets = shapely.dwithin(paths[a], paths[b], _APART_M)
        meet[one, other] = meet[other, one] = meet[one, other] or bool(meets)
    return meet


def _path(road: Road, before: tuple[tuple[int, ...], ...], lane: int, *, is_long: bool) -> shapely.Geometry:
    """Return what a movement covers: its lane to the end of the junction; where it is long also before and after it.

    A crossing is an area, so that who drives over any part of it meets it.
    """
    noun = road.lanes[lane]
    if noun.kind == LaneKind.CROSSING:
        return shapely.make_valid(shapely.Polygon(np.concatenate((noun.left_xy_m, noun.right_xy_m[::-1]))))
    parts: list[shapely.Geometry] = [shapely.LineString(noun.centre_xy_m)]
    ends = [lane]
    for _ in range(_LONGEST_CHAIN):
        ends = [k for end in ends for k in road.successors[end] if road.lanes[k].junction >= 0]
        ends = [k for k in ends if road.lanes[k].light_group < 0 and road.lanes[k].junction == noun.junction]
        parts += [shapely.LineString(road.lanes[k].centre_xy_m) for k in ends]
    if is_long:
        for k in before[lane]:
            line = shapely.LineString(road.lanes[k].centre_xy_m)
            parts.append(shapely.ops.substring(line, max(0.0, line.length - _BEFORE_M), line.length))
        for k in road.successors[lane]:
            line = shapely.LineString(road.lanes[k].centre_xy_m)
            parts.append(shapely.ops.substring(line, 0.0, min(_BEFORE_M, line.length)))
    return shapely.union_all(parts)


def _sites(
    movements: dict[int, _Movement], conflicts: np.ndarray[tuple[int, int], np.dtype[np.bool_]]
) -> list[list[int]]:
    """Return the groups that share a program: those of one junction, and those that meet."""
    site_of = {group: group for group in movements}

    def root(group: int) -> int:
        while site_of[group] != group:
            group = site_of[group]
        return group

    for one, movement in movements.items():
        for other, another in movements.items():
            if other > one and (conflicts[one, other] or movement.junctions & another.junctions):
                site_of[root(other)] = root(one)
    found: dict[int, list[int]] = defaultdict(list)
    for group in movements:
        found[root(group)].append(group)
    return [found[key] for key in sorted(found)]


def _phases(
    site: list[int], movements: dict[int, _Movement], conflicts: np.ndarray[tuple[int, int], np.dtype[np.bool_]]
) -> list[tuple[int, ...]]:
    """Return groups that are green together, each group once, like turns together."""

    def order(group: int) -> tuple[bool, int, int, int]:
        one = movements[group]
        return one.is_walk, _TURNS.index(one.turn), -int(conflicts[group, site].sum()), group

    left, phases = sorted(site, key=order), []
    while left:
        first = left[0]
        phase = [first]
        for group in sorted(left[1:], key=lambda g: (movements[g].turn != movements[first].turn, order(g))):
            if not conflicts[group, phase].any():
                phase.append(group)
        phases.append(tuple(sorted(phase)))
        left = [group for group in left if group not in phase]
    return phases
