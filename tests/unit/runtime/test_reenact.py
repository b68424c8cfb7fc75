"""Synthetic traffic seeded by a record's facts, and tasks made of it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from zhixing.datatypes.tracks import RoadUser
from zhixing.errors import RecordingError
from zhixing.formats.openscenario_write import TASK_FILE
from zhixing.runtime.driving_tasks import find_tasks, read_scenario
from zhixing.runtime.reenact import reenact
from zhixing.simulation.seeded_site import SOURCE

SHARED = Path(os.environ.get("ZHIXING_SHARED", Path(__file__).resolve().parents[3].parent / "shared"))
PLACE = SHARED / "data" / "sind" / "Data" / "Tianjin"


@pytest.fixture
def record() -> Path:
    found = sorted(PLACE.glob("*/Veh_tracks_meta.csv"))
    if not found:
        pytest.skip(f"no record in {PLACE}")
    return found[0].parent


@pytest.mark.slow
def test_a_record_comes_to_life_and_its_tasks_can_be_driven(record: Path, tmp_path: Path) -> None:
    done = reenact(record, minutes=2.0, out=tmp_path / "tasks", tasks=3)
    assert done.run.drive.source == SOURCE
    cars = next(row for row in done.rows if row["class"] == RoadUser.CAR.name.lower())
    assert 0.8 * int(cars["recorded"]) <= int(cars["simulated"]) <= int(cars["recorded"])
    assert find_tasks([tmp_path / "tasks"]) == sorted(done.tasks)
    assert len(done.tasks) == 3
    for place in done.tasks:
        task = read_scenario(place)
        assert task.family.startswith("synthetic-")
        assert task.background.num_objects > 3
    again = reenact(record, minutes=2.0, out=tmp_path / "again", tasks=3)
    for one, other in zip(done.tasks, again.tasks, strict=True):
        assert (one / TASK_FILE).read_bytes() == (other / TASK_FILE).read_bytes()


def test_what_is_no_record_or_has_no_map_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="has no Veh_tracks_meta"):
        reenact(tmp_path)
    (tmp_path / "Veh_tracks_meta.csv").write_text("nonsense", "utf-8")
    with pytest.raises(RecordingError, match="has no map"):
        reenact(tmp_path)
