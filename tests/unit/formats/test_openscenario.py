from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from zhixing.datatypes.lights import Light
from zhixing.datatypes.tracks import RoadUser
from zhixing.errors import InputError, ScenarioError
from zhixing.formats.openscenario import read_task
from zhixing.formats.trajectories import _without_sweeps
from zhixing.runtime.driving_tasks import find_tasks
from zhixing.testing.small_files import VERTEX, openscenario

SHARED = Path(os.environ.get("ZHIXING_SHARED", Path(__file__).resolve().parents[3].parent / "shared"))


def test_a_task_is_read_as_it_stands(task: Path) -> None:
    scenario = read_task(task)
    assert (scenario.scenario_id, scenario.family) == ("task", "family")
    assert (scenario.start.x_m, scenario.start.y_m, scenario.start.speed_mps) == (5.0, -1.75, 0.0)
    assert scenario.goal.contains(85.0, -2.0)
    assert scenario.stop_ns == 5_000_000_000
    assert scenario.body.length_m == 4.5
    assert scenario.ego_light == -1


def test_others_are_there_from_add_to_delete_only(task: Path) -> None:
    tracks = read_task(task).background
    there_s = tracks.time_ns[tracks.valid[0]] / 1e9
    assert (there_s[0], there_s[-1]) == (0.5, 1.5)
    assert tracks.speed_mps[0, 10] == pytest.approx(10.0)
    assert tracks.xy_m[0, 10, 0] == pytest.approx(30.0)
    assert tracks.road_user[0] == RoadUser.CAR


def test_the_light_of_the_own_movement_is_group_zero(task: Path) -> None:
    (task / "light.json").write_text('{"0.0": "red", "2.0": "green"}', encoding="utf-8")
    scenario = read_task(task)
    assert scenario.ego_light == 0
    assert [scenario.lights.at(t)[0] for t in (0, 1_999_999_999, 2_000_000_000)] == [Light.RED, Light.RED, Light.GREEN]


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (lambda text: text.replace("[Initial State]", "").replace("v_init", "v"), "states no start"),
        (lambda text: text.replace("x_target", "target"), "states no goal"),
        (lambda text: text.replace("x_init = 5", "x_init = nan"), "no finite number"),
        (lambda text: text.replace('value="5.0"', 'value="0"'), "stops after 0.0 s"),
        (lambda text: text.replace('value="5.0"', 'value="1e6"'), "stops after"),
        (lambda text: text.replace('time="1.0"', 'time="0.4"'), "goes back in time"),
        (lambda text: text.replace('x="30.0"', 'x="nan"'), "no finite number"),
        (lambda text: text.replace('length="4.5"', 'length="-1"'), "m long"),
        (lambda text: text[:400], "no complete XML"),
        (lambda text: text.replace("v_init = 0", "v_init = 1e300"), "nowhere on a road"),
        (lambda text: text.replace("x_target = (80, 90)", "x_target = (1e300, 1e308)"), "nowhere on a road"),
        (lambda text: text.replace('x="30.0"', 'x="1e300"'), "sensible size"),
        (lambda text: text.replace('x="30.0"', f'x="{"9" * 100_000}"'), "sensible size"),
        (lambda text: text.replace("OpenSCENARIO", "Story2"), "not OpenSCENARIO"),
    ],
)
def test_a_bad_task_is_named_with_a_hint(task: Path, edit: object, said: str) -> None:
    path = task / "task_exam.xosc"
    path.write_text(edit(path.read_text("utf-8")), encoding="utf-8")  # type: ignore[operator]
    with pytest.raises(ScenarioError, match=said) as caught:
        read_task(task)
    assert caught.value.hint


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "{}",
        '{"0.0": "blue"}',
        '{"x": "red"}',
        '{"1e999": "red"}',
        "{",
        '{"0": 1}',
        '{"1e200": "green"}',
        '{"1e10": "green"}',
        "[" * 200_000,
    ],
)
def test_a_bad_list_of_lights_is_named(task: Path, text: str) -> None:
    (task / "light.json").write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError):
        read_task(task)


