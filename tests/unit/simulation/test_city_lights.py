"""The signal programs of the built-in city: who goes together, for how long, and what follows."""

from __future__ import annotations

import itertools
from collections import defaultdict

import numpy as np
import pytest
import shapely

from zhixing.datatypes.lights import Light
from zhixing.datatypes.road import NO_LIGHT, LaneKind, Road
from zhixing.datatypes.shapes import BoolArray, IntArray
from zhixing.datatypes.units import ns_from_s
from zhixing.simulation.city import build_city
from zhixing.simulation.road_lights import CYCLE_S, RoadLights, offsets_of

STEP_S = 0.1


@pytest.fixture(scope="module")
def city() -> Road:
    return build_city(1)


@pytest.fixture(scope="module")
def shown(city: Road) -> IntArray:
    """(steps, groups) what is shown during one cycle, every 0.1 s."""
    lights = RoadLights(city, 1)
    return np.stack([lights.at(ns_from_s(k * STEP_S)) for k in range(round(CYCLE_S / STEP_S))])


def conflicts(road: Road) -> list[tuple[int, int]]:
    """Return pairs of lanes with lights of one junction that cross or join, though nobody comes from the same lane.

    Who waits in a waiting area and who is behind its line are on the same way.
    """
    inside = defaultdict(list)
    before = road.predecessors()
    for k, lane in enumerate(road.lanes):
        if lane.light_group != NO_LIGHT:
            inside[lane.junction].append((k, shapely.LineString(lane.centre_xy_m)))
    found = []
    for lanes in inside.values():
        for (one, a), (two, b) in itertools.combinations(lanes, 2):
            are_walks = {road.lanes[one].kind, road.lanes[two].kind} == {LaneKind.CROSSING}
            if one in road.successors[two] or two in road.successors[one]:
                continue
            if not are_walks and not set(before[one]) & set(before[two]) and a.intersects(b):
                found.append((one, two))
    return found


def test_conflicting_movements_are_never_let_in_together(city: Road, shown: IntArray) -> None:
    pairs = conflicts(city)
    kinds = {frozenset((city.lanes[a].kind, city.lanes[b].kind)) for a, b in pairs}
    assert frozenset({LaneKind.DRIVING, LaneKind.CROSSING}) in kinds
    assert len(pairs) > 500
    may_go = shown != Light.RED
    for one, two in pairs:
        both = may_go[:, city.lanes[one].light_group] & may_go[:, city.lanes[two].light_group]
        assert not both.any(), (city.lanes[one].lane_id, city.lanes[two].lane_id)


def test_two_seconds_of_red_lie_between_conflicting_vehicle_movements(city: Road, shown: IntArray) -> None:
    may_go = shown != Light.RED
    wait = round(2.0 / STEP_S) - 1  # both ends fall between samples
    for one, two in conflicts(city):
        if LaneKind.CROSSING in {city.lanes[one].kind, city.lanes[two].kind}:
            continue
        a, b = may_go[:, city.lanes[one].light_group], may_go[:, city.lanes[two].light_group]
        for shift in range(-wait, wait + 1):
            assert not (a & np.roll(b, shift)).any(), (city.lanes[one].lane_id, city.lanes[two].lane_id)


def test_every_group_is_green_once_a_cycle_and_vehicles_get_three_seconds_of_yellow_after_it(
    city: Road, shown: IntArray
) -> None:
    walks = {lane.light_group for lane in city.lanes if lane.kind == LaneKind.CROSSING}
    inside = {k for line in city.stop_lines for k in line.lanes if city.lanes[k].junction >= 0}
    twice = {city.lanes[k].light_group for k in inside}
    for group in range(city.num_light_groups):
        column = shown[:, group]
        onsets = np.flatnonzero((column == Light.GREEN) & (np.roll(column, 1) != Light.GREEN))
        assert onsets.size == (2 if group in twice else 1)
        if group in twice:
            continue
        order = [int(colour) for colour, _ in itertools.groupby(np.roll(column, -int(onsets[0])).tolist())]
        yellow_s = float((column == Light.YELLOW).sum() * STEP_S)
        if group in walks:
            assert order == [Light.GREEN, Light.RED]
        else:
            assert order == [Light.GREEN, Light.YELLOW, Light.RED]
            assert yellow_s == pytest.approx(3.0, abs=STEP_S)


def well_within(holds: BoolArray) -> BoolArray:
    """Return where something holds and did so a moment before and after: ends of greens fall between samples."""
    within: BoolArray = holds & np.roll(holds, 1) & np.roll(holds, -1)
    return within


def test_a_waiting_area_is_entered_while_others_go_and_left_with_its_own_light(city: Road, shown: IntArray) -> None:
    before = city.predecessors()
    checked = 0
    for line in city.stop_lines:
        for k in line.lanes:
            if city.lanes[k].junction < 0:
                continue
            enters = shown[:, city.lanes[k].light_group] == Light.GREEN
            goes = shown[:, city.lanes[city.successors[k][0]].light_group] == Light.GREEN
            assert (goes & ~enters).sum() * STEP_S == pytest.approx(
                3.0, abs=0.25
            )  # closed early, to be empty at the end
            if city.lanes[k].turn == "left":
                beside = city.lanes[before[k][0]].right_lane
                (group,) = {
                    lane.light_group
                    for other, lane in enumerate(city.lanes)
                    if lane.turn == "straight" and lane.kind == LaneKind.DRIVING and "/waits/" not in lane.lane_id
                    if before[other][0] == beside or before[before[other][0]] == (beside,)
                }
                assert enters[well_within(shown[:, group] == Light.GREEN)].all()
            assert 9.0 < (enters & ~goes).sum() * STEP_S < 24.0
            # Whoever has entered is let out before the cross street goes straight on.
            waits = well_within(enters & ~goes)
            last = int(np.flatnonzero(waits & ~np.roll(waits, -1))[0])
            assert int(np.argmax(np.roll(goes, -last))) * STEP_S < 6.0
            checked += 1
    assert checked == 16


