"""English sentences are put into one form before they are scanned."""

from __future__ import annotations

from zhixing.dataloop.ask.rewriting import rewritten, rules

_REWRITES = rules(
    (r"\b(is|are|was|were|does|do|did)n['’]t\b", r"\1 not"),  # as people type it
    (r"\b(?:won|can|could|would)['’]?n?['’]t\b|\bcannot\b", "does not"),
    (
        r"\b(?:person|child|kid|man|woman|somebody|someone) (?:riding|on) an? (bicycle|bike|motorcycle|e-bike)\b",
        r"\1",
    ),
    (r"\bor more\b(?=\s+\w)", "at least"),
    (r"\b(two|three|four|five|\d+) at least\b", r"at least \1"),
    (r"\bhalf a minute\b", "30 s"),
    (r"\bhalf a second\b", "0.5 s"),
    (r"\ba (?:group|crowd) of\b", "at least three"),
)


def in_one_form(text: str) -> str:
    """Return a sentence, in lower case, without contractions and ways round.

    Example:
        >>> in_one_form("a person riding a bicycle doesn't stop")
        'a bicycle does not stop'
    """
    return rewritten(text, _REWRITES)
