"""``zhixing bench``: how fast."""

from __future__ import annotations

from typing import Annotated

import typer

from zhixing.cli.output import JSON_HELP, progress, show_json, show_machine, show_table
from zhixing.errors import InputError


def bench(
    suites: Annotated[
        list[str] | None, typer.Argument(help="Which suites; all that need nothing more if none is named.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False,
) -> None:
    """Measure speed on this machine: startup, turn, simulation, recording, serve; by name only: page, peers."""
    from zhixing.runtime.bench import ONLY_BY_NAME, SUITES  # noqa: PLC0415
    from zhixing.runtime.machine import machine  # noqa: PLC0415

    chosen = suites or [suite for suite in SUITES if suite not in ONLY_BY_NAME]
    unknown = [suite for suite in chosen if suite not in SUITES]
    if unknown:
        raise InputError(f"no suite is called {unknown[0]!r}", hint=f"Choose among: {', '.join(SUITES)}.")
    measures = []
    with progress("measuring") as on_progress:
        for number, suite in enumerate(chosen):
            if on_progress:
                on_progress(number / len(chosen))
            measures += SUITES[suite]()
    if as_json:
        show_json({"machine": machine(), "measures": measures})
        return
    rows = []
    for m in measures:
        target = "" if m.is_reached is None else f"{'≥' if m.more_is_better else '≤'} {m.target:g}"
        verdict = {None: "", True: "reached", False: "missed"}[m.is_reached]
        rows.append((m.name, m.value, m.unit, target, verdict))
    show_table(("measure", "value", "unit", "target", ""), rows)
    show_machine()
