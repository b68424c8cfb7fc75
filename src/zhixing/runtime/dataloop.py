"""The data loop as commands use it: which archive, and what people are shown of it."""

from __future__ import annotations

import getpass
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from zhixing.dataloop.archive.archive import Archive
from zhixing.dataloop.archive.audit import read_audit
from zhixing.dataloop.archive.handout import HandedOut, LeavingRules, hand_out
from zhixing.dataloop.archive.retention import purge
from zhixing.dataloop.archive.sql import ask
from zhixing.dataloop.artefacts import Artefacts
from zhixing.dataloop.fanout import Fanout
from zhixing.dataloop.ingest.ingest import IngestReport, Tags
from zhixing.dataloop.ingest.ingest import ingest as read_all
from zhixing.errors import TrustError
from zhixing.settings import load_settings

Table = tuple[tuple[str, ...], list[tuple[Any, ...]]]
_LEAST_DIGITS = 8
_OVERVIEW = """
SELECT source, count(*) AS drives, sum(num_rows) AS rows, sum(num_objects) AS objects,
       round(sum(duration_s) / 3600, 3) AS hours, count(*) FILTER (road <> '') AS with_map,
       count(*) FILTER (family <> '') AS tasks, sum(late) AS late, sum(rejected) AS rejected
FROM drives GROUP BY source ORDER BY source
"""
_DRIVES = """
SELECT key, drive_id, source, family, num_rows AS rows, num_objects AS objects, round(duration_s, 1) AS seconds,
       rejected
FROM drives ORDER BY source, drive_id, key
"""
_REFUSED = "SELECT path, refused AS why, hint AS what_to_do FROM sources WHERE refused <> '' ORDER BY path"


def open_archive(place: str | None = None) -> Archive:
    """Return the archive at a place, or the one of the settings.

    Raises:
        ConfigError: The settings are wrong.
        RecordingError: It cannot be read.
    """
    url = place or load_settings().data.archive
    return Archive(str(Path(url).expanduser()) if "://" not in url else url)


def ingest(
    places: Sequence[Path],
    archive: str | None = None,
    *,
    jobs: int = 1,
    on: str = "local",
    on_progress: Callable[[float], None] | None = None,
) -> IngestReport:
    """Read recordings into an archive, see :func:`zhixing.dataloop.ingest.ingest.ingest`."""
    data = load_settings().data
    until = (datetime.now(UTC).date() + timedelta(days=data.keep_days)).isoformat() if data.keep_days else ""
    tags = Tags(region=data.region, keep_until=until)
    return read_all(places, open_archive(archive), Fanout(jobs, on), on_progress, tags)


def archive_rows(archive: str | None, what: Literal["sources", "drives", "refused"]) -> Table:
    """Return what is in an archive, by format, drive by drive, or what was put aside."""
    return ask(open_archive(archive), {"sources": _OVERVIEW, "drives": _DRIVES, "refused": _REFUSED}[what])


def ask_archive(archive: str | None, sql: str) -> Table:
    """Return the answer to a question in SQL."""
    return ask(open_archive(archive), sql)


def trace_rows(archive: str | None, name: str) -> list[tuple[int, str, str, str]]:
    """Return what something was made from: depth, kind, key and what it is, line by line."""
    return list(Artefacts(open_archive(archive)).trace(name))


def handout(
    archive: str | None, names: Sequence[str], to: str, region: str, what_for: str, who: str | None = None
) -> HandedOut:  # fmt: skip
    """Copy drives out of an archive by the rules of the settings, see ``zhixing.dataloop.archive.handout``."""
    data, place = load_settings().data, open_archive(archive)
    rules = LeavingRules(
        regions={one: tuple(others) for one, others in data.may_leave_to.items()}, absolute=data.absolute
    )
    keys = [place.named(name).key for name in names]
    return hand_out(place, keys, to, rules, region=region, who=who or getpass.getuser(), what_for=what_for)


def audit_rows(archive: str | None, holds: str | None = None) -> Table:
    """Return who took what out of an archive, oldest first.

    Args:
        archive: Its place, None for that of the settings.
        holds: Digest of a record, or its beginning, that somebody has kept elsewhere: it has to be among them.

    Raises:
        TrustError: The log was changed, or does not hold this record.
    """
    records = read_audit(open_archive(archive).storage)
    if holds is not None and not (len(holds) >= _LEAST_DIGITS and any(one.digest.startswith(holds) for one in records)):
        raise TrustError(f"no record is {holds!r}", hint="The end of the audit log was cut off, or it is another's.")
    columns = ("number", "when", "who", "what for", "to", "region", "drives", "refused", "digest")
    rows = [
        (one.number, one.when, one.who, one.what_for, one.to, one.region, len(one.drives), len(one.refused), one.digest)
        for one in records
    ]
    return columns, list(rows)


def purge_archive(archive: str | None) -> tuple[str, ...]:
    """Remove what was to be kept until before today, and what was made of it, and return the keys of the drives."""
    place = open_archive(archive)
    gone = purge(place, datetime.now(UTC).date())
    # Whoever was stopped between the two, or hindered, has left some of drives that are gone already.
    Artefacts(place).forget_lost()
    return gone
