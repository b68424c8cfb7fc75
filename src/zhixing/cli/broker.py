"""``zhixing broker``: the signals alone."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from zhixing.cli.output import JSON_HELP, show_json, show_line


def broker(
    port: Annotated[int | None, typer.Option(help="TCP port.  [default: 55555]")] = None,
    vehicle: Annotated[
        str | None, typer.Option(help="What is underneath: virtual, can, kuksa or none.  [default: virtual]")
    ] = None,
    config: Annotated[Path | None, typer.Option(help="Settings file (TOML).")] = None,
    as_json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False,
) -> None:
    """Serve the car's signals to other programs (kuksa.val over gRPC), without road and screen. Stop with Ctrl-C."""
    from zhixing.runtime.signal_server import serve_signals  # noqa: PLC0415
    from zhixing.settings import load_settings  # noqa: PLC0415

    def ready(address: str) -> None:
        if as_json:
            show_json({"broker": address})
        else:
            show_line(f"Signals are served at {address} (kuksa.val v2 and v1). Stop with Ctrl-C.")

    settings = load_settings(config, flags={"broker": {"port": port}, "vehicle": {"kind": vehicle}})
    if settings.broker.port == 0:
        settings = load_settings(config, flags={"broker": {"port": 55555}, "vehicle": {"kind": vehicle}})
    serve_signals(settings, on_ready=ready)
