"""Sentences whose parts stand in another order, or lack one, get the order that is read: who, does what, to whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from zhixing.dataloop.ask.phrases import SUBJECTS_DE, YIELDS, Bound, Item, Lasting, Link, Says, Someone
from zhixing.datatypes.localized import Lang

_BREAKS = frozenset({"stop", "then", "reversed", "before", "or"})
_DRIVERS_DO = frozenset({*YIELDS, "overtakes", "cuts-in", "follows", "tailgates"})
"""Where nobody is said to do one of these, a vehicle is meant: 让行人后右转."""
_TURNS = frozenset({"turns-left", "turns-right", "goes-straight"})
_STANDS_IN = frozenset({"in-front-of", "behind", "left-of", "right-of", "beside", "near"})
_NO_LIST = frozenset({"ego", "front-vehicle", "rear-vehicle"})


def in_order(items: Sequence[Item], lang: Lang) -> list[Item]:
    """Return the items of a sentence with who acts before what he does."""
    found = _listed(_narrowed(items), lang)
    if lang == "zh":
        return _with_subject(_with_object(_headed(found)))
    return _compared(_related(_fronted(found) if lang == "de" else found))


def _narrowed(items: Sequence[Item]) -> list[Item]:
    """Return items in which "vehicles that are no buses" are one someone: 非公交车的车."""
    found: list[Item] = []
    for item in items:
        before = found[-2] if len(found) >= 2 and _is(found[-1], "relative") else None
        if isinstance(item, Someone) and isinstance(before, Someone) and before.without and not item.without:
            found[-2:] = [replace(item, without=before.without)]
            continue
        found.append(item)
    return found


def _listed(items: Sequence[Item], lang: Lang) -> list[Item]:
    """Return items in which those of whom the same is said are one someone: 汽车、公交车和货车闯红灯.

    Where something is said of two, "a car and a bus" remain two; so they do where an article says that both are meant,
    and what is said of the second is said of the first, too.
    """
    found: list[Item] = []
    for place, item in enumerate(items):
        before = found[-2] if len(found) >= 2 and isinstance(found[-1], Link) and found[-1].kind in _JOINS else None
        if (
            isinstance(item, Someone) and isinstance(before, Someone)
            and _can_join(before) and _can_join(item) and not _is_of_two(items, place)
        ):  # fmt: skip
            both = any(isinstance(one, Link) and one.word in _BOTH for one in items)
            if lang != "zh" and (item.is_single or item.is_known or both):
                coming = items[place + 1 : place + 2]
                said = [one for one in coming if isinstance(one, Says | Bound) and one.roles == 1]
                found[-1:] = [*said, Link("stop"), item]
                continue
            found[-2:] = [replace(before, kinds=(*before.kinds, *item.kinds))]
            continue
        found.append(item)
    return found


_BOTH = frozenset({"at the same time", "gleichzeitig"})
_JOINS = frozenset({"list", "with", "together"})


def _can_join(one: Someone) -> bool:
    return one.least == 1 and one.most is None and not one.without and _NO_LIST.isdisjoint(one.kinds)


def _is_of_two(items: Sequence[Item], place: int) -> bool:
    """Return whether something is said of two in the clause of an item."""
    first = next((k + 1 for k in range(place, -1, -1) if _is(items[k], *_BREAKS)), 0)
    end = next((k for k in range(place, len(items)) if _is(items[k], *_BREAKS)), len(items))
    clause = items[first:end]
    says_something = any(isinstance(one, Says | Bound) for one in clause)
    return not says_something or any(isinstance(one, Says | Bound) and one.roles == 2 for one in clause)


def _headed(items: Sequence[Item]) -> list[Item]:
    """Return items in which what is said before 的 and a class follows it: 逆行10秒以上的电动车.

    One thing alone may stay before it (右转的车); what is said of somebody else, too (礼让行人的汽车), stays as it is.
    """
    found = list(items)
    for place in range(len(found) - 1):
        head = found[place + 1]
        if not (_is(found[place], "relative") and isinstance(head, Someone)):
            continue
        begin = next((k + 1 for k in range(place - 1, -1, -1) if _is(found[k], "stop")), 0)
        if _lacks_subject(found[begin:place]):
            found[begin : place + 2] = [head, *found[begin:place]]
            continue
        first = place
        while first > 0 and not (isinstance(found[first - 1], Someone) or _is(found[first - 1], "stop", "while")):
            first -= 1
        run = found[first:place]
        is_after_somebody = first > 0 and isinstance(found[first - 1], Someone)
        joins = any(_is(one, "goes-on", "then", "or") or isinstance(one, Lasting) for one in run)
        last = run[-1] if len(run) > 1 else None
        joins = joins or (isinstance(last, Says) and last.roles == 2 and last.name not in _STANDS_IN)
        if is_after_somebody or not joins or _is(run[0], "swapped", "with"):
            continue
        found[first : place + 2] = [head, *run]
    return found


def _lacks_subject(clause: Sequence[Item]) -> bool:
    """Return whether who does the first thing in a clause, or suffers it, can only stand at its end.

    右转时没有让行的货车, 被公交车遮挡后突然出现的行人, 起步前有行人横穿的汽车.
    """
    joint = next((k for k, one in enumerate(clause) if _is(one, "while", "then", "reversed")), None)
    if joint is None or joint + 1 == len(clause):
        return False
    before = clause[:joint]
    suffers = bool(before) and _is(before[0], "swapped")
    return suffers or (bool(before) and not any(isinstance(one, Someone) for one in before))


def _with_object(items: list[Item]) -> list[Item]:
    """Return items in which the turn that one does not yield to has somebody who takes it: 左转不让直行."""
    found: list[Item] = []
    for place, item in enumerate(items):
        found.append(item)
        before, after = (items[k] if 0 <= k < len(items) else None for k in (place - 1, place + 1))
        yields = isinstance(before, Says) and before.name in YIELDS
        turns = isinstance(item, Says) and item.name in _TURNS
        if yields and turns and (after is None or _is(after, *_BREAKS)):
            found.append(Someone(("vehicle",)))
    return found


def _with_subject(items: list[Item]) -> list[Item]:
    """Return items with a vehicle in front where nobody does what only drivers do."""
    whom = next((k for k, one in enumerate(items) if isinstance(one, Someone)), None)
    is_head = whom is not None and whom > 0 and _is(items[whom - 1], "relative")
    if (
        whom is None
        or is_head
        or _has_head(items, whom)
        or any(_is(one, "swapped", "while", *_BREAKS) for one in items[:whom])
    ):
        return items
    does = any(isinstance(one, Says) and one.roles == 2 and one.name in _DRIVERS_DO for one in items[:whom])
    return [Someone(("vehicle",)), *items] if does else items


def _related(items: list[Item]) -> list[Item]:
    """Return items in which "a truck that the ego overtakes" is a truck overtaken by the ego."""
    found = list(items)
    for place in range(len(found) - 3):
        head, link, doer, said = found[place : place + 4]
        after = found[place + 4] if place + 4 < len(found) else None
        if (
            isinstance(head, Someone) and _is(link, "relative") and isinstance(doer, Someone) and isinstance(said, Says)
            and said.roles == 2 and said.name not in _STANDS_IN and not isinstance(after, Someone)
            and isinstance(link, Link) and link.word not in SUBJECTS_DE
        ):  # fmt: skip
            turned = f"~{said.name}" if not said.is_turned else said.name
            found[place + 2 : place + 4] = [replace(said, names=(turned,)), doer]
    return found


def _fronted(items: list[Item]) -> list[Item]:
    """Return German items with who acts first: den Radfahrer überholt ein Lkw; vor dem Bus quert ein Fußgänger."""
    found = list(items)
    for place in range(len(found)):
        if place and not _is(found[place - 1], "stop", "then", "while"):
            continue
        three, four = found[place : place + 3], found[place : place + 4]
        match three:
            case [Someone(is_object=True) as whom, Says(roles=2) as said, Someone() as who]:
                found[place : place + 3] = [who, said, whom]
                continue
            case _:
                pass
        match four:
            case [Says(roles=2) as where, Someone() as whom, Says(roles=1) as said, Someone() as who] if (
                where.name in _STANDS_IN and not said.is_participle
            ):
                found[place : place + 4] = [who, said, where, whom]
            case _:
                pass
    return found


def _compared(items: list[Item]) -> list[Item]:
    """Return items in which "faster than the bus by 10 km/h" bounds how much faster, not how fast."""
    found = list(items)
    for place, item in enumerate(found):
        if not (isinstance(item, Bound) and item.measure == "speed_mps" and item.least is not None):
            continue
        near = [one for one in found[max(0, place - 2) : place + 2] if isinstance(one, Says)]
        said = next((one.name for one in near if one.name in {"faster-than", "slower-than"}), "")
        if said == "faster-than":
            found[place] = Bound("faster_mps", 2, item.least, None)
        elif said:
            found[place] = Bound("faster_mps", 2, None, -item.least)
    return found


def _has_head(items: Sequence[Item], place: int) -> bool:
    """Return whether who does it is said at the end: 礼让行人的右转汽车."""
    rest = items[place + 1 :]
    if rest and isinstance(rest[0], Someone):
        return True
    for k, item in enumerate(rest):
        if _is(item, "relative"):
            return any(isinstance(one, Someone) for one in rest[k + 1 :])
        if not isinstance(item, Says | Bound):
            return False
    return False


def _is(item: Item, *kinds: str) -> bool:
    return isinstance(item, Link) and item.kind in kinds
