"""Whether words of a language model sound as if the car had done something: it may say so only after the car has."""

from __future__ import annotations

import re

from zhixing.cockpit.understand.meaning import spans_of
from zhixing.cockpit.understand.normalise import MAX_CHARS, clean, tokenise
from zhixing.datatypes.localized import Lang

_SENTENCE = re.compile(r"[^.!?。！？\n]+")
_END = re.compile(r"[.!?。！？\n]")
_DONE = frozenset((
    "已", "已经", "了", "好了", "have", "i've", "has", "been", "is now", "are now", "now", "done", "habe",
    "ist jetzt", "jetzt", "wurde", "wurden", "sind jetzt",
))  # fmt: skip


class Watch:
    """Watches a text that grows for a sentence that names a deed, and reads every sentence once."""

    def __init__(self) -> None:
        self._start = 0
        self._has_seen = False

    def sees(self, text: str, lang: Lang) -> bool:
        """Return whether the text so far names a deed; it is the one seen before, and perhaps more."""
        if not self._has_seen:
            self._has_seen = _finds(text[self._start :], lang, done_only=False)
            self._start = max((end.end() for end in _END.finditer(text, self._start)), default=self._start)
        return self._has_seen


def claims_a_deed(text: str, lang: Lang) -> bool:
    """Return whether a sentence says that something of the car has been done.

    Example:
        >>> claims_a_deed("天窗已经打开了。", "zh"), claims_a_deed("天窗是玻璃做的。", "zh")
        (True, False)
    """
    return _finds(text, lang, done_only=True)


def _finds(text: str, lang: Lang, *, done_only: bool) -> bool:
    for sentence in _SENTENCE.findall(text):
        words = clean(sentence[:MAX_CHARS])
        spans = spans_of(tokenise(words), lang)
        is_about = any(span.has("device") or span.has("hint") for span in spans) and any(s.has("act") for s in spans)
        said = {*(span.text.replace(" ", "") for span in spans), *tokenise(words)}
        if is_about and (not done_only or said & _DONE):
            return True
    return False
