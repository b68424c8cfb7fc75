"""The parts of a sentence, once everybody in them is known, become one query."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass, replace
from typing import Any

from zhixing.dataloop.ask.phrases import Bound, Lasting
from zhixing.dataloop.ask.vocabulary import CLASSES
from zhixing.datatypes.conditions import (
    EGO,
    AllOf,
    AnyOf,
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
    walk,
)
from zhixing.datatypes.query import Query
from zhixing.datatypes.tracks import RoadUser
from zhixing.errors import QueryError

_THEN_S = 10.0
_COUNT_WITHIN_M = 15.0
_NEARNESS = frozenset({"distance_m", "ahead_m", "lane_ahead_m", "gap_ahead_m"})
_JOIN_S = 0.5
_EXAMPLE = "Say who does what, as: two-wheeler runs a red light and then conflicts with a turning car."


@dataclass(slots=True, eq=False)
class Actor:
    """Somebody in a sentence; ``least`` of them, and at most ``most``, and none of the classes in ``without``."""

    name: str
    kinds: tuple[str, ...]
    least: int = 1
    most: int | None = None
    without: tuple[str, ...] = ()

    @property
    def role(self) -> Role:
        """As a role of a query."""
        classes = set(RoadUser) if any(not CLASSES[kind] for kind in self.kinds) else set[RoadUser]()
        classes |= {one for kind in self.kinds for one in CLASSES[kind]}
        classes -= {one for kind in self.without for one in CLASSES[kind]}
        return Role(name=self.name, classes=() if len(classes) == len(RoadUser) else tuple(sorted(classes)))

    @property
    def is_counted(self) -> bool:
        """Whether not one of them is meant, but a number."""
        return self.least != 1 or self.most is not None

    @property
    def is_ego(self) -> bool:
        """Whether it is the recording vehicle."""
        return self.name == EGO


@dataclass(slots=True, eq=False)
class Part:
    """What stands between two words like "then" or "or".

    Attributes:
        link: The word before it.
        within_s: How soon it has to come.
        actors: Everybody in it, in order.
        clause: Those since the last comma.
        conditions: What is said.
        begin: How many conditions there were at the last comma.
        bounds: Bounds of two whose actors are still to be found.
        pair: The two of the last relation.
        near: The last condition that tells where one is from another, by its name, for want of a number.
        speaker: Of whom something was said last.
        lasting: How long what comes has to last.
    """

    link: str
    within_s: float = _THEN_S
    actors: list[Actor] = field(default_factory=list)
    clause: list[Actor] = field(default_factory=list)
    conditions: list[Condition] = field(default_factory=list)
    begin: int = 0
    bounds: list[Bound] = field(default_factory=list)
    pair: tuple[Actor, Actor] | None = None
    near: tuple[str, Condition] | None = None
    speaker: Actor | None = None
    lasting: Lasting | None = None

    def last(self, lasting: Lasting) -> None:
        """Let what has been said since the last comma last for so long."""
        since = self.conditions[self.begin :]
        if not since:
            return
        least, most = (0.0, lasting.seconds) if lasting.is_most else (lasting.seconds, None)
        self.conditions[self.begin :] = [Lasts(condition=all_of(since), at_least_s=least, at_most_s=most)]


def query_from(parts: Sequence[Part], actors: Sequence[Actor], name: str) -> Query:
    """Return the query of a sentence.

    Raises:
        QueryError: Nobody is in it.
    """
    if not actors:
        raise QueryError("nothing that can be looked for was understood", hint=_EXAMPLE)
    subject = next((actor for actor in actors if not actor.is_counted), actors[0])
    if subject.least == 0:
        raise QueryError(
            f"where there are none, or only few, of {subject.name} cannot be asked for by itself",
            hint="Name somebody else whom it is about, as: a car turns right and there is no pedestrian.",
        )
    if any(kind == EGO for actor in actors for kind in actor.without):
        raise QueryError("everybody but the ego cannot be asked for", hint="Name a class of road users.")
    counted = [actor for actor in actors if actor.is_counted and actor is not subject]
    free = [actor for actor in actors if actor not in counted]
    whole: Condition | None = None
    for part in parts:
        said = _counted(part.conditions, counted, subject)
        if subject.least > 1:
            said = _with_more(said, subject)
        if not said:
            continue
        mine = all_of(said)
        if whole is None:
            whole = mine
        elif part.link in {"then", "reversed"} and isinstance(mine, Not):
            # "and then does not brake" asks of all that time, not of one moment.
            past_s, future_s = (0.0, part.within_s) if part.link == "then" else (part.within_s, 0.0)
            never = Not(condition=Within(condition=mine.condition, past_s=past_s, future_s=future_s))
            whole = AllOf(conditions=(whole, never))
        elif part.link == "then":
            whole = Then(first=whole, second=mine, within_s=part.within_s)
        elif part.link == "reversed":
            whole = Then(first=mine, second=whole, within_s=part.within_s)
        else:
            whole = AnyOf(conditions=(whole, mine))
    if whole is not None:
        for actor in [one for one in free if one is not subject and not one.is_ego]:
            if actor.name in named(whole) and _denied(whole, actor):
                whole = _denying(whole, actor)
                free.remove(actor)
    there = tuple(Is(measure="is_there", of=(actor.name,)) for actor in free)
    asked = named(whole) if whole is not None else set()
    every = [*([] if whole is None else [whole]), *(one for one in there if one.of[0] not in asked)]
    return Query(name=name, roles=tuple(actor.role for actor in free), condition=all_of(every), join_s=_JOIN_S)


def all_of(conditions: Sequence[Condition]) -> Condition:
    """Return that all hold."""
    return conditions[0] if len(conditions) == 1 else AllOf(conditions=tuple(conditions))


def named(condition: Condition) -> set[str]:
    """Return the roles that are asked something, but those that a quantifier brings in."""
    brought = {node.role.name for node, _, _ in walk(condition) if isinstance(node, Exists | Count)}
    return {
        name for node, _, _ in walk(condition) if isinstance(node, Compare | Is) for name in node.of
    } - brought  # fmt: skip


def _counted(conditions: Sequence[Condition], counted: Sequence[Actor], subject: Actor) -> list[Condition]:
    """Return conditions in which those of whom several, or none, are meant are counted near the subject."""
    left = list(conditions)
    for actor in counted:
        mine = [condition for condition in left if actor.name in named(condition)]
        left = [condition for condition in left if condition not in mine]
        if not any(_says_how_near(one) for one in mine):
            mine.insert(0, Compare(measure="distance_m", of=(subject.name, actor.name), at_most=_COUNT_WITHIN_M))
        inner = all_of(mine)
        left.append(Count(role=actor.role, condition=inner, at_least=actor.least or None, at_most=actor.most))
    return left


def _says_how_near(condition: Condition) -> bool:
    """Return whether a condition of two holds only where they are near each other."""
    return any(
        isinstance(node, Compare) and node.measure in _NEARNESS and node.at_most is not None
        for node, _, _ in walk(condition)
    )


def _with_more(conditions: Sequence[Condition], subject: Actor) -> list[Condition]:
    """Return conditions of one of several: the others are near it and do the same."""
    other = replace(subject.role, name=f"{subject.name}_more"[:32])
    near = Compare(measure="distance_m", of=(subject.name, other.name), at_most=_COUNT_WITHIN_M)
    same = [renamed(one, {subject.name: other.name}) for one in conditions if named(one) == {subject.name}]
    return [*conditions, Count(role=other, condition=AllOf(conditions=(near, *same)), at_least=subject.least - 1)]


def _denied(condition: Condition, actor: Actor) -> bool:
    """Return whether somebody is named in conditions only that are denied."""
    if isinstance(condition, Not):
        return actor.name not in named(condition) or len(named(condition)) > 1
    if isinstance(condition, Compare | Is):
        return actor.name not in condition.of
    parts = [getattr(condition, f.name) for f in fields(condition)]
    inner = [one for part in parts for one in (part if isinstance(part, tuple) else (part,)) if is_dataclass(one)]
    return all(_denied(one, actor) for one in inner if not isinstance(one, Role))  # type: ignore[arg-type]


def _denying(condition: Condition, actor: Actor) -> Condition:
    """Return a condition in which "without a conflict with anybody" speaks of everybody."""
    if isinstance(condition, Not) and actor.name in named(condition) and len(named(condition)) > 1:
        return Not(condition=Exists(role=actor.role, condition=condition.condition))
    if isinstance(condition, AllOf | AnyOf):
        return replace(condition, conditions=tuple(_denying(one, actor) for one in condition.conditions))
    if isinstance(condition, Then):
        return replace(condition, first=_denying(condition.first, actor), second=_denying(condition.second, actor))
    if isinstance(condition, Lasts):
        return replace(condition, condition=_denying(condition.condition, actor))
    return condition


def renamed(condition: Condition, names: Mapping[str, str]) -> Condition:
    """Return a condition of other roles."""

    def other(value: Any) -> Any:  # noqa: ANN401  # a field of a condition
        if isinstance(value, tuple):
            return tuple(other(one) for one in value)
        if is_dataclass(value) and not isinstance(value, Role):
            return replace(value, **{f.name: other(getattr(value, f.name)) for f in fields(value) if f.name != "kind"})  # type: ignore[type-var]
        return names.get(value, value) if isinstance(value, str) else value

    changed: Condition = other(condition)
    return changed
