"""``zhixing drive``: a drive without a browser."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from zhixing.cli.output import JSON_HELP, progress, show_json, show_line, show_note


def drive(
    minutes: Annotated[float, typer.Option(help="How long, on the simulation's clock.")] = 5.0,
    seed: Annotated[int | None, typer.Option(help="The same seed gives the same drive, bit for bit.")] = None,
    users: Annotated[int | None, typer.Option(help="Road users around the car.  [default: 60]")] = None,
    map_file: Annotated[
        Path | None, typer.Option("--map", help="Map to drive on: OpenDRIVE, Lanelet2.  [default: the built-in city]")
    ] = None,
    traffic: Annotated[
        str | None, typer.Option(help="Who moves the others: zhixing or sumo.  [default: zhixing]")
    ] = None,
    planner: Annotated[str | None, typer.Option(help="Who drives.  [default: sampling]")] = None,
    out: Annotated[Path, typer.Option(help="The recording (MCAP).")] = Path("drive.mcap"),
    config: Annotated[Path | None, typer.Option(help="Settings file (TOML).")] = None,
    as_json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False,
) -> None:
    """Drive through the city, headless, and record it."""
    from zhixing.runtime.drive import drive as run  # noqa: PLC0415
    from zhixing.settings import load_settings  # noqa: PLC0415

    flags: dict[str, dict[str, object]] = {
        "city": {"seed": seed, "num_users": users, "map": str(map_file) if map_file else None, "traffic": traffic},
        "driver": {"planner": planner},
    }
    settings = load_settings(config, flags=flags)
    try:
        with progress("driving") as on_progress:
            report = run(settings, minutes, out, on_progress)
    except KeyboardInterrupt:
        show_note(f"what was recorded until now is in {out}")
        raise
    if as_json:
        show_json(report)
        return
    events = ", ".join(f"{count} × {kind}" for kind, count in sorted(report.events.items())) or "none"
    show_line(
        f"{report.distance_km:.2f} km in {report.minutes:.1f} min, {report.goals} goals reached, "
        f"{report.faster_than_real_time:.0f} times real time"
    )
    show_line(f"incidents: {events}")
    show_line(f"recorded: {report.path}")
