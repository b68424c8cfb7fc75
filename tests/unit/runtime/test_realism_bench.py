"""The bench that compares simulated with recorded traffic."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from zhixing.datatypes.tracks import RoadUser
from zhixing.errors import InputError
from zhixing.runtime.bench.realism import run_realism
from zhixing.runtime.bench.realism_agents import half_of, run_agents
from zhixing.runtime.bench.realism_sites import (
    city_streets,
    drawn_sizes,
    red_counts,
    run_site,
    simulated_facts,
    stays_s,
)
from zhixing.simulation.traffic.models import MODEL_OF

DATA = Path(os.environ.get("ZHIXING_SHARED", Path(__file__).resolve().parents[3].parent / "shared")) / "data"
SIND = DATA / "sind" / "Data" / "Tianjin" / "8_2_1"
SECTION = DATA / "onsite_china" / "SECTION"


def shared(path: Path) -> Path:
    if not path.exists():
        pytest.skip(f"no recording at {path}")
    return path


def test_a_folder_without_recordings_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no recording to compare"):
        run_realism(tmp_path)


def test_halves_have_nothing_in_common_and_leave_nothing_out() -> None:
    files = [Path(str(k)) for k in range(7)]
    first, second = (half_of(files, is_held_out=held) for held in (False, True))
    assert [*first, *second] == files


def test_drawn_sizes_are_around_those_of_the_models() -> None:
    sizes = drawn_sizes()
    assert set(sizes) == {int(user) for user in MODEL_OF}
    assert sizes[RoadUser.CAR].mean(axis=0) == pytest.approx(MODEL_OF[RoadUser.CAR].size_m, rel=0.02)


@pytest.mark.slow
def test_streets_of_the_city_have_everybody_on_them() -> None:
    found = city_streets()
    assert {group for _, group in found.parts} == {"car", "large vehicle", "two-wheeler", "pedestrian"}
    assert 2.0 < found.median("moving_mps", "car") < 14.0


@pytest.mark.slow
def test_the_record_of_tianjin_is_seeded() -> None:
    site = run_site(shared(SIND))
    after = simulated_facts(site)
    assert site.recorded.object_id.size == 326
    assert red_counts(site.recorded, RoadUser.EBIKE) == (25, 60)
    assert 0.9 * 3 * 311 < after.object_id.size <= 3 * 326
    assert 5.0 < np.median(stays_s(after, RoadUser.CAR)) < 25.0
    for run in site.runs:
        assert run.num_left_out == 30
        assert np.nanmedian(run.delay_s) < 2.0
        assert run.num_jammed < 0.1 * run.facts.object_id.size


@pytest.mark.slow
def test_recorded_scenes_are_simulated_beside_others() -> None:
    report = run_agents(shared(SECTION))
    by_who = {row.who: row for row in report.rows}
    assert [row.scenes for row in report.rows] == [7, 7, 7, 7]
    best, ours, straight = (
        by_who[who].composite for who in ("the recording itself", "Zhixing's traffic", "constant velocity")
    )
    assert 1.0 >= best > ours > straight > 0.0
    assert by_who["the recording itself"].min_ade_m == 0.0
