"""The readers that come with Zhixing: thin, over :mod:`zhixing.formats`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from zhixing.dataloop.ingest.interfaces import Recording, recording_of
from zhixing.datatypes.evidence import Scenario, Task
from zhixing.datatypes.observations import observations_of, together
from zhixing.errors import RecordingError
from zhixing.formats.apolloscape import is_apolloscape, read_apolloscape
from zhixing.formats.commonroad import is_commonroad, read_commonroad
from zhixing.formats.geodetic import GeoPoint
from zhixing.formats.lanelet2 import read_lanelet2
from zhixing.formats.mcap_files import is_mcap, read_drive
from zhixing.formats.openscenario import read_task
from zhixing.formats.sind import TRACKS, is_sind, read_sind_place
from zhixing.formats.sind_classes import FRAME_NS
from zhixing.formats.track_tables import is_track_table, read_track_table


class OpenScenarioReader:
    """A folder with one OpenSCENARIO file, its OpenDRIVE map and maybe the light of the ego's movement (OnSite)."""

    name = "openscenario"
    version = 1

    def claims(self, path: Path) -> bool:
        """Return whether a folder holds an ``.xosc`` file."""
        return path.is_dir() and any(path.glob("*.xosc"))

    def files(self, path: Path) -> tuple[Path, ...]:
        """Return scenario, map and lights."""
        return tuple(sorted(file for kind in ("*.xosc", "*.xodr", "*.json") for file in path.glob(kind)))

    def read(self, path: Path) -> Iterator[Recording]:
        """Yield the one task."""
        yield recording_of_scenario(read_task(path), self.name)


class CommonRoadReader:
    """A CommonRoad file: map, others and what the ego has to reach."""

    name = "commonroad"
    version = 1

    def claims(self, path: Path) -> bool:
        """Return whether a file begins as CommonRoad does."""
        return path.suffix == ".xml" and path.is_file() and is_commonroad(path)

    def files(self, path: Path) -> tuple[Path, ...]:
        """Return the file."""
        return (path,)

    def read(self, path: Path) -> Iterator[Recording]:
        """Yield the one task."""
        yield recording_of_scenario(read_commonroad(path), self.name)


class ApolloScapeReader:
    """A text file of ApolloScape's trajectory challenge; it has no map."""

    name = "apolloscape"
    version = 1

    def claims(self, path: Path) -> bool:
        """Return whether a text file begins with ten numbers."""
        return path.suffix == ".txt" and path.is_file() and is_apolloscape(path)

    def files(self, path: Path) -> tuple[Path, ...]:
        """Return the file."""
        return (path,)

    def read(self, path: Path) -> Iterator[Recording]:
        """Yield the one drive."""
        yield recording_of(read_apolloscape(path))


class SindReader:
    """A record of SinD: its tables of tracks, the log of its lights, and the map in it or in the folder above."""

    name = "sind"
    version = 1

    def claims(self, path: Path) -> bool:
        """Return whether a folder holds tracks of a record."""
        return path.is_dir() and is_sind(path)

    def files(self, path: Path) -> tuple[Path, ...]:
        """Return tables, logs and maps."""
        maps = sorted(path.glob("*.osm")) or sorted(path.parent.glob("*.osm"))
        return (*sorted(path.glob("*.csv")), *maps)

    def read(self, path: Path) -> Iterator[Recording]:
        """Yield the record, on its grid of 9.99 frames a second."""
        road, lights = read_sind_place(path)
        tables = [read_track_table(path / name) for name in TRACKS if (path / name).exists()]
        parts = []
        for table in tables:
            for part in table.recordings:
                frame = np.rint(part.frame_ms * 1e6 / FRAME_NS).astype(np.int64)
                parts.append(replace(part.rows, time_ns=frame * FRAME_NS))
        yield Recording(
            drive_id=path.name,
            source=self.name,
            rows=together(parts),
            road=road,
            lights=lights,
            num_unreadable=sum(table.num_unreadable for table in tables),
            notes=tuple(note for table in tables for note in table.notes),
        )


class InteractionReader:
    """A table of tracks as INTERACTION has them; the map is the one ``.osm`` file beside it, above it or in ``maps``.

    In the published folders the map of ``…/recorded_trackfiles/PLACE/vehicle_tracks_000.csv`` is ``…/maps/PLACE.osm``.
    """

    name = "interaction"
    version = 1

    def claims(self, path: Path) -> bool:
        """Return whether the first line of a table names the columns."""
        return path.suffix == ".csv" and path.name not in TRACKS and path.is_file() and is_track_table(path)

    def files(self, path: Path) -> tuple[Path, ...]:
        """Return the table and its map."""
        found = self._map(path)
        return (path,) if found is None else (path, found)

    def read(self, path: Path) -> Iterator[Recording]:
        """Yield one drive, or one for each case in the table."""
        found = self._map(path)
        road = None if found is None else read_lanelet2(found, GeoPoint(0.0, 0.0))
        tables = read_track_table(path)
        for number, table in enumerate(tables.recordings):
            yield Recording(
                drive_id=f"{path.parent.name}/{path.stem}" + ("" if table.case < 0 else f"/{table.case}"),
                source=self.name,
                rows=table.rows,
                road=road,
                num_unreadable=0 if number else tables.num_unreadable,
                notes=() if number else tables.notes,
            )

    @staticmethod
    def _map(path: Path) -> Path | None:
        here = path.resolve().parent
        named = [folder / "maps" / f"{here.name}.osm" for folder in (here, here.parent, here.parent.parent)]
        if found := next((file for file in named if file.is_file()), None):
            return found
        for folder in (here, here.parent):
            maps = sorted(folder.glob("*.osm"))
            if len(maps) == 1:
                return maps[0]
        return None


class McapReader:
    """Our own recordings; of one that ends too early, as after a crash, what is there."""

    name = "mcap"
    version = 1

    def claims(self, path: Path) -> bool:
        """Return whether a file begins as MCAP does."""
        return path.is_file() and is_mcap(path)

    def files(self, path: Path) -> tuple[Path, ...]:
        """Return the file."""
        return (path,)

    def read(self, path: Path) -> Iterator[Recording]:
        """Yield the one drive."""
        try:
            yield recording_of(read_drive(path))
        except RecordingError as error:
            drive = read_drive(path, allow_truncated=True)
            yield replace(recording_of(drive), notes=(f"ends too early: {error}",))


def recording_of_scenario(scenario: Scenario, source: str) -> Recording:
    """Return a driving task as a recording."""
    return Recording(
        drive_id=scenario.scenario_id,
        source=source,
        rows=observations_of(scenario.background),
        road=scenario.road,
        lights=scenario.lights,
        is_night=scenario.is_night,
        task=Task(
            family=scenario.family,
            body=scenario.body,
            start=scenario.start,
            goal=scenario.goal,
            start_ns=scenario.start_ns,
            stop_ns=scenario.stop_ns,
            ego_light=scenario.ego_light,
        ),
        time_ns=scenario.background.time_ns,
    )
