"""How much the simulated traffic is like recorded traffic of China, distribution by distribution and scene by scene.

Three kinds of tables. Distributions: of a quantity, in a class, recorded and simulated, with the Jensen-Shannon
distance between them and the distance between random halves of the recording, which is the floor. Shares: who is there
and who runs reds. Sim agents: how likely recorded scenes are under many simulated futures of them.

Recordings are halved by name or by time. Parameters of the models were set on the first halves; what is printed is of
the second ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from zhixing.datatypes.shapes import FloatArray
from zhixing.datatypes.tracks import RoadUser
from zhixing.errors import InputError
from zhixing.runtime.bench.realism_agents import AgentsReport, AgentsRow, half_of, run_agents
from zhixing.runtime.bench.realism_report import Compared, RealismReport, SharedBy
from zhixing.runtime.bench.realism_sites import (
    STAY_BINS,
    SiteReport,
    city_streets,
    drawn_sizes,
    records_in,
    red_counts,
    run_site,
    simulated_facts,
    stays_s,
    streets_in,
    walkers_in,
)
from zhixing.simulation.realism.crossing import SPEED_BINS, WAIT_BINS, Crossings, crossings_in
from zhixing.simulation.realism.distances import Bins, distance, floor, share_interval
from zhixing.simulation.realism.quantities import GROUPS, Samples, bins_of, group_of, sample
from zhixing.simulation.traffic.models import MODELS

_FACTS, _SITES, _STREETS, _SCENES = "sind/Data/Tianjin", "sind/Data", "apolloscape", "onsite_china"
_OF_SCENES = ("moving_mps", "accel_mps2", "gap_m", "time_gap_s", "standing_gap_m", "lateral_m", "neighbours")
_OF_STREETS = ("moving_mps", "gap_m", "time_gap_s", "neighbours")
_HOUR_S = 3600.0


def run_realism(folder: Path, *, is_held_out: bool = True) -> RealismReport:
    """Compare the simulated traffic with the recordings in a folder; what is not there is left out.

    Args:
        folder: May hold ``sind/Data``, ``apolloscape`` and ``onsite_china``.
        is_held_out: The second half of each recording, or the first, on which parameters were set.

    Raises:
        InputError: None of them is there.
        RecordingError: A recording cannot be read.
        ScenarioError: A task cannot be read.
        MapError: A map cannot be read.
    """
    compared: list[Compared] = []
    shares: list[SharedBy] = []
    site_words = ""
    agents: tuple[AgentsRow, ...] = ()
    facts = [path.parent for path in sorted((folder / _FACTS).glob("*/Veh_tracks_meta.csv"))]
    if facts:
        site = run_site(facts[0], is_held_out=is_held_out)
        compared += _stays(site)
        compared += _sizes(site)
        shares += _shares(site)
        site_words = _in_words(site)
        records = records_in(folder / _SITES)
        if records:
            compared += _walkers(records, site, shares)
    streets = sorted((folder / _STREETS).glob("*_frame.txt"))
    if streets:
        files = half_of(streets, is_held_out=is_held_out)
        compared += _of_groups("ApolloScape, city", streets_in(files), city_streets(), _OF_STREETS)
    if (folder / _SCENES).is_dir():
        report: AgentsReport = run_agents(folder / _SCENES, is_held_out=is_held_out)
        compared += _of_groups("OnSite, same scenes", report.recorded, report.simulated, _OF_SCENES)
        agents = tuple(report.rows)
    if not compared:
        raise InputError(
            f"no recording to compare with is in {folder}",
            hint=f"Give a folder that holds {_SITES}, {_STREETS} or {_SCENES}.",
        )
    return RealismReport(compared=tuple(compared), shares=tuple(shares), agents=agents, site=site_words)


def _of_groups(source: str, recorded: Samples, simulated: Samples, quantities: tuple[str, ...]) -> Iterator[Compared]:
    for quantity in quantities:
        for group in GROUPS:
            key = (quantity, group)
            if key in recorded.parts and key in simulated.parts:
                one = _compare(
                    source, group, quantity, recorded.parts[key], simulated.values(*key), bins_of(quantity, group)
                )
                if np.isfinite(one.distance):
                    yield one


def _compare(
    source: str, group: str, quantity: str, parts: list[FloatArray], simulated: FloatArray, bins: Bins
) -> Compared:
    recorded = np.concatenate(parts) if parts else np.zeros(0)
    medians = tuple(float(np.median(values)) if values.size else float("nan") for values in (recorded, simulated))
    return Compared(
        source=source,
        group=group,
        quantity=quantity,
        counts=(int(recorded.size), int(simulated.size)),
        medians=(medians[0], medians[1]),
        distance=distance(recorded, simulated, bins),
        floor=floor(parts, bins, np.random.default_rng(0)),
    )


def _one_by_one(values: FloatArray) -> list[FloatArray]:
    return [values[k : k + 1] for k in range(values.size)]


def _stays(site: SiteReport) -> Iterator[Compared]:
    after = simulated_facts(site)
    for model in MODELS:
        before, now = stays_s(site.recorded, model.road_user), stays_s(after, model.road_user)
        one = _compare("SinD, seeded site", model.road_user.name.lower(), "stay_s", _one_by_one(before), now, STAY_BINS)
        if np.isfinite(one.distance):
            yield one


def _sizes(site: SiteReport) -> Iterator[Compared]:
    drawn, facts = drawn_sizes(), site.recorded
    for model in MODELS:
        size = facts.size_m[facts.road_user == model.road_user]
        group = group_of(model.road_user) or ""
        for column, quantity in enumerate(("length_m", "width_m")):
            values = size[np.isfinite(size[:, column]), column]
            one = _compare(
                "SinD, facts", model.road_user.name.lower(), quantity, _one_by_one(values),
                drawn[int(model.road_user)][:, column], bins_of(quantity, group),
            )  # fmt: skip
            if np.isfinite(one.distance):
                yield one


def _shares(site: SiteReport) -> Iterator[SharedBy]:
    after, total = simulated_facts(site), int(site.recorded.object_id.size)
    for model in MODELS:
        count = int((site.recorded.road_user == model.road_user).sum())
        yield SharedBy(
            what="of all road users",
            road_user=model.road_user.name.lower(),
            recorded=count / max(total, 1),
            interval=share_interval(count, total),
            total=total,
            simulated=model.share,
        )
    for model in MODELS:
        ran, passed = red_counts(site.recorded, model.road_user)
        ran_after, passed_after = red_counts(after, model.road_user)
        if passed:
            yield SharedBy(
                what="passed a light at red",
                road_user=model.road_user.name.lower(),
                recorded=ran / passed,
                interval=share_interval(ran, passed),
                total=passed,
                simulated=ran_after / max(passed_after, 1),
            )


def _walkers(records: list[Path], site: SiteReport, shares: list[SharedBy]) -> Iterator[Compared]:
    """Compare people on foot in records with those of the seeded site, which is another place."""
    recorded, crossings = walkers_in(records)
    simulated = [crossings_in(run.drive) for run in site.runs]
    walks = Samples().join(sample(run.drive.tracks) for run in site.runs)
    yield from _of_groups("SinD, walkers", recorded, walks, ("moving_mps", "accel_mps2"))
    before, after = _joined(crossings), _joined(simulated)
    for quantity, bins in (("speed_mps", SPEED_BINS), ("wait_s", WAIT_BINS)):
        one = _compare(
            "SinD, crossings", "pedestrian", f"crossing_{quantity}", _one_by_one(getattr(before, quantity)),
            getattr(after, quantity), bins,
        )  # fmt: skip
        if np.isfinite(one.distance):
            yield one
    lit = int(before.has_light.sum())
    shares.append(
        SharedBy(
            what="began to cross at red",
            road_user=RoadUser.PEDESTRIAN.name.lower(),
            recorded=before.red_share,
            interval=share_interval(int(before.began_at_red[before.has_light].sum()), lit),
            total=lit,
            simulated=after.red_share,
        )
    )


def _joined(parts: list[Crossings]) -> Crossings:
    return Crossings(
        speed_mps=np.concatenate([part.speed_mps for part in parts]) if parts else np.zeros(0),
        wait_s=np.concatenate([part.wait_s for part in parts]) if parts else np.zeros(0),
        began_at_red=np.concatenate([part.began_at_red for part in parts]) if parts else np.zeros(0, dtype=np.bool_),
        has_light=np.concatenate([part.has_light for part in parts]) if parts else np.zeros(0, dtype=np.bool_),
    )


def _in_words(site: SiteReport) -> str:
    runs = site.runs
    delays = np.concatenate([run.delay_s[np.isfinite(run.delay_s)] for run in runs])
    tracks = runs[0].drive.tracks
    hours = float(tracks.time_ns[-1] - tracks.time_ns[0]) * 1e-9 / _HOUR_S
    return (
        f"seeded crossroads, {len(runs)} runs of {60.0 * hours:.0f} minutes: "
        f"{runs[0].facts.object_id.size} road users each, "
        f"{runs[0].num_left_out} left out, {runs[0].num_without_arm} without an arm whose light agrees, came late by "
        f"{np.median(delays):.1f} s (median) and {np.percentile(delays, 95):.1f} s (p95), "
        f"{sum(run.num_jammed for run in runs) / len(runs):.0f} a run taken out of jams"
    )
