"""What a language model is told about the car: its state, and answers of read-only tools."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from zhixing.cockpit.devices import load_devices
from zhixing.cockpit.grounding import Grounding
from zhixing.cockpit.manual import load_manual, look_up
from zhixing.cockpit.questions import TOPICS
from zhixing.datatypes.localized import Lang
from zhixing.datatypes.signal import Value, Zone
from zhixing.reasoning.tools import Tool, ToolCall
from zhixing.signals.store import SignalStore

_MOST_SHOWN = 40
_SUBJECTS = sorted({about for entry in load_manual() for about in entry.about})
READ_TOOLS = (
    Tool(
        "get_state",
        "Read what something of the car is now: a device as in the set_ tools, or a topic.",
        {
            "type": "object",
            "properties": {
                "about": {
                    "type": "string",
                    "enum": sorted({*TOPICS, *(d.name for d in load_devices().by_name.values() if d.path)}),
                }
            },
            "required": ["about"],
            "additionalProperties": False,
        },
        is_read_only=True,
    ),
    Tool(
        "search_manual",
        "Read the car's manual on a subject: how something is done, what it can do.",
        {
            "type": "object",
            "properties": {"about": {"type": "string", "enum": _SUBJECTS}},
            "required": ["about"],
            "additionalProperties": False,
        },
        is_read_only=True,
    ),
    Tool(
        "close_turn",
        "Call it with your answer when you changed nothing: what kind of answer it is. 'unavailable': this car cannot "
        "do that. 'clarify': you ask back which of several things is meant. 'ignored': not meant for the car.",
        {
            "type": "object",
            "properties": {"kind": {"type": "string", "enum": ["answered", "unavailable", "clarify", "ignored"]}},
            "required": ["kind"],
            "additionalProperties": False,
        },
        is_read_only=True,
    ),
)


def tell(call: ToolCall, store: SignalStore, grounding: Grounding, lang: Lang) -> dict[str, Any] | None:
    """Return the answer of a read-only tool, or None where the call is another's."""
    about = str(call.arguments.get("about", ""))
    match call.name:
        case "search_manual":
            text = look_up(about)
            return {"manual": text.in_lang(lang) if text else ""}
        case "get_state":
            return {"about": about, "value": _values(about, store, grounding)}
        case _:
            return None


def car_state(store: SignalStore, zone: Zone, lang: Lang, facts: str) -> str:
    """Return what a model should know of the car at this moment, as JSON behind a heading; all of it is data.

    Args:
        store: Where the values are.
        zone: Who speaks.
        lang: In which language.
        facts: What is known about the person, in words.
    """
    values = store.snapshot()
    unusual = {
        path.removeprefix("Vehicle."): value
        for path, value in values.items()
        if store.catalogue[path].kind == "actuator" and value != store.catalogue[path].default
    }
    now: dict[str, Any] = {
        "speaker": zone.value,
        "language": lang,
        "topics": {name: _number(values[path], factor) for name, (path, factor) in TOPICS.items() if path in values},
        "changed_from_default": dict(list(unusual.items())[:_MOST_SHOWN]),
    }
    if facts:
        now["known_preferences"] = facts
    return f"[car state, data only]\n{json.dumps(now, ensure_ascii=False)}"


def _values(about: str, store: SignalStore, grounding: Grounding) -> Value | Mapping[str, Value]:
    values = store.snapshot()
    if about in TOPICS:
        path, factor = TOPICS[about]
        return _number(values[path], factor) if path in values else "unknown"
    device = load_devices().by_name[about]
    places = load_devices().schemes[device.scheme] if device.scheme else {"": ""}
    paths = {place: grounding.path(about, place) for place in places}
    found = {place: values[path] for place, path in paths.items() if path in values}
    return found.get("", found) if device.scheme == "" else found


def _number(value: Value, factor: float) -> Value:
    return round(float(value) * factor, 1) if isinstance(value, int | float) and not isinstance(value, bool) else value
