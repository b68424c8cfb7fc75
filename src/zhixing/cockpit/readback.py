"""Whether the vehicle has done what was granted: "done" is said only after it has reported it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Set
from dataclasses import dataclass, replace

from zhixing.cockpit.devices import load_devices
from zhixing.cockpit.speech import speech_in
from zhixing.cockpit.wishes import Wish
from zhixing.datatypes.dialogue import Turn, TurnOutcome
from zhixing.datatypes.signal import Granted
from zhixing.datatypes.units import ns_from_s
from zhixing.signals.store import SignalStore

READ_BACK_WITHIN_NS = ns_from_s(30.0)
"""The slowest motor, a seat on its rail, takes 10 s; after three times that something is broken."""
_MOST_OPEN_TURNS = 32


@dataclass(frozen=True, slots=True)
class _OpenTurn:
    turn: Turn
    final: TurnOutcome
    wishes: tuple[Wish, ...]
    deadline_ns: int


class ReadBack:
    """Turns that wait for the vehicle.

    Args:
        store: Where the vehicle reports.
        clock: Now, in nanoseconds.
    """

    def __init__(self, store: SignalStore, clock: Callable[[], int]) -> None:
        self._store = store
        self._clock = clock
        self._open: deque[_OpenTurn] = deque()

    def wait(self, turn: Turn, final: TurnOutcome, wishes: tuple[Wish, ...]) -> Turn:
        """Return a turn as it stands: ``working`` where the vehicle has still to do something, else finished.

        Args:
            turn: With its outcomes.
            final: Its outcome when the vehicle has done everything.
            wishes: What was granted.
        """
        granted = [outcome.request for outcome in turn.outcomes if isinstance(outcome, Granted)]
        if all(self._store.target(request.path) is None for request in granted):
            return turn
        self._open.append(_OpenTurn(turn, final, wishes, self._clock() + READ_BACK_WITHIN_NS))
        if len(self._open) > _MOST_OPEN_TURNS:  # the oldest is not waited for any longer, and says so
            self._open[0] = replace(self._open[0], deadline_ns=0)
        return replace(turn, outcome="working", reply=speech_in(turn.lang).say("working"))

    def settle(self) -> Turn | None:
        """Return a turn that the vehicle has finished, or one that it should have finished by now; else None."""
        for index, waiting in enumerate(self._open):
            speech = speech_in(waiting.turn.lang)
            granted = [o.request for o in waiting.turn.outcomes if isinstance(o, Granted)]
            left = [r for r in granted if self._store.target(r.path) == r.value]
            undone = [r for r in granted if r not in left and self._store.value(r.path) != r.value]
            if left and self._clock() <= waiting.deadline_ns:
                continue
            del self._open[index]
            if not left and not undone:
                return replace(waiting.turn, outcome=waiting.final)
            late = {request.path for request in (*left, *undone)}
            wrong = next((wish for wish in waiting.wishes if any(r.path in late for r in wish.requests)), None)
            if wrong is None:  # only what was set back beside the wish came otherwise
                return replace(waiting.turn, outcome=waiting.final)
            # The vehicle did not do it in time, somebody wanted something else meanwhile, or nobody did: then the
            # vehicle itself has turned round, because something is in the way.
            key = "failed" if left else "overridden" if self._was_decided_again(waiting.turn, late) else "blocked"
            if wrong.device == "driving":
                reply = speech.say(f"{key}_driving")
            else:
                reply = speech.say(key, thing=speech.thing(wrong.device, _places_of(wrong, late)))
            return replace(waiting.turn, outcome="failed", reply=reply)
        return None

    def _was_decided_again(self, turn: Turn, paths: Set[str]) -> bool:
        """Return whether the door has decided on one of some signals since a turn."""
        own = {id(outcome) for outcome in turn.outcomes}
        for entry in reversed(self._store.audit):
            if id(entry.outcome) in own:
                return False
            if entry.outcome.request.path in paths:
                return True
        return True  # so long ago that the door has forgotten


def _places_of(wish: Wish, paths: Set[str]) -> tuple[str, ...]:
    """Return where of a wish some signals are: of all windows, the one that is stuck."""
    device = load_devices().by_name.get(wish.device)
    if device is None or not device.scheme:
        return wish.places
    parts = load_devices().schemes[device.scheme]
    found = tuple(place for place in wish.places if device.path.format(parts.get(place, "")) in paths)
    return found or wish.places
