"""What is left unsaid: corrections inside a sentence, lists of things, and words taken from the clause beside."""

from __future__ import annotations

import itertools

from zhixing.cockpit.understand.clauses import Clause

DEVICE_OF_ACT = {
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
"""Acts that name their device."""

_TOPICS_THAT_ASK = frozenset(("speed", "range", "battery", "limit"))


def is_question(clause: Clause) -> bool:
    """Return whether a clause asks for an answer; a polite request does not."""
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


def is_talk_only(clause: Clause) -> bool:
    """Return whether a clause only leads the conversation."""
    return not (
        clause.has_wish or clause.device or clause.absent or clause.places or clause.topics
        or any(word.startswith(("feel:", "noun:", "ask:", "quant:")) for word in clause.words)
    )  # fmt: skip


def without_talk(clauses: list[Clause]) -> list[Clause]:
    """Drop clauses that only lead the conversation; a "no" before content turns that into a correction."""
    kept: list[Clause] = []
    corrects = False
    for clause in clauses:
        if is_talk_only(clause) and not clause.words & {"glue:pronoun", "rel:more"}:
            corrects = corrects or "talk:no" in clause.words or clause.corrects
            continue
        clause.corrects = clause.corrects or corrects
        corrects = False
        kept.append(clause)
    return kept


def correct(clauses: list[Clause]) -> list[Clause]:
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


def join(clauses: list[Clause]) -> list[Clause]:
    """Put together what a pause or an "and" has torn: thing and act, act and list of things."""
    joined: list[Clause] = []
    for clause in clauses:
        before = joined[-1] if joined else None
        if before is not None and _is_topic_of(before, clause):
            clause.device, clause.places = before.device, before.places + clause.places
            clause.words |= before.words
            joined[-1] = clause
        else:
            joined.append(clause)
    for clause, following in itertools.pairwise(joined):
        if _waits_for_act(clause) and following.has_wish and (following.joins or following.device):
            clause.acts = [act for act in following.acts if act != "set"]
            if not following.device or clause.device == following.device:
                clause.number, clause.unit, clause.amount = following.number, following.unit, following.amount
            clause.words.discard("quant:each")
            following.words.discard("quant:each")
    for clause, following in itertools.pairwise(joined):
        if clause.number is not None and not _is_named(clause) and following.joins and _is_named(following):
            clause.device, clause.unit = clause.device or following.device, clause.unit or following.unit
    for before, clause in itertools.pairwise(joined):
        _take_from_before(before, clause)
    return joined


def _is_topic_of(before: Clause, clause: Clause) -> bool:
    """Return whether a clause says what to do with the thing that the one before only names."""
    return (
        bool(before.device)
        and not before.has_wish
        and clause.has_wish
        and not (clause.device or clause.topics or clause.absent or clause.hint)
        and not is_question(before)
    )


def _waits_for_act(clause: Clause) -> bool:
    is_thing_alone = bool(clause.device or clause.absent) and not clause.has_wish
    return is_thing_alone and "talk:too" not in clause.words and not is_question(clause)


def _take_from_before(before: Clause, clause: Clause) -> None:
    """Fill a clause's thing, act and value from the clause before: "the window down and the sunroof"."""
    if not clause.has_wish and (clause.device or clause.absent) and not is_question(clause):
        clause.acts = list(before.acts)
        if clause.places and not before.places and clause.device == before.device:
            clause.number, clause.unit = before.number, before.unit
    elif not _is_named(clause) and _is_named(before) and (clause.has_wish or clause.places):
        clause.device, clause.hint = before.device, before.hint
        does_the_same = not clause.acts or clause.acts == before.acts
        clause.acts = clause.acts or list(before.acts)
        if does_the_same and not clause.has_value and clause.acts[-1:] != ["set"]:
            clause.number, clause.unit, clause.amount = before.number, before.unit, before.amount


def _is_named(clause: Clause) -> bool:
    return bool(
        clause.device or clause.hint or clause.absent or clause.topics or clause.unit == "degree" or clause.colour
        or clause.direction or any(act in DEVICE_OF_ACT for act in clause.acts)
    )  # fmt: skip
