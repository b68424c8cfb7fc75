"""Preferences in use: learned from words, filled in where something was left open, and a warning before a "never"."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from zhixing.cockpit.devices import load_devices
from zhixing.cockpit.hearing import Hearing
from zhixing.cockpit.preferences import Condition, Fact, Preferences
from zhixing.cockpit.speech import Speech
from zhixing.cockpit.wishes import Wish
from zhixing.datatypes.dialogue import Intent, Turn
from zhixing.datatypes.signal import Leaf, Value, Zone
from zhixing.errors import InputError

_FILLED = frozenset((
    "temperature", "fan", "seat_heating", "seat_ventilation", "massage", "wheel_heating", "volume", "ambient",
    "ambient_brightness", "screen_brightness",
))  # fmt: skip
"""Things that take a liking where the words leave the value open."""
_OPEN_ACTS = frozenset(("open", "set", "bare", "heat"))
_KEPT_SLOTS = ("unit", "amount", "colour", "direction")
_REAR_SEATS = tuple(
    f"Vehicle.Cabin.Seat.Row2.{side}.OccupancyStatus" for side in ("DriverSide", "Middle", "PassengerSide")
)


class Remembering:
    """What people have said about themselves, over one car.

    Args:
        preferences: The facts.
        catalogue: The signals of the car.
        read: Their values.
    """

    def __init__(self, preferences: Preferences, catalogue: Mapping[str, Leaf], read: Callable[[str], Value]) -> None:
        self._preferences = preferences
        self._catalogue = catalogue
        self._read = read

    def answer(self, heard: Hearing, intents: tuple[Intent, ...]) -> Turn | None:
        """Return the turn where somebody tells, asks for or takes back a fact, else None."""
        try:
            return self._answer(heard, intents)
        except InputError:  # the file cannot be written: known for this drive, and said so
            return heard.turn("failed", heard.speech.say("not_kept"), intents)

    def _answer(self, heard: Hearing, intents: tuple[Intent, ...]) -> Turn | None:
        intent, zone, speech = intents[0], heard.utterance.zone, heard.speech
        match intent.name:
            case "prefer":
                fact = self._preferences.learn(self._fact(intent, heard))
                return heard.turn("done", speech.say("learned", fact=told(fact, speech)), intents)
            case "recall":
                facts = [told(fact, speech) for fact in self._preferences.of(zone)]
                reply = speech.say("recalled", facts=speech.joined(facts)) if facts else speech.say("recalled_none")
                return heard.turn("answered", reply, intents)
            case "forget":
                known = [f.number for f in self._preferences.of(zone) if intent.device in ("", f.device)]
                count = self._preferences.forget(tuple(known))
                return heard.turn("done", speech.say("forgotten" if count else "recalled_none"), intents)
            case _:
                return None

    def filled(self, intent: Intent, zone: Zone) -> Intent:
        """Return a wish with the liked value where its words leave the value open."""
        is_open = intent.name in _OPEN_ACTS and intent.value is None and not dict(intent.slots).keys() & {
            "amount", "colour", "direction", "more", "again",
        }  # fmt: skip
        if not is_open or intent.device not in _FILLED:
            return intent
        fact = self._preferences.liked(zone, intent.device, self.holds)
        if fact is None:
            return intent
        kept = tuple((name, value) for name, value in intent.slots if name in ("all", "both", "each"))
        return replace(intent, name="set", value=fact.value, slots=(*kept, *fact.slots.items(), ("absolute", True)))

    def objection(self, wish: Wish) -> Fact | None:
        """Return what somebody has said never to do, where a wish would do it now."""
        for request in wish.requests:
            now = self._read(request.path)
            rises = request.value is True or (_is_number(request.value) and request.value > now)  # type: ignore[operator]
            act = "open" if rises else "close"
            fact = self._preferences.forbidden(wish.device, act, self.holds) if request.value != now else None
            if fact is not None:
                return fact
        return None

    def in_words(self, zone: Zone, speech: Speech) -> str:
        """Return what is known about somebody, as one text."""
        return speech.joined([told(fact, speech) for fact in self._preferences.of(zone)])

    def holds(self, condition: Condition) -> bool:
        """Return whether a condition holds now; a seat of which nothing is known counts as taken."""
        if not condition:
            return True
        return any(path in self._catalogue and self._read(path) != "EMPTY" for path in _REAR_SEATS)

    def _fact(self, intent: Intent, heard: Hearing) -> Fact:
        slots = dict(intent.slots)
        value = intent.value
        return Fact(
            number=0,
            person=heard.utterance.zone.value,
            kind="never" if slots["kind"] == "never" else "likes",
            device=intent.device,
            act=str(slots.get("act", "")),
            value=float(value) if isinstance(value, int | float) else None,
            slots={name: slots[name] for name in _KEPT_SLOTS if name in slots},
            condition="rear-occupied" if slots.get("condition") else "",
            said=heard.utterance.text,
            time_ns=heard.utterance.time_ns,
        )


def told(fact: Fact, speech: Speech) -> str:
    """Return a fact as the car would say it."""
    if fact.device not in load_devices().by_name:
        return fact.said
    thing = speech.thing(fact.device)
    if fact.kind == "never":
        return speech.say(f"never_{fact.act}" if fact.act in ("open", "close") else "never_do", thing=thing) + (
            speech.say("while_rear") if fact.condition else ""
        )
    return speech.say("likes", what=speech.with_value(thing, _value(fact, speech))) + (
        speech.say("while_rear") if fact.condition else ""
    )


def _value(fact: Fact, speech: Speech) -> str:
    if "colour" in fact.slots:
        return speech.amount("colour", str(fact.slots["colour"]))
    if fact.value is None:
        return speech.amount("amount", str(next(iter(fact.slots.values()), "")))
    unit = str(fact.slots.get("unit", "")) or ("degree" if fact.device == "temperature" else "")
    return speech.amount(unit, fact.value)


def _is_number(value: Value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
