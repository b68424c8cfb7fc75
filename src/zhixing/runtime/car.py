"""The running car: a driver in the city, a cabin, and what a screen sees of them.

One object, one thread: whoever owns the car calls :meth:`Car.step` every 0.1 s and :meth:`Car.handle` in between.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from zhixing import __version__
from zhixing.cockpit.remembering import told
from zhixing.cockpit.speech import speech_in
from zhixing.datatypes.dialogue import UNFINISHED, Turn, Utterance
from zhixing.datatypes.localized import LANGS
from zhixing.datatypes.signal import NeedsYes, Outcome, Refused
from zhixing.datatypes.tracks import RoadUser
from zhixing.datatypes.units import s_from_ns
from zhixing.driving.safety import SafetyChecker
from zhixing.errors import InputError, RecordingError, ZhixingError
from zhixing.reasoning.reasoner import Reasoner
from zhixing.runtime.cabin import make_cabin_over
from zhixing.runtime.driver_signals import DriverSignals
from zhixing.runtime.recording import Recorder
from zhixing.runtime.ride import Ride
from zhixing.runtime.road_view import road_message
from zhixing.runtime.underneath import catalogue_of, make_broker, open_vehicle
from zhixing.runtime.wire import (
    AnswerMessage,
    ForgetMessage,
    RecallMessage,
    SayMessage,
    SetMessage,
    complaint,
    parse_message,
)
from zhixing.settings import Settings
from zhixing.simulation.world import STEP_S

_NAMES = {str(int(user)): user.name.lower() for user in RoadUser}


class Car:
    """A car that drives itself through a city and can be talked to.

    Args:
        settings: Which city, how many road users, which planner.
        record: Where to write the recording, or None.

    Raises:
        PluginError: The planner is not registered, or SUMO is wanted and not installed.
        MapError: The map cannot be read or driven on.
        ConfigError: The language model's server or key will not do.
        InputError: The file of preferences is none of ours.
        ServiceError: A language model is wanted and its client is not installed.
    """

    def __init__(self, settings: Settings, record: Path | None = None) -> None:
        self.ride = Ride(settings.city, settings.driver.planner, SafetyChecker())
        reasoner = Reasoner(settings.llm) if settings.assistant.language_model else None
        kept = settings.assistant.preferences
        self._cabin = make_cabin_over(
            lambda store, clock: open_vehicle(settings, store, clock),
            catalogue_of(settings),
            reasoner,
            Path(kept).expanduser() if kept else None,
            self.ride.account,
        )
        self._driver = DriverSignals(self._cabin.store, self.ride)
        self.companion = make_broker(settings.broker, self._cabin.store, self._cabin.clock)
        self._broadcasts: list[dict[str, Any]] = []
        self._turn_number = 0
        self._numbers: dict[int, tuple[Utterance, int, str]] = {}
        self.recording_error: RecordingError | None = None
        self._road = road_message(self.ride.world.road)
        self._recorder = Recorder(record, self.ride, self._cabin.store) if record else None
        self._cabin.vehicle.drive(**self.ride.motion())

    def hello(self) -> dict[str, Any]:
        """Return what a screen must know first."""
        return {
            "type": "hello",
            "version": __version__,
            "langs": list(LANGS),
            "road_users": _NAMES,
            "signals": [
                {
                    "path": leaf.path,
                    "kind": leaf.kind,
                    "datatype": leaf.datatype,
                    "unit": leaf.unit,
                    "min": leaf.min,
                    "max": leaf.max,
                    "allowed": list(leaf.allowed),
                    "description": leaf.description,
                }
                for leaf in self._cabin.store.catalogue.values()
            ],
        }

    def road_message(self) -> dict[str, Any]:
        """Return the map to draw."""
        return self._road

    def step(self) -> None:
        """Let 0.1 s pass on the road and in the cabin."""
        self._driver.step()
        self.ride.step()
        self._cabin.vehicle.drive(**self.ride.motion())
        finished = self._cabin.step(STEP_S)
        if finished is not None:
            self._announce(finished)
        self._record(lambda recorder: recorder.step())

    def frame(self) -> dict[str, Any]:
        """Return what is on the road now."""
        return self.ride.frame()

    def signals_message(self, revision: int) -> tuple[int, dict[str, Any] | None]:
        """Return the newest revision and what has changed since an older one, or None if nothing has."""
        changes = self._cabin.store.changes_since(revision)
        if not changes.values:
            return changes.revision, None
        return changes.revision, {
            "type": "signals",
            "values": changes.values,
            "targets": changes.targets,
            "stale": sorted(changes.stale),
        }

    def handle(self, message: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Do what a screen asks and return the answers for that screen; whatever it sends, the car goes on."""
        message_id = message.get("id", "") if isinstance(message, Mapping) else ""
        try:
            match parse_message(message):
                case SetMessage(id_, request):
                    return [_outcome_message(id_, self._cabin.store.request(request))]
                case AnswerMessage(id_, "confirm", token, zone):
                    outcomes = self._cabin.store.confirm(token, zone)
                    return [_outcome_message(id_, o) for o in outcomes] or [complaint(_NO_QUESTION, id_)]
                case AnswerMessage(id_, "deny", token, zone):
                    self._cabin.store.deny(token, zone)
                    return []
                case SayMessage() as said:
                    self._hear(said)
                case RecallMessage():
                    return [self._facts_message()]
                case ForgetMessage(_, number):
                    self._cabin.assistant.preferences.forget((number,))
                    self._broadcasts.append(self._facts_message())
        except ZhixingError as error:
            return [complaint(error, message_id)]
        return []

    def take_broadcasts(self) -> list[dict[str, Any]]:
        """Return what every screen shall hear, once."""
        taken, self._broadcasts = self._broadcasts, []
        return taken

    def close(self) -> None:
        """Finish the recording and let go of the vehicle."""
        self._driver.close()
        self._cabin.vehicle.close()
        self.ride.close()
        self._record(lambda recorder: recorder.close())

    def _record(self, write: Callable[[Recorder], None]) -> None:
        """Write to the recording; a full disk ends the recording, never the drive."""
        if self._recorder is None:
            return
        try:
            write(self._recorder)
        except RecordingError as error:
            self._recorder, self.recording_error = None, error
            self._broadcasts.append(complaint(error, ""))

    def _hear(self, said: SayMessage) -> None:
        self._turn_number += 1
        turn = self._cabin.hear(said.text, said.zone, said.lang)
        # By identity: two people may say the same at the same moment. Kept with it, so that no other takes its place.
        self._numbers[id(turn.utterance)] = (turn.utterance, self._turn_number, said.message_id)
        self._announce(turn)
        if turn.intents and turn.intents[0].name in ("prefer", "forget"):
            self._broadcasts.append(self._facts_message())

    def _facts_message(self) -> dict[str, Any]:
        """Return what the car remembers of its people, in every language."""
        facts = self._cabin.assistant.preferences.all()
        shown = [
            {
                "number": fact.number,
                "person": fact.person,
                "said": fact.said,
                "text": {lang: told(fact, speech_in(lang)) for lang in LANGS},
            }
            for fact in facts
        ]
        return {"type": "facts", "facts": shown}

    def _announce(self, turn: Turn) -> None:
        _, number, message_id = self._numbers[id(turn.utterance)]
        if turn.outcome not in UNFINISHED:
            del self._numbers[id(turn.utterance)]
        shown = {
            "type": "turn",
            "turn": number,
            "id": message_id,
            "text": turn.utterance.text,
            "lang": turn.lang,
            "zone": turn.utterance.zone.value,
            "outcome": turn.outcome,
            "reply": turn.reply,
        }
        self._broadcasts.append(shown)
        if turn.outcome not in UNFINISHED:
            self._record(lambda recorder: recorder.turn(shown))


_NO_QUESTION = InputError("this question is not open any more", hint="Ask for it again.")


def _outcome_message(message_id: str, outcome: Outcome) -> dict[str, Any]:
    message: dict[str, Any] = {
        "type": "outcome",
        "id": message_id,
        "kind": outcome.kind,
        "path": outcome.request.path,
        "value": outcome.request.value,
    }
    match outcome:
        case Refused(rule=rule, say=say):
            message |= {"rule": rule, "say": {lang: say.in_lang(lang) for lang in LANGS}}
        case NeedsYes(rule=rule, ask=ask, token=token, expires_ns=expires_ns):
            message |= {
                "rule": rule,
                "ask": {lang: ask.in_lang(lang) for lang in LANGS},
                "token": token,
                "expires_s": s_from_ns(expires_ns),
            }
        case _:
            pass
    return message
