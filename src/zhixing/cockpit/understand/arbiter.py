"""Phrases or the learned model: who is believed where they differ.

Phrases that leave no word unexplained are believed. Where words are strange, the model may say that nobody speaks to
the car, and may name the meaning that the phrases did not find, if it is sure enough; else the phrases' answer stands:
a question, silence, or a hand-over to a language model.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from zhixing.cockpit.understand.clauses import canonical_places
from zhixing.cockpit.understand.facts import FACTS
from zhixing.cockpit.understand.learned import Guess
from zhixing.cockpit.understand.tagging import Span
from zhixing.datatypes.dialogue import Intent
from zhixing.datatypes.signal import Value

_SURE = 0.6
"""Of what the model says at this confidence, 93 % is right on sentences it has never seen."""
_VERY_SURE = 0.85
_GRAVE = frozenset(("door", "lock", "trunk", "frunk", "hood", "flap", "horn", "high_beam", "gear", "parking_brake"))
_GRAVE_SURE = 0.92
_GRAVE_NAMED = 0.8
_CHATTER = 0.6
_LONG_ANSWER = 4
_CHATTER_FOR_SURE = 0.85
_WITHOUT_VALUE = frozenset(
    ("open", "close", "lock", "unlock", "fold", "unfold", "play", "stop", "next", "previous", "mute")
)
_TOLD = ("life", "telling", "quote")
_STEPS = frozenset(("up", "down", "more", "less"))
_DIRECTIONS = frozenset(("up", "middle", "down"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What the phrases make of a sentence.

    Attributes:
        intents: As in :class:`~zhixing.cockpit.understand.meaning.Understanding`.
        talk: The same.
        spans: The tagged words.
    """

    intents: tuple[Intent, ...]
    talk: frozenset[str]
    spans: Sequence[Span]

    @property
    def num_unknown(self) -> int:
        """How many words the lexicon does not know."""
        return sum(not span.tags and not span.is_mark for span in self.spans)

    @property
    def is_open(self) -> bool:
        """Whether the phrases have found nothing that could be done, asked or offered."""
        if not self.intents:
            return not self.talk
        return self.num_unknown > 0 and all(not intent.device and intent.name != "vague" for intent in self.intents)


def is_doubtful(reading: Reading) -> bool:
    """Return whether the model should be asked; of a noise it never is: "uh" is no yes."""
    is_fact = bool(reading.intents) and reading.intents[0].name in FACTS
    if is_fact or all(span.is_mark or span.has("glue", "filler") for span in reading.spans):
        return False
    is_long = sum(not span.is_mark for span in reading.spans) >= _LONG_ANSWER and not reading.intents
    has_people = any(span.has("chat") for span in reading.spans)
    return reading.num_unknown > 0 or reading.is_open or is_long or has_people or _ends_with_question(reading)


def _ends_with_question(reading: Reading) -> bool:
    return bool(reading.spans) and reading.spans[-1].text in ("?", "？")


def settle(reading: Reading, guess: Guess) -> tuple[tuple[Intent, ...], frozenset[str]] | None:
    """Return the intents and the talk that the model finds; None where the phrases are believed."""
    if reading.is_open:
        is_told_to = any(span.has("polite") for span in reading.spans) and bool(reading.intents)
        if guess.chatter >= (_CHATTER_FOR_SURE if is_told_to else _CHATTER):
            return (), frozenset()
        is_told = _is_refused(reading.spans) or (
            guess.label.startswith("wish") and any(span.has("chat", k) for span in reading.spans for k in _TOLD)
        )
        if is_told:
            return None  # "yesterday I set it to 20": what was, and not what shall be
        return _meaning(guess, reading) if guess.confidence >= _needed(guess, reading) else None
    if not reading.intents and guess.label.startswith(("remark", "wish")) and guess.confidence >= _SURE + 0.1:
        return _meaning(guess, reading)  # more than a yes or a no was said
    has_people = any(span.has("chat") for span in reading.spans)
    if (reading.num_unknown and guess.chatter >= _CHATTER_FOR_SURE) or (has_people and guess.chatter >= _CHATTER):
        return (), frozenset()
    if guess.label == "query.state" and guess.confidence >= _SURE + 0.1:
        return _asked(reading)
    return None


