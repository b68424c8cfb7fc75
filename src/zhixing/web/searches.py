"""Searches in the archive while people look on: hits come in drive by drive, and a search can be stopped."""

from __future__ import annotations

import asyncio
import itertools
from dataclasses import dataclass, field
from typing import Any

from zhixing.errors import InputError, ZhixingError
from zhixing.runtime.studio import desk, hits
from zhixing.web.workers import Worker

MOST_SEARCHES = 4
"""So many are remembered; the oldest is forgotten."""
MOST_HITS = 250_000
"""As many as a list in a browser can be long."""
_CHUNK_DRIVES = 4


@dataclass(slots=True, kw_only=True, eq=False)
class Search:
    """One search and what it has found so far.

    Attributes:
        number: Names it.
        text: The query as JSON.
        name: Of the query.
        roles: Of the query.
        words: What it says, by language.
        hits: In the order of the drives, then of time.
        skipped: Drives in which the query would have needed too much.
        why_not: What the drives lack, where nothing was found; by language.
        num_drives: Drives to look at, 0 before that is known.
        num_done: Drives that were looked at.
        num_drives_hit: Those in which something was found.
        error: Why it ended early.
        is_over: Whether nothing more will come.
    """

    number: int
    text: str
    name: str
    roles: tuple[str, ...]
    words: dict[str, str]
    hits: list[hits.PlainHit] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    why_not: list[dict[str, str]] = field(default_factory=list)
    num_drives: int = 0
    num_done: int = 0
    num_drives_hit: int = 0
    error: dict[str, str] | None = None
    is_over: bool = False
    task: asyncio.Task[None] | None = None

    def state(self) -> dict[str, Any]:
        """Return how far it is."""
        return {
            "search": self.number, "name": self.name, "roles": self.roles, "words": self.words, "hits": len(self.hits),
            "drives": self.num_drives, "done": self.num_done, "drives_hit": self.num_drives_hit,
            "skipped": self.skipped[:20], "num_skipped": len(self.skipped), "error": self.error,
            "why_not": self.why_not, "is_over": self.is_over,
        }  # fmt: skip


class Searches:
    """The last searches in one archive.

    Args:
        place: Of the archive.
        worker: Who looks.
        reader: Who reads queries meanwhile; whatever somebody sends, it must not hold up the car.
    """

    def __init__(self, place: str, worker: Worker, reader: Worker) -> None:
        self._place = place
        self._reader = reader
        self._worker = worker
        self._numbers = itertools.count(1)
        self._known: dict[int, Search] = {}

    async def start(self, text: str) -> Search:
        """Begin a search; one that is still going on is stopped.

        Raises:
            QueryError: The text is no query.
        """
        name, roles, words = await self._reader.do(hits.checked, text)
        for other in self._known.values():
            self._stop(other)
        search = Search(number=next(self._numbers), text=text, name=name, roles=roles, words=words)
        self._known[search.number] = search
        for number in list(self._known)[:-MOST_SEARCHES]:
            del self._known[number]
        search.task = asyncio.get_running_loop().create_task(self._run(search))
        return search

    def named(self, number: int) -> Search:
        """Return a search.

        Raises:
            InputError: It is forgotten, or never was.
        """
        if number not in self._known:
            raise InputError(f"search {number} is forgotten", hint="Search again.")
        return self._known[number]

    def stop(self, number: int) -> Search:
        """Stop a search; what it has found stays.

        Raises:
            InputError: There is none.
        """
        search = self.named(number)
        self._stop(search)
        return search

    def close(self) -> None:
        """Stop all."""
        for search in self._known.values():
            self._stop(search)

    def _stop(self, search: Search) -> None:
        if search.task is not None and not search.is_over:
            search.task.cancel()
            search.is_over = True

    async def _run(self, search: Search) -> None:
        try:
            keys = await self._worker.do(desk.drive_keys, self._place)
            search.num_drives = len(keys)
            for first in range(0, len(keys), _CHUNK_DRIVES):
                chunk = keys[first : first + _CHUNK_DRIVES]
                found, skipped = await self._worker.do(hits.search, self._place, search.text, chunk)
                search.hits.extend(found[: MOST_HITS - len(search.hits)])
                search.skipped.extend(skipped)
                search.num_done += len(chunk)
                search.num_drives_hit += len({one[0] for one in found})
                if len(search.hits) >= MOST_HITS:
                    raise InputError(f"{MOST_HITS:,} hits are enough", hint="Ask for something rarer.")
            if not search.hits:
                search.why_not = await self._worker.do(hits.why_not, self._place, search.text)
        except ZhixingError as error:
            search.error = {"message": str(error), "hint": error.hint}
        finally:
            search.is_over = True
