"""What people say to the car, what it understands, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from zhixing.datatypes.localized import Lang
from zhixing.datatypes.signal import Outcome, SetRequest, Value, Zone

TurnOutcome = Literal[
    "done",
    "confirm",
    "propose",
    "refused",
    "unavailable",
    "clarify",
    "answered",
    "ignored",
    "partial",
    "thinking",
    "working",
    "failed",
]
UNFINISHED: frozenset[TurnOutcome] = frozenset(("thinking", "working"))
"""Outcomes after which another turn with the same utterance follows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Utterance:
    """Words from one seat.

    Attributes:
        text: As typed or recognised.
        zone: Seat of the speaker.
        lang: Language where known; otherwise the assistant finds out by itself.
        time_ns: When it was said, on the car's clock.
    """

    text: str
    zone: Zone
    lang: Lang | None = None
    time_ns: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """One wish or question, before anybody has looked which signal it means.

    Attributes:
        name: What is wanted: ``set``, ``change``, ``query``, ``yes``, ``no``, ``vague`` ...
        device: Which thing of the car, as the lexicon names it (``window``, ``seat_heating`` ...), or empty.
        places: Where, as said (``driver``, ``rear``, ``all`` ...); empty means nothing was said about where.
        value: The wanted value in the device's own unit, where one was said.
        slots: What else the words carried, by name.
    """

    name: str
    device: str = ""
    places: tuple[str, ...] = ()
    value: Value | None = None
    slots: tuple[tuple[str, Value], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One utterance with everything that followed from it; logged, replayed and compared as a whole.

    Attributes:
        outcome: What came of it, in the words of the cockpit exam; ``thinking`` while a language model has it,
            ``working`` while the vehicle has not yet reported the wanted values, ``failed`` when it did not in time.
        reply: One sentence in the speaker's language; empty when ignored.
        by: Who understood it.
    """

    utterance: Utterance
    lang: Lang
    outcome: TurnOutcome
    reply: str
    intents: tuple[Intent, ...] = ()
    requests: tuple[SetRequest, ...] = ()
    outcomes: tuple[Outcome, ...] = field(default=())
    by: Literal["grammar", "model", "llm"] = "grammar"
