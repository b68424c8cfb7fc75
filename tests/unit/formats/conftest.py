"""A task folder to read and to break."""

from __future__ import annotations

from pathlib import Path

import pytest

from zhixing.testing.small_files import VERTEX, opendrive, openscenario, straight


@pytest.fixture
def task(tmp_path: Path) -> Path:
    folder = tmp_path / "family" / "task"
    folder.mkdir(parents=True)
    (folder / "map.xodr").write_text(opendrive(straight()), encoding="utf-8")
    vertices = "".join(VERTEX.format(t=t, x=20 + 10 * t) for t in (0.5, 1.0, 1.5))
    (folder / "task_exam.xosc").write_text(openscenario(vertices), encoding="utf-8")
    return folder
