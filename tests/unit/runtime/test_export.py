"""A task from one format to the other and back."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from zhixing.errors import ScenarioError
from zhixing.runtime.driving_tasks import read_scenario
from zhixing.runtime.export import export_task
from zhixing.testing.same_scenario import scenario_differences
from zhixing.testing.small_files import write_task


def test_a_task_goes_to_commonroad_and_back_to_openscenario(tmp_path: Path) -> None:
    task = write_task(tmp_path / "family" / "task")
    export_task(task, tmp_path / "task.xml", "commonroad")
    export_task(tmp_path / "task.xml", tmp_path / "back", "openscenario")
    between, back = read_scenario(tmp_path / "task.xml"), read_scenario(tmp_path / "back")
    assert scenario_differences(between, back) == []
    before = read_scenario(task)
    assert np.array_equal(before.background.valid[:, :52], back.background.valid)
    assert [lane.kind for lane in before.road.lanes] == [lane.kind for lane in back.road.lanes]
    assert (back.start, back.goal.contains(85.0, -2.0)) == (before.start, True)


def test_what_is_no_single_task_and_no_file_name_is_named(tmp_path: Path) -> None:
    for name in ("one", "other"):
        write_task(tmp_path / "family" / name)
    with pytest.raises(ScenarioError, match="2 tasks"):
        export_task(tmp_path, tmp_path / "out", "openscenario")
    with pytest.raises(ScenarioError, match="no name of a CommonRoad file"):
        export_task(tmp_path / "family" / "one", tmp_path / "out", "commonroad")
    with pytest.raises(ScenarioError, match="cannot be written"):
        export_task(tmp_path / "family" / "one", tmp_path / "absent" / "out.xml", "commonroad")
