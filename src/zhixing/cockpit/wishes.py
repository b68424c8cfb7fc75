"""What grounding can answer: signals to ask for, that this car cannot, or that it is not clear."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from zhixing.datatypes.dialogue import Intent
from zhixing.datatypes.signal import SetRequest, Value

Read = Callable[[str], Value]
"""How to learn what a signal is, or will be once the vehicle has done what was granted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """One intent as requests.

    Attributes:
        intent: Where it came from.
        requests: What to ask the door for, the main thing first. Empty: nothing is to be done.
        device: The thing that the reply speaks about.
        places: Where.
        value: The wanted value; of several, the first.
    """

    intent: Intent
    requests: tuple[SetRequest, ...]
    device: str
    places: tuple[str, ...] = ()
    value: Value | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unavailable:
    """This car has no such thing, not there, or not with such a value.

    Attributes:
        reason: ``thing``, ``place`` or ``value``.
        low: Smallest value that is possible, where the value is the reason.
        high: Largest value that is possible.
    """

    intent: Intent
    reason: Literal["thing", "place", "value"]
    device: str = ""
    low: float = 0.0
    high: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ByHand:
    """A drive function: no voice may touch it."""

    intent: Intent
    device: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unclear:
    """Two or more readings remain.

    Attributes:
        what: What is missing: the ``thing``, which ``option``, which ``place``, the ``act`` or the ``amount``.
        options: Names of devices or places to choose from.
    """

    intent: Intent
    what: Literal["thing", "option", "place", "act", "amount"]
    device: str = ""
    options: tuple[str, ...] = ()


Grounded = Wish | Unavailable | ByHand | Unclear
