"""From a question to hits, and from a hit to what it looked like."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from zhixing.dataloop.ask.saying import in_words
from zhixing.dataloop.mining.missing import why_nothing
from zhixing.dataloop.mining.named.catalogue import NAMED
from zhixing.dataloop.mining.prepared import PreparedDrive
from zhixing.dataloop.mining.quick import explained
from zhixing.dataloop.report.views import hit_preview, hit_view
from zhixing.dataloop.scenes import scene_of_hit
from zhixing.datatypes.evidence import Drive
from zhixing.datatypes.hit import Because, Hit
from zhixing.datatypes.localized import LANGS
from zhixing.datatypes.query import Query
from zhixing.datatypes.query_json import from_json, plain_of
from zhixing.errors import InputError, QueryError, ZhixingError
from zhixing.reasoning.reasoner import Reasoner
from zhixing.runtime.loop.mining import mine_archive
from zhixing.runtime.mined import understood
from zhixing.runtime.studio.desk import archive_at
from zhixing.settings import load_settings

PlainHit = list[Any]
"""[key of the drive, start in ns, end in ns, [object id of each role in the order of the query]]"""
_MOST_CHARS = 500


def ask(text: str, lang: str | None, by_model: bool = False) -> dict[str, Any]:
    """Return the query that a question, or the name of a query, asks for, to be looked at before it runs.

    Args:
        text: The question.
        lang: zh, en or de; found out where it is not given.
        by_model: Whether the language model of the settings is to write the query.

    Raises:
        ConfigError: The settings are wrong.
        InputError: There is no such language, or no language model is set up.
        QueryError: Nothing that can be looked for was understood.
        ServiceError: The language model cannot be asked.
    """
    text = text.strip()[:_MOST_CHARS]
    if text in NAMED:
        return _shown(NAMED[text].query) | {"understood": [[text, text]], "unknown": [], "lang": lang or "en"}
    asked = understood(text, lang, _reasoner() if by_model else None)
    return _shown(asked.query) | {
        "understood": [list(one) for one in asked.understood], "unknown": list(asked.unknown), "lang": asked.lang,
    }  # fmt: skip


def has_model() -> bool:
    """Return whether a language model may be asked: whether the settings say so for the assistant.

    Raises:
        ConfigError: The settings are wrong.
    """
    return load_settings().assistant.language_model


def _reasoner() -> Reasoner:
    if not has_model():
        raise InputError("no language model is set up", hint="Set assistant.language_model and llm in the settings.")
    return Reasoner(load_settings().llm)


def _shown(query: Query) -> dict[str, Any]:
    return {
        "query": json.dumps(plain_of(query), ensure_ascii=False, indent=1, allow_nan=False),
        "words": {lang: in_words(query, lang) for lang in LANGS},
    }


def checked(text: str) -> tuple[str, tuple[str, ...], dict[str, str]]:
    """Return the name and the roles of a query given as JSON, and what it says in words, by language.

    Raises:
        QueryError: It is none.
    """
    query = from_json(text)
    return query.name, tuple(role.name for role in query.roles), {lang: in_words(query, lang) for lang in LANGS}


def search(place: str, text: str, keys: list[str]) -> tuple[list[PlainHit], list[str]]:
    """Return what a query finds in some drives, and the names of those in which it would have needed too much.

    Raises:
        QueryError: The text is no query.
        RecordingError: The archive cannot be read or written.
    """
    query = _query(text)
    archive = archive_at(place)
    # A drive may have been purged since the search began.
    keys = [key for key in keys if key in archive.drives]
    mined = mine_archive(archive, [query], keys)
    hits = [
        [key, hit.start_ns, hit.end_ns, [identity for _, identity in hit.object_ids]]
        for key in keys for hit in mined.hits[key]
    ]  # fmt: skip
    return hits, [archive.drives[key].drive_id for key in keys if mined.skipped[key]]


def why_not(place: str, text: str) -> list[dict[str, str]]:
    """Return why a query that found nothing could find nothing, by language.

    Raises:
        QueryError: The text is no query.
        RecordingError: The archive cannot be read.
    """
    found = why_nothing(_query(text), list(archive_at(place).drives.values()))
    return [{"zh": one.zh, "en": one.en, "de": one.de} for one in found]


def previews(place: str, text: str, hits: list[PlainHit]) -> list[dict[str, Any]]:
    """Return a line of the list for each hit, with the ways of those who play a role.

    Raises:
        RecordingError: The archive cannot be read.
    """
    archive = archive_at(place)
    lines = []
    for plain in hits:
        key, start_ns, end_ns, _ = plain
        entry = archive.drives.get(key)
        if entry is None:
            lines.append({"drive": "", "start": 0.0, "seconds": 0.0, "roles": [], "ways": []})
            continue
        hit = hit_of(text, plain, entry.drive_id)
        try:
            ways = hit_preview(_loaded(place, key), hit)
        except ZhixingError:
            ways = []
        lines.append(
            {
                "drive": entry.drive_id, "source": entry.source,
                "start": round((start_ns - entry.start_ns) * 1e-9, 1), "seconds": round((end_ns - start_ns) * 1e-9, 1),
                "roles": [list(one) for one in hit.object_ids], "ways": ways,
            }
        )  # fmt: skip
    return lines


def scene(place: str, text: str, plain: PlainHit) -> dict[str, Any]:
    """Return a hit for the player, with its reasons, and whether somebody can drive in it.

    Raises:
        InputError: The drive is gone.
        RecordingError: The archive cannot be read.
    """
    query, archive = _query(text), archive_at(place)
    entry = archive.named(plain[0])
    drive = _loaded(place, entry.key)
    hit = hit_of(text, plain, entry.drive_id)
    view = hit_view(drive, hit)
    try:
        because = explained(PreparedDrive(drive), query, hit).because
    except QueryError:
        because = ()
    is_drivable = drive.road is not None and scene_of_hit(entry, hit, drive) is not None
    return {
        "drive": entry.drive_id, "key": entry.key[:8], "source": entry.source, "is_drivable": is_drivable,
        "because": [_reason(one, round(view["start"] * 1e9)) for one in because],
        "origin": round(view["start"] - entry.start_ns * 1e-9, 2),
        "view": view,
    }  # fmt: skip


def hit_of(text: str, plain: PlainHit, drive_id: str) -> Hit:
    """Return a hit that was told in plain values."""
    query = _query(text)
    _, start_ns, end_ns, ids = plain
    roles = tuple((role.name, int(identity)) for role, identity in zip(query.roles, ids, strict=True))
    return Hit(drive_id=drive_id, query=query.name, object_ids=roles, start_ns=start_ns, end_ns=end_ns)


def _reason(because: Because, start_ns: int) -> dict[str, Any]:
    return {
        "measure": because.condition.measure,
        "of": [role for role, _ in because.object_ids],
        "holds": because.holds,
        "from": round((because.start_ns - start_ns) * 1e-9, 2),
        "until": round((because.end_ns - start_ns) * 1e-9, 2),
        "least": _finite(because.least),
        "greatest": _finite(because.greatest),
    }


def _finite(value: float) -> float | None:
    return round(value, 3) if abs(value) < 1e9 else None  # a TTC without end is none


@lru_cache(maxsize=32)
def _query(text: str) -> Query:
    # Never by name or file: what comes from a page is JSON or nothing.
    return from_json(text)


@lru_cache(maxsize=6)
def _loaded(place: str, key: str) -> Drive:
    return archive_at(place).load(key)
