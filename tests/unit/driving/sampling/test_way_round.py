"""Round what is in the way, through the lane of the oncoming traffic, if nobody comes."""

from __future__ import annotations

import dataclasses
import math
from types import SimpleNamespace
from typing import Any

import numpy as np

from zhixing.datatypes.driving_wish import AS_USUAL, DrivingWish
from zhixing.datatypes.evidence import Scenario, Trace
from zhixing.datatypes.lights import Light
from zhixing.datatypes.road import Road
from zhixing.datatypes.scene import Scene
from zhixing.datatypes.tracks import RoadUser, Tracks
from zhixing.driving.lane_map import lane_map_of
from zhixing.driving.safety import SafetyChecker
from zhixing.driving.sampling.planner import SamplingPlanner
from zhixing.driving.sampling.way import Way
from zhixing.driving.sampling.way_round import WayRound
from zhixing.simulation.rollout import rollout


def two_lanes(by_hand: SimpleNamespace, end_m: float = 300.0) -> Road:
    """Return a street from x = 0 with one lane east (y = 0) and one west (y = 3.5)."""
    return Road(
        name="two lanes",
        lanes=(
            by_hand.lane("east", by_hand.straight((0, 0), (end_m, 0), 61)),
            by_hand.lane("west", by_hand.straight((end_m, 3.5), (0, 3.5), 61)),
        ),
        successors=((), ()),
    )


def truck(by_hand: SimpleNamespace, x_m: float = 80.0, **more: Any) -> Any:
    more = {"road_user": RoadUser.TRUCK, "size_m": (8.0, 2.4)} | more
    return by_hand.User(object_id=int(x_m), x_m=x_m, **more)


def drive(task: Scenario) -> Trace:
    return rollout(task, SamplingPlanner(), background="reactive", checker=SafetyChecker())


def rules(trace: Trace) -> set[str]:
    return {decision.rule for _, decision in trace.decisions}


def test_a_parked_truck_is_passed_slowly_through_the_other_lane(by_hand: SimpleNamespace) -> None:
    trace = drive(by_hand.scenario(two_lanes(by_hand), users=[truck(by_hand)], duration_s=50.0))
    assert trace.outcome == "goal"
    assert not trace.contact_ids
    beside = np.abs(trace.xy_m[:, 0] - 80.0) < 6.0
    assert trace.xy_m[beside, 1].min() > 2.1
    assert trace.speed_mps[beside].max() < 6.0
    assert "way-round" in rules(trace)
    assert abs(trace.xy_m[-1, 1]) < 0.6


def test_who_comes_the_other_way_goes_first(by_hand: SimpleNamespace) -> None:
    coming = [
        by_hand.User(object_id=7 + k, x_m=190.0 + 40.0 * k, y_m=3.5, yaw_rad=math.pi, speed_mps=10.0) for k in (0, 1)
    ]
    trace = drive(by_hand.scenario(two_lanes(by_hand), users=[truck(by_hand), *coming], duration_s=60.0))
    assert trace.outcome == "goal"
    assert not trace.contact_ids
    out = trace.xy_m[:, 1] + 0.95 > 2.05
    assert 0.1 * float(np.argmax(out)) > 14.0  # when the second one is past the truck
    waits = trace.speed_mps < 0.3
    assert waits.any()
    assert trace.xy_m[waits, 0].max() + 2.4 < 76.0 - 5.0  # far enough back to swing out


def test_a_queue_at_a_red_light_is_waited_for(by_hand: SimpleNamespace) -> None:
    road = by_hand.crossing()
    with_oncoming = Road(
        name="crossing with oncoming",
        lanes=(*road.lanes, by_hand.lane("west", by_hand.straight((98, 3.5), (0, 3.5)))),
        successors=(*road.successors, ()),
        stop_lines=road.stop_lines,
        num_junctions=1,
        num_light_groups=1,
    )
    waiting = [by_hand.User(object_id=k, x_m=94.0 - 7.0 * k) for k in range(3)]
    trace = drive(by_hand.scenario(with_oncoming, users=waiting, light=Light.RED, duration_s=30.0))
    assert np.abs(trace.xy_m[:, 1]).max() < 0.5
    assert trace.speed_mps[-1] < 0.1
    assert "way-round" not in rules(trace)


def is_passed(by_hand: SimpleNamespace, background: Tracks) -> bool:
    """Return whether somebody is worth going round at the end of a recording, for an ego that stands at x = 54."""
    task = by_hand.scenario(two_lanes(by_hand), start=(54.0, 0.0, 0.0, 0.0))
    way = Way(task.briefing(), lane_map_of(task.road))
    way_round = WayRound(way.route, lane_map_of(task.road), task.body, way.beside_m)
    found = None
    for step in range(background.num_steps):
        seen = background.until(step)
        scene = Scene(time_ns=int(seen.time_ns[-1]), ego=task.start, others=seen, lights=np.zeros(0, dtype=np.int64))
        found = way_round.look(scene, way.route.start_m, 0.0, 10.0, math.inf, AS_USUAL)
    return found is not None


