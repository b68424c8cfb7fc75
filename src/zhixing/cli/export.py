"""``zhixing export``: tasks in other formats."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from zhixing.cli.output import JSON_HELP, show_json, show_line


def export(
    scenario: Annotated[Path, typer.Argument(help="A task: a folder or a CommonRoad file.")],
    out: Annotated[Path, typer.Argument(help="Folder (openscenario) or .xml file (commonroad) to write.")],
    task_format: Annotated[
        Literal["openscenario", "commonroad"], typer.Option("--as", help="The format to write.")
    ] = "openscenario",
    as_json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False,
) -> None:
    """Write a driving task in another format."""
    from zhixing.runtime.export import export_task  # noqa: PLC0415

    task = export_task(scenario, out, task_format)
    written = {"lanes": len(task.road.lanes), "road_users": task.background.num_objects, "out": str(out)}
    if as_json:
        show_json({"scenario_id": task.scenario_id, "format": task_format, **written})
        return
    show_line(f"{task.scenario_id} as {task_format}: {written['lanes']} lanes, {written['road_users']} others → {out}")
