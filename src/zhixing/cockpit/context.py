"""What a fragment means in its conversation: "a bit more", "the passenger's too", "no, twenty-four"."""

from __future__ import annotations

from dataclasses import replace

from zhixing.cockpit.devices import load_devices
from zhixing.cockpit.places import beside, opposite
from zhixing.cockpit.understand.clauses import canonical_places
from zhixing.cockpit.understand.facts import FACTS
from zhixing.cockpit.wishes import Unclear
from zhixing.datatypes.dialogue import Intent
from zhixing.datatypes.signal import Value

_SEAT_DEVICES = ("seat_heating", "seat_ventilation", "massage")
_STEPS = ("up", "down", "more", "less", "forward", "backward", "next", "previous")
_HOLD = ("unit", "amount", "colour", "direction", "absolute", "by", "more")


def is_fragment(intent: Intent) -> bool:
    """Return whether an intent lacks its thing, or is nothing but a thing."""
    return not intent.device and intent.name not in ("absent", "query", "vague", *FACTS)


def completed(fragment: Intent, last: Intent, last_places: tuple[str, ...], touched: tuple[str, ...] = ()) -> Intent:
    """Return a fragment with what it leaves unsaid taken from the wish before.

    Args:
        fragment: Without a device.
        last: The wish before.
        last_places: The places that it meant in the end.
        touched: All places where the thing was changed lately: what "both" means.
    """
    places = beside(fragment.places, last_places)
    if places == ("other",):
        places = opposite(last_places)
    says_all = dict(fragment.slots).keys() & {"all", "each"}
    if says_all and not places and len(touched) < 2:
        return replace(fragment, device=last.device)
    if (dict(fragment.slots).get("both") or says_all) and not places:
        places = touched if len(touched) > 1 else (*last_places, *opposite(last_places))
        kept = tuple((name, value) for name, value in fragment.slots if name not in ("both", "all", "each"))
        fragment = replace(fragment, places=places, slots=kept)
    if dict(fragment.slots).keys() & {"more", "again"} and fragment.name in ("set", "bare") and last.name in _STEPS:
        fragment = replace(fragment, name=last.name)  # "once more", "noch eine Stufe"
        if fragment.value is None and not dict(fragment.slots).get("amount"):
            return replace(last, places=places or last.places)
    is_step = dict(fragment.slots).keys() & {"more", "again"} and dict(fragment.slots).get("unit") == "level"
    if is_step and fragment.name == "set" and "absolute" not in dict(fragment.slots):
        fragment = replace(fragment, name="more")  # "noch eine Stufe" after a fixed one
    topic = dict(fragment.slots).get("topic")
    if fragment.name == "bare" and topic and last.name == "query":
        return Intent(name="query", slots=(("topic", topic),))  # "外头多少度" "那车里呢"
    if fragment.name == "bare":
        if not places and fragment.value is None:
            return fragment
        return replace(last, places=places or last.places)
    name, slots = fragment.name, dict(fragment.slots)
    if name == "set" and slots.get("amount") in ("full", "half", "crack", "little"):
        name = last.name if last.name in ("open", "close") else "open"
        if slots["amount"] == "full" and last.name == "down":
            name = "open"
    if name == "set" and slots.get("amount") == "little" and last.name in ("up", "down", "more", "less"):
        name = last.name
    slots.pop("pronoun", None)
    if "unit" not in slots and fragment.value is not None and "unit" in dict(last.slots) and name == "set":
        slots["unit"] = dict(last.slots)["unit"]
    return replace(fragment, name=name, device=last.device, places=places or last.places, slots=tuple(slots.items()))


def window_of(intents: tuple[Intent, ...]) -> Intent | None:
    """Return "shut the rear left" as the window that it can only be, or None where something else was said."""
    if len(intents) != 1 or intents[0].device or intents[0].name not in ("open", "close") or not intents[0].places:
        return None
    return replace(intents[0], device="window")


def in_place(intent: Intent, last: Intent) -> Intent:
    """Return a wish that only implies its thing ("two degrees warmer") where the wish before was, if it is the same."""
    if intent.name == "query" and not intent.device and not dict(intent.slots).get("topic"):
        places = () if dict(intent.slots).get("all") else last.places
        return replace(intent, device=last.device, places=intent.places or places)
    known = load_devices().by_name.get(last.device)
    if intent.name == "stop" and dict(intent.slots).get("implied") and known is not None and known.kind == "level":
        return replace(intent, device=last.device, places=last.places)
    if dict(intent.slots).get("implied") and not intent.places and intent.device == last.device:
        return replace(intent, places=last.places)
    return intent


