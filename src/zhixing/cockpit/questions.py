"""Questions about the car, answered from its signals and from nothing else."""

from __future__ import annotations

from collections.abc import Mapping

from zhixing.cockpit.devices import Device, load_devices
from zhixing.cockpit.grounding import Grounding
from zhixing.cockpit.manual import look_up
from zhixing.cockpit.speech import Speech
from zhixing.cockpit.wishes import Read
from zhixing.datatypes.dialogue import Intent
from zhixing.datatypes.signal import Leaf, Value, Zone

TOPICS: dict[str, tuple[str, float]] = {
    "speed": ("Vehicle.Speed", 1.0),
    "range": ("Vehicle.Powertrain.Range", 0.001),
    "battery": ("Vehicle.Powertrain.TractionBattery.StateOfCharge.Current", 1.0),
    "outside": ("Vehicle.Exterior.AirTemperature", 1.0),
    "inside": ("Vehicle.Cabin.HVAC.AmbientAirTemperature", 1.0),
    "rain": ("Vehicle.Body.Raindetection.Intensity", 1.0),
}
"""Signal of a topic, and the factor to the unit that people say."""


def answer(
    question: Intent, zone: Zone, speech: Speech, grounding: Grounding, catalogue: Mapping[str, Leaf], read: Read
) -> str | None:
    """Return the answer to a ``query`` intent, or None where no signal of this car knows it."""
    slots = dict(question.slots)
    if slots.get("how"):
        found = look_up(question.device)
        return found.in_lang(speech.lang) if found is not None else None
    topic = str(slots.get("topic", ""))
    if topic:
        path, factor = TOPICS.get(topic, ("", 1.0))
        if path not in catalogue:
            return None
        number = float(read(path)) * factor
        return speech.answer(topic, number if topic != "battery" else round(number))
    device = load_devices().by_name.get(question.device)
    act = str(slots.get("act", ""))
    if device is not None and act in device.acts:
        device = load_devices().by_name[device.acts[act]]
    if device is not None and device.kind == "group":
        device = load_devices().by_name[device.one]
    if device is None or not device.path:
        return None
    # Whether "the window" is closed is asked about every window: a yes that holds for one only would be wrong.
    is_all = bool(slots.get("all")) or device.default == "all" or (device.kind == "opening" and not question.places)
    asked = Intent(name="query", device=device.name, places=question.places, slots=(("all", True),) if is_all else ())
    places = grounding.places(device.name, asked, zone)
    if device.scheme and not places:
        places = tuple(load_devices().schemes[device.scheme])  # nothing said about where: all of them
    places = places or ("",)
    told: dict[Value, list[str]] = {}
    for place in places:
        path = grounding.path(device.name, place)
        if path in catalogue:
            value = read(path)
            if device.kind == "colour" and value:
                value = _colour(read(grounding.colour_path(device.name, place)))
            told.setdefault(value, []).append(place)
    if not told:
        return None
    sentence = speech.joined(
        [speech.told(device.name, [p for p in where if p], value) for value, where in told.items()]
    )
    if slots.get("whether") and act:
        holds = all(_holds(device, act, value) for value in told)
        sentence = speech.say("yes" if holds else "no") + sentence
    return sentence[:1].upper() + sentence[1:] + ("。" if speech.lang == "zh" else ".")


def _colour(code: Value) -> Value:
    """Return what the lexicon calls a colour, or its code."""
    return next((name for name, known in load_devices().colours.items() if known == code), code)


def _holds(device: Device, act: str, value: Value) -> bool:
    match device.kind:
        case "switch" if device.name in ("lock", "child_lock"):
            return bool(value) == (act in device.true_acts)
        case "switch":
            return (bool(value) != device.inverted) == (act in device.true_acts)
        case "media":
            return (value == "PLAY") == (act in ("open", "play"))
        case "colour":
            return bool(value) == (act in ("open", "play"))
        case _ if isinstance(value, str):
            return (value != "OFF") == (act in ("open", "play"))
        case "level":
            return (device.sign * float(value) > 0) == (act in ("open", "up", "more"))
        case _:
            return (float(value) > 0) == (act in ("open", "up", "more"))
