"""Scenarios that are written and read back: the same, whatever they hold."""

from __future__ import annotations

import math
import os
import stat
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from xml.etree.ElementTree import fromstring

import numpy as np
import pytest

from zhixing.datatypes.evidence import Scenario
from zhixing.datatypes.lights import Light, Lights
from zhixing.datatypes.road import LaneKind, Road, StopLine
from zhixing.datatypes.scene import EgoBody, EgoState, Goal
from zhixing.datatypes.tracks import RoadUser
from zhixing.errors import InputError, MapError, ScenarioError
from zhixing.formats.opendrive import read_opendrive
from zhixing.formats.opendrive_write import opendrive_bytes, write_opendrive
from zhixing.formats.openscenario import read_task
from zhixing.formats.openscenario_write import write_openscenario
from zhixing.runtime.driving_tasks import find_tasks, read_scenario
from zhixing.testing.same_scenario import road_differences, scenario_differences
from zhixing.testing.small_files import write_task

SHARED = Path(os.environ.get("ZHIXING_SHARED", Path(__file__).resolve().parents[3].parent / "shared"))
SECOND_NS = 1_000_000_000
HOSTILE = '"/><lane id="1"/><!-- \x00\x1b ]]> & \'\n\t 道路 🚲 \ud800'


@pytest.fixture
def mixed(by_hand: SimpleNamespace) -> Scenario:
    """Return a task with everything that a noun can hold."""
    road = by_hand.crossing()
    walk = by_hand.lane(
        "walk", [(0, 9), (60, 9), (110, 12)], kind=LaneKind.SIDEWALK, is_two_way=True, speed_limit_mps=math.inf
    )
    bikes = by_hand.lane("bikes", [(0, -4), (100, -4)], kind=LaneKind.BIKING, is_two_way=True, width=2.0)
    zebra = by_hand.lane(
        "zebra", [(105, -8), (105, 0), (105.5, 8)], kind=LaneKind.CROSSING, is_two_way=True, light_group=1
    )
    buses = by_hand.lane("buses", [(0, 20), (100, 20)], kind=LaneKind.OTHER, speed_limit_mps=7.0)
    road = replace(
        road,
        lanes=(*road.lanes[:3], zebra, *road.lanes[3:], walk, bikes, buses),
        successors=((1,), (2,), (), (7,), (5,), (6,), (), (), (), ()),
        num_light_groups=2,
        stop_lines=(*road.stop_lines, StopLine(xy_m=np.array([[104.0, -9.0], [106.0, -9.0]]), lanes=(3,))),
    )
    users = [
        by_hand.User(object_id=10 * k + 7, x_m=3.0 * k, road_user=user, speed_mps=-1.5)
        for k, user in enumerate(RoadUser)
    ]
    task: Scenario = by_hand.scenario(road, users=users)
    valid = task.background.valid.copy()
    valid[0, 3:7], valid[1, :10], valid[2] = False, False, False
    valid[3], valid[3, 4], valid[4, ::2] = False, True, False
    outside = np.where(valid, 0.0, np.nan)
    return replace(
        task,
        start=EgoState(x_m=1.0, y_m=0.1, yaw_rad=7.0, speed_mps=3.0, accel_mps2=-0.7, steer_rad=0.2),
        body=EgoBody(length_m=5.1, width_m=2.0, wheelbase_m=3.1, max_steer_rad=0.5, min_accel_mps2=-7.0),
        goal=Goal(
            x_min_m=-math.inf,
            x_max_m=90.0,
            y_min_m=-3.0,
            y_max_m=math.inf,
            outlines_xy_m=(np.array([[0.0, 0.0], [90.0, 0.0], [80.0, 5.0]]),),
            yaw_rad=(-0.5, 0.5),
            speed_mps=(0.0, 4.0),
            time_ns=(3, 4 * SECOND_NS),
            alternatives=(Goal(x_min_m=1.0, x_max_m=2.0, y_min_m=3.0, y_max_m=4.0),),
        ),
        start_ns=200_000_000,
        stop_ns=4 * SECOND_NS + 1,
        background=replace(
            task.background,
            valid=valid,
            xy_m=task.background.xy_m + outside[..., None],
            speed_mps=task.background.speed_mps + outside,
            yaw_rad=task.background.yaw_rad + outside,
            time_ns=task.background.time_ns + np.arange(task.background.num_steps) % 3,
        ),
        lights=Lights(
            np.array([-SECOND_NS, 7, 2 * SECOND_NS]),
            np.array(
                [
                    [Light.RED, Light.RED, Light.GREEN],
                    [Light.FLASHING_YELLOW, Light.OFF, Light.YELLOW],
                    [Light.OFF, Light.RED, Light.RED],
                ]
            ),
        ),
        ego_light=2,
    )


