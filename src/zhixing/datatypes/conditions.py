"""The conditions of a query: what has to hold of road users, as data. Nothing here is ever executed.

:class:`Compare` and :class:`Is` look at one measure; ``AllOf``, ``AnyOf`` and ``Not`` join; ``Then``, ``Lasts``,
``Becomes``, ``Within``, ``Until`` and ``Overlaps`` speak of time; ``Exists``, ``ForAll`` and ``Count`` bring in further
road users. What each means exactly is said in ``docs/mining.md``. What cannot be meant is refused at birth.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from zhixing.datatypes.measures import MEASURES, Form
from zhixing.datatypes.tracks import RoadUser
from zhixing.errors import QueryError

EGO = "ego"
"""A role of this name is the recording vehicle."""
_ROLE_NAME = re.compile(r"[a-z][a-z0-9_]{0,31}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A part that a road user plays.

    Attributes:
        name: Short and lower-case; ``ego`` is the recording vehicle.
        classes: Which road users can play it; empty: all.
        min_length_m: Shorter ones cannot; so for the rest.
        max_length_m: See above.
        min_width_m: See above.
        max_width_m: See above.
    """

    name: str
    classes: tuple[RoadUser, ...] = ()
    min_length_m: float | None = None
    max_length_m: float | None = None
    min_width_m: float | None = None
    max_width_m: float | None = None

    def __post_init__(self) -> None:
        if not (isinstance(self.name, str) and _ROLE_NAME.fullmatch(self.name)):
            raise QueryError(
                f"{self.name!r} is no name of a role", hint="Use up to 32 of a-z, 0-9 and _, a letter first."
            )
        check_tuple(f"the classes of role {self.name}", self.classes, RoadUser)
        _check_range(f"the length of role {self.name}", self.min_length_m, self.max_length_m)
        _check_range(f"the width of role {self.name}", self.min_width_m, self.max_width_m)


@dataclass(frozen=True, slots=True, kw_only=True)
class Compare:
    """A quantity lies within bounds, ``at_least`` and ``at_most`` included, ``above`` and ``below`` excluded."""

    measure: str
    of: tuple[str, ...]
    at_least: float | None = None
    at_most: float | None = None
    above: float | None = None
    below: float | None = None
    kind: Literal["compare"] = "compare"

    def __post_init__(self) -> None:
        _check_measure(self.measure, self.of, {"quantity"})
        bounds = (self.at_least, self.at_most, self.above, self.below)
        if all(bound is None for bound in bounds):
            raise QueryError(f"{self.measure} is compared with nothing", hint="Give at_least, at_most, above or below.")
        for low in (self.at_least, self.above):
            for high in (self.at_most, self.below):
                _check_range(self.measure, low, high)
        if any(low is not None and low == self.below for low in (self.at_least, self.above)) or (
            self.above is not None and self.above == self.at_most
        ):
            raise QueryError(f"no {self.measure} lies between these bounds")


