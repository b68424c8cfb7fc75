"""``zhixing pattern``: the catalogue of Chinese streets."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from zhixing.cli.output import JSON_HELP, progress, show_json, show_line, show_machine, show_table

NAME = Annotated[str, typer.Argument(help="Of the pattern; `zhixing pattern list` shows them.")]
PLANNER = Annotated[str, typer.Option(help="Who drives.")]
CHECKER = Annotated[bool, typer.Option(help="Let the safety checker stand behind the planner.")]
AS_JSON = Annotated[bool, typer.Option("--json", help=JSON_HELP)]


def list_patterns(as_json: AS_JSON = False) -> None:
    """List all patterns."""
    from zhixing.runtime.pattern_view import pattern_rows  # noqa: PLC0415

    rows = pattern_rows()
    if as_json:
        show_json(rows)
        return
    show_table(("name", "名称", "what happens"), [(row["name"], row["zh"], row["sentence_en"]) for row in rows])


def show(name: NAME, as_json: AS_JSON = False) -> None:
    """Show one pattern: what happens, its parameters, and its query."""
    from zhixing.runtime.pattern_view import pattern_view  # noqa: PLC0415

    view = pattern_view(name)
    if as_json:
        show_json(view)
        return
    for lang in ("zh", "en", "de"):
        show_line(f"{view['title'][lang]}: {view['sentence'][lang]}")
    columns = ("name", "low", "usual", "high", "meaning", "source")
    show_table(columns, [[row[column] for column in columns] for row in view["parameters"]], title="parameters")
    show_line(f"query: {view['query']}")


def drive(
    name: Annotated[str, typer.Argument(help="Of the pattern, or the folder of a kept drive, OUT/NAME/TASK.")],
    values: Annotated[
        list[str] | None, typer.Option("--set", help="A parameter, as name=value; may be repeated.")
    ] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="Of what is no parameter; 0 or that of the folder.")] = None,
    planner: PLANNER = "sampling",
    checker: CHECKER = True,
    out: Annotated[Path | None, typer.Option(help="Folder for what happened, as an OpenSCENARIO task.")] = None,
    as_json: AS_JSON = False,
) -> None:
    """Drive one scene of a pattern in closed loop; the others react."""
    from zhixing.runtime.kept_patterns import is_kept, keep_pattern_drive, read_kept_scene  # noqa: PLC0415
    from zhixing.runtime.pattern_view import drive_rows, parameters_of  # noqa: PLC0415
    from zhixing.runtime.patterns import drive_pattern  # noqa: PLC0415

    wanted = parameters_of(values or [])
    if is_kept(Path(name)):
        kept = read_kept_scene(Path(name))
        name, wanted, seed = kept.pattern, kept.values | wanted, kept.seed if seed is None else seed
    seed = seed or 0
    driven = drive_pattern(name, wanted, seed, planner, is_checked=checker)
    rows = drive_rows(driven, None if out is None else keep_pattern_drive(driven, out))
    if as_json:
        show_json(rows)
        return
    show_table(("what", "value"), list(rows.items()), title=f"{name}, seed {seed}, planner {planner}")


def search(
    name: NAME,
    budget: Annotated[int, typer.Option(min=1, help="Scenes to drive.")] = 100,
    seed: Annotated[int, typer.Option(min=0, help="Of the dice.")] = 0,
    planner: PLANNER = "sampling",
    checker: CHECKER = True,
    jobs: Annotated[int, typer.Option(min=1, help="Processes.")] = 1,
    out: Annotated[Path | None, typer.Option(help="Folder for failures, as OpenSCENARIO tasks.")] = None,
    as_json: AS_JSON = False,
) -> None:
    """Look for the scenes of a pattern that are hardest for a driver."""
    from zhixing.runtime.pattern_search import search_pattern  # noqa: PLC0415
    from zhixing.runtime.pattern_view import hardest_rows  # noqa: PLC0415

    with progress("searching") as on_progress:
        report = search_pattern(name, planner, budget, seed, jobs, out, on_progress, is_checked=checker)
    if as_json:
        show_json(report)
        return
    columns, rows = hardest_rows(report)
    show_table(columns, rows, title=f"{name}, planner {planner}: the hardest of {len(report.tried)}")
    show_line(f"failures: {len(report.failures)}; covered: {report.coverage:.0%} of the pairs of parameters")
    show_machine()
