"""Recorded crossroads and streets beside simulated ones: SinD's seeded site, its walkers, and Beijing's streets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from zhixing.datatypes.evidence import Drive
from zhixing.datatypes.shapes import BoolArray, FloatArray, IntArray
from zhixing.datatypes.tracks import RoadUser, Tracks
from zhixing.datatypes.traffic_facts import Movement, TrafficFacts, Violation
from zhixing.errors import RecordingError
from zhixing.formats.apolloscape import read_apolloscape
from zhixing.formats.sind import is_sind, read_sind, read_sind_place
from zhixing.formats.sind_facts import read_sind_facts
from zhixing.formats.sind_tracks import read_sind_tracks
from zhixing.simulation.city import build_city
from zhixing.simulation.realism.crossing import Crossings, crossings_in
from zhixing.simulation.realism.distances import Bins
from zhixing.simulation.realism.quantities import Samples, sample
from zhixing.simulation.road_lights import RoadLights
from zhixing.simulation.seeded_site import SeededRun, SeededSite
from zhixing.simulation.site_routes import site_of
from zhixing.simulation.traffic.crowd import Crowd
from zhixing.simulation.traffic.models import MODELS
from zhixing.simulation.traffic.people import become, traits_of
from zhixing.simulation.world import STEP_NS, STEP_S

STAY_BINS = Bins(low=0.0, high=60.0, count=20)
SITE_SEEDS = (1, 2, 3)
_CITY_SEEDS = (1, 2, 3, 4, 5, 6)
_CITY_USERS, _CITY_WARM, _CITY_STEPS, _CITY_EVERY = 60, 300, 600, 5
_SEEN_M = 60.0
_LIT = (int(Movement.STRAIGHT), int(Movement.LEFT))
_DRAWN = 2000


@dataclass(slots=True)
class SiteReport:
    """The recorded crossroads and what became of it in simulation.

    Attributes:
        recorded: Facts of those who came in the half that is looked at.
        runs: Simulated ones, one for each seed; the facts are of the same road users.
        is_in_half: (runs,) of each run (users,) who came in that half.
    """

    recorded: TrafficFacts
    runs: list[SeededRun] = field(default_factory=list)
    is_in_half: list[BoolArray] = field(default_factory=list)


def run_site(folder: Path, *, is_held_out: bool = True) -> SiteReport:
    """Simulate the record of SinD that has facts of everybody.

    Args:
        folder: Holds ``Veh_tracks_meta.csv``, ``Ped_tracks_meta.csv`` and the lights; the map is in it or above it.
        is_held_out: Who came in the second half of the record, or in the first.

    Raises:
        RecordingError: Something is missing or makes no sense.
        MapError: The map makes no sense.
    """
    facts = read_sind_facts(folder / "Veh_tracks_meta.csv", folder / "Ped_tracks_meta.csv")
    road, lights = read_sind_place(folder)
    if road is None:
        raise RecordingError(f"{folder.name} has no map", hint="Put the map of the place into the folder above it.")
    end_ns = int(facts.present_ns.max())
    report = SiteReport(recorded=_those(facts, _in_half(facts, end_ns, is_held_out=is_held_out)))
    for seed in SITE_SEEDS:
        run = SeededSite(site_of(road), lights, facts, seed=seed).run(
            0, end_ns, every=2, drive_id=f"{folder.name}-{seed}"
        )
        report.runs.append(run)
        report.is_in_half.append(
            np.isin(run.facts.object_id, report.recorded.object_id) & (run.facts.present_ns[:, 0] >= 0)
        )
    return report


def stays_s(facts: TrafficFacts, road_user: int) -> FloatArray:
    """Return how long those of a class who passed the junction stayed on the map, s."""
    rows = (facts.road_user == road_user) & (facts.present_ns[:, 0] >= 0)
    if road_user != RoadUser.PEDESTRIAN:
        rows &= facts.movement != Movement.OTHER
    stays: FloatArray = (facts.present_ns[rows, 1] - facts.present_ns[rows, 0]) * 1e-9
    return stays


def red_counts(facts: TrafficFacts, road_user: int) -> tuple[int, int]:
    """Return how many of a class passed a light at red, and how many passed one."""
    rows = (facts.road_user == road_user) & np.isin(facts.movement, _LIT)
    return int((facts.violation[rows] == Violation.RED).sum()), int(rows.sum())


def simulated_facts(report: SiteReport) -> TrafficFacts:
    """Return the facts of all runs in one."""
    parts = [_those(run.facts, rows) for run, rows in zip(report.runs, report.is_in_half, strict=True)]
    return TrafficFacts(
        object_id=np.arange(sum(part.object_id.size for part in parts), dtype=np.int64),
        road_user=np.concatenate([part.road_user for part in parts]),
        size_m=np.concatenate([part.size_m for part in parts]),
        movement=np.concatenate([part.movement for part in parts]),
        violation=np.concatenate([part.violation for part in parts]),
        present_ns=np.concatenate([part.present_ns for part in parts]),
    )


def drawn_sizes() -> dict[int, FloatArray]:
    """Return for each class (users, 2) sizes as its model draws them."""
    rng, found = np.random.default_rng(7), {}
    for model in MODELS:
        traits = traits_of(_DRAWN)
        for row in range(_DRAWN):
            become(traits, row, model, rng)
        found[int(model.road_user)] = np.stack((traits.length_m, traits.width_m), axis=1)
    return found


def walkers_in(folders: Sequence[Path]) -> tuple[Samples, list[Crossings]]:
    """Return how people walk in records of SinD, and how they cross where the map has crossings and lights."""
    samples, crossings = Samples(), []
    for folder in folders:
        try:
            drive: Drive | None = read_sind(folder)
        except RecordingError:  # its table of vehicles is a pointer to a file that is not there
            drive = None
        tracks = drive.tracks if drive is not None else read_sind_tracks([folder / "Ped_smoothed_tracks.csv"])
        samples.join([sample(tracks)])
        if drive is not None:
            crossings.append(crossings_in(drive))
    return samples, crossings


def records_in(folder: Path) -> list[Path]:
    """Return the folders of SinD records with tracks, sorted."""
    return [path for path in sorted(folder.glob("*/*")) if path.is_dir() and is_sind(path)]


def streets_in(files: Sequence[Path]) -> Samples:
    """Return what everybody does in recordings of ApolloScape; speeds are over two seconds, for places are noisy."""
    return Samples().join(sample(read_apolloscape(path).tracks, speed_span_s=2.0) for path in files)


def city_streets() -> Samples:
    """Return what everybody does within 60 m of places in the built-in city, looked at as ApolloScape was."""
    found = Samples()
    for seed in _CITY_SEEDS:
        road, rng = build_city(seed), np.random.default_rng([seed, 9])
        lights, crowd = RoadLights(road, seed), Crowd(road, _CITY_USERS, [seed])
        lanes = [lane for lane in road.lanes if lane.junction < 0]
        x, y = lanes[int(rng.integers(len(lanes)))].centre_xy_m[0]
        crowd.gather(0, x, y)
        crowd.populate()
        kept = []
        for step in range(_CITY_WARM + _CITY_STEPS):
            crowd.step(STEP_S, lights.at(step * STEP_NS)[None])
            if step >= _CITY_WARM and step % _CITY_EVERY == 0:
                kept.append(crowd.tracks(0, step * STEP_NS))
        found.join([sample(_near(kept, x, y), speed_span_s=2.0)])
    return found


def _near(kept: list[Tracks], x: float, y: float) -> Tracks:
    """Return tracks of what is near a place; who leaves and comes again as somebody else was far away between."""
    xy = np.concatenate([one.xy_m for one in kept], axis=1)
    valid = np.concatenate([one.valid for one in kept], axis=1)
    valid &= np.hypot(xy[..., 0] - x, xy[..., 1] - y) < _SEEN_M
    return Tracks(
        np.concatenate([one.time_ns for one in kept]),
        np.arange(xy.shape[0], dtype=np.int64),
        kept[0].road_user,
        kept[0].size_m,
        xy,
        np.concatenate([one.yaw_rad for one in kept], axis=1),
        np.concatenate([one.speed_mps for one in kept], axis=1),
        valid,
    )


def _in_half(facts: TrafficFacts, end_ns: int, *, is_held_out: bool) -> BoolArray:
    late: BoolArray = facts.present_ns[:, 0] >= end_ns // 2
    return late if is_held_out else ~late


def _those(facts: TrafficFacts, rows: BoolArray | IntArray) -> TrafficFacts:
    return TrafficFacts(
        object_id=facts.object_id[rows],
        road_user=facts.road_user[rows],
        size_m=facts.size_m[rows],
        movement=facts.movement[rows],
        violation=facts.violation[rows],
        present_ns=facts.present_ns[rows],
    )
