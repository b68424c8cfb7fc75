"""An archive that somebody else has made, or changed: nothing outside it is read, written or removed."""

from __future__ import annotations

import io
import json
import os
import struct
from datetime import date
from pathlib import Path
from typing import Any

import fsspec
import pytest
import zstandard
from mcap.records import Chunk
from mcap.writer import Writer

from zhixing.dataloop.archive.archive import Archive
from zhixing.dataloop.archive.handout import LeavingRules, hand_out
from zhixing.dataloop.archive.retention import purge
from zhixing.dataloop.archive.sql import ask
from zhixing.dataloop.archive.storage import Storage
from zhixing.dataloop.artefacts import KINDS, Artefacts
from zhixing.dataloop.gate import GateRules
from zhixing.dataloop.ingest.ingest import Tags, ingest
from zhixing.errors import InputError, RecordingError
from zhixing.formats.mcap_files import read_drive
from zhixing.runtime.loop.recipes import How
from zhixing.runtime.loop.run import LoopPlan, run_loop
from zhixing.testing.small_files import write_task
from zhixing.testing.track_rows import going, write_table

DRIVE = {
    "key": "a" * 32, "drive_id": "d", "source": "x", "road": "", "states": "states/x.parquet", "first_group": 0,
    "num_groups": 1, "num_rows": 1, "num_objects": 1, "classes": {}, "start_ns": 0, "end_ns": 1,
    "box_m": [0, 0, 0, 0], "keep_until": "2020-01-01",
}  # fmt: skip


@pytest.fixture
def victim(tmp_path: Path) -> Path:
    (tmp_path / "victim").mkdir()
    (tmp_path / "victim" / "precious.json").write_text("{}")
    (tmp_path / "victim" / "precious.bin").write_text("secret")
    return tmp_path / "victim"


def commit(tmp_path: Path, **changed: Any) -> Path:
    source = {"key": "s" * 32, "reader": "", "reader_version": 1, "path": "x", "drives": [DRIVE["key"]]}
    said = {"format": 1, "sources": [source], "drives": [DRIVE | changed]}
    (tmp_path / "a" / "commits").mkdir(parents=True)
    (tmp_path / "a" / "commits" / "c.json").write_text(json.dumps(said))
    return tmp_path / "a"


@pytest.mark.parametrize(
    "changed",
    [
        {"states": "../victim/precious.json"},
        {"states": "/etc/passwd"},
        {"states": "states/../../victim/precious.json"},
        {"states": 7},
        {"keep_until": "yesterday"},
        {"num_rows": "x"},
        {"classes": [1]},
        {"classes": {"car": "x"}},
        {"end_ns": 10**400},
        {"num_rows": 2**70},
        {"box_m": 5},
        {"task": 5},
        {"is_night": "x"},
        {"quality": {"rejected": ["a"]}},
    ],
)
def test_entries_that_lead_elsewhere_or_make_no_sense_are_refused(
    tmp_path: Path, victim: Path, changed: dict[str, Any]
) -> None:
    place = commit(tmp_path, **changed)
    with pytest.raises(RecordingError):
        purge(Archive(str(place)), date(2026, 1, 1))
    assert len(list(victim.iterdir())) == 2


def test_no_name_and_no_link_leads_out(tmp_path: Path, victim: Path) -> None:
    storage = Storage(str(tmp_path / "a"))
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "states").symlink_to(victim)
    (tmp_path / "a" / "link.json").symlink_to(victim / "precious.json")
    for name in ("../victim/precious.json", "states/precious.json", "link.json", "a//b", "a/./b", "a\\b", ""):
        for use in (storage.read, storage.remove, storage.exists, lambda name: storage.write(name, b"x")):
            with pytest.raises(RecordingError, match="leads out"):
                use(name)
    assert (victim / "precious.json").read_text() == "{}"


