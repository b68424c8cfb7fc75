"""From a vague remark to one concrete offer; what is true already is never offered."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import resources
from typing import Any

import yaml

from zhixing.cockpit.wishes import Grounded, Wish
from zhixing.datatypes.dialogue import Intent


@cache
def _rules() -> tuple[dict[str, Any], ...]:
    text = resources.files("zhixing.cockpit").joinpath("remarks.yaml").read_text("utf-8")
    return tuple(yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))  # noqa: S506


def offer(remark: Intent, ground: Callable[[Intent], Grounded], is_new: Callable[[Wish], bool]) -> Wish | None:
    """Return the first offer that would change something, or None.

    Args:
        remark: A ``vague`` intent.
        ground: How intents become requests for this speaker.
        is_new: Whether a wish would change anything.
    """
    slots = dict(remark.slots)
    for rule in _rules():
        if rule["feel"] != slots.get("feel") or rule.get("about", slots.get("about")) != slots.get("about"):
            continue
        for entry in rule["offer"]:
            places = (entry["place"],) if "place" in entry else remark.places
            unit = (("unit", "degree"),) if entry["device"] == "temperature" else ()
            intent = Intent(
                name=entry["act"], device=entry["device"], places=places, value=entry.get("value"), slots=unit
            )
            grounded = ground(intent)
            if not isinstance(grounded, Wish):
                clamped = ground(Intent(name=entry["act"], device=entry["device"], places=places))
                grounded = clamped if isinstance(clamped, Wish) else grounded
            if isinstance(grounded, Wish) and is_new(grounded):
                return grounded
    return None
