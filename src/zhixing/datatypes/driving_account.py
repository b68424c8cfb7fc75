"""What the car has done lately and why: the memory behind an answer to "why did you brake?"."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from zhixing.datatypes.localized import Localized
from zhixing.datatypes.plan import Decision

Deed = Literal["braked", "stood", "changed-lane"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """A decision, and how to tell it beside a deed.

    Attributes:
        decision: As the driver, or the check behind it, made it.
        because: The same as a part of a sentence: in Mandarin the clause before 所以; in English and German what
            follows the deed, with its own blank or mark before it.
    """

    decision: Decision
    because: Localized


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """One thing that the car did, long enough for people to notice.

    Attributes:
        deed: What.
        began_ns: From when, on the road's clock.
        ended_ns: Until when; None while it lasts.
        from_mps: Speed at its beginning.
        to_mps: Speed at its end, or now.
        hardest_mps2: Strongest deceleration in it, positive.
        cause: The decision that most of it was due to: of the speed lost, or of the time.
    """

    deed: Deed
    began_ns: int
    ended_ns: int | None
    from_mps: float
    to_mps: float
    hardest_mps2: float
    cause: Cause


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What a driver can be asked about.

    Attributes:
        time_ns: Now, on the road's clock.
        speed_mps: Now.
        limit_mps: Signed speed limit here, None where none is known.
        wished_mps: Not faster than this, because somebody wished it; infinity where nobody did.
        cause: Why the car does what it does now.
        episodes: What it did, oldest first; the last may still last.
    """

    time_ns: int
    speed_mps: float
    limit_mps: float | None
    cause: Cause
    wished_mps: float = math.inf
    episodes: tuple[Episode, ...] = ()
