"""The endless ride: goals, incidents, and that everything follows from the seed."""

from __future__ import annotations

import math
from dataclasses import astuple, replace

import numpy as np
import pytest

from zhixing import registry
from zhixing.datatypes.plan import Control
from zhixing.datatypes.road import LaneKind
from zhixing.datatypes.scene import Briefing, EgoState
from zhixing.driving.interfaces import Planner
from zhixing.driving.lane_map import LaneMap, build_lane_map
from zhixing.driving.route import Route, find_route
from zhixing.driving.tracking import track
from zhixing.simulation.city_world import CityWorld
from zhixing.simulation.drivable import drivable_area
from zhixing.simulation.world import STEP_NS, STEP_S

STAND = Control(accel_mps2=-8.0, steer_rate_radps=0.0)
ROLL = Control(accel_mps2=0.0, steer_rate_radps=0.0)


def drive(world: CityWorld, steps: int) -> list[Briefing]:
    """Let the first driver drive, and return what it was told."""
    planner = registry.create("zhixing.planners", "idm")
    assert isinstance(planner, Planner)
    briefings = [world.briefing()]
    planner.start(briefings[-1])
    for _ in range(steps):
        scene = world.scene()
        if briefings[-1].goal.contains(scene.ego.x_m, scene.ego.y_m) or world.needs_briefing():
            briefings.append(world.briefing())
            planner.start(briefings[-1])
        world.step(track(planner.plan(scene), scene.ego, world.body, STEP_S))
    return briefings


def bits(world: CityWorld) -> bytes:
    scene = world.scene()
    others = scene.others
    ego = np.array([scene.ego.x_m, scene.ego.y_m, scene.ego.yaw_rad, scene.ego.speed_mps])
    arrays = (ego, others.object_id, others.xy_m, others.yaw_rad, others.speed_mps, others.valid, scene.lights)
    return b"".join(array.tobytes() for array in arrays)


def put(world: CityWorld, lane_map: LaneMap, x_m: float, y_m: float) -> None:
    """Put the ego onto the driving lane at a place."""
    lane, _, _ = lane_map.nearest(x_m, y_m)
    _, _, yaw = lane_map.project(lane, x_m, y_m)
    world.ego = replace(world.ego, x_m=x_m, y_m=y_m, yaw_rad=yaw)


def goal_middle(briefing: Briefing) -> tuple[float, float]:
    goal = briefing.goal
    return 0.5 * (goal.x_min_m + goal.x_max_m), 0.5 * (goal.y_min_m + goal.y_max_m)


@pytest.fixture(scope="module")
def rides() -> tuple[CityWorld, LaneMap, list[tuple[Briefing, Route]]]:
    """A hundred tasks, each begun where the one before it ended."""
    world = CityWorld(seed=1, num_users=0)
    lane_map = build_lane_map(world.road)
    found = []
    for _ in range(100):
        briefing = world.briefing()
        found.append((briefing, find_route(lane_map, briefing.start, briefing.goal)))
        put(world, lane_map, *goal_middle(briefing))
    return world, lane_map, found


def test_a_scene_holds_the_present_moment() -> None:
    world = CityWorld(seed=1, num_users=20)
    for step in range(3):
        scene = world.scene()
        assert scene.time_ns == step * STEP_NS
        assert scene.others.time_ns.tolist() == [scene.time_ns]
        assert scene.others.num_objects == 20
        assert scene.lights.shape == (world.road.num_light_groups,)
        assert scene.ego == world.ego
        world.step(ROLL)


def test_a_scene_once_taken_does_not_change_with_the_world() -> None:
    world = CityWorld(seed=1, num_users=30)
    scene = world.scene()
    xy_m = scene.others.xy_m.copy()
    for _ in range(20):
        world.step(ROLL)
    assert np.array_equal(scene.others.xy_m, xy_m)


@pytest.mark.parametrize("seed", [0, 1, 2, 9])
def test_the_ego_starts_on_a_street_headed_along_it(seed: int) -> None:
    world = CityWorld(seed=seed, num_users=0)
    ego = world.ego
    lane_map = build_lane_map(world.road)
    lane, _, offset_m = lane_map.nearest(ego.x_m, ego.y_m, ego.yaw_rad)
    assert world.road.lanes[lane].kind == LaneKind.DRIVING
    assert world.road.lanes[lane].junction == -1
    assert abs(offset_m) < 0.01


def test_the_same_seed_gives_the_same_ride_to_the_last_bit() -> None:
    one, two = CityWorld(seed=4, num_users=40), CityWorld(seed=4, num_users=40)
    told = drive(one, 300), drive(two, 300)
    assert bits(one) == bits(two)
    assert [astuple(b.goal) for b in told[0]] == [astuple(b.goal) for b in told[1]]


def test_another_seed_gives_another_ride() -> None:
    one, two = CityWorld(seed=4, num_users=40), CityWorld(seed=5, num_users=40)
    assert bits(one) != bits(two)


def test_looking_changes_nothing() -> None:
    seen, unseen = CityWorld(seed=4, num_users=40), CityWorld(seed=4, num_users=40)
    for _ in range(50):
        seen.scene()
        seen.event_counts()
        seen.needs_briefing()
        for world in (seen, unseen):
            world.step(ROLL)
    assert bits(seen) == bits(unseen)


def test_the_first_driver_drives_a_minute_without_an_incident_of_its_own() -> None:
    world = CityWorld(seed=1, num_users=60)
    start = world.ego
    drive(world, 600)
    assert math.hypot(world.ego.x_m - start.x_m, world.ego.y_m - start.y_m) > 50.0
    assert not {"collision", "off-road", "stuck"} & set(world.event_counts())


