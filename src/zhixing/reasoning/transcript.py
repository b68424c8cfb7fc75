"""What happened in a thought, in order, to be looked at or compared later; the key is never in it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, is_dataclass

from zhixing.reasoning.credentials import Key


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened.

    Attributes:
        at_s: Seconds since the thought began.
        kind: ``request``, ``failed``, ``said``, ``asked``, ``answered``, ``dropped`` or ``finished``.
        details: By name; values as JSON has them.
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
        plain = {name: self._key.scrub_all(_plain(value)) for name, value in details.items()}
        self._entries.append(Entry(round(at_s, 4), kind, plain))

    def entries(self) -> tuple[Entry, ...]:
        """Return all entries so far."""
        return tuple(self._entries)

    def lines(self) -> Iterator[str]:
        """Yield one line of JSON an entry."""
        for entry in self.entries():
            line = {"at_s": entry.at_s, "kind": entry.kind, **entry.details}
            yield json.dumps(line, ensure_ascii=False)


def _plain(value: object) -> object:
    """Return a value as JSON has them: nouns as mappings, what is unknown as its text."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if is_dataclass(value) and not isinstance(value, type):
        return _plain(asdict(value))
    if isinstance(value, Mapping):
        return {str(name): _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return str(value)
