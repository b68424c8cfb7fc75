"""From intents to signals: which actuator, and which value, for this speaker in this car."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from zhixing.cockpit.amounts import (
    NoSuchValueError,
    NothingSaidError,
    choice_value,
    level_percent,
    number_value,
    opening_percent,
)
from zhixing.cockpit.devices import Device, Devices, load_devices
from zhixing.cockpit.driving_wishes import drives_itself, ground_driving
from zhixing.cockpit.places import resolve
from zhixing.cockpit.wishes import ByHand, Grounded, Read, Unavailable, Unclear, Wish
from zhixing.datatypes.dialogue import Intent
from zhixing.datatypes.signal import Leaf, SetRequest, Value, Zone

_MEDIA = {
    "play": "PLAY",
    "open": "PLAY",
    "bare": "PLAY",
    "set": "PLAY",
    "stop": "STOP",
    "close": "STOP",
    "next": "SKIP_FORWARD",
    "previous": "SKIP_BACKWARD",
    "forward": "SKIP_FORWARD",
    "backward": "SKIP_BACKWARD",
}


_CLOSED_IN_CONTEXT = frozenset(("opening", "level", "switch"))


class Grounding:
    """Knows the devices and which of their signals this car has.

    Args:
        catalogue: The signals of the car.
    """

    def __init__(self, catalogue: Mapping[str, Leaf]) -> None:
        self._catalogue = catalogue
        self._devices: Devices = load_devices()

    def ground(self, intent: Intent, zone: Zone, read: Read) -> Grounded:
        """Return what an intent means for a speaker.

        Args:
            intent: A wish; questions and remarks are not for here.
            zone: Who speaks.
            read: The values that relative wishes start from.
        """
        if intent.name == "drive":
            return ground_driving(intent, zone, self._catalogue, read)
        device = self._devices.by_name.get(intent.device)
        if intent.name == "absent" or (intent.device and device is None):
            return Unavailable(intent=intent, reason="thing", device=intent.device)
        if intent.name == "keep":
            return Wish(intent=intent, requests=(), device=intent.device)
        if device is None:
            return Unclear(intent=intent, what="thing")
        device = self._redirect(device, intent)
        try:
            return self._ground(device, intent, zone, read)
        except NoSuchValueError as error:
            return Unavailable(intent=intent, reason="value", device=device.name, low=error.low, high=error.high)
        except NothingSaidError:
            return Unclear(intent=intent, what="amount" if device.kind == "number" else "act", device=device.name)

    def places(self, device_name: str, intent: Intent, zone: Zone) -> tuple[str, ...]:
        """Return the places of a device that an intent means; empty where the device has none."""
        device = self._devices.by_name[device_name]
        return self._places(device, intent, zone) if device.scheme else ()

    def path(self, device_name: str, place: str) -> str:
        """Return the signal of a device at a place."""
        device = self._devices.by_name[device_name]
        part = self._devices.schemes[device.scheme][place] if device.scheme else ""
        return device.path.format(part) if part else device.path

    def colour_path(self, device_name: str, place: str) -> str:
        """Return the signal of a light's colour at a place."""
        device = self._devices.by_name[device_name]
        return device.colour_path.format(self._devices.schemes[device.scheme][place])

    def _redirect(self, device: Device, intent: Intent) -> Device:
        name = device.acts.get(intent.name, "")
        if not name and device.places:
            name = next((device.places[place] for place in intent.places if place in device.places), "")
        slots = dict(intent.slots)
        has_number = intent.value is not None or slots.get("amount") in ("max", "min", "medium")
        if device.kind == "media" and intent.name == "set" and not slots.keys() & {"unit", "amount", "absolute"}:
            has_number = False  # "music 5": the fifth piece as well
        if not name and device.number and (has_number or intent.name in ("up", "down", "more", "less")):
            name = device.number
        return self._devices.by_name[name] if name else device

    def _ground(self, device: Device, intent: Intent, zone: Zone, read: Read) -> Grounded:
        match device.kind:
            case "hands":
                is_moving = "Vehicle.Speed" not in self._catalogue or float(read("Vehicle.Speed")) > 0.0
                if device.while_moving and not (is_moving and zone is Zone.DRIVER):
                    return Unavailable(intent=intent, reason="thing", device=device.name)
                is_ours = device.name == "driving" and drives_itself(self._catalogue)
                return ByHand(intent=intent, device="self_driving" if is_ours else device.name)
            case "unclear":
                options = tuple(dict.fromkeys(device.options.values()))
                what = "option" if options else "thing"
                return Unclear(intent=intent, what=what, device=device.name, options=options)  # type: ignore[arg-type]
            case "group":
                return self._group(device, intent, zone, read)
            case _:
                return self._paths(device, intent, zone, read)

    def _group(self, device: Device, intent: Intent, zone: Zone, read: Read) -> Grounded:
        slots = dict(intent.slots)
        is_all = bool(slots.get("all") or slots.get("each"))
        if slots.get("colour"):
            return self.ground(replace(intent, device="ambient"), zone, read)
        if not is_all:
            name = "reading_light" if intent.places else device.one
            return self.ground(replace(intent, device=name), zone, read)
        requests: list[SetRequest] = []
        for name in device.members if intent.name in ("close", "less", "down") else device.lit:
            grounded = self.ground(replace(intent, device=name), zone, read)
            if not isinstance(grounded, Wish):
                return grounded
            requests.extend(grounded.requests)
        return Wish(intent=intent, requests=tuple(requests), device=device.name, value=intent.name != "close")

    def _places(self, device: Device, intent: Intent, zone: Zone) -> tuple[str, ...]:
        slots = dict(intent.slots)
        scheme = self._devices.schemes[device.scheme]
        is_all = bool(slots.get("all") or slots.get("each") or (slots.get("both") and intent.places))
        is_pair = len(scheme) == 2
        places = ("own", "other") if slots.get("both") and not (intent.places or is_pair) else intent.places
        is_all = is_all or bool(slots.get("both") and is_pair)
        return resolve(places, zone, scheme, device.default, is_all=is_all)

    def _in_context(self, device: Device, intent: Intent, places: tuple[str, ...], read: Read) -> tuple[str, ...]:
        """Return where a closing without a place is meant: where it is open, if that is at one place only."""
        upwards = "up" if device.kind == "opening" and device.inverted else ""
        is_closing = intent.name in ("close", "less", upwards) and device.kind in _CLOSED_IN_CONTEXT
        if not is_closing or intent.places or device.default != "own" or len(places) != 1:
            return places
        paths = {place: self.path(device.name, place) for place in self._devices.schemes[device.scheme]}
        levels = {place: float(read(path)) * device.sign for place, path in paths.items() if path in self._catalogue}
        is_open = tuple(place for place, level in levels.items() if level > 0.0)
        return is_open if len(is_open) == 1 else places

    def _paths(self, device: Device, intent: Intent, zone: Zone, read: Read) -> Grounded:
        places = self._places(device, intent, zone) if device.scheme else ("",)
        if device.scheme:
            places = self._in_context(device, intent, places, read)
        if not places:
            return Unavailable(intent=intent, reason="place", device=device.name)
        if dict(intent.slots).get("one") and len(places) > 1:
            return Unclear(intent=intent, what="place", device=device.name, options=places)
        is_for_other = dict(intent.slots).get("for") and device.default == "own" and not intent.places
        if is_for_other:  # "warm the seat for my daughter": nobody said where she sits
            seats = tuple(place for place in self._devices.schemes[device.scheme] if place != zone.value)
            return Unclear(intent=intent, what="place", device=device.name, options=seats)
        requests: list[SetRequest] = []
        shown: Value | None = None
        for place in places:
            path = self.path(device.name, place)
            leaf = self._catalogue.get(path)
            if leaf is None or leaf.kind != "actuator":
                continue
            value = self._value(device, intent, read(path))
            shown = value if shown is None else shown
            requests.append(SetRequest(path=path, value=value, zone=zone, source="voice"))
            if device.kind == "colour" and (colour := dict(intent.slots).get("colour")):
                shown = colour
                colour_path = self.colour_path(device.name, place)
                wanted = self._devices.colours[str(colour)]
                requests.append(SetRequest(path=colour_path, value=wanted, zone=zone, source="voice"))
        if not requests:
            return Unavailable(intent=intent, reason="thing", device=device.name)
        if device.takes_along and isinstance(shown, int):
            along = self.path(device.takes_along, "")
            if shown > float(read(requests[0].path)) and shown > float(read(along)):
                requests.append(SetRequest(path=along, value=shown, zone=zone, source="voice"))
        shown_places = places if device.scheme else ()
        return Wish(intent=intent, requests=tuple(requests), device=device.name, places=shown_places, value=shown)

    def _value(self, device: Device, intent: Intent, now: Value) -> Value:
        match device.kind:
            case "opening":
                return opening_percent(device, intent, float(now))
            case "level":
                return level_percent(device, intent, float(now))
            case "number":
                value = number_value(device, intent, float(now))
                return value if device.grain else round(value)
            case "choice":
                return choice_value(device, intent, now)
            case "media":
                if intent.name not in _MEDIA:
                    raise NothingSaidError(intent.name)
                return _MEDIA[intent.name]
            case "colour":
                return intent.name != "close"
            case _:
                return _switch(device, intent)


def _switch(device: Device, intent: Intent) -> bool:
    if intent.name == "bare" and not device.is_bare:
        raise NothingSaidError(intent.name)
    if intent.name in device.true_acts:
        return not device.inverted
    if intent.name in device.false_acts:
        return device.inverted
    raise NothingSaidError(intent.name)
