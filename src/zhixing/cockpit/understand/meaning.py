"""From clauses to intents: what is left unsaid in one clause is taken from its neighbours."""

from __future__ import annotations

from dataclasses import dataclass, replace

from zhixing.cockpit.understand.clauses import Clause, canonical_places, split
from zhixing.cockpit.understand.lexicon import load_lexicon
from zhixing.cockpit.understand.normalise import MAX_CHARS, clean, guess_lang, tokenise
from zhixing.cockpit.understand.particles import settle_particles
from zhixing.cockpit.understand.tagging import tag
from zhixing.datatypes.dialogue import Intent
from zhixing.datatypes.localized import Lang
from zhixing.datatypes.signal import Value

_MOST_UNKNOWN_THING_WORDS = 3
_TOPICS_THAT_ASK = frozenset(("speed", "range", "battery", "limit"))
_FEELS = ("pain", "fog", "smell", "dark", "stuffy", "noisy", "glare", "tired", "cold", "hot")
_OPPOSITE = {"up": "down", "down": "up", "more": "less", "less": "more"}
_DEVICE_OF_ACT = {
    "play": "media",
    "stop": "media",
    "next": "media",
    "previous": "media",
    "mute": "volume",
    "lock": "lock",
    "unlock": "lock",
    "fold": "mirror",
    "unfold": "mirror",
    "forward": "seat_position",
    "backward": "seat_position",
}


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
        words = {other: load_lexicon(other).words for other in ("en", "de")}
        lang = guess_lang(cleaned, words, fallback)
    if not cleaned or len(cleaned) > MAX_CHARS:
        return Understanding(lang=lang)
    tokens = tokenise(cleaned)
    clauses = split(settle_particles(tag(tokens, lang), lang), lang)
    if not clauses or not _is_addressed(clauses):
        return Understanding(lang=lang)
    talk = _talk(clauses)
    clauses = _join(_correct(_without_talk(clauses)))
    if clauses and clauses[0].corrects:
        talk |= {"correct"}
    intents = _intents(clauses)
    if "no" in talk and intents and all(not intent.device for intent in intents):
        talk |= {"correct"}
    return Understanding(lang=lang, intents=intents, talk=frozenset(talk))


def _is_addressed(clauses: list[Clause]) -> bool:
    """Return whether somebody speaks to the car: chatter is full of words that no wish needs."""
    num_known = sum(clause.num_known for clause in clauses)
    num_unknown = sum(clause.num_unknown for clause in clauses)
    is_imperative = clauses[0].opens_with in ("act", "polite", "hint")
    if any(word.startswith("chat:") for clause in clauses for word in clause.words) and not (
        is_imperative and num_known >= 2
    ):
        return False
    if num_known == 0:
        return num_unknown == 0 and any(word.startswith(("talk:", "glue:")) for c in clauses for word in c.words)
    return num_unknown <= num_known + is_imperative


def _talk(clauses: list[Clause]) -> set[str]:
    talk = {word[5:] for clause in clauses for word in clause.words if word.startswith("talk:")}
    wishes = any(not _is_talk_only(clause) for clause in clauses)
    if wishes and "yes" in talk and "talk:yes" not in clauses[0].words:
        talk.discard("yes")
    if "no" in talk and wishes and "talk:no" not in clauses[0].words:
        talk.discard("no")
    return talk


def _is_talk_only(clause: Clause) -> bool:
    return not (
        clause.has_wish or clause.device or clause.absent or clause.places or clause.topics
        or any(word.startswith(("feel:", "noun:", "ask:", "quant:")) for word in clause.words)
    )  # fmt: skip


def _without_talk(clauses: list[Clause]) -> list[Clause]:
    """Drop clauses that only lead the conversation; a "no" before content turns that into a correction."""
    kept: list[Clause] = []
    corrects = False
    for clause in clauses:
        if _is_talk_only(clause) and not clause.words & {"glue:pronoun", "rel:more"}:
            corrects = corrects or "talk:no" in clause.words or clause.corrects
            continue
        clause.corrects = clause.corrects or corrects
        corrects = False
        kept.append(clause)
    return kept


def _correct(clauses: list[Clause]) -> list[Clause]:
    """Lay every correction over the clause that it corrects."""
    kept: list[Clause] = []
    for clause in clauses:
        if not (clause.corrects and kept):
            kept.append(clause)
            continue
        wrong = kept.pop()
        if clause.device and clause.device != wrong.device and clause.has_value:
            kept.append(clause)
            continue
        if not clause.acts:
            clause.acts = list(wrong.acts)
        if not clause.places:
            clause.places = list(wrong.places)
        if not clause.has_value:
            clause.number, clause.amount, clause.colour = wrong.number, wrong.amount, wrong.colour
        clause.device = clause.device or wrong.device
        clause.unit = clause.unit or wrong.unit
        clause.hint = clause.hint or wrong.hint
        clause.corrects = wrong.corrects
        kept.append(clause)
    return kept


