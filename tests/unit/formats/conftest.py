"""A task folder to read and to break."""

from __future__ import annotations

from pathlib import Path

import pytest

from zhixing.testing.small_files import write_task


@pytest.fixture
def task(tmp_path: Path) -> Path:
    return write_task(tmp_path / "family" / "task")
