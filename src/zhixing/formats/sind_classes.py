"""What SinD's tables have in common: classes, identities, and the grid of frames.

Source: SinD (Xu et al. 2022, "SIND: A drone dataset at signalized intersection in China"), Format.md.
"""

from __future__ import annotations

from pathlib import Path

from zhixing.datatypes.tracks import RoadUser
from zhixing.datatypes.units import NS_PER_S
from zhixing.errors import RecordingError
from zhixing.formats.csv_files import whole_in

FRAME_NS = round(3 / 29.97 * NS_PER_S)
"""Every third picture of 29.97 a second."""
PEDESTRIAN_ID = 1_000_000
"""Pedestrians are numbered apart from vehicles, as P1, P2, ...; their ``object_id`` is this much higher."""
MAX_FRAME = 10_000_000

CLASSES = {
    "car": RoadUser.CAR,
    "truck": RoadUser.TRUCK,
    "bus": RoadUser.BUS,
    "motorcycle": RoadUser.EBIKE,
    "bicycle": RoadUser.BICYCLE,
    "tricycle": RoadUser.TRICYCLE,
    "pedestrian": RoadUser.PEDESTRIAN,
}
"""What SinD calls a motorcycle is on average 1.74 m long (171 of them in one record of Tianjin), 0.12 m more than a
bicycle and less than a motorcycle; with electric ones everywhere and petrol ones kept out of Chinese city centres,
they are taken for e-bikes."""


def road_user_in(path: Path, line: int, text: str) -> RoadUser:
    """Return the class of a road user, in the singular or the plural.

    Raises:
        RecordingError: It is none of SinD's.
    """
    word = text.lower()
    for name in (word, word.removesuffix("s"), word.removesuffix("es")):
        if name in CLASSES:
            return CLASSES[name]
    raise RecordingError(
        f"{path.name}: line {line} has the class {text[:40]!r}", hint=f"Classes are {', '.join(CLASSES)}."
    )


def object_id_in(path: Path, line: int, column: str, text: str) -> int:
    """Return the ``object_id`` for an identity such as 12 or P12.

    Raises:
        RecordingError: It is none.
    """
    if text[:1] in {"P", "p"}:
        return PEDESTRIAN_ID + whole_in(path, line, column, text[1:], most=PEDESTRIAN_ID - 1)
    return whole_in(path, line, column, text, most=PEDESTRIAN_ID - 1)