@dataclass(frozen=True, slots=True, kw_only=True)
class Is:
    """A fact holds; or, of a measure that is one of several words, the word is one of these."""

    measure: str
    of: tuple[str, ...]
    one_of: tuple[str, ...] = ()
    kind: Literal["is"] = "is"

    def __post_init__(self) -> None:
        _check_measure(self.measure, self.of, {"fact", "word"})
        words = MEASURES[self.measure].words
        check_tuple(f"one_of of {self.measure}", self.one_of, str)
        if bool(words) != bool(self.one_of):
            hint = f"Give one_of: {', '.join(words)}." if words else "Leave one_of out."
            raise QueryError(f"{self.measure} is {'one of several words' if words else 'yes or no'}", hint=hint)
        for word in self.one_of:
            if word not in words:
                raise QueryError(f"{self.measure} is never {word!r}", hint=f"It is one of {', '.join(words)}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class AllOf:
    """Every condition holds."""

    conditions: tuple[Condition, ...]
    kind: Literal["all-of"] = "all-of"

    def __post_init__(self) -> None:
        check_conditions(self.kind, self.conditions)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnyOf:
    """At least one condition holds."""

    conditions: tuple[Condition, ...]
    kind: Literal["any-of"] = "any-of"

    def __post_init__(self) -> None:
        check_conditions(self.kind, self.conditions)


@dataclass(frozen=True, slots=True, kw_only=True)
class Not:
    """The condition is known not to hold. Where it is undefined, this is undefined too."""

    condition: Condition
    kind: Literal["not"] = "not"

    def __post_init__(self) -> None:
        check_conditions(self.kind, (self.condition,))


@dataclass(frozen=True, slots=True, kw_only=True)
class Then:
    """First the one, then, later but at most so much later, the other; holds from the one to the other."""

    first: Condition
    second: Condition
    within_s: float
    kind: Literal["then"] = "then"

    def __post_init__(self) -> None:
        check_conditions(self.kind, (self.first, self.second))
        check_duration(self.kind, "within_s", self.within_s, above_zero=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lasts:
    """The condition holds, and from its first step to its last without a break it is so long."""

    condition: Condition
    at_least_s: float = 0.0
    at_most_s: float | None = None
    kind: Literal["lasts"] = "lasts"

    def __post_init__(self) -> None:
        check_conditions(self.kind, (self.condition,))
        check_duration(self.kind, "at_least_s", self.at_least_s)
        if self.at_most_s is not None:
            check_duration(self.kind, "at_most_s", self.at_most_s)
            _check_range("how long a condition lasts", self.at_least_s, self.at_most_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class Becomes:
    """The condition holds and did not at the step before; of one step only."""

    condition: Condition
    kind: Literal["becomes"] = "becomes"

    def __post_init__(self) -> None:
        check_conditions(self.kind, (self.condition,))


@dataclass(frozen=True, slots=True, kw_only=True)
class Within:
    """The condition holds at some step not longer ago than ``past_s`` and not later than ``future_s`` from now."""

    condition: Condition
    past_s: float = 0.0
    future_s: float = 0.0
    kind: Literal["within"] = "within"

    def __post_init__(self) -> None:
        check_conditions(self.kind, (self.condition,))
        check_duration(self.kind, "past_s", self.past_s)
        check_duration(self.kind, "future_s", self.future_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class Until:
    """The condition holds from now to the step before ``end`` holds, which is at most so far ahead."""

    condition: Condition
    end: Condition
    within_s: float
    kind: Literal["until"] = "until"

    def __post_init__(self) -> None:
        check_conditions(self.kind, (self.condition, self.end))
        check_duration(self.kind, "within_s", self.within_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlaps:
    """Both hold at once for so long; holds from the beginning of whichever is first to the end of the last."""

    first: Condition
    second: Condition
    at_least_s: float = 0.0
    kind: Literal["overlaps"] = "overlaps"

    def __post_init__(self) -> None:
        check_conditions(self.kind, (self.first, self.second))
        check_duration(self.kind, "at_least_s", self.at_least_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exists:
    """For somebody further who is there the condition holds."""

    role: Role
    condition: Condition
    kind: Literal["exists"] = "exists"

    def __post_init__(self) -> None:
        _check_quantifier(self.kind, self.role, self.condition)


@dataclass(frozen=True, slots=True, kw_only=True)
class ForAll:
    """For everybody further who is there the condition holds; so it does where nobody is."""

    role: Role
    condition: Condition
    kind: Literal["for-all"] = "for-all"

    def __post_init__(self) -> None:
        _check_quantifier(self.kind, self.role, self.condition)


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """The number of those further who are there and for whom the condition holds lies within bounds."""

    role: Role
    condition: Condition
    at_least: int | None = None
    at_most: int | None = None
    kind: Literal["count"] = "count"

    def __post_init__(self) -> None:
        _check_quantifier(self.kind, self.role, self.condition)
        for bound in (self.at_least, self.at_most):
            if bound is not None and (type(bound) is not int or bound < 0):
                raise QueryError(f"{bound!r} is no number of road users")
        if self.at_least is None and self.at_most is None:
            raise QueryError(f"nobody counts {self.role.name}", hint="Give at_least or at_most.")
        _check_range(f"the count of {self.role.name}", self.at_least, self.at_most)


Condition = (
    Compare | Is | AllOf | AnyOf | Not | Then | Lasts | Becomes | Within | Until | Overlaps | Exists | ForAll | Count
)
CONDITIONS = (
    Compare, Is, AllOf, AnyOf, Not, Then, Lasts, Becomes, Within, Until, Overlaps, Exists, ForAll, Count,
)  # fmt: skip
"""Every kind of condition."""


def parts_of(condition: Condition) -> tuple[Condition, ...]:
    """Return the conditions that a condition is made of, in the order of its fields."""
    match condition:
        case AllOf() | AnyOf():
            return condition.conditions
        case Then() | Overlaps():
            return condition.first, condition.second
        case Until():
            return condition.condition, condition.end
        case Compare() | Is():
            return ()
        case _:
            return (condition.condition,)


def walk(condition: Condition) -> Iterator[tuple[Condition, tuple[Role, ...], int]]:
    """Return every condition of a tree, top down, with the roles brought in above it and its depth, from 1."""
    waiting: list[tuple[Condition, tuple[Role, ...], int]] = [(condition, (), 1)]
    while waiting:
        node, roles, depth = waiting.pop()
        yield node, roles, depth
        inner = (*roles, node.role) if isinstance(node, Exists | ForAll | Count) else roles
        waiting.extend((part, inner, depth + 1) for part in reversed(parts_of(node)))


def _check_measure(name: str, of: tuple[str, ...], forms: set[Form]) -> None:
    measure = MEASURES.get(name) if isinstance(name, str) else None
    if measure is None:
        near = difflib.get_close_matches(str(name), MEASURES, n=3)
        hint = f"Did you mean {' or '.join(near)}?" if near else "docs/mining.md lists all measures."
        raise QueryError(f"there is no measure {name!r}", hint=hint)
    if measure.form not in forms:
        hint = "Use compare." if measure.form == "quantity" else "Use is."
        raise QueryError(f"{name} is a {measure.form}", hint=hint)
    check_tuple(f"the roles of {name}", of, str)
    if len(of) != measure.num_roles or len(set(of)) != len(of):
        wanted = "one role" if measure.num_roles == 1 else "two different roles"
        raise QueryError(f"{name} takes {wanted}, not {', '.join(of) or 'none'}")


def check_tuple(what: str, values: object, of: type) -> None:
    """Raise QueryError unless something is a tuple of one type."""
    if not (isinstance(values, tuple) and all(isinstance(value, of) for value in values)):
        raise QueryError(f"{what} are {values!r}", hint=f"Give a tuple of {of.__name__}.")


def check_conditions(kind: str, conditions: object) -> None:
    """Raise QueryError unless something is a tuple of at least one condition."""
    if not (isinstance(conditions, tuple) and conditions and all(isinstance(c, CONDITIONS) for c in conditions)):
        raise QueryError(f"{kind} joins {conditions!r}", hint="Give at least one condition.")


def _check_quantifier(kind: str, role: object, condition: object) -> None:
    if not isinstance(role, Role):
        raise QueryError(f"{kind} brings in {role!r}", hint="Give a role.")
    if role.name == EGO:
        raise QueryError(f"{kind} brings in {EGO}, of which there is one only", hint="Name it in the query's roles.")
    check_conditions(kind, (condition,))


def _check_number(what: str, value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise QueryError(f"{what} is compared with {value!r}", hint="Give a finite number.")


def check_duration(kind: str, name: str, value: float, *, above_zero: bool = False) -> None:
    """Raise QueryError unless something is a number of seconds, at most a day."""
    _check_number(f"{name} of {kind}", value)
    if not 0.0 <= value <= 86_400.0 or (above_zero and value == 0.0):
        raise QueryError(f"{name} of {kind} is {value} s", hint="Durations are from 0 to 86,400 s.")


def _check_range(what: str, low: float | None, high: float | None) -> None:
    for bound in (low, high):
        if bound is not None:
            _check_number(what, bound)
    if low is not None and high is not None and not low <= high:
        raise QueryError(f"{what} is at least {low} and at most {high}", hint="Swap the bounds.")
