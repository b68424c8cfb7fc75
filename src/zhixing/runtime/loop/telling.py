"""How a verdict is told on the command line, and files that people give and get."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from pathlib import Path

from zhixing.datatypes.tracks import RoadUser
from zhixing.datatypes.verdict import Interval
from zhixing.errors import InputError, RecordingError
from zhixing.runtime.loop.driving import Driven
from zhixing.runtime.loop.judging import Judged

_MOST_NAMED = 3


def verdict_title(judged: Judged) -> str:
    """Return a verdict in one line."""
    verdict = judged.verdict
    word = "may be released" if verdict.passes else "is not released"
    return f"{verdict.candidate} {word} against {verdict.incumbent} ({verdict.num_scenarios} scenarios)"


def verdict_findings(judged: Judged) -> list[tuple[str, str, str]]:
    """Return what each rule of the gate says: whether it is met, its name and why."""
    return [
        ("met" if one.is_met else "NOT MET", one.rule, one.says.en + _some(one.scenarios))
        for one in judged.verdict.findings
    ]


def in_words(difference: Interval) -> str:
    """Return a difference with its interval."""
    return f"{difference.mean:+.4f} (95 %: {difference.low:+.4f} to {difference.high:+.4f})"


def mean_score(driven: Driven) -> float:
    """Return the mean score of what was driven, NaN for nothing."""
    scores = [card.score for card in driven.cards.values()]
    return sum(scores) / len(scores) if scores else float("nan")


def lines_of(path: Path) -> tuple[str, ...]:
    """Return the lines of a text file that are not blank.

    Raises:
        InputError: It cannot be read.
    """
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read: {error}", hint="Give a text file with a drive a line.") from error
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def check_needed(slices: Sequence[str], queries: Sequence[str]) -> None:
    """Complain about a slice that no scenario can belong to, before hours of work are done for it.

    Args:
        slices: As ``pattern:cut-in-at-speed``.
        queries: Names of the queries that find patterns.

    Raises:
        InputError: There is no such slice.
    """
    known = {
        "pattern": set(queries), "class": {one.name.lower() for one in RoadUser}, "time": {"day", "night", "unknown"},
    }  # fmt: skip
    for one in slices:
        kind, _, name = one.partition(":")
        if kind in {"family", "place"} and name:
            continue
        if name not in known.get(kind, ()):
            every = [f"{k}:{value}" for k, values in known.items() for value in values]
            near = difflib.get_close_matches(one, every, n=2, cutoff=0.5)
            hint = (
                f"Did you mean {' or '.join(near)}?" if near else "Name it as pattern:…, class:…, time:… or family:…."
            )
            raise InputError(f"no scenario belongs to {one!r}", hint=hint)


def check_writable(out: Path) -> None:
    """Complain about a report that could not be written, before hours of work are done for it.

    Raises:
        RecordingError: It is a folder, or its folder is not there.
    """
    if out.is_dir() or not out.parent.is_dir():
        raise RecordingError(f"{out} cannot be written", hint="Give a file in a folder that is there.")


def write_report(out: Path, judged: Judged) -> None:
    """Write the page about a verdict.

    Raises:
        RecordingError: It cannot be written.
    """
    try:
        out.write_bytes(judged.html)
    except OSError as error:
        raise RecordingError(f"{out} cannot be written: {error.strerror}", hint="Choose another file.") from error


def _some(names: Sequence[str]) -> str:
    if not names:
        return ""
    return f" ({', '.join(names[:_MOST_NAMED])}{' …' if len(names) > _MOST_NAMED else ''})"
