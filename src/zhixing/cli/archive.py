"""``zhixing ingest`` and ``zhixing archive``: recordings come in, and what is there."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from zhixing.cli.output import JSON_HELP, progress, show_json, show_line, show_table

ARCHIVE = Annotated[str | None, typer.Option("--archive", help="Folder or URL.  [default: data.archive]")]
JOBS = Annotated[int, typer.Option(min=1, help="Processes.")]
ON = Annotated[str, typer.Option("--on", help="Where: local, ray, or ray://HOST:PORT.")]
CORES = os.cpu_count() or 1
_MOST_SHOWN = 20


def ingest(
    places: Annotated[list[Path], typer.Argument(help="Recordings, or folders of them, however deep.")],
    archive: ARCHIVE = None,
    jobs: JOBS = CORES,
    on: ON = "local",
    as_json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False,
) -> None:
    """Read recordings into the archive; what cannot be true is put aside with the reason."""
    from zhixing.runtime.dataloop import ingest as run  # noqa: PLC0415

    with progress("reading") as on_progress:
        report = run(places, archive, jobs=jobs, on=on, on_progress=on_progress)
    if as_json:
        show_json(report)
        return
    new = len(report.new) - len(report.refused)
    show_line(
        f"{report.num_sources} recordings: {new} new with {report.num_drives} drives and {report.num_rows:,} rows, "
        f"{report.num_known} known, {report.num_copies} copies, {len(report.refused)} put aside"
    )
    aside = [(Path(one.path).name, one.refused, one.hint) for one in report.refused]
    if aside:
        show_table(("put aside", "why", "what to do"), aside[:_MOST_SHOWN])
    if len(aside) > _MOST_SHOWN:
        show_line(f"and {len(aside) - _MOST_SHOWN} more: zhixing archive --refused")
    for source in report.new:
        for note in source.notes:
            show_line(f"{Path(source.path).name}: {note}")


def archive(
    archive: ARCHIVE = None,
    drives: Annotated[bool, typer.Option("--drives", help="Show every drive.")] = False,
    refused: Annotated[bool, typer.Option("--refused", help="Show what was put aside.")] = False,
    sql: Annotated[
        str, typer.Option(help="A question in SQL over the tables drives, sources, states and rejected.")
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False,
) -> None:
    """Show what is in the archive."""
    from zhixing.runtime.dataloop import archive_rows, ask_archive  # noqa: PLC0415

    if sql:
        columns, rows = ask_archive(archive, sql)
    else:
        columns, rows = archive_rows(archive, "drives" if drives else "refused" if refused else "sources")
    if as_json:
        show_json([dict(zip(columns, row, strict=True)) for row in rows])
        return
    if rows or sql:
        show_table(columns, rows)
    if sql or drives or refused:
        return
    aside = len(archive_rows(archive, "refused")[1])
    if aside:
        show_line(f"{aside} recordings were put aside: zhixing archive --refused")
    elif not rows:
        show_line("There is nothing in this archive yet. Read recordings: zhixing ingest FOLDER")


def handout(
    drives: Annotated[list[str], typer.Argument(help="Drives by key or name.")],
    to: Annotated[str, typer.Option(help="Folder or URL of the archive that they go to.")],
    what_for: Annotated[str, typer.Option("--for", help="What they are taken for; it is written down.")],
    region: Annotated[str, typer.Option(help="Region that they go to, as CN.")] = "",
    by: Annotated[str | None, typer.Option(help="Who takes them.  [default: you]")] = None,
    archive: ARCHIVE = None,
    as_json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False,
) -> None:
    """Copy drives out of the archive, as far as they may leave; who took them is written down."""
    from zhixing.runtime.dataloop import handout as run  # noqa: PLC0415

    done = run(archive, drives, to, region, what_for, by)
    if as_json:
        show_json(done)
        return
    show_line(f"{len(done.record.drives)} drives went to {to}; record {done.record.number} of the audit log")
    if done.record.refused:
        show_table(("refused", "why"), done.record.refused)


def audit(
    archive: ARCHIVE = None,
    holds: Annotated[str | None, typer.Option(help="Digest of a record kept elsewhere, that has to be there.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False,
) -> None:
    """Show who took what out of the archive, and check that the log is whole."""
    from zhixing.runtime.dataloop import audit_rows  # noqa: PLC0415

    columns, rows = audit_rows(archive, holds)
    if as_json:
        show_json([dict(zip(columns, row, strict=True)) for row in rows])
        return
    show_table(columns[:-1], [row[:-1] for row in rows])
    if rows:
        show_line(f"whole; keep the last digest elsewhere, it tells whether the end is cut off: --holds {rows[-1][-1]}")


def purge(archive: ARCHIVE = None, as_json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False) -> None:
    """Remove recordings whose date is over."""
    from zhixing.runtime.dataloop import purge_archive  # noqa: PLC0415

    gone = purge_archive(archive)
    if as_json:
        show_json(gone)
        return
    show_line(f"{len(gone)} drives were removed")
