"""``zhixing mine``, ``ask`` and ``trace``: what is in the archive, and what was made of it."""

from __future__ import annotations

from typing import Annotated, Any

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
    _show(found, explain=explain)


def ask(
    question: Annotated[str, typer.Argument(help="In Chinese, English or German: 两轮车闯红灯后与右转车冲突.")],
    archive: ARCHIVE = None,
    lang: Annotated[str | None, typer.Option(help="zh, en or de.  [default: as it looks]")] = None,
    llm: Annotated[bool, typer.Option("--llm", help="Let the configured language model write the query.")] = False,
    only_show: Annotated[bool, typer.Option("--show", help="Show the query and do not run it.")] = False,
    anyway: Annotated[bool, typer.Option("--anyway", help="Run it though not all was understood.")] = False,
    limit: Annotated[int, typer.Option(min=0, help="Show so many hits.")] = 20,
    explain: Annotated[bool, typer.Option("--explain", help="Say which measure made each a hit.")] = False,
    jobs: JOBS = CORES,
    on: ON = "local",
    as_json: AS_JSON = False,
) -> None:
    """Ask the archive in plain language; the query is shown before it runs."""
    from zhixing.cli.cockpit import reasoner_of  # noqa: PLC0415
    from zhixing.errors import QueryError  # noqa: PLC0415
    from zhixing.runtime.mined import asked_as_json, asked_in_words, mine_named, understood  # noqa: PLC0415

    asked = understood(question, lang, reasoner_of(llm))
    query = asked_as_json(asked)
    if only_show and as_json:
        show_json({"query": query, "unknown": asked.unknown})
        return
    if not as_json:
        show_line(f"understood: {asked_in_words(asked)}")
        if only_show:
            show_line(f"query: {query}")
        if asked.unknown and (only_show or anyway):
            show_note(f"not understood: {', '.join(asked.unknown)}")
    if only_show:
        return
    if asked.unknown and not anyway:
        raise QueryError(
            f"not understood: {', '.join(asked.unknown)}",
            hint="Say it in other words, or add --anyway to run the rest.",
        )
    with progress("mining") as on_progress:
        found = mine_named(query, archive, [], limit, jobs=jobs, on=on, explain=explain, on_progress=on_progress)
    if as_json:
        show_json({"query": query, "unknown": asked.unknown, "found": found})
        return
    _show(found, explain=explain)


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


def _show(found: Any, *, explain: bool) -> None:  # noqa: ANN401  # a Search, too slow to import above
    if found.hits:
        show_table(("drive", "from s", "to s", "who", *(("because",) if explain else ())), found.rows())
    where = f"{found.num_drives_hit} of {found.num_drives} drives"
    show_line(f"{found.num_hits} hits in {where}, {found.hits_s:.1f} s in all")
    for one in found.why_not:
        show_line(one)
    if found.skipped:
        show_note(f"too much for this query: {', '.join(found.skipped)}")
