"""CommonRoad files as commonroad-io reads them, and as we do: lanelets, obstacles, starts, goals reached."""

from __future__ import annotations

import importlib
import logging
import math
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from zhixing.datatypes.evidence import Scenario
from zhixing.datatypes.scene import EgoState
from zhixing.formats.commonroad import read_commonroad
from zhixing.formats.commonroad_write import write_commonroad
from zhixing.runtime.driving_tasks import find_tasks, read_scenario
from zhixing.simulation.patterns.catalogue import catalogue
from zhixing.simulation.patterns.staged_world import perform
from zhixing.testing.commonroad_files import NEW_STREET, goal, new, old, problem, rectangle

SHARED = Path(os.environ.get("ZHIXING_SHARED", Path(__file__).resolve().parents[2].parent / "shared"))
STEP_NS = 100_000_000
PROBES = 100
WRITTEN = {
    "old": old(),
    "old-lanelet": old(task=problem(goal('<lanelet ref="2"/>'))),
    "old-nowhere": old(task=problem(goal())),
    "old-turned": old(
        task=problem(
            goal(
                rectangle(10, 3, 80, 0, 0.7),
                "<orientation><intervalStart>-0.5</intervalStart><intervalEnd>0.9</intervalEnd></orientation>",
            )
        )
    ),
    "new": new(NEW_STREET),
}


@pytest.fixture(scope="module")
def theirs() -> Any:
    missing = "commonroad-io is not installed: pip install commonroad-io"
    reader = pytest.importorskip("commonroad.common.file_reader", reason=missing)
    logging.getLogger("commonroad").setLevel(logging.ERROR)
    return reader.CommonRoadFileReader


@pytest.mark.parametrize("name", WRITTEN)
def test_what_we_write_by_hand_is_read_alike(theirs: Any, tmp_path: Path, name: str) -> None:
    path = tmp_path / "BEL_Hand-1_1_T-1.xml"
    path.write_text(WRITTEN[name], "utf-8")
    compare(path, *theirs(str(path)).open())


@pytest.mark.slow
@pytest.mark.parametrize("number", range(40))
def test_shared_files_are_read_alike(theirs: Any, number: int) -> None:
    paths = sorted((SHARED / "data" / "commonroad").glob("*.xml"))
    if number >= len(paths):
        pytest.skip(f"no CommonRoad file {number} in {SHARED / 'data' / 'commonroad'}")
    compare(paths[number], *theirs(str(paths[number])).open())


@pytest.mark.parametrize("name", WRITTEN)
def test_what_we_write_is_read_alike(theirs: Any, tmp_path: Path, name: str) -> None:
    (tmp_path / "first.xml").write_text(WRITTEN[name], "utf-8")
    path = tmp_path / "second.xml"
    write_commonroad(path, read_commonroad(tmp_path / "first.xml"))
    compare(path, *theirs(str(path)).open())


@pytest.mark.slow
@pytest.mark.parametrize("folder", ["commonroad", "onsite_china"])
def test_shared_tasks_that_we_write_are_read_alike(theirs: Any, tmp_path: Path, folder: str) -> None:
    place = SHARED / "data" / folder
    if not place.is_dir():
        pytest.skip(f"no recordings in {place}")
    path = tmp_path / "task.xml"
    for task in find_tasks([place])[::4]:
        write_commonroad(path, read_scenario(task))
        compare(path, *theirs(str(path)).open())


@pytest.mark.slow
@pytest.mark.parametrize("pattern", sorted(catalogue()))
def test_the_scenes_of_patterns_are_read_alike(theirs: Any, tmp_path: Path, pattern: str) -> None:
    path = tmp_path / "scene.xml"
    write_commonroad(path, perform(catalogue()[pattern].make()).scenario(f"{pattern}-0", pattern))
    compare(path, *theirs(str(path)).open())


@pytest.mark.slow
def test_what_we_write_is_valid_but_for_those_who_come_later(theirs: Any, tmp_path: Path) -> None:
    """The schema wants everybody there at step 0, which those who made it do not heed, and a second state of each."""
    etree = pytest.importorskip("lxml.etree", reason="lxml is not installed")
    folder = Path(importlib.import_module("commonroad").__path__[0]) / "common" / "xml_definition_files"
    schema = etree.XMLSchema(etree.parse(str(folder / "XML_commonRoad_XSD.xsd")))
    path = tmp_path / "task.xml"
    for name, text in WRITTEN.items():
        (tmp_path / "first.xml").write_text(text, "utf-8")
        write_commonroad(path, read_commonroad(tmp_path / "first.xml"))
        assert schema.validate(etree.parse(str(path))), (name, schema.error_log)
    places = [place for name in ("commonroad", "onsite_china") if (place := SHARED / "data" / name).is_dir()]
    for task in find_tasks(places)[::4] if places else ():
        write_commonroad(path, read_scenario(task))
        schema.validate(etree.parse(str(path)))
        said = [error.message for error in schema.error_log]
        assert not [word for word in said if "maxInclusive" not in word and "trajectory" not in word], task.name


