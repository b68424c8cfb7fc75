"""``zhixing exam``: outside judges."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from zhixing.cli.output import JSON_HELP, progress, show_json, show_line, show_machine, show_table


def cockpit(
    cases: Annotated[Path, typer.Argument(help="Cases, one JSON object a line.")],
    out: Annotated[Path | None, typer.Option(help="Results, one JSON object a line.")] = None,
    llm: Annotated[bool, typer.Option("--llm", help="With the configured language model.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False,
) -> None:
    """Judge the assistant by what the car's signals are afterwards."""
    from zhixing.cli.cockpit import reasoner_of  # noqa: PLC0415
    from zhixing.runtime.cockpit_exam import run_cockpit_exam  # noqa: PLC0415

    report = run_cockpit_exam(cases, out, reasoner_of(llm))
    if as_json:
        show_json(report)
        return
    show_table(report.columns(), report.rows(), title="cases passed")
    show_line(f"a turn takes {report.median_ms:.2f} ms (median), {report.p99_ms:.2f} ms (p99)")
    show_machine()


def mining(
    cases: Annotated[Path, typer.Argument(help="Cases, one JSON object a line.")],
    data: Annotated[list[Path], typer.Option("--data", help="Recordings, or a folder of them; may be repeated.")],
    out: Annotated[Path | None, typer.Option(help="Results, one JSON object a line.")] = None,
    llm: Annotated[bool, typer.Option("--llm", help="Let the configured language model write the queries.")] = False,
    jobs: Annotated[int, typer.Option(min=1, help="Processes that read recordings.")] = 2,
    as_json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False,
) -> None:
    """Answer questions about recordings by who did it and when."""
    from zhixing.cli.cockpit import reasoner_of  # noqa: PLC0415
    from zhixing.runtime.mining_exam import run_mining_exam  # noqa: PLC0415

    with progress("mining") as on_progress:
        report = run_mining_exam(cases, data, out, reasoner_of(llm), jobs, on_progress)
    if as_json:
        show_json(report)
        return
    show_table(report.columns(), report.rows(), title="cases")
    show_machine()


def driving(
    folders: Annotated[list[Path], typer.Argument(help="Tasks (folders, CommonRoad files), or folders of tasks.")],
    out: Annotated[Path, typer.Option(help="Folder for traces and results.")],
    planner: Annotated[str, typer.Option(help="Who drives.")] = "sampling",
    background: Annotated[Literal["replay", "reactive"], typer.Option(help="How the others move.")] = "replay",
    jobs: Annotated[int, typer.Option(min=1, help="Processes.")] = 1,
    checker: Annotated[bool, typer.Option(help="Let the safety checker stand behind the planner.")] = True,
    first_speed: Annotated[
        float, typer.Option(min=0.0, max=2.0, help="Share of the file's first speed: tells luck from skill.")
    ] = 1.0,
    as_json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False,
) -> None:
    """Judge a driver in closed loop on OpenSCENARIO and CommonRoad tasks."""
    from zhixing.runtime.driving_exam import run_driving_exam  # noqa: PLC0415

    with progress("driving") as on_progress:
        report = run_driving_exam(
            folders, planner, out, background, jobs, on_progress, is_checked=checker, first_speed=first_speed
        )
    if as_json:
        show_json(report)
        return
    show_table(
        report.columns(),
        report.rows(),
        title=f"planner {planner}, background {background}{'' if checker else ', unchecked'}"
        + ("" if first_speed == 1.0 else f", first speed times {first_speed:g}"),
    )
    for task, error in report.errors:
        show_line(f"not driven: {task}: {error}")
    show_machine()