def test_every_goal_can_be_driven_to_and_lies_on_a_street(
    rides: tuple[CityWorld, LaneMap, list[tuple[Briefing, Route]]],
) -> None:
    world, lane_map, found = rides
    for briefing, route in found:
        assert route.is_mapped
        lane, _, offset_m = lane_map.nearest(*goal_middle(briefing))
        assert world.road.lanes[lane].junction == -1
        assert abs(offset_m) < 0.01


def test_the_ride_passes_junctions_of_all_kinds(
    rides: tuple[CityWorld, LaneMap, list[tuple[Briefing, Route]]],
) -> None:
    world, lane_map, found = rides
    junctions, turns = set(), set()
    for _, route in found:
        for point in range(int(route.start_m), int(route.goal_m), 5):
            x, y = route.line.xy_m[point]
            lane, _, _ = lane_map.nearest(float(x), float(y), float(route.line.yaw_rad[point]))
            if lane >= 0:
                junctions.add(world.road.lanes[lane].junction)
                turns.add(world.road.lanes[lane].turn)
    assert junctions - {-1} == set(range(world.road.num_junctions))
    assert {"left", "straight", "right", "merge"} <= turns


def test_most_goals_are_some_streets_away(rides: tuple[CityWorld, LaneMap, list[tuple[Briefing, Route]]]) -> None:
    _, _, found = rides
    lengths = np.array([route.goal_m - route.start_m for _, route in found])
    assert 300.0 < float(np.median(lengths)) < 900.0


def test_no_goal_is_just_around_the_ego(rides: tuple[CityWorld, LaneMap, list[tuple[Briefing, Route]]]) -> None:
    _, _, found = rides
    for briefing, _ in found:
        x, y = goal_middle(briefing)
        assert math.hypot(x - briefing.start.x_m, y - briefing.start.y_m) > 50.0


def test_who_leaves_the_road_is_put_back_and_it_is_counted() -> None:
    world = CityWorld(seed=1, num_users=0)
    world.briefing()
    for _ in range(200):
        world.step(Control(accel_mps2=2.0, steer_rate_radps=-0.3))
        if world.event_counts():
            break
    assert world.event_counts() == {"off-road": 1}
    ego, body = world.ego, world.body
    assert ego.speed_mps == 0.0
    box = np.array([ego.x_m, ego.y_m, ego.yaw_rad, body.length_m, body.width_m])
    assert drivable_area(world.road).contains_box(box)
    assert world.needs_briefing()
    assert world.briefing().start == ego
    assert not world.needs_briefing()


def test_who_stands_for_a_minute_and_a_half_is_stuck() -> None:
    world = CityWorld(seed=1, num_users=0)
    for _ in range(880):
        world.step(STAND)
    assert not world.event_counts()
    for _ in range(60):
        world.step(STAND)
    assert world.event_counts() == {"stuck": 1}


def beside_somebody(world: CityWorld, speed_mps: float) -> None:
    """Put the ego onto a car that stands or drives on a street."""
    others = world.scene().others
    lane_map = build_lane_map(world.road)
    for row in np.flatnonzero(others.valid[:, 0] & (others.road_user == 1)).tolist():
        x, y = (float(value) for value in others.xy_m[row, 0])
        lane, _, _ = lane_map.nearest(x, y, float(others.yaw_rad[row, 0]), within_m=2.0)
        if lane >= 0 and world.road.lanes[lane].junction < 0:
            # Half a length behind it, so that the ego's front is inside.
            yaw = float(others.yaw_rad[row, 0])
            world.ego = EgoState(
                x_m=x - 2.5 * math.cos(yaw), y_m=y - 2.5 * math.sin(yaw), yaw_rad=yaw, speed_mps=speed_mps
            )
            return
    pytest.fail("nobody drives on a street")


def test_running_into_somebody_is_a_collision_and_counted_once() -> None:
    world = CityWorld(seed=1, num_users=40)
    beside_somebody(world, 12.0)
    for _ in range(5):
        world.step(ROLL)
    assert world.event_counts() == {"collision": 1}


def test_being_touched_while_standing_is_not_the_ego_s_fault() -> None:
    world = CityWorld(seed=1, num_users=40)
    beside_somebody(world, 0.0)
    world.step(STAND)
    assert world.event_counts() == {"hit-without-fault": 1}


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_a_control_that_is_no_number_brakes_and_spoils_nothing(bad: float) -> None:
    world = CityWorld(seed=1, num_users=30)
    for _ in range(40):
        world.step(Control(accel_mps2=bad, steer_rate_radps=bad))
    scene = world.scene()
    assert scene.ego.speed_mps == 0.0
    assert all(math.isfinite(value) for value in (scene.ego.x_m, scene.ego.y_m, scene.ego.yaw_rad))
    assert np.isfinite(scene.others.xy_m[scene.others.valid[:, 0]]).all()


def test_a_city_without_anybody_else_can_be_driven_through() -> None:
    world = CityWorld(seed=1, num_users=0)
    start = world.ego
    drive(world, 100)
    assert world.scene().others.num_objects == 0
    assert math.hypot(world.ego.x_m - start.x_m, world.ego.y_m - start.y_m) > 20.0
    assert not world.event_counts()


def test_a_negative_seed_is_refused() -> None:
    with pytest.raises(ValueError, match="non-negative"):
        CityWorld(seed=-1)


def test_a_negative_number_of_road_users_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        CityWorld(seed=1, num_users=-1)
