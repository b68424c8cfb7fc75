"""``zhixing mine``, ``loop`` and ``trace``: from recordings to a verdict, and back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from zhixing.cli.archive import ARCHIVE, CORES, JOBS, ON
from zhixing.cli.output import JSON_HELP, progress, show_json, show_line, show_note, show_table

AS_JSON = Annotated[bool, typer.Option("--json", help=JSON_HELP)]


def mine(
    query: Annotated[str, typer.Argument(help="A query as JSON or its file, or the name of a pattern.")],
    archive: ARCHIVE = None,
    drives: Annotated[list[str] | None, typer.Option("--drive", help="Only in this drive; may be repeated.")] = None,
    limit: Annotated[int, typer.Option(min=0, help="Show so many hits.")] = 20,
    explain: Annotated[bool, typer.Option("--explain", help="Say which measure made each a hit.")] = False,
    cost: Annotated[bool, typer.Option("--cost", help="Say what it would look at, and do not look.")] = False,
    jobs: JOBS = CORES,
    on: ON = "local",
    as_json: AS_JSON = False,
) -> None:
    """Look for something in the archive."""
    from zhixing.runtime.mined import cost_rows, mine_named  # noqa: PLC0415

    if cost:
        columns = ("drive", "who can play", "moments", "combinations", "")
        rows = cost_rows(query, archive, drives or [])
        if as_json:
            show_json([dict(zip((*columns[:-1], "refused"), row, strict=True)) for row in rows])
            return
        show_table(columns, [(*row[:3], f"{row[3]:,}", row[4]) for row in rows[:limit]])
        show_line(f"{sum(row[3] for row in rows):,} combinations at most in {len(rows)} drives")
        return
    with progress("mining") as on_progress:
        found = mine_named(
            query, archive, drives or [], limit, jobs=jobs, on=on, explain=explain, on_progress=on_progress
        )
    if as_json:
        show_json(found)
        return
    show_table(("drive", "from s", "to s", "who", *(("because",) if explain else ())), found.rows())
    show_line(
        f"{found.num_hits} hits in {found.num_drives_hit} of {found.num_drives} drives, {found.hits_s:.1f} s in all"
    )
    if found.skipped:
        show_note(f"too much for this query: {', '.join(found.skipped)}")


def ask(
    question: Annotated[str, typer.Argument(help="In Chinese, English or German: 两轮车闯红灯后与右转车冲突.")],
    archive: ARCHIVE = None,
    lang: Annotated[str | None, typer.Option(help="zh, en or de.  [default: as it looks]")] = None,
    llm: Annotated[bool, typer.Option("--llm", help="Let the configured language model write the query.")] = False,
    only_show: Annotated[bool, typer.Option("--show", help="Show the query and do not run it.")] = False,
    limit: Annotated[int, typer.Option(min=0, help="Show so many hits.")] = 20,
    explain: Annotated[bool, typer.Option("--explain", help="Say which measure made each a hit.")] = False,
    jobs: JOBS = CORES,
    on: ON = "local",
    as_json: AS_JSON = False,
) -> None:
    """Ask the archive in plain language; the query is shown before it runs."""
    from zhixing.cli.cockpit import reasoner_of  # noqa: PLC0415
    from zhixing.runtime.mined import asked_as_json, mine_named, understood  # noqa: PLC0415

    asked = understood(question, lang, reasoner_of(llm))
    query = asked_as_json(asked)
    if only_show and as_json:
        show_json({"query": query, "unknown": asked.unknown})
        return
    if not as_json:
        show_line(f"query: {query}")
        if asked.unknown:
            show_note(f"not understood: {', '.join(asked.unknown)}")
    if only_show:
        return
    with progress("mining") as on_progress:
        found = mine_named(query, archive, [], limit, jobs=jobs, on=on, explain=explain, on_progress=on_progress)
    if as_json:
        show_json({"query": query, "unknown": asked.unknown, "found": found})
        return
    show_table(("drive", "from s", "to s", "who", *(("because",) if explain else ())), found.rows())
    where = f"{found.num_drives_hit} of {found.num_drives} drives"
    show_line(f"{found.num_hits} hits in {where}, {found.hits_s:.1f} s in all")


def loop(
    places: Annotated[list[Path], typer.Argument(help="Recordings, or folders of them, however deep.")],
    candidate: Annotated[str, typer.Option(help="Planner that wants to be released.")] = "sampling",
    incumbent: Annotated[str, typer.Option(help="Planner that drives now.")] = "idm",
    background: Annotated[Literal["replay", "reactive"], typer.Option(help="How the others move.")] = "reactive",
    out: Annotated[Path, typer.Option(help="The report.")] = Path("report.html"),
    archive: ARCHIVE = None,
    trained_on: Annotated[
        Path | None, typer.Option(help="What the candidate has learnt from: a drive a line, by key or name.")
    ] = None,
    need: Annotated[
        list[str] | None, typer.Option(help="A slice that must have enough scenarios, as pattern:cut-in.")
    ] = None,
    least: Annotated[int, typer.Option(min=1, help="Scenarios that there must be in all.")] = 20,
    scenes: Annotated[int, typer.Option(min=0, help="Driven of what each query finds in recordings.")] = 20,
    checker: Annotated[bool, typer.Option(help="Let the safety checker stand behind both.")] = True,
    jobs: JOBS = CORES,
    on: ON = "local",
    as_json: AS_JSON = False,
) -> None:
    """Go from recordings to a verdict: ingest, mine, drive, score, gate, report."""
    from zhixing.runtime.loop.command import loop_once  # noqa: PLC0415

    with progress("loop") as on_progress:
        done = loop_once(
            places, archive, candidate, incumbent, background, out, trained_on=trained_on, needed=need or [],
            least=least, scenes=scenes, is_checked=checker, jobs=jobs, on=on, on_progress=on_progress,
        )  # fmt: skip
    if as_json:
        show_json(done.summary())
        return
    show_table(("what", "value"), done.rows())
    show_table(("", "rule", "why"), done.findings(), title=done.title())
    show_line(f"report: {out}; everything behind it: zhixing trace {done.key}")


def trace(
    name: Annotated[str, typer.Argument(help="Key of a verdict, score, trace, task or drive; or a drive's name.")],
    archive: ARCHIVE = None,
    as_json: AS_JSON = False,
) -> None:
    """Show what something was made from, down to the recordings."""
    from zhixing.runtime.dataloop import trace_rows  # noqa: PLC0415

    rows = trace_rows(archive, name)
    if as_json:
        show_json([dict(zip(("depth", "kind", "key", "what"), row, strict=True)) for row in rows])
        return
    for depth, kind, key, what in rows:
        show_line(f"{'  ' * depth}{kind} {key} {what}".rstrip())