def test_a_task_with_everything_is_read_back_the_same(mixed: Scenario, tmp_path: Path) -> None:
    write_openscenario(tmp_path / "family" / "task", mixed)
    back = read_task(tmp_path / "family" / "task")
    assert scenario_differences(mixed, back) == []
    assert (back.family, back.scenario_id) == ("family", "task")
    assert np.isfinite(back.background.xy_m).all()


def test_a_task_of_others_is_read_back_the_same(task: Path, tmp_path: Path) -> None:
    (task / "light.json").write_text('{"0.0": "red", "2.0": "green"}', encoding="utf-8")
    before = read_task(task)
    write_openscenario(tmp_path / "copy", before)
    assert scenario_differences(before, read_task(tmp_path / "copy")) == []


def test_the_same_scenario_gives_the_same_bytes(mixed: Scenario, tmp_path: Path) -> None:
    for name in ("one", "other"):
        write_openscenario(tmp_path / name, mixed)
    written = [sorted((f.name, f.read_bytes()) for f in (tmp_path / n).iterdir()) for n in ("one", "other")]
    assert written[0] == written[1]
    assert [name for name, _ in written[0]] == ["road.xodr", "scenario.xosc"]


def test_names_of_strangers_stay_names(by_hand: SimpleNamespace, tmp_path: Path) -> None:
    street = by_hand.street()
    lanes = tuple(replace(lane, lane_id=f"{HOSTILE}{k}") for k, lane in enumerate(street.lanes))
    task = replace(by_hand.scenario(replace(street, name=HOSTILE, lanes=lanes)), scenario_id=HOSTILE)
    write_openscenario(tmp_path / "task", task)
    assert scenario_differences(task, read_task(tmp_path / "task")) == []
    root = fromstring((tmp_path / "task" / "road.xodr").read_bytes())  # noqa: S314
    assert len(root.findall("road/lanes/laneSection/right/lane")) == len(lanes)


def test_a_task_is_never_half_written(by_hand: SimpleNamespace, tmp_path: Path) -> None:
    folder = tmp_path / "task"
    write_openscenario(folder, by_hand.scenario())
    before = {f.name: f.read_bytes() for f in folder.iterdir()}
    bad = replace(by_hand.scenario(), start=EgoState(x_m=math.nan, y_m=0.0, yaw_rad=0.0, speed_mps=0.0))
    with pytest.raises(ScenarioError, match="not finite"):
        write_openscenario(folder, bad)
    assert {f.name: f.read_bytes() for f in folder.iterdir()} == before
    assert all(stat.S_IMODE(f.stat().st_mode) == 0o644 for f in folder.iterdir())


def test_where_nothing_can_be_written_is_named(by_hand: SimpleNamespace, task: Path, tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=r"holds map\.xodr, task_exam\.xosc") as caught:
        write_openscenario(task, by_hand.scenario())
    assert caught.value.hint
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(InputError, match="no folder to write to"):
        write_openscenario(tmp_path / "file", by_hand.scenario())
    with pytest.raises(MapError, match="cannot be written"):
        write_opendrive(tmp_path / "absent" / "map.xodr", by_hand.street())
    empty = replace(by_hand.street(), lanes=(), successors=())
    with pytest.raises(MapError, match="no lane to drive on"):
        opendrive_bytes(empty)
    street = by_hand.street()
    line = StopLine(xy_m=np.full((2, 2), np.nan), lanes=(0,))
    with pytest.raises(MapError, match="stop line"):
        opendrive_bytes(replace(street, stop_lines=(line,)))
    outline = np.array([[0.0, 0.0], [np.inf, 0.0], [0.0, 1.0]])
    nowhere_to = replace(by_hand.scenario().goal, outlines_xy_m=(outline,))
    with pytest.raises(ScenarioError, match="not finite"):
        write_openscenario(tmp_path / "new", replace(by_hand.scenario(), goal=nowhere_to))
    point = by_hand.lane("point", [(0, 0), (1, 0)])
    nowhere = replace(point, left_xy_m=np.full((2, 2), np.inf))
    with pytest.raises(MapError, match="finite"):
        opendrive_bytes(Road(name="nowhere", lanes=(nowhere,), successors=((),)))


