"""``zhixing doctor``: what works here."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from zhixing.cli.output import JSON_HELP, show_json, show_line, show_table


def doctor(
    config: Annotated[Path | None, typer.Option(help="Settings file (TOML).")] = None,
    as_json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False,
) -> None:
    """Say what works on this machine, what is missing and how to get it; ends with 6 if Zhixing cannot run."""
    from zhixing.runtime.doctor import examine  # noqa: PLC0415
    from zhixing.settings import load_settings  # noqa: PLC0415

    findings = examine(load_settings(config))
    if as_json:
        show_json(findings)
    else:
        marks = {"ok": "✓", "missing": "–", "broken": "✗"}
        show_table(("", "what", "found"), [(marks[f.state], f.name, f.detail) for f in findings])
        for finding in findings:
            if finding.hint:
                show_line(f"{marks[finding.state]} {finding.name}: {finding.hint}")
    if any(f.state == "broken" for f in findings):
        raise typer.Exit(6)
