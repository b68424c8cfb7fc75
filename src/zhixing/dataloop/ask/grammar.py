"""Who does what: the items of a sentence, read from left to right, get their actors.

A class of road users is an actor. What is said of one just before a class (右转车, "a turning car") or just after it
is of that actor, else of the subject, the first actor of its clause. What is said of two is of the subject and the
actor that follows, or of the two that came before. Commas and "while" begin a clause, "then" and "or" part a sentence.
"""

from __future__ import annotations

from collections.abc import Sequence

from zhixing.dataloop.ask.assembly import Actor, Part, query_from
from zhixing.dataloop.ask.lanes import IN_LANE, place_in_lane
from zhixing.dataloop.ask.phrases import SUBJECTS_DE, YIELDS, Bound, Deadline, Item, Lasting, Link, Says, Someone
from zhixing.dataloop.ask.predicates import ONE, TWO, WITHIN, denied
from zhixing.datatypes.conditions import EGO, AnyOf, Compare, Condition, Not
from zhixing.datatypes.localized import Lang
from zhixing.datatypes.query import Query
from zhixing.errors import QueryError

_AS_ATTRIBUTE = {
    "turns-left": "will-turn-left", "turns-right": "will-turn-right", "goes-straight": "will-go-straight",
    "turns": "will-turn",
}  # fmt: skip
"""Of a "turning car" it matters where it goes, also before it turns."""
_CORNERS = frozenset({"ahead-left", "ahead-right", "behind-left", "behind-right"})
_SEEN_FROM = frozenset({"in-front-of", "behind", "left-of", "right-of", "crosses-before", *_CORNERS})
"""In Chinese what is told with these follows where it is told from: 车前方有行人 is a pedestrian in front of a car."""
_PLACES = frozenset({"in-front-of", "behind", "left-of", "right-of", "beside", "near", *_CORNERS})
_COMPARED = frozenset({"in-same-lane", "faster-than", "slower-than", "hidden-by", "hidden-from"})
_MEETS_M = 20.0
_MOST_ACTORS = 8
_ROLE_NAMES = {"two-wheeler": "rider", "anybody": "somebody"}


def query_of(items: Sequence[Item], lang: Lang, name: str = "asked") -> Query:
    """Return what a sentence asks for.

    Raises:
        QueryError: Nothing was said that can be looked for.
    """
    reading = _Reading(items, lang)
    for place, item in enumerate(items):
        reading.read(place, item)
    reading.settle()
    place_in_lane(reading.parts, reading.actors)
    return query_from(reading.parts, reading.actors, name)