def _is_refused(spans: Sequence[Span]) -> bool:
    """Return whether somebody says what they, or somebody else, do not like or never want."""
    is_against = any(span.has("talk", "no") or span.has("glue", "negate") or span.has("chat") for span in spans)
    return is_against and any(span.has("memory") for span in spans)


def _asked(reading: Reading) -> tuple[tuple[Intent, ...], frozenset[str]] | None:
    """Return a wish as the question that it was: "ist es offen?"."""
    wish = reading.intents[0] if len(reading.intents) == 1 else None
    is_polite = any(span.has("polite") for span in reading.spans)
    if wish is None or is_polite or wish.value is not None or wish.name not in ("open", "close", "lock", "unlock"):
        return None
    slots = (("act", wish.name), ("whether", True), *((("all", True),) if dict(wish.slots).get("all") else ()))
    return (Intent(name="query", device=wish.device, places=wish.places, slots=slots),), frozenset()


def _needed(guess: Guess, reading: Reading) -> float:
    kind, _, rest = guess.label.partition(".")
    device, _, act = rest.partition(".")
    if kind == "wish" and device in _GRAVE:
        if not any(span.has("device", device) for span in reading.spans):
            return _GRAVE_SURE
        return _SURE if any(span.has("act", act) for span in reading.spans) else _GRAVE_NAMED
    return _VERY_SURE if kind in ("yes", "undo") else _SURE


def _meaning(guess: Guess, reading: Reading) -> tuple[tuple[Intent, ...], frozenset[str]] | None:
    kind, _, rest = guess.label.partition(".")
    if kind in ("yes", "no", "cancel", "undo"):
        return (), frozenset((kind,))
    intent: Intent | None = None
    places = _places(reading.spans)
    match kind:
        case "wish":
            device, _, act = rest.partition(".")
            intent = _wish(device, act, places, reading)
        case "remark":
            feel, _, about = rest.partition(".")
            slots = (("feel", feel), ("about", {"front": "", "feet": "", "rear": "rear_window"}.get(about, about)))
            intent = Intent(name="vague", places=places, slots=slots)
        case "query" if rest != "state":
            intent = Intent(name="query", slots=(("topic", rest),))
        case "absent":
            intent = Intent(name="absent")
        case _:
            pass
    return None if intent is None else ((intent,), frozenset())


def _wish(device: str, act: str, places: tuple[str, ...], reading: Reading) -> Intent | None:
    found: dict[str, Value] = {}
    value: float | None = None
    for span in reading.spans:
        if span.has("rel", "for"):
            found["for"] = True
        if span.number is not None and value is None:
            value = span.number
            if span.unit:
                found["unit"] = span.unit
        for klass, name in span.tags:
            if klass in ("unit", "amount", "colour"):
                found.setdefault(klass, name)
            elif klass == "quant" and name in ("all", "both"):
                found[name] = True
    if device == "driving" or (device == "video" and act == "play"):
        return Intent(name="set", device=device)
    if device == "air_distribution" and act in _DIRECTIONS:
        return Intent(name="set", device=device, places=places, slots=(("direction", act),))
    steps = [name for span in reading.spans for klass, name in span.tags if klass == "act" and name in _STEPS]
    if act == "set" and steps and value is not None:
        act = steps[-1]  # "小一档": by so much, and not to it
    if act in ("set", "colour"):
        if value is None and not found.keys() & {"amount", "colour"}:
            return None  # how much was not understood
        return Intent(name="set", device=device, places=places, value=value, slots=(*found.items(), ("absolute", True)))
    if act in _WITHOUT_VALUE:
        value, found = None, {name: what for name, what in found.items() if name in ("all", "both", "for")}
    return replace(Intent(name=act, device=device, places=places, value=value), slots=tuple(found.items()))


def _places(spans: Sequence[Span]) -> tuple[str, ...]:
    return canonical_places([name for span in spans for klass, name in span.tags if klass == "place"])
