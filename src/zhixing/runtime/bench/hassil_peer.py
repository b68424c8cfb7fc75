"""How fast Home Assistant's recogniser is at sentences of the same kind, in the same run on the same machine.

hassil with the English sentences of ``home-assistant-intents``, as Home Assistant runs it, over a home with a few
names of a car. Neither is needed by Zhixing; where both are installed, they are measured.
"""

from __future__ import annotations

import importlib
from importlib.metadata import PackageNotFoundError, version
from time import perf_counter
from typing import Any

_REPEATS = 300
_WARM_UP = 5
_SENTENCES = (
    "set the temperature to {} degrees",
    "set passenger window to {} percent",
    "set the volume to {}",
    "what is the temperature",
    "set ambient light to red",
)
_NAMES = {
    "air conditioning": "climate",
    "passenger window": "cover",
    "seat heating": "switch",
    "ambient light": "light",
}
_AREAS = ("driver", "passenger", "rear left", "rear right")


def hassil_version() -> str:
    """Return the version of hassil where it and its sentences are installed, else nothing."""
    try:
        return version("hassil") if version("home-assistant-intents") else ""
    except PackageNotFoundError:
        return ""


def hassil_ms() -> list[float]:
    """Return the times of recognising sentences, each with another number, in milliseconds."""
    hassil: Any = importlib.import_module("hassil")
    sentences: Any = importlib.import_module("home_assistant_intents")
    intents = hassil.Intents.from_dict(sentences.get_intents("en"))
    names = [(name, name, {"domain": domain}) for name, domain in _NAMES.items()]
    lists = {
        "name": hassil.TextSlotList.from_tuples(names),
        "area": hassil.TextSlotList.from_strings(_AREAS),
        "floor": hassil.TextSlotList.from_strings(("front", "rear")),
    }
    times_ms = []
    for repeat in range(_WARM_UP + _REPEATS):
        text = _SENTENCES[repeat % len(_SENTENCES)].format(16 + repeat % 80)
        started = perf_counter()
        hassil.recognize_best(text, intents, slot_lists=lists)
        if repeat >= _WARM_UP:
            times_ms.append((perf_counter() - started) * 1e3)
    return times_ms
