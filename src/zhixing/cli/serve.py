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
    map_file: Annotated[
        Path | None, typer.Option("--map", help="Map to drive on: OpenDRIVE, Lanelet2.  [default: the built-in city]")
    ] = None,
    traffic: Annotated[
        str | None, typer.Option(help="Who moves the others: zhixing or sumo.  [default: zhixing]")
    ] = None,
    planner: Annotated[str | None, typer.Option(help="Who drives.  [default: sampling]")] = None,
    record: Annotated[Path | None, typer.Option(help="Folder for the car's recording (MCAP).")] = None,
    llm: Annotated[bool, typer.Option("--llm", help="Hand what is not sure to the configured language model.")] = False,
    vehicle: Annotated[
        str | None, typer.Option(help="What is underneath: virtual, can, kuksa or none.  [default: virtual]")
    ] = None,
    broker: Annotated[int | None, typer.Option(help="TCP port for other programs (kuksa.val); 0 serves none.")] = None,
    archive: Annotated[str | None, typer.Option(help="Archive that the data studio shows.")] = None,
    config: Annotated[Path | None, typer.Option(help="Settings file (TOML).")] = None,
    as_json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False,
) -> None:
    """Start the car and its cockpit in the browser; prints the address. Stop with Ctrl-C."""
    from zhixing.settings import load_settings  # noqa: PLC0415
    from zhixing.web.launch import serve_car  # noqa: PLC0415

    def ready(url: str, beside: str) -> None:
        if as_json:
            show_json({"url": url} | ({"broker": beside} if beside else {}))
            return
        show_line(f"Zhixing 知行 drives. Open {url} in your browser; stop with Ctrl-C.")
        show_line(f"The data studio is at {url}/studio.")
        if beside:
            show_line(f"Other programs reach its signals at {beside} (kuksa.val, gRPC).")

    flags: dict[str, dict[str, object]] = {
        "serve": {"port": port, "record": str(record) if record else None},
        "city": {"seed": seed, "num_users": users, "map": str(map_file) if map_file else None, "traffic": traffic},
        "driver": {"planner": planner},
        "assistant": {"language_model": True if llm else None},
        "vehicle": {"kind": vehicle},
        "broker": {"port": broker},
        "data": {"archive": archive},
    }
    serve_car(load_settings(config, flags=flags), on_ready=ready)