def _join(clauses: list[Clause]) -> list[Clause]:
    """Put together what a pause or an "and" has torn: thing and act, act and list of things."""
    joined: list[Clause] = []
    for clause in clauses:
        before = joined[-1] if joined else None
        if (
            before is not None
            and before.device
            and not before.has_wish
            and not (clause.device or clause.topics or clause.absent or clause.hint)
            and clause.has_wish
            and not _is_question(before)
        ):
            clause.device, clause.places = before.device, before.places + clause.places
            clause.words |= before.words
            joined[-1] = clause
        else:
            joined.append(clause)
    for clause, following in zip(joined, joined[1:], strict=False):
        if (clause.device or clause.absent) and not clause.has_wish and not clause.words & {"talk:too"}:
            if following.has_wish and (following.joins or following.device) and not _is_question(clause):
                clause.acts = [act for act in following.acts if act != "set"]
                if not following.device or clause.device == following.device:
                    clause.number, clause.unit, clause.amount = following.number, following.unit, following.amount
                clause.words.discard("quant:each")
                following.words.discard("quant:each")
    for before, clause in zip(joined, joined[1:], strict=False):
        if not clause.has_wish and (clause.device or clause.absent) and not _is_question(clause):
            clause.acts = list(before.acts)
            if clause.places and not before.places and clause.device == before.device:
                clause.number, clause.unit = before.number, before.unit
        elif not _is_named(clause) and _is_named(before) and (clause.has_wish or clause.places):
            clause.device, clause.hint = before.device, before.hint
            clause.acts = clause.acts or list(before.acts)
            if not clause.has_value and not clause.acts[-1:] == ["set"]:
                clause.number, clause.unit, clause.amount = before.number, before.unit, before.amount
    return joined


def _is_named(clause: Clause) -> bool:
    return bool(
        clause.device or clause.hint or clause.absent or clause.topics or clause.unit == "degree" or clause.colour
        or clause.direction or any(act in _DEVICE_OF_ACT for act in clause.acts)
    )  # fmt: skip


def _is_question(clause: Clause) -> bool:
    if clause.number is not None and "ask:whether" not in clause.words:
        return False
    if "glue:polite" in clause.words:
        return False
    if clause.words & {"ask:what", "ask:state"}:
        return True
    is_request = bool(clause.words & {"polite:please", "talk:yes"}) or clause.opens_with == "polite"
    if "ask:whether" in clause.words:
        return not is_request
    return bool(_TOPICS_THAT_ASK.intersection(clause.topics)) and not clause.has_wish and not clause.device


def _intents(clauses: list[Clause]) -> tuple[Intent, ...]:
    found: list[Intent] = []
    for clause in clauses:
        found.extend(_compile(clause))
    if any(intent.name not in ("vague", "fragment") for intent in found):
        found = [intent for intent in found if intent.name != "vague"]
    return tuple(found)


def _compile(clause: Clause) -> list[Intent]:
    feel = next((name for name in _FEELS if f"feel:{name}" in clause.words), "")
    if _is_question(clause):
        return _query(clause)
    places = canonical_places(clause.places)
    if clause.absent and not clause.device:
        return [Intent(name="absent", device=clause.absent)]
    if feel and not (clause.has_wish and (clause.device or clause.number is not None)):
        act = _act(clause)
        if clause.acts and act in ("up", "down", "more", "less") and "rel:too" not in clause.words and feel != "fog":
            return [_wish(replace(clause, hint=clause.hint or "temperature"), act, places)]
        if act == "set" and feel in ("cold", "hot") and "glue:pronoun" in clause.words:
            return [Intent(name="up" if feel == "hot" else "down", device="temperature", places=places)]
        return _remark(clause, feel, places)
    if not (clause.has_wish or clause.device or places):
        return [Intent(name="bare", slots=(("topic", topic),)) for topic in clause.topics[:1]]
    act = _act(clause)
    if not _device(clause, act) and act in ("open", "close", "play") and not clause.has_value and not places:
        if "glue:pronoun" not in clause.words and 0 < clause.num_unknown <= _MOST_UNKNOWN_THING_WORDS:
            return [Intent(name="absent")]
    if "glue:negate" in clause.words and act:
        if act == "open" and clause.device and clause.opens_with != "talk":
            return [Intent(name="keep", device=clause.device, places=places)]
        return [Intent(name="keep", device=clause.device, places=places)]
    if clause.device == "ac":
        return _air_conditioning(clause, act, places)
    return [_wish(clause, act, places)]


