"""A recorded crossroads with synthetic traffic that is seeded by its recorded facts, and tasks to drive in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from zhixing.datatypes.tracks import RoadUser
from zhixing.datatypes.traffic_facts import Movement, TrafficFacts, Violation
from zhixing.datatypes.units import NS_PER_S
from zhixing.errors import RecordingError
from zhixing.formats.openscenario_write import write_openscenario
from zhixing.formats.sind import read_sind_place
from zhixing.formats.sind_facts import read_sind_facts
from zhixing.simulation.seeded_site import SeededRun, SeededSite
from zhixing.simulation.site_routes import site_of
from zhixing.simulation.task_of_drive import task_of_drive

FAMILY = "synthetic-{city}-{record}"
_VEHICLES, _PEOPLE = "Veh_tracks_meta.csv", "Ped_tracks_meta.csv"
_SPARE_NS = 15 * NS_PER_S
_LONGEST_NS = 60 * NS_PER_S
_LIT = (int(Movement.STRAIGHT), int(Movement.LEFT))


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Reenacted:
    """What came of it.

    Attributes:
        run: The synthetic traffic.
        rows: For each class how many are told to have come, and how many came; and how many of those who go straight on
            or left are told to have passed the light at red (some of them later), and how many did.
        tasks: Folders of the tasks that were written.
    """

    run: SeededRun
    rows: tuple[Mapping[str, str | int], ...]
    tasks: tuple[Path, ...]


def reenact(
    folder: Path, *, seed: int = 1, minutes: float = 5.0, out: Path | None = None, tasks: int = 10
) -> Reenacted:
    """Let traffic move at a recorded crossroads as the recording's facts say, under its recorded lights.

    Args:
        folder: A record of SinD with facts of everybody (``Veh_tracks_meta.csv``, ``Ped_tracks_meta.csv``), its lights
            and its map in it or beside it.
        seed: Of every choice that the facts leave open.
        minutes: From the beginning of the record.
        out: Folder for tasks, or None.
        tasks: At most so many: in each one of the cars is the ego, spread evenly over the time.

    Raises:
        RecordingError: The record has no facts or no map, or makes no sense.
        MapError: The map makes no sense.
        ScenarioError: A task cannot be written.
    """
    folder = folder.resolve()
    if not (folder / _VEHICLES).is_file():
        raise RecordingError(
            f"{folder} has no {_VEHICLES}", hint="Give a record of SinD that tells the facts of everybody."
        )
    road, lights = read_sind_place(folder)
    if road is None:
        raise RecordingError(f"{folder.name} has no map", hint="Put the map of the place into the folder above it.")
    facts = read_sind_facts(folder / _VEHICLES, folder / _PEOPLE)
    end_ns = min(round(60.0 * minutes * NS_PER_S), int(facts.present_ns.max()))
    drive_id = f"{folder.name}-{seed}"
    run = SeededSite(site_of(road), lights, facts, seed=seed).run(0, end_ns, drive_id=drive_id)
    family = FAMILY.format(city=folder.parent.name.lower(), record=folder.name)
    written = [] if out is None else _write_tasks(run, out, family, tasks)
    return Reenacted(run=run, rows=tuple(_rows(facts, run.facts, end_ns)), tasks=tuple(written))


def _write_tasks(run: SeededRun, out: Path, family: str, most: int) -> list[Path]:
    facts = run.facts
    is_whole = (facts.present_ns[:, 0] >= 0) & (facts.present_ns[:, 1] < int(run.drive.tracks.time_ns[-1]))
    cars = np.flatnonzero(is_whole & (facts.road_user == int(RoadUser.CAR)))
    cars = cars[np.argsort(facts.present_ns[cars, 0], kind="stable")]
    chosen = cars[np.unique(np.linspace(0, cars.size - 1, min(most, cars.size)).round().astype(np.int64))]
    places = []
    for ego_id in facts.object_id[chosen].tolist():
        scenario_id = f"{run.drive.drive_id}-{ego_id}"
        task = task_of_drive(
            run.drive, ego_id, scenario_id=scenario_id, family=family, spare_ns=_SPARE_NS, most_ns=_LONGEST_NS
        )
        places.append(out / family / scenario_id)
        write_openscenario(places[-1], task)
    return places


def _rows(recorded: TrafficFacts, simulated: TrafficFacts, end_ns: int) -> list[dict[str, str | int]]:
    rows: list[dict[str, str | int]] = []
    came = (recorded.present_ns[:, 0] >= 0) & (recorded.present_ns[:, 0] < end_ns)
    here = simulated.present_ns[:, 0] >= 0
    for user in RoadUser:
        counts = [int((some & (of.road_user == user)).sum()) for of, some in ((recorded, came), (simulated, here))]
        reds = [
            int((some & (of.road_user == user) & np.isin(of.movement, _LIT) & (of.violation == Violation.RED)).sum())
            for of, some in ((recorded, came), (simulated, here))
        ]
        if any(counts):
            rows.append(
                {
                    "class": user.name.lower(), "recorded": counts[0], "simulated": counts[1],
                    "recorded_red": reds[0], "simulated_red": reds[1],
                }
            )  # fmt: skip
    return rows
