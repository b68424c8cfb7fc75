"""``zhixing reenact``: a recorded crossroads with synthetic traffic."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from zhixing.cli.output import JSON_HELP, show_json, show_line, show_table


def reenact(
    record: Annotated[Path, typer.Argument(help="A record of SinD with the facts of everybody, its lights and map.")],
    seed: Annotated[int, typer.Option(min=0, max=2**62, help="Of what the facts leave open.")] = 1,
    minutes: Annotated[float, typer.Option(min=0.1, max=1440.0, help="From the beginning of the record.")] = 5.0,
    out: Annotated[Path | None, typer.Option(help="Folder for tasks, as OpenSCENARIO.")] = None,
    tasks: Annotated[int, typer.Option(min=1, help="At most so many; in each one of the cars is the ego.")] = 10,
    as_json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False,
) -> None:
    """Seed traffic by a recording's facts, on its map and under its lights."""
    from zhixing.runtime.reenact import reenact as run_it  # noqa: PLC0415

    done = run_it(record, seed=seed, minutes=minutes, out=out, tasks=tasks)
    run = done.run
    if as_json:
        show_json(
            {"drive": run.drive.drive_id, "source": run.drive.source, "classes": list(done.rows),
             "left_out": run.num_left_out, "jammed": run.num_jammed, "tasks": [str(task) for task in done.tasks]}
        )  # fmt: skip
        return
    columns = ("class", "recorded", "simulated", "recorded at red", "simulated at red")
    show_table(columns, [list(row.values()) for row in done.rows], title=f"{run.drive.drive_id}: {run.drive.source}")
    show_line(f"left out: {run.num_left_out} of the whole record; taken out of jams: {run.num_jammed}")
    if out is not None:
        then = f": zhixing exam driving {out} --out RESULTS" if done.tasks else "; no car passed in that time"
        show_line(f"{len(done.tasks)} tasks{then}")
