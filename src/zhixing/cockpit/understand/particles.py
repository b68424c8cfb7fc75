"""Small words that mean one thing before a number and another at the end of a sentence: auf, zu, ein, on, too."""

from __future__ import annotations

from zhixing.cockpit.understand.lexicon import Tag
from zhixing.cockpit.understand.tagging import Span
from zhixing.datatypes.localized import Lang

_GOAL_CLASSES = ("number", "colour", "unit", "dir")
_GLUE = (("glue", "word"),)
_LEANED = ("seat_recline", "seat_position")
_NOT = frozenset(("不要", "别", "不用", "不想", "先不", "先别", "别再", "先不要", "不需要", "不准", "甭"))
_NO_MORE = frozenset(("不要了", "不用了", "不需要了", "不想要了", "不要啦", "不开了", "别开了", "不打开了", "别打开了"))
_LEFT = frozenset(("别关了", "不关了", "不调了"))
_BEGUN = ("open", "close", "play", "lock", "unlock", "fold", "unfold", "heat", "cool", "mute", "set")


def settle_particles(spans: list[Span], lang: Lang) -> list[Span]:
    """Return spans in which every particle has the meaning that its neighbours give it."""
    match lang:
        case "de":
            return [_german(span, spans, index) for index, span in enumerate(spans)]
        case "en":
            return [_english(span, spans, index) for index, span in enumerate(spans)]
        case "zh":
            return [_chinese(span, spans, index) for index, span in enumerate(spans)]


def _next(spans: list[Span], index: int) -> Span | None:
    return next((span for span in spans[index + 1 :] if not span.has("glue", "filler")), None)


def _is_negated(spans: list[Span], index: int) -> bool:
    """Return whether a "not" stands before in the same clause."""
    start = next((i + 1 for i in range(index - 1, -1, -1) if spans[i].is_mark), 0)
    return any(span.text.replace(" ", "") in (*_NOT, "不") for span in spans[start:index])


def _is_goal(span: Span | None) -> bool:
    if span is None or span.is_mark:
        return False
    return any(span.has(klass) for klass in _GOAL_CLASSES) or (span.has("amount") and not span.has("amount", "little"))


def _ends(span: Span | None) -> bool:
    """Return whether a clause ends before this span."""
    return (
        span is None
        or span.is_mark
        or span.has("glue", "join")
        or span.has("glue", "then")
        or span.text in ("bitte", "danke", "werden", "machen")
        or span.has("talk")
    )


def _is_about_a_thing(span: Span | None) -> bool:
    return span is not None and any(
        span.has(k) for k in ("device", "place", "absent", "quant", "noun", "rel", "number")
    )


def _german(span: Span, spans: list[Span], index: int) -> Span:
    following = _next(spans, index)
    match span.text:
        case "auf":
            behind_article = following
            if following is not None and following.has("glue", "word") and following.text != "bitte":
                behind_article = _next(spans, spans.index(following))
            if any(before.text in ("sperr", "sperre", "schliess", "schliesse") for before in spans[:index]):
                return Span("auf", (("act", "unlock"),))
            if following is not None and (following.has("quant") or following.text in ("dem", "der", "den", "meinem")):
                return Span("auf", _GLUE)
            if _is_goal(following):
                return Span("auf", (("act", "set"),))
            is_behind = behind_article is not None and any(behind_article.has(k) for k in ("dir", "place", "amount"))
            if behind_article is not following and is_behind:
                return Span("auf", _GLUE)
        case "für" if following is not None and following.has("chat", "people"):
            return Span("für", (("rel", "for"),))
        case "gesagt" if any(
            before.text in ("hab", "habe", "ich habe", "ich hab") for before in spans[:index]
        ) and not any(before.has("chat", "people") for before in spans[:index]):
            return Span(span.text, (("talk", "correct"),))
        case "ist es" | "ist sie" | "ist er" if _is_state_asked(spans, index):
            return Span(span.text, (("ask", "whether"),))
        case "ist" if (
            all(s.is_mark or not s.tags or s.has("glue") for s in spans[:index])
            and following is not None
            and following.text == "das"
            and _feels(spans)
        ):
            return Span(span.text, _GLUE)  # "ist das kalt hier" exclaims
        case "zu" | "ab" if any(before.text in ("sperr", "sperre") for before in spans[:index]):
            return Span(span.text, (("act", "lock"),))
        case "ein" | "an" | "aus" if any(before.text in ("klapp", "klappe", "klappt") for before in spans[:index]):
            return Span(span.text, (("act", "unfold" if span.text == "aus" else "fold"),))
        case "halt" | "moment" if following is not None and following.is_mark:
            return Span(span.text, (("talk", "correct"),))
        case "ein" if span.has("act") and not _ends(following):
            return Span("ein", _GLUE)
        case "an" if following is not None and (following.text in ("der", "den", "die") or _is_goal(following)):
            return Span("an", _GLUE)
        case "zu" if following is not None and (
            following.has("feel") or following.has("number") or following.has("act") or following.has("topic")
        ):
            return Span("zu", (("rel", "too"),))
        case "aus" if following is not None and following.text in ("dem", "der"):
            return Span("aus", _GLUE)
        case "weiter" if following is not None and following.has("act"):
            return Span("weiter", (("rel", "more"),))
        case _:
            pass
    return span


