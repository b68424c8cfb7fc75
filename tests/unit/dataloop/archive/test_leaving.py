"""What leaves the archive, and what does not: regions, places, dates, and who took it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest

from zhixing.dataloop.archive.archive import Archive
from zhixing.dataloop.archive.audit import read_audit
from zhixing.dataloop.archive.handout import HandedOut, LeavingRules, hand_out
from zhixing.dataloop.archive.retention import expired, purge
from zhixing.dataloop.fanout import Fanout
from zhixing.dataloop.ingest.ingest import Tags, ingest
from zhixing.errors import InputError, TrustError
from zhixing.testing.small_files import write_task
from zhixing.testing.track_rows import going, write_table

NOW = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
CLOSED = LeavingRules(regions={})


def archive_of(tmp_path: Path, region: str = "CN", keep_until: str = "") -> Archive:
    archive = Archive(str(tmp_path / "archive"))
    far = replace(going(1), x_m=going(1).x_m + 452_321.25, y_m=going(1).y_m + 431_107.5)
    write_table(tmp_path / "in" / "far" / "tracks.csv", far)
    write_task(tmp_path / "in" / "family" / "task")
    ingest([tmp_path / "in"], archive, Fanout(), tags=Tags(region=region, keep_until=keep_until))
    return archive


def taken(archive: Archive, tmp_path: Path, rules: LeavingRules = CLOSED, region: str = "CN") -> HandedOut:
    return hand_out(
        archive, list(archive.drives), str(tmp_path / "out"), rules, region=region, who="Li Wei", what_for="study",
        now=NOW,
    )  # fmt: skip


def test_within_its_region_a_drive_leaves_with_its_places_moved(tmp_path: Path) -> None:
    archive = archive_of(tmp_path)
    done = taken(archive, tmp_path)
    assert set(done.record.drives) == set(archive.drives)
    out = Archive(str(tmp_path / "out"))
    assert len(out.drives) == 2
    moved = next(drive for drive in out.drives.values() if drive.source == "interaction")
    rows = out.rows(moved)
    assert 0.0 <= rows.x_m.min() < 1000.0
    old = next(drive for drive in archive.drives.values() if drive.source == "interaction")
    before = archive.rows(old)
    np.testing.assert_allclose(before.x_m - rows.x_m, done.offsets_m[old.key][0], atol=1e-9)
    np.testing.assert_allclose(np.diff(before.x_m), np.diff(rows.x_m), atol=1e-9)
    task = next(drive for drive in out.drives.values() if drive.task is not None)
    assert out.load(task).task is not None
    everything = b"".join(path.read_bytes() for path in (tmp_path / "out").rglob("*.json"))
    assert b"tracks.csv" not in everything
    assert b"452321" not in everything


def test_what_was_moved_keeps_its_map_and_task_together(tmp_path: Path) -> None:
    archive = archive_of(tmp_path)
    taken(archive, tmp_path)
    out = Archive(str(tmp_path / "out"))
    was, now = (
        next(one.load(drive) for drive in one.drives.values() if drive.task is not None) for one in (archive, out)
    )
    assert was.road is not None
    assert now.road is not None
    assert was.task is not None
    assert now.task is not None
    gap = was.road.lanes[0].centre_xy_m[0] - now.road.lanes[0].centre_xy_m[0]
    there = was.tracks.valid[0]
    shifts = (was.tracks.xy_m[0] - now.tracks.xy_m[0])[there]
    np.testing.assert_allclose(shifts, np.broadcast_to(gap, shifts.shape), atol=1e-9)
    start = [was.task.start.x_m - now.task.start.x_m, was.task.start.y_m - now.task.start.y_m]
    goal = [was.task.goal.x_min_m - now.task.goal.x_min_m, was.task.goal.y_max_m - now.task.goal.y_max_m]
    np.testing.assert_allclose([start, goal], [gap, gap], atol=1e-9)


def test_beyond_its_region_it_is_refused_and_written_down(tmp_path: Path) -> None:
    archive = archive_of(tmp_path)
    done = taken(archive, tmp_path, region="DE")
    assert done.record.drives == ()
    assert "may not go to DE" in done.record.refused[0][1]
    assert not Archive(str(tmp_path / "out")).drives
    assert taken(archive, tmp_path, LeavingRules(regions={"CN": ("DE",)}), "DE").record.refused == ()
    assert "without a region" in taken(archive, tmp_path, region="").record.refused[0][1]
    assert [record.number for record in read_audit(archive.storage)] == [1, 2, 3]


def test_after_its_date_nothing_of_it_leaves(tmp_path: Path) -> None:
    archive = archive_of(tmp_path, keep_until="2026-11-27")
    assert "until 2026-11-27" in taken(archive, tmp_path).record.refused[0][1]


def test_somebody_has_to_say_who_and_what_for(tmp_path: Path) -> None:
    archive = archive_of(tmp_path)
    with pytest.raises(InputError, match="nobody says"):
        hand_out(archive, list(archive.drives), str(tmp_path / "out"), CLOSED, region="CN", who=" ", what_for="x")
    with pytest.raises(InputError, match="already"):
        hand_out(archive, [], str(tmp_path / "archive"), CLOSED, region="CN", who="a", what_for="b")


def test_a_changed_or_missing_record_is_noticed(tmp_path: Path) -> None:
    archive = archive_of(tmp_path)
    for _ in range(3):
        taken(archive, tmp_path)
    records = sorted((tmp_path / "archive" / "audit").iterdir())
    second = records[1].read_bytes()
    said = json.loads(second)
    records[1].write_text(json.dumps(said | {"who": "nobody"}), "utf-8")
    with pytest.raises(TrustError, match="does not follow"):
        read_audit(archive.storage)
    records[1].write_text("[]", "utf-8")
    with pytest.raises(TrustError, match="no record"):
        read_audit(archive.storage)
    records[1].unlink()
    with pytest.raises(TrustError, match="does not follow"):
        taken(archive, tmp_path)
    records[1].write_bytes(second)
    assert len(read_audit(archive.storage)) == 3


def test_purging_removes_rows_of_what_is_over_and_nothing_else(tmp_path: Path) -> None:
    archive = archive_of(tmp_path, keep_until="2026-11-27")
    write_table(tmp_path / "more" / "tracks.csv", going(7, y_m=3.0))
    ingest([tmp_path / "more"], archive, tags=Tags(region="CN", keep_until="2027-01-01"))
    kept = next(drive for drive in archive.drives.values() if drive.keep_until == "2027-01-01")
    rows = archive.rows(kept)
    assert len(expired(archive, date(2026, 11, 28))) == 2
    assert len(purge(archive, date(2026, 11, 28))) == 2
    again = Archive(str(tmp_path / "archive"))
    assert list(again.drives) == [kept.key]
    np.testing.assert_array_equal(again.rows(again.drives[kept.key]).x_m, rows.x_m)
    assert len(list((tmp_path / "archive" / "states").iterdir())) == 1
    assert purge(again, date(2026, 11, 28)) == ()
    assert ingest([tmp_path / "in"], again).num_drives == 2  # it is not known any more


def test_others_in_the_same_file_stay(tmp_path: Path) -> None:
    archive = archive_of(tmp_path)
    commit = next(iter(archive.commits.values()))
    over = replace(commit.drives[0], keep_until="2020-01-01")
    name = next(iter(archive.commits))
    archive.storage.write(name, replace(commit, drives=(over, *commit.drives[1:])).to_bytes())
    archive = Archive(str(tmp_path / "archive"))
    assert purge(archive, date(2026, 11, 28)) == (over.key,)
    again = Archive(str(tmp_path / "archive"))
    assert list(again.drives) == [commit.drives[1].key]
    assert again.rows(next(iter(again.drives.values()))).num_rows == commit.drives[1].num_rows
