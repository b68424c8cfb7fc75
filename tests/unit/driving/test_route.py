from __future__ import annotations

import dataclasses
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from zhixing.datatypes.road import LaneKind, Road
from zhixing.datatypes.scene import EgoState, Goal
from zhixing.driving.lane_map import build_lane_map
from zhixing.driving.route import Route, find_route
from zhixing.errors import ScenarioError


def goal(x_m: float, y_m: float) -> Goal:
    return Goal(x_min_m=x_m - 2.0, x_max_m=x_m + 2.0, y_min_m=y_m - 1.0, y_max_m=y_m + 1.0)


def route(road: Road, start: tuple[float, float, float], to: Goal) -> Route:
    x_m, y_m, yaw_rad = start
    return find_route(build_lane_map(road), EgoState(x_m=x_m, y_m=y_m, yaw_rad=yaw_rad, speed_mps=8.0), to)


def test_a_straight_way_is_as_long_as_it_is(by_hand: SimpleNamespace) -> None:
    found = route(by_hand.street(), (10.0, 0.3, 0.0), goal(250.0, 0.0))
    assert found.is_mapped
    assert found.goal_m - found.start_m == pytest.approx(240.0, abs=0.5)
    assert np.abs(found.line.xy_m[:200, 1]).max() < 0.05
    assert (found.limit_mps == 10.0).all()
    assert found.stop_m.size == 0
    assert found.room_m[50].tolist() == [1.75, 1.75]
    assert found.beside_m[48] == pytest.approx([1.75, 5.25])


def test_the_line_is_even_and_its_direction_continuous(by_hand: SimpleNamespace) -> None:
    line = route(by_hand.street(), (10.0, 0.0, 0.0), goal(250.0, 3.5)).line
    steps = np.diff(line.s_m)
    assert 0.9 < steps.min() <= steps.max() < 1.1
    assert np.abs(np.diff(line.yaw_rad)).max() < 0.1
    assert np.abs(line.curvature_radpm).max() < 0.02


def test_a_goal_on_the_next_lane_is_reached_by_a_gentle_change(by_hand: SimpleNamespace) -> None:
    found = route(by_hand.street(), (10.0, 0.0, 0.0), goal(250.0, 3.5))
    at_goal = int(np.searchsorted(found.line.s_m, found.goal_m))
    assert found.is_mapped
    assert found.line.xy_m[at_goal, 1] == pytest.approx(3.5, abs=0.3)
    assert found.line.xy_m[0, 1] == pytest.approx(0.0, abs=0.1)


def test_a_start_between_lanes_takes_the_one_that_leads_to_the_goal(by_hand: SimpleNamespace) -> None:
    for y_m in (0.0, 3.5):
        found = route(by_hand.street(), (10.0, 1.75, 0.0), goal(250.0, y_m))
        assert np.abs(found.line.xy_m[60:200, 1] - y_m).max() < 0.1


def test_the_heading_decides_between_the_directions_of_a_street(by_hand: SimpleNamespace) -> None:
    found = route(by_hand.street(), (250.0, 5.0, 3.14), goal(20.0, 7.0))
    assert found.is_mapped
    assert found.line.xy_m[100, 0] < 200.0
    assert found.line.xy_m[100, 1] == pytest.approx(7.0, abs=0.1)


def test_one_waits_at_the_stop_line_of_a_junction(by_hand: SimpleNamespace) -> None:
    found = route(by_hand.crossing("right", 0), (20.0, 0.0, 0.0), goal(200.0, 0.0))
    assert found.stop_m == pytest.approx([98.0 - 20.0], abs=0.5)
    assert found.stop_group.tolist() == [0]
    assert found.stop_is_right_turn.tolist() == [True]
    assert found.junction_m == pytest.approx(np.array([[80.0, 100.0]]), abs=1.5)


def test_without_a_stop_line_one_waits_at_the_entry(by_hand: SimpleNamespace) -> None:
    road = dataclasses.replace(by_hand.crossing(), stop_lines=())
    assert route(road, (20.0, 0.0, 0.0), goal(200.0, 0.0)).stop_m == pytest.approx([80.0], abs=1.5)


def test_a_start_inside_the_junction_has_no_line_to_wait_at(by_hand: SimpleNamespace) -> None:
    found = route(by_hand.crossing(), (106.0, 0.2, 0.1), goal(200.0, 0.0))
    assert found.is_mapped
    assert found.stop_m.size == 0


