"""CommonRoad files of both versions, written by hand: lanes, signs, lights and obstacles."""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from zhixing.datatypes.lights import Light
from zhixing.datatypes.road import NO_LANE, LaneKind
from zhixing.datatypes.tracks import RoadUser
from zhixing.formats.commonroad import is_commonroad, read_commonroad
from zhixing.testing.commonroad_files import (
    CROSSROADS,
    NEW_STREET,
    RIGHT_TURN,
    bound,
    goal,
    lanelet,
    new,
    old,
    problem,
    rectangle,
    state,
)

SHARED = Path(os.environ.get("ZHIXING_SHARED", Path(__file__).resolve().parents[3].parent / "shared"))


def test_a_file_of_2018b_is_read_as_it_stands(write: Callable[[str], Path]) -> None:
    path = write(old())
    assert is_commonroad(path)
    scenario = read_commonroad(path)
    assert (scenario.scenario_id, scenario.family) == ("task", "family")
    assert (scenario.start.x_m, scenario.start.speed_mps) == (5.0, 10.0)
    assert (scenario.start_ns, scenario.stop_ns) == (0, 5_000_000_000)
    assert (scenario.body.length_m, scenario.body.width_m) == (4.508, 1.610)
    first, second, left, oncoming = scenario.road.lanes
    assert first.left_xy_m.tolist() == [[0.0, 2.0], [50.0, 2.0]]
    assert first.centre_xy_m.tolist() == [[0.0, 0.0], [50.0, 0.0]]
    assert (first.speed_limit_mps, second.speed_limit_mps) == (12.5, math.inf)
    assert scenario.road.successors == ((1,), (), (), ())
    assert (first.left_lane, left.right_lane) == (2, 0)
    assert (left.left_lane, oncoming.left_lane) == (NO_LANE, NO_LANE)
    assert all(lane.junction == -1 for lane in scenario.road.lanes)


def test_somebody_is_there_from_the_initial_to_the_last_state_and_what_stands_always(
    write: Callable[[str], Path],
) -> None:
    tracks = read_commonroad(write(old())).background
    assert tracks.object_id.tolist() == [20, 21]
    assert tracks.road_user.tolist() == [RoadUser.CAR, RoadUser.CAR]
    assert tracks.size_m.tolist() == [[4.5, 1.8], [4.0, 2.0]]
    assert tracks.valid[0].tolist() == [k <= 10 for k in range(tracks.num_steps)]
    assert tracks.xy_m[0, :11, 0] == pytest.approx(20.0 + 0.8 * np.arange(11))
    assert tracks.speed_mps[0, 5] == pytest.approx(8.0)
    assert tracks.valid[1].all()
    assert tracks.xy_m[1, -1].tolist() == [60.0, 4.0]
    assert math.remainder(float(tracks.yaw_rad[1, 0]) - 1.5, math.pi) == pytest.approx(0.0)
    assert not tracks.speed_mps[1].any()


def test_other_step_sizes_are_brought_to_the_grid_of_the_exam(write: Callable[[str], Path]) -> None:
    text = old(task=problem(goal(rectangle(6, 2, 80, 0), time=(21, 22))), step=0.25)
    scenario = read_commonroad(write(text))
    assert scenario.goal.time_ns == (5_200_000_000, 5_500_000_000)
    assert scenario.background.time_ns[1] == 100_000_000
    assert scenario.background.xy_m[0, 1, 0] == pytest.approx(20.32)
    assert scenario.background.valid[0, [25, 26]].tolist() == [True, False]


def test_junctions_are_found_where_lanelets_cross_with_what_branches_off(write: Callable[[str], Path]) -> None:
    road = read_commonroad(write(old(CROSSROADS + RIGHT_TURN, problem(goal('<lanelet ref="3"/>'))))).road
    assert [lane.junction for lane in road.lanes] == [-1, 0, -1, -1, 0, -1, 0, -1]
    assert [lane.turn for lane in road.lanes] == ["", "straight", "", "", "straight", "", "right", ""]
    assert road.num_junctions == 1


def test_lanelets_that_merge_are_no_junction(write: Callable[[str], Path]) -> None:
    merge = (
        lanelet(1, (0, 0), (50, 0), '<successor ref="2"/>')
        + lanelet(2, (50, 0), (90, 0))
        + lanelet(3, (0, -8), (50, 0), '<successor ref="2"/>')
    )
    road = read_commonroad(write(old(merge, problem(goal('<lanelet ref="2"/>'))))).road
    assert road.num_junctions == 0
    assert road.successors == ((1,), (), (1,))


