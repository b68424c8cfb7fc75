"""Sim agents in hand-made scenes, and the score of futures that are right, plausible and absurd."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from zhixing.datatypes.evidence import Scenario
from zhixing.datatypes.tracks import RoadUser
from zhixing.simulation.realism.agent_features import edge_field, features_of
from zhixing.simulation.realism.agent_scene import (
    AgentRollouts,
    AgentScene,
    as_recorded,
    constant_velocity,
    path_followers,
    scene_of,
    tracks_of,
)
from zhixing.simulation.realism.agent_score import JUDGED, composite, likelihoods, min_ade_m
from zhixing.simulation.realism.agent_world import simulate


@pytest.fixture
def scene(by_hand: SimpleNamespace) -> AgentScene:
    """Return a street: two cars that follow each other, one beside, one that is parked, a rider, a walker."""
    user = by_hand.User
    task: Scenario = by_hand.scenario(
        users=[
            user(object_id=1, x_m=0.0, speed_mps=8.0),
            user(object_id=2, x_m=25.0, speed_mps=8.0),
            user(object_id=3, x_m=10.0, y_m=3.5, speed_mps=9.0),
            user(object_id=4, x_m=60.0, y_m=-6.0, speed_mps=0.0),
            user(object_id=5, x_m=-12.0, y_m=-1.2, speed_mps=5.0, road_user=RoadUser.EBIKE, size_m=(1.8, 0.7)),
            user(object_id=6, x_m=40.0, y_m=-8.0, speed_mps=1.3, road_user=RoadUser.PEDESTRIAN, size_m=(0.5, 0.5)),
        ],
        duration_s=7.0,
    )
    return scene_of(task.road, task.background, task.lights, 10, 50)


def score(scene: AgentScene, rollouts: AgentRollouts) -> float:
    recorded = features_of(as_recorded(scene), scene.tracks, scene.road)
    return composite(likelihoods(recorded, features_of(rollouts, scene.tracks, scene.road)))


def test_weights_are_those_published() -> None:
    assert sum(one.weight for one in JUDGED) == pytest.approx(1.0)
    assert {one.name for one in JUDGED if one.weight == 0.25} == {"collides", "leaves"}


def test_everybody_begins_where_it_was_and_nobody_runs_into_anybody(scene: AgentScene) -> None:
    rollouts = simulate(scene, 8, 1)
    assert rollouts.xy_m.shape == (8, 6, 51, 2)
    assert np.allclose(rollouts.xy_m[:, :, 0], scene.tracks.xy_m[:, 0])
    assert rollouts.there.all()
    features = features_of(rollouts, scene.tracks, scene.road)
    assert not features.collides.any()
    moved = np.hypot(*np.moveaxis(rollouts.xy_m[:, :, -1] - rollouts.xy_m[:, :, 0], -1, 0))
    assert (moved[:, 3] == 0.0).all()  # parked
    assert (moved[:, [0, 1, 2]] > 10.0).all()


def test_futures_differ_by_seed_and_are_the_same_again(scene: AgentScene) -> None:
    one, again, other = simulate(scene, 4, 1), simulate(scene, 4, 1), simulate(scene, 4, 2)
    assert np.array_equal(one.xy_m, again.xy_m)
    assert not np.array_equal(one.xy_m, other.xy_m)
    assert np.ptp(one.xy_m[:, 0, -1, 0]) > 0.5


def test_the_recording_is_likelier_than_the_model_and_the_model_than_what_is_absurd(scene: AgentScene) -> None:
    steady, rng = as_recorded(scene), np.random.default_rng(1)
    hasty = replace(steady, xy_m=steady.xy_m[:, :, :1] + 3.0 * (steady.xy_m - steady.xy_m[:, :, :1]))
    drunk = replace(steady, xy_m=steady.xy_m + rng.normal(0.0, 3.0, steady.xy_m.shape))
    heap = replace(steady, xy_m=np.broadcast_to(steady.xy_m[:, :1], steady.xy_m.shape).copy())
    ours = score(scene, simulate(scene, 16, 1))
    assert score(scene, steady) > ours > max(score(scene, planted) for planted in (hasty, drunk, heap))


def test_who_knows_the_paths_repeats_them_where_nobody_is_in_the_way(scene: AgentScene) -> None:
    assert min_ade_m(scene.tracks.xy_m, scene.tracks.valid, path_followers(scene).xy_m) < 0.5
    assert min_ade_m(scene.tracks.xy_m, scene.tracks.valid, constant_velocity(scene).xy_m) == pytest.approx(0.0)


def test_distances_collisions_and_edges_are_those_of_the_boxes(by_hand: SimpleNamespace) -> None:
    user = by_hand.User
    task = by_hand.scenario(
        users=[
            user(object_id=1, x_m=50.0, speed_mps=10.0),
            user(object_id=2, x_m=64.0, speed_mps=5.0),
            user(object_id=3, x_m=150.0, y_m=-2.0),
            user(object_id=4, x_m=151.0, y_m=-2.0),
        ],
        duration_s=4.0,
    )
    scene = scene_of(task.road, task.background, task.lights, 10, 20)
    found = features_of(as_recorded(scene), scene.tracks, scene.road)
    assert found.nearest_m[0, 0, 0] == pytest.approx(4.5)
    assert found.collision_s[0, 0, 0] == pytest.approx(0.9)
    assert found.collides[0].tolist() == [True, True, True, True]
    assert found.leaves[0].tolist() == [False, False, True, True]
    assert edge_field(scene.road).away_m.min() < -2.0


def test_futures_become_tracks(scene: AgentScene) -> None:
    tracks = tracks_of(as_recorded(scene), scene, 0)
    assert tracks.speed_mps[0] == pytest.approx(np.full(51, 8.0))
