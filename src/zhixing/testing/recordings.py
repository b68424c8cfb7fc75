"""One small recording of every kind."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from zhixing.datatypes.localized import Localized
from zhixing.datatypes.plan import Decision
from zhixing.datatypes.scene import EgoBody, EgoState
from zhixing.datatypes.tracks import empty_tracks
from zhixing.formats.mcap_files import DriveWriter
from zhixing.testing.commonroad_files import old
from zhixing.testing.sind_files import write_record
from zhixing.testing.small_files import write_task
from zhixing.testing.streets import street
from zhixing.testing.track_rows import going, write_table

_DECISION = Decision(action="cruise", rule="none", say=Localized(zh="直行", en="straight on", de="geradeaus"))
_APOLLO = "".join(f"{frame} {who} 1 {5 * frame}.0 {who}.0 0 4.0 1.8 1.5 0.0\n" for frame in (1, 2, 3) for who in (1, 2))


def recordings(folder: Path) -> Path:
    """Write one recording of every kind."""
    write_task(folder / "onsite" / "task_1")
    write_record(folder / "Tianjin")
    write_table(folder / "interaction" / "vehicle_tracks_000.csv", going(1), going(2, y_m=4.0))
    (folder / "street.xml").write_text(old(), "utf-8")
    (folder / "frames.txt").write_text(_APOLLO, "utf-8")
    write_mcap(folder / "drive.mcap")
    return folder


def write_mcap(path: Path, steps: int = 30) -> Path:
    """Write a drive along a street without anybody else, and return where."""
    road, body = street(), EgoBody()
    with DriveWriter(path, road=road, body=body, metadata={}) as writer:
        for k in range(steps):
            ego = EgoState(x_m=1.0 * k, y_m=0.0, yaw_rad=0.0, speed_mps=10.0)
            none = empty_tracks(np.array([k * 100_000_000]))
            lights = np.zeros(road.num_light_groups, dtype=np.int64)
            writer.write(k * 100_000_000, ego, none, lights, None, _DECISION)
    return path
