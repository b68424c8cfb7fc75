"""``zhixing rollout``, ``score``, ``gate``, and ``loop``, which does all three and more: from drives to a verdict."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated, Literal

import typer

from zhixing.cli.archive import ARCHIVE, CORES, JOBS, ON
from zhixing.cli.output import JSON_HELP, progress, show_json, show_line, show_note, show_table

AS_JSON = Annotated[bool, typer.Option("--json", help=JSON_HELP)]
BACKGROUND = Annotated[Literal["replay", "reactive"], typer.Option(help="How the others move.")]
CANDIDATE = Annotated[str, typer.Option(help="Planner that wants to be released.")]
CHECKER = Annotated[bool, typer.Option(help="Let the safety checker stand behind who drives.")]
DRIVES = Annotated[list[str] | None, typer.Option("--drive", help="Only of this drive; may be repeated.")]
INCUMBENT = Annotated[str, typer.Option(help="Planner that drives now.")]
LEAST = Annotated[int, typer.Option(min=1, help="Scenarios that there must be in all.")]
NEED = Annotated[
    list[str] | None, typer.Option(help="A slice that must have enough scenarios, as pattern:cut-in-at-speed.")
]  # fmt: skip
OUT = Annotated[Path, typer.Option(help="The report.")]
PLANNER = Annotated[str, typer.Argument(help="Who drives, as sampling; zhixing doctor shows all.")]
QUERIES = Annotated[
    list[str] | None,
    typer.Option("--query", help="Scenes are what this finds; may be repeated.  [default: all patterns]"),
]
SCENES = Annotated[int, typer.Option(min=0, help="Driven of what each query finds in recordings.")]
TRAINED_ON = Annotated[
    Path | None, typer.Option(help="What the candidate has learnt from: a drive a line, by key or name.")
]
_NOT_RELEASED = 1
_OUTCOMES = ("to the goal", "collisions", "off the road", "too late")


def rollout(
    planner: PLANNER,
    archive: ARCHIVE = None,
    drives: DRIVES = None,
    queries: QUERIES = None,
    scenes: SCENES = 20,
    background: BACKGROUND = "reactive",
    checker: CHECKER = True,
    limit: Annotated[int, typer.Option(min=0, help="Show so many scenarios.")] = 20,
    jobs: JOBS = CORES,
    on: ON = "local",
    as_json: AS_JSON = False,
) -> None:
    """Let a planner drive the scenarios of the archive, and keep what it did."""
    from zhixing.runtime.loop.recipes import How  # noqa: PLC0415
    from zhixing.runtime.loop.steps import Wanted, rollout_once  # noqa: PLC0415

    wanted = Wanted(
        archive=archive, drives=tuple(drives or ()), queries=tuple(queries or ()), scenes=scenes, jobs=jobs, on=on
    )
    with progress("driving") as on_progress:
        how = How(planner=planner, background=background, is_checked=checker)
        done = rollout_once(wanted, how, on_progress)
    if as_json:
        show_json(done.summary())
        return
    show_table(("scenario", "outcome", "trace"), done.rows()[:limit])
    show_line(f"{len(done.driven.outcomes)} scenarios driven by {planner}: {done.counts()}")
    _tell_failed(done.driven.failed)


def score(
    planner: PLANNER,
    archive: ARCHIVE = None,
    drives: DRIVES = None,
    queries: QUERIES = None,
    scenes: SCENES = 20,
    background: BACKGROUND = "reactive",
    checker: CHECKER = True,
    jobs: JOBS = CORES,
    on: ON = "local",
    as_json: AS_JSON = False,
) -> None:
    """Score what a planner has driven, slice by slice."""
    from zhixing.runtime.loop.recipes import How  # noqa: PLC0415
    from zhixing.runtime.loop.steps import Wanted, score_once  # noqa: PLC0415

    wanted = Wanted(
        archive=archive, drives=tuple(drives or ()), queries=tuple(queries or ()), scenes=scenes, jobs=jobs, on=on
    )
    with progress("scoring") as on_progress:
        how = How(planner=planner, background=background, is_checked=checker)
        done = score_once(wanted, how, on_progress)
    if as_json:
        show_json(done.summary())
        return
    show_table(("slice", "scenarios", "score", *_OUTCOMES), done.rows(), title=f"planner {planner}")
    show_table(("metric", "mean"), done.metrics())
    _tell_failed(done.driven.failed)
    if done.undriven:
        show_note(f"{len(done.undriven)} scenarios were not driven: zhixing rollout {planner}{_where(archive)}")


def gate(
    candidate: CANDIDATE = "sampling",
    incumbent: INCUMBENT = "idm",
    archive: ARCHIVE = None,
    drives: DRIVES = None,
    queries: QUERIES = None,
    scenes: SCENES = 20,
    background: BACKGROUND = "reactive",
    checker: CHECKER = True,
    out: OUT = Path("report.html"),
    trained_on: TRAINED_ON = None,
    need: NEED = None,
    least: LEAST = 20,
    as_json: AS_JSON = False,
) -> None:
    """Judge two planners by their scores; ends with 1 if the candidate is not released."""
    from zhixing.dataloop.gate import GateRules  # noqa: PLC0415
    from zhixing.runtime.loop.recipes import How  # noqa: PLC0415
    from zhixing.runtime.loop.steps import Wanted, gate_once  # noqa: PLC0415
    from zhixing.runtime.loop.telling import verdict_findings, verdict_title  # noqa: PLC0415

    wanted = Wanted(archive=archive, drives=tuple(drives or ()), queries=tuple(queries or ()), scenes=scenes)
    ours, theirs = (How(planner=one, background=background, is_checked=checker) for one in (candidate, incumbent))
    rules = GateRules(least_scenarios=least, needed_slices=tuple(need or ()))
    done = gate_once(wanted, ours, theirs, out, rules, trained_on)
    if as_json:
        show_json(done.summary())
    else:
        show_table(("what", "value"), done.rows())
        show_table(("", "rule", "why"), verdict_findings(done.judged), title=verdict_title(done.judged))
        show_line(f"report: {out}; everything behind it: zhixing trace {done.judged.key}{_where(archive)}")
    if not done.judged.verdict.passes:
        raise typer.Exit(_NOT_RELEASED)


def loop(
    places: Annotated[list[Path], typer.Argument(help="Recordings, or folders of them, however deep.")],
    candidate: CANDIDATE = "sampling",
    incumbent: INCUMBENT = "idm",
    background: BACKGROUND = "reactive",
    out: OUT = Path("report.html"),
    archive: ARCHIVE = None,
    trained_on: TRAINED_ON = None,
    need: NEED = None,
    least: LEAST = 20,
    scenes: SCENES = 20,
    checker: CHECKER = True,
    jobs: JOBS = CORES,
    on: ON = "local",
    as_json: AS_JSON = False,
) -> None:
    """Go from recordings to a verdict: ingest, mine, drive, score, gate, report."""
    from zhixing.runtime.loop.command import loop_once  # noqa: PLC0415

    with progress("loop") as on_progress:
        done = loop_once(
            places, archive, candidate, incumbent, background, out, trained_on=trained_on, needed=need or [],
            least=least, scenes=scenes, is_checked=checker, jobs=jobs, on=on, on_progress=on_progress,
        )  # fmt: skip
    if as_json:
        show_json(done.summary())
        return
    show_table(("what", "value"), done.rows())
    show_table(("", "rule", "why"), done.findings(), title=done.title())
    show_line(f"report: {out}; everything behind it: zhixing trace {done.key}{_where(archive)}")


def _tell_failed(failed: dict[str, str]) -> None:
    if failed:
        show_table(("cannot be driven", "why"), list(failed.items()))


def _where(archive: str | None) -> str:
    """Return what the next command needs to find the same archive."""
    return f" --archive {shlex.quote(archive)}" if archive else ""