def compare(path: Path, scenario: Any, problems: Any) -> None:
    ours = read_commonroad(path)
    (task,) = problems.planning_problem_dict.values()
    start = task.initial_state
    assert (ours.start.x_m, ours.start.y_m) == pytest.approx(tuple(start.position))
    assert (ours.start.yaw_rad, ours.start.speed_mps) == pytest.approx((start.orientation, start.velocity))
    compare_lanelets(ours, scenario.lanelet_network)
    compare_obstacles(ours, scenario)
    compare_goals(ours, task.goal)


def compare_lanelets(ours: Scenario, network: Any) -> None:
    lanes = ours.road.lanes
    names = [lane.lane_id for lane in lanes]
    assert sorted(names) == sorted(str(one.lanelet_id) for one in network.lanelets)
    for k, lane in enumerate(lanes):
        theirs = network.find_lanelet_by_id(int(lane.lane_id))
        np.testing.assert_allclose(lane.left_xy_m, theirs.left_vertices[:, :2])
        np.testing.assert_allclose(lane.right_xy_m, theirs.right_vertices[:, :2])
        np.testing.assert_allclose(lane.centre_xy_m, theirs.center_vertices[:, :2])
        known = {str(name) for name in theirs.successor} & set(names)
        assert {names[following] for following in ours.road.successors[k]} == known
        for other, name, is_same_way in (
            (lane.left_lane, theirs.adj_left, theirs.adj_left_same_direction),
            (lane.right_lane, theirs.adj_right, theirs.adj_right_same_direction),
        ):
            assert (names[other] if other >= 0 else None) == (str(name) if name and is_same_way else None)


def compare_obstacles(ours: Scenario, scenario: Any) -> None:
    tracks = ours.background
    assert sorted(tracks.object_id.tolist()) == sorted(one.obstacle_id for one in scenario.obstacles)
    for row, object_id in enumerate(tracks.object_id.tolist()):
        theirs = scenario.obstacle_by_id(object_id)
        for step in range(0, tracks.num_steps - 1, 7):
            there = theirs.state_at_time(step)
            assert bool(tracks.valid[row, step]) == (there is not None)
            if there is not None:
                assert tracks.xy_m[row, step] == pytest.approx(there.position)
                length, width = tracks.size_m[row]
                same_rad = 0.5 * math.pi if length == width else math.pi  # a square is the same after a quarter turn
                turn = math.remainder(float(tracks.yaw_rad[row, step]) - there.orientation, same_rad)
                assert turn == pytest.approx(0.0, abs=1e-9)
                assert tracks.speed_mps[row, step] == pytest.approx(getattr(there, "velocity", None) or 0.0)


def compare_goals(ours: Scenario, goal_region: Any) -> None:
    state = importlib.import_module("commonroad.scenario.state")
    random = np.random.default_rng(7)
    wanted = ours.goal
    first, last = (moment // STEP_NS for moment in wanted.time_ns or (0, 0))
    low, high = wanted.speed_mps or (0.0, 20.0)
    least, most = wanted.yaw_rad or (-1.0, 1.0)
    box = (wanted.x_min_m, wanted.x_max_m, wanted.y_min_m, wanted.y_max_m) if wanted.has_place else (-9, 9, -9, 9)
    for _ in range(PROBES):
        ego = EgoState(
            x_m=random.uniform(box[0] - 1.0, box[1] + 1.0),
            y_m=random.uniform(box[2] - 1.0, box[3] + 1.0),
            yaw_rad=random.uniform(least - 0.2, most + 0.2),
            speed_mps=random.uniform(max(0.0, low - 1.0), high + 1.0),
        )
        step = int(random.integers(max(0, first - 1), last + 2))
        theirs = goal_region.is_reached(
            state.CustomState(
                position=np.array([ego.x_m, ego.y_m]),
                orientation=ego.yaw_rad,
                velocity=ego.speed_mps,
                time_step=step,
            )
        )
        assert wanted.is_reached(ego, step * STEP_NS) == bool(theirs), (ego, step)
