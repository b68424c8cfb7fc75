"""Scenes of mixed traffic are the same whoever asks, and a bad driver shows."""

from __future__ import annotations

import pytest

from zhixing.errors import PluginError
from zhixing.runtime.bench.mixed_traffic import SceneResult, drive_scenes, mixed_traffic


@pytest.mark.slow
def test_a_scene_is_the_same_in_one_process_and_in_two() -> None:
    one, two = drive_scenes("idm", range(1, 4), 1), drive_scenes("idm", range(1, 4), 2)
    assert one == two
    assert all(result.distance_m > 20.0 for result in one)


@pytest.mark.slow
def test_the_bench_tells_collisions_and_progress_of_planner_and_peer() -> None:
    measures = {measure.name: measure for measure in mixed_traffic("idm", seeds=2, jobs=1)}
    assert len(measures) == 5
    assert measures["idm, collisions at fault in 2 scenes of 20 s"].is_reached
    (ratio,) = (m for name, m in measures.items() if "progress" in name)
    assert ratio.value == pytest.approx(1.0)


def test_running_into_somebody_or_off_the_road_is_not_surviving() -> None:
    assert SceneResult(distance_m=10.0, events={"hit-without-fault": 1, "stuck": 1}).survives
    assert not SceneResult(distance_m=10.0, events={"collision": 1}).survives
    assert not SceneResult(distance_m=10.0, events={"off-road": 1}).survives


def test_a_planner_nobody_registered_is_told_at_once() -> None:
    with pytest.raises(PluginError):
        mixed_traffic("nobody", seeds=1)
