"""Short words to write queries with."""

from __future__ import annotations

from dataclasses import dataclass

from zhixing.datatypes.conditions import (
    AllOf,
    AnyOf,
    Becomes,
    Compare,
    Condition,
    Count,
    Exists,
    Is,
    Lasts,
    Not,
    Role,
    Then,
    Within,
)
from zhixing.datatypes.query import Query
from zhixing.datatypes.tracks import MOTOR_VEHICLES, TWO_WHEELERS, RoadUser

VEHICLE = Role(name="vehicle", classes=tuple(sorted(MOTOR_VEHICLES)))
BIKE = Role(name="bike", classes=tuple(sorted(TWO_WHEELERS)))
PEDESTRIAN = Role(name="pedestrian", classes=(RoadUser.PEDESTRIAN,))
THING = Role(name="thing", classes=(RoadUser.OBJECT,))
OTHER = Role(name="other")
LEAD = Role(name="lead", classes=tuple(sorted(MOTOR_VEHICLES)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A query that others know by a name.

    Attributes:
        query: What is looked for.
        meaning: In one sentence.
        source: Where the name and its numbers are from; what differs is said.
    """

    query: Query
    meaning: str
    source: str

    @property
    def name(self) -> str:
        """Of the query."""
        return self.query.name


def more(measure: str, value: float, *of: str) -> Compare:
    """Return that a measure is at least so much."""
    return Compare(measure=measure, of=of or ("vehicle",), at_least=value)


def less(measure: str, value: float, *of: str) -> Compare:
    """Return that a measure is at most so much."""
    return Compare(measure=measure, of=of or ("vehicle",), at_most=value)


def between(measure: str, low: float, high: float, *of: str) -> Compare:
    """Return that a measure lies between two values."""
    return Compare(measure=measure, of=of or ("vehicle",), at_least=low, at_most=high)


def fact(measure: str, *of: str) -> Is:
    """Return that a fact holds."""
    return Is(measure=measure, of=of or ("vehicle",))


def word(measure: str, *words: str, of: str = "vehicle") -> Is:
    """Return that a measure is one of some words."""
    return Is(measure=measure, of=(of,), one_of=words)


def every(*conditions: Condition) -> Condition:
    """Return that all hold."""
    return AllOf(conditions=conditions)


def some(*conditions: Condition) -> Condition:
    """Return that one holds at least."""
    return AnyOf(conditions=conditions)


def no(condition: Condition) -> Not:
    """Return that a condition is known not to hold."""
    return Not(condition=condition)


def there_is(role: Role, *conditions: Condition) -> Exists:
    """Return that for somebody further all hold."""
    return Exists(role=role, condition=every(*conditions))


def at_least(count: int, role: Role, *conditions: Condition) -> Count:
    """Return that all hold for so many further ones."""
    return Count(role=role, condition=every(*conditions), at_least=count)


def lately(condition: Condition, seconds: float) -> Within:
    """Return that a condition held not longer ago than this."""
    return Within(condition=condition, past_s=seconds)


def soon(condition: Condition, seconds: float) -> Within:
    """Return that a condition holds not later than this."""
    return Within(condition=condition, future_s=seconds)


def begins(condition: Condition) -> Becomes:
    """Return that a condition begins to hold."""
    return Becomes(condition=condition)


def lasting(condition: Condition, seconds: float) -> Lasts:
    """Return that a condition holds for so long at least."""
    return Lasts(condition=condition, at_least_s=seconds)


def then(first: Condition, second: Condition, seconds: float) -> Then:
    """Return that the one is followed by the other."""
    return Then(first=first, second=second, within_s=seconds)
