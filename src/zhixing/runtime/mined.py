"""A search in the archive as a command: by file, by JSON or by the name of a pattern."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from zhixing.dataloop.archive.archive import Archive
from zhixing.dataloop.ask.asking import Asked, ask
from zhixing.dataloop.ask.by_model import ask_model
from zhixing.dataloop.ask.saying import in_words
from zhixing.dataloop.fanout import Fanout
from zhixing.dataloop.mining.cost import cost_of
from zhixing.dataloop.mining.missing import why_nothing
from zhixing.dataloop.mining.named.catalogue import NAMED
from zhixing.dataloop.mining.prepared import PreparedDrive
from zhixing.dataloop.mining.quick import explained
from zhixing.datatypes.hit import Because, Hit
from zhixing.datatypes.localized import LANGS, Lang
from zhixing.datatypes.query import Query
from zhixing.datatypes.query_json import from_json, to_json
from zhixing.errors import InputError
from zhixing.reasoning.reasoner import Reasoner
from zhixing.runtime.dataloop import open_archive
from zhixing.runtime.loop.mining import mine_archive
from zhixing.simulation.patterns.catalogue import catalogue

_MOST_BYTES = 64_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What a query found.

    Attributes:
        query: Its name.
        num_drives: Drives that were looked at.
        num_drives_hit: Drives with a hit.
        num_hits: Hits in all.
        hits_s: How long they are together, in seconds.
        hits: The first of them.
        skipped: Drives in which the query would have needed too much.
        why_not: What the drives lack, where nothing was found.
    """

    query: str
    num_drives: int
    num_drives_hit: int
    num_hits: int
    hits_s: float
    hits: tuple[Hit, ...]
    skipped: tuple[str, ...]
    why_not: tuple[str, ...] = ()

    def rows(self) -> list[tuple[object, ...]]:
        """Return a row for each hit that is shown."""
        return [
            (
                hit.drive_id,
                round(hit.start_ns * 1e-9, 2),
                round(hit.end_ns * 1e-9, 2),
                ", ".join(f"{role} {identity}" for role, identity in hit.object_ids),
                *(["; ".join(_in_words(one) for one in hit.because)] if hit.because else []),
            )
            for hit in self.hits
        ]


def query_named(text: str) -> Query:
    """Return a query: JSON itself, a file of it, that of a pattern, or one that others know by a name.

    Raises:
        InputError: There is no such file or pattern.
        QueryError: The JSON is no query.
    """
    if text.lstrip().startswith("{"):
        return from_json(text)
    if text in catalogue():
        return catalogue()[text].query()
    if text in NAMED:
        return NAMED[text].query
    for pattern in catalogue().values():
        if text.strip().lower() in {pattern.title.in_lang(lang).lower() for lang in LANGS}:
            return pattern.query()
    path = Path(text)
    if not path.is_file():
        near = difflib.get_close_matches(text, [*catalogue(), *NAMED], n=3, cutoff=0.5)
        hint = f"Did you mean {' or '.join(near)}?" if near else "zhixing pattern list shows all patterns."
        raise InputError(f"{text!r} is no file, no pattern and no named query", hint=f"{hint} Questions: zhixing ask.")
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise InputError(f"{path} has {path.stat().st_size:,} bytes", hint="A query has at most 64 kB.")
        return from_json(path.read_bytes())
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}", hint="Check the file.") from error


def understood(text: str, lang: str | None = None, reasoner: Reasoner | None = None) -> Asked:
    """Return what a question is taken to ask for.

    Args:
        text: The question.
        lang: zh, en or de; found out where it is not given.
        reasoner: A language model that is to write the query, or None.

    Raises:
        InputError: There is no such language.
        QueryError: Nothing that can be looked for was understood.
        ServiceError: The language model cannot be asked.
    """
    known: Lang | None = next((one for one in LANGS if one == lang), None)
    if lang is not None and known is None:
        raise InputError(f"{lang!r} is no language that is understood here", hint=f"Choose one of {', '.join(LANGS)}.")
    return ask(text, known) if reasoner is None else ask_model(text, reasoner, known)


def asked_as_json(asked: Asked) -> str:
    """Return the query of a question as one line of JSON."""
    return to_json(asked.query)


def asked_in_words(asked: Asked) -> str:
    """Return what a question was taken for, in its own language."""
    return asked.pattern or in_words(asked.query, asked.lang)


def mine_named(
    text: str,
    archive: str | None,
    drives: Sequence[str],
    limit: int,
    *,
    jobs: int = 1,
    on: str = "local",
    explain: bool = False,
    on_progress: Callable[[float], None] | None = None,
) -> Search:
    """Look for something in an archive.

    Args:
        text: The query, see :func:`query_named`.
        archive: Place of the archive, None for that of the settings.
        drives: Names or keys of drives; all if empty.
        limit: How many hits are returned.
        jobs: Processes.
        on: Where, see :class:`~zhixing.dataloop.fanout.Fanout`.
        explain: Whether these say why they are some.
        on_progress: Told the share that is done.

    Raises:
        InputError: There is no such query or drive.
        QueryError: The query cannot be meant.
        RecordingError: The archive cannot be read or written.
    """
    query, place = query_named(text), open_archive(archive)
    keys = [place.named(name).key for name in drives] or list(place.drives)
    mined = mine_archive(place, [query], keys, Fanout(jobs, on), on_progress)
    hits = [(key, hit) for key in keys for hit in mined.hits[key]]
    why_not = () if hits else why_nothing(query, [place.drives[key] for key in keys])
    shown = hits[:limit]
    return Search(
        query=query.name,
        num_drives=len(keys),
        num_drives_hit=sum(bool(mined.hits[key]) for key in keys),
        num_hits=len(hits),
        hits_s=sum(hit.duration_s for _, hit in hits),
        hits=_explained(place, query, shown) if explain else tuple(hit for _, hit in shown),
        skipped=tuple(place.drives[key].drive_id for key in keys if mined.skipped[key]),
        why_not=tuple(one.en for one in why_not),
    )


def cost_rows(text: str, archive: str | None, drives: Sequence[str]) -> list[tuple[str, str, int, int, str]]:
    """Return what a query would look at, drive by drive, the dearest first, without looking.

    Returns:
        Drive, how many can play each role, moments, combinations at most, and a word where that is too much.

    Raises:
        InputError: There is no such query or drive.
        QueryError: The query cannot be meant.
        RecordingError: The archive cannot be read.
    """
    query, place = query_named(text), open_archive(archive)
    rows = []
    for entry in [place.named(name) for name in drives] or place.drives.values():
        cost = cost_of(PreparedDrive(place.load(entry)), query)
        who = ", ".join(f"{role} {count}" for role, count in cost.candidates.items())
        rows.append((entry.drive_id, who, cost.steps, cost.combinations, "too much" if cost.is_too_much else ""))
    return sorted(rows, key=lambda row: (-row[3], row[0]))


def _explained(archive: Archive, query: Query, hits: Sequence[tuple[str, Hit]]) -> tuple[Hit, ...]:
    prepared: dict[str, PreparedDrive] = {}
    found = []
    for key, hit in hits:
        if key not in prepared:
            prepared = {key: PreparedDrive(archive.load(key))}
        found.append(explained(prepared[key], query, hit))
    return tuple(found)


def _in_words(because: Because) -> str:
    who = ", ".join(f"{role} {identity}" for role, identity in because.object_ids)
    span = (
        f"{because.least:.4g}" if because.least == because.greatest else f"{because.least:.4g} … {because.greatest:.4g}"
    )
    return f"{'' if because.holds else 'not '}{because.condition.measure}({who}) = {span}"
