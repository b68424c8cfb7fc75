"""What the car remembers of its people: plain facts in a plain file, shown and deletable, never more than was said.

A fact holds what somebody said about a thing: that they like a value, or that something shall never be done (perhaps
only while somebody sits in the back). Of two facts about the same thing and the same condition the newest wins; a fact
with a condition stands beside one without.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

from zhixing.cockpit.facts_file import num_fitting, read_rows, write_rows
from zhixing.datatypes.signal import Value, Zone
from zhixing.errors import InputError

FactKind = Literal["likes", "never"]
Condition = Literal["", "rear-occupied"]
_MOST_FACTS = 200
_MOST_SAID = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One thing somebody has said about themselves.

    Attributes:
        number: Name of the fact, unique in the car.
        person: Whose it is: the seat, as the car knows nobody by name.
        kind: A liking or a prohibition.
        device: The thing, as in ``devices.yaml``.
        act: For a prohibition: what shall not be done.
        value: For a liking: the wanted value.
        slots: Unit, colour and the like, as in an intent.
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
    value: float | None = None
    slots: Mapping[str, Value] = field(default_factory=dict)
    condition: Condition = ""
    places: tuple[str, ...] = ()
    said: str = ""
    time_ns: int = 0
    source: Literal["voice", "touch"] = "voice"


class Preferences:
    """The facts of a car.

    Args:
        file: Where they are kept; None keeps them for this drive only.

    Raises:
        InputError: The file is there and is none of ours; it is left as it is.
    """

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self._facts: dict[int, Fact] = {}
        self.revision = 0
        if file is not None:
            self._facts = {fact.number: fact for fact in _read(file)}

    def all(self) -> tuple[Fact, ...]:
        """Return every fact, oldest first."""
        return tuple(self._facts.values())

    def of(self, person: Zone) -> tuple[Fact, ...]:
        """Return what is known of somebody, oldest first."""
        return tuple(fact for fact in self._facts.values() if fact.person == person.value)

    def learn(self, fact: Fact) -> Fact:
        """Keep a fact, in place of one about the same thing under the same condition, and return it numbered.

        Where there is no room the oldest facts are dropped.
        """
        same = [
            known.number
            for known in self._facts.values()
            if (known.person, known.kind, known.device, known.act, known.condition)
            == (fact.person, fact.kind, fact.device, fact.act, fact.condition)
        ]
        for number in [*same, *list(self._facts)[: max(0, len(self._facts) - len(same) + 1 - _MOST_FACTS)]]:
            self._facts.pop(number, None)
        kept = Fact(**{**_as_dict(fact), "number": max(self._facts, default=0) + 1, "said": fact.said[:_MOST_SAID]})
        self._facts[kept.number] = kept
        num_kept = num_fitting([_as_dict(one) for one in self._facts.values()])
        for number in list(self._facts)[: len(self._facts) - num_kept]:
            del self._facts[number]
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

    def forbidden(self, device: str, act: str, holds: Callable[[Condition], bool]) -> Fact | None:
        """Return a prohibition of anybody in the car that speaks against an act, or None."""
        known = (f for f in self.all() if f.kind == "never" and f.device == device and f.act == act)
        return next((fact for fact in known if holds(fact.condition)), None)

    def _write(self) -> None:
        """Write the file whole or not at all; a full disk loses nothing that was there."""
        self.revision += 1
        if self._file is not None:
            write_rows(self._file, [_as_dict(fact) for fact in self._facts.values()])


def _as_dict(fact: Fact) -> dict[str, Any]:
    return asdict(fact) | {"slots": dict(fact.slots)}


def _read(file: Path) -> list[Fact]:
    try:
        return [_fact(row) for row in read_rows(file)[-_MOST_FACTS:]]
    except (ValueError, TypeError, AttributeError) as error:
        hint = "Move it away, or choose another file."
        raise InputError(f"{file} holds no preferences: {error}", hint=hint) from error


def _fact(row: Mapping[str, Any]) -> Fact:
    fact = Fact(**row)
    texts = (fact.person, fact.device, fact.act, fact.said)
    is_sound = (
        all(isinstance(text, str) for text in texts)
        and fact.kind in get_args(FactKind)
        and fact.condition in get_args(Condition)
        and isinstance(fact.number, int)
        and (fact.value is None or isinstance(fact.value, int | float))
        and isinstance(fact.slots, dict)
        and all(isinstance(value, bool | int | float | str) for value in fact.slots.values())
    )
    if not is_sound:
        raise ValueError(f"{str(row)[:80]} is no fact")
    return fact
