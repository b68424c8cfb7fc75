"""Folders of recordings, whole and broken, become an archive that nothing takes apart."""

from __future__ import annotations

import io
import os
import pickle
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from zhixing.dataloop.archive.archive import Archive
from zhixing.dataloop.fanout import Fanout
from zhixing.dataloop.ingest.ingest import ingest
from zhixing.datatypes.lights import Lights
from zhixing.datatypes.tracks import RoadUser
from zhixing.errors import InputError, RecordingError
from zhixing.formats.openscenario import read_task
from zhixing.testing.commonroad_files import old
from zhixing.testing.recordings import recordings, write_mcap
from zhixing.testing.same_scenario import track_differences
from zhixing.testing.sind_files import write_record
from zhixing.testing.small_files import write_task
from zhixing.testing.track_rows import going, table_text, write_table


def test_every_kind_of_recording_becomes_a_drive(tmp_path: Path) -> None:
    archive = Archive(str(tmp_path / "archive"))
    report = ingest([recordings(tmp_path / "in")], archive)
    assert [source.refused for source in report.new] == [""] * 6
    assert {drive.source for drive in archive.drives.values()} == {
        "openscenario", "sind", "interaction", "commonroad", "apolloscape", "zhixing",
    }  # fmt: skip
    for entry in archive.drives.values():
        drive = archive.load(entry)
        assert int(drive.tracks.valid.sum()) == entry.num_rows
        assert (drive.task is not None) == (entry.source in {"openscenario", "commonroad"})


def test_a_task_comes_back_as_it_was(tmp_path: Path) -> None:
    folder = write_task(tmp_path / "family" / "task_1")
    archive = Archive(str(tmp_path / "archive"))
    ingest([folder], archive)
    task, drive = read_task(folder), archive.load("task_1")
    assert not track_differences(task.background, drive.tracks)
    assert drive.task is not None
    assert drive.task.goal == task.goal or drive.task.goal.x_min_m == task.goal.x_min_m
    assert (drive.task.start, drive.task.body, drive.task.family) == (task.start, task.body, "family")


def test_a_second_time_changes_nothing(tmp_path: Path) -> None:
    folder, archive = recordings(tmp_path / "in"), Archive(str(tmp_path / "archive"))
    ingest([folder], archive)
    before = {path: path.read_bytes() for path in (tmp_path / "archive").rglob("*") if path.is_file()}
    report = ingest([folder], Archive(str(tmp_path / "archive")))
    assert (report.num_known, report.num_drives, report.new) == (6, 0, ())
    assert {path: path.read_bytes() for path in (tmp_path / "archive").rglob("*") if path.is_file()} == before


def test_the_same_drive_in_two_places_is_one(tmp_path: Path) -> None:
    write_task(tmp_path / "in" / "family" / "one")
    write_task(tmp_path / "in" / "family" / "two")
    archive = Archive(str(tmp_path / "archive"))
    report = ingest([tmp_path / "in"], archive)
    assert (report.num_sources, report.num_copies, len(archive.drives)) == (1, 1, 1)


