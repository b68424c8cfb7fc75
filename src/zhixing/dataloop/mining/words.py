"""What people call measures, their values and roles, in three languages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from zhixing.dataloop.mining.catalogue import CATALOGUE
from zhixing.datatypes.localized import Lang, Localized
from zhixing.datatypes.measures import MEASURES


@cache
def words() -> Mapping[str, Mapping[str, Localized]]:
    """Return what measures, values and roles are called, by these groups and by name."""
    said = yaml.safe_load(files("zhixing.dataloop.mining").joinpath("words.yaml").read_text("utf-8"))
    return {group: {str(name): Localized(*three) for name, three in of_it.items()} for group, of_it in said.items()}


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
