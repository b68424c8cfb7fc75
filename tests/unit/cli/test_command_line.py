from __future__ import annotations

import importlib.util
import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from zhixing.cli import main
from zhixing.formats.mcap_files import read_drive
from zhixing.testing.language_model_server import MODEL, Play, ScriptedServer, fails, says
from zhixing.testing.small_files import write_task

needs_llm = pytest.mark.skipif(importlib.util.find_spec("openai") is None, reason="needs zhixing[llm]")
WINDOW = "Vehicle.Cabin.Door.Row1.DriverSide.Window.Position"


def zhixing(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "zhixing", *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False, timeout=120)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["drive", "--minutes", "0"], 2, "minutes"),
        (["drive", "--minutes", "nan"], 2, "nan minutes"),
        (["drive", "--planner", "nobody"], 4, "no planner is called 'nobody'"),
        (["drive", "--minutes", "0.02", "--out", "absent/folder/x.mcap"], 2, "absent/folder"),
        (["drive", "--map", "absent.xodr"], 2, "there is no map absent.xodr"),
        (["exam", "cockpit", "absent.jsonl"], 2, "absent.jsonl"),
        (["exam", "driving", "absent", "--out", "o"], 2, "absent"),
        (["export", "absent", "copy"], 2, "absent"),
        (["reenact", "absent"], 2, "Veh_tracks_meta.csv"),
        (["bench", "luck"], 2, "no suite is called 'luck'"),
        (["doctor", "--config", "absent.toml"], 2, "absent.toml"),
    ],
)
def test_a_mistake_is_one_line_with_a_hint_and_its_exit_code(
    tmp_path: Path, arguments: list[str], code: int, said: str
) -> None:
    answer = zhixing(*arguments, cwd=tmp_path)
    assert (answer.returncode, "Traceback" in answer.stderr) == (code, False), answer.stderr
    first, *hint = answer.stderr.splitlines()
    assert first.startswith("error: ")
    assert said in first
    assert len(hint) == 1


def test_errors_are_json_where_json_was_asked_for(tmp_path: Path) -> None:
    answer = zhixing("bench", "luck", "--json", cwd=tmp_path)
    assert answer.returncode == 2
    assert json.loads(answer.stderr)["hint"]


