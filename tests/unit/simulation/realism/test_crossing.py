"""People who cross a hand-made street."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from zhixing.datatypes.evidence import Drive
from zhixing.datatypes.lights import Light, Lights
from zhixing.datatypes.road import LaneKind, Road
from zhixing.datatypes.tracks import RoadUser, Tracks
from zhixing.simulation.realism.crossing import crossings_in, lags_s

LIGHTS = Lights(np.array([0, 8_000_000_000]), np.array([[Light.RED, Light.GREEN]]))


def walker(by_hand: SimpleNamespace, waits_s: float, speed_mps: float = 1.25) -> Tracks:
    """Return somebody who walks 2 m to a kerb at y = 0, waits, and crosses 10 m."""
    steps = 300
    gone = np.clip(0.1 * np.arange(steps) * speed_mps, 0.0, 2.0)
    after = np.clip((0.1 * np.arange(steps) - 2.0 / speed_mps - waits_s) * speed_mps, 0.0, 14.0)
    y = gone + after - 2.0
    tracks = by_hand.tracks([by_hand.User(object_id=1, x_m=0.0, road_user=RoadUser.PEDESTRIAN)], steps)
    xy = np.stack((np.zeros(steps), y), axis=-1)[None]
    speed = np.gradient(y, 0.1)[None]
    walked: Tracks = replace(tracks, xy_m=xy, yaw_rad=np.full((1, steps), np.pi / 2.0), speed_mps=speed)
    return walked


def drive(by_hand: SimpleNamespace, tracks: Tracks, light: int = 0) -> Drive:
    lane = by_hand.lane("zebra", by_hand.straight((0, 0), (0, 10)), kind=LaneKind.CROSSING, light_group=light)
    road = Road(name="zebra", lanes=(lane,), successors=((),), num_light_groups=1)
    return Drive(drive_id="zebra", source="by hand", road=road, tracks=tracks, lights=LIGHTS)


def test_who_waits_for_green_is_told_from_who_does_not(by_hand: SimpleNamespace) -> None:
    waits = crossings_in(drive(by_hand, walker(by_hand, waits_s=8.0)))
    goes = crossings_in(drive(by_hand, walker(by_hand, waits_s=0.0)))
    assert (waits.red_share, goes.red_share) == (0.0, 1.0)
    assert waits.wait_s[0] == pytest.approx(8.0, abs=0.3)
    assert goes.wait_s[0] == 0.0
    assert waits.speed_mps[0] == pytest.approx(1.25, abs=0.05)


def test_without_a_light_nobody_runs_one_and_who_is_too_fast_is_no_walker(by_hand: SimpleNamespace) -> None:
    assert np.isnan(crossings_in(drive(by_hand, walker(by_hand, 0.0), light=-1)).red_share)
    assert not crossings_in(drive(by_hand, walker(by_hand, 0.0, speed_mps=4.0))).speed_mps.size


def test_a_drive_without_a_map_has_no_crossings(by_hand: SimpleNamespace) -> None:
    assert not crossings_in(replace(drive(by_hand, walker(by_hand, 0.0)), road=None)).speed_mps.size


def test_a_lag_is_the_time_from_the_walker_to_the_next_vehicle(by_hand: SimpleNamespace) -> None:
    walks = by_hand.User(
        object_id=1, x_m=0.0, y_m=-3.0, yaw_rad=np.pi / 2.0, speed_mps=1.5, road_user=RoadUser.PEDESTRIAN
    )
    behind = by_hand.User(object_id=2, x_m=-60.0, speed_mps=10.0)
    before = by_hand.User(object_id=3, x_m=5.0, speed_mps=10.0)
    lag = lags_s(by_hand.tracks([walks, behind, before], 100))
    assert lag.size == 1  # who was there before the walker does not count
    assert 1.5 < lag[0] < 4.5
