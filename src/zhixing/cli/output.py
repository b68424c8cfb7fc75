"""How answers look: tables for people, JSON for programs, errors in one line."""

from __future__ import annotations

import dataclasses
import json
import math
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

JSON_HELP = "Print JSON instead of text."


def show_json(answer: object) -> None:
    """Print an answer as JSON; NaN and infinity, which JSON lacks, become null."""
    sys.stdout.write(json.dumps(_plain(answer), ensure_ascii=False, indent=2, allow_nan=False) + "\n")


def show_line(text: str) -> None:
    """Print a line."""
    sys.stdout.write(printable(text) + "\n")


def printable(text: str) -> str:
    """Return a text on one line without control characters: names come from strangers' files.

    Example:
        >>> printable(chr(27) + "[2J")[1:]
        'x1b[2J'
    """
    return "".join(char if char.isprintable() else f"\\x{ord(char):02x}" for char in text)


def show_table(columns: Sequence[str], rows: Sequence[Sequence[object]], title: str = "") -> None:
    """Print a table; columns of numbers are right-aligned."""
    from rich.console import Console  # noqa: PLC0415  # heavy
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    # What stands in a cell may come from a stranger's file: text, never markup.
    table = Table(
        title=Text(printable(title)) if title else None,
        title_justify="left",
        box=None,
        header_style="bold",
        pad_edge=False,
    )
    for index, column in enumerate(columns):
        numeric = bool(rows) and all(isinstance(row[index], int | float) for row in rows)
        table.add_column(Text(printable(column)), justify="right" if numeric else "left")
    for row in rows:
        table.add_row(*(Text(_cell(value)) for value in row))
    # Into a pipe a table is as wide as it needs to be.
    Console(width=None if sys.stdout.isatty() else 240).print(table)


def show_machine() -> None:
    """Print what the figures above depend on."""
    from zhixing.runtime.machine import machine  # noqa: PLC0415  # heavy

    show_line(", ".join(f"{name} {value}" for name, value in machine().items()))


def show_note(text: str) -> None:
    """Print a line on stderr, beside the answer."""
    sys.stderr.write(printable(text) + "\n")


def show_error(message: str, hint: str) -> None:
    """Print an error on stderr: one line, and a hint where there is one; as JSON where the command said --json."""
    if "--json" in sys.argv:
        sys.stderr.write(json.dumps({"error": message, "hint": hint}, ensure_ascii=False) + "\n")
        return
    red, dim, plain = ("\x1b[31m", "\x1b[2m", "\x1b[0m") if sys.stderr.isatty() else ("", "", "")
    sys.stderr.write(f"{red}error: {printable(' '.join(message.split()))}{plain}\n")
    if hint:
        sys.stderr.write(f"{dim}  {printable(hint)}{plain}\n")


@contextmanager
def progress(label: str) -> Iterator[Callable[[float], None] | None]:
    """Yield a function that shows the share that is done (0 to 1), on a terminal only."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console  # noqa: PLC0415  # heavy
    from rich.progress import Progress  # noqa: PLC0415

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(label, total=1.0)
        yield lambda share: bar.update(task, completed=share)


def _cell(value: object) -> str:
    if isinstance(value, float):
        return "–" if math.isnan(value) else f"{value:,.3g}" if abs(value) < 100 else f"{value:,.0f}"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else printable(str(value))


def _plain(value: object) -> object:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: _plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
