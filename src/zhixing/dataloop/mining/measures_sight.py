"""Who can be seen from where."""

from __future__ import annotations

import numpy as np

from zhixing.dataloop.mining.measuring import Measuring
from zhixing.dataloop.mining.prepared import PreparedDrive
from zhixing.datatypes.localized import Localized
from zhixing.datatypes.shapes import FloatArray, IntArray
from zhixing.datatypes.tracks import are_motor_vehicles
from zhixing.simulation.visibility import visible_share

SIGHT_M = 80.0


def _seen_share(drive: PreparedDrive, one: int, others: IntArray, steps: slice) -> FloatArray:
    tracks = drive.drive.tracks
    share = np.full((others.size, drive.time_ns.size), np.nan)
    opaque = are_motor_vehicles(tracks.road_user)
    opaque[one] = False
    boxes = np.concatenate(
        (tracks.xy_m, tracks.yaw_rad[..., None], np.broadcast_to(tracks.size_m[:, None], tracks.xy_m.shape)), axis=-1
    )
    for step in np.flatnonzero(drive.there[one] & drive.there[others].any(axis=0)).tolist():
        x, y = tracks.xy_m[one, step].tolist()
        away_m = np.hypot(tracks.xy_m[:, step, 0] - x, tracks.xy_m[:, step, 1] - y)
        near = np.flatnonzero(drive.there[:, step] & (away_m <= SIGHT_M))
        seen = np.full(drive.there.shape[0], np.nan)
        seen[near] = visible_share(x, y, boxes[near, step], np.ones(near.size, dtype=np.bool_), opaque[near])
        share[:, step] = seen[others]
    return share[:, steps]


def _in_the_dark(drive: PreparedDrive) -> FloatArray:
    night = drive.drive.is_night
    return np.where(drive.there, np.nan if night is None else float(night), np.nan)


SIGHT = (
    Measuring(
        "seen_share",
        Localized(
            "从 a 的中心看，b 的轮廓未被机动车遮挡的比例（80 m 以内）",
            "Share of b's outline that no motor vehicle hides from the centre of a (within 80 m).",
            "Anteil des Umrisses von b, den von der Mitte von a aus kein Kraftfahrzeug verdeckt (bis 80 m).",
        ),
        of_two=_seen_share,
        source="nine lines of sight over a flat street, zhixing.simulation.visibility",
    ),
    Measuring(
        "is_in_the_dark",
        Localized("a 所处环境为夜间", "It is night where a is.", "Es ist Nacht, wo a ist."),
        of_one=_in_the_dark,
    ),
)
