"""What the ego did, as the driving exam asks for it: ``t,x,y,yaw,speed,accel,steer`` in SI units."""

from __future__ import annotations

import csv
from pathlib import Path

from zhixing.datatypes.evidence import Trace
from zhixing.datatypes.units import s_from_ns
from zhixing.errors import RecordingError

COLUMNS = ("t", "x", "y", "yaw", "speed", "accel", "steer")


def write_trace_csv(path: Path, trace: Trace) -> None:
    """Write one row each step, every number so that it reads back as it was.

    Raises:
        RecordingError: The file cannot be written.
    """
    columns = (
        [s_from_ns(int(time_ns - trace.time_ns[0])) for time_ns in trace.time_ns],
        trace.xy_m[:, 0].tolist(),
        trace.xy_m[:, 1].tolist(),
        trace.yaw_rad.tolist(),
        trace.speed_mps.tolist(),
        trace.accel_mps2.tolist(),
        trace.steer_rad.tolist(),
    )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(COLUMNS)
            writer.writerows(zip(*columns, strict=True))
    except OSError as error:
        raise RecordingError(f"{path} cannot be written: {error.strerror}", hint="Choose another folder.") from error
