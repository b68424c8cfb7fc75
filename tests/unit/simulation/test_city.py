"""The built-in city as a map: what it consists of, and that one can drive on it."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest
import shapely

from zhixing.datatypes.road import NO_LANE, NO_LIGHT, LaneKind, Road
from zhixing.datatypes.shapes import FloatArray, polyline_s_m
from zhixing.simulation.city import build_city

ON_WHEELS = (LaneKind.DRIVING, LaneKind.BIKING)


@pytest.fixture(scope="module")
def city() -> Road:
    return build_city(1)


def lanes_by_junction(road: Road) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for k, lane in enumerate(road.lanes):
        if lane.junction >= 0:
            found[lane.junction].append(k)
    return found


def signalised(road: Road) -> list[list[int]]:
    return [
        lanes for lanes in lanes_by_junction(road).values() if any(road.lanes[k].light_group != NO_LIGHT for k in lanes)
    ]


def waits(road: Road) -> set[int]:
    """Return the lanes of waiting areas: they end at a stop line in the junction."""
    return {k for line in road.stop_lines for k in line.lanes if road.lanes[k].junction >= 0}


def direction(line: FloatArray, at: int) -> FloatArray:
    step = line[1] - line[0] if at == 0 else line[-1] - line[-2]
    unit: FloatArray = step / np.hypot(*step)
    return unit


def test_there_are_at_least_nine_crossroads_with_lights(city: Road) -> None:
    assert len(signalised(city)) >= 9


def test_every_crossroads_has_every_movement_for_cars_and_zebras_over_all_arms(city: Road) -> None:
    for lanes in signalised(city):
        cars = {city.lanes[k].turn for k in lanes if city.lanes[k].kind == LaneKind.DRIVING}
        assert cars == {"left", "straight", "right"}
        zebras = {city.lanes[k].light_group for k in lanes if city.lanes[k].kind == LaneKind.CROSSING}
        assert len(zebras) == 4


def test_bikes_can_go_straight_on_and_left_at_a_crossroads_of_four_city_streets(city: Road) -> None:
    complete = 0
    for lanes in signalised(city):
        bikes = [city.lanes[k].turn for k in lanes if city.lanes[k].kind == LaneKind.BIKING]
        complete += bikes.count("straight") == bikes.count("left") == 4
    assert complete >= 4


def test_every_movement_but_the_right_turn_has_a_light(city: Road) -> None:
    for lanes in signalised(city):
        dark = {city.lanes[k].turn for k in lanes if city.lanes[k].light_group == NO_LIGHT}
        assert dark <= {"right"}
    assert {lane.light_group for lane in city.lanes} - {NO_LIGHT} == set(range(city.num_light_groups))


def test_cars_and_bikes_of_one_movement_share_their_light_and_no_other_movement_has_it(city: Road) -> None:
    movements = defaultdict(set)
    before = city.predecessors()
    for k, lane in enumerate(city.lanes):
        if lane.light_group != NO_LIGHT and lane.kind in ON_WHEELS:
            entry = direction(city.lanes[before[k][0]].centre_xy_m, -1).round(3) + 0.0
            movements[lane.light_group].add((lane.junction, lane.turn, *entry.tolist()))
    arrows = {lane.light_group for lane in city.lanes if lane.turn == "right"} - {NO_LIGHT}
    areas = {city.lanes[k].light_group for k in waits(city)}
    assert len(movements) == 8 * len(signalised(city)) + len(arrows) + len(areas)
    assert len(areas) == 4 * 4
    assert len(arrows) == 4
    assert all(len(movement) == 1 for movement in movements.values())


def test_a_waiting_area_ends_at_a_line_of_its_own_before_the_ways_of_the_cross_street(city: Road) -> None:
    before = city.predecessors()
    for line in city.stop_lines:
        for k in set(line.lanes) & waits(city):
            lane = city.lanes[k]
            (behind,) = city.successors[k]
            (approach,) = before[k]
            assert lane.turn == city.lanes[behind].turn in {"left", "straight"}
            assert NO_LIGHT != lane.light_group != city.lanes[behind].light_group != NO_LIGHT
            assert city.lanes[approach].junction < 0
            area = shapely.LineString(lane.centre_xy_m).buffer(1.0, cap_style="flat")
            for other, about in enumerate(city.lanes):
                if about.junction == lane.junction and about.kind in ON_WHEELS and other not in (k, behind):
                    if before[other] == (approach,) or other in waits(city):
                        continue
                    assert not area.intersects(shapely.LineString(about.centre_xy_m)), (lane.lane_id, about.lane_id)


def test_who_waits_in_the_junction_comes_from_a_lane_that_does_nothing_else(city: Road) -> None:
    before = city.predecessors()
    for k in waits(city):
        approach = before[k][0]
        if city.lanes[k].turn == "left":
            assert city.successors[approach] == (k,)


def test_there_is_a_roundabout_that_turns_counter_clockwise_without_lights(city: Road) -> None:
    rings = []
    for lanes in lanes_by_junction(city).values():
        if any(city.lanes[k].light_group != NO_LIGHT for k in lanes):
            continue
        ring = [k for k in lanes if city.lanes[k].turn == "straight"]
        here = lap = ring[0]
        turned = 0.0
        for _ in ring:
            line = city.lanes[here].centre_xy_m
            yaw = np.unwrap(np.arctan2(*np.diff(line, axis=0).T[::-1]))
            turned += float(yaw[-1] - yaw[0])
            here = next(k for k in city.successors[here] if k in ring)
        rings.append((here == lap, turned))
    assert len(rings) == 1
    assert rings[0][0]
    assert rings[0][1] == pytest.approx(2.0 * np.pi, abs=0.7)  # but for the angles between its pieces


def test_a_ramp_merges_by_a_lane_that_tapers_into_the_fast_road(city: Road) -> None:
    (taper,) = [k for k, lane in enumerate(city.lanes) if lane.turn == "merge"]
    before = city.predecessors()
    (joined,) = city.successors[taper]
    assert len(before[joined]) == 2  # the taper and the lane that it runs into
    (acceleration,) = before[taper]
    beside = city.lanes[acceleration].left_lane
    assert beside != NO_LANE
    assert city.lanes[beside].speed_limit_mps == pytest.approx(80.0 / 3.6)
    (main,) = [k for k in before[joined] if k != taper]
    gaps = [float(np.hypot(*(city.lanes[taper].centre_xy_m[at] - city.lanes[main].centre_xy_m[at]))) for at in (0, -1)]
    assert gaps[0] > 2.5
    assert gaps[1] < 1e-6


def test_limits_run_from_turning_speed_to_eighty(city: Road) -> None:
    streets = {round(x.speed_limit_mps * 3.6) for x in city.lanes if x.kind == LaneKind.DRIVING and x.junction < 0}
    assert min(streets) >= 30
    assert max(streets) == 80
    assert {40, 60} <= streets
    inside = [x.speed_limit_mps * 3.6 for x in city.lanes if x.kind == LaneKind.DRIVING and x.junction >= 0]
    assert min(inside) >= 20.0 - 1e-9


def test_stop_lines_stand_across_the_ends_of_their_lanes_and_behind_the_zebra(city: Road) -> None:
    zebras = [x.centre_xy_m for x in city.lanes if x.kind == LaneKind.CROSSING]
    before_junctions = [line for line in city.stop_lines if not set(line.lanes) & waits(city)]
    assert len(before_junctions) == 4 * len(signalised(city))
    for line in before_junctions:
        across = line.xy_m[1] - line.xy_m[0]
        middle = line.xy_m.mean(axis=0)
        for k in line.lanes:
            lane = city.lanes[k]
            ahead = direction(lane.centre_xy_m, -1)
            assert abs(float(across @ ahead)) < 1e-6
            assert float(across @ np.array([-ahead[1], ahead[0]])) < 0.0  # from the left end to the right end
            assert np.hypot(*(middle - lane.centre_xy_m[-1])) < 5.0
        nearest = min(zebras, key=lambda z: float(np.hypot(*(z - middle).T).min()))
        point = nearest[int(np.argmin(np.hypot(*(nearest - middle).T)))]
        assert float((point - middle) @ ahead) > 0.5


def test_bike_lanes_lie_to_the_right_of_the_car_lanes_and_pavements_to_the_right_of_both(city: Road) -> None:
    named = {lane.lane_id: lane for lane in city.lanes}
    checked = 0
    for lane_id, bike in named.items():
        if bike.kind != LaneKind.BIKING or bike.junction >= 0:
            continue
        street = lane_id.removesuffix("/bike")
        cars, walk = named[f"{street}/1"], named[f"{street}/walk"]
        # Pavements are longer at both ends, to the corner: only their middle is beside the street.
        middle = bike.centre_xy_m.shape[0] // 2
        ahead = bike.centre_xy_m[middle] - bike.centre_xy_m[middle - 1]
        right = np.array([ahead[1], -ahead[0]]) / np.hypot(*ahead)
        here = bike.centre_xy_m[middle]
        to_car, to_walk = (
            float((x.centre_xy_m[int(np.argmin(np.hypot(*(x.centre_xy_m - here).T)))] - here) @ right)
            for x in (cars, walk)
        )
        assert to_car < -0.5 * (3.25 + 2.5)
        assert to_walk > 0.5 * (2.5 + 1.5)
        checked += 1
    assert checked >= 40


def test_traffic_keeps_right(city: Road) -> None:
    named = {lane.lane_id: lane for lane in city.lanes}
    checked = 0
    for lane_id, lane in named.items():
        opposite = named.get(lane_id.replace(">", "<"))
        if not lane_id.endswith(">/0") or opposite is None:
            continue
        step = lane.centre_xy_m[1] - lane.centre_xy_m[0]
        to_opposite = opposite.centre_xy_m[-1] - lane.centre_xy_m[0]
        assert step[0] * to_opposite[1] - step[1] * to_opposite[0] > 0.0
        checked += 1
    assert checked >= 20


def test_walkers_find_a_way_on_from_every_pavement_and_zebra(city: Road) -> None:
    walks = {k for k, lane in enumerate(city.lanes) if lane.kind in {LaneKind.SIDEWALK, LaneKind.CROSSING}}
    assert all(set(city.successors[k]) and set(city.successors[k]) <= walks for k in walks)


def test_curves_are_drawn_finely(city: Road) -> None:
    for lane in city.lanes:
        if lane.kind not in ON_WHEELS or lane.junction < 0:
            continue
        steps = np.diff(polyline_s_m(lane.centre_xy_m))
        turns = np.abs(np.diff(np.unwrap(np.arctan2(*np.diff(lane.centre_xy_m, axis=0).T[::-1]))))
        in_curve = (turns[1:] > 0.02) & (turns[:-1] > 0.02)
        assert not in_curve.any() or float(steps[1:-1][in_curve].max()) <= 2.3, lane.lane_id


@pytest.mark.parametrize("seed", [-1, -(2**40)])
def test_a_negative_seed_is_refused(seed: int) -> None:
    with pytest.raises(ValueError, match="non-negative"):
        build_city(seed)
