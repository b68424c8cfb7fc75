from __future__ import annotations

import csv
import json
import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from zhixing import registry
from zhixing.datatypes.scene import Briefing, Scene
from zhixing.errors import InputError, PluginError, RecordingError, ScenarioError
from zhixing.formats.openscenario import read_task
from zhixing.runtime.bench.bad_drivers import BAD_DRIVERS
from zhixing.runtime.driving_exam import run_driving_exam
from zhixing.testing.commonroad_files import OLD_STREET, goal, old, problem, rectangle

SHARED = Path(os.environ.get("ZHIXING_SHARED", Path(__file__).resolve().parents[3].parent / "shared"))
MAP = """<?xml version="1.0"?><OpenDRIVE><header revMajor="1" revMinor="4"/>
<road id="1" length="300.0" junction="-1"><type s="0" type="town"><speed max="10" unit="m/s"/></type>
<planView><geometry s="0" x="0" y="0" hdg="0" length="300.0"><line/></geometry></planView>
<lanes><laneSection s="0"><center><lane id="0" type="none"/></center>
<right><lane id="-1" type="driving"><width sOffset="0" a="3.5" b="0" c="0" d="0"/></lane></right>
</laneSection></lanes></road></OpenDRIVE>"""
TASK = """<?xml version="1.0"?><OpenSCENARIO>
<!-- [Initial State] v_init = 8.0, x_init = 10.0, y_init = -1.75, heading_init = 0.0 -->
<!-- [Driving Task] x_target = ({goal}, {goal_end}), y_target = (-3.5, 0.0) -->
<Entities/><Storyboard><StopTrigger><ConditionGroup><Condition name="stop" delay="0" conditionEdge="rising">
<ByValueCondition><SimulationTimeCondition value="6.0" rule="greaterThan"/></ByValueCondition>
</Condition></ConditionGroup></StopTrigger></Storyboard></OpenSCENARIO>"""


def make_task(folder: Path, goal_m: float = 40.0) -> Path:
    folder.mkdir(parents=True)
    (folder / "road.xodr").write_text(MAP, "utf-8")
    (folder / "task.xosc").write_text(TASK.format(goal=goal_m, goal_end=goal_m + 5.0), "utf-8")
    return folder


@pytest.fixture
def tasks(tmp_path: Path) -> Path:
    make_task(tmp_path / "tasks" / "near" / "a", 40.0)
    make_task(tmp_path / "tasks" / "near" / "b", 45.0)
    make_task(tmp_path / "tasks" / "far" / "c", 250.0)
    return tmp_path / "tasks"


def commonroad(path: Path, goal_m: float = 40.0, others: str = "") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    asked = problem(goal(rectangle(6, 2, goal_m, 0), time=(0, 60)))
    path.write_text(old(OLD_STREET + others, asked), "utf-8")
    return path


def results(out: Path) -> list[dict[str, Any]]:
    lines = (out / "results.jsonl").read_text("utf-8").splitlines()

    def refuse(word: str) -> None:
        raise AssertionError(f"{word} is no JSON")

    return [json.loads(line, parse_constant=refuse) for line in lines]


