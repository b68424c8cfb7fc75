"""SinD records that make no sense: every one is an error of the caller, which says where, with a hint."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from zhixing.errors import RecordingError
from zhixing.formats.sind import read_sind, read_sind_place
from zhixing.formats.sind_facts import read_sind_facts, read_sind_recording
from zhixing.formats.sind_lights import read_light_log
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

POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:f311\nsize 129987853\n"
Edit = Callable[[str], str]


def refused(read: Callable[[Path], object], path: Path, text: str, said: str) -> None:
    path.write_text(text, "utf-8")
    with pytest.raises(RecordingError, match=said) as caught:
        read(path)
    assert caught.value.hint
    assert path.name in str(caught.value)


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (lambda _: POINTER, "only a git-lfs pointer"),
        (lambda _: "", "is empty"),
        (lambda _: "x" * 20_000, "first line without end"),
        (lambda text: text.replace("agent_type", "kind"), "0 columns 'agent_type'"),
        (lambda text: text.replace("heading_rad", "yaw_rad"), "2 columns 'yaw_rad'"),
        (lambda text: text.replace(",10.0,2.0,", ",10.0,"), "line 2 has 17 columns, not 18"),
        (lambda text: text.replace("12.0,2.0", "east,2.0"), "line 4 has x 'east'"),
        (lambda text: text.replace("12.0,2.0", "nan,2.0"), "line 4 has x 'nan'"),
        (lambda text: text.replace("12.0,2.0", "12.0,1e9"), "line 4 has y '1e9'"),
        (lambda text: text.replace("3.0,4.0", "3.0,inf"), "line 5 has vy 'inf'"),
        (lambda text: text.replace("0.9272952180016122,0", "x,0"), "line 5 has yaw_rad 'x'"),
        (lambda text: text.replace(",1.7,", ",0.0,"), "line 5 has a length of 0 m"),
        (lambda text: text.replace(",0.7,", ",99,"), "line 5 has a width of 99 m"),
        (lambda text: text.replace("motorcycle", "horse"), "line 5 has the class 'horse'"),
        (lambda text: text.replace("motorcycle", "car", 1), "line 6 makes the track 7 a ebike"),
        (lambda text: text.replace("\n7,", "\nQ7,"), "line 5 has track_id 'Q7'"),
        (lambda text: text.replace("\n7,3,", "\n7,3.5,"), "line 5 has frame_id '3.5'"),
        (lambda text: text.replace("\n7,3,", "\n7,-3,"), "line 5 has frame_id '-3'"),
        (lambda text: text.replace("\n3,3,300.3003003003", "\n3,4,400.4"), "line 4 has the track 3 a second time"),
        (lambda text: text.replace("300.3003003003", "350"), "line 3 has frame 3 at 350 ms"),
        (lambda text: text.replace("300.3003003003", ""), "line 3 has timestamp_ms ''"),
        (lambda text: text.replace("length", "long"), "is a car without a box"),
        (lambda text: text + "7\x00,", r"line 7|columns"),
    ],
)
def test_tracks_that_make_no_sense_are_refused(tmp_path: Path, edit: Edit, said: str) -> None:
    assert edit(VEHICLES) != VEHICLES
    refused(lambda path: read_sind_tracks([path]), tmp_path / "Veh_smoothed_tracks.csv", edit(VEHICLES), said)


def test_a_record_far_too_long_is_refused(tmp_path: Path) -> None:
    far = "P{},9000000,900900900.9,pedestrian,0,0,0,0,0,0\n"
    path = tmp_path / "Ped_smoothed_tracks.csv"
    path.write_text(PEDESTRIANS + "".join(far.format(k) for k in range(5, 9)), "utf-8")
    with pytest.raises(RecordingError, match="6 road users in 8,999,999 frames"):
        read_sind_tracks([path])


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (lambda _: POINTER, "only a git-lfs pointer"),
        (lambda text: text.replace("Vehicle Traffic light 2", "Lamp"), "column 'Lamp'"),
        (lambda text: "\n".join(line.rsplit(",", 2)[0] for line in text.splitlines()), "0 lights"),
        (lambda text: text.replace("0,0,3,0", "0,0,2,0"), "line 3 has Vehicle Traffic light 1 '2'"),
        (lambda text: text.replace("0,0,3,0", "0,0,,0"), "line 3 has Vehicle Traffic light 1 ''"),
        (lambda text: text.replace("\n0,0,", "\nx,0,"), "line 3 has RawFrameID 'x'"),
        (lambda text: text.replace("3003.003", "soon"), "line 4 has timestamp"),
        (lambda text: text + "90,3003.003,1,1\n", "lines 4 and 5 differ on picture 90"),
        (lambda text: text + "180,9000,1,1\n", "out of step"),
        (lambda text: text.replace("-1000", "").replace("3003.003", ""), "1 times"),
        (lambda text: text.splitlines()[0], "0 times"),
        (lambda text: text.replace("-1000", "9").replace("0,0,3,0", "0,0,3,0"), "out of step"),
    ],
)
def test_a_log_of_lights_that_makes_no_sense_is_refused(tmp_path: Path, edit: Edit, said: str) -> None:
    assert edit(LIGHTS) != LIGHTS
    refused(read_light_log, tmp_path / "log.csv", edit(LIGHTS), said)


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (lambda _: POINTER, "only a git-lfs pointer"),
        (lambda text: text.splitlines()[0], "tells of nobody"),
        (lambda text: text.replace("LeftTurn", "Up"), "line 3 says 'Up'"),
        (lambda text: text.replace("red-light running", "fast"), "line 3 says 'fast'"),
        (lambda text: text.replace("\n15,", "\n12,"), "line 3 has the track 12 again"),
        (lambda text: text.replace("85,147", "185,147"), "line 3 is there from frame 185 to 147"),
        (lambda text: text.replace(",1.7,", ",-1,"), "line 3 has no size"),
        (lambda text: text.replace(",1.7,", ",,"), "line 3 has length ''"),
        (lambda text: text.replace("motorcycles", "ships"), "line 3 has the class 'ships'"),
    ],
)
def test_facts_that_make_no_sense_are_refused(tmp_path: Path, edit: Edit, said: str) -> None:
    assert edit(VEHICLE_FACTS) != VEHICLE_FACTS
    refused(read_sind_facts, tmp_path / "v.csv", edit(VEHICLE_FACTS), said)


def test_facts_of_pedestrians_that_make_no_sense_are_refused(tmp_path: Path) -> None:
    (tmp_path / "v.csv").write_text(VEHICLE_FACTS, "utf-8")
    text = PEDESTRIAN_FACTS.replace("P1", "P1x")
    refused(lambda path: read_sind_facts(tmp_path / "v.csv", path), tmp_path / "p.csv", text, "line 2 has trackId '1x'")


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (lambda text: text + text.splitlines()[1], "2 records"),
        (lambda text: text.replace("1201.6s", "long"), "line 2 has Record duration 'long'"),
        (lambda text: text.replace("1201.6s", "-1s"), "lasts -1 s"),
        (lambda text: text.replace("171", "many"), "line 2 has motorcycle 'many'"),
    ],
)
def test_a_record_that_says_nonsense_of_itself_is_refused(tmp_path: Path, edit: Edit, said: str) -> None:
    refused(read_sind_recording, tmp_path / "r.csv", edit(RECORDING), said)


def test_a_folder_without_tracks_or_with_too_much_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="holds no tracks"):
        read_sind(tmp_path)
    with pytest.raises(RecordingError, match="no tracks"):
        read_sind_tracks([])
    folder = write_record(tmp_path / "Xian", Crossroads(is_geographic=True).text())
    with pytest.raises(RecordingError, match="lights in xian lacks 1, 2"):
        read_sind(folder)
    (folder / "more.csv").write_text(LIGHTS, "utf-8")
    with pytest.raises(RecordingError, match="2 logs of lights"):
        read_sind_place(folder)
    (folder / "more.csv").unlink()
    (tmp_path / "Xian" / "other.osm").write_text("", "utf-8")
    with pytest.raises(RecordingError, match="2 maps"):
        read_sind_place(folder)


def test_files_that_are_absent_folders_or_no_text_are_refused(tmp_path: Path) -> None:
    (tmp_path / "bytes.csv").write_bytes(b"\xff\xfe\x00")
    header = LIGHTS.splitlines()[0].encode()
    (tmp_path / "later.csv").write_bytes(header + b"\n0,0,0,\xff\n")
    for name, said in {
        "absent.csv": "cannot be read",
        "": "no ordinary file",
        "bytes.csv": "no text",
        "later.csv": "no text",
    }.items():
        with pytest.raises(RecordingError, match=said) as caught:
            read_light_log(tmp_path / name)
        assert caught.value.hint
