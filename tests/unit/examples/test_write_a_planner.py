"""The example is as short as it says, is a planner, and drives."""

from __future__ import annotations

import ast
import runpy
from pathlib import Path
from typing import Any

import pytest

from zhixing.testing.checks import check_planner
from zhixing.testing.small_files import write_task

EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "write_a_planner.py"
MAX_LINES = 40


@pytest.fixture(scope="module")
def example() -> dict[str, Any]:
    return runpy.run_path(str(EXAMPLE))


def test_the_example_has_at_most_forty_lines_of_code() -> None:
    tree = ast.parse(EXAMPLE.read_text("utf-8"))
    rest = [node for node in tree.body if not isinstance(node, ast.Import | ast.ImportFrom)]
    lines = {
        node.lineno
        for top in rest
        for node in ast.walk(top)
        if isinstance(node, ast.stmt) and not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
    }
    assert len(lines) <= MAX_LINES


@pytest.mark.slow
def test_the_example_passes_the_exam_of_a_planner(example: dict[str, Any]) -> None:
    check_planner(example["GentlePlanner"])


@pytest.mark.slow
def test_the_example_drives_a_task(example: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    example["main"](str(write_task(tmp_path / "task")))
    assert "outcome='timeout'" in capsys.readouterr().out


@pytest.mark.slow
def test_the_example_drives_in_the_city(example: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    example["main"]()
    assert "incidents: {}" in capsys.readouterr().out
