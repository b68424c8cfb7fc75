"""Tokens in twos and threes: a number with its unit and measure, a class with how many, a predicate with its "not"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from zhixing.dataloop.ask.order import in_order
from zhixing.dataloop.ask.phrases import Bound, Deadline, Item, Lasting, Link, Says, Someone
from zhixing.dataloop.ask.predicates import MEASURES_OF_ONE, MEASURES_OF_TWO
from zhixing.dataloop.ask.scan import Token
from zhixing.datatypes.localized import Lang

_SI = {
    "kmh": 1 / 3.6,
    "mph": 0.44704,
    "mps": 1.0,
    "mps2": 1.0,
    "g": 9.80665,
    "m": 1.0,
    "cm": 0.01,
    "km": 1000.0,
    "s": 1.0,
    "min": 60.0,
}
"""What a unit is of metres, seconds and what is made of them."""
_BY_UNIT = {
    "kmh": "speed",
    "mph": "speed",
    "mps": "speed",
    "mps2": "accel",
    "g": "accel",
    "m": "distance",
    "cm": "distance",
}
_TIMES = frozenset({"ttc", "pet", "headway"})
_USUAL_UNITS = {
    "speed": "kmh", "over-limit": "kmh", "faster": "kmh", "closing": "kmh", "accel": "mps2", "decel": "mps2",
    "needed-decel": "mps2", "lateral-accel": "mps2", "ttc": "s", "pet": "s", "headway": "s", "distance": "m",
    "length": "m", "gap": "m",
}  # fmt: skip
"""What is meant where nobody says it: 车速低于 20, TTC<2."""
_MORE_THAN = frozenset(
    {"more than", "mehr als", "over", "über", "超过", "多于", "大于", "超出", "高于", ">"}
)  # fmt: skip
_FEWER_THAN = frozenset(
    {"fewer than", "less than", "weniger als", "under", "unter", "不到", "不足", "少于", "小于", "低于", "<"}
)  # fmt: skip
"""Before a count, these leave the number itself out."""
_AFTER_ZH = frozenset({"以上", "以下", "以内", "之内", "内"})
"""Of the Chinese words for more and less, those that stand behind their number."""
_CROWD = 3
_VERBS_ZH = {"超过": "overtakes", "超": "overtakes", "快于": "faster-than", "慢于": "slower-than"}
"""More than a number; but of a road user it is something that one does."""
_EVENTS = frozenset(
    {"runs-red", "brakes-hard", "changes-lane", "changes-lane-left", "changes-lane-right", "swerves", "appears",
     "starts", "u-turns", "cuts-in", "collides", "overtakes", "conflicts"}
)  # fmt: skip
"""Over in a moment: "three seconds" behind them and before "then" is how much later."""
_LITTLE = frozenset({"least", "most", "unit", "count", "with", "duration", "while", "and", "relative", "passive"})
"""A "not" reaches over these."""


_LINKS = {"then", "reversed", "before", "or", "while", "with", "meet", "relative", "stop", "list", "and"}
_AND_ZH = frozenset({"并且", "而且", "且", "并"})
"""Go on with whom was spoken of; 时 and 同时 need not."""
_BUT = frozenset({"非", "不是"})


def items_of(tokens: Sequence[Token], lang: Lang) -> list[Item]:
    """Return what tokens say, in their order."""
    found: list[Item] = []
    is_not = False
    for place, token in enumerate(tokens):
        match token.kind:
            case "class":
                found.append(_someone(tokens, place, is_not=is_not))
            case "one" | "two":
                found.append(Says((token.value,), 1 if token.kind == "one" else 2, is_not))
            case "least" | "most" if lang == "zh" and _is_verb(tokens, place):
                found.append(Says((_VERBS_ZH[token.text],), 2, is_not))
            case "number":
                if (item := _quantity(tokens, place)) is not None:
                    found.append(_turned(item) if is_not else item)
            case "passive" if token.text == "被" or (lang == "de" and token.text != "von"):
                found.append(Link("swapped"))
            case "meet" if place + 1 < len(tokens) and tokens[place + 1].kind == "two":
                found.append(Link("swapped"))  # 遇到加塞: somebody does it to one
            case "not" if lang == "de" and token.text == "nicht" and _denies_before(tokens, place):
                at = next(at for at in range(len(found) - 1, -1, -1) if isinstance(found[at], Says))
                said = found[at]
                found[at] = replace(said, is_not=True) if isinstance(said, Says) else said
                continue
            case kind if kind in _LINKS:
                found.append(Link("goes-on" if token.text in _AND_ZH else "together" if kind == "and" else kind))
            case _:
                pass
        counts = token.kind == "number" and place + 1 < len(tokens) and tokens[place + 1].kind == "count"
        is_not = token.kind == "not" or (is_not and (token.kind in _LITTLE or counts))
    return in_order(_timed(_joined(found)), lang)


def _someone(tokens: Sequence[Token], place: int, *, is_not: bool) -> Someone:
    token = tokens[place]
    least, most = _count_before(tokens, place)
    if place > 0 and tokens[place - 1].text in _BUT:
        return Someone(("anybody",), without=(token.value,))
    if is_not:
        least, most = 0, max(least - 1, 0) if most is None else most
    return Someone((token.value,), least, most, is_known=token.is_known, is_other=token.is_other)


def _is_verb(tokens: Sequence[Token], place: int) -> bool:
    """Return whether "more than" is said of no number, but of somebody: 自车超过公交车, 自车被电动车超过."""
    around = [tokens[k].kind for k in (place - 1, place + 1) if 0 <= k < len(tokens)]
    after = tokens[place + 1].kind if place + 1 < len(tokens) else ""
    is_free = not {"number", "unit", "measure"} & set(around) and any(one.kind == "class" for one in tokens[:place])
    return tokens[place].text in _VERBS_ZH and (after == "class" or is_free)


def _timed(items: list[Item]) -> list[Item]:
    """Return items in which a time belongs to what it can be said of: 停车10秒 stands, 变道三秒后 is later."""
    found: list[Item] = []
    for place, item in enumerate(items):
        before = found[-1] if found else None
        coming = items[place + 1] if place + 1 < len(items) else None
        if isinstance(item, Lasting) and isinstance(before, Says):
            if isinstance(coming, Link) and coming.kind == "then" and before.name in _EVENTS:
                found.append(Deadline(2.0 * item.seconds))
                continue
            if before.names == ("stops",):
                found[-1] = replace(before, names=("stands",))
        if isinstance(item, Link) and item.kind == "then" and isinstance(before, Deadline):
            found[-1:] = [item, before]  # how soon what comes has to come
            continue
        found.append(item)
    return found


def _denies_before(tokens: Sequence[Token], place: int) -> bool:
    """Return whether a German "nicht" denies what was said before it: bremst nicht; lässt ihn nicht passieren."""
    if place == 0:
        return False
    before, clause = tokens[place - 1], []
    for token in tokens[place + 1 :]:
        if token.kind in {"stop", "then", "while", "and"}:
            break
        clause.append(token)
    if before.kind in {"one", "two"}:
        return not before.text.startswith(("auf ", "in ", "an ", "am ", "bei "))
    has_more = any(token.kind in {"one", "two", "number"} for token in clause)
    return not has_more and any(token.kind in {"one", "two"} for token in tokens[:place])


def _joined(items: list[Item]) -> list[Item]:
    """Return items in which "car or truck" is one someone and "runs red or goes the wrong way" one predicate."""
    found: list[Item] = []
    for item in items:
        if len(found) >= 2 and isinstance(found[-1], Link) and found[-1].kind == "or":
            before = found[-2]
            if isinstance(item, Someone) and isinstance(before, Someone) and not item.without:
                found[-2:] = [replace(before, kinds=(*before.kinds, *item.kinds))]
                continue
            if isinstance(item, Says) and isinstance(before, Says) and _are_alike(item, before):
                found[-2:] = [replace(before, names=(*before.names, *item.names))]
                continue
        found.append(item)
    return found


def _are_alike(one: Says, other: Says) -> bool:
    return one.roles == other.roles == 1 and not (one.is_not or other.is_not)


def _count_before(tokens: Sequence[Token], place: int) -> tuple[int, int | None]:
    """Return how many of a class are meant: three pedestrians, 三个以上行人, no more than three pedestrians."""
    back = place - 1
    while back >= 0 and tokens[back].kind in {"count", "least", "most", "relative", "one"}:
        back -= 1
    is_measured = any(token.kind == "measure" for token in tokens[max(0, back - 3) : max(back, 0)])
    if back < 0 or tokens[back].kind != "number" or _unit(tokens, back) or is_measured:
        return 1, None
    number = int(tokens[back].number)
    between = tokens[back + 1 : place]
    if number == 1 and any(token.text == "群" for token in between):
        number = _CROWD
    before = tokens[back - 1] if back else None
    words = [one for one in ([] if before is None else [before]) + list(between) if one.kind in {"least", "most"}]
    word = words[0] if words else None
    if word is not None and word.kind == "most":
        return 0, max(0, number - int(word.text in _FEWER_THAN))
    return max(1, number + int(word is not None and word is before and word.text in _MORE_THAN)), None


def _unit(tokens: Sequence[Token], place: int) -> str:
    after = tokens[place + 1] if place + 1 < len(tokens) else None
    return after.value if after is not None and after.kind == "unit" else ""


def _quantity(tokens: Sequence[Token], place: int) -> Bound | Lasting | Deadline | None:
    unit, measure = _unit(tokens, place), _measure(tokens, place)
    token = tokens[place]
    is_close = any(one.kind == "measure" for one in tokens[max(0, place - 2) : place])
    if not unit and measure not in {"speed", "over-limit"} and not is_close:
        return None
    unit = unit or _USUAL_UNITS.get(measure, "")
    if not unit:
        return None
    words = _sides(tokens, place)
    if unit in {"s", "min"} and measure not in _TIMES:
        seconds = token.number * _SI[unit]
        return Deadline(seconds) if "most" in words and "least" not in words else Lasting(seconds)
    measure = measure or _BY_UNIT.get(unit, "")
    if measure == "speed" and _is_over_limit(tokens, place):
        measure = "over-limit"
    table, roles = (MEASURES_OF_ONE, 1) if measure in MEASURES_OF_ONE else (MEASURES_OF_TWO, 2)
    if measure not in table:
        return None
    name, is_usually_least = table[measure]
    value, high = token.number * _SI[unit], token.high * _SI[unit]
    if token.high > token.number:
        return Bound(name, roles, value, high)
    is_least = "least" in words or ("most" not in words and is_usually_least)
    if measure == "decel" or (measure == "accel" and _says_braking(tokens, place)):
        is_least, value = not is_least, -value
    return Bound(name, roles, value, None) if is_least else Bound(name, roles, None, value)


def _sides(tokens: Sequence[Token], place: int) -> list[str]:
    """Return ``least`` or ``most``, as what is said around a number: before it, else behind it."""
    before = [one for one in tokens[max(0, place - 2) : place] if one.kind in {"least", "most", "number"}]
    if before and before[-1].kind != "number" and before[-1].text not in _AFTER_ZH:
        return [before[-1].kind]
    after = [one for one in tokens[place + 1 : place + 3] if one.kind in {"least", "most", "number"}]
    is_chinese = any("\u3400" <= char <= "\u9fff" for one in after for char in one.text)
    if after and after[0].kind != "number" and (not is_chinese or after[0].text in _AFTER_ZH):
        return [after[0].kind]
    return []


def _turned(item: Bound | Lasting | Deadline) -> Bound | Lasting | Deadline:
    """Return the other side of a bound: "not faster than 30 km/h"."""
    return replace(item, least=item.most, most=item.least) if isinstance(item, Bound) else item


def _says_braking(tokens: Sequence[Token], place: int) -> bool:
    last = next((token for token in reversed(tokens[:place]) if token.kind in {"one", "two"}), None)
    return last is not None and last.value in {"brakes", "brakes-hard"}


def _is_over_limit(tokens: Sequence[Token], place: int) -> bool:
    near = (*tokens[max(0, place - 1) : place], *tokens[place + 1 : place + 3])
    return any(token.value == "speeds" for token in near)


def _measure(tokens: Sequence[Token], place: int) -> str:
    """Return the measure that a number is of: the last one before it without a number between, else the next one."""
    for token in reversed(tokens[:place]):
        if token.kind == "measure":
            return token.value
        if token.kind in {"number", "then", "or", "stop"}:
            break
    for token in tokens[place + 1 : place + 4]:
        if token.kind == "measure":
            return token.value
        if token.kind in {"number", "stop"}:
            break
    return ""
