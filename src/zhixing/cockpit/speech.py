"""How the car phrases what it did, offers, asks and cannot; the sentences are in ``replies/``."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import Any

import yaml

from zhixing.cockpit.devices import load_devices
from zhixing.cockpit.wishes import Unavailable, Unclear, Wish
from zhixing.datatypes.localized import Lang
from zhixing.datatypes.signal import Value

_PARTS = frozenset(
    (
        "likes",
        "never_open",
        "never_close",
        "never_do",
        "never_lock",
        "never_unlock",
        "never_fold",
        "never_unfold",
        "while_rear",
    )
)
"""What is said inside another sentence."""
_GROUPS = (
    ("all", ({"driver", "passenger", "rear_left", "rear_right"},)),
    ("rear", ({"rear_left", "rear_right"},)),
    ("front", ({"driver", "passenger"},)),
)


class Speech:
    """The sentences of one language.

    Example:
        >>> from zhixing.datatypes.dialogue import Intent
        >>> wish = Wish(intent=Intent(name="set"), requests=(), device="temperature", places=("driver",), value=22.0)
        >>> speech_in("zh").what(wish)
        '主驾温度 22 度'
    """

    def __init__(self, lang: Lang, content: dict[str, Any]) -> None:
        self.lang = lang
        self._content = content
        self._say: dict[str, str] = content["say"]

    def say(self, key: str, **values: str) -> str:
        """Return a sentence with its gaps filled."""
        sentence = self._say[key].format(**values)
        return sentence if key in _PARTS else sentence[:1].upper() + sentence[1:]

    def device(self, name: str) -> str:
        """Return what the car calls a thing."""
        found: str = self._content["devices"].get(name) or self._content["absent"].get(name, "")
        return found

    def place(self, places: Sequence[str]) -> str:
        """Return what the car calls some places together; empty where there is nothing to tell apart."""
        names = self._content["places"]
        without_middle = {place for place in places if place != "rear_middle"}
        for group, (members,) in _GROUPS:
            if without_middle == members:
                return str(names[group])
        return str(self._content["join_places"]).join(str(names.get(place, "")) for place in places)

    def thing(self, device: str, places: Sequence[str] = ()) -> str:
        """Return place and device."""
        known = load_devices().by_name.get(device)
        place = self.place(places)
        if known is not None and known.scheme == "row":
            place = self._content["join"].join(filter(None, (self._content["rows"][one] for one in places)))
        elif (
            known is not None
            and known.scheme
            and known.default == "all"
            and len(places) == len(load_devices().schemes[known.scheme])
        ):
            place = ""
        name = (self._content["plurals"].get(device) if len(places) > 1 else "") or self.device(device)
        return str(self._content["thing"].format(place=place, device=name).strip())

    def state(self, device_name: str, value: Value, *, lasting: bool = False, unchanged: bool = False) -> str:
        """Return what the car calls a value: as what has just been done, what lasts, or what was so before."""
        device = load_devices().by_name[device_name]
        states, units = self._content["states"], self._content["units"]
        if lasting:
            states = states | self._content["lasting"]
        if unchanged:
            states, units = states | self._content["unchanged"], units | self._content["unchanged_units"]
        match device.kind:
            case "opening":
                number = float(value)
                template = states["opening"][0 if number == 0 else 1 if number >= 100 else 2]
                return str(template.format(v=self._plain(number)))
            case "level":
                number = abs(float(value)) if device.sign * float(value) > 0 else 0.0
                level = {0.0: 0, 33.0: 1, 67.0: 2, 100.0: 3}.get(number)
                template = states["level"][2 if level is None else min(level, 1)]
                return str(template.format(n=level, v=self._plain(number)))
            case "number":
                number = float(value)
                if device.name == "fan" and number in device.levels:
                    return str(units["fan"].format(n=device.levels.index(number) + 1))
                if device.name == "volume" and number == 0.0:
                    return str(self._content["silent"])
                if not (device.units or lasting):
                    return str(self._content["moved"])  # nobody thinks of a seat in millimetres
                kind = "temperature" if device.name == "temperature" else "percent" if device.units else "number"
                return str(units[kind].format(v=self._plain(number)))
            case "choice":
                return str(states["choice"].get(str(value), value))
            case "media":
                return str(states["media"].get(str(value), value))
            case _ if isinstance(value, str):
                return str(self._content["colours"].get(value, value))
            case _:
                pair = states.get(device.name, states["switch"])
                return str(pair[0 if bool(value) != (device.inverted and device.kind == "switch") else 1])

    def _plain(self, number: float) -> str:
        text = f"{number:.1f}".rstrip("0").rstrip(".")
        return text.replace(".", ",") if self.lang == "de" else text

    def what(self, wish: Wish, *, unchanged: bool = False) -> str:
        """Return place, device and wanted state; ``unchanged``: it was so before."""
        if wish.device == "driving" and wish.requests:
            return self._driving(wish, unchanged=unchanged)
        if wish.value is None:
            return self.thing(wish.device, wish.places)
        return self.told(wish.device, wish.places, wish.value, lasting=unchanged, unchanged=unchanged)

    def _driving(self, wish: Wish, *, unchanged: bool) -> str:
        """Return how the car drives from now on; the place of such a wish is the name of its sentence."""
        (key,) = wish.places
        sentences = self._content["driving_unchanged" if unchanged else "driving"]
        number = wish.value if isinstance(wish.value, int | float) else 0.0
        return str(sentences[key].format(v=self._plain(float(number))))

    def why(self, key: str, **values: str) -> str:
        """Return a part of an answer to a question why."""
        return str(self._content["why"][key].format(**values))

    def told(
        self, device: str, places: Sequence[str], value: Value, *, lasting: bool = True, unchanged: bool = False
    ) -> str:
        """Return place, device and state."""
        thing, state = self.thing(device, places), self.state(device, value, lasting=lasting, unchanged=unchanged)
        return " ".join(str(self._content["what"].format(thing=thing, state=state)).split())

    def with_value(self, thing: str, value: str) -> str:
        """Return a thing and its value, as the language puts them side by side."""
        return " ".join(str(self._content["what"].format(thing=thing, state=value)).split())

    def amount(self, unit: str, value: float | str) -> str:
        """Return a number with its unit, or the name of a colour or an amount."""
        if isinstance(value, str):
            return " " * (self.lang != "zh") + str(
                self._content["colours"].get(value, self._content["amounts"].get(value, value))
            )
        key = {"degree": "temperature", "level": "fan", "percent": "percent"}.get(unit, "number")
        return str(self._content["units"][key].format(v=self._plain(value), n=self._plain(value)))

    def offer(self, wish: Wish) -> str:
        """Return an action to offer."""
        offers, value = self._content["offers"], wish.value
        thing = self.thing(wish.device, wish.places)
        kind = load_devices().by_name[wish.device].kind
        if isinstance(value, bool):
            key = "on" if value != load_devices().by_name[wish.device].inverted or wish.device == "fresh_air" else "off"
        elif kind in ("level", "opening") and value == 0:
            key = "off"
        else:
            key = kind if kind in offers else "other"
        shown = "" if value is None else self.state(wish.device, value)
        if kind == "opening" and isinstance(value, int | float):
            shown = self._content["units"]["percent"].format(v=self._plain(float(value)))
        return " ".join(str(offers[key].format(the=self._article(wish.device), thing=thing, value=shown)).split())

    def _article(self, device: str) -> str:
        """Return the article of a device; empty in a language that has one in its sentences, or none."""
        others: dict[str, list[str]] = self._content["other_articles"]
        return next((word for word, of in others.items() if device in of), str(self._content["article"]))

    def sentences(self, parts: Sequence[str]) -> str:
        """Return whole sentences one after the other."""
        return str(self._content["between"]).join(part for part in parts if part)

    def joined(self, parts: Sequence[str]) -> str:
        """Return parts as one enumeration."""
        return str(self._content["join"]).join(dict.fromkeys(part for part in parts if part))

    def by_hand(self, device: str) -> str:
        """Return that no voice may touch a drive function."""
        key = f"by_hand_{device}"
        return self.say(key if key in self._say else "by_hand", device=self.device(device))

    def unavailable(self, answer: Unavailable) -> str:
        """Return that the car cannot, and what it can instead."""
        device = self.device(answer.device)
        if not device:
            return self.say("no_thing_named")
        if answer.reason == "value":
            return self.say("no_value", device=device, low=self._plain(answer.low), high=self._plain(answer.high))
        return self.say("no_place" if answer.reason == "place" else "no_thing", device=device)

    def unclear(self, question: Unclear) -> str:
        """Return the question that would make it clear."""
        key = question.what
        names = [self.place((option,)) if key == "place" else self.device(option) for option in question.options]
        last_two = str(self._content["join_options"]).join(names[-2:])
        options = str(self._content["join_places" if self.lang == "zh" else "join"]).join([*names[:-2], last_two])
        return self.say(f"which_{key}", device=self.device(question.device), options=options)

    def answer(self, topic: str, value: float | None) -> str:
        """Return what the car knows about a topic."""
        sentence = self._content["answers"][topic]
        if isinstance(sentence, list):
            return str(sentence[1 if value else 0])
        return str(sentence.format(v="" if value is None else self._plain(value)))


@cache
def speech_in(lang: Lang) -> Speech:
    """Return the sentences of a language, read once."""
    text = resources.files("zhixing.cockpit").joinpath("replies", f"{lang}.yaml").read_text("utf-8")
    return Speech(lang, yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))  # noqa: S506
