"""How patterns and what became of them look to a person."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from zhixing.datatypes.localized import LANGS
from zhixing.datatypes.query_json import plain_of
from zhixing.errors import InputError
from zhixing.runtime.pattern_search import SearchReport
from zhixing.runtime.patterns import PatternDrive
from zhixing.simulation.patterns.catalogue import catalogue, pattern_named

_MOST_SHOWN = 10


def pattern_rows() -> list[dict[str, str]]:
    """Return name, title and sentence of every pattern, in three languages."""
    return [
        {"name": one.name}
        | {lang: one.title.in_lang(lang) for lang in LANGS}
        | {f"sentence_{lang}": one.sentence.in_lang(lang) for lang in LANGS}
        for one in catalogue().values()
    ]


def pattern_view(name: str) -> dict[str, Any]:
    """Return all that is known of a pattern.

    Raises:
        InputError: None has this name.
    """
    one = pattern_named(name)
    return {
        "name": one.name,
        "title": {lang: one.title.in_lang(lang) for lang in LANGS},
        "sentence": {lang: one.sentence.in_lang(lang) for lang in LANGS},
        "parameters": [
            {
                "name": p.name, "low": p.low, "usual": p.usual, "high": p.high, "meaning": p.meaning.en,
                "source": p.source,
            }
            for p in one.parameters
        ],
        "query": plain_of(one.query()),
    }  # fmt: skip


def parameters_of(pairs: Sequence[str]) -> dict[str, float]:
    """Return values from ``name=value``.

    Raises:
        InputError: One is not so.

    Example:
        >>> parameters_of(["gap_m=4.5"])
        {'gap_m': 4.5}
    """
    values = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        try:
            values[name.strip()] = float(value)
        except ValueError:
            equals = ""
        if not equals:
            raise InputError(f"{pair!r} sets no parameter", hint="Write name=value, e.g. gap_m=4.5.")
    return values


def drive_rows(drive: PatternDrive, kept: Path | None) -> dict[str, object]:
    """Return what became of a scene, by name."""
    decisions = [decision.say.zh for _, decision in drive.trace.decisions]
    rows: dict[str, object] = {f"parameter {name}": round(value, 3) for name, value in drive.values.items()}
    rows |= {
        "outcome": drive.trace.outcome,
        "score": round(drive.card.score, 3),
        "least time to collision, s": drive.card.metrics["min_ttc_s"],
        "hit without fault": len(drive.trace.contact_ids),
        "why": " → ".join(dict.fromkeys(decisions)),
    }
    return rows | ({"kept as": str(kept)} if kept is not None else {})


def hardest_rows(report: SearchReport) -> tuple[tuple[str, ...], list[tuple[object, ...]]]:
    """Return columns and rows of the hardest scenes of a search."""
    names = tuple(report.tried[0].values) if report.tried else ()
    rows: list[tuple[object, ...]] = [
        (round(one.hardness, 2), one.outcome, one.score, *(round(one.values[name], 2) for name in names))
        for one in report.tried[:_MOST_SHOWN]
    ]
    return ("hardness", "outcome", "score", *names), rows
