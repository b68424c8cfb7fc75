from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest


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
        (["exam", "cockpit", "absent.jsonl"], 2, "absent.jsonl"),
        (["exam", "driving", "absent", "--out", "o"], 2, "absent"),
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


def test_a_newcomer_can_talk_to_the_car(tmp_path: Path) -> None:
    answer = zhixing("say", "把温度调到二十四度", "--json", cwd=tmp_path)
    turn = json.loads(answer.stdout)[0]
    assert turn["outcome"] == "done"
    assert turn["requests"] == [{"path": "Vehicle.Cabin.HVAC.Station.Row1.Driver.Temperature", "value": 24.0}]


def test_signals_can_be_listed_and_filtered(tmp_path: Path) -> None:
    listed = json.loads(zhixing("signals", "window.position", "--json", cwd=tmp_path).stdout)
    assert {leaf["path"].rsplit(".", 2)[1] for leaf in listed} == {"Window"}


def test_doctor_finds_this_machine_fit(tmp_path: Path) -> None:
    answer = zhixing("doctor", "--json", cwd=tmp_path)
    assert answer.returncode == 0
    assert {f["state"] for f in json.loads(answer.stdout)} <= {"ok", "missing"}
