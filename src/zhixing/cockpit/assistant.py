"""The assistant: hears an utterance, asks the one door, and says "done" only after the vehicle has reported it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from zhixing.cockpit.carrying import Carrier
from zhixing.cockpit.context import completed, corrected, filled, in_place, is_fragment, repeated, window_of
from zhixing.cockpit.deliberation import Deliberated, Deliberation
from zhixing.cockpit.hearing import Hearing
from zhixing.cockpit.memory import Deed, Memory, Question
from zhixing.cockpit.preferences import Preferences
from zhixing.cockpit.questions import answer
from zhixing.cockpit.remembering import Remembering, told
from zhixing.cockpit.routing import is_beyond_us
from zhixing.cockpit.speech import speech_in
from zhixing.cockpit.understand.meaning import Understanding, prepare, understand
from zhixing.cockpit.understand.normalise import MAX_CHARS
from zhixing.cockpit.wishes import Wish
from zhixing.datatypes.dialogue import Intent, Turn, TurnOutcome, Utterance
from zhixing.datatypes.localized import Lang
from zhixing.datatypes.signal import NeedsYes, SetRequest, Zone
from zhixing.reasoning.reasoner import Reasoner
from zhixing.signals.store import SignalStore


def is_asked(intent: Intent, deed: Deed | None) -> bool:
    """Return whether a topic alone goes on with the question before it."""
    return deed is not None and deed.intents[-1].name == "query" and bool(dict(intent.slots).get("topic"))


class Assistant:
    """One conversation a seat, over one store.

    Args:
        store: Where the car can be asked.
        clock: Now, in nanoseconds.
        reasoner: The language model for what the device is not sure of, or None.
        preferences: What the car remembers of its people; for this drive only where not given.
    """

    def __init__(
        self,
        store: SignalStore,
        clock: Callable[[], int],
        reasoner: Reasoner | None = None,
        preferences: Preferences | None = None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._memory = Memory()
        self._carrier = Carrier(store, self._memory, clock)
        self._langs: dict[Zone, Lang] = {}
        self.preferences = preferences or Preferences()
        self._remembering = Remembering(self.preferences, store.catalogue, self._carrier.read)
        self._deliberation = None
        if reasoner is not None:
            objects = self._remembering.objection
            self._deliberation = Deliberation(reasoner, store, self._carrier.grounding, self._carrier.read, objects)
        self._thinking: dict[Zone, tuple[Hearing, Understanding]] = {}
        prepare()

    def hear(self, utterance: Utterance) -> Turn:
        """Answer an utterance; never raises, whatever was said.

        Returns:
            The turn. Its outcome is ``working`` while the vehicle has not yet done what was granted, and
            ``thinking`` while a language model has it; then :meth:`settle` returns more of it later.
        """
        zone = utterance.zone
        if self._deliberation is not None and self._thinking.pop(zone, None) is not None:
            self._deliberation.cancel(zone)  # the person speaks again
        meaning = understand(utterance.text, utterance.lang, self._langs.get(zone, "zh"))
        heard = Hearing(utterance, meaning.lang, speech_in(meaning.lang), meaning.by)
        if not meaning.is_silence:
            self._langs[zone] = meaning.lang
        elif len(utterance.text) > MAX_CHARS:
            return heard.turn("clarify", heard.speech.say("too_long"))
        if meaning.is_silence:
            return heard.turn("ignored", "")
        now_ns = self._clock()
        question = self._memory.question(zone, now_ns)
        if question is not None:
            answered = self._answer_question(heard, meaning, question)
            if answered is not None:
                return answered
        elif "yes" in meaning.talk and not meaning.intents and self._memory.take_expired(zone, now_ns):
            return heard.turn("clarify", heard.speech.say("expired"))
        return self._say_something_new(heard, meaning)

    def settle(self) -> Turn | None:
        """Return a turn that has come further: thought of, done by the vehicle or not in time; else None."""
        result = self._deliberation.poll() if self._deliberation is not None else None
        if result is not None:
            return self._spoken(result)
        return self._carrier.read_back.settle()

    def wait(self, timeout_s: float) -> None:
        """Wait for a language model that is thinking; for callers that have nothing else to do."""
        if self._deliberation is not None:
            self._deliberation.wait(timeout_s)

    def _think(self, heard: Hearing, meaning: Understanding) -> Turn:
        """Hand an utterance to the language model."""
        assert self._deliberation is not None  # noqa: S101 - our own logic
        self._thinking[heard.utterance.zone] = (heard, meaning)
        self._deliberation.begin(heard, self._remembering.in_words(heard.utterance.zone, heard.speech))
        return replace(heard.turn("thinking", ""), by="llm")

    def _spoken(self, result: Deliberated) -> Turn:
        """Return what a language model has said so far; words about deeds wait until the deeds are done."""
        heard = result.heard
        if result.thought is None:
            text = "" if result.has_acted or result.asks else result.text
            return replace(heard.turn("thinking", text), by="llm")
        _, meaning = self._thinking.pop(heard.utterance.zone, (heard, None))
        is_lost = result.thought.outcome in ("unreachable", "rejected", "out_of_time", "nonsense", "out_of_money")
        if is_lost and meaning is not None and not (result.wishes or result.offer or result.text):
            turn = self._say_something_new(heard, meaning, alone=True)
            apology = heard.speech.say("no_network" if result.thought.outcome == "unreachable" else "no_answer")
            if turn.outcome in ("ignored", "unavailable", "clarify"):
                return replace(turn, outcome="unavailable", reply=apology)
            return replace(turn, reply=heard.speech.sentences([apology, turn.reply]))
        return self._carrier.conclude(result)

    def _answer_question(self, heard: Hearing, meaning: Understanding, question: Question) -> Turn | None:
        """Return the turn if this utterance answers the open question, else None: it is dropped for another wish."""
        zone, talk, intents = heard.utterance.zone, meaning.talk, meaning.intents
        asked = {intent.device for intent in question.intents} | {wish.device for wish in question.wishes}
        own = [intent for intent in intents if intent.device and intent.device not in asked]
        if (not intents and talk & {"no", "cancel", "undo"}) or (talk & {"cancel"} and not own):
            self._drop(zone, question)
            return heard.turn("done", heard.speech.say("dropped"))
        if any(intent.name == "keep" for intent in intents) and not own:
            self._drop(zone, question)
            return heard.turn("done", heard.speech.say("dropped"))
        if "yes" in talk and own and question.kind == "propose" and len(own) == len(intents):
            self._drop(zone, question)
            return self._carry_out(heard, (*(wish.intent for wish in question.wishes), *own))
        if question.kind == "clarify" and question.unclear is not None:
            if "yes" in talk and not intents:
                return heard.turn("clarify", heard.speech.unclear(question.unclear))
            for intent in intents[:1]:
                wish = filled(intent, question.unclear)
                if wish is not None:
                    self._drop(zone, question)
                    wishes = tuple(wish if one is question.unclear.intent else one for one in question.intents)
                    return self._carry_out(heard, wishes)
        modified = self._with_other_value(intents, question) if question.kind != "clarify" and not own else None
        if modified is not None and not talk & {"no", "too"}:
            self._drop(zone, question)
            return self._carry_out(heard, (modified,))
        names = {intent.name for intent in question.intents} | {wish.intent.name for wish in question.wishes}
        is_same = (
            not own
            and all(
                intent.name in names
                or (intent.name in ("set", "bare") and intent.value is None)
                or ("yes" in talk and intent.name == "open" and not intent.device)
                for intent in intents
            )
            and all(intent.value is None for intent in intents)
        )
        is_elsewhere = any(intent.places and not intent.device for intent in intents)
        is_yes = "yes" in talk or (intents and "correct" not in talk)
        if question.kind != "clarify" and is_same and is_yes and not talk & {"no", "too"} and not is_elsewhere:
            return self._accept(heard, question)
        self._drop(zone, question)
        if talk & {"correct", "too"} and intents and question.intents and question.kind == "confirm":
            last = question.intents[-1]
            places = question.wishes[-1].places if question.wishes else last.places
            return self._carry_out(heard, (*question.intents[:-1], corrected(intents[0], last, places)))
        return None

    @staticmethod
    def _with_other_value(intents: tuple[Intent, ...], question: Question) -> Intent | None:
        """Return what was offered or asked about with the value that the answer gives: "yes, but make it 25"."""
        has_value = len(intents) == 1 and (intents[0].value is not None or "amount" in dict(intents[0].slots))
        if not has_value or len(question.wishes) != 1:
            return None
        wish = question.wishes[0]
        return completed(intents[0], replace(wish.intent, device=wish.device), wish.places)

    def _drop(self, zone: Zone, question: Question) -> None:
        self._memory.questions.pop(zone, None)
        if question.token:
            self._store.deny(question.token, zone)

    def _accept(self, heard: Hearing, question: Question) -> Turn:
        zone = heard.utterance.zone
        del self._memory.questions[zone]
        before = self._carrier.before(question.wishes)
        if question.kind == "propose":
            return self._carry_out(heard, tuple(wish.intent for wish in question.wishes), despite=True)
        outcomes = self._store.confirm(question.token, zone)
        if not outcomes:
            return heard.turn("clarify", heard.speech.say("expired"))
        outcomes += self._store.request_all(question.held)
        if any(isinstance(outcome, NeedsYes) for outcome in outcomes):
            return self._carrier.ask_yes(heard, question.intents, question.wishes, outcomes, ())
        return self._carrier.report(heard, question.intents, question.wishes, (), outcomes, before)

    def _say_something_new(self, heard: Hearing, meaning: Understanding, *, alone: bool = False) -> Turn:
        if self._deliberation is not None and not alone and is_beyond_us(meaning):
            return self._think(heard, meaning)
        zone, now_ns, talk = heard.utterance.zone, self._clock(), meaning.talk
        deed = self._memory.deed(zone, now_ns)
        intents = meaning.intents
        if not intents and talk == {"too"}:
            intents = (Intent(name="bare", places=("own",)),)
        is_back = "undo" in talk and all(intent.name in ("bare", "set") and intent.value is None for intent in intents)
        if is_back and deed is not None and all(i.device in ("", deed.intents[-1].device) for i in intents):
            return self._undo(heard, deed)
        if not intents:
            if "undo" in talk and deed is not None:
                return self._undo(heard, deed)
            if "cancel" in talk:
                return heard.turn("done", heard.speech.say("dropped"))
            if "correct" in talk and deed is not None:
                return heard.turn("clarify", heard.speech.say("which_thing"))
            return heard.turn("ignored", "")
        if "correct" in talk and deed is not None and intents[0].name not in ("query", "vague", "absent"):
            return self._correct(heard, intents, deed)
        if deed is None and any(intent.device for intent in intents):
            intents = tuple(intent for intent in intents if intent.device or not is_fragment(intent))
        if deed is None:
            intents = tuple(i for i in intents if i.name != "query" or i.device or dict(i.slots).get("topic"))
        if all(
            intent.name == "bare"
            and not (
                intent.device
                or intent.places
                or dict(intent.slots).keys() & {"more", "again"}
                or is_asked(intent, deed)
            )
            and intent.value is None
            for intent in intents
        ):
            return heard.turn("ignored", "")
        latest = self._memory.deed(zone, now_ns, of_anybody=True) if talk & {"too"} else deed
        if latest is not None:
            last, reached = latest.intents[-1], None
            if latest.wishes:  # "it" is what was done: warming the seat was its heating
                name = "open" if last.name in ("heat", "cool") else last.name
                last, reached = replace(last, device=latest.wishes[-1].device, name=name), latest.wishes[-1].value
            places = latest.wishes[-1].places if latest.wishes else last.places
            touched = self._memory.places_of(last.device, latest.zone, now_ns)
            intents = tuple(
                repeated(intent, last, places, reached if "same" in talk or intent.name == "set" else None)
                if ("too" in talk and len(intents) == 1 and intent.name not in ("query", "vague", "absent"))
                else completed(intent, last, places, touched)
                if is_fragment(intent)
                else in_place(intent, last)
                for intent in intents
            )
        elif (alone_at := window_of(intents)) is not None:
            intents = (alone_at,)
        elif all(is_fragment(intent) for intent in intents) and (
            meaning.num_unknown or len(intents) > 1 or intents[0].name == "bare"
        ):
            return heard.turn("ignored", "")
        return self._carry_out(heard, intents)

    def _undo(self, heard: Hearing, deed: Deed) -> Turn:
        requests = tuple(
            SetRequest(path=path, value=value, zone=heard.utterance.zone, source="voice")
            for path, value in deed.before.items()
        )
        wish = Wish(intent=Intent(name="undo"), requests=requests, device="")
        return self._carrier.ask_door(heard, (wish.intent,), (wish,), ())

    def _correct(self, heard: Hearing, intents: tuple[Intent, ...], deed: Deed) -> Turn:
        """Take back what the corrected wish did, and do it as corrected."""
        zone, correction = heard.utterance.zone, intents[0]
        index = next(
            (i for i in reversed(range(len(deed.intents))) if correction.device in ("", deed.intents[i].device)),
            len(deed.intents) - 1,
        )
        wrong = deed.intents[index]
        done = next((wish for wish in deed.wishes if wish.intent is wrong), None)
        new = (corrected(correction, wrong, done.places if done else wrong.places), *intents[1:])
        back = {request.path: deed.before[request.path] for request in done.requests} if done else {}
        grounded = [
            self._carrier.grounding.ground(
                one, zone, lambda path: back[path] if path in back else self._carrier.read(path)
            )
            for one in new
        ]
        wanted = {request.path for one in grounded if isinstance(one, Wish) for request in one.requests}
        if not all(isinstance(one, Wish) for one in grounded):
            back = {}
        restored = tuple(
            SetRequest(path=path, value=value, zone=zone, source="voice")
            for path, value in back.items()
            if path not in wanted
        )
        return self._carrier.ask_door(heard, new, tuple(grounded), restored)

    def _carry_out(self, heard: Hearing, intents: tuple[Intent, ...], *, despite: bool = False) -> Turn:
        """Answer questions, offer what helps against a remark, and carry wishes to the door.

        Args:
            heard: The utterance.
            intents: What it means in this conversation.
            despite: Whether somebody wants it although it was said never to be done.
        """
        zone, speech = heard.utterance.zone, heard.speech
        remembered = self._remembering.answer(heard, intents)
        if remembered is not None:
            return remembered
        wishes = tuple(intent for intent in intents if intent.name not in ("query", "vague"))
        replies = []
        for question in (intent for intent in intents if intent.name == "query"):
            reply = answer(question, zone, speech, self._carrier.grounding, self._store.catalogue, self._store.value)
            replies.append(reply)
        if not wishes:
            if replies:
                known = [reply for reply in replies if reply]
                outcome: TurnOutcome = "answered" if known else "unavailable"
                if question.device or dict(question.slots).get("topic"):
                    self._memory.remember(Deed(zone=zone, intents=intents, wishes=(), before={}, time_ns=self._clock()))
                return heard.turn(outcome, speech.sentences(known) or speech.say("unknown"), intents)
            return self._carrier.propose(heard, intents)
        wishes = tuple(self._remembering.filled(intent, zone) for intent in wishes)
        grounded = tuple(self._carrier.ground(intent, zone) for intent in wishes)
        for wish in grounded:
            fact = self._remembering.objection(wish) if isinstance(wish, Wish) and not despite else None
            if isinstance(wish, Wish) and fact is not None:
                return self._carrier.put_offer(heard, wish, wishes, speech.say("against", fact=told(fact, speech)))
        return self._carrier.ask_door(heard, wishes, grounded, (), [reply for reply in replies if reply])
