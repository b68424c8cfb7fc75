"""A query as a sentence that people can check: predicates by their names, all else by measures and their bounds."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache

from zhixing.dataloop.ask.predicates import ONE, TWO, ahead_in_lane
from zhixing.dataloop.mining.pair_kernel import SYMMETRIC
from zhixing.dataloop.mining.words import role_in_words, words
from zhixing.datatypes.conditions import (
    AllOf,
    AnyOf,
    Becomes,
    Compare,
    Condition,
    Count,
    Exists,
    ForAll,
    Is,
    Lasts,
    Not,
    Overlaps,
    Then,
    Until,
    Within,
    walk,
)
from zhixing.datatypes.localized import Lang
from zhixing.datatypes.measures import MEASURES
from zhixing.datatypes.query import Query

_FOR_PEOPLE = {"m/s": (3.6, "km/h"), "rad": (180.0 / math.pi, "°"), "1": (1.0, "")}
"""Factor and unit in which people are told a value."""
_BOTH_WAYS = frozenset({"conflicts", "near", "same-way", "beside"})


@cache
def _joints(lang: Lang) -> Mapping[str, str]:
    return {name: said.in_lang(lang) for name, said in words()["joints"].items()}


def in_words(query: Query, lang: Lang) -> str:
    """Return what a query looks for, as a sentence that people can check.

    Example:
        >>> from zhixing.datatypes.query_json import from_json
        >>> fast = '{"kind":"compare","measure":"speed_mps","of":["car"],"at_least":10}'
        >>> in_words(from_json(f'{{"name":"x","roles":[{{"name":"car"}}],"condition":{fast}}}'), "en")
        'speed (car) ≥ 36 km/h'
    """
    return _told(query.condition, lang, is_inner=False)


def _told(condition: Condition, lang: Lang, *, is_inner: bool = True) -> str:
    joints = _joints(lang)
    if name := _named(condition, lang):
        return name

    def inner(one: Condition) -> str:
        return _told(one, lang)

    match condition:
        case Compare() | Is():
            return _measured(condition, lang)
        case AllOf() | AnyOf():
            text = joints["and" if isinstance(condition, AllOf) else "or"].join(
                inner(one) for one in condition.conditions
            )
            return f"({text})" if is_inner and len(condition.conditions) > 1 else text
        case Not():
            return joints["not"] + inner(condition.condition)
        case Then():
            text = (
                inner(condition.first) + joints["then"].format(s=_short(condition.within_s)) + inner(condition.second)
            )
            return f"({text})" if is_inner else text
        case Lasts():
            return joints["lasts"].format(s=_short(condition.at_least_s)) + inner(condition.condition)
        case Until():
            return f"({inner(condition.condition)}{joints['until']}{inner(condition.end)})"
        case Overlaps():
            together = joints["overlaps"].format(s=_short(condition.at_least_s))
            return f"({inner(condition.first)}{together}{inner(condition.second)})"
        case Becomes():
            return joints["becomes"] + inner(condition.condition)
        case Within():
            which = "past" if condition.past_s >= condition.future_s else "future"
            seconds = max(condition.past_s, condition.future_s)
            return joints[which].format(s=_short(seconds)) + inner(condition.condition)
        case Exists() | ForAll():
            who = role_in_words(condition.role.name, lang)
            return f"({joints[condition.kind].format(who=who)}{inner(condition.condition)})"
        case Count():
            return f"({_counted(condition, lang)}{inner(condition.condition)})"


def _counted(condition: Count, lang: Lang) -> str:
    joints, who = _joints(lang), role_in_words(condition.role.name, lang)
    if condition.at_most == 0:
        return joints["none"].format(who=who)
    bounds = (("least", condition.at_least), ("most", condition.at_most))
    many = ", ".join(joints[name].format(n=value) for name, value in bounds if value is not None)
    return joints["count"].format(n=many, who=who)


def _measured(condition: Compare | Is, lang: Lang) -> str:
    name = words()["measures"][condition.measure].in_lang(lang)
    roles = [role_in_words(role, lang) for role in condition.of]
    # What the first is to the second is not what the second is to the first.
    between = "→" if len(roles) == 2 and condition.measure not in SYMMETRIC else "、" if lang == "zh" else ", "
    of = f"（{between.join(roles)}）" if lang == "zh" else f" ({between.join(roles)})"
    if isinstance(condition, Is):
        said = [words()["values"][word].in_lang(lang) for word in condition.one_of]
        return f"{name}{of}" + (f" = {'/'.join(said)}" if said else "")
    unit = MEASURES[condition.measure].unit
    factor, unit = _FOR_PEOPLE.get(unit, (1.0, unit))
    bounds = {"≥": condition.at_least, ">": condition.above, "≤": condition.at_most, "<": condition.below}
    given = {sign: value * factor for sign, value in bounds.items() if value is not None}
    if set(given) == {"≥", "≤"}:
        span = _joints(lang)["from"].format(low=_short(given["≥"]), high=_short(given["≤"]))
        return f"{name}{of} = {span} {unit}".rstrip()
    return " ".join([f"{name}{of}", *(f"{sign} {_short(value)}" for sign, value in given.items()), unit]).rstrip()


def _short(value: float) -> str:
    return f"{value:.3g}".replace("-", "−")


def _named(condition: Condition, lang: Lang) -> str:
    """Return a predicate's name with its roles, where a condition is one that has a name."""
    who = dict.fromkeys(name for node, _, _ in walk(condition) if isinstance(node, Compare | Is) for name in node.of)
    roles = [name for name in who if name != "observer"]
    for name, said in words()["predicates"].items():
        pairs = [roles, roles[::-1]] if len(roles) == 2 else [roles]
        for pair in pairs:
            if _is_predicate(name, pair, condition):
                between = ("、" if lang == "zh" else ", ") if name in _BOTH_WAYS else "→"
                of = between.join(role_in_words(role, lang) for role in pair)
                return f"{said.in_lang(lang)}（{of}）" if lang == "zh" else f"{said.in_lang(lang)} ({of})"
    return ""


def _is_predicate(name: str, roles: list[str], condition: Condition) -> bool:
    if len(roles) == 1 and name in ONE:
        return ONE[name](roles[0]) == condition
    if len(roles) == 2 and name in TWO:
        return TWO[name](*roles) == condition
    return len(roles) == 2 and name == "ahead-in-lane" and ahead_in_lane(*roles) == condition
