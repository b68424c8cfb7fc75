"""The records of SinD that are at hand: three with pedestrians only, one with facts only, one that is but a pointer."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from zhixing.datatypes.lights import Light
from zhixing.datatypes.road import NO_LIGHT, LaneKind
from zhixing.datatypes.tracks import RoadUser
from zhixing.datatypes.traffic_facts import Movement, Violation
from zhixing.errors import RecordingError
from zhixing.formats.sind import is_sind, read_sind, read_sind_place
from zhixing.formats.sind_facts import read_sind_facts, read_sind_recording
from zhixing.formats.sind_streets import city_in
from zhixing.formats.sind_tracks import read_sind_tracks
from zhixing.simulation.traffic_mix import count_traffic

SIND = Path(os.environ.get("ZHIXING_SHARED", Path(__file__).resolve().parents[3].parent / "shared")) / "data" / "sind"


def record(city: str) -> Path:
    folders = [path for path in sorted(SIND.glob("Data/*/*")) if path.is_dir() and city_in(path.parent.name) == city]
    if not folders:
        pytest.skip(f"no record of {city} in {SIND}")
    return folders[0]


@pytest.mark.parametrize(
    ("city", "people", "frames", "lights", "changes"),
    [("chongqing", 40, 11_187, 8, 120), ("xian", 16, 8_258, 2, 41)],
)
def test_records_with_pedestrians_are_drives(city: str, people: int, frames: int, lights: int, changes: int) -> None:
    drive = read_sind(record(city))
    assert (drive.tracks.num_objects, drive.tracks.num_steps) == (people, frames)
    assert set(drive.tracks.road_user.tolist()) == {RoadUser.PEDESTRIAN}
    assert drive.lights.light.shape == (lights, changes)
    assert drive.road is not None
    assert drive.road.num_light_groups == lights


def test_a_pointer_to_tracks_is_refused() -> None:
    folder = record("changchun")
    with pytest.raises(RecordingError, match="only a git-lfs pointer") as caught:
        read_sind(folder)
    assert "git lfs pull" in (caught.value.hint or "")
    assert read_sind_tracks([folder / "Ped_smoothed_tracks.csv"]).num_objects == 49


@pytest.mark.parametrize("city", ["tianjin", "changchun", "chongqing", "xian"])
def test_each_movement_but_right_turns_has_a_light(city: str) -> None:
    road, lights = read_sind_place(record(city))
    assert road is not None
    entered = {following for line in road.stop_lines for k in line.lanes for following in road.successors[k]}
    inside = [road.lanes[k] for k in entered if road.lanes[k].junction == 0]
    assert {lane.turn for lane in inside if lane.light_group == NO_LIGHT} == {"right"}
    assert all(lane.turn != "right" for lane in inside if lane.light_group != NO_LIGHT)
    assert {lane.light_group for lane in inside} - {NO_LIGHT} <= set(range(lights.light.shape[0]))


@pytest.mark.parametrize("city", ["tianjin", "changchun", "chongqing", "xian"])
def test_streets_that_cross_are_never_green_together(city: str) -> None:
    road, lights = read_sind_place(record(city))
    assert road is not None
    axis: dict[bool, set[int]] = {True: set(), False: set()}
    for lane in road.lanes:
        if lane.turn == "straight" and lane.light_group != NO_LIGHT:
            way = np.abs(lane.centre_xy_m[-1] - lane.centre_xy_m[0])
            axis[bool(way[0] > way[1])].add(lane.light_group)
    for one in axis[True]:
        for other in axis[False]:
            assert not ((lights.light[one] == Light.GREEN) & (lights.light[other] == Light.GREEN)).any()


@pytest.mark.parametrize("city", ["changchun", "xian"])
def test_people_walk_with_the_light_of_the_street(city: str) -> None:
    folder = record(city)
    road, lights = read_sind_place(folder)
    assert road is not None
    tracks = read_sind_tracks([folder / "Ped_smoothed_tracks.csv"])
    inside = np.concatenate([lane.centre_xy_m for lane in road.lanes if lane.junction == 0])
    middle, reach_m = inside.mean(axis=0), 0.5 * np.ptp(inside, axis=0).min()
    group = {}
    for lane in road.lanes:
        if lane.turn == "straight":
            way = lane.centre_xy_m[-1] - lane.centre_xy_m[0]
            group[bool(abs(way[0]) > abs(way[1]))] = (lane.light_group, way / np.hypot(*way))
    shown = np.stack([lights.at(int(time_ns)) for time_ns in tracks.time_ns], axis=-1)
    heading = np.stack((np.cos(tracks.yaw_rad), np.sin(tracks.yaw_rad)), axis=-1)
    walking = tracks.valid & (tracks.speed_mps > 0.5) & (reach_m > np.hypot(*(tracks.xy_m - middle).T).T)
    for light, along in group.values():
        _, step = np.nonzero(walking & (np.abs(heading @ along) > 0.9))
        assert step.size > 100
        assert (shown[light, step] == Light.GREEN).mean() > 0.7


def test_facts_say_who_was_there_and_who_ran_red() -> None:
    folder = record("tianjin")
    facts = read_sind_facts(folder / "Veh_tracks_meta.csv", folder / "Ped_tracks_meta.csv")
    told = read_sind_recording(folder / "recording_metas.csv")
    counts = Counter(facts.road_user.tolist())
    assert facts.object_id.size == 677
    assert dict(counts) == told.counts
    assert (facts.violation == Violation.RED).sum() == 101
    assert (facts.violation == Violation.YELLOW).sum() == 15
    mix = count_traffic(facts)
    ebike = mix.road_user.tolist().index(RoadUser.EBIKE)
    assert mix.share[ebike] == pytest.approx(171 / 677)
    assert mix.red_share[ebike, Movement.STRAIGHT] == pytest.approx(35 / 82)
    assert mix.red_share[ebike, Movement.LEFT] == pytest.approx(24 / 45)
    assert mix.size_mean_m[ebike] == pytest.approx([1.744, 0.776], abs=1e-3)


def test_records_are_told_from_other_folders() -> None:
    assert is_sind(record("xian"))
    assert not is_sind(record("tianjin"))
    assert {lane.kind for lane in (read_sind(record("xian")).road or pytest.fail("no road")).lanes} == {
        LaneKind.DRIVING,
        LaneKind.CROSSING,
    }
