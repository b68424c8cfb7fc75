"""What the device is not sure of, thought about by a language model that can do nothing but what the door grants.

The network is another thread's; here, on the car's thread, calls become wishes and go through the door. A question of
the door is put to the person: no tool answers it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from importlib import resources

from zhixing.cockpit.capabilities import act_tools, intent_of
from zhixing.cockpit.claims import Watch
from zhixing.cockpit.devices import load_devices
from zhixing.cockpit.grounding import Grounding
from zhixing.cockpit.hearing import Hearing
from zhixing.cockpit.preferences import Fact
from zhixing.cockpit.told import READ_TOOLS, car_state, tell
from zhixing.cockpit.wishes import ByHand, Unavailable, Unclear, Wish
from zhixing.datatypes.dialogue import Intent
from zhixing.datatypes.signal import Granted, NeedsYes, Outcome, Refused, SetRequest, Value, Zone
from zhixing.reasoning.conversation import Conversation
from zhixing.reasoning.reasoner import Reasoner
from zhixing.reasoning.thinking import Thinking
from zhixing.reasoning.thought import Asked, Finished, Said, Thought
from zhixing.reasoning.tools import ToolAnswer, ToolCall
from zhixing.signals.equipment import Equipment
from zhixing.signals.store import SignalStore

_MOST_ACTS = 12
"""More changes in one turn are no wish of anybody's."""


@dataclass(slots=True)
class Deliberated:
    """What has come of one utterance so far.

    Attributes:
        heard: The utterance.
        text: What the model has said so far.
        watch: Whether that names a deed.
        intents: What it wanted done.
        wishes: What that became.
        impossible: What of it this car cannot, or may not by voice.
        outcomes: The door's answers.
        before: Value of every asked signal before.
        held: What waits for the yes to a question.
        offer: What it wants to propose.
        warning: What somebody has said against that.
        kind: How it calls its answer.
        thought: Set when it is finished.
    """

    heard: Hearing
    text: str = ""
    watch: Watch = field(default_factory=Watch)
    intents: list[Intent] = field(default_factory=list)
    wishes: list[Wish] = field(default_factory=list)
    impossible: list[Unavailable | ByHand | Unclear] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    before: dict[str, Value] = field(default_factory=dict)
    held: list[SetRequest] = field(default_factory=list)
    offer: Wish | None = None
    warning: Fact | None = None
    kind: str = ""
    thought: Thought | None = None

    @property
    def asks(self) -> list[NeedsYes]:
        """What the door wants to know."""
        return [outcome for outcome in self.outcomes if isinstance(outcome, NeedsYes)]

    @property
    def has_acted(self) -> bool:
        """Whether something was granted."""
        return any(isinstance(outcome, Granted) for outcome in self.outcomes)


@dataclass(slots=True)
class _Open:
    thinking: Thinking
    result: Deliberated


