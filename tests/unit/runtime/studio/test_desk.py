"""What the studio shows of an archive, of hits, and of runs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from zhixing.dataloop.archive.archive import Archive
from zhixing.dataloop.artefacts import Artefacts
from zhixing.dataloop.gate import GateRules
from zhixing.dataloop.ingest.ingest import ingest
from zhixing.datatypes.conditions import Compare, Role
from zhixing.datatypes.query import Query
from zhixing.datatypes.query_json import to_json
from zhixing.datatypes.tracks import RoadUser
from zhixing.errors import InputError, PluginError, QueryError, ScenarioError
from zhixing.runtime.loop.recipes import How
from zhixing.runtime.loop.run import LoopPlan, run_loop
from zhixing.runtime.studio import boards, desk, hits
from zhixing.testing.small_files import write_task
from zhixing.testing.track_rows import going, write_table

QUERY = Query(
    name="fast",
    roles=(Role(name="car", classes=(RoadUser.CAR,)),),
    condition=Compare(measure="speed_mps", of=("car",), at_least=5.0),
)
FAST = to_json(QUERY)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return an archive with a table, a task that two have driven, and a file that cannot be read."""
    folder = tmp_path_factory.mktemp("studio")
    write_table(folder / "in" / "vehicle_tracks_000.csv", going(1), going(2, y_m=4.0, speed_mps=1.0))
    (folder / "in" / "broken.mcap").write_bytes(b"no recording")
    task = write_task(folder / "tasks" / "family" / "task_1")
    archive = Archive(str(folder / "archive"))
    ingest([folder / "in"], archive)
    plan = LoopPlan(candidate=How(planner="idm"), incumbent=How(planner="sampling"), rules=GateRules(least_scenarios=1))
    run_loop([task.parent], archive, plan)
    return archive.storage.url


@pytest.fixture(scope="module")
def found(place: str) -> list[hits.PlainHit]:
    return hits.search(place, FAST, desk.drive_keys(place))[0]


def as_json(value: object) -> Any:
    """Return what a page gets: it must be JSON, without NaN."""
    return json.loads(json.dumps(value, allow_nan=False))


def test_the_overview_counts_and_tells_what_was_put_aside(place: str) -> None:
    said = as_json(desk.overview(place))
    assert said["totals"]["drives"] == 2
    assert said["totals"]["tasks"] == 1
    assert {one["source"] for one in said["sources"]} == {"interaction", "openscenario"}
    assert said["totals"]["rows"] == sum(one["rows"] for one in said["sources"])
    [refused] = said["refused"]
    assert refused["path"].endswith("broken.mcap")
    assert refused["why"]
    assert refused["hint"]
    lines = as_json(desk.drives(place, 1, 5))
    assert lines["num"] == 2
    assert len(lines["rows"]) == 1


def test_an_archive_that_is_not_there_yet_is_an_empty_one(tmp_path: Path) -> None:
    said = desk.overview(str(tmp_path / "none"))
    assert said["totals"]["drives"] == 0
    assert said["classes"] == []
    assert boards.runs(str(tmp_path / "none")) == {"verdicts": [], "planners": []}


def test_a_question_becomes_a_query_that_can_be_changed_and_run(place: str) -> None:
    asked = as_json(hits.ask("汽车速度超过 5 米每秒", "zh"))
    assert asked["unknown"] == []
    found, skipped = hits.search(place, asked["query"], desk.drive_keys(place))
    assert found
    assert skipped == []
    by_name = hits.ask("accelerating_at_crosswalk", None)
    assert hits.checked(by_name["query"])[0]


def test_a_hit_can_be_watched_and_says_why_it_is_one(place: str, found: list[hits.PlainHit]) -> None:
    lines = as_json(hits.previews(place, FAST, found))
    assert [line["roles"][0][0] for line in lines] == ["car"] * len(found)
    shown = [as_json(hits.scene(place, FAST, hit)) for hit in found]
    table = next(one for one in shown if one["source"] == "interaction")
    view = table["view"]
    assert view["roles"] == [["car", 1]]
    assert {one["id"] for one in view["candidate"]["others"]} == {1, 2}
    assert view["candidate"]["t"] == sorted(view["candidate"]["t"])
    assert len(view["candidate"]["ego"]) == 4 * len(view["candidate"]["t"])
    assert abs(view["candidate"]["ego"][0]) <= 1.0, "places are told from where the scene is"
    [reason] = table["because"]
    assert reason["measure"] == "speed_mps"
    assert reason["least"] == pytest.approx(10.0, abs=0.1)
    assert not table["is_drivable"], "it has no map"


