"""Two thousand conversations by people who did not know the code, in the form of the cockpit exam.

Which of them fail is a golden file: one that begins to fail shows with what was wanted and what came of it, one that
passes now is to be taken off the list (``--update-golden``).
"""

from __future__ import annotations

from pathlib import Path

import pytest

from zhixing.datatypes.localized import LANGS, Lang
from zhixing.runtime.cockpit_exam import CaseResult, read_case, run_case
from zhixing.testing.exam_rules import ASKED_ABOUT, BY_HAND_ONLY, FORBIDDEN_WHILE_MOVING

FOLDER = Path(__file__).parent / "conversations"
pytestmark = pytest.mark.slow


def told(result: CaseResult) -> str:
    """Return a failed case so that a person sees what is wrong."""
    lines = [f"{result.case.case_id} ({result.case.category})"]
    for turn, wanted in zip(result.turns, result.case.turns, strict=False):
        mark = "ok " if turn.passed else "BAD"
        lines.append(f"  {mark} {wanted.zone.value}: {wanted.say}")
        if not turn.passed:
            lines.append(f"      wanted {wanted.outcome} {dict(wanted.changes)}")
            lines.append(f"      got    {turn.outcome} {dict(turn.changes)} {turn.reply}")
    return "\n".join(lines)


@pytest.mark.parametrize("lang", LANGS)
def test_conversations_come_out_as_before(lang: Lang, request: pytest.FixtureRequest) -> None:
    lines = (FOLDER / f"{lang}.jsonl").read_bytes().splitlines()
    results = [run_case(read_case(line, number)) for number, line in enumerate(lines, start=1)]
    failed = {result.case.case_id: result for result in results if not result.passed}
    known_file = FOLDER / f"{lang}.failing.txt"
    if request.config.getoption("--update-golden"):
        known_file.write_text("".join(f"{case_id}\n" for case_id in sorted(failed)), "utf-8")
    known = set(known_file.read_text("utf-8").split())
    new = "\n".join(told(failed[case_id]) for case_id in sorted(failed.keys() - known))
    assert not new, f"fail now:\n{new}"
    assert not known - failed.keys(), f"pass now, take them off with --update-golden: {sorted(known - failed.keys())}"
    assert len(failed) <= 0.06 * len(results)
    for result in failed.values():
        for turn, wanted in zip(result.turns, result.case.turns, strict=False):
            grave = {(path, value) for path, value in turn.changes.items() if path not in wanted.changes}
            assert not grave & (ASKED_ABOUT | FORBIDDEN_WHILE_MOVING), told(result)
            assert not turn.changes.keys() & BY_HAND_ONLY, told(result)
