"""SinD records: who was where, what the lights showed, whom they bind, and what is told of everybody."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhixing.datatypes.lights import Light
from zhixing.datatypes.road import NO_LIGHT
from zhixing.datatypes.tracks import RoadUser
from zhixing.datatypes.traffic_facts import Movement, Violation
from zhixing.formats.sind import is_sind, read_sind, read_sind_place
from zhixing.formats.sind_classes import FRAME_NS, PEDESTRIAN_ID
from zhixing.formats.sind_facts import read_sind_facts, read_sind_recording
from zhixing.formats.sind_lights import is_light_log, read_light_log
from zhixing.formats.sind_tracks import read_sind_tracks
from zhixing.testing.lanelet2_files import Crossroads
from zhixing.testing.sind_files import (
    LIGHTS,
    PEDESTRIAN_FACTS,
    PEDESTRIANS,
    RECORDING,
    VEHICLE_FACTS,
    VEHICLES,
    write_record,
)


def test_everybody_is_where_the_tables_say(tmp_path: Path) -> None:
    tracks = read_sind(write_record(tmp_path)).tracks
    assert tracks.object_id.tolist() == [3, 7, PEDESTRIAN_ID, PEDESTRIAN_ID + 2]
    assert tracks.road_user.tolist() == [RoadUser.CAR, RoadUser.EBIKE, RoadUser.PEDESTRIAN, RoadUser.PEDESTRIAN]
    assert tracks.time_ns.tolist() == [2 * FRAME_NS, 3 * FRAME_NS, 4 * FRAME_NS, 5 * FRAME_NS]
    assert tracks.valid.astype(int).tolist() == [[1, 1, 1, 0], [0, 1, 0, 1], [1, 1, 1, 1], [0, 0, 0, 1]]
    assert tracks.xy_m[0, 1].tolist() == [11.0, 2.0]
    assert tracks.size_m.tolist() == [[4.5, 1.8], [1.7, 0.7], [0.5, 0.5], [0.5, 0.5]]


def test_vehicles_have_the_heading_of_the_table_and_the_speed_along_it(tmp_path: Path) -> None:
    tracks = read_sind(write_record(tmp_path)).tracks
    assert tracks.yaw_rad[0, 0] == pytest.approx(math.pi)
    assert tracks.speed_mps[0, 0] == pytest.approx(-10.0)  # in reverse
    assert tracks.speed_mps[1, 1] == pytest.approx(5.0)


def test_pedestrians_look_where_they_walk_and_keep_it_when_they_stand(tmp_path: Path) -> None:
    tracks = read_sind(write_record(tmp_path)).tracks
    assert tracks.yaw_rad[2] == pytest.approx([0.5 * math.pi, 0.5 * math.pi, 0.5 * math.pi, 0.0])
    assert tracks.speed_mps[2] == pytest.approx([0.0, 1.2, 0.0, 1.0])
    assert tracks.speed_mps[3, 3] == 0.0


def test_a_record_has_a_name_a_source_and_nobody_who_recorded_it(tmp_path: Path) -> None:
    folder = write_record(tmp_path)
    drive = read_sind(folder)
    assert (drive.drive_id, drive.source, drive.ego_id) == (folder.name, "sind", -1)
    assert is_sind(folder)
    assert not is_sind(tmp_path)


def test_one_table_of_tracks_is_enough(tmp_path: Path) -> None:
    folder = write_record(tmp_path)
    (folder / "Veh_smoothed_tracks.csv").unlink()
    assert read_sind(folder).tracks.num_objects == 2
    (folder / "Ped_smoothed_tracks.csv").write_text(VEHICLES, "utf-8")
    assert read_sind_tracks([folder / "Ped_smoothed_tracks.csv"]).num_objects == 2


def test_a_record_without_map_and_lights_has_none(tmp_path: Path) -> None:
    folder = tmp_path / "Tianjin" / "record"
    folder.mkdir(parents=True)
    (folder / "Ped_smoothed_tracks.csv").write_text(PEDESTRIANS, "utf-8")
    drive = read_sind(folder)
    assert drive.road is None
    assert drive.lights.light.shape == (0, 1)


def test_lights_show_what_the_log_says(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text(LIGHTS, "utf-8")
    log = read_light_log(path)
    assert log.names == ("vehicle 1", "vehicle 2")
    assert log.lights.time_ns.tolist() == pytest.approx([-1_000_000_000, 0, 3_003_003_000], abs=1_000)
    assert [Light(k).name for k in log.lights.at(1)] == ["YELLOW", "RED"]
    assert [Light(k).name for k in log.lights.at(4_000_000_000)] == ["RED", "GREEN"]
    assert is_light_log(path)
    assert not is_light_log(tmp_path / "absent.csv")


@pytest.mark.parametrize(
    ("header", "names"),
    [
        ("Traffic light 1,Traffic light 2", ("1", "2")),
        ("Vehicle Traffic light 1,Pedestrian Traffic light 1", ("vehicle 1", "pedestrian 1")),
    ],
)
def test_lights_are_named_by_their_columns(tmp_path: Path, header: str, names: tuple[str, ...]) -> None:
    path = tmp_path / "log.csv"
    path.write_text(LIGHTS.replace("Vehicle Traffic light 1,Vehicle Traffic light 2", header), "utf-8")
    assert read_light_log(path).names == names


def test_a_time_that_is_missing_follows_from_the_pictures(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text(LIGHTS.replace("\n-30,-1000,", "\n-30,,"), "utf-8")
    assert read_light_log(path).lights.time_ns[0] == pytest.approx(-1e9, abs=2e6)


@given(order=st.permutations(LIGHTS.splitlines()[1:] + LIGHTS.splitlines()[2:3]))
def test_the_order_of_the_log_and_repeated_lines_say_nothing(
    tmp_path_factory: pytest.TempPathFactory, order: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("logs")
    (folder / "a.csv").write_text(LIGHTS, "utf-8")
    (folder / "b.csv").write_text("\n".join([LIGHTS.splitlines()[0], *order]), "utf-8")
    a, b = read_light_log(folder / "a.csv").lights, read_light_log(folder / "b.csv").lights
    assert a.time_ns.tolist() == b.time_ns.tolist()
    assert a.light.tolist() == b.light.tolist()


def test_lights_bind_those_who_come_from_their_side_but_no_right_turn(tmp_path: Path) -> None:
    zebra = {161: {"type": "zebra"}, 162: {"type": "zebra"}}
    crossroads = Crossroads(is_geographic=True, way_tags=zebra, tags={4: {"turn_direction": "right"}})
    road, lights = read_sind_place(write_record(tmp_path / "Changchun", crossroads.text()))
    assert road is not None
    assert road.num_light_groups == lights.light.shape[0] == 2
    group = {lane.lane_id: lane.light_group for lane in road.lanes}
    # from the west: the second light of Changchun; its crossing goes with the street that it runs along
    assert {name: k for name, k in group.items() if k != NO_LIGHT} == {"3": 1, "10": 1, "161/162": 0}


def test_lights_of_an_unknown_place_bind_nobody(tmp_path: Path) -> None:
    road, lights = read_sind_place(write_record(tmp_path / "Shanghai", Crossroads(is_geographic=True).text()))
    assert road is not None
    assert road.num_light_groups == lights.light.shape[0] == 2
    assert all(lane.light_group == NO_LIGHT for lane in road.lanes)


def test_facts_are_those_of_the_tables(tmp_path: Path) -> None:
    (tmp_path / "v.csv").write_text(VEHICLE_FACTS, "utf-8")
    (tmp_path / "p.csv").write_text(PEDESTRIAN_FACTS, "utf-8")
    facts = read_sind_facts(tmp_path / "v.csv", tmp_path / "p.csv")
    assert facts.object_id.tolist() == [12, 15, 16, PEDESTRIAN_ID + 1]
    assert facts.road_user.tolist() == [RoadUser.CAR, RoadUser.EBIKE, RoadUser.BUS, RoadUser.PEDESTRIAN]
    assert facts.size_m[0].tolist() == [4.9, 1.9]
    assert np.isnan(facts.size_m[3]).all()
    assert facts.movement.tolist() == [Movement.STRAIGHT, Movement.LEFT, Movement.RIGHT, Movement.OTHER]
    assert facts.violation.tolist() == [Violation.YELLOW, Violation.RED, Violation.NONE, Violation.NONE]
    assert facts.present_ns[0].tolist() == [58 * FRAME_NS, 230 * FRAME_NS]
    assert read_sind_facts(tmp_path / "v.csv").object_id.size == 3


def test_a_record_says_when_and_where_it_was_made(tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text(RECORDING, "utf-8")
    found = read_sind_recording(tmp_path / "r.csv")
    assert (found.city, found.weekday, found.hours, found.weather) == ("Tianjin", "Monday", "9:00-10:00", "sunny")
    assert found.duration_s == 1201.6
    assert found.counts[RoadUser.EBIKE] == 171