def test_comments_that_never_end_take_no_time(countings: Callable[..., float], task: Path) -> None:
    path = task / "task_exam.xosc"
    text = path.read_text("utf-8").replace("<Storyboard>", "<Storyboard><![CDATA[" + "<!--" * 100_000 + "]]>")
    path.write_text(text.replace("<!--[Initial", "<!-- [Initial"), encoding="utf-8")

    def read() -> None:
        with suppress(ScenarioError):
            read_task(task)

    assert countings(read, 2000.0) < 2000.0


def test_too_many_road_users_for_too_long_are_refused_before_they_are_drawn(task: Path) -> None:
    path = task / "task_exam.xosc"
    text = path.read_text("utf-8").replace('value="5.0"', 'value="3600"')
    group = text[text.index("<ManeuverGroup>") : text.index("</ManeuverGroup>") + len("</ManeuverGroup>")]
    path.write_text(text.replace(group, group * 400), encoding="utf-8")
    with pytest.raises(ScenarioError, match="too many"):
        read_task(task)


@pytest.mark.parametrize("name", ["task_exam.xosc", "map.xodr"])
@pytest.mark.parametrize("make", [os.mkfifo, lambda path: path.symlink_to("/dev/zero")], ids=["pipe", "device"])
def test_what_is_no_file_is_not_read(task: Path, name: str, make: Callable[[Path], None]) -> None:
    (task / name).unlink()
    make(task / name)
    with pytest.raises(InputError, match="no ordinary file"):
        read_task(task)


def test_a_folder_without_a_map_or_with_two_is_named(task: Path) -> None:
    (task / "second.xodr").write_text("<OpenDRIVE/>", encoding="utf-8")
    with pytest.raises(ScenarioError, match="2 files"):
        read_task(task)


def test_tasks_are_found_however_deep_and_a_folder_without_one_is_named(task: Path, tmp_path: Path) -> None:
    assert find_tasks([tmp_path]) == [task] == find_tasks([task])
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(ScenarioError, match="no task"):
        find_tasks([empty])
    with pytest.raises(ScenarioError, match="no folder"):
        find_tasks([tmp_path / "absent"])


def test_a_single_vertex_stands_still(task: Path) -> None:
    (task / "task_exam.xosc").write_text(openscenario(VERTEX.format(t=1.0, x=20)), encoding="utf-8")
    tracks = read_task(task).background
    assert np.all(tracks.speed_mps == 0.0)
    assert int(tracks.valid.sum()) == 1


@pytest.mark.slow
def test_all_shared_tasks_are_read() -> None:
    folder = SHARED / "data" / "onsite_china"
    if not folder.is_dir():
        pytest.skip(f"no recordings in {folder}")
    scenarios = [read_task(path) for path in find_tasks([folder])]
    assert len(scenarios) >= 113
    assert {scenario.family for scenario in scenarios} >= {"SinD", "SECTION", "INTERACTION_CHN_Merging_ZS"}
    assert all(any(successors for successors in s.road.successors) or len(s.road.lanes) <= 2 for s in scenarios)


def test_headings_that_sweep_round_for_a_moment_are_mended_and_reversing_is_not() -> None:
    t = np.linspace(0.0, 2.9, 30)
    x, y = 6.0 * t, np.zeros(30)
    swept = np.zeros(30)
    swept[10:13] = [2.1, -2.5, -1.2]
    assert np.abs(_without_sweeps(t, x, y, swept)).max() == 0.0
    reversing = np.full(30, np.pi)
    assert (_without_sweeps(t, x, y, reversing) == reversing).all()
    standing = np.full(30, 2.0)
    assert (_without_sweeps(t, np.zeros(30), y, standing) == standing).all()
