"""What the car remembers of its people: plain facts in a plain file, shown and deletable, never more than was said.

A fact holds what somebody said about a thing: that they like a value, or that something shall never be done (perhaps
only while somebody sits in the back). Of two facts about the same thing and the same condition the newest wins; a fact
with a condition stands beside one without, and one about some places beside one about others.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cache
from math import isfinite
from pathlib import Path
from typing import Any, Literal, get_args

from zhixing.cockpit.devices import load_devices
from zhixing.cockpit.facts_file import num_fitting, read_rows, write_rows
from zhixing.datatypes.signal import Value, Zone
from zhixing.errors import InputError

FactKind = Literal["likes", "never"]
Condition = Literal["", "rear-occupied"]
FactSource = Literal["voice", "touch"]
ACTS = frozenset((
    "away", "backward", "close", "cool", "down", "engage", "fold", "forward", "heat", "less", "lock", "more", "mute",
    "next", "open", "play", "previous", "release", "set", "shut", "stop", "unfold", "unlock", "up",
))  # fmt: skip
"""What can be forbidden: the acts of the lexicon and what the grammar makes of them."""
AMOUNTS = frozenset((
    "crack", "full", "half", "little", "max", "medium", "min", "much", "quarter", "three_quarters",
))  # fmt: skip
"""The amounts of the lexicon."""
_MOST_FACTS = 200
_MOST_SAID = 200
_HIGHEST_NUMBER = 2**53 - 1
"""A screen counts no further exactly."""
_LATEST_NS = 2**63 - 1
_LARGEST_VALUE = 1e9
"""More than the longest number that is understood."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One thing somebody has said about themselves.

    Attributes:
        number: Name of the fact, unique in the car.
        person: Whose it is: the seat, as the car knows nobody by name.
        kind: A liking or a prohibition.
        device: The thing, as in ``devices.yaml``.
        act: For a prohibition: what shall not be done.
        places: For a prohibition: where, as in the schemes of ``devices.yaml``; empty: everywhere.
        value: For a liking: the wanted value.
        slots: Unit, amount, colour and direction, as in an intent.
        condition: When it holds; empty: always.
        said: The words.
        time_ns: When, on the car's clock.
        source: How the car learned it.
    """

    number: int
    person: str
    kind: FactKind
    device: str
    act: str = ""
    places: tuple[str, ...] = ()
    value: float | None = None
    slots: Mapping[str, Value] = field(default_factory=dict)
    condition: Condition = ""
    said: str = ""
    time_ns: int = 0
    source: FactSource = "voice"


class Preferences:
    """The facts of a car.

    Args:
        file: Where they are kept; None keeps them for this drive only.

    Raises:
        InputError: The file is there and is none of ours; it is left as it is.
    """

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self._facts: dict[int, Fact] = {} if file is None else _read(file)
        self.revision = 0

    def all(self) -> tuple[Fact, ...]:
        """Return every fact, oldest first."""
        return tuple(self._facts.values())

    def of(self, person: Zone) -> tuple[Fact, ...]:
        """Return what is known of somebody, oldest first."""
        return tuple(fact for fact in self._facts.values() if fact.person == person.value)

    def learn(self, fact: Fact) -> Fact:
        """Keep a fact, in place of one about the same thing under the same condition, and return it numbered.

        Where there is no room the oldest facts are dropped.

        Raises:
            InputError: A field of it cannot be right, and nothing is kept; or it is kept for this drive only, because
                the file cannot be written.
        """
        # What no file can hold, such as half a character, becomes a question mark.
        said = fact.said[:_MOST_SAID].encode("utf-8", "replace").decode("utf-8")
        kept = replace(fact, number=max(self._facts, default=0) + 1, said=said)
        known = [one for one in self._facts.values() if _subject(one) != _subject(kept)]
        if kept.number > _HIGHEST_NUMBER:
            known = [replace(one, number=number) for number, one in enumerate(known, 1)]
            kept = replace(kept, number=len(known) + 1)
        if wrong := _wrong_field(kept):
            raise InputError(f"the {wrong} of a fact cannot be {getattr(kept, wrong)!r:.80}", hint="Say it otherwise.")
        facts = [*known, kept][-_MOST_FACTS:]
        num_kept = num_fitting([_as_dict(one) for one in facts])
        self._facts = {one.number: one for one in facts[len(facts) - num_kept :]}
        self._write()
        return kept

    def forget(self, numbers: tuple[int, ...]) -> int:
        """Delete facts, and return how many there were."""
        found = [number for number in numbers if self._facts.pop(number, None) is not None]
        if found:
            self._write()
        return len(found)

    def liked(self, person: Zone, device: str, holds: Callable[[Condition], bool]) -> Fact | None:
        """Return the liking that counts now: one whose condition holds before one without, the newest first."""
        known = [f for f in self.of(person) if f.kind == "likes" and f.device == device and holds(f.condition)]
        return max(known, key=lambda fact: (bool(fact.condition), fact.number), default=None)

    def _write(self) -> None:
        """Write the file whole or not at all; a full disk loses nothing that was there."""
        self.revision += 1
        if self._file is not None:
            write_rows(self._file, [_as_dict(fact) for fact in self._facts.values()])


def _subject(fact: Fact) -> tuple[object, ...]:
    """Return what a fact is about; of two about the same the newer counts."""
    return fact.person, fact.kind, fact.device, fact.act, frozenset(fact.places), fact.condition


def _as_dict(fact: Fact) -> dict[str, Any]:
    return {one.name: getattr(fact, one.name) for one in fields(fact)} | {"slots": dict(fact.slots)}


def _read(file: Path) -> dict[int, Fact]:
    """Return the facts of a file by number, in its order.

    Raises:
        InputError: It holds something else; the message names the row.
    """
    facts: dict[int, Fact] = {}
    for row_number, row in enumerate(read_rows(file), 1):
        try:
            fact = _fact(row, facts)
        except (ValueError, TypeError) as error:
            raise InputError(
                f"{file} holds no preferences: row {row_number}: {error}",
                hint="Mend or delete the row, move the file away, or choose another file.",
            ) from error
        facts[fact.number] = fact
    return dict(list(facts.items())[-_MOST_FACTS:])


def _fact(row: object, taken: Container[int]) -> Fact:
    if not isinstance(row, dict):
        raise TypeError(f"{row!r:.80} is no fact")
    places = row.get("places", [])
    fact = Fact(**{**row, "places": tuple(places) if isinstance(places, list) else places})
    if wrong := _wrong_field(fact):
        raise ValueError(f"its {wrong} cannot be {getattr(fact, wrong)!r:.80}")
    if fact.number in taken:
        raise ValueError(f"its number {fact.number} is taken")
    return fact


def _wrong_field(fact: Fact) -> str:
    """Return the name of a field whose value cannot be right, whatever it is, or an empty string."""
    known = _known_names()
    is_right = {
        "number": _is_whole(fact.number, 1, _HIGHEST_NUMBER),
        "person": _is_one_of(fact.person, known["person"]),
        "kind": _is_one_of(fact.kind, get_args(FactKind)),
        "device": _is_one_of(fact.device, known["device"]),
        "act": fact.act == "" if fact.kind != "never" else _is_one_of(fact.act, ACTS),
        "places": isinstance(fact.places, tuple) and all(_is_one_of(place, known["place"]) for place in fact.places),
        "value": fact.value is None or _is_sane(fact.value),
        "slots": isinstance(fact.slots, Mapping)
        and all(_is_one_of(value, known.get(f"slot {name}", ())) for name, value in fact.slots.items()),
        "condition": _is_one_of(fact.condition, get_args(Condition)),
        "said": isinstance(fact.said, str) and len(fact.said) <= _MOST_SAID and _is_unicode(fact.said),
        "time_ns": _is_whole(fact.time_ns, 0, _LATEST_NS),
        "source": _is_one_of(fact.source, get_args(FactSource)),
    }
    return next((name for name, right in is_right.items() if not right), "")


@cache
def _known_names() -> Mapping[str, frozenset[str]]:
    devices = load_devices()
    return {
        "person": frozenset(zone.value for zone in Zone),
        "device": frozenset(devices.by_name),
        "place": frozenset(place for scheme in devices.schemes.values() for place in scheme),
        "slot unit": frozenset(unit for device in devices.by_name.values() for unit in device.units),
        "slot amount": AMOUNTS,
        "slot colour": frozenset(devices.colours),
        "slot direction": frozenset(name for device in devices.by_name.values() for name in device.choices),
    }


def _is_one_of(value: object, names: Iterable[str]) -> bool:
    return isinstance(value, str) and value in names


def _is_whole(value: object, low: int, high: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def _is_sane(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return -_LARGEST_VALUE <= value <= _LARGEST_VALUE and isfinite(value)


def _is_unicode(text: str) -> bool:
    """Return whether a text has no half characters, which no file can hold."""
    return not any("\ud800" <= char <= "\udfff" for char in text)
