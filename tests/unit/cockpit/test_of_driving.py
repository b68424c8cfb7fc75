"""What is about driving and what only sounds like it: every sentence beside the phrase files."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from zhixing.cockpit.speech import speech_in
from zhixing.cockpit.understand.lexicon import phrase_files, read_phrases
from zhixing.cockpit.understand.of_driving import AboutDriving, about_driving
from zhixing.datatypes.localized import LANGS, Lang

FILES: dict[Lang, dict[str, Any]] = {
    lang: yaml.safe_load(file.read_text("utf-8"))
    for lang in LANGS
    for file in phrase_files("tests/driving")
    if file.name == f"{lang}.yaml"
}


def cases(kind: str) -> list[Any]:
    return [
        pytest.param(lang, say, name, id=f"{lang}: {say}")
        for lang in LANGS
        for name, sentences in FILES[lang][kind].items()
        for say in sentences
    ]


def only(found: AboutDriving | None) -> dict[str, Any]:
    assert found is not None
    assert found.rest == ""
    (intent,) = found.intents
    assert intent.device == "driving"
    return {"name": intent.name, "value": intent.value, **dict(intent.slots)}


@pytest.mark.parametrize(("lang", "say", "name"), cases("wish"))
def test_a_wish_is_understood_with_and_without_its_language(lang: Lang, say: str, name: str) -> None:
    wish, _, number = name.partition("=")
    expected = {"name": "drive", "value": float(number) if number else None, "wish": wish}
    assert only(about_driving(say, lang, lang)) == expected
    assert only(about_driving(say, None, "de" if lang == "en" else "en")) == expected


@pytest.mark.parametrize(("lang", "say", "name"), cases("weak"))
def test_a_bare_word_may_be_meant_otherwise(lang: Lang, say: str, name: str) -> None:
    assert only(about_driving(say, lang, lang)) == {"name": "drive", "value": None, "wish": name, "weak": True}


@pytest.mark.parametrize(("lang", "say", "name"), cases("why"))
def test_a_question_why_is_understood(lang: Lang, say: str, name: str) -> None:
    found = about_driving(say, lang, lang)
    assert only(found) == {"name": "why", "value": None, "about": name}
    assert found is not None
    assert found.is_question


@pytest.mark.parametrize(("lang", "say"), [(lang, say) for lang in LANGS for say in FILES[lang]["neither"]])
def test_what_only_sounds_like_it_is_not_about_driving(lang: Lang, say: str) -> None:
    assert about_driving(say, lang, lang) is None
    assert about_driving(say, None, lang) is None


def test_what_is_said_beside_it_is_handed_back() -> None:
    found = about_driving("close my window and drive slower", "en", "en")
    assert found is not None
    assert found.rest == "close my window"
    assert not found.is_question
    both = about_driving("超过去，然后下个路口左转", "zh", "zh")
    assert both is not None
    assert [dict(intent.slots)["wish"] for intent in both.intents] == ["overtake", "turn_left"]


@pytest.mark.parametrize("lang", LANGS)
def test_every_wish_has_its_sentences_and_its_phrases(lang: Lang) -> None:
    (file,) = (one for one in phrase_files("driving") if one.name == f"{lang}.yaml")
    tags = {tag for _, tags in read_phrases(file.read_text("utf-8"), file.name) for tag in tags}
    wishes = {name for klass, name in tags if klass == "wish"}
    content = speech_in(lang)._content
    assert wishes | {"livelier", "turn_left_here", "turn_right_here"} == set(content["driving"])
    assert set(content["driving"]) == set(content["driving_unchanged"])
    assert wishes == {name.partition("=")[0] for name in FILES[lang]["wish"]}
    assert {name for klass, name in tags if klass in ("event", "asks")} == set(FILES[lang]["why"])
    assert set(content["why"]) == set(speech_in("zh")._content["why"])


@settings(deadline=None, max_examples=200)
@given(st.text(max_size=120), st.sampled_from(LANGS))
def test_no_text_breaks_it(text: str, lang: Lang) -> None:
    about_driving(text, None, lang)


@settings(deadline=None, max_examples=100)
@given(data=st.data(), lang=st.sampled_from(LANGS))
def test_no_heap_of_its_own_words_breaks_it(data: st.DataObject, lang: Lang) -> None:
    (file,) = (one for one in phrase_files("driving") if one.name == f"{lang}.yaml")
    phrases = [phrase for phrase, _ in read_phrases(file.read_text("utf-8"), file.name)]
    words = data.draw(st.lists(st.sampled_from([*phrases, "3", ","]), min_size=1, max_size=30))
    found = about_driving(" ".join(words), lang, lang)
    assert found is None or found.intents
