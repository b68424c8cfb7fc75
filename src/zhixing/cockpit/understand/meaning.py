"""From words to intents: the whole way of one sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from zhixing.cockpit.understand.address import spoken_to_the_car
from zhixing.cockpit.understand.arbiter import Reading, is_doubtful, settle
from zhixing.cockpit.understand.clauses import Clause, split
from zhixing.cockpit.understand.ellipsis import correct, is_talk_only, join, without_talk
from zhixing.cockpit.understand.facts import split_facts
from zhixing.cockpit.understand.hedges import Hedge, hedge_of
from zhixing.cockpit.understand.intents import intents_of
from zhixing.cockpit.understand.learned import load_model
from zhixing.cockpit.understand.lexicon import load_lexicon
from zhixing.cockpit.understand.names import settle_names
from zhixing.cockpit.understand.normalise import MAX_CHARS, clean, guess_lang, tokenise
from zhixing.cockpit.understand.particles import settle_particles
from zhixing.cockpit.understand.tagging import Span, split_compound, tag
from zhixing.datatypes.dialogue import Intent
from zhixing.datatypes.localized import LANGS, Lang


@dataclass(frozen=True, slots=True, kw_only=True)
class Understanding:
    """What one utterance means by itself, without the conversation before it.

    Attributes:
        lang: Its language.
        intents: Wishes, questions and remarks, in order. One without a device is a fragment: it needs the
            conversation.
        talk: ``yes no fine cancel correct too same undo``: how it leads the conversation.
        num_unknown: How many of its words were strange.
        by: Who found the meaning: the phrases, or the learned model.
        hedge: What speaks against taking it for a clear yes.
    """

    lang: Lang
    intents: tuple[Intent, ...] = ()
    talk: frozenset[str] = frozenset()
    num_unknown: int = 0
    by: Literal["grammar", "model"] = "grammar"
    hedge: Hedge = ""

    @property
    def is_silence(self) -> bool:
        """Whether there is nothing in it for the car."""
        return not self.intents and not self.talk


def understand(text: str, lang: Lang | None = None, fallback: Lang = "zh") -> Understanding:
    """Return the meaning of an utterance; of whatever is not speech to a car, silence.

    Args:
        text: Untrusted.
        lang: The language, or None to find out.
        fallback: The language to assume where the words speak for none.

    Example:
        >>> understand("Fenster hinten links zu", "de").intents[0].places
        ('rear_left',)
    """
    cleaned = clean(text[: 4 * MAX_CHARS])
    if lang is None:
        lang = guess_lang(cleaned, {"en": _is_english, "de": _is_german}, fallback)
    if not cleaned or len(cleaned) > MAX_CHARS:
        return Understanding(lang=lang)
    tokens = tokenise(cleaned)
    spans = spans_of(tokens, lang)
    intents, talk = _by_phrases(spans, lang)
    reading = Reading(intents=intents, talk=talk, spans=spans)
    by: Literal["grammar", "model"] = "grammar"
    if is_doubtful(reading) and not any(span.has("beyond") for span in spans):
        settled = settle(reading, load_model().guess(tokens, spans, lang))
        if settled is not None:
            (intents, talk), by = settled, "model"
    hedge = hedge_of(spans)
    return Understanding(lang=lang, intents=intents, talk=talk, num_unknown=reading.num_unknown, by=by, hedge=hedge)


def _by_phrases(spans: list[Span], lang: Lang) -> tuple[tuple[Intent, ...], frozenset[str]]:
    """Return the intents and the talk that the lexicon and its grammar find."""
    nothing: tuple[tuple[Intent, ...], frozenset[str]] = ((), frozenset())
    facts, spans = split_facts(spans, lang)
    if facts:
        return facts, frozenset()
    clauses = spoken_to_the_car(split(spans, lang))
    if not clauses:
        return nothing
    talk = _talk(clauses)
    clauses = join(correct(without_talk(clauses)))
    if clauses and clauses[0].corrects:
        talk |= {"correct"}
    intents = intents_of(clauses)
    beyond = {name for span in spans for klass, name in span.tags if klass == "beyond"}
    is_wish = any(intent.device and intent.name not in ("query", "vague", "absent", "bare") for intent in intents)
    if beyond and intents and not is_wish:
        return nothing
    if beyond and is_wish:
        # Doing it now, or to what was excepted, would be worse than saying that it cannot be done.
        missing = "timer" if "later" in beyond else "condition" if "if" in beyond else ""
        intents = (Intent(name="absent", device=missing),)
    if "hedge" in talk:  # "sorry, the passenger's" corrects; "sorry, close the window" does not
        talk.discard("hedge")
        if (intents and not intents[0].device) or (intents and intents[0].name in ("bare", "set")):
            talk.add("correct")
    if "no" in talk and intents and all(not intent.device for intent in intents):
        talk |= {"correct"}
    if "same" in talk:
        talk.add("too")
    return intents, frozenset(talk)


def spans_of(tokens: Sequence[str], lang: Lang) -> list[Span]:
    """Return the words of a sentence with their meanings, as their neighbours settle them."""
    return settle_names(settle_particles(tag(tokens, lang), lang), lang)


def prepare() -> None:
    """Read all phrase files now, so that the first sentence is as quick as the next."""
    for lang in LANGS:
        understand("1 a", lang)
    tag(tokenise("座以"), "zh")
    load_model()


def _talk(clauses: list[Clause]) -> set[str]:
    talk = {word[5:] for clause in clauses for word in clause.words if word.startswith("talk:")}
    wishes = any(not is_talk_only(clause) for clause in clauses)
    if not wishes and any("glue:leave" in clause.words for clause in clauses):
        talk.add("no")
    if wishes and "yes" in talk and "talk:yes" not in clauses[0].words:
        talk.discard("yes")
    if "no" in talk and wishes and "talk:no" not in clauses[0].words:
        talk.discard("no")
    return talk


def _is_english(word: str) -> bool:
    return word in load_lexicon("en").words


def _is_german(word: str) -> bool:
    return word in load_lexicon("de").words or (len(word) > 7 and bool(split_compound(word, load_lexicon("de"))))
