"""Scenarios written as CommonRoad files: the same as far as the format can carry them."""

from __future__ import annotations

import math
import os
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from zhixing.datatypes.evidence import Scenario
from zhixing.datatypes.lights import Light, Lights
from zhixing.datatypes.road import LaneKind, Road
from zhixing.datatypes.scene import EgoState, Goal
from zhixing.datatypes.shapes import FloatArray
from zhixing.datatypes.tracks import RoadUser, Tracks
from zhixing.errors import ScenarioError
from zhixing.formats.commonroad import read_commonroad
from zhixing.formats.commonroad_write import commonroad_bytes, write_commonroad
from zhixing.runtime.driving_tasks import find_tasks, read_scenario
from zhixing.testing.commonroad_files import NEW_STREET, new, old
from zhixing.testing.same_scenario import WITHIN_M, goal_differences, road_differences

SHARED = Path(os.environ.get("ZHIXING_SHARED", Path(__file__).resolve().parents[3].parent / "shared"))
STEP_NS = 100_000_000


def again(task: Scenario, folder: Path) -> Scenario:
    """Return what is read back of a task."""
    path = folder / f"{task.scenario_id}.xml"
    write_commonroad(path, task)
    return read_commonroad(path)


def assert_same_states(one: Tracks, other: Tracks) -> None:
    """Check that the same people were at the same places, as long as both recordings last."""
    steps = min(one.num_steps, other.num_steps)
    rows = np.flatnonzero(one.valid[:, :steps].any(axis=1))
    order = [other.object_id.tolist().index(object_id) for object_id in one.object_id[rows].tolist()]
    assert len(order) == other.num_objects
    assert np.array_equal(one.time_ns[:steps], other.time_ns[:steps])
    there = one.valid[rows, :steps]
    assert np.array_equal(there, other.valid[order, :steps])
    assert np.array_equal(one.road_user[rows], other.road_user[order])
    np.testing.assert_allclose(one.size_m[rows], other.size_m[order], atol=WITHIN_M)
    for name in ("xy_m", "speed_mps"):
        a, b = getattr(one, name)[rows, :steps][there], getattr(other, name)[order, :steps][there]
        np.testing.assert_allclose(a, b, rtol=0.0, atol=WITHIN_M)
    turn: FloatArray = one.yaw_rad[rows, :steps][there] - other.yaw_rad[order, :steps][there]
    assert np.abs(np.remainder(turn + np.pi, 2.0 * np.pi) - np.pi).max(initial=0.0) < WITHIN_M


@pytest.mark.parametrize("text", [old(), new(NEW_STREET)], ids=["2018b", "2020a"])
def test_a_file_of_others_is_read_back_the_same(tmp_path: Path, text: str) -> None:
    (tmp_path / "first.xml").write_text(text, "utf-8")
    before = read_commonroad(tmp_path / "first.xml")
    assert_carried(before, again(replace(before, scenario_id="first"), tmp_path))


def assert_carried(before: Scenario, back: Scenario) -> None:
    """Check that a task that came from a CommonRoad file is the same."""
    assert [word for word in road_differences(before.road, back.road) if word != "road: name"] == []
    assert goal_differences(before.goal, back.goal) == []
    assert (before.start_ns, before.stop_ns, before.body) == (back.start_ns, back.stop_ns, back.body)
    for name in ("x_m", "y_m", "yaw_rad", "speed_mps", "accel_mps2", "steer_rad"):
        assert getattr(before.start, name) == pytest.approx(getattr(back.start, name), abs=1e-9)
    for time_ns in range(before.start_ns, before.stop_ns, STEP_NS):
        assert before.lights.at(time_ns).tolist() == back.lights.at(time_ns).tolist()
    assert_same_states(before.background, back.background)


@pytest.mark.slow
def test_all_shared_commonroad_tasks_are_read_back_the_same(tmp_path: Path) -> None:
    folder = SHARED / "data" / "commonroad"
    if not folder.is_dir():
        pytest.skip(f"no CommonRoad files in {folder}")
    for task in find_tasks([folder]):
        before = read_scenario(task)
        assert_carried(before, again(before, tmp_path))


def anonymous(road: Road) -> Road:
    """Return a road without what the format cannot carry of it."""
    lanes = tuple(replace(lane, lane_id="") for lane in road.lanes)
    return replace(road, name="", lanes=lanes, stop_lines=())


@pytest.mark.slow
@pytest.mark.parametrize("every", [4, pytest.param(1, marks=pytest.mark.long)])
def test_shared_openscenario_tasks_keep_roads_starts_goals_and_everybody(every: int, tmp_path: Path) -> None:
    folder = SHARED / "data" / "onsite_china"
    if not folder.is_dir():
        pytest.skip(f"no recordings in {folder}")
    for task in find_tasks([folder])[::every]:
        before = read_scenario(task)
        back = again(before, tmp_path)
        assert_same_states(before.background, back.background)
        assert road_differences(anonymous(before.road), anonymous(back.road)) == []
        assert before.start == back.start
        assert 0 <= back.stop_ns - before.stop_ns < STEP_NS
        box = [(g.x_min_m, g.x_max_m, g.y_min_m, g.y_max_m) for g in (before.goal, back.goal)]
        assert box[0] == pytest.approx(box[1], abs=WITHIN_M)


