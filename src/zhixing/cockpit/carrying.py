"""From wishes to the door and back to words: what was done, refused, asked, or is not possible."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from zhixing.cockpit.deliberation import Deliberated
from zhixing.cockpit.grounding import Grounding
from zhixing.cockpit.hearing import Hearing
from zhixing.cockpit.memory import ANSWER_WITHIN_NS, Deed, Memory, Question
from zhixing.cockpit.readback import ReadBack
from zhixing.cockpit.remarks import offer
from zhixing.cockpit.speech import Speech
from zhixing.cockpit.wishes import ByHand, Grounded, Unavailable, Unclear, Wish
from zhixing.datatypes.dialogue import Intent, Turn, TurnOutcome
from zhixing.datatypes.signal import Granted, NeedsYes, Outcome, Refused, SetRequest, Value, Zone
from zhixing.signals.store import SignalStore

_KINDS: dict[str, TurnOutcome] = {"unavailable": "unavailable", "clarify": "clarify", "ignored": "ignored"}


class Carrier:
    """Carries wishes to the door of one store.

    Args:
        store: The door.
        memory: Where questions and deeds are kept.
        clock: Now, in nanoseconds.
    """

    def __init__(self, store: SignalStore, memory: Memory, clock: Callable[[], int]) -> None:
        self._store = store
        self._memory = memory
        self._clock = clock
        self.grounding = Grounding(store.catalogue)
        self.read_back = ReadBack(store, clock)

    def read(self, path: str) -> Value:
        """Return what a signal will be when the vehicle has done what was granted."""
        wanted = self._store.target(path)
        return self._store.value(path) if wanted is None else wanted

    def ground(self, intent: Intent, zone: Zone) -> Grounded:
        """Return what a wish means for a speaker."""
        return self.grounding.ground(intent, zone, self.read)

    def ask_door(
        self,
        heard: Hearing,
        intents: tuple[Intent, ...],
        grounded: tuple[Grounded, ...],
        restored: tuple[SetRequest, ...],
        replies: list[str] | None = None,
    ) -> Turn:
        """Ask the door for everything that was wished, and return what is said about its answers.

        Args:
            heard: The utterance.
            intents: What was wanted.
            grounded: What it means, one for each intent.
            restored: What is set back beside it.
            replies: Sentences that answer questions beside the wishes.
        """
        zone, speech = heard.utterance.zone, heard.speech
        unclear = next((one for one in grounded if isinstance(one, Unclear)), None)
        if unclear is not None:
            self._memory.questions[zone] = Question(
                kind="clarify", intents=intents, unclear=unclear, expires_ns=self._clock() + ANSWER_WITHIN_NS
            )
            return heard.turn("clarify", speech.unclear(unclear), intents)
        wishes = tuple(one for one in grounded if isinstance(one, Wish))
        impossible = tuple(one for one in grounded if isinstance(one, Unavailable | ByHand))
        by_path = {request.path: request for request in restored}
        by_path |= {request.path: request for wish in wishes for request in wish.requests}
        requests = tuple(by_path.values())
        before = {path: self.read(path) for path in by_path}
        needing = self._store.needing_yes(requests)
        held = tuple(request for request in requests if request not in needing)
        outcomes = self._store.request_all(needing)
        if any(isinstance(outcome, NeedsYes) for outcome in outcomes):
            return self.ask_yes(heard, intents, wishes, outcomes, held)
        outcomes += self._store.request_all(held)
        return self.report(heard, intents, wishes, impossible, outcomes, before, replies or [])

    def report(
        self,
        heard: Hearing,
        intents: tuple[Intent, ...],
        wishes: tuple[Wish, ...],
        impossible: tuple[Unavailable | ByHand, ...],
        outcomes: tuple[Outcome, ...],
        before: dict[str, Value],
        replies: list[str] | None = None,
        text: str = "",
    ) -> Turn:
        """Return what became of wishes, in words; the turn is finished when the vehicle has done them.

        Args:
            heard: The utterance.
            intents: What was wanted.
            wishes: What it became.
            impossible: What of it this car cannot, or may not by voice.
            outcomes: The door's answers.
            before: Values before.
            replies: Sentences that come first.
            text: What a language model says about what was done; ours where it is empty.
        """
        speech = heard.speech
        refused = {o.request.path: o for o in outcomes if isinstance(o, Refused)}
        granted = [o.request for o in outcomes if isinstance(o, Granted)]
        paths = {request.path for request in granted}
        done = [w for w in wishes if not w.requests or any(r.path in paths for r in w.requests)]
        said = list(replies or [])
        if done:
            self._memory.remember(
                Deed(zone=heard.utterance.zone, intents=intents, wishes=wishes, before=before, time_ns=self._clock())
            )
            is_new = any(before.get(request.path) != request.value for request in granted)
            if text:
                said.append(text)
            elif any(wish.intent.name == "undo" for wish in done):
                said.append(speech.say("undone"))
            elif what := speech.joined(
                [speech.what(wish, lasting=not is_new) for wish in done if wish.intent.name != "keep"]
            ):
                said.append(speech.say("done" if is_new else "already", what=what))
            else:
                said.append(speech.say("nothing"))
        said.extend(dict.fromkeys(o.say.in_lang(heard.lang) for o in refused.values()))
        said.extend(_impossible(one, speech) for one in impossible)
        is_forbidden = bool(refused) or any(isinstance(one, ByHand) for one in impossible)
        final: TurnOutcome = "done"
        if done and (impossible or refused):
            final = "partial"
        elif not done:
            final = "refused" if is_forbidden else "unavailable"
        turn = heard.turn(final, speech.sentences(said), intents, tuple(o.request for o in outcomes), outcomes)
        return self.read_back.wait(turn, final, tuple(done))

    def ask_yes(
        self,
        heard: Hearing,
        intents: tuple[Intent, ...],
        wishes: tuple[Wish, ...],
        outcomes: tuple[Outcome, ...],
        held: tuple[SetRequest, ...],
    ) -> Turn:
        """Put the door's questions to the speaker, all that one yes will answer."""
        asked = [outcome for outcome in outcomes if isinstance(outcome, NeedsYes)]
        zone, requests = heard.utterance.zone, tuple(outcome.request for outcome in outcomes)
        self._memory.questions[zone] = Question(
            kind="confirm",
            intents=intents,
            wishes=wishes,
            token=asked[0].token,
            held=held,
            expires_ns=min(asked[0].expires_ns, self._clock() + ANSWER_WITHIN_NS),
        )
        asks = dict.fromkeys(outcome.ask.in_lang(heard.lang) for outcome in asked)
        return heard.turn("confirm", heard.speech.sentences(list(asks)), intents, (*requests, *held), outcomes)

    def propose(self, heard: Hearing, intents: tuple[Intent, ...]) -> Turn:
        """Offer one action that answers a remark."""
        zone, speech = heard.utterance.zone, heard.speech
        remark = intents[0]
        if remark.places and zone.value.startswith("rear") == (remark.places == ("rear",)):
            remark = replace(remark, places=())  # "back here"
        wish = offer(remark, lambda intent: self.ground(intent, zone), self._would_change)
        if wish is None:
            return heard.turn("clarify", speech.say("propose_none"), intents)
        return self.put_offer(heard, wish, intents)

    def put_offer(self, heard: Hearing, wish: Wish, intents: tuple[Intent, ...], text: str = "") -> Turn:
        """Ask whether a wish shall be carried out, in given words or in our own."""
        zone, speech = heard.utterance.zone, heard.speech
        self._memory.questions[zone] = Question(
            kind="propose", intents=(wish.intent,), wishes=(wish,), expires_ns=self._clock() + ANSWER_WITHIN_NS
        )
        return heard.turn("propose", text or speech.say("propose", offer=speech.offer(wish)), intents)

    def conclude(self, result: Deliberated) -> Turn:
        """Return the turn of a thought that has ended; its words are the model's, the rules' are ours."""
        heard, thought = result.heard, result.thought
        speech, intents = heard.speech, tuple(result.intents)
        wishes, outcomes = tuple(result.wishes), tuple(result.outcomes)
        if result.asks:
            return replace(self.ask_yes(heard, intents, wishes, outcomes, tuple(result.held)), by="llm")
        if wishes or result.impossible:
            impossible = tuple(one for one in result.impossible if not isinstance(one, Unclear))
            turn = self.report(heard, intents, wishes, impossible, outcomes, result.before, text=result.text)
            return replace(turn, by="llm")
        if result.offer is not None:
            return replace(self.put_offer(heard, result.offer, intents, result.text), by="llm")
        if thought is None or thought.outcome != "answered" or not result.text:
            return replace(heard.turn("unavailable", speech.say("no_answer")), by="llm")
        outcome: TurnOutcome = _KINDS.get(result.kind, "answered")
        return replace(heard.turn(outcome, "" if outcome == "ignored" else result.text), by="llm")

    def _would_change(self, wish: Wish) -> bool:
        return any(self.read(request.path) != request.value for request in wish.requests)

    def before(self, wishes: tuple[Wish, ...]) -> dict[str, Value]:
        """Return the values that wishes would change."""
        return {request.path: self.read(request.path) for wish in wishes for request in wish.requests}


def _impossible(one: Unavailable | ByHand, speech: Speech) -> str:
    return speech.by_hand(one.device) if isinstance(one, ByHand) else speech.unavailable(one)
