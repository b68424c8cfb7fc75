"""Rows of recordings to check and to break, and tables of tracks as files."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from zhixing.datatypes.observations import Observations, together
from zhixing.datatypes.tracks import RoadUser

HEADER = "track_id,frame_id,timestamp_ms,agent_type,x,y,vx,vy,psi_rad,length,width"


def going(
    object_id: int = 1,
    *,
    steps: int = 20,
    speed_mps: float = 10.0,
    x_m: float = 0.0,
    y_m: float = 0.0,
    yaw_rad: float = 0.0,
    road_user: RoadUser = RoadUser.CAR,
    size_m: tuple[float, float] = (4.5, 1.8),
    start_ns: int = 0,
) -> Observations:
    """Return the rows of somebody who goes straight on, ten a second."""
    t = np.arange(steps) * 0.1
    return Observations(
        time_ns=start_ns + np.arange(steps, dtype=np.int64) * 100_000_000,
        object_id=np.full(steps, object_id, dtype=np.int64),
        road_user=np.full(steps, int(road_user), dtype=np.int64),
        x_m=x_m + speed_mps * t * np.cos(yaw_rad),
        y_m=y_m + speed_mps * t * np.sin(yaw_rad),
        yaw_rad=np.full(steps, yaw_rad),
        speed_mps=np.full(steps, speed_mps),
        length_m=np.full(steps, size_m[0]),
        width_m=np.full(steps, size_m[1]),
    )


def table_text(*users: Observations) -> str:
    """Return rows as a table of tracks."""
    rows = together(list(users))
    lines = [HEADER]
    for k in range(rows.num_rows):
        vx, vy = (rows.speed_mps[k] * f(rows.yaw_rad[k]) for f in (np.cos, np.sin))
        ms = rows.time_ns[k] // 1_000_000
        kind = RoadUser(int(rows.road_user[k])).name.lower().replace("ebike", "motorcycle")
        values = (rows.x_m[k], rows.y_m[k], vx, vy, rows.yaw_rad[k], rows.length_m[k], rows.width_m[k])
        numbers = ",".join(f"{value:.6f}" for value in values)
        lines.append(f"{rows.object_id[k]},{ms // 100 + 1},{ms},{kind},{numbers}")
    return "\n".join(lines) + "\n"


def write_table(path: Path, *users: Observations) -> Path:
    """Write rows as a table of tracks and return where."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(table_text(*users), "utf-8")
    return path
