"""Every sentence beside the phrase files means what is written beside it.

A case is ``{say: sentence, means: [wish, ...], talk: [...]}``. A wish is ``{act: device, at: [places], value: number}``
and every slot by name; ``nothing`` stands for no device. Slots that only say how something was said are left out.
"""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from zhixing.cockpit.devices import load_devices
from zhixing.cockpit.speech import speech_in
from zhixing.cockpit.understand.lexicon import load_lexicon, phrase_files, read_phrases
from zhixing.cockpit.understand.meaning import understand
from zhixing.datatypes.dialogue import Intent
from zhixing.datatypes.localized import LANGS, Lang

MANNER = {"pronoun", "absolute", "implied", "whether", "ended"}
CASES = [
    pytest.param(lang, case, id=f"{lang}: {case['say']}")
    for lang in LANGS
    for file in phrase_files(f"tests/{lang}")
    for case in yaml.safe_load(file.read_text("utf-8"))
]


def plainly(intent: Intent) -> dict[str, Any]:
    """Return an intent in the notation of the phrase tests."""
    told: dict[str, Any] = {intent.name: intent.device or "nothing"}
    if intent.places:
        told["at"] = list(intent.places)
    if intent.value is not None:
        told["value"] = intent.value
    return told | {name: value for name, value in intent.slots if name not in MANNER and value != ""}


@pytest.mark.parametrize(("lang", "case"), CASES)
def test_sentence_means_what_is_written_beside_it(lang: Lang, case: dict[str, Any]) -> None:
    meaning = understand(case["say"], lang)
    assert [plainly(intent) for intent in meaning.intents] == case["means"]
    if "talk" in case:
        assert sorted(meaning.talk) == case["talk"]


@pytest.mark.parametrize("lang", LANGS)
def test_every_language_has_at_least_a_hundred_cases(lang: Lang) -> None:
    assert sum(case.values[0] == lang for case in CASES) >= 100


@pytest.mark.parametrize("lang", LANGS)
def test_every_device_of_the_lexicon_exists_and_has_a_spoken_name(lang: Lang) -> None:
    devices = load_devices().by_name
    named = {name for _, tags in load_lexicon(lang).phrases() for klass, name in tags if klass in ("device", "hint")}
    assert named <= set(devices)
    assert [name for name in named - {"wiper_mode"} if not speech_in(lang).device(name)] == []


@pytest.mark.parametrize("lang", LANGS)
def test_every_device_can_be_said(lang: Lang) -> None:
    said = {name for _, tags in load_lexicon(lang).phrases() for klass, name in tags if klass == "device"}
    assert set(load_devices().by_name) - said <= {
        "seat_height",
        "mirror_tilt",
    }  # reached by acts: "seat up", "mirror down"


@pytest.mark.parametrize("lang", LANGS)
def test_every_colour_and_direction_of_the_lexicon_is_a_value(lang: Lang) -> None:
    devices = load_devices()
    choices = {name for device in devices.by_name.values() for name in device.choices}
    for phrase, tags in load_lexicon(lang).phrases():
        for klass, name in tags:
            assert klass != "colour" or name in devices.colours, phrase
            assert klass != "dir" or name in choices, phrase


def test_german_and_english_say_the_same_things() -> None:
    by_lang = {
        lang: {tag for _, tags in load_lexicon(lang).phrases() for tag in tags if tag[0] in ("act", "amount", "feel")}
        for lang in LANGS
    }
    shut_is_german = {("act", "shut"), ("act", "away")}
    assert by_lang["de"] - shut_is_german - by_lang["en"] == set()


def test_phrase_files_are_small_enough_to_read() -> None:
    for lang in LANGS:
        for file in phrase_files(lang):
            assert len(read_phrases(file.read_text("utf-8"), file.name)) < 1500
