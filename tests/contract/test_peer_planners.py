"""FISS+ drives in our world, where an environment with it is named by ZHIXING_FISS_VENV."""

from __future__ import annotations

import os
import runpy
import sys
from pathlib import Path

import pytest

from zhixing.testing.small_files import write_task

EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "peers"
VENV = os.environ.get("ZHIXING_FISS_VENV", "")


@pytest.mark.slow
@pytest.mark.skipif(not VENV, reason="ZHIXING_FISS_VENV names no environment with fiss-planner")
def test_fiss_plus_and_ours_drive_the_same_task(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "path", [str(EXAMPLES), *sys.path])
    drive_fiss = runpy.run_path(str(EXAMPLES / "drive_fiss.py"))
    rows = drive_fiss["main"]([str(write_task(tmp_path / "task")), "--venv", VENV])
    assert [row["planner"] for row in rows] == ["fiss-plus", "idm"]
    assert all(row["tasks"] == 1 and row["no plan"] == 0 and row["collision"] == 0 for row in rows)
    assert "fiss-plus" in capsys.readouterr().out
