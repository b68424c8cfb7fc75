"""Programs made from geometry: movements that cross are never let go together."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import shapely

from zhixing.datatypes.lights import Light
from zhixing.datatypes.road import LaneKind, Road
from zhixing.datatypes.units import NS_PER_S
from zhixing.simulation.city import build_city
from zhixing.simulation.signal_plan import ALL_RED_S, YELLOW_S, SignalPlan

STEP_S = 0.5


@pytest.fixture(scope="module")
def city() -> Road:
    return build_city(1)


def shown(plan: SignalPlan, seconds: float) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    """Return (steps, groups) what is shown every half second."""
    return np.stack([plan.at(round(t * NS_PER_S)) for t in np.arange(0.0, seconds, STEP_S)])


def crossing_pairs(road: Road) -> set[tuple[int, int]]:
    """Return the pairs of groups with lanes of different origin whose middles cross, one group of each junction."""
    before = road.predecessors()
    lit = [k for k, lane in enumerate(road.lanes) if lane.light_group >= 0]
    lines = [shapely.LineString(road.lanes[k].centre_xy_m) for k in lit]
    pairs = set()
    for a, b in shapely.STRtree(lines).query(lines, predicate="crosses").T.tolist():
        one, other = lit[a], lit[b]
        walks = [road.lanes[k].kind == LaneKind.CROSSING for k in (one, other)]
        if not all(walks) and not set(before[one]) & set(before[other]):
            pairs.add((road.lanes[one].light_group, road.lanes[other].light_group))
    return {(a, b) for a, b in pairs if a != b}


def test_movements_that_cross_are_never_let_go_together(city: Road) -> None:
    plan = SignalPlan(city, seed=3)
    lights = shown(plan, 2.0 * plan.longest_cycle_s)
    goes = (lights == Light.GREEN) | (lights == Light.YELLOW)
    pairs = crossing_pairs(city)
    assert len(pairs) > 100
    assert not [pair for pair in pairs if (goes[:, pair[0]] & goes[:, pair[1]]).any()]


def test_between_movements_that_cross_all_is_red_for_two_seconds(city: Road) -> None:
    plan = SignalPlan(city, seed=3)
    lights = shown(plan, 2.0 * plan.longest_cycle_s)
    goes = (lights == Light.GREEN) | (lights == Light.YELLOW)
    later = goes.copy()
    for k in range(1, round(ALL_RED_S / STEP_S)):
        later[k:] |= goes[:-k]
    assert not [pair for pair in crossing_pairs(city) if (later[:, pair[0]] & goes[:, pair[1]]).any()]


def test_everybody_gets_green_and_cars_three_seconds_of_yellow(city: Road) -> None:
    plan = SignalPlan(city)
    lights = shown(plan, 2.0 * plan.longest_cycle_s)
    assert (lights == Light.GREEN).any(axis=0).all()
    walks = {lane.light_group for lane in city.lanes if lane.kind == LaneKind.CROSSING}
    for group in range(city.num_light_groups):
        yellow = np.diff(np.flatnonzero(np.diff((lights[:, group] == Light.YELLOW).astype(int))))
        assert (yellow.size == 0) == (group in walks)
        assert yellow.size == 0 or STEP_S * yellow.min() == pytest.approx(YELLOW_S, abs=STEP_S)


def test_opposite_straights_are_green_together(city: Road) -> None:
    plan = SignalPlan(city)
    assert len(plan.phases) == 12
    plain = [phases for phases in plan.phases if sum(len(phase) for phase in phases) == 12]
    assert plain  # the others have waiting areas or arrows, with groups of their own
    for phases in plain:
        first = min(phases[0])  # twelve groups: straight on 0 to 3, left 4 to 7, people 8 to 11
        assert [group - first for group in phases[0]] == [0, 2, 9, 11]
        assert [group - first for group in phases[1]] == [1, 3, 8, 10]
        assert sorted(group - first for phase in phases[2:] for group in phase) == [4, 5, 6, 7]


def test_people_who_begin_at_the_end_of_green_are_over_before_others_are_let_go(city: Road) -> None:
    plan = SignalPlan(city)
    lights = shown(plan, 2.0 * plan.longest_cycle_s)
    for lane in city.lanes:
        if lane.kind != LaneKind.CROSSING:
            continue
        own = lights[:, lane.light_group] == Light.GREEN
        ends = np.flatnonzero(own[:-1] & ~own[1:])
        over_s = shapely.LineString(lane.centre_xy_m).length / 1.2
        for group in np.flatnonzero(plan.conflicts[lane.light_group]):
            begins = np.flatnonzero((lights[1:, group] == Light.GREEN) & (lights[:-1, group] != Light.GREEN)) + 1
            waits = [STEP_S * (b - e) for e in ends.tolist() for b in begins.tolist() if b > e]
            assert min(waits, default=np.inf) > over_s - 2.0 * STEP_S


def test_what_remains_is_until_the_next_change(city: Road) -> None:
    plan = SignalPlan(city, seed=5)
    for time_s in (0.0, 17.3, 60.1):
        left_s = plan.remaining_s(round(time_s * NS_PER_S))
        for group in (0, 5, 9, 30):
            before = plan.at(round((time_s + left_s[group] - 0.05) * NS_PER_S))[group]
            after = plan.at(round((time_s + left_s[group] + 0.05) * NS_PER_S))[group]
            assert before == plan.at(round(time_s * NS_PER_S))[group] != after


def test_a_light_that_meets_no_other_turns_red_for_those_who_have_none(by_hand: SimpleNamespace) -> None:
    plan = SignalPlan(by_hand.crossing())
    lights = shown(plan, plan.longest_cycle_s)[:, 0]
    assert {int(light) for light in lights} == {Light.GREEN, Light.YELLOW, Light.RED}
    assert STEP_S * (lights == Light.RED).sum() > 15.0


def test_a_light_of_no_lane_is_off_and_a_map_without_lights_has_none(by_hand: SimpleNamespace) -> None:
    road = replace(by_hand.crossing(), num_light_groups=3)
    plan = SignalPlan(road)
    assert plan.at(0)[1:].tolist() == [Light.OFF, Light.OFF]
    assert np.isinf(plan.remaining_s(0)[1:]).all()
    assert SignalPlan(by_hand.street()).at(0).shape == (0,)


def test_offsets_follow_from_the_seed(city: Road) -> None:
    one, same, other = (shown(SignalPlan(city, seed), 60.0) for seed in (1, 1, 2))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)
