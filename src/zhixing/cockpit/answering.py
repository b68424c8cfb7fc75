"""What an answer does to the car's open question: a clear yes carries it out, and nothing else does.

A question of a guard takes a yes that the phrases found, without strange words, or the same wish again. What hedges
("absolutely not", "yes?", "ok, later") is no yes, whatever stands beside it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from zhixing.cockpit.carrying import Carrier
from zhixing.cockpit.context import completed, corrected, filled
from zhixing.cockpit.hearing import Hearing
from zhixing.cockpit.memory import Memory, Question
from zhixing.cockpit.understand.meaning import Understanding
from zhixing.cockpit.wishes import Wish
from zhixing.datatypes.dialogue import Intent, Turn
from zhixing.datatypes.signal import NeedsYes, Zone
from zhixing.signals.store import SignalStore

_OPPOSITES = {"open": "close", "close": "open", "lock": "unlock", "unlock": "lock", "fold": "unfold", "unfold": "fold"}
_TIMID = frozenset(("", "odd", "strange", "asks", "told"))


class Answering:
    """Answers of the people to questions of the car.

    Args:
        store: Whose questions a yes confirms.
        carrier: Carries what was agreed to.
        memory: Where the questions are.
        carry_out: How a new wish is carried out.
    """

    def __init__(
        self,
        store: SignalStore,
        carrier: Carrier,
        memory: Memory,
        carry_out: Callable[[Hearing, tuple[Intent, ...]], Turn],
    ) -> None:
        self._store = store
        self._carrier = carrier
        self._memory = memory
        self._carry_out = carry_out

    def answer(self, heard: Hearing, meaning: Understanding, question: Question) -> Turn | None:
        """Return the turn if an utterance answers the open question, else None: it is dropped for another wish."""
        zone, talk, intents = heard.utterance.zone, meaning.talk, meaning.intents
        asked = {intent.device for intent in question.intents} | {wish.device for wish in question.wishes}
        own = [intent for intent in intents if intent.device and intent.device not in asked]
        if self._is_no(meaning, own, question):
            self._drop(zone, question)
            return heard.turn("done", heard.speech.say("dropped"))
        if question.kind == "clarify":
            return self._with_missing_word(heard, meaning, question)
        if "yes" in talk and own and not meaning.hedge and question.kind == "propose" and len(own) == len(intents):
            self._drop(zone, question)
            return self._carry_out(heard, (*(wish.intent for wish in question.wishes), *own))
        modified = self._with_other_value(intents, question) if not own else None
        if modified is not None and not talk & {"no", "too"} and meaning.hedge != "not":
            self._drop(zone, question)
            return self._carry_out(heard, (modified,))
        if self._is_yes(meaning, question, zone):
            return self._accept(heard, question)
        if talk & {"yes", "fine"} and not intents and meaning.hedge in _TIMID:
            return heard.turn(question.kind, heard.speech.say("yes_or_no"), question.intents)
        self._drop(zone, question)
        if talk & {"correct", "too"} and intents and question.intents and question.kind == "confirm":
            last = question.intents[-1]
            places = question.wishes[-1].places if question.wishes else last.places
            return self._carry_out(heard, (*question.intents[:-1], corrected(intents[0], last, places)))
        return None

    @staticmethod
    def _is_no(meaning: Understanding, own: list[Intent], question: Question) -> bool:
        """Return whether somebody does not want what the car asked about."""
        talk, intents = meaning.talk, meaning.intents
        if not intents and talk & {"no", "cancel", "undo"}:
            return True
        if not intents and "yes" in talk and meaning.hedge in ("not", "later"):
            return True
        if not intents and "fine" in talk and question.kind == "propose":
            return True  # "没事": no need
        opposites = {_OPPOSITES.get(wish.intent.name, "") for wish in question.wishes}
        is_left = any(
            intent.name == "keep" or dict(intent.slots).get("ended") or (not intent.device and intent.name in opposites)
            for intent in intents
        )
        return not own and (is_left or "cancel" in talk)

    def _with_missing_word(self, heard: Hearing, meaning: Understanding, question: Question) -> Turn | None:
        zone, unclear = heard.utterance.zone, question.unclear
        if unclear is not None:
            if "yes" in meaning.talk and not meaning.intents:
                return heard.turn("clarify", heard.speech.unclear(unclear))
            for intent in meaning.intents[:1]:
                wish = filled(intent, unclear)
                if wish is not None:
                    self._drop(zone, question)
                    wishes = tuple(wish if one is unclear.intent else one for one in question.intents)
                    return self._carry_out(heard, wishes)
        self._drop(zone, question)
        return None

    def _is_yes(self, meaning: Understanding, question: Question, zone: Zone) -> bool:
        if meaning.by != "grammar" or meaning.talk & {"no", "too", "correct"}:
            return False
        if not meaning.intents:
            is_harmless = question.kind == "propose" and meaning.hedge == "odd"
            return "yes" in meaning.talk and (not meaning.hedge or is_harmless)
        if meaning.hedge:
            return False
        is_said = bool(meaning.talk & {"yes", "fine"})
        wanted = {request.path: request.value for wish in question.wishes for request in wish.requests}
        return bool(wanted) and wanted == self._requests(meaning, question, zone, is_said=is_said)

    def _requests(
        self, meaning: Understanding, question: Question, zone: Zone, *, is_said: bool
    ) -> dict[str, object] | None:
        """Return what the wishes of an answer ask for; None where one of them is none."""
        found: dict[str, object] = {}
        wish = question.wishes[0] if len(question.wishes) == 1 else None
        for intent in meaning.intents:
            is_thing_alone = intent.name in ("bare", "set") and intent.value is None
            if dict(intent.slots).get("topic"):
                return None  # "要下雨了": news, and no answer
            if (is_thing_alone and not is_said) or intent.name in ("query", "vague", "absent"):
                return None
            is_named = is_said or bool(dict(intent.slots).keys() & {"pronoun", "implied"})
            is_it = is_named and not intent.places
            if wish is not None and (is_thing_alone or not intent.device or (is_it and intent.device == wish.device)):
                is_begun = intent.name == "open" and bool(wish.value)  # "嗯，开": yes
                if not (is_thing_alone or is_begun or intent.name == wish.intent.name):
                    return None
                said = replace(wish.intent, device=wish.device, places=intent.places or wish.intent.places)
            else:
                said = intent
            grounded = self._carrier.ground(said, zone)
            if not isinstance(grounded, Wish):
                return None
            found |= {request.path: request.value for request in grounded.requests}
        return found

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
        if question.kind == "propose":
            return self._carrier.ask_door(heard, question.intents, question.wishes, (), despite=question.is_warning)
        before = self._carrier.before(question.wishes)
        outcomes = self._store.confirm(question.token, zone)
        if not outcomes:
            return heard.turn("clarify", heard.speech.say("expired"))
        outcomes += self._store.request_all(question.held)
        if any(isinstance(outcome, NeedsYes) for outcome in outcomes):
            return self._carrier.ask_yes(heard, question.intents, question.wishes, outcomes, (), question.impossible)
        return self._carrier.report(heard, question.intents, question.wishes, question.impossible, outcomes, before)
