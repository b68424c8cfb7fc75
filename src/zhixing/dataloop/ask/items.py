"""Tokens in twos and threes: a number with its unit and measure, a class with how many, a predicate with its "not"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from zhixing.dataloop.ask.predicates import MEASURES_OF_ONE, MEASURES_OF_TWO
from zhixing.dataloop.ask.scan import Token
from zhixing.datatypes.localized import Lang

_SI = {
    "kmh": 1 / 3.6,
    "mph": 0.44704,
    "mps": 1.0,
    "mps2": 1.0,
    "m": 1.0,
    "cm": 0.01,
    "km": 1000.0,
    "s": 1.0,
    "min": 60.0,
}
"""What a unit is of metres, seconds and what is made of them."""
_BY_UNIT = {"kmh": "speed", "mph": "speed", "mps": "speed", "mps2": "accel", "m": "distance", "cm": "distance"}
_TIMES = frozenset({"ttc", "pet", "headway"})
_LITTLE = frozenset({"least", "most", "unit", "count", "with", "duration", "while", "and", "relative", "passive"})
"""A "not" reaches over these."""


@dataclass(frozen=True, slots=True)
class Someone:
    """Road users of some classes, at least so many; ``least`` is 0 where there shall be none.

    Attributes:
        kinds: Words for classes.
        least: How many.
        is_known: Whether the article says that they were spoken of before.
        is_other: Whether another one is meant.
    """

    kinds: tuple[str, ...]
    least: int = 1
    is_known: bool = False
    is_other: bool = False


@dataclass(frozen=True, slots=True)
class Says:
    """A predicate of one (``roles`` is 1) or of two, perhaps denied; of several names one has to hold."""

    names: tuple[str, ...]
    roles: int
    is_not: bool = False

    @property
    def is_turned(self) -> bool:
        """Whether the second does it to the first: "overtaken by"."""
        return self.names[0].startswith("~")

    @property
    def name(self) -> str:
        """Of a relation."""
        return self.names[0].removeprefix("~")


@dataclass(frozen=True, slots=True)
class Bound:
    """A measure of one or two lies above or below values in SI units."""

    measure: str
    roles: int
    least: float | None = None
    most: float | None = None


@dataclass(frozen=True, slots=True)
class Lasting:
    """What is said lasts for so many seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Deadline:
    """What comes next comes within so many seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Link:
    """A little word: ``then``, ``reversed`` (what follows was before), ``or``, ``while``, ``relative``, ``stop``."""

    kind: str


Item = Someone | Says | Bound | Lasting | Deadline | Link
_LINKS = {"then", "reversed", "before", "or", "while", "with", "meet", "relative", "stop"}


def items_of(tokens: Sequence[Token], lang: Lang) -> list[Item]:
    """Return what tokens say, in their order."""
    found: list[Item] = []
    is_not = False
    for place, token in enumerate(tokens):
        match token.kind:
            case "class":
                least = 0 if is_not else _count_before(tokens, place)
                found.append(Someone((token.value,), least, token.is_known, token.is_other))
            case "one" | "two":
                found.append(Says((token.value,), 1 if token.kind == "one" else 2, is_not))
            case "number":
                if (item := _quantity(tokens, place)) is not None:
                    found.append(_turned(item) if is_not else item)
            case "passive" if token.text == "被" or (lang == "de" and token.text != "von"):
                found.append(Link("swapped"))
            case "not" if lang == "de" and token.text == "nicht" and _denies_before(tokens, place):
                at = next(at for at in range(len(found) - 1, -1, -1) if isinstance(found[at], Says))
                said = found[at]
                found[at] = replace(said, is_not=True) if isinstance(said, Says) else said
                continue
            case kind if kind in _LINKS:
                found.append(Link(kind))
            case _:
                pass
        is_not = token.kind == "not" or (is_not and token.kind in _LITTLE)
    return _joined(found)


def _denies_before(tokens: Sequence[Token], place: int) -> bool:
    """Return whether a German "nicht" denies what was said before it: bremst nicht; lässt ihn nicht passieren."""
    if place == 0:
        return False
    before, clause = tokens[place - 1], []
    for token in tokens[place + 1 :]:
        if token.kind in {"stop", "then", "while", "and"}:
            break
        clause.append(token)
    if before.kind in {"one", "two"}:
        return not before.text.startswith(("auf ", "in ", "an ", "am ", "bei "))
    has_more = any(token.kind in {"one", "two", "number"} for token in clause)
    return not has_more and any(token.kind in {"one", "two"} for token in tokens[:place])


def _joined(items: list[Item]) -> list[Item]:
    """Return items in which "car or truck" is one someone and "runs red or goes the wrong way" one predicate."""
    found: list[Item] = []
    for item in items:
        if len(found) >= 2 and isinstance(found[-1], Link) and found[-1].kind == "or":
            before = found[-2]
            if isinstance(item, Someone) and isinstance(before, Someone):
                found[-2:] = [replace(before, kinds=(*before.kinds, *item.kinds))]
                continue
            if isinstance(item, Says) and isinstance(before, Says) and _are_alike(item, before):
                found[-2:] = [replace(before, names=(*before.names, *item.names))]
                continue
        found.append(item)
    return found


def _are_alike(one: Says, other: Says) -> bool:
    return one.roles == other.roles == 1 and not (one.is_not or other.is_not)


def _count_before(tokens: Sequence[Token], place: int) -> int:
    """Return how many of a class are meant: three pedestrians, 三个以上行人, more than three pedestrians."""
    back = place - 1
    while back >= 0 and tokens[back].kind in {"count", "least", "relative", "one"}:
        back -= 1
    is_measured = any(token.kind == "measure" for token in tokens[max(0, back - 3) : max(back, 0)])
    if back < 0 or tokens[back].kind != "number" or _unit(tokens, back) or is_measured:
        return 1
    before = tokens[back - 1] if back else None
    is_more = before is not None and before.kind == "least" and before.text in {"more than", "mehr als", "over", "über"}
    return max(1, int(tokens[back].number) + int(is_more))


def _unit(tokens: Sequence[Token], place: int) -> str:
    after = tokens[place + 1] if place + 1 < len(tokens) else None
    return after.value if after is not None and after.kind == "unit" else ""


def _quantity(tokens: Sequence[Token], place: int) -> Bound | Lasting | Deadline | None:
    unit, measure = _unit(tokens, place), _measure(tokens, place)
    if not unit and measure not in {"speed", "over-limit"}:
        return None
    unit = unit or "kmh"  # 车速低于 20: nobody says the unit of a speed
    token = tokens[place]
    words = [one.kind for one in (*tokens[max(0, place - 2) : place], *tokens[place + 1 : place + 3])]
    if unit in {"s", "min"} and measure not in _TIMES:
        seconds = token.number * _SI[unit]
        return Deadline(seconds) if "most" in words and "least" not in words else Lasting(seconds)
    measure = measure or _BY_UNIT.get(unit, "")
    if measure == "speed" and _is_over_limit(tokens, place):
        measure = "over-limit"
    table, roles = (MEASURES_OF_ONE, 1) if measure in MEASURES_OF_ONE else (MEASURES_OF_TWO, 2)
    if measure not in table:
        return None
    name, is_usually_least = table[measure]
    value, high = token.number * _SI[unit], token.high * _SI[unit]
    if token.high > token.number:
        return Bound(name, roles, value, high)
    is_least = "least" in words or ("most" not in words and is_usually_least)
    if measure == "decel" or (measure == "accel" and _says_braking(tokens, place)):
        is_least, value = not is_least, -value
    return Bound(name, roles, value, None) if is_least else Bound(name, roles, None, value)


def _turned(item: Bound | Lasting | Deadline) -> Bound | Lasting | Deadline:
    """Return the other side of a bound: "not faster than 30 km/h"."""
    return replace(item, least=item.most, most=item.least) if isinstance(item, Bound) else item


def _says_braking(tokens: Sequence[Token], place: int) -> bool:
    last = next((token for token in reversed(tokens[:place]) if token.kind in {"one", "two"}), None)
    return last is not None and last.value in {"brakes", "brakes-hard"}


def _is_over_limit(tokens: Sequence[Token], place: int) -> bool:
    near = (*tokens[max(0, place - 1) : place], *tokens[place + 1 : place + 3])
    return any(token.value == "speeds" for token in near)


def _measure(tokens: Sequence[Token], place: int) -> str:
    """Return the measure that a number is of: the last one before it without a number between, else the next one."""
    for token in reversed(tokens[:place]):
        if token.kind == "measure":
            return token.value
        if token.kind in {"number", "then", "or", "stop"}:
            break
    for token in tokens[place + 1 : place + 4]:
        if token.kind == "measure":
            return token.value
        if token.kind in {"number", "stop"}:
            break
    return ""
