"""Who is spoken to: the wishes of a sentence, without the reasons and the small talk around them; or nobody here.

A reason before a wish ("下雨了，把窗关上", "someone is coming, high beam off") is no wish, and strange words in it take
nothing from the wish beside it. A sentence that tells, or that the car hardly understands, is not for the car.
"""

from __future__ import annotations

from zhixing.cockpit.understand.clauses import Clause
from zhixing.cockpit.understand.ellipsis import is_question, is_talk_only

_GRAVE = frozenset(("door", "lock", "trunk", "frunk", "hood", "flap", "horn", "hazard", "high_beam"))
"""Things that nobody wants opened, sounded or lit by half a sentence: every word must be understood."""
_ABSENT_ACTS = frozenset(("navigation", "phone", "message", "news", "food", "parking", "calendar"))
_MOST_STRANGE_WORDS = 3
_OPENERS = ("act", "polite", "hint")


def spoken_to_the_car(clauses: list[Clause]) -> list[Clause]:
    """Return the clauses that are for the car; none where nobody speaks to it."""
    if any(clause.device in _GRAVE and clause.has_wish and clause.num_unknown for clause in clauses):
        return []
    wishes = [clause for clause in clauses if _is_clear_wish(clause, for_people=False)]
    if wishes or any(clause.opens_with in _OPENERS and clause.is_complete for clause in clauses):
        wishes = [clause for clause in clauses if _is_clear_wish(clause, for_people=True)]
    felt = [clause for clause in clauses if not clause.num_unknown and any(w.startswith("feel:") for w in clause.words)]
    wishes = wishes or (felt if not any(_tells(clause) for clause in clauses) else [])
    is_plain = any(c.is_complete and not c.num_unknown and c.opens_with != "unknown" for c in wishes)
    if wishes and not any(_quotes(clause) or (_tells(clause) and not is_plain) for clause in clauses):
        return [clause for clause in clauses if clause in wishes or _belongs(clause)]
    return clauses if clauses and _is_understood(clauses) else []


def _is_clear_wish(clause: Clause, *, for_people: bool) -> bool:
    """Return whether a clause by itself is a wish or a question of which no more than a word is strange.

    Args:
        clause: What was said.
        for_people: Whether other people may be named: "and her seat heating too".
    """
    if any(word.startswith("chat:") and not (for_people and word == "chat:people") for word in clause.words):
        return False
    if clause.opens_with == "absent" and clause.absent in _ABSENT_ACTS:
        return True  # "导航到虹桥机场": what follows is its object
    is_fragment = bool(clause.acts) and clause.opens_with in _OPENERS
    if not (clause.is_complete or is_fragment or (is_question(clause) and (clause.device or clause.topics))):
        return False
    if clause.device == "car" and not {"lock", "unlock", "stop"} & set(clause.acts) and not is_question(clause):
        return False
    return clause.num_unknown <= 0.5 * clause.num_known


def _tells(clause: Clause) -> bool:
    return "chat:life" in clause.words


def _quotes(clause: Clause) -> bool:
    return "chat:quote" in clause.words


def _belongs(clause: Clause) -> bool:
    """Return whether a clause that is no wish by itself still says something to the wish beside it."""
    if is_talk_only(clause):
        return True
    is_told = clause.absent and not clause.acts and clause.opens_with not in ("polite", "absent")
    is_noun = any(w.startswith("noun:") for w in clause.words) and not any(w.startswith("feel:") for w in clause.words)
    if is_told or is_noun:
        return False  # "I cannot hear the phone", "my hands are full"
    if clause.opens_with == "act" and clause.acts[:1] in (["open"], ["close"]) and clause.num_known == 1:
        return (
            clause.num_unknown <= _MOST_STRANGE_WORDS and "act:short" not in clause.words
        )  # "start the popcorn machine"
    return not clause.num_unknown and not any(word.startswith("chat:") for word in clause.words)


def _is_understood(clauses: list[Clause]) -> bool:
    """Return whether somebody speaks to the car: chatter is full of words that no wish needs."""
    num_known = sum(clause.num_known for clause in clauses)
    num_unknown = sum(clause.num_unknown for clause in clauses)
    is_imperative = clauses[0].opens_with in _OPENERS
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
