"""How long one turn of the conversation takes, from words to a granted request."""

from __future__ import annotations

from time import perf_counter

from zhixing.datatypes.dialogue import Utterance
from zhixing.datatypes.signal import Zone
from zhixing.runtime.bench.measure import Measure, median_and_p99
from zhixing.runtime.cabin import make_cabin

_REPEATS = 300
_SENTENCES = {
    "zh": ("把温度调到二十四度", "打开车窗", "音量小一点", "现在车速多少", "关掉座椅加热"),
    "en": ("set the temperature to 24 degrees", "open the window", "turn it down a bit", "how fast are we going"),
    "de": ("stell die Temperatur auf 24 Grad", "mach das Fenster auf", "etwas leiser", "wie schnell fahren wir"),
}


def turns() -> list[Measure]:
    """Measure turns by phrases in three languages."""
    measures: list[Measure] = []
    for lang, sentences in _SENTENCES.items():
        cabin = make_cabin()
        times_ms = []
        for repeat in range(_REPEATS):
            utterance = Utterance(text=sentences[repeat % len(sentences)], zone=Zone.DRIVER, time_ns=cabin.clock())
            started = perf_counter()
            cabin.assistant.hear(utterance)
            times_ms.append((perf_counter() - started) * 1e3)
            for _ in range(60):  # the vehicle finishes before the next sentence
                cabin.step(0.1)
        measures += median_and_p99(f"turn by phrases, {lang}, {{}} of {_REPEATS}", times_ms, median_target=1.0)
    return measures
