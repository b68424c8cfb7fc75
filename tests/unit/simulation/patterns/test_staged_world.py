"""A staged scene that plays: cues come, the cast acts, the ego sees only what can be seen."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from zhixing.datatypes.plan import Control
from zhixing.datatypes.tracks import RoadUser
from zhixing.driving.idm import IdmPlanner
from zhixing.simulation.patterns.catalogue import pattern_named
from zhixing.simulation.patterns.staged_world import EGO_ID, NIGHT_SIGHT_M, StagedWorld, perform
from zhixing.simulation.rollout import rollout

STRAIGHT_ON = Control(accel_mps2=0.0, steer_rate_radps=0.0)


def test_who_is_hidden_is_not_seen_and_steps_out_at_the_cue() -> None:
    world = StagedWorld(pattern_named("dart-out").make({"ego_mps": 10.0}))
    walker = world.id_of("walker")
    seen_at, left = -1.0, np.inf
    while not world.is_over:
        others = world.scene().others
        row = np.flatnonzero(others.object_id == walker)
        if row.size and others.valid[row[0], -1]:
            seen_at = world.time_ns * 1e-9
            x, _ = others.xy_m[row[0], -1]
            left = (x - world.ego.x_m) / 10.0
            break
        world.step(STRAIGHT_ON)
    assert seen_at > 3.0  # not from the beginning
    assert 0.3 < left < 2.6  # and not before it comes out


def test_by_night_who_is_dark_is_seen_late() -> None:
    staging = pattern_named("walker-off-crossing").make({"ego_mps": 8.0})
    first = {}
    for is_night in (False, True):
        world = StagedWorld(dataclasses.replace(staging, is_night=is_night))
        while not world.is_over:
            others = world.scene().others
            if (others.road_user == RoadUser.PEDESTRIAN).any():
                first[is_night] = float(np.hypot(*(others.xy_m[0, -1] - [world.ego.x_m, world.ego.y_m])))
                break
            world.step(STRAIGHT_ON)
    assert first[False] > NIGHT_SIGHT_M + 5.0
    assert first[True] < NIGHT_SIGHT_M + 3.0


def test_backwards_means_tail_first() -> None:
    drive = perform(pattern_named("reversing-vehicle").make({"back_mps": 2.0})).drive()
    row = 1
    speed, yaw = drive.tracks.speed_mps[row], drive.tracks.yaw_rad[row]
    moved = np.diff(drive.tracks.xy_m[row, :20], axis=0)
    along = moved[:, 0] * np.cos(yaw[1:20]) + moved[:, 1] * np.sin(yaw[1:20])
    assert speed[:20].max() < -1.0
    assert along.max() < 0.0


def test_a_driver_can_be_put_into_it() -> None:
    world = StagedWorld(pattern_named("walker-off-crossing").make(), extra_s=25.0)
    task = world.scenario("one", "walker-off-crossing")
    trace = rollout(task, IdmPlanner(), world=world)
    assert trace.outcome == "goal"
    assert trace.background.num_steps == trace.time_ns.size
    assert world.scenario("one", "walker-off-crossing").background.num_steps == trace.time_ns.size


def test_the_recording_names_the_ego() -> None:
    drive = perform(pattern_named("fallen-load").make()).drive()
    assert drive.ego_id == EGO_ID
    assert EGO_ID in drive.tracks.object_id
    assert drive.tracks.num_steps == round(16.0 / 0.1) + 1


@pytest.mark.parametrize("name", ["cut-in-at-speed", "swarm-at-green", "blocked-box"])
def test_nobody_of_the_cast_is_at_two_places_at_once(name: str) -> None:
    tracks = perform(pattern_named(name).make()).drive().tracks
    leaps = np.hypot(*np.diff(tracks.xy_m, axis=1).transpose(2, 0, 1))
    both = tracks.valid[:, 1:] & tracks.valid[:, :-1]
    allowed = np.abs(tracks.speed_mps[:, 1:]) * 0.1 + np.abs(tracks.speed_mps[:, :-1]) * 0.1 + 0.15
    assert np.all(leaps[both] <= allowed[both])
