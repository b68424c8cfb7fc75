"""Who goes first in a junction: the rules on roads drawn by hand, and what the driver makes of them."""

from __future__ import annotations

import dataclasses
import math
from types import SimpleNamespace

import numpy as np
import pytest

from zhixing.datatypes.lights import Light
from zhixing.datatypes.road import Road
from zhixing.datatypes.scene import EgoState, Goal
from zhixing.datatypes.shapes import FloatArray
from zhixing.datatypes.tracks import RoadUser
from zhixing.driving.lane_map import lane_map_of
from zhixing.driving.right_of_way import RightOfWay, goes_before
from zhixing.driving.roundabouts import is_in_roundabout
from zhixing.driving.route import find_route
from zhixing.driving.safety import SafetyChecker
from zhixing.driving.sampling.planner import SamplingPlanner
from zhixing.simulation.rollout import rollout

NO_LIGHTS = np.zeros(0, dtype=np.int64)
FROM_WEST, FROM_SOUTH, FROM_EAST, FROM_NORTH = range(4)


def turned(quarter: int, points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return points turned about (0, 0) by quarters, counter-clockwise."""
    angle = 0.5 * math.pi * quarter
    c, s = round(math.cos(angle)), round(math.sin(angle))
    return [(c * x - s * y, s * x + c * y) for x, y in points]


def bent(
    start: tuple[float, float], corner: tuple[float, float], end: tuple[float, float]
) -> list[tuple[float, float]]:
    t = np.linspace(0.0, 1.0, 9)[:, None]
    a, b, c = (np.array(p) for p in (start, corner, end))
    curve: FloatArray = (1 - t) ** 2 * a + 2 * t * (1 - t) * b + t**2 * c
    return [(float(x), float(y)) for x, y in curve]


def crossroads(by_hand: SimpleNamespace, light_groups: int = 0) -> Road:
    """Return a crossing of two streets; lane ``5 * arm`` leads in, the next three lead through, the last one leads out.

    Arms are west, south, east and north; from each one can go straight on, left and right. With light groups each arm
    has its own.
    """
    lanes, successors = [], []
    for arm in range(4):
        group = {"light_group": arm} if light_groups else {}
        inside = {"junction": 0, **group}
        enters, leaves = (-10.0, -2.0), (-10.0, 2.0)
        ways = {
            "straight": by_hand.straight(enters, (10.0, -2.0), 9),
            "left": bent(enters, (2.0, -2.0), (2.0, 10.0)),
            "right": bent(enters, (-2.0, -2.0), (-2.0, -10.0)),
        }
        lanes.append(by_hand.lane(f"in/{arm}", turned(arm, by_hand.straight((-110.0, -2.0), enters, 21))))
        lanes += [by_hand.lane(f"{turn}/{arm}", turned(arm, way), turn=turn, **inside) for turn, way in ways.items()]
        lanes.append(by_hand.lane(f"out/{arm}", turned(arm, by_hand.straight(leaves, (-110.0, 2.0), 21))))
        out = [5 * ((arm + quarter) % 4) + 4 for quarter in (2, 3, 1)]
        successors += [(5 * arm + 1, 5 * arm + 2, 5 * arm + 3), *((one,) for one in out), ()]
    return Road(
        name="crossroads",
        lanes=tuple(lanes),
        successors=tuple(successors),
        num_junctions=1,
        num_light_groups=light_groups,
    )


def straight(arm: int) -> int:
    return 5 * arm + 1


def left(arm: int) -> int:
    return 5 * arm + 2


def right(arm: int) -> int:
    return 5 * arm + 3


@pytest.mark.parametrize("is_lit", [False, True])
def test_who_turns_waits_for_who_goes_straight_on(by_hand: SimpleNamespace, is_lit: bool) -> None:
    road = crossroads(by_hand)
    for oncoming in (straight(FROM_EAST), straight(FROM_NORTH), straight(FROM_SOUTH)):
        assert goes_before(road, oncoming, left(FROM_WEST), is_lit=is_lit)
        assert not goes_before(road, left(FROM_WEST), oncoming, is_lit=is_lit)
    assert goes_before(road, straight(FROM_NORTH), right(FROM_WEST), is_lit=is_lit)


def test_who_turns_right_waits_for_the_oncoming_who_turn_left(by_hand: SimpleNamespace) -> None:
    road = crossroads(by_hand)
    assert goes_before(road, left(FROM_EAST), right(FROM_WEST), is_lit=True)
    assert not goes_before(road, right(FROM_WEST), left(FROM_EAST), is_lit=True)


def test_who_comes_from_the_right_goes_first_where_no_light_tells(by_hand: SimpleNamespace) -> None:
    road = crossroads(by_hand)
    assert goes_before(road, straight(FROM_SOUTH), straight(FROM_WEST), is_lit=False)
    assert not goes_before(road, straight(FROM_NORTH), straight(FROM_WEST), is_lit=False)
    assert not goes_before(road, straight(FROM_SOUTH), straight(FROM_WEST), is_lit=True)


def going(by_hand: SimpleNamespace, road: Road, x_m: float, y_m: float, **task: bool) -> RightOfWay:
    """Return who goes first for an ego from the west to a place."""
    goal = Goal(x_min_m=x_m - 4.0, x_max_m=x_m + 4.0, y_min_m=y_m - 4.0, y_max_m=y_m + 4.0)
    lane_map = lane_map_of(road)
    start = EgoState(x_m=-60.0, y_m=-2.0, yaw_rad=0.0, speed_mps=8.0)
    return RightOfWay(find_route(lane_map, start, goal), lane_map, **task)


def oncoming(by_hand: SimpleNamespace, x_m: float, **more: object) -> object:
    return by_hand.User(object_id=1, x_m=x_m, y_m=2.0, yaw_rad=math.pi, speed_mps=8.0, **more)


@pytest.mark.parametrize(
    ("shown", "expected"), [(Light.FLASHING_YELLOW, True), (Light.GREEN, False), (Light.OFF, False)]
)
def test_who_comes_from_the_right_goes_first_while_yellow_flashes(
    by_hand: SimpleNamespace, shown: Light, expected: bool
) -> None:
    plain = crossroads(by_hand)
    lit = dataclasses.replace(
        plain,
        lanes=tuple(dataclasses.replace(x, light_group=0 if x.junction >= 0 else -1) for x in plain.lanes),
        num_light_groups=1,
    )
    ways = going(by_hand, lit, 60.0, -2.0)
    from_south = by_hand.User(object_id=1, x_m=2.0, y_m=-20.0, yaw_rad=0.5 * math.pi, speed_mps=8.0)
    from_north = by_hand.User(object_id=2, x_m=-2.0, y_m=20.0, yaw_rad=-0.5 * math.pi, speed_mps=8.0)
    first, _ = ways.find(by_hand.tracks([from_south, from_north], 1), np.array([int(shown)]), 40.0)
    assert first.tolist() == [expected, False]


def test_the_oncoming_go_before_a_left_turn_until_they_have_passed(by_hand: SimpleNamespace) -> None:
    ways = going(by_hand, crossroads(by_hand), 2.0, 60.0)
    for x_m, expected in ((100.0, False), (40.0, True), (5.0, True), (-20.0, False)):
        seen = by_hand.tracks([oncoming(by_hand, x_m)], 1)
        first, last = ways.find(seen, NO_LIGHTS, 40.0)
        assert (first.tolist(), last.tolist()) == ([expected], [False]), x_m
    seen = by_hand.tracks([oncoming(by_hand, 40.0)], 1)
    assert not ways.find(seen, NO_LIGHTS, -60.0)[0].any()  # the junction is far
    riders = by_hand.tracks([oncoming(by_hand, 40.0, road_user=RoadUser.EBIKE)], 1)
    beside = dataclasses.replace(riders, xy_m=riders.xy_m + np.array([0.0, 3.5]))
    assert ways.find(beside, NO_LIGHTS, 40.0)[0].tolist() == [True]  # two-wheelers cross beside the lanes


def test_who_stands_where_it_could_go_is_not_waited_for(by_hand: SimpleNamespace) -> None:
    ways = going(by_hand, crossroads(by_hand), 2.0, 60.0)
    stands = by_hand.tracks([by_hand.User(object_id=1, x_m=30.0, y_m=2.0, yaw_rad=math.pi, speed_mps=0.0)], 20)
    assert not ways.find(stands, NO_LIGHTS, 40.0)[0].any()
    speed_mps = stands.speed_mps.copy()
    speed_mps[:, -5] = 1.0
    has_just_stopped = dataclasses.replace(stands, speed_mps=speed_mps)
    assert ways.find(has_just_stopped, NO_LIGHTS, 40.0)[0].all()


def test_the_oncoming_who_may_turn_left_go_after_who_goes_straight_on_as_long_as_they_can_wait(
    by_hand: SimpleNamespace,
) -> None:
    ways = going(by_hand, crossroads(by_hand), 60.0, -2.0)
    for x_m, expected in ((40.0, True), (3.0, False)):
        _, last = ways.find(by_hand.tracks([oncoming(by_hand, x_m)], 1), NO_LIGHTS, 40.0)
        assert last.tolist() == [expected]


def test_who_stands_with_its_front_in_the_way_or_walks_is_not_expected_to_wait(by_hand: SimpleNamespace) -> None:
    ways = going(by_hand, crossroads(by_hand), 60.0, -2.0)
    from_north = {"object_id": 1, "x_m": -2.0, "yaw_rad": -0.5 * math.pi}
    for y_m, length_m, speed_mps, road_user, expected in (
        (14.0, 4.5, 3.0, RoadUser.CAR, True),
        (4.0, 12.0, 0.0, RoadUser.BUS, False),  # its nose is on the ego's line
        (14.0, 0.5, 1.4, RoadUser.PEDESTRIAN, False),
        (14.0, 0.5, 0.0, RoadUser.OBJECT, False),
    ):
        one = by_hand.User(**from_north, y_m=y_m, speed_mps=speed_mps, size_m=(length_m, 2.0), road_user=road_user)
        _, last = ways.find(by_hand.tracks([one], 1), NO_LIGHTS, 40.0)
        assert last.tolist() == [expected], road_user


def ring(by_hand: SimpleNamespace, radius_m: float, arcs: int) -> Road:
    """Return lanes round (0, 0), counter-clockwise, each a junction's."""
    turn = 2.0 * math.pi / arcs
    lanes = []
    for k in range(arcs):
        at = turn * (k + np.linspace(0.0, 1.0, 9))
        points = [(radius_m * math.cos(a), radius_m * math.sin(a)) for a in at.tolist()]
        lanes.append(by_hand.lane(f"arc/{k}", points, junction=k, turn="left" if turn > 0.6 else "straight"))
    return Road(
        name="ring", lanes=tuple(lanes), successors=tuple(((k + 1) % arcs,) for k in range(arcs)), num_junctions=arcs
    )


@pytest.mark.parametrize(("radius_m", "arcs"), [(12.0, 4), (25.0, 8), (45.0, 6)])
def test_lanes_that_run_round_are_a_roundabout(by_hand: SimpleNamespace, radius_m: float, arcs: int) -> None:
    road = ring(by_hand, radius_m, arcs)
    assert all(is_in_roundabout(road, k) for k in range(arcs))
    opened = dataclasses.replace(road, successors=((1,), *road.successors[1:-1], ()))
    assert not is_in_roundabout(opened, 0)


def test_left_turns_round_a_median_and_round_a_block_are_no_roundabout(by_hand: SimpleNamespace) -> None:
    for size_m in (30.0, 120.0):
        lanes = []
        for quarter in range(4):
            side = turned(quarter, by_hand.straight((-0.5 * size_m, -size_m), (0.5 * size_m, -size_m), 9))
            corner = bent((0.5 * size_m, -size_m), (size_m, -size_m), (size_m, -0.5 * size_m))
            lanes += [
                by_hand.lane(f"side/{quarter}", side),
                by_hand.lane(f"corner/{quarter}", turned(quarter, corner), junction=quarter, turn="left"),
            ]
        road = Road(
            name="block", lanes=tuple(lanes), successors=tuple(((k + 1) % 8,) for k in range(8)), num_junctions=4
        )
        assert not any(is_in_roundabout(road, k) for k in range(8))


def test_who_follows_in_the_own_lane_has_no_right_of_way(by_hand: SimpleNamespace) -> None:
    ways = going(by_hand, crossroads(by_hand), 2.0, 60.0)
    behind = by_hand.User(object_id=1, x_m=-40.0, y_m=-2.0, speed_mps=8.0)
    assert not ways.find(by_hand.tracks([behind], 1), NO_LIGHTS, 90.0)[0].any()


def test_a_finely_cut_map_does_not_take_for_ever(by_hand: SimpleNamespace) -> None:
    columns = 14
    lanes = [
        by_hand.lane("own", by_hand.straight((-60.0, 0.0), (60.0, 0.0), 31), junction=0, turn="left"),
        by_hand.lane("across", by_hand.straight((0.0, 10.0), (0.0, -10.0), 5), junction=0, turn="straight"),
    ]
    for k in range(columns):
        begins_m = 14.0 + 4.0 * k
        lanes += [
            by_hand.lane(f"{k}/{n}", by_hand.straight((n, begins_m), (0.0, begins_m - 4.0), 3)) for n in (0.5, -0.5)
        ]
    leads = [(1,), (1,), *(((2 * k, 2 * k + 1)) for k in range(1, columns) for _ in range(2))]
    road = Road(name="cut", lanes=tuple(lanes), successors=((), (), *leads), num_junctions=1)
    ways = going(by_hand, road, 50.0, 0.0)
    first, _ = ways.find(
        by_hand.tracks([by_hand.User(object_id=1, x_m=0.0, y_m=8.0, yaw_rad=-0.5 * math.pi, speed_mps=5.0)], 1),
        NO_LIGHTS,
        40.0,
    )
    assert first.tolist() == [True]


def test_who_has_red_goes_before_nobody_unless_it_is_in_the_junction_already(by_hand: SimpleNamespace) -> None:
    ways = going(by_hand, crossroads(by_hand, 4), 2.0, 60.0)
    lights = np.full(4, int(Light.GREEN))
    lights[FROM_EAST] = Light.RED
    assert not ways.find(by_hand.tracks([oncoming(by_hand, 30.0)], 1), lights, 40.0)[0].any()
    assert ways.find(by_hand.tracks([oncoming(by_hand, 8.0)], 1), lights, 40.0)[0].all()
    lights[FROM_EAST] = Light.GREEN
    assert ways.find(by_hand.tracks([oncoming(by_hand, 30.0)], 1), lights, 40.0)[0].all()


def test_a_known_light_of_the_own_movement_tells_more_than_who_comes_from_the_right(by_hand: SimpleNamespace) -> None:
    from_south = by_hand.tracks(
        [by_hand.User(object_id=1, x_m=2.0, y_m=-30.0, yaw_rad=0.5 * math.pi, speed_mps=8.0)], 1
    )
    for knows_light in (False, True):
        ways = going(by_hand, crossroads(by_hand), 60.0, -2.0, knows_light=knows_light)
        assert ways.find(from_south, NO_LIGHTS, 40.0)[0].tolist() == [not knows_light]


def test_nobody_and_roads_without_junctions_are_no_trouble(by_hand: SimpleNamespace) -> None:
    ways = going(by_hand, crossroads(by_hand), 2.0, 60.0)
    assert ways.find(by_hand.tracks([], 1), NO_LIGHTS, 40.0)[0].shape == (0,)
    street = by_hand.street()
    plain = RightOfWay(
        find_route(lane_map_of(street), by_hand.scenario(street).start, by_hand.scenario(street).goal),
        lane_map_of(street),
    )
    seen = by_hand.tracks([by_hand.User(object_id=1, x_m=30.0, speed_mps=3.0)], 1)
    assert not plain.find(seen, NO_LIGHTS, 5.0)[0].any()


@pytest.mark.parametrize("gap_m", [22.0, 30.0])
def test_a_left_turn_across_a_stream_makes_nobody_brake_hard(by_hand: SimpleNamespace, gap_m: float) -> None:
    stream = [
        by_hand.User(object_id=k, x_m=20.0 + gap_m * k, y_m=2.0, yaw_rad=math.pi, speed_mps=9.0) for k in range(5)
    ]
    task = by_hand.scenario(
        crossroads(by_hand), users=stream, start=(-60.0, -2.0, 0.0, 8.0), goal=(0.0, 4.0, 50.0, 60.0), duration_s=60.0
    )
    said = set()
    trace = rollout(
        task,
        SamplingPlanner(),
        background="reactive",
        checker=SafetyChecker(),
        on_step=lambda _, plan: said.add(plan.decision.rule) if plan is not None else None,
    )
    assert trace.outcome == "goal"
    assert not trace.contact_ids
    assert "right-of-way" in said
    hardest = np.diff(trace.background.speed_mps, axis=1).min() / 0.1
    assert hardest > -2.0
