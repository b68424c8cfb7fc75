"""Questions about recordings are answered by who did it and when."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from zhixing.datatypes.tracks import RoadUser
from zhixing.errors import InputError
from zhixing.runtime.mining_exam import run_mining_exam
from zhixing.testing.sind_files import write_record
from zhixing.testing.track_rows import going, write_table

SPEED = {
    "name": "fast", "roles": [{"name": "a"}],
    "condition": {"kind": "compare", "measure": "speed_mps", "of": ["a"], "at_least": 8.0},
}  # fmt: skip


def recordings(folder: Path) -> Path:
    rider = going(7, speed_mps=4.0, y_m=6.0, road_user=RoadUser.BICYCLE, size_m=(1.8, 0.6))
    write_table(folder / "one" / "tracks_1.csv", going(3, speed_mps=10.0), rider)
    write_table(folder / "two" / "tracks_2.csv", going(5, speed_mps=2.0))
    write_record(folder / "Tianjin")
    return folder


def exam(tmp_path: Path, *cases: dict[str, object]) -> list[dict[str, object]]:
    path, out = tmp_path / "cases.jsonl", tmp_path / "results.jsonl"
    path.write_text("\n".join(json.dumps(case) for case in cases), "utf-8")
    run_mining_exam(path, [recordings(tmp_path / "in")], out)
    return [json.loads(line) for line in out.read_text("utf-8").splitlines()]


def test_a_query_and_a_question_are_answered(tmp_path: Path) -> None:
    by_query, by_question = exam(
        tmp_path,
        {"id": "q", "lang": "en", "ask": "", "algebra": SPEED, "recordings": ["tracks_1", "tracks_2"]},
        {"id": "a", "lang": "zh", "ask": "速度超过30公里每小时的汽车", "recordings": ["tracks_1.csv"]},
    )
    hit = {"recording": "tracks_1", "tracks": [3], "t_start": 0.0, "t_end": 1.9, "score": 1.0}
    assert by_query["hits"] == [hit]
    assert by_question["hits"] == [hit | {"recording": "tracks_1.csv"}]
    assert by_question["query"]["roles"][0]["classes"] == ["car", "truck", "bus"]  # type: ignore[index]


def test_pedestrians_of_sind_are_called_as_in_their_table(tmp_path: Path) -> None:
    (result,) = exam(tmp_path, {"id": 1, "ask": "行人", "lang": "zh", "recordings": ["8_2_1"]})
    names = {name for hit in result["hits"] for name in hit["tracks"]}  # type: ignore[attr-defined]
    assert names <= {"P0", "P2"}


def test_what_cannot_be_answered_is_said_and_the_rest_goes_on(tmp_path: Path) -> None:
    wrong = {"name": "x", "roles": [{"name": "a"}], "condition": {"kind": "code", "run": "rm"}}
    unknown, nowhere, evil, good = exam(
        tmp_path,
        {"id": 1, "ask": "bla", "lang": "en", "recordings": []},
        {"id": 2, "ask": "cars", "lang": "en", "recordings": ["nowhere"]},
        {"id": 3, "ask": "", "algebra": wrong, "recordings": []},
        {"id": 4, "ask": "cars", "lang": "en", "recordings": ["tracks_2"]},
    )
    assert unknown["query"] is None
    assert "nothing" in str(unknown["error"])
    assert "nowhere" in str(nowhere["error"])
    assert "code" in str(evil["error"])
    assert len(good["hits"]) == 1  # type: ignore[arg-type]


@pytest.mark.parametrize("line", ["no json", "[]", '{"ask": "x"}', '{"id": 1, "recordings": "all"}'])
def test_a_line_that_is_no_case_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_text(line, "utf-8")
    with pytest.raises(InputError, match="line 1"):
        run_mining_exam(path, [tmp_path], None)
