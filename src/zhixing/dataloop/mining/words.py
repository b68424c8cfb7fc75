"""What queries are called by people: measures, values and roles in three languages, and a whole query as a sentence."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from zhixing.dataloop.mining.catalogue import CATALOGUE
from zhixing.dataloop.mining.pair_kernel import SYMMETRIC
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
)
from zhixing.datatypes.localized import Lang, Localized
from zhixing.datatypes.measures import MEASURES
from zhixing.datatypes.query import Query

_FOR_PEOPLE = {"m/s": (3.6, "km/h"), "rad": (180.0 / math.pi, "°"), "1": (1.0, "")}
"""Factor and unit in which people are told a value."""


@cache
def words() -> Mapping[str, Mapping[str, Localized]]:
    """Return what measures, values and roles are called, by these groups and by name."""
    said = yaml.safe_load(files("zhixing.dataloop.mining").joinpath("words.yaml").read_text("utf-8"))
    return {group: {str(name): Localized(*three) for name, three in of_it.items()} for group, of_it in said.items()}


@cache
def _joints(lang: Lang) -> Mapping[str, str]:
    return {name: said.in_lang(lang) for name, said in words()["joints"].items()}


def words_as_json() -> dict[str, Any]:
    """Return the same for a page, with unit and meaning of each measure."""

    def plain(one: Localized) -> dict[str, str]:
        return {"zh": one.zh, "en": one.en, "de": one.de}

    measures = {
        name: {
            "name": plain(name_of), "meaning": plain(CATALOGUE[name].meaning), "unit": MEASURES[name].unit,
            "words": MEASURES[name].words,
        }
        for name, name_of in words()["measures"].items()
    }  # fmt: skip
    others = {group: {name: plain(one) for name, one in words()[group].items()} for group in ("values", "roles")}
    return {"measures": measures, **others}


def role_in_words(role: str, lang: Lang) -> str:
    """Return what somebody is called who plays a role; the second of a kind is ``car_2``.

    Example:
        >>> role_in_words("car_2", "zh"), role_in_words("x", "zh")
        ('小汽车 2', 'x')
    """
    found = re.fullmatch(r"(.*?)(?:_(\d+|more))?", role)
    base, number = found.groups() if found else (role, None)
    said = words()["roles"].get(base)
    if said is None:
        return role
    more = {"zh": "另一", "en": "another ", "de": "weiterer "}[lang]
    name = said.in_lang(lang)
    return f"{more}{name}" if number == "more" else f"{name} {number}" if number else name


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