def test_nobody_walks_while_a_right_arrow_is_green(city: Road, shown: IntArray) -> None:
    arrows = {lane.light_group: lane.junction for lane in city.lanes if lane.turn == "right" and lane.light_group >= 0}
    assert len(arrows) == 4
    walks = {(lane.junction, lane.light_group) for lane in city.lanes if lane.kind == LaneKind.CROSSING}
    for group, junction in arrows.items():
        for _, walk in (pair for pair in walks if pair[0] == junction):
            assert not ((shown[:, group] == Light.GREEN) & (shown[:, walk] == Light.GREEN)).any()


def test_opposite_arms_have_the_same_phase(city: Road, shown: IntArray) -> None:
    greens: dict[tuple[int, str, str], list[IntArray]] = defaultdict(list)
    for lane in city.lanes:
        if lane.light_group == NO_LIGHT or lane.kind != LaneKind.DRIVING or "/waits/" in lane.lane_id:
            continue
        if lane.turn == "right":
            continue
        step = lane.centre_xy_m[1] - lane.centre_xy_m[0]
        axis = "east-west" if abs(step[0]) > abs(step[1]) else "north-south"
        greens[lane.junction, lane.turn, axis].append(shown[:, lane.light_group])
    assert len(greens) == 4 * len({junction for junction, _, _ in greens})  # two turns on two axes
    for columns in greens.values():
        assert all(np.array_equal(columns[0], column) for column in columns)


def test_who_sets_out_last_at_green_is_over_the_road_before_cars_are_let_in(city: Road, shown: IntArray) -> None:
    # Kerb to kerb at 1.3 m/s; the ways from the corners to the kerbs are off the carriageway.
    checked = 0
    for walk, car in ((a, b) for a, b in conflicts(city)):
        if city.lanes[walk].kind != LaneKind.CROSSING:
            walk, car = car, walk  # noqa: PLW2901
        if city.lanes[walk].kind != LaneKind.CROSSING or city.lanes[car].kind != LaneKind.DRIVING:
            continue
        zebra = shapely.LineString(city.lanes[walk].centre_xy_m[1:-1])
        meeting = shapely.LineString(city.lanes[car].centre_xy_m).intersection(zebra)
        if meeting.is_empty:
            continue
        farthest_m = max(zebra.project(shapely.Point(xy)) for xy in shapely.get_coordinates(meeting))
        is_green = shown[:, city.lanes[walk].light_group] == Light.GREEN
        last = int(np.flatnonzero(is_green & ~np.roll(is_green, -1))[0])
        cars = np.roll(shown[:, city.lanes[car].light_group], -last) == Light.GREEN
        assert float(np.argmax(cars)) * STEP_S > farthest_m / 1.3
        checked += 1
    assert checked > 100


def test_lights_are_a_function_of_time_alone(city: Road) -> None:
    one, two = RoadLights(city, 5), RoadLights(city, 5)
    for time_s in (90.0, 3.0, 17.4, 0.0):  # not in order
        assert np.array_equal(one.at(ns_from_s(time_s)), two.at(ns_from_s(time_s)))
        assert np.array_equal(one.at(ns_from_s(time_s)), one.at(ns_from_s(time_s + CYCLE_S)))


def test_what_is_left_of_a_light_is_what_the_light_then_keeps_to(city: Road) -> None:
    lights = RoadLights(city, 2)
    for time_s in (0.05, 12.35, 40.15):
        now, left_s = lights.at(ns_from_s(time_s)), lights.remaining_s(ns_from_s(time_s))
        assert np.all((left_s > 0.0) & (left_s <= CYCLE_S))
        for group in range(0, city.num_light_groups, 7):
            end_s = time_s + float(left_s[group])
            assert lights.at(ns_from_s(end_s - 0.01))[group] == now[group]
            assert lights.at(ns_from_s(end_s + 0.01))[group] != now[group]


@pytest.mark.parametrize("hour", [None, 6.98])
def test_many_worlds_show_at_once_what_each_shows_alone(city: Road, hour: float | None) -> None:
    together = RoadLights(city, offsets_s=offsets_of(city, (1, 2, 3)), hour=hour)
    alone = [RoadLights(city, offsets_s=offsets_of(city, (seed,))[0], hour=hour) for seed in (1, 2, 3)]
    for time_s in (0.0, 31.4, 90.05, 77.7, 200.0):
        time_ns = ns_from_s(time_s)
        assert np.array_equal(together.at(time_ns), np.stack([one.at(time_ns) for one in alone]))
        left_s = np.stack([one.remaining_s(time_ns) for one in alone])
        assert np.array_equal(together.remaining_s(time_ns), left_s)
        assert np.array_equal(together.at(time_ns), together.at(time_ns + ns_from_s(0.9 * float(left_s.min()))))


def test_crossroads_are_offset_and_the_offsets_follow_from_the_seed(city: Road) -> None:
    one, same, other = (RoadLights(city, seed).at(0) for seed in (1, 1, 2))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)
    straight = {
        lane.junction: lane.light_group for lane in city.lanes if lane.turn == "straight" and lane.light_group >= 0
    }
    lefts = RoadLights(city, 1).remaining_s(0)[list(straight.values())]
    assert len(set(lefts.round(3).tolist())) > 1
