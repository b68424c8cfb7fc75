"""What people say about themselves: "I like 22 degrees", "never open the sunroof when my daughter is in the back"."""

from __future__ import annotations

from collections.abc import Sequence

from zhixing.cockpit.understand.clauses import split
from zhixing.cockpit.understand.ellipsis import join, without_talk
from zhixing.cockpit.understand.intents import intents_of
from zhixing.cockpit.understand.tagging import Span
from zhixing.datatypes.dialogue import Intent
from zhixing.datatypes.localized import Lang
from zhixing.datatypes.signal import Value

FACTS = frozenset(("prefer", "recall", "forget"))
"""Intents about what the car remembers."""
_TOLD = (("chat", "telling"),)
_VALUES = ("amount", "colour", "direction")
_MOST_STRANGE = 1
"""Words nobody knows; with more of them, nobody knows what is to be remembered."""
_NO_FACT = frozenset(("query", "vague", "absent", "keep", "bare"))


def split_facts(spans: Sequence[Span], lang: Lang) -> tuple[tuple[Intent, ...], list[Span]]:
    """Return the facts that a sentence states, asks for or takes back, and the words for everybody else.

    Returns:
        Intents ``prefer``, ``recall`` or ``forget``; where there is none, all words, those of memory as mere talk.
    """
    names = {name for span in spans for klass, name in span.tags if klass == "memory"}
    if not names:
        return (), list(spans)
    if "beware" in names and "while" in names:
        names.add("never")
    rest = [span for span in spans if not span.has("memory")]
    found = _facts(names, rest, lang)
    if found:
        return found, []
    return (), [_without_memory(span) for span in spans]


def _without_memory(span: Span) -> Span:
    if span.has("memory", "beware"):
        return Span(span.text, (("glue", "negate"),))  # "whatever you do, do not": now, and not for ever
    return Span(span.text, _TOLD) if span.has("memory") else span


def _is_taken_back(spans: list[Span]) -> bool:
    return any(span.has("talk", "no") or span.has("glue", "negate") or span.has("ask") for span in spans) or any(
        span.text in ("?", "？", "nicht", "not", "kein", "keine", "keinen") for span in spans
    )


def _facts(names: set[str], rest: list[Span], lang: Lang) -> tuple[Intent, ...]:
    if "recall" in names:
        return (Intent(name="recall"),)
    is_conditional = "while" in names
    people = [span for span in rest if span.has("chat", "people")]
    spoken = [span for span in rest if not span.has("chat", "people")]
    if "like" in names and "while" not in names and (people or _is_taken_back(rest)):
        return ()  # what somebody else likes, does not like, or might like
    if names & {"like", "never"} and sum(not span.tags and not span.is_mark for span in rest) > _MOST_STRANGE:
        return ()
    intents = intents_of(join(without_talk(split(spoken, lang))))
    named = [intent for intent in intents if intent.device and intent.name not in ("query", "vague")]
    about = next((intent for intent in named if intent.value is not None), named[0] if named else None)
    if names & {"forget", "forget_all"}:
        everything = (("all", True),) if "forget_all" in names else ()
        return (Intent(name="forget", device=about.device if about else "", slots=everything),)
    if about is None or about.device == "car":
        return ()
    is_rear = is_conditional and (any(place.startswith("rear") for place in about.places) or bool(people))
    if is_conditional and not is_rear:
        return ()  # a condition that the car cannot look at is none to promise
    slots: dict[str, Value] = {"condition": "rear-occupied"} if is_rear else {}
    if "never" in names and about.name not in _NO_FACT:
        act = "open" if about.name == "down" and about.device == "window" else about.name
        return (
            Intent(
                name="prefer",
                device=about.device,
                places=() if is_rear else about.places,
                slots=(("kind", "never"), ("act", act), *slots.items()),
            ),
        )
    said = {name: value for name, value in about.slots if name in (*_VALUES, "unit")}
    is_vague = said.get("amount") in ("little", "much") or any(span.has("rel") for span in rest)
    is_elsewhere = bool(about.places) and about.places != ("own",)
    has_value = (about.value is not None or any(name in said for name in _VALUES)) and not (is_vague or is_elsewhere)
    if "like" in names and has_value:
        slots |= {"kind": "likes"} | said
        return (Intent(name="prefer", device=about.device, value=about.value, slots=tuple(slots.items())),)
    if "like" in names and about.name == "set":
        return (Intent(name="set", device=about.device, places=about.places),)  # "set it as I like it"
    return ()
