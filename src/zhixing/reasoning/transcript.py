"""What happened in a thought, in order, to be looked at or compared later; the key is never in it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field

from zhixing.reasoning.credentials import Key


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened.

    Attributes:
        at_s: Seconds since the thought began.
        kind: ``request``, ``failed``, ``said``, ``asked``, ``answered``, ``dropped`` or ``finished``.
        details: By name; values can be written as JSON.
    """

    at_s: float
    kind: str
    details: dict[str, object] = field(default_factory=dict)


class Transcript:
    """An append-only record.

    Example:
        >>> transcript = Transcript(Key("sk-123456"))
        >>> transcript.add(0.5, "failed", why="sk-123456 is wrong")
        >>> list(transcript.lines())
        ['{"at_s": 0.5, "kind": "failed", "why": "[key] is wrong"}']
    """

    def __init__(self, key: Key) -> None:
        self._key = key
        self._entries: list[Entry] = []

    def add(self, at_s: float, kind: str, **details: object) -> None:
        """Add what has just happened."""
        self._entries.append(Entry(round(at_s, 4), kind, details))

    def entries(self) -> tuple[Entry, ...]:
        """Return all entries so far."""
        return tuple(self._entries)

    def lines(self) -> Iterator[str]:
        """Yield one line of JSON an entry."""
        for entry in self.entries():
            line = {"at_s": entry.at_s, "kind": entry.kind, **entry.details}
            yield self._key.scrub(json.dumps(line, ensure_ascii=False, default=_plain))


def _plain(value: object) -> object:
    """Return a noun as a mapping, anything else as its text."""
    return asdict(value) if hasattr(value, "__dataclass_fields__") else str(value)  # type: ignore[call-overload]
