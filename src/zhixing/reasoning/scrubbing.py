"""Secrets cut out of text: also where it comes in pieces, with what nobody sees in a secret, or one in another."""

from __future__ import annotations

import operator
import re
from collections.abc import Sequence

_CONTROLS = [*range(9), 11, 12, *range(14, 32), *range(127, 160), 0xAD, 0x61C, 0x180E, 0x200B, 0x200E, 0x200F]
_CONTROLS += [*range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF, *range(0xFFF9, 0xFFFC), *range(0xE000, 0xF900)]
_JOINERS = [0x34F, 0x200C, 0x200D, *range(0xFE00, 0xFE10), *range(0xE0000, 0xE1000)]
NEVER_SPOKEN = dict.fromkeys(_CONTROLS)
"""For ``str.translate``: control characters, and others without a sight, a sound or a use in speech."""

_UNSEEN = frozenset(map(chr, [*_CONTROLS, *_JOINERS]))
_UNSEEN_CLASS = f"[{''.join(map(re.escape, sorted(_UNSEEN)))}]*"
_MOST_UNSEEN = 8


class Scrubber:
    """Takes a text in pieces and gives it without secrets; what comes out does not depend on where it is cut.

    What may be the beginning of a secret is held back. A secret that comes to be when another is taken out of its
    middle loses its end: its beginning has been given away by then.

    Args:
        secrets: Texts that must not come through.

    Example:
        >>> scrubber = Scrubber(["sk-123"])
        >>> scrubber.feed("my sk-") + scrubber.feed("123 key is sk-12sk-") + scrubber.feed("1233.") + scrubber.flush()
        'my  key is sk-12.'
    """

    __slots__ = ("_automata", "_base", "_first", "_held", "_sizes", "_states")

    def __init__(self, secrets: Sequence[str]) -> None:
        self._automata = tuple(_Automaton(secret) for secret in secrets if secret)
        self._first = re.compile("|".join(re.escape(one.secret[0]) for one in self._automata))
        self._sizes = tuple(len(one.secret) for one in self._automata)
        self._base = (0,) * len(self._automata)
        self._held: list[str] = []
        self._states: list[tuple[int, ...]] = []  # behind each character that is held

    def __repr__(self) -> str:
        return "Scrubber(...)"

    def feed(self, text: str) -> str:
        """Return what is clear now that this piece has come."""
        if not self._automata:
            return text
        given: list[str] = []
        place = 0
        while place < len(text):
            if not self._held and not any(self._base):
                found = self._first.search(text, place)
                start = found.start() if found else len(text)
                given.append(text[place:start])
                place = start
                if not found:
                    break
            self._take(text[place], given)
            place += 1
        return "".join(given)

    def flush(self) -> str:
        """Return what was held back; it still counts as a beginning, so that no later piece makes a secret of it."""
        given = "".join(self._held)
        self._base = self._states[-1] if self._states else self._base
        self._held, self._states = [], []
        return given

    def _take(self, char: str, given: list[str]) -> None:
        if char in _UNSEEN:
            if not self._held:
                given.append(char)
            elif len(self._held[-1]) < _MOST_UNSEEN:
                self._held[-1] += char
            return
        before = self._states[-1] if self._states else self._base
        states = tuple([one.step(state, char) for one, state in zip(self._automata, before, strict=True)])
        self._held.append(char)
        self._states.append(states)
        if any(map(operator.eq, states, self._sizes)):
            whole = max(size for size, state in zip(self._sizes, states, strict=True) if state == size)
            del self._held[-whole:]
            del self._states[-whole:]
            return
        clear = len(self._held) - max(states)
        if clear > 0:  # after a flush more may be a beginning than is held
            given += self._held[:clear]
            self._base = self._states[clear - 1]
            del self._held[:clear]
            del self._states[:clear]


class _Automaton:
    """Knows how much of a secret's beginning a text ends with (Knuth, Morris and Pratt)."""

    __slots__ = ("_next", "secret")

    def __init__(self, secret: str) -> None:
        self.secret = secret
        self._next: list[dict[str, int]] = []  # by state: how much it is with this character more; none for all others
        shorter: dict[str, int] = {}  # as if the first character had not come
        for size, char in enumerate([*secret, ""], start=1):
            self._next.append(shorter | {char: size} if char else shorter)
            shorter = self._next[shorter.get(char, 0)] if size > 1 else self._next[0]

    def step(self, state: int, char: str) -> int:
        """Return how much it is with one more character."""
        return self._next[state].get(char, 0)


def pattern_of(secret: str) -> re.Pattern[str]:
    """Return what finds a secret, also with unseen characters within it."""
    return re.compile(_UNSEEN_CLASS.join(map(re.escape, secret)))