def test_an_artefact_is_what_its_name_says(tmp_path: Path, victim: Path) -> None:
    place = commit(tmp_path)
    (place / "artefacts" / "hits").mkdir(parents=True)
    said = {"kind": "hits", "key": "../../../victim/precious", "made_from": ["a" * 32], "made_by": "", "says": {}}
    (place / "artefacts" / "hits" / ("b" * 32 + ".json")).write_text(json.dumps(said))
    artefacts = Artefacts(Archive(str(place)))
    with pytest.raises(RecordingError, match="says it is another"):
        list(artefacts.all("hits"))
    artefacts.forget_lost()
    assert len(list(victim.iterdir())) == 2
    assert artefacts.archive.storage.names("artefacts/hits") == []
    (place / "artefacts" / "hits" / ("b" * 32 + ".json")).write_text("[" * 100_000)
    with pytest.raises(RecordingError, match="no artefact"):
        list(artefacts.all("hits"))


def archive_of(tmp_path: Path, url: str) -> Archive:
    write_table(tmp_path / "in" / "tracks.csv", going(1))
    archive = Archive(url)
    ingest([tmp_path / "in"], archive)
    return archive


@pytest.mark.parametrize("where", ["folder", "memory"])
def test_sql_reads_the_archive_and_nothing_else(tmp_path: Path, victim: Path, where: str) -> None:
    url = str(tmp_path / "a") if where == "folder" else "memory://hostile"
    archive = archive_of(tmp_path, url)
    try:
        count = ask(archive, "SELECT count(*) FROM states")[1]
        states = archive.storage.path(archive.storage.names("states")[0])
        assert count[0][0] > 0
        for sql in (
            f"COPY (SELECT 1 AS a) TO '{tmp_path}/a/commits/evil.csv'",
            f"COPY (SELECT 1 AS a) TO '{tmp_path}/evil.csv'",
            f"ATTACH '{tmp_path}/a/evil.db' AS e",
            f"SELECT 1; COPY (SELECT 2 AS a) TO '{tmp_path}/a/x.json'",
            f"SELECT content FROM read_text('{victim}/precious.bin')",  # noqa: S608
            f"SELECT content FROM read_text('{tmp_path}/a/commits/*')",  # noqa: S608
            "CREATE TABLE t (a INT)",
            "INSTALL httpfs",
            "SET enable_external_access=true",
            "PRAGMA database_list",
            f"EXPLAIN ANALYZE COPY (SELECT 1 AS a) TO '{states}' (FORMAT parquet, USE_TMP_FILE false)",
            "EXPLAIN ANALYZE CREATE TABLE t (a INT)",
        ):
            with pytest.raises(InputError):
                ask(archive, sql)
        assert ask(archive, "SELECT count(*) FROM states")[1] == count
        assert not list(tmp_path.rglob("evil*"))
    finally:
        if where == "memory":
            fsspec.filesystem("memory").rm("/hostile", recursive=True)


def test_maps_go_with_the_last_of_their_drives(tmp_path: Path) -> None:
    write_task(tmp_path / "in" / "family" / "task_1")
    archive = Archive(str(tmp_path / "a"))
    ingest([tmp_path / "in"], archive, tags=Tags(keep_until="2020-01-01"))
    assert archive.storage.names("roads")
    assert len(purge(archive, date(2026, 1, 1))) == 1
    assert archive.storage.names("roads") == []
    assert archive.storage.names("states") == []


def test_a_drive_without_rows_is_moved_too(tmp_path: Path) -> None:
    """Its task and its map are as absolute as rows are."""
    folder = write_task(tmp_path / "in" / "family" / "task_1")
    text = (folder / "task_exam.xosc").read_text("utf-8")
    first, last = text.index("<Event>"), text.rindex("</Event>") + len("</Event>")
    text = text[:first] + text[last:]
    text = text.replace("x_init = 5,", "x_init = 4005,").replace("x_target = (80, 90)", "x_target = (4080, 4090)")
    (folder / "task_exam.xosc").write_text(text, "utf-8")
    road = (folder / "map.xodr").read_text("utf-8").replace('x="0.0"', 'x="4000.0"')
    (folder / "map.xodr").write_text(road, "utf-8")
    archive = Archive(str(tmp_path / "a"))
    ingest([tmp_path / "in"], archive)
    (drive,) = archive.drives.values()
    assert drive.num_rows == 0
    done = hand_out(
        archive, [drive.key], str(tmp_path / "out"), LeavingRules(regions={}), region="", who="Li Wei", what_for="test"
    )
    assert done.offsets_m[drive.key][0] == 4000.0
    (moved,) = Archive(str(tmp_path / "out")).drives.values()
    task = Archive(str(tmp_path / "out")).load(moved).task
    assert task is not None
    assert task.start.x_m == pytest.approx(5.0)
    assert moved.box_m == (0.0, 0.0, 0.0, 0.0)


