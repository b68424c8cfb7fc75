"""One run that measures all of the driver: which folders count, and what it says of folders without tasks."""

from __future__ import annotations

from pathlib import Path

import pytest

from zhixing.errors import ScenarioError
from zhixing.runtime.bench import driving
from zhixing.runtime.bench.measure import Measure
from zhixing.runtime.driving_exam import DrivingReport


def test_a_folder_without_tasks_is_told_before_anything_is_driven(tmp_path: Path) -> None:
    (tmp_path / "photographs").mkdir()
    with pytest.raises(ScenarioError, match="no driving tasks"):
        driving.run_driving(tmp_path, seeds=1)
    with pytest.raises(ScenarioError, match="no driving tasks"):
        driving.run_driving(tmp_path / "nowhere", seeds=1)


def test_every_set_is_driven_by_the_driver_and_its_peers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[str, str, str]] = []

    def exam(folders: list[Path], planner: str, out: Path, background: str, jobs: int) -> DrivingReport:
        seen.append((folders[0].name, planner, background))
        return DrivingReport(results=(), errors=())

    monkeypatch.setattr(driving, "_sets", lambda data: [tmp_path / "a", tmp_path / "b"])
    monkeypatch.setattr(driving, "run_driving_exam", exam)
    for bench in ("planning", "safety", "aeb", "mixed_traffic", "cut_ins"):
        monkeypatch.setattr(driving, bench, lambda *_, name=bench: [Measure(name=name, value=1.0, unit="")])
    tables = driving.run_driving(tmp_path, seeds=3)
    assert len(seen) == len(set(seen)) == 2 * 2 * 3
    assert {planner for _, planner, _ in seen} == {"sampling", "idm", "pdm"}
    assert [m.name for m in tables.measures] == ["planning", "safety", "aeb", "mixed_traffic", "cut_ins"]
