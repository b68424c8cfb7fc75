"""The vocabulary of a language: which words mean what. The words themselves are in ``words/*.yaml``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

import yaml

from zhixing.dataloop.ask.german import inflected
from zhixing.dataloop.ask.predicates import MEASURES_OF_ONE, MEASURES_OF_TWO, ONE, TWO
from zhixing.datatypes.localized import Lang
from zhixing.datatypes.tracks import MOTOR_VEHICLES, TWO_WHEELERS, RoadUser
from zhixing.errors import PhraseError

CLASSES: Mapping[str, tuple[RoadUser, ...]] = MappingProxyType(
    {
        "vehicle": tuple(sorted(MOTOR_VEHICLES)),
        "front-vehicle": tuple(sorted(MOTOR_VEHICLES)),
        "rear-vehicle": tuple(sorted(MOTOR_VEHICLES)),
        "car": (RoadUser.CAR,),
        "truck": (RoadUser.TRUCK,),
        "bus": (RoadUser.BUS,),
        "two-wheeler": tuple(sorted(TWO_WHEELERS)),
        "ebike": (RoadUser.EBIKE, RoadUser.MOTORCYCLE),
        "bicycle": (RoadUser.BICYCLE,),
        "motorcycle": (RoadUser.MOTORCYCLE, RoadUser.EBIKE),
        "tricycle": (RoadUser.TRICYCLE,),
        "pedestrian": (RoadUser.PEDESTRIAN,),
        "object": (RoadUser.OBJECT,),
        "anybody": (),
        "ego": (),
    }
)
"""Whom a word for road users means; e-bikes and motorcycles are rarely told apart in recordings."""
_LISTS = (
    "then", "reversed", "before", "while", "and", "or", "not", "with", "meet", "passive", "relative", "least", "most",
    "duration", "count", "ignored", "pronoun",
)  # fmt: skip
_GROUPS = ("classes", "one", "two", "two_by", "measures", "units")


@dataclass(frozen=True, slots=True)
class Entry:
    """What a phrase means.

    Attributes:
        kind: ``class``, ``one``, ``two``, ``measure``, ``unit``, or one of the little words.
        value: Which class, predicate, measure or unit; the word itself for little words.
    """

    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of a language.

    Attributes:
        lang: Which.
        entries: By phrase, in lower case.
        numbers: Words for numbers.
        longest: Characters of the longest phrase.
    """

    lang: Lang
    entries: Mapping[str, Entry]
    numbers: Mapping[str, int]
    longest: int


@cache
def vocabulary(lang: Lang) -> Vocabulary:
    """Return the words of a language.

    Raises:
        PhraseError: The file names something that is not there, or a phrase twice.
    """
    said = yaml.safe_load(files("zhixing.dataloop.ask").joinpath("words", f"{lang}.yaml").read_text("utf-8"))
    known = {
        "classes": CLASSES, "one": ONE, "two": TWO, "two_by": TWO, "measures": {**MEASURES_OF_ONE, **MEASURES_OF_TWO},
        "units": dict.fromkeys(("kmh", "mph", "mps", "mps2", "mps3", "g", "m", "cm", "km", "s", "min"), 0),
    }  # fmt: skip
    entries: dict[str, Entry] = {}

    def add(phrase: object, entry: Entry) -> None:
        if not isinstance(phrase, str):
            raise PhraseError(f"{lang}.yaml: {phrase!r} is no text", hint="Put it between quotes.")
        key = phrase.lower()
        if entries.setdefault(key, entry) != entry:
            raise PhraseError(f"{lang}.yaml: {phrase!r} means {entries[key].value} and {entry.value}", hint="Keep one.")

    for group in _GROUPS:
        kind = {"classes": "class", "measures": "measure", "units": "unit", "two_by": "two"}.get(group, group)
        for name, phrases in (said.get(group) or {}).items():
            if name not in known[group]:
                raise PhraseError(f"{lang}.yaml: {group} has no {name!r}", hint=f"Known: {', '.join(known[group])}.")
            for phrase in phrases:
                add(phrase, Entry(kind, f"~{name}" if group == "two_by" else name))
                for form in inflected(str(phrase).lower()) if lang == "de" else ():
                    entries.setdefault(form, Entry(kind, f"~{name}" if group == "two_by" else name))
    for kind in _LISTS:
        for phrase in said.get(kind) or ():
            # Little words may be said as something else, too; what says more wins.
            if not isinstance(phrase, str):
                raise PhraseError(f"{lang}.yaml: {phrase!r} is no text", hint="Put it between quotes.")
            entries.setdefault(phrase.lower(), Entry(kind, phrase))
    return Vocabulary(
        lang=lang,
        entries=MappingProxyType(entries),
        numbers=MappingProxyType({str(word): int(value) for word, value in said["numbers"].items()}),
        longest=max(len(phrase) for phrase in entries),
    )
