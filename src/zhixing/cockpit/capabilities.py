"""What a language model may ask of the car: one typed tool a capability, made from the devices and the catalogue.

A call becomes an :class:`~zhixing.datatypes.dialogue.Intent`, as a sentence does, and goes the same way: grounding,
the door, read-back. There is no tool for driving, gears or brakes, and none that says yes to a question.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zhixing.cockpit.devices import Device, Devices
from zhixing.datatypes.dialogue import Intent
from zhixing.datatypes.signal import Leaf, Value
from zhixing.reasoning.tools import Tool, ToolCall

_BY_HAND = frozenset(("gear", "parking_brake", "horn", "fresh_air"))
"""No tools for these: two are the driver's alone, one is a signal to others, the last is the reverse of another."""
_STATE_OF = {
    "door": ("open", "open", "close"),
    "trunk": ("open", "open", "close"),
    "frunk": ("open", "open", "close"),
    "hood": ("open", "open", "close"),
    "flap": ("open", "open", "close"),
    "lock": ("locked", "lock", "unlock"),
    "child_lock": ("engaged", "lock", "unlock"),
    "mirror": ("folded", "fold", "unfold"),
}
"""Name of a switch's argument, and the acts for true and false, where it is not on, open and close."""
_UNIT = {"temperature": "degree", "fan": "level"}
_OFFER = {
    "type": "boolean",
    "description": "True when the person only remarked something vague (cold, stuffy) and asked for nothing: "
    "the car then asks first.",
}


def act_tools(devices: Devices, catalogue: Mapping[str, Leaf]) -> tuple[Tool, ...]:
    """Return a tool for everything of this car that a language model may ask to change."""
    return tuple(
        Tool(f"set_{device.name}", _description(device), _parameters(device, devices), is_read_only=False)
        for device in devices.by_name.values()
        if _is_offered(device, devices, catalogue)
    )


def intent_of(call: ToolCall, devices: Devices) -> Intent:
    """Return the wish that a call of one of the :func:`act_tools` means; its arguments fit the tool's schema."""
    device = devices.by_name[call.name.removeprefix("set_")]
    arguments = dict(call.arguments)
    places = arguments.get("places") or ()
    slots: dict[str, Value] = {"absolute": True}
    if "all" in places:  # type: ignore[operator]
        slots["all"] = True
        places = ()
    act, value = _act_and_value(device, arguments, slots)
    return Intent(
        name=act,
        device=device.name,
        places=tuple(str(place) for place in places),  # type: ignore[attr-defined]
        value=value,
        slots=tuple(slots.items()),
    )


def _act_and_value(device: Device, arguments: Mapping[str, Any], slots: dict[str, Value]) -> tuple[str, float | None]:
    match device.kind:
        case "switch":
            name, on, off = _STATE_OF.get(device.name, ("on", "open", "close"))
            return (on if arguments[name] else off), None
        case "opening":
            slots["unit"] = "percent"
            return "set", float(arguments["percent"])
        case "level":
            slots["unit"] = "level"
            return ("set", float(arguments["level"])) if arguments["level"] else ("close", None)
        case "number":
            if arguments.get("value") is None and arguments.get("steps"):
                del slots["absolute"]
                steps = int(arguments["steps"])
                if device.levels:
                    slots["unit"] = "level"
                    return ("up" if steps > 0 else "down"), float(abs(steps))
                return ("up" if steps > 0 else "down"), abs(steps) * device.step
            if device.levels and arguments.get("value") == 0:
                return "close", None
            unit = _UNIT.get(device.name, device.units[0] if device.units else "")
            if unit:
                slots["unit"] = unit
            value = arguments.get("value")
            return ("set", float(value)) if value is not None else ("bare", None)
        case "choice":
            slots["direction"] = str(arguments["mode"])
            return "set", None
        case "colour":
            if arguments.get("colour"):
                slots["colour"] = str(arguments["colour"])
                return "set", None
            return ("open" if arguments.get("on", True) else "close"), None
        case _:
            return {"skip_forward": "next", "skip_backward": "previous"}.get(
                str(arguments["action"]), str(arguments["action"])
            ), None


def _is_offered(device: Device, devices: Devices, catalogue: Mapping[str, Leaf]) -> bool:
    if not device.path or device.name in _BY_HAND:
        return False
    parts = devices.schemes[device.scheme].values() if device.scheme else ("",)
    return any(device.path.format(part) in catalogue for part in parts)


def _description(device: Device) -> str:
    thing = device.name.replace("_", " ")
    where = {"own": "the speaker's own", "all": "all of them", "": ""}.get(device.default, f"the {device.default} one")
    scope = f" Without places: {where}." if device.scheme else ""
    return f"Set the {thing}.{scope} Says what became of it: done, refused, needs a yes, or not possible."


def _parameters(device: Device, devices: Devices) -> dict[str, Any]:
    properties: dict[str, Any] = {}
    required: list[str] = []
    match device.kind:
        case "switch":
            name = _STATE_OF.get(device.name, ("on",))[0]
            properties[name], required = {"type": "boolean"}, [name]
        case "opening":
            properties["percent"] = {
                "type": "integer",
                "minimum": 0,
                "maximum": 100,
                "description": "0 closed, 100 open",
            }
            required = ["percent"]
        case "level":
            properties["level"] = {"type": "integer", "minimum": 0, "maximum": 3, "description": "0 off, 3 strongest"}
            required = ["level"]
        case "number":
            low, high = (0, len(device.levels)) if device.levels else (device.low, device.high)
            unit = _UNIT.get(device.name, device.units[0] if device.units else "millimetres")
            value = {"type": "number", "minimum": low, "maximum": high, "description": f"wanted value, {unit}"}
            if device.grain:
                value["multipleOf"] = device.grain
            properties["value"] = value
            properties["steps"] = {
                "type": "integer",
                "minimum": -10,
                "maximum": 10,
                "description": "or so many steps more or less",
            }
        case "choice":
            properties["mode"], required = {"type": "string", "enum": sorted(device.choices)}, ["mode"]
        case "colour":
            properties["on"] = {"type": "boolean"}
            properties["colour"] = {"type": "string", "enum": sorted(devices.colours)}
        case _:
            actions = ["play", "stop", "skip_forward", "skip_backward"]
            properties["action"], required = {"type": "string", "enum": actions}, ["action"]
    if device.scheme:
        names = [*devices.schemes[device.scheme], "all"]
        properties["places"] = {"type": "array", "items": {"type": "string", "enum": names}, "maxItems": len(names)}
    properties["offer_only"] = _OFFER
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}
