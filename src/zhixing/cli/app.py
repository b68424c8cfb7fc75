"""The tree of commands."""

from __future__ import annotations

import typer

from zhixing.cli import (
    archive,
    bench,
    broker,
    cockpit,
    doctor,
    drive,
    exam,
    export,
    loop,
    mining,
    patterns,
    reenact,
    serve,
)

app = typer.Typer(
    name="zhixing",
    help="Zhixing 知行: an open vehicle-intelligence platform for China's roads.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
exams = typer.Typer(help="Outside exams, as their pages describe them.", no_args_is_help=True, rich_markup_mode=None)

pattern = typer.Typer(
    help="Patterns of Chinese streets: see, drive and search them.", no_args_is_help=True, rich_markup_mode=None
)

app.command()(serve.serve)
app.command()(broker.broker)
app.command()(cockpit.say)
app.command()(cockpit.signals)
app.command()(drive.drive)
app.command()(export.export)
app.command()(archive.ingest)
app.command()(archive.archive)
app.command()(archive.handout)
app.command()(archive.audit)
app.command()(archive.purge)
app.command()(mining.mine)
app.command()(mining.ask)
app.command()(loop.rollout)
app.command()(loop.score)
app.command()(loop.gate)
app.command()(loop.loop)
app.command()(mining.trace)
app.command()(reenact.reenact)
app.add_typer(exams, name="exam")
app.add_typer(pattern, name="pattern")
app.command()(bench.bench)
app.command()(doctor.doctor)
pattern.command(name="list")(patterns.list_patterns)
pattern.command()(patterns.show)
pattern.command()(patterns.drive)
pattern.command()(patterns.search)
exams.command(name="cockpit")(exam.cockpit)
exams.command(name="driving")(exam.driving)
exams.command(name="mining")(exam.mining)
