from __future__ import annotations

import pytest

from zhixing.cockpit.devices import load_devices, parse_devices
from zhixing.cockpit.understand.lexicon import Lexicon, read_phrases
from zhixing.cockpit.understand.tagging import tag
from zhixing.errors import PhraseError


@pytest.mark.parametrize(
    "text",
    [
        "device: [a",
        "- window",
        "device: [window]",
        "device: {window: fenster}",
        "talk: {'yes': [yes]}",
        "mixed: {open window: [device]}",
        "device: {window: [1]}",
    ],
)
def test_a_broken_phrase_file_names_itself(text: str) -> None:
    with pytest.raises(PhraseError, match=r"en/broken\.yaml"):
        read_phrases(text, "en/broken.yaml")


def test_an_unknown_class_is_an_error() -> None:
    with pytest.raises(PhraseError, match="gadget"):
        Lexicon("en").add("window", (("gadget", "window"),), "here")


def test_a_phrase_without_words_is_an_error() -> None:
    with pytest.raises(PhraseError, match="no words"):
        Lexicon("en").add("🚗", (("device", "window"),), "here")


def test_a_phrase_cannot_mean_two_things() -> None:
    lexicon = Lexicon("en")
    lexicon.add("blind", (("device", "rear_shade"),), "here")
    with pytest.raises(PhraseError, match="already"):
        lexicon.add("blind", (("device", "door_shade"),), "there")


def test_the_longest_phrase_wins() -> None:
    lexicon = Lexicon("en")
    lexicon.add("rear window", (("device", "window"),), "here")
    lexicon.add("rear window heater", (("device", "defroster"),), "here")
    assert lexicon.match(["the", "rear", "window", "heater"], 1) == (3, (("device", "defroster"),))
    assert lexicon.match(["the", "rear", "window", "opens"], 1) == (2, (("device", "window"),))
    assert lexicon.match(["the", "rear"], 1) == (0, ())


def test_a_character_that_sounds_alike_is_heard_right() -> None:
    assert tag(tuple("天创"), "zh")[0].tags == (("device", "sunroof"),)


def test_a_word_with_one_wrong_letter_is_read_right() -> None:
    assert tag(("sunrof",), "en")[0].tags == (("device", "sunroof"),)
    assert tag(("gebläze",), "de")[0].tags == (("device", "fan"),)


def test_an_unknown_word_stays_unknown() -> None:
    assert tag(("quux",), "en")[0].tags == ()


@pytest.mark.parametrize(
    "entry",
    [
        {"kind": "magic", "path": "A"},
        {"kind": "switch", "path": "A.{}.B"},
        {"kind": "switch", "path": "A.{}.B", "scheme": "moon"},
        {"kind": "switch", "path": "A", "colour": "red"},
        {"kind": "group", "members": ["nothing"]},
    ],
)
def test_a_contradictory_device_is_an_error(entry: dict[str, object]) -> None:
    content = {"schemes": {"seat": {"driver": "X"}}, "colours": {}, "pairs": [], "devices": {"thing": entry}}
    with pytest.raises(PhraseError, match="thing"):
        parse_devices(content)


def test_pairs_of_devices_work_in_both_orders() -> None:
    pairs = load_devices().pairs
    assert pairs["seat", "heating"] == pairs["heating", "seat"] == "seat_heating"
