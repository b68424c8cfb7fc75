"""Named queries are queries, each can be run, and the page lists them all."""

from __future__ import annotations

from pathlib import Path

import pytest

from zhixing.dataloop.mining.driven import drive_of
from zhixing.dataloop.mining.engine import mine
from zhixing.dataloop.mining.named.catalogue import NAMED, named_table
from zhixing.dataloop.mining.named.nuplan import NUPLAN
from zhixing.dataloop.mining.prepared import PreparedDrive
from zhixing.dataloop.mining.quick import mine_quickly
from zhixing.datatypes.query_json import from_json, to_json
from zhixing.runtime.patterns import drive_pattern

ROOT = Path(__file__).resolve().parents[4]


def staged(name: str) -> PreparedDrive:
    """Return a staged scene as a drive."""
    driven = drive_pattern(name, None, 1, "idm")
    return PreparedDrive(drive_of(driven.trace, driven.scenario))


def test_all_tags_are_there_and_none_twice() -> None:
    assert len(NUPLAN) == 73
    assert len({named.name for named in NAMED.values()}) == len(NAMED)
    assert [one.name for one in NUPLAN] == sorted(one.name for one in NUPLAN)


@pytest.mark.parametrize("name", NAMED)
def test_each_survives_its_json(name: str) -> None:
    assert from_json(to_json(NAMED[name].query)) == NAMED[name].query
    assert NAMED[name].meaning.endswith(".")


def test_the_page_lists_every_named_query(update_golden: bool) -> None:
    page = ROOT / "docs" / "named-queries.md"
    text = page.read_text("utf-8")
    head, separator, table = text.partition("| query |")
    if update_golden:
        page.write_text(head.rstrip() + "\n\n" + named_table(), "utf-8")
        return
    assert separator + table == named_table(), "pytest --update-golden writes the table anew"


@pytest.mark.slow
def test_both_engines_find_the_same_in_staged_scenes() -> None:
    found = set()
    for scene in ("right-turn-on-red", "swarm-at-green", "dart-out", "queue-cut-in"):
        drive = staged(scene)
        for name, named in NAMED.items():
            quick = mine_quickly(drive, named.query, with_reasons=False)
            slow = mine(drive, named.query)
            assert [(h.object_ids, h.start_ns, h.end_ns) for h in quick] == [
                (h.object_ids, h.start_ns, h.end_ns) for h in slow
            ], name
            if quick:
                found.add(name)
    assert len(found) > 40
