"""The cabin of a car: signals, the vehicle under them and the assistant, on one clock."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from zhixing.cockpit.assistant import Assistant
from zhixing.cockpit.preferences import Preferences
from zhixing.cockpit.readback import READ_BACK_WITHIN_NS
from zhixing.cockpit.speech import speech_in
from zhixing.datatypes.dialogue import Turn, Utterance
from zhixing.datatypes.driving_account import Account
from zhixing.datatypes.localized import Lang
from zhixing.datatypes.signal import Zone
from zhixing.datatypes.units import NS_PER_S, ns_from_s
from zhixing.reasoning.reasoner import Reasoner
from zhixing.signals.catalogue import Catalogue, load_catalogue
from zhixing.signals.guards import load_guards
from zhixing.signals.store import SignalStore
from zhixing.vehicle.interface import Vehicle
from zhixing.vehicle.virtual import VirtualVehicle

_log = logging.getLogger(__name__)
_STEP_S = 0.1
_THINK_S = 0.25


class SimulatedClock:
    """Time that passes when it is told to."""

    def __init__(self, time_ns: int = 0) -> None:
        self.time_ns = time_ns

    def __call__(self) -> int:
        """Return now, in nanoseconds."""
        return self.time_ns


V = TypeVar("V", bound=Vehicle)


@dataclass(frozen=True, slots=True, eq=False)
class Cabin(Generic[V]):
    """Everything inside the car that can be asked for something."""

    clock: SimulatedClock
    store: SignalStore
    vehicle: V
    assistant: Assistant

    def hear(self, text: str, zone: Zone, lang: Lang | None = None) -> Turn:
        """Say something to the assistant; the turn may still be ``working``, see :meth:`finish`."""
        utterance = Utterance(text=text, zone=zone, lang=lang, time_ns=self.clock())
        try:
            return self.assistant.hear(utterance)
        except Exception:  # no sentence may stop a car: the log has it, and the person hears of it
            _log.exception("an utterance could not be answered")
            reply = speech_in(lang or "zh").say("broken")
            return Turn(utterance=utterance, lang=lang or "zh", outcome="failed", reply=reply)

    def finish(self, turn: Turn) -> Turn:
        """Let time pass until the vehicle has done what was granted, and return the finished turn."""
        while turn.outcome == "thinking":  # in the world's time: the car stands still meanwhile
            self.assistant.wait(_THINK_S)
            turn = _newer(turn, self.assistant.settle())
        deadline_ns = self.clock() + READ_BACK_WITHIN_NS + NS_PER_S
        while turn.outcome == "working" and self.clock() < deadline_ns:
            if self.vehicle.is_real_time:
                time.sleep(_STEP_S)
            turn = _newer(turn, self.step(_STEP_S))
        return turn

    def step(self, dt_s: float) -> Turn | None:
        """Let time pass; return a turn that the vehicle has just finished."""
        self.clock.time_ns += ns_from_s(dt_s)
        self.vehicle.step(dt_s)
        try:
            return self.assistant.settle()
        except Exception:  # a turn is lost, and not the drive
            _log.exception("a turn could not be finished")
            return None


def _newer(turn: Turn, news: Turn | None) -> Turn:
    """Return what has come of a turn; news of another's is not for its speaker."""
    return news if news is not None and news.utterance is turn.utterance else turn


VirtualCabin = Cabin[VirtualVehicle]


def make_cabin(reasoner: Reasoner | None = None, preferences: Path | None = None) -> VirtualCabin:
    """Return the default car of the cockpit exam: parked, awake, everything closed.

    Args:
        reasoner: A language model for what the device is not sure of, or None.
        preferences: File with what people have said about themselves, or None.

    Raises:
        InputError: The file is there and is none of ours.
    """
    return make_cabin_over(lambda store, _: VirtualVehicle(store), load_catalogue(), reasoner, preferences)


def make_cabin_over(
    open_vehicle: Callable[[SignalStore, Callable[[], int]], V],
    catalogue: Catalogue,
    reasoner: Reasoner | None = None,
    preferences: Path | None = None,
    account: Callable[[], Account] | None = None,
) -> Cabin[V]:
    """Return the cabin of a car with a given vehicle underneath.

    Args:
        open_vehicle: Puts the vehicle under a store with its clock.
        catalogue: Which signals there are.
        reasoner: A language model for what the device is not sure of, or None.
        preferences: File with what people have said about themselves, or None.
        account: What the driver of software can be asked about, None where none drives.

    Raises:
        InputError: The file is there and is none of ours.
    """
    clock = SimulatedClock()
    store = SignalStore(catalogue, load_guards(), clock)
    vehicle = open_vehicle(store, clock)
    return Cabin(clock, store, vehicle, Assistant(store, clock, reasoner, Preferences(preferences), account))


def converse(cabin: Cabin[Any], sentences: list[str], zone: Zone, lang: Lang | None) -> list[Turn]:
    """Say sentences one after the other and return the finished turns.

    Every sentence is heard when the vehicle has done what the one before asked for.
    """
    return [cabin.finish(cabin.hear(text, zone, lang)) for text in sentences]
