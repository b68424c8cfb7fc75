"""What the offline assistant costs: time of a turn by phrases and by the learned model, memory, start."""

from __future__ import annotations

import json
import subprocess
import sys
from time import perf_counter

import numpy as np

from zhixing.datatypes.dialogue import Utterance
from zhixing.datatypes.localized import Lang
from zhixing.datatypes.signal import Zone
from zhixing.runtime.bench.hassil_peer import hassil_ms, hassil_version
from zhixing.runtime.bench.measure import Measure, median_and_p99
from zhixing.runtime.cabin import make_cabin

_REPEATS = 1500
_WARM_UP = 50
_BY_PHRASES: dict[Lang, tuple[str, ...]] = {
    "zh": (
        "把温度调到{}度",
        "副驾车窗开到百分之{}，再把座椅加热打开",
        "音量调到{}",
        "现在车速多少",
        "风量小一点，氛围灯换成红色",
    ),
    "en": (
        "set the temperature to {} degrees",
        "passenger window to {} percent and the seat heating on",
        "volume {}",
        "how fast are we going",
        "less fan and the ambient light red",
    ),
    "de": (
        "stell die Temperatur auf {} Grad",
        "Beifahrerfenster auf {} Prozent und die Sitzheizung an",
        "Lautstärke {}",
        "wie schnell fahren wir",
        "weniger Gebläse und das Ambientelicht rot",
    ),
}
_BY_MODEL: dict[Lang, tuple[str, ...]] = {
    "zh": ("屁股底下凉飕飕的坐不住第{}回了", "楼上半夜放音乐吵得我{}点都睡不着", "给爱车来点小凉风{}"),
    "en": ("my toes have turned to ice {} times", "his cousin bought {} of those massage chairs", "gimme tunes {}"),
    "de": ("ich seh vorn zum {}. Mal nix mehr", "die Tante hat jetzt {} Massagesessel", "mir friert der Popo {} ab"),
}
_ALONE = """
import json, time
started = time.perf_counter()
from zhixing.cockpit.assistant import Assistant
from zhixing.signals.catalogue import load_catalogue
from zhixing.signals.guards import load_guards
from zhixing.signals.store import SignalStore
from zhixing.datatypes.dialogue import Utterance
from zhixing.datatypes.signal import Zone
assistant = Assistant(SignalStore(load_catalogue(), load_guards(), lambda: 0), lambda: 0)
assistant.hear(Utterance(text="打开空调", zone=Zone.DRIVER))
seconds = time.perf_counter() - started
for text in ("屁股底下凉飕飕的", "my toes have turned to ice", "ich seh vorn nix mehr"):
    assistant.hear(Utterance(text=text, zone=Zone.DRIVER))
status = open("/proc/self/status").read()  # ru_maxrss would count the parent, too
peak_mb = int(status.partition("VmHWM:")[2].split()[0]) / 1024
print(json.dumps([seconds, peak_mb]))
"""


def assistant() -> list[Measure]:
    """Measure the assistant on one core, without a network."""
    measures: list[Measure] = []
    for who, sentences, target_ms in (("phrases", _BY_PHRASES, 3.0), ("the learned model", _BY_MODEL, 15.0)):
        times_ms = [ms for lang in sentences for ms in _turns_ms(lang, sentences[lang])]
        measures += median_and_p99(f"turn by {who}, {{}} of {len(times_ms)}", times_ms, p99_target=target_ms)
    if peer := hassil_version():
        measures += median_and_p99(f"hassil {peer} with Home Assistant's English, {{}}", hassil_ms())
    starts, peaks = zip(*(_alone() for _ in range(5)), strict=True)
    measures.append(
        Measure(name="start to the first answer, median of 5", value=float(np.median(starts)), unit="s", target=1.0)
    )
    measures.append(Measure(name="memory of the assistant alone", value=max(peaks), unit="MB", target=150.0))
    return measures


def _turns_ms(lang: Lang, sentences: tuple[str, ...]) -> list[float]:
    """Return the times of turns, each of words that were not said before, so that no cache helps."""
    cabin = make_cabin()
    times_ms = []
    for repeat in range(_WARM_UP + _REPEATS // 3):
        text = sentences[repeat % len(sentences)].format(16 + repeat % 80)
        utterance = Utterance(text=text, zone=Zone.DRIVER, lang=lang, time_ns=cabin.clock())
        started = perf_counter()
        cabin.assistant.hear(utterance)
        if repeat >= _WARM_UP:
            times_ms.append((perf_counter() - started) * 1e3)
        for _ in range(60):  # the vehicle finishes before the next sentence
            cabin.step(0.1)
    return times_ms


def _alone() -> tuple[float, float]:
    """Return seconds to the first answer and peak memory in MB of a process that holds the assistant only."""
    run = subprocess.run([sys.executable, "-c", _ALONE], capture_output=True, text=True, check=True)  # noqa: S603
    seconds, peak_mb = json.loads(run.stdout)
    return float(seconds), float(peak_mb)