def test_a_file_of_2020a_states_signs_kinds_turns_and_stop_lines(write: Callable[[str], Path]) -> None:
    road = read_commonroad(write(new(NEW_STREET))).road
    by_id = {lane.lane_id: lane for lane in road.lanes}
    assert by_id["1"].speed_limit_mps == 11.176
    assert by_id["2"].speed_limit_mps == math.inf
    assert {name: by_id[name].turn for name in ("1", "2", "3", "7")} == {
        "1": "",
        "2": "straight",
        "3": "",
        "7": "right",
    }
    assert [by_id[name].junction for name in ("1", "2", "7", "10")] == [-1, 0, 0, -1]
    kinds = [by_id[name].kind for name in ("1", "10", "11", "12", "13", "14")]
    assert kinds == [
        LaneKind.DRIVING,
        LaneKind.CROSSING,
        LaneKind.BIKING,
        LaneKind.SIDEWALK,
        LaneKind.OTHER,
        LaneKind.BIKING,
    ]
    assert by_id["10"].is_two_way
    (line,) = road.stop_lines
    assert line.lanes == (0,)
    assert line.xy_m.tolist() == [[-6.0, 2.0], [-6.0, -2.0]]


def test_lights_belong_to_movements_and_repeat_from_their_offset(write: Callable[[str], Path]) -> None:
    scenario = read_commonroad(write(new(NEW_STREET)))
    by_id = {lane.lane_id: lane for lane in scenario.road.lanes}
    assert (by_id["2"].light_group, by_id["7"].light_group, by_id["1"].light_group) == (0, 1, -1)
    assert scenario.road.num_light_groups == 2
    shown = [
        Light(scenario.lights.at(step * 100_000_000)[0]).name for step in (0, 4, 5, 14, 15, 16, 17, 36, 37, 39, 40)
    ]
    assert shown == [
        "GREEN", "YELLOW", "RED", "RED", "RED", "RED", "GREEN", "GREEN", "YELLOW", "YELLOW", "RED",
    ]  # fmt: skip
    assert Light(scenario.lights.at(4_900_000_000)[1]) is Light.GREEN


def test_obstacles_of_2020a(write: Callable[[str], Path]) -> None:
    people = (
        '<staticObstacle id="30"><type>unknown</type><shape><polygon>'
        + "".join(f"<point><x>{x}</x><y>{y}</y></point>" for x, y in [(0, 0), (4, 4), (3, 5), (-1, 1)])
        + "</polygon></shape>"
        + state("initialState", 0, 10.0, -3.0)
        + '</staticObstacle><dynamicObstacle id="31"><type>pedestrian</type>'
        "<shape><circle><radius>0.3</radius></circle></shape>"
        + state("initialState", 3, 0.0, 0.0)
        + "<trajectory>"
        + "".join(state("state", 3 + k, 0.1 * k) for k in range(1, 5))
        + '</trajectory></dynamicObstacle><staticObstacle id="32"><type>roadBoundary</type><shape>'
        "<rectangle><length>90</length><width>1</width></rectangle></shape>"
        + state("initialState", 0, 10.0, -3.0)
        + "</staticObstacle>"
    )
    tracks = read_commonroad(write(new(NEW_STREET + people))).background
    assert tracks.object_id.tolist() == [30, 31]
    assert tracks.road_user.tolist() == [RoadUser.OBJECT, RoadUser.PEDESTRIAN]
    assert tracks.size_m[0] == pytest.approx([4.0 * math.sqrt(2.0), math.sqrt(2.0)])
    assert tracks.xy_m[0, 0] == pytest.approx([11.5, -0.5])
    assert tracks.yaw_rad[0, 0] == pytest.approx(math.pi / 4)
    assert tracks.size_m[1] == pytest.approx([0.6, 0.6])
    assert np.flatnonzero(tracks.valid[1]).tolist() == [3, 4, 5, 6, 7]
    assert tracks.speed_mps[1, 5] == pytest.approx(1.0)


def test_bounds_with_unequal_points_are_drawn_with_the_same_number(write: Callable[[str], Path]) -> None:
    left, right = bound("leftBound", [(0, 2), (10, 2), (20, 2)]), bound("rightBound", [(0, 0), (20, 0)])
    text = f'<lanelet id="1">{left}{right}</lanelet>'
    (lane,) = read_commonroad(write(old(text, problem(goal('<lanelet ref="1"/>'))))).road.lanes
    assert lane.centre_xy_m.tolist() == [[0.0, 1.0], [10.0, 1.0], [20.0, 1.0]]


@pytest.mark.slow
def test_all_shared_commonroad_tasks_are_read() -> None:
    folder = SHARED / "data" / "commonroad"
    if not folder.is_dir():
        pytest.skip(f"no CommonRoad files in {folder}")
    for path in sorted(folder.glob("*.xml")):
        scenario = read_commonroad(path)
        assert scenario.stop_ns > scenario.start_ns
        assert scenario.background.num_objects > 0
        inside = [lane for lane in scenario.road.lanes if lane.junction >= 0]
        assert all(lane.turn for lane in inside)
        for k, nexts in enumerate(scenario.road.successors):
            for following in nexts:
                gap = scenario.road.lanes[following].centre_xy_m[0] - scenario.road.lanes[k].centre_xy_m[-1]
                assert math.hypot(*gap) < 1.0, (path.name, k, following)
