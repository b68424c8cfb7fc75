"""Every registered reader keeps its contract, and the exam notices one that does not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from zhixing import registry
from zhixing.dataloop.ingest.interfaces import Recording
from zhixing.dataloop.ingest.readers import InteractionReader
from zhixing.errors import PluginError
from zhixing.testing.commonroad_files import old
from zhixing.testing.reader_check import check_reader
from zhixing.testing.recordings import write_mcap
from zhixing.testing.sind_files import write_record
from zhixing.testing.small_files import write_task
from zhixing.testing.track_rows import going, write_table


def sample(name: str, folder: Path) -> Path:
    """Return a small recording for a reader that comes with Zhixing."""
    if name == "openscenario":
        return write_task(folder / "task")
    if name == "sind":
        return write_record(folder / "Tianjin")
    if name == "interaction":
        return write_table(folder / "tracks.csv", going(1), going(2, y_m=4.0))
    if name == "mcap":
        return write_mcap(folder / "drive.mcap")
    path = folder / ("street.xml" if name == "commonroad" else "frames.txt")
    path.write_text(old() if name == "commonroad" else "1 1 1 0 0 0 4 2 1 0\n2 1 1 5 0 0 4 2 1 0\n", "utf-8")
    return path


@pytest.mark.parametrize("name", registry.names("zhixing.readers"))
def test_every_registered_reader_passes_the_exam(name: str, tmp_path: Path) -> None:
    def make() -> Any:
        return registry.create("zhixing.readers", name)

    check_reader(make, sample(name, tmp_path))
    assert make().name == name


class Greedy(InteractionReader):
    def claims(self, path: Path) -> bool:
        return True


class Rolling(InteractionReader):
    rolls = 0.0

    def read(self, path: Path) -> Iterator[Recording]:
        for recording in super().read(path):
            Rolling.rolls += 1.0
            yield replace(recording, rows=replace(recording.rows, x_m=recording.rows.x_m + Rolling.rolls))


class Changing(InteractionReader):
    def read(self, path: Path) -> Iterator[Recording]:
        yield from super().read(path)
        path.write_text(path.read_text("utf-8") + "\n", "utf-8")


class Unknown(InteractionReader):
    def read(self, path: Path) -> Iterator[Recording]:
        for recording in super().read(path):
            yield replace(recording, rows=replace(recording.rows, road_user=np.full(recording.rows.num_rows, 99)))


class Fragile(InteractionReader):
    def read(self, path: Path) -> Iterator[Recording]:
        if not path.read_text("utf-8").endswith("\n"):
            raise KeyError("end")
        yield from super().read(path)


class Unversioned(InteractionReader):
    version = 0


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (Greedy, "claims a strange file"),
        (Rolling, "differently"),
        (Changing, "changed what it read"),
        (Unknown, "no RoadUser"),
        (Fragile, "KeyError"),
        (Unversioned, "version"),
        (object, "lacks name"),
    ],
)
def test_a_reader_that_breaks_a_promise_is_told_which(make: Any, words: str, tmp_path: Path) -> None:
    with pytest.raises(PluginError, match=words):
        check_reader(make, write_table(tmp_path / "tracks.csv", going(1), going(2, y_m=4.0)))
