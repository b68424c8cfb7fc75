"""Names and things that the lexicon does not know: a song's title, a light of another house.

Words of the lexicon inside a title mean nothing ("播放红孩儿" is about no colour), and a thing of the car with a
strange word before it is another thing ("热水器水温" is no temperature of the car).
"""

from __future__ import annotations

from collections.abc import Sequence

from zhixing.cockpit.understand.tagging import Span
from zhixing.datatypes.localized import Lang

_FEWEST_STRANGE_CHARS = 2
_TITLE_OPENERS = ("play",)
_FOREIGN = (("absent", ""),)


def settle_names(spans: Sequence[Span], lang: Lang) -> list[Span]:
    """Return spans in which titles are one thing to play, and strange compounds one thing that this car has not."""
    return _foreign(_titles(list(spans)), lang)


def _titles(spans: list[Span]) -> list[Span]:
    index = 0
    while index < len(spans):
        if any(spans[index].has("act", name) for name in _TITLE_OPENERS):
            end = _end_of_title(spans, index + 1)
            title = spans[index + 1 : end]
            is_music = len(spans[index].text) > 1 or any(span.has("device", "media") for span in title)
            is_music = is_music and not any(span.has("device", "video") for span in title)
            if is_music and any(not span.tags and not span.is_mark for span in title):
                spans[index + 1 : end] = [Span("", (("device", "media"),))]
        index += 1
    return spans


def _end_of_title(spans: list[Span], start: int) -> int:
    """Return where the name of what shall be played ends: at a mark, or where the next wish begins."""
    for index in range(start, len(spans)):
        span = spans[index]
        following = spans[index + 1] if index + 1 < len(spans) else None
        begins_wish = span.has("act") and following is not None and following.has("device")
        names_value = span.has("device", "volume") and following is not None
        if span.is_mark or span.has("glue", "then") or begins_wish or (index > start and names_value):
            return index
    return len(spans)


def _foreign(spans: list[Span], lang: Lang) -> list[Span]:
    if lang != "zh":
        return spans
    kept: list[Span] = []
    for span in spans:
        run = 0
        while run < len(kept) and not kept[-1 - run].tags and not kept[-1 - run].is_mark:
            run += 1
        said_before = "".join(one.text for one in kept[len(kept) - run :])
        if run and span.has("device") and span.text.replace(" ", "").startswith(said_before):
            del kept[-run:]  # "阅读 阅读灯": a stutter
            run = 0
        is_strange = span.has("device") and run >= _FEWEST_STRANGE_CHARS
        if is_strange and (run == len(kept) or not kept[-1 - run].is_mark):
            del kept[-run:]
            kept.append(Span(span.text, _FOREIGN))
        else:
            kept.append(span)
    return kept
