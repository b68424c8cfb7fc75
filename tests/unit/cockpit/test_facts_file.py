"""The file of what the car remembers: whole, its owner's alone, and read by the car that wrote it or not at all."""

from __future__ import annotations

import itertools
import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from zhixing.cockpit.devices import load_devices
from zhixing.cockpit.preferences import Fact, Preferences
from zhixing.datatypes.signal import Zone
from zhixing.errors import InputError
from zhixing.runtime.cabin import make_cabin

DRIVER_C = "Vehicle.Cabin.HVAC.Station.Row1.Driver.Temperature"


def fact(**more: Any) -> Fact:
    return Fact(**{"number": 0, "person": "driver", "kind": "likes", "device": "temperature", "value": 22.0, **more})


def say(file: Path, text: str) -> tuple[str, object]:
    """Say something in a car with a file, and return the outcome and the temperature at the driver's."""
    cabin = make_cabin(preferences=file)
    return cabin.finish(cabin.hear(text, Zone.DRIVER)).outcome, cabin.store.value(DRIVER_C)


def subjects() -> Iterator[dict[str, str]]:
    """Yield more things that a fact can be about than a car keeps."""
    for zone, device, condition in itertools.product(Zone, load_devices().by_name, ("", "rear-occupied")):
        yield {"person": zone.value, "device": device, "condition": condition}


def test_facts_are_plain_in_a_file_of_their_own_and_survive(tmp_path: Path) -> None:
    file = tmp_path / "people" / "preferences.json"
    say(file, "我喜欢22度")
    (row,) = json.loads(file.read_text("utf-8"))
    assert (row["device"], row["value"], row["said"], row["source"]) == ("temperature", 22.0, "我喜欢22度", "voice")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert say(file, "set the temperature") == ("done", 22.0)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{}",
        "[1]",
        "[[]]",
        '[{"number": 1}]',
        "[" * 100_000,
        '{"a": NaN}',
        "\x00",
        '[{"number": 1, "person": "driver", "kind": "hates", "device": "window"}]',
        '[{"number": 1, "person": "driver", "kind": "likes", "device": "window", "slots": {"a": [1]}}]',
    ],
    ids=range(10),
)
def test_a_file_that_is_none_of_ours_is_left_alone(tmp_path: Path, content: str) -> None:
    file = tmp_path / "preferences.json"
    file.write_text(content)
    with pytest.raises(InputError, match="preferences"):
        Preferences(file)
    assert file.read_text() == content


def test_a_file_of_many_megabytes_is_not_read(tmp_path: Path) -> None:
    file = tmp_path / "preferences.json"
    file.write_text(" " * 300_000)
    with pytest.raises(InputError, match="larger"):
        Preferences(file)


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot write"):
        Preferences(tmp_path / "file" / "preferences.json").learn(fact())


@pytest.mark.parametrize("char", ["x", "𠮷", "\0"], ids=["one byte", "four bytes", "six bytes"])
def test_what_is_written_can_always_be_read_and_the_oldest_gives_way(tmp_path: Path, char: str) -> None:
    kept = Preferences(tmp_path / "preferences.json")
    for one in itertools.islice(subjects(), 200):
        kept.learn(fact(**one, said=char * 200, slots={"unit": "degree"}))
    again = Preferences(tmp_path / "preferences.json")
    assert again.all() == kept.all()
    assert again.all()[-1].number == 200
    assert len(again.all()) > 100


GOOD = {"number": 1, "person": "driver", "kind": "likes", "device": "temperature", "value": 20.0, "said": "x"}
NEVER = {"kind": "never", "device": "sunroof", "act": "open", "value": None}


@pytest.mark.parametrize(
    "change",
    [
        {"number": True}, {"number": -5}, {"number": "1"}, {"number": 2**53}, {"person": "nobody"}, {"person": None},
        {"kind": ["likes"]}, {"device": "nodevice"}, {"device": []}, {"act": "open"}, {**NEVER, "act": "explode"},
        {**NEVER, "act": ""}, {"value": True}, {"value": "20"}, {"value": float("nan")}, {"value": float("inf")},
        {"value": 1e300}, {"value": 10**400}, {"slots": []}, {"slots": {"unit": "nope"}}, {"slots": {"unit": 5}},
        {"slots": {"amount": "nope"}}, {"slots": {"colour": "nope"}}, {"slots": {"direction": "nope"}},
        {"slots": {"x": "{0}"}}, {"condition": "always"}, {"said": 5}, {"said": "x" * 201}, {"said": "\ud800"},
        {"time_ns": "now"}, {"time_ns": -1}, {"time_ns": 1.5}, {"time_ns": 2**63}, {"source": "app"}, {"source": [1]},
        {"more": 1},
    ],
    ids=" ".join,
)  # fmt: skip
def test_a_row_that_cannot_be_right_is_named_and_the_file_left_alone(tmp_path: Path, change: dict[str, Any]) -> None:
    file = tmp_path / "preferences.json"
    file.write_text(content := json.dumps([GOOD | {"number": 7}, GOOD | change]))
    with pytest.raises(InputError, match="row 2: "):
        Preferences(file)
    assert file.read_text() == content


