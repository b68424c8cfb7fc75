"""The table of signatures below and the engine's catalogue above speak of the same measures."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from zhixing.dataloop.mining.catalogue import CATALOGUE, SUBJECTS, measures_table
from zhixing.datatypes.localized import LANGS
from zhixing.datatypes.measures import MEASURES
from zhixing.datatypes.query_json import from_json

ROOT = Path(__file__).resolve().parents[4]


def test_every_measure_of_the_table_is_taken_by_the_engine_in_the_same_order_and_no_other() -> None:
    assert list(CATALOGUE) == list(MEASURES)
    assert sum(len(family) for _, family in SUBJECTS) == len(CATALOGUE)


@pytest.mark.parametrize("name", MEASURES)
def test_a_measure_takes_as_many_roles_as_the_table_says_and_is_told_in_three_languages(name: str) -> None:
    measuring = CATALOGUE[name]
    assert (measuring.of_two if MEASURES[name].num_roles == 2 else measuring.of_one) is not None
    assert (measuring.of_one if MEASURES[name].num_roles == 2 else measuring.of_two) is None
    said = [measuring.meaning.in_lang(lang) for lang in LANGS]
    assert all(said)
    assert re.search(r"[一-鿿]", said[0])
    for sentence in said if MEASURES[name].num_roles == 2 else ():
        assert re.search(r"\ba\b", sentence) or "_ahead_" in sentence


def test_the_page_on_mining_lists_every_measure(update_golden: bool) -> None:
    page = ROOT / "docs" / "mining.md"
    said = page.read_text("utf-8").partition("\n### ")
    if update_golden:
        page.write_text(said[0].rstrip() + "\n\n" + measures_table(), "utf-8")
        return
    assert "### " + said[2] == measures_table(), "pytest --update-golden writes the tables anew"


def test_the_example_of_the_page_is_a_query() -> None:
    text = (ROOT / "docs" / "mining.md").read_text("utf-8")
    example = re.findall(r"```json\n(.*?)```", text, flags=re.DOTALL)
    assert [from_json(one).name for one in example] == ["rider-runs-red-before-turning-car"]
