"""The car's manual: how something is done, for people and for a language model."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources

import yaml

from zhixing.datatypes.localized import Localized


@dataclass(frozen=True, slots=True)
class Entry:
    """One subject of the manual.

    Attributes:
        about: Devices and topics.
        text: One or two sentences.
    """

    about: tuple[str, ...]
    text: Localized


@cache
def load_manual() -> tuple[Entry, ...]:
    """Return the manual, read once."""
    text = resources.files("zhixing.cockpit").joinpath("manual.yaml").read_text("utf-8")
    entries = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
    return tuple(Entry(tuple(one["about"]), Localized(one["zh"], one["en"], one["de"])) for one in entries)


def look_up(about: str) -> Localized | None:
    """Return what the manual says about a device or a topic, or None.

    Example:
        >>> look_up("undo").en
        'Say "undo" to take back the last step.'
    """
    return next((entry.text for entry in load_manual() if about in entry.about), None)
