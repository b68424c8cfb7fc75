"""Tokens in twos and threes: a number with its unit and measure, a class with how many, a predicate with its "not"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from zhixing.dataloop.ask.predicates import MEASURES_OF_ONE, MEASURES_OF_TWO
from zhixing.dataloop.ask.scan import Token

_KMH_PER_MPS = 3.6
_BY_UNIT = {"kmh": "speed", "mps": "speed", "mps2": "accel", "m": "distance"}
_LITTLE = frozenset({"least", "most", "unit", "count", "with", "duration", "while", "relative", "passive"})


@dataclass(frozen=True, slots=True)
class Someone:
    """Road users of a class, at least so many."""

    kind: str
    least: int = 1


@dataclass(frozen=True, slots=True)
class Says:
    """A predicate of one (``roles`` is 1) or of two, perhaps denied."""

    name: str
    roles: int
    is_not: bool = False


@dataclass(frozen=True, slots=True)
class Bound:
    """A measure of one or two lies above or below a value in SI units."""

    measure: str
    roles: int
    value: float
    is_least: bool


@dataclass(frozen=True, slots=True)
class Lasting:
    """What was said before lasts for so many seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Link:
    """``then``, ``or``, ``while``, ``with``, ``relative``, ``passive``, ``swapped`` (被), or ``stop``, a comma."""

    kind: str


Item = Someone | Says | Bound | Lasting | Link


def items_of(tokens: Sequence[Token]) -> list[Item]:
    """Return what tokens say, in their order."""
    found: list[Item] = []
    is_not = False
    for place, token in enumerate(tokens):
        match token.kind:
            case "class":
                found.append(Someone(token.value, _count_before(tokens, place)))
            case "one" | "two":
                found.append(Says(token.value, 1 if token.kind == "one" else 2, is_not))
            case "number":
                if (item := _quantity(tokens, place)) is not None:
                    found.append(item)
            case "then" | "or" | "while" | "with" | "relative" | "passive" | "stop":
                found.append(Link("swapped" if token.text == "被" else token.kind))
            case _:
                pass
        is_not = token.kind == "not" or (is_not and token.kind in _LITTLE)
    return found


def _count_before(tokens: Sequence[Token], place: int) -> int:
    """Return how many of a class are meant: three pedestrians, 三个以上行人."""
    back = place - 1
    while back >= 0 and tokens[back].kind in {"count", "least", "relative", "one"}:
        back -= 1
    if back >= 0 and tokens[back].kind == "number" and _unit(tokens, back) == "":
        return max(1, int(tokens[back].number))
    return 1


def _unit(tokens: Sequence[Token], place: int) -> str:
    after = tokens[place + 1] if place + 1 < len(tokens) else None
    return after.value if after is not None and after.kind == "unit" else ""


def _quantity(tokens: Sequence[Token], place: int) -> Bound | Lasting | None:
    unit = _unit(tokens, place)
    if not unit:
        return None
    value = tokens[place].number / _KMH_PER_MPS if unit == "kmh" else tokens[place].number
    measure = _measure(tokens, place)
    if unit == "s" and measure not in {"ttc", "pet", "headway"}:
        return Lasting(value)
    measure = measure or _BY_UNIT.get(unit, "")
    table, roles = (MEASURES_OF_ONE, 1) if measure in MEASURES_OF_ONE else (MEASURES_OF_TWO, 2)
    if measure not in table:
        return None
    name, is_usually_least = table[measure]
    words = [token.kind for token in (*tokens[max(0, place - 2) : place], *tokens[place + 1 : place + 3])]
    is_least = "least" in words or ("most" not in words and is_usually_least)
    if measure == "accel" and any(token.value in {"brakes", "brakes-hard"} for token in tokens):
        return Bound(name, 1, -value, is_least=False)
    return Bound(name, roles, value, is_least)


def _measure(tokens: Sequence[Token], place: int) -> str:
    """Return the measure that a number is of: the last one before it without a number between, else the next one."""
    for token in reversed(tokens[:place]):
        if token.kind == "measure":
            return token.value
        if token.kind in {"number", "then", "or"}:
            break
    for token in tokens[place + 1 : place + 4]:
        if token.kind == "measure":
            return token.value
        if token.kind == "number":
            break
    return ""