def test_kinds_lights_and_classes_are_said_as_nearly_as_can_be(by_hand: SimpleNamespace, tmp_path: Path) -> None:
    road = by_hand.crossing(turn="left")
    walk = by_hand.lane("walk", [(0, 9), (60, 9)], kind=LaneKind.SIDEWALK, is_two_way=True, speed_limit_mps=math.inf)
    buses = by_hand.lane("buses", [(0, 20), (100, 20)], kind=LaneKind.OTHER)
    bikes = by_hand.lane("bikes", [(0, 30), (100, 30)], kind=LaneKind.BIKING, is_two_way=True)
    road = replace(road, lanes=(*road.lanes, walk, buses, bikes), successors=(*road.successors, (), (), ()))
    users = [by_hand.User(object_id=k + 100, x_m=9.0 * k, road_user=user) for k, user in enumerate(RoadUser)]
    task = by_hand.scenario(road, users=users)
    shown = np.array([[Light.RED, Light.FLASHING_YELLOW, Light.GREEN]])
    task = replace(task, lights=Lights(np.array([0, 10 * STEP_NS, 20 * STEP_NS + 1]), shown))
    back = again(task, tmp_path)
    assert [lane.lane_id for lane in back.road.lanes] == [str(k) for k in range(109, 118)]
    assert [lane.kind for lane in back.road.lanes] == [lane.kind for lane in road.lanes]
    assert [lane.is_two_way for lane in back.road.lanes] == [lane.is_two_way for lane in road.lanes]
    assert [(lane.junction, lane.turn) for lane in back.road.lanes][:5] == [
        (-1, ""), (0, "left"), (-1, ""), (-1, ""), (0, "straight"),
    ]  # fmt: skip
    assert back.road.lanes[1].light_group == 0
    assert [Light(int(back.lights.at(k * STEP_NS)[0])).name for k in (9, 10, 20, 21)] == ["RED", "OFF", "OFF", "GREEN"]
    found = dict(zip(back.background.object_id.tolist(), back.background.road_user.tolist(), strict=True))
    changed = {RoadUser.EBIKE: RoadUser.BICYCLE, RoadUser.TRICYCLE: RoadUser.MOTORCYCLE}
    assert found == {k + 100: changed.get(user, user) for k, user in enumerate(RoadUser)}


def test_goals_keep_their_places_and_conditions(by_hand: SimpleNamespace, tmp_path: Path) -> None:
    triangle = np.array([[0.0, -5.0], [40.0, -5.0], [40.0, 5.0]])
    goal = Goal(
        x_min_m=20.0,
        x_max_m=50.0,
        y_min_m=-9.0,
        y_max_m=9.0,
        outlines_xy_m=(triangle,),
        yaw_rad=(-1.0, 1.0),
        speed_mps=(2.0, 3.0),
        time_ns=(STEP_NS, 20 * STEP_NS),
        alternatives=(
            Goal(x_min_m=-math.inf, x_max_m=math.inf, y_min_m=-math.inf, y_max_m=math.inf, time_ns=(0, 50 * STEP_NS)),
            Goal(x_min_m=100.0, x_max_m=math.inf, y_min_m=-math.inf, y_max_m=math.inf),
        ),
    )
    back = again(replace(by_hand.scenario(), goal=goal), tmp_path).goal
    assert (back.yaw_rad, back.speed_mps, back.time_ns) == (goal.yaw_rad, goal.speed_mps, goal.time_ns)
    for x_m, y_m in [(10.0, -4.0), (30.0, -4.0), (30.0, 4.0), (39.0, 4.0)]:
        assert back.contains(x_m, y_m) == goal.contains(x_m, y_m)
    anywhere, half = back.alternatives
    assert not anywhere.has_place
    assert (half.contains(101.0, 0.0), half.contains(99.0, 0.0)) == (True, False)


def test_times_far_from_0_start_anew_and_those_too_fine_are_named(by_hand: SimpleNamespace, tmp_path: Path) -> None:
    task = by_hand.scenario(users=[by_hand.User(object_id=5, x_m=30.0)])
    hour_ns = 36_000 * STEP_NS
    late = replace(
        task,
        start_ns=9 * hour_ns,
        stop_ns=9 * hour_ns + task.stop_ns,
        background=replace(task.background, time_ns=task.background.time_ns + 9 * hour_ns),
    )
    assert (again(late, tmp_path).start_ns, again(late, tmp_path).stop_ns) == (0, task.stop_ns)
    fine = replace(task, background=replace(task.background, time_ns=task.background.time_ns + 1))
    with pytest.raises(ScenarioError, match="multiples of 1 ns"):
        commonroad_bytes(fine)
    lost = replace(task, start=EgoState(x_m=math.inf, y_m=0.0, yaw_rad=0.0, speed_mps=0.0))
    with pytest.raises(ScenarioError, match="not finite"):
        commonroad_bytes(lost)


def test_names_of_strangers_break_nothing(by_hand: SimpleNamespace, tmp_path: Path) -> None:
    task = replace(by_hand.scenario(), scenario_id='"/><x \x00 道路')
    lanes = tuple(replace(lane, lane_id="<&\x00>") for lane in task.road.lanes)
    write_commonroad(tmp_path / "task.xml", replace(task, road=replace(task.road, lanes=lanes)))
    assert len(read_commonroad(tmp_path / "task.xml").road.lanes) == len(lanes)
    assert commonroad_bytes(task) == commonroad_bytes(task)
