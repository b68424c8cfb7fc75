"""How ``zhixing bench`` shows measures, and what others' data say of us."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from zhixing.cli.output import progress, show_json, show_line, show_machine, show_table
from zhixing.runtime.bench.measure import Measure

_MOST_SHOWN = 15


def show_mac_slu(file: Path, as_json: bool) -> None:
    """Print how many real Mandarin sentences are understood, and what is taken for what."""
    from zhixing.runtime.mac_slu import run_mac_slu  # noqa: PLC0415

    report = run_mac_slu(file)
    if as_json:
        confusion = [{"wanted": w, "found": f, "times": n} for (w, f), n in report.confusion.items()]
        show_json({"parts": report.rows(), "confusion": confusion, "failed": report.failed})
        return
    show_table(("sentences of MAC-SLU", "understood", "share"), report.rows())
    worst = [(w, f, n) for (w, f), n in list(report.confusion.items())[:_MOST_SHOWN]]
    show_table(("wanted", "found", "times"), worst, title="confused in scope")
    show_machine()


def show_car_bench(folder: Path, base_url: str | None, model: str | None, num_tasks: int, as_json: bool) -> None:
    """Print the replay of CAR-bench's ground truth through our guards, or how a language model does in it."""
    from zhixing.runtime.car_bench.replay import run_car_bench  # noqa: PLC0415

    if base_url is not None:
        from zhixing.runtime.car_bench.model_run import run_model  # noqa: PLC0415

        run = run_model(folder, base_url, model, num_tasks)
        if as_json:
            show_json(run)
        else:
            show_table(run.columns(), run.rows(), title=f"model {run.model} at {base_url}")
        return
    report = run_car_bench(folder)
    if as_json:
        otherwise = [{"task_id": one.task_id, "verdict": one.verdict, "why": one.why} for one in report.shortfalls]
        show_json({"replays": report.replays, "violations": report.violations, "not_as_recorded": otherwise})
        return
    show_table(report.columns(), report.rows(), title="ground truth, replayed")
    show_table(report.violation_columns(), report.violation_rows(), title="policy violations, tried")
    for shortfall in report.shortfalls:
        show_line(f"not as recorded: {shortfall.in_words()}")
    show_machine()


def show_driving(data: Path | None, seeds: int, as_json: bool) -> None:
    """Print how well the driver drives beside its peers, in recorded tasks and in every bench."""
    from zhixing.runtime.bench.driving import run_driving  # noqa: PLC0415
    from zhixing.runtime.machine import machine  # noqa: PLC0415

    with progress("driving") as on_progress:
        tables = run_driving(data, seeds, on_progress)
    if as_json:
        rows = [dict(zip(tables.columns(), row, strict=True)) for row in tables.rows]
        show_json({"machine": machine(), "tasks": rows, "measures": tables.measures})
        return
    if tables.rows:
        show_table(tables.columns(), tables.rows, title="recorded tasks")
    show_measures(tables.measures)
    show_machine()


def show_dataloop(data: Path | None, as_json: bool) -> None:
    """Print how quickly the data loop works, and what is lost when it is killed."""
    from zhixing.runtime.bench.dataloop.suite import run_dataloop  # noqa: PLC0415
    from zhixing.runtime.machine import machine  # noqa: PLC0415

    with progress("measuring") as on_progress:
        measures = run_dataloop(data, on_progress)
    if as_json:
        show_json({"machine": machine(), "measures": measures})
        return
    show_measures(measures)
    show_machine()


def show_measures(measures: Sequence[Measure]) -> None:
    """Print figures beside their targets."""
    rows = []
    for m in measures:
        target = "" if m.is_reached is None else f"{'≥' if m.more_is_better else '≤'} {m.target:g}"
        verdict = {None: "", True: "reached", False: "missed"}[m.is_reached]
        rows.append((m.name, m.value, m.unit, target, verdict))
    show_table(("measure", "value", "unit", "target", ""), rows)


def show_prediction(folder: Path, as_json: bool) -> None:
    """Print how well others are predicted on recorded traffic, and how quickly."""
    from zhixing.runtime.bench.prediction import run_prediction  # noqa: PLC0415

    report = run_prediction(folder)
    if as_json:
        show_json({"slices": report.slices, "measures": report.measures})
        return
    show_table(report.columns(), report.rows(), title="predictions, 3 and 5 s ahead")
    show_table(("measure", "value", "unit"), [(m.name, m.value, m.unit) for m in report.measures])
    show_machine()


def show_realism(folder: Path, as_json: bool) -> None:
    """Print how much the simulated traffic is like recorded traffic."""
    from zhixing.runtime.bench.realism import run_realism  # noqa: PLC0415
    from zhixing.runtime.machine import machine  # noqa: PLC0415

    report = run_realism(folder)
    if as_json:
        show_json({"machine": machine()} | asdict(report))
        return
    show_table(
        ("source", "class", "quantity", "values", "medians", "distance", "floor"),
        report.distribution_rows(),
        title="distributions, recorded / simulated",
    )
    if report.shares:
        show_table(("share", "class", "recorded", "95 %", "of", "simulated"), report.share_rows(), title="shares")
    if report.agents:
        columns = (
            "family",
            "moved by",
            "scenes",
            "kinematic",
            "interactive",
            "map",
            "composite",
            "minADE m",
            "touch",
            "leave",
        )
        show_table(columns, report.agent_rows(), title="sim agents: likelihood of what was recorded")
    if report.site:
        show_line(report.site)
    show_machine()