def test_several_processes_make_the_same_drives(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    for k in range(20):
        write_table(folder / f"place_{k}" / "tracks.csv", going(1, y_m=float(k)))
    alone, several = Archive(str(tmp_path / "alone")), Archive(str(tmp_path / "several"))
    ingest([folder], alone)
    ingest([folder], several, Fanout(jobs=2))
    assert list(alone.drives) == list(several.drives)
    assert len(alone.drives) == 20


def broken(folder: Path) -> dict[str, str]:
    """Write what is broken, and return for each name what is to be said of it."""
    folder.mkdir()
    (folder / "payload.pkl").write_bytes(pickle.dumps(Harm()))
    with zipfile.ZipFile(folder / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("zeros.csv", b"0" * 10_000_000)
    (folder / "empty.csv").write_text("", "utf-8")
    (folder / "binary.csv").write_bytes(bytes(range(256)) * 10)
    (folder / "pointer.csv").write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", "utf-8")
    (folder / "half.xml").write_text(old()[:900], "utf-8")
    (folder / "noclass.csv").write_text(table_text(going()).replace("car", "spaceship"), "utf-8")
    quick = table_text(going()).replace("10.000000,0.000000,0", "36.000000,0.000000,0")
    (folder / "kmh.csv").write_text(quick, "utf-8")
    whole = write_mcap(folder / "whole.mcap").read_bytes()
    (folder / "whole.mcap").unlink()
    (folder / "headless.mcap").write_bytes(whole[:40])
    (folder / "bomb.mcap").write_bytes(chunk_bomb())
    return {
        "payload.pkl": "never loaded", "bomb.zip": "packed", "empty.csv": "is empty", "binary.csv": "no csv recording",
        "pointer.csv": "or damaged", "half.xml": "half.xml", "noclass.csv": "spaceship", "kmh.csv": "make no sense",
        "headless.mcap": "headless.mcap", "bomb.mcap": "bomb.mcap",
    }  # fmt: skip


class Harm:
    """Says so if anybody loads it."""

    def __reduce__(self) -> Any:
        return os.mkdir, ("/tmp/zhixing-was-harmed",)  # noqa: S108


def chunk_bomb() -> bytes:
    """Return an MCAP file whose one chunk says that it is four gigabytes of zeros."""
    import zstandard  # noqa: PLC0415
    from mcap.writer import Writer  # noqa: PLC0415

    out = io.BytesIO()
    writer = Writer(out)
    writer.start()
    header = out.getvalue()
    packed = zstandard.compress(b"\0" * 50_000_000)
    body = (0).to_bytes(8, "little") * 2 + (4 * 1024**3).to_bytes(8, "little") + bytes(4)
    body += (4).to_bytes(4, "little") + b"zstd" + len(packed).to_bytes(8, "little") + packed
    return header + b"\x06" + len(body).to_bytes(8, "little") + body


def test_what_is_broken_is_put_aside_with_a_reason_and_the_rest_goes_on(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    wanted = broken(tmp_path / "in" / "broken")
    recordings(tmp_path / "in" / "good")
    archive = Archive(str(tmp_path / "archive"))
    report = ingest([tmp_path / "in"], archive)
    said = {Path(source.path).name: source for source in report.refused}
    assert set(said) == set(wanted)
    for name, words in wanted.items():
        assert words in said[name].refused, said[name]
        assert said[name].hint
        assert len(said[name].refused) < 500
    assert len(archive.drives) == 6
    assert not Path("/tmp/zhixing-was-harmed").exists()  # noqa: S108


def test_of_a_recording_that_was_cut_off_what_is_there_is_taken(tmp_path: Path) -> None:
    whole = write_mcap(tmp_path / "whole.mcap", steps=3000).read_bytes()
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "cut.mcap").write_bytes(whole[: int(0.8 * len(whole))])
    archive = Archive(str(tmp_path / "archive"))
    report = ingest([folder], archive)
    assert not report.refused
    assert "too early" in report.new[0].notes[0]
    assert 500 < next(iter(archive.drives.values())).num_rows < 3000


def test_lines_that_are_no_rows_and_cells_that_are_no_numbers_are_counted(tmp_path: Path) -> None:
    lines = table_text(going()).splitlines()
    lines[4] = lines[4].replace("3.000000", "three")
    lines[7] = "1,7,600,car"
    path = tmp_path / "in" / "tracks.csv"
    path.parent.mkdir()
    path.write_text("\n".join(lines) + "\n", "utf-8")
    archive = Archive(str(tmp_path / "archive"))
    report = ingest([path], archive)
    entry = next(iter(archive.drives.values()))
    assert entry.num_rows == 18
    assert entry.quality["unreadable"] == 1
    assert entry.quality["rejected"] == {"not-finite": 1}
    assert "4 columns, not 11" in report.new[0].notes[0]


def test_a_table_of_many_cases_is_many_drives(tmp_path: Path) -> None:
    first, *lines = table_text(going(1), going(2, y_m=3.0)).splitlines()
    text = "\n".join([f"case_id,{first}", *(f"{1 + (k >= 20)},{line}" for k, line in enumerate(lines))])
    path = tmp_path / "cases.csv"
    path.write_text(text + "\n", "utf-8")
    archive = Archive(str(tmp_path / "archive"))
    ingest([path], archive)
    assert sorted(drive.num_objects for drive in archive.drives.values()) == [1, 1]


def test_classes_are_unified(tmp_path: Path) -> None:
    rider = table_text(going(3, speed_mps=5.0, road_user=RoadUser.PEDESTRIAN, size_m=(1.0, 0.6)))
    walker = table_text(going(4, speed_mps=1.0, road_user=RoadUser.PEDESTRIAN)).split("\n", 1)[1]
    path = tmp_path / "pedestrian_tracks_000.csv"
    path.write_text((rider + walker).replace("pedestrian", "pedestrian/bicycle"), "utf-8")
    archive = Archive(str(tmp_path / "archive"))
    ingest([path], archive)
    assert next(iter(archive.drives.values())).classes == {"bicycle": 1, "pedestrian": 1}


def test_a_place_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not there"):
        ingest([tmp_path / "nowhere"], Archive(str(tmp_path / "archive")))


def test_a_damaged_archive_says_so(tmp_path: Path) -> None:
    archive = Archive(str(tmp_path / "archive"))
    ingest([write_table(tmp_path / "in" / "tracks.csv", going())], archive)
    entry = next(iter(archive.drives.values()))
    states = tmp_path / "archive" / entry.states
    states.write_bytes(states.read_bytes()[:100])
    with pytest.raises(RecordingError, match="damaged"):
        archive.load(entry)
    commit = next((tmp_path / "archive" / "commits").iterdir())
    commit.write_text("{}", "utf-8")
    with pytest.raises(RecordingError, match="no part of an archive"):
        Archive(str(tmp_path / "archive"))


def test_lights_are_kept_as_changes(tmp_path: Path) -> None:
    record = write_record(tmp_path / "Tianjin")
    archive = Archive(str(tmp_path / "archive"))
    ingest([record], archive)
    lights = archive.load(next(iter(archive.drives.values()))).lights
    assert isinstance(lights, Lights)
    assert lights.light.shape[0] == 2
    assert np.any(np.diff(lights.light, axis=1) != 0)


KILLED = """
import os, signal, sys
from pathlib import Path
from zhixing.dataloop.archive.archive import Archive
from zhixing.dataloop.archive import storage
from zhixing.dataloop.ingest import ingest as room
room._CHUNK_SOURCES = 2
left = [int(sys.argv[3])]
real = os.fsync
def fsync(number):
    left[0] -= 1
    if left[0] == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    real(number)
os.fsync = fsync
replace = Path.replace
def moved(self, target):
    left[0] -= 1
    if left[0] == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    answer = replace(self, target)
    left[0] -= 1
    if left[0] == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return answer
Path.replace = moved
room.ingest([Path(sys.argv[1])], Archive(sys.argv[2]))
"""


@pytest.mark.slow
def test_killed_at_any_write_the_archive_is_whole_and_the_next_run_completes_it(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    for k in range(6):
        write_table(folder / f"place_{k}" / "tracks.csv", going(1, y_m=float(k)), going(2, y_m=k + 9.0))
    url = str(tmp_path / "archive")
    killed, at = True, 0
    while killed:  # each run dies one step later than the one before
        at += 1
        done = subprocess.run([sys.executable, "-c", KILLED, str(folder), url, str(at)], check=False)
        killed = done.returncode < 0
        archive = Archive(url)
        for entry in archive.drives.values():
            assert int(archive.load(entry).tracks.valid.sum()) == 40
        assert len(archive.drives) <= 6
    assert at > 6
    ingest([folder], archive)
    assert len(archive.drives) == 6
    assert sum(len(source.drives) for source in archive.sources.values()) == 6
