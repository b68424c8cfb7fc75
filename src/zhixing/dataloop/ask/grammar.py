"""Who does what: the items of a sentence become the roles and the condition of a query.

A class of road users is an actor. What is said of one just before a class (右转车, "a turning car") or just after it
is of that actor, else of the subject, the first actor of its clause. What is said of two is of the subject and the
actor that follows, or of the two that came before. Commas and "while" begin a clause, "then" and "or" part a sentence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from zhixing.dataloop.ask.items import Bound, Item, Lasting, Link, Says, Someone
from zhixing.dataloop.ask.predicates import ONE, TWO
from zhixing.dataloop.ask.vocabulary import CLASSES
from zhixing.datatypes.conditions import AllOf, AnyOf, Compare, Condition, Count, Is, Lasts, Not, Role, Then, walk
from zhixing.datatypes.localized import Lang
from zhixing.datatypes.query import Query
from zhixing.errors import QueryError

_THEN_S = 10.0
_COUNT_WITHIN_M = 15.0
_JOIN_S = 0.5
_AS_ATTRIBUTE = {
    "turns-left": "will-turn-left", "turns-right": "will-turn-right", "goes-straight": "will-go-straight",
}  # fmt: skip
"""Of a "turning car" it matters where it goes, also before it turns."""
_SEEN_FROM = frozenset({"in-front-of", "behind", "left-of", "right-of", "crosses-before"})
"""In Chinese what is told with these follows where it is told from: 车前方有行人 is a pedestrian in front of a car."""
_ROLE_NAMES = {"two-wheeler": "rider", "anybody": "somebody"}
_EXAMPLE = "Say who does what, as: two-wheeler runs a red light and then conflicts with a turning car."


@dataclass(slots=True, eq=False)
class _Actor:
    name: str
    kind: str
    least: int = 1

    @property
    def role(self) -> Role:
        return Role(name=self.name, classes=CLASSES[self.kind])


@dataclass(slots=True, eq=False)
class _Part:
    """What stands between two words like "then" or "or"."""

    link: str
    actors: list[_Actor] = field(default_factory=list)
    clause: list[_Actor] = field(default_factory=list)
    conditions: list[Condition] = field(default_factory=list)
    bounds: list[Bound] = field(default_factory=list)
    pair: tuple[_Actor, _Actor] | None = None
    near: Condition | None = None


def query_of(items: Sequence[Item], lang: Lang, name: str = "asked") -> Query:
    """Return what a sentence asks for.

    Raises:
        QueryError: Nothing was said that can be looked for.
    """
    reading = _Reading(items, lang)
    for place, item in enumerate(items):
        reading.read(place, item)
    reading.settle()
    return reading.query(name)


class _Reading:
    """Reads items from left to right."""

    def __init__(self, items: Sequence[Item], lang: Lang) -> None:
        self._items, self._lang = items, lang
        self._actors: list[_Actor] = []
        self._parts = [_Part("")]
        self._pending: list[Says | Bound] = []
        self._waiting: list[Says] = []
        self._is_swapped = False

    def read(self, place: int, item: Item) -> None:
        match item:
            case Someone():
                self._someone(place, item)
            case Says(roles=1) | Bound(roles=1):
                self._of_one(place, item)
            case Says():
                self._of_two(place, item)
            case Bound():
                self._parts[-1].bounds.append(item)
            case Lasting(seconds=seconds):
                part = self._parts[-1]
                if part.conditions:
                    part.conditions = [Lasts(condition=_all(part.conditions), at_least_s=seconds)]
            case Link(kind="then" | "or"):
                self.settle()
                self._parts.append(_Part(item.kind))
            case Link(kind="stop" | "while"):
                self._parts[-1].clause = []
            case Link(kind=kind):
                self._is_swapped = self._is_swapped or kind == "swapped"

    def settle(self) -> None:
        """Give everything in the present part its actors."""
        part = self._parts[-1]
        for pending in self._pending:
            self._say(pending, self._subject())
        self._pending = []
        for waiting in self._waiting:
            one, other = self._two_of(part)
            self._relate(waiting, one, other)
        self._waiting = []
        for bound in part.bounds:
            one, other = part.pair or self._two_of(part)
            if bound.measure == "distance_m" and part.near in part.conditions:
                part.conditions.remove(part.near)
            part.conditions.append(_compare(bound, one, other))
        part.bounds = []
        self._is_swapped = False

    def query(self, name: str) -> Query:
        if not self._actors:
            raise QueryError("nothing that can be looked for was understood", hint=_EXAMPLE)
        subject = next((actor for actor in self._actors if actor.least == 1), self._actors[0])
        counted = [actor for actor in self._actors if actor.least > 1 and actor is not subject]
        free = [actor for actor in self._actors if actor not in counted]
        condition: Condition | None = None
        for part in self._parts:
            mine = _counted(part.conditions, counted, subject)
            if not mine:
                continue
            whole = _all(mine)
            if condition is None:
                condition = whole
            elif part.link == "then":
                condition = Then(first=condition, second=whole, within_s=_THEN_S)
            else:
                condition = AnyOf(conditions=(condition, whole))
        there = tuple(Is(measure="is_there", of=(actor.name,)) for actor in free)
        everything = there if condition is None else (condition, *_unasked(condition, there))
        return Query(
            name=name,
            roles=tuple(actor.role for actor in free),
            condition=_all(everything),
            join_s=_JOIN_S,
        )

    def _someone(self, place: int, item: Someone) -> None:
        part = self._parts[-1]
        follows = place > 0 and isinstance(self._items[place - 1], Says)
        if self._lang == "zh" and follows and not self._pending and not self._waiting:
            part.clause = []  # 电动车闯红灯汽车急刹: somebody else begins
        known = next((actor for actor in self._actors if actor.kind == item.kind), None)
        actor = known if known is not None and known not in part.actors and not self._pending else self._new(item)
        part.actors.append(actor)
        part.clause.append(actor)
        pending, self._pending = self._pending, []
        for one in pending:
            self._say(one, actor, is_attribute=True)
        waiting, self._waiting = self._waiting, []
        for says in waiting:
            others = [one for one in (*part.clause, *part.actors, *self._actors) if one is not actor]
            if others and self._lang == "zh" and says.name in _SEEN_FROM:
                self._relate(says, actor, others[0])
            elif others:
                self._relate(says, others[0], actor)
            else:  # "a conflict between A and B": the second is still to come
                self._waiting.append(says)

    def _new(self, item: Someone) -> _Actor:
        base = _ROLE_NAMES.get(item.kind, item.kind).replace("-", "_")
        taken = {actor.name for actor in self._actors}
        name = base if base not in taken else next(f"{base}_{k}" for k in range(2, 99) if f"{base}_{k}" not in taken)
        actor = _Actor(name, item.kind, item.least)
        self._actors.append(actor)
        return actor

    def _of_one(self, place: int, item: Says | Bound) -> None:
        before = self._items[place - 1] if place else None
        after = self._items[place + 1 :]
        is_told = bool(after) and isinstance(after[0], Link) and after[0].kind == "relative"
        coming = after[1] if is_told and len(after) > 1 else after[0] if after else None
        follows_actor = isinstance(before, Someone) or (isinstance(before, Link) and before.kind == "relative")
        goes_on = isinstance(coming, Says | Bound) and coming.roles == 1 and bool(self._pending)
        is_attribute = isinstance(coming, Someone) and (not follows_actor or (self._lang == "zh" and is_told))
        if is_attribute or (goes_on and not follows_actor):
            self._pending.append(item)
        elif follows_actor and self._parts[-1].actors:
            self._say(item, self._parts[-1].actors[-1])
        else:
            self._say(item, self._subject())

    def _subject(self) -> _Actor:
        part = self._parts[-1]
        if part.clause or part.actors:
            return (part.clause or part.actors)[0]
        if not self._actors:
            self._new(Someone("anybody"))
        return self._actors[0]

    def _say(self, item: Says | Bound, actor: _Actor, *, is_attribute: bool = False) -> None:
        if isinstance(item, Bound):
            condition: Condition = _compare(item, actor)
        else:
            name = _AS_ATTRIBUTE.get(item.name, item.name) if is_attribute else item.name
            condition = ONE[name](actor.name)
            condition = Not(condition=condition) if item.is_not else condition
        self._parts[-1].conditions.append(condition)

    def _of_two(self, place: int, item: Says) -> None:
        part = self._parts[-1]
        coming = [one for one in self._items[place + 1 :] if isinstance(one, Someone | Link) and (
            not isinstance(one, Link) or one.kind in {"then", "or"})]  # fmt: skip
        has_more = bool(coming) and isinstance(coming[0], Someone)
        if len(part.actors) >= 2 and not (has_more and self._lang != "zh"):
            one = (part.clause or part.actors)[0]
            other = next(actor for actor in reversed(part.actors) if actor is not one)
            self._relate(item, one, other)
        elif has_more:
            self._waiting.append(item)
        elif len(part.actors) == 1 and len(self._actors) > 1:
            other = next(actor for actor in self._actors if actor is not part.actors[0])
            self._relate(item, other, part.actors[0])
        else:
            self._waiting.append(item)

    def _two_of(self, part: _Part) -> tuple[_Actor, _Actor]:
        """Return the two whom something of two is about, where it was not said clearly."""
        if len(part.actors) >= 2:
            return part.actors[0], part.actors[-1]
        subject = self._subject()
        other = next((actor for actor in self._actors if actor is not subject), None)
        if other is None:
            # "two cars": the second is of the same class
            other = self._new(Someone(subject.kind if subject.least > 1 else "anybody"))
            subject.least = 1
        return (other, subject) if part.actors and self._actors[0] is not subject else (subject, other)

    def _relate(self, item: Says, one: _Actor, other: _Actor) -> None:
        part = self._parts[-1]
        if self._is_swapped:
            one, other = other, one
        condition: Condition = TWO[item.name](one.name, other.name)
        if item.is_not:
            condition = Not(condition=condition)
        part.pair = one, other
        if item.name == "near" and not item.is_not:
            part.near = condition
        part.conditions.append(condition)


def _all(conditions: Sequence[Condition]) -> Condition:
    return conditions[0] if len(conditions) == 1 else AllOf(conditions=tuple(conditions))


def _compare(bound: Bound, *actors: _Actor) -> Compare:
    of = tuple(actor.name for actor in actors)
    if bound.is_least:
        return Compare(measure=bound.measure, of=of, at_least=bound.value)
    return Compare(measure=bound.measure, of=of, at_most=bound.value)


def _named(condition: Condition) -> set[str]:
    return {name for node, _, _ in walk(condition) if isinstance(node, Compare | Is) for name in node.of}


def _counted(conditions: Sequence[Condition], counted: Sequence[_Actor], subject: _Actor) -> list[Condition]:
    """Return conditions in which those of whom several are meant are counted near the subject."""
    left = list(conditions)
    for actor in counted:
        mine = [condition for condition in left if actor.name in _named(condition)]
        left = [condition for condition in left if condition not in mine]
        near = Compare(measure="distance_m", of=(subject.name, actor.name), at_most=_COUNT_WITHIN_M)
        left.append(Count(role=actor.role, condition=AllOf(conditions=(near, *mine)), at_least=actor.least))
    return left


def _unasked(condition: Condition, there: Sequence[Is]) -> tuple[Is, ...]:
    """Return what is still to be said of roles that the condition does not ask anything of."""
    asked = _named(condition)
    return tuple(one for one in there if one.of[0] not in asked)
