"""What holds for every city, whatever its seed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from zhixing.datatypes.road import NO_LANE, LaneKind, Road
from zhixing.datatypes.shapes import FloatArray
from zhixing.simulation.city import build_city

ON_WHEELS = (LaneKind.DRIVING, LaneKind.BIKING)
SEEDS = st.integers(0, 2**63 - 1)
# Drawing a city takes a tenth of a second.
few = settings(max_examples=8, deadline=None, derandomize=True)


def reachable(nexts: dict[int, set[int]], start: int) -> set[int]:
    seen, todo = {start}, [start]
    while todo:
        for following in nexts[todo.pop()] - seen:
            seen.add(following)
            todo.append(following)
    return seen


def driving_graph(road: Road) -> dict[int, set[int]]:
    """Return where one can get to from each driving lane, by going on or by changing lanes."""
    return {
        k: {
            following
            for following in (*road.successors[k], lane.left_lane, lane.right_lane)
            if following != NO_LANE and road.lanes[following].kind == LaneKind.DRIVING
        }
        for k, lane in enumerate(road.lanes)
        if lane.kind == LaneKind.DRIVING
    }


def turns_deg(line: FloatArray) -> FloatArray:
    yaw = np.unwrap(np.arctan2(*np.diff(line, axis=0).T[::-1]))
    turns: FloatArray = np.degrees(np.abs(np.diff(yaw)))
    return turns


@few
@example(0)
@example(3)
@given(SEEDS)
def test_every_lane_begins_exactly_where_the_one_before_it_ends(seed: int) -> None:
    road = build_city(seed)
    for k, nexts in enumerate(road.successors):
        for following in nexts:
            gap = road.lanes[k].centre_xy_m[-1] - road.lanes[following].centre_xy_m[0]
            assert np.hypot(*gap) < 1e-9, (road.lanes[k].lane_id, road.lanes[following].lane_id)


@few
@example(0)
@example(3)
@given(SEEDS)
def test_nobody_ever_reaches_an_end_and_every_driving_lane_reaches_every_other(seed: int) -> None:
    road = build_city(seed)
    assert all(road.successors)
    there = driving_graph(road)
    back: dict[int, set[int]] = {k: set() for k in there}
    for k, nexts in there.items():
        for following in nexts:
            back[following].add(k)
    start = min(there)
    assert reachable(there, start) == reachable(back, start) == set(there)


@few
@example(0)
@example(3)
@given(SEEDS)
def test_left_is_left_and_right_is_right(seed: int) -> None:
    for lane in build_city(seed).lanes:
        centre = lane.centre_xy_m
        step = np.diff(centre, axis=0)
        left, right = (side[:-1] - centre[:-1] for side in (lane.left_xy_m, lane.right_xy_m))
        assert np.all(step[:, 0] * left[:, 1] - step[:, 1] * left[:, 0] > 0.0), lane.lane_id
        assert np.all(step[:, 0] * right[:, 1] - step[:, 1] * right[:, 0] < 0.0), lane.lane_id


@few
@given(SEEDS)
def test_the_edges_of_a_lane_go_on_where_the_lane_before_it_ends(seed: int) -> None:
    road = build_city(seed)
    for k, nexts in enumerate(road.successors):
        lane = road.lanes[k]
        if lane.kind not in ON_WHEELS or lane.lane_id.startswith("express/"):
            continue  # the folds of the expressway have a test of their own
        for following in nexts:
            after = road.lanes[following]
            for one, two in ((lane.left_xy_m, after.left_xy_m), (lane.right_xy_m, after.right_xy_m)):
                # The ring is 4.5 m wide, what leads to it 3.75 m: its edges step by 0.375 m.
                assert np.hypot(*(one[-1] - two[0])) < 0.45, (lane.lane_id, after.lane_id)


@few
@given(SEEDS)
def test_neighbours_know_each_other(seed: int) -> None:
    road = build_city(seed)
    for k, lane in enumerate(road.lanes):
        if lane.left_lane != NO_LANE:
            assert road.lanes[lane.left_lane].right_lane == k
        if lane.right_lane != NO_LANE:
            assert road.lanes[lane.right_lane].left_lane == k


@few
@given(SEEDS)
def test_the_same_seed_gives_the_same_city_to_the_last_bit(seed: int) -> None:
    one, two = build_city(seed), build_city(seed)
    assert one.successors == two.successors
    for a, b in zip(one.lanes, two.lanes, strict=True):
        assert a.lane_id == b.lane_id
        assert a.centre_xy_m.tobytes() == b.centre_xy_m.tobytes()


@few
@given(SEEDS, SEEDS)
def test_another_seed_gives_another_city(one: int, two: int) -> None:
    lines = [np.concatenate([x.centre_xy_m for x in build_city(seed).lanes]) for seed in (one, two)]
    assert (one == two) == (lines[0].tobytes() == lines[1].tobytes())


@few
@example(0)
@example(3)
@given(SEEDS)
def test_no_city_lane_outside_the_expressway_bends_sharply_or_meets_the_next_at_an_angle(seed: int) -> None:
    road = build_city(seed)
    for k, lane in enumerate(road.lanes):
        if lane.kind not in ON_WHEELS or lane.lane_id.startswith("express/"):
            continue
        line = lane.centre_xy_m
        assert line.shape[0] < 3 or turns_deg(line).max() < 20.0, lane.lane_id
        for following in road.successors[k]:
            after = road.lanes[following]
            joint = np.stack((line[-2], line[-1], after.centre_xy_m[1]))
            assert turns_deg(joint)[0] < 10.0, (lane.lane_id, after.lane_id)


@pytest.mark.parametrize("seed", [0, 3])
def test_no_lane_of_the_expressway_turns_back_on_itself(seed: int) -> None:
    for lane in build_city(seed).lanes:
        if lane.lane_id.startswith("express/"):
            assert turns_deg(lane.centre_xy_m).max() < 45.0, lane.lane_id


def test_the_lanes_of_the_expressway_meet_without_an_angle() -> None:
    road = build_city(1)
    for k, lane in enumerate(road.lanes):
        if not lane.lane_id.startswith("express/"):
            continue
        for following in road.successors[k]:
            after = road.lanes[following]
            joint = np.stack((lane.centre_xy_m[-2], lane.centre_xy_m[-1], after.centre_xy_m[1]))
            assert turns_deg(joint)[0] < 10.0, (lane.lane_id, after.lane_id)