def timeless(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(({k: v for k, v in row.items() if k != "plan_ms"} for row in rows), key=lambda row: row["task"])


def test_results_and_traces_are_what_the_exam_asks_for(tasks: Path, tmp_path: Path) -> None:
    report = run_driving_exam([tasks], "idm", tmp_path / "out")
    rows = {row["task"]: row for row in results(tmp_path / "out")}
    assert {task: row["outcome"] for task, row in rows.items()} == {"a": "goal", "b": "goal", "c": "timeout"}
    assert report.errors == ()
    for row in rows.values():
        assert {"task", "planner", "outcome", "score", "metrics", "plan_ms", "explanations"} <= row.keys()
        assert row["planner"] == "idm"
        assert 0.0 <= row["score"] <= 1.0
        assert 0.0 < row["plan_ms"]["median"] <= row["plan_ms"]["p99"]
        assert all({"t", "text"} <= said.keys() and said["text"] for said in row["explanations"])
    with (tmp_path / "out" / "c" / "trace.csv").open(encoding="utf-8", newline="") as file:
        trace = [{name: float(value) for name, value in row.items()} for row in csv.DictReader(file)]
    assert list(trace[0]) == ["t", "x", "y", "yaw", "speed", "accel", "steer"]
    assert [row["t"] for row in trace] == pytest.approx([0.1 * k for k in range(61)])
    assert (trace[0]["x"], trace[0]["y"], trace[0]["speed"]) == (10.0, -1.75, 8.0)


def test_the_first_speed_can_be_another_than_in_the_file(tasks: Path, tmp_path: Path) -> None:
    report = run_driving_exam([tasks], "idm", tmp_path / "out", first_speed=0.5)
    assert not report.errors
    with (tmp_path / "out" / "c" / "trace.csv").open(encoding="utf-8", newline="") as file:
        assert float(next(csv.DictReader(file))["speed"]) == 4.0
    with pytest.raises(InputError, match="first speed"):
        run_driving_exam([tasks], "idm", tmp_path / "out", first_speed=-0.1)


def test_what_does_not_apply_is_null(tasks: Path, tmp_path: Path) -> None:
    run_driving_exam([tasks], "idm", tmp_path / "out")
    assert results(tmp_path / "out")[0]["metrics"]["others_braked"] is None


def test_the_report_is_by_family_with_all_tasks_last(tasks: Path, tmp_path: Path) -> None:
    report = run_driving_exam([tasks], "idm", tmp_path / "out")
    table = [dict(zip(report.columns(), row, strict=True)) for row in report.rows()]
    assert [(row["family"], row["tasks"], row["goal"], row["timeout"]) for row in table] == [
        ("far", 1, 0, 1),
        ("near", 2, 2, 0),
        ("all", 3, 2, 1),
    ]
    scores = [row["score"] for row in report.results]
    assert table[-1]["score"] == pytest.approx(sum(scores) / 3)


def test_two_processes_find_what_one_finds(tasks: Path, tmp_path: Path) -> None:
    run_driving_exam([tasks], "idm", tmp_path / "one")
    run_driving_exam([tasks], "idm", tmp_path / "two", jobs=2)
    assert timeless(results(tmp_path / "one")) == timeless(results(tmp_path / "two"))
    for task in "abc":
        one, two = ((tmp_path / out / task / "trace.csv").read_bytes() for out in ("one", "two"))
        assert one == two


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("task.xosc", "<OpenSCENARIO><Entities>", "task.xosc"),
        ("task.xosc", TASK.format(goal="nan", goal_end="50.0"), "nan"),
        ("road.xodr", "<OpenDRIVE/>", ""),
        ("second.xosc", "<OpenSCENARIO/>", "2 files"),
    ],
)
def test_a_broken_task_is_reported_and_the_others_are_driven(
    tasks: Path, tmp_path: Path, name: str, content: str, reason: str
) -> None:
    (tasks / "near" / "a" / name).write_text(content, "utf-8")
    report = run_driving_exam([tasks], "idm", tmp_path / "out")
    assert [Path(folder).name for folder, _ in report.errors] == ["a"]
    assert reason in report.errors[0][1]
    assert {row["task"] for row in results(tmp_path / "out")} == {"b", "c"}


def test_a_task_that_meets_a_bug_of_ours_does_not_take_the_others_with_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, tasks: Path
) -> None:

    def stumbling(folder: Path) -> Any:
        if folder.name == "a":
            raise OverflowError("too large")
        return read_task(folder)

    monkeypatch.setattr("zhixing.runtime.driving_exam.read_scenario", stumbling)
    report = run_driving_exam([tasks], "idm", tmp_path / "out")
    assert {row["task"] for row in report.results} == {"b", "c"}
    assert "OverflowError" in report.errors[0][1]


