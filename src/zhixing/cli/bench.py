"""``zhixing bench``: how fast."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from zhixing.cli.output import JSON_HELP, progress, show_json, show_machine
from zhixing.errors import InputError

_RECORDINGS = Path("../shared/data")


def bench(
    suites: Annotated[
        list[str] | None, typer.Argument(help="Which suites; all that need nothing more if none is named.")
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option(help="For mac-slu its file, for several others a folder of recordings."),
    ] = None,
    base_url: Annotated[
        str | None, typer.Option(help="For car-bench: let the language model at this server try.")
    ] = None,
    model: Annotated[str | None, typer.Option(help="For car-bench: its model.")] = None,
    tasks: Annotated[int, typer.Option(min=1, help="For car-bench with a model: how many tasks.")] = 129,
    planner: Annotated[
        str, typer.Option(help="For cut-ins, aeb, mixed-traffic and overtaking: who drives.")
    ] = "sampling",
    seeds: Annotated[int, typer.Option(min=1, help="For driving and mixed-traffic: how many scenes.")] = 1000,
    as_json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False,
) -> None:
    """Measure how fast: startup, turn, assistant, simulation, planning, safety, recording, serve; others by name."""
    from zhixing.cli.field import (  # noqa: PLC0415
        show_car_bench,
        show_dataloop,
        show_driving,
        show_mac_slu,
        show_measures,
        show_prediction,
        show_realism,
    )
    from zhixing.runtime.bench import ONLY_BY_NAME, SUITES, SUITES_OF_A_PLANNER, run_suite  # noqa: PLC0415
    from zhixing.runtime.machine import machine  # noqa: PLC0415

    if suites == ["driving"]:
        show_driving(data, seeds, as_json)
        return
    if suites == ["dataloop"]:
        show_dataloop(data, as_json)
        return
    if suites == ["realism"]:
        show_realism(data if data is not None else _RECORDINGS, as_json)
        return
    if suites in (["mac-slu"], ["car-bench"], ["prediction"]):
        if data is None:
            raise InputError(f"{suites[0]} needs its data", hint=f"zhixing bench {suites[0]} --data PATH")
        if suites == ["prediction"]:
            show_prediction(data, as_json)
        elif suites == ["mac-slu"]:
            show_mac_slu(data, as_json)
        else:
            show_car_bench(data, base_url, model, tasks, as_json)
        return
    chosen = suites or [suite for suite in SUITES if suite not in ONLY_BY_NAME]
    known = [*SUITES, *SUITES_OF_A_PLANNER]
    unknown = [suite for suite in chosen if suite not in known]
    if unknown:
        raise InputError(
            f"no suite is called {unknown[0]!r}",
            hint=f"Choose among: {', '.join(known)}, driving, dataloop, realism, mac-slu, car-bench, prediction.",
        )
    measures = []
    with progress("measuring") as on_progress:
        for number, suite in enumerate(chosen):
            if on_progress:
                on_progress(number / len(chosen))
            measures += run_suite(suite, planner, seeds)
    if as_json:
        show_json({"machine": machine(), "measures": measures})
        return
    show_measures(measures)
    show_machine()