def test_lanes_side_by_side_share_a_road_and_are_told_apart_without_marks(
    by_hand: SimpleNamespace, tmp_path: Path
) -> None:
    path = tmp_path / "street.xodr"
    write_opendrive(path, by_hand.street())
    root = fromstring(path.read_bytes())  # noqa: S314
    assert [len(road.findall(".//right/lane")) for road in root.findall("road")] == [2, 2, 1]
    path.write_bytes(path.read_bytes().replace(b'code="zhixing.', b'code="of-others.'))
    road = read_opendrive(path)
    assert [lane.lane_id for lane in road.lanes] == ["0/0/-1", "0/0/-2", "1/0/-1", "1/0/-2", "2/0/-1"]
    assert road.successors == ((2,), (3,), (), (), ())
    assert [lane.right_lane for lane in road.lanes] == [1, -1, 3, -1, -1]
    assert road.lanes[1].centre_xy_m[-1] == pytest.approx([100.0, 0.0])
    assert road.lanes[4].centre_xy_m[-1] == pytest.approx([0.0, 7.0])


def test_junctions_crossings_stop_lines_and_forks_are_said_to_everybody(mixed: Scenario, tmp_path: Path) -> None:
    path = tmp_path / "map.xodr"
    signals = write_opendrive(path, mixed.road)
    text = path.read_bytes()
    root = fromstring(text)  # noqa: S314
    assert [j.get("type") for j in root.findall("junction")] == ["default"]
    assert sorted(o.get("type", "") for o in root.iter("object")) == ["crosswalk", "roadMark", "roadMark"]
    assert {s.get("id") for s in root.iter("signal")} == set(signals) == {"0-1"}
    path.write_bytes(text.replace(b'code="zhixing.', b'code="of-others.'))
    road = read_opendrive(path)
    assert road.num_junctions == 1
    assert {lane.turn for lane in road.lanes if lane.junction >= 0} == {"straight"}
    (crossing,) = [lane for lane in road.lanes if lane.kind == LaneKind.CROSSING]
    assert sorted(crossing.centre_xy_m[:, 1].tolist()) == pytest.approx([-8.0, 8.0], abs=0.3)
    assert road.stop_lines[0].xy_m[:, 0] == pytest.approx([98.0, 98.0])


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ([[0, 0], [0, 0]], [[0, 0], [0, 0]]),
        ([[0, 1], [0, 1]], [[0, 0], [0, 0]]),
        ([[0, 0], [5, 0]], [[0, 0], [5, 0]]),
        ([[0, 1], [0, 1], [5, 1], [5, 1]], [[0, 0], [0, 0], [5, 0], [5, 0]]),
        ([[0, 1], [9, 1], [2, 1]], [[0, 0], [9, 0], [2, 0]]),
        ([[0, 0], [5, 0]], [[0, 1], [5, 1]]),
        ([[0, 1], [9, 40]], [[8, 0], [1, 0]]),
        ([[0, 0.05], [0.001, 0.05]], [[0, 0], [0.001, 0]]),
    ],
)
def test_lanes_that_are_hardly_any_are_read_back_the_same(
    by_hand: SimpleNamespace, tmp_path: Path, left: list[list[float]], right: list[list[float]]
) -> None:
    lines = np.array(left, dtype=np.float64), np.array(right, dtype=np.float64)
    lane = replace(
        by_hand.street().lanes[0],
        lane_id="odd",
        left_lane=-1,
        centre_xy_m=0.5 * (lines[0] + lines[1]),
        left_xy_m=lines[0],
        right_xy_m=lines[1],
    )
    road = Road(name="odd", lanes=(lane, by_hand.lane("even", [(0, 9), (9, 9)])), successors=((1,), ()))
    write_opendrive(tmp_path / "odd.xodr", road)
    assert road_differences(road, read_opendrive(tmp_path / "odd.xodr")) == []


def test_a_fork_outside_a_junction_is_a_direct_junction(by_hand: SimpleNamespace, tmp_path: Path) -> None:
    road = Road(
        name="fork",
        lanes=(
            by_hand.lane("before", [(0, 0), (20, 0)]),
            by_hand.lane("on", [(20, 0), (50, 0)]),
            by_hand.lane("off", [(20, 0), (30, -2), (40, -8)]),
        ),
        successors=((1, 2), (), ()),
    )
    path = tmp_path / "fork.xodr"
    write_opendrive(path, road)
    root = fromstring(path.read_bytes())  # noqa: S314
    assert [c.get("linkedRoad") for c in root.findall("junction[@type='direct']/connection")] == ["1", "2"]
    path.write_bytes(path.read_bytes().replace(b'code="zhixing.', b'code="of-others.'))
    assert read_opendrive(path).successors == ((1, 2), (), ())


