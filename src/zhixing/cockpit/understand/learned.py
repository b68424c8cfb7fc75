"""A small learned model for what the phrases do not cover, with an honest confidence.

It knows one meaning a sentence (``wish.window.open``, ``remark.cold.hands``, ``chatter`` …) and nothing about values
and places: those the phrases find. Trained by ``tools/train_understander.py`` on text of this project, shipped as ONNX.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
import onnxruntime

from zhixing.cockpit.understand.features import VERSION, buckets
from zhixing.cockpit.understand.tagging import Span
from zhixing.datatypes.localized import Lang
from zhixing.errors import PhraseError


@dataclass(frozen=True, slots=True)
class Guess:
    """What a sentence probably means.

    Attributes:
        label: The likeliest meaning; see ``tools/corpus/README.md``.
        confidence: Its probability, 0 to 1.
        chatter: Probability that the words are not meant for the car.
    """

    label: str
    confidence: float
    chatter: float


class LearnedModel:
    """The model in its session.

    Args:
        content: An ONNX file made by ``tools/train_understander.py``.

    Raises:
        PhraseError: It was made for other features than these.
    """

    def __init__(self, content: bytes) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
        about: dict[str, Any] = json.loads(self._session.get_modelmeta().custom_metadata_map["zhixing"])
        if about["features"] != VERSION:
            raise PhraseError(
                f"the learned model wants features {about['features']}, these are {VERSION}",
                hint="Train it anew: python tools/train_understander.py",
            )
        self.about = about
        self.labels: tuple[str, ...] = tuple(about["labels"])
        self._chatter = self.labels.index("chatter")

    def guess(self, tokens: Sequence[str], spans: Sequence[Span], lang: Lang) -> Guess:
        """Return what a sentence probably means."""
        shares = self.shares(tokens, spans, lang)
        best = int(shares.argmax())
        return Guess(self.labels[best], float(shares[best]), float(shares[self._chatter]))

    def shares(self, tokens: Sequence[str], spans: Sequence[Span], lang: Lang) -> np.ndarray[Any, np.dtype[np.float32]]:
        """Return the probability of every label."""
        ids = np.array(buckets(tokens, spans, lang), dtype=np.int64)
        (shares,) = self._session.run(None, {"buckets": ids})
        return np.asarray(shares, dtype=np.float32)


@cache
def load_model() -> LearnedModel:
    """Return the shipped model, read once."""
    return LearnedModel(resources.files("zhixing.cockpit.understand").joinpath("understander.onnx").read_bytes())
