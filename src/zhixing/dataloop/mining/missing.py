"""Why a query can find nothing in some drives, or in most: what it asks for is not in them."""

from __future__ import annotations

from collections.abc import Sequence

from zhixing.dataloop.archive.entries import DriveEntry
from zhixing.dataloop.mining.words import words
from zhixing.datatypes.conditions import EGO, Compare, Is, walk
from zhixing.datatypes.localized import Localized
from zhixing.datatypes.measures import MEASURES
from zhixing.datatypes.query import Query


def why_nothing(query: Query, drives: Sequence[DriveEntry]) -> tuple[Localized, ...]:
    """Return what some drives lack of what a query asks for; nothing if they have it all.

    Args:
        query: It found nothing.
        drives: Where it looked.
    """
    count = len(drives)
    if not count:
        return (Localized("档案库里还没有行程。", "There are no drives yet.", "Es gibt noch keine Fahrten."),)
    said = []
    for role in query.roles:
        if role.name == EGO:
            with_ego = sum(drive.ego_id >= 0 for drive in drives)
            said += _lack(count - with_ego, count, Localized("自车", "ego", "Ego-Fahrzeug"))
        elif role.classes:
            names = [one.name.lower() for one in role.classes]
            having = sum(any(drive.classes.get(name) for name in names) for drive in drives)
            said += _lack(count - having, count, _joined([words()["roles"][name] for name in names]))
    asked = [
        MEASURES[node.measure] for node, _, _ in walk(query.condition) if isinstance(node, Compare | Is)
    ]  # fmt: skip
    if any(measure.needs_road for measure in asked):
        said += _lack(sum(not drive.road for drive in drives), count, Localized("地图", "map", "Karte"))
    if any(measure.needs_lights for measure in asked):
        without = sum(not drive.lights.get("groups") for drive in drives)
        said += _lack(without, count, Localized("信号灯数据", "traffic lights", "Ampeldaten"))
    return tuple(dict.fromkeys(said))


def _lack(without: int, count: int, what: Localized) -> list[Localized]:
    if not without:
        return []
    return [
        Localized(
            f"{count} 段行程中有 {without} 段没有{what.zh}。",
            f"{without} of {count} drives have no {what.en}.",
            f"{without} von {count} Fahrten haben kein(e) {what.de}.",
        )
    ]


def _joined(names: Sequence[Localized]) -> Localized:
    return Localized(
        "、".join(name.zh for name in names), " or ".join(name.en for name in names),
        " oder ".join(name.de for name in names),
    )  # fmt: skip