class _Reading:
    """Reads items from left to right."""

    def __init__(self, items: Sequence[Item], lang: Lang) -> None:
        self._items, self._lang = items, lang
        self.actors: list[Actor] = []
        self.parts = [Part("")]
        self._pending: list[Says | Bound] = []
        self._waiting: list[Says] = []
        self._is_swapped = False
        self._lead = ""
        self._place = 0

    def read(self, place: int, item: Item) -> None:
        """Take the next item."""
        self._place = place
        match item:
            case Someone():
                self._someone(place, item)
            case Says(roles=1) | Bound(roles=1):
                self._of_one(place, item)
            case Says():
                self._of_two(place, item)
            case Bound():
                self.parts[-1].bounds.append(item)
            case Lasting():
                self._lasts(item)
            case Deadline(seconds=seconds):
                self.parts[-1].within_s = seconds
            case Link(kind="before" | "reversed" as kind) if not self.actors and not self._pending:
                self._lead = "then" if kind == "reversed" else "reversed"
            case Link(kind="then" | "or" | "reversed" | "before" as kind):
                self._begin("then" if kind == "before" else kind)
            case Link(kind="stop") if self._lead and (self.parts[-1].conditions or self._waiting):
                self._begin(self._lead)
                self._lead = ""
            case Link(kind="stop" | "while"):
                self._clause()
            case Link(kind="goes-on"):
                self._clause()
                speaker, coming = self.parts[-1].speaker, self._items[place + 1 : place + 2]
                if speaker is not None and not (coming and isinstance(coming[0], Someone)):
                    self.parts[-1].clause = [speaker]
            case Link(kind="relative", word=word) if word in SUBJECTS_DE and self.parts[-1].actors:
                self.parts[-1].clause = [self.parts[-1].actors[-1]]
            case Link(kind=kind):
                self._is_swapped = self._is_swapped or kind == "swapped"

    def settle(self) -> None:
        """Give everything in the present part its actors."""
        part = self.parts[-1]
        for pending in self._pending:
            self._say(pending, self._subject())
        self._pending = []
        for waiting in self._waiting:
            self._relate(waiting, *self._two_of(part))
        self._waiting = []
        self._settle_bounds()
        if part.lasting is not None:
            part.last(part.lasting)
            part.lasting = None
        self._is_swapped = False

    def _settle_bounds(self) -> None:
        part = self.parts[-1]
        for bound in part.bounds:
            is_alone = len(self.actors) == 1 and self._is_single() and self.actors[0].kinds[0] not in IN_LANE
            if bound.measure == "distance_m" and part.pair is None and is_alone:
                raise QueryError("a distance is between two, and only one is named", hint="Say from what.")
            one, other = part.pair or self._two_of(part)
            if bound.measure == "distance_m" and part.near is not None and part.near[1] in part.conditions:
                name, said = part.near
                part.conditions.remove(said)
                if bound.most is not None and name != "near":
                    part.conditions.append(WITHIN[name](one.name, other.name, bound.most))
                    continue
            said = _compare(bound, one, other)
            if bound.measure == "pet_s":  # whoever is first
                said = AnyOf(conditions=(said, _compare(bound, other, one)))
            part.conditions.append(said)
        part.bounds = []

    def _is_single(self) -> bool:
        return self.actors[0].least <= 1

    def _begin(self, link: str) -> None:
        self.settle()
        self.parts.append(Part(link))

    def _clause(self) -> None:
        part = self.parts[-1]
        if part.lasting is not None and part.conditions[part.begin :]:
            part.last(part.lasting)
            part.lasting = None
        part.clause = []
        part.begin = len(part.conditions)

    def _lasts(self, item: Lasting) -> None:
        self._settle_bounds()
        part = self.parts[-1]
        if part.conditions[part.begin :]:
            part.last(item)
        else:
            part.lasting = item

    # Actors

    def _someone(self, place: int, item: Someone) -> None:
        part = self.parts[-1]
        before = self._items[place - 1] if place else None
        actor = self._known(item) or self._new(item)
        if self._lang == "zh" and isinstance(before, Says) and not self._pending and not self._waiting:
            part.clause = []  # 电动车闯红灯汽车急刹: somebody else begins
        if isinstance(before, Link) and before.kind == "meet" and part.clause:
            part.conditions.append(
                Compare(measure="distance_m", of=(part.clause[0].name, actor.name), at_most=_MEETS_M)
            )
        part.actors.append(actor)
        part.clause.append(actor)
        pending, self._pending = self._pending, []
        for one in pending:
            self._say(one, actor, is_attribute=True)
        waiting, self._waiting = self._waiting, []
        for says in waiting:
            self._meet(place, says, actor, is_last=says is waiting[-1])

    def _known(self, item: Someone) -> Actor | None:
        """Return the actor that is meant again, None if it is a new one."""
        known = next((actor for actor in self.actors if actor.kinds == item.kinds), None)
        if known is None or item.is_other:
            return None
        if known.is_ego or item.is_again:
            return known
        is_again = known not in self.parts[-1].clause or (item.is_known and self._lang != "zh")
        comes_late = item.is_known and self._lang == "de"  # dann bremst der Bus
        return known if is_again and (comes_late or not self._pending) and not self._waiting else None

    def _new(self, item: Someone) -> Actor:
        base = _ROLE_NAMES.get(item.kinds[0], item.kinds[0]).replace("-", "_")
        taken = {actor.name for actor in self.actors}
        if len(taken) >= _MOST_ACTORS:
            raise QueryError(f"more than {_MOST_ACTORS} road users are too many", hint="Ask for less at once.")
        name = base if base not in taken else next(f"{base}_{k}" for k in range(2, 99) if f"{base}_{k}" not in taken)
        actor = Actor(name, item.kinds, item.least, item.most, item.without)
        self.actors.append(actor)
        return actor

    def _subject(self) -> Actor:
        part = self.parts[-1]
        if part.clause or part.actors:
            return (part.clause or part.actors)[0]
        if not self.actors:
            self._new(Someone(("anybody",)))
        return self.actors[0]

    # What is said of one

    def _of_one(self, place: int, item: Says | Bound) -> None:
        before = self._items[place - 1] if place else None
        after = self._items[place + 1 :]
        is_told = bool(after) and isinstance(after[0], Link) and after[0].kind == "relative"
        coming = after[1] if is_told and len(after) > 1 else after[0] if after else None
        is_chinese = self._lang == "zh"
        is_relative = isinstance(before, Link) and before.kind == "relative" and not is_chinese
        follows_actor = isinstance(before, Someone) or is_relative
        goes_on = isinstance(coming, Says | Bound) and coming.roles == 1 and (
            bool(self._pending) or (is_chinese and not self.actors)
        )  # fmt: skip
        is_attribute = isinstance(coming, Someone) and (not follows_actor or (is_chinese and is_told))
        if is_attribute or (goes_on and not follows_actor) or (not self.actors and not is_chinese):
            self._pending.append(item)
        elif self._is_of_doer(place, item):
            self._say(item, self.parts[-1].speaker or self._subject())
        elif follows_actor and self.parts[-1].actors and (is_relative or not self._is_aside(place - 1, item)):
            self._say(item, self.parts[-1].actors[-1])
        else:
            subject = self._subject()
            pending, self._pending = self._pending, []
            for one in pending:
                self._say(one, subject)
            self._say(item, subject)

    def _is_of_doer(self, place: int, item: Says | Bound) -> bool:
        """Return whether a speed behind whom something is done to is of who does it: hits a pedestrian at 30 km/h."""
        before = self._items[max(0, place - 2) : place]
        return (
            self._lang != "zh" and isinstance(item, Bound) and item.measure == "speed_mps" and len(before) == 2
            and isinstance(before[1], Someone) and isinstance(before[0], Says) and before[0].roles == 2
            and before[0].name not in _PLACES and self.parts[-1].speaker is not None
        )  # fmt: skip

    def _is_aside(self, place: int, item: Says | Bound) -> bool:
        """Return whether somebody is named only to say where another is: the car behind the parked bus; 遇到行人."""
        at = self._before_attributes(place) if self._lang != "zh" else place - 1
        before = self._items[at] if at >= 0 else None
        if isinstance(before, Link) and before.kind == "meet":
            return True
        if self._lang == "zh" or not (isinstance(before, Says) and before.roles == 2):
            return False
        # "hit by a car turning left" turns itself; "hit by a car turns left" does not.
        is_near = isinstance(item, Says) and item.is_participle
        return before.name in _PLACES or ((before.name in _COMPARED or before.is_turned) and not is_near)

    def _say(self, item: Says | Bound, actor: Actor, *, is_attribute: bool = False) -> None:
        condition: Condition
        if isinstance(item, Bound):
            condition = _compare(item, actor)
            if item.measure == "lateral_accel_mps2" and item.most is None and item.least is not None:
                other_side = Bound(item.measure, 1, None, -item.least)
                condition = AnyOf(conditions=(condition, _compare(other_side, actor)))
        else:
            is_told = is_attribute and (item.is_participle or self._lang != "de")
            names = [_AS_ATTRIBUTE.get(name, name) if is_told else name for name in item.names]
            said = [ONE[name](actor.name) for name in names]
            condition = said[0] if len(said) == 1 else AnyOf(conditions=tuple(said))
            if item.is_not:
                condition = denied(names, actor.name, condition)
            if names == ["starts"] and (stands := ONE["stands"](actor.name)) in self.parts[-1].conditions:
                self.parts[-1].conditions.remove(stands)  # 停着的车起步: it stood until then
        self.parts[-1].conditions.append(condition)
        self.parts[-1].speaker = actor

    # What is said of two

    def _of_two(self, place: int, item: Says) -> None:
        part = self.parts[-1]
        coming = next(
            (one for one in self._items[place + 1 :] if isinstance(one, Someone)
             or (isinstance(one, Link) and one.kind in {"then", "or", "reversed", "before", "stop"})), None
        )  # fmt: skip
        has_more = isinstance(coming, Someone)
        is_open = has_more and (self._lang != "zh" or (len(part.clause) < 2 and part.begin > 0))
        if len(part.actors) >= 2 and not is_open:
            one = (part.clause or part.actors)[0]
            other = next((actor for actor in reversed(part.actors) if actor is not one), one)
            if other is one:
                self._waiting.append(item)
            elif item.name in YIELDS and one.kinds == ("pedestrian",) != other.kinds:
                self._relate(item, other, one)  # on foot nobody is said to give way to a car: 行人等了很久，车都没让
            else:
                self._relate(item, one, other)
        elif has_more:
            self._waiting.append(item)
        elif len(part.actors) == 1 and len(self.actors) > 1:
            other = next(actor for actor in self.actors if actor is not part.actors[0])
            # 后与行人冲突 is of who was spoken of before; 前有旁车切入 is of who is named now.
            led = self._is_led(place)
            self._relate(item, *((other, part.actors[0]) if led else (part.actors[0], other)))
        else:
            self._waiting.append(item)

    def _is_led(self, place: int) -> bool:
        """Return whether "with" or 被 stands before whoever was named last, attributes aside."""
        named = next((k for k in range(place - 1, -1, -1) if isinstance(self._items[k], Someone)), 0)
        at = self._before_attributes(named)
        link = self._items[at] if at >= 0 else None
        return isinstance(link, Link) and link.kind in {"with", "swapped"}

    def _meet(self, place: int, says: Says, actor: Actor, *, is_last: bool) -> None:
        """Say a relation whose second actor has come now."""
        part = self.parts[-1]
        others = [one for one in (*part.clause, *part.actors, *self.actors) if one is not actor]
        if not others:  # "a conflict between A and B": the second is still to come
            self._waiting.append(says)
            return
        other, is_seen_from = others[0], says.name in _SEEN_FROM and is_last
        if self._lang == "zh" and self._is_head(place):
            before = self._before_attributes(place) - 1
            follows_place = is_seen_from and before >= 0 and isinstance(self._items[before], Someone)
            self._relate(says, *((other, actor) if follows_place else (actor, other)))
            part.clause = [actor, other]
        elif self._lang == "zh" and is_seen_from:
            self._relate(says, actor, other)
            if not self._is_swapped:
                part.clause = [actor, *(one for one in part.clause if one is not actor)]
        else:
            self._relate(says, other, actor)

    def _is_head(self, place: int) -> bool:
        """Return whether a clause that began without its subject ends here with it: 礼让行人的汽车."""
        place = self._before_attributes(place)
        before = self._items[place] if place >= 0 else None
        if not (isinstance(before, Link) and before.kind == "relative"):
            return False
        start = next((at for at in range(place, -1, -1) if isinstance(self._items[at], Someone)), 0)
        ahead = self._items[:start]
        says_of_two = any(
            one.kind in {"swapped", "with"} if isinstance(one, Link) else isinstance(one, Says) and one.roles == 2
            for one in ahead
        )
        return says_of_two and not any(isinstance(one, Someone) for one in ahead)

    def _before_attributes(self, place: int) -> int:
        place -= 1
        while place >= 0 and isinstance(one := self._items[place], Says | Bound) and one.roles == 1:
            place -= 1
        return place

    def _two_of(self, part: Part) -> tuple[Actor, Actor]:
        """Return the two whom something of two is about, where it was not said clearly."""
        if len(part.actors) >= 2 and part.actors[0] is not part.actors[-1]:
            return part.actors[0], part.actors[-1]
        subject = self._subject()
        other = next((actor for actor in self.actors if actor is not subject), None)
        if other is None and (later := self._later()) is not None:
            other = self._known(later) or self._new(later)
        elif other is None:
            # "two cars": the second is of the same class
            if subject.least > 2:
                raise QueryError("what two do cannot be asked of more at once", hint="Ask for two of them.")
            other = self._new(Someone(subject.kinds if subject.least > 1 else ("anybody",)))
            subject.least = 1
        return (other, subject) if part.actors and self.actors[0] is not subject else (subject, other)

    def _later(self) -> Someone | None:
        """Return who is still to be named and is mostly whom others do something to."""
        after = (one for one in self._items[self._place + 1 :] if isinstance(one, Someone))
        return next((one for one in after if one.kinds[0] in {EGO, *IN_LANE}), None)

    def _relate(self, item: Says, one: Actor, other: Actor) -> None:
        part = self.parts[-1]
        if (self._is_swapped and item.name not in _SEEN_FROM) != item.is_turned:
            one, other = other, one
        if item.is_not and item.name == "yields-to":
            condition = TWO["fails-to-yield"](one.name, other.name)
        else:
            condition = TWO[item.name](one.name, other.name)
            condition = Not(condition=condition) if item.is_not else condition
        part.pair = one, other
        if item.name in WITHIN and not item.is_not:
            part.near = item.name, condition
        part.conditions.append(condition)
        part.speaker = other if item.name in _PLACES and self._lang == "zh" else one


def _compare(bound: Bound, *actors: Actor) -> Condition:
    of = tuple(actor.name for actor in actors)
    return Compare(measure=bound.measure, of=of, at_least=bound.least, at_most=bound.most)
