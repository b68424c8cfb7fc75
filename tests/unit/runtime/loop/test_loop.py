"""From recordings to a verdict in one go; a second time nothing is done, and the bytes are the same."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from zhixing.dataloop.archive.archive import Archive
from zhixing.dataloop.artefacts import KINDS, Artefacts
from zhixing.dataloop.gate import GateRules
from zhixing.dataloop.scenes import scenario_of
from zhixing.datatypes.conditions import Compare, Role
from zhixing.datatypes.query import Query
from zhixing.datatypes.tracks import RoadUser
from zhixing.errors import InputError
from zhixing.runtime.loop.driving import kept_trace
from zhixing.runtime.loop.recipes import How
from zhixing.runtime.loop.run import LoopPlan, run_loop
from zhixing.testing.lanelet2_files import Crossroads
from zhixing.testing.small_files import write_task
from zhixing.testing.track_rows import going, write_table

FAST = Query(
    name="fast",
    roles=(Role(name="car", classes=(RoadUser.CAR,)),),
    condition=Compare(measure="speed_mps", of=("car",), at_least=5.0),
)
PLAN = LoopPlan(
    candidate=How(planner="idm"), incumbent=How(planner="idm", is_checked=False), queries=(FAST,),
    rules=GateRules(least_scenarios=2),
)  # fmt: skip


def tasks(folder: Path, count: int = 3) -> Path:
    for k in range(count):
        write_task(folder / "family" / f"task_{k}", x_m=30.0 + k, stop="8.0")
    return folder


def files(archive: Path) -> dict[str, bytes]:
    return {str(path.relative_to(archive)): path.read_bytes() for path in archive.rglob("*") if path.is_file()}


def test_the_loop_ends_with_a_verdict_and_a_page(tmp_path: Path) -> None:
    report = run_loop([tasks(tmp_path / "in")], Archive(str(tmp_path / "archive")), PLAN)
    assert len(report.selection.scenes) == 3
    assert report.selection.mined.num_hits == 3
    assert set(report.candidate.cards) == {scene.name for scene in report.selection.scenes}
    verdict = report.judged.verdict
    assert verdict.num_scenarios == 3
    assert {one.name for one in verdict.slices} >= {"family:family", "time:unknown", "pattern:fast"}
    page = report.judged.html.decode()
    assert "http://" not in page.replace("http://www.w3.org/2000/svg", "")
    assert "https://" not in page


def test_a_second_run_does_nothing_and_gives_the_same_bytes(tmp_path: Path) -> None:
    folder, place = tasks(tmp_path / "in"), tmp_path / "archive"
    first = run_loop([folder], Archive(str(place)), PLAN)
    before = files(place)
    second = run_loop([folder], Archive(str(place)), PLAN)
    assert files(place) == before
    assert second.judged.html == first.judged.html
    elsewhere = run_loop([folder], Archive(str(tmp_path / "other")), PLAN)
    assert elsewhere.judged.html == first.judged.html
    assert elsewhere.judged.key == first.judged.key


def test_a_new_recording_lets_only_its_own_be_driven(tmp_path: Path) -> None:
    folder, place = tasks(tmp_path / "in", 2), tmp_path / "archive"
    run_loop([folder], Archive(str(place)), PLAN)
    before = files(place)
    tasks(tmp_path / "more" / "deep", 3)
    (tmp_path / "more" / "deep" / "family" / "task_2").rename(folder / "family" / "task_2")
    run_loop([folder], Archive(str(place)), PLAN)
    after = files(place)
    assert {name: after[name] for name in before} == before
    new = [name for name in set(after) - set(before) if "/trace/" in name and name.endswith(".json")]
    assert len(new) == 2  # one for each of the two drivers


def test_everything_leads_back_to_the_recordings(tmp_path: Path) -> None:
    archive = Archive(str(tmp_path / "archive"))
    report = run_loop([tasks(tmp_path / "in")], archive, PLAN)
    rows = list(Artefacts(archive).trace(report.judged.report))
    kinds = [kind for _, kind, _, _ in rows]
    assert kinds[:2] == ["report", "verdict"]
    assert set(kinds) == {*KINDS, "drive", "source"}
    assert {what for _, kind, _, what in rows if kind == "source"} == {
        str(tmp_path / "in" / "family" / f"task_{k}") for k in range(3)
    }
    assert next(Artefacts(archive).trace(report.judged.key[:10]))[1] == "verdict"
    with pytest.raises(InputError, match="no artefacts"):
        list(Artefacts(archive).trace("0" * 32))


def test_a_trace_is_kept_as_it_was(tmp_path: Path) -> None:
    archive = Archive(str(tmp_path / "archive"))
    report = run_loop([tasks(tmp_path / "in", 1)], archive, PLAN)
    scene = report.selection.scenes[0]
    scenario, trace = kept_trace(archive, scene, PLAN.candidate)
    assert scenario.scenario_id == trace.scenario_id == scene.name
    assert trace.outcome == report.candidate.cards[scene.name].outcome
    assert trace.xy_m.shape == (trace.time_ns.size, 2)
    assert trace.background.time_ns.tolist() == trace.time_ns.tolist()
    assert trace.decisions[0][1].say.zh


def test_what_a_query_finds_in_a_recording_becomes_a_scene(tmp_path: Path) -> None:
    """A recording without a task of its own: a car that was found takes the ego's place."""
    folder = tmp_path / "in"
    cars = [going(k, steps=120, speed_mps=6.0, x_m=8.0 + 15.0 * k, y_m=1.75) for k in range(2)]
    write_table(folder / "vehicle_tracks_000.csv", *cars)
    (folder / "street.osm").write_text(Crossroads().text(), "utf-8")
    archive = Archive(str(tmp_path / "archive"))
    report = run_loop([folder], archive, PLAN)
    assert [scene.ego_id for scene in report.selection.scenes] == [0, 1]
    scenario = scenario_of(report.selection.scenes[0], archive)
    assert scenario.family == "fast"
    assert 0 not in scenario.background.object_id


def test_nothing_to_drive_is_said(tmp_path: Path) -> None:
    (tmp_path / "frames.txt").write_text("1 1 1 0 0 0 4 2 1 0\n2 1 1 5 0 0 4 2 1 0\n", "utf-8")
    with pytest.raises(InputError, match="nothing to drive"):
        run_loop([tmp_path / "frames.txt"], Archive(str(tmp_path / "archive")), PLAN)


LOOP = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[3])
import test_loop
from zhixing.dataloop.archive.archive import Archive
from zhixing.runtime.loop.run import run_loop
test_loop.run_loop([Path(sys.argv[1])], Archive(sys.argv[2]), test_loop.PLAN)
print("done")
"""


@pytest.mark.slow
def test_killed_at_some_moment_it_goes_on_where_it_was(tmp_path: Path) -> None:
    folder, place = tasks(tmp_path / "in", 4), tmp_path / "archive"
    here = str(Path(__file__).parent)
    command = [sys.executable, "-c", LOOP, str(folder), str(place), here]
    for delay_s in (1.2, 1.8, 2.4):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True)
        time.sleep(delay_s)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        for path in place.rglob("*.json"):
            if not path.name.startswith("."):
                json.loads(path.read_bytes())
        Archive(str(place))
    report = run_loop([folder], Archive(str(place)), PLAN)
    whole = run_loop([folder], Archive(str(tmp_path / "other")), PLAN)
    assert report.judged.html == whole.judged.html
