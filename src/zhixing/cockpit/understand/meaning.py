"""From words to intents: the whole way of one sentence."""

from __future__ import annotations

from dataclasses import dataclass

from zhixing.cockpit.understand.clauses import Clause, split
from zhixing.cockpit.understand.ellipsis import correct, is_question, is_talk_only, join, without_talk
from zhixing.cockpit.understand.intents import intents_of
from zhixing.cockpit.understand.lexicon import load_lexicon
from zhixing.cockpit.understand.normalise import MAX_CHARS, clean, guess_lang, tokenise
from zhixing.cockpit.understand.particles import settle_particles
from zhixing.cockpit.understand.tagging import split_compound, tag
from zhixing.datatypes.dialogue import Intent
from zhixing.datatypes.localized import LANGS, Lang

_GRAVE = frozenset(("door", "lock", "trunk", "frunk", "hood", "flap", "horn", "hazard", "high_beam"))
"""Things that nobody wants opened, sounded or lit by half a sentence: every word must be understood."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Understanding:
    """What one utterance means by itself, without the conversation before it.

    Attributes:
        lang: Its language.
        intents: Wishes, questions and remarks, in order. One without a device is a fragment: it needs the
            conversation.
        talk: ``yes no cancel correct too undo``: how it leads the conversation.
    """

    lang: Lang
    intents: tuple[Intent, ...] = ()
    talk: frozenset[str] = frozenset()

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
    spans = settle_particles(tag(tokens, lang), lang)
    clauses = split(spans, lang)
    if not clauses or not _is_addressed(clauses):
        return Understanding(lang=lang)
    talk = _talk(clauses)
    clauses = join(correct(without_talk(clauses)))
    if clauses and clauses[0].corrects:
        talk |= {"correct"}
    intents = intents_of(clauses)
    beyond = {name for span in spans for klass, name in span.tags if klass == "beyond"}
    if beyond and any(intent.name not in ("query", "vague", "absent", "bare") for intent in intents):
        # Doing it now, or to what was excepted, would be worse than saying that it cannot be done.
        intents = (Intent(name="absent", device="timer" if "later" in beyond else ""),)
    if "no" in talk and intents and all(not intent.device for intent in intents):
        talk |= {"correct"}
    return Understanding(lang=lang, intents=intents, talk=frozenset(talk))


def prepare() -> None:
    """Read all phrase files now, so that the first sentence is as quick as the next."""
    for lang in LANGS:
        understand("1 a", lang)
    tag(tokenise("座以"), "zh")


def _is_addressed(clauses: list[Clause]) -> bool:
    """Return whether somebody speaks to the car: chatter is full of words that no wish needs."""
    if any(clause.device in _GRAVE and clause.has_wish and clause.num_unknown for clause in clauses):
        return False
    num_known = sum(clause.num_known for clause in clauses)
    num_unknown = sum(clause.num_unknown for clause in clauses)
    is_imperative = clauses[0].opens_with in ("act", "polite", "hint")
    if any(word.startswith("chat:") for clause in clauses for word in clause.words) and not (
        is_imperative and num_known >= 2
    ):
        return False
    if num_known == 0:
        return num_unknown == 0 and any(word.startswith(("talk:", "glue:")) for c in clauses for word in c.words)
    if all(clause.device and not clause.has_wish and not is_question(clause) for clause in clauses):
        feels = any(word.startswith("feel:") for clause in clauses for word in clause.words)
        return num_unknown <= (num_known if feels else 0)  # a thing alone is a wish only if nothing else is said
    return num_unknown <= num_known + is_imperative


def _talk(clauses: list[Clause]) -> set[str]:
    talk = {word[5:] for clause in clauses for word in clause.words if word.startswith("talk:")}
    wishes = any(not is_talk_only(clause) for clause in clauses)
    if wishes and "yes" in talk and "talk:yes" not in clauses[0].words:
        talk.discard("yes")
    if "no" in talk and wishes and "talk:no" not in clauses[0].words:
        talk.discard("no")
    return talk


def _is_english(word: str) -> bool:
    return word in load_lexicon("en").words


def _is_german(word: str) -> bool:
    return word in load_lexicon("de").words or (len(word) > 7 and bool(split_compound(word, load_lexicon("de"))))
