"""Preferences in use: learned from words, filled in where something was left open, and a warning before a "never"."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from zhixing.cockpit.devices import load_devices
from zhixing.cockpit.grounding import Grounding
from zhixing.cockpit.hearing import Hearing
from zhixing.cockpit.preferences import Condition, Fact, Preferences
from zhixing.cockpit.speech import Speech
from zhixing.cockpit.wishes import Grounded, Unavailable, Wish
from zhixing.datatypes.dialogue import Intent, Turn
from zhixing.datatypes.signal import Leaf, Value, Zone
from zhixing.errors import InputError

_FILLED = frozenset((
    "temperature", "fan", "seat_heating", "seat_ventilation", "massage", "wheel_heating", "volume", "ambient",
    "ambient_brightness", "screen_brightness",
))  # fmt: skip
"""Things that take a liking where the words leave the value open."""
_OPEN_ACTS = frozenset(("open", "set", "bare", "heat"))
_FALLING = frozenset(("close", "down", "less", "stop", "mute", "cool"))
_KEPT_SLOTS = ("unit", "amount", "colour", "direction")
_REAR_SEATS = tuple(
    f"Vehicle.Cabin.Seat.Row2.{side}.OccupancyStatus" for side in ("DriverSide", "Middle", "PassengerSide")
)


class Remembering:
    """What people have said about themselves, over one car.

    Args:
        preferences: The facts.
        grounding: From wishes to signals: a fact that means nothing in this car is not kept.
        catalogue: The signals of the car.
        read: Their values.
    """

    def __init__(
        self,
        preferences: Preferences,
        grounding: Grounding,
        catalogue: Mapping[str, Leaf],
        read: Callable[[str], Value],
    ) -> None:
        self._preferences = preferences
        self._grounding = grounding
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
                return self._learn(intent, heard)
            case "recall":
                facts = [told(fact, speech) for fact in self._preferences.of(zone)]
                reply = speech.say("recalled", facts=speech.joined(facts)) if facts else speech.say("recalled_none")
                return heard.turn("answered", reply, intents)
            case "forget" if not intent.device and not dict(intent.slots).get("all"):
                return heard.turn("clarify", speech.say("which_fact"), intents)
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
        """Return what anybody in the car has said never to do, where a wish would do it now; else None.

        What counts is what happens to the signal, however it was asked for: alone, in a group, by undoing.
        """
        changes = [request for request in wish.requests if request.value != self._read(request.path)]
        for fact in self._preferences.all() if changes else ():
            if fact.kind != "never" or not self.holds(fact.condition):
                continue
            meant = self._grounded(fact.act, fact.device, fact.places, None, {}, Zone(fact.person))
            if not isinstance(meant, Wish):
                continue
            directions = {
                request.path: _direction(request.value, rises=fact.act not in _FALLING) for request in meant.requests
            }
            for request in changes:
                rises = _is_more(request.value, self._read(request.path))
                if directions.get(request.path) == _direction(request.value, rises=rises):
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

    def _learn(self, intent: Intent, heard: Hearing) -> Turn:
        """Keep a fact, if it means something in this car."""
        slots, speech, zone = dict(intent.slots), heard.speech, heard.utterance.zone
        kept = {name: slots[name] for name in _KEPT_SLOTS if name in slots}
        is_never = slots["kind"] == "never"
        act = str(slots.get("act", "")) if is_never else "set"
        meant = self._grounded(act, intent.device, intent.places if is_never else (), intent.value, kept, zone)
        if isinstance(meant, Unavailable):
            return heard.turn("unavailable", speech.unavailable(meant), (intent,))
        if not isinstance(meant, Wish) or not meant.requests:
            return heard.turn("clarify", speech.say("which_thing"), (intent,))
        fact = Fact(
            number=0,
            person=zone.value,
            kind="never" if is_never else "likes",
            device=meant.device,
            act=act if is_never else "",
            value=float(intent.value) if isinstance(intent.value, int | float) else None,
            slots=kept,
            condition="rear-occupied" if slots.get("condition") else "",
            places=meant.places if is_never and intent.places else (),
            said=heard.utterance.text,
            time_ns=heard.utterance.time_ns,
        )
        learned = self._preferences.learn(fact)
        return heard.turn("done", speech.say("learned", fact=told(learned, speech)), (intent,))

    def _grounded(
        self,
        act: str,
        device: str,
        places: tuple[str, ...],
        value: Value | None,
        slots: Mapping[str, Value],
        zone: Zone,
    ) -> Grounded:
        """Return what a fact means for the car: a prohibition without a place holds everywhere."""
        everywhere = {} if places or value is not None or slots else {"all": True}
        absolute = {"absolute": True} if value is not None else {}
        intent = Intent(
            name=act,
            device=device,
            places=places,
            value=value,
            slots=(*slots.items(), *everywhere.items(), *absolute.items()),
        )
        return self._grounding.ground(intent, zone, self._read)


def told(fact: Fact, speech: Speech) -> str:
    """Return a fact as the car would say it."""
    if fact.device not in load_devices().by_name:
        return fact.said
    thing = speech.thing(fact.device, fact.places)
    if fact.kind == "never":
        acts = {"up": "open", "more": "open", "play": "open", "heat": "open", "less": "close", "stop": "close"}
        act = acts.get(fact.act, fact.act)
        key = f"never_{act}" if act in ("open", "close", "lock", "unlock", "fold", "unfold") else "never_do"
        return speech.say(key, thing=thing) + (speech.say("while_rear") if fact.condition else "")
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


def _direction(value: Value, *, rises: bool) -> str:
    """Return what is done to a signal: ``up``, ``down`` (a number: as ``rises`` says) or the text that it gets."""
    if isinstance(value, bool):
        return "up" if value else "down"
    if isinstance(value, str):
        return value
    return "up" if rises else "down"


def _is_more(value: Value, now: Value) -> bool:
    return not isinstance(value, str) and not isinstance(now, str) and value > now
