"""Tokens in twos and threes: a number with its unit and measure, a class with how many, a predicate with its "not"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
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
    "mps3": 1.0,
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
    "mps3": "jerk",
    "m": "distance",
    "cm": "distance",
}
_TIMES = frozenset({"ttc", "pet", "headway"})
_USUAL_UNITS = {
    "speed": "kmh", "over-limit": "kmh", "faster": "kmh", "closing": "kmh", "accel": "mps2", "decel": "mps2",
    "needed-decel": "mps2", "lateral-accel": "mps2", "jerk": "mps3", "ttc": "s", "pet": "s", "headway": "s",
    "distance": "m", "length": "m", "gap": "m",
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
_VERBS = {
    "超过": "overtakes", "超": "overtakes", "快于": "faster-than", "慢于": "slower-than", "faster than": "faster-than",
    "slower than": "slower-than", "schneller als": "faster-than", "langsamer als": "slower-than",
}  # fmt: skip
"""More than a number; but of a road user it is something that one does."""
_EVENTS = frozenset(
    {"runs-red", "brakes-hard", "changes-lane", "changes-lane-left", "changes-lane-right", "swerves", "appears",
     "starts", "u-turns", "cuts-in", "collides", "overtakes", "conflicts"}
)  # fmt: skip
"""Over in a moment: "three seconds" behind them and before "then" is how much later."""
_LITTLE = frozenset({"least", "most", "unit", "count", "with", "duration", "while", "and", "relative", "passive"})
"""A "not" reaches over these."""


_SPEEDS, _LENGTHS, _TIMED = frozenset({"kmh", "mph", "mps"}), frozenset({"m", "cm", "km"}), frozenset({"s", "min"})
_UNITS_OF = {
    **dict.fromkeys(("speed", "over-limit", "faster", "closing"), _SPEEDS),
    **dict.fromkeys(("distance", "length", "gap", "closest", "to-stop-line", "to-crossing", "to-junction"), _LENGTHS),
    **dict.fromkeys(("ttc", "pet", "headway"), _TIMED),
    "jerk": frozenset({"mps3"}),
    **dict.fromkeys(("accel", "decel", "needed-decel", "lateral-accel"), frozenset({"mps2", "g"})),
}
"""In what a measure can be given."""
_ORDERS = frozenset({"then", "reversed"})
_SOON = frozenset({"within", "innerhalb von", "binnen", "以内", "之内", "内"})
_PARTICIPLE = re.compile(r"ing\b|end(e|er|es|en|em)?$|ender\b")
_LONG = frozenset({"longer than", "shorter than", "länger als", "kürzer als"})
_FOLLOWED = frozenset({"followed by", "gefolgt von"})
_BY_DE = frozenset({"von", "vom", "durch"})
_PLACE_OR_TIME = frozenset(
    {"at-red", "at-green", "at-yellow", "at-night", "at-day", "on-crossing", "at-crossing", "at-stop-line",
     "in-junction", "near-junction", "in-roundabout", "on-driving-lane", "on-biking-lane", "on-sidewalk",
     "beside-lanes", "in-waiting-area", "in-front-of", "behind", "left-of", "right-of", "beside", "near"}
)  # fmt: skip
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
                is_participle = lang == "zh" or bool(_PARTICIPLE.search(token.text))
                found.append(Says((token.value,), 1 if token.kind == "one" else 2, is_not, is_participle))
            case "least" | "most" if _is_verb(tokens, place, lang):
                found.append(Says((_VERBS[token.text],), 2, is_not))
            case "then" if token.text in _FOLLOWED and _is_between(tokens, place):
                found.append(Says(("~follows",), 2, is_not))
            case "number":
                if (item := _quantity(tokens, place)) is not None:
                    found.append(_turned(item) if is_not else item)
            case "pronoun" if len(_known_before(found)) > 1 and isinstance(found[-1], Says) and found[-1].roles == 2:
                found.append(_meant_again(found))
            case "passive" if token.text == "被" or (lang == "de" and token.text not in _BY_DE):
                found.append(Link("swapped"))
            case "meet" if place + 1 < len(tokens) and tokens[place + 1].kind == "two":
                found.append(Link("swapped"))  # 遇到加塞: somebody does it to one
            case "not" if lang == "de" and token.text == "nicht" and _denies_before(tokens, place):
                _deny_last(found)
                continue
            case kind if kind in _LINKS:
                kind = "goes-on" if token.text in _AND_ZH else "together" if kind == "and" else kind
                found.append(Link(kind, token.text))
            case _:
                pass
        counts = token.kind == "number" and place + 1 < len(tokens) and tokens[place + 1].kind == "count"
        is_not = token.kind == "not" or (is_not and (token.kind in _LITTLE or counts))
    return in_order(_timed(_joined(found)), lang)


def unbound(tokens: Sequence[Token], lang: Lang) -> Iterator[str]:
    """Yield words that say how much or what not, where nothing is that they could be said of: half a sense is none."""
    for place, token in enumerate(tokens):
        around = {one.kind for one in tokens[max(0, place - 3) : place + 4]}
        is_bound = True
        match token.kind:
            case "least" | "most":
                is_bound = bool({"number", "count"} & around) or _is_verb(tokens, place, lang)
            case "measure":
                is_bound = any(one.kind == "number" for one in tokens)
            case "unit":
                is_bound = place > 0 and tokens[place - 1].kind == "number"
            case "not" if lang != "de":
                is_bound = any(one.kind in {"class", "one", "two", "number"} for one in tokens[place + 1 :])
            case _:
                pass
        if not is_bound:
            yield token.text


def _known_before(items: Sequence[Item]) -> list[int]:
    return [place for place, item in enumerate(items) if isinstance(item, Someone)]


def _meant_again(items: list[Item]) -> Someone:
    """Return whom "it" means: the first that was named; who stands before it is another: the car behind it."""
    places = _known_before(items)
    first, last = items[places[0]], items[places[-1]]
    assert isinstance(first, Someone)  # noqa: S101  # that is where these places are
    if isinstance(last, Someone) and last.kinds == first.kinds:
        items[places[-1]] = replace(last, is_other=True, is_known=False)
    return Someone(first.kinds, is_known=True, is_again=True)


def _someone(tokens: Sequence[Token], place: int, *, is_not: bool) -> Someone:
    token = tokens[place]
    least, most = _count_before(tokens, place)
    if place > 0 and tokens[place - 1].text in _BUT:
        return Someone(("anybody",), without=(token.value,))
    if is_not:
        least, most = 0, max(least - 1, 0) if most is None else most
    return Someone(
        (token.value,), least, most, is_known=token.is_known, is_other=token.is_other, is_single=token.is_single,
        is_object=token.is_object,
    )  # fmt: skip


def _is_verb(tokens: Sequence[Token], place: int, lang: Lang) -> bool:
    """Return whether "more than" is said of no number, but of somebody: 自车超过公交车; faster than the bus."""
    around = [tokens[k].kind for k in (place - 1, place + 1) if 0 <= k < len(tokens)]
    after = tokens[place + 1].kind if place + 1 < len(tokens) else ""
    is_free = not {"number", "unit", "measure"} & set(around) and any(one.kind == "class" for one in tokens[:place])
    return tokens[place].text in _VERBS and (after == "class" or (lang == "zh" and is_free))


def _is_between(tokens: Sequence[Token], place: int) -> bool:
    """Return whether a word stands between two road users, attributes aside: a truck followed by a fast car."""
    after = next((one.kind for one in tokens[place + 1 :] if one.kind != "one"), "")
    return place > 0 and tokens[place - 1].kind == "class" and after == "class"


def _deny_last(items: list[Item]) -> None:
    """Let a "nicht" after them deny the last verb, not where or at which light that is."""
    says = [k for k, item in enumerate(items) if isinstance(item, Says)]
    verbs = [k for k in says if _name_at(items, k) not in _PLACE_OR_TIME] or says
    said = items[verbs[-1]]
    items[verbs[-1]] = replace(said, is_not=True) if isinstance(said, Says) else said


def _name_at(items: Sequence[Item], place: int) -> str:
    item = items[place]
    return item.name if isinstance(item, Says) else ""


def _timed(items: list[Item]) -> list[Item]:
    """Return items in which a time belongs to what it can be said of: 停车10秒 stands, 变道三秒后 is later."""
    found: list[Item] = []
    for place, item in enumerate(items):
        before = found[-1] if found else None
        coming = items[place + 1] if place + 1 < len(items) else None
        is_ordered = isinstance(coming, Link) and coming.kind in _ORDERS
        if isinstance(item, Lasting) and isinstance(before, Says):
            if is_ordered and before.name in _EVENTS:
                found.append(Deadline(2.0 * item.seconds))
                continue
            if before.names == ("stops",):
                found[-1] = replace(before, names=("stands",))
        is_after_comma = isinstance(before, Link) and before.kind == "stop" and len(found) > 1
        if is_after_comma and (isinstance(item, Deadline) or (isinstance(item, Lasting) and is_ordered)):
            # 行人横穿，3秒内汽车急刹; 前车急刹，2秒后后车急刹
            seconds = item.seconds if isinstance(item, Deadline) else 2.0 * item.seconds
            found[-1:] = [*([] if is_ordered else [Link("then")]), Deadline(seconds)]
            continue
        if isinstance(item, Link) and item.kind in _ORDERS and isinstance(before, Deadline):
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
    has_more = any(token.kind in {"one", "two", "number"} for token in clause)
    if has_more:
        return before.kind in {"one", "two"} and before.value not in _PLACE_OR_TIME
    return any(token.kind in {"one", "two"} for token in tokens[:place])


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
    before = tokens[back - 1] if back and tokens[back - 1].text not in _AFTER_ZH else None
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
    if unit and measure and unit not in _UNITS_OF.get(measure, {unit}):
        measure = ""  # a speed beside a distance
    unit = unit or _USUAL_UNITS.get(measure, "")
    if not unit:
        return None
    words = _sides(tokens, place)
    if unit in {"s", "min"} and measure not in _TIMES:
        seconds = token.number * _SI[unit]
        if "most" not in words:
            return Lasting(seconds)
        is_soon = any(one.text in _SOON for one in (*tokens[max(0, place - 2) : place], *tokens[place + 1 : place + 3]))
        return Deadline(seconds) if is_soon or _is_ordered(tokens, place) else Lasting(seconds, is_most=True)
    if not measure and unit in _LENGTHS and any(one.text in _LONG for one in tokens[max(0, place - 2) : place]):
        measure = "length"
    measure = measure or _BY_UNIT.get(unit, "")
    if measure == "speed" and _is_over_limit(tokens, place):
        measure = "over-limit"
    table, roles = (MEASURES_OF_ONE, 1) if measure in MEASURES_OF_ONE else (MEASURES_OF_TWO, 2)
    if measure not in table:
        return None
    name, is_usually_least = table[measure]
    value = token.number * _SI[unit]
    is_braking = measure == "decel" or (measure == "accel" and _says_braking(tokens, place))
    if token.high is not None and token.high > token.number:
        top = token.high * _SI[unit]
        return Bound(name, roles, -top, -value) if is_braking else Bound(name, roles, value, top)
    is_least = "least" in words or ("most" not in words and is_usually_least and value >= 0.0)
    if is_braking:
        is_least, value = not is_least and value >= 0.0, -abs(value)
        if is_least and measure == "decel":
            return Bound(name, roles, value, 0.0)
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
    near = (*tokens[max(0, place - 3) : place], *tokens[place + 1 : place + 3])
    return any(token.value == "speeds" for token in near)


def _is_ordered(tokens: Sequence[Token], place: int) -> bool:
    """Return whether "then" or "after" follows a time, or stands just before it."""
    near = (*tokens[max(0, place - 2) : place], *tokens[place + 1 : place + 3])
    return any(token.kind in _ORDERS for token in near)


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
