"""Every pattern's scene, written in the formats of the field and read back."""

from __future__ import annotations

from pathlib import Path

import pytest

from zhixing.formats.commonroad_write import write_commonroad
from zhixing.formats.openscenario_write import write_openscenario
from zhixing.runtime.driving_tasks import read_scenario
from zhixing.simulation.patterns.catalogue import catalogue
from zhixing.simulation.patterns.pattern import Pattern
from zhixing.simulation.patterns.staged_world import perform
from zhixing.testing.same_scenario import scenario_differences

ALL = list(catalogue().values())


@pytest.mark.slow
@pytest.mark.parametrize("pattern", ALL, ids=lambda pattern: pattern.name)
def test_a_scene_written_as_openscenario_is_read_back_the_same(pattern: Pattern, tmp_path: Path) -> None:
    task = perform(pattern.make()).scenario(f"{pattern.name}-0", tmp_path.name)
    place = tmp_path / task.scenario_id
    write_openscenario(place, task)
    assert scenario_differences(read_scenario(place), task) == []


@pytest.mark.slow
@pytest.mark.parametrize("pattern", ALL, ids=lambda pattern: pattern.name)
def test_a_scene_written_as_commonroad_is_read_back_with_the_same_people(pattern: Pattern, tmp_path: Path) -> None:
    task = perform(pattern.make()).scenario(f"{pattern.name}-0", pattern.name)
    file = tmp_path / f"{task.scenario_id}.xml"
    write_commonroad(file, task)
    back = read_scenario(file)
    assert back.background.num_objects >= task.background.num_objects
    assert back.start == task.start
    assert len(back.road.lanes) >= 2