def test_an_interrupted_exam_leaves_what_was_done(tasks: Path, tmp_path: Path) -> None:
    def interrupt(share: float) -> None:
        if share > 0.5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_driving_exam([tasks], "idm", tmp_path / "out", on_progress=interrupt)
    assert len(results(tmp_path / "out")) == 2


def test_progress_is_told_after_each_task(tasks: Path, tmp_path: Path) -> None:
    shares: list[float] = []
    run_driving_exam([tasks], "idm", tmp_path / "out", on_progress=shares.append)
    assert shares == pytest.approx([1 / 3, 2 / 3, 1.0])


def test_a_planner_without_a_plan_is_judged_and_not_fatal(
    tasks: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, by_hand: SimpleNamespace
) -> None:
    monkeypatch.setattr(registry, "create", lambda group, name: by_hand.Planner(change=lambda k, plan: None))
    run_driving_exam([tasks / "near"], "straight", tmp_path / "out")
    assert [row["metrics"]["planner_failures"] for row in results(tmp_path / "out")] == [60.0, 60.0]
    assert {row["outcome"] for row in results(tmp_path / "out")} == {"timeout"}


@pytest.mark.parametrize(("is_checked", "outcome"), [(True, "timeout"), (False, "off_road")])
def test_the_checker_stands_behind_the_planner_unless_it_is_left_out(
    tasks: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_checked: bool, outcome: str
) -> None:
    monkeypatch.setattr(registry, "create", lambda group, name: BAD_DRIVERS["off the road"](0))
    run_driving_exam([tasks / "far"], "bad", tmp_path / "out", is_checked=is_checked)
    (row,) = results(tmp_path / "out")
    assert row["outcome"] == outcome
    assert (row["metrics"]["safety_interventions"] > 0.0) is is_checked


class Mute:
    """Has a name but cannot plan."""

    name = "mute"

    def start(self, briefing: Briefing) -> None:
        """Do nothing."""


class Careless(Mute):
    def plan(self, scene: Scene) -> object:
        plans: dict[int, object] = {}
        return plans[scene.time_ns]  # somebody else's bug


def test_a_planner_that_breaks_in_any_way_is_judged_and_not_fatal(
    tasks: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "create", lambda group, name: Careless())
    report = run_driving_exam([tasks / "near"], "mute", tmp_path / "out")
    assert report.errors == ()
    assert {row["metrics"]["planner_failures"] for row in results(tmp_path / "out")} == {60.0}


def test_tasks_of_one_name_are_refused_instead_of_overwriting_each_other(tasks: Path, tmp_path: Path) -> None:
    make_task(tasks / "far" / "a")
    report = run_driving_exam([tasks], "idm", tmp_path / "out")
    assert [reason for _, reason in report.errors] == ["more than one task is called 'a'"] * 2
    assert sorted(row["task"] for row in results(tmp_path / "out")) == ["b", "c"]


