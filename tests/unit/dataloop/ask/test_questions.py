"""What many questions mean, one by one: people read `questions.yaml`, and a change of it is a change of meaning."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from zhixing.dataloop.ask.asking import ask
from zhixing.datatypes.localized import Lang
from zhixing.datatypes.query_json import plain_of
from zhixing.errors import QueryError

PAGE = Path(__file__).with_name("questions.yaml")


def short(said: dict[str, Any]) -> str:
    """Return a condition as people read it: & all, | any, ! not, ~> then."""
    match said["kind"]:
        case "compare" | "is":
            signs = {"at_least": "≥", "at_most": "≤", "above": ">", "below": "<"}
            bounds = " ".join(f"{sign} {said[name]:.3g}" for name, sign in signs.items() if said.get(name) is not None)
            words = "/".join(said.get("one_of", []))
            return f"{said['measure']}({', '.join(said['of'])}) {bounds or words}".strip()
        case "all-of" | "any-of":
            sign = " & " if said["kind"] == "all-of" else " | "
            return "(" + sign.join(short(one) for one in said["conditions"]) + ")"
        case "not":
            return "!" + short(said["condition"])
        case "then":
            return f"{short(said['first'])} ~{said['within_s']:.3g}s> {short(said['second'])}"
        case "count":
            many = " ".join(f"{k}={said[k]}" for k in ("at_least", "at_most") if said.get(k) is not None)
            return f"count {said['role']['name']} {many} {short(said['condition'])}"
        case "exists":
            return f"exists {said['role']['name']} {short(said['condition'])}"
        case kind:
            times = " ".join(f"{said[k]:.3g}s" for k in ("at_least_s", "past_s", "future_s") if said.get(k))
            return f"{kind} {times} {short(said['condition'])}"


def meaning(text: str, lang: Lang) -> str:
    try:
        asked = ask(text, lang)
    except QueryError as error:
        return f"refused: {error}"
    plain = plain_of(asked.query)
    roles = ", ".join(role["name"] for role in plain["roles"])
    left = f" (not understood: {', '.join(asked.unknown)})" if asked.unknown else ""
    return f"{roles}: {short(plain['condition'])}{left}"


def test_questions_mean_what_they_meant(update_golden: bool) -> None:
    said = yaml.safe_load(PAGE.read_text("utf-8"))
    now = {lang: {text: meaning(text, lang) for text in questions} for lang, questions in said.items()}
    if update_golden:
        head = "# What questions mean; `pytest tests/unit/dataloop/ask --update-golden` accepts a change.\n"
        PAGE.write_text(head + yaml.safe_dump(now, allow_unicode=True, sort_keys=False, width=100_000), "utf-8")
        return
    assert now == said
