"""What takes a "yes" back: a "not" beside it, a question mark, "later", strange words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from zhixing.cockpit.understand.tagging import Span

_BESIDE = ("noun", "hint", "topic", "feel", "absent")
"""What an answer that only says yes does not speak of."""
Hedge = Literal["", "not", "later", "asks", "told", "odd", "strange"]
_NOT = frozenset((
    "not", "never", "hardly", "nicht", "nie", "kein", "keine", "keinen", "keinesfalls", "不", "没", "别", "未必",
    "不一定",
))  # fmt: skip
_LATER = frozenset((
    "later", "wait", "but", "soon", "später", "warte", "warten", "aber", "gleich", "moment", "等等", "等一下", "等下",
    "稍等", "等会", "等会儿", "但是", "不过", "可是", "晚点",
))  # fmt: skip


def hedge_of(spans: Sequence[Span]) -> Hedge:
    """Return what in a sentence speaks against taking it for a clear yes; empty where nothing does.

    ``odd``: a clear yes with something strange behind it; ``told``: people or other things are spoken of.

    Example:
        >>> from zhixing.cockpit.understand.meaning import spans_of
        >>> hedge_of(spans_of(("absolutely", "not"), "en")), hedge_of(spans_of(("yes", "please"), "en"))
        ('not', '')
    """
    texts = {span.text.replace(" ", "") for span in spans}
    if texts & _NOT or any(span.has("talk", "no") or span.has("glue", "negate") for span in spans):
        return "not"
    if texts & _LATER or any(span.has("beyond") for span in spans):
        return "later"
    if texts & {"?", "？"} or any(span.has("ask") for span in spans):
        return "asks"
    if any(span.has("chat") for span in spans):
        return "told"
    if all(span.is_mark or (span.tags and not any(span.has(klass) for klass in _BESIDE)) for span in spans):
        return ""
    first = next((index for index, span in enumerate(spans) if not span.has("glue", "filler")), 0)
    is_marked_off = first + 1 < len(spans) and spans[first + 1].is_mark
    is_whole = len(spans[first].text) > 1 or is_marked_off  # "行李" is no "行"
    return "odd" if spans[first].has("talk", "yes") and is_whole else "strange"
