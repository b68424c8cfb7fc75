"""From wishes to the door and back to words: what was done, refused, asked, or is not possible."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from zhixing.cockpit.claims import claims_a_deed
from zhixing.cockpit.deliberation import Deliberated
from zhixing.cockpit.grounding import Grounding
from zhixing.cockpit.hearing import Hearing
from zhixing.cockpit.memory import ANSWER_WITHIN_NS, Deed, Memory, Question
from zhixing.cockpit.preferences import Fact, Preferences
from zhixing.cockpit.readback import ReadBack
from zhixing.cockpit.remarks import offer
from zhixing.cockpit.remembering import Remembering, told
from zhixing.cockpit.speech import Speech
from zhixing.cockpit.wishes import ByHand, Grounded, Unavailable, Unclear, Wish
from zhixing.datatypes.dialogue import Intent, Turn, TurnOutcome
from zhixing.datatypes.signal import Granted, NeedsYes, Outcome, Refused, SetRequest, Value, Zone
from zhixing.errors import UnknownSignalError
from zhixing.signals.equipment import Equipment
from zhixing.signals.store import SignalStore

_KINDS: dict[str, TurnOutcome] = {"unavailable": "unavailable", "clarify": "clarify", "ignored": "ignored"}


class Carrier:
    """Carries wishes to the door of one store.

    Args:
        store: The door.
        memory: Where questions and deeds are kept.
        clock: Now, in nanoseconds.
        preferences: What people have said, some of it against a wish.
    """

    def __init__(self, store: SignalStore, memory: Memory, clock: Callable[[], int], preferences: Preferences) -> None:
        self._store = store
        self._memory = memory
        self._clock = clock
        self.equipment = Equipment(store)
        self.known = Equipment(store, only_known=True)
        self.grounding = Grounding(self.equipment)
        self.remembering = Remembering(preferences, self.grounding, self.equipment, self.read)
        self.read_back = ReadBack(store, clock)

    def read(self, path: str) -> Value:
        """Return what a signal will be when the vehicle has done what was granted.

        Raises:
            UnknownSignalError: No signal has this path, or the car has never reported it.
        """
        wanted = self._store.target(path)
        value = self._store.value(path) if wanted is None else wanted
        if value is None or isinstance(value, tuple):
            raise UnknownSignalError(f"{path} has never been reported", hint="Ask for what the car has.")
        return value

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
        *,
        despite: bool = False,
    ) -> Turn:
        """Ask the door for everything that was wished, and return what is said about its answers.

        Args:
            heard: The utterance.
            intents: What was wanted.
            grounded: What it means, one for each intent.
            restored: What is set back beside it.
            replies: Sentences that answer questions beside the wishes.
            despite: Whether somebody wants it although it was said never to be done.
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
        every = (*wishes, Wish(intent=Intent(name="undo"), requests=restored, device=""))
        fact = next(filter(None, map(self.remembering.objection, every)), None) if not despite else None
        if fact is not None:
            undone = (every[-1],) if restored else ()
            return self._warn(heard, intents, (*wishes, *undone), fact)
        by_path = {request.path: request for request in restored}
        by_path |= {request.path: request for wish in wishes for request in wish.requests}
        requests = tuple(by_path.values())
        before = {path: self.read(path) for path in by_path}
        needing = self._store.needing_yes(requests)
        held = tuple(request for request in requests if request not in needing)
        outcomes = self._store.request_all(needing)
        if any(isinstance(outcome, NeedsYes) for outcome in outcomes):
            return self.ask_yes(heard, intents, wishes, outcomes, held, impossible)
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
        done = self._granted(wishes, granted)
        said = list(replies or [])
        if done:
            self._remember(heard, intents, tuple(done), granted, before)
            is_new = any(before.get(request.path) != request.value for request in granted)
            if text and not (refused or impossible):
                said.append(text)
            elif any(wish.intent.name == "undo" for wish in done):
                said.append(speech.say("undone"))
            elif what := speech.joined(
                [speech.what(wish, unchanged=not is_new) for wish in done if wish.intent.name != "keep"]
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

    def _granted(self, wishes: Sequence[Wish], granted: Sequence[SetRequest]) -> list[Wish]:
        """Return what of the wishes the door has granted: a wish for all windows may become one for some."""
        values = {request.path: request.value for request in granted}
        found: list[Wish] = []
        for wish in wishes:
            kept = tuple(r for r in wish.requests if values.get(r.path) == r.value)
            if len(kept) == len(wish.requests):
                found.append(wish)
            elif kept:
                paths = {request.path for request in kept}
                places = tuple(p for p in wish.places if self.grounding.path(wish.device, p) in paths)
                found.append(replace(wish, requests=kept, places=places or wish.places))
        return found

    def _remember(
        self,
        heard: Hearing,
        intents: tuple[Intent, ...],
        wishes: tuple[Wish, ...],
        granted: Sequence[SetRequest],
        before: dict[str, Value],
    ) -> None:
        """Keep what was done, and of what was before only what has changed by it."""
        was = {request.path: before[request.path] for request in granted if request.path in before}
        deed = Deed(zone=heard.utterance.zone, intents=intents, wishes=wishes, before=was, time_ns=self._clock())
        self._memory.remember(deed)

    def ask_yes(
        self,
        heard: Hearing,
        intents: tuple[Intent, ...],
        wishes: tuple[Wish, ...],
        outcomes: tuple[Outcome, ...],
        held: tuple[SetRequest, ...],
        impossible: tuple[Unavailable | ByHand, ...] = (),
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
            impossible=impossible,
            expires_ns=min(asked[0].expires_ns, self._clock() + ANSWER_WITHIN_NS),
        )
        asks = dict.fromkeys(outcome.ask.in_lang(heard.lang) for outcome in asked)
        said = [*(_impossible(one, heard.speech) for one in impossible), *asks]
        return heard.turn("confirm", heard.speech.sentences(said), intents, (*requests, *held), outcomes)

    def propose(self, heard: Hearing, intents: tuple[Intent, ...]) -> Turn:
        """Offer one action that answers a remark."""
        zone, speech = heard.utterance.zone, heard.speech
        remark = intents[0]
        if remark.places and zone.value.startswith("rear") == (remark.places == ("rear",)):
            remark = replace(remark, places=())  # "back here"
        wish = offer(remark, lambda intent: self.ground(intent, zone), self._would_change)
        if wish is None:
            return heard.turn("clarify", speech.say("propose_none"), intents)
        return self._put_offer(heard, wish, intents)

    def _put_offer(self, heard: Hearing, wish: Wish, intents: tuple[Intent, ...]) -> Turn:
        """Ask whether a wish shall be carried out: always in our words, as a yes does what they say."""
        self._memory.questions[heard.utterance.zone] = Question(
            kind="propose", intents=(wish.intent,), wishes=(wish,), expires_ns=self._clock() + ANSWER_WITHIN_NS
        )
        return heard.turn("propose", heard.speech.say("propose", offer=heard.speech.offer(wish)), intents)

    def _warn(self, heard: Hearing, intents: tuple[Intent, ...], wishes: tuple[Wish, ...], fact: Fact) -> Turn:
        """Remind of what was said never to be done, and ask whether it shall be done all the same."""
        self._memory.questions[heard.utterance.zone] = Question(
            kind="propose",
            intents=intents,
            wishes=wishes,
            expires_ns=self._clock() + ANSWER_WITHIN_NS,
            is_warning=True,
        )
        is_own = fact.person == heard.utterance.zone.value
        key = "against" if is_own else "against_of_other"
        return heard.turn("propose", heard.speech.say(key, fact=told(fact, heard.speech)), intents)

    def conclude(self, result: Deliberated) -> Turn:
        """Return the turn of a thought that has ended; its words are the model's, the rules' are ours."""
        heard, thought = result.heard, result.thought
        speech, intents = heard.speech, tuple(result.intents)
        wishes, outcomes = tuple(result.wishes), tuple(result.outcomes)
        impossible = tuple(one for one in result.impossible if not isinstance(one, Unclear))
        if result.asks:
            granted = [o.request for o in outcomes if isinstance(o, Granted)]
            done = [wish for wish in self._granted(wishes, granted) if wish.requests]
            if done:
                self._remember(heard, intents, tuple(done), granted, result.before)
            turn = self.ask_yes(heard, intents, wishes, outcomes, tuple(result.held), impossible)
            begun = speech.say("done", what=speech.joined([speech.what(wish) for wish in done])) if done else ""
            return replace(turn, reply=speech.sentences([begun, turn.reply]), by="llm")
        if wishes or result.impossible:
            text = "" if result.offer is not None else result.text
            turn = self.report(heard, intents, wishes, impossible, outcomes, result.before, text=text)
            return replace(turn, by="llm")
        if result.offer is not None and result.warning is not None:
            return replace(self._warn(heard, intents, (result.offer,), result.warning), by="llm")
        if result.offer is not None:
            return replace(self._put_offer(heard, result.offer, intents), by="llm")
        if thought is None or thought.outcome != "answered" or not result.text:
            return replace(heard.turn("unavailable", speech.say("no_answer")), by="llm")
        outcome: TurnOutcome = _KINDS.get(result.kind, "answered")
        text = "" if outcome == "ignored" else result.text
        if claims_a_deed(text, heard.lang):
            text = speech.sentences([text, speech.say("nothing_changed")])
        return replace(heard.turn(outcome, text), by="llm")

    def cut_short(self, result: Deliberated) -> Turn:
        """Return the turn of a thought that was interrupted: what it has done already is done, and can be undone."""
        for question in result.asks:
            self._store.deny(question.token, result.heard.utterance.zone)
        outcomes = tuple(outcome for outcome in result.outcomes if not isinstance(outcome, NeedsYes))
        if not any(isinstance(outcome, Granted) for outcome in outcomes):
            return replace(result.heard.turn("ignored", ""), by="llm")
        turn = self.report(result.heard, tuple(result.intents), tuple(result.wishes), (), outcomes, result.before)
        return replace(turn, by="llm")

    def _would_change(self, wish: Wish) -> bool:
        is_new = any(self.read(request.path) != request.value for request in wish.requests)
        return is_new and self.remembering.objection(wish) is None

    def before(self, wishes: tuple[Wish, ...]) -> dict[str, Value]:
        """Return the values that wishes would change."""
        return {request.path: self.read(request.path) for wish in wishes for request in wish.requests}


def _impossible(one: Unavailable | ByHand, speech: Speech) -> str:
    return speech.by_hand(one.device) if isinstance(one, ByHand) else speech.unavailable(one)