@pytest.mark.slow
def test_what_was_made_of_a_removed_drive_goes_also_if_a_purge_was_hindered(tmp_path: Path) -> None:
    for k in range(2):
        write_task(tmp_path / "in" / "family" / f"task_{k}", x_m=30.0 + k)
    place = Archive(str(tmp_path / "a"))
    ingest([tmp_path / "in" / "family" / "task_0"], place, tags=Tags(keep_until="2020-01-01"))
    how = How(planner="idm")
    plan = LoopPlan(candidate=how, incumbent=How(planner="idm", is_checked=False), rules=GateRules(least_scenarios=1))
    run_loop([tmp_path / "in"], place, plan)
    assert len(purge(place, date(2026, 1, 1))) == 1  # and now somebody is killed
    artefacts = Artefacts(Archive(str(tmp_path / "a")))
    assert len(list(artefacts.all("trace"))) == 4
    artefacts.forget_lost()
    assert {kind: len(list(artefacts.all(kind))) for kind in KINDS} == {
        "hits": 1, "task": 1, "trace": 2, "score": 4, "verdict": 1, "report": 0,
    }  # fmt: skip
    artefacts.forget_lost()
    assert len(list(artefacts.all("trace"))) == 2


def mcap_with(chunk: Chunk) -> bytes:
    stream = io.BytesIO()
    writer = Writer(stream)
    writer.start()
    start = stream.tell()
    writer.finish()  # type: ignore[no-untyped-call]
    data = stream.getvalue()
    body = struct.pack("<QQQI", 0, 0, chunk.uncompressed_size, 0)
    body += struct.pack("<I", len(chunk.compression)) + chunk.compression.encode()
    body += struct.pack("<Q", len(chunk.data)) + chunk.data
    return data[:start] + struct.pack("<BQ", 6, len(body)) + body + data[start:]


@pytest.mark.parametrize("says", [1000, 80_000_000])
def test_a_chunk_never_unpacks_to_more_than_it_says(tmp_path: Path, says: int) -> None:
    data = zstandard.ZstdCompressor(level=1).compress(struct.pack("<BQ", 0x77, 80_000_000 - 9) + bytes(80_000_000 - 9))
    chunk = Chunk(
        compression="zstd", data=data, message_end_time=0, message_start_time=0, uncompressed_crc=0,
        uncompressed_size=says,
    )  # fmt: skip
    (tmp_path / "bomb.mcap").write_bytes(mcap_with(chunk))
    with pytest.raises(RecordingError, match="chunk"):
        read_drive(tmp_path / "bomb.mcap")


def test_links_and_pipes_in_a_folder_are_not_read(tmp_path: Path) -> None:
    folder = write_task(tmp_path / "in" / "family" / "task_1")
    os.mkfifo(folder / "zz.json")
    os.mkfifo(tmp_path / "in" / "loose.csv")
    outside = tmp_path / "outside.xodr"
    (folder / "map.xodr").rename(outside)
    (folder / "map.xodr").symlink_to(outside)
    report = ingest([tmp_path / "in"], Archive(str(tmp_path / "a")))
    assert report.num_drives == 0
    assert [one.refused for one in report.refused] != []


def test_folders_may_be_deep(tmp_path: Path) -> None:
    deep = tmp_path / "in"
    for _ in range(700):
        deep = deep / "d"
    deep.mkdir(parents=True)
    assert ingest([tmp_path / "in"], Archive(str(tmp_path / "a"))).num_sources == 0
