"""Ways of saying something are put into one form by rules, one after the other."""

from __future__ import annotations

import re

Rules = tuple[tuple[re.Pattern[str], str], ...]
"""What is looked for and what it becomes, in the order in which they are applied."""


def rules(*pairs: tuple[str, str]) -> Rules:
    """Return rules from patterns and what they become."""
    return tuple((re.compile(pattern), form) for pattern, form in pairs)


def rewritten(text: str, by: Rules) -> str:
    r"""Return a text after all rules.

    Example:
        >>> rewritten("a bike", rules(("bike", "bicycle"), ("a (bicycle)", r"one \1")))
        'one bicycle'
    """
    for pattern, form in by:
        text = pattern.sub(form, text)
    return text