def test_what_is_no_planner_is_refused_before_anything_is_driven(
    tasks: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(PluginError, match="no planner is called 'nobody'"):
        run_driving_exam([tasks], "nobody", tmp_path / "out")
    monkeypatch.setattr(registry, "create", lambda group, name: Mute())
    with pytest.raises(PluginError, match="lacks"):
        run_driving_exam([tasks], "mute", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_folders_without_a_task_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="no task"):
        run_driving_exam([tmp_path], "idm", tmp_path / "out")
    with pytest.raises(ScenarioError, match="no folder"):
        run_driving_exam([tmp_path / "nowhere"], "idm", tmp_path / "out")


def test_commonroad_files_are_tasks_in_folders_and_by_name(tasks: Path, tmp_path: Path) -> None:
    near = commonroad(tasks / "hand" / "d.xml")
    alone = commonroad(tmp_path / "alone" / "e.xml", goal_m=90.0)
    (tasks / "near" / "other.xml").write_text("<html/>", "utf-8")
    report = run_driving_exam([tasks, alone], "idm", tmp_path / "out")
    assert report.errors == ()
    families = {row["task"]: (row["family"], row["outcome"]) for row in results(tmp_path / "out")}
    assert set(families) == {"a", "b", "c", "d", "e"}
    assert families["d"] == ("hand", "goal")
    assert families["e"] == ("alone", "timeout")
    assert (tmp_path / "out" / "d" / "trace.csv").is_file()
    with pytest.raises(ScenarioError, match="no CommonRoad file"):
        run_driving_exam([tasks / "near" / "other.xml"], "idm", tmp_path / "out")
    near.write_text(near.read_text("utf-8")[:900], "utf-8")
    broken = run_driving_exam([near], "idm", tmp_path / "out")
    assert "no complete XML" in broken.errors[0][1]


def test_success_is_to_arrive_untouched_whoever_is_at_fault(tmp_path: Path) -> None:
    # From behind, at twice the ego's speed.
    states = "".join(
        f"<state><position><point><x>{2.0 * k - 8.0}</x><y>0</y></point></position><orientation><exact>0</exact>"
        f"</orientation><time><exact>{k}</exact></time></state>"
        for k in range(1, 50)
    )
    pusher = (
        '<obstacle id="9"><role>dynamic</role><type>car</type><shape><rectangle><length>4</length><width>2</width>'
        "</rectangle></shape><initialState><position><point><x>-8</x><y>0</y></point></position><orientation>"
        f"<exact>0</exact></orientation><time><exact>0</exact></time></initialState><trajectory>{states}</trajectory>"
        "</obstacle>"
    )
    commonroad(tmp_path / "hit" / "f.xml", others=pusher)
    commonroad(tmp_path / "free" / "g.xml")
    report = run_driving_exam([tmp_path], "idm", tmp_path / "out")
    success, goals = (report.columns().index(name) for name in ("success", "goal"))
    assert [(row[0], row[goals], row[success]) for row in report.rows()] == [
        ("free", 1, 1),
        ("hit", 1, 0),
        ("all", 2, 1),
    ]
    assert [row["success"] for row in report.results] == [True, False]


def test_a_place_that_cannot_be_written_is_an_error(tasks: Path, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file", "utf-8")
    with pytest.raises(RecordingError, match="cannot be written"):
        run_driving_exam([tasks], "idm", tmp_path / "out")


@pytest.mark.slow
@pytest.mark.skipif(not (SHARED / "data" / "onsite_china").is_dir(), reason="the shared driving tasks are not here")
@pytest.mark.parametrize("background", ["replay", "reactive"])
def test_every_shared_task_is_driven_to_an_outcome(tmp_path: Path, background: Any) -> None:
    report = run_driving_exam([SHARED / "data" / "onsite_china"], "idm", tmp_path / "out", background, jobs=2)
    assert report.errors == ()
    rows = results(tmp_path / "out")
    assert len(rows) == len(list((SHARED / "data" / "onsite_china").rglob("*.xosc")))
    assert all(row["metrics"]["planner_failures"] == 0.0 for row in rows)
    assert all((tmp_path / "out" / row["task"] / "trace.csv").is_file() for row in rows)


@pytest.mark.slow
@pytest.mark.skipif(not (SHARED / "data" / "commonroad").is_dir(), reason="the shared CommonRoad tasks are not here")
def test_every_shared_commonroad_task_is_driven_to_an_outcome(tmp_path: Path) -> None:
    report = run_driving_exam([SHARED / "data" / "commonroad"], "idm", tmp_path / "out", jobs=2)
    assert report.errors == ()
    rows = results(tmp_path / "out")
    assert len(rows) == len(list((SHARED / "data" / "commonroad").glob("*.xml")))
    assert all(row["metrics"]["planner_failures"] == 0.0 for row in rows)
    assert all(row["explanations"][0]["rule"] != "no-route" for row in rows)