def test_a_start_off_the_road_is_refused_with_its_place(by_hand: SimpleNamespace) -> None:
    with pytest.raises(ScenarioError, match=r"within 6 m of the start \(20.0, 90.0\)"):
        route(by_hand.street(), (20.0, 90.0, 0.0), goal(200.0, 0.0))


@pytest.mark.parametrize("kind", [LaneKind.BIKING, LaneKind.SIDEWALK])
def test_a_road_without_a_lane_for_cars_is_refused(by_hand: SimpleNamespace, kind: LaneKind) -> None:
    road = Road(name="path", lanes=(by_hand.lane("path", [(0.0, 0.0), (99.0, 0.0)], kind=kind),), successors=((),))
    with pytest.raises(ScenarioError, match="no lane to drive on"):
        route(road, (20.0, 0.0, 0.0), goal(80.0, 0.0))


def test_a_road_without_any_lane_is_refused() -> None:
    with pytest.raises(ScenarioError, match="no lane to drive on"):
        route(Road(name="none", lanes=(), successors=()), (20.0, 0.0, 0.0), goal(80.0, 0.0))


@pytest.mark.parametrize(("x_m", "y_m"), [(-80.0, 0.0), (900.0, 40.0), (150.0, 300.0), (5.0, 0.0)])
def test_a_goal_that_no_lane_leads_to_is_told_and_still_gives_a_line(
    by_hand: SimpleNamespace, x_m: float, y_m: float
) -> None:
    found = route(by_hand.street(), (20.0, 0.0, 0.0), goal(x_m, y_m))
    assert not found.is_mapped
    assert np.isfinite(found.line.xy_m).all()
    assert np.isfinite(found.line.curvature_radpm).all()


def test_a_goal_beyond_the_end_of_the_map_is_headed_for_straight(by_hand: SimpleNamespace) -> None:
    found = route(by_hand.street(), (20.0, 0.0, 0.0), goal(340.0, 0.0))
    assert not found.is_mapped
    assert found.goal_m - found.start_m == pytest.approx(320.0, abs=1.0)


def gapped(by_hand: SimpleNamespace, gap_m: float, **more: Any) -> Road:
    lanes = (
        by_hand.lane("before", by_hand.straight((0, 0), (100, 0))),
        by_hand.lane("after", by_hand.straight((100 + gap_m, 0.5), (200, 0.5)), **more),
    )
    return Road(name="gap", lanes=lanes, successors=((), ()))


def test_a_small_gap_in_the_map_is_bridged(by_hand: SimpleNamespace) -> None:
    found = route(gapped(by_hand, 5.0), (20.0, 0.0, 0.0), goal(180.0, 0.5))
    assert found.is_mapped
    assert found.goal_m - found.start_m == pytest.approx(160.0, abs=0.5)


def test_a_wide_gap_is_not_taken_for_a_road(by_hand: SimpleNamespace) -> None:
    assert not route(gapped(by_hand, 20.0), (20.0, 0.0, 0.0), goal(180.0, 0.5)).is_mapped


def test_the_limit_changes_where_the_lane_does(by_hand: SimpleNamespace) -> None:
    found = route(gapped(by_hand, 2.0, speed_limit_mps=6.0), (20.0, 0.0, 0.0), goal(180.0, 0.5))
    assert found.limit_mps[[10, 120]].tolist() == [10.0, 6.0]


def test_an_unknown_limit_is_that_of_a_town(by_hand: SimpleNamespace) -> None:
    found = route(gapped(by_hand, 2.0, speed_limit_mps=np.inf), (20.0, 0.0, 0.0), goal(180.0, 0.5))
    assert found.limit_mps[120] == 13.9


def test_a_lane_that_folds_back_onto_itself_has_a_finite_curvature(by_hand: SimpleNamespace) -> None:
    points = [(0.0, 0.0), (30.5, 0.0), (0.0, 0.0)]
    left = np.array([[x, y + 1.0] for x, y in points])
    folded = by_hand.lane("folded", by_hand.straight((0, 0), (9, 0), 3))
    folded = dataclasses.replace(
        folded, centre_xy_m=np.array(points), left_xy_m=left, right_xy_m=left - np.array([0.0, 2.0])
    )
    found = route(Road(name="fold", lanes=(folded,), successors=((),)), (0.0, 0.0, 0.0), goal(15.0, 0.0))
    assert np.isfinite(found.line.curvature_radpm).all()