@pytest.fixture
def inputs(tmp_path: Path) -> Path:
    """Lay out a folder with a task to drive and a case to talk through."""
    write_task(tmp_path / "family" / "task")
    turn = {"say": "open my window", "zone": "driver", "outcome": "done", "changes": {WINDOW: 100}}
    case = {"id": "1", "lang": "en", "category": "direct", "turns": [turn]}
    (tmp_path / "cases.jsonl").write_text(json.dumps(case), encoding="utf-8")
    return tmp_path


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "has"),
    [
        (["say", "现在车速多少"], "outcome"),
        (["signals"], "path"),
        (["drive", "--minutes", "0.02", "--out", "x.mcap"], "distance_km"),
        (["exam", "cockpit", "cases.jsonl"], "median_ms"),
        (["exam", "driving", "family", "--out", "out"], "results"),
        (["export", "family/task", "copy"], "scenario_id"),
        (["export", "family/task", "copy.xml", "--as", "commonroad"], "road_users"),
        (["bench", "startup"], "measures"),
        (["doctor"], "detail"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_every_command_answers_people_and_programs(inputs: Path, arguments: list[str], has: str) -> None:
    said = zhixing(*arguments, cwd=inputs)
    assert (said.returncode, said.stderr) == (0, "")
    assert said.stdout.strip()
    answer = zhixing(*arguments, "--json", cwd=inputs)
    assert (answer.returncode, answer.stderr) == (0, "")
    content = json.loads(answer.stdout)
    assert has in (content[0] if isinstance(content, list) else content)


def test_a_typing_mistake_is_a_usage_error_without_a_traceback(tmp_path: Path) -> None:
    for arguments in (
        ["sey"],
        ["drive", "--minuets", "1"],
        ["drive", "--minutes", "long"],
        ["say", "x", "--zone", "roof"],
    ):
        answer = zhixing(*arguments, cwd=tmp_path)
        assert (answer.returncode, "Traceback" in answer.stderr) == (2, False)
        assert answer.stderr.strip()


@pytest.mark.slow
def test_ctrl_c_says_so_and_what_is_recorded_can_be_read(tmp_path: Path) -> None:
    command = ["env", "--default-signal=INT", sys.executable, "-m", "zhixing", "drive", "--minutes", "600"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as drive:
        recording = tmp_path / "drive.mcap"
        for _ in range(600):
            if recording.exists() and recording.stat().st_size > 500_000:
                break
            time.sleep(0.1)
        drive.send_signal(signal.SIGINT)
        _, said = drive.communicate(timeout=60)
    assert drive.returncode == 130
    assert said.splitlines() == ["what was recorded until now is in drive.mcap", "error: interrupted"]
    assert read_drive(recording).tracks.num_steps > 10


@pytest.mark.parametrize("error", [FileNotFoundError(2, "No such file", "some/file"), ZeroDivisionError("x")])
def test_whatever_is_not_ours_is_told_as_a_bug_and_never_as_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: Exception
) -> None:
    def failing(**_: object) -> None:
        raise error

    monkeypatch.setattr("zhixing.cli.app.app", failing)
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 70
    assert "a bug in Zhixing" in capsys.readouterr().err


def test_an_answer_cut_off_by_its_reader_is_no_error(tmp_path: Path) -> None:
    command = f"{sys.executable} -m zhixing signals | head -1"
    answer = subprocess.run(command, shell=True, cwd=tmp_path, capture_output=True, text=True, check=False)  # noqa: S602
    assert (answer.returncode, answer.stderr) == (0, "")


def test_a_newcomer_can_talk_to_the_car(tmp_path: Path) -> None:
    answer = zhixing("say", "把温度调到二十四度", "--json", cwd=tmp_path)
    turn = json.loads(answer.stdout)[0]
    assert turn["outcome"] == "done"
    assert turn["requests"] == [{"path": "Vehicle.Cabin.HVAC.Station.Row1.Driver.Temperature", "value": 24.0}]


JOKE = ("say", "给我讲个笑话", "--llm", "--model", MODEL)


@needs_llm
def test_what_the_language_model_says_is_printed(tmp_path: Path) -> None:
    with ScriptedServer(says("小明问", "妈妈……")) as server:
        said = zhixing(*JOKE, "--base-url", server.base_url, cwd=tmp_path)
        answer = zhixing(*JOKE, "--base-url", server.base_url, "--json", cwd=tmp_path)
    assert (said.returncode, said.stderr, answer.returncode, answer.stderr) == (0, "", 0, "")
    assert "小明问妈妈……  [answered]" in said.stdout
    (turn,) = json.loads(answer.stdout)
    assert (turn["by"], turn["outcome"], turn["reply"]) == ("llm", "answered", "小明问妈妈……")
    assert [request.body["model"] for request in server.received] == [MODEL, MODEL]


@needs_llm
@pytest.mark.parametrize(("play", "how"), [(None, "cannot be reached"), (fails(401), "refuses")], ids=["none", "401"])
def test_a_language_model_that_is_not_there_is_an_error_after_what_the_car_did(
    tmp_path: Path, play: Play | None, how: str
) -> None:
    with ScriptedServer(play or says("")) as server:
        base_url = server.base_url if play else "http://127.0.0.1:9/v1"
        said = zhixing(*JOKE, "打开空调", "--base-url", base_url, cwd=tmp_path)
        answer = zhixing(*JOKE, "打开空调", "--base-url", base_url, "--json", cwd=tmp_path)
    for one in (said, answer):
        assert (one.returncode, "Traceback" in one.stderr) == (6, False), one.stderr
    first, *hint = said.stderr.splitlines()
    assert first.startswith(f"error: the language model at {base_url} {how}: ")
    assert len(hint) == 1
    assert "[unavailable]" in said.stdout
    assert [turn["outcome"] for turn in json.loads(answer.stdout)] == ["unavailable", "done"]
    assert how in json.loads(answer.stderr)["error"]


def test_signals_can_be_listed_and_filtered(tmp_path: Path) -> None:
    listed = json.loads(zhixing("signals", "window.position", "--json", cwd=tmp_path).stdout)
    assert {leaf["path"].rsplit(".", 2)[1] for leaf in listed} == {"Window"}


def test_doctor_finds_this_machine_fit(tmp_path: Path) -> None:
    answer = zhixing("doctor", "--json", cwd=tmp_path)
    assert answer.returncode == 0
    assert {f["state"] for f in json.loads(answer.stdout)} <= {"ok", "missing"}