def repeated(fragment: Intent, last: Intent, last_places: tuple[str, ...], value: Value | None = None) -> Intent:
    """Return the wish before for another place or another thing: "the passenger's too".

    Args:
        fragment: What was said.
        last: The wish before.
        last_places: The places that it meant.
        value: What it came to, if the same value is wanted and not the same step.
    """
    is_same_value = fragment.name in ("set", "bare", "query") and fragment.value is None
    if isinstance(value, bool):
        value = None
    if is_same_value and fragment.device in ("", last.device) and value is not None:
        unit = tuple((name, what) for name, what in last.slots if name in ("colour", "direction"))
        number = value if isinstance(value, int | float) and not unit else last.value
        return replace(last, name="set", value=number, places=fragment.places, slots=(*unit, ("absolute", True)))
    places = opposite(last_places) if fragment.places == ("other",) else beside(fragment.places, last_places)
    has_own_value = fragment.value is not None or dict(fragment.slots).keys() & {"amount", "colour", "direction"}
    if fragment.device and fragment.device != last.device and has_own_value:
        return fragment
    if fragment.device and fragment.device != last.device:
        known = load_devices().by_name.get(fragment.device, None)
        device = known.options.get(last.device, fragment.device) if known is not None else fragment.device
        return replace(last, device=device, places=places)
    if fragment.name not in ("bare", last.name) or fragment.value is not None:
        return completed(fragment, last, last_places) if not fragment.device else fragment
    slots = tuple((name, value) for name, value in last.slots if name not in ("all", "each", "one"))
    return replace(last, places=places or ("own",), slots=slots)


def corrected(correction: Intent, wrong: Intent, last_places: tuple[str, ...]) -> Intent:
    """Return a wish as it should have been said.

    Args:
        correction: What is different.
        wrong: What was understood.
        last_places: The places that it meant.
    """
    places = opposite(last_places) if correction.places == ("other",) else beside(correction.places, last_places)
    if wrong.device == "defroster" and correction.device == "window" and correction.places:
        correction = replace(correction, device="defroster")
    if correction.device == "seat" and wrong.device in _SEAT_DEVICES:
        correction = replace(correction, device=wrong.device)
    if correction.device in ("seat", "wheel") and wrong.device in ("seat_heating", "wheel_heating"):
        correction = replace(correction, device=f"{correction.device}_heating")
    if correction.device == "seat" and wrong.name == "heat":
        return replace(wrong, device="seat", places=places)
    if wrong.device in _SEAT_DEVICES and correction.device:
        of_seat = load_devices().pairs.get(("seat", correction.device), correction.device)
        correction = replace(correction, device=of_seat)
    if correction.device and correction.device != wrong.device and correction.name not in ("bare", "set"):
        return replace(correction, places=places)
    has_value = correction.value is not None or any(name in _HOLD for name, _ in correction.slots)
    slots = correction.slots if has_value else wrong.slots
    if correction.value is not None and "unit" not in dict(slots) and correction.device in ("", wrong.device):
        slots = (*slots, *((name, value) for name, value in wrong.slots if name in ("unit", "by", "absolute")))
    if places and not has_value:
        slots = tuple((name, value) for name, value in slots if name not in ("all", "each"))
    name = wrong.name if correction.name in ("bare", "set") and wrong.name != "bare" else correction.name
    if (
        correction.value is not None
        and correction.name == "set"
        and wrong.value is None
        and wrong.name in ("up", "down")
    ):
        name = "set"
    return replace(
        wrong,
        name=name,
        device=correction.device or wrong.device,
        places=places or (wrong.places if not correction.device or correction.device == wrong.device else ()),
        value=correction.value if has_value else wrong.value,
        slots=slots,
    )


def filled(answer: Intent, unclear: Unclear) -> Intent | None:
    """Return a wish with its missing word, or None if the answer does not give it.

    Args:
        answer: What the person said after the question.
        unclear: What was missing.
    """
    wish = unclear.intent
    topic = str(dict(answer.slots).get("topic", ""))
    match unclear.what:
        case "thing" if answer.device and answer.name in ("bare", "set", wish.name):
            return replace(
                wish,
                device=answer.device,
                places=answer.places or wish.places,
                name=wish.name if wish.name != "bare" else answer.name,
                slots=tuple((name, value) for name, value in wish.slots if name != "pronoun"),
            )
        case "option":
            options = load_devices().by_name[unclear.device].options
            word = answer.device or topic
            if word in unclear.options:
                return replace(wish, device=word, places=answer.places or wish.places)
            key = next((key for key in (word, *answer.places) if key in options), "")
            if key:
                return replace(wish, device=options[key], places=answer.places if key == word else ())
        case "place" if answer.places and answer.device in ("", wish.device):
            row = [place for place in wish.places if place in ("front", "rear")]
            sides = [place for place in answer.places if place in ("left", "right", "middle")]
            places = canonical_places([*row, *sides]) if row and sides else answer.places
            slots = tuple((name, value) for name, value in wish.slots if name != "one")
            return replace(wish, places=places, slots=slots)
        case "act" | "amount" if answer.device in ("", wish.device) and (
            answer.name != "bare" or answer.value is not None
        ):
            merged = dict(wish.slots) | dict(answer.slots)
            return replace(answer, device=wish.device, places=answer.places or wish.places, slots=tuple(merged.items()))
        case _:
            pass
    return None
