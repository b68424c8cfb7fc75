"""Questions in SQL over an archive: DuckDB reads its files where they lie, and nothing else."""

from __future__ import annotations

from typing import Any

import duckdb
import pyarrow as pa

from zhixing.dataloop.archive.archive import Archive
from zhixing.errors import InputError, RecordingError

_MOST_ROWS = 100_000


def ask(archive: Archive, sql: str) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    """Return the columns and rows of the answer to a question.

    Tables: ``drives`` and ``sources`` (what the archive says of each), ``states`` (all rows: drive, time_ns, object_id,
    road_user, x_m, y_m, yaw_rad, speed_mps, length_m, width_m) and ``rejected`` (rows put aside, with ``reason``).
    Files elsewhere cannot be read, nor anything be written.

    Args:
        archive: The archive.
        sql: One statement.

    Raises:
        InputError: DuckDB does not understand it, or it is not allowed.
    """
    with duckdb.connect(":memory:") as database:
        if not archive.storage.is_local:
            database.register_filesystem(archive.storage.fs)
        try:
            for name in ("states", "rejected"):
                _view(database, archive, name)
        except duckdb.Error as error:
            raise RecordingError(f"the rows cannot be read: {error}", hint="Check the archive.") from error
        database.register("drives", _drives(archive))
        database.register("sources", _sources(archive))
        _shut(database, archive)
        try:
            statements = database.extract_statements(sql)
            if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
                raise InputError(
                    "the archive answers one SELECT", hint="It is not changed by SQL; see docs/archive.md."
                )
            found = database.execute(statements[0])
            columns = tuple(str(column[0]) for column in found.description or ())
            return columns, found.fetchmany(_MOST_ROWS)
        except duckdb.Error as error:
            raise InputError(f"the archive does not understand this: {error}", hint="See docs/archive.md.") from error


def _view(database: duckdb.DuckDBPyConnection, archive: Archive, name: str) -> None:
    """Let a table be all files of a folder; a drive that is committed twice counts once."""
    files = _files(archive, name)
    if not files:
        columns = "drive VARCHAR, time_ns BIGINT, object_id BIGINT, road_user TINYINT, x_m DOUBLE, y_m DOUBLE, "
        columns += "yaw_rad DOUBLE, speed_mps DOUBLE, length_m DOUBLE, width_m DOUBLE, reason TINYINT"
        database.execute(f"CREATE TABLE {name} ({columns})")
        return
    names = ", ".join(f"'{_quoted(file)}'" for file in files)
    wanted = pa.table({"drive": list(archive.drives), "file": [drive.states for drive in archive.drives.values()]})
    database.register(f"{name}_wanted", wanted)
    database.execute(
        f"CREATE VIEW {name} AS SELECT all_rows.* EXCLUDE (filename) FROM read_parquet([{names}], filename=true) "  # noqa: S608
        f"AS all_rows SEMI JOIN {name}_wanted AS wanted ON wanted.drive = all_rows.drive "
        f"AND ends_with(all_rows.filename, replace(wanted.file, 'states/', '{name}/'))"
    )


def _files(archive: Archive, name: str) -> list[str]:
    storage = archive.storage
    files = sorted({drive.states.replace("states/", f"{name}/", 1) for drive in archive.drives.values()})
    files = [storage.path(file) for file in files if name == "states" or storage.exists(file)]
    return files if storage.is_local else [str(storage.fs.unstrip_protocol(file)) for file in files]


def _shut(database: duckdb.DuckDBPyConnection, archive: Archive) -> None:
    """Let nothing be read but the archive's own rows, and nothing be set any more."""
    files = [file for name in ("states", "rejected") for file in _files(archive, name)]
    names = ", ".join(f"'{_quoted(file)}'" for file in files)
    database.execute(f"SET allowed_paths=[{names}]")
    database.execute("SET enable_external_access=false")
    database.execute("SET lock_configuration=true")


def _quoted(text: str) -> str:
    return text.replace("'", "''")


def _drives(archive: Archive) -> pa.Table:
    drives = archive.drives.values()
    plain = ("key", "drive_id", "source", "road", "num_rows", "num_objects", "start_ns", "end_ns", "ego_id", "is_night")
    columns: dict[str, list[Any]] = {name: [getattr(drive, name) for drive in drives] for name in plain}
    columns["duration_s"] = [drive.duration_s for drive in drives]
    columns["family"] = [(drive.task or {}).get("family", "") for drive in drives]
    columns["late"] = [drive.quality.get("late", 0) for drive in drives]
    columns["rejected"] = [sum(drive.quality.get("rejected", {}).values()) for drive in drives]
    return pa.table(columns)


def _sources(archive: Archive) -> pa.Table:
    sources = archive.sources.values()
    plain = ("key", "reader", "reader_version", "path", "refused", "hint")
    columns: dict[str, list[Any]] = {name: [getattr(one, name) for one in sources] for name in plain}
    columns["drives"] = [list(one.drives) for one in sources]
    return pa.table(columns)
