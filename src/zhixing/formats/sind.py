"""Records of SinD, seen by a drone over signalised crossroads in four Chinese cities: tracks, map and lights.

A record is a folder; its map lies in it or in the folder above. Map and tracks have the same frame, whose origin is
near a stop line of the place; tracks and lights have the same clock. ``sind_tracks`` reads who was where,
``sind_lights`` what the lights showed, ``sind_streets`` whom they bind, ``sind_facts`` what is told of each road user
as a whole.

Source: SinD (Xu et al. 2022, "SIND: A drone dataset at signalized intersection in China"), Format.md.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from zhixing.datatypes.evidence import Drive
from zhixing.datatypes.lights import Lights
from zhixing.datatypes.road import Road
from zhixing.errors import RecordingError
from zhixing.formats.geodetic import GeoPoint
from zhixing.formats.lanelet2 import read_lanelet2
from zhixing.formats.sind_lights import LightLog, is_light_log, read_light_log
from zhixing.formats.sind_streets import city_in, with_lights
from zhixing.formats.sind_tracks import read_sind_tracks

TRACKS = ("Veh_smoothed_tracks.csv", "Ped_smoothed_tracks.csv")
_ORIGIN = GeoPoint(0.0, 0.0)
_NO_LIGHTS = LightLog((), Lights(np.zeros(1, dtype=np.int64), np.zeros((0, 1), dtype=np.int64)))


def is_sind(path: Path) -> bool:
    """Return whether a folder holds tracks of a SinD record."""
    return any((path / name).is_file() for name in TRACKS)


def read_sind(path: Path) -> Drive:
    """Return a record, with the tables of tracks that are there; nobody in it is the recording vehicle.

    Args:
        path: The folder of the record, see :func:`read_sind_place`.

    Raises:
        RecordingError: There are no tracks, several maps or logs, or something in them makes no sense.
        MapError: The map makes no sense.
    """
    path = path.resolve()
    tables = [path / name for name in TRACKS if (path / name).exists()]
    if not tables:
        raise RecordingError(f"{path.name} holds no tracks", hint=f"Give a folder with {' or '.join(TRACKS)}.")
    tracks = read_sind_tracks(tables)
    road, lights = read_sind_place(path)
    return Drive(drive_id=path.name, source="sind", road=road, tracks=tracks, lights=lights)


def read_sind_place(path: Path) -> tuple[Road | None, Lights]:
    """Return the street of a record, None without a map, and what its lights showed, nothing without a log.

    The light groups of the road are the lights of the log, in the log's order, where the place is one of the four whose
    lights are known; elsewhere lights bind nobody.

    Args:
        path: The folder of the record, in or below one that is named after its city.

    Raises:
        RecordingError: There are several maps or logs, or the log makes no sense.
        MapError: The map makes no sense.
    """
    path = path.resolve()
    found = _only([file for file in sorted(path.glob("*.csv")) if is_light_log(file)], path, "logs of lights")
    log = read_light_log(found) if found is not None else _NO_LIGHTS
    map_file = _only(sorted(path.glob("*.osm")) or sorted(path.parent.glob("*.osm")), path, "maps")
    road = None
    if map_file is not None:
        city = city_in(path.name) or city_in(path.parent.name)
        road = with_lights(read_lanelet2(map_file, _ORIGIN), city if found is not None else "", log.names)
    return road, log.lights


def _only(files: list[Path], path: Path, what: str) -> Path | None:
    if len(files) > 1:
        raise RecordingError(
            f"{path.name} has {len(files)} {what}: {', '.join(file.name for file in files)}"[:300], hint="Leave one."
        )
    return files[0] if files else None