def test_marks_count_only_where_they_fit_the_map(by_hand: SimpleNamespace, tmp_path: Path) -> None:
    path = tmp_path / "street.xodr"
    write_opendrive(path, by_hand.street())
    text = path.read_text("utf-8")
    path.write_text(text.replace("&quot;index&quot;:1,", "&quot;index&quot;:0,"), encoding="utf-8")
    assert read_opendrive(path).lanes[0].lane_id == "0/0/-1"
    path.write_text(text.replace('type="driving"', 'type="none"', 1), encoding="utf-8")
    assert len(read_opendrive(path).lanes) == 4
    assert read_opendrive(path).name == "street"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("&quot;after&quot;:[2]", "&quot;after&quot;:[99]"),
        ("&quot;after&quot;:[2]", "&quot;after&quot;:2"),
        ("&quot;left&quot;:1", "&quot;left&quot;:5"),
        ("&quot;left&quot;:1", "&quot;left&quot;:true"),
        ("&quot;light&quot;:-1", "&quot;light&quot;:0"),
        ("&quot;turn&quot;:&quot;&quot;", "&quot;turn&quot;:&quot;up&quot;"),
        ("{&quot;index&quot;:0,", "[&quot;index&quot;,0,"),
        ("{&quot;index&quot;:0,", "{&quot;points&quot;:{&quot;left&quot;:[[1,2]]},&quot;index&quot;:0,"),
        ("{&quot;index&quot;:0,", "{&quot;points&quot;:{&quot;left&quot;:[[1,NaN]]},&quot;index&quot;:0,"),
        ("{&quot;name&quot;", "[" * 200_000),
        ("&quot;junctions&quot;:0", "&quot;junctions&quot;:1e300"),
    ],
)
def test_a_mark_that_says_nonsense_is_named(by_hand: SimpleNamespace, tmp_path: Path, old: str, new: str) -> None:
    path = tmp_path / "street.xodr"
    write_opendrive(path, by_hand.street())
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(MapError) as caught:
        read_opendrive(path)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("&quot;start_ns&quot;:200000000", "&quot;start_ns&quot;:9999999999"),
        ("&quot;start_ns&quot;:200000000", "&quot;start_ns&quot;:null"),
        ("&quot;steer_rad&quot;:0.2", "&quot;steer_rad&quot;:Infinity"),
        ("&quot;class&quot;:&quot;ebike&quot;", "&quot;class&quot;:&quot;yak&quot;"),
        ("&quot;groups&quot;:3", "&quot;groups&quot;:1"),
        ("&quot;ego_light&quot;:2", "&quot;ego_light&quot;:3"),
        ("&quot;moments_ns&quot;:[[", "&quot;moments_ns&quot;:[[5,1,9999999999],["),
        ("&quot;moments_ns&quot;:[[", "&quot;moments_ns&quot;:[[5],["),
        ("&quot;moments_ns&quot;:[[", "&quot;moments_ns&quot;:[[5,4611686018427387900,99],["),
        ("&quot;time_ns&quot;:[3,", "&quot;time_ns&quot;:[3,4,"),
        ("&quot;speed_mps&quot;:[0.0,4.0]", "&quot;speed_mps&quot;:[0.0]"),
        ("&quot;alternatives&quot;:[]", "&quot;alternatives&quot;:7"),
        ('state="flashing_yellow"', 'state="blue"'),
        ('value="-1.5 -1.5', 'value="-1.5 nan'),
        ('value="-1.5 -1.5', 'value="-1.5'),
        ('value="-1.5 -1.5', 'value="-1.5 x'),
    ],
)
def test_a_scenario_whose_marks_say_nonsense_is_named(mixed: Scenario, tmp_path: Path, old: str, new: str) -> None:
    write_openscenario(tmp_path / "task", mixed)
    path = tmp_path / "task" / "scenario.xosc"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        read_task(tmp_path / "task")
    assert caught.value.hint


@pytest.mark.slow
@pytest.mark.parametrize("every", [4, pytest.param(1, marks=pytest.mark.long)])
@pytest.mark.parametrize("folder", ["onsite_china", "commonroad"])
def test_shared_tasks_are_read_back_the_same(folder: str, every: int, tmp_path: Path) -> None:
    place = SHARED / "data" / folder
    if not place.is_dir():
        pytest.skip(f"no recordings in {place}")
    for task in find_tasks([place])[::every]:
        before = read_scenario(task)
        write_openscenario(tmp_path / task.stem, before)
        assert scenario_differences(before, read_task(tmp_path / task.stem)) == [], task.name


def test_a_road_is_read_back_from_its_map_alone(mixed: Scenario, tmp_path: Path) -> None:
    write_task(tmp_path / "other")
    write_opendrive(tmp_path / "map.xodr", mixed.road)
    assert road_differences(mixed.road, read_opendrive(tmp_path / "map.xodr")) == []
