"""Train the learned part of the understanding on the corpus beside this file, and write it as ONNX.

    python tools/train_understander.py            # train on all of it, with the figures of a held-out eighth
    python tools/train_understander.py --check    # only the figures

Needs ``pip install zhixing[train]``. The same corpus, seed and versions give the same model.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import scipy.sparse as sp
from onnx import TensorProto, helper, numpy_helper

from zhixing.cockpit.understand.features import NUM_BUCKETS, VERSION, buckets
from zhixing.cockpit.understand.meaning import spans_of
from zhixing.cockpit.understand.normalise import clean, tokenise
from zhixing.datatypes.localized import LANGS, Lang

CORPUS = Path(__file__).parent / "corpus"
MODEL = Path(__file__).parents[1] / "src/zhixing/cockpit/understand/understander.onnx"
NUM_HIDDEN = 64
NUM_EPOCHS = 16
BATCH = 128
LEARNING_RATE = 0.006
DROPPED_FEATURES = 0.25
DROPPED_HIDDEN = 0.2
SMOOTHING = 0.05
SEED = 7
HELD_OUT = 8  # one in so many

Row = tuple[str, str, Lang]
Array = np.ndarray[Any, np.dtype[np.float32]]
Weights = list[Array]


def read_corpus() -> list[Row]:
    rows: list[Row] = []
    for lang in LANGS:
        for number, line in enumerate((CORPUS / f"{lang}.tsv").read_text("utf-8").splitlines(), start=1):
            label, tab, text = line.partition("\t")
            if not (label and tab and text.strip()):
                raise SystemExit(f"{lang}.tsv, line {number}: not LABEL<TAB>SENTENCE")
            rows.append((label, text, lang))
    return rows


def digest() -> str:
    return hashlib.sha256(b"".join((CORPUS / f"{lang}.tsv").read_bytes() for lang in LANGS)).hexdigest()


def matrix(rows: list[Row]) -> sp.csr_matrix:
    indices: list[int] = []
    values: list[float] = []
    starts = [0]
    for _, text, lang in rows:
        tokens = tokenise(clean(text))
        found = buckets(tokens, spans_of(tokens, lang), lang)
        indices.extend(found)
        values.extend([len(found) ** -0.5] * len(found))
        starts.append(len(indices))
    return sp.csr_matrix(
        (np.array(values, np.float32), np.array(indices), np.array(starts)), shape=(len(rows), NUM_BUCKETS)
    )


def train(features: sp.csr_matrix, wanted: np.ndarray[Any, np.dtype[np.int64]], num_labels: int) -> Weights:
    """One hidden layer over the mean of the features, RMSprop with momentum on the rows that occur."""
    rng = np.random.default_rng(SEED)
    table = rng.normal(0, 0.05, (NUM_BUCKETS, NUM_HIDDEN)).astype(np.float32)
    rest = [
        np.zeros(NUM_HIDDEN, np.float32),
        rng.normal(0, 0.1, (NUM_HIDDEN, num_labels)).astype(np.float32),
        np.zeros(num_labels, np.float32),
    ]
    bias, out, out_bias = rest
    moments = [np.zeros_like(w) for w in (table, *rest)]
    squares = [np.zeros_like(w) for w in (table, *rest)]
    step = 0
    for epoch in range(NUM_EPOCHS):
        order = rng.permutation(len(wanted))
        for start in range(0, len(order), BATCH):
            chosen = order[start : start + BATCH]
            batch = features[chosen].copy()
            kept = rng.random(len(batch.data)) > DROPPED_FEATURES
            batch.data = (batch.data * kept / (1 - DROPPED_FEATURES)).astype(np.float32)
            rows, inverse = np.unique(batch.indices, return_inverse=True)
            small = sp.csr_matrix((batch.data, inverse.astype(np.int32), batch.indptr), shape=(len(chosen), len(rows)))
            hidden = np.maximum(small @ table[rows] + bias, 0)
            mask = ((rng.random(hidden.shape) > DROPPED_HIDDEN) / (1 - DROPPED_HIDDEN)).astype(np.float32)
            shown = hidden * mask
            gradient = shares(shown, out, out_bias)
            gradient[np.arange(len(chosen)), wanted[chosen]] -= 1 - SMOOTHING
            gradient = ((gradient - SMOOTHING / num_labels) / len(chosen)).astype(np.float32)
            back = (gradient @ out.T) * mask * (hidden > 0)
            step += 1
            rate = LEARNING_RATE * min(1.0, step / 50) * (1 - 0.95 * epoch / NUM_EPOCHS)
            slopes = [np.asarray(small.T @ back), back.sum(0), shown.T @ gradient, gradient.sum(0)]
            for index, (weights, slope) in enumerate(zip((table, *rest), slopes, strict=True)):
                where: Any = rows if index == 0 else ...
                moments[index][where] = 0.9 * moments[index][where] + 0.1 * slope
                squares[index][where] = 0.99 * squares[index][where] + 0.01 * slope * slope
                weights[where] -= rate * moments[index][where] / (np.sqrt(squares[index][where]) + 1e-7)
    return [table, bias, out, out_bias]


def shares(hidden: Array, out: Array, out_bias: Array) -> Array:
    scores = hidden @ out + out_bias
    scores -= scores.max(axis=1, keepdims=True)
    exponents: Array = np.exp(scores)
    return np.asarray(exponents / exponents.sum(axis=1, keepdims=True), np.float32)


def predict(features: sp.csr_matrix, weights: Weights) -> Array:
    table, bias, out, out_bias = weights
    return shares(np.maximum(features @ table + bias, 0), out, out_bias)


def figures(rows: list[Row], labels: list[str], predicted: Array) -> dict[str, float]:
    wanted = np.array([labels.index(label) for label, _, _ in rows])
    lang = np.array([lang for _, _, lang in rows])
    best, confidence = predicted.argmax(axis=1), predicted.max(axis=1)
    is_right = best == wanted
    found = {f"top-1 {one}": float(is_right[lang == one].mean()) for one in LANGS}
    for threshold in (0.5, 0.6, 0.7, 0.8, 0.9):
        sure = confidence >= threshold
        found[f"answered at {threshold}"] = float(sure.mean())
        found[f"right at {threshold}"] = float(is_right[sure].mean())
    chatter = labels.index("chatter")
    for threshold in (0.5, 0.7, 0.85):
        ignored = predicted[:, chatter] >= threshold
        found[f"chatter ignored at {threshold}"] = float(ignored[wanted == chatter].mean())
        found[f"wishes ignored at {threshold}"] = float(ignored[wanted != chatter].mean())
    return {name: round(value, 4) for name, value in found.items()}


def export(weights: Weights, labels: list[str], held_out: dict[str, float]) -> None:
    table, bias, out, out_bias = weights
    constants: dict[str, np.ndarray[Any, np.dtype[Any]]] = {
        "table": table.astype(np.float16), "bias": bias, "out": out, "out_bias": out_bias,
        "first": np.array([0], np.int64),
    }  # fmt: skip
    nodes = [
        helper.make_node("Gather", ["table", "buckets"], ["rows16"]),
        helper.make_node("Cast", ["rows16"], ["rows"], to=TensorProto.FLOAT),
        helper.make_node("ReduceSum", ["rows", "first"], ["sum"], keepdims=1),
        helper.make_node("Shape", ["buckets"], ["length"]),
        helper.make_node("Cast", ["length"], ["count"], to=TensorProto.FLOAT),
        helper.make_node("Sqrt", ["count"], ["root"]),
        helper.make_node("Div", ["sum", "root"], ["mean"]),
        helper.make_node("Add", ["mean", "bias"], ["biased"]),
        helper.make_node("Relu", ["biased"], ["hidden"]),
        helper.make_node("MatMul", ["hidden", "out"], ["product"]),
        helper.make_node("Add", ["product", "out_bias"], ["scores"]),
        helper.make_node("Softmax", ["scores"], ["both"], axis=1),
        helper.make_node("Squeeze", ["both", "first"], ["shares"]),
    ]
    graph = helper.make_graph(
        nodes,
        "understander",
        [helper.make_tensor_value_info("buckets", TensorProto.INT64, ["n"])],
        [helper.make_tensor_value_info("shares", TensorProto.FLOAT, [len(labels)])],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    about = {"features": VERSION, "labels": labels, "corpus": digest(), "held_out": held_out}
    model.metadata_props.add(key="zhixing", value=json.dumps(about, ensure_ascii=False, sort_keys=True))
    onnx.checker.check_model(model)
    MODEL.write_bytes(model.SerializeToString(deterministic=True))
    print(f"{MODEL.name}: {MODEL.stat().st_size / 1e6:.1f} MB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="only measure, write nothing")
    is_check = parser.parse_args().check
    rows = read_corpus()
    labels = sorted({label for label, _, _ in rows})
    order = np.random.default_rng(SEED).permutation(len(rows))
    rows = [rows[index] for index in order]
    print(f"{len(rows)} sentences, {len(labels)} meanings, {dict(Counter(lang for _, _, lang in rows))}")
    features = matrix(rows)
    wanted = np.array([labels.index(label) for label, _, _ in rows])
    cut = len(rows) // HELD_OUT
    weights = train(features[cut:], wanted[cut:], len(labels))
    held_out = figures(rows[:cut], labels, predict(features[:cut], weights))
    for name, value in held_out.items():
        print(f"{name:28} {value:.3f}")
    if not is_check:
        export(train(features, wanted, len(labels)), labels, held_out)


if __name__ == "__main__":
    main()