class Deliberation:
    """Thoughts about what people said, at most one a seat.

    Args:
        reasoner: The language model.
        store: The door.
        grounding: From wishes to signals.
        read: What a signal is, or will be.
        objects: What somebody has said against a wish, or None.
    """

    def __init__(
        self,
        reasoner: Reasoner,
        store: SignalStore,
        grounding: Grounding,
        read: Callable[[str], Value],
        objects: Callable[[Wish], Fact | None] = lambda _: None,
    ) -> None:
        self._reasoner = reasoner
        self._store = store
        self._grounding = grounding
        self._read = read
        self._objects = objects
        self._tools = (*act_tools(load_devices(), Equipment(store)), *READ_TOOLS)
        system = resources.files("zhixing.cockpit").joinpath("system.txt").read_text("utf-8")
        self._system = system
        self._talk: dict[Zone, Conversation] = {}
        self._open: dict[Zone, _Open] = {}
        reasoner.warm_up()

    @property
    def is_thinking(self) -> bool:
        """Whether anything is being thought about."""
        return bool(self._open)

    def begin(self, heard: Hearing, facts: str) -> None:
        """Begin to think about an utterance; a thought for the same seat is cancelled.

        Args:
            heard: What was said.
            facts: What is known about the person.
        """
        zone = heard.utterance.zone
        self.cancel(zone)
        state = car_state(self._store, zone, heard.lang, facts)
        talk = self._talk.get(zone, Conversation(self._system)).with_words(heard.utterance.text, state=state)
        self._talk[zone] = talk
        thinking = self._reasoner.start(talk.messages(), self._tools)
        self._open[zone] = _Open(thinking, Deliberated(heard))

    def cancel(self, zone: Zone) -> Deliberated | None:
        """Stop thinking for a seat, as the person speaks again; return how far it has come."""
        waiting = self._open.pop(zone, None)
        if waiting is None:
            return None
        waiting.thinking.cancel()
        return waiting.result

    def wait(self, timeout_s: float) -> None:
        """Wait until something may have come; for callers without a screen."""
        for waiting in list(self._open.values()):
            waiting.thinking.wait(timeout_s)

    def poll(self) -> Deliberated | None:
        """Carry out what was asked for, and return a thought that has come further; never waits."""
        for zone, waiting in list(self._open.items()):
            has_news = False
            for event in waiting.thinking.poll():
                match event:
                    case Said(text):
                        waiting.result.text += text
                        has_news = True
                    case Asked(calls):
                        waiting.thinking.answer(tuple(self._carry_out(waiting.result, call) for call in calls))
                    case Finished(thought):
                        waiting.result.thought, waiting.result.text = thought, thought.text
                        self._talk[zone] = self._talk[zone].with_thought(thought)
                        self._open.pop(zone, None)
                        return waiting.result
            if has_news:
                self._open[zone] = self._open.pop(zone)  # the others come first next time
                return waiting.result
        return None

    def _carry_out(self, result: Deliberated, call: ToolCall) -> ToolAnswer:
        told = tell(call, self._store, self._grounding, result.heard.lang)
        if told is not None:
            return ToolAnswer(call.call_id, json.dumps(told, ensure_ascii=False))
        if call.name == "close_turn":
            result.kind = str(call.arguments["kind"])
            return ToolAnswer(call.call_id, '{"status": "noted"}')
        return ToolAnswer(call.call_id, json.dumps(self._act(result, call), ensure_ascii=False))

    def _act(self, result: Deliberated, call: ToolCall) -> dict[str, object]:
        zone, lang = result.heard.utterance.zone, result.heard.lang
        if len(result.intents) >= _MOST_ACTS or result.asks:
            return {"status": "not done", "why": "one thing at a time: answer the person first"}
        intent = intent_of(call, load_devices())
        grounded = self._grounding.ground(intent, zone, self._read)
        if not isinstance(grounded, Wish):
            result.intents.append(intent)
            result.impossible.append(grounded)
            return {"status": "not possible", "why": _why_not(grounded)}
        wish = replace(grounded, requests=tuple(replace(r, source="model") for r in grounded.requests))
        warning = self._objects(wish)
        if call.arguments.get("offer_only") or warning is not None:
            if result.offer is not None:
                return {"status": "not done", "why": "one offer at a time"}
            result.offer, result.warning = wish, warning
            return {"status": "offered", "note": "the car asks the person in its own words; a yes carries it out"}
        result.intents.append(intent)
        result.wishes.append(wish)
        result.before = {request.path: self._read(request.path) for request in wish.requests} | result.before
        needing = self._store.needing_yes(wish.requests)
        outcomes = self._store.request_all(needing)
        held = tuple(request for request in wish.requests if request not in needing)
        if any(isinstance(outcome, NeedsYes) for outcome in outcomes):
            result.outcomes.extend(outcomes)
            result.held.extend(held)
            return {"status": "needs a yes", "question": " ".join(o.ask.in_lang(lang) for o in result.asks)}
        outcomes += self._store.request_all(held)
        result.outcomes.extend(outcomes)
        refused = [outcome for outcome in outcomes if isinstance(outcome, Refused)]
        if refused:
            return {"status": "refused", "rule": refused[0].rule, "why": refused[0].say.in_lang(lang)}
        return {"status": "done", "value": {r.path.rpartition("Vehicle.")[2]: r.value for r in wish.requests}}


def _why_not(grounded: Unavailable | ByHand | Unclear) -> str:
    match grounded:
        case ByHand():
            return "only the driver, by hand"
        case Unclear():
            return f"say which {grounded.what}"
        case Unavailable(reason="value"):
            return f"possible is {grounded.low:g} to {grounded.high:g}"
        case _:
            return f"this car has no such {grounded.reason}"
