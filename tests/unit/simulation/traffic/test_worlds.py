"""Many worlds at once: each goes its own way, the same way every time; contacts and the ground are as others say."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry.base import BaseGeometry

from zhixing.datatypes.lights import Light
from zhixing.datatypes.road import LaneKind, Road
from zhixing.runtime.bench.simulation import crowd_of, trace_hashes
from zhixing.simulation.city import build_city
from zhixing.simulation.collision import boxes_touch
from zhixing.simulation.drivable import TOLERANCE_M, drivable_area
from zhixing.simulation.traffic.crowd import Crowd
from zhixing.simulation.traffic.dice import next_way, random_unit
from zhixing.simulation.traffic.models import Mind
from zhixing.simulation.traffic.surface import CELL_M, FOR_BIKES, FOR_CARS, ground_at, surface_of
from zhixing.simulation.traffic.ways import RANK_JOINS, RANK_STRAIGHT, RANK_TURN, RANK_WALKS, ExtraWay, ways_of
from zhixing.simulation.world import STEP_S


def test_traces_are_the_same_whatever_the_number_of_workers() -> None:
    assert trace_hashes(1) == trace_hashes(2)


def test_a_world_does_not_depend_on_the_worlds_beside_it() -> None:
    road = build_city(1)
    lights = np.full((1, road.num_light_groups), int(Light.GREEN), dtype=np.int64)
    together, alone = Crowd(road, 24, [3, 8, 5]), Crowd(road, 24, [8])
    for crowd in (together, alone):
        for world in range(crowd.num_worlds):
            crowd.gather(world, 300.0, 200.0)
        crowd.populate()
        for _ in range(80):
            crowd.step(STEP_S, np.repeat(lights, crowd.num_worlds, axis=0))
    one, two = together.tracks(1, 0), alone.tracks(0, 0)
    assert one.xy_m.tobytes() == two.xy_m.tobytes()
    assert one.object_id.tolist() == two.object_id.tolist()


def test_another_seed_is_another_world() -> None:
    assert len(set(trace_hashes(1))) == 6


def test_contacts_are_those_of_boxes_that_touch() -> None:
    crowd = crowd_of(3, 1)
    rng = np.random.default_rng(0)
    motion = crowd.motion
    for world in range(3):  # shuffled into each other
        rows = crowd.rows(world)
        count = rows.stop - rows.start
        motion.x_m[rows], motion.y_m[rows] = rng.uniform(0.0, 60.0, count), rng.uniform(0.0, 60.0, count)
        motion.yaw_rad[rows] = rng.uniform(-math.pi, math.pi, count)
    touches, _ = crowd.judge()
    for world in range(3):
        boxes, _, there = crowd.boxes(world)
        wanted = np.zeros(there.size, dtype=np.bool_)
        for a in np.flatnonzero(there):
            for b in np.flatnonzero(there):
                wanted[a] |= a != b and boxes_touch(boxes[a], boxes[b])
        assert touches[crowd.rows(world)].tolist() == wanted.tolist()
        assert wanted.any()


@cache
def city_and_outline() -> tuple[Road, BaseGeometry]:
    road = build_city(1)
    outline = drivable_area(road).area.buffer(TOLERANCE_M)
    shapely.prepare(outline)
    return road, outline


@settings(max_examples=200, deadline=None)
@given(st.floats(-150.0, 1000.0), st.floats(-200.0, 800.0))
def test_the_raster_of_the_ground_agrees_with_the_outlines(x: float, y: float) -> None:
    road, outline = city_and_outline()
    point = shapely.Point(x, y)
    if outline.boundary.distance(point) < CELL_M:
        return
    assert bool(ground_at(surface_of(road), x, y) & FOR_CARS) == outline.contains(point)


def test_bikes_have_their_own_ground() -> None:
    road = build_city(1)
    for lane in road.lanes:
        if lane.kind == LaneKind.BIKING and lane.junction < 0:
            x, y = lane.centre_xy_m[lane.centre_xy_m.shape[0] // 2]
            assert ground_at(surface_of(road), float(x), float(y)) & FOR_BIKES


def test_ranks_say_who_goes_first() -> None:
    road = build_city(1)
    ways = ways_of(road)
    for index, lane in enumerate(road.lanes):
        if lane.kind == LaneKind.CROSSING:
            assert ways.rank[index] == RANK_WALKS
        elif lane.turn == "straight" or (lane.junction < 0 and lane.turn != "merge"):
            assert ways.rank[index] == RANK_STRAIGHT
        elif lane.turn == "left":
            assert ways.rank[index] == RANK_TURN
        elif lane.turn == "merge" or lane.lane_id.startswith("ring/in"):
            assert ways.rank[index] == RANK_JOINS


def test_further_lines_come_after_the_lanes_and_go_on_where_told() -> None:
    road = build_city(1)
    line = np.array([[0.0, 0.0], [10.0, 0.0], [10.0, 10.0]])
    ways = ways_of(road, (ExtraWay(xy_m=line, kind=LaneKind.DRIVING, nexts=(3,)),))
    new = len(road.lanes)
    assert ways.length_m[new] == pytest.approx(20.0)
    assert next_way(ways, new, 1, 1, 1) == 3
    assert next_way(ways, -1, 1, 1, 1) == -1


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**40), st.integers(0, 2**40), st.integers(0, 1000))
def test_dice_are_in_range_and_fall_the_same_way(a: int, b: int, c: int) -> None:
    assert 0.0 <= random_unit(a, b, c) < 1.0
    assert random_unit(a, b, c) == random_unit(a, b, c)


def test_nobody_goes_backwards_or_out_of_numbers() -> None:
    crowd = crowd_of(4, 1)
    red = np.full((4, crowd.num_lights), int(Light.RED), dtype=np.int64)
    for _ in range(300):
        crowd.step(STEP_S, red)
    moving = crowd.motion.there & (crowd.traits.mind > int(Mind.OUTSIDE))
    assert (crowd.motion.speed_mps[moving] >= 0.0).all()
    assert np.isfinite(crowd.motion.x_m[moving]).all()


def test_a_crowd_without_seeds_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one seed"):
        Crowd(build_city(1), 4, [])
