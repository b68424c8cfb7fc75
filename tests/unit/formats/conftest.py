"""A task folder to read and to break."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from zhixing.testing.small_files import write_task


@pytest.fixture
def task(tmp_path: Path) -> Path:
    return write_task(tmp_path / "family" / "task")


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str], Path]:
    def write(text: str) -> Path:
        path = tmp_path / "family" / "task.xml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return write