def _act(clause: Clause) -> str:
    acts = clause.acts
    if "shut" in acts:
        if "open" in acts:
            return "unlock"
        return "lock" if "away" in acts else "close"
    act = acts[-1] if acts else ""
    if act == "away":
        return "close"
    if "rel:too" in clause.words and act in _OPPOSITE:
        return _OPPOSITE[act]
    return act


def _device(clause: Clause, act: str) -> str:
    device = clause.device
    if device == "seat" and (clause.unit == "degree" or (clause.number or 0.0) >= 10.0):
        return "temperature"
    if device in ("fan", "") and clause.direction and (device or clause.hint == "air_distribution" or act in ("", "set")):
        return "air_distribution"
    if device:
        return device
    if clause.hint and not (clause.hint == "air_distribution" and not clause.direction):
        return clause.hint
    if act in _DEVICE_OF_ACT:
        return _DEVICE_OF_ACT[act]
    if clause.unit == "degree":
        return "temperature"
    return "ambient" if clause.colour else ""


def _wish(clause: Clause, act: str, places: tuple[str, ...]) -> Intent:
    slots: dict[str, Value] = {}
    if clause.unit:
        slots["unit"] = clause.unit
    for name in ("amount", "colour", "direction"):
        if value := getattr(clause, name):
            slots[name] = value
    if clause.is_absolute:
        slots["absolute"] = True
    for word in ("rel:more", "rel:by", "quant:all", "quant:each", "quant:one", "glue:pronoun"):
        if word in clause.words:
            slots[word.partition(":")[2]] = True
    return Intent(
        name=act or ("set" if clause.has_value else "bare"),
        device=_device(clause, act),
        places=places,
        value=clause.number,
        slots=tuple(slots.items()),
    )


def _air_conditioning(clause: Clause, act: str, places: tuple[str, ...]) -> list[Intent]:
    """Tell the air conditioning itself from its temperature, its fan and its direction."""
    if clause.direction:
        return [_wish(replace(clause, device="air_distribution"), act, places)]
    switch = [Intent(name="open", device="ac")] if act == "open" else []
    if clause.number is not None:
        device = "fan" if clause.unit in ("level", "percent") else "temperature"
        return [*switch, _wish(replace(clause, device=device, acts=["set"] if act == "open" else clause.acts), act if act != "open" else "set", places)]
    if act in ("up", "down"):
        return [_wish(replace(clause, device="temperature"), act, places)]
    if act in ("more", "less") or (clause.amount in ("max", "min") and act in ("set", "open", "")):
        return [_wish(replace(clause, device="fan"), act, places)]
    if places and act not in ("open", "close") and places != ("own",):
        return [_wish(replace(clause, device="temperature"), act, places)]
    return [_wish(clause, act, ())]


def _query(clause: Clause) -> list[Intent]:
    feel = next((name for name in ("cold", "hot") if f"feel:{name}" in clause.words), "")
    topic = next((t for t in clause.topics if t not in ("inside", "outside")), "")
    if not topic and clause.topics and clause.device in ("", "temperature"):
        topic = clause.topics[0]
    if not topic and not clause.device and (clause.unit == "degree" or feel):
        topic = "inside"
    if not topic and not clause.device and clause.acts[-1:] in (["lock"], ["unlock"]):
        return [Intent(name="query", device="lock", slots=(("act", clause.acts[-1]),))]
    if not topic and not clause.device:
        return [Intent(name="query", device=clause.absent)] if clause.absent else []
    slots: dict[str, Value] = {}
    if topic:
        slots["topic"] = topic
    if clause.acts:
        slots["act"] = _act(clause)
    if "ask:what" not in clause.words:
        slots["whether"] = True
    if "quant:all" in clause.words:
        slots["all"] = True
    return [
        Intent(
            name="query",
            device="" if topic else clause.device,
            places=canonical_places(clause.places),
            slots=tuple(slots.items()),
        )
    ]


def _remark(clause: Clause, feel: str, places: tuple[str, ...]) -> list[Intent]:
    nouns = sorted(word[5:] for word in clause.words if word.startswith("noun:"))
    about = nouns[0] if nouns else clause.device
    if "glue:negate" in clause.words or "talk:no" in clause.words:
        return []
    if feel in ("cold", "hot") and "outside" in clause.topics:
        return []
    if feel == "pain" and about not in ("back", "massage", "seat"):
        return []
    return [Intent(name="vague", places=places, slots=(("feel", feel), ("about", about)))]