def test_two_rows_of_one_number_are_none_of_ours(tmp_path: Path) -> None:
    (tmp_path / "preferences.json").write_text(json.dumps([GOOD, GOOD | {"device": "fan"}]))
    with pytest.raises(InputError, match=r"row 2: its number 1 is taken"):
        Preferences(tmp_path / "preferences.json")


def test_the_highest_number_is_followed_by_facts_numbered_anew(tmp_path: Path) -> None:
    file = tmp_path / "preferences.json"
    file.write_text(json.dumps([GOOD | {"number": 2**53 - 1}]))
    Preferences(file).learn(fact(device="fan"))
    assert [(one.number, one.device) for one in Preferences(file).all()] == [(1, "temperature"), (2, "fan")]


def test_half_a_character_is_kept_as_a_question_mark(tmp_path: Path) -> None:
    assert say(tmp_path / "preferences.json", "我喜欢\ud80021度")[0] == "done"
    assert [one.said for one in Preferences(tmp_path / "preferences.json").all()] == ["我喜欢?21度"]


@pytest.fixture
def open_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.mark.usefixtures("open_umask")
def test_nobody_else_reads_the_file_or_the_folders_that_are_made_for_it(tmp_path: Path) -> None:
    file = tmp_path / "share" / "people" / "preferences.json"
    Preferences(file).learn(fact())
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (file, file.parent, file.parent.parent)]
    assert modes == [0o600, 0o700, 0o700]


@pytest.mark.usefixtures("open_umask")
def test_what_lies_beside_the_file_is_neither_used_nor_followed(tmp_path: Path) -> None:
    (tmp_path / "a.new").write_text("")
    (tmp_path / "a.new").chmod(0o666)
    (tmp_path / "precious").write_text("precious")
    (tmp_path / "b.new").symlink_to(tmp_path / "precious")
    for name in "ab":
        Preferences(tmp_path / f"{name}.json").learn(fact())
        assert stat.S_IMODE((tmp_path / f"{name}.json").stat().st_mode) == 0o600
    assert (tmp_path / "precious").read_text() == "precious"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.json", "a.new", "b.json", "b.new", "precious"]


def test_a_disk_that_fails_loses_nothing_and_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = Preferences(tmp_path / "preferences.json")
    kept.learn(fact())
    before = (tmp_path / "preferences.json").read_text()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(InputError, match="No space left"):
        kept.learn(fact(device="fan"))
    assert len(kept.all()) == 2, "known for this drive"
    assert [path.name for path in tmp_path.iterdir()] == ["preferences.json"]
    assert (tmp_path / "preferences.json").read_text() == before


def test_a_name_that_no_file_can_have_is_told(tmp_path: Path) -> None:
    for name in ("a\0b", "x" * 300):
        with pytest.raises(InputError):
            Preferences(tmp_path / name).learn(fact())


def test_facts_of_different_places_stand_side_by_side_and_survive(tmp_path: Path) -> None:
    kept = Preferences(tmp_path / "preferences.json")
    never = {"kind": "never", "device": "window", "act": "open", "value": None}
    for places in ((), ("driver",), ("rear_left", "rear_right"), ("rear_right", "rear_left")):
        kept.learn(fact(**never, places=places))
    again = Preferences(tmp_path / "preferences.json")
    assert [one.places for one in again.all()] == [(), ("driver",), ("rear_right", "rear_left")]
    assert json.loads((tmp_path / "preferences.json").read_text())[1]["places"] == ["driver"]


def test_a_file_from_before_places_still_loads(tmp_path: Path) -> None:
    (tmp_path / "preferences.json").write_text(json.dumps([GOOD | NEVER]))
    (one,) = Preferences(tmp_path / "preferences.json").all()
    assert (one.device, one.places) == ("sunroof", ())


@pytest.mark.parametrize("places", ["driver", ["roof"], [5], {"driver": 1}, None, [["driver"]]], ids=str)
def test_places_that_are_none_are_named(tmp_path: Path, places: Any) -> None:
    (tmp_path / "preferences.json").write_text(json.dumps([GOOD | NEVER | {"places": places}]))
    with pytest.raises(InputError, match="row 1: its places"):
        Preferences(tmp_path / "preferences.json")
