"""What the assistant remembers of a conversation: the open question of a seat, and what was done last."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from zhixing.cockpit.wishes import ByHand, Unavailable, Unclear, Wish
from zhixing.datatypes.dialogue import Intent
from zhixing.datatypes.signal import SetRequest, Value, Zone
from zhixing.datatypes.units import ns_from_s

ANSWER_WITHIN_NS = ns_from_s(15.0)
"""A question is open for as long as the store's."""
EXPIRED_WITHIN_NS = ns_from_s(60.0)
"""For so long a late answer is told that it comes late."""
_MOST_DEEDS = 8
FOLLOW_UP_WITHIN_NS = ns_from_s(120.0)
"""For so long "a bit more" refers to what was done before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What the car has asked one seat.

    Attributes:
        kind: Whether it wants a yes for what a guard asked, for its own offer, or a missing word.
        intents: What the person wanted.
        expires_ns: After this the answer comes too late.
        token: Of the store's question, for ``confirm``.
        wishes: What a yes does.
        held: Requests that wait for the yes without needing one themselves.
        unclear: What is missing, for ``clarify``.
        impossible: What of the wish this car cannot.
        is_warning: Whether it asks because somebody has said that this is never to be done.
    """

    kind: Literal["confirm", "propose", "clarify"]
    intents: tuple[Intent, ...]
    expires_ns: int
    token: str = ""
    wishes: tuple[Wish, ...] = ()
    held: tuple[SetRequest, ...] = ()
    unclear: Unclear | None = None
    impossible: tuple[Unavailable | ByHand, ...] = ()
    is_warning: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """What a turn did.

    Attributes:
        zone: Whose wish it was.
        intents: What was wanted.
        wishes: What it became.
        before: Value of every asked signal before.
        time_ns: When.
    """

    zone: Zone
    intents: tuple[Intent, ...]
    wishes: tuple[Wish, ...]
    before: Mapping[str, Value]
    time_ns: int


@dataclass(slots=True)
class Memory:
    """Open questions by seat, and the last deeds."""

    questions: dict[Zone, Question] = field(default_factory=dict)
    deeds: dict[Zone, deque[Deed]] = field(default_factory=dict)
    latest: Deed | None = None

    def question(self, zone: Zone, now_ns: int) -> Question | None:
        """Return the open question of a seat, if it has not expired."""
        found = self.questions.get(zone)
        return found if found is not None and now_ns <= found.expires_ns else None

    def take_expired(self, zone: Zone, now_ns: int) -> Question | None:
        """Return and forget a question that has expired only lately."""
        found = self.questions.get(zone)
        if found is None or now_ns <= found.expires_ns:
            return None
        del self.questions[zone]
        return found if now_ns <= found.expires_ns + EXPIRED_WITHIN_NS else None

    def deed(self, zone: Zone, now_ns: int, *, of_anybody: bool = False) -> Deed | None:
        """Return what was done last for a seat (or for anybody), if a follow-up can still mean it."""
        own = self.deeds.get(zone)
        found = self.latest if of_anybody else own[-1] if own else None
        return found if found is not None and now_ns <= found.time_ns + FOLLOW_UP_WITHIN_NS else None

    def remember(self, deed: Deed) -> None:
        """Keep what was done."""
        self.deeds.setdefault(deed.zone, deque(maxlen=_MOST_DEEDS)).append(deed)
        self.latest = deed

    def places_of(self, device: str, zone: Zone, now_ns: int) -> tuple[str, ...]:
        """Return where a seat has had something done with a thing, as far back as nothing else came between."""
        found: list[str] = []
        for deed in reversed(self.deeds.get(zone, ())):
            wish = next((wish for wish in deed.wishes if wish.device == device), None)
            if wish is None or now_ns > deed.time_ns + FOLLOW_UP_WITHIN_NS:
                break
            found.extend(wish.places)
        return tuple(dict.fromkeys(found))
