"""``zhixing serve``: the main job."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from zhixing.cli.output import JSON_HELP, show_json, show_line


def serve(
    port: Annotated[int | None, typer.Option(help="TCP port on 127.0.0.1.  [default: 8360]")] = None,
    seed: Annotated[int | None, typer.Option(help="The city follows from it.")] = None,
    users: Annotated[int | None, typer.Option(help="Road users around the car.  [default: 60]")] = None,
    planner: Annotated[str | None, typer.Option(help="Who drives.  [default: idm]")] = None,
    record: Annotated[Path | None, typer.Option(help="Folder for the car's recording (MCAP).")] = None,
    llm: Annotated[bool, typer.Option("--llm", help="Hand what is not sure to the configured language model.")] = False,
    config: Annotated[Path | None, typer.Option(help="Settings file (TOML).")] = None,
    as_json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False,
) -> None:
    """Start the car and its cockpit in the browser; prints the address. Stop with Ctrl-C."""
    from zhixing.settings import load_settings  # noqa: PLC0415
    from zhixing.web.launch import serve_car  # noqa: PLC0415

    def ready(url: str) -> None:
        if as_json:
            show_json({"url": url})
        else:
            show_line(f"Zhixing 知行 drives. Open {url} in your browser; stop with Ctrl-C.")

    flags: dict[str, dict[str, object]] = {
        "serve": {"port": port, "record": str(record) if record else None},
        "city": {"seed": seed, "num_users": users},
        "driver": {"planner": planner},
        "assistant": {"language_model": True if llm else None},
    }
    serve_car(load_settings(config, flags=flags), on_ready=ready)
