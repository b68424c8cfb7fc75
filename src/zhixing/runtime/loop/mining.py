"""Queries over an archive: what they find is kept, drive by drive, and found again as long as nothing changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from zhixing.dataloop.archive.archive import Archive
from zhixing.dataloop.archive.keys import canonical, code_key, key_of
from zhixing.dataloop.artefacts import Artefact, Artefacts, Recipe
from zhixing.dataloop.fanout import Fanout
from zhixing.dataloop.mining.prepared import PreparedDrive
from zhixing.dataloop.mining.quick import mine_quickly
from zhixing.datatypes.hit import Hit
from zhixing.datatypes.query import Query
from zhixing.datatypes.query_json import plain_of, query_from
from zhixing.errors import QueryError
from zhixing.runtime.loop.making import Progress, find_or_make

_CHUNK_DRIVES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Mined:
    """What queries found in an archive.

    Attributes:
        hits: For each drive by its key, its hits in the order of the queries, then of time.
        skipped: For each drive the queries that would have needed too much in it.
        keys: For each drive the key of what is kept.
    """

    hits: dict[str, tuple[Hit, ...]]
    skipped: dict[str, tuple[str, ...]]
    keys: dict[str, str]

    @property
    def num_hits(self) -> int:
        """All of them."""
        return sum(len(hits) for hits in self.hits.values())


def mine_archive(
    archive: Archive,
    queries: Sequence[Query],
    drives: Sequence[str],
    fanout: Fanout | None = None,
    on_progress: Progress | None = None,
) -> Mined:
    """Return what queries find in some drives of an archive.

    Args:
        archive: Where.
        queries: What to look for.
        drives: Keys of drives.
        fanout: How many look; None is this process alone.
        on_progress: Told the share that is done.

    Raises:
        RecordingError: The archive cannot be read or written.
    """
    plain = [plain_of(query) for query in queries]
    artefacts = Artefacts(archive)
    recipes = {key: _recipe(key, plain) for key in drives}
    kept = find_or_make(
        artefacts, recipes, _mine_chunk, (plain,), in_a_piece=_CHUNK_DRIVES, fanout=fanout, on_progress=on_progress
    )
    hits, skipped, keys = {}, {}, {}
    for key, artefact in kept.items():
        hits[key] = tuple(_hit_from(one, archive.drives[key].drive_id) for one in artefact.says["hits"])
        skipped[key] = tuple(artefact.says["skipped"])
        keys[key] = artefact.key
    return Mined(hits=hits, skipped=skipped, keys=keys)


def _recipe(drive: str, queries: Sequence[dict[str, Any]]) -> Recipe:
    how = {"queries": key_of(*(canonical(query) for query in queries))}
    return Recipe(kind="hits", made_from=(drive,), made_by=code_key("dataloop/mining", "datatypes"), how=how)


def _mine_chunk(url: str, drives: Sequence[str], plain: Sequence[dict[str, Any]]) -> int:
    archive = Archive(url)
    artefacts = Artefacts(archive)
    queries = [query_from(one) for one in plain]
    for key in drives:
        _mine_drive(artefacts, key, queries, plain)
    return len(drives)


def _mine_drive(
    artefacts: Artefacts, key: str, queries: Sequence[Query], plain: Sequence[dict[str, Any]]
) -> Artefact:  # fmt: skip
    drive = PreparedDrive(artefacts.archive.load(key))
    hits: list[Hit] = []
    skipped = []
    for query in queries:
        try:
            hits.extend(mine_quickly(drive, query, with_reasons=False))
        except QueryError:
            skipped.append(query.name)
    says = {"drive": drive.drive.drive_id, "hits": [_hit_to(hit) for hit in hits], "skipped": skipped}
    return artefacts.keep(_recipe(key, plain), says)


def _hit_to(hit: Hit) -> list[Any]:
    return [hit.query, [list(one) for one in hit.object_ids], hit.start_ns, hit.end_ns]


def _hit_from(said: Sequence[Any], drive_id: str) -> Hit:
    query, ids, start_ns, end_ns = said
    object_ids = tuple((str(role), int(identity)) for role, identity in ids)
    return Hit(drive_id=drive_id, query=query, object_ids=object_ids, start_ns=start_ns, end_ns=end_ns)