def test_a_verdict_is_shown_with_both_drivers_in_each_scenario(place: str) -> None:
    runs = as_json(boards.runs(place))
    assert {one["planner"] for one in runs["planners"]} == {"idm", "sampling"}
    [line] = runs["verdicts"]
    said = as_json(boards.verdict(place, line["key"]))
    [scenario] = said["scenarios"]
    assert {one["rule"] for one in said["findings"]} >= {"not-worse", "no-new-collision"}
    view = as_json(boards.compare(place, line["key"], scenario["name"]))
    assert len(view["candidate"]["t"]) > 2
    assert len(view["incumbent"]["t"]) > 2
    assert boards.report(place, line["key"]).startswith(b"<!doctype html>")


def test_two_of_one_name_are_not_mixed_up(place: str, tmp_path: Path) -> None:
    task = write_task(tmp_path / "family" / "task_1")
    plan = LoopPlan(
        candidate=How(planner="idm"), incumbent=How(planner="idm", background="replay"), queries=(QUERY,),
        rules=GateRules(least_scenarios=1),
    )  # fmt: skip
    report = run_loop([task.parent], Archive(str(tmp_path / "archive")), plan)
    said = boards.verdict(str(tmp_path / "archive"), report.judged.key)
    [pair] = said["scenarios"]
    for card, driven in ((pair["ours"], report.candidate), (pair["theirs"], report.incumbent)):
        assert card["score"] == driven.cards[pair["name"]].score
    judged = Artefacts(Archive(str(tmp_path / "archive"))).named(report.judged.key)
    assert judged.says["pairs"] == {
        pair["name"]: [report.candidate.keys[pair["name"]], report.incumbent.keys[pair["name"]]]
    }


def test_one_damaged_verdict_or_score_hides_no_other(tmp_path: Path) -> None:
    write_task(tmp_path / "in" / "family" / "task_1")
    place = tmp_path / "archive"
    plan = LoopPlan(
        candidate=How(planner="idm"), incumbent=How(planner="idm", is_checked=False), queries=(QUERY,),
        rules=GateRules(least_scenarios=1),
    )  # fmt: skip
    report = run_loop([tmp_path / "in"], Archive(str(place)), plan)
    whole = json.loads((place / "artefacts" / "verdict" / f"{report.judged.key}.json").read_text("utf-8"))
    for k, damage in enumerate(
        ({"says": {}}, {"key": "other"}, {"says": {**whole["says"], "difference": float("nan")}})
    ):
        key = str(k) * 32
        (place / "artefacts" / "verdict" / f"{key}.json").write_text(json.dumps(whole | {"key": key} | damage))
        score = {"kind": "score", "key": key, "made_from": [], "made_by": "", "says": {"planner": 7, "score": 10**400}}
        (place / "artefacts" / "score" / f"{key}.json").write_text(json.dumps(score))
    (place / "artefacts" / "verdict" / ("f" * 32 + ".json")).write_text("{")
    said = as_json(boards.runs(str(place)))
    assert [one["key"] for one in said["verdicts"]] == [report.judged.key]
    assert [one["planner"] for one in said["planners"]] == ["idm"]


def test_a_hit_is_driven_by_two_where_there_is_a_map(place: str, found: list[hits.PlainHit]) -> None:
    shown = [(hit, hits.scene(place, FAST, hit)) for hit in found]
    on_map = [hit for hit, one in shown if one["is_drivable"]]
    for hit in on_map[:1]:
        try:
            driven = as_json(boards.drive_hit(place, FAST, hit, ("idm", "sampling")))
        except ScenarioError:
            continue
        assert [one["planner"] for one in driven["scores"]] == ["idm", "sampling"]
    without = next(hit for hit, one in shown if not one["is_drivable"])
    with pytest.raises(ScenarioError):
        boards.drive_hit(place, FAST, without, ("idm", "sampling"))
    with pytest.raises(PluginError):
        boards.drive_hit(place, FAST, without, ("nobody", "idm"))


def test_what_is_not_there_is_a_clear_error(place: str, found: list[hits.PlainHit], tmp_path: Path) -> None:
    with pytest.raises(InputError):
        boards.verdict(place, "000000000000")
    with pytest.raises(InputError):
        boards.compare(place, boards.runs(place)["verdicts"][0]["key"], "nowhere")
    with pytest.raises(InputError):
        hits.scene(place, FAST, ["0" * 32, 0, 1, [1]])
    with pytest.raises(InputError):
        hits.scene(place, FAST, [found[0][0], 0, 1, [77]])
    file = tmp_path / "query.json"
    file.write_text(FAST)
    for text in (str(file), "fast", "{}", "[" * 5000):
        with pytest.raises(QueryError):
            hits.checked(text)