def halted(by_hand: SimpleNamespace, steps: int) -> Tracks:
    """Return a recording of a car that comes to a halt at x = 80 after 2 s."""
    drives: Tracks = by_hand.tracks([by_hand.User(object_id=5, x_m=70.0, speed_mps=5.0)], steps)
    speed, xy = drives.speed_mps.copy(), drives.xy_m.copy()
    speed[:, 20:] = 0.0
    xy[:, 20:, 0] = 80.0
    return dataclasses.replace(drives, speed_mps=speed, xy_m=xy)


def test_a_parked_one_is_passed_soon_and_one_that_drove_only_much_later(by_hand: SimpleNamespace) -> None:
    assert not is_passed(by_hand, by_hand.tracks([truck(by_hand)], 20))
    assert is_passed(by_hand, by_hand.tracks([truck(by_hand)], 40))
    assert not is_passed(by_hand, halted(by_hand, 100))
    assert is_passed(by_hand, halted(by_hand, 160))


def test_who_stands_on_foot_may_walk_on(by_hand: SimpleNamespace) -> None:
    standing = by_hand.User(object_id=3, x_m=80.0, road_user=RoadUser.PEDESTRIAN, size_m=(0.6, 1.6))
    assert not is_passed(by_hand, by_hand.tracks([standing], 200))


def test_a_slow_bicycle_is_passed_from_the_ego_s_own_side(by_hand: SimpleNamespace) -> None:
    rider = by_hand.User(object_id=9, x_m=50.0, y_m=-0.4, speed_mps=3.0, road_user=RoadUser.BICYCLE, size_m=(1.8, 0.6))
    trace = drive(by_hand.scenario(two_lanes(by_hand), users=[rider], duration_s=30.0))
    assert trace.outcome == "goal"
    assert not trace.contact_ids
    assert trace.xy_m[:, 1].max() < 1.85  # never with its centre in the lane of the others
    assert trace.time_ns[-1] < 25e9  # behind it all the way it would have taken 50 s


def tricycle(by_hand: SimpleNamespace, **more: Any) -> Any:
    about = {"x_m": 40.0, "speed_mps": 4.0, "road_user": RoadUser.TRICYCLE, "size_m": (2.8, 1.4)} | more
    return by_hand.User(object_id=5, **about)


def behind_a_tricycle(by_hand: SimpleNamespace, *others: Any, wish: DrivingWish = AS_USUAL) -> Trace:
    users = [tricycle(by_hand), *others]
    task = by_hand.scenario(two_lanes(by_hand, 600.0), users=users, goal=(400.0, 406.0, -2.0, 2.0), duration_s=60.0)
    return rollout(task, by_hand.Wished(SamplingPlanner(), wish), background="reactive", checker=SafetyChecker())


def test_a_slow_tricycle_is_overtaken_briskly_where_nobody_comes(by_hand: SimpleNamespace) -> None:
    trace = behind_a_tricycle(by_hand)
    assert trace.outcome == "goal"
    assert not trace.contact_ids
    assert "overtake" in rules(trace)
    out = trace.xy_m[:, 1] > 1.75
    assert trace.xy_m[:, 1].max() > 0.7 + 0.95 + 0.6
    assert 0.1 * out.sum() < 6.0
    assert trace.time_ns[-1] < 50e9  # behind it, it would have taken 90 s


def test_it_stays_behind_while_somebody_comes(by_hand: SimpleNamespace) -> None:
    coming = [
        by_hand.User(object_id=20 + k, x_m=200.0 + 110.0 * k, y_m=3.5, yaw_rad=math.pi, speed_mps=11.0)
        for k in range(8)
    ]
    trace = behind_a_tricycle(by_hand, *coming)
    assert not trace.contact_ids
    xy, others = trace.xy_m, trace.background.xy_m[1:, : len(trace.xy_m), 0]
    for k in np.flatnonzero(xy[:, 1] > 1.2):
        ahead = others[:, min(k, others.shape[1] - 1)] - xy[k, 0]
        assert ahead[ahead > 0.0].min(initial=np.inf) > 40.0


def test_who_is_slow_for_a_reason_is_not_overtaken(by_hand: SimpleNamespace) -> None:
    before = by_hand.User(object_id=6, x_m=58.0, speed_mps=4.0)
    assert "overtake" not in rules(behind_a_tricycle(by_hand, before))


def test_who_wants_to_be_driven_calmly_stays_behind_unless_they_want_past(by_hand: SimpleNamespace) -> None:
    assert "overtake" not in rules(behind_a_tricycle(by_hand, wish=DrivingWish(style="calm")))
    assert "overtake" in rules(behind_a_tricycle(by_hand, wish=DrivingWish(style="calm", overtakes=True)))
