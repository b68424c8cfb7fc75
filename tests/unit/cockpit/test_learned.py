"""The learned model, who is believed, and the text that it was trained on."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable
from importlib import resources
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhixing.cockpit.devices import load_devices
from zhixing.cockpit.manual import load_manual, look_up
from zhixing.cockpit.questions import TOPICS
from zhixing.cockpit.understand.arbiter import Reading, is_doubtful, settle
from zhixing.cockpit.understand.features import NUM_BUCKETS, buckets
from zhixing.cockpit.understand.learned import Guess, LearnedModel, load_model
from zhixing.cockpit.understand.meaning import spans_of, understand
from zhixing.cockpit.understand.normalise import clean, tokenise
from zhixing.datatypes.dialogue import Intent
from zhixing.datatypes.localized import LANGS, Lang

ROOT = Path(__file__).resolve().parents[3]
CORPUS = ROOT / "tools" / "corpus"
needs_corpus = pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is in the repository only")


def guess_of(text: str, lang: Lang) -> Guess:
    tokens = tokenise(clean(text))
    return load_model().guess(tokens, spans_of(tokens, lang), lang)


def reading(*intents: Intent, text: str = "", lang: Lang = "zh", talk: tuple[str, ...] = ()) -> Reading:
    return Reading(intents=intents, talk=frozenset(talk), spans=spans_of(tokenise(clean(text)), lang))


def test_the_model_is_small_and_says_what_it_was_made_of() -> None:
    content = resources.files("zhixing.cockpit.understand").joinpath("understander.onnx").read_bytes()
    assert len(content) <= 10_000_000
    about = LearnedModel(content).about
    assert about["held_out"]["right at 0.6"] > 0.9
    assert all(about["held_out"][f"top-1 {lang}"] > 0.7 for lang in LANGS)


@needs_corpus
def test_the_model_was_trained_on_the_corpus_as_it_is() -> None:
    text = b"".join((CORPUS / f"{lang}.tsv").read_bytes() for lang in LANGS)
    assert load_model().about["corpus"] == hashlib.sha256(text).hexdigest(), "python tools/train_understander.py"


@needs_corpus
@pytest.mark.parametrize("lang", LANGS)
def test_every_label_of_the_corpus_is_a_meaning_of_this_car(lang: Lang) -> None:
    rows = [line.split("\t") for line in (CORPUS / f"{lang}.tsv").read_text("utf-8").splitlines()]
    labels = Counter(label for label, _ in rows)
    assert set(labels) <= set(load_model().labels)
    assert min(labels.values()) >= 5
    devices = {label.split(".")[1] for label in labels if label.startswith("wish.")}
    assert devices <= set(load_devices().by_name)
    topics = {label.split(".")[1] for label in labels if label.startswith("query.")}
    assert topics <= {*TOPICS, "limit", "weather", "state"}


@pytest.mark.parametrize("lang", LANGS)
def test_shares_are_shares(lang: Lang) -> None:
    shares = load_model().shares(("打", "开"), [], lang)
    assert shares.min() >= 0
    assert np.isclose(shares.sum(), 1.0, atol=1e-4)


@given(text=st.text(max_size=300), lang=st.sampled_from(LANGS))
def test_any_text_has_buckets_and_a_guess(text: str, lang: Lang) -> None:
    tokens = tokenise(clean(text))
    found = buckets(tokens, spans_of(tokens, lang), lang)
    assert found
    assert all(0 <= bucket < NUM_BUCKETS for bucket in found)
    assert 0 <= guess_of(text, lang).confidence <= 1


@pytest.mark.parametrize(
    ("text", "lang", "label"),
    [
        ("屁股底下凉飕飕的坐不住", "zh", "remark.cold.seat"),
        ("楼上半夜放音乐吵得我睡不着", "zh", "chatter"),
        ("my toes have turned to ice", "en", "remark.cold.feet"),
        ("ich seh vorn durch die Scheibe nix mehr", "de", "remark.fog.front"),
        ("meine Schwester hat jetzt auch so Massagesitze", "de", "chatter"),
    ],
)
def test_it_knows_what_no_phrase_says(text: str, lang: Lang, label: str) -> None:
    assert guess_of(text, lang).label == label


def test_a_sentence_without_strange_words_is_the_phrases() -> None:
    assert not is_doubtful(reading(Intent(name="open", device="window"), text="打开车窗"))
    assert understand("打开车窗", "zh").by == "grammar"


@pytest.mark.parametrize("noise", ["嗯", "啊 嗯", "呃……"])
def test_of_a_noise_the_model_is_never_asked(noise: str) -> None:
    assert not is_doubtful(reading(text=noise))


def test_grave_things_need_more_certainty_than_others() -> None:
    heard = reading(text="榨汁机来一下")
    for device, confidence, is_believed in (("window", 0.7, True), ("trunk", 0.7, False), ("trunk", 0.95, True)):
        found = settle(heard, Guess(f"wish.{device}.open", confidence, 0.0))
        assert (found is not None) == is_believed


def test_below_its_threshold_the_model_is_not_believed() -> None:
    assert settle(reading(text="榨汁机来一下"), Guess("wish.window.open", 0.5, 0.2)) is None


def test_a_wish_with_a_value_that_was_not_understood_is_not_made_up() -> None:
    assert settle(reading(text="榨汁机来一下"), Guess("wish.temperature.set", 0.95, 0.0)) is None


def test_chatter_takes_a_wish_back_only_where_words_are_strange() -> None:
    wish = Intent(name="open", device="window")
    strange = reading(wish, text="打开车窗榨汁机")
    assert settle(strange, Guess("chatter", 0.95, 0.95)) == ((), frozenset())
    assert settle(reading(wish, text="打开车窗"), Guess("chatter", 0.95, 0.95)) is None


def test_a_guess_takes_about_a_millisecond(countings: Callable[..., float]) -> None:
    tokens = tokenise(clean("麻烦把我这边的座椅加热给整到最热的那一档吧谢谢你了啊"))
    spans = spans_of(tokens, "zh")
    load_model().guess(tokens, spans, "zh")
    assert np.median([countings(lambda: load_model().guess(tokens, spans, "zh")) for _ in range(200)]) < 2.0


def test_the_manual_speaks_of_things_that_are_there_in_three_languages() -> None:
    known = {*load_devices().by_name, *TOPICS, "stuffy", "smell", "fog", "preference", "undo"}
    for entry in load_manual():
        assert set(entry.about) <= known
        assert all(entry.text.in_lang(lang) for lang in LANGS)
    assert look_up("flying") is None