def _is_heated(spans: list[Span], index: int) -> bool:
    """Return whether what follows is a thing that can be warmed: "warm my seat"."""
    thing = next(
        (span for span in spans[index + 1 :] if not (span.has("glue") or span.has("place") or span.has("quant"))), None
    )
    return thing is not None and (thing.has("device", "seat") or thing.has("device", "wheel"))


def _feels(spans: list[Span]) -> bool:
    return any(span.has("feel") for span in spans)


def _is_state_asked(spans: list[Span], index: int) -> bool:
    following = _next(spans, index)
    return index == 0 and following is not None and following.has("act")


def _english(span: Span, spans: list[Span], index: int) -> Span:
    following = _next(spans, index)
    match span.text:
        case "for" if following is not None and following.has("chat", "people"):
            return Span("for", (("rel", "for"),))
        case "do not" | "please do not" if following is not None and (following.has("act") or following.has("polite")):
            return Span(span.text, (("glue", "negate"),))
        case "on" if _is_goal(following) or (following is not None and following.text in ("this", "that", "these")):
            return Span("on", _GLUE)
        case "so" if following is not None and (following.has("act") or following.has("polite")):
            return Span("so", _GLUE)
        case "back" if any(before.has("device", name) for before in spans[:index] for name in _LEANED):
            return Span("back", (("act", "backward"),))
        case "cool" if _is_heated(spans, index):
            return Span("cool", (("act", "cool"),))
        case "warm" | "heat" | "warm up" | "heat up" if _is_heated(spans, index):
            return Span(span.text, (("act", "heat"),))
        case "too" if following is None or not (
            following.has("feel") or following.has("act") or following.has("amount")
        ):
            return Span("too", (("talk", "too"),))
        case _:
            return span


def _chinese(span: Span, spans: list[Span], index: int) -> Span:
    following = spans[index + 1] if index + 1 < len(spans) else None
    before = spans[index - 1] if index else None
    match span.text:
        case "了" if _is_negated(spans, index) and _ends(following):
            return Span("了", (("glue", "ended"),))  # "别放了": what was begun shall end
        case "是" if index == 0 or before is None or before.has("glue"):
            return Span("是", _GLUE) if not _ends(following) else span  # "现在是内循环吗"
        case "左 右" if before is not None and (before.has("number") or before.has("unit")):
            return Span(span.text, _GLUE)
        case "给" | "帮" | "为" | "替" if following is not None and following.has("chat", "people"):
            return Span(span.text, (("polite", "please"), ("rel", "for")))
        case "让" if following is not None and following.has("chat", "people"):
            return Span(span.text, (("polite", "please"),))
        case "好" if following is not None and len(following.text) == 1 and _is_of_degree(following):
            behind = spans[index + 2] if index + 2 < len(spans) else None
            if behind is None or not behind.has("amount"):
                return Span(span.text, (("rel", "too"),))  # "风好大": too much of it
        case "跟" | "连" | "带" | "连同" | "连着" if (
            before is not None
            and before.has("device")
            and following is not None
            and (following.has("device") or following.has("glue", "pronoun"))
        ):
            return Span(span.text, (("glue", "join"),))
        case "五 个" | "四 个" | "三 个" | "两 个" if before is not None and before.has("act"):
            return Span(span.text, (("number", ""),), float("两三四五".index(span.text[0]) + 2))  # "再低五个"
        case "度" if before is None or not (before.has("number") or before.has("ask")):
            return Span(span.text)  # "亮度", "高度", "角度": no degrees
        case "快" if following is not None and any(following.has(k) for k in ("act", "polite", "feel")):
            return Span(span.text, _GLUE)
        case "前" | "后" | "左" | "右" if not any(map(_is_about_a_thing, (before, following))):
            return Span(span.text)  # "下车前", "之后"
        case "来 点" if following is None or following.is_mark:
            return Span(span.text, (("amount", "little"),))
        case _:
            pass
    return Span(span.text, _negation(span, before, following)) if span.has("talk", "no") else span


def _is_of_degree(span: Span) -> bool:
    return any(span.has("act", act) for act in ("more", "less", "up", "down"))


def _negation(span: Span, before: Span | None, following: Span | None) -> tuple[Tag, ...]:
    """Return what a "not" means between its neighbours: an answer, or what is not, or no longer, to be done."""
    text = span.text.replace(" ", "")
    is_of_thing = before is not None and (before.has("device") or before.has("hint"))
    if text in _NO_MORE and is_of_thing:
        return (("glue", "negate"), ("glue", "ended"))  # "空调不要了"
    if text in _LEFT and is_of_thing:
        return (("glue", "leave"),)
    if text in _NOT and following is not None and any(following.has(k) for k in ("act", "device", "glue", "polite")):
        return (("glue", "negate"),)
    is_either = before is not None and following is not None and before.text == following.text  # "开不开"
    if text == "不" and not is_either and following is not None and any(following.has("act", act) for act in _BEGUN):
        return (("glue", "negate"),)
    return span.tags
