"""German sentences are put into one form before they are scanned: verbs in two become one, "dann" comes first."""

from __future__ import annotations

import re

from zhixing.dataloop.ask.rewriting import rewritten, rules

_STOP = r"und|oder|dann|danach|während|wenn|bevor|nachdem"
_BETWEEN = rf"((?:(?!\b(?:{_STOP})\b)[^,;.])*?)"
_SEPARABLE = re.compile(
    r"\b(biegt|biegen|hält|halten|fährt|fahren|schert|scheren|weicht|weichen|stößt|stoßen|taucht|kommt|lässt|lassen|setzt)\b"
    rf"{_BETWEEN}\s(ab|an|los|auf|ein|aus|zusammen|entgegen|vorbei|passieren|vor|zurück)"
    rf"(?=\s*(?:$|[,;.]|\b(?:{_STOP})\b))"
)
"""Verbs in two: biegt … ab is read as abbiegt …"""
_SIDE = re.compile(r"\s*\b(?:nach\s+)?(links|rechts)\b(?!\s+(?:von|neben))")
_BEFORE_VERBS = rules(
    # bremst dann stark: dann bremst stark
    (
        r"\b(biegt|hält|fährt|schert|weicht|bremst|wechselt|überquert|quert|steht|wird|kollidiert|überholt|beschleunigt"
        r"|folgt|stößt|wendet|wartet)\s+(?:dann|danach|anschließend)\b",
        r"dann \1",
    ),
    (r"\bfährt\s+((?:einen|den|eine|die)\s+[\wäöüß-]+)\s+an\b", r"rammt \1"),
)
"""Before verbs in two are put together."""
_REWRITES = rules(
    (r"\bgegenverkehr\b", "entgegenkommendes fahrzeug"),
    (r"\beine gruppe\b", "mindestens drei"),
    (r"(\d+ ?m(?:etern?)?) (?:vor|von) der (haltelinie|kreuzung)\b", r"\1 abstand zur \2"),
    (r"(\d+ ?m(?:etern?)?) (?:vor|von) dem (zebrastreifen|überweg)\b", r"\1 abstand zum \2"),
    (
        rf"\b(?:läuft|geht|rennt|laufen|gehen|tritt)\b{_BETWEEN}\s(?:über|auf) die (?:straße|fahrbahn)\b",
        r"läuft über die straße\1",
    ),
    (rf"\bgewährt\b{_BETWEEN}\s(?:keine vorfahrt|keinen vorrang|nicht vorrang)\b", r"gewährt keine vorfahrt\1"),
    (rf"\bgewährt\b(?! keine){_BETWEEN}\s(?:vorfahrt|vorrang)\b", r"gewährt vorfahrt\1"),
    (rf"\b(?:fast|beinahe)\b{_BETWEEN}\s(?:angefahren|erfasst|überfahren|gerammt)\b", r"\1 fast angefahren"),
    (rf"\b(wechselt|wechseln)\b{_BETWEEN}\s(die spur|den fahrstreifen)\b", r"\1 \3\2"),
    (rf"\b(überquert|überqueren|quert|queren)\b{_BETWEEN}\s(die straße|die fahrbahn)\b", r"\1 \3\2"),
    (rf"\bnimmt\b{_BETWEEN}\s(die vorfahrt|die sicht auf)\b", r"nimmt \2\1"),
    (rf"\b(bremst|bremsen)\b{_BETWEEN}\s(?:sehr\s+)?(?:stark|scharf|hart|heftig|plötzlich)\b", r"\1 stark\2"),
)


def in_one_form(text: str) -> str:
    """Return a sentence, in lower case, with its verbs as the vocabulary has them.

    Example:
        >>> in_one_form("auto biegt an der kreuzung rechts ab und bremst dann stark")
        'auto rechts abbiegt an der kreuzung und dann bremst stark'
    """
    text = _SEPARABLE.sub(_in_one, rewritten(text, _BEFORE_VERBS))
    return rewritten(text, _REWRITES)


def inflected(phrase: str) -> list[str]:
    """Return the forms of an adjective or participle: abbiegende, abbiegender, …; nothing of anything else.

    Example:
        >>> inflected("stehende")
        ['stehender', 'stehendes', 'stehenden', 'stehendem']
    """
    is_adjective = re.search(r"(end|\bge\w+t|\bver\w+t|sam|nell)e$", phrase) is not None
    return [phrase + ending for ending in ("r", "s", "n", "m")] if is_adjective else []


def _in_one(found: re.Match[str]) -> str:
    """Return a verb in two as one, in the place of its first part."""
    verb, rest, particle = found[1], found[2], found[3]
    side = _SIDE.search(rest) if verb.startswith("bieg") else None
    if side:
        rest = rest[: side.start()] + rest[side.end() :]
    whole = f"{particle} {verb}" if particle == "passieren" else f"{particle}{verb}"
    return f"{side[1] + ' ' if side else ''}{whole}{rest}"
