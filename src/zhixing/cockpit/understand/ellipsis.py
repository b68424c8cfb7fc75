"""What is left unsaid: corrections inside a sentence, lists of things, and words taken from the clause beside."""

from __future__ import annotations

import itertools

from zhixing.cockpit.devices import load_devices
from zhixing.cockpit.understand.clauses import Clause

DEVICE_OF_ACT = {
    "play": "media",
    "stop": "media",
    "next": "media",
    "previous": "media",
    "mute": "volume",
    "lock": "lock",
    "unlock": "lock",
    "forward": "seat_position",
    "backward": "seat_position",
}
"""Acts that name their device."""

_FELT = frozenset(("feel:smell", "feel:stuffy", "feel:fog", "feel:pain", "feel:noisy", "feel:glare"))
_SEAT_DEVICES = frozenset(("seat", "seat_heating", "seat_ventilation", "massage"))
_TOPICS_THAT_ASK = frozenset(("speed", "range", "battery", "limit"))


def is_question(clause: Clause) -> bool:
    """Return whether a clause asks for an answer; a polite request does not."""
    if clause.number is not None and "ask:whether" not in clause.words:
        return False
    if "glue:polite" in clause.words:
        return False
    if clause.words & _FELT and not clause.device:
        return False  # "what a smell": nobody wants to know
    if "ask:state" in clause.words and "polite:please" in clause.words:
        return False
    if clause.words & {"ask:what", "ask:state", "ask:how"}:
        return True
    is_request = "polite:please" in clause.words or clause.opens_with in ("polite", "talk")
    if "ask:whether" in clause.words:
        return not is_request
    has_wish = clause.acts or clause.number is not None or clause.amount not in ("", "little")
    return bool(_TOPICS_THAT_ASK.intersection(clause.topics)) and not has_wish and not clause.device


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
        if is_talk_only(clause) and not clause.words & {"glue:pronoun", "rel:more", "rel:again"}:
            corrects = corrects or "talk:no" in clause.words or clause.corrects
            continue
        clause.corrects = clause.corrects or corrects
        corrects = False
        kept.append(clause)
    return kept


def correct(clauses: list[Clause]) -> list[Clause]:
    """Lay every correction over the clause that it corrects."""
    kept: list[Clause] = []
    is_wrong_first = False
    said_wrong = [
        clause
        for index, clause in enumerate(clauses)
        if ("glue:negate" in clause.words and (clause.has_value or clause.device) and not clause.acts)
        or (
            "talk:no" in clause.words
            and not clause.acts
            and any(later.corrects or later.has_wish or later.device for later in clauses[index + 1 :])
        )
    ]
    for clause in clauses:
        if any(clause is wrong for wrong in said_wrong) and len(clauses) > len(said_wrong):
            is_wrong_first = is_wrong_first or not kept
            continue  # "20, not 24": what it is not
        if not (clause.corrects and kept):
            clause.corrects = clause.corrects or is_wrong_first
            is_wrong_first = False
            kept.append(clause)
            continue
        wrong = kept.pop()
        if wrong.device in _SEAT_DEVICES and clause.device:
            clause.device = load_devices().pairs.get(("seat", clause.device), clause.device)
        if clause.device and clause.device != wrong.device and clause.has_value:
            clause.places = clause.places or list(wrong.places)
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
        elif before is not None and _is_place_of(before, clause):
            clause.places = list(before.places)
            joined[-1] = clause
        elif before is not None and _is_asked_about(before, clause):
            before.device = clause.device
        elif before is not None and _is_value_of(before, clause):
            before.number, before.unit, before.amount = clause.number, clause.unit, clause.amount
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
    """Return whether a clause says what to do with the thing that the one before only names, or names it better."""
    if not before.device or before.has_wish or is_question(before):
        return False
    if before.device == "light" and clause.device in load_devices().by_name["light"].members:
        before.device = clause.device
        return clause.has_wish or not clause.places
    return clause.has_wish and not (clause.device or clause.topics or clause.absent or clause.hint)


def _is_place_of(before: Clause, clause: Clause) -> bool:
    """Return whether a clause only says where the next one is to be: "for the passenger, air to the face"."""
    is_place_alone = bool(before.places) and not (before.device or before.has_wish or before.topics or before.absent)
    return is_place_alone and clause.joins and not before.num_unknown and not clause.places and clause.has_wish


def _is_asked_about(before: Clause, clause: Clause) -> bool:
    """Return whether a clause names the thing that the question before it left out."""
    is_open = is_question(before) and not (before.device or before.topics or before.absent)
    return is_open and bool(clause.device) and not clause.has_wish and not is_question(clause)


def _is_value_of(before: Clause, clause: Clause) -> bool:
    """Return whether a clause only says how much of the wish before it: "heat the seat, level two"."""
    is_value_alone = clause.has_value and not (clause.device or clause.acts or clause.places or clause.absent)
    is_told = clause.number is not None or clause.amount in ("half", "max", "min", "crack")
    is_waiting = bool(before.device) and before.has_wish and not before.has_value and not is_question(before)
    return (
        is_value_alone and is_told and is_waiting and clause.joins and not clause.corrects and clause.unit != "degree"
    )


def _waits_for_act(clause: Clause) -> bool:
    is_thing_alone = bool(clause.device or clause.absent) and not clause.has_wish
    return is_thing_alone and "talk:too" not in clause.words and not is_question(clause)


def _take_from_before(before: Clause, clause: Clause) -> None:
    """Fill a clause's thing, act and value from the clause before: "the window down and the sunroof"."""
    known = load_devices().by_name.get(clause.device)
    if known is not None and known.kind == "unclear" and "glue:pronoun" in clause.words:
        clause.device = known.options.get(before.device, clause.device)  # "the sunroof, and its blind"
    if "chat:people" in clause.words and not clause.places and before.places:
        clause.places = list(before.places)  # "the passenger 24, and her seat heating too"
    if clause.device in ("heating", "ventilation") and before.device in _SEAT_DEVICES:
        clause.device, clause.places = f"seat_{clause.device}", clause.places or list(before.places)
        if not before.has_wish:
            before.device, before.places = "", []
    if not clause.has_wish and (clause.device or clause.absent) and not is_question(clause):
        clause.acts = list(before.acts)
        if clause.places and not before.places and clause.device == before.device:
            clause.number, clause.unit = before.number, before.unit
    elif not _is_named(clause) and _is_named(before) and (clause.has_wish or clause.places):
        clause.device, clause.hint = before.device, before.hint
        does_the_same = not clause.acts or clause.acts == before.acts
        clause.acts = clause.acts or list(before.acts)
        if clause.number is not None and not clause.unit:
            clause.unit = before.unit
        if does_the_same and not clause.has_value and clause.acts[-1:] != ["set"]:
            clause.number, clause.unit, clause.amount = before.number, before.unit, before.amount


def _is_named(clause: Clause) -> bool:
    return bool(
        clause.device or clause.hint or clause.absent or clause.topics or clause.unit == "degree" or clause.colour
        or clause.direction or any(act in DEVICE_OF_ACT for act in clause.acts)
    )  # fmt: skip
