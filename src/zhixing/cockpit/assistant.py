"""The assistant: hears an utterance, asks the one door, and says "done" only after the vehicle has reported it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import replace

from zhixing.cockpit.answering import Answering
from zhixing.cockpit.carrying import Carrier
from zhixing.cockpit.context import completed, corrected, in_place, is_fragment, repeated, window_of
from zhixing.cockpit.deliberation import Deliberated, Deliberation
from zhixing.cockpit.driving_wishes import drives_itself, is_pulled_over
from zhixing.cockpit.hearing import Hearing
from zhixing.cockpit.memory import Deed, Memory
from zhixing.cockpit.preferences import Preferences
from zhixing.cockpit.questions import answer
from zhixing.cockpit.routing import is_beyond_us
from zhixing.cockpit.speech import Speech, speech_in
from zhixing.cockpit.understand.meaning import Understanding, prepare, understand
from zhixing.cockpit.understand.normalise import MAX_CHARS
from zhixing.cockpit.understand.of_driving import AboutDriving, about_driving
from zhixing.cockpit.why import tell
from zhixing.cockpit.wishes import Wish
from zhixing.datatypes.dialogue import Intent, Turn, TurnOutcome, Utterance
from zhixing.datatypes.driving_account import Account
from zhixing.datatypes.localized import Lang
from zhixing.datatypes.signal import SetRequest, Zone
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
        account: What the driver of software can be asked about; None where none drives.
    """

    def __init__(
        self,
        store: SignalStore,
        clock: Callable[[], int],
        reasoner: Reasoner | None = None,
        preferences: Preferences | None = None,
        account: Callable[[], Account] | None = None,
    ) -> None:
        self._store = store
        self._account = account
        self._clock = clock
        self._memory = Memory()
        self.preferences = preferences or Preferences()
        self._carrier = Carrier(store, self._memory, clock, self.preferences)
        self._answering = Answering(store, self._carrier, self._memory, self._carry_out)
        self._langs: dict[Zone, Lang] = {}
        self._remembering = self._carrier.remembering
        self._deliberation = None
        if reasoner is not None:
            objects = self._remembering.objection
            self._deliberation = Deliberation(reasoner, store, self._carrier.grounding, self._carrier.read, objects)
        self._cut_short: deque[Turn] = deque()
        self._thinking: dict[Zone, tuple[Hearing, Understanding]] = {}
        prepare()

    def hear(self, utterance: Utterance) -> Turn:
        """Answer an utterance.

        Returns:
            The turn. Its outcome is ``working`` while the vehicle has not yet done what was granted, and
            ``thinking`` while a language model has it; then :meth:`settle` returns more of it later.
        """
        zone = utterance.zone
        if self._deliberation is not None and self._thinking.pop(zone, None) is not None:
            cut = self._deliberation.cancel(zone)  # the person speaks again
            if cut is not None:
                self._cut_short.append(self._carrier.cut_short(cut))
        meaning = self._understand(utterance)
        heard = Hearing(utterance, meaning.lang, speech_in(meaning.lang), meaning.by)
        if not meaning.is_silence:
            self._langs[zone] = meaning.lang
        elif len(utterance.text) > MAX_CHARS:
            return heard.turn("clarify", heard.speech.say("too_long"))
        if meaning.is_silence:
            return heard.turn("ignored", "")
        now_ns = self._clock()
        if all(intent.name == "why" for intent in meaning.intents) and meaning.intents:
            return self._carry_out(heard, meaning.intents)  # whatever the car has asked stays open
        question = self._memory.question(zone, now_ns)
        if question is not None:
            answered = self._answering.answer(heard, meaning, question)
            if answered is not None:
                return answered
        elif "yes" in meaning.talk and not meaning.intents and self._memory.take_expired(zone, now_ns):
            return heard.turn("clarify", heard.speech.say("expired"))
        return self._say_something_new(heard, meaning)

    def settle(self) -> Turn | None:
        """Return a turn that has come further: thought of, done by the vehicle or not in time; else None."""
        if self._cut_short:
            return self._cut_short.popleft()
        settled = self._carrier.read_back.settle()
        if settled is not None:
            return settled
        result = self._deliberation.poll() if self._deliberation is not None else None
        return self._spoken(result) if result is not None else None

    def wait(self, timeout_s: float) -> None:
        """Wait for a language model that is thinking; for callers that have nothing else to do."""
        if self._deliberation is not None:
            self._deliberation.wait(timeout_s)

    def _understand(self, utterance: Utterance) -> Understanding:
        """Return the meaning of an utterance; what is about driving is looked for first, where it can be meant."""
        guess = self._langs.get(utterance.zone, "zh")
        meaning = understand(utterance.text, utterance.lang, guess)
        driving = about_driving(utterance.text, utterance.lang, meaning.lang)
        if driving is None or not self._is_meant(driving, utterance.zone):
            return meaning
        if not driving.rest:
            return Understanding(lang=driving.lang, intents=driving.intents)
        beside = understand(driving.rest, driving.lang, driving.lang)
        return replace(beside, intents=(*beside.intents, *driving.intents))

    def _is_meant(self, driving: AboutDriving, zone: Zone) -> bool:
        """Return whether words about driving are meant so: why is always asked; wishes need a car that drives itself.

        Bare words ("slower", "go on") may be about something else: the thing that was spoken of last, or nothing.
        """
        if driving.is_question:
            return True
        if not drives_itself(self._carrier.known):
            return False
        deed, question = self._memory.deed(zone, self._clock()), self._memory.question(zone, self._clock())
        for slots in (dict(intent.slots) for intent in driving.intents):
            if not slots.get("weak"):
                continue
            if slots["wish"] == "go_on":
                return is_pulled_over(self._carrier.known, self._carrier.read) and question is None
            is_other = deed is not None and deed.intents[-1].device != "driving"
            if driving.rest or question is not None or is_other:
                return False
        return True

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
            is_early = result.has_acted or result.asks or result.watch.sees(result.text, heard.lang)
            text = "" if is_early else result.text
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
        """Set back what a deed has changed, where nobody has changed it since."""
        done = {request.path: request.value for wish in deed.wishes for request in wish.requests}
        requests = tuple(
            SetRequest(path=path, value=value, zone=heard.utterance.zone, source="voice")
            for path, value in deed.before.items()
            if path not in done or self._carrier.read(path) == done[path]
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

    def _carry_out(self, heard: Hearing, intents: tuple[Intent, ...]) -> Turn:
        """Answer questions, offer what helps against a remark, and carry wishes to the door."""
        zone, speech = heard.utterance.zone, heard.speech
        remembered = self._remembering.answer(heard, intents)
        if remembered is not None:
            return remembered
        wishes = tuple(intent for intent in intents if intent.name not in ("query", "vague", "why"))
        questions = tuple(intent for intent in intents if intent.name in ("query", "why"))
        replies = [self._answered(question, zone, speech) for question in questions]
        if not wishes:
            if replies:
                known = [reply for reply in replies if reply]
                outcome: TurnOutcome = "answered" if known else "unavailable"
                last = questions[-1]
                if last.name == "query" and (last.device or dict(last.slots).get("topic")):
                    self._memory.remember(Deed(zone=zone, intents=intents, wishes=(), before={}, time_ns=self._clock()))
                return heard.turn(outcome, speech.sentences(known) or speech.say("unknown"), intents)
            return self._carrier.propose(heard, intents)
        wishes = tuple(self._remembering.filled(intent, zone) for intent in wishes)
        grounded = tuple(self._carrier.ground(intent, zone) for intent in wishes)
        return self._carrier.ask_door(heard, wishes, grounded, (), [reply for reply in replies if reply])

    def _answered(self, question: Intent, zone: Zone, speech: Speech) -> str | None:
        """Return the answer to a question about the car or about how it drives, None where it is not known."""
        if question.name == "why":
            account = self._account() if self._account is not None else None
            return tell(str(dict(question.slots)["about"]), account, speech)
        return answer(question, zone, speech, self._carrier.grounding, self._carrier.known, self._carrier.read)
